/* The derivative of one run. */
#include "rt_gradient.h"

int rt_gradient_run(const struct rt_kept_run *run, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                    struct rt_partial *to, struct rt_error *e)
{
    return rt_gradient_differences(run, c, row, n_rows, to, e);
}
