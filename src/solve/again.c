/*
 * again - repairs an optimum after a change, exactly, on a table of all weights.
 *
 * Prices v of columns and profits u of rows are kept so that u + v is never less than the weight
 * of an eligible pair, and equal to it for every pair that is together. Then only two things can
 * speak against the optimum, and one search each takes one of them away and makes none:
 *
 *   a row without a seat that could get something (u > 0): Dijkstra over columns by u + v - weight
 *   to a free seat, or to a row that is reached as its profit comes to 0, and gives up its seat;
 *   a free seat at a price (v > 0): the same over rows, turned round, to a row without a seat, or
 *   to a column that is reached as its price comes to 0, one of whose rows moves away.
 *
 * The graph is dense, so what is open stands in a list without order (Crouse 2016). An end counts
 * as soon as it is seen, and nobody farther away than the nearest end known is kept: that is
 * what makes a search in a dense region short.
 */
#include "solve/again.h"
#include "solve/solve_priv.h"

#include <string.h>

#define NOBODY (-1)
/* Worth of who takes no part: farther away than any end. */
#define FAR     ((int64_t)1 << 62)
#define NOWHERE INT64_MAX

/* What a search has come to on one side. */
typedef struct reach {
	int32_t n;
	/* Per place. Who is not open has the distance of the first end known, who is done GONE. */
	int64_t *dist;
	int32_t *by; /* per place: whom it was reached from, or NOBODY */
	const int32_t
		*held; /* below 0: a search can end there; such a place is never open */
	/* Places: ready are the nearest of all, equally near; done have their distance in far. */
	int32_t *open, *ready, *done;
	int64_t *far;
	int32_t open_n, ready_n, done_n;
} reach;
#define GONE INT64_MIN

/* The nearest end: a row or a column, the other is NOBODY. */
typedef struct end {
	int64_t dist;
	int32_t row, column;
} end;

typedef struct again {
	const solve_table *t;
	const again_loops *loops;
	int32_t *column; /* per row, or NOBODY */
	int32_t *next;   /* per seated row: the next one in the same column */
	int32_t *first;  /* per column: a row seated there, or NOBODY */
	int32_t *
		full; /* per column: seats taken less those there are; below 0: one is free */
	int64_t *profit; /* per row; FAR where it takes no part */
	int64_t *price;  /* per column; FAR where it has no seat */
	reach columns, rows;
	int32_t *found;
	/* A search for a seat: columns come to, which of their rows was, and how far away. */
	int32_t *fallen, *mover, fallen_n;
	int64_t *fell; /* per column; NOWHERE between searches */
	struct solve_counts counts;
} again;

/* ---- seats -------------------------------------------------------------------------- */

static void seat(again *a, int32_t row, int32_t column)
{
	a->column[row] = column;
	a->next[row] = a->first[column];
	a->first[column] = row;
	a->full[column]++;
}

static void unseat(again *a, int32_t row)
{
	int32_t column = a->column[row];
	if (column == NOBODY)
		return;
	int32_t *at = &a->first[column];
	while (*at != row)
		at = &a->next[*at];
	*at = a->next[row];
	a->column[row] = NOBODY;
	a->full[column]--;
}

static bool has_seat(const again *a, int32_t column)
{
	return a->full[column] < 0;
}

/* Seats the pairs that prices and profits do not speak against. */
static void seat_tight(again *a, const int32_t *wanted)
{
	const solve_table *t = a->t;
	memset(a->column, 0xff, (size_t)t->rows * sizeof *a->column);
	memset(a->first, 0xff, (size_t)t->columns * sizeof *a->first);
	for (int32_t j = 0; j < t->columns; j++)
		a->full[j] = -t->seats[j];
	for (int32_t i = 0; wanted && i < t->rows; i++) {
		int32_t j = wanted[i];
		if (j < 0 || !t->row[i] || !has_seat(a, j) || t->row[i][j] <= 0)
			continue;
		if (a->profit[i] + a->price[j] == t->row[i][j] + t->bonus)
			seat(a, i, j);
	}
}

/* ---- searching ------------------------------------------------------------------------ */

static void reach_start(reach *r, int64_t bound)
{
	for (int32_t k = 0; k < r->n; k++)
		r->dist[k] = bound;
	memset(r->by, 0xff, (size_t)r->n * sizeof *r->by);
	r->open_n = r->ready_n = r->done_n = 0;
}

/*
 * Looks from `who`, of the other side, which is `dist` away and gets `own` now. Returns an end
 * that is nearer than *bound, which then comes down to it; or NOBODY.
 */
static int32_t reach_over(again *a, reach *r, const int32_t *weight, const int64_t *worth,
			  int64_t dist, int64_t own, int32_t who, int64_t *bound)
{
	again_look look = {.from = dist + own - a->t->bonus,
			   .held = r->held,
			   .bound = *bound,
			   .end = NOBODY};
	int32_t n = a->loops->relax(weight, worth, r->n, &look, r->dist, a->found);
	a->counts.visited++;
	for (int32_t k = 0; k < n; k++) {
		int32_t at = a->found[k];
		if (r->held[at] >= 0 && r->by[at] == NOBODY)
			r->open[r->open_n++] = at;
		r->by[at] = who;
	}
	*bound = look.bound;
	return look.end;
}

static void find_ready(reach *r, int64_t bound)
{
	int64_t least = bound;
	int32_t n = 0;
	for (int32_t k = 0; k < r->open_n; k++) {
		int32_t at = r->open[k];
		if (r->dist[at] >= bound) {
			r->by[at] = NOBODY; /* of no use, unless it comes nearer */
			continue;
		}
		r->open[n++] = at;
		least = r->dist[at] < least ? r->dist[at] : least;
	}
	r->open_n = 0;
	for (int32_t k = 0; k < n; k++) {
		int32_t at = r->open[k];
		if (r->dist[at] == least)
			r->ready[r->ready_n++] = at;
		else
			r->open[r->open_n++] = at;
	}
}

/* The nearest one that is open and nearer than `bound`, which is then done; NOBODY if none. */
static int32_t reach_next(reach *r, int64_t bound, int64_t *dist)
{
	if (r->ready_n == 0)
		find_ready(r, bound);
	if (r->ready_n == 0 || r->dist[r->ready[r->ready_n - 1]] >= bound)
		return NOBODY;
	int32_t at = r->ready[--r->ready_n];
	*dist = r->dist[at];
	r->dist[at] = GONE;
	r->far[r->done_n] = *dist;
	r->done[r->done_n++] = at;
	return at;
}

/* ---- a row without a seat that could get something ------------------------------------- */

/* The seat at the end goes to whom it was reached from, and theirs to … , as far as the root. */
static void move_rows(again *a, int32_t root, end e)
{
	int32_t column = e.column;
	if (column == NOBODY) {
		if (e.row == root)
			return;
		column = a->column[e.row];
		unseat(a, e.row);
	}
	for (;;) {
		int32_t row = a->columns.by[column], left = a->column[row];
		unseat(a, row);
		seat(a, row, column);
		if (row == root)
			return;
		column = left;
	}
}

static void reach_columns(again *a, int32_t row, int64_t dist, end *e)
{
	int32_t column = reach_over(a, &a->columns, a->t->row[row], a->price, dist,
				    a->profit[row], row, &e->dist);
	if (column != NOBODY) {
		e->row = NOBODY;
		e->column = column;
	}
}

/* All who sit there are as far away as it is, and each of them may give up. */
static void reach_seated(again *a, int32_t column, int64_t dist, end *e)
{
	for (int32_t i = a->first[column]; i != NOBODY; i = a->next[i])
		if (dist + a->profit[i] < e->dist)
			*e = (end){dist + a->profit[i], i, NOBODY};
	for (int32_t i = a->first[column]; i != NOBODY; i = a->next[i])
		reach_columns(a, i, dist, e);
}

static void search_for_row(again *a, int32_t root)
{
	reach *r = &a->columns;
	end e = {a->profit[root], root, NOBODY};
	int64_t dist;
	int32_t j;
	a->counts.paths++;
	reach_start(r, e.dist);
	reach_columns(a, root, 0, &e);
	while ((j = reach_next(r, e.dist, &dist)) != NOBODY)
		reach_seated(a, j, dist, &e);
	a->profit[root] -= e.dist;
	for (int32_t k = 0; k < r->done_n; k++) {
		int64_t rise = e.dist - r->far[k];
		j = r->done[k];
		a->price[j] += rise;
		for (int32_t i = a->first[j]; i != NOBODY; i = a->next[i])
			a->profit[i] -= rise;
	}
	move_rows(a, root, e);
}

/* ---- a free seat at a price ------------------------------------------------------------- */

static void fill_seat(again *a, int32_t root, end e)
{
	int32_t row = e.row;
	if (row == NOBODY) {
		if (e.column == root)
			return;
		row = a->mover[e.column];
	}
	for (;;) {
		int32_t column = a->rows.by[row];
		unseat(a, row);
		seat(a, row, column);
		if (column == root)
			return;
		row = a->mover[column];
	}
}

/* The column is come to by its row `mover`; for the root that is NOBODY. */
static void reach_rows(again *a, int32_t column, int32_t mover, int64_t dist, end *e)
{
	a->fallen[a->fallen_n++] = column;
	a->fell[column] = dist;
	a->mover[column] = mover;
	if (dist + a->price[column] < e->dist)
		*e = (end){dist + a->price[column], NOBODY, column};
	int32_t row = reach_over(a, &a->rows, a->t->across[column], a->profit, dist,
				 a->price[column], column, &e->dist);
	if (row != NOBODY) {
		e->row = row;
		e->column = NOBODY;
	}
}

static void search_for_seat(again *a, int32_t root)
{
	reach *r = &a->rows;
	end e = {a->price[root], NOBODY, root};
	int64_t dist;
	int32_t i;
	a->counts.paths++;
	a->fallen_n = 0;
	reach_start(r, e.dist);
	reach_rows(a, root, NOBODY, 0, &e);
	while ((i = reach_next(r, e.dist, &dist)) != NOBODY)
		if (a->fell[a->column[i]] ==
		    NOWHERE) /* else another of its rows was here */
			reach_rows(a, a->column[i], i, dist, &e);
	for (int32_t k = 0; k < r->done_n; k++)
		a->profit[r->done[k]] += e.dist - r->far[k];
	for (int32_t k = 0; k < a->fallen_n; k++) {
		int32_t j = a->fallen[k];
		a->price[j] -= e.dist - a->fell[j];
		a->fell[j] = NOWHERE;
	}
	fill_seat(a, root, e);
}

/* ---- where to begin ---------------------------------------------------------------------- */

/* The most that is to be had from one row or column; 0 when that is nothing. */
static int64_t most_of(const again *a, const int32_t *weight, const int64_t *worth,
		       int32_t n)
{
	int64_t best = a->loops->top(weight, worth, n);
	return best < -a->t->bonus ? 0 : best + a->t->bonus;
}

/* A price nobody knows is the least that no row with a known profit speaks against. */
static void find_prices(again *a)
{
	const solve_table *t = a->t;
	int64_t *profit = a->rows.dist; /* not in use yet */
	for (int32_t i = 0; i < t->rows; i++)
		profit[i] = a->profit[i] < 0 ? FAR : a->profit[i];
	for (int32_t j = 0; j < t->columns; j++)
		if (a->price[j] < 0)
			a->price[j] = most_of(a, t->across[j], profit, t->rows);
}

static void find_profits(again *a)
{
	for (int32_t i = 0; i < a->t->rows; i++)
		if (a->profit[i] < 0)
			a->profit[i] = most_of(a, a->t->row[i], a->price, a->t->columns);
}

/* No price or profit above the greatest weight is of use; sums stay small. */
static int64_t given(const again *a, int64_t worth)
{
	return worth < a->t->weight_max ? worth : a->t->weight_max;
}

/*
 * What is given, and what goes with it. When nothing is, the side with fewer seats searches:
 * at first either no column has a price or no row gets anything.
 */
static void begin(again *a, const solve_start *from)
{
	const solve_table *t = a->t;
	int64_t seats = 0, rows = 0;
	for (int32_t j = 0; j < t->columns; j++)
		seats += t->seats[j];
	for (int32_t i = 0; i < t->rows; i++)
		rows += t->row[i] != NULL;
	bool dear = !from->price && !from->profit && rows > seats;
	for (int32_t i = 0; i < t->rows; i++) {
		int64_t other = dear ? 0 : -1;
		a->profit[i] = !t->row[i]     ? FAR
			       : from->profit ? given(a, from->profit[i])
					      : other;
	}
	for (int32_t j = 0; j < t->columns; j++) {
		int64_t other = dear || from->profit ? -1 : 0;
		a->price[j] = t->seats[j] <= 0 ? FAR
			      : from->price    ? given(a, from->price[j])
					       : other;
	}
	find_prices(a);
	find_profits(a);
}

/* ---- the end ------------------------------------------------------------------------------ */

/* Adds up both sides. Of all that was kept the bound trusts the prices only. */
static void add_up(again *a, solve_result *out)
{
	const solve_table *t = a->t;
	out->total = out->bound = 0;
	for (int32_t j = 0; j < t->columns; j++) {
		/* Only a search that began with too low profits lets a price fall too far. */
		a->price[j] = a->price[j] < 0 ? 0 : a->price[j];
		out->price[j] = t->seats[j] > 0 ? a->price[j] : 0;
		out->bound += t->seats[j] * out->price[j];
	}
	for (int32_t i = 0; i < t->rows; i++) {
		out->row_profit[i] = 0;
		if (!t->row[i])
			continue;
		out->row_profit[i] = most_of(a, t->row[i], a->price, t->columns);
		out->bound += out->row_profit[i];
		if (a->column[i] != NOBODY)
			out->total += t->row[i][a->column[i]] + t->bonus;
	}
	out->proven = out->total == out->bound;
}

static void repair(again *a, const int32_t *wanted, solve_result *out)
{
	seat_tight(a, wanted);
	for (int32_t i = 0; i < a->t->rows; i++)
		if (a->t->row[i] && a->column[i] == NOBODY && a->profit[i] > 0)
			search_for_row(a, i);
	for (int32_t j = 0; j < a->t->columns; j++)
		while (has_seat(a, j) && a->price[j] > 0)
			search_for_seat(a, j);
	add_up(a, out);
}

/* Profits that were given may have been too low: once more with those that go with the prices. */
static void repair_again(again *a, arena *mem, solve_result *out)
{
	size_t rows = (size_t)a->t->rows;
	int32_t *wanted = NEW_ARRAY(mem, int32_t, rows);
	if (rows)
		memcpy(wanted, a->column, rows * sizeof *wanted);
	for (size_t i = 0; i < rows; i++)
		if (a->t->row[i])
			a->profit[i] = out->row_profit[i];
	repair(a, wanted, out);
}

static void reach_form(arena *mem, reach *r, int32_t n, const int32_t *held)
{
	r->n = n;
	r->held = held;
	r->dist = NEW_ARRAY(mem, int64_t, (size_t)n);
	r->far = NEW_ARRAY(mem, int64_t, (size_t)n);
	r->by = NEW_ARRAY(mem, int32_t, (size_t)n);
	r->open = NEW_ARRAY(mem, int32_t, (size_t)n);
	r->ready = NEW_ARRAY(mem, int32_t, (size_t)n);
	r->done = NEW_ARRAY(mem, int32_t, (size_t)n);
}

static void form(again *a, arena *mem, const solve_result *out)
{
	size_t rows = (size_t)a->t->rows, columns = (size_t)a->t->columns;
	a->column = out->column;
	a->next = NEW_ARRAY(mem, int32_t, rows);
	a->first = NEW_ARRAY(mem, int32_t, columns);
	a->full = NEW_ARRAY(mem, int32_t, columns);
	a->profit = NEW_ARRAY(mem, int64_t, rows);
	a->price = NEW_ARRAY(mem, int64_t, columns);
	a->fallen = NEW_ARRAY(mem, int32_t, columns);
	a->mover = NEW_ARRAY(mem, int32_t, columns);
	a->fell = NEW_ARRAY(mem, int64_t, columns);
	for (size_t j = 0; j < columns; j++)
		a->fell[j] = NOWHERE;
	a->found = NEW_ARRAY(mem, int32_t, rows > columns ? rows : columns);
	reach_form(mem, &a->rows, a->t->rows, a->column);
	reach_form(mem, &a->columns, a->t->columns, a->full);
}

bool solve_again(ctx *c, const solve_table *t, const solve_start *from, solve_result *out)
{
	*out = (solve_result){0};
	size_t rows = (size_t)t->rows, columns = (size_t)t->columns;
	/* Four weights together must stay below FAR, too. */
	if (!engine_fits(c, t->weight_max, rows < 4 ? 4 : rows))
		return false;
	out->column = NEW_ARRAY(c->mem, int32_t, rows);
	out->row_profit = NEW_ARRAY(c->mem, int64_t, rows);
	out->price = NEW_ARRAY(c->mem, int64_t, columns);
	arena_mark mark = arena_here(c->mem);
	again a = {.t = t, .loops = again_loops_for(false)};
	form(&a, c->mem, out);
	begin(&a, from);
	repair(&a, from->column, out);
	if (!out->proven && from->profit)
		repair_again(&a, c->mem, out);
	out->counts = a.counts;
	arena_reset(c->mem, mark);
	return true;
}
