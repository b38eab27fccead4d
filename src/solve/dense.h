/*
 * dense - the inner loops over a full row of costs, scalar and for AVX2, same integers.
 *
 * Values are in half units, 2 * (weight - price): the odd bit lets a free column win
 * over a taken one at equal distance. All numbers stay within 32 bits (DENSE_MAX).
 */
#ifndef SOLVE_DENSE_H
#define SOLVE_DENSE_H

#include "solve/arcs_priv.h"

/* Greatest weight for which distances, at most three weights in half units, fit 31 bits. */
#define DENSE_MAX ((int64_t)300000000)

typedef struct dense_top {
	int32_t best, column, second;
} dense_top;

typedef struct dense_loops {
	/*
	 * Distances of all columns through one row: dist = min(dist, from - (base +- 2 cost)), where
	 * a column done has a negative dist and stays. Returns the column with the least
	 * non-negative dist, the first among equals.
	 */
	int32_t (*relax)(const int32_t *cost, const int32_t *base, int32_t n,
			 int32_t from, int32_t row, int32_t *dist, int32_t *pred);
	/* Greatest and second greatest base +- 2 cost. */
	dense_top (*top)(const int32_t *cost, const int32_t *base, int32_t n);
	/* The first position >= at where base +- 2 cost > above, else n. */
	int32_t (*next)(const int32_t *cost, const int32_t *base, int32_t at, int32_t n,
			int32_t above);
} dense_loops;

/* For weights = sign * cost + shift; `plain` keeps from the processor's vector instructions. */
const dense_loops *dense_loops_for(int64_t sign, bool plain);

typedef struct dense {
	const turned *t;
	const dense_loops *loops;
	int32_t rows, columns;
	int32_t *base; /* per column: 2 * (shift - price), less 1 when it is taken */
	int32_t *price;
	int32_t *dist, *pred;
	int32_t *row_of;    /* per column, or -1 */
	int32_t *column_of; /* per row, or -1 */
	int32_t *done;      /* columns in the order they were reached */
	int32_t *late;      /* rows without a column */
	uint64_t passes, paths;
} dense;

static inline const int32_t *dense_row(const dense *d, int32_t row)
{
	return d->t->cost32 + (size_t)row * (size_t)d->columns;
}
static inline int32_t dense_weight(const dense *d, int32_t row, int32_t column)
{
	return (int32_t)arc_weight(d->t, (int64_t)row * d->columns + column);
}
static inline void dense_base_set(dense *d, int32_t column)
{
	d->base[column] = (int32_t)(2 * (d->t->shift - d->price[column]) -
				    (d->row_of[column] >= 0));
}

/* New prices and seats from an auction with increments; returns how many rows are in d->late. */
bool dense_may_scale(const dense *d);
int32_t dense_scale(dense *d);

/* Solves a problem with all arcs in which every row is to be matched; false: not within DENSE_MAX. */
bool dense_fits(const turned *t);
MUST_USE bool dense_run(ctx *c, const turned *t, int threads, solve_result *out);

#endif
