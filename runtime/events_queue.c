/* Events whose changes wait: for their delay, or for their turn by priority among those of the same time.
 * This is the meaning of events in SBML (Level 3 Version 2, 4.11.6): all events that become true together are
 * queued first, then they happen one after another, and each may make others true or false. */
#include "rt_events.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WAITING = 1000000 };

static double number(const struct rt_events *ev, int32_t expr, double t, const double *x, double otherwise)
{
    const struct crnl_model *m = ev->job->m;
    return expr < 0 ? otherwise : m->expr(m->env, expr, x, t, ev->job->param, NULL, ev->job->inv_volume);
}

int rt_queue_add(struct rt_events *ev, int32_t i, double t, const double *x, struct rt_error *e)
{
    const struct crnl_model *m = ev->job->m;
    const struct crnl_event *event = &m->event[i];
    double delay = number(ev, event->delay, t, x, 0), longest = number(ev, event->longest, t, x, delay);
    if (!(delay >= 0 && longest >= delay)) {
        return rt_fail(e, CRNL_BAD_ARGUMENT, "the delay in line %d of network `%s` is %.6g at t = %.6g",
                       (int)event->line, m->name, delay >= 0 ? longest : delay, t);
    }
    if (event->longest >= 0) {
        delay += (longest - delay) * crnl_rng_uniform(&ev->rng);
    }
    if (ev->n_waiting >= MOST_WAITING) {
        return rt_fail(
            e, CRNL_EVENTS,
            "more than %d changes wait at t = %.6g, the last of the event in line %d of network `%s`",
            MOST_WAITING, t, (int)event->line, m->name);
    }
    struct rt_waiting w = {t + delay, i, NULL};
    if (event->flags & CRNL_EVENT_EARLY) {
        int status = rt_event_values(ev, i, t, x, e);
        if (status) {
            return status;
        }
        w.value = rt_copy(ev->value + event->first, (size_t)event->n, sizeof *w.value);
    }
    RT_GROW(ev->waiting, ev->n_waiting, ev->waiting_cap);
    ev->waiting[ev->n_waiting++] = w;
    ev->first_due = fmin(ev->first_due, w.due);
    return CRNL_OK;
}

static void find_first(struct rt_events *ev)
{
    ev->first_due = INFINITY;
    for (int32_t k = 0; k < ev->n_waiting; k++) {
        ev->first_due = fmin(ev->first_due, ev->waiting[k].due);
    }
}

static struct rt_waiting take(struct rt_events *ev, int32_t at)
{
    struct rt_waiting w = ev->waiting[at];
    ev->n_waiting--;
    memmove(ev->waiting + at, ev->waiting + at + 1, (size_t)(ev->n_waiting - at) * sizeof *ev->waiting);
    if (w.due <= ev->first_due) {
        find_first(ev);
    }
    return w;
}

/* The due change with the highest priority. Among equal priorities that are drawn, each has the same
 * probability (one pass: the n-th replaces the earlier choice with probability 1/n); otherwise the first in
 * the queue. */
static int32_t next_due(struct rt_events *ev, double t, const double *x)
{
    int32_t best = -1;
    uint64_t n = 0;
    double highest = 0;
    for (int32_t k = 0; k < ev->n_waiting; k++) {
        const struct crnl_event *event = &ev->job->m->event[ev->waiting[k].event];
        if (!crnl_is_due(ev->waiting[k].due, t)) {
            continue;
        }
        double priority = number(ev, event->priority, t, x, -INFINITY);
        bool drawn = event->flags & CRNL_EVENT_DRAWN;
        if (best < 0 || priority > highest) {
            best = k;
            highest = priority;
            n = drawn;
        } else if (priority == highest && drawn && n > 0 && crnl_rng_below(&ev->rng, ++n) == 0) {
            best = k;
        }
    }
    return best;
}

int rt_queue_happen(struct rt_events *ev, double t, double *x, bool *happened, struct rt_error *e)
{
    int32_t at = crnl_is_due(ev->first_due, t) ? next_due(ev, t, x) : -1;
    if (at < 0) {
        return CRNL_OK;
    }
    struct rt_waiting w = take(ev, at);
    const struct crnl_event *event = &ev->job->m->event[w.event];
    int status = CRNL_OK;
    if (w.value) {
        memcpy(ev->value + event->first, w.value, (size_t)event->n * sizeof *w.value);
        free(w.value);
    } else {
        status = rt_event_values(ev, w.event, t, x, e);
    }
    if (!status) {
        rt_event_note(ev, w.value ? -1 : w.event, t, x);
        rt_event_change(ev, w.event, x);
    }
    *happened = true;
    return status;
}

void rt_queue_cancel(struct rt_events *ev, int32_t i)
{
    for (int32_t k = ev->n_waiting - 1; k >= 0 && (ev->job->m->event[i].flags & CRNL_EVENT_CANCELLED); k--) {
        if (ev->waiting[k].event == i) {
            free(take(ev, k).value);
        }
    }
}

double rt_queue_next(const struct rt_events *ev)
{
    return ev->first_due;
}

double *rt_queue_keep(const struct rt_events *ev)
{
    const struct crnl_model *m = ev->job->m;
    size_t n = RT_QUEUE_NUMBERS;
    for (int32_t k = 0; k < ev->n_waiting; k++) {
        n += 3 + (ev->waiting[k].value ? (size_t)m->event[ev->waiting[k].event].n : 0);
    }
    double *kept = rt_alloc(n, sizeof *kept), *to = kept;
    *to++ = (double)n;
    *to++ = ev->job->inv_volume;
    for (int32_t k = 0; k < ev->n_waiting; k++) {
        const struct rt_waiting *w = &ev->waiting[k];
        *to++ = w->due;
        *to++ = w->event;
        *to++ = w->value != NULL;
        for (int32_t i = 0; w->value && i < m->event[w->event].n; i++) {
            *to++ = w->value[i];
        }
    }
    return kept;
}

void rt_queue_restore(struct rt_events *ev, const double *kept)
{
    const struct crnl_model *m = ev->job->m;
    for (const double *from = kept + RT_QUEUE_NUMBERS; from < kept + (size_t)kept[0];) {
        struct rt_waiting w = {.due = from[0] + ev->job->moved, .event = (int32_t)from[1]};
        bool has_value = from[2] != 0;
        from += 3;
        if (has_value) {
            w.value = rt_copy(from, (size_t)m->event[w.event].n, sizeof *w.value);
            from += m->event[w.event].n;
        }
        RT_GROW(ev->waiting, ev->n_waiting, ev->waiting_cap);
        ev->waiting[ev->n_waiting++] = w;
    }
    find_first(ev);
}

void rt_queue_clear(struct rt_events *ev)
{
    while (ev->n_waiting > 0) {
        free(ev->waiting[--ev->n_waiting].value);
    }
    ev->first_due = INFINITY;
}
