/* A trajectory with clock and events, from their definition. Nothing is stored except which conditions
 * held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp_impl.h"
#include "support/mem.h"

struct course {
    struct interp *it;
    struct interp_ssa_state *w;
    const double *k;
    double *masked; /* constants masked by the clock */
    bool *held;     /* by event: its condition when it was last tested */
    bool *turn;     /* by event: whether its condition turns true */
    double *value;  /* by change: the new amount */
    double done;    /* all events up to this time have happened */
    size_t phase;
};

static double value_of(const struct course *c, expr_id e)
{
    return interp_value(c->it, e, c->w->x, c->w->t, c->w->p, NULL, 1);
}

/* The phase at time t, and the time when it ends; the durations are added up from time 0. */
static size_t phase_at(const struct course *c, double t, double *end)
{
    const struct net *n = c->it->n;
    double at = 0;
    *end = INFINITY;
    for (size_t i = 0; n->clock.n > 0; i = (i + 1) % n->clock.n) {
        at += value_of(c, n->clock.data[i].duration);
        if (!crnl_is_due(at, t)) {
            *end = at;
            return i;
        }
    }
    return 0;
}

/* The next time, after `done`, at which a timed event happens. */
static double next_time(const struct course *c, const struct event *e)
{
    double given = e->kind == EVENT_WHEN ? INFINITY : value_of(c, e->when), t = given;
    for (int64_t i = 1; e->kind == EVENT_EVERY && crnl_is_due(t, c->done); i++) {
        t = (double)i * given;
    }
    return crnl_is_due(t, c->done) ? INFINITY : t;
}

static void apply(struct course *c, const struct event *e)
{
    const struct net *n = c->it->n;
    for (uint32_t i = 0; i < e->n; i++) {
        c->value[i] = value_of(c, n->change.data[e->first + i].value);
    }
    for (uint32_t i = 0; i < e->n; i++) {
        c->w->x[n->change.data[e->first + i].species] = c->value[i];
    }
    c->w->t_next = -1;
    c->w->wait.due = 0;
}

/* Finds the conditions that hold but did not hold when they were last tested. */
static void look(struct course *c, bool *turn)
{
    const struct net *n = c->it->n;
    for (size_t i = 0; i < n->event.n; i++) {
        bool holds = n->event.data[i].kind == EVENT_WHEN && value_of(c, n->event.data[i].when) != 0;
        turn[i] = holds && !c->held[i];
        c->held[i] = c->held[i] && holds;
    }
}

/* Executes the events whose conditions have turned true, in order. Returns false if there were none. */
static bool round_of_conditions(struct course *c, bool *turn)
{
    bool any = false;
    for (size_t i = 0; i < c->it->n->event.n; i++) {
        look(c, turn);
        if (turn[i]) {
            c->held[i] = any = true;
            apply(c, &c->it->n->event.data[i]);
        }
    }
    look(c, turn);
    return any;
}

static void switch_phase(struct course *c)
{
    const struct net *n = c->it->n;
    double end;
    size_t phase = phase_at(c, c->w->t, &end);
    if (phase != c->phase) {
        c->w->t_next = -1;
        c->w->wait.due = 0;
    }
    c->phase = phase;
    for (size_t j = 0; j < n->reaction.n; j++) {
        int32_t guard = n->reaction.data[j].guard;
        c->masked[j] = guard == 0 || guard == n->clock.data[phase].guard ? c->k[j] : 0;
    }
}

static void happen(struct course *c)
{
    const struct net *n = c->it->n;
    switch_phase(c);
    for (size_t i = 0; i < n->event.n; i++) {
        if (crnl_is_due(next_time(c, &n->event.data[i]), c->w->t)) {
            apply(c, &n->event.data[i]);
        }
    }
    c->done = c->w->t;
    while (round_of_conditions(c, c->turn)) {
    }
}

enum interp_ssa_result interp_course(struct interp *it, struct interp_ssa_state *w, const double *k,
                                     double t_end)
{
    const struct net *n = it->n;
    struct course c = {.it = it, .w = w, .k = k, .done = -1};
    enum interp_ssa_result result = INTERP_TIME;
    c.masked = mem_zalloc(n->reaction.n + 1, sizeof *c.masked);
    c.held = mem_zalloc(n->event.n + 1, sizeof *c.held);
    c.turn = mem_zalloc(n->event.n + 1, sizeof *c.turn);
    c.value = mem_zalloc(n->change.n + 1, sizeof *c.value);
    w->k = c.masked;
    happen(&c);
    while (w->t < t_end && result != INTERP_BAD) {
        phase_at(&c, w->t, &w->t_stop);
        w->t_stop = fmin(w->t_stop, t_end);
        for (size_t i = 0; i < n->event.n; i++) {
            w->t_stop = fmin(w->t_stop, next_time(&c, &n->event.data[i]));
        }
        result = interp_ssa_step(it, w);
        happen(&c);
    }
    w->k = k;
    free(c.masked);
    free(c.held);
    free(c.turn);
    free(c.value);
    return result == INTERP_BAD ? result : INTERP_TIME;
}
