/* Four runs. */
#include "rt_lockstep.h"

#if defined __x86_64__
#define WIDE         4
#define INSTRUCTIONS __attribute__((target("avx2")))
#include "rosenbrock_lanes.h"

static bool is_here(void)
{
    return lockstep_avx2.is_here();
}

const struct rosenbrock_lane_steps rosenbrock_avx2 = {WIDE, is_here, begin_lanes, step_lanes};
#else
#include "rt_rosenbrock_lanes.h"

static bool is_here(void)
{
    return false;
}

const struct rosenbrock_lane_steps rosenbrock_avx2 = {4, is_here, NULL, NULL};
#endif
