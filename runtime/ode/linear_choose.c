/* Chooses a network's linear solver from its structure, by the estimated time of a step. */
#include <klu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt_linear.h"

static const struct rt_linear *const solvers[CRNL_LINEAR_COUNT] = {
#define LINEAR(id, name, rule, help) &rt_linear_##rule,
#include "runtime/crnl_linear.def"
};

/* Finds the work that KLU would have, from the order of AMD alone, without factors. */
static void find_fill(struct rt_linear_facts *f)
{
    klu_common common;
    klu_defaults(&common);
    common.ordering = 0;
    klu_symbolic *s = klu_analyze(f->pattern.n, f->pattern.col, f->pattern.row, &common);
    if (s) {
        f->fill = s->lnz + s->unz + s->nzoff;
        f->flops = s->est_flops;
        klu_free_symbolic(&s, &common);
    }
}

static void find_facts(struct rt_linear_facts *f, const struct crnl_model *m, const double *k)
{
    *f = (struct rt_linear_facts){.m = m, .has_laws = m->law != NULL};
    f->analytic = rt_jacobian_create(&f->jacobian, m);
    if (f->analytic) {
        rt_pattern_create(&f->pattern, m, &f->jacobian, k);
        f->largest_block = f->has_laws ? 0 : rt_cascade_largest(m, &f->jacobian);
        find_fill(f);
    }
}

void crnl_linear_choose(struct crnl_linear_choice *c, const struct crnl_model *m, const double *k)
{
    struct rt_linear_facts f;
    find_facts(&f, m, k);
    *c = (struct crnl_linear_choice){.cheapest = -1};
    for (int i = 0; i < CRNL_LINEAR_COUNT; i++) {
        solvers[i]->why_not(&f, c->refusal[i], sizeof c->refusal[i]);
        if (!*c->refusal[i]) {
            c->cost[i] = solvers[i]->cost(&f);
            c->cheapest = c->cheapest < 0 || c->cost[i] < c->cost[c->cheapest] ? i : c->cheapest;
        }
    }
    rt_pattern_destroy(&f.pattern);
    rt_jacobian_destroy(&f.jacobian);
}

/* Notes which constants are 0 for the whole job; returns whether they differ from those of the last one. */
static bool constants_changed(const struct rt_ode *o, struct rt_cvode *c)
{
    const double *k = o->job->k_open ? o->job->k_open : o->job->k;
    bool changed = !c->is_off;
    c->is_off = c->is_off ? c->is_off : rt_alloc((size_t)o->m->n_reactions, sizeof *c->is_off);
    for (int32_t j = 0; j < o->m->n_reactions; j++) {
        changed |= c->is_off[j] != (k[j] == 0);
        c->is_off[j] = k[j] == 0;
    }
    return changed;
}

static bool attach(struct rt_ode *o, struct rt_cvode *c, int which)
{
    rt_linear_end(c);
    c->linear_id = which;
    bool analytic = rt_jacobian_create(&c->jacobian, o->m);
    if (analytic) {
        c->values = rt_alloc((size_t)c->jacobian.nnz, sizeof *c->values);
        rt_pattern_create(&c->pattern, o->m, &c->jacobian, o->job->k_open ? o->job->k_open : o->job->k);
    }
    c->has_jacobian = analytic;
    return solvers[which]->create(o, c);
}

/* Reports that the chosen linear solver does not accept the network: the reason, and which solvers do. */
static void fail_refused(const struct rt_ode *o, const struct rt_cvode *c, int64_t asked, struct rt_error *e)
{
    rt_fail(e, CRNL_BAD_ARGUMENT, "the linear solver `%s` does not take `%s`: %s",
            crnl_linear_info[asked].name, o->m->name, c->choice.refusal[asked]);
    const char *comma = "";
    rt_put(&e->text, "\n  help: there are ");
    for (int i = 0; i < CRNL_LINEAR_COUNT; i++) {
        if (!*c->choice.refusal[i]) {
            rt_putf(&e->text, "%s%s", comma, crnl_linear_info[i].name);
            comma = ", ";
        }
    }
    rt_putf(&e->text, "; without `linear_solver` it is %s", crnl_linear_info[c->choice.cheapest].name);
}

int rt_linear_begin(struct rt_ode *o, struct rt_error *e)
{
    struct rt_cvode *c = o->data;
    int64_t asked = o->job->option[CRNL_OPTION_LINEAR_SOLVER].integer;
    bool changed = constants_changed(o, c);
    if (changed) {
        crnl_linear_choose(&c->choice, o->m, o->job->k_open ? o->job->k_open : o->job->k);
    }
    if (asked >= 0 && *c->choice.refusal[asked]) {
        fail_refused(o, c, asked, e);
        return e->status;
    }
    int which = asked >= 0 ? (int)asked : c->choice.cheapest;
    if ((changed || which != c->linear_id) && !attach(o, c, which)) {
        return rt_fail(e, CRNL_MEMORY, "no memory for the Jacobian");
    }
    if (solvers[which]->start) {
        solvers[which]->start(c);
    }
    return CRNL_OK;
}

/* If factors do not fit, GMRES takes over; if GMRES does not converge, factors do. */
bool rt_linear_fall_back(struct rt_ode *o)
{
    struct rt_cvode *c = o->data;
    int from = c->linear_id, to = from == CRNL_LINEAR_KRYLOV ? CRNL_LINEAR_KLU : CRNL_LINEAR_KRYLOV;
    bool may = from == CRNL_LINEAR_KRYLOV || (from == CRNL_LINEAR_KLU && c->gave_up);
    if (!may || *c->choice.refusal[to] || c->has_fallen) {
        return false;
    }
    c->has_fallen = true;
    /* The time would make the note of each turn of a loop another one. */
    rt_ode_tell(o, "the linear solver %s gives up (%s): %s from here", crnl_linear_info[from].name,
                c->gave_up ? c->gave_up : "a step cannot be solved", crnl_linear_info[to].name);
    rt_ode_note(o, "that was at t = %.6g", o->t);
    return attach(o, c, to);
}

void rt_linear_end(struct rt_cvode *c)
{
    if (c->linear) {
        SUNLinSolFree(c->linear);
    }
    if (c->matrix) {
        SUNMatDestroy(c->matrix);
    }
    c->linear = NULL;
    c->matrix = NULL;
    rt_jacobian_destroy(&c->jacobian);
    rt_pattern_destroy(&c->pattern);
    c->jacobian = (struct rt_jacobian){0};
    c->pattern = (struct rt_pattern){0};
    free(c->values);
    c->values = NULL;
    c->gave_up = NULL;
}

void rt_linear_note(struct rt_ode *o)
{
    const struct rt_cvode *c = o->data;
    char text[700];
    if (o->job->verbose) {
        crnl_linear_tell(&c->choice, c->linear_id, text, sizeof text);
        rt_ode_note(o, "linear equations by %s", text);
    }
}

static SUNMatrix_ID is_custom(SUNMatrix matrix)
{
    (void)matrix;
    return SUNMATRIX_CUSTOM;
}

static SUNLinearSolver_Type is_direct(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_DIRECT;
}

static SUNLinearSolver_Type is_iterative(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_MATRIX_ITERATIVE;
}

bool rt_linear_shell(struct rt_cvode *c, SUNLinearSolver_Type type, void *content,
                     int (*solve)(SUNLinearSolver, SUNMatrix, N_Vector, N_Vector, realtype),
                     int (*release)(SUNLinearSolver))
{
    c->matrix = SUNMatNewEmpty(c->context);
    c->linear = SUNLinSolNewEmpty(c->context);
    if (!c->matrix || !c->linear) {
        return false;
    }
    c->matrix->ops->getid = is_custom;
    c->linear->ops->gettype = type == SUNLINEARSOLVER_DIRECT ? is_direct : is_iterative;
    c->linear->ops->solve = solve;
    c->linear->ops->free = release;
    c->linear->content = content;
    return true;
}
