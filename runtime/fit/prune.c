/* Prune and retrain: the smallest parameters are left out, the others learn again by ADAM, and this is
 * repeated as long as the loss comes to `target`. What can be left out is a parameter whose bounds the
 * program gives, which is then at the lower one, and a rate of a reaction tensor, whose share in its row goes
 * to the diagonal. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adam.h"

enum { SHARE = RT_ADAM_MORE };

static const struct crnl_learn_option options[] = {
    RT_ADAM_OPTIONS(300),
    {.name = "share", .value = 0.2, .least = 0, .most = 1},
};

static const double none = 1e-18; /* the share in its row of a rate that is left out */

/* What is known of the parameters: whether one may be left out, is, and whether it was tried in vain; and the
 * loss without those that are. */
struct state {
    bool *may, *out, *needed;
    double loss;
};

struct candidate {
    double size;
    int32_t i;
};

/* The length of a row of logits, or 0: the parameter is none. Only reaction tensors have a threshold of their
 * rates, and parameters of three axes: by catalyst, input and output. */
static int32_t row_length(const struct rt_fit *fit, int32_t i)
{
    const struct crnl_minimize_spec *s = fit->spec;
    int32_t t = fit->target[i];
    if (s->net[t] < 0 || !fit->ctx->net[s->net[t]].m->threshold_of) {
        return 0;
    }
    const struct crnl_symbol *symbol = &fit->ctx->net[s->net[t]].m->symbol[s->symbol[t]];
    return symbol->rank == 3 && s->count[t] == symbol->size ? symbol->dim[2] : 0;
}

/* The place of a logit's row, and of the diagonal in it. */
static int32_t row_start(const struct rt_fit *fit, int32_t i, int32_t length, int32_t *diagonal)
{
    int32_t row = fit->element[i] / length, start = i - fit->element[i] % length;
    *diagonal = start + row % length;
    return start;
}

/* The logarithm of the sum of a row of exponentials. */
static double row_sum(const struct rt_fit *fit, const double *z, int32_t start, int32_t length)
{
    double most = -INFINITY, sum = 0;
    for (int32_t k = start; k < start + length; k++) {
        most = fmax(most, z[k] * fit->scale[k]);
    }
    for (int32_t k = start; k < start + length; k++) {
        sum += exp(z[k] * fit->scale[k] - most);
    }
    return most + log(sum);
}

static bool may_be_left_out(const struct rt_trial *t, int32_t i)
{
    int32_t length = row_length(t->fit, i), diagonal;
    if (length) {
        row_start(t->fit, i, length, &diagonal);
        return i != diagonal && !rt_fit_is_held(t->fit, i) && !rt_fit_is_held(t->fit, diagonal);
    }
    return t->lo[i] > -INFINITY && t->hi[i] < INFINITY && !rt_fit_is_held(t->fit, i);
}

/* How much of a parameter there is, between 0 and 1. */
static double size(const struct rt_trial *t, const double *z, int32_t i)
{
    int32_t length = row_length(t->fit, i), diagonal;
    if (!length) {
        return (z[i] - t->lo[i]) / (t->hi[i] - t->lo[i]);
    }
    int32_t start = row_start(t->fit, i, length, &diagonal);
    return exp(z[i] * t->fit->scale[i] - row_sum(t->fit, z, start, length));
}

static void leave_out(struct rt_trial *t, double *z, int32_t i)
{
    const struct rt_fit *fit = t->fit;
    int32_t length = row_length(fit, i), d;
    if (length) {
        double sum = row_sum(fit, z, row_start(fit, i, length, &d), length);
        z[d] = (sum + log(exp(z[d] * fit->scale[d] - sum) + exp(z[i] * fit->scale[i] - sum))) / fit->scale[d];
        t->lo[i] = (sum + log(none)) / fit->scale[i];
    }
    z[i] = t->hi[i] = t->lo[i];
}

static int by_size(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->size < y->size ? -1 : x->size > y->size ? 1 : (x->i > y->i) - (x->i < y->i);
}

/* The parameters that could be left out next, the smallest first; their number. */
static int32_t list(const struct rt_trial *t, const struct state *s, const double *z, struct candidate *c)
{
    int32_t n = 0;
    for (int32_t i = 0; i < t->fit->n; i++) {
        if (s->may[i] && !s->out[i] && !s->needed[i]) {
            c[n++] = (struct candidate){size(t, z, i), i};
        }
    }
    qsort(c, (size_t)n, sizeof *c, by_size);
    return n;
}

/* Learns from z, and is true where the loss comes to the target; z is then the best point. */
static bool retrain(struct rt_trial *t, double *z)
{
    t->start->loss = INFINITY;
    rt_adam_run(t, z);
    if (!rt_trial_reached(t)) {
        return false;
    }
    memcpy(z, t->start->z, (size_t)t->fit->n * sizeof *z);
    return true;
}

/* Leaves out the first m candidates, if the others can learn to do without them. */
static bool do_without(struct rt_trial *t, struct state *s, double *z, const struct candidate *c, int32_t m)
{
    size_t n = (size_t)t->fit->n;
    double *z0 = rt_copy(z, n, sizeof *z), *lo = rt_copy(t->lo, n, sizeof *lo),
           *hi = rt_copy(t->hi, n, sizeof *hi);
    for (int32_t k = 0; k < m; k++) {
        leave_out(t, z, c[k].i);
    }
    bool good = retrain(t, z);
    for (int32_t k = 0; k < m && good; k++) {
        s->out[c[k].i] = true;
    }
    if (good) {
        s->loss = t->start->loss;
    } else {
        memcpy(z, z0, n * sizeof *z);
        memcpy(t->lo, lo, n * sizeof *lo);
        memcpy(t->hi, hi, n * sizeof *hi);
    }
    free(z0);
    free(lo);
    free(hi);
    return good;
}

/* Many are tried at once, and half as many where that fails; one that fails by itself is needed. */
static void prune(struct rt_trial *t, struct state *s, double *z, struct candidate *c)
{
    double share = t->fit->option[SHARE];
    int32_t n;
    while ((n = list(t, s, z, c)) > 0 && !rt_trial_is_over(t)) {
        int32_t m = (int32_t)ceil(share * n);
        m = m < 1 ? 1 : m;
        bool good = do_without(t, s, z, c, m);
        share = good ? share : share / 2;
        s->needed[c[0].i] = !good && m == 1;
    }
}

static void run(struct rt_trial *t, double *z)
{
    size_t n = (size_t)t->fit->n;
    if (!retrain(t, z)) {
        return; /* nothing is left out, and the best point is the result */
    }
    struct state s = {rt_alloc(n, sizeof *s.may), rt_alloc(n, sizeof *s.out), rt_alloc(n, sizeof *s.needed),
                      t->start->loss};
    struct candidate *c = rt_alloc(n, sizeof *c);
    for (int32_t i = 0; i < t->fit->n; i++) {
        s.may[i] = may_be_left_out(t, i);
    }
    prune(t, &s, z, c);
    memcpy(t->start->z, z, n * sizeof *z);
    t->start->loss = s.loss;
    free(s.may);
    free(s.out);
    free(s.needed);
    free(c);
}

/* Whether the bounds, or a reaction tensor, say what it is to leave parameter i out. */
static bool can_be_left_out(const struct rt_fit *fit, int32_t i)
{
    bool bounded = fit->lo[i] > -INFINITY && fit->hi[i] < INFINITY;
    return !rt_fit_is_held(fit, i) && (bounded || row_length(fit, i) > 0);
}

static void prepare(const struct rt_fit *fit)
{
    bool some = false;
    for (int32_t i = 0; i < fit->n; i++) {
        some = some || can_be_left_out(fit, i);
    }
    if (!some) {
        rt_warn_at(fit->ctx, fit->spec->line,
                   "`prune` leaves nothing out: what it varies has no bounds\n"
                   "  help: what is left out is at its lower bound: minimize over %s in 0..1 by prune(...)",
                   fit->spec->name[0]);
    }
    rt_adam_prepare(fit);
}

static const struct rt_fit_rule rule = {run, prepare};

const struct crnl_minimizer crnl_minimize_prune = {
    .name = "prune", .n_options = sizeof options / sizeof *options, .option = options, .rule = &rule};
