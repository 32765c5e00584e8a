/* Lists of packed right sides (packed_ode.c), for its loops (packed_lanes.h). */
#ifndef RT_PACKED_H
#define RT_PACKED_H

#include "rt_ode.h"

enum { PACKED_FACTORS = 3, PACKED_PAIR = 2, PACKED_SIDE = 8 };

struct rt_packed {
    int32_t from, to; /* the reactions of which this is made */
    /* First reaction of each number of factors; first[PACKED_FACTORS + 1] is the number of reactions. The
     * last element is needed while reactions are placed. */
    int32_t first[PACKED_FACTORS + 3];
    int32_t *factor[PACKED_FACTORS]; /* [n] */
    double *k;                       /* [n] constants */
    double *term;                    /* rates, negative rates, terms of other changes, and at last a 0 */
    int32_t n_other, zero;           /* zero: the index of that 0 */
    int32_t *other_rate;             /* of a term that is neither the rate nor its negative: the reaction, */
    double *other;                   /* and the change */
    /* Species by their numbers of terms, most terms first; -1: none, up to a full group. First n_pairs groups
     * of PACKED_PAIR, then groups of PACKED_SIDE. */
    int32_t *species;
    int32_t n_pairs, n_groups;
    int32_t *start; /* [n_groups + 1] into list, where a group begins */
    /* Indices of terms, those of the amounts of a group side by side. Two indices stand in one number, the
     * first one in its lower half: the loop over indices is bound by the number of its loads. */
    uint64_t *list;
    int32_t *count, *place, *bucket; /* scratch: of amounts; by counts */
    int32_t *slot;                   /* [to - from] place of a reaction; -1: its constant is 0 */
    int32_t most;                    /* most terms of an amount, if all reactions are active */
};

/* Of the reactions from .. to alone. */
struct rt_packed *rt_packed_part(const struct crnl_model *m, int32_t from, int32_t to);

#endif
