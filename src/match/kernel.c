/* match: which kernels this processor can run. */
#include "match/match_priv.h"

/* Levels are files that the Makefile compiles for x86-64 with the flags of their name. */
static bool has(match_simd level)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
		    __builtin_cpu_supports("popcnt");
	bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
		      __builtin_cpu_supports("avx512bw") &&
		      __builtin_cpu_supports("avx512vl") &&
		      __builtin_cpu_supports("avx512dq") &&
		      __builtin_cpu_supports("avx512vpopcntdq");
	return level == SIMD_AVX2 ? avx2 : avx512;
#else
	(void)level;
	return false;
#endif
}

const kernel *kernel_choose(match_simd level)
{
	switch (level) {
	case SIMD_SCALAR:
		return &kernel_scalar;
	case SIMD_AVX2:
		return has(SIMD_AVX2) ? &kernel_avx2 : NULL;
	case SIMD_AVX512:
		return has(SIMD_AVX512) ? &kernel_avx512 : NULL;
	case SIMD_AUTO:
		break;
	}
	if (has(SIMD_AVX512))
		return &kernel_avx512;
	return has(SIMD_AVX2) ? &kernel_avx2 : &kernel_scalar;
}
