/* Stochastic runs: the driver over a stepper, and the exact stepper. If nothing observes single steps, the
 * stepper advances freely to the next row; otherwise it is called for a single step at a time. This does not
 * change an exact trajectory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ssa.h"

enum {
    EVENTS_BETWEEN_CHECKS = 1 << 14,
    EVENTS_ON_GPU = 1 << 24, /* which looks at what would end runs behind each launch */
    LOOKS_PER_WAIT = 16,
    FIRST_CHOICE = 1 << 12,
    EVENTS_OF_BLOCK = 1 << 13
};

static void take_constants(struct rt_ssa *s)
{
    const struct rt_job *job = s->job;
    bool masked = job->k_open || s->events.k != job->k;
    s->w.k = s->events.k;
    s->w.k_open = !masked ? NULL : job->k_open ? job->k_open : job->k;
    s->w.k_number = job->k_number;
    s->w.p = job->param;
    s->w.inv_volume = job->inv_volume;
}

static void begin_job(struct rt_ssa *s, const struct rt_job *job, struct rt_error *e)
{
    s->job = job;
    bool all_moves = s->stepper->all_moves && s->stepper->all_moves(job);
    s->w.watch = all_moves ? NULL : s->watch;
    s->looks = false;
    for (int32_t i = 0; i < job->m->n_stats; i++) {
        s->looks |= rt_is_path_stat(&job->m->stat[i]) && (all_moves || !crnl_watch_has(job->m, i));
    }
    rt_events_create(&s->events, job);
    take_constants(s);
    bool may_run = s->stepper->has_no_kernel || rt_ssa_choose(s, job->x0, job->k, e);
    if (may_run && s->stepper->refuse) {
        s->stepper->refuse(s, e);
    }
    s->first = s->kernel;
}

void *rt_ssa_create(const struct rt_stepper *stepper, const struct rt_job *job, struct rt_error *e)
{
    struct rt_ssa *s = rt_alloc(1, sizeof *s);
    s->stepper = stepper;
    s->w.x = rt_alloc((size_t)job->m->n_species, sizeof *s->w.x);
    s->before = rt_alloc((size_t)job->m->n_species, sizeof *s->before);
    s->watch = rt_watch_create(job->m);
    s->readers = rt_ssa_readers(job->m);
    begin_job(s, job, e);
    if (!e->status && stepper->create) {
        stepper->create(s);
    }
    return s;
}

/* Prepares for another job. What depends only on the model stays: amounts, tables, sums. */
void rt_ssa_renew(void *workspace, const struct rt_job *job, struct rt_error *e)
{
    struct rt_ssa *s = workspace;
    rt_events_destroy(&s->events);
    begin_job(s, job, e);
}

void rt_ssa_destroy(void *workspace)
{
    struct rt_ssa *s = workspace;
    if (s->data) {
        s->stepper->destroy(s);
    }
    free(s->w.x);
    free(s->before);
    rt_events_destroy(&s->events);
    rt_ssa_drop(s);
    rt_watch_destroy(s->watch);
    free(s->readers);
    free(s);
}

static int fail_bad(struct rt_ssa *s)
{
    const struct crnl_model *m = s->job->m;
    struct rt_error *e = &s->r->error;
    if (e->status) { /* the stepper has reported more */
        return e->status;
    }
    int32_t j = s->w.bad;
    double a = rt_propensity(m, j, s->w.k, s->w.x, s->w.t, s->job->param, s->job->inv_volume);
    bool negative_amount = false;
    for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
        negative_amount |= s->w.x[m->net_species[i]] < 0;
    }
    int status = a >= 0 && negative_amount ? CRNL_BAD_AMOUNT : CRNL_BAD_PROPENSITY;
    if (status == CRNL_BAD_AMOUNT) {
        rt_fail(e, status, "a negative amount at t = %.6g, after ", s->w.t);
        rt_put_reaction(&e->text, m, j);
        rt_put(&e->text, "\n  help: a law must be 0 when too few molecules are left to react");
    } else {
        bool is_sum = a >= 0 && a < INFINITY;
        rt_fail(e, status, "the propensity %.6g at t = %.6g, of ", is_sum ? (double)INFINITY : a, s->w.t);
        if (is_sum) {
            rt_put(&e->text, "all reactions in sum\n  note: the first, ");
        }
        rt_put_reaction(&e->text, m, j);
        if (is_sum) {
            rt_putf(&e->text, ", has %.6g", a);
        }
    }
    if (status == CRNL_BAD_PROPENSITY && a < 0) {
        rt_put(&e->text,
               "\n  help: what has two directions is two reactions, one each way, as in `A <->{kf, kr} B`");
    }
    rt_put(&e->text, "\n  note: there ");
    rt_put_amounts(&e->text, m, j, s->w.x);
    return status;
}

static int fail_dead(struct rt_ssa *s, const struct rt_ssa_stretch *f)
{
    struct rt_error *e = &s->r->error;
    rt_fail(e, CRNL_NOT_REACHED, "no reaction can fire any more, ");
    if (f->n_events < INT64_MAX) {
        rt_putf(&e->text, "%lld events before the end", (long long)f->n_events);
    } else {
        rt_putf(&e->text, "and at t = %.6g the condition of `until` %s", s->t_last,
                rt_until_missed(s->waits));
    }
    rt_put(&e->text, "\n  note: the state is ");
    rt_put_amounts(&e->text, s->job->m, -1, s->w.x);
    rt_put_sides(&e->text, s->job, s->t_last, s->w.x);
    rt_put(&e->text, "\n  help: end with `for TIME`, or let `until` name this state too");
    return e->status;
}

static bool holds_at(const struct rt_ssa *s, double t, const double *x)
{
    return rt_condition(s->job, s->job->spec->until, rt_events_time(&s->events, t), x);
}

/* Whether the condition turns true, at ascending times: a condition that holds where a run is continued must
 * first turn false. */
static bool turns_true(struct rt_ssa *s, double t, const double *x)
{
    bool holds = holds_at(s, t, x), waits = s->waits;
    s->waits &= holds;
    return holds && !waits;
}

static bool is_done(struct rt_ssa *s, const struct rt_ssa_stretch *f)
{
    return f->measuring && s->job->spec->until >= 0 && turns_true(s, s->w.t, s->w.x);
}

static const double *state_before(void *ssa, double t)
{
    struct rt_ssa *s = ssa;
    return s->moves ? s->stepper->since_mark(s, t) : s->before;
}

static void keep_before(struct rt_ssa *s)
{
    if (s->moves && s->looks) {
        s->stepper->mark(s);
    }
    memcpy(s->before, s->w.x, (size_t)s->job->m->n_species * sizeof *s->before);
}

/* Records values that kernels do not sum up: amounts have been the same since t_last. */
static void record_looks(struct rt_ssa *s)
{
    if (s->looks) {
        rt_record_between(s->r, s->t_last, s->w.t, state_before, s);
        keep_before(s);
    }
}

void rt_ssa_looks_end(struct rt_ssa *s)
{
    if (s->stretch.measuring && s->moves && s->looks) {
        record_looks(s);
        s->t_last = s->w.t;
    }
}

void rt_ssa_looks_begin(struct rt_ssa *s)
{
    if (s->stretch.measuring && s->moves && s->looks) {
        s->stepper->mark(s);
    }
}

/* Called after a change that is observed, which may be a reaction or not. */
static int look(struct rt_ssa *s, const struct rt_ssa_stretch *f, bool is_event)
{
    struct rt_recorder *r = s->r;
    if (f->measuring) {
        record_looks(s);
        if (s->looks && is_event && rt_method_is(s->job->spec->method, CRNL_COUNTS_EVENTS)) {
            rt_record_event(r, s->w.t, s->w.x);
        }
    }
    s->t_last = s->w.t;
    int status = rt_check_assumes(s->job, rt_events_time(&s->events, s->w.t), s->w.x, &r->error);
    if (!status && f->measuring && !(f->grid.every > 0)) {
        status = rt_record_row(r, s->w.t, s->w.x);
    }
    return status;
}

int rt_ssa_exact(struct rt_ssa *s, double t_stop, int64_t max_events)
{
    s->w.t_stop = t_stop;
    return s->code->run(s->job->m, &s->w, max_events);
}

void rt_ssa_changed(struct rt_ssa *s)
{
    s->w.t_next = -1;
    s->w.wait.due = 0;
    crnl_watch_update(&s->w, false);
    if (s->w.kernel) {
        s->code->reset(s->w.kernel);
    }
    if (s->stepper->changed) {
        s->stepper->changed(s);
    }
}

/* Chooses the kernel again, because the reasons for its choice may no longer hold: after 4096 events, four
 * times as many, and so on, from the state of the run at that time, as a function of that state alone. A
 * pending time becomes void, which changes no law, because waiting has no memory. */
static int choose_again(struct rt_ssa *s)
{
    const struct crnl_kernel *before = s->kernel;
    struct rt_error *e = &s->r->error;
    while (s->next_choice <= s->w.events) {
        s->next_choice *= 4;
    }
    if (rt_ssa_choose(s, s->w.x, s->w.k, e) && s->kernel != before) {
        rt_ssa_changed(s);
        if (s->job->verbose) {
            rt_putf(&s->r->notes, "note: at t = %.6g, after %lld events, another kernel:\n", s->w.t,
                    (long long)s->w.events);
            rt_put_kernel(&s->r->notes, s->job, &s->choice, s->kernel);
        }
    }
    return e->status;
}

/* Whether an assumption may fail between two reactions. */
static bool assumes_move(const struct rt_ssa *s)
{
    return s->job->m->assumes_read_time || (s->moves && s->job->m->n_assumes_moving > 0);
}

/* Whether a condition turns true at a time before the next reaction. */
static bool turns(struct rt_ssa *s, const struct rt_ssa_stretch *f, double t)
{
    const double *x = s->moves ? s->stepper->foresee(s, t) : s->w.x;
    return (f->until_in_time && turns_true(s, t, x)) ||
           (assumes_move(s) && !rt_assumes_hold(s->job, rt_events_time(&s->events, t), x)) ||
           (s->events.reads_time && rt_events_turn(&s->events, t, x, false));
}

/* The time when the condition of an event or of `until` turns true with time alone, before the next reaction
 * and not after `end`; otherwise the time up to which it is known not to. A kernel that may not advance
 * tells when the next reaction fires: that time stays pending. */
static double find_turn(struct rt_ssa *s, const struct rt_ssa_stretch *f, double end, int *result)
{
    struct crnl_ssa *w = &s->w;
    *result = s->stepper->advance(s, w->t, 1);
    double known = w->t_next >= 0    ? w->t_next
                   : w->wait.due > 0 ? w->wait.t
                                     : end; /* up to here without a reaction */
    double no = w->t, upto = fmin(known, end);
    if (*result == CRNL_SSA_BAD || *result == CRNL_SSA_EVENTS) {
        return end;
    }
    for (int i = 1; i <= LOOKS_PER_WAIT; i++) {
        double yes = !(upto < INFINITY)    ? w->t + ldexp(1, 4 * i - LOOKS_PER_WAIT)
                     : i == LOOKS_PER_WAIT ? upto
                                           : w->t + (upto - w->t) * i / LOOKS_PER_WAIT;
        if (!turns(s, f, yes)) {
            if (s->events.reads_time) {
                rt_events_turn(&s->events, yes, s->moves ? s->stepper->foresee(s, yes) : w->x, true);
            }
            no = yes;
            continue;
        }
        while (!crnl_same_time(no, yes)) {
            double middle = no + (yes - no) / 2;
            if (!(middle > no && middle < yes)) {
                break;
            }
            if (turns(s, f, middle)) {
                yes = middle;
            } else {
                no = middle;
            }
        }
        return yes;
    }
    return upto;
}

/* Executes what is due now. A pending time becomes void when amounts or constants change. */
static int happen(struct rt_ssa *s)
{
    bool changed = false;
    double turn = s->events.t_turn;
    int status = rt_events_happen(&s->events, s->w.t, s->w.x, &changed, &s->r->error);
    if (s->events.t_turn != turn) {
        crnl_wait_turn(&s->w.wait, s->w.t, s->events.t_turn);
    }
    if (changed) {
        rt_ssa_changed(s);
    }
    return status;
}

/* Doubles are exact integers up to 2^53: beyond that, a molecule more would change nothing. Amounts of `cle`
 * are not counts. */
static int check_counts(struct rt_ssa *s)
{
    const struct crnl_model *m = s->job->m;
    bool counts = !rt_method_is(s->job->spec->method, CRNL_DIFFUSES);
    for (int32_t i = 0; counts && i < m->n_species; i++) {
        if (m->species_kind[i] == CRNL_DISCRETE && !(s->w.x[i] < 0x1p53)) {
            return rt_fail(
                &s->r->error, CRNL_BAD_AMOUNT,
                "there are %.6g molecules of `%s` at t = %.6g, and a stochastic run counts up to 2^53 = "
                "9.007e15"
                "\n  help: run it by ode, or in a smaller volume: `by ssa(volume = V)`",
                s->w.x[i], m->species_name[i], s->w.t);
        }
    }
    return CRNL_OK;
}

static int check_limits(struct rt_ssa *s, int64_t events, const struct rt_ssa_stretch *f)
{
    const struct rt_job *job = s->job;
    s->since_check += events;
    if (job->max_events > 0 && s->w.events >= job->max_events) {
        return rt_fail(&s->r->error, CRNL_LIMIT,
                       "the limit of %lld events is reached at t = %.6g\n"
                       "  help: what was computed is kept; allow more with --max-events",
                       (long long)job->max_events, s->w.t);
    }
    if (s->since_check < EVENTS_BETWEEN_CHECKS) {
        return CRNL_OK;
    }
    s->since_check = 0;
    if (check_counts(s)) {
        return s->r->error.status;
    }
    if (f->measuring && job->duration > 0) {
        double passed = f->t_end < INFINITY ? (s->w.t - s->t_base) / job->duration
                                            : 1 - (double)f->n_events / job->duration;
        rt_report_progress(job, passed);
    }
    if (f->n_events > 0) {
        rt_ssa_look_state(s);
    }
    return rt_check_limits(s->r, s->w.t);
}

static int check(struct rt_ssa *s, int64_t events, const struct rt_ssa_stretch *f)
{
    int status = check_limits(s, events, f);
    bool only_until = f->measuring && s->job->spec->until >= 0 && s->job->span != CRNL_SPAN_TIME &&
                      s->job->span != CRNL_SPAN_EVENTS;
    return only_until && (status || s->since_check == 0)
               ? rt_check_until(s->r, status, rt_events_time(&s->events, s->w.t), s->w.x, s->waits)
               : status;
}

/* Whether anything other than reactions may still make a reaction possible. */
static bool may_revive(const struct rt_ssa *s, const struct rt_ssa_stretch *f, double due)
{
    const struct rt_events *ev = &s->events;
    return ev->t_event < INFINITY ||
           (due < INFINITY && (f->until_in_time || ev->reads_time || s->dead_phases <= s->job->m->n_phases));
}

/* Determines the next goal: the next reaction, event, row or end, whichever comes first; many reactions, if
 * none of them is observed. */
int rt_ssa_ask(struct rt_ssa *s, struct rt_ask *q)
{
    const struct rt_job *job = s->job;
    const struct rt_ssa_stretch *f = &s->stretch;
    const struct rt_events *ev = &s->events;
    const struct crnl_ssa *w = &s->w;
    bool is_far = s->by_lane && job->gpu_lanes > 0 && !w->watch;
    int64_t most = is_far ? EVENTS_ON_GPU : EVENTS_BETWEEN_CHECKS;
    int64_t budget = s->each && !s->by_lane ? 1 : f->n_events < most ? f->n_events : most;
    if (s->each && f->measuring && w->watch && budget > EVENTS_OF_BLOCK - (w->events - w->watch->events)) {
        budget = EVENTS_OF_BLOCK - (w->events - w->watch->events);
    }
    if (job->max_events > 0 && budget > job->max_events - w->events) {
        budget = job->max_events - w->events;
    }
    if (w->events >= s->next_choice && choose_again(s)) {
        return s->r->error.status;
    }
    if (budget > s->next_choice - w->events) {
        budget = s->next_choice - w->events;
    }
    double t_row = rt_grid_time(&f->grid);
    *q = (struct rt_ask){.t_stop = fmin(fmin(t_row, f->t_end), ev->t_next),
                         .t_row = t_row,
                         .due = ev->t_next,
                         .budget = budget,
                         .before = w->events,
                         .result = CRNL_SSA_TIME,
                         .in_time = f->until_in_time || assumes_move(s)};
    if (q->in_time || ev->reads_time) {
        double turn = find_turn(s, f, q->t_stop, &q->result);
        q->due = turn < q->t_stop ? turn : q->due;
        q->t_stop = turn;
    }
    return CRNL_OK;
}

bool rt_ssa_pass_row(struct rt_ssa *s, struct rt_ask *q)
{
    struct rt_ssa_stretch *f = &s->stretch;
    bool is_row_alone = q->t_stop == q->t_row && !crnl_is_due(f->t_end, q->t_stop) && !s->events.any &&
                        s->since_check + 1 < EVENTS_BETWEEN_CHECKS;
    if (!is_row_alone || rt_record_due(s->r, &f->grid, q->t_row, s->w.x)) {
        return false;
    }
    s->since_check++;
    q->t_row = rt_grid_time(&f->grid);
    q->t_stop = fmin(q->t_row, f->t_end);
    return true;
}

/* Processes what the kernel has done. */
static int answer(struct rt_ssa *s, const struct rt_ask *q, int result, bool *done)
{
    struct rt_ssa_stretch *f = &s->stretch;
    struct rt_events *ev = &s->events;
    struct crnl_ssa *w = &s->w;
    int64_t before = q->before;
    int status = CRNL_OK;
    f->n_events -= f->n_events < INT64_MAX ? w->events - before : 0;
    if (f->measuring && w->watch && w->events - w->watch->events >= EVENTS_OF_BLOCK) {
        rt_watch_flush(w, s->r);
    }
    if (result == CRNL_SSA_BAD) {
        return fail_bad(s);
    }
    bool fired = result == CRNL_SSA_EVENTS;
    s->dead_phases = result != CRNL_SSA_DEAD ? 0 : s->dead_phases + crnl_is_due(q->due, w->t);
    if (result == CRNL_SSA_DEAD && !(f->t_end < INFINITY) && !may_revive(s, f, q->due)) {
        w->t = s->t_last;
        return fail_dead(s, f);
    }
    fired |= q->in_time && crnl_is_due(q->due, w->t); /* the state is observed as after a reaction */
    *done = fired && s->each && is_done(s, f);
    bool turned = !*done && (crnl_is_due(q->due, w->t) || (fired && ev->has_when));
    if (ev->any && (turned || crnl_is_due(ev->t_next, w->t))) {
        status = happen(s);
        *done |= !status && is_done(s, f);
        fired = true;
    }
    if (!status && fired && s->each) {
        status = look(s, f, w->events > before);
    } else if (fired) {
        s->t_last = w->t;
    }
    if (!status && result != CRNL_SSA_EVENTS && crnl_is_due(q->t_row, w->t)) {
        status = rt_record_due(s->r, &f->grid, q->t_row, w->x);
    }
    *done |= result != CRNL_SSA_EVENTS && crnl_is_due(f->t_end, w->t) && rt_grid_time(&f->grid) == INFINITY;
    return status || *done ? status : check(s, w->events - before + 1, f);
}

/* ---- The course of a run: burn-in, measurement, its end ---- */

static void end_run(struct rt_ssa *s)
{
    s->stage = RT_SSA_OVER;
    s->r->events = s->w.events;
    rt_events_keep(&s->events, s->r->memory);
    if (s->events.n_waiting > 0 && s->job->runs == 1) {
        free(s->r->past);
        s->r->past = rt_queue_keep(&s->events);
    }
    rt_record_end(s->r, s->w.t, s->w.x);
}

static void begin_stretch(struct rt_ssa *s, enum rt_ssa_stage stage)
{
    const struct rt_job *job = s->job;
    const struct rt_ssa_stretch *f = &s->stretch;
    s->stage = stage;
    s->each =
        job->m->n_assumes_moving > 0 || s->events.has_when ||
        (f->measuring && (job->spec->until >= 0 || s->looks || (job->has_rows && !(f->grid.every > 0))));
    s->is_watched = s->each || (f->measuring && s->r->has_time_stats);
}

static void end_measure(struct rt_ssa *s)
{
    if (s->w.watch) {
        rt_watch_end(&s->w, s->r);
    }
    record_looks(s);
    int last = rt_record_row(s->r, s->w.t, s->w.x); /* records nothing new if the end is a row already */
    s->status = s->status ? s->status : last ? last : check_counts(s);
    end_run(s);
}

static void begin_measure(struct rt_ssa *s)
{
    const struct rt_job *job = s->job;
    struct rt_ssa_stretch f = {.t_end = INFINITY,
                               .n_events = INT64_MAX,
                               .measuring = true,
                               .until_in_time =
                                   job->spec->until >= 0 && (s->moves || job->spec->until_reads_time)};
    s->t_base = s->t_last = s->w.t;
    if (job->span == CRNL_SPAN_TIME) {
        f.t_end =
            job->cycles > 0 ? rt_events_cycles(&s->events, s->w.t, job->cycles) : s->t_base + job->duration;
    } else if (job->span == CRNL_SPAN_EVENTS) {
        f.n_events = (int64_t)job->duration;
    }
    f.grid = (struct rt_grid){
        .base = s->t_base, .every = job->has_rows ? job->every : 0, .end = f.t_end, .job = job};
    s->stretch = f;
    keep_before(s);
    rt_watch_begin(&s->w, false);
    s->status = rt_record_start(s->r, &s->stretch.grid, s->w.t, s->w.x);
    s->waits = job->spec->until >= 0 && rt_goes_on(job) && holds_at(s, s->w.t, s->w.x);
    if (s->status || is_done(s, &s->stretch)) {
        end_run(s);
        return;
    }
    begin_stretch(s, RT_SSA_MEASURE);
    if (s->stretch.n_events <= 0) {
        end_measure(s);
    }
}

static void begin_burn_in(struct rt_ssa *s)
{
    const struct rt_job *job = s->job;
    s->stretch = (struct rt_ssa_stretch){.t_end = INFINITY, .n_events = INT64_MAX};
    if (job->after_kind == CRNL_SPAN_TIME) {
        s->stretch.t_end = job->after_cycles > 0 ? rt_events_cycles(&s->events, s->w.t, job->after_cycles)
                                                 : job->t0 + job->after;
    } else if (job->after_kind == CRNL_SPAN_EVENTS) {
        s->stretch.n_events = (int64_t)job->after;
    }
    begin_stretch(s, RT_SSA_BURN_IN);
    if ((job->after_kind != CRNL_SPAN_TIME && job->after_kind != CRNL_SPAN_EVENTS) ||
        s->stretch.n_events <= 0) {
        begin_measure(s);
    }
}

void rt_ssa_answer(struct rt_ssa *s, const struct rt_ask *q, int result)
{
    bool done = false;
    s->status = answer(s, q, result, &done);
    if (s->status || done || s->stretch.n_events <= 0) {
        rt_ssa_stage_ends(s);
    }
}

void rt_ssa_stage_ends(struct rt_ssa *s)
{
    if (s->stage == RT_SSA_MEASURE) {
        end_measure(s);
    } else if (s->status) {
        end_run(s);
    } else {
        begin_measure(s);
    }
}

void rt_ssa_begin(struct rt_ssa *s, struct rt_recorder *r)
{
    const struct rt_job *job = s->job;
    s->r = r;
    for (int32_t i = 0; i < job->m->n_stats; i++) {
        r->stat[i].in_kernel = s->w.watch && crnl_watch_has(job->m, i);
    }
    memcpy(s->w.x, job->x0, (size_t)job->m->n_species * sizeof *s->w.x);
    s->w.t = s->t_base = s->t_last = job->t0;
    s->w.events = 0;
    s->since_check = s->next_place = 0;
    s->by_lane = false;
    s->next_choice = s->stepper->has_no_kernel ? INT64_MAX : FIRST_CHOICE;
    if (s->first) {
        rt_ssa_take(s, s->first);
        rt_put_kernel(&r->notes, job, &s->choice, s->kernel);
    }
    rt_watch_begin(&s->w, true);
    rt_ssa_changed(s);
    if (s->stepper->start) {
        s->stepper->start(s);
    }
    crnl_rng_seed(&s->w.rng, job->seed, (uint32_t)job->spec->statement, job->count, (uint64_t)r->run,
                  CRNL_DRAW_SSA);
    rt_events_start(&s->events, r->run);
    s->events.reads_time |= s->moves && s->events.has_when;
    crnl_wait_turn(&s->w.wait, s->w.t, s->events.t_turn);
    s->status = happen(s);
    if (!s->status) {
        s->status = rt_check_assumes(job, rt_events_time(&s->events, s->w.t), s->w.x, &r->error);
    }
    if (s->status) {
        end_run(s);
    } else {
        begin_burn_in(s);
    }
}

void rt_ssa_finish(struct rt_ssa *s)
{
    while (s->stage != RT_SSA_OVER) {
        struct rt_ask q;
        s->status = rt_ssa_ask(s, &q);
        if (s->status) {
            rt_ssa_stage_ends(s);
            continue;
        }
        bool is_open = q.result == CRNL_SSA_TIME || q.result == CRNL_SSA_DEAD;
        rt_ssa_answer(s, &q, is_open ? s->stepper->advance(s, q.t_stop, q.budget) : q.result);
    }
}

int rt_ssa_run(void *workspace, struct rt_recorder *r)
{
    struct rt_ssa *s = workspace;
    rt_ssa_begin(s, r);
    rt_ssa_go_on(s);
    rt_ssa_finish(s);
    return s->status;
}

static const struct rt_stepper exact = {.advance = rt_ssa_exact};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ssa_create(&exact, job, e);
}

const struct crnl_method crnl_method_ssa = {
    CRNL_METHOD_SSA, create,          rt_ssa_run, rt_ssa_destroy,    NULL,
    rt_ssa_renew,    rt_ssa_run_many, NULL,       rt_ssa_run_beside, NULL};
