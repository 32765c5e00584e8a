/* The kernels of stochastic runs: their list, and the one whose code is emitted. */
#include "rt_ssa.h"

static const struct crnl_kernel *const kernels[] = {
#define SSA_KERNEL(id, made, name, rule, help) &crnl_kernel_##rule,
#include "runtime/crnl_kernel.def"
};

const struct rt_ssa_code *rt_ssa_choose(const struct rt_job *job, struct crnl_kernel_choice *choice,
                                        const struct crnl_kernel **kernel, struct rt_error *e)
{
    const struct crnl_amounts at = {job->x0, job->k};
    *kernel = rt_kernel_for(job, kernels, sizeof kernels / sizeof *kernels, &at, choice, e);
    const struct crnl_kernel *runs =
        *kernel && (*kernel)->is_walked && job->m->is_walked ? &crnl_kernel_ssa_unrolled : *kernel;
    return runs ? runs->code : NULL;
}

/* ---- Emitted code ---- */

static const char *why_not(const struct crnl_model *m)
{
    return m->ssa ? NULL : "no code was made for it: an amount is held";
}

static double cost(const struct crnl_model *m, const struct crnl_amounts *at)
{
    (void)at;
    return 6.5 + 1.75 * m->n_reactions; /* 2 reactions 10 ns, 14 reactions 31 ns */
}

static int run(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events)
{
    return m->ssa(m->env, w, max_events);
}

static const struct rt_ssa_code code = {.run = run};
const struct crnl_kernel crnl_kernel_ssa_unrolled = {CRNL_KERNEL_SSA_UNROLLED, why_not, cost, true, &code};
