/* Deterministic runs: rows, statistics over time, conditions and steady states, built on the steps of a
 * solver. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"
#include "rt_history.h"
#include "rt_root.h"
#include "runtime/rt_clones.h"

enum { STEADY_STEPS = 300000, STEADY_TURNS = 30000, RATES_BETWEEN_LOOKS = 1 << 20, STUCK_STEPS = 100 };

/* Turns later than the end of a run by this fraction of it do not belong to the run. */
static const double AFTER_END = 0x1p-40;

/* SUNDIALS often writes into memory whose allocation failed. So this checks, before it starts, that there is
 * memory for about 20 vectors, two matrices with their factors, and its tables. */
static void reserve_memory(const struct crnl_model *m)
{
    rt_check_memory(20 * (size_t)m->n_species + 8 * (size_t)m->jac_nnz + (1 << 15), sizeof(double));
}

void rt_ode_list_arrays(struct rt_ode *o, struct rt_ode_array list[RT_ODE_ARRAYS])
{
    double **const of_species[] = {&o->x,    &o->f,       &o->y,        &o->raised, &o->start, &o->peak,
                                   &o->mark, &o->largest, &o->possible, &o->floor,  &o->slack};
    int n = 0;
    for (; n < RT_ODE_ARRAYS - 5; n++) {
        list[n] = (struct rt_ode_array){of_species[n], (size_t)o->n};
    }
    list[n++] = (struct rt_ode_array){&o->made, (size_t)o->m->n_timed};
    list[n++] = (struct rt_ode_array){&o->sum, (size_t)o->m->n_sums};
    list[n++] = (struct rt_ode_array){&o->look_state, o->m->n_margins > 0 ? RT_ODE_LOOKS * (size_t)o->n : 0};
    list[n++] = (struct rt_ode_array){&o->look_at, 3 * RT_ODE_LOOKS * (size_t)o->m->n_margins};
    list[n] = (struct rt_ode_array){&o->between, (size_t)o->m->n_timed * (ODE_PLACES + 1)};
}

static void begin_job(struct rt_ode *o, const struct rt_job *job, struct rt_error *e)
{
    o->job = job;
    rt_events_create(&o->events, job);
    o->events.slack = o->slack;
    o->events.turns.goes_over = o->moving->bound && !o->moving->is_fixed;
    o->bound = INFINITY;
    o->clock = 1;
    o->code = rt_ode_choose(job, &o->choice, &o->kernel, e);
    o->packed_masks = -1;
    o->is_packed = false;
    rt_poles_begin(o);
}

void *rt_ode_create(const struct rt_ode_solver *solver, const struct rt_job *job, struct rt_error *e)
{
    struct rt_ode *o = rt_alloc(1, sizeof *o);
    o->solver = o->moving = job->m->n_species > 0 ? solver : &rt_ode_still;
    o->calls_per_look = 1 + RATES_BETWEEN_LOOKS / (1 + (int64_t)job->m->n_reactions);
    o->m = job->m;
    o->n = job->m->n_species;
    struct rt_ode_array list[RT_ODE_ARRAYS];
    rt_ode_list_arrays(o, list);
    for (int i = 0; i < RT_ODE_ARRAYS; i++) {
        *list[i].of = rt_alloc(list[i].size, sizeof **list[i].of);
    }
    o->is_signed = rt_alloc((size_t)o->n, sizeof *o->is_signed);
    reserve_memory(job->m);
    rt_slide_create(o);
    rt_steep_create(o);
    rt_poles_create(o);
    o->history = rt_history_create(o->m);
    o->root_of_n = sqrt((double)o->n);
    begin_job(o, job, e);
    if (o->code) {
        o->solver->create(o, e);
    }
    return o;
}

/* Resets everything that a run leaves behind, so that the next run does not depend on it. */
void rt_ode_renew(void *workspace, const struct rt_job *job, struct rt_error *e)
{
    struct rt_ode *o = workspace;
    struct rt_ode_array list[RT_ODE_ARRAYS];
    rt_ode_list_arrays(o, list);
    for (int i = 0; i < RT_ODE_ARRAYS; i++) {
        memset(*list[i].of, 0, list[i].size * sizeof **list[i].of);
    }
    rt_events_destroy(&o->events);
    begin_job(o, job, e);
    o->solver = o->moving;
    o->noise = o->t_mark = o->t_look = o->first = o->t_rest = o->turnover = o->started = 0;
    if (o->moving->renew) {
        o->moving->renew(o);
    }
}

void rt_ode_destroy(void *workspace)
{
    struct rt_ode *o = workspace;
    if (o->data) {
        o->moving->destroy(o);
    }
    rt_events_destroy(&o->events);
    rt_buffer_free(&o->notes);
    rt_packed_destroy(o->packed);
    struct rt_ode_array list[RT_ODE_ARRAYS];
    rt_ode_list_arrays(o, list);
    for (int i = 0; i < RT_ODE_ARRAYS; i++) {
        free(*list[i].of);
    }
    free(o->is_signed);
    rt_slide_destroy(o);
    rt_steep_destroy(o);
    rt_poles_destroy(o);
    rt_history_free(o->history);
    free(o);
}

/* Packs the rate constants again if they have changed: at the start of a run, and after each switch of
 * phases. */
void rt_ode_pack(struct rt_ode *o)
{
    if (o->code != crnl_kernel_ode_table.code || o->packed_masks == o->events.masks) {
        return;
    }
    o->packed = o->packed ? o->packed : rt_packed_create(o->m);
    o->packed_masks = o->events.masks;
    o->is_packed = rt_packed_fill(o->packed, o->m, o->events.k);
}

/* Whether all of them are finite numbers. */
static RT_CLONES bool all_finite(int32_t n, const double *x)
{
    enum { SIDE = 8 }; /* sums side by side, as one alone waits for each addition */
    double sum[SIDE] = {0};
    int32_t i = 0;
    for (; i + SIDE <= n; i += SIDE) {
        for (int l = 0; l < SIDE; l++) {
            sum[l] += x[i + l] * 0; /* NaN as soon as a value is not finite */
        }
    }
    for (; i < n; i++) {
        sum[0] += x[i] * 0;
    }
    for (int l = 1; l < SIDE; l++) {
        sum[0] += sum[l];
    }
    return sum[0] == 0;
}

bool rt_ode_plain_rhs(const struct rt_ode *o, double t, const double *x, double *dx)
{
    const struct crnl_model *m = o->m;
    t = rt_events_time(&o->events, t);
    if (o->is_packed) {
        rt_packed_rhs(o->packed, x, dx);
    } else {
        o->code->rhs(m, t, x, o->job->param, o->events.k, dx);
    }
    return all_finite(m->n_species, dx);
}

/* Whether one of them has the sign of negative numbers. */
static RT_CLONES bool any_sign(int32_t n, const double *x)
{
    uint64_t signs = 0;
    for (int32_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, x + i, sizeof bits);
        signs |= bits;
    }
    return signs >> 63;
}

/* Whether an amount that may not be negative is below 0 by more than rounding and more than the error that a
 * given tolerance admits. Within that error mass action continues smoothly below 0. If the right side left
 * out what a reaction takes there, while the Jacobian of Newton's method has it, the method would take its
 * small changes for convergence. Other laws need not continue smoothly: S / (K + S) is greater than 1 below
 * -K, and takes more and more. */
static bool is_below(const struct rt_ode *o, const double *x)
{
    if (!any_sign(o->m->n_species, x)) {
        return false;
    }
    double allowed = o->m->law ? 0 : RT_ODE_PART_OF_FLOOR * o->root_of_n;
    bool below = false;
    for (int32_t s = 0; s < o->m->n_species; s++) {
        below |= x[s] < -(o->noise + allowed * rt_atol(o->job, s)) && !o->is_signed[s];
    }
    return below;
}

/* The right side, with steep laws replaced by lines where amounts are close to 0. */
static bool gentle_rhs(const struct rt_ode *o, double t, const double *x, double *dx)
{
    if (o->steep.n == 0 || !rt_steep_near(o, x)) {
        return rt_ode_plain_rhs(o, t, x, dx);
    }
    double *y = o->steep.x;
    rt_steep_raise(o, x, false, y);
    if (!rt_ode_plain_rhs(o, t, y, dx)) {
        return false;
    }
    rt_steep_rhs(o, t, x, y, dx);
    return true;
}

static bool any_infinite(const struct rt_ode *o, const double *dx)
{
    bool found = false;
    for (int64_t s = 0; s < o->n; s++) {
        found |= fabs(dx[s]) == INFINITY;
    }
    return found;
}

static bool consumes_nothing(const struct rt_ode *o, int32_t j, const double *x)
{
    const struct crnl_model *m = o->m;
    bool found = false;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        found |= m->net_delta[e] < 0 && x[m->net_species[e]] == 0 && !o->is_signed[m->net_species[e]];
    }
    return found;
}

/* The right side, reaction by reaction. A reaction without a value, as A / (A + B) at 0, does not fire if a
 * species that it consumes is at 0. */
static bool rhs_of_nothing(const struct rt_ode *o, double t, const double *x, double *dx)
{
    const struct crnl_model *m = o->m;
    double sum = 0;
    memset(dx, 0, (size_t)o->n * sizeof *dx);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double rate = rt_rate(m, j, rt_events_time(&o->events, t), x, o->job->param, o->events.k);
        rate = rate != rate && consumes_nothing(o, j, x) ? 0 : rate;
        sum += rate * 0;
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            dx[m->net_species[e]] += m->net_delta[e] * rate;
        }
    }
    return sum == 0;
}

/* A law may have no value at an amount of 0 although it has a limit there, as X log(1 + 1 / X) does; then its
 * value at the smallest amounts that count is used. A law that grows without bound there is an error. */
bool rt_ode_rhs(const struct rt_ode *o, double t, const double *x, double *dx)
{
    x = rt_ode_past_see(o, t, x);
    if (o->slide.n_on > 0) {
        return rt_slide_rhs(o, t, x, dx);
    }
    bool raised = is_below(o, x) && rt_ode_raise(o, x, false, o->raised);
    if (gentle_rhs(o, t, raised ? o->raised : x, dx) ||
        (!raised && rt_ode_raise(o, x, false, o->raised) && gentle_rhs(o, t, o->raised, dx))) {
        return true;
    }
    if (any_infinite(o, dx)) {
        return false;
    }
    bool known = rt_ode_raise(o, x, true, o->raised) && gentle_rhs(o, t, o->raised, dx);
    return known || rhs_of_nothing(o, t, x, dx);
}

static void put_note(struct rt_ode *o, const char *format, va_list args)
{
    rt_put(&o->notes, "note: ");
    rt_vputf(&o->notes, format, args);
    rt_put(&o->notes, "\n");
}

void rt_ode_note(struct rt_ode *o, const char *format, ...)
{
    if (!o->job->verbose) {
        return;
    }
    va_list args;
    va_start(args, format);
    put_note(o, format, args);
    va_end(args);
}

void rt_ode_tell(struct rt_ode *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_note(o, format, args);
    va_end(args);
}

bool rt_ode_look(struct rt_ode *o)
{
    return rt_check_limits(o->recorder, o->t) != CRNL_OK;
}

int rt_ode_fail(const struct rt_ode *o, enum rt_ode_failure why, const double *scaled_error,
                struct rt_error *e)
{
    static const char *const reason[] = {/* ORDER RT_ODE */
                                         "it could not start",
                                         "the tolerances ask for more than double precision has",
                                         "the error stays too large at the smallest step",
                                         "the equations of a step could not be solved",
                                         "the linear equations of a step could not be solved",
                                         "a derivative is infinite or not a number",
                                         "its steps have become too small to move time",
                                         "its arithmetic overflows",
                                         "the fastest and the slowest rates are farther apart than doubles "
                                         "have digits",
                                         "steps are so short that there is no end to them"};
    const struct crnl_model *m = o->m;
    if (e->status) { /* the run was interrupted inside a step */
        return e->status;
    }
    if (rt_ode_past_check(o, e)) { /* a step met an error that shorter steps do not avoid */
        return e->status;
    }
    bool finite = rt_ode_rhs(o, o->t, o->x, o->f);
    int32_t worst = -1;
    double largest = 0;
    for (int32_t s = 0; s < m->n_species; s++) {
        double size = !finite        ? (fabs(o->f[s]) < INFINITY ? -1 : INFINITY)
                      : scaled_error ? fabs(scaled_error[s])
                                     : fabs(o->f[s]) / rt_ode_tolerance(o, s);
        if (size > largest) {
            largest = size;
            worst = s;
        }
    }
    rt_fail(e, CRNL_SOLVER, "the solver `%s` gave up at t = %.6g: %s",
            rt_method_info(o->job->spec->method)->name, o->t, reason[why]);
    if (worst >= 0) {
        rt_putf(&e->text, "\n  note: the %s is that of `%s`, there %.6g with derivative %.6g",
                finite ? "largest error" : "derivative that is not finite", m->species_name[worst],
                o->x[worst], o->f[worst]);
    }
    for (int32_t j = 0; j < m->n_reactions && !finite; j++) {
        double rate = o->events.k[j] == 0 ? 0 : rt_rate(m, j, o->t, o->x, o->job->param, o->events.k);
        if (!(fabs(rate) < INFINITY)) {
            rt_putf(&e->text, "\n  note: the rate %.6g is of ", rate == rate ? rate : (double)NAN);
            rt_put_reaction(&e->text, m, j);
            break;
        }
    }
    if (m->n_phases > 0) {
        rt_putf(
            &e->text,
            "\n  note: this is phase %d of cycle %lld of the clock; where each cycle teaches, steps that are "
            "too large do this",
            (int)o->events.phase + 1, (long long)floor(o->t / o->events.period) + 1);
    }
    rt_putf(&e->text, "\n  help: %s%s",
            m->n_phases > 0 ? "let the steps (eta) or the phases (T) be smaller; else " : "",
            why == RT_ODE_FAR_APART
                ? "what is at equilibrium at once is so too at a lower rate, 1e12 times that of the others, "
                  "and nothing else changes"
            : why == RT_ODE_OVERFLOW
                ? "amounts and rates must be doubles, and tolerances of amounts too: another unit of "
                  "amounts"
                : o->solver->help);
    return e->status;
}

/* The amounts for assumptions about signs: those within the solver's error below 0 count as 0. */
static const double *without_error(const struct rt_ode *o, const double *x)
{
    for (int64_t s = 0; s < o->n; s++) {
        o->y[s] = x[s] < 0 && x[s] > -rt_ode_slack(o, s) ? 0 : x[s];
    }
    return o->y;
}

static int check_assumes(struct rt_ode *o, struct rt_error *e)
{
    return o->m->n_assumes == 0
               ? CRNL_OK
               : rt_check_assumes(o->job, rt_events_time(&o->events, o->t), without_error(o, o->x), e);
}

static bool assumes_fail(struct rt_ode *o, double t, const double *x)
{
    return !rt_assumes_hold(o->job, rt_events_time(&o->events, t), without_error(o, x));
}

static bool until_holds(struct rt_ode *o, double t, const double *x)
{
    return rt_condition(o->job, o->job->spec->until, rt_events_time(&o->events, t), x);
}

/* As until_holds, but strictly, for times in increasing order: a condition that holds where a run goes on
 * must fail first. */
static bool until_turns(struct rt_ode *o, double t, const double *x)
{
    bool holds = until_holds(o, t, x), waits = o->waits;
    o->waits &= holds;
    return holds && !waits;
}

static bool event_turns(struct rt_ode *o, double t, const double *x)
{
    return rt_events_turn(&o->events, t, x, false);
}

/* The condition of an event that has just turned true. */
static int32_t condition_turned(struct rt_ode *o)
{
    for (int32_t i = 0; i < o->m->n_events; i++) {
        if (o->m->event[i].kind == CRNL_EVENT_WHEN && !o->events.truth[i] &&
            rt_event_holds(&o->events, i, o->t, o->x)) {
            return o->m->event[i].when;
        }
    }
    return -1;
}

/* Whether a stretch of time is so short that no solver can divide by it: for a condition that turns true
 * right after 0, it is a rounding error. */
static bool is_instant(const struct rt_ode *o, double from, double to)
{
    return crnl_same_time(from, to) || to - from < 0x1p-1000 * o->clock;
}

/* The state at a time inside the last step. If that step was an instant (see is_instant), the solver knows
 * nothing of it. */
void rt_ode_state(struct rt_ode *o, double t, double *x)
{
    if (is_instant(o, o->t_before, o->t)) {
        memcpy(x, o->x, (size_t)o->n * sizeof *x);
    } else {
        o->solver->at(o, t, x);
    }
    rt_ode_past_fill(o, t, x);
}

/* The time at which a condition turns true, between a time `no` at which it does not hold and a time `yes` at
 * which it does. */
double rt_ode_bisect(struct rt_ode *o, bool (*holds)(struct rt_ode *o, double t, const double *x), double no,
                     double yes)
{
    while (!crnl_same_time(no, yes)) {
        double middle = no + (yes - no) / 2;
        if (!(middle > no && middle < yes)) {
            break;
        }
        rt_ode_state(o, middle, o->y);
        if (holds(o, middle, o->y)) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    return yes;
}

static const double *seen_at(void *ode, double t)
{
    struct rt_ode *o = ode;
    rt_ode_state(o, t, o->y);
    return o->y;
}

/* Adds a row after checking the conserved sums of what it shows. */
static int add_row(struct rt_ode *o, struct rt_recorder *r, double t, const double *x)
{
    int status = o->job->has_rows ? rt_ode_check_sums(o, t, x, &r->error) : CRNL_OK;
    return status ? status : rt_record_row(r, t, x);
}

static int add_due(struct rt_ode *o, struct rt_recorder *r, struct rt_grid *g, double t, const double *x)
{
    int64_t first = g->i_sample;
    int status = o->job->has_rows ? rt_ode_check_sums(o, t, x, &r->error) : CRNL_OK;
    status = status ? status : rt_record_due(r, g, t, x);
    course_note_values(o, t, first, g->i_sample - first, x != o->x);
    return status;
}

/* Adds the rows of the grid before `end`, without `end` itself, because something may happen there first. */
static int add_rows_before(struct rt_ode *o, struct rt_recorder *r, struct rt_grid *g, double end)
{
    int status = CRNL_OK;
    for (double t; !status && !crnl_is_due(end, t = rt_grid_time(g));) {
        rt_ode_state(o, t, o->y);
        status = add_due(o, r, g, t, o->y);
    }
    return status;
}

static int add_row_here(struct rt_ode *o, struct rt_recorder *r, struct rt_grid *g)
{
    double t = rt_grid_time(g);
    int status = CRNL_OK;
    if (t < INFINITY && crnl_is_due(t, o->t)) {
        status = add_due(o, r, g, t, o->x);
    }
    return status || g->every > 0 ? status : add_row(o, r, o->t, o->x);
}

bool rt_ode_has_rows_within(const struct rt_ode *o, const struct rt_stretch *s)
{
    return !crnl_is_due(o->t, rt_grid_time(&s->grid));
}

int rt_ode_show_step(struct rt_ode *o, struct rt_stretch *s)
{
    int status = add_rows_before(o, s->r, &s->grid, o->t);
    return status ? status : add_row_here(o, s->r, &s->grid);
}

static int check(struct rt_ode *o, const struct rt_stretch *s)
{
    struct rt_recorder *r = s->r;
    double t_base = s->t_base, t_end = s->t_end;
    if (++o->steps % STEPS_BETWEEN_CHECKS != 0) {
        return CRNL_OK;
    }
    if (o->moving->is_fixed && !o->warned_of_step) {
        o->warned_of_step = rt_ode_warn_of_step(o, o->t, o->x);
    }
    if (t_end < INFINITY && t_end > t_base) {
        rt_report_progress(o->job, (o->t - t_base) / (t_end - t_base));
    }
    int status = rt_check_limits(r, o->t);
    return s->until && !(t_end < INFINITY) ? rt_check_until(r, status, o->t, o->x, o->waits) : status;
}

/* Makes one step. If the solution goes to infinity, steps become too small to advance the time; a few such
 * steps may belong to a start. */
static int step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    if (is_instant(o, o->t, t_stop)) {
        o->t_before = o->t;
        o->t = t_stop;
        return CRNL_OK;
    }
    int status = rt_ode_step(o, t_stop, e);
    if (status) {
        return status;
    }
    if (!(o->t < INFINITY)) {
        o->t = o->t_before;
        return rt_ode_fail(o, RT_ODE_OVERFLOW, NULL, e);
    }
    o->stuck = o->t > o->t_before ? 0 : o->stuck + 1;
    if (o->stuck > STUCK_STEPS) {
        return rt_ode_fail(o, RT_ODE_STUCK, NULL, e);
    }
    return CRNL_OK;
}

/* Moves the state back to a time inside the last step. */
static void cut(struct rt_ode *o, double t)
{
    if (t < o->t) {
        rt_ode_state(o, t, o->y);
        memcpy(o->x, o->y, (size_t)o->n * sizeof *o->x);
        o->t = t;
        rt_turns_back(&o->events.turns, t);
    }
}

/* Executes everything that is due now. The solver starts anew, unless it has ended a step here and everything
 * continues smoothly. */
static int happen(struct rt_ode *o, bool anew, struct rt_error *e)
{
    for (int64_t s = 0; s < o->n && o->m->n_events > 0; s++) {
        o->slack[s] = rt_ode_slack(o, s);
    }
    course_note_due(o);
    bool changed = false;
    int status = rt_events_happen(&o->events, o->t, o->x, &changed, e);
    rt_ode_pack(o);
    if (status || !(anew || changed || o->events.jumped)) {
        return status;
    }
    if (changed || o->events.jumped) {
        rt_ode_past_break(o);
    }
    rt_slide_begin(o);
    rt_ode_scales_at_start(o);
    o->solver = o->moving;
    course_note_start(o);
    return o->solver->start(o, e);
}

/* As happen, and shows the jump to the recorder, for pictures. */
static int happen_seen(struct rt_ode *o, const struct rt_stretch *s, bool anew)
{
    if (s->measuring) {
        rt_record_before_jump(s->r, o->t, rt_events_time(&o->events, o->t), o->x);
    }
    int status = happen(o, anew, &s->r->error);
    if (s->measuring && !status) {
        rt_record_after_jump(s->r, rt_events_time(&o->events, o->t), o->x);
    }
    return status;
}

/* Makes one step, which ends where `until` holds or the condition of an event turns true, and executes what
 * is due there. */
int rt_ode_advance(struct rt_ode *o, struct rt_stretch *s)
{
    struct rt_events *ev = &o->events;
    struct rt_error *e = &s->r->error;
    double t_stop = rt_ode_past_bound(o, fmin(s->t_end, ev->t_next));
    rt_slide_note(o);
    int status = step(o, t_stop, e);
    status = status ? status : rt_slide_check(o, e);
    if (status) {
        return status;
    }
    course_note_step(o, fmin(s->t_end, ev->t_next)); /* a step may have found an earlier turn */
    bool waits = o->waits;
    int32_t until = o->job->spec->until;
    double hit = s->until ? rt_ode_find(o, until_turns, until, o->t, false) : INFINITY, end = fmin(hit, o->t);
    double turn = ev->has_when ? rt_ode_find(o, event_turns, -1, end, true) : INFINITY;
    bool turned = turn < end || (turn == end && !(hit <= end));
    end = fmin(end, turn);
    double broken = o->m->n_assumes > 0 ? rt_ode_find(o, assumes_fail, -2, end, false) : INFINITY;
    turned &= !(broken < end);
    end = fmin(end, broken);
    double slide = rt_slide_look(o);
    bool slides = slide < end || (slide <= end && !turned && !crnl_is_due(ev->t_next, end));
    turned &= !slides;
    end = slides ? slide : end;
    s->done = s->until && hit <= end;
    if (s->measuring) {
        rt_record_between(s->r, o->t_before, end, seen_at, o);
        status = add_rows_before(o, s->r, &s->grid, end);
    }
    status = status ? status : rt_ode_past_add(o, end, e);
    bool cut_back = end < o->t, jumps;
    cut(o, end);
    if (cut_back) { /* a condition seen in the part that was cut off does not count */
        o->waits = waits && until_holds(o, o->t, o->x);
    }
    bool comes_back = rt_ode_past_open(o, &jumps);
    status = status ? status : rt_ode_past_check(o, e);
    course_note_end(o, end);
    if (turned || s->done) {
        course_note_located(o, turned ? condition_turned(o) : o->job->spec->until);
    }
    if (!status && (turned || comes_back || crnl_is_due(ev->t_next, o->t))) {
        status = happen_seen(o, s, cut_back || turned || jumps);
        s->done |= !status && s->until && until_turns(o, o->t, o->x);
    }
    if (!status && slides) {
        rt_slide_switch(o);
        rt_ode_past_break(o);
        course_note_slide(o);
        status = rt_slide_check(o, e);
        status = status ? status : o->solver->start(o, e);
    }
    status = status ? status : check_assumes(o, e);
    if (!status && s->measuring) {
        status = add_row_here(o, s->r, &s->grid);
    }
    status = status ? status : check(o, s);
    return status ? status : rt_ode_pass_place(o, s);
}

static void begin_burn_in(struct rt_ode *o, struct rt_stretch *s)
{
    const struct rt_job *job = o->job;
    *s = (struct rt_stretch){.t_base = o->t, .t_end = o->t, .r = o->recorder};
    if (job->after_kind == CRNL_SPAN_TIME) {
        s->t_end =
            job->after_cycles > 0 ? rt_events_cycles(&o->events, o->t, job->after_cycles) : o->t + job->after;
    }
}

/* Begins to measure; sets *is_over if `until` holds from the start. */
static int begin_measure(struct rt_ode *o, struct rt_stretch *s, bool *is_over)
{
    const struct rt_job *job = o->job;
    *s = (struct rt_stretch){.t_base = o->t,
                             .t_end = INFINITY,
                             .r = o->recorder,
                             .measuring = true,
                             .until = job->spec->until >= 0};
    if (job->span == CRNL_SPAN_TIME) {
        s->t_end = job->cycles > 0 ? rt_events_cycles(&o->events, o->t, job->cycles) : o->t + job->duration;
    }
    s->grid = (struct rt_grid){.base = o->t, .every = job->every, .end = s->t_end, .job = job};
    course_note_measure(o);
    int status = rt_record_start(s->r, &s->grid, o->t, o->x);
    course_note_values(o, o->t, 0, s->grid.i_sample, false);
    bool holds = s->until && until_holds(o, o->t, o->x);
    o->waits = holds && rt_goes_on(job);
    *is_over = holds && !o->waits;
    if (!*is_over) {
        rt_ode_rest_begin(o);
    }
    return status;
}

static int measure(struct rt_ode *o, struct rt_stretch *s)
{
    struct rt_recorder *r = o->recorder;
    bool steady = o->job->span == CRNL_SPAN_STEADY;
    int status = r->error.status;
    if (!status && o->solver->run && o->solver->run(o, s)) {
        status = r->error.status;
    }
    while (!status && !s->done && o->t < s->t_end) {
        bool open = s->t_end == INFINITY, rest = open && rt_ode_is_at_rest(o) && rt_ode_past_rests(o);
        if (rest && rt_ode_waits(o)) {
            o->solver = &rt_ode_still; /* from now on only the time advances */
            rest = false;
        }
        if (rest && steady) {
            break;
        }
        bool over = open && (rt_ode_is_past_all(o) || (steady && o->steps >= STEADY_STEPS) ||
                             (steady && o->events.passed >= STEADY_TURNS));
        status = over && steady ? rt_ode_fail_not_steady(o, &r->error)
                 : over || rest ? rt_ode_fail_at_rest(o, rest, &r->error)
                                : rt_ode_advance(o, s);
    }
    /* If the run failed, this row shows how far it came. */
    int last = rt_record_row(r, o->t, o->x);
    status = status ? status : last;
    return status ? status : rt_ode_check_sums(o, o->t, o->x, &r->error);
}

static double horizon(const struct rt_job *job)
{
    double after = job->after_kind == CRNL_SPAN_TIME ? job->after : 0;
    return job->span == CRNL_SPAN_TIME ? job->t0 + after + job->duration : INFINITY;
}

int rt_ode_begin_run(struct rt_ode *o, struct rt_recorder *r)
{
    memcpy(o->x, o->job->x0, (size_t)o->n * sizeof *o->x);
    o->solver = o->moving;
    o->t = o->t_before = o->job->t0;
    o->recorder = r;
    rt_ode_apart_begin(o);
    o->steps = o->calls = o->beside = 0;
    o->stuck = 0;
    o->t_horizon = horizon(o->job);
    o->events.t_last = o->t_horizon + AFTER_END * fabs(o->t_horizon);
    if (o->job->course) {
        course_begin(o, o->job->course);
    }
    rt_events_start(&o->events, r->run);
    int status = rt_ode_past_begin(o, &r->error);
    rt_ode_amounts_begin(o);
    rt_ode_scales_begin(o);
    return status;
}

/* A run up to where it begins to be measured; s->measuring: it does, unless is_over. */
static int run_to_measure(struct rt_ode *o, struct rt_recorder *r, struct rt_stretch *s, bool *is_over)
{
    *s = (struct rt_stretch){0};
    *is_over = false;
    int status = rt_ode_begin_run(o, r);
    o->warned_of_step = !status && o->moving->is_fixed && rt_ode_warn_of_step(o, o->t, o->x);
    if (!status && !rt_ode_resume(o, s, &status)) {
        status = happen(o, true, &r->error);
        begin_burn_in(o, s);
        status = status ? status : check_assumes(o, &r->error);
    }
    while (!status && !s->measuring && o->t < s->t_end) {
        status = rt_ode_advance(o, s);
    }
    return status || s->measuring ? status : begin_measure(o, s, is_over);
}

/* The rest of a run. */
static int run_to_end(struct rt_ode *o, struct rt_recorder *r, struct rt_stretch *s, bool is_over, int status)
{
    if (s->measuring && !is_over) {
        status = measure(o, s);
    }
    if (!status && o->moving->is_fixed && !o->warned_of_step) {
        rt_ode_warn_of_step(o, o->t, o->x);
    }
    if (!status && rt_run_ends_steady(o->job->spec)) {
        status = rt_ode_tell_stability(o, r);
    }
    rt_put_kernel(&o->notes, o->job, &o->choice, o->kernel);
    if (o->beside > 0) {
        rt_ode_note(o, "%lld steps beside other rows, in one of %d lanes", (long long)o->beside, o->lanes);
    }
    rt_ode_note(o, "`%s` by %s: %lld steps to t = %.6g, %lld right sides", o->m->name,
                rt_method_info(o->job->spec->method)->name, (long long)o->steps, o->t, (long long)o->calls);
    rt_ode_end_run(o, r);
    if (!status) {
        course_end(o, r);
    }
    o->course = NULL;
    return status;
}

int rt_ode_run(void *workspace, struct rt_recorder *r)
{
    struct rt_stretch s;
    bool is_over;
    int status = run_to_measure(workspace, r, &s, &is_over);
    return run_to_end(workspace, r, &s, is_over, status);
}

void rt_ode_run_beside(void *const *workspace, struct rt_recorder *const *r, int n,
                       void (*steps)(struct rt_ode *const *o, struct rt_stretch *const *s, int n))
{
    struct begun {
        struct rt_stretch s;
        bool is_over;
        int status;
    } *run = rt_alloc((size_t)n, sizeof *run);
    struct rt_ode **o = rt_alloc((size_t)n, sizeof *o);
    struct rt_stretch **s = rt_alloc((size_t)n, sizeof *s);
    int n_measured = 0;
    for (int i = 0; i < n; i++) {
        run[i].status = run_to_measure(workspace[i], r[i], &run[i].s, &run[i].is_over);
        if (!run[i].status && run[i].s.measuring && !run[i].is_over) {
            o[n_measured] = workspace[i];
            s[n_measured++] = &run[i].s;
        }
    }
    steps(o, s, n_measured);
    for (int i = 0; i < n; i++) {
        run_to_end(workspace[i], r[i], &run[i].s, run[i].is_over, run[i].status);
    }
    free(run);
    free(o);
    free(s);
}

void rt_ode_end_run(struct rt_ode *o, struct rt_recorder *r)
{
    rt_events_keep(&o->events, r->memory);
    rt_ode_scales_keep(o, r->memory);
    rt_record_end(r, o->t, o->x);
    rt_ode_past_end(o, r);
    rt_put(&r->notes, o->notes.n > 0 ? o->notes.data : "");
    rt_buffer_free(&o->notes);
}
