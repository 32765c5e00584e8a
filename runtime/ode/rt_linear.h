/* The linear equations of the steps of BDF, (I - gamma J) x = b: declarations shared by their solvers
 * (crnl_linear.def). */
#ifndef RT_LINEAR_H
#define RT_LINEAR_H

#include "runtime/crnl_linear.h"
#include "rt_cvode.h"

void rt_pattern_create(struct rt_pattern *p, const struct crnl_model *m, const struct rt_jacobian *jac,
                       const double *k); /* k = NULL: no constant is 0 */
void rt_pattern_destroy(struct rt_pattern *p);
/* Fills in I - gamma J, where J is given by its values. */
void rt_pattern_fill(const struct rt_pattern *p, const struct rt_jacobian *jac, const double *values,
                     double gamma, double *matrix);

/* The facts from which costs are computed. */
struct rt_linear_facts {
    const struct crnl_model *m;
    struct rt_jacobian jacobian;
    bool analytic; /* all laws have derivatives */
    struct rt_pattern pattern;
    double fill, flops; /* entries and operations of the factors of KLU; 0: no order was found */
    bool has_laws;
    int32_t largest_block; /* number of species in the largest block of species that depend on each other */
};

struct rt_linear {
    /* Writes to `text` why it does not accept the network; text remains "" if it does. */
    void (*why_not)(const struct rt_linear_facts *f, char *text, size_t size);
    double (*cost)(const struct rt_linear_facts *f); /* mean ns per step */
    /* Creates the matrix and the linear solver, which frees what it has, and registers them with CVODE;
     * false: no memory. */
    bool (*create)(struct rt_ode *o, struct rt_cvode *c);
    void (*start)(struct rt_cvode *c); /* called at the start of a run; NULL: nothing to do */
};
#define LINEAR(id, name, rule, help) extern const struct rt_linear rt_linear_##rule;
#include "runtime/crnl_linear.def"

/* Mean number of steps per factorisation, and of linear solutions per step, over the networks of bench/ode:
 * costs are computed with these. */
#define RT_STEPS_OF_SETUP    8.0
#define RT_SOLUTIONS_OF_STEP 1.2

/* Called before a run: chooses solver and pattern for the job. CRNL_BAD_ARGUMENT: the requested solver does
 * not accept it. */
int rt_linear_begin(struct rt_ode *o, struct rt_error *e);
/* Replaces the solver in use, which gave up, by another one. Returns false if there is none. */
bool rt_linear_fall_back(struct rt_ode *o);
void rt_linear_end(struct rt_cvode *c); /* frees everything */
/* Describes the linear solver in the notes of a run. */
void rt_linear_note(struct rt_ode *o);

/* Creates a solver of this type with only these two operations, and an empty matrix; false: no memory. */
bool rt_linear_shell(struct rt_cvode *c, SUNLinearSolver_Type type, void *content,
                     int (*solve)(SUNLinearSolver, SUNMatrix, N_Vector, N_Vector, realtype),
                     int (*release)(SUNLinearSolver));
#endif
