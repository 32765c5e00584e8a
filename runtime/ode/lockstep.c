/* Forward in lockstep: which runs are like that, and what is left of them (rt_lockstep.h). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_lockstep.h"
#include "runtime/rt_meeting.h"

enum {
    STEPS_WITHOUT_COURSE = 1 << 12,   /* a run that keeps no course passes places (ode_state.c), ... */
    NUMBERS_WITHOUT_COURSE = 1 << 23, /* ... and takes no more memory than this */
    STEPS_BETWEEN_SUMS = 16,
    TIME_ROUNDINGS = 16 /* steps shorter than these are looked at */
};
/* Part of what sums may be wrong by (rt_ode_check_sums): a sum that is not as good is looked at there. */
static const double SUM_SLACK = 100;

struct running {
    struct rt_ode *o;
    struct rt_stretch *s;
    struct lockstep *l; /* NULL: it goes on alone */
    int lane;
};

/* ---- Memory ---- */

void lockstep_release(struct lockstep *l)
{
    if (!l || atomic_fetch_sub(&l->users, 1) > 1) {
        return;
    }
    free(l->t);
    free(l->values);
    free(l->state);
    free(l->most);
    free(l->good);
    free(l);
}

/* They are not set to 0, which would take as long as some of the steps. */
static double *numbers(int64_t n, int wide)
{
    enum { LINE = 64 };
    size_t bytes = ((size_t)n * (size_t)wide * sizeof(double) + LINE) / LINE * LINE;
    double *v = aligned_alloc(LINE, bytes);
    if (!v) {
        rt_out_of_memory(bytes, 1);
    }
    return v;
}

static void read_lane(const struct lockstep *l, const double *from, int lane, double *x)
{
    for (int64_t s = 0; s < l->n; s++) {
        x[s] = from[s * l->wide + lane];
    }
}

static const double *state_at(const struct lockstep *l, int64_t step)
{
    return l->state + step * 4 * l->n * l->wide;
}

/* ---- Which runs ---- */

static struct rt_meeting *meeting_of(const struct rt_ode *o)
{
    return o->meeting ? o->meeting : o->job->meeting;
}

/* Nothing but steps can happen, unless amounts or rates turn out to be odd. */
static bool is_plain(const struct rt_ode *o, const struct rt_stretch *s)
{
    const struct crnl_model *m = o->m;
    const struct rt_job *job = o->job;
    const struct rt_recorder *r = o->recorder;
    bool nothing = m->n_events == 0 && m->n_phases == 0 && m->n_assumes == 0 && m->n_surfaces == 0 &&
                   m->n_poles == 0 && m->n_timed == 0 && o->steep.n == 0 && !o->history &&
                   !(o->events.t_next < INFINITY);
    bool ends = !s->until && s->t_end < INFINITY && o->steps == 0 && o->bound == INFINITY && o->n > 0;
    bool quiet = !job->verbose && !job->fixed && !r->single && !r->has_time_stats && !r->has_course_stats;
    bool positive = true;
    for (int64_t i = 0; i < o->n; i++) {
        positive &= o->x[i] >= 0;
    }
    return nothing && ends && quiet && positive && (job->course || meeting_of(o));
}

/* Steps as rk4_step has them; false: there are too many, or some of them are so short that they are looked
 * at. */
static bool list_steps(struct lockstep *l, const struct rt_ode *o, const struct rt_stretch *s)
{
    double dt = rt_real(o->job, CRNL_OPTION_DT), t = o->t, count = ceil((s->t_end - t) / dt) + 1;
    double room = o->job->course ? (double)o->job->course->most : NUMBERS_WITHOUT_COURSE;
    double most = floor(room / (4 * (double)l->n)) / l->wide;
    most = o->job->course || most < STEPS_WITHOUT_COURSE ? most : STEPS_WITHOUT_COURSE;
    if (!(count < most)) {
        return false;
    }
    l->t = rt_alloc((size_t)count + 1, sizeof *l->t);
    while (t < s->t_end) {
        double end = o->t + (double)(l->n_steps + 1) * dt;
        end = end > s->t_end - 1e-9 * dt ? s->t_end : end;
        bool is_short = crnl_same_time(t, s->t_end) || end - t <= TIME_ROUNDINGS * DBL_EPSILON * fabs(end);
        if (is_short || (double)l->n_steps >= count) {
            return false;
        }
        l->t[l->n_steps++] = t;
        t = end;
    }
    l->t[l->n_steps] = t;
    return true;
}

/* Values are taken where steps end; false: some inside of one. */
static bool list_values(struct lockstep *l, const struct rt_stretch *s)
{
    struct rt_grid g = s->grid;
    int64_t cap = 0;
    for (int64_t i = 1; i <= l->n_steps; i++) {
        double t = rt_grid_time(&g);
        if (!(t < INFINITY) || !crnl_is_due(t, l->t[i])) {
            continue;
        }
        if (crnl_is_due(t, l->t[i - 1]) || !crnl_is_due(l->t[i], t)) {
            return false;
        }
        RT_GROW(l->values, l->n_values, cap);
        struct lockstep_values *v = &l->values[l->n_values++];
        *v = (struct lockstep_values){.step = i, .first = g.i_sample, .t = t};
        while (rt_grid_sample(&g, t)) {
            v->n++;
        }
        rt_grid_row(&g, t);
    }
    return rt_grid_time(&g) == INFINITY;
}

static struct lockstep *make(const struct rt_ode *o, const struct rt_stretch *s,
                             const struct lockstep_steps *steps)
{
    struct lockstep *l = rt_alloc(1, sizeof *l);
    l->wide = steps->wide;
    l->level = steps->level;
    l->m = o->m;
    l->n = o->n;
    l->users = 1;
    if (!list_steps(l, o, s) || !list_values(l, s)) {
        lockstep_release(l);
        return NULL;
    }
    l->state = numbers((l->n_steps * 4 + 1) * l->n, l->wide);
    l->most = numbers(l->n, l->wide);
    l->good = rt_alloc((size_t)l->wide, sizeof *l->good);
    return l;
}

/* ---- Steps ---- */

struct wide {
    const struct crnl_model *m;
    int level;
    double *k; /* [n_reactions] */
};

static void rhs_of_all(void *env, double t, const double *x, double *dx)
{
    const struct wide *w = env;
    w->m->rhs_lanes(w->level, w->m->env, t, x, NULL, w->k, dx);
}

static void rhs_of_one(void *env, double t, const double *x, double *dx)
{
    rt_ode_plain_rhs(env, t, x, dx);
}

const struct lockstep_steps *lockstep_steps_for(const struct crnl_model *m, int n)
{
    static const struct lockstep_steps *const wide[] = {&lockstep_avx512, &lockstep_avx2};
    for (size_t i = 0; i < sizeof wide / sizeof *wide && m->rhs_lanes; i++) {
        if (2 * n >= wide[i]->wide && wide[i]->is_here()) { /* else one by one is faster */
            return wide[i];
        }
    }
    return &lockstep_one;
}

/* Whether sums are kept so well that nobody would complain. */
static bool keeps_sums(const struct rt_ode *o, const double *x)
{
    const struct crnl_model *m = o->m;
    double rtol = rt_real(o->job, CRNL_OPTION_RTOL);
    for (int32_t i = 0; i < m->n_sums; i++) {
        double sum = 0, allowed = 0;
        for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1]; k++) {
            sum += m->sum_count[k] * x[m->sum_species[k]];
            allowed += fabs(m->sum_count[k]) * o->largest[m->sum_species[k]];
        }
        if (!(fabs(sum - o->sum[i]) <= SUM_SLACK * rtol * allowed)) {
            return false;
        }
    }
    return true;
}

/* Where sums would be looked at, and more. */
static bool keeps_all_sums(const struct lockstep *l, int lane, const struct rt_ode *o)
{
    bool good = true;
    for (int64_t i = 0; i <= l->n_steps && good; i += STEPS_BETWEEN_SUMS) {
        read_lane(l, state_at(l, i), lane, o->y);
        good = keeps_sums(o, o->y);
    }
    for (int64_t i = 0; i < l->n_values && good && o->job->has_rows; i++) {
        read_lane(l, state_at(l, l->values[i].step), lane, o->y);
        good = keeps_sums(o, o->y);
    }
    return good;
}

/* An amount without a scale gets one where it appears (rt_ode_weights), and that is not told from how large
 * it has become. */
static bool appears(const struct lockstep *l, int lane, const struct rt_ode *o)
{
    bool any = false;
    for (int64_t s = 0; s < l->n; s++) {
        any |= rt_ode_is_absent(o, s) && l->most[s * l->wide + lane] > 0;
    }
    return any;
}

static void run_together(const struct lockstep_steps *steps, struct running *const *q, int n)
{
    const struct rt_ode *o = q[0]->o;
    struct lockstep *l = make(o, q[0]->s, steps);
    if (!l) {
        return;
    }
    double *room = numbers(LOCKSTEP_ROOM * l->n, l->wide);
    struct wide w = {o->m, l->level, l->wide > 1 ? numbers(o->m->n_reactions, l->wide) : NULL};
    for (int i = 0; i < l->wide; i++) { /* what lanes would be empty do the same as the first */
        const struct rt_ode *from = q[i < n ? i : 0]->o;
        for (int64_t s = 0; s < l->n; s++) {
            l->state[s * l->wide + i] = from->x[s];
        }
        for (int32_t j = 0; w.k && j < o->m->n_reactions; j++) {
            w.k[j * l->wide + i] = from->events.k[j];
        }
    }
    const struct lockstep_code code = {.rhs = w.k ? rhs_of_all : rhs_of_one,
                                       .env = w.k ? (void *)&w : q[0]->o};
    steps->forward(l, &code, room);
    for (int i = 0; i < n; i++) {
        if (l->good[i] && keeps_all_sums(l, i, q[i]->o) && !appears(l, i, q[i]->o)) {
            atomic_fetch_add(&l->users, 1);
            q[i]->l = l;
            q[i]->lane = i;
        }
    }
    free(w.k);
    free(room);
    lockstep_release(l);
}

static void run_all(void *const *request, int n)
{
    struct running *q[CRNL_LANES] = {request[0]};
    for (int i = 1; i < n; i++) {
        q[i] = request[i];
    }
    const struct lockstep_steps *steps = lockstep_steps_for(q[0]->o->m, n);
    for (int i = 0; i < n; i += steps->wide) {
        run_together(steps, q + i, n - i < steps->wide ? n - i : steps->wide);
    }
}

static bool same_runs(const void *a, const void *b)
{
    const struct running *p = a, *q = b;
    const struct rt_job *x = p->o->job, *y = q->o->job;
    const struct rt_grid *g = &p->s->grid, *h = &q->s->grid;
    return p->o->m == q->o->m && p->o->code == q->o->code && p->o->t == q->o->t &&
           p->s->t_end == q->s->t_end && rt_real(x, CRNL_OPTION_DT) == rt_real(y, CRNL_OPTION_DT) &&
           !x->course == !y->course && g->every == h->every && g->base == h->base && g->i == h->i &&
           g->i_sample == h->i_sample && x->n_samples == y->n_samples && x->has_rows == y->has_rows &&
           (x->n_samples == 0 || memcmp(x->sample, y->sample, (size_t)x->n_samples * sizeof *x->sample) == 0);
}

/* ---- What is left of a run ---- */

static void take(const struct running *q)
{
    struct rt_ode *o = q->o;
    struct rt_recorder *r = o->recorder;
    struct lockstep *l = q->l;
    int64_t step = l->n_steps;
    read_lane(l, l->most, q->lane, o->f);
    rt_ode_weights(o, o->f, o->y);
    for (int64_t i = 0; i < l->n_values && !r->error.status; i++) {
        read_lane(l, state_at(l, l->values[i].step), q->lane, o->y);
        if (rt_record_due(r, &q->s->grid, l->values[i].t, o->y)) {
            step = l->values[i].step;
        }
    }
    o->steps += step;
    o->t_before = l->t[step - 1];
    o->t = l->t[step];
    read_lane(l, state_at(l, step), q->lane, o->x);
    if (!r->error.status) {
        rt_check_limits(r, o->t);
    }
    if (o->course) {
        o->course->lockstep = l;
        o->course->lane = q->lane;
        atomic_fetch_add(&l->users, 1);
    }
}

bool lockstep_run(struct rt_ode *o, struct rt_stretch *s)
{
    static const struct rt_gathering gathering = {CRNL_LANES, same_runs, run_all};
    struct running q = {.o = o, .s = s};
    if (!is_plain(o, s)) {
        return false;
    }
    rt_meet(o->code == crnl_kernel_ode_unrolled.code ? meeting_of(o) : NULL, &gathering, &q);
    if (q.l) {
        take(&q);
        lockstep_release(q.l);
    }
    return q.l;
}
