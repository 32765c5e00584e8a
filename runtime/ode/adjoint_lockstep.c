/* Backward in lockstep: the steps of runs that went forward together, those of them that have come to their
 * derivatives (rt_lockstep.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_lockstep.h"
#include "runtime/rt_meeting.h"

struct together {
    const struct lockstep *l;
    const struct lockstep_steps *steps;
    struct adjoint *const *a;
    int n;
    int64_t value;     /* number of values that are still to be added */
    double *x, *y;     /* [n] of one lane */
    double *k, *k_bar; /* [n_k][wide] */
    double *k_of_all;  /* [n_k] constants that are the same in all lanes; NULL: they are not */
    int64_t n_k;       /* constants in the order of emitted code, or of pairs */
    struct vjp_pairs pairs;
    double *pairs_d;
    struct lockstep_all all;
};

static void rhs_of_all(void *env, double t, const double *x, double *dx)
{
    lockstep_rhs(&((const struct together *)env)->all, t, x, dx);
}

static void rhs_of_one(void *env, double t, const double *x, double *dx)
{
    static const struct course_item step = {.after = -INFINITY, .turn = INFINITY};
    adjoint_rhs(((const struct together *)env)->a[0], &step, t, x, dx);
}

static void reverse_of_all(void *env, double t, const double *x, const double *y, double *x_bar)
{
    const struct together *g = env;
    const struct crnl_model *m = g->l->m;
    if (g->l->parts) {
        g->steps->reverse(&g->pairs, g->k, g->k_of_all, x, y, x_bar, g->k_bar, g->pairs_d);
    } else {
        m->reverse_lanes(g->l->level, m->env, t, x, NULL, g->k, y, x_bar, g->k_bar, NULL);
    }
}

static void reverse_of_one(void *env, double t, const double *x, const double *y, double *x_bar)
{
    const struct together *g = env;
    vjp_rhs(&g->a[0]->v, t, x, y, x_bar);
}

static void add_value(struct together *g, const struct lockstep_values *v, const double *x, double *y)
{
    const struct lockstep *l = g->l;
    for (int k = 0; k < g->n; k++) {
        struct adjoint *a = g->a[k];
        int lane = a->c->lane;
        for (int64_t s = 0; s < l->n; s++) {
            g->x[s] = x[s * l->wide + lane];
            g->y[s] = y[s * l->wide + lane];
        }
        adjoint_samples(a, v->first, v->n, v->t, g->x, g->y);
        for (int64_t s = 0; s < l->n; s++) {
            y[s * l->wide + lane] = g->y[s];
        }
    }
}

static void add_values(void *env, int64_t step, double *y)
{
    struct together *g = env;
    const struct lockstep *l = g->l;
    for (; g->value > 0 && l->values[g->value - 1].step == step; g->value--) {
        add_value(g, &l->values[g->value - 1], l->value + (g->value - 1) * l->n * l->wide, y);
    }
}

/* All pieces, the last one first. Their states are computed again, if they were not kept. */
static void take_back(struct together *g, const struct lockstep_code *code, double *y, double *room)
{
    const struct lockstep *l = g->l;
    int64_t width = l->n * l->wide;
    double *state = l->state ? l->state : lockstep_numbers((l->piece * 4 + 1) * l->n, l->wide),
           *most = lockstep_numbers(l->n, l->wide);
    bool *good = rt_alloc((size_t)l->wide, sizeof *good);
    memset(most, 0, (size_t)width * sizeof *most);
    for (int64_t i = (l->n_steps - 1) / l->piece; i >= 0; i--) {
        int64_t at = i * l->piece, left = l->n_steps - at;
        struct lockstep_piece p = {l->n, at, left < l->piece ? left : l->piece, l->t + at, state};
        if (!l->state) {
            memcpy(state, l->start + i * width, (size_t)width * sizeof *state);
            g->steps->forward(&p, code, most, good, room);
        }
        g->steps->backward(&p, code, y, room);
    }
    free(state == l->state ? NULL : state);
    free(most);
    free(good);
}

/* The constants of reactions, in the order in which they are taken back. */
static const int32_t *order_of(struct together *g)
{
    const struct crnl_model *m = g->l->m;
    if (!g->l->parts) {
        g->n_k = m->n_reverse;
        return m->reverse_order;
    }
    vjp_pairs_create(&g->pairs, m);
    g->pairs_d = lockstep_numbers(g->pairs.n_changes, g->l->wide);
    g->n_k = g->pairs.n;
    return g->pairs.reaction;
}

static void begin_lanes(struct together *g, const int32_t *order)
{
    const struct lockstep *l = g->l;
    size_t bytes = (size_t)(g->n_k * l->wide) * sizeof(double);
    bool same = l->parts != NULL;
    g->all = lockstep_all_of(l);
    g->k = lockstep_numbers(g->n_k, l->wide);
    g->k_bar = lockstep_numbers(g->n_k, l->wide);
    g->k_of_all = rt_alloc((size_t)g->n_k, sizeof *g->k_of_all);
    memset(g->k_bar, 0, bytes);
    for (int64_t i = 0; i < g->n_k; i++) {
        double *k = g->k + i * l->wide;
        for (int lane = 0; lane < l->wide; lane++) {
            k[lane] = order[i] >= 0 ? l->k[order[i] * l->wide + lane] : 0;
            same &= k[lane] == k[0];
        }
        g->k_of_all[i] = k[0];
    }
    if (!same) {
        free(g->k_of_all);
        g->k_of_all = NULL;
    }
}

/* Adds the derivatives by constants. No reaction is off in a run of which nothing but steps is left. */
static void end_lanes(struct together *g, const int32_t *order)
{
    const struct lockstep *l = g->l;
    for (int i = 0; i < g->n; i++) {
        struct vjp *v = &g->a[i]->v;
        for (int64_t j = 0; j < g->n_k; j++) {
            double *to = l->parts ? &v->k_bar[order[j]] : &v->packed_bar[j];
            *to += g->k_bar[j * l->wide + g->a[i]->c->lane];
        }
    }
    free(g->all.term);
    free(g->k);
    free(g->k_bar);
    free(g->k_of_all);
    free(g->pairs_d);
    vjp_pairs_destroy(&g->pairs);
}

static void back_together(void *const *request, int n)
{
    struct adjoint *a[CRNL_LANES];
    for (int i = 0; i < n; i++) {
        a[i] = request[i];
    }
    const struct lockstep *l = a[0]->c->lockstep;
    int64_t wide = l->wide, width = l->n * wide;
    double *room = lockstep_numbers((LOCKSTEP_ROOM + 3) * l->n, l->wide), *y = room + LOCKSTEP_ROOM * width;
    struct together g = {.l = l,
                         .steps = lockstep_steps_of(l),
                         .a = a,
                         .n = n,
                         .value = l->n_values,
                         .x = y + width,
                         .y = y + 2 * width};
    memset(y, 0, (size_t)width * sizeof *y);
    for (int i = 0; i < n; i++) {
        for (int64_t s = 0; s < l->n; s++) {
            y[s * wide + a[i]->c->lane] = a[i]->y[s];
        }
    }
    struct lockstep_code code = {.rhs = wide > 1 ? rhs_of_all : rhs_of_one,
                                 .reverse = wide > 1 ? reverse_of_all : reverse_of_one,
                                 .values = add_values,
                                 .env = &g,
                                 .table = a[0]->table};
    const int32_t *order = wide > 1 ? order_of(&g) : NULL;
    if (wide > 1) {
        begin_lanes(&g, order);
    }
    take_back(&g, &code, y, room);
    if (wide > 1) {
        end_lanes(&g, order);
    }
    for (int i = 0; i < n; i++) {
        for (int64_t s = 0; s < l->n; s++) {
            a[i]->y[s] = y[s * wide + a[i]->c->lane];
        }
        a[i]->started = false; /* what began there depends on no time that moves */
    }
    free(room);
}

static bool same_steps(const void *a, const void *b)
{
    const struct adjoint *x = a, *y = b;
    return x->c->lockstep == y->c->lockstep;
}

void lockstep_back(struct adjoint *a)
{
    static const struct rt_gathering gathering = {CRNL_LANES, same_steps, back_together};
    struct rt_meeting *m = a->c->lockstep->wide > 1 ? a->job->meeting : NULL;
    rt_meet(m, &gathering, a);
}
