/* The kernels of deterministic runs: their list, emitted code, and the library's loops. Each cost is a line
 * through measurements of two networks, for which prototypes of both kernels were compared. */
#include "rt_ode.h"

static const struct crnl_kernel *const kernels[] = {
#define ODE_KERNEL(id, made, name, rule, help) &crnl_kernel_##rule,
#include "runtime/crnl_kernel.def"
};

const struct rt_ode_code *rt_ode_choose(const struct rt_job *job, struct crnl_kernel_choice *choice,
                                        const struct crnl_kernel **kernel, struct rt_error *e)
{
    const struct crnl_amounts at = {.x = job->x0, .k = job->k};
    *kernel = rt_kernel_for(job, kernels, sizeof kernels / sizeof *kernels, &at, choice, e);
    const struct crnl_kernel *runs =
        *kernel && (*kernel)->is_walked && job->m->is_walked ? &crnl_kernel_ode_unrolled : *kernel;
    return runs ? runs->code : NULL;
}

/* ---- Emitted code ---- */

static const char *why_not_unrolled(const struct crnl_model *m)
{
    return m->rhs ? NULL : "no code was made for it: an amount is held";
}

static double unrolled_cost(const struct crnl_model *m, const struct crnl_amounts *at)
{
    (void)at;
    return 3.85 * m->n_reactions; /* for 20,000 reactions a right side takes 77 us in pieces, 230 us in
                                   * loops */
}

static void unrolled_rhs(const struct crnl_model *m, double t, const double *x, const double *p,
                         const double *k, double *dx)
{
    m->rhs(m->env, t, x, p, k, dx);
}

static void unrolled_jac(const struct rt_jacobian *j, const struct crnl_model *m, double t, const double *x,
                         const double *p, const double *k, double *values)
{
    if (m->jac) {
        m->jac(m->env, t, x, p, k, values);
    } else {
        rt_jacobian_values(j, m, t, x, p, k, values);
    }
}

static const struct rt_ode_code unrolled = {unrolled_rhs, unrolled_jac};
const struct crnl_kernel crnl_kernel_ode_unrolled = {CRNL_KERNEL_ODE_UNROLLED, why_not_unrolled,
                                                     unrolled_cost, true, &unrolled};

/* ---- Loops ---- */

static const char *why_not_table(const struct crnl_model *m)
{
    (void)m;
    return NULL;
}

static double table_cost(const struct crnl_model *m, const struct crnl_amounts *at)
{
    (void)at;
    return 11.5 * m->n_reactions;
}

static const struct rt_ode_code table = {crnl_table_rhs, rt_jacobian_values};
const struct crnl_kernel crnl_kernel_ode_table = {CRNL_KERNEL_ODE_TABLE, why_not_table, table_cost, true,
                                                  &table};
