/* Places of deterministic runs, a number of steps apart, at which a run can be resumed from a checkpoint.
 * There the solver forgets what it knows of the past and starts anew, as after an event. It does so in the
 * runs of all programs, with or without a checkpoint, so that a resumed run gives the same bytes as one that
 * was not interrupted. This holds by construction: a run that passes a place is serialised, the workspace is
 * reset, and the run is read back. */
#include <math.h>
#include <string.h>

#include "rt_history.h"
#include "rt_ode.h"
#include "runtime/rt_single.h"

/* Steps between places: about a second's work. A start of the solver costs as much as some tens of steps of a
 * large network. */
enum { LEAST = 1 << 12, MOST = 1 << 15, WORK = 1 << 20 };

static int64_t steps_between(const struct rt_ode *o)
{
    int64_t n = WORK / (1 + o->n + o->m->n_reactions);
    return n < LEAST ? LEAST : n > MOST ? MOST : n;
}

bool rt_ode_is_near_place(const struct rt_ode *o)
{
    return o->steps + 1 - o->placed >= steps_between(o);
}

static const double ROUNDED = 1e-9;

/* While amounts are at rest, there is no place; the next one comes later. */
static bool is_place(const struct rt_ode *o, const struct rt_stretch *s)
{
    bool may = !o->job->course && o->solver == o->moving && !s->done && o->t < s->t_end;
    return may && o->steps - o->placed >= steps_between(o);
}

static void stretch_pieces(struct rt_stretch *s, const struct rt_job *job, struct rt_state *p)
{
    rt_state_piece(p, &s->t_base, sizeof s->t_base);
    rt_state_piece(p, &s->t_end, sizeof s->t_end);
    rt_grid_pieces(&s->grid, job, p);
    rt_state_truths(p, &s->measuring, 1);
    rt_state_truths(p, &s->until, 1);
    rt_state_must(p, !s->until || job->spec->until >= 0);
}

static void pieces(struct rt_ode *o, struct rt_stretch *s, struct rt_state *p)
{
    double *const numbers[] = {&o->t_before, &o->t,      &o->noise,   &o->bound,    &o->t_mark,   &o->t_look,
                               &o->first,    &o->t_rest, &o->started, &o->turnover, &o->t_repeats};
    int64_t *const counts[] = {&o->steps, &o->calls, &o->placed, &o->steps_mark};
    bool *const flags[] = {&o->waits, &o->knows_made};
    struct rt_ode_array list[RT_ODE_ARRAYS];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        rt_state_piece(p, numbers[i], sizeof *numbers[i]);
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        rt_state_count(p, counts[i]);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        rt_state_truths(p, flags[i], 1);
    }
    rt_ode_list_arrays(o, list);
    for (int i = 0; i < RT_ODE_ARRAYS; i++) {
        rt_state_piece(p, *list[i].of, list[i].size * sizeof **list[i].of);
    }
    rt_state_truths(p, o->is_signed, (size_t)o->n);
    rt_state_piece(p, &o->repeats, sizeof o->repeats);
    rt_state_piece(p, &o->stuck, sizeof o->stuck);
    rt_state_must(p,
                  o->repeats >= 0 && o->repeats < INT32_MAX / 2 && o->stuck >= 0 && o->stuck < INT32_MAX / 2);
    rt_state_piece(p, &o->crawl, sizeof o->crawl);
    rt_state_must(p, o->crawl.steps >= 0 && o->crawl.steps < INT64_MAX / 2);
    rt_state_must(p, o->crawl.times >= 0 && o->crawl.times < INT32_MAX / 2);
    rt_events_pieces(&o->events, p);
    rt_slide_pieces(o, p);
    if (o->history) {
        rt_history_pieces(o->history, p);
    }
    if (o->moving->state) {
        o->moving->state(o, p);
    }
    stretch_pieces(s, o->job, p);
    /* A stretch that ends after the run would never end. Sums of times are rounded. */
    double latest = o->t_horizon + ROUNDED * fabs(o->t_horizon);
    rt_state_must(p, isfinite(o->t) && s->t_base <= s->t_end && o->t <= s->t_end && s->t_end <= latest);
    rt_single_pieces(o->recorder, p);
}

/* Goes on with the run in p; the workspace must be reset and the run begun. */
static int go_on(struct rt_ode *o, struct rt_stretch *s, struct rt_state *p)
{
    struct rt_error *e = &o->recorder->error;
    pieces(o, s, p);
    s->r = o->recorder;
    s->grid.job = o->job;
    s->done = false;
    int32_t n_on = o->slide.n_on;
    rt_slide_begin(o);
    if (p->is_short || p->at != p->n) {
        return rt_single_fail(o->recorder);
    }
    rt_ode_pack(o);
    rt_ode_scales_at_start(o);
    rt_slide_follow(o, n_on);
    if (o->moving->bound) {
        o->moving->bound(o, o->bound);
    }
    return o->moving->start(o, e);
}

bool rt_ode_resume(struct rt_ode *o, struct rt_stretch *s, int *status)
{
    struct rt_state *p = rt_single_state(o->recorder);
    rt_single_has_states(o->recorder, !o->job->course);
    o->placed = 0;
    if (!p) {
        return false;
    }
    o->recorder->n_rows = 0;
    *status = go_on(o, s, p);
    return true;
}

int rt_ode_pass_place(struct rt_ode *o, struct rt_stretch *s)
{
    struct rt_recorder *r = o->recorder;
    struct rt_state p = {0};
    if (!is_place(o, s)) {
        return CRNL_OK;
    }
    o->placed = o->steps;
    pieces(o, s, &p);
    struct rt_state again = {rt_copy(p.data, p.n, 1), p.n, p.n, 0, true, false};
    if (rt_single_is_due(r)) {
        rt_single_keep_state(r, &p);
    }
    rt_state_free(&p);
    rt_ode_renew(o, o->job, &r->error);
    int status = r->error.status ? r->error.status : rt_ode_begin_run(o, r);
    status = status ? status : go_on(o, s, &again);
    rt_state_free(&again);
    return status;
}
