/* The history of deterministic runs with delays. Each step is kept as the amounts at NODES Chebyshev points,
 * which represent the polynomial by which the solver interpolates, and more points than its degree needs
 * where possible. Between them the barycentric formula is used (Berrut, Trefethen, SIAM Review 46, 2004). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_history.h"
#include "runtime/rt_state.h"

enum {
    NODES = 8,
    MOST_ORDER = 5,   /* order of the derivative that jumps: solvers do not see jumps in higher ones */
    MOST_SPANNED = 4, /* steps of the history that one step may span */
    MOST_WAITING = 1 << 16,
    LOOKS = 16 /* samples of a history that may be constant */
};
static const double MOST_BYTES = 0x1p30;
static const double LEAST_STEP = 1e-5; /* relative to the run: shorter delays do not limit steps */
static const double SMALLEST = 1e-290;
static const double LEAST_DIGITS = 1e6; /* length of a history that moves in time, relative to rounding */
static const double SAME = 1e-12;       /* relative difference of amounts that are equal but for rounding */

struct step {
    double from, to;
    bool breaks; /* amounts jump at `from` */
};

/* a discontinuity that returns after a delay */
struct returning {
    double t;
    int32_t delay, order; /* order of the derivative of the delayed value that jumps; 0: the value itself */
};

struct rt_history {
    const struct crnl_model *m;
    const struct rt_job *job;
    int32_t n_kept, *kept;       /* species that delays read, without delayed values */
    int32_t depth;               /* how deep delays read other delays */
    double **level;              /* [depth + 1][n_species] past states */
    double *start, *after;       /* the initial amounts; those after the last jump */
    double *seen, *row, *sample; /* scratch */
    struct step *step;
    double *value; /* [n_steps][NODES][n_kept] */
    size_t n_steps, cap_steps;
    struct returning *wait; /* discontinuities to come, by time */
    size_t n_wait, cap_wait;
    double t0, last;      /* start; end of the last step */
    double t_stop;        /* end of the step, where a discontinuity may return; INFINITY: it has returned */
    bool breaks;          /* amounts have jumped at time `last` */
    bool all_fixed;       /* all delays depend on parameters alone */
    double *lag, longest; /* then: the lengths of delays; how far all of them reach back */
    int32_t bad;          /* a delay whose length was negative, or -1 */
    double bad_at, bad_lag;
    double node[NODES], weight[NODES]; /* in [0, 1] */
};

/* ---- creating and freeing ---- */

static bool is_fixed(const struct crnl_model *m, int32_t i)
{
    return m->delay_fixed[i] & CRNL_DELAY_FIXED;
}

static int32_t delay_of(const struct crnl_model *m, int32_t s)
{
    return s >= m->delay_species[0] ? s - m->delay_species[0] : -1;
}

static void find_depth(struct rt_history *h)
{
    const struct crnl_model *m = h->m;
    int32_t *depth = rt_alloc((size_t)m->n_delays, sizeof *depth);
    for (int32_t i = 0; i < m->n_delays; i++) {
        depth[i] = 1;
        for (int32_t k = m->delay_ptr[i]; k < m->delay_ptr[i + 1]; k++) {
            int32_t inner = delay_of(m, m->delay_reads[k]);
            depth[i] = inner >= 0 && depth[inner] >= depth[i] ? depth[inner] + 1 : depth[i];
        }
        h->depth = depth[i] > h->depth ? depth[i] : h->depth;
    }
    free(depth);
}

static void find_kept(struct rt_history *h)
{
    const struct crnl_model *m = h->m;
    uint8_t *seen = rt_alloc((size_t)m->n_species, 1);
    h->kept = rt_alloc((size_t)m->n_species, sizeof *h->kept);
    for (int32_t k = 0; k < m->delay_ptr[m->n_delays]; k++) {
        int32_t s = m->delay_reads[k];
        if (delay_of(m, s) < 0 && !seen[s]) {
            seen[s] = 1;
            h->kept[h->n_kept++] = s;
        }
    }
    free(seen);
}

struct rt_history *rt_history_create(const struct crnl_model *m)
{
    if (m->n_delays == 0) {
        return NULL;
    }
    struct rt_history *h = rt_alloc(1, sizeof *h);
    size_t n = (size_t)m->n_species;
    h->m = m;
    find_depth(h);
    find_kept(h);
    h->level = rt_alloc((size_t)h->depth + 1, sizeof *h->level);
    for (int32_t i = 0; i <= h->depth; i++) {
        h->level[i] = rt_alloc(n, sizeof **h->level);
    }
    h->start = rt_alloc(n, sizeof *h->start);
    h->after = rt_alloc(n, sizeof *h->after);
    h->seen = rt_alloc(n, sizeof *h->seen);
    h->sample = rt_alloc(n, sizeof *h->sample);
    h->row = rt_alloc((size_t)h->n_kept, sizeof *h->row);
    h->lag = rt_alloc((size_t)m->n_delays, sizeof *h->lag);
    h->all_fixed = true;
    for (int32_t i = 0; i < m->n_delays; i++) {
        h->all_fixed &= is_fixed(m, i);
    }
    for (int k = 0; k < NODES; k++) {
        h->node[k] = 0.5 - 0.5 * cos(k * 3.14159265358979323846 / (NODES - 1));
        h->weight[k] = (k % 2 ? -1 : 1) * (k == 0 || k == NODES - 1 ? 0.5 : 1);
    }
    h->node[NODES - 1] = 1;
    return h;
}

void rt_history_free(struct rt_history *h)
{
    if (!h) {
        return;
    }
    for (int32_t i = 0; i <= h->depth; i++) {
        free(h->level[i]);
    }
    free(h->level);
    free(h->kept);
    free(h->start);
    free(h->after);
    free(h->seen);
    free(h->sample);
    free(h->row);
    free(h->lag);
    free(h->step);
    free(h->value);
    free(h->wait);
    free(h);
}

static void room_for(struct rt_history *h, size_t n_steps, size_t n_wait)
{
    h->n_steps = h->cap_steps = n_steps;
    h->step = rt_resize(h->step, n_steps + 1, sizeof *h->step);
    h->value = rt_resize(h->value, (n_steps + 1) * NODES * (size_t)h->n_kept, sizeof *h->value);
    h->n_wait = h->cap_wait = n_wait;
    h->wait = rt_resize(h->wait, n_wait + 1, sizeof *h->wait);
}

void rt_history_pieces(struct rt_history *h, struct rt_state *s)
{
    size_t n = (size_t)h->m->n_species, width = NODES * (size_t)h->n_kept * sizeof *h->value;
    size_t n_steps = h->n_steps, n_wait = h->n_wait;
    rt_state_piece(s, &n_steps, sizeof n_steps);
    rt_state_piece(s, &n_wait, sizeof n_wait);
    if (!rt_state_has(s, n_steps, sizeof *h->step + width) || !rt_state_has(s, n_wait, sizeof *h->wait)) {
        return;
    }
    if (s->is_read) {
        room_for(h, n_steps, n_wait);
    }
    rt_state_piece(s, h->step, n_steps * sizeof *h->step);
    for (size_t i = 0; i < n_steps && !s->is_short; i++) {
        rt_state_must(s, rt_state_is_truth(&h->step[i].breaks));
    }
    rt_state_piece(s, h->value, n_steps * width);
    rt_state_piece(s, h->wait, n_wait * sizeof *h->wait);
    rt_state_piece(s, h->start, n * sizeof *h->start);
    rt_state_piece(s, h->after, n * sizeof *h->after);
    rt_state_piece(s, h->lag, (size_t)h->m->n_delays * sizeof *h->lag);
    rt_state_piece(s, &h->longest, sizeof h->longest);
    rt_state_piece(s, &h->t0, sizeof h->t0);
    rt_state_piece(s, &h->last, sizeof h->last);
    rt_state_piece(s, &h->t_stop, sizeof h->t_stop);
    rt_state_truths(s, &h->breaks, 1);
    rt_state_piece(s, &h->bad, sizeof h->bad);
    rt_state_must(s, h->bad >= -1 && h->bad < h->m->n_delays);
    rt_state_piece(s, &h->bad_at, sizeof h->bad_at);
    rt_state_piece(s, &h->bad_lag, sizeof h->bad_lag);
}

/* ---- values ---- */

static double evaluate(const struct rt_history *h, int32_t expr, double t, const double *x)
{
    return h->m->expr(h->m->env, expr, x, t, h->job->param, NULL, 1);
}

/* The last step that begins at or before t, or -1. */
static int64_t find_step(const struct rt_history *h, double t)
{
    int64_t lo = -1, hi = (int64_t)h->n_steps;
    while (hi - lo > 1) {
        int64_t middle = lo + (hi - lo) / 2;
        if (h->step[middle].from <= t) {
            lo = middle;
        } else {
            hi = middle;
        }
    }
    return lo;
}

/* Computes the kept amounts at t, inside step i. */
static void interpolate(struct rt_history *h, int64_t i, double t, double *x)
{
    const struct step *s = &h->step[i];
    const double *v = h->value + (size_t)i * NODES * (size_t)h->n_kept;
    double u = (t - s->from) / (s->to - s->from), sum = 0;
    memset(h->row, 0, (size_t)h->n_kept * sizeof *h->row);
    for (int k = 0; k < NODES; k++) {
        double d = u - h->node[k];
        if (d == 0) {
            for (int32_t j = 0; j < h->n_kept; j++) {
                x[h->kept[j]] = v[k * h->n_kept + j];
            }
            return;
        }
        double w = h->weight[k] / d;
        sum += w;
        for (int32_t j = 0; j < h->n_kept; j++) {
            h->row[j] += w * v[k * h->n_kept + j];
        }
    }
    for (int32_t j = 0; j < h->n_kept; j++) {
        x[h->kept[j]] = h->row[j] / sum;
    }
}

/* The state for a delay that reaches into the present step: a parabola through the start of the step, with
 * its slope there, and the given state. */
static void reach_on(struct rt_history *h, double t, double now, const double *x, double *out)
{
    size_t i = h->n_steps;
    double from = h->last, u = (t - from) / (now - from);
    bool has_slope = i > 0 && !h->breaks && h->step[i - 1].to > h->step[i - 1].from;
    double back = has_slope ? 1e-3 * (h->step[i - 1].to - h->step[i - 1].from) : 0;
    if (has_slope) {
        interpolate(h, (int64_t)i - 1, from - back, out);
    }
    for (int32_t j = 0; j < h->n_kept; j++) {
        int32_t s = h->kept[j];
        double here =
            h->breaks ? h->after[s] : h->value[((i - 1) * NODES + NODES - 1) * (size_t)h->n_kept + (size_t)j];
        double slope = has_slope ? (here - out[s]) / back * (now - from) : x[s] - here;
        out[s] = here + u * (slope + u * (x[s] - here - slope));
    }
}

/* the time and state from which a delay is evaluated */
struct view {
    double t;
    const double *x;
    double slack; /* rounding error of t */
    bool before;  /* take the value before a discontinuity that returns at t */
};

static double past(struct rt_history *h, int32_t i, const struct view *v, int32_t level);

static void fill(struct rt_history *h, const struct view *v, double *x, int32_t level, int32_t i)
{
    const struct crnl_model *m = h->m;
    for (int32_t k = m->delay_ptr[i]; k < m->delay_ptr[i + 1]; k++) {
        int32_t inner = delay_of(m, m->delay_reads[k]);
        if (inner >= 0) {
            fill(h, v, x, level, inner);
            x[m->delay_reads[k]] = past(h, inner, v, level);
        }
    }
}

/* The value of delay i seen from v, whose x already has the delays that this one reads. */
static double past(struct rt_history *h, int32_t i, const struct view *v, int32_t level)
{
    const struct crnl_model *m = h->m;
    double lag = is_fixed(m, i) ? h->lag[i] : evaluate(h, m->delay_lag[i], v->t, v->x);
    double t = v->t - lag, *x = h->level[level];
    if (!(lag >= 0)) {
        if (h->bad < 0) {
            h->bad = i;
            h->bad_at = v->t;
            h->bad_lag = lag;
        }
        return NAN;
    }
    if (lag == 0) {
        return evaluate(h, m->delay_value[i], v->t, v->x);
    }
    double slack = v->slack + 0x1p-50 * fmax(fabs(v->t), lag < INFINITY ? lag : 0) + SMALLEST;
    memcpy(x, h->start, (size_t)m->n_species * sizeof *x);
    int64_t k = find_step(h, t + slack);
    bool began = k >= 0 || t + slack >= h->t0; /* before the first step t may be the start itself */
    double edge = k >= 0 ? h->step[k].from : h->t0;
    bool at_edge = began && (k < 0 || h->step[k].breaks) && fabs(t - edge) <= slack;
    if (at_edge && v->before) {
        k--;
        began = k >= 0;
        t = fmin(t, edge - slack);
    } else if (at_edge) {
        t = fmax(t, edge);
    }
    bool goes_on = t > h->last && began;
    if (goes_on && v->t > h->last && level == 0) {
        reach_on(h, t, v->t, v->x, x);
    } else if (k >= 0) {
        /* Times before the step are avoided too: extrapolating an amount that begins at 0 gives rounding
         * errors of either sign. */
        interpolate(h, k, fmax(fmin(t, h->last), h->step[k].from), x);
    }
    struct view from = {t, x, slack, v->before};
    if (level + 1 <= h->depth) {
        fill(h, &from, x, level + 1, i);
    }
    return evaluate(h, began ? m->delay_value[i] : m->delay_before[i], t, x);
}

void rt_history_fill(struct rt_history *h, double t, double *x)
{
    const struct crnl_model *m = h->m;
    struct view v = {t, x, 0, t >= crnl_time_before(h->t_stop)};
    for (int32_t i = 0; i < m->n_delays; i++) {
        x[m->delay_species[i]] = past(h, i, &v, 0);
    }
}

const double *rt_history_see(struct rt_history *h, double t, const double *x)
{
    if (x != h->seen) {
        memcpy(h->seen, x, (size_t)h->m->n_species * sizeof *x);
    }
    rt_history_fill(h, t, h->seen);
    return h->seen;
}

void rt_history_unlagged(const struct rt_history *h, double t, double *x)
{
    const struct crnl_model *m = h->m;
    /* in this order a delay comes after the delays that it reads */
    for (int32_t i = 0; i < m->n_delays; i++) {
        x[m->delay_species[i]] = evaluate(h, m->delay_value[i], t, x);
    }
}

/* ---- discontinuities that return ---- */

static void add_return(struct rt_history *h, double t, int32_t delay, int32_t order)
{
    if (order > MOST_ORDER || !(t < INFINITY) || (h->n_wait >= MOST_WAITING && order > 0)) {
        return;
    }
    size_t at = h->n_wait;
    while (at > 0 && h->wait[at - 1].t > t) {
        at--;
    }
    for (size_t i = at; i > 0 && crnl_same_time(h->wait[i - 1].t, t); i--) {
        struct returning *r = &h->wait[i - 1];
        if (r->delay == delay) {
            r->order = order < r->order ? order : r->order;
            return;
        }
    }
    if (h->n_wait == h->cap_wait) {
        h->cap_wait = h->cap_wait ? 2 * h->cap_wait : 16;
        h->wait = rt_resize(h->wait, h->cap_wait, sizeof *h->wait);
    }
    memmove(h->wait + at + 1, h->wait + at, (h->n_wait - at) * sizeof *h->wait);
    h->wait[at] = (struct returning){t, delay, order};
    h->n_wait++;
}

/* A derivative of the state of this order jumps at t (0: the state itself); the jump returns in all
 * delays. */
static void spread(struct rt_history *h, double t, int32_t order)
{
    for (int32_t i = 0; i < h->m->n_delays; i++) {
        if (is_fixed(h->m, i) && h->lag[i] > 0) {
            add_return(h, t + h->lag[i], i, order);
        }
    }
}

void rt_history_break(struct rt_history *h, double t, const double *x)
{
    h->breaks = true;
    memcpy(h->after, x, (size_t)h->m->n_species * sizeof *x);
    spread(h, t, 0);
}

bool rt_history_open(struct rt_history *h, double t, bool *jumps)
{
    const struct crnl_model *m = h->m;
    size_t n = 0;
    *jumps = false;
    h->t_stop = INFINITY;
    while (n < h->n_wait && crnl_is_due(h->wait[n].t, t)) {
        n++;
    }
    if (n == 0) {
        return false;
    }
    struct returning *come = rt_copy(h->wait, n, sizeof *come);
    h->n_wait -= n;
    memmove(h->wait, h->wait + n, h->n_wait * sizeof *h->wait);
    for (size_t i = 0; i < n; i++) {
        *jumps |= come[i].order == 0;
        spread(h, come[i].t, come[i].order + 1);
        for (int32_t k = 0; k < m->delay_ptr[m->n_delays]; k++) {
            int32_t outer = 0;
            while (k >= m->delay_ptr[outer + 1]) {
                outer++;
            }
            bool reads = delay_of(m, m->delay_reads[k]) == come[i].delay;
            if (reads && is_fixed(m, outer) && h->lag[outer] > 0) {
                add_return(h, come[i].t + h->lag[outer], outer, come[i].order);
            }
        }
    }
    free(come);
    return true;
}

double rt_history_bound(struct rt_history *h, double t, const double *x, double t_stop, double span)
{
    const struct crnl_model *m = h->m;
    double least = LEAST_STEP * (span < INFINITY && span > 0 ? span : fmax(fabs(t), 1));
    if (h->n_wait > 0) {
        t_stop = fmin(t_stop, h->wait[0].t);
    }
    for (int32_t i = 0; i < m->n_delays; i++) {
        double lag = is_fixed(m, i) ? h->lag[i] : evaluate(h, m->delay_lag[i], t, x);
        if (!(lag > 0 || (lag == 0 && !is_fixed(m, i))) || !(lag < INFINITY)) {
            continue;
        }
        int64_t k = find_step(h, t - lag);
        if (k >= 0) {
            int64_t to = k + MOST_SPANNED < (int64_t)h->n_steps ? k + MOST_SPANNED : (int64_t)h->n_steps - 1;
            t_stop = fmin(t_stop, fmax(h->step[to].to + lag, t + least));
        } else {
            t_stop = fmin(t_stop, fmax(h->t0 + lag, t + least));
        }
    }
    h->t_stop = t_stop;
    return t_stop;
}

/* ---- steps ---- */

static void forget(struct rt_history *h, double t)
{
    size_t size = NODES * (size_t)h->n_kept;
    int64_t k = h->all_fixed ? find_step(h, t - h->longest) - 1 : 0;
    size_t n = k > 0 ? (size_t)k : 0;
    if (n > MOST_SPANNED && n > h->n_steps / 2) {
        h->n_steps -= n;
        memmove(h->step, h->step + n, h->n_steps * sizeof *h->step);
        memmove(h->value, h->value + n * size, h->n_steps * size * sizeof *h->value);
    }
}

static int make_room(struct rt_history *h, struct rt_error *e)
{
    size_t size = NODES * (size_t)h->n_kept;
    if (h->n_steps < h->cap_steps) {
        return CRNL_OK;
    }
    size_t cap = h->cap_steps ? 2 * h->cap_steps : 64;
    if ((double)cap * ((double)size * sizeof *h->value + sizeof *h->step) > MOST_BYTES) {
        return rt_fail(e, CRNL_LIMIT,
                       "the history that the delays of `%s` read needs more than %g GiB at t = %.6g\n"
                       "  help: a delay that is shorter, or that depends on parameters alone; a larger rtol",
                       h->m->name, MOST_BYTES / 0x1p30, h->last);
    }
    h->step = rt_resize(h->step, cap, sizeof *h->step);
    h->value = rt_resize(h->value, cap * (size + (size == 0)), sizeof *h->value);
    h->cap_steps = cap;
    return CRNL_OK;
}

int rt_history_add(struct rt_history *h, double from, double to, rt_history_state state, void *env,
                   struct rt_error *e)
{
    if (!(to > from)) {
        return CRNL_OK;
    }
    forget(h, from);
    int status = make_room(h, e);
    if (status) {
        return status;
    }
    double *v = h->value + h->n_steps * NODES * (size_t)h->n_kept;
    for (int k = 0; k < NODES && h->n_kept > 0; k++) {
        state(env, k == NODES - 1 ? to : from + h->node[k] * (to - from), h->sample);
        for (int32_t j = 0; j < h->n_kept; j++) {
            v[k * h->n_kept + j] = h->sample[h->kept[j]];
        }
    }
    h->step[h->n_steps++] = (struct step){from, to, h->breaks};
    h->breaks = false;
    h->last = to;
    return CRNL_OK;
}

/* ---- continued runs ---- */

/* The numbers that are kept, in this order: header, amounts at the start and after the last jump, lengths of
 * delays, steps, discontinuities to come, values, parameters. */
enum { KEPT_SIZE, KEPT_T0, KEPT_LAST, KEPT_BREAKS, KEPT_STEPS, KEPT_WAIT, KEPT_NUMBERS };
enum { STEP_NUMBERS = 3, WAIT_NUMBERS = 3 };

double *rt_history_keep(const struct rt_history *h, double t)
{
    size_t n = h->n_steps, per = NODES * (size_t)h->n_kept, n_species = (size_t)h->m->n_species;
    while (n > 0 && h->step[n - 1].from >= t) {
        n--;
    }
    size_t size = KEPT_NUMBERS + 2 * n_species + (size_t)h->m->n_delays + STEP_NUMBERS * n +
                  WAIT_NUMBERS * h->n_wait + per * n + (size_t)h->m->n_params;
    double *past = rt_alloc(size, sizeof *past), *to = past + KEPT_NUMBERS;
    past[KEPT_SIZE] = (double)size;
    past[KEPT_T0] = h->t0;
    past[KEPT_LAST] = t;
    past[KEPT_BREAKS] = h->breaks;
    past[KEPT_STEPS] = (double)n;
    past[KEPT_WAIT] = (double)h->n_wait;
    memcpy(to, h->start, n_species * sizeof *to);
    memcpy(to += n_species, h->after, n_species * sizeof *to);
    memcpy(to += n_species, h->lag, (size_t)h->m->n_delays * sizeof *to);
    to += h->m->n_delays;
    for (size_t i = 0; i < n; i++, to += STEP_NUMBERS) {
        to[0] = h->step[i].from;
        to[1] = h->step[i].to;
        to[2] = h->step[i].breaks;
    }
    for (size_t i = 0; i < h->n_wait; i++, to += WAIT_NUMBERS) {
        to[0] = h->wait[i].t;
        to[1] = h->wait[i].delay;
        to[2] = h->wait[i].order;
    }
    if (n > 0) {
        memcpy(to, h->value, per * n * sizeof *to);
    }
    memcpy(past + size - h->m->n_params, h->job->param, (size_t)h->m->n_params * sizeof *past);
    return past;
}

/* Reads the steps, and discontinuities to come of delays whose lengths are unchanged. For delays of other
 * lengths the jumps of amounts come back; where derivatives have jumped is no longer known. */
static int read_past(struct rt_history *h, struct rt_error *e)
{
    const struct crnl_model *m = h->m;
    const double *past = h->job->past, *from = past + KEPT_NUMBERS + 2 * (size_t)m->n_species, *lag = from;
    size_t per = NODES * (size_t)h->n_kept, n = (size_t)past[KEPT_STEPS], n_wait = (size_t)past[KEPT_WAIT];
    double by = h->job->moved, rounding = DBL_EPSILON * (fabs(past[KEPT_LAST]) + fabs(h->job->t0));
    if (by != 0 && h->longest > 0 && h->longest <= LEAST_DIGITS * rounding) {
        return rt_fail(e, CRNL_PRECISION,
                       "`continue` of `%s` from t = %.6g: its history up to t = %.6g has too few digits to "
                       "move there\n  help: end the run before it by `for TIME`",
                       m->name, h->job->t0, past[KEPT_LAST]);
    }
    while (h->cap_steps < n) {
        h->n_steps = h->cap_steps;
        int status = make_room(h, e);
        if (status) {
            return status;
        }
    }
    h->n_steps = n;
    from += m->n_delays;
    for (size_t i = 0; i < n; i++, from += STEP_NUMBERS) {
        h->step[i] = (struct step){from[0] + by, from[1] + by, from[2] != 0};
    }
    for (size_t i = 0; i < n_wait; i++, from += WAIT_NUMBERS) {
        int32_t delay = (int32_t)from[1];
        if (lag[delay] == h->lag[delay]) {
            add_return(h, from[0] + by, delay, (int32_t)from[2]);
        }
    }
    for (int32_t k = 0; k < m->n_delays; k++) {
        bool is_new = is_fixed(m, k) && h->lag[k] > 0 && lag[k] != h->lag[k];
        for (size_t i = 0; is_new && i < n; i++) {
            double t = h->step[i].from + h->lag[k];
            if (h->step[i].breaks && t > h->last) {
                add_return(h, t, k, 0);
            }
        }
    }
    if (n > 0 && per > 0) {
        memcpy(h->value, from, per * n * sizeof *from);
    }
    h->n_steps = 0; /* those that rounding has made empty are left out */
    for (size_t i = 0; i < n; i++) {
        if (h->step[i].to > h->step[i].from) {
            memmove(h->value + per * h->n_steps, h->value + per * i, per * sizeof *h->value);
            h->step[h->n_steps++] = h->step[i];
        }
    }
    return CRNL_OK;
}

/* Whether the run begins with the amounts at which the history ends. */
static bool is_smooth(struct rt_history *h)
{
    if (h->n_steps == 0) {
        return false;
    }
    interpolate(h, (int64_t)h->n_steps - 1, h->last, h->sample);
    bool same = true;
    for (int32_t j = 0; j < h->n_kept; j++) {
        double then = h->sample[h->kept[j]], now = h->job->x0[h->kept[j]];
        same &= fabs(then - now) <= SAME * fmax(fabs(then), fabs(now));
    }
    return same;
}

/* The history keeps amounts, but not the parameters of the time. Therefore products of reactions that have
 * begun would appear at rates, and after delays, that these reactions never had. Whether that is so is tested
 * at the present amounts, and at amounts of 1. */
static int check_late(struct rt_history *h, struct rt_error *e)
{
    const struct crnl_model *m = h->m;
    const double *then = h->job->past + (size_t)h->job->past[KEPT_SIZE] - m->n_params, *now = h->job->param;
    double t = h->job->t0;
    for (int32_t s = 0; s < m->n_species; s++) {
        h->sample[s] = 1;
    }
    for (int32_t i = 0; i < m->n_delays; i++) {
        const double *at[] = {h->job->x0, h->sample};
        bool same = true;
        for (int k = 0; k < 2 && (m->delay_fixed[i] & CRNL_DELAY_LATE); k++) {
            same &= m->expr(m->env, m->delay_value[i], at[k], t, then, NULL, 1) ==
                        m->expr(m->env, m->delay_value[i], at[k], t, now, NULL, 1) &&
                    m->expr(m->env, m->delay_lag[i], at[k], t, then, NULL, 1) ==
                        m->expr(m->env, m->delay_lag[i], at[k], t, now, NULL, 1);
        }
        if (!same) {
            return rt_fail(
                e, CRNL_BAD_ARGUMENT,
                "`continue` of `%s` with other parameters of a reaction whose products come later: some "
                "are on their way\n  help: run it by ssa; or make the parameter a `const species`, which "
                "events change",
                m->name);
        }
    }
    return CRNL_OK;
}

static int go_on(struct rt_history *h, struct rt_error *e)
{
    const struct crnl_model *m = h->m;
    const double *past = h->job->past, *start = past + KEPT_NUMBERS;
    h->t0 = past[KEPT_T0] + h->job->moved;
    h->last = h->job->t0;
    memcpy(h->start, start, (size_t)m->n_species * sizeof *h->start);
    memcpy(h->after, start + m->n_species, (size_t)m->n_species * sizeof *h->after);
    int status = check_late(h, e);
    status = status ? status : read_past(h, e);
    if (status) {
        return status;
    }
    bool is_cut = h->n_steps > 0 && h->step[0].from > h->t0;
    if (is_cut && h->last - h->longest < h->step[0].from) {
        return rt_fail(
            e, CRNL_BAD_ARGUMENT,
            "`continue` of `%s` with longer delays: its history begins at t = %.6g, and %.6g is read\n"
            "  help: change them in the run from its start on",
            m->name, h->step[0].from, h->last - h->longest);
    }
    if (past[KEPT_BREAKS] != 0 || !is_smooth(h)) {
        rt_history_break(h, h->last, h->job->x0);
    } else {
        h->breaks = false;
        spread(h, h->last, 1); /* parameters may change from here on */
    }
    return CRNL_OK;
}

static void find_lags(struct rt_history *h)
{
    const struct crnl_model *m = h->m;
    h->longest = 0;
    for (int32_t i = 0; i < m->n_delays; i++) {
        h->lag[i] = is_fixed(m, i) ? evaluate(h, m->delay_lag[i], h->job->t0, h->job->x0) : 0;
        double lag = h->lag[i] < INFINITY ? h->lag[i] : 0;
        h->longest = h->depth > 1 ? h->longest + lag : fmax(h->longest, lag);
    }
}

int rt_history_begin(struct rt_history *h, const struct rt_job *job, struct rt_error *e)
{
    const struct crnl_model *m = h->m;
    h->job = job;
    h->t0 = h->last = job->t0;
    h->t_stop = INFINITY;
    h->n_steps = h->n_wait = 0;
    h->bad = -1;
    memcpy(h->start, job->x0, (size_t)m->n_species * sizeof *h->start);
    find_lags(h);
    if (job->past) {
        return go_on(h, e);
    }
    rt_history_break(h, job->t0, job->x0);
    return CRNL_OK;
}

void rt_history_forget_bad(struct rt_history *h)
{
    h->bad = -1;
}

/* The lag of `delay(M, -tau)` without its sign: a name or a number, and its length; 0: the lag is another. */
static int negated(const char *delay, const char **lag)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.";
    const char *last = NULL;
    for (const char *at = strstr(delay, ", -"); at; at = strstr(at + 1, ", -")) {
        last = at + 3;
    }
    size_t n = last ? strspn(last, letters) : 0;
    *lag = last;
    return n > 0 && strcmp(last + n, ")") == 0 ? (int)n : 0;
}

int rt_history_check(struct rt_history *h, struct rt_error *e)
{
    if (h->bad < 0) {
        return CRNL_OK;
    }
    if (h->m->delay_fixed[h->bad] & CRNL_DELAY_LATE) {
        rt_fail(e, CRNL_BAD_ARGUMENT, "a delay by which products of network `%s` come later ", h->m->name);
        if (h->bad_lag == -INFINITY) {
            rt_putf(&e->text, "is not finite at t = %.6g", h->bad_at);
        } else {
            rt_putf(&e->text, "is %.6g, or its second time is before the first by as much, at t = %.6g",
                    h->bad_lag, h->bad_at);
        }
        rt_put(&e->text,
               "\n  help: delays are finite, 0 or longer, and of two times the first is the shorter one");
        return e->status;
    }
    const char *delay = h->m->species_name[h->m->delay_species[h->bad]], *lag;
    int n = negated(delay, &lag);
    rt_fail(e, CRNL_BAD_ARGUMENT,
            "`%s` of network `%s` is %.6g long at t = %.6g, and what is to come is not known\n  help: ",
            delay, h->m->name, h->bad_lag, h->bad_at);
    if (n) {
        rt_putf(&e->text, "a delay is how long ago, without a sign: write `%.*s%.*s)`",
                (int)(lag - 1 - delay), delay, n, lag);
    } else {
        rt_put(&e->text, "delays are 0 or longer: max(..., 0)");
    }
    return e->status;
}

bool rt_history_is_flat(struct rt_history *h, double t, const double *x, double rtol)
{
    const struct crnl_model *m = h->m;
    if (h->n_wait > 0) {
        return false;
    }
    for (int32_t i = 0; i < m->n_delays; i++) {
        double lag = is_fixed(m, i) ? h->lag[i] : evaluate(h, m->delay_lag[i], t, x);
        double now = evaluate(h, m->delay_value[i], t, x);
        for (int k = 0; k < LOOKS && lag > 0; k++) {
            struct view v = {t + lag * k / LOOKS, x, 0, false};
            double then = past(h, i, &v, 0);
            if (!(fabs(then - now) <= rtol * fmax(fabs(then), fabs(now)))) {
                return false;
            }
        }
    }
    return true;
}
