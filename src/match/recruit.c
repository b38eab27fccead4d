/*
 * Whom to recruit: what one to four more established people of a kind would add.
 *
 * One more person j adds exactly max(0, max_i w_ij - u_i), with u_i what the total loses
 * without newcomer i: either nobody takes j, or some i does and the others rearrange at
 * their best. More of a kind are added one after the other (prices.c); the sum of the
 * four greatest w_ij - u_i bounds them (weak duality), so that few profiles need it.
 */
#include <stdlib.h>
#include <string.h>

#include "match/explain_priv.h"

static const uint8_t age_bands[][2] = {{18, 24}, {25, 39}, {40, 54}, {55, 70}};
enum { USUAL_INTERESTS = 4 };

/* ---- the person made up ------------------------------------------------------------- */

/* What those waiting in one municipality have in common; municipality 0 is everybody. */
typedef struct usual {
	uint64_t interests, children;
} usual;

typedef struct counts {
	uint32_t interest[64], child[64];
	uint32_t people;
} counts;

static void count_bits(uint64_t set, uint32_t count[64])
{
	for (; set; set &= set - 1)
		count[__builtin_ctzll(set)]++;
}

static counts count_there(const match_case *k, uint16_t code, bool only_waiting)
{
	const pool *p = k->pool;
	counts c = {0};
	for (size_t i = 0; i < p->newcomers; i++)
		for (uint32_t m = 0; m < p->newcomer[i].n; m++) {
			const profile *who = member_of(p, &p->newcomer[i], m);
			if ((code && who->municipality != code) ||
			    (only_waiting && k->mate[i] != MATCH_NOBODY))
				continue;
			c.people++;
			count_bits(who->interests, c.interest);
			count_bits(who->children, c.child);
		}
	return c;
}

/* The `n` commonest bits, the lower one when equally common. */
static uint64_t commonest(const uint32_t count[64], int n)
{
	uint64_t set = 0;
	for (int x = 0; x < n; x++) {
		int best = -1;
		for (int b = 0; b < 64; b++)
			if (count[b] && !(set >> b & 1) &&
			    (best < 0 || count[b] > count[best]))
				best = b;
		if (best < 0)
			break;
		set |= UINT64_C(1) << best;
	}
	return set;
}

static usual usual_there(const match_case *k, uint16_t code)
{
	counts c = count_there(k, code, true);
	if (!c.people)
		c = count_there(k, code, false);
	return (usual){commonest(c.interest, USUAL_INTERESTS), commonest(c.child, 2)};
}

/* Answers an established person of this pool commonly gives; the rest is unknown. */
typedef struct common {
	uint16_t max_km;    /* the median of the known ones */
	uint32_t times;     /* the commonest answer */
	uint64_t languages; /* Swedish */
	uint32_t id;        /* free */
} common;

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The commonest of sorted numbers; the least one when equally common. */
static uint32_t most_frequent(const uint32_t *x, size_t n)
{
	uint32_t best = 0;
	size_t most = 0;
	for (size_t i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && x[i + run] == x[i]; run++)
			;
		if (run > most) {
			most = run;
			best = x[i];
		}
	}
	return best;
}

static common common_answers(const match_case *k)
{
	const pool *p = k->pool;
	common c = {0};
	arena_mark here = arena_here(k->ctx->mem);
	uint32_t *km = NEW_ARRAY(k->ctx->mem, uint32_t, p->people->n);
	uint32_t *times = NEW_ARRAY(k->ctx->mem, uint32_t, p->people->n);
	size_t kms = 0, timed = 0;
	for (size_t i = 0; i < p->people->n; i++) {
		const profile *who = &p->people->profile[i];
		if (who->id > c.id)
			c.id = who->id;
		if (p->reason[i] != POOL_MATCHABLE || who->side != SIDE_ESTABLISHED)
			continue;
		if (who->max_km)
			km[kms++] = who->max_km;
		if (who->times)
			times[timed++] = who->times;
	}
	c.id++;
	qsort(km, kms, sizeof *km, compare_u32);
	qsort(times, timed, sizeof *times, compare_u32);
	c.max_km = (uint16_t)(kms ? km[kms / 2] : 0);
	c.times = most_frequent(times, timed);
	for (size_t l = 0; l < model_language_count; l++)
		if (str_equal(model_language[l].bcp47, S("sv")))
			c.languages = UINT64_C(1) << l;
	arena_reset(k->ctx->mem, here);
	return c;
}

static profile make_up(const match_recruit *r, const common *c, const usual *u,
		       int32_t date)
{
	profile p = {
		.interests = u->interests,
		.languages = c->languages,
		.id = c->id,
		.times = c->times,
		.queued = date,
		.arrived = QUEUED_UNKNOWN,
		.place = PLACE_NONE,
		.municipality = r->municipality,
		.birth_year = (int16_t)(date_from_day(date).year -
					(r->age_from + r->age_to) / 2),
		.side = SIDE_ESTABLISHED,
		.gender = r->gender,
		.capacity = 1,
		.life = r->family ? LIFE_FAMILY : LIFE_SINGLE,
		.children = r->family ? u->children : 0,
		.meets = r->municipality ? MEETS_EITHER : MEETS_VIDEO,
		.consent = CONSENT_YES,
	};
	const municipality *m = model_municipality_get(r->municipality);
	if (m) {
		p.x = m->x;
		p.y = m->y;
		p.z = m->z;
		p.place = m->seat_place;
		p.flags = PROFILE_PLACED;
		p.max_km = c->max_km;
	}
	return p;
}

/* ---- what such a person would add ------------------------------------------------------ */

/* The people and one more, who is the only established unit of `alone`. */
typedef struct extended {
	people people;
	pool alone;
	unit one;
} extended;

static extended *extend(const match_case *k, arena *mem)
{
	const pool *p = k->pool;
	extended *e = NEW(mem, extended);
	e->people = *p->people;
	e->people.record = NULL;
	e->people.n++;
	e->people.profile = NEW_ARRAY(mem, profile, e->people.n);
	if (p->people->n)
		memcpy(e->people.profile, p->people->profile,
		       p->people->n * sizeof(profile));
	e->alone = *p;
	e->alone.people = &e->people;
	e->alone.member = NEW_ARRAY(mem, uint32_t, e->people.n);
	if (p->people->n)
		memcpy(e->alone.member, p->member, p->people->n * sizeof *p->member);
	e->alone.member[p->people->n] = (uint32_t)p->people->n;
	e->one = (unit){.first = (uint32_t)p->people->n, .n = 1, .seats = 1};
	e->alone.established = &e->one;
	e->alone.establisheds = 1;
	return e;
}

static void put_last(extended *e, const profile *who)
{
	e->people.profile[e->people.n - 1] = *who;
	e->one.id = who->id;
}

/* Weight of a newcomer and the person put last, the bonus included; 0 when not eligible. */
static int64_t weight_of_last(const match_case *k, const extended *e, uint32_t i)
{
	match_view v;
	if (!match_case_open_newcomer(k, i))
		return 0;
	match_look(&e->alone, k->terms, i, 0, &v);
	return v.broken || v.weight <= 0 ? 0 : v.weight + k->result->bonus;
}

/* The greatest w - u of each newcomer for the person put last: the best few, descending. */
static uint32_t best_gains(const match_case *k, const extended *e,
			   int64_t top[MATCH_RECRUIT_MOST])
{
	uint32_t could_help = 0;
	memset(top, 0, MATCH_RECRUIT_MOST * sizeof *top);
	for (uint32_t i = 0; i < k->pool->newcomers; i++) {
		int64_t w = weight_of_last(k, e, i);
		if (!w)
			continue;
		could_help += k->mate[i] == MATCH_NOBODY;
		int64_t gain = w - k->profit_high[i];
		for (int x = 0; x < MATCH_RECRUIT_MOST; x++)
			if (gain > top[x]) {
				int64_t pushed = top[x];
				top[x] = gain;
				gain = pushed;
			}
	}
	return could_help;
}

int64_t match_recruit_gain(const match_case *k, const profile *person)
{
	arena_mark here = arena_here(k->ctx->mem);
	extended *e = extend(k, k->ctx->mem);
	put_last(e, person);
	int64_t top[MATCH_RECRUIT_MOST];
	best_gains(k, e, top);
	arena_reset(k->ctx->mem, here);
	return top[0];
}

/* The market with one more column for the person made up, and what to go back to. */
typedef struct trial {
	market *m;
	uint32_t *mate;
	int64_t *price;
	int32_t *free;
} trial;

static trial open_trial(const match_case *k, arena *mem)
{
	trial t = {.m = match_market_open(k, mem, 1)};
	match_market_fall(t.m);
	t.mate = NEW_ARRAY(mem, uint32_t, t.m->rows);
	t.price = NEW_ARRAY(mem, int64_t, t.m->columns);
	t.free = NEW_ARRAY(mem, int32_t, t.m->columns);
	memcpy(t.mate, t.m->mate, t.m->rows * sizeof *t.mate);
	memcpy(t.price, t.m->price, t.m->columns * sizeof *t.price);
	memcpy(t.free, t.m->free, t.m->columns * sizeof *t.free);
	return t;
}

/* One to four of them, one after the other: each is a seat more in the last column. */
static void add_them(const match_case *k, extended *e, const trial *t, match_recruit *r)
{
	market *m = t->m;
	uint32_t last = m->columns - 1;
	memcpy(m->mate, t->mate, m->rows * sizeof *m->mate);
	memcpy(m->price, t->price, m->columns * sizeof *m->price);
	memcpy(m->free, t->free, m->columns * sizeof *m->free);
	put_last(e, &r->person);
	for (uint32_t i = 0; i < m->rows; i++) {
		int64_t *w = &m->weight[(size_t)i * m->columns + last];
		*w = weight_of_last(k, e, i);
		/* The price at which nobody wants a seat that is not there yet. */
		int64_t worth = *w ? *w - match_market_profit(m, i) : 0;
		if (worth > m->price[last])
			m->price[last] = worth;
	}
	int64_t gain = 0;
	int32_t pairs = 0;
	for (int n = 0; n < MATCH_RECRUIT_MOST; n++) {
		int32_t more = 0;
		if (m->free[last] == 0)
			gain += match_market_seat(m, last, &more);
		r->gain[n] = gain;
		r->pairs[n] = pairs += more;
	}
}

/* ---- ranking ------------------------------------------------------------------------------- */

typedef struct candidate {
	match_recruit r;
	int64_t bound;  /* on what four would add */
	uint32_t order; /* last resort of sorting */
} candidate;

static int compare_bound(const void *a, const void *b)
{
	const candidate *x = a, *y = b;
	if (x->bound != y->bound)
		return x->bound > y->bound ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int compare_gain(const void *a, const void *b)
{
	const candidate *x = a, *y = b;
	int last = MATCH_RECRUIT_MOST - 1;
	if (x->r.gain[last] != y->r.gain[last])
		return x->r.gain[last] > y->r.gain[last] ? -1 : 1;
	if (x->r.gain[0] != y->r.gain[0])
		return x->r.gain[0] > y->r.gain[0] ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* A municipality and the newcomers there who have nobody. */
typedef struct spot {
	uint16_t code;
	uint32_t waiting;
} spot;

static int compare_code(const void *a, const void *b)
{
	const spot *x = a, *y = b;
	return (x->code > y->code) - (x->code < y->code);
}

static int compare_waiting(const void *a, const void *b)
{
	const spot *x = a, *y = b;
	if (x->waiting != y->waiting)
		return x->waiting > y->waiting ? -1 : 1;
	return compare_code(a, b);
}

/* Where most newcomers of the pool wait; 0, anywhere by video, comes first. */
static size_t places_of(const match_case *k, spot **out)
{
	const pool *p = k->pool;
	spot *at = *out = NEW_ARRAY(k->ctx->mem, spot, p->people->n + 1);
	size_t n = 1;
	for (size_t i = 0; i < p->newcomers; i++)
		for (uint32_t m = 0; m < p->newcomer[i].n; m++)
			at[n++] = (spot){member_of(p, &p->newcomer[i], m)->municipality,
					 k->mate[i] == MATCH_NOBODY};
	qsort(at, n, sizeof *at, compare_code);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (kept && at[kept - 1].code == at[i].code)
			at[kept - 1].waiting += at[i].waiting;
		else
			at[kept++] = at[i];
	}
	qsort(at + 1, kept - 1, sizeof *at, compare_waiting);
	return kept > MATCH_RECRUIT_PLACES ? MATCH_RECRUIT_PLACES : kept;
}

/* The better of "without" and "with children"; false when neither would add anything. */
static bool try_profile(const match_case *k, extended *e, const common *c, const usual *u,
			candidate *out)
{
	candidate best = {0};
	for (int family = 0; family < 2; family++) {
		candidate now = *out;
		int64_t top[MATCH_RECRUIT_MOST];
		now.r.family = family;
		now.r.interests = u->interests;
		now.r.person = make_up(&now.r, c, u, k->terms->date);
		put_last(e, &now.r.person);
		now.r.could_help = best_gains(k, e, top);
		now.r.gain[0] = top[0];
		for (int x = 0; x < MATCH_RECRUIT_MOST; x++)
			now.bound += top[x];
		if (now.bound > best.bound)
			best = now;
	}
	if (!best.bound)
		return false;
	*out = best;
	return true;
}

static size_t list_candidates(const match_case *k, extended *e, candidate **out)
{
	spot *at;
	size_t places = places_of(k, &at), n = 0;
	common c = common_answers(k);
	*out = NEW_ARRAY(k->ctx->mem, candidate, places * 2 * ARRAY_LEN(age_bands));
	for (size_t m = 0; m < places; m++) {
		usual u = usual_there(k, at[m].code);
		for (int gender = GENDER_WOMAN; gender <= GENDER_MAN; gender++)
			for (size_t a = 0; a < ARRAY_LEN(age_bands); a++) {
				candidate *x = &(*out)[n];
				*x = (candidate){.order = (uint32_t)n,
						 .r = {.municipality = at[m].code,
						       .gender = (uint8_t)gender,
						       .age_from = age_bands[a][0],
						       .age_to = age_bands[a][1]}};
				n += try_profile(k, e, &c, &u, x);
			}
	}
	qsort(*out, n, sizeof **out, compare_bound);
	return n;
}

static const char *people_key(const match_recruit *r, bool many)
{
	static const char *const key[3][2][2] = {
		{{"recruit.person", "recruit.people"},
		 {"recruit.person_family", "recruit.people_family"}},
		{{"recruit.woman", "recruit.women"},
		 {"recruit.woman_family", "recruit.women_family"}},
		{{"recruit.man", "recruit.men"},
		 {"recruit.man_family", "recruit.men_family"}},
	};
	return key[r->gender][r->family][many];
}

/* "4 men of 25 to 39 in Gällivare would give 4 more pairs" */
static void say_recruit(match_recruit *r)
{
	int n = MATCH_RECRUIT_MOST;
	while (n > 1 && r->pairs[n - 2] == r->pairs[n - 1])
		n--;
	bool pairs = r->pairs[n - 1] > 0;
	r->phrase = match_say_counted(pairs ? "recruit.pairs" : "recruit.fit",
				      pairs ? r->pairs[n - 1] : n);
	match_say_number(&r->phrase, n);
	match_say_key(&r->phrase, people_key(r, n > 1));
	match_say_number(&r->phrase, r->age_from);
	match_say_number(&r->phrase, r->age_to);
	if (r->municipality)
		match_say_arg(&r->phrase, (match_arg){.kind = ARG_MUNICIPALITY,
						      .number = r->municipality});
	else
		match_say_key(&r->phrase, "recruit.anywhere");
	match_say_points(&r->phrase, r->gain[n - 1]);
}

/* The same but for gender, with the same gains. */
static bool twins(const match_recruit *x, const match_recruit *y)
{
	return x->municipality == y->municipality && x->age_from == y->age_from &&
	       x->family == y->family && x->could_help == y->could_help &&
	       !memcmp(x->gain, y->gain, sizeof x->gain);
}

/* Where gender makes no difference, one line says so. Sorted in, sorted out. */
static size_t merge_genders(candidate *c, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool merged = false;
		for (size_t x = 0; x < kept && !merged; x++) {
			merged = twins(&c[x].r, &c[i].r);
			if (merged)
				c[x].r.gender = 0;
		}
		if (!merged)
			c[kept++] = c[i];
	}
	return kept;
}

/* Tries four of each in order of the bound, until no bound can reach the list any more. */
static size_t try_candidates(const match_case *k, extended *e, candidate *c, size_t n,
			     size_t most)
{
	int last = MATCH_RECRUIT_MOST - 1;
	size_t tried = 0, enough = 2 * most; /* two genders may become one line */
	trial t = open_trial(k, k->ctx->mem);
	for (; tried < n; tried++) {
		if (tried >= enough) {
			qsort(c, tried, sizeof *c, compare_gain);
			if (c[enough - 1].r.gain[last] > c[tried].bound)
				break;
		}
		add_them(k, e, &t, &c[tried].r);
	}
	qsort(c, tried, sizeof *c, compare_gain);
	return merge_genders(c, tried);
}

void match_recruit_rank(const match_case *k, size_t most, match_recruit **out, size_t *n)
{
	*n = 0;
	*out = NEW_ARRAY(k->ctx->mem, match_recruit, most);
	if (!k->exact || !most)
		return;
	arena_mark here = arena_here(k->ctx->mem);
	extended *e = extend(k, k->ctx->mem);
	candidate *c;
	size_t all = list_candidates(k, e, &c);
	size_t kept = try_candidates(k, e, c, all, most);
	for (; *n < most && *n < kept; ++*n) {
		match_recruit *r = &(*out)[*n];
		*r = c[*n].r;
		say_recruit(r);
	}
	arena_reset(k->ctx->mem, here);
}
