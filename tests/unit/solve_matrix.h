/*
 * A full matrix of weights as a source for the engine, for tests: sorts each row anew and
 * holds the engine to its word about prices.
 */
#ifndef SOLVE_MATRIX_H
#define SOLVE_MATRIX_H

#include <stdlib.h>

#include "solve/solve.h"

typedef struct matrix {
	int32_t rows, columns;
	int64_t *weight; /* 0 = not eligible */
	int32_t *seats;
	unsigned shape;
	int64_t *told; /* prices as the engine told them */
} matrix;

typedef struct matrix_order {
	int64_t value;
	uint64_t tie;
	solve_offer offer;
} matrix_order;

static int matrix_compare(const void *a, const void *b)
{
	const matrix_order *x = a, *y = b;
	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return x->tie < y->tie ? -1 : 1;
}

static int32_t matrix_scan(void *self, int lane, int32_t row, const int64_t *price,
			   int32_t k, solve_offer *out, int64_t *rest)
{
	(void)lane;
	const matrix *m = self;
	matrix_order *all = calloc((size_t)m->columns + 1, sizeof *all);
	int32_t n = 0;
	assert_non_null(all);
	for (int32_t j = 0; j < m->columns; j++) {
		int64_t w = m->weight[row * m->columns + j];
		if (price[j] != m->told[j])
			fail_msg("price of %d not told", j);
		if (w > price[j])
			all[n++] = (matrix_order){
				w - price[j],
				hash_mix((uint64_t)row << 32 | (uint64_t)j),
				{j, w}};
	}
	qsort(all, (size_t)n, sizeof *all, matrix_compare);
	for (int32_t i = 0; i < n && i < k; i++)
		out[i] = all[i].offer;
	*rest = n > k ? all[k].value : 0;
	free(all);
	return n < k ? n : k;
}

static void matrix_price(void *self, int32_t column, int64_t price)
{
	matrix *m = self;
	m->told[column] = price;
}

static solve_source matrix_source(matrix *m)
{
	solve_source s = {.self = m,
			  .rows = m->rows,
			  .columns = m->columns,
			  .seats = m->seats,
			  .scan = matrix_scan,
			  .price_changed = matrix_price};
	m->told = calloc((size_t)m->columns + 1, sizeof(int64_t));
	assert_non_null(m->told);
	for (int32_t i = 0; i < m->rows * m->columns; i++)
		if (m->weight[i] > s.weight_max)
			s.weight_max = m->weight[i];
	return s;
}

static void matrix_run(ctx *c, matrix *m, int threads, bool unique, solve_result *out)
{
	solve_source s = matrix_source(m);
	solve_options o = {.threads = threads, .want_unique = unique};
	assert_true(solve_run(c, &s, &o, out));
	free(m->told);
}

#endif
