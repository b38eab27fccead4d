/*
 * match: rules and scores of two people, inline for those who look at many pairs.
 *
 * The one scalar meaning of criteria.def; score.c gives it to the world and source.c
 * takes the last word on every pair from here. Private to the room.
 */
#ifndef PAIR_H
#define PAIR_H

#include "match/kind_any.h"
#include "match/kind_count.h"
#include "match/kind_difference.h"
#include "match/kind_distance.h"
#include "match/kind_equal.h"
#include "match/kind_nearest.h"
#include "match/kind_share.h"
#include "match/kind_table.h"
#include "match/match.h"

/* The member of a profile that holds a field which a criterion may read. */
#define MEMBER_LOCALITY   place
#define MEMBER_INTERESTS  interests
#define MEMBER_BIRTH_YEAR birth_year
#define MEMBER_LIFE       life
#define MEMBER_CHILDREN   children
#define MEMBER_TIMES      times
#define MEMBER_LANGUAGE   languages
#define MEMBER_APPS       apps
#define MEMBER_OCCUPATION occupation
#define MEMBER_GENDER     gender

/* What a reference date means: its year, and the years of birth that count as a child's. */
typedef struct frame {
	int32_t year;
	uint64_t child_years;
} frame;

static inline frame frame_of(int32_t date)
{
	frame f = {.year = date_from_day(date).year};
	int64_t first = (int64_t)f.year - 31 - CHILD_YEAR_0,
		last = (int64_t)f.year - CHILD_YEAR_0;
	for (int64_t b = first < 0 ? 0 : first; b <= last && b < 64; b++)
		f.child_years |= UINT64_C(1) << b;
	return f;
}

#define SCORE_DISTANCE(member, param)   kind_distance(a, b, param)
#define SCORE_DIFFERENCE(member, param) kind_difference(a->member, b->member, param)
#define SCORE_NEAREST(member, param)                                                     \
	kind_nearest(a->member & f->child_years, b->member & f->child_years, param)
#define SCORE_SHARE(member, param) kind_share(a->member, b->member)
#define SCORE_TABLE(member, param) kind_table(a->member, b->member)
#define SCORE_ANY(member, param)   kind_any(a->member, b->member)
#define SCORE_COUNT(member, param) kind_count(a->member, b->member, param)
#define SCORE_EQUAL(member, param) kind_equal(a->member, b->member)

/* True when a criterion with this wish (0: none needed) counts for a pair that has these wishes. */
static inline bool pair_wishes(unsigned wishes, int wish)
{
	return !wish || wishes >> (wish - 1) & 1;
}

static inline unsigned pair_wish_mask(const profile *a, const profile *b)
{
	return (unsigned)(a->wishes | a->musts | b->wishes | b->musts);
}

/* The sum of weight * score over all criteria. */
static inline int32_t pair_fit(const frame *f, const int32_t *weight, const profile *a,
			       const profile *b)
{
	unsigned wishes = pair_wish_mask(a, b);
	int32_t sum = 0;
#define CRITERION(id, name, kind, param, wish, points, reads)                            \
	if (pair_wishes(wishes, wish))                                                   \
		sum += weight[CRITERION_##id] * SCORE_##kind(MEMBER_##reads, param);
#include "model/criteria.def"
#undef CRITERION
	return sum;
}

/* ---- hard rules: docs/matching.md, "Hard rules" -------------------------------------- */

#define MUST(p, wish) ((p)->musts >> ((wish)-1) & 1)

/* Years between two people who asked for someone near in age. */
#define AGE_MUST_YEARS 10

static inline bool rule_meets(const profile *a, const profile *b)
{
	return (a->meets == MEETS_IN_PERSON && b->meets == MEETS_VIDEO) ||
	       (a->meets == MEETS_VIDEO && b->meets == MEETS_IN_PERSON);
}

static inline bool rule_distance(const profile *a, const profile *b)
{
	if (a->meets == MEETS_VIDEO && b->meets == MEETS_VIDEO)
		return false;
	int64_t km = a->max_km;
	if (!km || (b->max_km && b->max_km < km))
		km = b->max_km;
	if (!km || !(a->flags & b->flags & PROFILE_PLACED))
		return false;
	int64_t r = UNITS_PER_KM * km;
	return kind_distance_square(a, b) > r * r;
}

/* Is b's age outside the span that a asked for? */
static inline bool outside_span(const frame *f, const profile *a, const profile *b)
{
	if (!(a->age_from | a->age_to) || !b->birth_year)
		return false;
	int age = f->year - b->birth_year;
	return (a->age_from && age < a->age_from) || (a->age_to && age > a->age_to);
}

static inline bool rule_age(const frame *f, const profile *a, const profile *b)
{
	int d = a->birth_year - b->birth_year;
	if (((MUST(a, WISHES_AGE) | MUST(b, WISHES_AGE)) && a->birth_year &&
	     b->birth_year) &&
	    (d > AGE_MUST_YEARS || d < -AGE_MUST_YEARS))
		return true;
	return outside_span(f, a, b) || outside_span(f, b, a);
}

/* Known to have no children. */
static inline bool childless(const profile *p)
{
	return !p->children && (p->life == LIFE_SINGLE || p->life == LIFE_COUPLE);
}

static inline bool differ(int a, int b)
{
	return a && b && a != b;
}

static inline unsigned pair_rules(const frame *f, const profile *a, const profile *b)
{
	unsigned musts = a->musts | b->musts, broken = 0;
	broken |= (unsigned)rule_meets(a, b) << RULE_MEETS;
	broken |= (unsigned)rule_distance(a, b) << RULE_DISTANCE;
	broken |= (unsigned)rule_age(f, a, b) << RULE_AGE;
	if (!musts)
		return broken;
	if (musts & CHOICE_BIT(WISHES_GENDER) && differ(a->gender, b->gender))
		broken |= 1u << RULE_GENDER;
	if (musts & CHOICE_BIT(WISHES_FAMILY) && (childless(a) || childless(b)))
		broken |= 1u << RULE_FAMILY;
	if (musts & CHOICE_BIT(WISHES_LANGUAGE) && a->languages && b->languages &&
	    !(a->languages & b->languages))
		broken |= 1u << RULE_LANGUAGE;
	if (musts & CHOICE_BIT(WISHES_OCCUPATION) && differ(a->occupation, b->occupation))
		broken |= 1u << RULE_OCCUPATION;
	return broken;
}

/* The rounded mean of `n` weights that add up to `sum`; halves go up. */
static inline int64_t mean_round(int64_t sum, int64_t n)
{
	int64_t twice = 2 * sum + n, q = twice / (2 * n);
	return q - (twice % (2 * n) < 0);
}

#endif
