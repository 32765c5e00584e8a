/* Events and the clock of a trajectory, for all methods. A solver stops at t_next, and where rt_events_turn
 * says that a condition turns true; rt_events_happen then executes what is due. */
#ifndef RT_EVENTS_H
#define RT_EVENTS_H

#include <math.h>

#include "rt_turns.h"

struct rt_waiting { /* an event whose condition has turned true, and whose changes wait */
    double due;
    int32_t event;
    int64_t arrived; /* how many came before it */
    double *value;   /* values of its changes; NULL: they are computed when the changes happen */
};

struct rt_events {
    const struct rt_job *job;
    double t_next,
        t_event;    /* time of the next switch, event at a fixed time, or turn; without switches; INFINITY:
                       none */
    double t_last;  /* later turns do not matter */
    double t_turn;  /* time of the next turn; ... */
    bool jumps;     /* ... whether that turn is not smooth, ... */
    bool jumped;    /* ... and whether one was not smooth that the last rt_events_happen passed */
    int64_t passed; /* number of turns so far */
    double after;   /* just after the last turn: laws and conditions see no time between */
    struct rt_turns turns;
    const double *k;                /* current effective constants */
    bool any, has_when, reads_time; /* any: something may happen; has_when: there are conditions; reads_time:
                                       some change with time alone */
    double period, base;            /* period of the clock; cycle 0 began at base */
    int64_t cycle;
    int32_t phase;
    int64_t *fired; /* [n_events] number of times that AT and EVERY events have happened */
    uint8_t *truth; /* [n_events] whether the condition held when it was last tested */
    double *value;  /* [n_changes] scratch */
    struct rt_waiting
        *waiting; /* events that wait: a heap, the first that is due at its top, and of those that
                                   are due together the one that came first */
    int64_t n_arrived;
    bool has_priority; /* of events that happen together some have a priority, or are drawn */
    int32_t n_waiting, waiting_cap;
    struct crnl_rng rng; /* chooses among changes of equal priority */
    const double *slack; /* [n_species] how far below 0 an amount counts as 0; NULL: not at all */
    /* Called before each change is made; event = -1: its values were computed earlier. May be NULL. */
    void (*note)(void *env, int32_t event, double t, const double *x);
    void *note_env;
    double *masked; /* [n_reactions] constants masked by guards; NULL without a clock */
    int64_t masks;  /* how often the masked constants have changed */
};

void rt_events_create(struct rt_events *ev, const struct rt_job *job);
void rt_events_destroy(struct rt_events *ev);
/* Called at the start of a trajectory, run number `run` of the job, before the first rt_events_happen. */
void rt_events_start(struct rt_events *ev, int64_t run);
/* Executes switches, events at fixed times, and then events whose conditions turn true, until none does.
 * Sets *changed if amounts or constants have changed. */
int rt_events_happen(struct rt_events *ev, double t, double *x, bool *changed, struct rt_error *e);
/* Whether a condition has turned true; conditions that have turned false are noted only if `note`. */
bool rt_events_turn(struct rt_events *ev, double t, const double *x, bool note);
/* The time that laws and conditions see at t. A time that equals that of a turn counts as after the turn
 * once rt_events_happen has passed it, and as before it until then. */
static inline double rt_events_time(const struct rt_events *ev, double t)
{
    return t < ev->after                                               ? ev->after
           : ev->t_turn < INFINITY && t > crnl_time_before(ev->t_turn) ? crnl_time_before(ev->t_turn)
                                                                       : t;
}
/* Handle a smooth turn over which a step has gone (rt_turns_over): rt_events_over, if the solver has looked
 * at it; rt_events_miss, if the step has missed it and must be repeated from t and x, no further than the
 * turn. rt_events_awaited: whether something is still to happen. */
void rt_events_over(struct rt_events *ev, int32_t turn);
void rt_events_miss(struct rt_events *ev, int32_t turn, double t, const double *x);
bool rt_events_awaited(const struct rt_events *ev);
/* The next time of event i, and the end of the phase of the clock; INFINITY: never. */
double rt_events_time_of(const struct rt_events *ev, int32_t i);
double rt_events_phase_end(const struct rt_events *ev);
/* The time n cycles of the clock after t. */
double rt_events_cycles(const struct rt_events *ev, double t, double n);
void rt_events_keep(const struct rt_events *ev, double *memory);
/* Writes or reads the state in the middle of a run, for a checkpoint; reading requires a run of the same job
 * that has begun. */
struct rt_state;
void rt_events_pieces(struct rt_events *ev, struct rt_state *s);

/* The size of what a continued run must know: where the clock is, which conditions held, how many changes
 * wait; then, for the tolerances of ODE runs, the largest |x| of each species so far, and what could be
 * there. */
static inline size_t rt_memory_size(const struct crnl_model *m)
{
    return 3 + (size_t)m->n_events + 2 * (size_t)m->n_species;
}

static inline double *rt_memory_scales(const struct crnl_model *m, double *memory)
{
    return memory + 3 + m->n_events;
}

/* ---- between events.c and events_queue.c ---- */
/* rt_event_holds: whether the condition of event i is true. */
/* rt_event_values: computes the values of the changes of event i, at the state x, into ev->value. */
bool rt_event_holds(const struct rt_events *ev, int32_t i, double t, const double *x);
int rt_event_values(struct rt_events *ev, int32_t i, double t, const double *x, struct rt_error *e);
void rt_event_note(const struct rt_events *ev, int32_t i, double t, const double *x);
void rt_event_change(struct rt_events *ev, int32_t i, double *x);
int rt_queue_add(struct rt_events *ev, int32_t i, double t, const double *x, struct rt_error *e);
/* Executes the change that is due first, and among those due at t the one of highest priority; *happened:
 * there was one. */
int rt_queue_happen(struct rt_events *ev, double t, double *x, bool *happened, struct rt_error *e);
/* Called when the condition of event i has turned false. */
void rt_queue_cancel(struct rt_events *ev, int32_t i);
double rt_queue_next(const struct rt_events *ev); /* the time at which the next change is due; INFINITY:
                                                     none */
void rt_queue_clear(struct rt_events *ev);
/* Puts an event among those that wait, as the last one that came; *w belongs to the queue then. */
void rt_queue_push(struct rt_events *ev, const struct rt_waiting *w);
/* The events that wait in the order in which they came, as an array that the caller frees. */
struct rt_waiting *rt_queue_in_order(const struct rt_events *ev);
/* The changes that wait, as an array that begins with its length and 1 / volume, for the run that continues;
 * that run restores them. Runs that read past values keep their history in its place (job->past), and have no
 * changes that wait. */
enum { RT_QUEUE_LENGTH, RT_QUEUE_INV_VOLUME, RT_QUEUE_NUMBERS };
double *rt_queue_keep(const struct rt_events *ev);
void rt_queue_restore(struct rt_events *ev, const double *kept);

#endif
