/* COUNT: how much the two sets have in common, `param` things being enough. */
#ifndef KIND_COUNT_H
#define KIND_COUNT_H

#include <stdint.h>

static inline int kind_count(uint64_t a, uint64_t b, int param)
{
	int n = __builtin_popcountll(a & b);
	return (n < param ? n : param) * 1000 / param;
}

#endif
