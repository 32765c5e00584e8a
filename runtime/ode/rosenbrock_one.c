/* One run. */
#include "rosenbrock_step.h"

static bool is_here(void)
{
    return true;
}

const struct rosenbrock_steps rosenbrock_one = {WIDE, is_here, step};
