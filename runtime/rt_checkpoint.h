/* Checkpoints: what long work has reached, in a file, from which the program goes on after it was ended.
 *
 * A program that is resumed executes the whole experiment again. What takes long is kept in pieces, as
 * items: runs of an ensemble, rows, values of a loss, epochs. An item that is in the file is taken from there
 * in place of being computed, so that all that the program gives out is made again, by the same code, to the
 * last byte. Whether an item is in the file changes nothing but the time that it takes.
 *
 * A statement that keeps items has a key, which says how many such statements there were before it, and notes
 * what it starts from. The file is written beside its name and renamed (crnl_file.h), now and then, and when
 * the program is ended. Only rank 0 of MPI has one; trials of a fit use that of the program. Calls for one
 * checkpoint may come from several threads. */
#ifndef RT_CHECKPOINT_H
#define RT_CHECKPOINT_H

#include "rt_ctx.h"

struct rt_checkpoint;
/* By --checkpoint and --resume; NULL without them, and after an error, which is in e. */
struct rt_checkpoint *rt_checkpoint_create(const struct crnl_ctx *ctx, struct rt_error *e);
/* `is_wanted`: the program was ended before its time, so what there is gets written. Frees c. */
void rt_checkpoint_end(struct rt_checkpoint *c, bool is_wanted);

/* The key of the statement that begins now in the program's context; 0: nothing is kept. An error if the file
 * has it from other values. */
uint64_t rt_checkpoint_statement(struct crnl_ctx *ctx, uint64_t fingerprint, struct rt_error *e);
/* The key of one that is part i of the other. */
uint64_t rt_checkpoint_part(uint64_t key, int64_t i);
bool rt_checkpoint_has(const struct rt_checkpoint *c, uint64_t key, int64_t item);
/* What is kept of an item; false: nothing. `data` is empty before. */
bool rt_checkpoint_take(struct rt_checkpoint *c, uint64_t key, int64_t item, struct rt_buffer *data);
/* Keeps it, in place of what was kept of the item before, and empties `data`. */
void rt_checkpoint_put(struct rt_checkpoint *c, uint64_t key, int64_t item, struct rt_buffer *data);
/* Whether it is time to put something, if that was last done at *last, in seconds, which is now then. */
bool rt_checkpoint_is_due(const struct rt_checkpoint *c, double *last);
/* Work has gone on for so long that it should be there, and its state is not kept: says so, once for each
 * line. */
void rt_checkpoint_miss(struct rt_checkpoint *c, double since, int32_t line, const char *what);

#endif
