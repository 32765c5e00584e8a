/* Runs of an ensemble on a graphics processor, one in each of its threads: what the library and emitted code
 * (`gpu_code` of struct crnl_model) share. Memory of lanes is in blocks of as many as threads advance
 * together, so that each instruction reads or writes one line of memory: a block has rows, and a row a number
 * of 8 bytes for each lane. */
#ifndef CRNL_GPU_H
#define CRNL_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crnl_model;

enum { GPU_LANES = 32 };    /* of a block */
enum { GPU_THREADS = 128 }; /* of a block of threads, in the words of CUDA; lanes are a multiple of it */
#define GPU_KERNEL "crnl_gpu_ssa" /* void (char *lanes, int64_t most_events) */

/* Row `end`, of int64_t: why a lane did not go on. A lane that has ended is left alone by the kernel. LATE:
 * its event is at t_next, after t_stop. TURNED: behind an event, a condition is not what it was (`held`).
 * ODD: the kernel of a single run must take the next step. Except for TURNED the stream is before the step
 * that was not made. */
enum gpu_end { GPU_GOES_ON, GPU_LATE, GPU_TURNED, GPU_ODD, GPU_FREE };

/* The first row of each part; n: number of rows. Numbers are double, except for rng (uint64_t), left and end
 * (int64_t). `left` is the number of events that a lane may still make; a lane with 0 waits. watched: by what
 * is averaged along the trajectory rows in the order of enum lanes_part. */
struct gpu_rows {
    int32_t x, k, p, inv_volume, rng, t, t_next, t_stop, left, end, held, watched, events, n;
};
struct gpu_rows crnl_gpu_rows(const struct crnl_model *m);

/* Why runs of the network cannot be on a graphics processor, from its structure; NULL: they can, if its laws
 * and conditions are such that code can be made (codegen/kern/kern_gpu.c). */
const char *crnl_gpu_refusal(const struct crnl_model *m);

#endif
