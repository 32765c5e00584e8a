/* What runs over rows (rows.c) share with their handing out over ranks (rows_share.c). */
#ifndef RT_ROWS_SHARE_H
#define RT_ROWS_SHARE_H

#include <pthread.h>

#include "rt_prepare.h"
#include "rt_rows.h"

/* A row on its way. */
struct rt_row_slot {
    struct rt_running *run;
    struct rt_collector *collector;
    struct rt_recorder recorder;
    bool recorded;              /* the recorder is in use: a row of one run */
    struct rt_waiting *waiting; /* what several runs write; NULL: nothing waits */
    bool done;
    bool is_kept;                  /* what has come of it is in the checkpoint, */
    bool is_remote;                /* ... or another rank has it, */
    struct rt_buffer arrived;      /* and this is what the one has kept and the other sent */
    struct rt_file_request direct; /* for its rows, without what waits */
    int64_t row;
    double *capture, *memory, *key;
};

struct rt_rows {
    struct crnl_ctx *ctx;
    struct rt_network *n;
    struct crnl_run_spec spec;
    int64_t n_rows, next;       /* the row that is bound now */
    struct rt_error bound;      /* why it cannot be */
    struct rt_row_values *kept; /* of this run; made when the first row is known */
    struct rt_row_values *from; /* `continue`: the rows of the run before; NULL: all go on from one state */
    struct rt_draws draws;
    void *sink;           /* of all rows */
    atomic_bool stopping; /* `error` is set */

    int64_t complete; /* rows, from the first one on */
    int64_t n_failed, first_failed;
    struct rt_buffer failure, first_key;
    int64_t n_notes;
    struct rt_buffer notes, digits;
    struct rt_error error; /* that ends the program */

    pthread_mutex_t mutex;
    pthread_cond_t moved;
    pthread_t *thread;
    int n_threads, started;
    struct rt_row_slot **ring;
    int64_t ring_size, filled, handed, taken; /* to fill, to hand out, to collect next */
    bool collecting, closing;
    bool one_thread;                      /* for each row of several runs */
    double began;                         /* of an estimate, ... */
    int64_t n_run;                        /* ... and the runs of rows that are not left out */
    uint64_t checkpoint, runs_checkpoint; /* keys of rows, or of runs of each; 0: they are not kept */

    /* Rows that are handed out to all ranks. Each goes through all of them and runs those that it has
     * claimed; rank 0 has them all in its ring, another rank its own ones. */
    bool is_shared;
    struct rt_share *share;    /* begins with the first row */
    int64_t first, end;        /* the last block that was claimed */
    bool is_over;              /* no more are claimed */
    atomic_bool is_told;       /* rank 0 has told to stop */
    struct rt_buffer *arrived; /* rank 0: [ring_size] of rows that it has not come to */
};

/* What has come of a row: here, or from another rank. */
struct rt_row_outcome {
    struct rt_buffer notes, digits;
    struct rt_error of_values;
};
void rt_row_outcome_free(struct rt_row_outcome *o);

static inline struct rt_row_slot **rt_row_slot_of(struct rt_rows *rows, int64_t row)
{
    return &rows->ring[row % rows->ring_size];
}

/* Whether this is a rank that sends its rows to rank 0. */
static inline bool rt_rows_is_other(const struct rt_rows *rows)
{
    return rows->share && rt_world_rank(rows->ctx->world) > 0;
}

/* Values and state of a row that was run here go to where they are kept. */
void rt_row_finish(struct rt_rows *rows, int64_t row, struct rt_row_slot *s, struct rt_row_outcome *o);
/* With the mutex held on entry and exit: whether the next row to collect is there, and collecting. */
bool rt_rows_next_is_done(struct rt_rows *rows);
void rt_rows_collect(struct rt_rows *rows);

/* What has come of a row as bytes, and back. */
void rt_row_pack(const struct rt_rows *rows, int64_t row, const struct rt_row_slot *s,
                 const struct rt_row_outcome *o, struct rt_buffer *b);
void rt_row_unpack(struct rt_rows *rows, int64_t row, struct rt_row_slot *s, struct rt_row_outcome *o);
/* Another rank: sends it home. */
void rt_row_send(struct rt_rows *rows, int64_t row, struct rt_row_slot *s);

void rt_rows_begin_share(struct rt_rows *rows, const struct rt_job *job);
/* Whether the row is one of this rank; the rows must be asked for in order. */
bool rt_rows_is_own(struct rt_rows *rows, int64_t row);
/* What rank 0 has of all rows, to all. */
void rt_rows_tell(struct rt_rows *rows);
/* After an error, before threads are waited for: an error of this rank alone is said after a while. */
void rt_rows_end_share(struct rt_rows *rows);

#endif
