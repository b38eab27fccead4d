/* Why two fit: what each criterion gave, in words, and which unknown answers matter. */
#include <stdlib.h>

#include "match/explain_priv.h"

/* The two members a criterion speaks of: those who score best in it. */
typedef struct couple {
	const profile *a, *b;
} couple;

static couple best_couple(const pool *p, const terms *t, criterion_id c, uint32_t i,
			  uint32_t j)
{
	const unit *x = &p->newcomer[i], *y = &p->established[j];
	couple best = {member_of(p, x, 0), member_of(p, y, 0)};
	int top = -1;
	for (uint32_t m = 0; m < x->n; m++)
		for (uint32_t k = 0; k < y->n; k++) {
			couple now = {member_of(p, x, m), member_of(p, y, k)};
			int score = match_score(c, now.a, now.b, t->date);
			if (score > top) {
				top = score;
				best = now;
			}
		}
	return best;
}

/* ---- the words of one criterion --------------------------------------------------- */

static match_phrase say_distance(couple c)
{
	if (c.a->place == c.b->place && c.a->place != PLACE_NONE) {
		match_phrase p = match_say("why.distance_same");
		match_say_arg(&p, (match_arg){.kind = ARG_PLACE, .number = c.a->place});
		return p;
	}
	uint32_t d = distance_of(c.a, c.b);
	if (d < 10)
		return match_say("why.distance_near");
	return match_say_counted("why.distance", (d + 5) / 10);
}

static match_phrase say_years(const char *same, const char *apart, int years)
{
	return years ? match_say_counted(apart, years) : match_say(same);
}

/* Least number of years between a child of one and a child of the other. */
static int children_apart(couple c, int32_t date)
{
	int year = date_from_day(date).year, best = 64;
	for (int x = 0; x < 64; x++)
		for (int y = 0; y < 64; y++) {
			bool young = CHILD_YEAR_0 + x >= year - 31 &&
				     CHILD_YEAR_0 + y >= year - 31 &&
				     CHILD_YEAR_0 + x <= year && CHILD_YEAR_0 + y <= year;
			if (young && c.a->children >> x & 1 && c.b->children >> y & 1 &&
			    abs(x - y) < best)
				best = abs(x - y);
		}
	return best;
}

static match_phrase say_set(const char *key, match_arg_kind kind, uint64_t set)
{
	match_phrase p = match_say(key);
	match_say_arg(&p, (match_arg){.kind = kind, .set = set});
	return p;
}

static match_phrase say_choice(const char *key, field_id f, int number)
{
	match_phrase p = match_say(key);
	match_say_arg(&p, (match_arg){.kind = ARG_CHOICE, .number = number, .field = f});
	return p;
}

static match_phrase say_life(couple c)
{
	if (c.a->life == c.b->life)
		return say_choice("why.life_same", FIELD_LIFE, c.a->life);
	match_phrase p = say_choice("why.life", FIELD_LIFE, c.a->life);
	match_say_arg(&p, (match_arg){.kind = ARG_CHOICE,
				      .number = c.b->life,
				      .field = FIELD_LIFE});
	return p;
}

static match_phrase say_criterion(criterion_id id, couple c, int32_t date)
{
	int years = abs(c.a->birth_year - c.b->birth_year);
	switch (id) {
	case CRITERION_DISTANCE:
		return say_distance(c);
	case CRITERION_INTERESTS:
		return say_set("why.interests", ARG_INTERESTS,
			       c.a->interests & c.b->interests);
	case CRITERION_AGE:
		return say_years("why.age_same", "why.age", years);
	case CRITERION_LIFE:
		return say_life(c);
	case CRITERION_CHILDREN:
		return say_years("why.children_same", "why.children",
				 children_apart(c, date));
	case CRITERION_TIMES:
		return match_say_counted("why.times",
					 __builtin_popcount(c.a->times & c.b->times));
	case CRITERION_LANGUAGE:
		return say_set("why.language", ARG_LANGUAGES,
			       c.a->languages & c.b->languages);
	case CRITERION_APPS:
		return say_set("why.apps", ARG_APPS, c.a->apps & c.b->apps);
	case CRITERION_OCCUPATION:
		return say_choice("why.occupation", FIELD_OCCUPATION, c.a->occupation);
	case CRITERION_WISH_GENDER:
		return say_choice("why.wish_gender", FIELD_GENDER, c.a->gender);
	case CRITERION_WISH_AGE:
		return say_years("why.wish_age_same", "why.wish_age", years);
	case CRITERION_WISH_FAMILY:
		return say_years("why.wish_family_same", "why.wish_family",
				 children_apart(c, date));
	case CRITERION_WISH_OCCUPATION:
		return say_choice("why.wish_occupation", FIELD_OCCUPATION,
				  c.a->occupation);
	case CRITERION_WISH_LANGUAGE:
		return say_set("why.wish_language", ARG_LANGUAGES,
			       c.a->languages & c.b->languages);
	case CRITERIA_COUNT:
		break;
	}
	return match_say(NULL);
}

/* ---- reasons ------------------------------------------------------------------------- */

static int compare_reason(const void *a, const void *b)
{
	const match_reason *x = a, *y = b;
	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	return (x->criterion > y->criterion) - (x->criterion < y->criterion);
}

static void add_reason(match_why *out, match_phrase phrase, int32_t points, int32_t most,
		       criterion_id c)
{
	out->reason[out->reasons++] = (match_reason){phrase, points, most, c};
}

static void say_reasons(const pool *p, const terms *t, uint32_t i, uint32_t j,
			match_why *out)
{
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		out->fit += out->view.part[c];
		if (out->view.part[c])
			add_reason(out,
				   say_criterion((criterion_id)c,
						 best_couple(p, t, (criterion_id)c, i, j),
						 t->date),
				   out->view.part[c], t->weight[c] * 1000,
				   (criterion_id)c);
	}
	out->fit_reasons = out->reasons;
	qsort(out->reason, out->reasons, sizeof *out->reason, compare_reason);
	int32_t waits[2] = {out->view.waiting_newcomer, out->view.waiting_established};
	const unit *who[2] = {&p->newcomer[i], &p->established[j]};
	const char *key[2] = {"why.waiting_newcomer", "why.waiting_established"};
	for (int k = 0; k < 2; k++)
		if (waits[k])
			add_reason(out,
				   match_say_counted(key[k],
						     model_unit_days(p, who[k], t->date)),
				   waits[k], 0, CRITERIA_COUNT);
	if (t->reserve)
		add_reason(out, match_say("why.reserve"), -t->reserve, 0, CRITERIA_COUNT);
}

/* ---- doubts ----------------------------------------------------------------------------- */

typedef bool test_fn(const profile *p);

static bool no_gender(const profile *p)
{
	return !p->gender;
}
static bool no_birth_year(const profile *p)
{
	return !p->birth_year;
}
static bool no_place(const profile *p)
{
	return !(p->flags & PROFILE_PLACED);
}
static bool rough_place(const profile *p)
{
	return p->flags & PROFILE_APPROXIMATE;
}
static bool no_times(const profile *p)
{
	return !p->times;
}
static bool no_interests(const profile *p)
{
	return !p->interests;
}
static bool no_languages(const profile *p)
{
	return !p->languages;
}
static bool no_occupation(const profile *p)
{
	return !p->occupation;
}
static bool no_meets(const profile *p)
{
	return !p->meets;
}
static bool no_queued(const profile *p)
{
	return p->queued == QUEUED_UNKNOWN;
}
static bool no_children(const profile *p)
{
	return !p->life && !p->children;
}

static bool any_member(const pool *p, const unit *u, test_fn *test)
{
	for (uint32_t m = 0; m < u->n; m++)
		if (test(member_of(p, u, m)))
			return true;
	return false;
}

/* Whether anyone of the two has this wish, as a wish or a must. */
static bool wished(const pool *p, const unit *a, const unit *b, int wish)
{
	unsigned all = 0;
	for (uint32_t m = 0; m < a->n; m++)
		all |= member_of(p, a, m)->wishes | (unsigned)member_of(p, a, m)->musts;
	for (uint32_t m = 0; m < b->n; m++)
		all |= member_of(p, b, m)->wishes | (unsigned)member_of(p, b, m)->musts;
	return all & CHOICE_BIT(wish);
}

static void say_doubts(const pool *p, const terms *t, uint32_t i, uint32_t j,
		       match_why *out)
{
	/* What it takes for the unknown answer to matter: a wish, or a weight. */
	const struct {
		const char *key;
		test_fn *unknown;
		int wish;
		int32_t weight;
	} doubt[] = {
		{"doubt.gender", no_gender, WISHES_GENDER, 0},
		{"doubt.age", no_birth_year, WISHES_AGE, t->weight[CRITERION_AGE]},
		{"doubt.children", no_children, WISHES_FAMILY, 0},
		{"doubt.language", no_languages, WISHES_LANGUAGE, 0},
		{"doubt.occupation", no_occupation, WISHES_OCCUPATION, 0},
		{"doubt.place", no_place, 0, t->weight[CRITERION_DISTANCE]},
		{"doubt.place_rough", rough_place, 0, t->weight[CRITERION_DISTANCE]},
		{"doubt.meets", no_meets, 0, 1},
		{"doubt.times", no_times, 0, t->weight[CRITERION_TIMES]},
		{"doubt.interests", no_interests, 0, t->weight[CRITERION_INTERESTS]},
		{"doubt.queued", no_queued, 0, t->waiting},
	};
	_Static_assert(ARRAY_LEN(doubt) <= MATCH_DOUBTS, "room for every doubt");
	const unit *a = &p->newcomer[i], *b = &p->established[j];
	for (size_t d = 0; d < ARRAY_LEN(doubt); d++) {
		bool matters = doubt[d].weight ||
			       (doubt[d].wish && wished(p, a, b, doubt[d].wish));
		bool one = any_member(p, a, doubt[d].unknown),
		     other = any_member(p, b, doubt[d].unknown);
		if (!matters || (!one && !other))
			continue;
		match_phrase *q = &out->doubt[out->doubts++];
		*q = match_say(doubt[d].key);
		match_say_key(q, one && other ? "who.both"
				 : one        ? "who.newcomer"
					      : "who.established");
	}
}

void match_why_pair(const pool *p, const terms *t, uint32_t newcomer,
		    uint32_t established, match_why *out)
{
	*out = (match_why){0};
	match_look(p, t, newcomer, established, &out->view);
	say_reasons(p, t, newcomer, established, out);
	say_doubts(p, t, newcomer, established, out);
}
