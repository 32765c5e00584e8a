/* One run. */
#include "lockstep_steps.h"

static bool is_here(void)
{
    return true;
}

const struct lockstep_steps lockstep_one = {
    WIDE, 0, is_here, forward, backward, rhs_of_parts, reverse_of_pairs};
