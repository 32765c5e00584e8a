/* Backpropagation through mass action reactions: their order, in which those of at most two reactants, which
 * most are, stand by their pair of reactants, and the changes that they make. Of those that make the same
 * changes, as many as there are catalysts in a network of tensors, the sum of delta y is the same. The loops
 * are in pairs_lanes.h. */
#include <stdlib.h>
#include <string.h>

#include "pairs_lanes.h"
#include "runtime/crnl_csr.h"

/* Finds the pair of reactants of a reaction, species n for one that is missing; returns false if it has more
 * reactants. */
static bool pair_of(const struct crnl_model *m, int32_t j, int32_t s[2])
{
    double count = 0;
    int32_t n = 0;
    s[0] = s[1] = m->n_species;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        count += m->lhs_count[e];
        for (double c = 0; c < m->lhs_count[e] && count <= 2; c++) {
            s[n++] = m->lhs_species[e];
        }
    }
    return count <= 2;
}

/* Sorts the reactions `from` into `to` by one reactant of their pair, those with the same one in the order in
 * which they were. */
static void sort_by(int which, int32_t (*pair)[2], int32_t *ptr, int32_t n_species, int32_t n,
                    const int32_t *from, int32_t *to)
{
    memset(ptr, 0, ((size_t)n_species + 3) * sizeof *ptr);
    for (int32_t i = 0; i < n; i++) {
        csr_count(ptr, pair[from[i]][which]);
    }
    csr_open(ptr, n_species + 1);
    for (int32_t i = 0; i < n; i++) {
        to[csr_place(ptr, pair[from[i]][which])] = from[i];
    }
}

static void order_reactions(struct vjp_pairs *v, const struct crnl_model *m)
{
    size_t n = (size_t)m->n_reactions + 1;
    int32_t(*pair)[2] = rt_alloc(n, sizeof *pair), *own = rt_alloc(n, sizeof *own),
    *by_q = rt_alloc(n, sizeof *by_q), *ptr = rt_alloc((size_t)m->n_species + 3, sizeof *ptr);
    int32_t n_others = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (rt_law(m, j) < 0 && pair_of(m, j, pair[j])) {
            own[v->n_members++] = j;
        } else if (rt_law(m, j) < 0) {
            by_q[n_others++] = j;
        }
    }
    v->n = v->n_members + n_others;
    memcpy(v->reaction + v->n_members, by_q, (size_t)n_others * sizeof *by_q);
    sort_by(1, pair, ptr, m->n_species, v->n_members, own, by_q);
    sort_by(0, pair, ptr, m->n_species, v->n_members, by_q, v->reaction);
    for (int32_t i = 0; i < v->n_members; i++) {
        const int32_t *s = pair[v->reaction[i]], *before = i ? pair[v->reaction[i - 1]] : NULL;
        if (!before || s[0] != before[0] || s[1] != before[1]) {
            v->pair[v->n_pairs++] = (struct vjp_pair){s[0], s[1], i};
        }
    }
    v->pair[v->n_pairs].first = v->n_members;
    free(pair);
    free(own);
    free(by_q);
    free(ptr);
}

static bool same_changes(const struct crnl_model *m, int32_t i, int32_t j)
{
    int32_t a = m->net_ptr[i], b = m->net_ptr[j];
    size_t n = (size_t)(m->net_ptr[i + 1] - a);
    return m->net_ptr[j + 1] - b == (int32_t)n &&
           memcmp(m->net_species + a, m->net_species + b, n * sizeof *m->net_species) == 0 &&
           memcmp(m->net_delta + a, m->net_delta + b, n * sizeof *m->net_delta) == 0;
}

static uint32_t hash_of(const struct crnl_model *m, int32_t j)
{
    const uint32_t factor = 0x9e3779b1;
    uint32_t h = 0;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        h = (h ^ (uint32_t)m->net_species[e] ^ (m->net_delta[e] < 0 ? 1U << 31 : 0)) * factor;
        h ^= h >> 15;
    }
    return h;
}

/* Copies the changes of the reactions `maker`, one after the other. */
static void copy_changes(struct vjp_pairs *v, const struct crnl_model *m, const int32_t *maker)
{
    v->change_ptr = rt_alloc((size_t)v->n_changes + 1, sizeof *v->change_ptr);
    for (int32_t c = 0; c < v->n_changes; c++) {
        v->change_ptr[c + 1] = v->change_ptr[c] + m->net_ptr[maker[c] + 1] - m->net_ptr[maker[c]];
    }
    v->species = rt_alloc((size_t)v->change_ptr[v->n_changes], sizeof *v->species);
    v->delta = rt_alloc((size_t)v->change_ptr[v->n_changes], sizeof *v->delta);
    for (int32_t c = 0; c < v->n_changes; c++) {
        int32_t from = m->net_ptr[maker[c]];
        size_t n = (size_t)(v->change_ptr[c + 1] - v->change_ptr[c]);
        memcpy(v->species + v->change_ptr[c], m->net_species + from, n * sizeof *v->species);
        memcpy(v->delta + v->change_ptr[c], m->net_delta + from, n * sizeof *v->delta);
    }
}

static void find_changes(struct vjp_pairs *v, const struct crnl_model *m)
{
    uint32_t size = 2;
    while (size < 2 * (uint32_t)v->n) {
        size *= 2;
    }
    int32_t *table = rt_alloc(size, sizeof *table);         /* 1 + the index of a change */
    int32_t *maker = rt_alloc((size_t)v->n, sizeof *maker); /* of a change: a reaction that makes it */
    for (int32_t i = 0; i < v->n; i++) {
        int32_t j = v->reaction[i];
        uint32_t at = hash_of(m, j) & (size - 1);
        while (table[at] && !same_changes(m, maker[table[at] - 1], j)) {
            at = (at + 1) & (size - 1);
        }
        if (!table[at]) {
            maker[v->n_changes++] = j;
            table[at] = v->n_changes;
        }
        v->change[i] = table[at] - 1;
    }
    copy_changes(v, m, maker);
    free(table);
    free(maker);
}

void vjp_pairs_create(struct vjp_pairs *v, const struct crnl_model *m)
{
    size_t n = (size_t)m->n_reactions + 1;
    *v = (struct vjp_pairs){.m = m};
    v->pair = rt_alloc(n, sizeof *v->pair);
    v->reaction = rt_alloc(n, sizeof *v->reaction);
    v->change = rt_alloc(n, sizeof *v->change);
    order_reactions(v, m);
    find_changes(v, m);
}

void vjp_pairs_destroy(struct vjp_pairs *v)
{
    free(v->pair);
    free(v->reaction);
    free(v->change);
    free(v->change_ptr);
    free(v->species);
    free(v->delta);
}

void vjp_pairs_rhs(const struct vjp_pairs *v, const double *k, const double *x, const double *y,
                   double *x_bar, double *k_bar, double *d)
{
    pairs_reverse(v, NULL, k, x, y, x_bar, k_bar, d);
}
