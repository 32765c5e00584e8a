/* Backpropagation through mass action reactions with at most two reactants that change at most two species;
 * most reactions are such. Reactions with the same pair of reactants are stored together. For a pair (p, q)
 * with m = x_p x_q and reactions j that contribute d_j = sum of delta y,
 *
 *   k_bar_j += d_j m,   x_bar_p += x_q sum_j k_j d_j,   x_bar_q += x_p sum_j k_j d_j
 *
 * If a reactant is missing, species n, with amount 1 and adjoint 0, takes its place. */
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"

struct member {
    int32_t p, q, reaction;
};

static int by_pair(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return x->p != y->p   ? (x->p > y->p) - (x->p < y->p)
           : x->q != y->q ? (x->q > y->q) - (x->q < y->q)
                          : (x->reaction > y->reaction) - (x->reaction < y->reaction);
}

/* Finds the pair of reactants of a reaction; returns false if it has more reactants, or a law, or changes
 * more than two species. */
static bool pair_of(const struct crnl_model *m, int32_t j, struct member *to)
{
    double count = 0;
    int32_t s[2] = {m->n_species, m->n_species}, n = 0;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        count += m->lhs_count[e];
        for (double c = 0; c < m->lhs_count[e] && count <= 2; c++) {
            s[n++] = m->lhs_species[e];
        }
    }
    *to = (struct member){s[0], s[1], j};
    return m->law_slot[j] < 0 && count <= 2 && m->net_ptr[j + 1] - m->net_ptr[j] <= 2;
}

void vjp_pairs_create(struct vjp_pairs *v, const struct crnl_model *m)
{
    size_t n = (size_t)m->n_reactions + 1;
    struct member *list = rt_alloc(n, sizeof *list);
    v->is_member = rt_alloc(n, sizeof *v->is_member);
    v->pair = rt_alloc(n, sizeof *v->pair);
    v->member = rt_alloc(n, sizeof *v->member);
    v->x = rt_alloc(3 * ((size_t)m->n_species + 1), sizeof *v->x);
    v->n_species = m->n_species;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        v->is_member[j] = pair_of(m, j, &list[v->n_members]);
        v->n_members += v->is_member[j];
    }
    qsort(list, (size_t)v->n_members, sizeof *list, by_pair);
    for (int32_t i = 0; i < v->n_members; i++) {
        const struct member *l = &list[i];
        if (i == 0 || l->p != list[i - 1].p || l->q != list[i - 1].q) {
            v->pair[v->n_pairs++] = (struct vjp_pair){l->p, l->q, i};
        }
        struct vjp_member *to = &v->member[i];
        *to = (struct vjp_member){.reaction = l->reaction, .s = {m->n_species, m->n_species}};
        for (int32_t e = m->net_ptr[l->reaction], k = 0; e < m->net_ptr[l->reaction + 1]; e++, k++) {
            to->s[k] = m->net_species[e];
            to->delta[k] = m->net_delta[e];
        }
    }
    v->pair[v->n_pairs].first = v->n_members;
    free(list);
}

void vjp_pairs_flush(struct vjp_pairs *v, double *k_bar)
{
    for (int32_t i = 0; i < v->n_members; i++) {
        k_bar[v->member[i].reaction] += v->member[i].k_bar;
        v->member[i].k_bar = 0;
    }
}

void vjp_pairs_destroy(struct vjp_pairs *v)
{
    free(v->is_member);
    free(v->pair);
    free(v->member);
    free(v->x);
}

void vjp_pairs_set(struct vjp_pairs *v, const double *k, const uint8_t *on)
{
    for (int32_t i = 0; i < v->n_members; i++) {
        v->member[i].k = k[v->member[i].reaction];
        v->member[i].on = !on || on[v->member[i].reaction] ? 1 : 0;
    }
}

void vjp_pairs_rhs(struct vjp_pairs *v, const double *x, const double *y, double *x_bar)
{
    size_t n = (size_t)v->n_species;
    double *own = v->x, *adjoint = own + n + 1, *bar = adjoint + n + 1;
    memcpy(own, x, n * sizeof *x);
    memcpy(adjoint, y, n * sizeof *y);
    memset(bar, 0, (n + 1) * sizeof *bar);
    own[n] = 1;
    adjoint[n] = 0;
    for (int32_t p = 0; p < v->n_pairs; p++) {
        const struct vjp_pair *pair = &v->pair[p];
        double m = own[pair->p] * own[pair->q], gain = 0;
        for (int32_t i = pair->first; i < pair[1].first; i++) {
            struct vjp_member *j = &v->member[i];
            double d = j->on * (j->delta[0] * adjoint[j->s[0]] + j->delta[1] * adjoint[j->s[1]]);
            gain += j->k * d;
            j->k_bar += d * m;
        }
        bar[pair->p] += gain * own[pair->q];
        bar[pair->q] += gain * own[pair->p];
    }
    for (size_t s = 0; s < n; s++) {
        x_bar[s] = bar[s];
    }
}
