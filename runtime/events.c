/* Events and the ideal clock. Times are multiples of given values, never sums, so that they do not drift,
 * and a run of n cycles ends exactly where the clock restarts. */
#include "rt_events.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ROUNDS = 1000 }; /* rounds of events that cause one another at the same time */

void rt_events_create(struct rt_events *ev, const struct rt_job *job)
{
    const struct crnl_model *m = job->m;
    *ev = (struct rt_events){.job = job,
                             .k = job->k,
                             .t_next = INFINITY,
                             .t_event = INFINITY,
                             .t_turn = INFINITY,
                             .t_last = INFINITY};
    ev->any = m->n_events > 0 || m->n_phases > 0 || m->n_turns > 0;
    rt_turns_create(&ev->turns, job);
    ev->fired = rt_alloc((size_t)m->n_events, sizeof *ev->fired);
    ev->truth = rt_alloc((size_t)m->n_events, 1);
    ev->value = rt_alloc((size_t)m->n_changes, sizeof *ev->value);
    for (int32_t i = 0; i < m->n_events; i++) {
        ev->has_when |= m->event[i].kind == CRNL_EVENT_WHEN;
        ev->has_priority |= m->event[i].priority >= 0 || (m->event[i].flags & CRNL_EVENT_DRAWN);
        ev->reads_time |= m->event[i].reads_time != 0;
    }
    if (m->n_phases > 0) {
        ev->k = ev->masked = rt_alloc((size_t)m->n_reactions, sizeof *ev->masked);
        for (int32_t i = 0; i < m->n_phases; i++) {
            ev->period += job->schedule[i];
        }
    }
}

void rt_events_destroy(struct rt_events *ev)
{
    free(ev->fired);
    rt_turns_destroy(&ev->turns);
    rt_queue_clear(ev);
    free(ev->waiting);
    free(ev->truth);
    free(ev->value);
    free(ev->masked);
}

/* ---- times ---- */

double rt_events_time_of(const struct rt_events *ev, int32_t i)
{
    double given = ev->job->schedule[ev->job->m->n_phases + i];
    switch (ev->job->m->event[i].kind) {
    case CRNL_EVENT_AT: return ev->fired[i] > 0 ? INFINITY : given;
    case CRNL_EVENT_EVERY: return (double)(ev->fired[i] + 1) * given;
    default: return INFINITY;
    }
}

double rt_events_phase_end(const struct rt_events *ev)
{
    const struct rt_job *job = ev->job;
    if (job->m->n_phases == 0) {
        return INFINITY;
    }
    if (ev->phase + 1 == job->m->n_phases) {
        return ev->base + (double)(ev->cycle + 1) * ev->period;
    }
    double before = 0;
    for (int32_t i = 0; i <= ev->phase; i++) {
        before += job->schedule[i];
    }
    return ev->base + ((double)ev->cycle * ev->period + before);
}

static void find_next(struct rt_events *ev)
{
    ev->t_event = fmin(rt_queue_next(ev), ev->t_turn);
    for (int32_t i = 0; i < ev->job->m->n_events; i++) {
        ev->t_event = fmin(ev->t_event, rt_events_time_of(ev, i));
    }
    ev->t_next = fmin(ev->t_event, rt_events_phase_end(ev));
}

double rt_events_cycles(const struct rt_events *ev, double t, double n)
{
    double inside = t - (ev->base + (double)ev->cycle * ev->period);
    return ev->base + ((double)ev->cycle + n) * ev->period + inside;
}

/* Finds the next turn, at amounts x, that has not been passed. */
static void find_turn(struct rt_events *ev, double t, const double *x)
{
    ev->t_turn = rt_turns_next(&ev->turns, fmax(t, ev->after), ev->t_last, x, &ev->jumps);
}

/* ---- the clock ---- */

static void mask(struct rt_events *ev)
{
    const struct crnl_model *m = ev->job->m;
    ev->masks++;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t guard = m->guard ? m->guard[j] : 0;
        bool of_phase = false;
        for (int32_t i = 0; i < m->n_phases; i++) {
            of_phase |= m->phase_guard[i] == guard;
        }
        ev->masked[j] = !of_phase || m->phase_guard[ev->phase] == guard ? ev->job->k[j] : 0;
    }
}

static bool switch_phases(struct rt_events *ev, double t)
{
    int32_t before = ev->phase;
    while (crnl_is_due(rt_events_phase_end(ev), t)) {
        if (++ev->phase == ev->job->m->n_phases) {
            ev->phase = 0;
            ev->cycle++;
        }
    }
    if (ev->phase != before) {
        mask(ev);
    }
    return ev->phase != before;
}

/* ---- changes ---- */

static int fail_amount(const struct rt_events *ev, int32_t i, int32_t species, double v, double t,
                       struct rt_error *e)
{
    const struct crnl_model *m = ev->job->m;
    const char *name = m->species_name[species];
    rt_fail(e, CRNL_BAD_AMOUNT,
            "the event in line %d of network `%s` would give `%s` the amount %.6g at t = %.6g",
            (int)m->event[i].line, m->name, name, v, t);
    if (v < 0) {
        rt_putf(&e->text, "\n  help: let the event leave at least 0, as in `%s = max(%s - 5, 0)`", name,
                name);
    }
    return e->status;
}

/* A deterministic amount within the solver's error of 0 counts as 0. Stochastic amounts are whole; if some
 * of the species flow, an amount computed from them is rounded. */
static int round_amount(const struct rt_events *ev, int32_t i, int32_t species, double t, double *v,
                        struct rt_error *e)
{
    const struct rt_job *job = ev->job;
    const struct crnl_model *m = job->m;
    bool counted = job->counted && job->counted[species];
    bool tiny = ev->slack && *v < 0 && *v > -ev->slack[species];
    if (tiny && !rt_is_amount(m, species, *v)) {
        *v = 0;
    }
    bool is_unbounded = ev->slack && m->species_signed && m->species_signed[species] == CRNL_UNBOUNDED;
    if (!rt_is_amount(m, species, *v) && !(is_unbounded && fabs(*v) < INFINITY)) {
        return fail_amount(ev, i, species, *v, t, e);
    }
    double scaled = *v * job->volume, whole;
    bool is_whole = rt_is_whole(scaled, &whole);
    bool some_flow = rt_real(job, CRNL_OPTION_PARTITION) > 0;
    if (counted && job->volume == 1 && !is_whole && !some_flow) {
        return rt_fail(e, CRNL_FRACTIONAL,
                       "the event in line %d of network `%s` gives `%s` the amount %.15g at t = %.6g, "
                       "and a stochastic run counts whole molecules\n  help: round it: floor(...)",
                       (int)m->event[i].line, m->name, m->species_name[species], *v, t);
    }
    if (counted && !(whole < 0x1p53)) {
        return fail_amount(ev, i, species, *v, t, e);
    }
    *v = counted ? whole : scaled;
    return CRNL_OK;
}

int rt_event_values(struct rt_events *ev, int32_t i, double t, const double *x, struct rt_error *e)
{
    const struct rt_job *job = ev->job;
    const struct crnl_model *m = job->m;
    const struct crnl_event *event = &m->event[i];
    int status = CRNL_OK;
    for (int32_t c = event->first; !status && c < event->first + event->n; c++) {
        ev->value[c] = m->expr(m->env, m->change_expr[c], x, t, job->param, NULL, job->inv_volume);
        status = round_amount(ev, i, m->change_species[c], t, &ev->value[c], e);
    }
    return status;
}

void rt_event_change(struct rt_events *ev, int32_t i, double *x)
{
    const struct crnl_model *m = ev->job->m;
    for (int32_t c = m->event[i].first; c < m->event[i].first + m->event[i].n; c++) {
        x[m->change_species[c]] = ev->value[c];
    }
}

static int apply(struct rt_events *ev, int32_t i, double t, double *x, struct rt_error *e)
{
    int status = rt_event_values(ev, i, t, x, e);
    if (!status) {
        rt_event_note(ev, i, t, x);
        rt_event_change(ev, i, x);
    }
    return status;
}

void rt_event_note(const struct rt_events *ev, int32_t i, double t, const double *x)
{
    if (ev->note) {
        ev->note(ev->note_env, i, t, x);
    }
}

bool rt_event_holds(const struct rt_events *ev, int32_t i, double t, const double *x)
{
    const struct crnl_model *m = ev->job->m;
    return m->expr(m->env, m->event[i].when, x, rt_events_time(ev, t), ev->job->param, NULL,
                   ev->job->inv_volume) != 0;
}

static int happen_in_time(struct rt_events *ev, double t, double *x, bool *changed, struct rt_error *e)
{
    int status = CRNL_OK;
    for (int32_t i = 0; !status && i < ev->job->m->n_events; i++) {
        if (crnl_is_due(rt_events_time_of(ev, i), t)) {
            ev->fired[i]++;
            *changed = true;
            status = apply(ev, i, t, x, e);
        }
    }
    return status;
}

/* Notes conditions that no longer hold, so that they may turn true again. */
static void note_ends(struct rt_events *ev, double t, const double *x)
{
    for (int32_t i = 0; i < ev->job->m->n_events; i++) {
        bool held = ev->truth[i];
        ev->truth[i] = held && rt_event_holds(ev, i, t, x);
        if (held && !ev->truth[i]) {
            rt_queue_cancel(ev, i);
        }
    }
}

/* Executes rounds of events, in order, until no condition turns true. Each event sees the changes of earlier
 * ones. */
static int happen_by_condition(struct rt_events *ev, double t, double *x, bool *changed, struct rt_error *e)
{
    const struct crnl_model *m = ev->job->m;
    bool again = true;
    int32_t last = 0;
    note_ends(ev, t, x);
    for (int round = 0; again && round < MAX_ROUNDS; round++) {
        again = false;
        for (int32_t i = 0; i < m->n_events; i++) {
            if (m->event[i].kind != CRNL_EVENT_WHEN || ev->truth[i] || !rt_event_holds(ev, i, t, x)) {
                continue;
            }
            bool queued = m->event[i].flags & CRNL_EVENT_QUEUED;
            int status = queued ? rt_queue_add(ev, i, t, x, e) : apply(ev, i, t, x, e);
            if (status) {
                return status;
            }
            ev->truth[i] = true;
            if (!queued) {
                note_ends(ev, t, x);
                *changed = again = true;
                last = i;
            }
        }
        bool happened = false;
        int status = again ? CRNL_OK : rt_queue_happen(ev, t, x, &happened, e);
        if (status) {
            return status;
        }
        if (happened) {
            note_ends(ev, t, x);
            *changed = again = true;
        }
    }
    if (again) {
        return rt_fail(
            e, CRNL_EVENTS,
            "the event in line %d of network `%s` happens again and again at t = %.6g\n"
            "  help: events that make one another's conditions true need a condition that ends this",
            (int)m->event[last].line, m->name, t);
    }
    return CRNL_OK;
}

/* ---- what methods call ---- */

void rt_events_start(struct rt_events *ev, int64_t run)
{
    const struct rt_job *job = ev->job;
    crnl_rng_seed(&ev->rng, job->seed, (uint32_t)job->spec->statement, job->count, (uint64_t)run,
                  CRNL_DRAW_EVENTS);
    const struct crnl_model *m = job->m;
    ev->passed = 0;
    bool passed = job->memory && !job->is_reset; /* what happens at t0 has happened */
    ev->after = passed ? crnl_time_after(job->t0) : -INFINITY;
    ev->base = job->memory ? job->memory[0] + job->moved : job->t0;
    ev->phase = job->memory ? (int32_t)job->memory[1] : 0;
    ev->cycle = 0;
    rt_turns_begin(&ev->turns);
    rt_queue_clear(ev);
    if (job->memory && job->memory[2] > 0 && job->past && m->n_delays == 0) {
        rt_queue_restore(ev, job->past);
    }
    for (int32_t i = 0; i < m->n_events; i++) {
        double given = job->schedule[m->n_phases + i];
        ev->truth[i] = job->memory ? job->memory[3 + i] != 0 : (m->event[i].flags & CRNL_EVENT_HELD) != 0;
        ev->fired[i] = 0;
        if (m->event[i].kind == CRNL_EVENT_AT) {
            ev->fired[i] = job->memory && (passed ? crnl_is_due(given, job->t0) : given < job->t0);
        } else if (m->event[i].kind == CRNL_EVENT_EVERY) {
            ev->fired[i] = (int64_t)floor(job->t0 / given);
            while (crnl_is_due(rt_events_time_of(ev, i), job->t0)) {
                ev->fired[i]++;
            }
        }
    }
    if (m->n_phases > 0) {
        mask(ev);
    }
    find_turn(ev, job->t0, job->x0);
    find_next(ev);
}

int rt_events_happen(struct rt_events *ev, double t, double *x, bool *changed, struct rt_error *e)
{
    int status = CRNL_OK;
    bool due = crnl_is_due(ev->t_next, t), turned = crnl_is_due(ev->t_turn, t), change = false;
    ev->jumped = turned && ev->jumps;
    if (turned) {
        ev->after = crnl_time_after(fmax(ev->t_turn, t));
        ev->t_turn = INFINITY;
        ev->passed++;
    }
    if (due) {
        change = switch_phases(ev, t);
        status = happen_in_time(ev, t, x, &change, e);
    }
    if (!status && ev->has_when) {
        status = happen_by_condition(ev, t, x, &change, e);
    }
    if (turned || (change && ev->job->m->n_turn_species > 0)) {
        find_turn(ev, t, x);
    }
    if (due || ev->n_waiting > 0 || turned || change) {
        find_next(ev);
    }
    *changed |= change;
    return status;
}

void rt_events_over(struct rt_events *ev, int32_t turn)
{
    ev->passed++;
    rt_turns_pass(&ev->turns, turn, ev->t_last);
}

void rt_events_miss(struct rt_events *ev, int32_t turn, double t, const double *x)
{
    rt_turns_back(&ev->turns, t);
    rt_turns_miss(&ev->turns, turn);
    find_turn(ev, t, x);
    find_next(ev);
}

bool rt_events_awaited(const struct rt_events *ev)
{
    int32_t turn;
    return ev->t_next < INFINITY || rt_turns_over(&ev->turns, INFINITY, &turn) < INFINITY;
}

bool rt_events_turn(struct rt_events *ev, double t, const double *x, bool note)
{
    const struct crnl_model *m = ev->job->m;
    bool turn = false;
    for (int32_t i = 0; ev->has_when && i < m->n_events; i++) {
        if (m->event[i].kind == CRNL_EVENT_WHEN) {
            bool now = rt_event_holds(ev, i, t, x);
            turn |= now && !ev->truth[i];
            if (note && !now && ev->truth[i]) {
                ev->truth[i] = 0;
                rt_queue_cancel(ev, i);
            }
        }
    }
    return turn;
}

void rt_events_keep(const struct rt_events *ev, double *memory)
{
    memory[0] = ev->base + (double)ev->cycle * ev->period;
    memory[1] = ev->phase;
    memory[2] = ev->n_waiting;
    for (int32_t i = 0; i < ev->job->m->n_events; i++) {
        memory[3 + i] = ev->truth[i];
    }
}
