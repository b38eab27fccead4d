/* NEAREST: the least difference between a year of one set and a year of the other. */
#ifndef KIND_NEAREST_H
#define KIND_NEAREST_H

#include <stdint.h>

/* Bit b of a set is year CHILD_YEAR_0 + b; years outside the window are cleared before. */
static inline int kind_nearest(uint64_t a, uint64_t b, int param)
{
	if (!a || !b)
		return 0;
	for (int d = 0; d < param; d++)
		if ((a << d | a >> d) & b)
			return 1000 * (param - d) / param;
	return 0;
}

#endif
