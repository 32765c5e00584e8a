/* The kernels of stochastic runs: their list, and the kernel whose code is emitted. */
#include "rt_ssa.h"

static const struct crnl_kernel *const kernels[] = {
#define SSA_KERNEL(id, made, name, rule, help) &crnl_kernel_##rule,
#include "runtime/crnl_kernel.def"
};

const struct crnl_kernel *rt_ssa_kernel(const struct rt_ssa *s, int32_t id)
{
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        if ((int32_t)kernels[i]->id == id) {
            return s->choice.refusal[id] ? NULL : kernels[i];
        }
    }
    return NULL;
}

void rt_ssa_drop(struct rt_ssa *s)
{
    if (s->w.kernel) {
        s->code->destroy(s->w.kernel);
        s->w.kernel = NULL;
    }
}

void rt_ssa_take(struct rt_ssa *s, const struct crnl_kernel *kernel)
{
    const struct crnl_model *m = s->job->m;
    if (kernel != s->kernel) {
        rt_ssa_drop(s);
        s->kernel = kernel;
        s->code = kernel->is_walked && m->is_walked ? crnl_kernel_ssa_unrolled.code : kernel->code;
        s->w.kernel = s->code->create ? s->code->create(m) : NULL;
    }
}

bool rt_ssa_choose(struct rt_ssa *s, const double *x, const double *k, struct rt_error *e)
{
    const struct rt_job *job = s->job;
    struct crnl_estimate estimate = {0};
    const struct crnl_amounts at = {x, k, s->readers, &estimate};
    const struct crnl_kernel *kernel =
        rt_kernel_for(job, kernels, sizeof kernels / sizeof *kernels, &at, &s->choice, e);
    if (kernel) {
        rt_ssa_take(s, kernel);
    }
    return kernel != NULL;
}

/* ---- Emitted code ---- */

static const char *why_not(const struct crnl_model *m)
{
    return m->ssa ? NULL : "no code was made for it: an amount is held";
}

static double cost(const struct crnl_model *m, const struct crnl_amounts *at)
{
    (void)at;
    /* Measured per event: 2 reactions 10 ns, 14 reactions 31 ns; in several groups, 17 reactions 35 ns, 64
     * reactions 46 ns. */
    int32_t n = m->n_reactions;
    return n <= CRNL_FAN ? 6.5 + 1.75 * n : 30 + 0.25 * n;
}

static int run(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events)
{
    return m->ssa(m->env, w, max_events);
}

static const struct rt_ssa_code code = {.run = run};
const struct crnl_kernel crnl_kernel_ssa_unrolled = {CRNL_KERNEL_SSA_UNROLLED, why_not, cost, true, &code};
