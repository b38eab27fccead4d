/*
 * Where people live, as cells of a grid: the only ground on which the checker leaves
 * pairs out is that every pair of two cells breaks the hard limit on distance.
 *
 * Real people share the positions of some hundred places, so the grid starts with
 * every position a cell of its own and only doubles the side when there are too many.
 */
#include <stdlib.h>

#include "check/check_priv.h"

enum { CELLS_MAX = 4096, KEY_BITS = 17, KEY_BIAS = 1 << 15, CROWD = 1024 };
#define KEY_NOWHERE UINT64_MAX

typedef struct entry {
	uint64_t key;
	int64_t reach;
	uint32_t unit;
	int span;
} entry;

static uint64_t key_of(const profile *p, int shift)
{
	if (!(p->flags & PROFILE_PLACED))
		return KEY_NOWHERE;
	uint64_t x = (uint64_t)(p->x + KEY_BIAS) >> shift,
		 y = (uint64_t)(p->y + KEY_BIAS) >> shift,
		 z = (uint64_t)(p->z + KEY_BIAS) >> shift;
	return x << (2 * KEY_BITS) | y << KEY_BITS | z;
}

static uint64_t key_halved(uint64_t key)
{
	const uint64_t mask = (1 << KEY_BITS) - 1;
	if (key == KEY_NOWHERE)
		return key;
	return (key >> (2 * KEY_BITS)) >> 1 << (2 * KEY_BITS) |
	       ((key >> KEY_BITS) & mask) >> 1 << KEY_BITS | (key & mask) >> 1;
}

static int compare_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static size_t sort_unique(uint64_t *key, size_t n)
{
	size_t m = 0;
	qsort(key, n, sizeof *key, compare_number);
	for (size_t i = 0; i < n; i++)
		if (!i || key[i] != key[i - 1])
			key[m++] = key[i];
	return m;
}

/* How often the side of a cell must be doubled. */
static int find_shift(arena *mem, const entry *e, size_t n)
{
	int shift = 0;
	arena_mark here = arena_here(mem);
	uint64_t *key = NEW_ARRAY(mem, uint64_t, n);
	for (size_t i = 0; i < n; i++)
		key[i] = e[i].key;
	size_t m = sort_unique(key, n);
	for (; m > CELLS_MAX; shift++) {
		for (size_t i = 0; i < m; i++)
			key[i] = key_halved(key[i]);
		m = sort_unique(key, m);
	}
	arena_reset(mem, here);
	return shift;
}

static int compare_entry(const void *a, const void *b)
{
	const entry *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->span != y->span)
		return x->span - y->span;
	if (x->reach != y->reach)
		return x->reach > y->reach ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

static int64_t reach_of(const profile *p)
{
	return p->max_km ? INT64_C(100) * p->max_km * p->max_km : CHECK_NO_LIMIT;
}

static void add_to_cell(check_cell *c, const entry *e, uint32_t at, const profile *p)
{
	const int16_t point[3] = {p->x, p->y, p->z};
	check_span *s = &c->span[e->span];
	if (!s->n++)
		s->first = at;
	for (int k = 0; k < 3; k++) {
		c->low[k] = point[k] < c->low[k] ? point[k] : c->low[k];
		c->high[k] = point[k] > c->high[k] ? point[k] : c->high[k];
	}
}

static void finish_cell(check_cell *c, bool placed)
{
	c->spot = (check_spot){
		.placed = placed, .x = c->low[0], .y = c->low[1], .z = c->low[2]};
	c->spot.point = c->low[0] == c->high[0] && c->low[1] == c->high[1] &&
			c->low[2] == c->high[2];
}

/*
 * Sorts by cell and span. In a crowd those who are alone and wish for nothing become a
 * span of their own: most people, and five criteria need not be asked.
 */
static void sort_entries(const pool *p, const unit *u, entry *e, size_t n)
{
	qsort(e, n, sizeof *e, compare_entry);
	for (size_t from = 0, end; from < n; from = end) {
		for (end = from + 1; end < n && e[end].key == e[from].key;)
			end++;
		if (end - from < CROWD)
			continue;
		for (size_t i = from; i < end; i++) {
			const profile *who = check_member(p, &u[e[i].unit], 0);
			if (!(who->wishes | who->musts) && !(e[i].span & CHECK_HOUSEHOLD))
				e[i].span |= CHECK_WISHLESS;
		}
		qsort(e + from, end - from, sizeof *e, compare_entry);
	}
}

static void make_cells(const pool *p, const unit *u, const entry *e, check_grid *g)
{
	check_cell *c = NULL;
	for (size_t i = 0; i < g->entries; i++) {
		const profile *who = check_member(p, &u[e[i].unit], 0);
		if (!c || e[i].key != e[i - 1].key) {
			c = &g->cell[g->cells++];
			*c = (check_cell){.low = {who->x, who->y, who->z},
					  .high = {who->x, who->y, who->z}};
		}
		add_to_cell(c, &e[i], (uint32_t)i, who);
		finish_cell(c, e[i].key != KEY_NOWHERE);
		g->unit[i] = e[i].unit;
		g->reach[i] = e[i].reach;
	}
}

void check_grid_make(arena *mem, const pool *p, const unit *u, size_t n,
		     const int32_t *seats, check_grid *out)
{
	*out = (check_grid){0};
	for (size_t i = 0; i < n; i++)
		out->entries += seats[i] > 0;
	out->unit = NEW_ARRAY(mem, uint32_t, out->entries);
	out->reach = NEW_ARRAY(mem, int64_t, out->entries);
	out->cell = NEW_ARRAY(mem, check_cell,
			      out->entries < CELLS_MAX ? out->entries : CELLS_MAX);
	arena_mark here = arena_here(mem);
	entry *e = NEW_ARRAY(mem, entry, out->entries);
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		const profile *who = check_member(p, &u[i], 0);
		if (seats[i] > 0)
			e[k++] = (entry){
				key_of(who, 0), reach_of(who), (uint32_t)i,
				(u[i].n > 1 ? CHECK_HOUSEHOLD : 0) |
					(who->meets == MEETS_VIDEO ? CHECK_VIDEO : 0)};
	}
	int shift = find_shift(mem, e, k);
	for (size_t i = 0; i < k; i++)
		e[i].key = key_of(check_member(p, &u[e[i].unit], 0), shift);
	sort_entries(p, u, e, k);
	make_cells(p, u, e, out);
	arena_reset(mem, here);
}

int64_t check_box_gap(const int16_t *low, const int16_t *high, const int16_t *low2,
		      const int16_t *high2)
{
	int64_t sum = 0;
	for (int k = 0; k < 3; k++) {
		int64_t gap = low2[k] > high[k]   ? low2[k] - high[k]
			      : low[k] > high2[k] ? low[k] - high2[k]
						  : 0;
		sum += gap * gap;
	}
	return sum;
}

uint32_t check_span_reaching(const check_grid *g, const check_span *s, int64_t squared)
{
	uint32_t low = 0, high = s->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (g->reach[s->first + mid] >= squared)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
