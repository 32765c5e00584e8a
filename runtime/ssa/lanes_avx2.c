/* Lockstep with vectors of four runs. */
#define WIDE         4
#define INSTRUCTIONS __attribute__((target("avx2")))
#include "lanes_step.h"

#if defined __x86_64__
static bool is_here(void)
{
    return __builtin_cpu_supports("avx2");
}

INSTRUCTIONS static void draw_by_loads(struct crnl_lockstep *L)
{
    draw_ahead(L, false);
}

const struct lanes_step rt_lanes_avx2 = {"avx2", LANES_VECTORS *WIDE, CRNL_LANES_AVX2, is_here,
                                         step,   draw_by_loads};
#else
static bool is_here(void)
{
    return false;
}

const struct lanes_step rt_lanes_avx2 = {"avx2", 0, CRNL_LANES_AVX2, is_here, NULL, NULL};
#endif
