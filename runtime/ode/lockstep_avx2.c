/* Four runs. */
#include "runtime/crnl_num.h"

#if defined __x86_64__
#define WIDE         4
#define INSTRUCTIONS __attribute__((target("avx2")))
#include "lockstep_steps.h"

_Static_assert(WIDE == CRNL_LANES / 2, "as many as emitted code has");

static bool is_here(void) /* x86-64-v3 */
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
}

const struct lockstep_steps lockstep_avx2 = {WIDE,     CRNL_LANES_AVX2, is_here,         forward,
                                             backward, rhs_of_parts,    reverse_of_pairs};
#else
#include "rt_lockstep.h"

static bool is_here(void)
{
    return false;
}

const struct lockstep_steps lockstep_avx2 = {
    CRNL_LANES / 2, CRNL_LANES_AVX2, is_here, NULL, NULL, NULL, NULL};
#endif
