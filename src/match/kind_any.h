/* ANY: the two sets have something in common. */
#ifndef KIND_ANY_H
#define KIND_ANY_H

#include <stdint.h>

static inline int kind_any(uint64_t a, uint64_t b)
{
	return a & b ? 1000 : 0;
}

#endif
