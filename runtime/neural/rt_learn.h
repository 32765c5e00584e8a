/* Learning: what a rule is given and what it does. One execution of `learn` is begin, then for each epoch
 * rows and step, then end. The program makes the rows, before the first epoch or, if they are random, before
 * each. */
#ifndef RT_LEARN_H
#define RT_LEARN_H

#include "rt_neural.h"
#include "runtime/rt_ctx.h"
#include "runtime/rt_state.h"

/* Rows of an epoch: the fields that models of the kind learn from, in the order of its table. */
struct rt_learn_rows {
    int32_t n, n_fields;
    const double *const *field; /* [n_fields]: real[rows, width[f]], one row after the other */
    const int32_t *width;       /* [n_fields] */
    const int32_t *order;       /* row i of them is order[i] of the fields; NULL: i */
};
/* The numbers of field f of row i. */
static inline const double *rt_learn_field(const struct rt_learn_rows *r, int32_t f, int32_t i)
{
    int32_t row = r->order ? r->order[i] : i;
    return r->field[f] + (size_t)row * (size_t)r->width[f];
}

struct rt_given_rows;
struct rt_learning {
    struct crnl_ctx *ctx;
    const struct crnl_learn_spec *spec;
    const struct crnl_neural *m;
    const struct crnl_learner *learner;
    double *option; /* in the order of the rule's options, n_layers numbers where is_list */
    struct rt_learn_rows train, validation; /* where there are no validation rows: those for training */
    uint64_t seed, count;                   /* streams: (seed; statement, count, epoch or block, purpose) */
    uint32_t statement;
    int32_t line;
    const double *start; /* [n_values] of the model now; NULL: it has none */

    int32_t epoch, epochs; /* `begin` says how many */
    void *rule;            /* the rule's own */
    bool has_begun, is_over;
    double measured[CRNL_LEARN_RECORDS]; /* by `step`: of the epoch, for the series ... */
    double kept[CRNL_LEARN_RECORDS];     /* ... and of its parameters, the value if they are kept */

    double *best; /* [n_values] that are kept */
    double result[CRNL_LEARN_RECORDS];
    int32_t best_epoch;
    double *history; /* [epoch][CRNL_LEARN_RECORDS] */
    int32_t cap_history;
    struct rt_given_rows *given; /* NULL: rows of a data set */
    struct rt_draws draws;
    struct rt_buffer progress;
    uint64_t checkpoint; /* the key; 0: nothing is kept */
    double kept_at;
    double began; /* of an estimate */
};

/* All return a status; after an error it is on record in the context. */
struct rt_learn_rule {
    int (*begin)(struct rt_learning *l); /* the rows of the first epoch are there */
    int (*rows)(struct rt_learning *l);  /* others than before, also the first ones: checks them; NULL: there
                                            is nothing to check */
    /* One epoch: into l->measured; *keep: its parameters are to be kept. CRNL_CANCELLED, with nothing on
     * record, if the context was cancelled. */
    int (*step)(struct rt_learning *l, bool *keep);
    void (*values)(const struct rt_learning *l, double *value); /* [n_values] after the last epoch */
    void (*state)(struct rt_learning *l, struct rt_state *s);   /* its pieces, between two epochs */
    void (*end)(struct rt_learning *l);                         /* frees l->rule, which may be NULL */
};

/* Between two epochs: all that the rest of the learning depends on besides the program, its options and rows.
 * Bytes that are read must have been written by the same rule for the same model and as many rows, which are
 * there; else CRNL_DATA. Learning that goes on from what was read gives the bytes of one that was not
 * interrupted. */
void rt_learn_write_state(struct rt_learning *l, struct rt_state *s);
int rt_learn_read_state(struct rt_learning *l, struct rt_state *s);

/* Cancelled? Asked by rules within an epoch of which `done` rows are learned, for progress too. */
bool rt_learn_goes_on(struct rt_learning *l, int64_t done);

#endif
