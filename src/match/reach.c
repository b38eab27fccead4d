/* match: which blocks of columns are near enough for a row. */
#include <stdlib.h>

#include "match/scan.h"

static int compare_reach(const void *a, const void *b)
{
	const reach *x = a, *y = b;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return (x->block > y->block) - (x->block < y->block);
}

static void note_in_cell(const source *s, cell *c, const unit *u)
{
	for (uint32_t i = 0; i < u->n; i++) {
		const profile *p =
			&s->pool->people->profile[s->pool->member[u->first + i]];
		uint32_t limit =
			p->max_km ? (uint32_t)p->max_km * UNITS_PER_KM : UINT32_MAX;
		c->limit = limit > c->limit ? limit : c->limit;
		c->video |= p->meets == MEETS_VIDEO;
		if (p->flags & PROFILE_PLACED)
			box_add(&c->at, p);
		else
			c->anywhere = true;
	}
}

static void form_cells(source *s, arena *mem)
{
	enum { CELLS_MAX = 1024, FIRST_SHIFT = 8, AXES = 3 };
	uint32_t n = s->o.row_n;
	s->row_cell = NEW_ARRAY(mem, uint16_t, n);
	s->cell = NEW_ARRAY(mem, cell, CELLS_MAX);
	arena_mark here = arena_here(mem);
	const placed_unit *e = place_sort(mem, s->pool, s->o.rows, s->o.row, n);
	for (int shift = FIRST_SHIFT;; shift += AXES) {
		s->cells = 0;
		for (uint32_t i = 0; i < n && s->cells <= CELLS_MAX; i++) {
			s->cells += !i || e[i].key >> shift != e[i - 1].key >> shift;
			s->row_cell[i] = (uint16_t)(s->cells - 1);
		}
		if (s->cells <= CELLS_MAX)
			break;
	}
	arena_reset(mem, here);
	for (uint32_t i = 0; i < s->cells; i++)
		s->cell[i] = (cell){.at = BOX_EMPTY};
	for (uint32_t i = 0; i < n; i++)
		note_in_cell(s, &s->cell[s->row_cell[i]], &s->o.rows[s->o.row[i]]);
}

/* The blocks a cell's rows can reach; counts them when `out` is NULL. */
static uint32_t list_blocks(const source *s, const cell *c, reach *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->columns.blocks; i++) {
		const block *b = &s->columns.block[i];
		bool apart = b->placed && !c->anywhere;
		int32_t d = apart ? box_distance(&c->at, &b->all) : 0;
		uint32_t limit = c->limit < b->limit ? c->limit : b->limit;
		if ((uint32_t)d > limit && !(c->video && b->video) && !s->o.whole)
			continue;
		if (out)
			out[n] = (reach){i, d};
		n++;
	}
	if (out)
		qsort(out, n, sizeof *out, compare_reach);
	return n;
}

void reach_form(source *s, arena *mem)
{
	uint32_t n = 0;
	form_cells(s, mem);
	for (uint32_t i = 0; i < s->cells; i++) {
		s->cell[i].first = n;
		n += s->cell[i].n = list_blocks(s, &s->cell[i], NULL);
	}
	s->reach = NEW_ARRAY(mem, reach, n);
	for (uint32_t i = 0; i < s->cells; i++)
		list_blocks(s, &s->cell[i], &s->reach[s->cell[i].first]);
}
