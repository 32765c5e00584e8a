/* Stochastic kernels of the library, started by hand on models of model_builder.h. */
#ifndef TESTS_KERNEL_RUN_H
#define TESTS_KERNEL_RUN_H

#include "runtime/ssa/rt_ssa.h"
#include "test_harness.h"

static inline struct crnl_ssa kernel_begin(const struct rt_ssa_code *code, const struct crnl_model *m,
                                           double *x, const double *x0, const double *k, uint64_t seed)
{
    struct crnl_ssa w = {.x = x, .k = k, .inv_volume = 1, .t_next = -1, .kernel = code->create(m)};
    memcpy(x, x0, (size_t)m->n_species * sizeof *x);
    crnl_rng_seed(&w.rng, seed, 1, 0, 0, CRNL_DRAW_SSA);
    code->reset(w.kernel);
    return w;
}

/* Looks at the kernel after each of at most `most` events. Returns how many there were. */
static inline int64_t kernel_check_events(const struct rt_ssa_code *code, const struct model_builder *b,
                                          const struct crnl_model *m, uint64_t seed, int most,
                                          void (*check)(const struct crnl_model *m, const struct crnl_ssa *w))
{
    double *x = calloc((size_t)m->n_species, sizeof *x);
    struct crnl_ssa w = kernel_begin(code, m, x, b->amount, b->k, seed);
    w.t_stop = 1e9;
    for (int e = 0; e < most && code->run(m, &w, 1) == CRNL_SSA_EVENTS; e++) {
        check(m, &w);
    }
    code->destroy(w.kernel);
    free(x);
    return w.events;
}

#endif
