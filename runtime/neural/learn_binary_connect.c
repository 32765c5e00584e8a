/* Training with weights that are rounded while values and gradients are computed, and real where steps add up: BinaryConnect
 * (Courbariaux, Bengio, David 2015), as Vasic et al. 2020 use it. Square hinge loss, ADAM (Kingma, Ba 2015), dropout, a
 * learning rate that falls from epoch to epoch, the best epoch kept.
 *
 * With `gain` g a layer computes h = max(0, a S h' + b), a = g / sqrt(inputs), S the rounded weights: sums of many
 * units stay of order 1. ReLU is positively homogeneous, so the network with S alone and the biases divided by the product of
 * the a's up to their layer has the same outputs but for one positive factor: that network is the result. Without it the square
 * hinge of wide layers starts far away from its margin: plain BinaryConnect with the rates of program 06 stays at 84.5 % of MNIST.
 *
 * Single precision, all products by one thread of BLAS: the same seed gives the same parameters on the same machine. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_binary_connect.h"
#include "runtime/rt_ctx.h"

enum keep { KEEP_BEST, KEEP_LAST };

enum { GAIN_AUTOMATIC = -1 };

static const char *const losses[] = {"square_hinge", NULL}, *const optimizers[] = {"adam", NULL},
                         *const keeps[] = {"best", "last", NULL};
static const struct crnl_learn_option options[BC_N_OPTIONS] = {
    [BC_LOSS] = {.name = "loss", .word = losses},
    [BC_OPTIMIZER] = {.name = "optimizer", .word = optimizers},
    [BC_LR] = {.name = "lr", .value = 0.001, .least = 1e-12, .most = 1000, .inside = "adam"},
    [BC_FINAL] = {.name = "final", .value = 0, .least = 0, .most = 1000, .inside = "adam"},
    [BC_DECAY] = {.name = "decay", .value = 1, .least = 1e-6, .most = 1, .inside = "adam"},
    [BC_BETA1] = {.name = "beta1", .value = 0.9, .least = 0, .most = 0.999999, .inside = "adam"},
    [BC_BETA2] = {.name = "beta2", .value = 0.999, .least = 0, .most = 0.999999999, .inside = "adam"},
    [BC_EPOCHS] = {.name = "epochs", .value = 100, .least = 1, .most = 1e9, .whole = 1},
    [BC_BATCH] = {.name = "batch", .value = 100, .least = 1, .most = 1 << 20, .whole = 1},
    [BC_DROPOUT] = {.name = "dropout", .value = 0, .least = 0, .most = 0.99},
    [BC_DROPOUT_INPUT] = {.name = "dropout_input", .value = 0, .least = 0, .most = 0.99},
    [BC_KEEP] = {.name = "keep", .word = keeps, .most = 1},
    [BC_GAIN] = {.name = "gain", .value = GAIN_AUTOMATIC, .least = 0, .most = 1e6, .per_layer = 1},
};

/* ---- The network that learns ---- */

static float uniform(struct crnl_rng *rng, double most)
{
    return (float)(most * (2 * crnl_rng_uniform(rng) - 1));
}

/* 2 for centred inputs, the square root of 2 that keeps the variance behind a rectifier (He et al. 2015), 1 for the outputs. */
static double gain_of(const struct bc_trainer *t, int32_t l)
{
    const struct crnl_neural *m = t->l->m;
    double given = t->option[BC_GAIN + l];
    return given != GAIN_AUTOMATIC           ? given
           : m->weights == CRNL_WEIGHTS_REAL ? 0
           : l == m->n_layers - 1            ? 1
           : l == 0                          ? 2
                                             : sqrt(2);
}

static void create_layer(struct bc_trainer *t, int32_t l, struct crnl_rng *rng)
{
    const struct crnl_neural *m = t->l->m;
    struct bc_layer *y = &t->layer[l];
    double gain = gain_of(t, l), fan = m->width[l] + m->width[l + 1];
    bool real = m->weights == CRNL_WEIGHTS_REAL;
    y->inputs = m->width[l];
    y->units = m->width[l + 1];
    y->size = y->inputs * y->units;
    y->a = gain > 0 ? (float)(gain / sqrt(y->inputs)) : 1;
    y->rate = real ? 1 : (float)(1 / sqrt(1.5 / fan));
    size_t size = (size_t)y->size, units = (size_t)y->units, cells = (size_t)t->batch * units;
    float **const of_weights[] = {&y->w, &y->s, &y->m_w, &y->v_w},
                  **const of_units[] = {&y->b, &y->m_b, &y->v_b},
                  **const of_cells[] = {&y->out, &y->delta, &y->mask};
    for (int i = 0; i < 4; i++) {
        *of_weights[i] = rt_alloc(size, sizeof(float));
    }
    for (int i = 0; i < 3; i++) {
        *of_units[i] = rt_alloc(units, sizeof(float));
        *of_cells[i] = rt_alloc(cells, sizeof(float));
    }
    y->grad = rt_alloc(size + units, sizeof(float));
    for (size_t i = 0; i < size; i++) {
        y->w[i] = uniform(rng, real ? sqrt(6 / fan) : 1);
    }
    rt_bc_round(m, y);
}

static void destroy_trainer(struct bc_trainer *t)
{
    for (int32_t l = 0; l < t->n_layers; l++) {
        struct bc_layer *y = &t->layer[l];
        float *const part[] = {y->w,   y->s,    y->b,   y->m_w,   y->v_w, y->m_b,
                               y->v_b, y->grad, y->out, y->delta, y->mask};
        for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
            free(part[i]);
        }
    }
    free(t->x);
    free(t->label);
    free(t->order);
    free(t->best);
}

static void create_trainer(struct bc_trainer *t, struct rt_learning *l)
{
    struct crnl_rng rng;
    int32_t rows = l->train.n;
    int32_t batch = l->option[BC_BATCH] < rows ? (int32_t)l->option[BC_BATCH] : rows;
    *t = (struct bc_trainer){.l = l,
                             .option = l->option,
                             .n_layers = l->m->n_layers,
                             .outputs = l->m->outputs,
                             .batch = batch,
                             .beta1_power = 1,
                             .beta2_power = 1,
                             .best_accuracy = -1};
    crnl_rng_seed(&rng, l->seed, l->statement, l->count, 0, CRNL_DRAW_EXPRESSION);
    crnl_rng_seed(&t->drop, l->seed, l->statement, l->count, 0, CRNL_DRAW_ROUND);
    for (int32_t i = 0; i < t->n_layers; i++) {
        create_layer(t, i, &rng);
    }
    t->x = rt_alloc((size_t)batch * (size_t)l->m->inputs, sizeof *t->x);
    t->label = rt_alloc((size_t)batch, sizeof *t->label);
    t->order = rt_alloc((size_t)rows, sizeof *t->order);
    t->best = rt_alloc((size_t)l->m->n_values, sizeof *t->best);
    for (int32_t i = 0; i < rows; i++) {
        t->order[i] = i;
    }
}

/* ---- Epochs ---- */

static void shuffle(struct bc_trainer *t, int32_t epoch)
{
    struct crnl_rng rng;
    int32_t n = t->l->train.n;
    crnl_rng_seed(&rng, t->l->seed, t->l->statement, t->l->count, (uint64_t)epoch, CRNL_DRAW_SHUFFLE);
    for (int32_t i = 0; i + 1 < n; i++) { /* Fisher, Yates */
        int32_t j = i + (int32_t)crnl_rng_below(&rng, (uint64_t)(n - i)), v = t->order[i];
        t->order[i] = t->order[j];
        t->order[j] = v;
    }
}

/* The network of the current rounded weights, in double precision. */
static void export(const struct bc_trainer *t, double *value)
{
    const struct crnl_neural *m = t->l->m;
    double factor = 1;
    for (int32_t l = 0; l < t->n_layers; l++) {
        const struct bc_layer *y = &t->layer[l];
        double *w = value + m->array[2 * l].first, *b = value + m->array[2 * l + 1].first;
        factor *= (double)y->a;
        for (int32_t i = 0; i < y->size; i++) {
            w[i] = (double)y->s[i];
        }
        for (int32_t j = 0; j < y->units; j++) {
            b[j] = (double)y->b[j] / factor;
        }
    }
}

/* Mean loss and accuracy on the validation rows. */
static void validate(struct bc_trainer *t, double *loss, double *accuracy)
{
    const struct rt_rows *r = &t->l->validation;
    int32_t right = 0;
    *loss = 0;
    for (int32_t first = 0; first < r->n; first += t->batch) {
        int32_t n = r->n - first < t->batch ? r->n - first : t->batch;
        rt_bc_take_rows(t, r, NULL, first, n);
        rt_bc_evaluate(t, n, loss, &right);
    }
    *loss /= r->n;
    *accuracy = (double)right / r->n;
}

static void keep_best(struct bc_trainer *t, int32_t epoch, double loss, double accuracy)
{
    bool better = accuracy > t->best_accuracy || (accuracy == t->best_accuracy && loss < t->best_loss);
    if (better || t->option[BC_KEEP] == KEEP_LAST) {
        t->best_accuracy = accuracy;
        t->best_loss = loss;
        t->best_epoch = epoch;
        export(t, t->best);
    }
}

static int check_time(const struct bc_trainer *t)
{
    struct crnl_ctx *ctx = t->l->ctx;
    if (ctx->options.max_seconds > 0 && rt_seconds() - ctx->start > ctx->options.max_seconds) {
        return crnl_fail(ctx, CRNL_LIMIT, t->l->line,
                         "learning takes longer than the %.6g seconds of the program\n"
                         "  help: allow more with --max-seconds, or ask for fewer epochs",
                         ctx->options.max_seconds);
    }
    return CRNL_OK;
}

/* False: interrupted. */
static bool run_epoch(struct bc_trainer *t, int32_t epoch, double rate, const char *progress, double *loss)
{
    int32_t rows = t->l->train.n, epochs = (int32_t)t->option[BC_EPOCHS];
    *loss = 0;
    shuffle(t, epoch);
    for (int32_t first = 0; first < rows; first += t->batch) {
        int32_t n = rows - first < t->batch ? rows - first : t->batch;
        if (rt_cancelled(t->l->ctx)) {
            return false;
        }
        rt_bc_take_rows(t, &t->l->train, t->order, first, n);
        rt_bc_train(t, n, rate, loss);
        rt_progress_run(t->l->ctx, progress, (epoch + (double)first / rows) / epochs);
    }
    *loss /= rows;
    return true;
}

static void stop_early(struct bc_trainer *t, int32_t epoch)
{
    rt_cancel_clear(t->l->ctx);
    rt_warn(t->l->ctx, "%s: learning was interrupted in epoch %d; the program goes on with epoch %d",
            t->l->m->name, epoch + 1, t->best_epoch + 1);
}

static double rate_factor(const struct bc_trainer *t)
{
    const double *o = t->option;
    return o[BC_FINAL] > 0 ? pow(o[BC_FINAL] / o[BC_LR], 1 / o[BC_EPOCHS]) : o[BC_DECAY];
}

static int run_epochs(struct bc_trainer *t)
{
    struct rt_learning *l = t->l;
    double rate = t->option[BC_LR], factor = rate_factor(t), loss, validation, accuracy = 0;
    struct rt_buffer progress = {0};
    rt_putf(&progress, "%s", l->m->name);
    for (int32_t epoch = 0; epoch < t->option[BC_EPOCHS]; epoch++) {
        bool whole = run_epoch(t, epoch, rate, progress.data, &loss);
        if (!whole && epoch == 0) {
            rt_buffer_free(&progress);
            return crnl_fail(l->ctx, CRNL_CANCELLED, 0, "interrupted by %s",
                             rt_signal_name(rt_cancelled(l->ctx)));
        }
        if (!whole) {
            stop_early(t, epoch);
            break;
        }
        validate(t, &validation, &accuracy);
        keep_best(t, epoch, validation, accuracy);
        crnl_record(l->ctx, l->loss_record, loss);
        crnl_record(l->ctx, l->accuracy_record, accuracy);
        rate *= factor;
        rt_buffer_clear(&progress);
        rt_putf(&progress, "%s: epoch %d, loss %.4g, accuracy %.4f", l->m->name, epoch + 1, loss, accuracy);
        if (check_time(t)) {
            break;
        }
    }
    rt_buffer_free(&progress);
    return l->ctx->status;
}

static int learn(void *learning)
{
    struct rt_learning *l = learning;
    struct bc_trainer t;
    bool has_gain = false;
    for (int32_t i = 0; i < l->m->n_layers; i++) {
        has_gain = has_gain || l->option[BC_GAIN + i] > 0;
    }
    if (has_gain && l->m->weights == CRNL_WEIGHTS_REAL) {
        return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                         "`gain` is for binary and ternary weights\n"
                         "  help: real weights find their size themselves; leave it out");
    }
    struct rt_blas blas;
    struct rt_error e = {0};
    if (rt_blas_load(&blas, &e)) {
        return rt_fail_at(l->ctx, l->line, &e);
    }
    create_trainer(&t, l);
    t.blas = blas;
    int status = run_epochs(&t);
    if (!status) {
        memcpy(l->value, t.best, (size_t)l->m->n_values * sizeof *l->value);
        l->result[0] = t.best_loss;
        l->result[1] = t.best_accuracy;
    }
    destroy_trainer(&t);
    return status;
}

const struct crnl_learner crnl_learn_binary_connect = {"binary_connect", &crnl_neural_relu, BC_N_OPTIONS,
                                                       options, learn};
