/* The interface of a method whose runs can be repeated backwards, and tapes in reverse. Methods include this
 * file, but not rt_gradient.h, which uses it. */
#ifndef RT_BACKWARDS_H
#define RT_BACKWARDS_H

#include "rt_run.h"

/* The cotangents of a result (crnl_cotangent), for one row after the other. */
struct rt_cotangent {
    int32_t what;
    int64_t n;
    double *v;
};
struct rt_cotangents {
    struct rt_cotangent *item;
    int32_t n, cap;
};

/* Partial derivatives by what a job has, each on its own; they are added to the present values. */
struct rt_partial {
    double *param, *x0, *k, *schedule; /* [n_params], [n_species], [n_reactions], [n_phases + n_events] */
};

/* Operations of a method (struct crnl_method). */
struct rt_ode;
struct adjoint;
struct course;
struct runge_kutta;
struct rt_backwards {
    /* Allocates what the derivative needs to know of the run, as job->course. NULL: the run must be repeated
     * for that. `sure`: a derivative will certainly be asked for. */
    struct course *(*note)(const struct rt_job *job, int64_t n_rows, bool sure);
    void (*forget)(struct course *c);
    /* Adds the derivative of the run's part of the loss, for row `row` of `n_rows`. */
    int (*run)(const struct rt_job *job, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
               struct rt_partial *to, struct rt_error *e);
    /* For rt_ode_backwards (ode/rt_adjoint.h). Gives the table of an explicit Runge-Kutta method; NULL: the
     * steps are kept densely, and `stretch` is used. */
    bool (*table)(const struct rt_ode *o, struct runge_kutta *table);
    /* Takes the adjoint from t_from back to t_to through the steps first .. last, which cover that
     * interval. */
    int (*stretch)(struct adjoint *a, int64_t first, int64_t last, double t_from, double t_to,
                   struct rt_error *e);
    void (*free)(struct adjoint *a); /* frees what these functions allocated */
    /* Whether rows of this network may meet (rt_meeting.h) where they go back; NULL: they do not. */
    bool (*meets)(const struct crnl_model *m);
};

/* Memory for a tape in reverse. */
struct rt_operands { /* operands of an instruction before it was executed, and its result */
    double a, b, result;
};
struct rt_reversal {
    double *registers, *bar;
    struct rt_operands *kept;
};
void rt_reversal_create(struct rt_reversal *r, const struct crnl_tape *tape);
void rt_reversal_destroy(struct rt_reversal *r);
/* rt_tape_reverse in two parts, of which the second may be repeated. The first one is in tape.c. */
void rt_reversal_forward(struct rt_reversal *r, const struct crnl_tape *tape, const double *global,
                         double *param);
void rt_reversal_back(struct rt_reversal *r, const struct crnl_tape *tape, const uint8_t *fixed,
                      double *out_bar, double *param_bar, double *global_bar);
/* After the forward part: passes the adjoints of operands a and b of instruction `at` on to what the tape
 * reads. */
void rt_reversal_from(struct rt_reversal *r, const struct crnl_tape *tape, int32_t at, double a_bar,
                      double b_bar, double *param_bar, double *global_bar);
/* Goes backwards through a tape, from derivatives by its outputs to those by parameters and globals, which
 * are added. The tape does not make outputs that are `fixed`. If the outputs are the parameters themselves
 * (defaults), out == param. global = NULL: not asked for. */
void rt_tape_reverse(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                     double *out_bar, double *param_bar, double *global_bar);

#endif
