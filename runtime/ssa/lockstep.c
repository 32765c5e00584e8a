/* Runs of an ensemble or of rows side by side, one in each lane (rt_side.h). Each has its own struct rt_ssa
 * and proceeds independently; a lane whose run is over takes the next one. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "rt_side.h"

struct lockstep {
    struct rt_side side;
    /* Of each lane. s[0] is the workspace itself; of rows: NULL before the first one. */
    struct rt_ssa **s;
    struct rt_ask *ask;
    bool *is_plain;
    uint32_t *ended;            /* [wide / 32] a bit for each lane */
    const struct rt_runs *runs; /* of an ensemble; NULL: of rows, ... */
    void *const *workspace;     /* ... [n_rows], whose recorders these are */
    struct rt_recorder *const *recorder;
    int n_rows, next_row;
    int busy;
};

/* Whether lanes can run it: kernels are not interrupted by what reads the state after each reaction, except
 * for conditions at which code for lanes looks. Code for a graphics processor does not depend on the
 * engine. */
static bool is_plain(const struct rt_ssa *s)
{
    const struct rt_job *job = s->job;
    const struct crnl_model *m = job->m;
    bool asks = s->events.has_when || job->spec->until >= 0;
    bool is_known = job->spec->until < 0 || crnl_lockstep_asks(m, job->spec->until);
    bool has_code = job->gpu_lanes || m->ssa_lanes, has_engine = job->gpu_lanes || !m->is_walked;
    return !s->looks && !(asks && !(has_code && is_known)) && !s->events.reads_time &&
           !(job->spec->until >= 0 && job->spec->until_reads_time) && !(job->has_rows && !(job->every > 0)) &&
           has_engine && s->first && s->first->is_walked &&
           (job->is_for_gpu || job->option[CRNL_OPTION_KERNEL].integer < 0);
}

/* What the conditions of the run were when it was last looked at; NaN: it has not got this one. */
static void put_conditions(const struct rt_ssa *s, struct rt_side *d, int lane)
{
    const struct crnl_model *m = s->job->m;
    for (int32_t i = 0; i < m->n_asked; i++) {
        bool is_until = s->stretch.measuring && s->job->spec->until == m->asked[i];
        double held = is_until ? s->waits : NAN;
        for (int32_t k = 0; !is_until && k < m->n_events && s->events.has_when; k++) {
            bool is_here = m->event[k].kind == CRNL_EVENT_WHEN && m->event[k].when == m->asked[i];
            held = is_here ? s->events.truth[k] : held;
        }
        d->code->hold(d, lane, i, held);
    }
}

/* A row does not end a lane: only its amounts are read. */
static bool passes(void *env, int lane)
{
    struct lockstep *l = env;
    struct rt_ask *q = &l->ask[lane];
    l->side.code->read(&l->side, lane);
    bool good = rt_ssa_pass_row(l->s[lane], q);
    l->side.code->set_stop(&l->side, lane, q->t_stop);
    return good;
}

static bool is_free(const struct lockstep *l, int lane)
{
    return !l->s[lane] || l->s[lane]->stage == RT_SSA_OVER;
}

/* A run in a lane, which tells and asks for all of them. */
static struct rt_ssa *any_run(const struct lockstep *l)
{
    int lane = 0;
    while (is_free(l, lane)) {
        lane++;
    }
    return l->s[lane];
}

static bool stops(void *env)
{
    const struct rt_ssa *s = any_run(env);
    return rt_check_limits(s->r, s->w.t) != CRNL_OK;
}

static void tell(void *env, const char *format, ...)
{
    struct rt_buffer *notes = &any_run(env)->r->notes;
    va_list list;
    va_start(list, format);
    rt_put(notes, "warning: ");
    rt_vputf(notes, format, list);
    rt_put(notes, "\n");
    va_end(list);
}

/* How many events the run may still make for what it has asked. */
static int64_t left(const struct rt_ssa *s, const struct rt_ask *q)
{
    return q->budget - (s->w.events - q->before);
}

/* Continues a run with its own kernel by so many events, with the result of the kernel. */
static int by_kernel(struct rt_ssa *s, const struct rt_ask *q, int64_t events)
{
    if (s->w.kernel && s->kernel->is_walked) { /* it does not know the lane's events */
        s->code->reset(s->w.kernel);
    }
    return s->stepper->advance(s, q->t_stop, events);
}

static void alone(struct rt_ssa *s, const struct rt_ask *q)
{
    rt_ssa_answer(s, q, by_kernel(s, q, s->each ? 1 : left(s, q)));
}

/* Puts a run into the lane. Lanes know no pending times: the event of such a time is made before. Returns
 * false if the run was answered instead. */
static bool enter(struct lockstep *l, int lane)
{
    struct rt_ssa *s = l->s[lane];
    const struct rt_ask *q = &l->ask[lane];
    if (s->w.t_next >= 0) {
        int result = by_kernel(s, q, 1);
        if (result != CRNL_SSA_EVENTS || left(s, q) <= 0 || s->each) {
            rt_ssa_answer(s, q, result);
            return false;
        }
    }
    l->side.code->put(&l->side, lane, &s->w, q->t_stop, left(s, q));
    put_conditions(s, &l->side, lane);
    l->busy++;
    return true;
}

/* Takes the next run into a lane; false: there is none. */
static bool take_next(struct lockstep *l, int lane)
{
    struct rt_ssa *s = l->s[lane];
    struct rt_recorder *r = NULL;
    if (!l->runs && l->next_row < l->n_rows) {
        r = l->recorder[l->next_row];
        s = l->s[lane] = l->workspace[l->next_row++];
    } else if (l->runs) {
        if (s->r) {
            l->runs->done(l->runs->env, s->r);
        }
        s->r = r = l->runs->next(l->runs->env, l->busy == 0);
    }
    if (r) {
        l->is_plain[lane] = is_plain(s);
        rt_ssa_begin(s, r);
        s->by_lane = l->is_plain[lane];
    }
    return r != NULL;
}

/* Continues the lane's run in lockstep, or takes the next one; what lockstep cannot do is done by the run's
 * own kernel. */
static void fill(struct lockstep *l, int lane)
{
    struct rt_ask *q = &l->ask[lane];
    for (;;) {
        while (is_free(l, lane)) {
            if (!take_next(l, lane)) {
                return;
            }
        }
        struct rt_ssa *s = l->s[lane];
        if (!l->is_plain[lane]) {
            rt_ssa_finish(s);
            continue;
        }
        s->status = rt_ssa_ask(s, q);
        if (s->status) {
            rt_ssa_stage_ends(s);
        } else if (!s->kernel->is_walked || q->budget <= 0) {
            alone(s, q);
        } else if (enter(l, lane)) {
            return;
        }
    }
}

static void ended(struct lockstep *l, int lane)
{
    struct rt_ssa *s = l->s[lane];
    l->busy--;
    enum lanes_end end = l->side.code->end(&l->side, lane);
    if (s->each && s->w.events > l->ask[lane].before) {
        s->t_last = l->side.code->time(&l->side, lane);
    }
    if (end == LANES_ODD) {
        alone(s, &l->ask[lane]);
    } else {
        rt_ssa_answer(s, &l->ask[lane], end == LANES_TIME ? CRNL_SSA_TIME : CRNL_SSA_EVENTS);
    }
    fill(l, lane);
}

static bool begin(struct rt_side *d, const struct rt_ssa *s, int64_t n_runs)
{
    if (s->job->gpu_lanes > 0) {
        rt_gpu_begin(d, s->job);
        return true;
    }
    return rt_lanes_begin(d, s, n_runs);
}

static bool create(struct lockstep *l, const struct rt_ssa *s, int64_t n_runs)
{
    if (!is_plain(s) || !begin(&l->side, s, n_runs)) {
        return false;
    }
    size_t wide = (size_t)l->side.wide;
    l->side.passes = s->w.watch ? NULL : passes; /* a block of sums may end with a row */
    l->side.stops = stops;
    l->side.tell = tell;
    l->side.env = l;
    l->s = rt_alloc(wide, sizeof *l->s);
    l->ask = rt_alloc(wide, sizeof *l->ask);
    l->is_plain = rt_alloc(wide, sizeof *l->is_plain);
    l->ended = rt_alloc(wide / 32 + 1, sizeof *l->ended);
    return true;
}

static void destroy(struct lockstep *l)
{
    l->side.code->destroy(&l->side);
    free(l->s);
    free(l->ask);
    free(l->is_plain);
    free(l->ended);
}

static void run(struct lockstep *l)
{
    int wide = l->side.wide;
    do {
        for (int lane = 0; lane < wide; lane++) {
            if (is_free(l, lane)) { /* also runs that were not yet available before */
                fill(l, lane);
            }
        }
        if (l->busy == 0) {
            break;
        }
        l->side.code->advance(&l->side, l->ended);
        for (int i = 0; i < wide; i += 32) {
            for (uint32_t which = l->ended[i / 32]; which; which &= which - 1) {
                ended(l, i + __builtin_ctz(which));
            }
        }
    } while (l->busy > 0);
}

bool rt_ssa_run_many(void *workspace, const struct rt_runs *runs)
{
    struct lockstep l = {.runs = runs};
    struct rt_ssa *s = workspace;
    if (!create(&l, s, s->job->runs)) {
        return false;
    }
    for (int i = 0; i < l.side.wide; i++) {
        struct rt_error e = {0};
        l.s[i] = i > 0 ? rt_ssa_create(s->stepper, s->job, &e) : s;
        l.s[i]->stage = RT_SSA_OVER;
        l.s[i]->r = NULL;
        rt_error_free(&e);
    }
    run(&l);
    for (int i = 1; i < l.side.wide; i++) {
        rt_ssa_destroy(l.s[i]);
    }
    destroy(&l);
    return true;
}

/* Rows of one model; one in which amounts are held has a model of its own. */
void rt_ssa_run_beside(void *const *workspace, struct rt_recorder *const *r, int n)
{
    struct lockstep l = {.workspace = workspace, .recorder = r, .n_rows = n};
    const struct rt_ssa *first = workspace[0];
    bool are_alike = true;
    for (int i = 1; i < n; i++) {
        const struct rt_ssa *s = workspace[i];
        are_alike &= s->job->m == first->job->m;
    }
    if (are_alike && create(&l, first, n)) {
        run(&l);
        destroy(&l);
        return;
    }
    for (int i = 0; i < n; i++) {
        rt_ssa_run(workspace[i], r[i]);
    }
}
