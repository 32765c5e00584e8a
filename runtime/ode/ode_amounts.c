/* Nothing comes from nothing. Amounts must not be negative (except those in `species_signed`), and a
 * reaction ends when one of the species that it consumes is used up. But a step that is longer than the
 * remaining amounts last goes through 0 and beyond, into states where rates are meaningless. A step that
 * takes an amount below 0 by more than its tolerance is repeated with a shorter length, until it does not;
 * if that does not help, the law itself takes an amount that is not there. Conserved sums are checked as
 * well. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"
#include "rt_scales.h"

enum { SHORTER = 8, STEPS_BETWEEN_SUMS = 16 };
/* If this number of steps is repeated within this fraction of the time, the run would not end. */
enum { MOST_REPEATS = 4000 };
static const double NO_WAY = 1e-3;
static const double SHORTEST = 1e-13; /* length of a repeated step relative to the time */
static const double SUM_SLACK = 100;  /* by how many tolerances of all amounts a conserved sum may be wrong */

static void set_bound(struct rt_ode *o, double bound)
{
    o->bound = bound;
    if (o->solver->bound) {
        o->solver->bound(o, bound);
    }
}

void rt_ode_amounts_begin(struct rt_ode *o)
{
    set_bound(o, INFINITY);
    o->repeats = 0;
    o->t_repeats = o->t;
    for (int64_t s = 0; s < o->n; s++) {
        bool declared = o->m->species_signed && o->m->species_signed[s] == CRNL_SIGNED;
        o->is_signed[s] = declared || (o->x[s] < 0 && rt_ode_is_unbounded(o, s));
    }
    for (int32_t i = 0; i < o->m->n_sums; i++) {
        o->sum[i] = 0;
        for (int32_t k = o->m->sum_ptr[i]; k < o->m->sum_ptr[i + 1]; k++) {
            o->sum[i] += o->m->sum_count[k] * o->x[o->m->sum_species[k]];
        }
    }
}

/* Solvers bound the root mean square of all errors, so the error of a single amount may be as large as the
 * square root of their number. */
double rt_ode_nothing(const struct rt_ode *o, int64_t s)
{
    return RT_PART_OF_LARGEST * rt_real(o->job, CRNL_OPTION_RTOL) * o->largest[s] +
           RT_ODE_PART_OF_FLOOR * o->root_of_n * o->floor[s];
}

/* The first amount that the last step has taken too far below 0, or -1. */
static int32_t find_negative(const struct rt_ode *o)
{
    for (int32_t s = 0; s < o->m->n_species; s++) {
        double x = o->x[s];
        if (x < 0 && x < o->start[s] && !rt_ode_is_signed(o, s) && x < -(rt_ode_nothing(o, s) + o->noise)) {
            return s;
        }
    }
    return -1;
}

/* The reaction that takes most of species s where there is none of it, or -1. */
static int32_t find_taker(struct rt_ode *o, int32_t s)
{
    const struct crnl_model *m = o->m;
    double x = o->x[s], most = 0;
    int32_t taker = -1;
    o->x[s] = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            if (m->net_species[e] == s && o->events.k[j] != 0) {
                double taken = -m->net_delta[e] * rt_rate(m, j, o->t, o->x, o->job->param, o->events.k);
                taker = taken > most ? j : taker;
                most = fmax(most, taken);
            }
        }
    }
    o->x[s] = x;
    return taker;
}

static int fail_negative(struct rt_ode *o, int32_t s, struct rt_error *e)
{
    int32_t taker = find_taker(o, s);
    rt_fail(e, CRNL_BAD_AMOUNT, "`%s` would fall below 0 at t = %.6g", o->m->species_name[s], o->t);
    if (taker >= 0) {
        rt_put(&e->text, ": it is taken, though there is none left, by ");
        rt_put_reaction(&e->text, o->m, taker);
    }
    if (taker < 0 && rt_atol(o->job, s) > 0) {
        rt_put(&e->text, "\n  help: a smaller atol, or none, may keep it from that");
        return e->status;
    }
    rt_put(
        &e->text,
        "\n  help: a rate must vanish where there is nothing to consume; a quantity that may be negative is "
        "a `dual`");
    return e->status;
}

static int fail_again(struct rt_ode *o, int32_t s, struct rt_error *e)
{
    return rt_fail(e, CRNL_BAD_AMOUNT,
                   "`%s` falls below 0 again and again at t = %.6g, in steps of %.3g\n"
                   "  help: a law that is infinitely steep at 0, as X^0.3, can be made linear there: "
                   "X / (small + X)^0.7; or try a larger rtol",
                   o->m->species_name[s], o->t, o->t - o->t_before);
}

/* Counts repeated steps; returns false if they are too many. */
static bool gets_on(struct rt_ode *o)
{
    if (++o->repeats < MOST_REPEATS) {
        return true;
    }
    bool moved = o->t - o->t_repeats > NO_WAY * (o->t - o->job->t0);
    o->repeats = 0;
    o->t_repeats = o->t;
    return moved;
}

static bool is_step(double step, double t)
{
    return step > SHORTEST * fabs(t) && step > 0;
}

static int step_once(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    memcpy(o->start, o->x, (size_t)o->n * sizeof *o->start);
    return o->solver->step(o, t_stop, e);
}

/* Repeats the last step from its start. The solver forgets its history, which led to that step. */
static int step_again(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    memcpy(o->x, o->start, (size_t)o->n * sizeof *o->x);
    o->t = o->t_before;
    rt_turns_back(&o->events.turns, o->t);
    int status = o->solver->start(o, e);
    return status ? status : step_once(o, t_stop, e);
}

/* Whether laws consume species s where there is none of it, with the other amounts at x. */
static bool is_taken(struct rt_ode *o, double t, const double *x, int32_t s)
{
    memcpy(o->y, x, (size_t)o->n * sizeof *o->y);
    o->y[s] = 0;
    return rt_ode_rhs(o, t, o->y, o->f) && o->f[s] < 0;
}

/* Lets an unbounded amount go below 0 if its laws take from it when there is none. */
static bool let_go(struct rt_ode *o, int32_t s)
{
    bool taken =
        rt_ode_is_unbounded(o, s) && is_taken(o, o->t_before, o->start, s) && is_taken(o, o->t, o->x, s);
    if (taken) {
        o->is_signed[s] = true;
        rt_ode_note(o, "at t = %.6g `%s` goes below 0: its laws take of it though there is none left",
                    o->t_before, o->m->species_name[s]);
    }
    return taken;
}

/* Shortens the step until no amount is negative after it. */
static int step_shorter(struct rt_ode *o, double t_stop, int32_t negative, struct rt_error *e)
{
    int status = CRNL_OK;
    while (!status && negative >= 0) {
        double t = o->t_before, step = fmin(o->t - t, o->bound) / SHORTER;
        if (let_go(o, negative)) {
            status = step_again(o, t_stop, e);
            negative = status ? -1 : find_negative(o);
            continue;
        }
        if (!is_step(step, t) || !o->solver->bound) {
            return fail_negative(o, negative, e);
        }
        rt_ode_note(o, "at t = %.6g again, with steps of at most %.3g: `%s` fell to %.3g", t, step,
                    o->m->species_name[negative], o->x[negative]);
        if (!gets_on(o)) {
            return fail_again(o, negative, e);
        }
        set_bound(o, step);
        status = step_again(o, t_stop, e);
        negative = status ? -1 : find_negative(o);
    }
    return status;
}

/* A step that notices new amounts. An amount that begins by itself, by a law that reads the time, has no
 * scale until it appears: the step in which it appeared was taken without a tolerance and is repeated, and
 * so is a step that such a law shows to be too long. */
static int step_seeing(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    int status = step_once(o, t_stop, e);
    if (!status && o->solver->bound && !o->solver->is_fixed && rt_ode_scales_appear(o)) {
        status = step_again(o, t_stop, e);
    }
    while (!status && o->m->n_timed > 0 && o->solver->bound && !o->solver->is_fixed) {
        double step = rt_ode_missed(o);
        if (!(step < INFINITY) || !is_step(step, o->t)) {
            if (!rt_ode_missed_turn(o)) {
                break;
            }
            t_stop = fmin(t_stop, o->events.t_next);
            status = step_again(o, t_stop, e);
            continue;
        }
        rt_ode_note(o, "at t = %.6g again, with steps of at most %.3g: a law does more in less time",
                    o->t_before, step);
        set_bound(o, step);
        status = step_again(o, t_stop, e);
    }
    return status;
}

static int fail_sum(const struct rt_ode *o, int32_t i, double t, double sum, struct rt_error *e)
{
    const struct crnl_model *m = o->m;
    rt_fail(e, CRNL_SOLVER, "the solver `%s` lost matter: ", rt_method_info(o->job->spec->method)->name);
    for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1] && k < m->sum_ptr[i] + 4; k++) {
        rt_putf(&e->text, "%s", k == m->sum_ptr[i] ? "" : m->sum_count[k] < 0 ? " - " : " + ");
        if (fabs(m->sum_count[k]) != 1) {
            rt_putf(&e->text, "%g ", fabs(m->sum_count[k]));
        }
        rt_put(&e->text, m->species_name[m->sum_species[k]]);
    }
    rt_putf(&e->text, "%s was %.9g and is %.9g at t = %.6g, but no reaction changes it\n  help: %s",
            m->sum_ptr[i + 1] > m->sum_ptr[i] + 4 ? " + ..." : "", o->sum[i], sum, t, o->solver->help);
    return e->status;
}

int rt_ode_check_sums(const struct rt_ode *o, double t, const double *x, struct rt_error *e)
{
    const struct crnl_model *m = o->m;
    bool open = o->t_horizon == INFINITY; /* rounding errors accumulate during the time until rest */
    double rtol = rt_real(o->job, CRNL_OPTION_RTOL), *slack = o->raised;
    for (int32_t s = 0; m->n_sums > 0 && s < m->n_species; s++) {
        /* Linear equations leave, of an absent amount, some rounding of the others. */
        slack[s] = SUM_SLACK * (rtol * o->largest[s] + o->floor[s] + (rt_ode_is_absent(o, s) ? o->noise : 0));
        slack[s] += open ? RT_ODE_MOVED * o->largest[s] : 0;
    }
    for (int32_t i = 0; i < m->n_sums; i++) {
        double sum = 0, allowed = 0;
        for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1]; k++) {
            sum += m->sum_count[k] * x[m->sum_species[k]];
            allowed += fabs(m->sum_count[k]) * slack[m->sum_species[k]];
        }
        if (!(fabs(sum - o->sum[i]) <= allowed)) {
            return fail_sum(o, i, t, sum, e);
        }
    }
    return CRNL_OK;
}

/* The number of steps between two checks of sums. The sums of a network can have far more members than its
 * reactions have changes; this number keeps the cost of the checks a small part of that of the steps. */
static int64_t steps_between_sums(const struct crnl_model *m)
{
    int64_t members = m->n_sums > 0 ? m->sum_ptr[m->n_sums] : 0,
            of_step = m->net_ptr[m->n_reactions] + m->n_species;
    return STEPS_BETWEEN_SUMS * (1 + members / (1 + of_step));
}

bool rt_ode_sums_are_due(const struct rt_ode *o)
{
    return o->steps % steps_between_sums(o->m) == 0;
}

static bool is_finite(const struct rt_ode *o)
{
    double sum = 0;
    for (int64_t s = 0; s < o->n; s++) {
        sum += o->x[s] * 0;
    }
    return sum == 0;
}

/* Shortens the step until no law is infinite along it. */
static int step_beside(struct rt_ode *o, double t_stop, int32_t pole, struct rt_error *e)
{
    double t = o->t_before, step = fmin(o->t - t, o->bound) / SHORTER;
    if (!is_step(step, t) || !o->solver->bound || !gets_on(o)) {
        return rt_poles_fail(o, pole, e);
    }
    rt_ode_note(o, "at t = %.6g again, with steps of at most %.3g: a law is infinite between", t, step);
    set_bound(o, step);
    o->poles.beside = true;
    int status = step_again(o, t_stop, e);
    o->poles.beside = false;
    return status;
}

int rt_ode_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    int status = step_seeing(o, t_stop, e);
    if (!status && !is_finite(o)) {
        return rt_ode_fail(o, RT_ODE_OVERFLOW, NULL, e);
    }
    int32_t negative = -1, pole = -1;
    bool again = false;
    while (!status && ((negative = find_negative(o)) >= 0 || (pole = rt_poles_passed(o)) >= 0)) {
        again = true;
        status = negative >= 0 ? step_shorter(o, t_stop, negative, e) : step_beside(o, t_stop, pole, e);
    }
    if (!again && o->bound < INFINITY && !status) {
        set_bound(o, 2 * o->bound);
    }
    if (!status && o->solver->is_fixed) { /* other solvers ask for weights, and so for scales, at each step */
        rt_ode_weights(o, o->x, o->y);
    }
    rt_ode_scales_at_short_step(o);
    if (!status && rt_ode_sums_are_due(o)) {
        status = rt_ode_check_sums(o, o->t, o->x, e);
    }
    return status ? status : rt_ode_check_apart(o, e);
}

bool rt_ode_raise(const struct rt_ode *o, const double *x, bool to_floor, double *raised)
{
    bool any = false;
    for (int64_t s = 0; s < o->n; s++) {
        double least = to_floor ? o->floor[s] : 0;
        bool less = x[s] < least && !rt_ode_is_signed(o, s);
        raised[s] = less ? least : x[s];
        any |= less;
    }
    return any;
}
