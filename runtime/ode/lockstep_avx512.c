/* Eight runs. */
#include "runtime/crnl_num.h"

#if defined __x86_64__
#define WIDE         8
#define INSTRUCTIONS __attribute__((target("avx512f,avx512dq")))
#include "lockstep_steps.h"

_Static_assert(WIDE == CRNL_LANES, "as many as emitted code has");

static bool is_here(void) /* x86-64-v4 */
{
    return lockstep_avx2.is_here() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

const struct lockstep_steps lockstep_avx512 = {WIDE,     CRNL_LANES_AVX512, is_here,         forward,
                                               backward, rhs_of_parts,      reverse_of_pairs};
#else
#include "rt_lockstep.h"

static bool is_here(void)
{
    return false;
}

const struct lockstep_steps lockstep_avx512 = {CRNL_LANES, CRNL_LANES_AVX512, is_here, NULL, NULL, NULL,
                                               NULL};
#endif
