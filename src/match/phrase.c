/* Phrases: what is to be said, before it is said in a language. */
#include "match/explain_priv.h"

match_phrase match_say(const char *key)
{
	return (match_phrase){.key = key};
}

void match_say_arg(match_phrase *p, match_arg a)
{
	assert(p->args < MATCH_ARGS);
	p->arg[p->args++] = a;
}

void match_say_number(match_phrase *p, int64_t n)
{
	match_say_arg(p, (match_arg){.kind = ARG_NUMBER, .number = n});
}

void match_say_points(match_phrase *p, int64_t points)
{
	match_say_arg(p, (match_arg){.kind = ARG_POINTS, .number = points});
}

void match_say_key(match_phrase *p, const char *key)
{
	match_say_arg(p, (match_arg){.kind = ARG_KEY, .key = key});
}

void match_say_person(match_phrase *p, size_t person)
{
	match_say_arg(p, (match_arg){.kind = ARG_PERSON, .number = (int64_t)person});
}

match_phrase match_say_counted(const char *key, int64_t n)
{
	match_phrase p = {.key = key, .counted = true};
	match_say_number(&p, n);
	return p;
}

/* ---- hard rules ------------------------------------------------------------------ */

unsigned match_rule_must(match_rule r)
{
	switch (r) {
	case RULE_GENDER:
		return CHOICE_BIT(WISHES_GENDER);
	case RULE_AGE:
		return CHOICE_BIT(WISHES_AGE);
	case RULE_FAMILY:
		return CHOICE_BIT(WISHES_FAMILY);
	case RULE_LANGUAGE:
		return CHOICE_BIT(WISHES_LANGUAGE);
	case RULE_OCCUPATION:
		return CHOICE_BIT(WISHES_OCCUPATION);
	case RULE_NONE:
	case RULE_MEETS:
	case RULE_DISTANCE:
	case RULE_NEVER:
	case RULE_COUNT:
		break;
	}
	return 0;
}

static bool breaks(const profile *a, const profile *b, int32_t date, match_rule r)
{
	return match_rules_broken(a, b, date) >> r & 1;
}

static profile without_span(const profile *p)
{
	profile q = *p;
	q.age_from = q.age_to = 0;
	return q;
}

static profile without_must(const profile *p, match_rule r)
{
	profile q = *p;
	q.musts &= (uint8_t)~match_rule_must(r);
	return q;
}

static match_phrase say_span(const profile *self, uint32_t who)
{
	match_phrase p = match_say(!self->age_from ? "rule.age_to"
				   : !self->age_to ? "rule.age_from"
						   : "rule.age_span");
	match_say_person(&p, who);
	if (self->age_from)
		match_say_number(&p, self->age_from);
	if (self->age_to)
		match_say_number(&p, self->age_to);
	return p;
}

/* What `who` demands that `other` is not: a must, an age span, or both. */
static size_t say_demand(const pool *p, const terms *t, uint32_t who,
			 const profile *other, match_rule r, match_phrase *out)
{
	static const char *const key[RULE_COUNT] = {
		[RULE_GENDER] = "rule.gender",         [RULE_AGE] = "rule.age",
		[RULE_FAMILY] = "rule.family",         [RULE_LANGUAGE] = "rule.language",
		[RULE_OCCUPATION] = "rule.occupation",
	};
	const profile *self = &p->people->profile[who];
	profile open = without_must(other, r);
	profile mild = without_span(&open);
	profile must_only = without_span(self), span_only = without_must(self, r);
	size_t n = 0;
	if (breaks(&must_only, &mild, t->date, r)) {
		out[n] = match_say(key[r]);
		match_say_person(&out[n++], who);
	}
	if (r == RULE_AGE && breaks(&span_only, &mild, t->date, r))
		out[n++] = say_span(self, who);
	return n;
}

/* What the first of these members demands; a household is said once. */
static size_t say_first_demand(const pool *p, const terms *t, const unit *self,
			       const unit *other, match_rule r, match_phrase *out)
{
	for (uint32_t a = 0; a < self->n; a++)
		for (uint32_t b = 0; b < other->n; b++) {
			size_t n = say_demand(p, t, p->member[self->first + a],
					      member_of(p, other, b), r, out);
			if (n)
				return n;
		}
	return 0;
}

static match_phrase say_distance(const pool *p, const terms *t, const unit *a,
				 const unit *b)
{
	match_phrase out = match_say("rule.distance");
	uint32_t far = 0, limit = 0;
	for (uint32_t x = 0; x < a->n; x++)
		for (uint32_t y = 0; y < b->n; y++) {
			const profile *n = member_of(p, a, x), *e = member_of(p, b, y);
			if (!breaks(n, e, t->date, RULE_DISTANCE) ||
			    distance_of(n, e) < far)
				continue;
			far = distance_of(n, e);
			limit = !e->max_km || (n->max_km && n->max_km < e->max_km)
					? n->max_km
					: e->max_km;
		}
	/* Rounded, but never to the limit itself. */
	match_say_number(&out, (far + 5) / 10 > limit ? (far + 5) / 10 : limit + 1);
	match_say_number(&out, limit);
	return out;
}

size_t match_rule_phrases(const pool *p, const terms *t, uint32_t newcomer,
			  uint32_t established, unsigned broken,
			  match_phrase out[2 * RULE_COUNT])
{
	const unit *a = &p->newcomer[newcomer], *b = &p->established[established];
	size_t n = 0;
	for (int r = RULE_NONE + 1; r < RULE_COUNT; r++) {
		if (!(broken >> r & 1))
			continue;
		if (r == RULE_MEETS) {
			out[n++] = match_say("rule.meets");
		} else if (r == RULE_NEVER) {
			out[n++] = match_say("rule.never");
		} else if (r == RULE_DISTANCE) {
			out[n++] = say_distance(p, t, a, b);
		} else {
			n += say_first_demand(p, t, a, b, (match_rule)r, out + n);
			n += say_first_demand(p, t, b, a, (match_rule)r, out + n);
		}
	}
	return n;
}
