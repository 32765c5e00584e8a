/* The course of a run, recorded while the run goes on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_lockstep.h"

void course_free(struct course *c)
{
    for (int32_t i = 0; i < c->n_stats; i++) {
        free(c->moments[i]);
    }
    free(c->moments);
    lockstep_release(c->lockstep);
    free(c->x_end);
    free(c->end);
    free(c->item);
    free(c->number);
    *c = (struct course){0};
}

void course_begin(struct rt_ode *o, struct course *c)
{
    const struct rt_backwards *way = o->job->spec->method->backwards;
    o->course = c;
    o->events.note = course_note_change;
    o->events.note_env = o;
    c->n_amounts = o->n;
    c->stride = 1;
    c->code = o->code;
    c->is_dense = !way->table;
    c->has_stages = o->stage != NULL && way->table(o, &c->table);
    c->end = rt_alloc((size_t)o->n, sizeof *c->end);
}

void course_end(struct rt_ode *o, const struct rt_recorder *r)
{
    struct course *c = o->course;
    if (!c) {
        return; /* recording was given up */
    }
    const struct crnl_model *m = o->m;
    c->has_table = !c->is_dense && o->job->spec->method->backwards->table(o, &c->table);
    c->phase = o->events.phase;
    c->t_end = r->t;
    c->x_end = rt_copy(r->x, (size_t)m->n_species, sizeof *r->x);
    c->moments = rt_alloc((size_t)m->n_stats, sizeof *c->moments);
    c->n_stats = m->n_stats;
    for (int32_t i = 0; i < m->n_stats; i++) {
        c->moments[i] = rt_copy(r->stat[i].moments, (size_t)m->stat[i].n_elems, sizeof *r->stat[i].moments);
    }
    c->is_whole = true;
}

static struct course_item *add(struct rt_ode *o, enum course_kind kind)
{
    struct course *c = o->course;
    RT_GROW(c->item, c->n, c->cap);
    struct course_item *i = &c->item[c->n++];
    *i = (struct course_item){.kind = kind,
                              .t = o->t,
                              .after = o->events.after,
                              .turn = o->events.t_turn,
                              .state = COURSE_NO_STATE};
    c->at_end &= kind == COURSE_STEP || kind == COURSE_VALUES;
    return i;
}

/* ---- Room ---- */

static bool is_kept(const struct course *c, const struct course_item *i)
{
    return !i->follows || (i->kind == COURSE_STEP && i->n % c->stride == 0);
}

/* Thins out states: drops the stages of steps, and half of the states that can be computed again. */
static void thin_out(struct course *c)
{
    size_t n = (size_t)c->n_amounts, to = 0;
    c->stride *= 2;
    for (int64_t at = 0; at < c->n; at++) {
        struct course_item *i = &c->item[at];
        if (i->state == COURSE_NO_STATE) {
            continue;
        }
        if (!is_kept(c, i)) {
            i->state = COURSE_NO_STATE;
            continue;
        }
        memmove(c->number + to, c->number + i->state, n * sizeof *c->number);
        i->state = to;
        to += n;
    }
    c->n_numbers = to;
    c->has_stages = false;
}

static double *room(struct course *c, size_t n)
{
    if (c->n_numbers + n > c->numbers_cap) {
        c->numbers_cap = 2 * (c->n_numbers + n) + 1024;
        c->numbers_cap = !c->is_dense && c->n_numbers + n <= c->most && c->numbers_cap > c->most
                             ? c->most
                             : c->numbers_cap;
        c->number = rt_resize(c->number, c->numbers_cap, sizeof *c->number);
    }
    c->n_numbers += n;
    return c->number + c->n_numbers - n;
}

static void keep(struct course *c, struct course_item *i, const double *x)
{
    size_t n = (size_t)c->n_amounts;
    if (c->stride > 1 && !is_kept(c, i)) {
        return;
    }
    memcpy(room(c, n), x, n * sizeof *x);
    i->state = c->n_numbers - n;
}

/* Makes room for n numbers; returns false if there is no course to record any more. */
static bool make_room(struct rt_ode *o, int64_t n)
{
    struct course *c = o->course;
    size_t items = (size_t)c->n * sizeof *c->item / sizeof *c->number;
    if (c->gives_up && c->n_numbers + (size_t)n + items > c->most) {
        course_free(c);
        o->course = NULL;
        return false;
    }
    if (!c->is_dense && c->n_numbers + (size_t)n > c->most && c->stride <= c->n) {
        thin_out(c);
    }
    return true;
}

static bool is_at_end(const struct rt_ode *o, const double *x)
{
    const struct course *c = o->course;
    return c->at_end && memcmp(x, c->end, (size_t)o->n * sizeof *x) == 0;
}

/* ---- Notes ---- */

double course_place(int i)
{
    return i == 0                   ? 0
           : i == COURSE_POINTS - 1 ? 1
                                    : (1 - cos(3.14159265358979323846 * i / (COURSE_POINTS - 1))) / 2;
}

void course_note_step(struct rt_ode *o, double t_stop)
{
    struct course *c = o->course;
    if (!c || !make_room(o, o->n * (c->is_dense ? COURSE_POINTS : c->has_stages ? c->table.stages : 1))) {
        return;
    }
    struct course_item *i = add(o, COURSE_STEP);
    i->t = o->t_before;
    i->t_to = i->t_end = o->t;
    i->at_stop = o->t == t_stop;
    i->index = o->solver == &rt_ode_still;
    if (!c->is_dense) {
        i->follows = is_at_end(o, o->start);
        i->n = c->run = i->follows ? c->run + 1 : 0;
        keep(c, i, o->start);
        if (c->has_stages && !course_is_instant(i)) {
            size_t size = (size_t)(c->table.stages - 1) * (size_t)o->n;
            memcpy(room(c, size), o->stage, size * sizeof *o->stage);
        }
        memcpy(c->end, o->x, (size_t)o->n * sizeof *c->end);
        c->at_end = true;
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
            c->at_end &= c->item[i].t_end == c->item[i].t_to;
            return;
        }
    }
}

void course_note_values(struct rt_ode *o, double t, int64_t first, int64_t n, bool inside)
{
    if (o->course && n > 0 && make_room(o, o->n)) {
        struct course_item *i = add(o, COURSE_VALUES);
        i->t = t;
        i->inside = inside;
        i->first = first;
        i->n = n;
        i->follows = !inside && is_at_end(o, o->x);
        if (!inside) {
            keep(o->course, i, o->x);
        }
    }
}

void course_note_located(struct rt_ode *o, int32_t condition)
{
    if (o->course) {
        struct course_item *i = add(o, COURSE_LOCATED);
        i->index = condition;
        keep(o->course, i, o->x);
    }
}

static void note_timed(struct rt_ode *o, enum course_kind kind, int32_t index, int64_t times)
{
    struct course_item *i = add(o, kind);
    i->index = index;
    i->n = times;
    keep(o->course, i, o->x);
}

/* Events that are due together separate when parameters change. The derivative is for the case in which the
 * first of them moves and is then the last. */
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
        note_timed(o, COURSE_TURN, ev->jumps ? 1 + rt_turns_due(&ev->turns, o->t) : 0, 1);
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
        keep(o->course, i, x);
    }
}

void course_note_start(struct rt_ode *o)
{
    if (o->course) {
        struct course_item *i = add(o, COURSE_START);
        keep(o->course, i, o->x);
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

/* The barycentric formula (Berrut, Trefethen 2004) at Chebyshev points, whose weights are 1/2, -1, 1, ...,
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
