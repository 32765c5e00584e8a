/* The tables of the rejection kernel. */
#ifndef RT_REJECTION_H
#define RT_REJECTION_H

#include "runtime/rt_model.h"

/* A key is the number of ceilings below it: there are FINE of them between two powers of two, evenly
 * spaced. */
enum { MOST_CHANGES = 8, FINE_BITS = 1, FINE = 1 << FINE_BITS, LEAST_KEY = 2 * FINE - 1 };
enum { MOST_KEYS = 2047 * FINE - 1, NO_KEY = -1, GROUPS_OF_BLOCK = 8, MOST_AHEAD = 4 };

/* An amount, and the interval within which the bounds of its readers hold. */
struct interval {
    double x, low, high;
    float taken;   /* the largest number of molecules that a reaction takes */
    float readers; /* number of reactions that read it */
};

/* A reaction, in a cache line. Its propensity is k x[s1] (x[s2] - pair), where x = 1 after the last
 * species. */
struct channel {
    double k;
    int32_t s1, s2;
    uint8_t pair, n_changes;
    bool is_general; /* it does not have this form: the model describes it */
    int8_t delta[MOST_CHANGES];
    int32_t species[MOST_CHANGES];
};

/* A reader of a species: what its bound needs. */
struct reader {
    double k;
    int32_t s1, s2;
    int32_t reaction;
    uint8_t pair;
    bool is_general;
};

/* Reactions whose bounds have the same ceiling. */
struct group {
    double ceiling, inverse;
    int32_t key, n, cap;
    int32_t *member;
};

/* A reaction that is tried: it fires if its propensity is at least `least`. */
struct candidate {
    int32_t reaction;
    double least;
};

struct rejection {
    const struct crnl_model *m;
    bool is_fresh, is_summed;
    int32_t n_past; /* number of reactions whose bounds are above all ceilings */
    /* Several candidates are drawn at a time, because their memory is far away; they become void when groups
     * change. Then one is drawn at a time, and twice as many whenever all were used. */
    int32_t n_drawn, n_used, ahead;
    struct candidate candidate[MOST_AHEAD];
    double total;
    struct interval *amount; /* [n_species + 1] */
    struct channel *channel; /* [n_reactions] */
    int32_t *reader_ptr;     /* [n_species + 1] */
    struct reader *reader;
    int16_t *key;        /* [n_reactions] key of its group; NO_KEY: it cannot fire */
    int32_t *place;      /* [n_reactions] index in its group */
    struct group *group; /* in descending order */
    double *sum;         /* [n_groups] number of members times ceiling; padded with 0 to whole blocks */
    double *upto;        /* [blocks + 1] of GROUPS_OF_BLOCK groups: running sums before the block */
    double *before;      /* as `sum`: inside blocks, the sum of the groups before */
    int32_t n_groups, cap_groups, n_spare; /* n_spare: groups after those in use, whose memory can be
                                              reused */
    int16_t where[MOST_KEYS];              /* index in `group` of a key; -1 */
    int32_t *out;                          /* [n_species] amounts that have left their intervals */
};

void *rt_rejection_create(const struct crnl_model *m);
void rt_rejection_destroy(void *kernel);
/* Removes all groups: their order affects what a run draws, so it must not depend on the run before. */
void rt_rejection_clear(struct rejection *r);
/* The group of a key, which is made if it does not exist. */
int32_t rt_rejection_group(struct rejection *r, int32_t key);

#endif
