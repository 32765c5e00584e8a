/* Functions of eight numbers. */
#define WIDE         8
#define INSTRUCTIONS __attribute__((target("avx512f,avx512dq")))
#define NAME(f)      rt_##f##_avx512
#include "num_lanes.h"
