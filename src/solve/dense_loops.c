/*
 * dense_loops - see dense.h. Each loop is written once for both signs and compiled twice.
 */
#include "solve/dense.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2        __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))
#endif
#define INLINE static inline __attribute__((always_inline))

/* ---- scalar ------------------------------------------------------------------------- */

INLINE int32_t value(const int32_t *cost, const int32_t *base, int32_t j, bool plus)
{
	/* Costs may be large while weights are small: in between it wraps around. */
	uint32_t twice = 2 * (uint32_t)cost[j];
	return (int32_t)((uint32_t)base[j] + (plus ? twice : -twice));
}

INLINE int32_t relax(const int32_t *cost, const int32_t *base, int32_t n, int32_t from,
		     int32_t row, int32_t *dist, int32_t *pred, bool plus)
{
	uint32_t least = UINT32_MAX;
	int32_t at = -1;
	for (int32_t j = 0; j < n; j++) {
		int32_t d = from - value(cost, base, j, plus);
		if (d < dist[j]) {
			dist[j] = d;
			pred[j] = row;
		}
		/* Negative ones look greatest here. */
		if ((uint32_t)dist[j] < least) {
			least = (uint32_t)dist[j];
			at = j;
		}
	}
	return at;
}

INLINE dense_top top(const int32_t *cost, const int32_t *base, int32_t n, bool plus)
{
	dense_top t = {INT32_MIN, -1, INT32_MIN};
	for (int32_t j = 0; j < n; j++) {
		int32_t v = value(cost, base, j, plus);
		if (v > t.best) {
			t.second = t.best;
			t.best = v;
			t.column = j;
		} else if (v > t.second) {
			t.second = v;
		}
	}
	return t;
}

INLINE int32_t next(const int32_t *cost, const int32_t *base, int32_t at, int32_t n,
		    int32_t above, bool plus)
{
	while (at < n && value(cost, base, at, plus) <= above)
		at++;
	return at;
}

#define LOOPS(suffix, attribute, plus, of)                                               \
	attribute static int32_t relax_##suffix(                                         \
		const int32_t *cost, const int32_t *base, int32_t n, int32_t from,       \
		int32_t row, int32_t *dist, int32_t *pred)                               \
	{                                                                                \
		return relax##of(cost, base, n, from, row, dist, pred, plus);            \
	}                                                                                \
	attribute static dense_top top_##suffix(const int32_t *cost,                     \
						const int32_t *base, int32_t n)          \
	{                                                                                \
		return top##of(cost, base, n, plus);                                     \
	}                                                                                \
	attribute static int32_t next_##suffix(const int32_t *cost, const int32_t *base, \
					       int32_t at, int32_t n, int32_t above)     \
	{                                                                                \
		return next##of(cost, base, at, n, above, plus);                         \
	}                                                                                \
	static const dense_loops loops_##suffix = {relax_##suffix, top_##suffix,         \
						   next_##suffix};

LOOPS(plus, , true, )
LOOPS(minus, , false, )

/* ---- eight columns at a time ----------------------------------------------------------- */

#ifdef AVX2
AVX2_INLINE __m256i value8(const int32_t *cost, const int32_t *base, int32_t j, bool plus)
{
	__m256i c = _mm256_slli_epi32(
		_mm256_loadu_si256((const __m256i *)(const void *)(cost + j)), 1);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(base + j));
	return plus ? _mm256_add_epi32(b, c) : _mm256_sub_epi32(b, c);
}

AVX2_INLINE int32_t relax8(const int32_t *cost, const int32_t *base, int32_t n,
			   int32_t from, int32_t row, int32_t *dist, int32_t *pred,
			   bool plus)
{
	__m256i from8 = _mm256_set1_epi32(from), row8 = _mm256_set1_epi32(row);
	__m256i at8 = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
		step = _mm256_set1_epi32(8);
	__m256i least8 = _mm256_set1_epi32(-1), where8 = _mm256_set1_epi32(INT32_MAX);
	int32_t j = 0;
	for (; j + 8 <= n; j += 8) {
		__m256i *dist_at = (__m256i *)(void *)(dist + j);
		__m256i *pred_at = (__m256i *)(void *)(pred + j);
		__m256i d = _mm256_sub_epi32(from8, value8(cost, base, j, plus));
		__m256i old = _mm256_loadu_si256(dist_at);
		__m256i nearer = _mm256_cmpgt_epi32(old, d);
		if (!_mm256_testz_si256(nearer, nearer)) {
			old = _mm256_min_epi32(old, d);
			_mm256_storeu_si256(dist_at, old);
			__m256i p = _mm256_loadu_si256(pred_at);
			_mm256_storeu_si256(pred_at, _mm256_blendv_epi8(p, row8, nearer));
		}
		__m256i least = _mm256_min_epu32(least8, old);
		__m256i same = _mm256_cmpeq_epi32(least, least8);
		where8 = _mm256_blendv_epi8(at8, where8, same);
		least8 = least;
		at8 = _mm256_add_epi32(at8, step);
	}
	uint32_t least[8];
	int32_t where[8];
	_mm256_storeu_si256((__m256i *)(void *)least, least8);
	_mm256_storeu_si256((__m256i *)(void *)where, where8);
	uint32_t found = UINT32_MAX;
	int32_t at = -1;
	for (int i = 0; i < 8; i++) {
		if (least[i] < found || (least[i] == found && at >= 0 && where[i] < at)) {
			found = least[i];
			at = where[i];
		}
	}
	int32_t tail =
		relax(cost + j, base + j, n - j, from, row, dist + j, pred + j, plus);
	if (tail >= 0 && (uint32_t)dist[j + tail] < found)
		at = j + tail;
	return at;
}

AVX2_INLINE dense_top top8(const int32_t *cost, const int32_t *base, int32_t n, bool plus)
{
	__m256i best8 = _mm256_set1_epi32(INT32_MIN), second8 = best8;
	__m256i at8 = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
		step = _mm256_set1_epi32(8);
	__m256i where8 = _mm256_set1_epi32(INT32_MAX);
	int32_t j = 0;
	for (; j + 8 <= n; j += 8) {
		__m256i v = value8(cost, base, j, plus);
		__m256i better = _mm256_cmpgt_epi32(v, best8);
		second8 = _mm256_max_epi32(second8, _mm256_min_epi32(best8, v));
		best8 = _mm256_max_epi32(best8, v);
		where8 = _mm256_blendv_epi8(where8, at8, better);
		at8 = _mm256_add_epi32(at8, step);
	}
	int32_t best[8], second[8], where[8];
	_mm256_storeu_si256((__m256i *)(void *)best, best8);
	_mm256_storeu_si256((__m256i *)(void *)second, second8);
	_mm256_storeu_si256((__m256i *)(void *)where, where8);
	dense_top t = top(cost + j, base + j, n - j, plus);
	t.column += j;
	if (j == n)
		t.column = INT32_MAX;
	for (int i = 0; i < 8; i++) {
		if (best[i] > t.best || (best[i] == t.best && where[i] < t.column)) {
			t.second = t.best > second[i] ? t.best : second[i];
			t.best = best[i];
			t.column = where[i];
		} else if (best[i] > t.second) {
			t.second = best[i];
		}
	}
	return t;
}

AVX2_INLINE int32_t next8(const int32_t *cost, const int32_t *base, int32_t at, int32_t n,
			  int32_t above, bool plus)
{
	__m256i above8 = _mm256_set1_epi32(above);
	for (; at + 8 <= n; at += 8) {
		__m256i more = _mm256_cmpgt_epi32(value8(cost, base, at, plus), above8);
		int bits = _mm256_movemask_ps(_mm256_castsi256_ps(more));
		if (bits)
			return at + __builtin_ctz((unsigned)bits);
	}
	return next(cost, base, at, n, above, plus);
}

LOOPS(plus8, AVX2, true, 8)
LOOPS(minus8, AVX2, false, 8)
#endif

const dense_loops *dense_loops_for(int64_t sign, bool plain)
{
#ifdef AVX2
	if (!plain && __builtin_cpu_supports("avx2"))
		return sign > 0 ? &loops_plus8 : &loops_minus8;
#else
	(void)plain;
#endif
	return sign > 0 ? &loops_plus : &loops_minus;
}
