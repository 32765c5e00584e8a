/* Workspaces of methods, kept from one run of a network to the next. */
#include <pthread.h>
#include <stdlib.h>

#include "rt_run.h"

struct idle {
    const struct crnl_method *method;
    void *workspace;
};

struct rt_kept {
    const struct crnl_model *m; /* the model for which all of them were made */
    pthread_mutex_t mutex;
    struct idle *idle;
    int32_t n, cap;
};

struct rt_kept *rt_kept_create(const struct crnl_model *m)
{
    struct rt_kept *k = rt_alloc(1, sizeof *k);
    k->m = m;
    pthread_mutex_init(&k->mutex, NULL);
    return k;
}

void rt_kept_destroy(struct rt_kept *k)
{
    for (int32_t i = 0; i < k->n; i++) {
        k->idle[i].method->destroy(k->idle[i].workspace);
    }
    pthread_mutex_destroy(&k->mutex);
    free(k->idle);
    free(k);
}

/* A copy of the model in which amounts are held must not keep a workspace. */
static bool may_keep(const struct rt_job *job)
{
    return job->kept && job->spec->method->renew && job->m == job->kept->m;
}

static void *take(struct rt_kept *k, const struct crnl_method *method)
{
    void *workspace = NULL;
    pthread_mutex_lock(&k->mutex);
    for (int32_t i = k->n - 1; i >= 0 && !workspace; i--) {
        if (k->idle[i].method == method) {
            workspace = k->idle[i].workspace;
            k->idle[i] = k->idle[--k->n];
        }
    }
    pthread_mutex_unlock(&k->mutex);
    return workspace;
}

void *rt_workspace(const struct rt_job *job, struct rt_error *e)
{
    const struct crnl_method *method = job->spec->method;
    void *workspace = may_keep(job) ? take(job->kept, method) : NULL;
    if (workspace) {
        method->renew(workspace, job, e);
    } else {
        workspace = method->create(job, e);
    }
    if (e->status && workspace) { /* it may be incomplete */
        method->destroy(workspace);
        workspace = NULL;
    }
    return workspace;
}

void rt_workspace_done(const struct rt_job *job, void *workspace)
{
    const struct crnl_method *method = job->spec->method;
    if (!workspace) {
        return;
    }
    if (!may_keep(job)) {
        method->destroy(workspace);
        return;
    }
    struct rt_kept *k = job->kept;
    pthread_mutex_lock(&k->mutex);
    RT_GROW(k->idle, k->n, k->cap);
    k->idle[k->n++] = (struct idle){method, workspace};
    pthread_mutex_unlock(&k->mutex);
}
