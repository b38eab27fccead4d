/*
 * solve - maximum-weight matching of rows to columns with capacities, exactly.
 *
 * Numbers only: knows no people. The engine never holds the matrix; it asks a
 * solve_source for the best columns of a row at the present prices.
 * Method: auction without increment followed by shortest augmenting paths over lists
 * that grow on demand. Sources: Bertsekas 1981 (auction); Demange, Gale, Sotomayor
 * 1986 (multi-item auction); Crouse 2016 (shortest augmenting paths).
 */
#ifndef SOLVE_H
#define SOLVE_H

#include "base/base.h"

typedef struct solve_offer {
	int32_t column;
	int64_t weight;            /* > 0 */
} solve_offer;

/*
 * Where weights come from. All weights are > 0 and at most `weight_max`; a pair that
 * is not eligible is never offered. Callbacks may be called from several threads at
 * once with different `lane` (0 .. threads-1); they must not change anything but
 * their lane's scratch memory. Prices do not change during a batch of scans.
 */
typedef struct solve_source {
	void *self;
	int32_t rows, columns;
	const int32_t *seats;      /* per column, >= 1; NULL = all 1 */
	int64_t weight_max;
	/*
	 * The best `k` columns of `row` by weight - price, of those with weight > price,
	 * best first, ties broken by a hash of (row, column) that is stable for the
	 * instance. Returns how many were written to out[0..k). *rest becomes an upper
	 * bound of weight - price over every column not written (0 when none is positive).
	 */
	int32_t (*scan)(void *self, int lane, int32_t row, const int64_t *price, int32_t k,
			solve_offer *out, int64_t *rest);
	/* Weight of one pair, 0 when not eligible. */
	int64_t (*weight)(void *self, int32_t row, int32_t column);
	/* The engine tells of a new price before the next scan; may be NULL. Engine's thread only. */
	void (*price_changed)(void *self, int32_t column, int64_t price);
} solve_source;

typedef struct solve_options {
	int threads;               /* >= 1; the result is the same for any */
	bool want_unique;          /* also find out whether the optimum is unique */
} solve_options;

typedef struct solve_result {
	int32_t *column;           /* per row: its column, or -1 */
	int64_t *row_profit;       /* u >= 0, per row */
	int64_t *price;            /* v >= 0, per column (per seat) */
	int64_t total, bound;      /* primal and dual value; equal when `proven` */
	bool proven;
	bool unique;               /* set when asked for and known to be so */
	struct solve_counts {
		uint64_t scans, bids, paths, visited;
	} counts;
} solve_result;

/*
 * Solves to proven optimality. The result's arrays live in c->mem. Faults: RESOURCE
 * when a bound of the integers would be passed (rows * weight_max must fit 62 bits).
 */
MUST_USE bool solve_run(ctx *c, const solve_source *s, const solve_options *o, solve_result *out);

#endif
