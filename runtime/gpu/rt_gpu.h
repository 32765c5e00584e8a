/* Graphics processors, through the driver interface of NVIDIA, which is loaded when a run first asks for one:
 * programs and tests need neither such a processor nor its driver. */
#ifndef RT_GPU_H
#define RT_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/rt_base.h"

struct rt_gpu_code; /* code and memory of one thread of the host */

/* Whether there is a graphics processor; if not, *why is the reason. The first call
 * looks; later ones tell. */
bool rt_gpu_is_here(const char **why);
const char *rt_gpu_name(void); /* of the processor that is used, the first one */
int rt_gpu_threads(void);      /* how many threads keep it busy */

/* Compiles PTX, and allocates memory. NULL with the reason in `why`. */
struct rt_gpu_code *rt_gpu_create(const char *text, const char *kernel, size_t bytes, struct rt_buffer *why);
/* Copies `from` to the memory, runs kernel(memory, argument) with so many threads, a multiple of those of a
 * block, and copies the memory to `to`. False with the reason in `why`. */
bool rt_gpu_run(struct rt_gpu_code *c, const void *from, void *to, int threads, int of_block,
                int64_t argument, struct rt_buffer *why);
void rt_gpu_destroy(struct rt_gpu_code *c);

#endif
