/* Threads that wait for work: a few microseconds for each piece of it, for what is done again and again.
 * Which thread does which part is not known, so results must not depend on it. */
#ifndef RT_WORKERS_H
#define RT_WORKERS_H

#include <stdint.h>

struct rt_workers;
/* n - 1 threads besides the caller's; fewer if there are no more. */
struct rt_workers *rt_workers_create(int n);
void rt_workers_destroy(struct rt_workers *w); /* NULL: nothing */
/* part(env, 0 .. n), each once, on whichever thread is free; returns when all are done. */
void rt_workers_run(struct rt_workers *w, int64_t n, void (*part)(void *env, int64_t i), void *env);

#endif
