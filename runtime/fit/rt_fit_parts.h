/* Pieces of a fit that do not depend on one another: on threads of this process or of all ranks, which all
 * know what has come of each in the end; those that are over are in the checkpoint. */
#ifndef RT_FIT_PARTS_H
#define RT_FIT_PARTS_H

#include "rt_fit.h"
#include "runtime/mpi/rt_pack.h"

enum rt_fit_kind { RT_FIT_STARTS, RT_FIT_JACOBIAN, RT_FIT_CURVATURE, RT_FIT_PROFILES };

struct rt_fit_parts {
    struct rt_fit *fit;
    enum rt_fit_kind kind;
    int64_t n;
    const double *from;  /* [fit->n] on which they depend: all ranks have it alike */
    uint64_t checkpoint; /* the key of those that are over; 0: nothing is kept */
    void (*run)(void *env, int64_t i);
    /* What has come of one, which takes the place of what is there. */
    void (*pack)(void *env, int64_t i, struct rt_buffer *b);
    void (*unpack)(void *env, int64_t i, struct rt_unpack *u);
    void *env;
};
void rt_fit_run_parts(const struct rt_fit_parts *p, int threads);

/* `n` pieces at the best of a start, of which run(env, i, out) leaves `width` numbers: out[n, width]. */
void rt_fit_run_values(struct rt_fit *fit, const struct rt_fit_start *best, enum rt_fit_kind kind, int64_t n,
                       int64_t width, void (*run)(void *env, int64_t i, double *out), void *env, double *out);

#endif
