/*
 * again - the inner loops of solving again over a row of the table, or a column: scalar and
 * for AVX2, same integers.
 */
#ifndef SOLVE_AGAIN_H
#define SOLVE_AGAIN_H

#include "solve/solve.h"

/* A look along one line, and what becomes of it. */
typedef struct again_look {
	int64_t from; /* how far away who looks is, and what it gets, less the bonus */
	const int32_t *held; /* below 0: a search can end there */
	int64_t bound; /* nothing as far away matters; comes down to the nearest end seen */
	int32_t end;   /* that end; as it was if there is none nearer */
} again_look;

typedef struct again_loops {
	/* The greatest weight - worth of those with a weight above 0; INT64_MIN when there is none. */
	int64_t (*top)(const int32_t *weight, const int64_t *worth, int32_t n);
	/*
	 * Shortens dist[] to from + worth - weight where that is less, less than the bound so far, and
	 * the weight above 0. Where it did so is written to found[], ascending; returns how many.
	 */
	int32_t (*relax)(const int32_t *weight, const int64_t *worth, int32_t n,
			 again_look *look, int64_t *dist, int32_t *found);
} again_loops;

/* `plain` keeps from the processor's vector instructions. */
const again_loops *again_loops_for(bool plain);

#endif
