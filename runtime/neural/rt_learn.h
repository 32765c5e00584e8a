/* Learning: the data and the operations of a rule. An execution of `learn` is begin; then, for each epoch,
 * rows and step; then end. The program makes the rows before the first epoch or, if they are random, before
 * each. */
#ifndef RT_LEARN_H
#define RT_LEARN_H

#include "rt_neural.h"
#include "runtime/rt_ctx.h"
#include "runtime/rt_state.h"

/* The rows of an epoch, with the fields from which models of the kind learn, in the order of its table. */
struct rt_learn_rows {
    int32_t n, n_fields;
    const double *const *field; /* [n_fields]: real[rows, width[f]], one row after the other */
    const int32_t *width;       /* [n_fields] */
    const int32_t *order;       /* row i is row order[i] of the fields; NULL: row i */
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
    struct rt_learn_rows train, validation; /* if there are no validation rows: the training rows */
    uint64_t seed, count;                   /* streams: (seed; statement, count, epoch or block, purpose) */
    uint32_t statement;
    int32_t line;
    const double *start; /* [n_values] current parameters of the model; NULL: it has none */

    int32_t epoch, epochs; /* epochs: set by `begin` */
    void *rule;            /* data of the rule */
    bool has_begun, is_over;
    double measured[CRNL_LEARN_RECORDS]; /* set by `step`: of the epoch, for the series ... */
    double kept[CRNL_LEARN_RECORDS];     /* ... and of its parameters, the value if they are kept */

    double *best; /* [n_values] parameters that are kept */
    double result[CRNL_LEARN_RECORDS];
    int32_t best_epoch;
    double *history; /* [epoch][CRNL_LEARN_RECORDS] */
    int32_t cap_history;
    struct rt_given_rows *given; /* NULL: rows of a data set */
    struct rt_draws draws;
    struct rt_buffer progress;
    uint64_t checkpoint; /* key in the checkpoint; 0: nothing is kept */
    double kept_at;
    double began; /* start of an estimate */
};

/* All return a status; an error is recorded in the context. */
struct rt_learn_rule {
    int (*begin)(struct rt_learning *l); /* called when the rows of the first epoch are known */
    int (*rows)(struct rt_learning *l);  /* called for new rows, also for the first ones, to check them; NULL:
                                            there is nothing to check */
    /* Executes an epoch and sets l->measured; *keep: its parameters are to be kept. Returns CRNL_CANCELLED,
     * without recording an error, if the context was cancelled. */
    int (*step)(struct rt_learning *l, bool *keep);
    void (*values)(const struct rt_learning *l, double *value); /* gives the parameters [n_values] after the
                                                                   last epoch */
    void (*state)(struct rt_learning *l, struct rt_state *s);   /* reads or writes its state between two
                                                                   epochs */
    void (*end)(struct rt_learning *l);                         /* frees l->rule, which may be NULL */
};

/* The state between two epochs: everything on which the rest of the learning depends, besides the program,
 * its options and rows. A state that is read must have been written by the same rule for the same model and
 * number of rows, which must be present; otherwise CRNL_DATA. Learning that continues from a state gives the
 * same bytes as uninterrupted learning. */
void rt_learn_write_state(struct rt_learning *l, struct rt_state *s);
int rt_learn_read_state(struct rt_learning *l, struct rt_state *s);

/* Whether learning goes on, and has not been cancelled. Rules ask within an epoch, of which `done` rows are
 * learned; also reports progress. */
bool rt_learn_goes_on(struct rt_learning *l, int64_t done);

#endif
