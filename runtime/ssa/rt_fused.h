/* The fused kernel. Reactions with one net change that take the same but for one catalyst are a channel:
 * its propensity is a count, of what all of them take, times a field, a sum over the catalysts. An event
 * adds to all fields a column that is computed once. Counts, fields and sums are whole numbers of a unit,
 * so they are exact in any order and do not drift; rate constants are rounded up to it, and what that adds
 * is taken away by rejection, so the law is that of the network. */
#ifndef RT_FUSED_H
#define RT_FUSED_H

#include "runtime/rt_model.h"

/* Channels stand in rows of so many lanes, which are worked on together. */
enum { FUSED_LANES = 16, FUSED_CHANNELS = 2048, FUSED_CELLS = 1 << 22 };

/* What follows from the structure. A species that no reaction changes counts as part of the rate
 * constants. */
struct fused_form {
    int32_t n_channels, n_classes;
    int32_t *class_of; /* [n_species] every reaction keeps the sum of a class; -1: none changes the species */
    int32_t *channel;  /* [n_reactions] */
    int32_t *extra;    /* [n_reactions] the catalyst in the field; -1: none */
    int32_t *taken;    /* [n_reactions] how often it is in the count, too */
    bool has_constants;
};
/* A text why the network has no such form. NULL: it has, and `f` is to be freed. */
const char *rt_fused_form(const struct crnl_model *m, struct fused_form *f);
void rt_fused_form_free(struct fused_form *f);

/* The count is n[s1] (n[s2] - pair), with n = 1 behind the last species. */
struct fused_channel {
    int32_t s1, s2, pair;
    int32_t first;   /* the reaction that stands for all in messages and statistics */
    bool is_general; /* the count is another: falling factorials of what `first` takes besides its catalyst */
};
struct fused_change {
    int32_t species, delta;
};
struct fused_step {
    int32_t column;
    uint32_t times; /* it is added; modulo 2^32 */
};

struct fused {
    const struct crnl_model *m;
    struct fused_form form;
    bool is_fresh, is_built;
    struct fused_channel *channel;  /* [n_channels] */
    int32_t *member_ptr, *member;   /* its reactions; pointers are [n_channels + 2] */
    int32_t *change_ptr, *step_ptr; /* what an event does to amounts and to fields, */
    int32_t *opens_ptr, *opens;     /* ... and the channels whose counts it changes */
    struct fused_change *change;
    struct fused_step *step;
    int32_t *column_of, n_columns; /* [n_species] -1: it is no catalyst of a field */
    int32_t width;                 /* n_channels, up to whole rows */
    /* What is built from the constants, those of guards that are off and of what is clamped too, and from
     * the sums of classes. */
    double *k, *sum;  /* [n_reactions], [n_classes] */
    double *most;     /* [n_reactions] the largest factor in the field */
    double grid;      /* the unit, a power of two; 0: sums would not fit, and `other` goes on */
    uint32_t *column; /* [n_columns][width] */
    uint32_t *base;   /* [width] fields without catalysts */
    uint32_t *slack;  /* [width] they are too large by less than so many units */
    /* The state. The count of a channel that is off is 0. */
    int32_t *n;              /* [n_species + 1] amounts */
    uint32_t *field, *count; /* [width] */
    bool *is_off;            /* [n_channels] */
    int32_t refused;         /* trials, one after the other */
    uint32_t lane[FUSED_LANES], total;
    double *effective; /* [n_reactions] constants times amounts that never change; NULL: there are none */
    void *other;       /* of the rejection kernel; NULL: it was never needed */
    void (*pass)(struct fused *f, const uint32_t *column, uint32_t times);
};

void *rt_fused_create(const struct crnl_model *m);
void rt_fused_destroy(void *kernel);
/* fused_build.c: in line with amounts and constants. */
void rt_fused_refresh(struct fused *f, const struct crnl_ssa *w);
uint32_t rt_fused_count(const struct fused *f, int32_t c);

/* fused_pass.c: adds a column to the fields (NULL: none), then sums count times field by lanes, and all.
 * The variants differ by the instructions that they use alone; the last one is for all processors. */
struct fused_pass {
    const char *name;
    bool (*is_here)(void);
    void (*pass)(struct fused *f, const uint32_t *column, uint32_t times);
};
enum { FUSED_PASSES = 3 };
extern const struct fused_pass rt_fused_pass[FUSED_PASSES]; /* name NULL: not for this family of processors */

#endif
