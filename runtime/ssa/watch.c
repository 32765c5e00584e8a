/* Averages over time of amounts in stochastic runs: sums inside the kernels, closed when a reaction changes
 * an observed amount. They are of differences from the amount at the start of a block and are merged into
 * moments after some thousand events, so that neither large amounts nor long runs cost digits. */
#include <stdlib.h>

#include "rt_ssa.h"

int32_t crnl_watch_list(const struct crnl_model *m, struct crnl_elem *elem, bool *squared)
{
    int32_t n = 0;
    for (int32_t i = 0; i < m->n_stats; i++) {
        const struct crnl_stat_request *q = &m->stat[i];
        for (int32_t e = 0; rt_is_time_stat(q) && e < q->n_elems; e++) {
            bool amount = q->elem[e].kind == CRNL_ELEM_SPECIES || q->elem[e].kind == CRNL_ELEM_DUAL;
            if (q->kind == CRNL_TIME_HISTOGRAM || !amount) {
                return 0; /* these are looked at after each event: all are, then */
            }
            if (elem) {
                elem[n] = q->elem[e];
                squared[n] = q->kind == CRNL_TIME_VAR;
            }
            n++;
        }
    }
    return n;
}

double crnl_watch_change(const struct crnl_model *m, int32_t j, const struct crnl_elem *e)
{
    double change = 0;
    for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
        change += m->net_species[i] == e->a ? m->net_delta[i] : 0;
        change -= e->kind == CRNL_ELEM_DUAL && m->net_species[i] == e->b ? m->net_delta[i] : 0;
    }
    return change;
}

struct crnl_watch *rt_watch_create(const struct crnl_model *m)
{
    int32_t n = crnl_watch_list(m, NULL, NULL), cap = 0, at = 0;
    if (n == 0) {
        return NULL;
    }
    struct crnl_watch *w = rt_alloc(1, sizeof *w);
    struct crnl_elem *elem = rt_alloc((size_t)n, sizeof *elem);
    bool *squared = rt_alloc((size_t)n, sizeof *squared);
    int32_t *ptr = rt_alloc((size_t)m->n_reactions + 1, sizeof *ptr), *changed = NULL;
    crnl_watch_list(m, elem, squared);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = 0; i < n; i++) {
            if (crnl_watch_change(m, j, &elem[i]) != 0) {
                RT_GROW(changed, at, cap);
                changed[at++] = i;
            }
        }
        ptr[j + 1] = at;
    }
    *w = (struct crnl_watch){rt_alloc((size_t)n, sizeof *w->sum), n, elem, squared, ptr, changed, 0, 0};
    return w;
}

void rt_watch_destroy(struct crnl_watch *w)
{
    if (w) {
        free(w->sum);
        free((void *)(uintptr_t)w->elem);
        free((void *)(uintptr_t)w->squared);
        free((void *)(uintptr_t)w->ptr);
        free((void *)(uintptr_t)w->changed);
        free(w);
    }
}

static double value_of(const struct crnl_elem *e, const double *x)
{
    return e->kind == CRNL_ELEM_DUAL ? x[e->a] - x[e->b] : x[e->a];
}

void rt_watch_begin(struct crnl_ssa *w)
{
    struct crnl_watch *watch = w->watch;
    for (int32_t i = 0; watch && i < watch->n; i++) {
        double v = value_of(&watch->elem[i], w->x);
        watch->sum[i] = (struct crnl_watched){v, v, w->t, 0, 0};
    }
    if (watch) {
        watch->start = w->t;
        watch->events = w->events;
    }
}

static void close_sum(const struct crnl_watch *watch, int32_t i, double t, double value)
{
    struct crnl_watched *s = &watch->sum[i];
    double d = s->value - s->base, dwell = d * (t - s->since);
    s->sum += dwell;
    s->square += watch->squared[i] ? d * dwell : 0;
    s->value = value;
    s->since = t;
}

void crnl_watch_update(struct crnl_ssa *w)
{
    const struct crnl_watch *watch = w->watch;
    for (int32_t i = 0; watch && i < watch->n; i++) {
        double v = value_of(&watch->elem[i], w->x);
        if (v != watch->sum[i].value) {
            close_sum(watch, i, w->t, v);
        }
    }
}

void rt_watch_reaction(const struct crnl_ssa *w, int32_t j)
{
    const struct crnl_watch *watch = w->watch;
    for (int32_t e = watch->ptr[j]; e < watch->ptr[j + 1]; e++) {
        int32_t i = watch->changed[e];
        close_sum(watch, i, w->t, value_of(&watch->elem[i], w->x));
    }
}

void rt_watch_flush(struct crnl_ssa *w, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    struct crnl_watch *watch = w->watch;
    double time = w->t - watch->start, scale = job->inv_volume;
    int32_t n = 0;
    for (int32_t q = 0; q < job->m->n_stats; q++) {
        for (int32_t e = 0; rt_is_time_stat(&job->m->stat[q]) && e < job->m->stat[q].n_elems; e++) {
            struct crnl_watched *s = &watch->sum[n];
            close_sum(watch, n++, w->t, s->value);
            if (time > 0) {
                double square = s->square - s->sum * (s->sum / time);
                struct rt_moments block = {time, scale * (s->base + s->sum / time),
                                           scale * scale * (square > 0 ? square : 0)};
                rt_moments_merge(&r->stat[q].moments[e], &block);
            }
        }
    }
    rt_watch_begin(w);
}
