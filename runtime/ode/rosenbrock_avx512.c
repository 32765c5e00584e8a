/* Eight runs. */
#include "rt_lockstep.h"

#if defined __x86_64__
#define WIDE         8
#define INSTRUCTIONS __attribute__((target("avx512f,avx512dq")))
#include "rosenbrock_lanes.h"

static bool is_here(void)
{
    return lockstep_avx512.is_here();
}

const struct rosenbrock_lane_steps rosenbrock_avx512 = {WIDE, is_here, begin_lanes, step_lanes};
#else
#include "rt_rosenbrock_lanes.h"

static bool is_here(void)
{
    return false;
}

const struct rosenbrock_lane_steps rosenbrock_avx512 = {8, is_here, NULL, NULL};
#endif
