/* The tables of the SSA kernel. */
#ifndef RT_TABLE_H
#define RT_TABLE_H

#include "runtime/rt_model.h"

enum { MAX_LEVELS = 9, NO_REACTION = -1 }; /* 16^8 > 2^31 */

struct record {
    double k;
    int32_t s1, s2; /* indices in y */
    int32_t reaction;
};

struct level {
    double *v; /* padded with 0 to a multiple of CRNL_FAN */
    int32_t n;
    uint8_t *dirty;        /* [n] whether the entry is an outdated sum; these are in `list` */
    int32_t *list, n_list; /* room for one more than n + 1 */
};

struct table {
    const struct crnl_model *m;
    bool fresh;
    int32_t n_levels; /* level[0]: propensities; level[n_levels - 1] is a single group */
    struct level level[MAX_LEVELS];
    double total;
    double *y;                    /* [2 n_species + 1] */
    int32_t *fast_ptr, *slow_ptr; /* [n_species + 1] */
    struct record *fast;          /* reactions that depend on a species: order up to two */
    int32_t *slow;                /* ... other mass action reactions */
    int32_t *law_ptr, *law_dep;   /* [n_reactions + 1]: laws that an event changes; NULL if there are none */
    bool *is_law;
    bool *has_record; /* [n_reactions] whether it is in `fast` */
};

/* table_ssa.c, for the kernel of laws that read the time (table_timed.c). */
void rt_table_set(struct table *T, int32_t j, double a); /* sets a propensity; rt_table_sum then updates
                                                            sums */
void rt_table_sum(struct table *T);
/* Selects a reaction by the propensities and fires it at w->t. Returns false if w->bad has a bad propensity
 * afterwards. */
bool rt_table_event(struct table *T, struct crnl_ssa *w);
int32_t rt_table_bad(const struct table *T);
int rt_timed_ssa(struct table *T, struct crnl_ssa *w, int64_t max_events);

#endif
