/* Checks what laws that read the time do between the places where a solver has evaluated them. Steps end
 * where such a law turns (runtime/rt_turns.h), but features without a turn may lie in between: a bell on a
 * steeper slope, or a pulse whose place depends on an amount. After each step longer than 1/STEPS_OF_RUN of
 * the run, the laws are computed at equidistant places, at least PLACES in the step and PLACES_OF_RUN in the
 * run, with amounts interpolated linearly. A law that the solver could follow is close to a polynomial of
 * degree 5 there. Its sixth difference, of neighbours, of every second place, and so on, measures the
 * distance from such a polynomial; multiplied by the distance in time of these places, it bounds the amount
 * that the solver may have missed. If that is more than the tolerance of an amount, the step is repeated in
 * steps of this length. A feature shorter than a step, and shorter than the distance of two neighbours in a
 * long step, may still be missed. */
#include <math.h>
#include <string.h>

#include "rt_ode.h"

enum { STEPS_OF_RUN = 128, PLACES = 8, PLACES_OF_RUN = ODE_PLACES, DIFFERENCE = 6 };
/* Coefficients of the sixth difference, divided by the largest of them. */
static const double coefficient[DIFFERENCE + 1] = {0.05, -0.3, 0.75, -1, 0.75, -0.3, 0.05};

/* The amounts that timed law k reads at fraction u of the step, interpolated linearly. */
static void amounts_at(const struct rt_ode *o, int32_t k, double u, double *x)
{
    const struct crnl_model *m = o->m;
    for (int32_t e = m->timed_ptr[k]; e < m->timed_ptr[k + 1]; e++) {
        int32_t s = m->timed_species[e];
        x[s] = o->start[s] + u * (o->x[s] - o->start[s]);
    }
}

/* Computes the rates of all timed laws at n + 1 places of the step. */
static void look(struct rt_ode *o, int32_t n)
{
    const struct crnl_model *m = o->m;
    for (int32_t i = 0; i <= n; i++) {
        double u = (double)i / n, t = rt_events_time(&o->events, o->t_before + u * (o->t - o->t_before));
        for (int32_t k = 0; k < m->n_timed; k++) {
            amounts_at(o, k, u, o->y);
            o->between[k * (ODE_PLACES + 1) + i] =
                rt_rate(m, m->timed[k], t, o->y, o->job->param, o->events.k);
        }
    }
}

/* The largest sixth difference of n + 1 rates, of places `stride` apart. */
static double roughness(const double *v, int32_t n, int32_t stride)
{
    double most = 0;
    for (int32_t i = 0; i + DIFFERENCE * stride <= n; i += stride) {
        double sum = 0;
        for (int32_t k = 0; k <= DIFFERENCE; k++) {
            sum += coefficient[k] * v[i + k * stride];
        }
        most = fmax(most, fabs(sum));
    }
    return most;
}

static double mean_size(const double *v, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i <= n; i++) {
        sum += fabs(v[i]);
    }
    return sum / (n + 1);
}

/* Whether an error `rough` of the rate of reaction j during the time `apart` may have changed an amount by
 * more than its tolerance; v has n + 1 values of the rate. If the amount is used up as fast as it is made,
 * the error lasts no longer than the amount does at the rate at the step's ends. If the amount was absent,
 * its tolerance is relative to what the reaction makes in the step. */
static bool may_miss(const struct rt_ode *o, int32_t j, const double *v, int32_t n, double rough,
                     double apart)
{
    const struct crnl_model *m = o->m;
    double rate = fmax(fabs(v[0]), fabs(v[n])), rtol = rt_real(o->job, CRNL_OPTION_RTOL);
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && rough > 0; e++) {
        int32_t s = m->net_species[e];
        double change = fabs(m->net_delta[e]), size = fmax(fabs(o->x[s]), fabs(o->start[s]));
        bool absent = rt_ode_is_absent(o, s);
        double made = absent ? change * mean_size(v, n) * (o->t - o->t_before) : 0;
        double lasts = rate > 0 && !absent ? fmax(size, o->floor[s]) / (change * rate) : INFINITY;
        if (change * rough * fmin(apart, lasts) > (absent ? rtol * made : rt_ode_tolerance(o, s))) {
            return true;
        }
    }
    return false;
}

double rt_ode_missed(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    double step = o->t - o->t_before,
           run = fmax(o->t_horizon < INFINITY ? o->t_horizon : 0, o->t) - o->job->t0;
    int32_t n = PLACES;
    if (step * STEPS_OF_RUN <= run) {
        return INFINITY;
    }
    while (n < PLACES_OF_RUN && n * run < PLACES_OF_RUN * step) {
        n *= 2;
    }
    look(o, n);
    for (int32_t stride = 1; DIFFERENCE * stride <= n; stride *= 2) {
        double apart = step * stride / n;
        for (int32_t k = 0; k < m->n_timed; k++) {
            const double *v = o->between + k * (ODE_PLACES + 1);
            if (may_miss(o, m->timed[k], v, n, roughness(v, n, stride), apart)) {
                return apart;
            }
        }
    }
    return INFINITY;
}

/* ---- Turns that a step goes over ---- */

/* The distance at the turn (at fraction u) of a rate from the polynomial of degree 6 through its values v at
 * DIFFERENCE + 1 equidistant places. */
static double off_polynomial(const double *v, double u, double at_turn)
{
    static const double binomial[DIFFERENCE + 1] = {1, -6, 15, -20, 15, -6, 1};
    double sum = 0, weights = 0;
    for (int32_t i = 0; i <= DIFFERENCE; i++) {
        double d = u * DIFFERENCE - i;
        if (fabs(d) < 1e-9) {
            return fabs(at_turn - v[i]);
        }
        sum += binomial[i] / d * v[i];
        weights += binomial[i] / d;
    }
    return fabs(at_turn - sum / weights);
}

/* Whether the rate of timed law k, whose turn is at fraction u of the step, may differ too much from the
 * polynomial by which a solver sees it. */
static bool misses(struct rt_ode *o, int32_t k, double u)
{
    const struct crnl_model *m = o->m;
    double v[DIFFERENCE + 1], step = o->t - o->t_before, at_turn = 0;
    for (int32_t i = 0; i <= DIFFERENCE + 1; i++) {
        double part = i <= DIFFERENCE ? (double)i / DIFFERENCE : u;
        amounts_at(o, k, part, o->y);
        double t = rt_events_time(&o->events, o->t_before + part * step),
               rate = rt_rate(m, m->timed[k], t, o->y, o->job->param, o->events.k);
        *(i <= DIFFERENCE ? &v[i] : &at_turn) = rate;
    }
    double rough = fmax(roughness(v, DIFFERENCE, 1), off_polynomial(v, u, at_turn));
    return may_miss(o, m->timed[k], v, DIFFERENCE, rough, step / DIFFERENCE);
}

/* A step may contain one turn of an expression, and only if all laws that read the expression are smooth
 * around it. */
bool rt_ode_missed_turn(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    struct rt_events *ev = &o->events;
    double end = crnl_time_before(o->t), t;
    for (int32_t i; (t = rt_turns_over(&ev->turns, end, &i)) < INFINITY;) {
        bool missed = ev->turns.turn[i].passed > o->t_before;
        for (int32_t e = m->turn_law_ptr[i]; e < m->turn_law_ptr[i + 1] && !missed; e++) {
            missed = misses(o, m->turn_law[e], (t - o->t_before) / (o->t - o->t_before));
        }
        if (missed) {
            rt_events_miss(ev, i, o->t_before, o->start);
            rt_ode_note(o, "at t = %.6g again, to %.6g: a law that turns there does more in less time",
                        o->t_before, ev->t_next);
            return true;
        }
        rt_events_over(ev, i);
    }
    return false;
}
