/* What a method offers that can go back along its runs, and tapes backwards. Seen by methods:
 * rt_gradient.h, which uses it, is not. */
#ifndef RT_BACKWARDS_H
#define RT_BACKWARDS_H

#include "rt_run.h"

/* Of which result (crnl_cotangent), for each row one after the other. */
struct rt_cotangent {
    int32_t what;
    int64_t n;
    double *v;
};
struct rt_cotangents {
    struct rt_cotangent *item;
    int32_t n, cap;
};

/* Derivatives, added to what is there: by what a job has, each for itself. */
struct rt_partial {
    double *param, *x0, *k, *schedule; /* [n_params], [n_species], [n_reactions], [n_phases + n_events] */
};

/* Of a method (struct crnl_method). */
struct rt_ode;
struct adjoint;
struct course;
struct runge_kutta;
struct rt_backwards {
    /* Room for what the derivative needs to know of the run, which job->course is then. NULL: the run is
     * to be repeated for that. `sure`: a derivative will be asked for, not perhaps. */
    struct course *(*note)(const struct rt_job *job, int64_t n_rows, bool sure);
    void (*forget)(struct course *c);
    /* Adds the derivative of the run's part of the loss, row `row` of `n_rows`. */
    int (*run)(const struct rt_job *job, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
               struct rt_partial *to, struct rt_error *e);
    /* For rt_ode_backwards (ode/rt_adjoint.h). An explicit Runge-Kutta method says what it is; NULL: its
     * steps are kept dense, and */
    bool (*table)(const struct rt_ode *o, struct runge_kutta *table);
    /* the adjoint goes from t_from back to t_to through steps first .. last, which cover that. */
    int (*stretch)(struct adjoint *a, int64_t first, int64_t last, double t_from, double t_to,
                   struct rt_error *e);
    void (*free)(struct adjoint *a); /* what these made */
};

/* Room for a tape that goes backwards. */
struct rt_operands { /* of one instruction, before it was executed */
    double a, b;
};
struct rt_reversal {
    double *registers, *bar;
    struct rt_operands *kept;
};
void rt_reversal_create(struct rt_reversal *r, const struct crnl_tape *tape);
void rt_reversal_destroy(struct rt_reversal *r);
/* As rt_tape_reverse, in two parts, of which the second may be repeated. */
void rt_reversal_forward(struct rt_reversal *r, const struct crnl_tape *tape, const double *global,
                         double *param);
void rt_reversal_back(struct rt_reversal *r, const struct crnl_tape *tape, const uint8_t *fixed,
                      double *out_bar, double *param_bar, double *global_bar);
/* After a step forward: what operands a and b of instruction `at` change by goes to what the tape reads. */
void rt_reversal_from(struct rt_reversal *r, const struct crnl_tape *tape, int32_t at, double a_bar,
                      double b_bar, double *param_bar, double *global_bar);
/* Backwards through a tape: from derivatives by its outputs to those by parameters and globals, added.
 * `fixed` outputs are not made by it. Where outputs are the parameters themselves (defaults) out ==
 * param. global NULL: not asked for. */
void rt_tape_reverse(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                     double *out_bar, double *param_bar, double *global_bar);

#endif
