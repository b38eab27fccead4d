/* DIFFERENCE: the nearer two years are, the better; 0 from `param` years on. */
#ifndef KIND_DIFFERENCE_H
#define KIND_DIFFERENCE_H

static inline int kind_difference(int a, int b, int param)
{
	int d = a > b ? a - b : b - a;
	return !a || !b || d >= param ? 0 : 1000 * (param - d) / param;
}

#endif
