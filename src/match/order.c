/*
 * match: who lies beside whom.
 *
 * Rows are put in order of place, so that one scan finds in the cache what the one before
 * it has read. Columns are divided into words of 64 like a k-d tree (Bentley 1975): again
 * and again in halves, across whatever spreads the weights of a group most: place, age or life.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "match/match_priv.h"

/* ---- where people are ------------------------------------------------------------------- */

/* Every third bit from bit 0 on (Morton order). */
static uint64_t spread(uint64_t x)
{
	x &= 0x7fff;
	x = (x | x << 16) & UINT64_C(0x0000ff0000ff);
	x = (x | x << 8) & UINT64_C(0x00f00f00f00f);
	x = (x | x << 4) & UINT64_C(0x0c30c30c30c3);
	return (x | x << 2) & UINT64_C(0x249249249249);
}

static uint64_t axis(int at)
{
	int x = at + 16384;
	return spread((uint64_t)(x < 0 ? 0 : x > 32767 ? 32767 : x));
}

/* For sorting people who live near each other side by side, then by birth year. */
static uint64_t place_key(const profile *p)
{
	uint64_t year = p->birth_year < 1900 ? 0 : (uint64_t)(p->birth_year - 1900) & 127;
	if (!(p->flags & PROFILE_PLACED))
		return UINT64_C(2) << 62 | year;
	uint64_t group = p->meets == MEETS_VIDEO;
	return group << 62 | (axis(p->x) | axis(p->y) << 1 | axis(p->z) << 2) << 8 | year;
}

int32_t box_distance(const box *a, const box *b)
{
	double square = 0;
	for (int i = 0; i < 3; i++) {
		int gap = a->low[i] > b->high[i] ? a->low[i] - b->high[i]
						 : b->low[i] - a->high[i];
		if (gap > 0)
			square += (double)gap * gap;
	}
	return (int32_t)sqrt(square);
}

static int compare_placed(const void *a, const void *b)
{
	const placed_unit *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

placed_unit *place_sort(arena *mem, const pool *p, const unit *side, uint32_t *which,
			uint32_t n)
{
	placed_unit *e = NEW_ARRAY(mem, placed_unit, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t first = p->member[side[which[i]].first];
		e[i] = (placed_unit){place_key(&p->people->profile[first]), which[i]};
	}
	qsort(e, n, sizeof *e, compare_placed);
	for (uint32_t i = 0; i < n; i++)
		which[i] = e[i].unit;
	return e;
}

/* ---- words of columns ------------------------------------------------------------------------ */

enum { YEAR = 3, LIFE, FEW, AXES };

typedef struct spot {
	int16_t at[AXES]; /* x, y, z, birth year, life, interests ticked */
	uint16_t slots;
	uint8_t group;
	uint32_t unit;
} spot;

typedef struct sorting {
	int64_t weight[AXES]; /* what a step on this axis can cost a pair */
	uint32_t *which;
	uint32_t *slot;
	uint32_t n;    /* units that have their slots */
	uint32_t next; /* the next free slot */
} sorting;

static bool before(const spot *a, const spot *b, int by)
{
	if (a->at[by] != b->at[by])
		return a->at[by] < b->at[by];
	if (a->at[YEAR] != b->at[YEAR])
		return a->at[YEAR] < b->at[YEAR];
	return a->unit < b->unit;
}

static void swap(spot *a, spot *b)
{
	spot c = *a;
	*a = *b;
	*b = c;
}

/* Puts the one in the middle of three at s[0]. */
static void middle_first(spot *s, size_t n, int by)
{
	spot *a = &s[0], *b = &s[n / 2], *c = &s[n - 1];
	if (before(b, a, by))
		swap(a, b);
	if (before(c, b, by))
		swap(b, c);
	if (before(b, a, by))
		swap(a, b);
	swap(a, b);
}

/*
 * Brings the first units by one axis to the front, as many as fit `room` slots; returns how
 * many. Method: quickselect (Hoare 1961), by slots instead of places.
 */
static size_t select_front(spot *s, size_t n, int by, uint64_t room)
{
	size_t low = 0, high = n;
	while (high > low) {
		size_t less = low;
		uint64_t slots = 0;
		middle_first(s + low, high - low, by);
		for (size_t i = low + 1; i < high; i++)
			if (before(&s[i], &s[low], by)) {
				swap(&s[i], &s[++less]);
				slots += s[less].slots;
			}
		swap(&s[low], &s[less]);
		if (slots > room) {
			high = less;
			continue;
		}
		if (slots + s[less].slots > room)
			return less;
		room -= slots + s[less].slots;
		low = less + 1;
	}
	return low;
}

static void give_slots(sorting *q, const spot *s, size_t n)
{
	q->next = (q->next + WORD_SLOTS - 1) / WORD_SLOTS * WORD_SLOTS;
	for (size_t i = 0; i < n; i++) {
		q->which[q->n] = s[i].unit;
		q->slot[q->n++] = q->next;
		q->next += s[i].slots;
	}
}

static int widest(const sorting *q, const spot *s, size_t n)
{
	int by = YEAR;
	int64_t most = -1;
	for (int k = 0; k < AXES; k++) {
		int low = s[0].at[k], high = low;
		for (size_t i = 1; i < n; i++) {
			low = s[i].at[k] < low ? s[i].at[k] : low;
			high = s[i].at[k] > high ? s[i].at[k] : high;
		}
		int64_t spread_by = (high - low) * q->weight[k];
		if (spread_by > most) {
			most = spread_by;
			by = k;
		}
	}
	return by;
}

static void divide(sorting *q, spot *s, size_t n)
{
	uint64_t slots = 0;
	for (size_t i = 0; i < n; i++)
		slots += s[i].slots;
	if (slots <= WORD_SLOTS || n == 1) {
		give_slots(q, s, n);
		return;
	}
	/* Whole blocks as long as there are several, so that none lies across a cut. */
	uint64_t part = slots > BLOCK_SLOTS ? BLOCK_SLOTS : WORD_SLOTS;
	uint64_t parts = (slots + part - 1) / part;
	size_t front = select_front(s, n, widest(q, s, n), parts / 2 * part);
	if (front == 0)
		front = 1;
	divide(q, s, front);
	divide(q, s + front, n - front);
}

static void weigh_axes(const terms *t, int64_t weight[AXES])
{
	/* Being near is worth more than its points: who is too far away cannot be met at all. */
	/* From one life situation to the next a pair loses about two thirds of the points. */
	/* Two interests in common of four and four are worth half, of four and five 0.45, and so on. */
	enum { PLACE = 4, LIFE_STEP = 667, FEW_STEP = 50 };
	for (int k = 0; k < AXES; k++)
		weight[k] = 1;
	for (int c = 0; c < CRITERIA_COUNT; c++) {
		const criterion *k = &model_criterion[c];
		if (k->kind == CRITERION_KIND_DISTANCE)
			for (int i = 0; i < YEAR; i++)
				weight[i] += PLACE * t->weight[c] * 1000 /
					     (UNITS_PER_KM * k->param);
		if (k->kind == CRITERION_KIND_TABLE)
			weight[LIFE] += (int64_t)t->weight[c] * LIFE_STEP;
		if (k->kind == CRITERION_KIND_SHARE && !k->wish)
			weight[FEW] += (int64_t)t->weight[c] * FEW_STEP;
		if (k->kind == CRITERION_KIND_DIFFERENCE && !k->wish)
			weight[YEAR] += (int64_t)t->weight[c] * 1000 / k->param;
	}
}

/*
 * Columns at a place, at a place but by video only, and nowhere get blocks of their own, and
 * so do those with wishes: what a few wish would raise what a block promises to many.
 */
enum { PLACES = 3, GROUPS = 2 * PLACES };

static uint8_t group_of(const profile *who)
{
	int where = who->flags & PROFILE_PLACED ? who->meets == MEETS_VIDEO : PLACES - 1;
	return (uint8_t)(who->wishes | who->musts ? where + PLACES : where);
}

static spot spot_of(const pool *p, const unit *u, uint32_t which)
{
	enum { USUAL_YEAR = 1975 };
	const profile *who = &p->people->profile[p->member[u->first]];
	spot s = {.at = {who->x, who->y, who->z,
			 who->birth_year ? who->birth_year : USUAL_YEAR, who->life,
			 (int16_t)__builtin_popcountll(who->interests)},
		  .slots = (uint16_t)(u->n < UINT16_MAX ? u->n : UINT16_MAX),
		  .unit = which};
	s.group = group_of(who);
	if (!(who->flags & PROFILE_PLACED))
		s.at[0] = s.at[1] = s.at[2] = 0;
	return s;
}

uint32_t word_sort(arena *mem, const pool *p, const unit *side, uint32_t *which,
		   uint32_t n, const terms *t, uint32_t *slot)
{
	sorting q = {.which = which, .slot = slot};
	weigh_axes(t, q.weight);
	arena_mark here = arena_here(mem);
	spot *s = NEW_ARRAY(mem, spot, n);
	size_t span[GROUPS] = {0}, used = 0;
	for (uint8_t group = 0; group < GROUPS; group++) {
		size_t first = used;
		for (uint32_t i = 0; i < n; i++) {
			spot x = spot_of(p, &side[which[i]], which[i]);
			if (x.group == group)
				s[used++] = x;
		}
		span[group] = used - first;
	}
	/* Only now: which[] is written in the new order. */
	for (size_t group = 0, from = 0; group < GROUPS; from += span[group++]) {
		q.next = (q.next + BLOCK_SLOTS - 1) / BLOCK_SLOTS * BLOCK_SLOTS;
		if (span[group])
			divide(&q, s + from, span[group]);
	}
	arena_reset(mem, here);
	return (q.next + BLOCK_SLOTS - 1) / BLOCK_SLOTS;
}
