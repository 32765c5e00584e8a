/* The course of a run, noted while it goes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"

void course_free(struct course *c)
{
    free(c->item);
    free(c->number);
    *c = (struct course){0};
}

static struct course_item *add(struct rt_ode *o, enum course_kind kind)
{
    struct course *c = o->course;
    RT_GROW(c->item, c->n, c->cap);
    struct course_item *i = &c->item[c->n++];
    *i = (struct course_item){.kind = kind, .t = o->t, .after = o->events.after, .turn = o->events.t_turn};
    return i;
}

static double *room(struct course *c, size_t n)
{
    if (c->n_numbers + n > c->numbers_cap) {
        c->numbers_cap = 2 * (c->n_numbers + n) + 1024;
        c->number = rt_resize(c->number, c->numbers_cap, sizeof *c->number);
    }
    c->n_numbers += n;
    return c->number + c->n_numbers - n;
}

static size_t keep(struct course *c, int64_t n, const double *x)
{
    memcpy(room(c, (size_t)n), x, (size_t)n * sizeof *x);
    return c->n_numbers - (size_t)n;
}

double course_place(int i)
{
    return i == 0                   ? 0
           : i == COURSE_POINTS - 1 ? 1
                                    : (1 - cos(3.14159265358979323846 * i / (COURSE_POINTS - 1))) / 2;
}

void course_note_step(struct rt_ode *o, double t_stop)
{
    struct course *c = o->course;
    if (!c) {
        return;
    }
    struct course_item *i = add(o, COURSE_STEP);
    i->t = o->t_before;
    i->t_to = i->t_end = o->t;
    i->at_stop = o->t == t_stop;
    i->index = o->solver == &rt_ode_still;
    if (!c->is_dense) {
        i->state = keep(c, o->n, o->start);
        return;
    }
    i->state = c->n_numbers;
    room(c, (size_t)o->n * COURSE_POINTS);
    for (int k = 0; k < COURSE_POINTS; k++) {
        double t = k == COURSE_POINTS - 1 ? o->t : o->t_before + (o->t - o->t_before) * course_place(k);
        double *x = c->number + c->item[c->n - 1].state + (size_t)k * (size_t)o->n;
        if (o->t > o->t_before) {
            o->solver->at(o, t, x);
        } else {
            memcpy(x, o->x, (size_t)o->n * sizeof *x);
        }
    }
}

void course_note_end(struct rt_ode *o, double t_end)
{
    struct course *c = o->course;
    for (int64_t i = c ? c->n : 0; i-- > 0;) {
        if (c->item[i].kind == COURSE_STEP) {
            c->item[i].t_end = fmin(t_end, c->item[i].t_to);
            return;
        }
    }
}

void course_note_values(struct rt_ode *o, double t, int64_t first, int64_t n, bool inside)
{
    if (o->course && n > 0) {
        struct course_item *i = add(o, COURSE_VALUES);
        i->t = t;
        i->inside = inside;
        i->first = first;
        i->n = n;
        i->state = inside ? 0 : keep(o->course, o->n, o->x);
    }
}

void course_note_located(struct rt_ode *o, int32_t condition)
{
    if (o->course) {
        struct course_item *i = add(o, COURSE_LOCATED);
        i->index = condition;
        i->state = keep(o->course, o->n, o->x);
    }
}

static void note_timed(struct rt_ode *o, enum course_kind kind, int32_t index, int64_t times)
{
    struct course_item *i = add(o, kind);
    i->index = index;
    i->n = times;
    i->state = keep(o->course, o->n, o->x);
}

/* Several that are due together move apart with different parameters: the derivative is of the first,
 * which is then the last to move. */
void course_note_due(struct rt_ode *o)
{
    const struct rt_events *ev = &o->events;
    const struct crnl_model *m = o->m;
    if (!o->course || !crnl_is_due(ev->t_next, o->t)) {
        return;
    }
    if (crnl_is_due(rt_events_phase_end(ev), o->t)) {
        note_timed(o, COURSE_PHASE, ev->phase, ev->cycle);
    }
    for (int32_t i = 0; i < m->n_events; i++) {
        if (crnl_is_due(rt_events_time_of(ev, i), o->t)) {
            note_timed(o, COURSE_TIMED, i, m->event[i].kind == CRNL_EVENT_EVERY ? ev->fired[i] + 1 : 1);
        }
    }
    if (crnl_is_due(ev->t_turn, o->t)) {
        note_timed(o, COURSE_TURN, ev->jumps, 1);
    }
    if (ev->n_waiting > 0) {
        o->course->refusal = "changes of an event that wait for a delay, or for their turn by priority,";
    }
}

void course_note_change(void *ode, int32_t event, double t, const double *x)
{
    struct rt_ode *o = ode;
    if (o->course && event < 0) {
        o->course->refusal = "changes of an event that wait with their values";
    } else if (o->course) {
        struct course_item *i = add(o, COURSE_CHANGE);
        i->index = event;
        i->t = t;
        i->state = keep(o->course, o->n, x);
    }
}

void course_note_start(struct rt_ode *o)
{
    if (o->course) {
        struct course_item *i = add(o, COURSE_START);
        i->state = keep(o->course, o->n, o->x);
        i->index = o->events.phase;
    }
}

void course_note_measure(struct rt_ode *o)
{
    if (o->course) {
        add(o, COURSE_MEASURE);
    }
}

void course_note_slide(struct rt_ode *o)
{
    if (o->course) {
        o->course->refusal = "amounts that stay where a law jumps";
    }
}

/* Barycentric form (Berrut, Trefethen 2004) at places of Chebyshev, whose weights are 1/2, -1, 1, ...,
 * 1/2. */
void course_interpolate(const struct course *c, const struct course_item *step, int64_t n, double t,
                        double *x)
{
    const double *at = c->number + step->state;
    double length = step->t_to - step->t, u = length > 0 ? (t - step->t) / length : 1, weight[COURSE_POINTS],
           sum = 0;
    u = u < 0 ? 0 : u > 1 ? 1 : u;
    for (int k = 0; k < COURSE_POINTS; k++) {
        double distance = u - course_place(k);
        if (distance == 0) {
            memcpy(x, at + (size_t)k * (size_t)n, (size_t)n * sizeof *x);
            return;
        }
        weight[k] = (k % 2 ? -1.0 : 1.0) * (k == 0 || k == COURSE_POINTS - 1 ? 0.5 : 1) / distance;
        sum += weight[k];
    }
    memset(x, 0, (size_t)n * sizeof *x);
    for (int k = 0; k < COURSE_POINTS; k++) {
        for (int64_t s = 0; s < n; s++) {
            x[s] += weight[k] / sum * at[(size_t)k * (size_t)n + (size_t)s];
        }
    }
}
