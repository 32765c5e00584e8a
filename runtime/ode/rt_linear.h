/* The linear equations of BDF's steps, (I - gamma J) x = b: what their solvers (crnl_linear.def) share. */
#ifndef RT_LINEAR_H
#define RT_LINEAR_H

#include "runtime/crnl_linear.h"
#include "rt_cvode.h"

void rt_pattern_create(struct rt_pattern *p, const struct crnl_model *m, const struct rt_jacobian *jac,
                       const double *k); /* k NULL: none is 0 */
void rt_pattern_destroy(struct rt_pattern *p);
/* I - gamma J, J given by its values. */
void rt_pattern_fill(const struct rt_pattern *p, const struct rt_jacobian *jac, const double *values,
                     double gamma, double *matrix);

/* What costs are computed from. */
struct rt_linear_facts {
    const struct crnl_model *m;
    struct rt_jacobian jacobian;
    bool analytic; /* all laws have derivatives */
    struct rt_pattern pattern;
    double fill, flops; /* of KLU's factors: entries, operations; 0: its order was not found */
    bool has_laws;
    int32_t largest_block; /* of species that depend on each other */
};

struct rt_linear {
    /* Writes why it does not take the network into text; "" stays: it does. */
    void (*why_not)(const struct rt_linear_facts *f, char *text, size_t size);
    double (*cost)(const struct rt_linear_facts *f); /* ns of a step in mean */
    /* Makes matrix and linear solver, which releases what it has, and tells CVODE; false: no memory. */
    bool (*create)(struct rt_ode *o, struct rt_cvode *c);
    void (*start)(struct rt_cvode *c); /* of a run; NULL: nothing to do */
};
#define LINEAR(id, name, rule, help) extern const struct rt_linear rt_linear_##rule;
#include "runtime/crnl_linear.def"

/* Steps for a factorisation, and solutions of linear equations in a step, in mean over the networks of
 * bench/ode: what costs are counted by. */
#define RT_STEPS_OF_SETUP    8.0
#define RT_SOLUTIONS_OF_STEP 1.2

/* Before a run: solver and pattern are those of the job. CRNL_BAD_ARGUMENT: one is asked for that does not
 * take it. */
int rt_linear_begin(struct rt_ode *o, struct rt_error *e);
/* In place of the solver in use, which gave up: another one from now on. False: there is none. */
bool rt_linear_fall_back(struct rt_ode *o);
void rt_linear_end(struct rt_cvode *c); /* releases all */
/* What it does, as the note of a run. */
void rt_linear_note(struct rt_ode *o);

/* J at x into c->values, in the order of the Jacobian. */
void rt_linear_jacobian(const struct rt_ode *o, const struct rt_cvode *c, double t, const double *x);
/* A solver of this type without operations but those two, and an empty matrix; false: no memory. */
bool rt_linear_shell(struct rt_cvode *c, SUNLinearSolver_Type type, void *content,
                     int (*solve)(SUNLinearSolver, SUNMatrix, N_Vector, N_Vector, realtype),
                     int (*release)(SUNLinearSolver));
#endif
