/* The tables of the rejection kernel. */
#ifndef RT_REJECTION_H
#define RT_REJECTION_H

#include "runtime/rt_model.h"

/* A key counts the ceilings that are below: FINE of them between two powers of two, evenly spaced. */
enum { MOST_CHANGES = 8, FINE_BITS = 1, FINE = 1 << FINE_BITS, LEAST_KEY = 2 * FINE - 1 };
enum { MOST_KEYS = 2047 * FINE - 1, NO_KEY = -1, GROUPS_OF_BLOCK = 8, MOST_AHEAD = 4 };

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

/* Reactions whose bounds have one ceiling above them. */
struct group {
    double ceiling, inverse;
    int32_t key, n, cap;
    int32_t *member;
};

/* A reaction that is tried: it fires if its propensity is not below. */
struct candidate {
    int32_t reaction;
    double least;
};

struct rejection {
    const struct crnl_model *m;
    bool is_fresh, is_summed;
    int32_t n_past; /* reactions whose bounds are past all ceilings */
    /* Candidates are drawn some at a time, as their memory is far away, and are void once groups change.
     * Then one at a time, twice as many whenever all were used. */
    int32_t n_drawn, n_used, ahead;
    struct candidate candidate[MOST_AHEAD];
    double total;
    struct interval *amount; /* [n_species + 1] */
    struct channel *channel; /* [n_reactions] */
    int32_t *reader_ptr;     /* [n_species + 1] */
    struct reader *reader;
    int16_t *key;        /* [n_reactions] of its group; NO_KEY: it cannot fire */
    int32_t *place;      /* [n_reactions] in its group */
    struct group *group; /* in descending order */
    double *sum;         /* [n_groups] members times ceiling; padded with 0 to whole blocks */
    double *upto;        /* [blocks] of GROUPS_OF_BLOCK groups: their sum, with those before them */
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
