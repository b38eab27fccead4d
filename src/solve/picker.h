/*
 * picker - keeps the k best columns of a row while they are offered one by one.
 */
#ifndef SOLVE_PICKER_H
#define SOLVE_PICKER_H

#include "solve/solve.h"

/*
 * A heap with the worst on top, in the caller's array. Equal values are ordered by a hash of
 * row and column, or by the distance from `start` going round, so that rows with
 * equal costs list different columns.
 */
typedef struct picker {
	const int64_t *price;
	solve_offer *heap;
	int32_t n, k;
	uint64_t row;
	bool rotated;
	int32_t start, columns;
	int64_t least; /* value of the worst kept, once k are kept */
	int64_t rest;  /* the greatest value turned away */
} picker;

/* Takes a column whose value is positive and, once k are kept, not below `least`. */
void picker_take(picker *p, solve_offer o);
/* Sorts what was kept, best first; returns how many. */
int32_t picker_end(picker *p, int64_t *rest);

#endif
