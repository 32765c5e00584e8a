/* Rest: whether anything will still change. A run `to steady` ends there; a run `until` a condition fails
 * there, because the condition can no longer turn true. Time distinguishes slow change from rest: nothing
 * has changed while the time grew by a factor that no rate survives which a double can distinguish from 0,
 * or the derivatives are so small that nothing would change. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

static const double LOOK = 1.2;     /* in units of the time passed at the last look */
static const double INSTANT = 1e-3; /* as the first step at rest, in which conditions are looked for */
static const double PATIENT =
                        1e6, /* a state at rest must stay so for this multiple of the time that it took to get
                                there ... */
    IMPATIENT = 100;         /* ... if steps do not grow with the time */
static const double FARTHEST =
    1e40; /* in units of the slowest turnover or the first step: nothing happens after that */
/* A time, and an amount: doubles end soon after, and until then a condition may still come true. */
static const double LAST = 1e300;
static const double FOLLOWS = 100; /* in units of the turnover of an amount: what it no longer follows */
enum {
    FEW = 5
}; /* number of steps: fewer have no meaning, as when the first ones jump to and fro beside a
                     surface */
static const double ROUNDINGS = 8; /* number of rounding errors in a rate: of its factors, of their amounts */
static const double GROWN = 1e100; /* in units of the largest amount at the start: the network does not come
                                      to rest */

static int32_t find_largest(const struct rt_ode *o)
{
    int32_t largest = 0;
    for (int32_t s = 1; s < o->m->n_species; s++) {
        largest = fabs(o->x[s]) > fabs(o->x[largest]) ? s : largest;
    }
    return largest;
}

static bool has_grown(struct rt_ode *o)
{
    double most = o->n > 0 ? fabs(o->x[find_largest(o)]) : 0;
    o->started = o->started > 0 ? o->started : most;
    return most > GROWN * o->started;
}

void rt_ode_rest_begin(struct rt_ode *o)
{
    memset(o->peak, 0, (size_t)o->n * sizeof *o->peak);
    memcpy(o->mark, o->x, (size_t)o->n * sizeof *o->mark);
    o->t_rest = o->t;
    o->started = 0;
    has_grown(o);
    o->t_mark = o->t_look = o->turnover = o->first = 0;
    o->steps_mark = o->steps;
}

/* The time in which the slowest reaction turns over its reactants, at their largest amounts so far. An amount
 * that has not appeared yet counts with its floor. Reactions whose reactants are all at their floor are left
 * out, and so are reactions with a reactant that nothing makes. */
static double slowest_turnover(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    double slowest = 0;
    for (int32_t s = 0; s < m->n_species; s++) {
        o->peak[s] = fmax(fmax(o->peak[s], fabs(o->x[s])), o->floor[s]);
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double least = INFINITY, most = 0, rate = o->events.k[j];
        bool absent = false;
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            double x = o->peak[m->lhs_species[e]];
            absent |= rt_ode_is_absent(o, m->lhs_species[e]);
            least = fmin(least, x);
            most = fmax(most, x);
            rate *= rt_law(m, j) >= 0 ? 1 : crnl_pow(x, m->lhs_count[e]);
        }
        if (rt_law(m, j) >= 0) {
            /* The law counts at the present amounts and at the largest ones: if everything decays, a reaction
             * that no longer consumes anything is not slow. */
            double now = fabs(rt_propensity(m, j, o->events.k, o->x, o->t, o->job->param, 1)),
                   most_ever = fabs(rt_propensity(m, j, o->events.k, o->peak, o->t, o->job->param, 1));
            rate = most_ever < INFINITY ? fmax(now, most_ever) : now;
        }
        bool reads = least < INFINITY;
        bool only_traces =
            reads && !(most > o->floor[m->lhs_species[m->lhs_ptr[j]]]) && rt_reaction_order(m, j) > 1;
        if (reads && rate > 0 && !only_traces && !absent) {
            slowest = fmax(slowest, least / rate);
        }
    }
    return slowest;
}

/* Finds what rounding of amounts and rates leaves of each derivative where gains and losses cancel: a part of
 * their sum. In a state of rest this error keeps moving amounts, and over a long time by more than any
 * tolerance. */
static void find_rounding(const struct rt_ode *o, double *rounding)
{
    const struct crnl_model *m = o->m;
    memset(rounding, 0, (size_t)o->n * sizeof *rounding);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double rate = o->events.k[j] == 0 ? 0 : fabs(rt_rate(m, j, o->t, o->x, o->job->param, o->events.k));
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            rounding[m->net_species[e]] += ROUNDINGS * DBL_EPSILON * fabs(m->net_delta[e]) * rate;
        }
    }
}

/* Finds the time in which each amount follows a change of its production, given by the rate at which it is
 * consumed at t; INFINITY if nothing consumes it. */
static void find_relaxation(const struct rt_ode *o, double t, double *time)
{
    const struct crnl_model *m = o->m;
    memset(time, 0, (size_t)o->n * sizeof *time);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double rate = o->events.k[j] == 0 ? 0 : fabs(rt_rate(m, j, t, o->x, o->job->param, o->events.k));
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            time[m->net_species[e]] += m->net_delta[e] < 0 ? -m->net_delta[e] * rate : 0;
        }
    }
    for (int64_t s = 0; s < o->n; s++) {
        time[s] = time[s] > 0 ? FOLLOWS * fabs(o->x[s]) / time[s] : INFINITY;
    }
}

/* Whether laws that read the time will keep their present values (o->f, with rounding errors o->y): up to
 * PATIENT times the passed time ahead, no change of a derivative may move an amount by more than a
 * tolerance. */
static bool laws_rest(struct rt_ode *o, double passed)
{
    double *g = rt_alloc((size_t)o->n, sizeof *g), *follows = rt_alloc((size_t)o->n, sizeof *follows);
    bool rest = true;
    for (double ahead = 10 * passed; rest && ahead <= PATIENT * passed; ahead *= 10) {
        rest = rt_ode_rhs(o, o->t + ahead, o->x, g);
        find_relaxation(o, rt_events_time(&o->events, o->t + ahead), follows);
        for (int64_t s = 0; s < o->n && rest; s++) {
            double changed = fabs(g[s] - o->f[s]) - 2 * o->y[s];
            rest = !(changed * fmin(ahead, follows[s]) > rt_ode_tolerance(o, s));
        }
    }
    free(g);
    free(follows);
    return rest;
}

bool rt_ode_is_at_rest(struct rt_ode *o)
{
    double passed = o->t - o->t_rest, factor = o->solver->grows ? PATIENT : IMPATIENT;
    if (rt_events_awaited(&o->events) || !(passed >= LOOK * o->t_look)) {
        return false;
    }
    o->t_look = passed;
    o->first = o->first > 0 ? o->first : passed;
    o->turnover = slowest_turnover(o);
    rt_ode_rhs(o, o->t, o->x, o->f);
    find_rounding(o, o->y);
    double longest = PATIENT * fmax(passed, o->turnover);
    bool timed = o->m->n_timed > 0, zero = true, still = passed > 0 && !timed, unchanged = true,
         only_rounding = !timed;
    for (int64_t s = 0; s < o->n; s++) {
        double tolerance = rt_ode_tolerance(o, s);
        zero &= o->f[s] == 0;
        double moved = fmin(o->y[s] * (passed - o->t_mark), RT_ODE_MOVED * o->largest[s]);
        still &= fabs(o->f[s]) * longest <= tolerance;
        only_rounding &= (fabs(o->f[s]) - o->y[s]) * longest <= tolerance;
        unchanged &= fabs(o->x[s] - o->mark[s]) <= tolerance + moved;
    }
    if (!unchanged) {
        o->t_mark = passed;
        o->steps_mark = o->steps;
        memcpy(o->mark, o->x, (size_t)o->n * sizeof *o->mark);
    }
    double took = fmax(fmax(o->t_mark, o->turnover), zero ? o->first : 0);
    factor = only_rounding ? IMPATIENT : factor;
    return (zero && !timed) || still ||
           (unchanged && took > 0 && passed >= factor * took && o->steps - o->steps_mark >= FEW &&
            (!timed || laws_rest(o, passed)));
}

static double farthest(const struct rt_ode *o)
{
    bool steady = o->job->span == CRNL_SPAN_STEADY;
    return steady ? FARTHEST * fmax(o->turnover, o->first) : LAST;
}

/* Between the turns of expressions that read only the time, such a condition changes in one direction, so a
 * few samples suffice. */
bool rt_ode_waits(struct rt_ode *o)
{
    const struct rt_job *job = o->job;
    bool until = job->spec->until >= 0 && job->spec->until_reads_time, waits = false;
    double last = until || o->events.reads_time ? farthest(o) : 0;
    double from = o->t > o->t_rest ? o->t - o->t_rest : INSTANT; /* a run may begin at rest */
    for (double passed = from; passed < last && !waits; passed *= LOOK) {
        double t = o->t_rest + passed;
        waits = (until && rt_condition(job, job->spec->until, t, o->x)) ||
                rt_events_turn(&o->events, t, o->x, false);
    }
    return waits;
}

bool rt_ode_is_past_all(struct rt_ode *o)
{
    double passed = o->t - o->t_rest;
    bool steady = o->job->span == CRNL_SPAN_STEADY, grown = has_grown(o);
    grown = steady ? grown : o->n > 0 && fabs(o->x[find_largest(o)]) > LAST;
    return grown || (passed > farthest(o) && o->first > 0);
}

int rt_ode_fail_not_steady(struct rt_ode *o, struct rt_error *e)
{
    int32_t worst = 0;
    double largest = -1;
    rt_ode_rhs(o, o->t, o->x, o->f);
    for (int32_t s = 0; s < o->m->n_species; s++) {
        double size = fabs(o->f[s]) / rt_ode_tolerance(o, s);
        if (size > largest) {
            largest = size;
            worst = s;
        }
    }
    rt_fail(e, CRNL_NOT_REACHED, "no steady state up to t = %.6g", o->t);
    if (o->n > 0) {
        rt_putf(&e->text, ": `%s` = %.6g still changes by %.6g per unit of time", o->m->species_name[worst],
                o->x[worst], o->f[worst]);
    }
    if (has_grown(o)) {
        int32_t most = find_largest(o);
        rt_putf(&e->text,
                "\n  note: `%s` has grown by %.3g since the start, and still grows by %.3g of itself per "
                "unit of time",
                o->m->species_name[most], fabs(o->x[most]) / o->started, o->f[most] / o->x[most]);
    }
    if (rt_events_awaited(&o->events)) {
        int32_t turn;
        rt_putf(
            &e->text,
            "\n  note: something is still to happen, next at t = %.6g: an event, or a rate that reads `time`",
            fmin(o->events.t_next, rt_turns_over(&o->events.turns, INFINITY, &turn)));
    }
    rt_put(
        &e->text,
        "\n  help: a network that oscillates or grows has none; `for TIME` and time_mean(...) give averages, "
        "larger rtol and atol accept a slower approach");
    return e->status;
}

int rt_ode_fail_at_rest(struct rt_ode *o, bool rest, struct rt_error *e)
{
    const struct rt_job *job = o->job;
    rt_fail(e, CRNL_NOT_REACHED, "%s t = %.6g, and the condition of `until` %s",
            rest ? "nothing changes any more at" : "the run has gone on to", o->t, rt_until_missed(o->waits));
    if (job->spec->until_gap >= 0 && !o->waits) {
        double gap = o->m->expr(o->m->env, job->spec->until_gap, o->x, o->t, job->param, job->capture, 1);
        rt_putf(&e->text, ": %.6g is left", gap);
    }
    rt_put(&e->text, "\n  note: the state is ");
    rt_put_amounts(&e->text, o->m, -1, o->x);
    rt_put_sides(&e->text, job, o->t, o->x);
    rt_put(&e->text, "\n  help: end with `for TIME`, or let the condition of `until` hold in this state too: "
                     "an amount that "
                     "is used up comes near 0 and does not reach it, as in `until X < 1e-3`");
    return e->status;
}
