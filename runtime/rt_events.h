/* Events and the clock of one trajectory, for all methods alike. A solver stops at t_next, and where
 * rt_events_turn says that a condition turns true; rt_events_happen then does what is due. */
#ifndef RT_EVENTS_H
#define RT_EVENTS_H

#include <math.h>

#include "rt_turns.h"

struct rt_waiting { /* an event whose condition has turned true: its changes wait */
    double due;
    int32_t event;
    double *value; /* of its changes; NULL: computed when they happen */
};

struct rt_events {
    const struct rt_job *job;
    double t_next,
        t_event;    /* of the next switch, event at a fixed time or turn; without switches; INFINITY none */
    double t_last;  /* turns later than this do not matter */
    double t_turn;  /* of the next turn; ... */
    bool jumps;     /* ... it is not smooth, ... */
    bool jumped;    /* ... nor was one that the last rt_events_happen has passed */
    int64_t passed; /* turns so far */
    double after;   /* just after the last turn: what reads the time sees no time between */
    struct rt_turns turns;
    const double *k;                /* effective constants now */
    bool any, has_when, reads_time; /* something may happen; conditions; some that change with time alone */
    double period, base;            /* of the clock: cycle 0 began at base */
    int64_t cycle;
    int32_t phase;
    int64_t *fired;             /* [n_events] how often, AT and EVERY */
    uint8_t *truth;             /* [n_events] whether the condition held when it was last looked at */
    double *value;              /* [n_changes] scratch */
    struct rt_waiting *waiting; /* in the order in which they came */
    int32_t n_waiting, waiting_cap;
    double first_due;    /* of those waiting; INFINITY: none is */
    struct crnl_rng rng; /* which of those of one priority is first */
    const double *slack; /* [n_species] of amounts below 0 that count as 0; NULL: there are none */
    /* Told of each change before it is made; event -1: its values had been computed before. NULL: nobody
     * is. */
    void (*note)(void *env, int32_t event, double t, const double *x);
    void *note_env;
    double *masked; /* [n_reactions] constants under the guards; NULL without a clock */
    int64_t masks;  /* how often these have changed */
};

void rt_events_create(struct rt_events *ev, const struct rt_job *job);
void rt_events_destroy(struct rt_events *ev);
/* At the beginning of a trajectory, run number `run` of the job, before the first rt_events_happen. */
void rt_events_start(struct rt_events *ev, int64_t run);
/* Switches, events at fixed times, then those whose conditions turn true, until none does. *changed is set
 * when amounts or constants are others now. */
int rt_events_happen(struct rt_events *ev, double t, double *x, bool *changed, struct rt_error *e);
/* Whether some condition that did not hold does; conditions that no longer hold are noted only if `note`. */
bool rt_events_turn(struct rt_events *ev, double t, const double *x, bool note);
/* The time that laws and conditions see at t: one that is the same as that of a turn is after it once
 * rt_events_happen has passed it, and before it until then. */
static inline double rt_events_time(const struct rt_events *ev, double t)
{
    return t < ev->after                                               ? ev->after
           : ev->t_turn < INFINITY && t > crnl_time_before(ev->t_turn) ? crnl_time_before(ev->t_turn)
                                                                       : t;
}
/* A smooth turn that a step has gone over (rt_turns_over): it has been looked at; or has been missed, and the
 * step is to be taken again from t and x, not beyond it. Awaited: something is still to happen. */
void rt_events_over(struct rt_events *ev, int32_t turn);
void rt_events_miss(struct rt_events *ev, int32_t turn, double t, const double *x);
bool rt_events_awaited(const struct rt_events *ev);
/* When event i happens next by its time, and when the phase of the clock ends; INFINITY: never. */
double rt_events_time_of(const struct rt_events *ev, int32_t i);
double rt_events_phase_end(const struct rt_events *ev);
/* The time n cycles of the clock after t. */
double rt_events_cycles(const struct rt_events *ev, double t, double n);
void rt_events_keep(const struct rt_events *ev, double *memory);
/* In the middle of a run, for a checkpoint; what is read is of a run of the same job that has begun. */
struct rt_state;
void rt_events_pieces(struct rt_events *ev, struct rt_state *s);

/* What a continued run must know: where the clock is, which conditions held, how many changes wait; then the
 * largest |x| of each species so far and what could be there, for the tolerances of ODE runs. */
static inline size_t rt_memory_size(const struct crnl_model *m)
{
    return 3 + (size_t)m->n_events + 2 * (size_t)m->n_species;
}

static inline double *rt_memory_scales(const struct crnl_model *m, double *memory)
{
    return memory + 3 + m->n_events;
}

/* ---- between events.c and events_queue.c ---- */
/* Whether the condition of event i is true. */
/* Values of the changes of event i in ev->value: those of the state x. */
bool rt_event_holds(const struct rt_events *ev, int32_t i, double t, const double *x);
int rt_event_values(struct rt_events *ev, int32_t i, double t, const double *x, struct rt_error *e);
void rt_event_note(const struct rt_events *ev, int32_t i, double t, const double *x);
void rt_event_change(struct rt_events *ev, int32_t i, double *x);
int rt_queue_add(struct rt_events *ev, int32_t i, double t, const double *x, struct rt_error *e);
/* What is due first, of those due at t the one of highest priority, happens: *happened. */
int rt_queue_happen(struct rt_events *ev, double t, double *x, bool *happened, struct rt_error *e);
/* The condition of event i has ended. */
void rt_queue_cancel(struct rt_events *ev, int32_t i);
double rt_queue_next(const struct rt_events *ev); /* when the next change is due; INFINITY none */
void rt_queue_clear(struct rt_events *ev);
/* What waits, as so many numbers as the first says, for the run that goes on; and what that one begins with.
 * Runs that read their past keep their history in this place (job->past), and have nothing that waits. */
double *rt_queue_keep(const struct rt_events *ev);
void rt_queue_restore(struct rt_events *ev, const double *kept);

#endif
