/* Derivatives of runs. A network whose derivative the program asks for keeps the inputs of its last run (or
 * of each row of it), so that the run can be repeated. The cotangents of what the program reads of the run
 * say of what the derivative is: loss = sum of v times value over all of them. It is taken by the run's
 * parameters and initial amounts, first each on its own (`struct rt_partial`), then through the tapes that
 * compute some of them from others.
 *
 * The sequence is: a run ends -> rt_gradient_keep; crnl_cotangent ...; crnl_gradient -> rt_gradient_run for
 * each kept run, then the tapes in reverse. */
#ifndef RT_GRADIENT_H
#define RT_GRADIENT_H

#include "rt_backwards.h"
#include "rt_prepare.h"

/* A run that can be repeated. */
struct rt_kept_run {
    struct rt_running *run;
    struct crnl_run_spec *spec; /* copy for run->job, which lives longer than that of the statement */
    double *capture, *memory;
};

/* What a network keeps for derivatives. */
struct rt_gradients {
    struct rt_kept_run *kept;
    int64_t n_kept, cap_kept; /* number of rows; 1 for a run without rows */
    bool has_rows;
    uint8_t *param_fixed; /* [n_params] whether it was given when the last row ran, not computed by its
                             default */
    uint8_t *x0_fixed;    /* [n_species] the same for initial amounts */
    struct rt_cotangents next, done;
    bool is_asked;      /* a derivative of the last run was asked for, so one of the next run is likely */
    bool is_done;       /* `param`, `x0` and `global` are the derivatives for `done` */
    double *param, *x0; /* total derivatives */
    double *global;     /* [n_globals] */
};

/* Repeats row `row` of `n_rows` and adds the derivative of its part of the loss: by parameters, each on its
 * own, including the rate constants and the times of events and phases computed from it, and by initial
 * amounts; to->k and to->schedule are NULL. */
int rt_gradient_run(const struct rt_kept_run *run, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                    struct rt_partial *to, struct rt_error *e);
/* The same by differences, with four runs for each parameter and amount, for tests and where there is no
 * other way. The formula is of order 4 with a relative step of 1e-4, with tolerances of at most 1e-10; it is
 * of order 2 for amounts that would become negative. */
int rt_gradient_differences(const struct rt_kept_run *run, const struct rt_cotangents *c, int64_t row,
                            int64_t n_rows, struct rt_partial *to, struct rt_error *e);

/* Takes over the run, which has succeeded, as row `row` of the last run. has_rows = false: it is the whole
 * run. */
void rt_gradient_keep(struct rt_network *n, struct rt_running *run, int64_t row, bool has_rows);
void rt_gradient_forget(struct rt_network *n); /* called when another run begins */
void rt_gradient_free(struct rt_gradients *g);
/* Records which values are given for the next run of the network, not computed; must be called before
 * rt_prepared. */
void rt_gradient_note_given(struct rt_network *n, const struct crnl_run_spec *spec);
/* Called when the run, one of n_rows, is prepared: it records its course if a derivative may be asked for. */
void rt_gradient_note_run(const struct crnl_ctx *ctx, const struct rt_network *n, struct rt_running *run,
                          int64_t n_rows);

#endif
