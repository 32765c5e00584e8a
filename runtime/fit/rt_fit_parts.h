/* Independent parts of a fit, on the threads of this process or of all ranks. In the end all ranks know the
 * results of all parts; completed parts are in the checkpoint. */
#ifndef RT_FIT_PARTS_H
#define RT_FIT_PARTS_H

#include "rt_fit.h"
#include "runtime/mpi/rt_pack.h"
#include "runtime/rt_meeting.h"

enum rt_fit_kind { RT_FIT_STARTS, RT_FIT_JACOBIAN, RT_FIT_CURVATURE, RT_FIT_PROFILES };

struct rt_fit_parts {
    struct rt_fit *fit;
    enum rt_fit_kind kind;
    int64_t n;
    const double *from;  /* [fit->n] the values on which they depend, the same on all ranks */
    uint64_t checkpoint; /* the key of completed parts; 0: nothing is stored */
    /* One thread executes several parts side by side, which meet each other (rt_meeting.h). */
    void (*run)(void *env, int64_t i, struct rt_meeting *m);
    /* Write the result of part i, and read it in place of the present one. */
    void (*pack)(void *env, int64_t i, struct rt_buffer *b);
    /* Leaves u short, and the piece as it was or to be run again, if the bytes are not those of one. */
    void (*unpack)(void *env, int64_t i, struct rt_unpack *u);
    void *env;
};
void rt_fit_run_parts(const struct rt_fit_parts *p, int threads);

/* Runs `n` parts at the best point of a start; run(env, i, meeting, out) computes `width` numbers.
 * out[n, width]. */
void rt_fit_run_values(struct rt_fit *fit, const struct rt_fit_start *best, enum rt_fit_kind kind, int64_t n,
                       int64_t width, void (*run)(void *env, int64_t i, struct rt_meeting *m, double *out),
                       void *env, double *out);

#endif
