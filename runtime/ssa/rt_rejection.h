/* The tables of the rejection kernel. */
#ifndef RT_REJECTION_H
#define RT_REJECTION_H

#include "runtime/rt_model.h"

enum { MOST_CHANGES = 8, MOST_KEYS = 2046, NO_KEY = -1 };

/* An amount and the interval in which the bounds of what reads it hold. */
struct interval {
    double x, low, high;
    float taken;   /* most of it that a reaction takes */
    float readers; /* reactions that read it */
};

/* A reaction, in one line of the cache. Its propensity is k x[s1] (x[s2] - pair), with x = 1 behind the last
 * species. */
struct channel {
    double k;
    int32_t s1, s2;
    uint8_t pair, n_changes;
    bool is_general; /* it does not fit: the model says what it is */
    int8_t delta[MOST_CHANGES];
    int32_t species[MOST_CHANGES];
};

/* Who reads a species: what its bound needs. */
struct reader {
    double k;
    int32_t s1, s2;
    int32_t reaction;
    uint8_t pair;
    bool is_general;
};

/* Reactions whose bounds have one power of two above them. */
struct group {
    double ceiling, inverse;
    int32_t key, n, cap;
    int32_t *member;
};

struct rejection {
    const struct crnl_model *m;
    bool is_fresh, is_summed;
    int32_t n_past; /* reactions whose bounds are past all ceilings */
    double total;
    struct interval *amount; /* [n_species + 1] */
    struct channel *channel; /* [n_reactions] */
    int32_t *reader_ptr;     /* [n_species + 1] */
    struct reader *reader;
    int16_t *key;        /* [n_reactions] of its group; NO_KEY: it cannot fire */
    int32_t *place;      /* [n_reactions] in its group */
    struct group *group; /* in descending order */
    double *sum;         /* [n_groups] members times ceiling; padded with 0 to a multiple of 4 */
    int32_t n_groups, cap_groups, n_spare; /* spare: memory of members, behind the groups in use */
    int16_t where[MOST_KEYS];              /* of a key in `group`; -1 */
    int32_t *out;                          /* [n_species] amounts that have left their intervals */
};

void *rt_rejection_create(const struct crnl_model *m);
void rt_rejection_destroy(void *kernel);
/* No group is left: where they stand is part of what a run draws, and must not tell of the run before. */
void rt_rejection_clear(struct rejection *r);
/* The group of a key, made if it is not there. */
int32_t rt_rejection_group(struct rejection *r, int32_t key);

#endif
