/* Tolerances by scale. The error of amount x_i in a step is weighted by 1/(rtol |x_i| + floor_i). An
 * explicit atol is the floor of all amounts, or of those for which it is given. Otherwise
 *
 *     floor_i = rtol max(RT_LEAST_OF_LARGEST s_i, RT_LEAST_OF_POSSIBLE c_i)
 *
 * where s_i is the largest |x_i| so far, and c_i, for an amount that starts at 0, is how large it can
 * become. Below the floor an amount counts as noise: relative accuracy there would cost steps without
 * meaning, and just after a start from 0 it is impossible. An amount without scale has no floor either, and
 * its error no weight until the amount appears (rt_ode_scales_appear). Everything is proportional to the
 * amounts, so that a change of their unit changes nothing. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"
#include "rt_scales.h"

/* Relative to the largest value: smaller changes of smaller amounts do not count as activity. */
static const double NOTICEABLE = 1e-3;
/* In units of the tolerance at the largest value: an amount closer to 0 counts as 0. */
static const double CLOSE = 10;
/* Relative to RT_ROUNDING: an amount that begins by itself is noticed only above this. A bell exp(-t^2)
 * passes through all sizes of doubles. */
static const double TRACE = 1e-30;
static const double LARGE = 1e50; /* amounts of which all powers that laws have are doubles */
/* For rates between these no time unit of the solver is needed. */
static const double SLOW = 0x1p-300, FAST = 0x1p300;
enum { MOST_TURNS = 16, PLACES_OF_RUN = 16 };
enum { MOST_LAYERS = 100, TIME_ROUNDINGS = 16, EXPONENT = 320, STRIDE = 16 };
static const double CANCELLED = 1e-9; /* relative to the terms of a law: a smaller result is what rounding
                                         leaves of them */
static const double LONG = 1e6;       /* in units of the time in which rates change */
static const double FELT = 1e-12;     /* relative to the time: more than a few times its last digit */

static double size_of(double x)
{
    return fabs(x) >= RT_SMALLEST ? fabs(x) : 0;
}

/* The size of amount x of species s; while s is absent, a mere trace (see TRACE) counts as 0. */
static double size_noticed(const struct rt_ode *o, int64_t s, double x)
{
    double size = size_of(x);
    return size < TRACE * o->noise && rt_ode_is_absent(o, s) ? 0 : size;
}

/* How long before t reaction j has had at least half of the rate that it has at t: the width of a pulse, or
 * all of `longest`. The span is halved until this holds, because only its order of magnitude matters. If a
 * law begins with a jump at t, nothing tells how long it will last, and the result is `longest`. */
static double time_at_work(const struct rt_ode *o, int32_t j, double rate, double t, double longest)
{
    double instant = TIME_ROUNDINGS * DBL_EPSILON * fabs(t);
    for (double span = longest; span > instant; span /= 2) {
        double before = rt_events_time(&o->events, t - span / 2);
        if (fabs(rt_rate(o->m, j, before, o->x, o->job->param, o->events.k)) >= fabs(rate) / 2) {
            return span;
        }
    }
    return longest;
}

/* ---- How large amounts can become ---- */

/* How much reaction j, whose law reads the time, makes by itself around t. */
static double made_around(const struct rt_ode *o, int32_t j, double t)
{
    double rate = fabs(rt_rate(o->m, j, t, o->x, o->job->param, o->events.k));
    return rate > 0 && rate < INFINITY && t > o->t ? rate * time_at_work(o, j, rate, t, t - o->t) : 0;
}

/* The first times up to `end` at which laws that read the time turn; returns their number. */
static int find_turns(const struct rt_ode *o, double end, double place[MOST_TURNS])
{
    struct rt_turns turns;
    double t = o->t;
    int n = 0;
    bool jumps;
    rt_turns_create(&turns, o->job);
    rt_turns_begin(&turns);
    while (n < MOST_TURNS && (t = rt_turns_next(&turns, t, end, o->x, &jumps)) < end) {
        place[n++] = t;
        t = crnl_time_after(t);
    }
    rt_turns_destroy(&turns);
    return n;
}

/* Finds how much laws that read the time will make where they are largest, from the amounts of the start.
 * They are computed where they turn and at equidistant places, because a bell is nearly 0 in its tail. */
static void find_made(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    double end = o->t_horizon, turn[MOST_TURNS];
    int n = find_turns(o, end, turn);
    for (int i = 0; i < n; i++) {
        for (int32_t k = 0; k < m->n_timed; k++) {
            o->made[k] = fmax(o->made[k], made_around(o, m->timed[k], crnl_time_before(turn[i])));
            o->made[k] = fmax(o->made[k], made_around(o, m->timed[k], crnl_time_after(turn[i])));
        }
    }
    for (int i = 1; i <= PLACES_OF_RUN; i++) {
        for (int32_t k = 0; k < m->n_timed; k++) {
            double at = o->t + (end - o->t) * i / PLACES_OF_RUN;
            o->made[k] = fmax(o->made[k], made_around(o, m->timed[k], at));
        }
    }
}

/* For each species the smallest conserved sum of amounts that contains it, in units of the species; INFINITY
 * if there is none. */
static void possible_by_sums(const struct rt_ode *o, double *c)
{
    const struct crnl_model *m = o->m;
    for (int32_t i = 0; i < m->n_sums; i++) {
        double sum = 0;
        bool amounts = true;
        for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1]; k++) {
            sum += m->sum_count[k] * fabs(o->x[m->sum_species[k]]);
            amounts &= m->sum_count[k] > 0;
        }
        for (int32_t k = m->sum_ptr[i]; amounts && sum > 0 && k < m->sum_ptr[i + 1]; k++) {
            double *to = &c[m->sum_species[k]];
            *to = fmin(*to, sum / m->sum_count[k]);
        }
    }
}

double rt_ode_largest_term(const struct rt_ode *o, int32_t j)
{
    const struct crnl_model *m = o->m;
    double t = rt_events_time(&o->events, o->t), most = 0;
    if (rt_law(m, j) < 0 || !m->grad_ptr || o->events.k[j] == 0) {
        return 0;
    }
    for (int32_t e = m->grad_ptr[j]; e < m->grad_ptr[j + 1]; e++) {
        double slope = m->expr(m->env, m->grad_expr[e], o->x, t, o->job->param, NULL, 1),
               term = fabs(o->events.k[j] * slope * o->x[m->grad_species[e]]);
        most = term < INFINITY && term > most ? term : most;
    }
    return most;
}

/* The rate of reaction j, or that of its terms if these cancel: what is left of them is not a scale. */
static double gross_rate(const struct rt_ode *o, int32_t j)
{
    double rate = fabs(rt_rate(o->m, j, o->t, o->x, o->job->param, o->events.k)),
           terms = rt_ode_largest_term(o, j);
    return rate < CANCELLED * terms ? terms : rate;
}

/* Sets derivatives f to 0 that are only what is left of terms that cancel. */
static void drop_cancelled(const struct rt_ode *o, double *f, double *least)
{
    const struct crnl_model *m = o->m;
    memset(least, 0, (size_t)o->n * sizeof *least);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double terms = rt_ode_largest_term(o, j);
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            double *of = &least[m->net_species[e]];
            *of = fmax(*of, CANCELLED * terms * fabs(m->net_delta[e]));
        }
    }
    for (int64_t s = 0; s < o->n; s++) {
        f[s] = fabs(f[s]) < least[s] ? 0 : f[s];
    }
}

/* The exponent of the power of 2 that is the time in which the rates of change f become different while all
 * amounts change at f; with `from_nothing`, the time in which rates of 0 become comparable with the largest.
 * The result is -EXPONENT if they change at once, and 2 EXPONENT if they never do, or only when amounts are
 * larger than doubles can be. The first change counts: rates may be the same again far later, as rounding
 * turns X log(1 + 1 / X) into 0. x and g are scratch. */
static int exponent_until(struct rt_ode *o, bool from_nothing, const double *f, double *x, double *g)
{
    int low = -EXPONENT, high = EXPONENT;
    bool changes = false, found = !o->m->law; /* with mass action alone there is one such time: bisection from
                                               * the start */
    double most = 0;
    for (int64_t s = 0; s < o->n; s++) {
        most = fmax(most, fabs(f[s]));
    }
    while (found ? high - low > 1 : low < EXPONENT) {
        int middle = found ? low + (high - low) / 2 : low + STRIDE;
        double largest = 0;
        for (int64_t s = 0; s < o->n; s++) {
            x[s] = o->x[s] + ldexp(f[s], middle);
            largest = fmax(largest, fabs(x[s]));
        }
        bool known = rt_ode_rhs(o, o->t, x, g), same = known;
        for (int64_t s = 0; s < o->n && same; s++) {
            same = f[s] == 0 ? !from_nothing || fabs(g[s]) <= most / 2
                             : from_nothing || fabs(g[s] - f[s]) <= fabs(f[s]) / 2;
        }
        /* The time at which amounts pass the largest double depends on their unit, so it does not count. */
        changes = same ? changes : known || largest < LARGE;
        found |= !same;
        *(same ? &low : &high) = middle;
    }
    return changes ? low : 2 * EXPONENT;
}

/* The time of exponent_until; INFINITY if rates never change. A law may jump at amounts of 0, as A / (A + B)
 * does; then the rates right after that point count. */
static double time_until(struct rt_ode *o, bool from_nothing)
{
    double *f = o->f, *x = rt_alloc((size_t)o->n, sizeof *x), *g = rt_alloc((size_t)o->n, sizeof *g);
    int exponent = 2 * EXPONENT;
    if (rt_ode_rhs(o, o->t, o->x, f)) {
        drop_cancelled(o, f, g);
        exponent = exponent_until(o, from_nothing, f, x, g);
    }
    if (exponent == -EXPONENT) {
        for (int64_t s = 0; s < o->n; s++) {
            x[s] = o->x[s] + ldexp(f[s], -EXPONENT);
        }
        exponent = rt_ode_rhs(o, o->t, x, f) ? exponent_until(o, from_nothing, f, x, g) : exponent;
    }
    free(x);
    free(g);
    return exponent > -EXPONENT && exponent < EXPONENT ? ldexp(1, exponent) : INFINITY;
}

static double time_of_change(struct rt_ode *o)
{
    double change = time_until(o, false);
    return change < INFINITY ? change : time_until(o, true);
}

/* What reactions can make of the present amounts. */
struct yields {
    struct rt_ode *o;
    double until_end, until_change; /* how long rates are counted, if reactants are used up, or if not */
    double *c, *made;               /* [n_species] largest possible amounts; what this layer adds to them */
    const double *unlagged;         /* [n_species] amounts with all delays set to 0, or NULL if there are no
                                     * delays */
};

static double made_later(const struct rt_ode *o, int32_t j)
{
    for (int32_t k = 0; k < o->m->n_timed; k++) {
        if (o->m->timed[k] == j) {
            return o->made[k];
        }
    }
    return 0;
}

/* The present rate of reaction j. The amounts of the past that it reads may be close to 0 if they began
 * there; then the rate that it will have when the present amounts are the past counts, if it is larger. */
static double rate_for_scale(const struct yields *y, int32_t j)
{
    const struct rt_ode *o = y->o;
    double now = gross_rate(o, j);
    if (!y->unlagged) {
        return now;
    }
    double t = rt_events_time(&o->events, o->t);
    double later = fabs(rt_rate(o->m, j, t, y->unlagged, o->job->param, o->events.k));
    return later < INFINITY ? fmax(now, later) : now;
}

/* How often reaction j can fire. The reactants that it consumes limit this, or those that it only reads if it
 * consumes none, and so does its present rate, if it is not 0. */
static double firings(const struct yields *y, int32_t j)
{
    const struct rt_ode *o = y->o;
    const struct crnl_model *m = o->m;
    const double *k = o->events.k;
    double consumed = INFINITY, read = INFINITY;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        if (m->net_delta[e] < 0) {
            consumed = fmin(consumed, y->c[m->net_species[e]] / -m->net_delta[e]);
        }
    }
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        read = fmin(read, y->c[m->lhs_species[e]]);
    }
    for (int32_t e = m->grad_ptr ? m->grad_ptr[j] : 0; m->grad_ptr && e < m->grad_ptr[j + 1]; e++) {
        read = fmin(read, y->c[m->grad_species[e]]);
    }
    double rate = k[j] == 0 ? 0 : rate_for_scale(y, j);
    double stock = consumed < INFINITY ? consumed : read;
    double by_rate = rate > 0 ? rate * (consumed < INFINITY ? y->until_end : y->until_change) : INFINITY;
    double later = made_later(o, j);
    by_rate = by_rate < INFINITY || later > 0 ? fmax(by_rate < INFINITY ? by_rate : 0, later) : by_rate;
    double most = consumed < INFINITY || !(by_rate < INFINITY) ? fmin(stock, by_rate) : by_rate;
    return k[j] > 0 && most < INFINITY ? most : 0;
}

static bool reads(const struct crnl_model *m, int32_t j, int32_t species)
{
    bool found = false;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        found |= m->lhs_species[e] == species;
    }
    return found;
}

/* Whether reaction j makes a species that has no amount yet. */
static bool makes_new(const struct yields *y, int32_t j)
{
    const struct crnl_model *m = y->o->m;
    bool any = false;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && !any; e++) {
        any = y->c[m->net_species[e]] == 0 && !reads(m, j, m->net_species[e]);
    }
    return any;
}

/* Adds one layer: what reactions make of the amounts of the layers before. An amount that already has a value
 * is not raised again, so that an amount that multiplies itself counts with the value at which it begins. */
static bool add_layer(struct yields *y)
{
    const struct crnl_model *m = y->o->m;
    bool more = false;
    memset(y->made, 0, (size_t)m->n_species * sizeof *y->made);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double most = makes_new(y, j) ? firings(y, j) : 0;
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && most > 0; e++) {
            int32_t s = m->net_species[e];
            if (y->c[s] == 0 && !reads(m, j, s)) {
                y->made[s] = fmax(y->made[s], most * fabs(m->net_delta[e]));
            }
        }
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        if (y->made[s] > 0) {
            y->c[s] = y->made[s];
            more = true;
        }
    }
    return more;
}

static void possible_by_reactions(struct rt_ode *o, double *c)
{
    double *unlagged = rt_alloc((size_t)o->n, sizeof *unlagged);
    struct yields y = {.o = o, .until_end = o->t_horizon - o->t, .c = c, .made = o->f};
    y.unlagged = rt_ode_past_unlagged(o, unlagged);
    y.until_change = fmin(y.until_end, time_of_change(o));
    for (int i = 0; i < MOST_LAYERS && add_layer(&y); i++) {
    }
    free(unlagged);
}

static void find_possible(struct rt_ode *o)
{
    double *by_sum = rt_alloc((size_t)o->n, sizeof *by_sum), *c = o->y;
    if (o->m->n_timed > 0 && o->t_horizon < INFINITY && !o->knows_made) {
        o->knows_made = true;
        find_made(o);
    }
    for (int64_t s = 0; s < o->n; s++) {
        by_sum[s] = INFINITY;
        c[s] = o->largest[s];
    }
    possible_by_sums(o, by_sum);
    possible_by_reactions(o, c);
    for (int64_t s = 0; s < o->n; s++) {
        if (o->largest[s] == 0) {
            double most = c[s] > 0 ? fmin(c[s], by_sum[s]) : by_sum[s] < INFINITY ? by_sum[s] : 0;
            o->possible[s] = size_of(most);
        }
    }
    free(by_sum);
}

/* ---- Floors and weights ---- */

static bool by_scale(const struct rt_ode *o, int64_t s)
{
    return !(rt_atol(o->job, s) > 0);
}

/* Records a new largest amount of species s. */
static void set_largest(struct rt_ode *o, int64_t s, double size)
{
    o->largest[s] = size;
    if (o->m->species_kind[s] != CRNL_CONSTANT && !rt_ode_is_signed(o, s)) {
        o->noise = fmax(o->noise, RT_ROUNDING * size);
    }
}

static void set_floor(struct rt_ode *o, int64_t s)
{
    double rtol = rt_real(o->job, CRNL_OPTION_RTOL);
    if (by_scale(o, s)) {
        double scale = fmax(RT_LEAST_OF_LARGEST * o->largest[s], RT_LEAST_OF_POSSIBLE * o->possible[s]);
        o->floor[s] = scale > 0 ? fmax(rtol * scale, RT_SMALLEST) : 0;
    }
}

double rt_ode_slack(const struct rt_ode *o, int64_t s)
{
    return CLOSE * (rt_real(o->job, CRNL_OPTION_RTOL) * o->largest[s] + o->floor[s]);
}

void rt_ode_scales_begin(struct rt_ode *o)
{
    o->noise = 0;
    o->knows_made = false;
    for (int32_t k = 0; k < o->m->n_timed; k++) {
        o->made[k] = 0;
    }
    const double *before = o->job->memory ? rt_memory_scales(o->m, o->job->memory) : NULL;
    for (int64_t s = 0; s < o->n; s++) {
        o->largest[s] = before ? before[s] : 0;
        o->possible[s] = before ? before[o->n + s] : 0;
        o->floor[s] = rt_atol(o->job, s);
    }
}

void rt_ode_scales_keep(const struct rt_ode *o, double *memory)
{
    double *to = rt_memory_scales(o->m, memory);
    memcpy(to, o->largest, (size_t)o->n * sizeof *to);
    memcpy(to + o->n, o->possible, (size_t)o->n * sizeof *to);
}

/* The largest rate at t, with amounts o->y, relative to the largest of them: independent of their unit. */
static double fastest_at(const struct rt_ode *o, double t)
{
    const struct crnl_model *m = o->m;
    double fastest = 0, most = 0;
    for (int64_t s = 0; s < o->n; s++) {
        most = fmax(most, o->y[s]);
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (o->events.k[j] != 0 && m->net_ptr[j + 1] > m->net_ptr[j]) {
            double rate =
                fabs(rt_rate(m, j, rt_events_time(&o->events, t), o->y, o->job->param, o->events.k));
            fastest = rate < INFINITY ? fmax(fastest, rate) : fastest;
        }
    }
    return fastest / (most > 0 ? most : 1);
}

/* How fast anything will be. A law that reads the time may be slow now, as the tail of a bell is, and fast
 * later; until then, 1 / `later`, nothing needs to be resolved more finely. Nor does a rate count by which
 * nothing would change until the end of the run. */
static double fastest_of_run(const struct rt_ode *o)
{
    double left = o->t_horizon - o->t, fastest = fmax(fastest_at(o, o->t), 1 / fmax(left, 1)),
           turn[MOST_TURNS];
    int n = o->m->n_timed > 0 ? find_turns(o, o->t_horizon, turn) : 0;
    for (int i = 0; i < n; i++) {
        double later = 1 / (turn[i] - o->t);
        fastest = fmax(fastest, fmin(later, fastest_at(o, turn[i])));
    }
    for (int i = -EXPONENT; o->m->n_timed > 0 && i < EXPONENT && ldexp(1, i) < left; i++) {
        fastest = fmax(fastest, fmin(ldexp(1, -i), fastest_at(o, o->t + ldexp(1, i))));
    }
    return fastest;
}

/* Chooses a unit of time in which squares of rates are doubles, because SUNDIALS computes such squares. */
static void set_clock(struct rt_ode *o)
{
    for (int64_t s = 0; s < o->n; s++) {
        o->y[s] = fmax(fabs(o->x[s]), fmax(o->largest[s], o->possible[s]));
    }
    double fastest = fastest_at(o, o->t);
    if (fastest > 0 && !(fastest > SLOW)) {
        fastest = fastest_of_run(o);
    }
    o->clock = fastest == 0 || (fastest > SLOW && fastest < FAST) ? 1 : ldexp(1, -ilogb(fastest));
}

double rt_ode_target(const struct rt_ode *o, double t_stop)
{
    return fmin(t_stop, o->t + fmax(o->reach, FELT * fabs(o->t)));
}

void rt_ode_scales_at_start(struct rt_ode *o)
{
    bool any_zero = false;
    for (int64_t s = 0; s < o->n; s++) {
        o->is_signed[s] |= o->x[s] < 0 && rt_ode_is_unbounded(o, s); /* an event made it negative */
        set_largest(o, s, fmax(o->largest[s], size_of(o->x[s])));
        any_zero |= o->largest[s] == 0 && by_scale(o, s);
    }
    if (any_zero) {
        find_possible(o);
    }
    set_clock(o);
    o->reach = LONG * o->clock;
    if (o->clock == 1) {
        double change = o->t_horizon == INFINITY ? time_of_change(o) : INFINITY;
        o->reach =
            o->t_horizon < INFINITY ? INFINITY : LONG * (change < INFINITY ? change : fmax(1, fabs(o->t)));
    }
    for (int64_t s = 0; s < o->n; s++) {
        set_floor(o, s);
    }
    rt_steep_at_start(o);
}

bool rt_ode_is_absent(const struct rt_ode *o, int64_t s)
{
    return by_scale(o, s) && o->largest[s] == 0 && o->possible[s] == 0;
}

/* Writes the sizes of absent amounts that laws which read the time make now into `size`: the rate of the law
 * times the time for which it was active. The result is the largest such time as a fraction of the step, or 1
 * if no law was active. */
static double sizes_by_rate(const struct rt_ode *o, double *size)
{
    const struct crnl_model *m = o->m;
    double part = 0, step = o->t - o->t_before, t = rt_events_time(&o->events, o->t);
    for (int32_t k = 0; k < m->n_timed; k++) {
        int32_t j = m->timed[k];
        double made = NAN; /* not computed yet */
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            int32_t s = m->net_species[e];
            if (made != made && rt_ode_is_absent(o, s)) {
                double rate = rt_rate(m, j, t, o->x, o->job->param, o->events.k);
                double span = fabs(rate) > 0 ? time_at_work(o, j, rate, o->t, step) : 0;
                made = isfinite(rate) ? span * rate : 0;
                part = fmax(part, span / step);
            }
            if (rt_ode_is_absent(o, s)) {
                size[s] = fmax(size[s], size_noticed(o, s, made * m->net_delta[e]));
            }
        }
    }
    return part > 0 ? part : 1;
}

/* A step that ends on the peak of a pulse has made far too much, and one that ends on its flank perhaps
 * nothing; therefore the rates say how large the amounts are. What other reactions make from these amounts is
 * too large by the same factor. */
bool rt_ode_scales_appear(struct rt_ode *o)
{
    bool any = false;
    for (int64_t s = 0; s < o->n; s++) {
        any |= rt_ode_is_absent(o, s);
        o->f[s] = 0;
    }
    double part = any ? sizes_by_rate(o, o->f) : 1;
    bool appeared = false;
    for (int64_t s = 0; s < o->n && any; s++) {
        if (rt_ode_is_absent(o, s)) {
            o->possible[s] = o->f[s] > 0 ? o->f[s] : size_of(part * size_noticed(o, s, o->x[s]));
            appeared |= o->possible[s] > 0;
            set_floor(o, s);
        }
    }
    return appeared;
}

void rt_ode_weights(struct rt_ode *o, const double *x, double *weight)
{
    double rtol = rt_real(o->job, CRNL_OPTION_RTOL);
    for (int64_t s = 0; s < o->n; s++) {
        double size = size_noticed(o, s, x[s]);
        if (size > o->largest[s]) {
            set_largest(o, s, size);
            set_floor(o, s);
        }
        double tolerance = rtol * size + o->floor[s];
        weight[s] = tolerance > 0 ? 1 / tolerance : 0;
    }
}

/* Raises floors when steps are as short as the digits of the time allow, for example where an amount ends in
 * finite time (X' = -sqrt(X)): changes within such a step cannot be resolved. */
void rt_ode_scales_at_short_step(struct rt_ode *o)
{
    double shortest = TIME_ROUNDINGS * DBL_EPSILON * fabs(o->t);
    if (o->t - o->t_before > shortest || !rt_ode_rhs(o, o->t, o->x, o->f)) {
        return;
    }
    for (int64_t s = 0; s < o->n; s++) {
        if (!by_scale(o, s)) {
            continue;
        }
        o->floor[s] = fmax(o->floor[s],
                           fmin(shortest * fabs(o->f[s]), rt_real(o->job, CRNL_OPTION_RTOL) * o->largest[s]));
    }
}

double rt_ode_tolerance(const struct rt_ode *o, int64_t s)
{
    return rt_real(o->job, CRNL_OPTION_RTOL) * fmax(fabs(o->x[s]), NOTICEABLE * o->largest[s]) + o->floor[s];
}
