/* EQUAL: the same known answer. */
#ifndef KIND_EQUAL_H
#define KIND_EQUAL_H

static inline int kind_equal(int a, int b)
{
	return a && a == b ? 1000 : 0;
}

#endif
