/*
 * arcs_priv - a problem given as arcs, turned so that rows are the smaller side.
 */
#ifndef ARCS_PRIV_H
#define ARCS_PRIV_H

#include "solve/solve.h"

/* weight = sign * cost + shift; first and column are NULL when all arcs are there. */
typedef struct turned {
	int32_t rows, columns;
	bool swapped; /* rows are the sinks */
	const int64_t *first;
	const int32_t *column;
	const int32_t *cost32; /* or cost64 */
	const int64_t *cost64;
	int64_t sign, shift;
	int64_t weight_max;
} turned;

static inline int64_t turned_from(const turned *t, int32_t row)
{
	return t->first ? t->first[row] : (int64_t)row * t->columns;
}
static inline int64_t cost_at(const turned *t, int64_t arc)
{
	return t->cost32 ? t->cost32[arc] : t->cost64[arc];
}
static inline int64_t arc_weight(const turned *t, int64_t arc)
{
	return t->sign * cost_at(t, arc) + t->shift;
}

#endif
