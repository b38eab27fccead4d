/* match: the kernels 32 bytes wide; the Makefile compiles *_avx2.c for AVX2. */
#define LANES       4
#define KERNEL      kernel_avx2
#define KERNEL_NAME "avx2"
#include "match/kernel_body.h"
