/* Derivatives of runs. A network whose derivative the program asks for keeps what its last run (or each
 * row of it) was made from, so that it can be repeated; the cotangents of what the program reads of it
 * say what the derivative is of: loss = sum of v times value over all of them. By what: the run's
 * parameters and initial amounts, first each on its own (`struct rt_partial`), then through the tapes
 * that compute some of them from others.
 *
 * Life: a run ends -> rt_gradient_keep; crnl_cotangent ...; crnl_gradient -> for each kept run
 * rt_gradient_run, then the tapes backwards. */
#ifndef RT_GRADIENT_H
#define RT_GRADIENT_H

#include "rt_backwards.h"
#include "rt_prepare.h"

/* A run that may be repeated. */
struct rt_kept_run {
    struct rt_running *run;
    struct crnl_run_spec *spec; /* of run->job, which the statement's does not outlive */
    double *capture, *memory;
};

/* What a network keeps for derivatives. */
struct rt_gradients {
    struct rt_kept_run *kept;
    int64_t n_kept, cap_kept; /* rows; 1 of a run that has none */
    bool has_rows;
    uint8_t *param_fixed; /* [n_params] given when the last row ran, not computed by its default */
    uint8_t *x0_fixed;    /* [n_species] the same of initial amounts */
    struct rt_cotangents next, done;
    bool is_asked;      /* for a derivative of the last run, as likely for one of the next */
    bool is_done;       /* `param`, `x0` and `global` are the derivatives for `done` */
    double *param, *x0; /* total derivatives */
    double *global;     /* [n_globals] */
};

/* Repeats row `row` of `n_rows` and adds the derivative of its part of the loss: by parameters, each for
 * itself with rate constants, times of events and phases computed from it, and by initial amounts; to->k
 * and to->schedule are NULL. */
int rt_gradient_run(const struct rt_kept_run *run, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                    struct rt_partial *to, struct rt_error *e);
/* The same by differences, with four runs for each parameter and amount: for tests, and where there is
 * no other way. Of order 4 with a step of 1e-4 of the value, by tolerances of 1e-10 at most; of order 2
 * at amounts that would be below 0. */
int rt_gradient_differences(const struct rt_kept_run *run, const struct rt_cotangents *c, int64_t row,
                            int64_t n_rows, struct rt_partial *to, struct rt_error *e);

/* Takes the run, which has ended well, as row `row` of the last run. `has_rows` false: it is all of it. */
void rt_gradient_keep(struct rt_network *n, struct rt_running *run, int64_t row, bool has_rows);
void rt_gradient_forget(struct rt_network *n); /* another run begins */
void rt_gradient_free(struct rt_gradients *g);
/* What is given now for the next run of the network, not computed: read before rt_prepared. */
void rt_gradient_note_given(struct rt_network *n, const struct crnl_run_spec *spec);
/* The run, one of n_rows, is prepared: it notes its course if a derivative may be asked for. */
void rt_gradient_note_run(const struct crnl_ctx *ctx, const struct rt_network *n, struct rt_running *run,
                          int64_t n_rows);

#endif
