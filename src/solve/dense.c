/*
 * dense - problems with all arcs, every row to be matched.
 *
 * The auction over lists seats most rows; the others go by Dijkstra over whole rows, where
 * one pass over the columns relaxes a row and finds the next column (Crouse 2016, Jonker
 * and Volgenant 1987). When those paths pass through much of the matrix, as with costs
 * of rank one, the prices of the auction are of little use: an auction with increments
 * that shrink (Bertsekas 1988) finds better ones, and paths repair the rest exactly.
 */
#include "solve/dense.h"
#include "solve/picker.h"
#include "solve/solve_priv.h"

/* ---- lists for the auction ---------------------------------------------------------- */

static int32_t dense_scan(void *self, int lane, int32_t row, const int64_t *price,
			  int32_t k, solve_offer *out, int64_t *rest)
{
	(void)lane;
	const dense *d = self;
	int32_t n = d->columns;
	int32_t start = (int32_t)(hash_mix((uint64_t)row) % (uint64_t)n);
	const int32_t *cost = dense_row(d, row);
	picker p = {.price = price,
		    .heap = out,
		    .k = k,
		    .rotated = true,
		    .start = start,
		    .columns = n};
	for (int part = 0; part < 2; part++) {
		int32_t j = part ? 0 : start, end = part ? start : n;
		while ((j = d->loops->next(cost, d->base, j, end, 2 * (int32_t)p.least)) <
		       end) {
			picker_take(&p, (solve_offer){j, dense_weight(d, row, j)});
			j++;
		}
	}
	/* What was passed over is worth at most the worst one taken. */
	p.rest = p.n == k && k < n ? p.least : 0;
	return picker_end(&p, rest);
}

static void dense_price(void *self, int32_t column, int64_t price)
{
	dense *d = self;
	d->price[column] = (int32_t)price;
	dense_base_set(d, column);
}

static int64_t dense_most(void *self, const engine *e, int32_t row)
{
	(void)e;
	const dense *d = self;
	/* The bit for taken columns is added back: values are even without it. */
	dense_top t = d->loops->top(dense_row(d, row), d->base, d->columns);
	return (t.best + 1) >> 1;
}

/* ---- paths ----------------------------------------------------------------------------- */

/* Dijkstra from a row to the nearest free column; returns it, its distance in *dist. */
static int32_t search(dense *d, int32_t root, int32_t *end_dist, int32_t *reached)
{
	int32_t n = d->columns, row = root, at = 0, count = 0;
	dense_top t = d->loops->top(dense_row(d, root), d->base, n);
	int32_t from = (t.best + 1) & ~1;
	for (int32_t j = 0; j < n; j++)
		d->dist[j] = INT32_MAX;
	for (;;) {
		at = d->loops->relax(dense_row(d, row), d->base, n, from, row, d->dist,
				     d->pred);
		d->passes++;
		int32_t dist = d->dist[at];
		if (d->row_of[at] < 0) {
			*end_dist = dist;
			*reached = count;
			return at;
		}
		d->dist[at] = ~dist;
		d->done[count++] = at;
		row = d->row_of[at];
		/* dist is odd here: the column is taken. */
		from = (dist & ~1) + 2 * (dense_weight(d, row, at) - d->price[at]);
	}
}

static void augment(dense *d, int32_t root)
{
	int32_t end_dist, reached;
	int32_t column = search(d, root, &end_dist, &reached);
	for (int32_t i = 0; i < reached; i++) {
		int32_t j = d->done[i];
		d->price[j] += (end_dist >> 1) - (~d->dist[j] >> 1);
		dense_base_set(d, j);
	}
	int32_t taken = column;
	for (;;) {
		int32_t row = d->pred[column], left = d->column_of[row];
		d->row_of[column] = row;
		d->column_of[row] = column;
		if (row == root)
			break;
		column = left;
	}
	dense_base_set(d, taken);
}

/* Passes over rows, per row of the problem, after which better prices are worth looking for. */
#define PASSES_ENOUGH 20

static void seat_late(dense *d, int32_t n)
{
	uint64_t enough = PASSES_ENOUGH * (uint64_t)d->rows;
	bool may_scale = dense_may_scale(d);
	for (int32_t i = 0; i < n; i++) {
		augment(d, d->late[i]);
		d->paths++;
		if (may_scale && d->passes > enough) {
			may_scale = false;
			n = dense_scale(d);
			i = -1;
		}
	}
}

static void dense_paths(void *self, engine *e)
{
	dense *d = self;
	engine_prices_flush(e);
	for (int32_t j = 0; j < d->columns; j++)
		d->row_of[j] = e->first[j];
	for (int32_t j = 0; j < d->columns; j++)
		dense_base_set(d, j);
	for (int32_t i = 0; i < d->rows; i++)
		d->column_of[i] = e->column[i];
	for (int32_t i = 0; i < e->late_n; i++)
		d->late[i] = e->late[i];
	seat_late(d, e->late_n);
	for (int32_t j = 0; j < d->columns; j++) {
		e->price[j] = d->price[j];
		e->used[j] = d->row_of[j] >= 0;
	}
	for (int32_t i = 0; i < d->rows; i++) {
		e->column[i] = d->column_of[i];
		e->held[i] = dense_weight(d, i, d->column_of[i]);
	}
	e->counts.paths = d->paths;
	e->counts.visited = d->passes;
}

bool dense_fits(const turned *t)
{
	return !t->first && t->cost32 && t->weight_max <= DENSE_MAX &&
	       t->rows <= t->columns && t->rows > 0;
}

bool dense_run(ctx *c, const turned *t, int threads, solve_result *out)
{
	arena *m = c->mem;
	size_t rows = (size_t)t->rows, columns = (size_t)t->columns;
	dense d = {.t = t,
		   .loops = dense_loops_for(t->sign, false),
		   .rows = t->rows,
		   .columns = t->columns};
	d.base = NEW_ARRAY(m, int32_t, columns);
	d.price = NEW_ARRAY(m, int32_t, columns);
	d.dist = NEW_ARRAY(m, int32_t, columns);
	d.pred = NEW_ARRAY(m, int32_t, columns);
	d.done = NEW_ARRAY(m, int32_t, columns);
	d.row_of = NEW_ARRAY(m, int32_t, columns);
	d.column_of = NEW_ARRAY(m, int32_t, rows);
	d.late = NEW_ARRAY(m, int32_t, rows);
	for (int32_t j = 0; j < t->columns; j++) {
		d.row_of[j] = -1;
		dense_base_set(&d, j);
	}
	solve_source source = {.self = &d,
			       .rows = t->rows,
			       .columns = t->columns,
			       .weight_max = t->weight_max,
			       .scan = dense_scan,
			       .price_changed = dense_price};
	engine_full full = {.self = &d, .paths = dense_paths, .most = dense_most};
	solve_options o = {.threads = threads};
	return engine_run(c, &source, &o, &full, out);
}
