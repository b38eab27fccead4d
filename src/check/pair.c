/*
 * Rules and weight of two people, read straight from docs/matching.md: short and slow.
 *
 * This is the meaning of everything the checker says. The fast way over many people
 * (kernel.c) is held against it by tests.
 */
#include "check/check_priv.h"

/* ---- hard rules --------------------------------------------------------------- */

static int64_t square(int64_t x)
{
	return x * x;
}

static bool both_placed(const profile *a, const profile *b)
{
	return (a->flags & PROFILE_PLACED) && (b->flags & PROFILE_PLACED);
}

static int64_t distance_squared(const profile *a, const profile *b)
{
	return square(a->x - b->x) + square(a->y - b->y) + square(a->z - b->z);
}

static bool too_far(const profile *a, const profile *b)
{
	if (a->meets == MEETS_VIDEO && b->meets == MEETS_VIDEO)
		return false;
	if (!both_placed(a, b) || (!a->max_km && !b->max_km))
		return false;
	int64_t km = a->max_km && (!b->max_km || a->max_km < b->max_km) ? a->max_km
									: b->max_km;
	return distance_squared(a, b) > square(10 * km);
}

static bool no_way_to_meet(const profile *a, const profile *b)
{
	return (a->meets == MEETS_IN_PERSON && b->meets == MEETS_VIDEO) ||
	       (a->meets == MEETS_VIDEO && b->meets == MEETS_IN_PERSON);
}

/* Whether `a` states a span of ages that `b` is known to be outside of. */
static bool outside_span(const profile *a, const profile *b, int32_t year)
{
	if (!b->birth_year)
		return false;
	int32_t age = year - b->birth_year;
	return (a->age_from && age < a->age_from) || (a->age_to && age > a->age_to);
}

static bool ages_forbid(const profile *a, const profile *b, int32_t year, bool must)
{
	if (must && a->birth_year && b->birth_year) {
		int32_t apart = a->birth_year - b->birth_year;
		if (apart > 10 || apart < -10)
			return true;
	}
	return outside_span(a, b, year) || outside_span(b, a, year);
}

/* Children are known to be there (1), known not to (-1), or it is unknown (0). */
static int check_has_children(const profile *p)
{
	if (p->children || p->life == LIFE_SINGLE_PARENT || p->life == LIFE_FAMILY)
		return 1;
	return p->life == LIFE_SINGLE || p->life == LIFE_COUPLE ? -1 : 0;
}

check_rule check_people_rule(const profile *a, const profile *b, int32_t year)
{
	unsigned must = a->musts | b->musts;
	if (no_way_to_meet(a, b))
		return CHECK_RULE_MEETS;
	if (too_far(a, b))
		return CHECK_RULE_DISTANCE;
	if ((must & CHOICE_BIT(WISHES_GENDER)) && a->gender && b->gender &&
	    a->gender != b->gender)
		return CHECK_RULE_GENDER;
	if (ages_forbid(a, b, year, must & CHOICE_BIT(WISHES_AGE)))
		return CHECK_RULE_AGE;
	if ((must & CHOICE_BIT(WISHES_FAMILY)) &&
	    (check_has_children(a) < 0 || check_has_children(b) < 0))
		return CHECK_RULE_FAMILY;
	if ((must & CHOICE_BIT(WISHES_LANGUAGE)) && a->languages && b->languages &&
	    !(a->languages & b->languages))
		return CHECK_RULE_LANGUAGE;
	if ((must & CHOICE_BIT(WISHES_OCCUPATION)) && a->occupation && b->occupation &&
	    a->occupation != b->occupation)
		return CHECK_RULE_OCCUPATION;
	return CHECK_RULE_NONE;
}

/* ---- scores ------------------------------------------------------------------- */

static int count_bits(uint64_t x)
{
	return __builtin_popcountll(x);
}

/* 1000 at 0, falling evenly to 0 at `reach`. */
static int32_t fall(int64_t d, int64_t reach)
{
	return d >= reach ? 0 : (int32_t)(1000 * (reach - d) / reach);
}

int32_t check_share_factor(int n)
{
	return n ? (int32_t)((isqrt_u64((UINT64_C(1) << 26) / (unsigned)n) + 1) / 2) : 0;
}

static int32_t share(uint64_t a, uint64_t b)
{
	int32_t m = check_share_factor(count_bits(a)) *
		    check_share_factor(count_bits(b)) / 4096;
	int32_t score = (1000 * count_bits(a & b) * m + 2048) / 4096;
	return score < 1000 ? score : 1000;
}

uint32_t check_child_years(uint64_t children, int32_t year)
{
	int32_t from = year - 31 - CHILD_YEAR_0;
	if (from >= 64 || from <= -32)
		return 0;
	return from >= 0 ? (uint32_t)(children >> from) : (uint32_t)(children << -from);
}

static int32_t nearest(uint32_t a, uint32_t b, int32_t reach)
{
	if (!a || !b)
		return 0;
	for (int32_t d = 0; d < reach && d < 32; d++)
		if ((a & (b << d)) || (a & (b >> d)))
			return fall(d, reach);
	return 0;
}

static uint64_t set_of(const profile *p, field_id f)
{
	switch ((int)f) {
	case FIELD_INTERESTS:
		return p->interests;
	case FIELD_LANGUAGE:
		return p->languages;
	case FIELD_TIMES:
		return p->times;
	case FIELD_APPS:
		return p->apps;
	default:
		assert(false);
		return 0;
	}
}

static uint8_t choice_of(const profile *p, field_id f)
{
	switch ((int)f) {
	case FIELD_GENDER:
		return p->gender;
	case FIELD_OCCUPATION:
		return p->occupation;
	default:
		assert(false);
		return 0;
	}
}

int32_t check_people_score(criterion_id c, const profile *a, const profile *b,
			   int32_t year)
{
	const criterion *k = &model_criterion[c];
	unsigned wishes = a->wishes | a->musts | b->wishes | b->musts;
	if (k->wish && !(wishes & CHOICE_BIT(k->wish)))
		return 0;
	switch (k->kind) {
	case CRITERION_KIND_DISTANCE:
		return both_placed(a, b)
			       ? fall(isqrt_u64((uint64_t)distance_squared(a, b)),
				      10 * k->param)
			       : 0;
	case CRITERION_KIND_DIFFERENCE: {
		int32_t d = a->birth_year - b->birth_year;
		return a->birth_year && b->birth_year ? fall(d < 0 ? -d : d, k->param)
						      : 0;
	}
	case CRITERION_KIND_NEAREST:
		return nearest(check_child_years(a->children, year),
			       check_child_years(b->children, year), k->param);
	case CRITERION_KIND_SHARE:
		return share(set_of(a, k->reads), set_of(b, k->reads));
	case CRITERION_KIND_TABLE:
		return model_life_table[a->life][b->life];
	case CRITERION_KIND_ANY:
		return set_of(a, k->reads) & set_of(b, k->reads) ? 1000 : 0;
	case CRITERION_KIND_COUNT: {
		int n = count_bits(set_of(a, k->reads) & set_of(b, k->reads));
		return (n < k->param ? n : k->param) * 1000 / k->param;
	}
	case CRITERION_KIND_EQUAL: {
		uint8_t x = choice_of(a, k->reads), y = choice_of(b, k->reads);
		return x && x == y ? 1000 : 0;
	}
	}
	return 0;
}

int64_t check_people_waiting(const profile *p, const terms *t)
{
	int64_t days = p->queued == QUEUED_UNKNOWN ? 0 : (int64_t)t->date - p->queued;
	if (days < 0)
		days = 0;
	return (int64_t)t->waiting * isqrt_u64(10000 * (uint64_t)days) / 100;
}

int64_t check_people_weight(const profile *a, const profile *b, const terms *t,
			    int32_t year)
{
	int64_t sum =
		check_people_waiting(a, t) + check_people_waiting(b, t) - t->reserve;
	for (int c = 0; c < CRITERIA_COUNT; c++)
		sum += (int64_t)t->weight[c] *
		       check_people_score((criterion_id)c, a, b, year);
	return sum;
}

/* ---- units -------------------------------------------------------------------- */

static bool listed(const check_market *m, uint32_t i, uint32_t j)
{
	size_t low = 0, high = m->exceptions;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const check_exception *e = &m->exception[mid];
		if (e->newcomer == i && e->established == j)
			return true;
		if (e->newcomer < i || (e->newcomer == i && e->established < j))
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

check_rule check_units_rule(const check_market *m, uint32_t i, uint32_t j)
{
	const unit *a = &m->pool->newcomer[i], *b = &m->pool->established[j];
	for (uint32_t x = 0; x < a->n; x++)
		for (uint32_t y = 0; y < b->n; y++) {
			check_rule r =
				check_people_rule(check_member(m->pool, a, x),
						  check_member(m->pool, b, y), m->year);
			if (r != CHECK_RULE_NONE)
				return r;
		}
	return listed(m, i, j) ? CHECK_RULE_NEVER : CHECK_RULE_NONE;
}

int64_t check_units_weight(const check_market *m, uint32_t i, uint32_t j)
{
	const unit *a = &m->pool->newcomer[i], *b = &m->pool->established[j];
	int64_t n = (int64_t)a->n * b->n, sum = 0;
	for (uint32_t x = 0; x < a->n; x++)
		for (uint32_t y = 0; y < b->n; y++)
			sum += check_people_weight(check_member(m->pool, a, x),
						   check_member(m->pool, b, y), m->terms,
						   m->year);
	return check_floor_div(2 * sum + n, 2 * n);
}
