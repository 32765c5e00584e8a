#include "rt_workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "rt_base.h"

struct rt_workers {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    pthread_t *thread;
    int started, busy; /* busy: number of threads that may still take parts */
    uint64_t round;
    bool closing;
    int64_t n;
    atomic_int_fast64_t next;
    void (*part)(void *env, int64_t i);
    void *env;
};

static void take_parts(struct rt_workers *w)
{
    int64_t i;
    while ((i = atomic_fetch_add(&w->next, 1)) < w->n) {
        w->part(w->env, i);
    }
}

static void *work(void *argument)
{
    struct rt_workers *w = argument;
    uint64_t seen = 0;
    pthread_mutex_lock(&w->mutex);
    for (;;) {
        while (!w->closing && w->round == seen) {
            pthread_cond_wait(&w->moved, &w->mutex);
        }
        if (w->closing) {
            break;
        }
        seen = w->round;
        pthread_mutex_unlock(&w->mutex);
        take_parts(w);
        pthread_mutex_lock(&w->mutex);
        w->busy--;
        pthread_cond_broadcast(&w->moved);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

struct rt_workers *rt_workers_create(int n)
{
    struct rt_workers *w = rt_alloc(1, sizeof *w);
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->moved, NULL);
    w->thread = rt_alloc((size_t)(n > 1 ? n : 1), sizeof *w->thread);
    while (w->started < n - 1 && pthread_create(&w->thread[w->started], NULL, work, w) == 0) {
        w->started++;
    }
    return w;
}

void rt_workers_run(struct rt_workers *w, int64_t n, void (*part)(void *env, int64_t i), void *env)
{
    pthread_mutex_lock(&w->mutex);
    w->n = n;
    w->part = part;
    w->env = env;
    atomic_store(&w->next, 0);
    w->busy = w->started;
    w->round++;
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->mutex);
    take_parts(w);
    pthread_mutex_lock(&w->mutex);
    while (w->busy > 0) {
        pthread_cond_wait(&w->moved, &w->mutex);
    }
    pthread_mutex_unlock(&w->mutex);
}

void rt_workers_destroy(struct rt_workers *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->mutex);
    w->closing = true;
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->mutex);
    for (int i = 0; i < w->started; i++) {
        pthread_join(w->thread[i], NULL);
    }
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->moved);
    free(w->thread);
    free(w);
}
