/* Vector-Jacobian products of right sides and of expressions of a network: derivatives backwards. */
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"

void vjp_create(struct vjp *v, const struct rt_job *job, double *k_bar, double *p_bar)
{
    const struct crnl_model *m = job->m;
    *v = (struct vjp){.m = m, .p = job->param, .k = job->k, .k_bar = k_bar, .p_bar = p_bar};
    v->n_globals = 1 + m->n_species + job->spec->n_captures;
    v->global = rt_alloc((size_t)v->n_globals, sizeof *v->global);
    v->global_bar = rt_alloc((size_t)v->n_globals, sizeof *v->global_bar);
    v->law_bar = rt_alloc((size_t)m->n_law_slots, sizeof *v->law_bar);
    v->value_bar = rt_alloc((size_t)m->n_value_slots, sizeof *v->value_bar);
    if (m->reverse) {
        v->packed_k = rt_alloc((size_t)m->n_reverse, sizeof *v->packed_k);
        v->packed_bar = rt_alloc((size_t)m->n_reverse, sizeof *v->packed_bar);
    } else {
        rt_reversal_create(&v->laws, &m->law_tape);
    }
    rt_reversal_create(&v->values, &m->value_tape);
}

void vjp_destroy(struct vjp *v)
{
    free(v->global);
    free(v->global_bar);
    free(v->law_bar);
    free(v->value_bar);
    free(v->packed_k);
    free(v->packed_bar);
    if (!v->m->reverse) {
        vjp_pairs_destroy(&v->pairs);
        free(v->pairs_d);
        rt_reversal_destroy(&v->laws);
    }
    rt_reversal_destroy(&v->values);
}

/* The order of packed constants: places and reactions; -1: none. */
static const int32_t *packed_order(const struct vjp *v, int32_t *n)
{
    *n = v->m->reverse ? v->m->n_reverse : v->pairs.n;
    return v->m->reverse ? v->m->reverse_order : v->pairs.reaction;
}

void vjp_flush(struct vjp *v)
{
    int32_t n;
    const int32_t *order = packed_order(v, &n);
    for (int32_t i = 0; i < n; i++) {
        int32_t j = order[i];
        if (j >= 0 && (!v->on || v->on[j])) {
            v->k_bar[j] += v->packed_bar[i];
        }
        v->packed_bar[i] = 0;
    }
}

void vjp_set(struct vjp *v)
{
    int32_t n;
    const int32_t *order = packed_order(v, &n);
    for (int32_t i = 0; i < n; i++) {
        v->packed_k[i] = order[i] >= 0 ? v->k[order[i]] : 0;
    }
}

static void make_pairs(struct vjp *v)
{
    vjp_pairs_create(&v->pairs, v->m);
    v->pairs_d = rt_alloc((size_t)v->pairs.n_changes, sizeof *v->pairs_d);
    v->packed_k = rt_alloc((size_t)v->pairs.n, sizeof *v->packed_k);
    v->packed_bar = rt_alloc((size_t)v->pairs.n, sizeof *v->packed_bar);
    vjp_set(v);
}

static void set_globals(struct vjp *v, double t, const double *x)
{
    v->global[0] = t;
    memcpy(v->global + 1, x, (size_t)v->m->n_species * sizeof *x);
}

/* Adds the derivatives of tapes by amounts to x_bar; returns that by the time. */
static double take_globals(struct vjp *v, double *x_bar)
{
    double by_time = v->global_bar[0];
    v->global_bar[0] = 0;
    for (int32_t s = 0; s < v->m->n_species; s++) {
        x_bar[s] += v->global_bar[1 + s];
        v->global_bar[1 + s] = 0;
    }
    memset(v->global_bar + 1 + v->m->n_species, 0,
           (size_t)(v->n_globals - 1 - v->m->n_species) * sizeof *v->global_bar);
    return by_time;
}

/* The sum of y over the changes of reaction j. */
static double gain(const struct crnl_model *m, int32_t j, const double *y)
{
    double d = 0;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        d += m->net_delta[e] * y[m->net_species[e]];
    }
    return d;
}

double vjp_rhs(struct vjp *v, double t, const double *x, const double *y, double *x_bar)
{
    const struct crnl_model *m = v->m;
    if (m->reverse) {
        return m->reverse(m->env, t, x, v->p, v->packed_k, y, x_bar, v->packed_bar, v->p_bar);
    }
    if (!v->pairs.m) {
        make_pairs(v);
    }
    vjp_pairs_rhs(&v->pairs, v->packed_k, x, y, x_bar, v->packed_bar, v->pairs_d);
    if (m->n_law_slots == 0) {
        return 0;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (m->law_slot[j] >= 0) {
            v->law_bar[m->law_slot[j]] = v->on && !v->on[j] ? 0 : gain(m, j, y) * v->k[j];
        }
    }
    set_globals(v, t, x);
    rt_reversal_forward(&v->laws, &m->law_tape, v->global, (double *)(uintptr_t)v->p);
    rt_reversal_back(&v->laws, &m->law_tape, NULL, v->law_bar, v->p_bar, v->global_bar);
    return take_globals(v, x_bar);
}

double vjp_values(struct vjp *v, double t, const double *x, double *x_bar)
{
    if (!v->is_waiting) {
        return 0;
    }
    set_globals(v, t, x);
    rt_reversal_forward(&v->values, &v->m->value_tape, v->global, (double *)(uintptr_t)v->p);
    rt_reversal_back(&v->values, &v->m->value_tape, NULL, v->value_bar, v->p_bar, v->global_bar);
    memset(v->value_bar, 0, (size_t)v->m->n_value_slots * sizeof *v->value_bar);
    v->is_waiting = false;
    return take_globals(v, x_bar);
}

double vjp_value(struct vjp *v, int32_t slot, double t, const double *x, double bar, double *x_bar)
{
    v->value_bar[slot] += bar;
    v->is_waiting = true;
    return vjp_values(v, t, x, x_bar);
}

void vjp_elem_later(struct vjp *v, const struct crnl_elem *e, double bar, double *x_bar)
{
    switch (e->kind) {
    case CRNL_ELEM_SPECIES: x_bar[e->a] += bar; return;
    case CRNL_ELEM_DUAL:
        x_bar[e->a] += bar;
        x_bar[e->b] -= bar;
        return;
    case CRNL_ELEM_PARAM: v->p_bar[e->a] += bar; return;
    default: v->value_bar[v->m->value_slot[e->a]] += bar; v->is_waiting |= bar != 0;
    }
}

double vjp_elem(struct vjp *v, const struct crnl_elem *e, double t, const double *x, double bar,
                double *x_bar)
{
    vjp_elem_later(v, e, bar, x_bar);
    return vjp_values(v, t, x, x_bar);
}

void vjp_capture(struct vjp *v, const double *capture, int32_t n)
{
    if (capture && n > 0) {
        memcpy(v->global + 1 + v->m->n_species, capture, (size_t)n * sizeof *capture);
    }
}
