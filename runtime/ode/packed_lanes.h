/* The loops over packed reactions (packed_ode.c), for WIDE runs side by side (rt_lane.h). */
#ifndef RT_PACKED_LANES_H
#define RT_PACKED_LANES_H

#include "rt_lane.h"
#include "rt_packed.h"

/* The rates of the reactions with this number of factors: k x y z, from left to right. k = NULL: the
 * constants are those of p in all lanes. */
INLINE void packed_rates(const struct rt_packed *p, int n_factors, const lane *k, const lane *restrict x,
                         lane *restrict term)
{
    const int32_t *const factor[PACKED_FACTORS] = {p->factor[0], p->factor[1], p->factor[2]};
    const double *restrict k_of_all = p->k;
    int32_t n = p->first[PACKED_FACTORS + 1];
#pragma GCC unroll 4
    for (int32_t i = p->first[n_factors], end = p->first[n_factors + 1]; i < end; i++) {
        lane v;
        lane_constant(&v, k, k_of_all, i);
#pragma GCC unroll 4
        for (int f = 0; f < n_factors; f++) {
            v *= x[factor[f][i]];
        }
        term[i] = v;
        term[n + i] = -v;
    }
}

INLINE void packed_other_terms(const struct rt_packed *p, lane *term)
{
    const lane none = {0};
    const lane *rate = term;
    lane *restrict other = term + 2 * p->first[PACKED_FACTORS + 1];
    for (int32_t i = 0; i < p->n_other; i++) {
        other[i] = p->other[i] * rate[p->other_rate[i]];
    }
    other[p->n_other] = none;
}

/* Sums up the terms of a group of this width; species: the first one of the group. */
INLINE void packed_sum_group(const struct rt_packed *p, int32_t g, int width, const int32_t *species,
                             const lane *term, bool adds, lane *dx)
{
    lane sum[PACKED_SIDE] = {0}; /* in registers, if the loops over it are unrolled */
#pragma GCC unroll 8
    for (int l = 0; l < width; l++) {
        if (adds && species[l] >= 0) {
            sum[l] = dx[species[l]];
        }
    }
    const uint64_t *end = p->list + p->start[g + 1] / 2;
    for (const uint64_t *two = p->list + p->start[g] / 2; two < end; two += width / 2) {
#pragma GCC unroll 4
        for (int l = 0; l < width; l += 2) {
            sum[l] += term[(uint32_t)two[l / 2]];
            sum[l + 1] += term[two[l / 2] >> 32];
        }
    }
#pragma GCC unroll 8
    for (int l = 0; l < width; l++) {
        if (species[l] >= 0) {
            dx[species[l]] = sum[l];
        }
    }
}

/* Computes the right side of these reactions, or `adds` it to dx. term: room for as many terms as p has. */
INLINE void packed_sums(const struct rt_packed *p, const lane *k, const lane *x, lane *term, bool adds,
                        lane *dx)
{
    packed_rates(p, 0, k, x, term);
    packed_rates(p, 1, k, x, term);
    packed_rates(p, 2, k, x, term);
    packed_rates(p, 3, k, x, term);
    packed_other_terms(p, term);
    for (int32_t g = 0; g < p->n_pairs; g++) {
        packed_sum_group(p, g, PACKED_PAIR, p->species + PACKED_PAIR * g, term, adds, dx);
    }
    const int32_t *species = p->species + PACKED_PAIR * p->n_pairs;
    for (int32_t g = p->n_pairs; g < p->n_groups; g++, species += PACKED_SIDE) {
        packed_sum_group(p, g, PACKED_SIDE, species, term, adds, dx);
    }
}

#endif
