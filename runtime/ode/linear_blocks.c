/* Newton's equations of a cascade: species fall into small blocks, each of which depends only on itself and
 * on earlier ones, as in feed-forward networks. J = N V, where N are the net changes of the reactions and V
 * the derivatives of their rates by their reactants. To solve (I - gamma J) x = b, block after block is
 * solved; then the reactions whose last reactant is in the block add their changes to the blocks further
 * down. A solution passes over N once, as the right side does. J itself, which would repeat a reaction's
 * changes for each reactant, is never formed. */
#include <btf.h>
#include <cvode/cvode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_dense.h>

#include "runtime/crnl_csr.h"
#include "rt_linear.h"

enum { MOST_IN_BLOCK = 12 };

struct cascade {
    const struct crnl_model *m;
    int32_t n_blocks, largest;
    int32_t *first, *species;    /* of block b: species[first[b]..first[b + 1]) */
    int32_t *block, *place;      /* of a species: its block, its index in `species` */
    int32_t *decided, *reaction; /* of block b: those reactions whose last reactant is in it */
    int32_t *inner_ptr, *inner;  /* of a reaction: its net changes in that block */
    double *v;                   /* [entries of lhs] d rate / d reactant */
    double **column;     /* [n_species] by place: columns of the blocks' matrices, then of their factors */
    sunindextype *pivot; /* [n_species] by place */
    double *values, *x;  /* of all columns; [largest] solution of a block */
    double gamma;
};

static bool reads(const struct crnl_model *m, int32_t e)
{
    return m->species_kind[m->lhs_species[e]] != CRNL_CONSTANT;
}

/* Finds blocks in an order in which each depends only on earlier ones. */
static void find_blocks(struct cascade *c, const struct rt_jacobian *jac)
{
    size_t n = (size_t)c->m->n_species;
    c->first = rt_alloc(n + 1, sizeof *c->first);
    c->species = rt_alloc(n, sizeof *c->species);
    c->block = rt_alloc(n, sizeof *c->block);
    c->place = rt_alloc(n, sizeof *c->place);
    int *col = rt_copy(jac->col, n + 1, sizeof *col), *row = rt_copy(jac->row, (size_t)jac->nnz, sizeof *row);
    int *order = rt_alloc(n, sizeof *order), *start = rt_alloc(n + 1, sizeof *start);
    int *work = rt_alloc(4 * n, sizeof *work);
    c->n_blocks = btf_strongcomp((int)n, col, row, NULL, order, start, work);
    int32_t at = 0;
    for (int32_t b = 0; b < c->n_blocks; b++) {
        int32_t from = c->n_blocks - 1 - b; /* the library's form is upper triangular, so the order is
                                             * reversed */
        for (int32_t i = start[from]; i < start[from + 1]; i++) {
            c->block[order[i]] = b;
            c->place[order[i]] = at;
            c->species[at++] = order[i];
        }
        c->first[b + 1] = at;
        c->largest = at - c->first[b] > c->largest ? at - c->first[b] : c->largest;
    }
    free(col);
    free(row);
    free(order);
    free(start);
    free(work);
}

/* The block of a reaction's last reactant, or -1. */
static int32_t last_block(const struct cascade *c, int32_t j)
{
    const struct crnl_model *m = c->m;
    int32_t last = -1;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        int32_t b = reads(m, e) ? c->block[m->lhs_species[e]] : -1;
        last = b > last ? b : last;
    }
    return last;
}

static void assign_reactions(struct cascade *c)
{
    const struct crnl_model *m = c->m;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t b = last_block(c, j);
        if (b >= 0) { /* otherwise the reaction depends on no species */
            csr_count(c->decided, b);
        }
    }
    csr_open(c->decided, c->n_blocks);
    int32_t n_inner = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t b = last_block(c, j);
        for (int32_t i = m->net_ptr[j]; b >= 0 && i < m->net_ptr[j + 1]; i++) {
            if (c->block[m->net_species[i]] == b) {
                c->inner[n_inner++] = i;
            }
        }
        c->inner_ptr[j + 1] = n_inner;
        if (b >= 0) {
            c->reaction[csr_place(c->decided, b)] = j;
        }
    }
}

static void place_columns(struct cascade *c)
{
    size_t n_values = 0;
    for (int32_t b = 0; b < c->n_blocks; b++) {
        size_t size = (size_t)(c->first[b + 1] - c->first[b]);
        n_values += size * size;
    }
    c->values = rt_alloc(n_values, sizeof *c->values);
    double *at = c->values;
    for (int32_t b = 0; b < c->n_blocks; b++) {
        for (int32_t i = c->first[b]; i < c->first[b + 1]; i++) {
            c->column[i] = at;
            at += c->first[b + 1] - c->first[b];
        }
    }
}

/* Writes the matrix of block b: I - gamma N V, restricted to it. */
static void fill_block(struct cascade *c, int32_t b)
{
    const struct crnl_model *m = c->m;
    int32_t first = c->first[b], size = c->first[b + 1] - first;
    memset(c->column[first], 0, (size_t)size * (size_t)size * sizeof(double));
    for (int32_t i = 0; i < size; i++) {
        c->column[first + i][i] = 1;
    }
    for (int32_t r = c->decided[b]; r < c->decided[b + 1]; r++) {
        int32_t j = c->reaction[r];
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            if (!reads(m, e) || c->block[m->lhs_species[e]] != b) {
                continue;
            }
            double *column = c->column[c->place[m->lhs_species[e]]], by = c->gamma * c->v[e];
            for (int32_t i = c->inner_ptr[j]; i < c->inner_ptr[j + 1]; i++) {
                column[c->place[m->net_species[c->inner[i]]] - first] -= by * m->net_delta[c->inner[i]];
            }
        }
    }
}

int rt_cascade_system(realtype t, N_Vector state, N_Vector f, SUNMatrix matrix, booleantype same_jacobian,
                      booleantype *current, realtype gamma, void *user, N_Vector a, N_Vector b, N_Vector d)
{
    const struct rt_ode *o = user;
    const struct rt_cvode *solver = o->data;
    struct cascade *c = solver->linear->content;
    const double *x = N_VGetArrayPointer(state);
    (void)t, (void)f, (void)matrix, (void)same_jacobian, (void)a, (void)b, (void)d;
    c->gamma = gamma * o->clock;
    for (int32_t j = 0; j < c->m->n_reactions; j++) {
        for (int32_t e = c->m->lhs_ptr[j]; e < c->m->lhs_ptr[j + 1]; e++) {
            c->v[e] = reads(c->m, e) ? rt_mass_action_partial(c->m, j, e, x, o->events.k) : 0;
        }
    }
    *current = SUNTRUE;
    for (int32_t k = 0; k < c->n_blocks; k++) {
        int32_t first = c->first[k], size = c->first[k + 1] - first;
        fill_block(c, k);
        if (SUNDlsMat_denseGETRF(&c->column[first], size, size, &c->pivot[first]) != 0) {
            return 1; /* singular: CVODE tries a smaller step */
        }
    }
    return 0;
}

/* The change of the rate of reaction j along x; with `before`, only by the reactants of blocks before this
 * one. */
static double rate_change(const struct cascade *c, int32_t j, const double *x, int32_t before)
{
    const struct crnl_model *m = c->m;
    double sum = 0;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        sum += c->block[m->lhs_species[e]] < before ? c->v[e] * x[m->lhs_species[e]] : 0;
    }
    return c->gamma * sum;
}

/* Adds what the reactions of block b receive from earlier blocks, then solves its own equations into c->x. */
static void solve_block(struct cascade *c, int32_t b, double *x)
{
    const struct crnl_model *m = c->m;
    for (int32_t r = c->decided[b]; r < c->decided[b + 1]; r++) {
        int32_t j = c->reaction[r];
        double u = rate_change(c, j, x, b);
        for (int32_t i = c->inner_ptr[j]; i < c->inner_ptr[j + 1]; i++) {
            x[m->net_species[c->inner[i]]] += u * m->net_delta[c->inner[i]];
        }
    }
    int32_t first = c->first[b], size = c->first[b + 1] - first;
    for (int32_t i = 0; i < size; i++) {
        c->x[i] = x[c->species[first + i]];
    }
    SUNDlsMat_denseGETRS(&c->column[first], size, &c->pivot[first], c->x);
}

/* Adds all changes of reaction j, times u, to x; put_block undoes those in its own block. */
static void hand_on(const struct crnl_model *m, int32_t j, double u, double *x)
{
    for (int32_t i = m->net_ptr[j]; u != 0 && i < m->net_ptr[j + 1]; i++) {
        x[m->net_species[i]] += u * m->net_delta[i];
    }
}

static void put_block(const struct cascade *c, int32_t b, double *x)
{
    for (int32_t i = c->first[b]; i < c->first[b + 1]; i++) {
        x[c->species[i]] = c->x[i - c->first[b]];
    }
}

static int solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector solution, N_Vector right,
                 realtype tolerance)
{
    struct cascade *c = solver->content;
    double *x = N_VGetArrayPointer(solution);
    (void)matrix, (void)tolerance;
    N_VScale(1, right, solution);
    for (int32_t b = 0; b < c->n_blocks; b++) {
        solve_block(c, b, x);
        put_block(c, b, x);
        for (int32_t r = c->decided[b]; r < c->decided[b + 1]; r++) {
            hand_on(c->m, c->reaction[r], rate_change(c, c->reaction[r], x, b + 1), x);
            put_block(c, b, x);
        }
    }
    return 0;
}

static void destroy_cascade(struct cascade *c)
{
    free(c->first);
    free(c->species);
    free(c->block);
    free(c->place);
    free(c->decided);
    free(c->reaction);
    free(c->inner_ptr);
    free(c->inner);
    free(c->v);
    free(c->column);
    free(c->pivot);
    free(c->values);
    free(c->x);
    free(c);
}

static int release(SUNLinearSolver solver)
{
    destroy_cascade(solver->content);
    solver->content = NULL;
    SUNLinSolFreeEmpty(solver);
    return 0;
}

static struct cascade *create_cascade(const struct crnl_model *m, const struct rt_jacobian *jac)
{
    struct cascade *c = rt_alloc(1, sizeof *c);
    size_t reactions = (size_t)m->n_reactions, n = (size_t)m->n_species;
    c->m = m;
    find_blocks(c, jac);
    c->decided = rt_alloc((size_t)c->n_blocks + 2, sizeof *c->decided);
    c->reaction = rt_alloc(reactions, sizeof *c->reaction);
    c->inner_ptr = rt_alloc(reactions + 1, sizeof *c->inner_ptr);
    c->inner = rt_alloc((size_t)m->net_ptr[reactions], sizeof *c->inner);
    c->v = rt_alloc((size_t)m->lhs_ptr[reactions], sizeof *c->v);
    c->column = rt_alloc(n, sizeof *c->column);
    c->pivot = rt_alloc(n, sizeof *c->pivot);
    c->x = rt_alloc((size_t)c->largest, sizeof *c->x);
    assign_reactions(c);
    place_columns(c);
    return c;
}

int32_t rt_cascade_largest(const struct crnl_model *m, const struct rt_jacobian *jac)
{
    struct cascade *c = rt_alloc(1, sizeof *c);
    c->m = m;
    find_blocks(c, jac);
    int32_t largest = c->largest;
    destroy_cascade(c);
    return largest;
}

static void why_not(const struct rt_linear_facts *f, char *text, size_t size)
{
    if (!f->analytic || f->has_laws) {
        snprintf(text, size, "a rate is no mass action");
    } else if (f->largest_block > MOST_IN_BLOCK) {
        snprintf(text, size, "%d species depend on each other, at most %d may", (int)f->largest_block,
                 MOST_IN_BLOCK);
    }
}

/* The factors of the blocks, and two passes over the reactions per solution; times as for a full matrix. */
static double cost(const struct rt_linear_facts *f)
{
    const struct crnl_model *m = f->m;
    double n = m->n_species, size = f->largest_block, lhs = m->lhs_ptr[m->n_reactions],
           net = m->net_ptr[m->n_reactions];
    return (2.0 / 3 * n * size * size + 5 * lhs) / RT_STEPS_OF_SETUP +
           RT_SOLUTIONS_OF_STEP * (2 * n * size + 2 * net + lhs);
}

static bool create(struct rt_ode *o, struct rt_cvode *c)
{
    return rt_linear_shell(c, SUNLINEARSOLVER_DIRECT, create_cascade(o->m, &c->jacobian), solve, release) &&
           CVodeSetLinearSolver(c->memory, c->linear, c->matrix) == CVLS_SUCCESS &&
           CVodeSetLinSysFn(c->memory, rt_cascade_system) == CVLS_SUCCESS;
}

const struct rt_linear rt_linear_blocks = {why_not, cost, create, NULL};
