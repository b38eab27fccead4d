/* again_loops - see again.h. */
#include "solve/again.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#endif

/* ---- scalar ------------------------------------------------------------------------- */

static int64_t top(const int32_t *weight, const int64_t *worth, int32_t n)
{
	int64_t best = INT64_MIN;
	for (int32_t j = 0; j < n; j++)
		if (weight[j] > 0 && weight[j] - worth[j] > best)
			best = weight[j] - worth[j];
	return best;
}

/* Nearer than before: the place is found, and an end it may be. Returns how many are found. */
static inline int32_t find(int32_t at, int64_t d, again_look *look, int64_t *dist,
			   int32_t *found, int32_t k)
{
	dist[at] = d;
	found[k] = at;
	if (look->held[at] < 0) {
		look->bound = d;
		look->end = at;
	}
	return k + 1;
}

/* From position `at` on, when `k` have been found before it. */
static int32_t relax_from(const int32_t *weight, const int64_t *worth, int32_t at,
			  int32_t n, again_look *look, int64_t *dist, int32_t *found,
			  int32_t k)
{
	for (int32_t j = at; j < n; j++) {
		int64_t d = look->from + worth[j] - weight[j];
		if (d < dist[j] && d < look->bound && weight[j] > 0)
			k = find(j, d, look, dist, found, k);
	}
	return k;
}

static int32_t relax(const int32_t *weight, const int64_t *worth, int32_t n,
		     again_look *look, int64_t *dist, int32_t *found)
{
	return relax_from(weight, worth, 0, n, look, dist, found, 0);
}

static const again_loops loops_plain = {top, relax};

/* ---- eight at a time ------------------------------------------------------------------ */

#ifdef AVX2
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))

AVX2_INLINE __m256i load8(const int32_t *at)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)at);
}
AVX2_INLINE __m256i load4(const int64_t *at)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)at);
}
AVX2_INLINE __m256i low4(__m256i x)
{
	return _mm256_cvtepi32_epi64(_mm256_castsi256_si128(x));
}
AVX2_INLINE __m256i high4(__m256i x)
{
	return _mm256_cvtepi32_epi64(_mm256_extracti128_si256(x, 1));
}

AVX2_INLINE __m256i better(__m256i best, __m256i weight, __m256i worth)
{
	__m256i value = _mm256_sub_epi64(weight, worth);
	__m256i more =
		_mm256_and_si256(_mm256_cmpgt_epi64(value, best),
				 _mm256_cmpgt_epi64(weight, _mm256_setzero_si256()));
	return _mm256_blendv_epi8(best, value, more);
}

AVX2 static int64_t top8(const int32_t *weight, const int64_t *worth, int32_t n)
{
	__m256i a = _mm256_set1_epi64x(INT64_MIN), b = a;
	int32_t j = 0;
	for (; j + 8 <= n; j += 8) {
		__m256i w = load8(weight + j);
		a = better(a, low4(w), load4(worth + j));
		b = better(b, high4(w), load4(worth + j + 4));
	}
	int64_t each[8], best = top(weight + j, worth + j, n - j);
	_mm256_storeu_si256((__m256i *)(void *)each, a);
	_mm256_storeu_si256((__m256i *)(void *)(each + 4), b);
	for (int i = 0; i < 8; i++)
		best = each[i] > best ? each[i] : best;
	return best;
}

AVX2_INLINE unsigned nearer(__m256i from, __m256i bound, __m256i weight,
			    const int64_t *worth, const int64_t *dist)
{
	__m256i d = _mm256_sub_epi64(_mm256_add_epi64(from, load4(worth)), weight);
	__m256i is = _mm256_and_si256(_mm256_cmpgt_epi64(load4(dist), d),
				      _mm256_cmpgt_epi64(bound, d));
	return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(is));
}

AVX2 static int32_t relax8(const int32_t *weight, const int64_t *worth, int32_t n,
			   again_look *look, int64_t *dist, int32_t *found)
{
	__m256i from = _mm256_set1_epi64x(look->from),
		bound = _mm256_set1_epi64x(look->bound);
	int32_t k = 0, j = 0;
	for (; j + 8 <= n; j += 8) {
		__m256i w = load8(weight + j);
		unsigned some = nearer(from, bound, low4(w), worth + j, dist + j) |
				nearer(from, bound, high4(w), worth + j + 4, dist + j + 4)
					<< 4;
		if (!some)
			continue;
		some &= (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(
			_mm256_cmpgt_epi32(w, _mm256_setzero_si256())));
		for (; some; some &= some - 1) {
			int32_t at = j + __builtin_ctz(some);
			int64_t d = look->from + worth[at] - weight[at];
			if (d < look->bound) /* which may have come down just now */
				k = find(at, d, look, dist, found, k);
		}
		bound = _mm256_set1_epi64x(look->bound);
	}
	return relax_from(weight, worth, j, n, look, dist, found, k);
}

static const again_loops loops_8 = {top8, relax8};
#endif

const again_loops *again_loops_for(bool plain)
{
#ifdef AVX2
	if (!plain && __builtin_cpu_supports("avx2"))
		return &loops_8;
#else
	(void)plain;
#endif
	return &loops_plain;
}
