/* Backward in lockstep: the steps of runs that went forward together, those of them that have come to their
 * derivatives (rt_lockstep.h). */
#include <stdlib.h>
#include <string.h>

#include "rt_lockstep.h"
#include "runtime/rt_meeting.h"

struct together {
    struct lockstep *l;
    struct adjoint *const *a;
    int n;
    double *k, *k_bar; /* [n_reverse][wide] */
    double *x, *y;     /* [n] of one lane */
};

static void reverse_of_all(void *env, double t, const double *x, const double *y, double *x_bar)
{
    const struct together *g = env;
    const struct crnl_model *m = g->l->m;
    m->reverse_lanes(g->l->level, m->env, t, x, NULL, g->k, y, x_bar, g->k_bar, NULL);
}

static void reverse_of_one(void *env, double t, const double *x, const double *y, double *x_bar)
{
    const struct together *g = env;
    vjp_rhs(&g->a[0]->v, t, x, y, x_bar);
}

static void add_values(void *env, int64_t i, double *y)
{
    const struct together *g = env;
    const struct lockstep *l = g->l;
    const struct lockstep_values *v = &l->values[i];
    const double *x = l->state + v->step * 4 * l->n * l->wide;
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

static const struct lockstep_steps *steps_of(const struct lockstep *l)
{
    return l->wide == 1 ? &lockstep_one : l->level == CRNL_LANES_AVX512 ? &lockstep_avx512 : &lockstep_avx2;
}

static void back_together(void *const *request, int n)
{
    struct adjoint *a[CRNL_LANES];
    for (int i = 0; i < n; i++) {
        a[i] = request[i];
    }
    struct lockstep *l = a[0]->c->lockstep;
    int64_t wide = l->wide, n_k = wide > 1 ? l->m->n_reverse : 0;
    double *room = rt_alloc_table((size_t)((LOCKSTEP_ROOM + 3) * l->n * wide), sizeof *room),
           *y = room + LOCKSTEP_ROOM * l->n * wide;
    struct together g = {l, a, n, NULL, NULL, y + l->n * wide, y + 2 * l->n * wide};
    memset(y, 0, (size_t)(l->n * wide) * sizeof *y);
    g.k = rt_alloc_table((size_t)(n_k * wide), sizeof *g.k);
    g.k_bar = rt_alloc_table((size_t)(n_k * wide), sizeof *g.k_bar);
    memset(g.k, 0, (size_t)(n_k * wide) * sizeof *g.k);
    memset(g.k_bar, 0, (size_t)(n_k * wide) * sizeof *g.k_bar);
    for (int i = 0; i < n; i++) {
        for (int64_t s = 0; s < l->n; s++) {
            y[s * wide + a[i]->c->lane] = a[i]->y[s];
        }
        for (int64_t j = 0; j < n_k; j++) {
            g.k[j * wide + a[i]->c->lane] = a[i]->v.packed_k[j];
        }
    }
    const struct lockstep_code code = {.reverse = wide > 1 ? reverse_of_all : reverse_of_one,
                                       .values = add_values,
                                       .env = &g,
                                       .table = a[0]->table};
    steps_of(l)->backward(l, &code, y, room);
    for (int i = 0; i < n; i++) {
        for (int64_t s = 0; s < l->n; s++) {
            a[i]->y[s] = y[s * wide + a[i]->c->lane];
        }
        for (int64_t j = 0; j < n_k; j++) {
            a[i]->v.packed_bar[j] += g.k_bar[j * wide + a[i]->c->lane];
        }
        a[i]->started = false; /* what began there depends on no time that moves */
    }
    free(g.k);
    free(g.k_bar);
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
