/*
 * run - puts the engine together: state, scans, phases, and the proof at the end.
 */
#include "solve/solve_priv.h"

#include <stdlib.h>
#include <string.h>

void engine_price_set(engine *e, int32_t column, int64_t price)
{
	if (e->price[column] == price)
		return;
	e->price[column] = price;
	if (!e->s->price_changed || e->is_dirty[column])
		return;
	if (e->dirty_n == e->dirty_cap) {
		int32_t cap = e->dirty_cap ? 2 * e->dirty_cap : 1024;
		e->dirty = arena_grow(e->c->mem, e->dirty, (size_t)e->dirty_cap,
				      (size_t)cap, sizeof(int32_t));
		e->dirty_cap = cap;
	}
	e->is_dirty[column] = 1;
	e->dirty[e->dirty_n++] = column;
}

void engine_prices_flush(engine *e)
{
	for (int32_t i = 0; i < e->dirty_n; i++) {
		int32_t column = e->dirty[i];
		e->is_dirty[column] = 0;
		e->s->price_changed(e->s->self, column, e->price[column]);
	}
	e->dirty_n = 0;
}

void engine_seat(engine *e, int32_t row, int32_t column, int64_t weight)
{
	assert(engine_free(e, column) && e->column[row] < 0);
	e->column[row] = column;
	e->held[row] = weight;
	e->next[row] = e->first[column];
	e->first[column] = row;
	e->used[column]++;
}

void engine_unseat(engine *e, int32_t row)
{
	int32_t column = e->column[row];
	int32_t *at = &e->first[column];
	while (*at != row)
		at = &e->next[*at];
	*at = e->next[row];
	e->column[row] = -1;
	e->used[column]--;
}

static void scan_some(void *self, int lane, int32_t i)
{
	engine *e = self;
	solve_scan *x = &e->scan[i * SOLVE_TOGETHER];
	int32_t n = e->scans - i * SOLVE_TOGETHER;
	n = n < SOLVE_TOGETHER ? n : SOLVE_TOGETHER;
	if (e->s->scan_together) {
		e->s->scan_together(e->s->self, lane, e->price, x, n);
		return;
	}
	for (; n > 0; n--, x++)
		x->n = e->s->scan(e->s->self, lane, x->row, e->price, x->k, x->out,
				  &x->rest);
}

static int32_t length_for(const engine *e, int32_t row)
{
	const list *l = e->list[row];
	int32_t first = e->s->rows < MANY_ROWS ? LIST_LONG : LIST_SHORT;
	int32_t k = l ? (int32_t)l->asked : first;
	/* A list that was too short at once would be so again. */
	if (l && (e->stamp ? l->stamp == e->stamp : !e->served[row]))
		return k > e->s->columns / 2 ? e->s->columns : 2 * k;
	return k > e->s->columns ? e->s->columns : k;
}

static int compare_scan(const void *a, const void *b)
{
	const solve_scan *x = a, *y = b;
	return (x->row > y->row) - (x->row < y->row);
}

/* Fills scan[] for the rows of the batch, in order of rows: neighbours come cheaper together. */
static void plan_scans(engine *e, int32_t n)
{
	size_t need = 0;
	int32_t row[BATCH];
	for (int32_t i = 0; i < n; i++)
		e->scan[i] = (solve_scan){.row = e->scan_row[i],
					  .k = length_for(e, e->scan_row[i]),
					  .floor = e->scan_floor[i]};
	qsort(e->scan, (size_t)n, sizeof *e->scan, compare_scan);
	e->scans = 0;
	for (int32_t i = 0; i < n; i++) {
		const solve_scan *x = &e->scan[i];
		solve_scan *last = e->scans ? &e->scan[e->scans - 1] : NULL;
		row[i] = x->row;
		if (!last || x->k != last->k ||
		    !engine_same_bidder(e, x->row, last->row)) {
			need += (size_t)x->k;
			e->scan[e->scans++] = *x;
		} else if (x->floor < last->floor) {
			last->floor = x->floor;
		}
		e->scan_as[i] = e->scans - 1;
	}
	memcpy(e->scan_row, row, (size_t)n * sizeof *row);
	if (need > e->offer_cap) {
		size_t cap = need > 2 * e->offer_cap ? need : 2 * e->offer_cap;
		e->offer = NEW_ARRAY(e->c->mem, solve_offer, cap);
		e->offer_cap = cap;
	}
	solve_offer *out = e->offer;
	for (int32_t i = 0; i < e->scans; i++) {
		e->scan[i].out = out;
		out += e->scan[i].k;
	}
}

void engine_scan(engine *e, int32_t n)
{
	plan_scans(e, n);
	engine_prices_flush(e);
	lanes_run(e->lanes, (e->scans + SOLVE_TOGETHER - 1) / SOLVE_TOGETHER, scan_some,
		  e);
	e->counts.scans += (uint64_t)e->scans;
	for (int32_t i = 0; i < n; i++) {
		const solve_scan *x = &e->scan[e->scan_as[i]];
		list like = {.n = x->n,
			     .asked = (uint32_t)x->k & LIST_ASKED_MAX,
			     .stamp = e->stamp & LIST_STAMP_MAX,
			     .rest = x->rest};
		/* All columns are on the list when there were not enough to fill it. */
		if (x->floor <= 1 && (x->n < x->k || x->k >= e->s->columns))
			like.rest = 0;
		e->served[e->scan_row[i]] = 0;
		list_store(e->pool, &e->list[e->scan_row[i]], x->out, e->price, &like);
	}
}

/* What the lists prove a row can get at most, at the final prices. */
static int64_t most_for(const engine *e, int32_t row)
{
	if (e->full)
		return e->full->most(e->full->self, e, row);
	const list *l = e->list[row];
	int64_t most = l->rest > 0 ? l->rest : 0;
	for (int32_t i = 0; i < l->n; i++) {
		solve_offer o = list_get(l, i);
		if (o.weight - e->price[o.column] > most)
			most = o.weight - e->price[o.column];
	}
	return most;
}

/*
 * Adds up both sides. The bound trusts nothing the phases kept but the prices: it comes
 * from the lists, which bound what they leave out.
 */
static void finish(engine *e, solve_result *out)
{
	int64_t total = 0, bound = 0;
	for (int32_t i = 0; i < e->s->rows; i++) {
		int64_t most = most_for(e, i);
		if (e->column[i] >= 0) {
			total += e->held[i];
			if (most < engine_profit(e, i))
				most = engine_profit(e, i);
		}
		out->row_profit[i] = most;
		bound += most;
	}
	for (int32_t j = 0; j < e->s->columns; j++) {
		/* A price on a column with free seats would break the proof: count it in full. */
		int64_t seats = e->used[j];
		if (e->price[j] > 0)
			seats = engine_seats(e, j);
		bound += seats * e->price[j];
	}
	out->total = total;
	out->bound = bound;
	out->proven = total == bound;
}

static void engine_start(engine *e, const solve_options *o, const solve_result *out)
{
	arena *mem = e->c->mem;
	size_t rows = (size_t)e->s->rows, columns = (size_t)e->s->columns;
	e->column = out->column;
	e->walk = out->row_profit; /* not needed any more when the profits are written */
	e->price = out->price;
	memset(e->column, 0xff, rows * sizeof(int32_t));
	e->pool = list_pool_start(mem);
	e->list = NEW_ARRAY(mem, list *, rows);
	e->held = NEW_ARRAY(mem, int64_t, rows);
	e->next = NEW_ARRAY(mem, int32_t, rows);
	e->bids = NEW_ARRAY(mem, uint8_t, rows);
	e->served = NEW_ARRAY(mem, uint8_t, rows);
	e->first = NEW_ARRAY(mem, int32_t, columns);
	memset(e->first, 0xff, columns * sizeof(int32_t));
	e->used = NEW_ARRAY(mem, int32_t, columns);
	e->is_dirty = NEW_ARRAY(mem, uint8_t, columns);
	e->lanes = lanes_start(mem, o->threads);
}

bool engine_fits(ctx *c, int64_t weight_max, size_t rows)
{
	if (weight_max >= 0 &&
	    (rows == 0 || weight_max <= ((int64_t)1 << 62) / (int64_t)rows))
		return true;
	return ctx_fail(c, FAULT_RESOURCE, "solve.too_large",
			str_format(c->mem, "%lld", (long long)weight_max),
			str_format(c->mem, "%zu", rows));
}

bool engine_run(ctx *c, const solve_source *s, const solve_options *o,
		const engine_full *full, solve_result *out)
{
	*out = (solve_result){0};
	size_t rows = s->rows > 0 ? (size_t)s->rows : 0;
	size_t columns = s->columns > 0 ? (size_t)s->columns : 0;
	if (!engine_fits(c, s->weight_max, rows))
		return false;
	out->column = NEW_ARRAY(c->mem, int32_t, rows);
	out->row_profit = NEW_ARRAY(c->mem, int64_t, rows);
	out->price = NEW_ARRAY(c->mem, int64_t, columns);
	arena_mark mark = arena_here(c->mem);
	engine e = {.c = c, .s = s, .full = full};
	engine_start(&e, o, out);
	auction_run(&e);
	if (full)
		full->paths(full->self, &e);
	else
		paths_run(&e);
	finish(&e, out);
	if (o->want_unique)
		out->unique = unique_find(&e, out->row_profit);
	out->counts = e.counts;
	arena_reset(c->mem, mark);
	return true;
}

bool solve_run(ctx *c, const solve_source *s, const solve_options *o, solve_result *out)
{
	return engine_run(c, s, o, NULL, out);
}
