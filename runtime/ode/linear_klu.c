/* Newton's equations by the sparse factors of KLU, in the order of AMD. The analysis of the pattern is kept
 * while the pattern is the same. Pivots are those of the first matrix of a run, as long as they give good
 * factors. */
#include <cvode/cvode.h>
#include <klu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt_linear.h"

/* The most entries of factors: 2 GB with their row indices. */
static const double MOST_FILL = 1.6e8;
/* Factors with old pivots whose reciprocal condition is smaller are replaced by factors with new pivots. */
static const double LEAST_RCOND = 1e-12;

struct sparse {
    struct rt_cvode *cvode;
    klu_common common;
    klu_symbolic *symbolic;
    klu_numeric *numeric; /* NULL: pivots have to be chosen */
    double *matrix;       /* [nnz] */
    long n_steps;         /* steps of the solver when it was last factorised */
};

static void why_not(const struct rt_linear_facts *f, char *text, size_t size)
{
    if (!f->analytic) {
        snprintf(text, size, "a law has no derivatives");
    } else if (f->fill == 0) {
        snprintf(text, size, "no order of its equations was found");
    } else if (f->fill > MOST_FILL) {
        snprintf(text, size, "its factors have %.2g entries, at most %.2g may", f->fill, MOST_FILL);
    }
}

static double cost(const struct rt_linear_facts *f)
{
    double setup = 1000 + f->flops + 15 * f->fill, solution = 200 + 4 * f->fill;
    return setup / RT_STEPS_OF_SETUP + RT_SOLUTIONS_OF_STEP * solution;
}

/* A second factorisation within one step means that the first has not helped. */
static bool refactorises(struct sparse *s)
{
    long before = s->n_steps;
    CVodeGetNumSteps(s->cvode->memory, &s->n_steps);
    struct rt_pattern *p = &s->cvode->pattern;
    return s->numeric && s->n_steps != before &&
           klu_refactor(p->col, p->row, s->matrix, s->symbolic, s->numeric, &s->common) &&
           s->common.status == KLU_OK && klu_rcond(s->symbolic, s->numeric, &s->common) &&
           s->common.rcond > LEAST_RCOND;
}

static int factorise(struct sparse *s)
{
    struct rt_pattern *p = &s->cvode->pattern;
    if (refactorises(s)) {
        return 0;
    }
    klu_free_numeric(&s->numeric, &s->common);
    s->numeric = klu_factor(p->col, p->row, s->matrix, s->symbolic, &s->common);
    if (s->common.status == KLU_OUT_OF_MEMORY || s->common.status == KLU_TOO_LARGE) {
        s->cvode->gave_up = "no memory for its factors";
        return -1;
    }
    /* If the matrix is singular or not finite, CVODE tries a smaller step. */
    bool good = s->numeric && s->common.status == KLU_OK && klu_rcond(s->symbolic, s->numeric, &s->common) &&
                s->common.rcond > 0;
    return good ? 0 : 1;
}

static int linear_system(realtype t, N_Vector x, N_Vector f, SUNMatrix matrix, booleantype same_jacobian,
                         booleantype *current, realtype gamma, void *user, N_Vector a, N_Vector b, N_Vector d)
{
    const struct rt_ode *o = user;
    struct rt_cvode *c = o->data;
    struct sparse *s = c->linear->content;
    (void)f, (void)matrix, (void)a, (void)b, (void)d;
    if (!same_jacobian) {
        rt_ode_jacobian(o, &c->jacobian, t * o->clock, N_VGetArrayPointer(x), c->values);
    }
    *current = !same_jacobian;
    rt_pattern_fill(&c->pattern, &c->jacobian, c->values, gamma * o->clock, s->matrix);
    return factorise(s);
}

static int solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector solution, N_Vector right,
                 realtype tolerance)
{
    struct sparse *s = solver->content;
    (void)matrix, (void)tolerance;
    N_VScale(1, right, solution);
    return klu_solve(s->symbolic, s->numeric, s->cvode->pattern.n, 1, N_VGetArrayPointer(solution),
                     &s->common)
               ? 0
               : 1;
}

static int release(SUNLinearSolver solver)
{
    struct sparse *s = solver->content;
    if (s) {
        klu_free_numeric(&s->numeric, &s->common);
        klu_free_symbolic(&s->symbolic, &s->common);
        free(s->matrix);
        free(s);
        solver->content = NULL;
    }
    SUNLinSolFreeEmpty(solver);
    return 0;
}

static bool create(struct rt_ode *o, struct rt_cvode *c)
{
    (void)o;
    struct sparse *s = rt_alloc(1, sizeof *s);
    s->cvode = c;
    klu_defaults(&s->common);
    s->common.ordering = 0; /* AMD */
    s->matrix = rt_alloc((size_t)c->pattern.nnz, sizeof *s->matrix);
    s->symbolic = klu_analyze(c->pattern.n, c->pattern.col, c->pattern.row, &s->common);
    return rt_linear_shell(c, SUNLINEARSOLVER_DIRECT, s, solve, release) && s->symbolic &&
           CVodeSetLinearSolver(c->memory, c->linear, c->matrix) == CVLS_SUCCESS &&
           CVodeSetLinSysFn(c->memory, linear_system) == CVLS_SUCCESS;
}

static void start(struct rt_cvode *c)
{
    struct sparse *s = c->linear->content;
    klu_free_numeric(&s->numeric, &s->common);
}

const struct rt_linear rt_linear_klu = {why_not, cost, create, start};
