/* `run` and `continue`: turns a statement into a job, and the result of the job into the state of the
 * network. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rt_ctx.h"
#include "rt_estimate.h"
#include "rt_events.h"
#include "rt_fixed.h"
#include "rt_gradient.h"
#include "rt_limit.h"
#include "rt_prepare.h"
#include "rt_rows.h"

static const double MAX_ROWS =
    1e12; /* steps of a run, or events of a clock: with more there is no hope that the run ends */
static const double CLOSER = 0.1,
                    SHORTER_STEP = 0.5; /* --check-tolerance: factor of tolerances, and of fixed steps of
                                           order 4 */
enum { MAX_RUNS = 1000000000, ROWS_BY_EVERY = 100000000 };
enum { CURVES_BY_OPTIONS = 20 }; /* largest number of curves of --plot: more could not be told apart */

static int fail_amount(struct rt_error *e, const struct crnl_model *m, int32_t s, double v)
{
    return rt_fail(e, CRNL_BAD_AMOUNT, "the initial amount of `%s` is %.6g", m->species_name[s], v);
}

/* Lists the species whose molecules are counted: species that reactions change, and constant species of
 * which a reaction takes two or more, since its propensity counts pairs. The amount of any other constant
 * species may be a fraction. */
static const bool *list_counted(struct rt_network *n)
{
    const struct crnl_model *m = n->m;
    if (n->counted) {
        return n->counted;
    }
    n->counted = rt_alloc((size_t)m->n_species, sizeof *n->counted);
    for (int32_t s = 0; s < m->n_species; s++) {
        n->counted[s] = m->species_kind[s] == CRNL_DISCRETE;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->lhs_ptr[j]; rt_law(m, j) < 0 && e < m->lhs_ptr[j + 1]; e++) {
            int32_t s = m->lhs_species[e];
            n->counted[s] |= m->lhs_count[e] > 1 && m->species_kind[s] != CRNL_BULK;
        }
    }
    return n->counted;
}

/* Scales amounts by the volume. Counted amounts must then be whole; without a volume they must be so from
 * the start, except in a run that continues one in which some of them flowed. */
static int scale_amounts(struct rt_running *r, double volume)
{
    const struct crnl_model *m = r->job.m;
    bool has_flowed = r->job.spec->resume && rt_real(&r->job, CRNL_OPTION_PARTITION) > 0;
    for (int32_t s = 0; s < m->n_species; s++) {
        double x = r->x0[s] * volume, whole;
        bool is_whole = rt_is_whole(x, &whole);
        if (m->species_kind[s] == CRNL_BULK && !rt_method_is(r->job.spec->method, CRNL_FLOWS)) {
            return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                           "`%s` is a bulk concentration, which `by %s` has no events for\n"
                           "  help: run it by hybrid, or all of it by ode",
                           m->species_name[s], rt_method_info(r->job.spec->method)->name);
        }
        if (!r->job.counted[s]) {
            r->x0[s] = x;
            continue;
        }
        if (m->units_of && x != 0 && x != 1) {
            return rt_fail(&r->error, CRNL_BAD_AMOUNT,
                           "the unit `%s` is %.15g, and units are 0 or 1\n"
                           "  help: values between are probabilities: draw it, bernoulli(...)",
                           m->species_name[s], x);
        }
        if (volume == 1 && !is_whole && !has_flowed) {
            rt_fail(
                &r->error, CRNL_FRACTIONAL,
                "the initial amount of `%s` is %.15g, and a stochastic run counts whole "
                "molecules\n  help: `by %s(volume = V)` scales amounts by V and rounds them to the nearest, "
                "e.g. volume = %.3g",
                m->species_name[s], x, rt_method_info(r->job.spec->method)->family,
                x > 0 && x < 1 ? ceil(100 / x) : 100.0);
            if (m->species_kind[s] == CRNL_CONSTANT) {
                rt_put(&r->error.text, "\n  note: it is constant, and a reaction takes two or more of it");
            }
            return r->error.status;
        }
        if (!(whole < 0x1p53)) {
            return rt_fail(&r->error, CRNL_BAD_AMOUNT,
                           "the initial amount of `%s` is %.6g, and a stochastic run counts up to 2^53 = "
                           "9.007e15 molecules"
                           "\n  help: run it by ode, or in a smaller volume: `by %s(volume = V)`",
                           m->species_name[s], x, rt_method_info(r->job.spec->method)->family);
        }
        r->x0[s] = whole;
    }
    return CRNL_OK;
}

/* Warns of amounts which are all so small in this volume that a stochastic run begins with no molecule. */
static void warn_of_none(const struct rt_running *r, struct crnl_ctx *ctx, double volume)
{
    const struct crnl_model *m = r->job.m;
    int32_t most = -1;
    for (int32_t s = 0; s < m->n_species; s++) {
        if (r->job.counted[s] && r->x0[s] > 0 && (most < 0 || r->x0[s] > r->x0[most])) {
            most = s;
        }
    }
    if (most < 0 || r->job.spec->resume || volume == 1 || r->x0[most] * volume >= 0.5) {
        return;
    }
    struct rt_buffer text = {0};
    rt_putf(&text,
            "warning: this run of `%s` begins without a molecule: the largest amount, %.6g of `%s`, is %.3g "
            "molecules, rounded to 0; ",
            m->name, r->x0[most], m->species_name[most], r->x0[most] * volume);
    if (rt_real(&r->job, CRNL_OPTION_VOLUME) == 0) {
        rt_putf(&text, "a larger `volume` has more");
    } else {
        rt_putf(&text, "`volume = V` is the number of molecules that an amount of 1 stands for; litres are "
                       "declared in the network, as in `volume 1 fL;`");
    }
    rt_put(&text, "\n");
    rt_show_notes(ctx, r->job.spec->line, &text);
    rt_buffer_free(&text);
}

static int compute_constants(struct rt_running *r, struct crnl_ctx *ctx, struct rt_network *n)
{
    if (rt_constants_rates(r->constants, ctx, n, &r->error)) {
        return r->error.status;
    }
    r->job.k = r->constants->k;
    r->job.k_number = r->constants->number;
    if (n->any_fixed) {
        bool is_new;
        r->clamped = rt_clamped_take(n, r->constants, &is_new);
        r->job.k_open = r->constants->k;
        r->job.k = r->clamped->k;
        r->job.fixed = r->clamped->fixed;
        if (is_new) {
            rt_warn_clamped(ctx, r->job.spec->line, n);
        }
    }
    return CRNL_OK;
}

static int fail_time(struct rt_running *r, const char *what, int32_t i, double v)
{
    const struct crnl_model *m = r->job.m;
    return rt_fail(&r->error, CRNL_BAD_ARGUMENT, "%s in line %d of network `%s` is %.6g", what,
                   (int)m->event[i].line, m->name, v);
}

/* Whether something with this period happens too often for a run of known length. */
static bool is_too_often(const struct rt_running *r, double period)
{
    return r->job.span == CRNL_SPAN_TIME && r->job.duration / period > MAX_ROWS;
}

/* Computes the durations of the clock's phases, and the times and periods of events. */
static int compute_schedule(struct rt_running *r, struct crnl_ctx *ctx, struct rt_network *n)
{
    const struct crnl_model *m = n->m;
    double period = 0;
    r->schedule = rt_alloc((size_t)m->n_phases + (size_t)m->n_events, sizeof *r->schedule);
    crnl_tape_run(&m->schedule, ctx->global, n->run_param, NULL, r->schedule, n->registers);
    for (int32_t i = 0; i < m->n_phases; i++) {
        double v = r->schedule[i];
        if (!(v >= 0 && v < INFINITY)) {
            return rt_fail(&r->error, CRNL_BAD_ARGUMENT, "phase %d of the clock of `%s` lasts %.6g",
                           (int)i + 1, m->name, v);
        }
        period += v;
    }
    if (m->n_phases > 0 && !(period > 0)) {
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT, "the phases of the clock of `%s` last no time at all",
                       m->name);
    }
    if (m->n_phases > 0 && is_too_often(r, period)) {
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                       "the clock of `%s` has %.3g cycles in this run, more than %.3g", m->name,
                       r->job.duration / period, MAX_ROWS);
    }
    for (int32_t i = 0; i < m->n_events; i++) {
        double v = r->schedule[m->n_phases + i];
        if (m->event[i].kind == CRNL_EVENT_EVERY && v > 0 && is_too_often(r, v)) {
            return rt_fail(
                &r->error, CRNL_BAD_ARGUMENT,
                "the event in line %d of network `%s` happens every %.6g: %.3g times in this run, more "
                "than %.3g",
                (int)m->event[i].line, m->name, v, r->job.duration / v, MAX_ROWS);
        }
        if (m->event[i].kind == CRNL_EVENT_AT && !(v >= 0)) {
            return fail_time(r, "the time of the event", i, v);
        }
        if (m->event[i].kind == CRNL_EVENT_EVERY && !(v > 0 && r->job.t0 / v < 1e15)) {
            return fail_time(r, "the period of the event", i, v);
        }
    }
    r->job.schedule = r->schedule;
    if (m->n_phases == 0 && (r->job.span == CRNL_SPAN_CYCLES || r->job.after_kind == CRNL_SPAN_CYCLES)) {
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT, "`%s` has no clock whose cycles could be counted",
                       m->name);
    }
    if (r->job.span == CRNL_SPAN_CYCLES) {
        r->job.span = CRNL_SPAN_TIME;
        r->job.cycles = r->job.duration;
        r->job.duration *= period;
    }
    if (r->job.after_kind == CRNL_SPAN_CYCLES) {
        r->job.after_kind = CRNL_SPAN_TIME;
        r->job.after_cycles = r->job.after;
        r->job.after *= period;
    }
    return CRNL_OK;
}

/* Computes the state from which the run starts, in visible amounts. */
static int compute_start(struct rt_running *r, struct crnl_ctx *ctx, struct rt_network *n, double from)
{
    const struct crnl_model *m = n->m;
    bool resume = r->job.spec->resume != 0;
    if (resume && n->failed) {
        return rt_fail(&r->error, CRNL_NO_RUN,
                       "the run before it had failed, and there is no state to continue from");
    }
    if (resume && n->started && n->runs > 1) {
        return rt_fail(&r->error, CRNL_NO_RUN,
                       "`continue` needs one state, and the last run of `%s` was %s of %lld\n"
                       "  help: rows go on each by itself: run %s for ... over i in 0..%lld, and continue %s "
                       "for ... over i in 0..%lld",
                       m->name, n->result && n->result->weight ? "a law" : "an ensemble", (long long)n->runs,
                       m->name, (long long)n->runs, m->name, (long long)n->runs);
    }
    for (int32_t s = 0; resume && n->started && s < m->n_species; s++) {
        if (n->x[s] == RT_UNCOUNTED) {
            return rt_fail(&r->error, CRNL_NO_RUN,
                           "`continue` needs one state, and the last run of `%s` was by a law that does not "
                           "count `%s`",
                           m->name, m->species_name[s]);
        }
    }
    if (resume && n->started) {
        memcpy(r->x0, n->x, (size_t)m->n_species * sizeof *r->x0);
        r->job.is_reset = r->job.spec->has_from != 0;
        r->job.t0 = r->job.is_reset ? from : n->t;
        r->job.moved = r->job.t0 - n->t;
        r->job.memory = n->memory;
        r->job.limit = n->limit;
        r->job.past = n->past;
        if (m->n_delays > 0 && !n->past) {
            return rt_fail(&r->error, CRNL_NO_RUN,
                           "`continue` of `%s`, which reads what was some time ago: a run over rows leaves "
                           "states, and no history\n  help: one longer run, with events",
                           m->name);
        }
        if (n->memory[2] > 0 && (m->n_delays > 0 || !n->past)) {
            return rt_fail(&r->error, CRNL_NO_RUN,
                           "`continue` of `%s`, in which changes of %g events still wait for their delays\n"
                           "  help: let the run before it end when they have happened",
                           m->name, n->memory[2]);
        }
        bool waits = n->memory[2] > 0 && n->past && m->n_delays == 0;
        if (waits && n->past[RT_QUEUE_INV_VOLUME] != r->job.inv_volume) {
            return rt_fail(
                &r->error, CRNL_BAD_ARGUMENT,
                "`continue` of `%s` in a volume of %g, while %g changes wait that were counted in one of %g\n"
                "  help: go on in that volume",
                m->name, r->job.volume, n->memory[2], 1 / n->past[RT_QUEUE_INV_VOLUME]);
        }
    } else {
        r->job.t0 = r->job.spec->has_from ? from : 0;
        rt_network_initial(ctx, n, n->run_param, r->x0);
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        if (resume && !n->started && n->amount_set.any && n->amount_set.set[s]) {
            r->x0[s] = n->amount_set.value[s];
        }
        if (n->amount_with.any && n->amount_with.set[s]) {
            r->x0[s] = n->amount_with.value[s];
        }
        bool may_be_below =
            (resume && n->started) || (m->species_signed && m->species_signed[s] == CRNL_UNBOUNDED &&
                                       (rt_method_info(r->job.spec->method)->needs & CRNL_NEEDS_RHS));
        if (!rt_is_amount(m, s, r->x0[s]) && !(may_be_below && r->x0[s] < 0 && r->x0[s] > -INFINITY)) {
            return fail_amount(&r->error, m, s, r->x0[s]);
        }
    }
    return CRNL_OK;
}

static int fail_number(struct rt_running *r, const char *name, const char *bound, double v)
{
    rt_fail(&r->error, CRNL_BAD_ARGUMENT, "`%s` must be a number that is %s, and is %.6g", name, bound, v);
    if (rt_put_missing(r->job.ctx, NULL, v)) {
        rt_put(&r->error.text, ": ");
        rt_put_missing(r->job.ctx, &r->error.text, v);
    }
    return r->error.status;
}

static int check_number(struct rt_running *r, const char *name, double v, bool positive)
{
    bool good = v < INFINITY && (positive ? v > 0 : v >= 0);
    return good ? CRNL_OK : fail_number(r, name, positive ? "positive" : "not negative", v);
}

/* Sets each option to its default value or that of the command line, unless the run gives another one. */
static void set_options(struct rt_job *job, const struct crnl_options *options, const struct crnl_run_args *a)
{
    for (int32_t i = 0; i < CRNL_OPTION_COUNT; i++) {
        const struct crnl_option_info *o = &crnl_option_info[i];
        if (o->type == CRNL_REAL) {
            job->option[i].real = o->standard;
        } else {
            job->option[i].integer = (int64_t)o->standard;
        }
    }
    const struct {
        int32_t option;
        double value;
    } given[] = {{CRNL_OPTION_RTOL, options->rtol},
                 {CRNL_OPTION_ATOL, options->atol},
                 {CRNL_OPTION_MAX_STEP, options->max_step}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (given[i].value > 0) {
            job->option[given[i].option].real = given[i].value;
        }
    }
    for (int32_t i = 0; i < job->spec->n_options; i++) {
        job->option[job->spec->option[i]] = a->option[i];
    }
    if (options->closer) {
        job->option[CRNL_OPTION_RTOL].real *= CLOSER;
        job->option[CRNL_OPTION_ATOL].real *= CLOSER;
        job->option[CRNL_OPTION_DT].real *= SHORTER_STEP;
        job->option[CRNL_OPTION_SPLIT].real *= SHORTER_STEP;
    }
}

static bool is_given(const struct crnl_run_spec *spec, int32_t option)
{
    for (int32_t i = 0; i < spec->n_options; i++) {
        if (spec->option[i] == option) {
            return true;
        }
    }
    return false;
}

static int check_options(struct rt_running *r)
{
    const struct crnl_run_spec *spec = r->job.spec;
    for (int32_t i = 0; i < CRNL_OPTION_COUNT; i++) {
        const struct crnl_option_info *o = &crnl_option_info[i];
        if (!is_given(spec, i)) {
            if (o->required && crnl_method_takes(spec->method->kind, i)) {
                return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                               "`%s` needs its %s\n  help: give it, e.g. %s = %s",
                               rt_method_info(spec->method)->name, o->help, o->name, o->required);
            }
            continue;
        }
        if (o->type == CRNL_INT && !crnl_option_admits(i, (double)r->job.option[i].integer)) {
            return rt_fail(&r->error, CRNL_BAD_ARGUMENT, "`%s` must be at least 1, and is %lld", o->name,
                           (long long)r->job.option[i].integer);
        }
        if (o->type == CRNL_REAL && !crnl_option_admits(i, r->job.option[i].real)) {
            return fail_number(r, o->name, crnl_bound_text(o->bound), r->job.option[i].real);
        }
    }
    return CRNL_OK;
}

/* Refuses steps so short that adding them does not change the time of the run, which would not end. */
static int check_steps(struct rt_running *r, double duration)
{
    static const int step[] = {CRNL_OPTION_DT, CRNL_OPTION_SPLIT, CRNL_OPTION_MAX_STEP};
    for (size_t i = 0; i < sizeof step / sizeof *step; i++) {
        double h = r->job.option[step[i]].real;
        if (h > 0 && duration + h == duration && duration > 0) {
            return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                           "steps of %.6g do not move a time of %.6g, so that the run would not end\n"
                           "  help: let `%s` be larger",
                           h, duration, crnl_option_info[step[i]].name);
        }
    }
    return CRNL_OK;
}

/* A step between rows that is too short by orders of magnitude fills the disk before anybody notices. */
static int check_rows(struct rt_running *r)
{
    const struct rt_job *job = &r->job;
    int64_t most = job->ctx->options.max_rows > 0 ? job->ctx->options.max_rows : ROWS_BY_EVERY;
    double rows = job->every > 0 ? job->duration / job->every : 0;
    return rows <= (double)most
               ? CRNL_OK
               : rt_fail(&r->error, CRNL_LIMIT,
                         "`every %.6g` for %.6g gives %.3g rows, more than the limit of %lld\n"
                         "  help: write `every %.6g`, or allow more with --max-rows",
                         job->every, job->duration, rows, (long long)most, job->duration / 1000);
}

static int check_arguments(struct rt_running *r, const struct crnl_run_args *a)
{
    const struct rt_job *job = &r->job;
    const struct crnl_run_spec *spec = job->spec;
    if (!(fabs(a->from) < INFINITY)) {
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT, "a run begins at a finite time, and `from` is %.6g",
                       a->from);
    }
    if (check_number(r, "after", a->after, false) || check_number(r, "for", a->duration, false) ||
        check_number(r, "every", a->every, spec->has_every) || check_options(r)) {
        return r->error.status;
    }
    int64_t most = job->ctx->options.max_runs > 0 ? job->ctx->options.max_runs : MAX_RUNS;
    int64_t runs = job->option[CRNL_OPTION_RUNS].integer;
    if (runs > most) {
        return rt_fail(&r->error, CRNL_LIMIT,
                       "%lld runs are more than the limit of %lld\n  help: allow more with --max-runs",
                       (long long)runs, (long long)most);
    }
    if (spec->span == CRNL_SPAN_NONE && spec->until < 0) {
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                       "the run has no end\n  help: add `for TIME` or `until CONDITION`");
    }
    if (spec->span == CRNL_SPAN_STEADY && rt_method_is(spec->method, CRNL_STOCHASTIC)) {
        return rt_fail(
            &r->error, CRNL_BAD_ARGUMENT,
            "a stochastic run has no steady state to stop at\n"
            "  help: `after BURN for TIME` and time_mean(...) give averages of the stationary law");
    }
    bool events = spec->span == CRNL_SPAN_EVENTS || spec->after == CRNL_SPAN_EVENTS;
    if (events && !rt_method_is(spec->method, CRNL_COUNTS_EVENTS)) {
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                       "`%s` has no events to count\n  help: use `by ssa`, or a time",
                       rt_method_info(spec->method)->name);
    }
    if (spec->span == CRNL_SPAN_EVENTS && a->duration != floor(a->duration)) {
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                       "events are counted by whole numbers, not %g\n  help: round it: floor(...)",
                       a->duration);
    }
    if (job->option[CRNL_OPTION_SUMMARY].integer && !job->fixed_grid) {
        if (spec->after == CRNL_SPAN_EVENTS && spec->span == CRNL_SPAN_TIME) {
            return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                           "`summary` needs rows at the same times in all runs, and each has its events at "
                           "others\n"
                           "  help: write a time in place of `after %g events`, `after %g`",
                           a->after, a->after);
        }
        return rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                       "`summary` needs rows at the same times in all runs\n"
                       "  help: end with `for TIME`");
    }
    bool ends_by_time = spec->span == CRNL_SPAN_TIME && spec->until < 0;
    return ends_by_time ? check_steps(r, a->duration) : CRNL_OK;
}

/* Lists the outputs or, if there are none, all species. */
static void list_visible(struct rt_running *r, int32_t *cap)
{
    const struct crnl_model *m = r->job.m;
    int32_t n = 0, name_cap = 0, n_names = 0;
    for (int32_t i = 0; i < m->n_symbols; i++) {
        const struct crnl_symbol *s = &m->symbol[i];
        for (int32_t e = 0; (s->flags & CRNL_SYMBOL_OUTPUT) && e < s->size; e++) {
            struct rt_buffer name = {0};
            rt_put_symbol(&name, s, e);
            RT_GROW(r->column, n, *cap);
            RT_GROW(r->name, n_names, name_cap);
            r->column[n++] = m->elem[s->first + e];
            r->name[n_names++] = name.data;
        }
    }
    bool outputs = n > 0;
    int32_t shown = m->n_species - m->n_hidden;
    for (int32_t s = 0; !outputs && s < shown; s++) {
        RT_GROW(r->column, n, *cap);
        RT_GROW(r->name, n_names, name_cap);
        r->column[n++] = (struct crnl_elem){CRNL_ELEM_SPECIES, s, 0};
        r->name[n_names++] = rt_strdup(m->species_name[s]);
    }
    r->n_names = n;
}

/* The number of traces of a program without experiment: what --plot draws or, without --plot and --out, what
 * is printed at the end. */
static int32_t traces_by_options(const struct crnl_options *o, int32_t n)
{
    return o->plot ? (n < CURVES_BY_OPTIONS ? n : CURVES_BY_OPTIONS) : o->out ? 0 : n;
}

/* Lists the columns of rows: those of the file, then those traced for plots. */
static void list_columns(struct rt_running *r, const struct crnl_ctx *ctx)
{
    const struct crnl_model *m = r->job.m;
    bool by_options = !ctx->program->run;
    int32_t n = 0, cap = 0;
    if (r->file.sink || by_options) {
        list_visible(r, &cap);
        n = r->n_names;
    }
    r->file.n_columns = r->file.sink ? n : 0;
    r->file.column = (const char *const *)r->name;
    r->job.n_trace = by_options ? traces_by_options(&ctx->options, n) : r->job.is_row ? 0 : m->n_trace;
    r->job.trace_name = by_options ? r->file.column : m->trace_name;
    n = r->file.n_columns;
    for (int32_t i = 0; i < r->job.n_trace; i++) {
        struct crnl_elem traced = by_options ? r->column[i] : m->trace[i];
        RT_GROW(r->column, n, cap);
        r->column[n++] = traced;
    }
    r->job.column = r->column;
    r->job.n_columns = n;
    r->job.has_rows = r->file.sink || r->job.n_trace > 0;
}

/* Takes the kernel of the command line, if the run does not name one and its method has it. */
static int choose_kernel(struct rt_running *r, const struct crnl_options *o)
{
    const struct crnl_run_spec *spec = r->job.spec;
    r->job.is_kernel_named = is_given(spec, CRNL_OPTION_KERNEL);
    if (!o->kernel || r->job.is_kernel_named) {
        return CRNL_OK;
    }
    r->job.option[CRNL_OPTION_KERNEL].integer =
        crnl_kernel_named(o->kernel, rt_method_info(spec->method)->needs);
    if (crnl_kernel_named(o->kernel, ~0u) >= 0) {
        return CRNL_OK;
    }
    rt_fail(&r->error, CRNL_BAD_ARGUMENT, "--kernel %s: there is no such kernel\n  help: there are",
            o->kernel);
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        const struct crnl_kernel_info *k = &crnl_kernel_info[i];
        rt_putf(&r->error.text, "%s %s (%s)", i ? "," : "", k->name, crnl_slot_info[k->slot].name);
    }
    return r->error.status;
}

static int by_time(const void *a, const void *b)
{
    const struct rt_sample *x = a, *y = b;
    return x->t != y->t             ? (x->t > y->t) - (x->t < y->t)
           : x->course != y->course ? (x->course > y->course) - (x->course < y->course)
                                    : (x->i > y->i) - (x->i < y->i);
}

/* Lists the times at which values are kept, in order; NaN is no time. Times outside of the run are errors,
 * unless only its condition determines when it ends. */
static int list_samples(struct rt_running *r, const struct crnl_run_args *a)
{
    const struct crnl_run_spec *spec = r->job.spec;
    int64_t n = 0;
    for (int32_t c = 0; c < spec->n_courses; c++) {
        n += spec->n_times[c];
    }
    r->sample = rt_alloc((size_t)n, sizeof *r->sample);
    r->job.sample = r->sample;
    double from = r->job.t0 + (r->job.after_kind == CRNL_SPAN_TIME ? r->job.after : 0);
    double to = r->job.span == CRNL_SPAN_TIME ? from + r->job.duration : INFINITY, last = -INFINITY;
    for (int32_t c = 0; c < spec->n_courses; c++) {
        for (int32_t i = 0; i < spec->n_times[c]; i++) { /* NaN is no time: it is left out */
            last = fmax(last, a->times[c][i]);
        }
    }
    if (!crnl_is_due(last, to) && spec->until < 0 && last > -INFINITY) {
        rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                "the course is read at t = %.6g, and what is recorded of this run ends at t = %.6g", last,
                to);
        rt_putf(&r->error.text, "\n  help: let the run last longer: `for %.6g`", last - from);
        return r->error.status;
    }
    for (int32_t c = 0; c < spec->n_courses; c++) {
        for (int32_t i = 0; i < spec->n_times[c]; i++) {
            double t = a->times[c][i];
            if (t == t && !crnl_is_due(from, t)) {
                rt_fail(&r->error, CRNL_BAD_ARGUMENT,
                        "the course is read at t = %.6g, and what is recorded of this run begins at t = %.6g",
                        t, from);
                rt_putf(&r->error.text, "\n  help: what is before `after` is not kept");
                return r->error.status;
            }
            if (t == t) {
                r->sample[r->job.n_samples++] = (struct rt_sample){t, spec->course[c], i};
            }
        }
    }
    bool in_order = true;
    for (int64_t i = 1; i < r->job.n_samples; i++) {
        in_order &= by_time(&r->sample[i - 1], &r->sample[i]) < 0;
    }
    if (!in_order) { /* those of a single course are */
        qsort(r->sample, (size_t)r->job.n_samples, sizeof *r->sample, by_time);
    }
    return CRNL_OK;
}

int64_t rt_runs(const struct crnl_run_spec *spec, const struct crnl_run_args *a)
{
    for (int32_t i = 0; i < spec->n_options && rt_method_is(spec->method, CRNL_STOCHASTIC); i++) {
        if (spec->option[i] == CRNL_OPTION_RUNS) {
            return a->option[i].integer;
        }
    }
    return 1;
}

static void list_tolerances(struct rt_running *r, const struct crnl_ctx *ctx, const struct rt_network *n)
{
    const struct rt_overrides *given = &n->tolerance_with;
    if (!given->any) {
        return;
    }
    r->atol = rt_alloc((size_t)n->m->n_species, sizeof *r->atol);
    for (int32_t s = 0; s < n->m->n_species; s++) {
        r->atol[s] = given->set[s] ? given->value[s] * (ctx->options.closer ? CLOSER : 1) : 0;
    }
    r->job.atol = r->atol;
}

int rt_prepare(struct rt_running *r, struct crnl_ctx *ctx, struct rt_network *n,
               const struct crnl_run_spec *spec, const struct crnl_run_args *a)
{
    const struct crnl_model *m = n->m;
    bool stochastic = rt_method_is(spec->method, CRNL_STOCHASTIC) || rt_method_is(spec->method, CRNL_LAW);
    r->x0 = rt_alloc((size_t)m->n_species, sizeof *r->x0);
    r->job = (struct rt_job){
        .ctx = ctx,
        .kept = n->kept,
        .m = m,
        .spec = spec,
        .is_row = spec->rows != NULL,
        .meeting = spec->rows ? NULL : ctx->meeting, /* rows are on other threads */
        .verbose = ctx->options.verbose != 0,
        .x0 = r->x0,
        .capture = a->capture,
        .neural = m->units_of ? &ctx->program->neural[m->units_of - 1] : NULL,
        .neural_value = m->units_of ? rt_neural_value(ctx, m->units_of - 1) : NULL,
        .after = a->after,
        .duration = a->duration,
        .every = a->every,
        .span = spec->span,
        .after_kind = spec->after,
        .max_events = ctx->options.max_events,
        .seed = ctx->options.seed,
        .count = rt_next_count(ctx, spec->statement, CRNL_DRAW_SSA),
    };
    set_options(&r->job, &ctx->options, a);
    double given = rt_real(&r->job, CRNL_OPTION_VOLUME);
    double volume = !stochastic ? 1 : given != 0 ? given : m->molecules > 0 ? m->molecules : 1;
    r->job.volume = volume;
    r->job.inv_volume = 1 / volume;
    r->job.runs = rt_runs(spec, a);
    r->file = (struct rt_file_request){.sink = spec->sink,
                                       .summary = r->job.option[CRNL_OPTION_SUMMARY].integer != 0};
    list_columns(r, ctx);
    bool timed = (spec->span == CRNL_SPAN_TIME || spec->span == CRNL_SPAN_CYCLES) && a->duration > 0;
    bool is_law = rt_method_is(spec->method, CRNL_LAW); /* a law, which ends at all times at once */
    r->job.fixed_grid = timed && (spec->until < 0 || is_law) && spec->after != CRNL_SPAN_EVENTS;
    r->job.has_deviations = is_law && r->job.fixed_grid && (r->file.summary || r->job.n_trace > 0);
    r->constants = rt_constants_take(ctx, n, stochastic, volume);
    r->job.param = r->constants->param;
    int status = rt_neural_check_followed(ctx, n, &r->error);
    status = status ? status : choose_kernel(r, &ctx->options);
    list_tolerances(r, ctx, n);
    status = status ? status : check_arguments(r, a);
    status = status ? status : compute_start(r, ctx, n, a->from);
    status = status ? status : compute_constants(r, ctx, n);
    status = status ? status : compute_schedule(r, ctx, n);
    status = status ? status : list_samples(r, a);
    if (r->job.has_rows && timed && !(a->every > 0)) {
        r->job.every = r->job.duration / CRNL_DEFAULT_INTERVALS;
    }
    if (!status && timed) {
        status = check_rows(r);
    }
    if (n->any_fixed) {
        r->job.m = rt_hold_model(n, &r->held);
    }
    if (!status && r->job.option[CRNL_OPTION_GPU].integer) {
        status = rt_gpu_decide(&r->job, &r->error);
    }
    if (!status && stochastic) {
        r->job.counted = list_counted(n);
        warn_of_none(r, ctx, volume);
        status = scale_amounts(r, volume);
    }
    if (ctx->options.closer || ctx->options.mute) {
        r->file.sink = NULL;
    } else if (!status && spec->sink && ctx->options.memory) {
        r->path = rt_strdup(a->file);
        r->file.path = r->path;
    } else if (!status && spec->sink && !(ctx->rows && rt_rows_have_file(ctx->rows))) {
        r->path = rt_output_path(ctx, a->file, spec->line, &r->error);
        r->file.path = r->path;
        status = r->error.status;
        if (!status) {
            rt_output_keep(ctx, r->path);
        }
    }
    return status;
}

/* Keeps the state after a run. A single run that failed leaves the state from before it. */
static void keep_state(struct rt_network *n, struct rt_result *result)
{
    const struct crnl_model *m = n->m;
    n->result = result;
    if (result->runs == 1 && !result->x) {
        return;
    }
    n->runs = result->runs;
    n->t = result->t;
    n->started = true;
    if (result->x) {
        memcpy(n->x, result->x, (size_t)m->n_species * sizeof *n->x);
        memcpy(n->memory, result->memory, rt_memory_size(m) * sizeof *n->memory);
        rt_limit_free(n->limit);
        n->limit = result->limit;
        n->limit_is_stale = false;
        result->limit = NULL;
        free(n->past);
        n->past = result->past;
        result->past = NULL;
    }
    rt_overrides_clear(&n->amount_set, m->n_species);
}

void rt_keep_nothing(struct rt_network *n)
{
    rt_result_free(n->result);
    n->result = NULL;
    rt_row_values_free(n->rows);
    n->rows = NULL;
    rt_limit_free(n->limit);
    n->limit = NULL;
    free(n->past);
    n->past = NULL;
    n->t = NAN;
    n->runs = 1;
    n->started = n->failed = true;
    for (int32_t s = 0; s < n->m->n_species; s++) {
        n->x[s] = NAN;
    }
    rt_overrides_clear(&n->amount_set, n->m->n_species);
}

int rt_threads(const struct crnl_ctx *ctx)
{
    long n = ctx->options.threads > 0 ? ctx->options.threads : rt_processors();
    return n < 1 ? 1 : n > 1024 ? 1024 : (int)n;
}

void rt_choose_sink(const struct crnl_options *o, struct crnl_run_spec *spec)
{
    if (spec->sink && o->memory) {
        spec->sink = &crnl_sink_memory;
    }
}

int rt_choose_solver(const struct crnl_options *o, struct crnl_run_spec *spec, struct rt_error *e)
{
    const struct crnl_method *const *solver = spec->method->solver;
    if (!o->solver || !solver) {
        return CRNL_OK;
    }
    while (*solver && strcmp(rt_method_info(*solver)->name, o->solver) != 0) {
        solver++;
    }
    if (!*solver) {
        rt_fail(e, CRNL_BAD_ARGUMENT, "--solver %s: there is no such solver\n  help: there are", o->solver);
        for (solver = spec->method->solver; *solver; solver++) {
            rt_putf(&e->text, "%s %s", solver > spec->method->solver ? "," : "",
                    rt_method_info(*solver)->name);
        }
        return e->status;
    }
    spec->method = *solver;
    return CRNL_OK;
}

void rt_prepared(struct rt_network *n)
{
    rt_overrides_clear(&n->param_with, n->m->n_params);
    rt_overrides_clear(&n->amount_with, n->m->n_species);
    rt_overrides_clear(&n->tolerance_with, n->m->n_species);
    rt_hold_end(n);
}

void rt_running_free(struct rt_running *r)
{
    rt_hold_free(&r->held);
    for (int32_t i = 0; i < r->n_names; i++) {
        free(r->name[i]);
    }
    free(r->name);
    free(r->column);
    rt_constants_drop(r->constants);
    rt_clamped_drop(r->clamped);
    free(r->x0);
    free(r->schedule);
    free(r->sample);
    free(r->atol);
    free(r->path);
    if (r->job.course) {
        r->job.spec->method->backwards->forget(r->job.course);
    }
    rt_error_free(&r->error);
}

static int run_alone(struct crnl_ctx *ctx, const struct crnl_run_spec *given,
                     const struct crnl_run_args *args)
{
    struct crnl_run_spec chosen = *given, *spec = &chosen;
    struct rt_network *n = rt_network(ctx, spec->net);
    struct rt_running *r = rt_alloc(1, sizeof *r);
    rt_choose_sink(&ctx->options, spec);
    bool again = n->failed && (spec->resume || n->lost);
    r->error = n->bound;
    n->bound = (struct rt_error){0};
    n->lost = false;
    bool prepared = !r->error.status && !rt_choose_solver(&ctx->options, spec, &r->error) &&
                    !rt_prepare(r, ctx, n, spec, args);
    if (prepared) {
        rt_gradient_note_run(ctx, n, r, 1);
        rt_gradient_forget(n);
        rt_gradient_note_given(n, spec);
        rt_result_free(n->result);
        n->result = NULL;
        n->method = rt_method_info(spec->method)->name;
        r->job.is_shared = rt_world_size(ctx->world) > 1 && r->job.runs > 1;
        struct rt_collector *c = rt_collector_create(&r->job, &r->file, &r->error);
        if (!r->error.status || r->job.is_shared) {
            rt_ensemble(&r->job, c, rt_threads(ctx), &r->error);
        }
        rt_row_values_free(n->rows);
        n->rows = NULL;
        struct rt_result *result = rt_collector_finish(c, &r->error);
        rt_ensemble_tell(&r->job, result, &r->error);
        keep_state(n, result);
        if (!r->error.status && rt_method_is(spec->method, CRNL_ADAPTIVE)) {
            rt_warn_digits(ctx, &r->job, n->x);
            rt_warn_atol(ctx, &r->job, n);
        }
        rt_show_notes(ctx, spec->line, &n->result->notes);
    }
    rt_prepared(n);
    int status = rt_fail_at(ctx, spec->line, &r->error);
    n->failed = false;
    if (prepared && !status && n->m->has_gradient) {
        rt_gradient_keep(n, r, 0, false);
        return status;
    }
    rt_running_free(r);
    free(r);
    if (status && rt_goes_on_after(ctx, spec->line, again)) {
        rt_keep_nothing(n);
        return CRNL_OK;
    }
    return status;
}

int crnl_run(struct crnl_ctx *ctx, const struct crnl_run_spec *spec, const struct crnl_run_args *args)
{
    return spec->rows ? rt_rows_run(ctx, args) : run_alone(ctx, spec, args);
}

void rt_report_progress(const struct rt_job *job, double fraction)
{
    if (job->ctx) {
        rt_estimate_progress(job->ctx, fraction);
    }
    if (job->ctx && job->runs == 1 && !job->is_row) {
        rt_progress_run(job->ctx, job->m->name, fraction);
    }
}

void rt_report_stage(const struct rt_job *job, int64_t n, const char *what, double fraction)
{
    if (job->ctx && job->runs == 1 && !job->is_row) {
        struct rt_buffer text = {0};
        rt_putf(&text, "%s: %lld %s", job->m->name, (long long)n, what);
        rt_progress_run(job->ctx, text.data, fraction);
        rt_buffer_free(&text);
    }
}
