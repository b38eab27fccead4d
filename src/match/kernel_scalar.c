/* match: the kernels for any processor; 16 bytes at a time where it can, else word by word. */
#define LANES       2
#define KERNEL      kernel_scalar
#define KERNEL_NAME "scalar"
#include "match/kernel_body.h"
