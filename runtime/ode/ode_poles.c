/* Poles. If a divisor of a law passes 0 the law is infinite, and no solution passes that point. But a step
 * that ends on the other side finds finite rates at all places where it evaluates them, so the solver notices
 * nothing. A solution may also run beside a pole that repels it, closer than any tolerance. So if a divisor
 * has different signs at the ends of a step, and on the line between them the law grows like a pole, the step
 * is repeated with a shorter length. Laws that remain finite, as x / (1 - exp(-x)), and poles that are
 * multiplied by 0 are ignored. If shorter steps do not help, the solution runs into the pole and ends
 * there. */
#include <math.h>
#include <stdlib.h>

#include "rt_ode.h"

enum { HALVINGS = 60, LEVELS = 14, CLOSER = 10 };
/* At 1/CLOSER of the distance a simple pole is CLOSER times as large, a double one CLOSER^2 times; other
 * terms of the law may reduce this to GROWS. */
static const double GROWS = 4;
static const double DIGITS = 2; /* factor by which the divisor may deviate from a straight line */
/* largest amounts and times, chosen so that bounds of their products are finite */
static const double MOST = 1e100;

void rt_poles_create(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    size_t n = (size_t)m->n_poles;
    if (n > 0) {
        o->poles.may = rt_alloc(n, sizeof *o->poles.may);
        o->poles.at = rt_alloc(1 + (size_t)m->n_pole_reads, sizeof *o->poles.at);
        o->poles.registers = rt_alloc((size_t)m->pole.n_registers, sizeof *o->poles.registers);
        o->poles.before = rt_alloc(n, sizeof *o->poles.before);
        o->poles.after = rt_alloc(n, sizeof *o->poles.after);
    }
}

void rt_poles_destroy(struct rt_ode *o)
{
    free(o->poles.may);
    free(o->poles.at);
    free(o->poles.registers);
    free(o->poles.before);
    free(o->poles.after);
}

/* Most divisors, as K + S, are never 0, whatever the amounts: those that may be are found by bounds. */
void rt_poles_begin(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    o->poles.any = false;
    if (m->n_poles == 0) {
        return;
    }
    struct rt_bounds *global = rt_alloc(1 + (size_t)m->n_pole_reads, sizeof *global),
                     *out = rt_alloc((size_t)m->n_poles, sizeof *out),
                     *registers = rt_alloc((size_t)m->pole.n_registers, sizeof *registers);
    global[0] = (struct rt_bounds){fmin(o->job->t0, 0), MOST};
    for (int32_t i = 0; i < m->n_pole_reads; i++) {
        bool is_amount = !m->species_signed || m->species_signed[m->pole_reads[i]] == CRNL_AMOUNT;
        global[1 + i] = (struct rt_bounds){is_amount ? 0 : -MOST, MOST};
    }
    rt_tape_bounds(&m->pole, global, o->job->param, out, registers);
    for (int32_t i = 0; i < m->n_poles; i++) {
        o->poles.may[i] = !(out[i].lo >= 0 || out[i].hi <= 0);
        o->poles.any |= o->poles.may[i];
    }
    free(global);
    free(out);
    free(registers);
}

static void divisors_at(const struct rt_ode *o, double t, const double *x, double *divisor)
{
    const struct crnl_model *m = o->m;
    o->poles.at[0] = rt_events_time(&o->events, t);
    for (int32_t i = 0; i < m->n_pole_reads; i++) {
        o->poles.at[1 + i] = x[m->pole_reads[i]];
    }
    crnl_tape_run(&m->pole, o->poles.at, (double *)o->job->param, NULL, divisor, o->poles.registers);
}

static double time_on_line(const struct rt_ode *o, double u)
{
    return o->t_before + u * (o->t - o->t_before);
}

/* Divisor i at fraction u of the step, on the line between its ends; that state is then in `y`. */
static double divisor_on_line(struct rt_ode *o, int32_t i, double u)
{
    for (int64_t s = 0; s < o->n; s++) {
        o->y[s] = o->start[s] + u * (o->x[s] - o->start[s]);
    }
    divisors_at(o, time_on_line(o, u), o->y, o->poles.after);
    return o->poles.after[i];
}

static double find_zero(struct rt_ode *o, int32_t i, bool side)
{
    double low = 0, high = 1;
    for (int k = 0; k < HALVINGS; k++) {
        double middle = low + (high - low) / 2;
        *((divisor_on_line(o, i, middle) >= 0) == side ? &low : &high) = middle;
    }
    return high;
}

/* Whether law j, with divisor i, grows like a pole near its zero: twice in a row as the distance becomes
 * smaller, beginning at distance `way`, as long as the divisor has accurate digits. */
static bool grows(struct rt_ode *o, int32_t i, int32_t j, double zero, double way)
{
    double divisor = 0, rate = 0;
    int times = 0;
    for (int level = 0; level < LEVELS && times < 2; level++, way /= CLOSER) {
        double u = zero + way, at = divisor_on_line(o, i, u), off = divisor / at / CLOSER,
               now = fabs(rt_rate(o->m, j, rt_events_time(&o->events, time_on_line(o, u)), o->y,
                                  o->job->param, o->events.k));
        bool known = level > 0 && off > 1 / DIGITS && off < DIGITS;
        times = known && now > GROWS * rate ? times + 1 : 0;
        divisor = at;
        rate = now;
    }
    return times == 2;
}

static bool is_pole(struct rt_ode *o, int32_t i)
{
    const struct crnl_model *m = o->m;
    double zero = find_zero(o, i, o->poles.before[i] >= 0);
    bool found = false;
    for (int32_t e = m->pole_law_ptr[i]; e < m->pole_law_ptr[i + 1] && !found; e++) {
        int32_t j = m->pole_law[e];
        bool acts = o->events.k[j] != 0 && m->net_ptr[j + 1] > m->net_ptr[j];
        found = acts && (grows(o, i, j, zero, -zero / CLOSER) || grows(o, i, j, zero, (1 - zero) / CLOSER));
    }
    return found;
}

int32_t rt_poles_passed(struct rt_ode *o)
{
    if (!o->poles.any || !(o->t > o->t_before)) {
        return -1;
    }
    const struct crnl_model *m = o->m;
    divisors_at(o, o->t_before, o->start, o->poles.before);
    divisors_at(o, o->t, o->x, o->poles.after);
    for (int32_t i = 0; i < m->n_poles; i++) {
        bool passed = o->poles.may[i] && o->poles.before[i] != 0 && o->poles.after[i] != 0 &&
                      (o->poles.before[i] > 0) != (o->poles.after[i] > 0);
        if (passed && is_pole(o, i)) {
            return i;
        }
        if (passed) {
            divisors_at(o, o->t, o->x, o->poles.after);
        }
    }
    return -1;
}

int rt_poles_fail(const struct rt_ode *o, int32_t pole, struct rt_error *e)
{
    const struct crnl_model *m = o->m;
    rt_fail(
        e, CRNL_SOLVER,
        "the solver `%s` gave up at t = %.6g: amounts run into a place where a law divides by 0, that of ",
        rt_method_info(o->job->spec->method)->name, o->t_before);
    rt_put_reaction(&e->text, m, m->pole_law[m->pole_law_ptr[pole]]);
    rt_put(&e->text, "\n  note: the state is ");
    rt_put_amounts(&e->text, m, -1, o->start);
    rt_put(
        &e->text,
        "\n  help: no solution goes on beyond it; end the run before, or let the divisor stay away from 0");
    return e->status;
}
