/* The reverse of mass action, for WIDE runs side by side (rt_lane.h). For a pair (p, q) with m = x_p x_q and
 * reactions j that contribute d_j = sum of delta y,
 *
 *   k_bar_j += d_j m,   x_bar_p += x_q sum_j k_j d_j,   x_bar_q += x_p sum_j k_j d_j
 *
 * If a reactant is missing, species n, with amount 1, takes its place. */
#ifndef RT_PAIRS_LANES_H
#define RT_PAIRS_LANES_H

#include <string.h>

#include "rt_adjoint.h"
#include "rt_lane.h"

/* v x^n */
INLINE void lane_times_power(lane *v, const lane *x, double n)
{
#if WIDE > 1
    for (double i = 0; i < n; i++) {
        *v *= *x;
    }
#else
    *v = rt_times_power(*v, *x, n);
#endif
}

INLINE void pairs_gains(const struct vjp_pairs *v, const lane *y, lane *d)
{
    const int32_t *species = v->species;
    const double *delta = v->delta;
    for (int32_t c = 0, n = v->n_changes; c < n; c++) {
        int32_t from = v->change_ptr[c], end = v->change_ptr[c + 1];
        if (end - from == 2) {
            d[c] = delta[from] * y[species[from]] + delta[from + 1] * y[species[from + 1]];
            continue;
        }
        lane sum = {0};
        for (int32_t e = from; e < end; e++) {
            sum += delta[e] * y[species[e]];
        }
        d[c] = sum;
    }
}

/* A reaction of more than two reactants. */
INLINE void pairs_other(const struct crnl_model *m, int32_t j, const lane *k, const lane *d, const lane *x,
                        lane *x_bar, lane *k_bar)
{
    const lane none = {0};
    lane product = 1 - none;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        lane part = *k * m->lhs_count[e];
        for (int32_t f = m->lhs_ptr[j]; f < m->lhs_ptr[j + 1]; f++) {
            lane power = 1 - none;
            lane_times_power(&power, &x[m->lhs_species[f]], m->lhs_count[f] - (f == e ? 1 : 0));
            part *= power;
        }
        x_bar[m->lhs_species[e]] += *d * part;
        lane_times_power(&product, &x[m->lhs_species[e]], m->lhs_count[e]);
    }
    *k_bar += *d * product;
}

/* The amount of a reactant, 1 if it is missing. */
INLINE void pairs_amount(const lane *x, int32_t s, int32_t n, lane *to)
{
    const lane none = {0};
    *to = 1 - none;
    if (s < n) {
        *to = x[s];
    }
}

/* Writes y^T df/dx to x_bar, and adds y^T df/dk to k_bar, in the order of v->reaction. Constants, in that
 * order, are k or, if that is NULL, k_of_all in all lanes. d: room for v->n_changes. */
INLINE void pairs_reverse(const struct vjp_pairs *v, const lane *k, const double *k_of_all, const lane *x,
                          const lane *y, lane *x_bar, lane *k_bar, lane *d)
{
    const int32_t *change = v->change, n = v->m->n_species;
    memset(x_bar, 0, (size_t)n * sizeof *x_bar);
    pairs_gains(v, y, d);
    for (int32_t p = 0, n_pairs = v->n_pairs; p < n_pairs; p++) {
        const struct vjp_pair pair = v->pair[p];
        const int32_t end = v->pair[p + 1].first;
        lane own_p, own_q, gain = {0};
        pairs_amount(x, pair.p, n, &own_p);
        pairs_amount(x, pair.q, n, &own_q);
        lane m = own_p * own_q;
#pragma GCC unroll 4
        for (int32_t i = pair.first; i < end; i++) {
            lane by = d[change[i]], own_k;
            lane_constant(&own_k, k, k_of_all, i);
            gain += own_k * by;
            k_bar[i] += by * m;
        }
        if (pair.p < n) {
            x_bar[pair.p] += gain * own_q;
        }
        if (pair.q < n) {
            x_bar[pair.q] += gain * own_p;
        }
    }
    for (int32_t i = v->n_members; i < v->n; i++) {
        lane own_k;
        lane_constant(&own_k, k, k_of_all, i);
        pairs_other(v->m, v->reaction[i], &own_k, &d[v->change[i]], x, x_bar, &k_bar[i]);
    }
}

#endif
