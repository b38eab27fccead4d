/* DISTANCE: 1000 side by side, falling to 0 at `param` km. */
#ifndef KIND_DISTANCE_H
#define KIND_DISTANCE_H

#include <math.h>

#include "model/model.h"

/* The grid's unit is 100 m. */
#define UNITS_PER_KM 10

static inline int64_t kind_distance_square(const profile *a, const profile *b)
{
	int64_t dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
	return dx * dx + dy * dy + dz * dz;
}

static inline int kind_distance(const profile *a, const profile *b, int param)
{
	int64_t r = UNITS_PER_KM * (int64_t)param, square = kind_distance_square(a, b);
	if (!(a->flags & b->flags & PROFILE_PLACED) || square >= r * r)
		return 0;
	/* Exact: a double holds every integer below 2^53, and its root is rounded correctly. */
	int64_t d = (int64_t)sqrt((double)square);
	return (int)(1000 * (r - d) / r);
}

#endif
