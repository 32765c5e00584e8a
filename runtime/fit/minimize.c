/* `minimize`: runs starts on threads, selects the best one, and reports on it. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"
#include "runtime/rt_estimate.h"

enum { MOST_TRIES = 50 };            /* of a random start, until the block has a loss */
enum { MOST_NAMED = 5 };             /* of the parameters that are held */
static const double spans_log = 100; /* ratio of bounds from which a parameter is varied by its logarithm */
/* starts have found the best if they come this close, relative to the loss */
static const double reaches = 1e-3;

static int fail(struct rt_fit *fit, const char *format, const char *name, double a, double b)
{
    return crnl_fail(fit->ctx, CRNL_BAD_ARGUMENT, fit->spec->line, format, name, a, b);
}

/* ---- Parameters ---- */

void rt_fit_name(const struct rt_fit *fit, int32_t i, struct rt_buffer *text)
{
    const struct crnl_minimize_spec *s = fit->spec;
    int32_t target = fit->target[i];
    rt_buffer_clear(text);
    rt_put(text, s->name[target]);
    if (s->count[target] > 1) {
        rt_putf(text, "[%d]", fit->element[i]);
    }
}

static const char *parameter_name(const struct rt_fit *fit, int32_t i, struct rt_buffer *text)
{
    rt_fit_name(fit, i, text);
    return text->data;
}

static int current_values(struct rt_fit *fit, double *x)
{
    const struct crnl_minimize_spec *s = fit->spec;
    struct crnl_ctx *ctx = fit->ctx;
    int status = CRNL_OK;
    for (int32_t i = 0; i < s->n_targets && !status; i++) {
        if (s->net[i] < 0) {
            *x = ctx->global[s->symbol[i]];
        } else {
            status = rt_network_start(ctx, s->net[i], s->symbol[i], s->first[i], s->count[i], x, s->line);
        }
        x += s->count[i];
    }
    return status;
}

static bool is_amount(const struct rt_fit *fit, int32_t i)
{
    const struct crnl_minimize_spec *s = fit->spec;
    int32_t t = fit->target[i];
    if (s->net[t] < 0) {
        return false;
    }
    const struct crnl_model *m = fit->ctx->net[s->net[t]].m;
    const struct crnl_symbol *symbol = &m->symbol[s->symbol[t]];
    return m->elem[symbol->first + s->first[t] + fit->element[i]].kind == CRNL_ELEM_SPECIES;
}

/* The size of the values of a target. An array counts as a whole, because one of its elements may happen to
 * be small. */
static double size_of_target(const struct rt_fit *fit, int32_t i)
{
    int32_t first = i - fit->element[i], n = fit->spec->count[fit->target[i]];
    double sum = 0;
    for (int32_t k = first; k < first + n; k++) {
        sum += fit->x0[k] * fit->x0[k];
    }
    return sum > 0 && sum < INFINITY ? sqrt(sum / n) : 1;
}

static int set_bounds(struct rt_fit *fit, const double *const *lo, const double *const *hi)
{
    struct rt_buffer name = {0};
    int status = CRNL_OK;
    for (int32_t i = 0; i < fit->n && !status; i++) {
        int32_t t = fit->target[i], k = fit->element[i];
        const char *text = parameter_name(fit, i, &name);
        double x = fit->x0[i], way = fit->option[fit->spec->minimizer->n_options + t];
        fit->lo[i] = lo[t] ? lo[t][k] : is_amount(fit, i) ? 0 : -INFINITY;
        fit->hi[i] = hi[t] ? hi[t][k] : INFINITY;
        double a = fit->lo[i], b = fit->hi[i];
        if (!(a <= b) || a == INFINITY || b == -INFINITY) {
            status = fail(fit, "the bounds of `%s` are %.6g..%.6g: the first is larger than the second", text,
                          a, b);
        }
        fit->is_log[i] = way < 0 ? a > 0 && b / a >= spans_log && b < INFINITY : way > 0;
        if (!status && fit->is_log[i] && !(a > 0) && !(x > 0 && a <= 0 && b > 0)) {
            status = fail(fit,
                          "`%s` has no logarithm: it is %.6g\n"
                          "  help: give it bounds above 0, or log = false",
                          text, x, 0);
        }
        if (!status && !(fabs(x) < INFINITY)) {
            status = fail(fit, "`%s` starts at %.6g", text, x, 0);
        }
        double width = b - a < INFINITY ? b - a : 0;
        fit->scale[i] = width > 0 ? width : size_of_target(fit, i);
    }
    rt_buffer_free(&name);
    return status;
}

bool rt_fit_is_held(const struct rt_fit *fit, int32_t i)
{
    return fit->lo[i] == fit->hi[i];
}

/* Says which parameters have equal bounds and are therefore held; returns a status: one at least has to be
 * left. */
static int say_held(struct rt_fit *fit)
{
    struct rt_buffer list = {0}, name = {0};
    int32_t n = 0;
    for (int32_t i = 0; i < fit->n; i++) {
        if (rt_fit_is_held(fit, i) && n++ < MOST_NAMED) {
            rt_putf(&list, "%s`%s`", n > 1 ? ", " : "", parameter_name(fit, i, &name));
        }
    }
    if (n > MOST_NAMED) {
        rt_putf(&list, " and %d more", (int)(n - MOST_NAMED));
    }
    int status = CRNL_OK;
    if (n == fit->n) {
        status = crnl_fail(fit->ctx, CRNL_BAD_ARGUMENT, fit->spec->line,
                           "nothing can be varied: equal bounds hold %s\n"
                           "  help: give one of them bounds that differ",
                           list.data);
    } else if (n > 0) {
        rt_warn_at(fit->ctx, fit->spec->line, "equal bounds hold %s: not varied, no standard error",
                   list.data);
    }
    rt_buffer_free(&list);
    rt_buffer_free(&name);
    return status;
}

/* Says of the first value that lies outside its bounds where the search begins instead. */
static void say_outside(struct rt_fit *fit)
{
    struct rt_buffer name = {0};
    for (int32_t i = 0; i < fit->n && fit->option[CRNL_FIT_CURRENT] > 0; i++) {
        double x = fit->x0[i], begin = x < fit->lo[i] ? fit->lo[i] : fit->hi[i];
        if ((x < fit->lo[i] || x > fit->hi[i]) && !rt_fit_is_held(fit, i)) {
            bool of_net = fit->spec->net[fit->target[i]] >= 0;
            const char *of = parameter_name(fit, i, &name);
            rt_warn_at(fit->ctx, fit->spec->line,
                       "`%s` is %.6g, outside its bounds %.6g..%.6g: the search begins at %.6g\n"
                       "  help: begin within them, %s%s = %.6g;`, or give wider ones",
                       of, x, fit->lo[i], fit->hi[i], begin, of_net ? "`set " : "`param ", of, begin);
            break;
        }
    }
    rt_buffer_free(&name);
}

static void create(struct rt_fit *fit)
{
    const struct crnl_minimize_spec *s = fit->spec;
    for (int32_t i = 0; i < s->n_targets; i++) {
        fit->n += s->count[i];
    }
    size_t n = (size_t)fit->n;
    fit->target = rt_alloc(n, sizeof *fit->target);
    fit->element = rt_alloc(n, sizeof *fit->element);
    fit->lo = rt_alloc(n, sizeof *fit->lo);
    fit->hi = rt_alloc(n, sizeof *fit->hi);
    fit->x0 = rt_alloc(n, sizeof *fit->x0);
    fit->scale = rt_alloc(n, sizeof *fit->scale);
    fit->is_log = rt_alloc(n, sizeof *fit->is_log);
    fit->moves = rt_alloc(n, sizeof *fit->moves);
    double starts =
        fit->option[CRNL_FIT_RESTARTS] > 0 ? fit->option[CRNL_FIT_RESTARTS] : fit->option[CRNL_FIT_STARTS];
    fit->all_starts = (int32_t)starts;
    fit->n_starts = fit->ctx->estimate ? 1 : fit->all_starts;
    fit->start = rt_alloc((size_t)fit->n_starts, sizeof *fit->start);
    for (int32_t i = 0, at = 0; i < s->n_targets; i++) {
        for (int32_t k = 0; k < s->count[i]; k++, at++) {
            fit->target[at] = i;
            fit->element[at] = k;
        }
    }
    for (int32_t i = 0; i < fit->n_starts; i++) {
        fit->start[i].z = rt_alloc(n, sizeof *fit->start[i].z);
        fit->start[i].loss = fit->start[i].first = INFINITY;
    }
}

static void destroy(struct rt_fit *fit)
{
    for (int32_t i = 0; i < fit->n_starts; i++) {
        free(fit->start[i].z);
        free(fit->start[i].series);
        free(fit->start[i].why);
    }
    free(fit->start);
    free(fit->target);
    free(fit->element);
    free(fit->lo);
    free(fit->hi);
    free(fit->x0);
    free(fit->scale);
    free(fit->is_log);
    free(fit->moves);
}

/* ---- Starts ---- */

/* A random value between the bounds, on the scale of the fit; without bounds, around the present value. */
static double random_z(const struct rt_trial *t, int32_t i, struct crnl_rng *rng)
{
    const struct rt_fit *fit = t->fit;
    double lo = t->lo[i], hi = t->hi[i], z = fit->is_log[i] ? log(fit->x0[i]) : fit->x0[i] / fit->scale[i];
    if (lo > -INFINITY && hi < INFINITY) {
        return lo + (hi - lo) * crnl_rng_uniform(rng);
    }
    z += fit->option[CRNL_FIT_SPREAD] * crnl_rng_normal(rng);
    return z < lo ? 2 * lo - z : z > hi ? 2 * hi - z : z;
}

void rt_fit_first(const struct rt_trial *t, double *z)
{
    const struct rt_fit *fit = t->fit;
    for (int32_t i = 0; i < fit->n; i++) {
        double x = fit->x0[i] < fit->lo[i] ? fit->lo[i] : fit->x0[i] > fit->hi[i] ? fit->hi[i] : fit->x0[i];
        z[i] = fit->is_log[i] ? log(x) : x / fit->scale[i];
        z[i] = z[i] < t->lo[i] ? t->lo[i] : z[i] > t->hi[i] ? t->hi[i] : z[i];
    }
}

/* Finds a point at which the search begins: one at which the block has a loss. Returns false if there is
 * none. */
static bool find_start(struct rt_trial *t, int32_t number, double *z)
{
    struct rt_fit *fit = t->fit;
    struct crnl_rng rng;
    bool current = number == 0 && fit->option[CRNL_FIT_CURRENT] > 0;
    crnl_rng_seed(&rng, fit->ctx->options.seed, (uint32_t)fit->spec->statement, fit->count, (uint64_t)number,
                  CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < MOST_TRIES && !rt_trial_is_over(t); i++) {
        for (int32_t k = 0; k < fit->n; k++) {
            z[k] = random_z(t, k, &rng);
        }
        if (current && i == 0) {
            rt_fit_first(t, z);
        }
        double loss;
        if (rt_trial_loss(t, z, &loss, NULL)) {
            t->start->first = loss;
            return true;
        }
        if (current && i == 0 && fit->n_starts == 1) {
            return false; /* the present values were requested */
        }
    }
    return false;
}

struct work {
    struct rt_fit *fit;
    pthread_t head;
    int threads_each;
};

static void run_start(void *env, int64_t i, struct rt_meeting *m)
{
    struct work *w = env;
    struct rt_fit *fit = w->fit;
    struct rt_trial *t = rt_trial_create(fit, &fit->start[i], w->threads_each, m);
    double *z = rt_alloc((size_t)fit->n, sizeof *z);
    t->is_head = pthread_equal(pthread_self(), w->head);
    if (find_start(t, (int32_t)i, z)) {
        fit->spec->minimizer->rule->run(t, z);
    }
    atomic_fetch_add(&fit->n_done, 1);
    free(z);
    rt_trial_destroy(t);
}

static int run_starts(struct rt_fit *fit)
{
    int threads = rt_threads(fit->ctx), n = threads < fit->n_starts ? threads : fit->n_starts;
    struct work w = {fit, pthread_self(), threads / n};
    return rt_fit_run_starts(fit, n, run_start, &w);
}

/* Reports the time of a step, for all steps that there may be; if the start came to its end, the time of a
 * start, for all starts. */
static void end_estimate(struct rt_fit *fit)
{
    if (!fit->ctx->estimate) {
        return;
    }
    const struct rt_fit_start *s = &fit->start[0];
    double most = fit->option[CRNL_FIT_STEPS], steps = s->n_series < 1 ? 1 : s->n_series;
    bool is_cut = rt_estimate_is_enough(fit->ctx, fit->began, 1) && steps < most;
    const struct rt_pieces of_steps = {"steps of all starts", "", steps, most * fit->all_starts,
                                       fit->all_starts};
    const struct rt_pieces of_starts = {"starts", "", 1, fit->all_starts, fit->all_starts};
    if (s->loss < INFINITY) {
        rt_estimate_add(fit->ctx, fit->spec->line, fit->began, is_cut ? &of_steps : &of_starts);
    }
}

/* ---- Results ---- */

static struct rt_fit_start *best_start(struct rt_fit *fit)
{
    struct rt_fit_start *best = &fit->start[0];
    for (int32_t i = 1; i < fit->n_starts; i++) {
        if (fit->start[i].loss < best->loss) {
            best = &fit->start[i];
        }
    }
    return best;
}

static double share_of_best(const struct rt_fit *fit, const struct rt_fit_start *best)
{
    int32_t n = 0;
    for (int32_t i = 0; i < fit->n_starts; i++) {
        const struct rt_fit_start *s = &fit->start[i];
        double floor = s->first < INFINITY ? 1e-9 * fabs(s->first) : 0;
        n += s->loss <= best->loss + reaches * fabs(best->loss) + floor;
    }
    return (double)n / fit->n_starts;
}

/* Fails and says why no start has a loss. */
static int fail_all(struct rt_fit *fit)
{
    struct crnl_ctx *ctx = fit->ctx;
    const char *why = NULL;
    for (int32_t i = 0; i < fit->n_starts && !why; i++) {
        why = fit->start[i].why;
    }
    int fatal = atomic_load(&fit->fatal);
    if (rt_cancelled(ctx) && !fatal) {
        return crnl_fail(ctx, CRNL_CANCELLED, 0, "interrupted by %s", rt_signal_name(rt_cancelled(ctx)));
    }
    const char *first = fit->n_starts > 1                   ? "no start has a loss that is a number"
                        : fit->option[CRNL_FIT_CURRENT] > 0 ? "the loss is not a number at the values of now"
                                                            : "no start has a loss that is a number";
    const char *begin = fatal && why ? "" : first;
    static const char help[] =
        "\n  help: look for a division by 0 (a standard deviation of 0, too), a logarithm of what is not "
        "above 0, "
        "a root of what is below 0: `print` shows the parts of the loss behind a run with the values of now";
    return crnl_fail(ctx, fatal ? fatal : CRNL_BAD_ARGUMENT, fit->spec->line, "%s%s%s", begin,
                     why && *begin ? "; there: " : "", why ? why : help);
}

static void say_steps_back(struct rt_fit *fit)
{
    int64_t retreats = 0, starts = 0;
    for (int32_t i = 0; i < fit->n_starts; i++) {
        retreats += fit->start[i].retreats;
        starts += fit->start[i].retreats > 0;
    }
    if (retreats) {
        rt_warn_at(
            fit->ctx, fit->spec->line,
            "the loss was not a number after %lld steps of %lld of %d starts: each went back to the last "
            "good step, with half the rate",
            (long long)retreats, (long long)starts, fit->n_starts);
    }
}

/* Every start has computed derivatives: the loss does not depend on a parameter whose derivative was 0 in all
 * of them. */
static int check_dependence(struct rt_fit *fit, const struct rt_fit_start *best)
{
    struct rt_buffer list = {0}, name = {0};
    int32_t n = 0, varied = 0;
    for (int32_t i = 0; i < fit->n; i++) {
        varied += !rt_fit_is_held(fit, i);
        if (!fit->moves[i] && !rt_fit_is_held(fit, i)) {
            rt_putf(&list, "%s`%s`", n++ ? ", " : "", parameter_name(fit, i, &name));
        }
    }
    int status = CRNL_OK;
    if (best->derivatives == 0 && best->n_series > 0) {
        status = crnl_fail(fit->ctx, CRNL_BAD_ARGUMENT, fit->spec->line,
                           "the loss has no derivative where the search begins%s%s",
                           best->why ? "; there: " : "", best->why ? best->why : "");
    } else if (n == varied && best->n_series > 0) {
        status = crnl_fail(
            fit->ctx, CRNL_BAD_ARGUMENT, fit->spec->line,
            "the loss does not depend on %s\n  help: vary what has an effect on the amounts that the loss "
            "reads, or let the loss read amounts that this changes, after a run in the block",
            list.data);
    } else if (n > 0 && best->n_series > 0) {
        rt_warn_at(fit->ctx, fit->spec->line, "the loss does not depend on %s", list.data);
    }
    rt_buffer_free(&list);
    rt_buffer_free(&name);
    return status;
}

static void say_interrupted(struct rt_fit *fit, const struct rt_fit_start *best)
{
    if (!rt_cancelled(fit->ctx)) {
        return;
    }
    rt_cancel_clear(fit->ctx);
    rt_warn_at(fit->ctx, fit->spec->line,
               "minimizing was interrupted; the program goes on with the best so far, a loss of %.6g",
               best->loss);
}

/* Sets the best values and executes the block once more in the program itself; its runs are then those at the
 * best values. */
static int take_best(struct rt_fit *fit, const struct rt_fit_start *best, double *loss)
{
    struct crnl_ctx *ctx = fit->ctx;
    double *x = rt_alloc((size_t)fit->n, sizeof *x), none[1] = {0};
    struct rt_trial last = {.fit = fit, .ctx = ctx, .gradient = none};
    rt_fit_to_x(fit, best->z, x);
    ctx->trial = &last;
    int status = rt_fit_set(fit, ctx, x);
    status = status ? status : fit->block(ctx, fit->frame);
    ctx->trial = NULL;
    *loss = last.loss;
    free(x);
    return status;
}

static void put_results(struct rt_fit *fit, const struct rt_fit_start *best, double loss, double *const *out)
{
    *out[0] = loss;
    *out[1] = share_of_best(fit, best);
    for (int32_t i = 0; i < fit->all_starts && out[2]; i++) {
        out[2][i] = fit->start[i < fit->n_starts ? i : 0].loss;
    }
    for (int32_t i = 0; i < best->n_series; i++) {
        crnl_record(fit->ctx, fit->spec->record, best->series[i]);
    }
}

/* Computes standard errors and profiles into the arrays of each target. */
static void measure(struct rt_fit *fit, const struct rt_fit_start *best, double *const *out)
{
    double want = fit->option[CRNL_FIT_ERRORS];
    int32_t points = (int32_t)fit->option[CRNL_FIT_PROFILE];
    size_t n = (size_t)fit->n;
    double *error = rt_alloc(n, sizeof *error),
           *profile = rt_alloc(2 * n * (size_t)points + 1, sizeof *profile);
    _Atomic bool *moves = fit->moves;
    fit->moves = NULL;
    for (size_t i = 0; i < n; i++) {
        error[i] = NAN;
    }
    bool wanted = want < 0 ? fit->spec->minimizer->finds_minimum : want > 0;
    if (wanted || points) {
        rt_fit_errors(fit, best, error);
    }
    if (points) {
        rt_fit_profile(fit, best, error, points, profile);
    }
    for (int32_t i = 0, at = 0; i < fit->spec->n_targets; at += fit->spec->count[i++]) {
        double *const *to = out + 3 + 2 * i;
        size_t count = (size_t)fit->spec->count[i], width = 2 * (size_t)points;
        memcpy(to[0], error + at, count * sizeof *error);
        if (to[1]) {
            memcpy(to[1], profile + (size_t)at * width, count * width * sizeof *profile);
        }
    }
    fit->moves = moves;
    free(error);
    free(profile);
}

static int check_options(struct crnl_ctx *ctx, const struct crnl_minimize_spec *spec, const double *option)
{
    for (int32_t i = 0; i < spec->minimizer->n_options; i++) {
        const struct crnl_learn_option *o = &spec->minimizer->option[i];
        double v = option[i];
        bool inside = o->word || v == o->value || (v >= o->least && v <= o->most);
        if (!inside || (o->whole && v != floor(v))) {
            return crnl_fail(ctx, CRNL_BAD_ARGUMENT, spec->line,
                             "`%s` is %s from %.15g to %.15g, and not %.15g", o->name,
                             o->whole ? "an integer" : "a number", o->least, o->most, v);
        }
    }
    return CRNL_OK;
}

int crnl_minimize(struct crnl_ctx *ctx, const struct crnl_minimize_spec *spec, const double *option,
                  const double *const *lo, const double *const *hi,
                  int (*block)(struct crnl_ctx *ctx, void *frame), void *frame, double *const *out)
{
    struct rt_fit fit = {.ctx = ctx, .spec = spec, .block = block, .frame = frame, .option = option};
    if (check_options(ctx, spec, option)) {
        return ctx->status;
    }
    create(&fit);
    fit.count = rt_next_count(ctx, spec->statement, CRNL_DRAW_EXPRESSION);
    int status = current_values(&fit, fit.x0);
    status = status ? status : set_bounds(&fit, lo, hi);
    status = status ? status : say_held(&fit);
    if (!status) {
        say_outside(&fit);
        if (spec->minimizer->rule->prepare) {
            spec->minimizer->rule->prepare(&fit);
        }
        rt_fit_scales(&fit);
        fit.began = rt_estimate_now(ctx);
        status = run_starts(&fit);
        end_estimate(&fit);
        struct rt_fit_start *best = best_start(&fit);
        double loss = 0;
        bool found = best->loss < INFINITY && !atomic_load(&fit.fatal);
        bool is_known = found && !ctx->estimate; /* an estimate needs nothing else */
        status = status ? status : is_known ? check_dependence(&fit, best) : found ? CRNL_OK : fail_all(&fit);
        if (!status) {
            say_steps_back(&fit);
            say_interrupted(&fit, best);
            measure(&fit, best, out);
            status = take_best(&fit, best, &loss);
        }
        if (!status) {
            put_results(&fit, best, loss, out);
        }
    }
    destroy(&fit);
    return status;
}
