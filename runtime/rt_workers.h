/* Threads that wait for work, for tasks that are repeated often: starting a piece of work takes a few
 * microseconds. Which thread does which part is not known, so results must not depend on it. */
#ifndef RT_WORKERS_H
#define RT_WORKERS_H

#include <stdint.h>

struct rt_workers;
/* Creates n - 1 threads in addition to the caller's, or fewer if no more can be created. */
struct rt_workers *rt_workers_create(int n);
void rt_workers_destroy(struct rt_workers *w); /* may be NULL */
/* Calls part(env, i) once for each i in 0 .. n, on whichever thread is free; returns when all are done. */
void rt_workers_run(struct rt_workers *w, int64_t n, void (*part)(void *env, int64_t i), void *env);

#endif
