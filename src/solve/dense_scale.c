/*
 * dense_scale - prices by an auction with increments that shrink, for square problems.
 *
 * A row outbids by its advantage and an increment, so no price war lasts long; with each
 * smaller increment the prices start from the last ones. What comes out is not exact and
 * need not be: pairs that are not tight at these prices are taken apart again, and
 * shortest paths seat their rows. Source: Bertsekas 1988 (auction with scaling).
 */
#include "solve/dense.h"

#define SHRINK         5
#define LAST_INCREMENT 4

/*
 * Distances of the paths that follow stay below 2 * (price + 2 * weight) and have 30 bits;
 * so do prices that grow here by less than one bid beyond the limit.
 */
#define SCALE_WEIGHT_MAX ((int64_t)60000000)
#define SCALE_PRICE_MAX  ((int32_t)300000000)

bool dense_may_scale(const dense *d)
{
	return d->rows == d->columns && d->t->weight_max <= SCALE_WEIGHT_MAX;
}

/* One increment, from nobody seated to everybody; false when a price grew too large. */
static bool auction(dense *d, int32_t increment)
{
	int32_t *waiting = d->done, n = 0;
	for (int32_t i = d->rows; i-- > 0;) {
		waiting[n++] = i;
		d->column_of[i] = -1;
	}
	for (int32_t j = 0; j < d->columns; j++)
		d->row_of[j] = -1;
	while (n > 0) {
		int32_t row = waiting[--n];
		dense_top t = d->loops->top(dense_row(d, row), d->base, d->columns);
		d->passes++;
		int32_t column = t.column, out = d->row_of[column];
		d->price[column] += (t.best - t.second) / 2 + increment;
		d->base[column] = (int32_t)(2 * (d->t->shift - d->price[column]));
		d->row_of[column] = row;
		d->column_of[row] = column;
		if (out >= 0) {
			d->column_of[out] = -1;
			waiting[n++] = out;
		}
		if (d->price[column] > SCALE_PRICE_MAX)
			return false;
	}
	return true;
}

int32_t dense_scale(dense *d)
{
	for (int32_t j = 0; j < d->columns; j++) {
		d->price[j] = 0;
		d->base[j] = (int32_t)(2 * d->t->shift);
	}
	int32_t increment = (int32_t)(d->t->weight_max / 4);
	while (increment > LAST_INCREMENT && auction(d, increment))
		increment /= SHRINK;
	int32_t late = 0;
	for (int32_t i = 0; i < d->rows; i++) {
		dense_top t = d->loops->top(dense_row(d, i), d->base, d->columns);
		int32_t j = d->column_of[i];
		if (j >= 0 && t.best / 2 == dense_weight(d, i, j) - d->price[j])
			continue;
		if (j >= 0)
			d->row_of[j] = -1;
		d->column_of[i] = -1;
		d->late[late++] = i;
	}
	for (int32_t j = 0; j < d->columns; j++)
		dense_base_set(d, j);
	return late;
}
