/* Runs over rows: their sources, and what is kept of each row. */
#ifndef RT_ROWS_H
#define RT_ROWS_H

#include <stdatomic.h>

#include "rt_ctx.h"
#include "runtime/mpi/rt_pack.h"
#include "runtime/mpi/rt_share.h"

/* What is kept of each row: values that the program reads, and the state if a later `continue` needs it. */
struct rt_row_values {
    int64_t n_rows, runs; /* runs: per row */
    int32_t n_courses;    /* number of courses that the run has kept */
    const int32_t *course;
    int32_t n_stats;
    const struct crnl_method *method;
    atomic_bool *is_unknown; /* [n_stats] the method cannot compute it */
    bool are_laws;  /* the rows are laws, of which no quantiles are kept, since these need all states of all
                       rows */
    size_t *first;  /* [n_stats + 1] where each statistic begins among the values of a row */
    double *value;  /* [n_rows][first[n_stats]] */
    size_t n_state; /* numbers of a state: time, amounts, memory of events; 0: states are not kept */
    double *state;  /* [n_rows][n_state]; a row that failed has NaN as its time */
};
void rt_row_values_free(struct rt_row_values *v);
/* Sets an amount in the states of all rows. */
void rt_row_values_set(struct rt_row_values *v, int32_t species, double amount);

/* Prepares the next row, which whichever thread is free runs. */
int rt_rows_run(struct crnl_ctx *ctx, const struct crnl_run_args *args);
/* Makes the next row fail because of an invalid bind. Takes over the error. */
void rt_rows_refuse(struct rt_rows *rows, struct rt_error *e);
bool rt_rows_have_file(const struct rt_rows *rows); /* whether there is an open file for all rows */
/* Stops the rows in progress, after an error between rows. */
void rt_rows_abandon(struct crnl_ctx *ctx);

/* stats.c: the number of values of a statistic after `runs` runs, before quantiles are chosen; and these
 * values. */
size_t rt_stat_size(const struct crnl_stat_request *q, int64_t runs);
int rt_stat_values(const struct crnl_model *m, const struct rt_result *r, int32_t request, double *out,
                   struct rt_error *e);

/* rows_wait.c: a sink in memory, for the rows that a row of the sources with several runs writes before its
 * turn. */
struct rt_waiting;
extern const struct crnl_sink rt_waiting_sink;
struct rt_waiting *rt_waiting_create(int32_t n_keys);
int rt_waiting_write(const struct rt_waiting *w, const struct crnl_sink *to, void *sink, struct rt_error *e);
bool rt_waiting_any(const struct rt_waiting *w); /* whether something waits; w may be NULL */
void rt_waiting_pack(const struct rt_waiting *w, struct rt_buffer *b);     /* w may be NULL */
struct rt_waiting *rt_waiting_unpack(struct rt_unpack *u, int32_t n_keys); /* NULL: nothing waits */
void rt_waiting_free(struct rt_waiting *w);                                /* NULL: nothing */

#endif
