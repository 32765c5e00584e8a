/* Finds when a condition turns true inside a step. It is tested at four places of the step, and wherever one
 * of its comparisons changes between two of these places or has a smallest distance among three of them:
 * there the condition may hold although it does not at any of the places. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

enum { LOOKS = RT_ODE_LOOKS, PLACES = LOOKS + 1 };

static double margin_at(const struct rt_ode *o, double t, const double *x, int32_t i)
{
    const struct crnl_model *m = o->m;
    return m->expr(m->env, m->margin[i], x, rt_events_time(&o->events, t), o->job->param, o->job->capture,
                   o->job->inv_volume);
}

/* Whether margin `look_margin` has a sign other than where the search began. */
static bool margin_turned(struct rt_ode *o, double t, const double *x)
{
    return (margin_at(o, t, x, o->look_margin) >= 0) != o->look_side;
}

/* Inserts `t` into the sorted times. */
static void add_time(struct rt_ode *o, double t)
{
    int32_t i = o->n_looks++;
    for (; i > 0 && o->look_at[i - 1] > t; i--) {
        o->look_at[i] = o->look_at[i - 1];
    }
    o->look_at[i] = t;
}

/* Adds the time at which margin i changes its sign between two times. */
static void add_turn(struct rt_ode *o, int32_t i, bool side, double from, double to)
{
    o->look_margin = i;
    o->look_side = side;
    add_time(o, rt_ode_bisect(o, margin_turned, from, to));
}

/* Where a parabola through three values at equidistant places has its extremum: relative to the middle
 * place, in units of their distance. */
static double extremum(const double *v)
{
    double bend = v[0] - 2 * v[1] + v[2];
    return bend == 0 ? 0 : fmax(-1, fmin(1, (v[0] - v[2]) / (2 * bend)));
}

static bool is_nearest(const double *v)
{
    return fabs(v[0]) <= fabs(v[-1]) && fabs(v[0]) <= fabs(v[1]) && v[-1] != v[1];
}

static void look_for_turns(struct rt_ode *o, int32_t i, const double *t, const double *v)
{
    for (int k = 0; k < LOOKS; k++) {
        bool side = v[k] >= 0;
        if (side != (v[k + 1] >= 0)) {
            add_turn(o, i, side, t[k], t[k + 1]);
        } else if (k > 0 && side == (v[k - 1] >= 0) && is_nearest(v + k)) {
            double at = t[k] + extremum(v + k - 1) * (t[k + 1] - t[k]);
            rt_ode_state(o, at, o->y);
            if ((margin_at(o, at, o->y, i) >= 0) != side) {
                add_turn(o, i, side, t[k - 1], at);
                add_turn(o, i, !side, at, t[k + 1]);
            }
        }
    }
}

/* Finds the times in the step, up to t[LOOKS], at which a condition may change between the places at which
 * it is tested: the condition `until`, or -1, those of events. */
static void find_turns(struct rt_ode *o, int32_t until, const double *t)
{
    const struct crnl_model *m = o->m;
    for (int32_t i = 0; i < m->n_margins; i++) {
        double v[PLACES];
        if (m->margin_until[i] != until) {
            continue;
        }
        v[0] = margin_at(o, t[0], o->start, i);
        for (int k = 1; k < PLACES; k++) {
            v[k] = margin_at(o, t[k], o->look_state + (k - 1) * o->n, i);
        }
        look_for_turns(o, i, t, v);
    }
}

static bool has_margins(const struct rt_ode *o, int32_t until)
{
    bool found = false;
    for (int32_t i = 0; i < o->m->n_margins && !found; i++) {
        found = o->m->margin_until[i] == until;
    }
    return found;
}

/* Tests at t and x whether the condition holds; conditions that no longer hold are noted. */
static bool look(struct rt_ode *o, bool (*holds)(struct rt_ode *o, double t, const double *x), double t,
                 const double *x, bool note)
{
    bool found = holds(o, t, x);
    if (!found && note) {
        rt_events_turn(&o->events, t, x, true);
    }
    return found;
}

/* The time of the next look: of turn i or, once that has been looked at, halfway to what follows, as at a
 * turn itself a comparison may be either way. */
static double next_look(const struct rt_ode *o, int32_t i, bool halfway, double end)
{
    double at = i < o->n_looks ? fmin(o->look_at[i], end) : end;
    return halfway ? o->look_at[i - 1] + (at - o->look_at[i - 1]) / 2 : at;
}

double rt_ode_find(struct rt_ode *o, bool (*holds)(struct rt_ode *o, double t, const double *x),
                   int32_t until, double end, bool note)
{
    double t[PLACES] = {o->t_before}, no = o->t_before;
    bool margins = has_margins(o, until), halfway = false;
    o->n_looks = 0;
    for (int k = 1; k < PLACES; k++) {
        t[k] = k == LOOKS ? end : o->t_before + (end - o->t_before) * k / LOOKS;
        if (margins) {
            rt_ode_state(o, t[k], o->look_state + (k - 1) * o->n);
        }
    }
    if (margins) {
        find_turns(o, until, t);
    }
    for (int32_t k = 1, i = 0; k < PLACES;) {
        double at = next_look(o, i, halfway, t[k]), *x = o->y;
        bool place = at >= t[k];
        if (margins && place) {
            x = o->look_state + (k - 1) * o->n;
        } else {
            rt_ode_state(o, at, x);
        }
        if (look(o, holds, at, x, note)) {
            return rt_ode_bisect(o, holds, no, at);
        }
        no = at;
        k += place;
        i += !place && !halfway;
        halfway = !place && !halfway;
    }
    return INFINITY;
}
