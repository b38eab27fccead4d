/*
 * match: lays one side of the pool out in planes, and keeps its prices there.
 *
 * Who shares a word of 64 slots is decided in order.c; here words get their planes, boxes
 * and ranges of years, which bound what they can offer to a row.
 */
#include <string.h>

#include "match/match_priv.h"

/* ---- the unit of points and the map of planes ---------------------------------------------- */

static uint8_t bit_length(uint64_t x)
{
	uint8_t n = 0;
	for (; x; x >>= 1)
		n++;
	return n;
}

/* Greatest points one criterion can add, and the bits of its value where it has planes of it. */
static int most_points(const columns *c, criterion_id id, int *bits)
{
	const criterion *k = &model_criterion[id];
	int64_t whole = (int64_t)c->terms->weight[id] * 1000;
	*bits = 0;
	switch (k->kind) {
	case CRITERION_KIND_DISTANCE:
		return 0;
	case CRITERION_KIND_DIFFERENCE:
		return k->wish ? columns_points(c, whole) : 0;
	case CRITERION_KIND_NEAREST:
	case CRITERION_KIND_COUNT:
		return k->param * columns_points(c, (whole + k->param - 1) / k->param);
	case CRITERION_KIND_SHARE:
		/* Up to seven times a seventh of it, each seventh rounded up. */
		*bits = bit_length((uint64_t)columns_points(c, whole));
		return whole ? columns_points(c, whole) + SHARE_COUNTED : 0;
	case CRITERION_KIND_TABLE:
		*bits = bit_length((uint64_t)columns_points(c, whole));
		return columns_points(c, whole);
	case CRITERION_KIND_ANY:
	case CRITERION_KIND_EQUAL:
		break;
	}
	return columns_points(c, whole);
}

/* A quarter of a point: most scores are whole multiples of it. */
#define UNIT_STEP 250

/* The finest unit in which all points of a pair fit a kernel's counters. */
static void choose_unit(columns *c)
{
	int sum;
	do {
		c->unit_points += UNIT_STEP;
		sum = 0;
		for (int i = 0; i < CRITERIA_COUNT; i++) {
			int bits;
			sum += most_points(c, (criterion_id)i, &bits);
			c->map.bits[i] = (uint8_t)bits;
		}
	} while (sum > POINTS_MAX);
}

static uint32_t limit_of(const profile *p)
{
	return p->max_km ? (uint32_t)p->max_km * UNITS_PER_KM : UINT32_MAX;
}

/* Chooses the steps: all limits that someone has, or as many as there is room for. */
static void survey_limits(columns *c)
{
	enum { WORDS = (UINT16_MAX + 1) / WORD_SLOTS, MOST = KM_STEPS - 1 };
	uint64_t has[WORDS] = {0};
	uint32_t n = 0, seen = 0, taken = 0;
	for (uint32_t k = 0; k < c->slots; k++) {
		if (c->seat[k].person == PERSON_NONE)
			continue;
		uint16_t km = c->pool->people->profile[c->seat[k].person].max_km;
		uint64_t bit = UINT64_C(1) << km % WORD_SLOTS;
		n += km && !(has[km / WORD_SLOTS] & bit);
		has[km / WORD_SLOTS] |= bit;
	}
	for (uint32_t km = 1; km <= UINT16_MAX; km++) {
		if (!(has[km / WORD_SLOTS] >> km % WORD_SLOTS & 1))
			continue;
		seen++;
		if (n <= MOST || seen * MOST / n > taken)
			c->km_step[taken++] = km * UNITS_PER_KM;
	}
	while (taken < KM_STEPS)
		c->km_step[taken++] = UINT32_MAX;
}

/*
 * What there is to be planes of. Times that all columns either tick together or not at
 * all share one.
 */
static void survey(columns *c)
{
	plane_map *m = &c->map;
	uint32_t alike[DAY_PARTS];
	memset(alike, 0xff, sizeof alike);
	for (uint32_t k = 0; k < c->slots; k++) {
		if (c->seat[k].person == PERSON_NONE)
			continue;
		const profile *p = &c->pool->people->profile[c->seat[k].person];
		m->interests_in |= p->interests;
		m->languages_in |= p->languages;
		m->occupations =
			p->occupation > m->occupations ? p->occupation : m->occupations;
		m->genders = p->gender > m->genders ? p->gender : m->genders;
		for (int i = 0; i < DAY_PARTS; i++)
			alike[i] &= p->times >> i & 1 ? p->times : ~p->times;
	}
	uint32_t left = UINT32_MAX;
	for (int i = 0; i < DAY_PARTS; i++)
		if (left >> i & 1) {
			c->bundle[c->bundles++] = alike[i];
			left &= ~alike[i];
		}
}

static uint16_t take(plane_map *m, size_t n)
{
	uint16_t at = m->planes;
	m->planes = (uint16_t)(at + n);
	return at;
}

static void map_planes(columns *c)
{
	plane_map *m = &c->map;
	m->planes = 1;
	m->interests = take(m, (size_t)__builtin_popcountll(m->interests_in));
	m->languages = take(m, (size_t)__builtin_popcountll(m->languages_in));
	m->languages_known = take(m, 1);
	m->children = take(m, CHILD_PLANES);
	m->times = take(m, (size_t)c->bundles);
	m->apps = take(m, 8);
	m->occupation = take(m, (size_t)m->occupations);
	m->occupation_known = take(m, 1);
	m->gender = take(m, (size_t)m->genders);
	m->gender_known = take(m, 1);
	m->wishes = take(m, 8);
	m->musts = take(m, 8);
	m->in_person = take(m, 1);
	m->video = take(m, 1);
	m->childless = take(m, 1);
	m->km = take(m, KM_STEPS);
	m->valid = take(m, 1);
	m->lack = take(m, LACK_BITS);
	for (int i = 0; i < CRITERIA_COUNT; i++) {
		size_t answers =
			model_criterion[i].kind == CRITERION_KIND_SHARE ? SHARE_SIZES : 4;
		m->value[i] = take(m, answers * m->bits[i]);
	}
}

/* ---- filling -------------------------------------------------------------------------------- */

typedef struct spot {
	plane *plane;
	unsigned word;
	uint64_t bit;
} spot;

static void set(const spot *s, size_t number)
{
	s->plane[number].word[s->word] |= s->bit;
}

static void set_mask(const spot *s, size_t first, uint64_t mask)
{
	for (; mask; mask &= mask - 1)
		set(s, first + (size_t)__builtin_ctzll(mask));
}

/* The same where only answers in `in` have a plane. */
static void set_ranks(const spot *s, size_t first, uint64_t in, uint64_t mask)
{
	for (; mask; mask &= mask - 1)
		set(s, first + rank_of(in, __builtin_ctzll(mask)));
}

/* Least points per thing in common that are never less than the score. */
static int share_points(const columns *c, int weight, int na, int nb)
{
	int points = 0;
	for (int common = 1; common <= SHARE_COUNTED && common <= na && common <= nb;
	     common++) {
		int whole = columns_points(c, (int64_t)weight *
						      kind_share_of(common, na, nb));
		int each = (whole + common - 1) / common;
		points = each > points ? each : points;
	}
	return points;
}

static void set_values(const columns *c, const spot *s, const profile *p)
{
#define VALUES_DISTANCE(id, answer)   (void)0
#define VALUES_DIFFERENCE(id, answer) (void)0
#define VALUES_NEAREST(id, answer)    (void)0
#define VALUES_ANY(id, answer)        (void)0
#define VALUES_COUNT(id, answer)      (void)0
#define VALUES_EQUAL(id, answer)      (void)0
#define VALUES_SHARE(id, answer)                                                         \
	for (int n = 1; n <= SHARE_SIZES; n++)                                           \
	set_mask(s, (size_t)(c->map.value[id] + (n - 1) * c->map.bits[id]),              \
		 (uint64_t)share_points(c, c->terms->weight[id], n,                      \
					__builtin_popcountll(answer)))
#define VALUES_TABLE(id, answer)                                                         \
	for (int n = 1; n <= LIFE_FAMILY; n++)                                           \
	set_mask(s, (size_t)(c->map.value[id] + (n - 1) * c->map.bits[id]),              \
		 (uint64_t)columns_points(c, (int64_t)c->terms->weight[id] *             \
						     kind_table(n, answer)))
#define CRITERION(id, name, kind, param, wish, weight, reads)                            \
	VALUES_##kind(CRITERION_##id, p->MEMBER_##reads);
#include "model/criteria.def"
#undef CRITERION
}

static void set_answers(const columns *c, const spot *s, const profile *p)
{
	const plane_map *m = &c->map;
	set(s, m->valid);
	set_ranks(s, m->interests, m->interests_in, p->interests);
	set_ranks(s, m->languages, m->languages_in, p->languages);
	if (p->languages)
		set(s, m->languages_known);
	uint64_t children = p->children & c->frame.child_years;
	set_mask(s, m->children,
		 c->child_first < 0 ? children << -c->child_first
				    : children >> c->child_first);
	for (int i = 0; i < c->bundles; i++)
		if (p->times & c->bundle[i])
			set(s, (size_t)(m->times + i));
	set_mask(s, m->apps, p->apps);
	if (p->occupation) {
		set(s, (size_t)(m->occupation + p->occupation - 1));
		set(s, m->occupation_known);
	}
	if (p->gender) {
		set(s, (size_t)(m->gender + p->gender - 1));
		set(s, m->gender_known);
	}
	set_mask(s, m->wishes, p->wishes | p->musts);
	set_mask(s, m->musts, p->musts);
	if (p->meets == MEETS_IN_PERSON)
		set(s, m->in_person);
	if (p->meets == MEETS_VIDEO)
		set(s, m->video);
	if (childless(p))
		set(s, m->childless);
	for (int i = 0; i < KM_STEPS && (!i || limit_of(p) > c->km_step[i - 1]); i++)
		set(s, (size_t)(m->km + i));
	set_values(c, s, p);
}

static void note_in_block(const columns *c, block *b, unsigned word, const profile *p)
{
	if (p->flags & PROFILE_PLACED) {
		const int16_t at[3] = {p->x, p->y, p->z};
		for (int i = 0; i < 3; i++) {
			int16_t *low = &b->low[i][word], *high = &b->high[i][word];
			*low = at[i] < *low ? at[i] : *low;
			*high = at[i] > *high ? at[i] : *high;
		}
		box_add(&b->all, p);
	} else {
		b->placed = false;
	}
	int16_t year = p->birth_year;
	if (year) {
		b->year_low[word] = year < b->year_low[word] ? year : b->year_low[word];
		b->year_high[word] =
			year > b->year_high[word] ? year : b->year_high[word];
		b->year0 = year < b->year0 ? year : b->year0;
		b->year1 = year > b->year1 ? year : b->year1;
	}
	int interests = __builtin_popcountll(p->interests);
	if (interests && interests < b->few[word])
		b->few[word] = (uint8_t)interests;
	uint32_t limit = limit_of(p);
	b->limit = limit > b->limit ? limit : b->limit;
	b->video |= p->meets == MEETS_VIDEO;
	b->any.languages |= p->languages;
	b->any.children |= p->children & c->frame.child_years;
	b->any.apps |= p->apps;
	b->any.life |= (uint8_t)(1u << p->life);
	b->wishes |= p->wishes | p->musts;
	b->musts |= p->musts;
	int points = 0;
	for (int i = 0; i < CRITERIA_COUNT; i++) {
		int bits, wish = model_criterion[i].wish;
		if (wish && (unsigned)(p->wishes | p->musts) & WISH_BIT(wish))
			points += most_points(c, (criterion_id)i, &bits);
	}
	b->wish_points = points > b->wish_points ? (uint16_t)points : b->wish_points;
}

static void block_start(block *b)
{
	*b = (block){
		.all = BOX_EMPTY, .placed = true, .year0 = INT16_MAX, .year1 = INT16_MIN};
	for (int w = 0; w < BLOCK_WORDS; w++) {
		for (int i = 0; i < 3; i++) {
			b->low[i][w] = INT16_MAX;
			b->high[i][w] = INT16_MIN;
		}
		b->year_low[w] = INT16_MAX;
		b->year_high[w] = INT16_MIN;
		b->few[w] = FEW_MOST;
	}
}

static void fill(columns *c)
{
	for (uint32_t b = 0; b < c->blocks; b++)
		block_start(&c->block[b]);
	for (uint32_t k = 0; k < c->slots; k++) {
		if (c->seat[k].person == PERSON_NONE)
			continue;
		const profile *p = &c->pool->people->profile[c->seat[k].person];
		uint32_t at = k / BLOCK_SLOTS;
		unsigned word = k % BLOCK_SLOTS / WORD_SLOTS;
		spot s = {columns_planes(c, at), word, UINT64_C(1) << k % WORD_SLOTS};
		set_answers(c, &s, p);
		note_in_block(c, &c->block[at], word, p);
		c->seat[k].waiting = match_waiting(p, c->terms);
	}
	for (uint32_t i = 0; i < c->blocks; i++) {
		const box *all = &c->block[i].all;
		c->block[i].point = !memcmp(all->low, all->high, sizeof all->low);
	}
}

/* ---- prices ----------------------------------------------------------------------------------- */

static int64_t slot_worth(const columns *c, uint32_t slot)
{
	return c->seat[slot].waiting - ((int64_t)c->seat[slot].price << c->price_shift);
}

/* What a slot is short of its block's best, in whole points, rounded down. */
static unsigned lack_of(const columns *c, int64_t best, int64_t worth)
{
	int64_t lack = (best - worth) / c->unit_points;
	return lack > LACK_MAX ? LACK_MAX : (unsigned)lack;
}

static void refresh(columns *c, uint32_t at)
{
	uint32_t first = at * BLOCK_SLOTS;
	int64_t best = INT64_MIN, worth[BLOCK_SLOTS];
	for (uint32_t i = 0; i < BLOCK_SLOTS; i++) {
		worth[i] = INT64_MIN;
		if (c->seat[first + i].person == PERSON_NONE)
			continue;
		worth[i] = slot_worth(c, first + i);
		best = worth[i] > best ? worth[i] : best;
	}
	plane *lack = columns_planes(c, at) + c->map.lack;
	memset(lack, 0, LACK_BITS * sizeof *lack);
	for (uint32_t i = 0; i < BLOCK_SLOTS; i++) {
		spot s = {lack, i / WORD_SLOTS, UINT64_C(1) << i % WORD_SLOTS};
		if (worth[i] != INT64_MIN)
			set_mask(&s, 0, lack_of(c, best, worth[i]));
	}
	c->best[at] = best;
	c->block[at].stale = 0;
}

static void slot_price(columns *c, uint32_t slot)
{
	/* While those near the top stay where they are, so does the top. */
	enum { STALE_MAX = 8, NEAR_TOP = 4 };
	uint32_t at = slot / BLOCK_SLOTS;
	int64_t worth = slot_worth(c, slot);
	if (worth > c->best[at]) {
		refresh(c, at);
		return;
	}
	unsigned lack = lack_of(c, c->best[at], worth), former = 0,
		 word = slot % BLOCK_SLOTS / WORD_SLOTS;
	plane *p = columns_planes(c, at) + c->map.lack;
	uint64_t bit = UINT64_C(1) << slot % WORD_SLOTS;
	for (int i = 0; i < LACK_BITS; i++) {
		former |= p[i].word[word] & bit ? 1U << i : 0;
		p[i].word[word] = (p[i].word[word] & ~bit) | (lack >> i & 1 ? bit : 0);
	}
	if (former < NEAR_TOP && ++c->block[at].stale > STALE_MAX)
		refresh(c, at);
}

void columns_price(columns *c, uint32_t column, int64_t price)
{
	/* Rounded down, and so never above the truth. */
	int64_t kept = price >> c->price_shift;
	kept = kept > UINT32_MAX ? UINT32_MAX : kept;
	uint32_t first = c->slot[column];
	if ((uint32_t)kept == c->seat[first].price)
		return;
	/* A household's slots may lie in two blocks: all know the price before one is refreshed. */
	for (uint32_t i = 0; i < columns_unit(c, column)->n; i++)
		c->seat[first + i].price = (uint32_t)kept;
	for (uint32_t i = 0; i < columns_unit(c, column)->n; i++)
		slot_price(c, first + i);
}

void columns_form(arena *mem, const pool *p, const unit *side, uint32_t *which,
		  uint32_t count, const terms *t, int64_t weight_max, columns *out)
{
	columns *c = out;
	*c = (columns){.pool = p,
		       .unit = side,
		       .which = which,
		       .terms = t,
		       .count = count,
		       .frame = frame_of(t->date)};
	c->child_first = c->frame.year - (CHILD_PLANES - 1) - CHILD_YEAR_0;
	c->slot = NEW_ARRAY(mem, uint32_t, count);
	while (weight_max >> c->price_shift > INT32_MAX)
		c->price_shift++;
	arena_mark here = arena_here(mem);
	c->blocks = word_sort(mem, p, side, which, count, t, c->slot);
	c->slots = c->blocks * BLOCK_SLOTS;
	arena_reset(mem, here);
	c->seat = NEW_ARRAY(mem, seat, c->slots);
	for (uint32_t k = 0; k < c->slots; k++)
		c->seat[k].person = PERSON_NONE;
	for (uint32_t i = 0; i < count; i++) {
		const unit *u = columns_unit(c, i);
		for (uint32_t k = 0; k < u->n; k++) {
			c->seat[c->slot[i] + k].person = p->member[u->first + k];
			c->seat[c->slot[i] + k].column = i | (u->n > 1 ? SLOT_SHARED : 0);
		}
	}
	survey(c);
	survey_limits(c);
	choose_unit(c);
	map_planes(c);
	c->plane = NEW_ARRAY(mem, plane, (size_t)c->blocks * c->map.planes);
	c->block = NEW_ARRAY(mem, block, c->blocks);
	c->best = NEW_ARRAY(mem, int64_t, c->blocks);
	fill(c);
	for (uint32_t b = 0; b < c->blocks; b++)
		refresh(c, b);
}
