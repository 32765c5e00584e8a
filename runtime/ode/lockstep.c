/* Forward in lockstep: which runs are like that, and what is left of them (rt_lockstep.h). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_lockstep.h"
#include "runtime/rt_meeting.h"

enum {
    STEPS_WITHOUT_COURSE = 1 << 12,   /* a run that keeps no course passes places (ode_state.c), ... */
    NUMBERS_WITHOUT_COURSE = 1 << 20, /* ... and takes no more memory than this in each lane */
    STEPS_BETWEEN_SUMS = 16,
    LEAST_PIECE = 16,          /* steps, a multiple of STEPS_BETWEEN_SUMS */
    REACTIONS_OF_A_PART = 256, /* their terms in eight lanes take 16 KiB */
    TIME_ROUNDINGS = 16        /* steps shorter than these are looked at */
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

static void free_parts(struct lockstep_parts *p)
{
    for (int32_t i = 0; p && i < p->n; i++) {
        rt_packed_destroy(p->part[i]);
        free(p->k[i]);
    }
    if (p) {
        free(p->part);
        free(p->k);
    }
    free(p);
}

void lockstep_release(struct lockstep *l)
{
    if (!l || atomic_fetch_sub(&l->users, 1) > 1) {
        return;
    }
    free_parts(l->parts);
    free(l->k);
    free(l->t);
    free(l->values);
    free(l->state);
    free(l->start);
    free(l->value);
    free(l->end);
    free(l->most);
    free(l->good);
    free(l);
}

/* They are not set to 0, which would take as long as some of the steps. */
double *lockstep_numbers(int64_t n, int wide)
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
    double most = o->job->course ? (double)o->job->course->most : STEPS_WITHOUT_COURSE;
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

/* How many steps are a piece; false: there is not enough memory. Going back, pieces take the time of the run
 * once more, but the memory of about four times the root of the number of steps. */
static bool divide(struct lockstep *l, const struct rt_ode *o, int n_runs)
{
    bool keeps = o->job->course != NULL;
    double n = (double)l->n, steps = (double)l->n_steps,
           room = keeps ? (double)o->job->course->most : NUMBERS_WITHOUT_COURSE;
    if (keeps && (4 * steps + 1 + (double)l->n_values) * n * l->wide < fmin(room * n_runs, COURSE_MOST)) {
        l->piece = l->n_steps;
        return true;
    }
    double piece = keeps ? ceil(sqrt(steps) / 2 / LEAST_PIECE) * LEAST_PIECE : LEAST_PIECE;
    l->piece = (int64_t)piece;
    double kept = keeps ? steps / piece + 1 : 0;
    return steps + (kept + 4 * piece + 1 + (double)l->n_values) * n < room;
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
                             const struct lockstep_steps *steps, int n_runs)
{
    struct lockstep *l = rt_alloc(1, sizeof *l);
    l->wide = steps->wide;
    l->level = steps->level;
    l->m = o->m;
    l->n = o->n;
    l->users = 1;
    if (!list_steps(l, o, s) || !list_values(l, s) || !divide(l, o, n_runs)) {
        lockstep_release(l);
        return NULL;
    }
    int64_t n_pieces = (l->n_steps + l->piece - 1) / l->piece;
    l->state = lockstep_numbers((l->piece * 4 + 1) * l->n, l->wide);
    l->start = o->job->course && n_pieces > 1 ? lockstep_numbers(n_pieces * l->n, l->wide) : NULL;
    l->value = lockstep_numbers(l->n_values * l->n, l->wide);
    l->end = lockstep_numbers(l->n, l->wide);
    l->most = lockstep_numbers(l->n, l->wide);
    l->good = rt_alloc((size_t)l->wide, sizeof *l->good);
    return l;
}

/* ---- Right sides ---- */

static bool has_lists(const struct crnl_model *m, int32_t j)
{
    double n = 0;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        n += m->lhs_count[e];
    }
    return rt_law(m, j) < 0 && n <= PACKED_FACTORS;
}

static bool is_by_lists(const struct crnl_model *m)
{
    bool is = !m->rhs_lanes && !m->reverse;
    for (int32_t j = 0; is && j < m->n_reactions; j++) {
        is = has_lists(m, j);
    }
    return is;
}

bool lockstep_may(const struct crnl_model *m)
{
    return m->rhs_lanes || is_by_lists(m);
}

bool lockstep_may_be_in_lanes(const struct rt_ode *o)
{
    return o->code == crnl_kernel_ode_unrolled.code ? o->m->rhs_lanes != NULL : is_by_lists(o->m);
}

static const struct lockstep_steps *const with_lanes[] = {&lockstep_avx512, &lockstep_avx2};

static const struct lockstep_steps *steps_for(const struct rt_ode *o, int n)
{
    for (size_t i = 0; i < sizeof with_lanes / sizeof *with_lanes && lockstep_may_be_in_lanes(o); i++) {
        if (2 * n >= with_lanes[i]->wide && with_lanes[i]->is_here()) { /* else one by one is faster */
            return with_lanes[i];
        }
    }
    return &lockstep_one;
}

const struct lockstep_steps *lockstep_steps_of(const struct lockstep *l)
{
    for (size_t i = 0; i < sizeof with_lanes / sizeof *with_lanes; i++) {
        if (l->wide == with_lanes[i]->wide) {
            return with_lanes[i];
        }
    }
    return &lockstep_one;
}

static bool same_in_lanes(const struct lockstep *l, int32_t j)
{
    bool same = true;
    for (int i = 1; i < l->wide; i++) {
        same &= l->k[j * l->wide + i] == l->k[j * l->wide];
    }
    return same;
}

/* Packs the reactions from .. to. A reaction takes part if its constant is not 0 in some lane. */
static void pack_part(struct lockstep *l, int32_t from, int32_t to, double *any)
{
    struct lockstep_parts *p = l->parts;
    struct rt_packed *part = p->part[p->n] = rt_packed_part(l->m, from, to);
    bool same = true;
    for (int32_t j = from; j < to; j++) {
        any[j] = 0;
        for (int i = 0; i < l->wide; i++) {
            any[j] = any[j] == 0 ? l->k[j * l->wide + i] : any[j];
        }
        same &= same_in_lanes(l, j);
    }
    rt_packed_fill(part, l->m, any);
    double *k = same ? NULL : lockstep_numbers(to - from, l->wide);
    for (int32_t j = from; j < to && k; j++) {
        for (int i = 0; i < l->wide && part->slot[j - from] >= 0; i++) {
            k[part->slot[j - from] * l->wide + i] = l->k[j * l->wide + i];
        }
    }
    p->k[p->n++] = k;
    p->n_terms = part->zero + 1 > p->n_terms ? part->zero + 1 : p->n_terms;
}

static void pack(struct lockstep *l)
{
    int32_t n = l->m->n_reactions;
    double *any = rt_alloc((size_t)n, sizeof *any);
    l->parts = rt_alloc(1, sizeof *l->parts);
    l->parts->n_species = l->m->n_species;
    l->parts->part = rt_alloc((size_t)n / REACTIONS_OF_A_PART + 1, sizeof *l->parts->part);
    l->parts->k = rt_alloc((size_t)n / REACTIONS_OF_A_PART + 1, sizeof *l->parts->k);
    for (int32_t j = 0; j < n; j += REACTIONS_OF_A_PART) {
        pack_part(l, j, j + REACTIONS_OF_A_PART < n ? j + REACTIONS_OF_A_PART : n, any);
    }
    free(any);
}

/* Sets the constants of lanes. Those that would be empty do the same as the first. */
static void set_constants(struct lockstep *l, struct running *const *q, int n)
{
    l->k = lockstep_numbers(l->m->n_reactions, l->wide);
    for (int32_t j = 0; j < l->m->n_reactions; j++) {
        for (int i = 0; i < l->wide; i++) {
            l->k[j * l->wide + i] = q[i < n ? i : 0]->o->events.k[j];
        }
    }
    if (!l->m->rhs_lanes) {
        pack(l);
    }
}

struct lockstep_all lockstep_all_of(const struct lockstep *l)
{
    return (struct lockstep_all){l, lockstep_steps_of(l),
                                 l->parts ? lockstep_numbers(l->parts->n_terms, l->wide) : NULL};
}

void lockstep_rhs(const struct lockstep_all *a, double t, const double *x, double *dx)
{
    const struct lockstep *l = a->l;
    if (l->parts) {
        a->steps->rhs(l->parts, x, a->term, dx);
    } else {
        l->m->rhs_lanes(l->level, l->m->env, t, x, NULL, l->k, dx);
    }
}

/* ---- Steps ---- */

static void rhs_of_all(void *env, double t, const double *x, double *dx)
{
    lockstep_rhs(env, t, x, dx);
}

static void rhs_of_one(void *env, double t, const double *x, double *dx)
{
    rt_ode_plain_rhs(env, t, x, dx);
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

/* Where sums would be looked at, and more: in the piece that begins with step `from`. */
static void look_at_sums(struct lockstep *l, const struct lockstep_piece *p, int lane, const struct rt_ode *o)
{
    bool *good = &l->good[lane];
    for (int64_t i = 0; i <= p->n_steps && *good; i += STEPS_BETWEEN_SUMS) {
        read_lane(l, p->state + i * 4 * l->n * l->wide, lane, o->y);
        *good = keeps_sums(o, o->y);
    }
}

static void look_at_values(struct lockstep *l, int lane, const struct rt_ode *o)
{
    bool *good = &l->good[lane];
    for (int64_t i = 0; i < l->n_values && *good && o->job->has_rows; i++) {
        read_lane(l, l->value + i * l->n * l->wide, lane, o->y);
        *good = keeps_sums(o, o->y);
    }
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

static void keep_values(struct lockstep *l, const struct lockstep_piece *p, int64_t *value)
{
    int64_t width = l->n * l->wide;
    for (; *value < l->n_values && l->values[*value].step <= p->first + p->n_steps; ++*value) {
        memcpy(l->value + *value * width, p->state + (l->values[*value].step - p->first) * 4 * width,
               (size_t)width * sizeof(double));
    }
}

/* The rate of rt_ode_warn_of_step in step `i` of the piece, from its stages alone: what derivatives of the
 * second and third differ by, relative to how much these stages do. */
static double rate_in_step(const struct lockstep *l, const struct lockstep_piece *p, int64_t i, int lane)
{
    int64_t width = l->n * l->wide;
    const double *x = p->state + i * 4 * width + lane, *y = x + width, *z = y + width, *end = z + width;
    double h = p->t[i + 1] - p->t[i], apart = 0, differ = 0;
    for (int64_t s = 0; s < width; s += l->wide) {
        apart = fmax(apart, fabs(z[s] - y[s]));
        differ = fmax(differ, fabs((end[s] - x[s]) - 2 * (z[s] - x[s])) / h);
    }
    return apart > 0 ? differ / apart : 0;
}

/* Where a run alone is looked at, too: whether steps are short enough. */
static void look_at_step(const struct lockstep *l, const struct lockstep_piece *p, int lane, struct rt_ode *o)
{
    static const double NEAR = 1.1; /* what stages tell has rounding errors */
    double dt = rt_real(o->job, CRNL_OPTION_DT);
    int64_t i = (STEPS_BETWEEN_CHECKS - p->first % STEPS_BETWEEN_CHECKS) % STEPS_BETWEEN_CHECKS;
    for (; i < p->n_steps && !o->warned_of_step; i += STEPS_BETWEEN_CHECKS) {
        if (p->first + i > 0 && rt_ode_step_is_long(dt, NEAR * rate_in_step(l, p, i, lane))) {
            read_lane(l, p->state + i * 4 * l->n * l->wide, lane, o->y);
            o->warned_of_step = rt_ode_warn_of_step(o, p->t[i], o->y);
        }
    }
}

static void take_steps(const struct lockstep_steps *steps, const struct lockstep_code *code,
                       struct lockstep *l, struct running *const *q, int n)
{
    double *room = lockstep_numbers(LOCKSTEP_ROOM * l->n, l->wide);
    int64_t width = l->n * l->wide, value = 0;
    size_t bytes = (size_t)width * sizeof(double);
    memcpy(l->most, l->state, bytes);
    memset(l->good, true, (size_t)l->wide * sizeof *l->good);
    for (int64_t at = 0; at < l->n_steps; at += l->piece) {
        int64_t left = l->n_steps - at;
        struct lockstep_piece p = {l->n, at, left < l->piece ? left : l->piece, l->t + at, l->state};
        if (at > 0) {
            memcpy(l->state, l->end, bytes);
        }
        if (l->start) {
            memcpy(l->start + at / l->piece * width, l->state, bytes);
        }
        steps->forward(&p, code, l->most, l->good, room);
        memcpy(l->end, l->state + p.n_steps * 4 * width, bytes);
        keep_values(l, &p, &value);
        for (int i = 0; i < n; i++) {
            look_at_sums(l, &p, i, q[i]->o);
            look_at_step(l, &p, i, q[i]->o);
        }
    }
    free(room);
    if (l->piece < l->n_steps) {
        free(l->state);
        l->state = NULL;
    }
}

static void run_together(const struct lockstep_steps *steps, struct running *const *q, int n)
{
    struct lockstep *l = make(q[0]->o, q[0]->s, steps, n);
    if (!l) {
        return;
    }
    for (int i = 0; i < l->wide; i++) {
        for (int64_t s = 0; s < l->n; s++) {
            l->state[s * l->wide + i] = q[i < n ? i : 0]->o->x[s];
        }
    }
    if (l->wide > 1) {
        set_constants(l, q, n);
        struct lockstep_all all = lockstep_all_of(l);
        take_steps(steps, &(struct lockstep_code){.rhs = rhs_of_all, .env = &all}, l, q, n);
        free(all.term);
    } else {
        take_steps(steps, &(struct lockstep_code){.rhs = rhs_of_one, .env = q[0]->o}, l, q, n);
    }
    for (int i = 0; i < n; i++) {
        look_at_values(l, i, q[i]->o);
        if (l->good[i] && !appears(l, i, q[i]->o)) {
            atomic_fetch_add(&l->users, 1);
            q[i]->l = l;
            q[i]->lane = i;
        }
    }
    lockstep_release(l);
}

static void run_all(void *const *request, int n)
{
    struct running *q[CRNL_LANES] = {request[0]};
    for (int i = 1; i < n; i++) {
        q[i] = request[i];
    }
    const struct lockstep_steps *steps = steps_for(q[0]->o, n);
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
    const double *last = l->end;
    read_lane(l, l->most, q->lane, o->f);
    rt_ode_weights(o, o->f, o->y);
    for (int64_t i = 0; i < l->n_values && !r->error.status; i++) {
        const double *value = l->value + i * l->n * l->wide;
        read_lane(l, value, q->lane, o->y);
        if (rt_record_due(r, &q->s->grid, l->values[i].t, o->y)) {
            step = l->values[i].step;
            last = value;
        }
    }
    o->steps += step;
    o->t_before = l->t[step - 1];
    o->t = l->t[step];
    read_lane(l, last, q->lane, o->x);
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
    rt_meet(lockstep_may_be_in_lanes(o) ? meeting_of(o) : NULL, &gathering, &q);
    if (q.l) {
        take(&q);
        lockstep_release(q.l);
    }
    return q.l;
}
