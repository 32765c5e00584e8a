/* Declarations shared by the files of runs over rows: rows.c goes through the rows, rows_threads.c runs them,
 * rows_keep.c keeps what comes out, rows_share.c distributes rows over ranks. */
#ifndef RT_ROWS_SHARE_H
#define RT_ROWS_SHARE_H

#include <pthread.h>

#include "rt_prepare.h"
#include "rt_rows.h"

/* A row in progress. */
struct rt_row_slot {
    struct rt_running *run;
    struct rt_collector *collector;
    struct rt_recorder recorder;
    bool recorded;              /* the recorder is in use, for a row with a single run */
    struct rt_waiting *waiting; /* rows that several runs have written; NULL: none */
    bool done;
    bool is_kept;                  /* the result is in the checkpoint, */
    bool is_remote;                /* ... or another rank computes it, */
    struct rt_buffer arrived;      /* and this is what the checkpoint kept or the rank sent */
    struct rt_file_request direct; /* for rows written directly */
    int64_t row;
    double *capture, *memory, *key;
};

struct rt_rows {
    struct crnl_ctx *ctx;
    struct rt_network *n;
    struct crnl_run_spec spec;
    int64_t n_rows, next;       /* next: the row for which binds are being made */
    struct rt_error bound;      /* error of a bind for that row */
    struct rt_row_values *kept; /* values of this run; allocated when the first row is known */
    struct rt_row_values *from; /* `continue`: the rows of the earlier run; NULL: all rows continue from the
                                   same state */
    struct rt_draws draws;
    void *sink;           /* sink for all rows */
    atomic_bool stopping; /* whether `error` is set */

    int64_t complete; /* number of complete rows, from the first one on */
    int64_t n_failed, first_failed;
    struct rt_buffer failure, first_key;
    int64_t n_notes;
    struct rt_buffer notes, digits;
    struct rt_error error; /* error that ends the program */

    pthread_mutex_t mutex;
    pthread_cond_t moved;
    pthread_t *thread;
    int n_threads, started;
    struct rt_row_slot **ring;
    int64_t ring_size, filled, handed, taken; /* next row to fill, to hand out, to collect */
    int64_t waiting;                          /* own rows between handed and filled */
    bool collecting, closing;
    bool one_thread;                      /* a row with several runs uses one thread */
    double since;                         /* the clock when they began */
    double began;                         /* start of an estimate, ... */
    int64_t n_run;                        /* ... and the number of runs in rows that are not skipped */
    uint64_t checkpoint, runs_checkpoint; /* keys of rows, or of the runs of each row; 0: they are not kept */

    /* Rows distributed over all ranks. Each rank goes through all rows and runs those that it has claimed;
     * rank 0 has all of them in its ring, every other rank only its own. */
    bool is_shared;
    struct rt_share *share;    /* created with the first row */
    int64_t first, end;        /* the block that was claimed last */
    bool is_over;              /* no more rows are claimed */
    atomic_bool is_told;       /* rank 0 has asked to stop */
    struct rt_buffer *arrived; /* rank 0: [ring_size] results for rows that it has not reached yet */
};

/* The result of a row, computed here or on another rank. */
struct rt_row_outcome {
    struct rt_buffer notes, digits;
    struct rt_error of_values;
};
void rt_row_outcome_free(struct rt_row_outcome *o);

static inline struct rt_row_slot **rt_row_slot_of(struct rt_rows *rows, int64_t row)
{
    return &rows->ring[row % rows->ring_size];
}

/* Whether this rank sends its rows to rank 0. */
static inline bool rt_rows_is_other(const struct rt_rows *rows)
{
    return rows->share && rt_world_rank(rows->ctx->world) > 0;
}

/* ---- rows_keep.c ---- */

/* Allocates the values of all rows, of this number of runs each; an error if memory does not suffice. */
int rt_rows_make_values(struct rt_rows *rows, int64_t runs);
/* Makes the values of a row those of the row before. */
void rt_row_values_repeat(struct rt_row_values *v, int64_t row);
/* `continue`: gives the network the state of the next row while the row is being prepared. */
int rt_rows_load_state(struct rt_rows *rows, struct rt_error *e);
/* Collects a row; only one thread does so at a time, with rows in order. */
void rt_rows_collect_row(struct rt_rows *rows, int64_t row, struct rt_row_slot *s);
void rt_row_free_slot(struct rt_row_slot *s);
/* Stores the values and the state of a row that was run here. */
void rt_row_finish(struct rt_rows *rows, int64_t row, struct rt_row_slot *s, struct rt_row_outcome *o);

/* ---- rows_threads.c ---- */

/* Starts threads when the first row is known, and with it the memory that a row takes. */
void rt_rows_start_threads(struct rt_rows *rows, const struct rt_job *job);
/* Waits for room for another row; meanwhile this thread works too. */
void rt_rows_wait_for_room(struct rt_rows *rows);
/* Lets threads take the row that was put into the ring last. */
void rt_rows_hand_out(struct rt_rows *rows);
/* Runs the next waiting row, or those that go side by side; false: there is none. The mutex is held on entry
 * and exit but not in between, so a thread that waits for something must then check again. */
bool rt_rows_work_on_next(struct rt_rows *rows);
/* The most rows that a thread of this rank runs side by side; the ring must be there. */
int rt_rows_beside(const struct rt_rows *rows);
/* Called with the mutex held, which they hold on return: whether the next row to collect is complete; and
 * collecting rows. */
bool rt_rows_next_is_done(struct rt_rows *rows);
void rt_rows_collect(struct rt_rows *rows);

/* ---- rows_share.c ---- */

/* Conversion of the result of a row to bytes, and back. */
void rt_row_pack(const struct rt_rows *rows, int64_t row, const struct rt_row_slot *s,
                 const struct rt_row_outcome *o, struct rt_buffer *b);
/* False: they are not those of a row of this statement. */
bool rt_row_unpack(struct rt_rows *rows, int64_t row, struct rt_row_slot *s, struct rt_row_outcome *o);
/* On ranks other than 0: sends a row to rank 0. */
void rt_row_send(struct rt_rows *rows, int64_t row, struct rt_row_slot *s);

void rt_rows_begin_share(struct rt_rows *rows, const struct rt_job *job);
/* Whether the row belongs to this rank; rows must be asked for in order. */
bool rt_rows_is_own(struct rt_rows *rows, int64_t row);
/* Sends the results of all rows from rank 0 to all ranks. */
void rt_rows_tell(struct rt_rows *rows);
/* Called after an error, before threads are joined; an error of this rank alone is reported after a while. */
void rt_rows_end_share(struct rt_rows *rows);

#endif
