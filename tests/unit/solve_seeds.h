/* How many seeds the brute-force tests run: KOMPIS_SEEDS, or 2,000. */
#ifndef SOLVE_SEEDS_H
#define SOLVE_SEEDS_H

#include <stdlib.h>

#include "base/base.h"

static inline int64_t solve_seeds(void)
{
	const char *text = getenv("KOMPIS_SEEDS");
	int64_t n;
	return text && str_to_int(str_from(text), 1, INT32_MAX, &n) ? n : 2000;
}

#endif
