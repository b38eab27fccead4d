/*
 * SHARE: things in common over the square root of how many each has, c / sqrt(na * nb),
 * so that who ticks many does not win (cosine similarity of two sets).
 */
#ifndef KIND_SHARE_H
#define KIND_SHARE_H

#include <stdint.h>

/* inv(n) = 4096 / sqrt(n), rounded: (isqrt(2^26 / n) + 1) / 2; t_match_score holds it to that. */
static const uint16_t kind_share_inv[65] = {
	0,    4096, 2896, 2365, 2048, 1832, 1672, 1548, 1448, 1365, 1295, 1235, 1182,
	1136, 1095, 1058, 1024, 993,  965,  940,  916,  894,  873,  854,  836,  819,
	803,  788,  774,  761,  748,  736,  724,  713,  702,  692,  683,  673,  664,
	656,  648,  640,  632,  625,  617,  611,  604,  597,  591,  585,  579,  574,
	568,  563,  557,  552,  547,  543,  538,  533,  529,  524,  520,  516,  512,
};

static inline int kind_share_of(int common, int na, int nb)
{
	int m = kind_share_inv[na] * kind_share_inv[nb] / 4096;
	int score = (1000 * common * m + 2048) / 4096;
	return score < 1000 ? score : 1000;
}

static inline int kind_share(uint64_t a, uint64_t b)
{
	int common = __builtin_popcountll(a & b);
	if (!common)
		return 0;
	return kind_share_of(common, __builtin_popcountll(a), __builtin_popcountll(b));
}

#endif
