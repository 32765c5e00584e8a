/* Lockstep with vectors of eight runs. */
#define WIDE         8
#define INSTRUCTIONS __attribute__((target("avx512f,avx512dq")))
#include "lanes_step.h"

#if defined __x86_64__
static bool is_here(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
}

const struct lanes_step rt_lanes_avx512 = {"avx512", LANES_VECTORS *WIDE, CRNL_LANES_AVX512, is_here, step,
                                           draw_for};
#else
static bool is_here(void)
{
    return false;
}

const struct lanes_step rt_lanes_avx512 = {"avx512", 0, CRNL_LANES_AVX512, is_here, NULL, NULL};
#endif
