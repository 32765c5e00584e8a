/* Events and the clock of one trajectory, for all methods alike. A solver stops at t_next, and where
 * rt_events_turn says that a condition turns true; rt_events_happen then does what is due. */
#ifndef RT_EVENTS_H
#define RT_EVENTS_H

#include <math.h>

#include "rt_run.h"

struct rt_events {
    const struct rt_job *job;
    double t_next, t_event;         /* of the next switch or event at a fixed time, of the next event; INFINITY none */
    const double *k;                /* effective constants now */
    bool any, has_when, reads_time; /* something may happen; conditions; some that change with time alone */
    double period, base;            /* of the clock: cycle 0 began at base */
    int64_t cycle;
    int32_t phase;
    int64_t *fired;                 /* [n_events] how often, AT and EVERY */
    uint8_t *truth;                 /* [n_events] whether the condition held when it was last looked at */
    double *value;                  /* [n_changes] scratch */
    double *masked;                 /* [n_reactions] constants under the guards; NULL without a clock */
};

void rt_events_create(struct rt_events *ev, const struct rt_job *job);
void rt_events_destroy(struct rt_events *ev);
/* At the beginning of a trajectory, before the first rt_events_happen. */
void rt_events_start(struct rt_events *ev);
/* Switches, events at fixed times, then those whose conditions turn true, until none does. *changed is set when
 * amounts or constants are others now. */
int rt_events_happen(struct rt_events *ev, double t, double *x, bool *changed, struct rt_error *e);
/* Whether some condition that did not hold does; conditions that no longer hold are noted only if `note`. */
bool rt_events_turn(struct rt_events *ev, double t, const double *x, bool note);
/* The time n cycles of the clock after t. */
double rt_events_cycles(const struct rt_events *ev, double t, double n);
void rt_events_keep(const struct rt_events *ev, double *memory);

/* What a continued run must know: where the clock is, which conditions held. */
static inline size_t rt_memory_size(const struct crnl_model *m)
{
    return 2 + (size_t)m->n_events;
}

#endif
