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

/* ---- a heap ---- */

static bool is_before(const struct rt_waiting *a, const struct rt_waiting *b)
{
    return a->due < b->due || (a->due == b->due && a->arrived < b->arrived);
}

/* The entry at `at` goes to where it belongs, up or down. */
static void rise(struct rt_events *ev, int32_t at)
{
    struct rt_waiting w = ev->waiting[at];
    for (; at > 0 && is_before(&w, &ev->waiting[(at - 1) / 2]); at = (at - 1) / 2) {
        ev->waiting[at] = ev->waiting[(at - 1) / 2];
    }
    ev->waiting[at] = w;
}

static void sink(struct rt_events *ev, int32_t at)
{
    struct rt_waiting w = ev->waiting[at];
    for (int32_t next = 2 * at + 1; next < ev->n_waiting; next = 2 * at + 1) {
        next += next + 1 < ev->n_waiting && is_before(&ev->waiting[next + 1], &ev->waiting[next]);
        if (!is_before(&ev->waiting[next], &w)) {
            break;
        }
        ev->waiting[at] = ev->waiting[next];
        at = next;
    }
    ev->waiting[at] = w;
}

void rt_queue_push(struct rt_events *ev, const struct rt_waiting *w)
{
    RT_GROW(ev->waiting, ev->n_waiting, ev->waiting_cap);
    ev->waiting[ev->n_waiting] = *w;
    ev->waiting[ev->n_waiting].arrived = ev->n_arrived++;
    rise(ev, ev->n_waiting++);
}

static struct rt_waiting take(struct rt_events *ev, int32_t at)
{
    struct rt_waiting w = ev->waiting[at];
    ev->waiting[at] = ev->waiting[--ev->n_waiting];
    if (at < ev->n_waiting) {
        sink(ev, at);
        rise(ev, at);
    }
    return w;
}

/* Lists the places of all that are due, in the order in which they came. None is below one that is not. */
static int32_t find_due(const struct rt_events *ev, double t, int32_t *due)
{
    int32_t n = 0;
    due[n++] = 0;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t next = 2 * due[i] + 1; next <= 2 * due[i] + 2 && next < ev->n_waiting; next++) {
            if (crnl_is_due(ev->waiting[next].due, t)) {
                due[n++] = next;
            }
        }
    }
    for (int32_t i = 1; i < n; i++) { /* few */
        int32_t at = due[i], k = i;
        for (; k > 0 && ev->waiting[due[k - 1]].arrived > ev->waiting[at].arrived; k--) {
            due[k] = due[k - 1];
        }
        due[k] = at;
    }
    return n;
}

/* ---- what happens ---- */

int rt_queue_add(struct rt_events *ev, int32_t i, double t, const double *x, struct rt_error *e)
{
    const struct crnl_model *m = ev->job->m;
    const struct crnl_event *event = &m->event[i];
    double delay = number(ev, event->delay, t, x, 0), longest = number(ev, event->longest, t, x, delay);
    if (!(delay >= 0 && longest >= delay && longest < INFINITY)) {
        return rt_fail(e, CRNL_BAD_ARGUMENT, "the delay in line %d of network `%s` is %.6g at t = %.6g",
                       (int)event->line, m->name, delay >= 0 && delay < INFINITY ? longest : delay, t);
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
    struct rt_waiting w = {.due = t + delay, .event = i};
    if (event->flags & CRNL_EVENT_EARLY) {
        int status = rt_event_values(ev, i, t, x, e);
        if (status) {
            return status;
        }
        w.value = rt_copy(ev->value + event->first, (size_t)event->n, sizeof *w.value);
    }
    rt_queue_push(ev, &w);
    return CRNL_OK;
}

/* The due change with the highest priority, where some have priorities. Among equal priorities that are
 * drawn, each has the same probability (one pass in the order in which they came: the n-th replaces the
 * earlier choice with probability 1/n); otherwise it is the first that came. */
static int32_t next_by_priority(struct rt_events *ev, double t, const double *x)
{
    int32_t best = -1, *due = rt_alloc((size_t)ev->n_waiting, sizeof *due), n_due = find_due(ev, t, due);
    uint64_t n = 0;
    double highest = 0;
    for (int32_t k = 0; k < n_due; k++) {
        const struct crnl_event *event = &ev->job->m->event[ev->waiting[due[k]].event];
        double priority = number(ev, event->priority, t, x, -INFINITY);
        bool drawn = event->flags & CRNL_EVENT_DRAWN;
        if (best < 0 || priority > highest) {
            best = due[k];
            highest = priority;
            n = drawn;
        } else if (priority == highest && drawn && n > 0 && crnl_rng_below(&ev->rng, ++n) == 0) {
            best = due[k];
        }
    }
    free(due);
    return best;
}

int rt_queue_happen(struct rt_events *ev, double t, double *x, bool *happened, struct rt_error *e)
{
    if (!crnl_is_due(rt_queue_next(ev), t)) {
        return CRNL_OK;
    }
    struct rt_waiting w = take(ev, ev->has_priority ? next_by_priority(ev, t, x) : 0);
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
    int32_t n = 0, before = ev->n_waiting;
    if (!(ev->job->m->event[i].flags & CRNL_EVENT_CANCELLED)) {
        return;
    }
    for (int32_t k = 0; k < before; k++) {
        if (ev->waiting[k].event == i) {
            free(ev->waiting[k].value);
        } else {
            ev->waiting[n++] = ev->waiting[k];
        }
    }
    ev->n_waiting = n;
    for (int32_t k = n / 2 - 1; n < before && k >= 0; k--) {
        sink(ev, k);
    }
}

double rt_queue_next(const struct rt_events *ev)
{
    return ev->n_waiting > 0 ? ev->waiting[0].due : INFINITY;
}

static int by_arrival(const void *a, const void *b)
{
    const struct rt_waiting *x = a, *y = b;
    return (x->arrived > y->arrived) - (x->arrived < y->arrived);
}

struct rt_waiting *rt_queue_in_order(const struct rt_events *ev)
{
    struct rt_waiting *all = rt_copy(ev->waiting, (size_t)ev->n_waiting, sizeof *all);
    if (ev->n_waiting > 1) {
        qsort(all, (size_t)ev->n_waiting, sizeof *all, by_arrival);
    }
    return all;
}

double *rt_queue_keep(const struct rt_events *ev)
{
    const struct crnl_model *m = ev->job->m;
    size_t n = RT_QUEUE_NUMBERS;
    for (int32_t k = 0; k < ev->n_waiting; k++) {
        n += 3 + (ev->waiting[k].value ? (size_t)m->event[ev->waiting[k].event].n : 0);
    }
    double *kept = rt_alloc(n, sizeof *kept), *to = kept;
    struct rt_waiting *in_order = rt_queue_in_order(ev);
    *to++ = (double)n;
    *to++ = ev->job->inv_volume;
    for (int32_t k = 0; k < ev->n_waiting; k++) {
        const struct rt_waiting *w = &in_order[k];
        *to++ = w->due;
        *to++ = w->event;
        *to++ = w->value != NULL;
        for (int32_t i = 0; w->value && i < m->event[w->event].n; i++) {
            *to++ = w->value[i];
        }
    }
    free(in_order);
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
        rt_queue_push(ev, &w);
    }
}

void rt_queue_clear(struct rt_events *ev)
{
    while (ev->n_waiting > 0) {
        free(ev->waiting[--ev->n_waiting].value);
    }
}
