/* match: what a kernel has to look at for one person who looks for columns. */
#include "match/match_priv.h"

static uint16_t points_of(const columns *c, int64_t weight)
{
	return (uint16_t)columns_points(c, weight);
}

static void list_mask(plan_part *part, uint16_t first, uint64_t mask)
{
	for (; mask; mask &= mask - 1)
		part->plane[part->n++] = (uint16_t)(first + __builtin_ctzll(mask));
}

/* The same where only answers in `in` have a plane. */
static void list_ranks(plan_part *part, uint16_t first, uint64_t in, uint64_t mask)
{
	for (mask &= in; mask; mask &= mask - 1)
		part->plane[part->n++] =
			(uint16_t)(first + rank_of(in, __builtin_ctzll(mask)));
}

static void list_values(const columns *c, criterion_id id, plan_part *part, int answer)
{
	int bits = c->map.bits[id];
	part->points = answer > 0;
	for (int i = 0; i < POINT_BITS; i++)
		part->value[i] =
			i < bits && answer > 0
				? (uint16_t)(c->map.value[id] + (answer - 1) * bits + i)
				: 0;
}

/* ---- one function per kind; each returns the most points it can bring ---------------------- */

static int plan_difference(const columns *c, criterion_id id, plan_part *part, int year,
			   int param, plan *out)
{
	int weight = c->terms->weight[id];
	if (!year || !weight)
		return 0;
	if (!model_criterion[id].wish || part->wished) {
		for (int d = 0; d < param && d < YEARS_MAX; d++)
			out->by_age[d] += weight * kind_difference(year, year + d, param);
		return 0;
	}
	for (int d = 0; d < param && d < DAY_PARTS; d++)
		part->times[d] = points_of(
			c, (int64_t)weight * kind_difference(year, year + d, param));
	part->points = part->times[0];
	return part->points;
}

static int plan_nearest(const columns *c, criterion_id id, plan_part *part, uint64_t set,
			int param)
{
	set &= c->frame.child_years;
	if (!set)
		return 0;
	uint64_t seen = 0;
	for (int d = 0; d < param; d++) {
		uint64_t here = (set << d | set >> d) & c->frame.child_years & ~seen;
		seen |= here;
		part->reach |= here;
		list_mask(part, c->map.children,
			  c->child_first < 0 ? here << -c->child_first
					     : here >> c->child_first);
		part->end[d] = part->n;
	}
	part->points =
		points_of(c, ((int64_t)c->terms->weight[id] * 1000 + param - 1) / param);
	return part->points * param;
}

static int plan_share(const columns *c, criterion_id id, plan_part *part, uint64_t set)
{
	int n = __builtin_popcountll(set), bits = c->map.bits[id];
	list_ranks(part, c->map.interests, c->map.interests_in, set);
	list_values(c, id, part, bits ? (n < SHARE_SIZES ? n : SHARE_SIZES) : 0);
	if (part->points)
		part->points = points_of(c, (int64_t)c->terms->weight[id] * 1000);
	return part->points;
}

/* Interests in common: what the sieve goes by. */
static void plan_common(const columns *c, plan *out)
{
	int32_t weight = c->terms->weight[CRITERION_INTERESTS];
	int n = __builtin_popcountll(out->who->interests);
	for (int few = 0; few <= FEW_MOST; few++) {
		out->by_common[0][few] = 0;
		for (int k = 1; k <= SHARE_COUNTED; k++) {
			int32_t most = 0;
			/* The last entry is for that many or more. */
			for (int in = k; in <= n && (in == k || k == SHARE_COUNTED);
			     in++) {
				int32_t x = weight *
					    kind_share_of(in, n, few > in ? few : in);
				most = x > most ? x : most;
			}
			out->by_common[k][few] = most;
		}
	}
}

static int plan_table(const columns *c, criterion_id id, plan_part *part, int answer)
{
	int most = 0;
	list_values(c, id, part, answer <= LIFE_FAMILY && c->map.bits[id] ? answer : 0);
	for (int n = 1; n <= LIFE_FAMILY; n++)
		most = kind_table(answer, n) > most ? kind_table(answer, n) : most;
	for (int n = 0; n <= LIFE_FAMILY; n++)
		part->by_answer[n] = (uint16_t)columns_points(
			c, (int64_t)c->terms->weight[id] * kind_table(answer, n));
	return part->points ? columns_points(c, (int64_t)c->terms->weight[id] * most) : 0;
}

static int plan_any(const columns *c, criterion_id id, plan_part *part, uint16_t first,
		    uint64_t in, uint64_t set)
{
	list_ranks(part, first, in, set);
	part->reach = set;
	part->points = part->n ? points_of(c, (int64_t)c->terms->weight[id] * 1000) : 0;
	return part->points;
}

static int plan_count(const columns *c, criterion_id id, plan_part *part, uint32_t set,
		      int param)
{
	for (int i = 0; i < c->bundles; i++) {
		int n = __builtin_popcount(set & c->bundle[i]);
		if (!n)
			continue;
		part->times[part->n] = (uint16_t)(n < param ? n : 8);
		part->plane[part->n++] = (uint16_t)(c->map.times + i);
	}
	if (part->n)
		part->points = points_of(
			c, ((int64_t)c->terms->weight[id] * 1000 + param - 1) / param);
	return part->points * param;
}

static int plan_equal(const columns *c, criterion_id id, plan_part *part, uint16_t first,
		      int answers, int answer)
{
	if (!answer || answer > answers)
		return 0;
	part->n = 1;
	part->plane[0] = (uint16_t)(first + answer - 1);
	part->points = points_of(c, (int64_t)c->terms->weight[id] * 1000);
	return part->points;
}

/* The planes of a set or a choice that a criterion reads. */
#define PLANES_LANGUAGE   c->map.languages, c->map.languages_in
#define PLANES_APPS       c->map.apps, 0xff
#define PLANES_OCCUPATION c->map.occupation, c->map.occupations
#define PLANES_GENDER     c->map.gender, c->map.genders

#define PLAN_DISTANCE(id, reads, param) 0
#define PLAN_DIFFERENCE(id, reads, param)                                                \
	plan_difference(c, id, part, who->MEMBER_##reads, param, out)
#define PLAN_NEAREST(id, reads, param)                                                   \
	plan_nearest(c, id, part, who->MEMBER_##reads, param)
#define PLAN_SHARE(id, reads, param) plan_share(c, id, part, who->MEMBER_##reads)
#define PLAN_TABLE(id, reads, param) plan_table(c, id, part, who->MEMBER_##reads)
#define PLAN_ANY(id, reads, param)                                                       \
	plan_any(c, id, part, PLANES_##reads, who->MEMBER_##reads)
#define PLAN_COUNT(id, reads, param) plan_count(c, id, part, who->MEMBER_##reads, param)
#define PLAN_EQUAL(id, reads, param)                                                     \
	plan_equal(c, id, part, PLANES_##reads, who->MEMBER_##reads)

/* The kernels' tables have room for these parameters. */
#define FITS_DISTANCE(param)   1
#define FITS_DIFFERENCE(param) ((param) <= DAY_PARTS)
#define FITS_NEAREST(param)    ((param) <= 7)
#define FITS_SHARE(param)      1
#define FITS_TABLE(param)      1
#define FITS_ANY(param)        1
#define FITS_COUNT(param)      ((param) <= 7)
#define FITS_EQUAL(param)      1
#define CRITERION(id, name, kind, param, wish, weight, reads)                            \
	_Static_assert(FITS_##kind(param), "param of " name);
#include "model/criteria.def"
#undef CRITERION

static void plan_parts(const columns *c, plan *out)
{
	const profile *who = out->who;
#define CRITERION(id, name, kind, param, wish, weight, reads)                            \
	{                                                                                \
		plan_part *part = &out->part[CRITERION_##id];                            \
		part->points = part->n = 0;                                              \
		part->reach = 0;                                                         \
		part->wished = (unsigned)(who->wishes | who->musts) & WISH_BIT(wish);    \
		int most = PLAN_##kind(CRITERION_##id, reads, param);                    \
		part->most = (uint16_t)most;                                             \
		if (!(wish) || part->wished)                                             \
			out->own_points += most;                                         \
		else                                                                     \
			out->wish_points += most;                                        \
	}
#include "model/criteria.def"
#undef CRITERION
}

/* Of the columns with the same answer; 0, which is empty, when there are none. */
static int answer_plane(uint16_t first, int answers, int answer)
{
	if (!answer)
		return UNKNOWN_PLANE;
	return answer <= answers ? first + answer - 1 : 0;
}

/* Most points by kind with anyone of a block. */
static int table_most(const plan_part *part, unsigned lives)
{
	int most = 0;
	for (int n = 0; n <= LIFE_FAMILY; n++)
		if (lives >> n & 1 && part->by_answer[n] > most)
			most = part->by_answer[n];
	return most;
}
#define MOST_DISTANCE(member)   0
#define MOST_DIFFERENCE(member) 0
#define MOST_NEAREST(member)    (part->reach & b->any.member ? part->most : 0)
#define MOST_SHARE(member)      part->most
#define MOST_TABLE(member)      (part->points ? table_most(part, b->any.member) : 0)
#define MOST_ANY(member)        (part->reach & b->any.member ? part->most : 0)
#define MOST_COUNT(member)      part->most
#define MOST_EQUAL(member)      part->most

block_most plan_most(const plan *p, const block *b)
{
	block_most m = {0, 0,
			p->wish_points < b->wish_points ? p->wish_points : b->wish_points,
			p->part[CRITERION_INTERESTS].most};
	int first = 0;
#define CRITERION(id, name, kind, param, wish, weight, reads)                            \
	{                                                                                \
		const plan_part *part = &p->part[CRITERION_##id];                        \
		int most = !(wish) || part->wished ? MOST_##kind(MEMBER_##reads) : 0;    \
		if (FIRST_##kind)                                                        \
			first += most;                                                   \
		else                                                                     \
			m.later += most;                                                 \
	}
#include "model/criteria.def"
#undef CRITERION
	m.first = first;
	return m;
}

static void touch(plan *p, uint16_t number)
{
	if (number && p->touched_n < ARRAY_LEN(p->touched))
		p->touched[p->touched_n++] = number;
}

static void note_touched(const columns *c, plan *p)
{
	p->touched_n = 0;
	const plan_part *shared = &p->part[CRITERION_INTERESTS];
	for (int i = LACK_BITS - 1; i >= 0; i--) {
		if (i == SIEVE_SHIFT - 1) {
			for (int k = 0; k < shared->n; k++)
				touch(p, shared->plane[k]);
			p->sieved_n = p->touched_n;
		}
		touch(p, (uint16_t)(c->map.lack + i));
	}
	touch(p, c->map.valid);
	for (int i = 0; i < CRITERIA_COUNT; i++) {
		const plan_part *part = &p->part[i];
		if (!part->points || (model_criterion[i].wish && !part->wished))
			continue;
		for (int k = 0; part != shared && k < part->n; k++)
			touch(p, part->plane[k]);
		bool values = model_criterion[i].kind == CRITERION_KIND_SHARE ||
			      model_criterion[i].kind == CRITERION_KIND_TABLE;
		for (int k = 0; values && k < c->map.bits[i]; k++)
			touch(p, part->value[k]);
	}
}

void plan_form(const columns *c, const profile *who, int64_t constant, plan *out)
{
	out->who = who;
	out->weight = c->terms->weight;
	out->constant = constant;
	out->own_points = out->wish_points = 0;
	out->musts = who->musts;
	out->childless = childless(who);
	out->gender_plane = answer_plane(c->map.gender, c->map.genders, who->gender);
	out->occupation_plane =
		answer_plane(c->map.occupation, c->map.occupations, who->occupation);
	for (int d = 0; d < YEARS_MAX; d++)
		out->by_age[d] = 0;
	out->limit = who->max_km ? (uint32_t)who->max_km * UNITS_PER_KM : UINT32_MAX;
	out->at = (box){{who->x, who->y, who->z}, {who->x, who->y, who->z}};
	plan_parts(c, out);
	plan_common(c, out);
	note_touched(c, out);
}
