/* The fused kernel. Reactions with the same net change that take the same species, except for one catalyst,
 * form a channel. The propensity of a channel is a count, of the species that all its reactions take, times
 * a field, which is a sum over the catalysts. An event adds a precomputed column to all fields. Counts,
 * fields and sums are whole numbers of a unit, so they are exact in any order and do not drift; rate
 * constants are rounded up to the unit, and rejection removes what this adds, so that the law is that of the
 * network. */
#ifndef RT_FUSED_H
#define RT_FUSED_H

#include "runtime/rt_model.h"

/* Channels are arranged in rows of FUSED_LANES lanes, which are processed together. */
enum { FUSED_LANES = 16, FUSED_CHANNELS = 2048, FUSED_CELLS = 1 << 22 };

/* The form of a network, from its structure. A species that no reaction changes counts as a part of the rate
 * constants. */
struct fused_form {
    int32_t n_channels, n_classes;
    int32_t *class_of; /* [n_species] every reaction conserves the sum of a class; -1: no reaction changes the
                          species */
    int32_t *channel;  /* [n_reactions] */
    int32_t *extra;    /* [n_reactions] the catalyst in the field; -1: none */
    int32_t *taken;    /* [n_reactions] how often the catalyst is also in the count */
    bool has_constants;
};
/* Returns a text why the network has no such form. NULL: it has, and the caller frees `f`. */
const char *rt_fused_form(const struct crnl_model *m, struct fused_form *f);
void rt_fused_form_free(struct fused_form *f);

/* The count is n[s1] (n[s2] - pair), where n = 1 after the last species. */
struct fused_channel {
    int32_t s1, s2, pair;
    int32_t first;   /* the reaction that represents the channel in messages and statistics */
    bool is_general; /* the count has another form: falling factorials of what `first` takes besides its
                        catalyst */
};
struct fused_change {
    int32_t species, delta;
};
struct fused_step {
    int32_t column;
    uint32_t times; /* how often the column is added; modulo 2^32 */
};

struct fused {
    const struct crnl_model *m;
    struct fused_form form;
    bool is_fresh, is_built;
    struct fused_channel *channel;  /* [n_channels] */
    int32_t *member_ptr, *member;   /* reactions of a channel; pointers are [n_channels + 2] */
    int32_t *change_ptr, *step_ptr; /* changes of amounts and of fields by an event, */
    int32_t *opens_ptr, *opens;     /* ... and the channels whose counts it changes */
    struct fused_change *change;
    struct fused_step *step;
    int32_t *column_of, n_columns; /* [n_species] -1: the species is no catalyst of a field */
    int32_t width;                 /* n_channels, rounded up to whole rows */
    /* What is built from the constants, including those of guards that are off and of clamped species, and
     * from the sums of classes. */
    double *k, *sum;   /* [n_reactions], [n_classes] */
    uint64_t k_number; /* of the constants in k; 0: they have none */
    double *most;      /* [n_reactions] the largest factor in the field */
    double grid;       /* the unit, a power of two; 0: sums would not fit, and `other` takes over */
    uint32_t *column;  /* [n_columns][width] */
    uint32_t *base;    /* [width] fields without catalysts */
    uint32_t *slack;   /* [width] bound, in units, on how much fields are too large */
    /* The state. The count of a channel that is off is 0. */
    int32_t *n;              /* [n_species + 1] amounts */
    uint32_t *field, *count; /* [width] */
    bool *is_off;            /* [n_channels] */
    int32_t refused;         /* number of consecutive rejected trials */
    uint32_t lane[FUSED_LANES], total;
    double *effective; /* [n_reactions] constants times amounts that never change; NULL: there are none */
    void *other;       /* data of the rejection kernel; NULL: not needed so far */
    const struct fused_pass *loop;
};

void *rt_fused_create(const struct crnl_model *m);
void rt_fused_destroy(void *kernel);
/* fused_build.c: brings the kernel up to date with amounts and constants. */
void rt_fused_refresh(struct fused *f, const struct crnl_ssa *w);
uint32_t rt_fused_count(const struct fused *f, int32_t c);

/* fused_pass.c. pass: adds a column to the fields (NULL: none), then sums count times field by lane, and in
 * total; add: only adds a column. The variants differ only in the instructions that they use; the last one
 * runs on all processors. */
struct fused_pass {
    const char *name;
    bool (*is_here)(void);
    void (*pass)(struct fused *f, const uint32_t *column, uint32_t times);
    void (*add)(struct fused *f, const uint32_t *column, uint32_t times);
};
enum { FUSED_PASSES = 3 };
extern const struct fused_pass rt_fused_pass[FUSED_PASSES]; /* name = NULL: not for this family of
                                                               processors */

#endif
