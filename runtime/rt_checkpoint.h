/* Checkpoints: a file with the results of long work so far, from which the program can be resumed after it
 * was ended.
 *
 * A resumed program executes the whole experiment again. Long work is kept in pieces, called items: runs of
 * an ensemble, rows, values of a loss, epochs. An item in the file is read instead of being computed, so the
 * same code makes all output again, to the last byte. Whether an item is in the file changes only the time
 * that it takes.
 *
 * A statement that keeps items has a key, which tells how many such statements came before it, and records
 * its starting values. The file is written beside its name and renamed (crnl_file.h), from time to time and
 * when the program is ended. Only rank 0 of MPI has a checkpoint; trials of a fit use that of the program.
 * Several threads may use the same checkpoint. */
#ifndef RT_CHECKPOINT_H
#define RT_CHECKPOINT_H

#include "rt_ctx.h"

struct rt_checkpoint;
/* Opens the checkpoint of --checkpoint and --resume. Returns NULL without them, and after an error, which is
 * in e. */
struct rt_checkpoint *rt_checkpoint_create(const struct crnl_ctx *ctx, struct rt_error *e);
/* Ends the checkpoint and frees c. `is_wanted`: the program was ended early, so the contents are written. */
void rt_checkpoint_end(struct rt_checkpoint *c, bool is_wanted);

/* The key of the statement that begins now in the program's context; 0: nothing is kept. It is an error if
 * the file has this statement with other values. */
uint64_t rt_checkpoint_statement(struct crnl_ctx *ctx, uint64_t fingerprint, struct rt_error *e);
/* The key of part i of a statement. */
uint64_t rt_checkpoint_part(uint64_t key, int64_t i);
bool rt_checkpoint_has(const struct rt_checkpoint *c, uint64_t key, int64_t item);
/* Reads a kept item into `data`, which must be empty; returns false if there is none. */
bool rt_checkpoint_take(struct rt_checkpoint *c, uint64_t key, int64_t item, struct rt_buffer *data);
/* Keeps an item, replacing an earlier version of it, and empties `data`. */
void rt_checkpoint_put(struct rt_checkpoint *c, uint64_t key, int64_t item, struct rt_buffer *data);
/* Seconds from file to file. */
double rt_checkpoint_every(const struct rt_checkpoint *c);
/* Whether it is time to keep something, if that was last done at *last (in seconds); if so, *last becomes
 * the present time. */
bool rt_checkpoint_is_due(const struct rt_checkpoint *c, double *last);
/* Called when work has taken so long that it should be kept, but its state cannot be: warns, once for each
 * line. */
void rt_checkpoint_miss(struct rt_checkpoint *c, double since, int32_t line, const char *what);

#endif
