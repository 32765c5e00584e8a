/* Evaluates the block of a `minimize` in a context of its own, which has the parameters of the program's
 * context and no output. A failure there is a value without a loss, not an error of the program. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"
#include "runtime/rt_estimate.h"
#include "runtime/rt_rows.h"

const char *const rt_fit_gradients[] = {"adjoint", "differences", NULL};

/* ---- Contexts ---- */

static void copy_overrides(struct rt_overrides *to, const struct rt_overrides *from, int32_t n)
{
    memcpy(to->set, from->set, (size_t)n);
    memcpy(to->value, from->value, (size_t)n * sizeof *to->value);
    to->any = from->any;
    to->version++;
}

/* Copies the values that `set` gave and that models have learned; data files that were read are shared. */
static void copy_values(struct crnl_ctx *to, const struct crnl_ctx *from)
{
    const struct crnl_program *p = from->program;
    rt_neural_copy(to, from);
    memcpy(to->global, from->global, rt_count_numbers(p) * sizeof *to->global);
    to->globals_version++;
    memcpy(to->data, from->data, (size_t)p->n_data * sizeof *to->data);
    for (int32_t i = 0; i < p->n_nets; i++) {
        copy_overrides(&to->net[i].param_set, &from->net[i].param_set, p->net[i]->n_params);
        copy_overrides(&to->net[i].start_set, &from->net[i].start_set, p->net[i]->n_species);
    }
}

struct rt_trial *rt_trial_create(struct rt_fit *fit, struct rt_fit_start *start, int threads,
                                 struct rt_meeting *m)
{
    struct rt_trial *t = rt_alloc(1, sizeof *t);
    struct crnl_options options = fit->ctx->options;
    options.threads = threads;
    options.quiet = 1;
    options.progress = 0;
    options.n_set = 0;
    *t = (struct rt_trial){.fit = fit, .start = start, .ctx = crnl_create(fit->ctx->program, &options)};
    t->ctx->start = fit->ctx->start;
    t->ctx->cancels_seen = fit->ctx->cancels_seen;
    t->ctx->trial = t;
    t->ctx->meeting = m;
    t->kept = rt_fit_kept_create(fit, start);
    copy_values(t->ctx, fit->ctx);
    size_t n = (size_t)fit->n;
    t->lo = rt_alloc(n, sizeof *t->lo);
    t->hi = rt_alloc(n, sizeof *t->hi);
    t->gradient = rt_alloc(n, sizeof *t->gradient);
    t->point = rt_alloc(n, sizeof *t->point);
    t->x = rt_alloc(n, sizeof *t->x);
    for (size_t i = 0; i < n; i++) {
        double s = fit->is_log[i] ? 1 : fit->scale[i];
        t->lo[i] = fit->is_log[i] ? (fit->lo[i] > 0 ? log(fit->lo[i]) : -INFINITY) : fit->lo[i] / s;
        t->hi[i] = fit->is_log[i] ? log(fit->hi[i]) : fit->hi[i] / s;
    }
    return t;
}

void rt_trial_destroy(struct rt_trial *t)
{
    if (!t) {
        return;
    }
    for (int32_t i = 0; i < t->fit->ctx->program->n_data; i++) {
        bool shared = t->ctx->data[i] == t->fit->ctx->data[i];
        t->ctx->data[i] = shared ? NULL : t->ctx->data[i];
    }
    crnl_destroy(t->ctx);
    free(t->lo);
    free(t->hi);
    free(t->gradient);
    free(t->point);
    free(t->x);
    free(t->residual);
    rt_fit_kept_destroy(t->kept);
    free(t->side[0]);
    free(t->side[1]);
    free(t);
}

/* ---- Values ---- */

void rt_fit_to_x(const struct rt_fit *fit, const double *z, double *x)
{
    for (int32_t i = 0; i < fit->n; i++) {
        double v = fit->is_log[i] ? exp(z[i]) : z[i] * fit->scale[i];
        v = v < fit->lo[i] ? fit->lo[i] : v > fit->hi[i] ? fit->hi[i] : v; /* rounding may exceed bounds */
        x[i] = v;
    }
}

int rt_fit_set(const struct rt_fit *fit, struct crnl_ctx *ctx, const double *x)
{
    const struct crnl_minimize_spec *s = fit->spec;
    int status = CRNL_OK;
    for (int32_t i = 0; i < s->n_targets && !status; i++) {
        if (s->net[i] < 0) {
            ctx->global[s->symbol[i]] = *x;
            ctx->globals_version++;
        } else {
            status =
                crnl_bind(ctx, s->net[i], s->symbol[i], s->first[i], s->count[i], x, 0, CRNL_START, s->line);
        }
        x += s->count[i];
    }
    return status;
}

/* ---- One evaluation ---- */

static void note_failure(struct rt_trial *t, int status)
{
    struct crnl_ctx *ctx = t->ctx;
    t->start->failures++;
    if (ctx->status && !t->start->why) {
        const char *text = crnl_error_text(ctx), *message = strstr(text, "]: "); /* after place and code */
        t->start->why = rt_strdup(message ? message + 3 : text);
    }
    if (status == CRNL_CANCELLED || status == CRNL_LIMIT || status == CRNL_MEMORY) {
        int none = 0;
        if (status != CRNL_CANCELLED) {
            atomic_compare_exchange_strong(&t->fit->fatal, &none, status);
        }
    }
    rt_rows_abandon(ctx);
    rt_buffer_clear(&ctx->error);
    ctx->status = CRNL_OK;
}

uint64_t rt_trial_draw(const struct rt_trial *t)
{
    return t->draw;
}

/* Executes the block at x. Random draws are the same each time, so that the loss is a function of the values,
 * unless `draw` changes. */
static bool compute(struct rt_trial *t)
{
    struct crnl_ctx *ctx = t->ctx;
    const struct crnl_ctx *head = t->fit->ctx;
    t->start->evaluations++;
    t->loss = 0;
    t->n_residuals = 0;
    memset(t->gradient, 0, (size_t)t->fit->n * sizeof *t->gradient);
    memset(ctx->count, 0, (size_t)ctx->n_counts * sizeof *ctx->count);
    memcpy(ctx->count, head->count,
           (size_t)(ctx->n_counts < head->n_counts ? ctx->n_counts : head->n_counts) * sizeof *ctx->count);
    ctx->failed_rows = false;
    int status = rt_fit_set(t->fit, ctx, t->x);
    status = status ? status : t->fit->block(ctx, t->fit->frame);
    crnl_text_reset(ctx);
    if (status || ctx->status || ctx->failed_rows || !(fabs(t->loss) < INFINITY)) {
        note_failure(t, status ? status : ctx->status);
        return false;
    }
    return true;
}

static bool execute(struct rt_trial *t, int wants)
{
    bool good;
    if (rt_trial_is_over(t)) {
        return false;
    }
    t->wants = wants;
    if (!rt_fit_kept_take(t, &good)) {
        good = compute(t);
        rt_fit_kept_put(t, good);
    }
    return good;
}

/* The first loss below the wanted one ends only its own start, so that results do not depend on threads. */
static void keep_best(struct rt_trial *t, const double *z)
{
    struct rt_fit_start *s = t->start;
    if (t->draw == 0 && t->loss < s->loss) {
        s->loss = t->loss;
        memcpy(s->z, z, (size_t)t->fit->n * sizeof *z);
    }
}

static bool evaluate(struct rt_trial *t, const double *z, int wants, bool keeps)
{
    rt_fit_to_x(t->fit, z, t->x);
    if (!execute(t, wants)) {
        return false;
    }
    if (keeps) {
        keep_best(t, z);
    }
    return true;
}

bool rt_trial_is_over(const struct rt_trial *t)
{
    const struct rt_fit *fit = t->fit;
    bool is_enough = t->start->n_series > 0 && rt_estimate_is_enough(fit->ctx, fit->began, 1);
    return rt_cancelled(fit->ctx) || atomic_load(&fit->fatal) || is_enough;
}

bool rt_trial_reached(const struct rt_trial *t)
{
    return t->start->loss <= t->fit->option[CRNL_FIT_TARGET];
}

static void show_progress(struct rt_trial *t)
{
    struct rt_fit *fit = t->fit;
    if (t->is_head) {
        double part = (double)t->start->n_series / fit->option[CRNL_FIT_STEPS];
        part = part > 1 ? 1 : part;
        rt_progress_run(fit->ctx, "minimize", (atomic_load(&fit->n_done) + part) / fit->n_starts);
    }
}

/* ---- Derivatives ---- */

/* The ends of a difference at z[i], about `difference` to either side, within the bounds. */
static void ends(const struct rt_trial *t, const double *z, int32_t i, double end[2])
{
    double h = t->fit->option[CRNL_FIT_DIFFERENCE];
    end[0] = z[i] - h < t->lo[i] ? t->lo[i] : z[i] - h;
    end[1] = z[i] + h > t->hi[i] ? t->hi[i] : z[i] + h;
}

/* Evaluates the block at one end. If it fails there, as with a negative rate constant, the end becomes z[i]
 * and the result is false. */
static bool evaluate_end(struct rt_trial *t, const double *z, int32_t i, int wants, double *end)
{
    memcpy(t->point, z, (size_t)t->fit->n * sizeof *z);
    t->point[i] = *end;
    bool good = evaluate(t, t->point, wants, false);
    *end = good ? *end : z[i];
    return good;
}

static bool by_differences(struct rt_trial *t, const double *z, double *gradient)
{
    double loss = t->loss;
    for (int32_t i = 0; i < t->fit->n; i++) {
        double end[2], at[2];
        ends(t, z, i, end);
        bool is_fixed = !(end[0] < end[1]);
        for (int k = 0; k < 2 && !is_fixed; k++) {
            at[k] = evaluate_end(t, z, i, 0, &end[k]) ? t->loss : loss;
        }
        if (!is_fixed && !(end[0] < end[1])) {
            return false;
        }
        gradient[i] = is_fixed ? 0 : (at[1] - at[0]) / (end[1] - end[0]);
    }
    t->loss = loss;
    rt_fit_to_x(t->fit, z, t->x);
    return true;
}

/* Converts derivatives by x to derivatives by z. */
static bool by_adjoint(const struct rt_trial *t, double *gradient)
{
    for (int32_t i = 0; i < t->fit->n; i++) {
        double slope = t->fit->is_log[i] ? t->x[i] : t->fit->scale[i];
        gradient[i] = t->lo[i] < t->hi[i] ? t->gradient[i] * slope : 0;
        if (!(fabs(gradient[i]) < INFINITY)) {
            return false;
        }
    }
    return true;
}

bool rt_trial_loss(struct rt_trial *t, const double *z, double *loss, double *gradient)
{
    double way = t->fit->option[CRNL_FIT_GRADIENT];
    bool adjoint =
        gradient && t->fit->spec->has_gradient && way != CRNL_FIT_DIFFERENCES && !t->has_no_adjoint;
    bool good =
        evaluate(t, z, adjoint ? CRNL_WANTS_GRADIENT : 0, true) && (!adjoint || by_adjoint(t, gradient));
    if (!good && adjoint && way == CRNL_FIT_EITHER && evaluate(t, z, 0, true)) {
        t->has_no_adjoint = good = true;
        adjoint = false;
    }
    *loss = t->loss;
    if (!good || (gradient && !adjoint && !by_differences(t, z, gradient))) {
        return false;
    }
    t->start->derivatives += gradient != NULL;
    for (int32_t i = 0; gradient && t->fit->moves && i < t->fit->n; i++) {
        if (gradient[i] != 0 && !t->fit->moves[i]) {
            t->fit->moves[i] = true; /* all threads that write here write the same value */
        }
    }
    show_progress(t);
    return true;
}

/* Computes residuals at a one-sided difference from z[i]: in the direction with more room, or in the other
 * one if there is a bound or no loss. Second order, by two sides, would be of no benefit: the steps of a
 * method for squares need only the first. */
static bool residuals_beside(struct rt_trial *t, const double *z, int32_t i, double *length)
{
    double end[2];
    ends(t, z, i, end);
    bool up = end[1] - z[i] >= z[i] - end[0], good = false;
    for (int k = 0; k < 2 && !good; k++) {
        double at = end[k == 0 ? up : !up];
        *length = at - z[i];
        good = *length != 0 && evaluate_end(t, z, i, CRNL_WANTS_RESIDUALS, &at);
    }
    return good;
}

bool rt_trial_column(struct rt_trial *t, const double *z, int32_t i, const double *here, int32_t m,
                     double *column)
{
    double length;
    memset(column, 0, (size_t)m * sizeof *column);
    if (!(t->lo[i] < t->hi[i])) {
        return true;
    }
    bool good = residuals_beside(t, z, i, &length) && t->n_residuals == m;
    for (int32_t j = 0; j < m && good; j++) {
        column[j] = (t->residual[j] - here[j]) / length;
    }
    return good;
}

bool rt_trial_residuals(struct rt_trial *t, const double *z, double *loss, double *jacobian)
{
    if (!evaluate(t, z, CRNL_WANTS_RESIDUALS, true)) {
        return false;
    }
    *loss = t->loss;
    int32_t m = t->n_residuals, n = t->fit->n;
    double *here = rt_copy(t->residual, (size_t)m, sizeof *here);
    bool good = true;
    for (int32_t i = 0; jacobian && i < n && good; i++) {
        double *column = jacobian + (size_t)i * (size_t)m;
        good = rt_trial_column(t, z, i, here, m, column);
        for (int32_t j = 0; good && j < m && t->fit->moves && !t->fit->moves[i]; j++) {
            t->fit->moves[i] = column[j] != 0;
        }
    }
    t->start->derivatives += jacobian && good;
    t->n_residuals = m;
    t->loss = *loss;
    if (m > 0) {
        memcpy(t->residual, here, (size_t)m * sizeof *here);
    }
    free(here);
    show_progress(t);
    return good;
}

void rt_fit_step(struct rt_fit_start *s, double loss)
{
    if (s->n_series == s->cap_series) {
        s->cap_series = s->cap_series ? 2 * s->cap_series : 64;
        s->series = rt_resize(s->series, (size_t)s->cap_series, sizeof *s->series);
    }
    s->series[s->n_series++] = loss;
}

/* ---- Called by the block ---- */

bool rt_trial_wants_gradient(const struct rt_trial *t)
{
    return t->wants == CRNL_WANTS_GRADIENT;
}

int crnl_loss(struct crnl_ctx *ctx, double value, int64_t *wants)
{
    struct rt_trial *t = ctx->trial;
    t->loss += value;
    *wants = t->wants;
    return CRNL_OK;
}

int crnl_loss_gradient(struct crnl_ctx *ctx, int32_t target, int32_t n, const double *v)
{
    struct rt_trial *t = ctx->trial;
    int32_t at = 0;
    for (int32_t i = 0; i < target; i++) {
        at += t->fit->spec->count[i];
    }
    for (int32_t i = 0; i < n; i++) {
        t->gradient[at + i] += v[i];
    }
    return CRNL_OK;
}

int crnl_loss_residuals(struct crnl_ctx *ctx, int32_t n, const double *v)
{
    struct rt_trial *t = ctx->trial;
    int32_t need = t->n_residuals + n;
    if (need > t->cap_residuals) {
        t->cap_residuals = 2 * need;
        t->residual = rt_resize(t->residual, (size_t)t->cap_residuals, sizeof *t->residual);
    }
    for (int32_t i = 0; i < n; i++) {
        if (v[i] == v[i]) { /* a missing measurement has no residual */
            t->residual[t->n_residuals++] = v[i];
        }
    }
    return CRNL_OK;
}
