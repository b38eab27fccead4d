/* match: the kernels 64 bytes wide; the Makefile compiles *_avx512.c for AVX-512. */
#define LANES       8
#define KERNEL      kernel_avx512
#define KERNEL_NAME "avx512"
#include "match/kernel_body.h"
