/* Training with weights that are rounded while values and gradients are computed, and real where steps add up: BinaryConnect
 * (Courbariaux, Bengio, David 2015), as Vasic et al. 2020 use it. Square hinge loss, ADAM (Kingma, Ba 2015), dropout, a
 * learning rate that falls from epoch to epoch, the best epoch kept.
 *
 * With `gain` g a layer computes h = max(0, a S h' + b), a = g / sqrt(inputs), S the rounded weights: sums of many
 * units stay of order 1. ReLU is positively homogeneous, so the network with S alone and the biases divided by the product of
 * the a's up to their layer has the same outputs but for one positive factor: that network is the result.
 *
 * Single precision, all products by one thread of BLAS: the same seed gives the same parameters on the same machine. */
#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_neural.h"

enum option {
    LOSS,
    OPTIMIZER,
    LR,
    FINAL,
    DECAY,
    BETA1,
    BETA2,
    EPOCHS,
    BATCH,
    DROPOUT,
    DROPOUT_INPUT,
    KEEP,
    GAIN,
    N_OPTIONS
};
enum keep { KEEP_BEST, KEEP_LAST };

static const char *const losses[] = {"square_hinge", NULL}, *const optimizers[] = {"adam", NULL},
                         *const keeps[] = {"best", "last", NULL};
static const struct crnl_learn_option options[N_OPTIONS] = {
    [LOSS] = {.name = "loss", .word = losses},
    [OPTIMIZER] = {.name = "optimizer", .word = optimizers},
    [LR] = {.name = "lr", .value = 0.001, .least = 1e-12, .most = 1000, .inside = "adam"},
    [FINAL] = {.name = "final", .value = 0, .least = 0, .most = 1000, .inside = "adam"},
    [DECAY] = {.name = "decay", .value = 1, .least = 1e-6, .most = 1, .inside = "adam"},
    [BETA1] = {.name = "beta1", .value = 0.9, .least = 0, .most = 0.999999, .inside = "adam"},
    [BETA2] = {.name = "beta2", .value = 0.999, .least = 0, .most = 0.999999999, .inside = "adam"},
    [EPOCHS] = {.name = "epochs", .value = 100, .least = 1, .most = 1e9, .whole = 1},
    [BATCH] = {.name = "batch", .value = 100, .least = 1, .most = 1 << 20, .whole = 1},
    [DROPOUT] = {.name = "dropout", .value = 0, .least = 0, .most = 0.99},
    [DROPOUT_INPUT] = {.name = "dropout_input", .value = 0, .least = 0, .most = 0.99},
    [KEEP] = {.name = "keep", .word = keeps, .most = 1},
    [GAIN] = {.name = "gain", .value = 0, .least = 0, .most = 1e6, .per_layer = 1},
};

struct layer {
    int32_t inputs, units, size;  /* size: of w */
    float a;                      /* factor of the sums */
    float rate;                   /* of w's learning rate: 1 / sqrt(1.5 / (inputs + units)) */
    float *w, *s, *b;             /* real weights, rounded ones, biases */
    float *m_w, *v_w, *m_b, *v_b; /* ADAM's moments */
    float *grad;                  /* of s, then of b: [size + units] */
    float *out, *delta;           /* [batch, units]: values, then derivatives of the loss by the sums */
    float *mask;                  /* [batch, units]: 0, or 1 / (1 - dropout) */
};

struct trainer {
    struct rt_learning *l;
    const double *option;
    int32_t n_layers, batch, outputs;
    struct layer layer[CRNL_NEURAL_MAX_LAYERS];
    float *x;       /* [batch, inputs] */
    int32_t *label; /* [batch] */
    int32_t *order; /* of the training rows */
    struct crnl_rng drop;
    double beta1_power, beta2_power;
    double *best; /* [n_values] */
    double best_loss, best_accuracy;
    int32_t best_epoch;
};

/* ---- Loops over elements: in blocks of a fixed size, which compilers make vectors of ---- */

enum { BLOCK = 16 };
#define ELEMENTS(i, n, ...)                              \
    do {                                                 \
        size_t block_ = 0, i;                            \
        for (; block_ + BLOCK <= (n); block_ += BLOCK) { \
            for (i = block_; i < block_ + BLOCK; i++) {  \
                __VA_ARGS__;                             \
            }                                            \
        }                                                \
        for (i = block_; i < (n); i++) {                 \
            __VA_ARGS__;                                 \
        }                                                \
    } while (0)

/* v where by > 0, else 0. */
static void pass_positive(float *restrict v, const float *restrict by, size_t n)
{
    ELEMENTS(i, n, v[i] = by[i] > 0 ? v[i] : 0);
}

static void rectify(float *v, size_t n)
{
    ELEMENTS(i, n, v[i] = v[i] > 0 ? v[i] : 0);
}

static void multiply(float *restrict v, const float *restrict by, size_t n)
{
    ELEMENTS(i, n, v[i] *= by[i]);
}

static void signs(float *restrict s, const float *restrict w, float zero, size_t n)
{
    ELEMENTS(i, n, s[i] = fabsf(w[i]) < zero ? 0 : w[i] >= 0 ? 1 : -1);
}

/* ---- Weights ---- */

static float uniform(struct crnl_rng *rng, double most)
{
    return (float)(most * (2 * crnl_rng_uniform(rng) - 1));
}

static void round_reals(const struct layer *y, int32_t bits)
{
    double *w = rt_alloc((size_t)y->size, sizeof *w);
    for (int32_t i = 0; i < y->size; i++) {
        w[i] = (double)y->w[i];
    }
    rt_neural_round(w, y->size, bits);
    for (int32_t i = 0; i < y->size; i++) {
        y->s[i] = (float)w[i];
    }
    free(w);
}

static void round_weights(const struct crnl_neural *m, const struct layer *y)
{
    const float zero = m->weights == CRNL_WEIGHTS_TERNARY ? 1.0f / 3 : 0;
    if (m->weights == CRNL_WEIGHTS_REAL) {
        round_reals(y, m->bits);
        return;
    }
    signs(y->s, y->w, zero, (size_t)y->size);
}

static void create_layer(struct trainer *t, int32_t l, struct crnl_rng *rng)
{
    const struct crnl_neural *m = t->l->m;
    struct layer *y = &t->layer[l];
    double gain = t->option[GAIN + l], fan = m->width[l] + m->width[l + 1];
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
    round_weights(m, y);
}

static void destroy_trainer(struct trainer *t)
{
    for (int32_t l = 0; l < t->n_layers; l++) {
        struct layer *y = &t->layer[l];
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

static void create_trainer(struct trainer *t, struct rt_learning *l)
{
    struct crnl_rng rng;
    int32_t rows = l->train.n;
    int32_t batch = l->option[BATCH] < rows ? (int32_t)l->option[BATCH] : rows;
    *t = (struct trainer){.l = l,
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

/* ---- Values ---- */

/* Rows order[0..n) of r into the batch; order NULL: rows first .. first + n. */
static void take_rows(struct trainer *t, const struct rt_rows *r, const int32_t *order, int32_t first,
                      int32_t n)
{
    for (int32_t k = 0; k < n; k++) {
        int32_t row = order ? order[first + k] : first + k;
        size_t at = (size_t)(r->order ? r->order[row] : row);
        const double *from = r->input + at * (size_t)r->columns;
        float *to = t->x + (size_t)k * (size_t)r->columns;
        for (int32_t i = 0; i < r->columns; i++) {
            to[i] = (float)from[i];
        }
        t->label[k] = (int32_t)r->label[at];
    }
}

/* Sets to 0 with probability p, scales what stays so that the mean does. */
static void drop_out(struct trainer *t, float *v, float *mask, size_t n, double p)
{
    const uint32_t least = (uint32_t)(p * 0x1p32);
    const float factor = (float)(1 / (1 - p));
    for (size_t i = 0; i < n; i += 2) {
        uint64_t bits = crnl_rng_next(&t->drop);
        for (size_t k = i; k < i + 2 && k < n; k++, bits >>= 32) {
            float m = (uint32_t)bits >= least ? factor : 0;
            v[k] *= m;
            if (mask) {
                mask[k] = m;
            }
        }
    }
}

/* out = a x S + b in each row, and max(0, .) unless it is the last layer. */
static void forward_layer(const struct layer *y, const float *x, int32_t n, bool last)
{
    for (int32_t k = 0; k < n; k++) {
        memcpy(y->out + (size_t)k * (size_t)y->units, y->b, (size_t)y->units * sizeof *y->out);
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, y->units, y->inputs, y->a, x, y->inputs, y->s,
                y->units, 1, y->out, y->units);
    if (!last) {
        rectify(y->out, (size_t)n * (size_t)y->units);
    }
}

static void forward(struct trainer *t, int32_t n, bool training)
{
    const float *x = t->x;
    double p = training ? t->option[DROPOUT] : 0;
    if (training && t->option[DROPOUT_INPUT] > 0) {
        drop_out(t, t->x, NULL, (size_t)n * (size_t)t->layer[0].inputs, t->option[DROPOUT_INPUT]);
    }
    for (int32_t l = 0; l < t->n_layers; l++) {
        struct layer *y = &t->layer[l];
        bool last = l == t->n_layers - 1;
        forward_layer(y, x, n, last);
        if (p > 0 && !last) {
            drop_out(t, y->out, y->mask, (size_t)n * (size_t)y->units, p);
        }
        x = y->out;
    }
}

/* Sums over the batch of loss (mean over outputs) and of right answers; derivatives into `delta` unless it is NULL. */
static void add_loss(const struct trainer *t, int32_t n, float *delta, double *loss, int32_t *right)
{
    const struct layer *y = &t->layer[t->n_layers - 1];
    const float factor = -2 / ((float)n * (float)t->outputs);
    for (int32_t k = 0; k < n; k++) {
        const float *out = y->out + (size_t)k * (size_t)t->outputs;
        int32_t largest = 0;
        double sum = 0;
        for (int32_t j = 0; j < t->outputs; j++) {
            float sign = j == t->label[k] ? 1 : -1, miss = 1 - sign * out[j];
            miss = miss > 0 ? miss : 0;
            sum += (double)miss * (double)miss;
            largest = out[j] > out[largest] ? j : largest;
            if (delta) {
                delta[(size_t)k * (size_t)t->outputs + (size_t)j] = factor * sign * miss;
            }
        }
        *loss += sum / t->outputs;
        *right += largest == t->label[k];
    }
}

/* ---- Steps ---- */

/* Derivatives by the sums of the layer below: a delta S^T where its unit was on, and not dropped. */
static void backward_layer(const struct layer *y, const struct layer *below, int32_t n, bool dropped)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, y->inputs, y->units, y->a, y->delta, y->units,
                y->s, y->units, 0, below->delta, y->inputs);
    size_t cells = (size_t)n * (size_t)y->inputs;
    pass_positive(below->delta, below->out, cells);
    if (dropped) {
        multiply(below->delta, below->mask, cells);
    }
}

static void gradient(const struct layer *y, const float *x, int32_t n)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, y->inputs, y->units, n, y->a, x, y->inputs, y->delta,
                y->units, 0, y->grad, y->units);
    float *b = y->grad + y->size;
    memset(b, 0, (size_t)y->units * sizeof *b);
    for (int32_t k = 0; k < n; k++) {
        const float *row = y->delta + (size_t)k * (size_t)y->units;
        for (int32_t j = 0; j < y->units; j++) {
            b[j] += row[j];
        }
    }
}

struct adam {
    float beta1, beta2, rate,
        bound; /* rate: with the corrections of both moments; bound: of |v| afterwards */
};

static inline void adam_one(const struct adam *s, float *v, const float *g, float *m, float *q, size_t i)
{
    m[i] += (1 - s->beta1) * (g[i] - m[i]);
    q[i] += (1 - s->beta2) * (g[i] * g[i] - q[i]);
    float to = v[i] - s->rate * m[i] / (sqrtf(q[i]) + 1e-8f);
    to = to < s->bound ? to : s->bound;
    v[i] = to > -s->bound ? to : -s->bound;
}

static void adam(const struct adam *s, float *restrict v, const float *restrict g, float *restrict m,
                 float *restrict q, size_t n)
{
    ELEMENTS(i, n, adam_one(s, v, g, m, q, i));
}

static void step(struct trainer *t, double rate)
{
    const struct crnl_neural *model = t->l->m;
    t->beta1_power *= t->option[BETA1];
    t->beta2_power *= t->option[BETA2];
    rate *= sqrt(1 - t->beta2_power) / (1 - t->beta1_power);
    for (int32_t l = 0; l < t->n_layers; l++) {
        struct layer *y = &t->layer[l];
        struct adam s = {(float)t->option[BETA1], (float)t->option[BETA2], (float)rate, FLT_MAX};
        adam(&s, y->b, y->grad + y->size, y->m_b, y->v_b, (size_t)y->units);
        s.rate *= y->rate;
        s.bound = model->weights == CRNL_WEIGHTS_REAL ? FLT_MAX : 1;
        adam(&s, y->w, y->grad, y->m_w, y->v_w, (size_t)y->size);
        round_weights(model, y);
    }
}

static void train_batch(struct trainer *t, int32_t n, double rate, double *loss)
{
    int32_t right = 0;
    forward(t, n, true);
    add_loss(t, n, t->layer[t->n_layers - 1].delta, loss, &right);
    for (int32_t l = t->n_layers - 1; l >= 0; l--) {
        gradient(&t->layer[l], l > 0 ? t->layer[l - 1].out : t->x, n);
        if (l > 0) {
            backward_layer(&t->layer[l], &t->layer[l - 1], n, t->option[DROPOUT] > 0);
        }
    }
    step(t, rate);
}

/* ---- Epochs ---- */

static void shuffle(struct trainer *t, int32_t epoch)
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
static void export(const struct trainer *t, double *value)
{
    const struct crnl_neural *m = t->l->m;
    double factor = 1;
    for (int32_t l = 0; l < t->n_layers; l++) {
        const struct layer *y = &t->layer[l];
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
static void validate(struct trainer *t, double *loss, double *accuracy)
{
    const struct rt_rows *r = &t->l->validation;
    int32_t right = 0;
    *loss = 0;
    for (int32_t first = 0; first < r->n; first += t->batch) {
        int32_t n = r->n - first < t->batch ? r->n - first : t->batch;
        take_rows(t, r, NULL, first, n);
        forward(t, n, false);
        add_loss(t, n, NULL, loss, &right);
    }
    *loss /= r->n;
    *accuracy = (double)right / r->n;
}

static void keep_best(struct trainer *t, int32_t epoch, double loss, double accuracy)
{
    bool better = accuracy > t->best_accuracy || (accuracy == t->best_accuracy && loss < t->best_loss);
    if (better || t->option[KEEP] == KEEP_LAST) {
        t->best_accuracy = accuracy;
        t->best_loss = loss;
        t->best_epoch = epoch;
        export(t, t->best);
    }
}

static int check_time(const struct trainer *t)
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
static bool run_epoch(struct trainer *t, int32_t epoch, double rate, const char *progress, double *loss)
{
    int32_t rows = t->l->train.n, epochs = (int32_t)t->option[EPOCHS];
    *loss = 0;
    shuffle(t, epoch);
    for (int32_t first = 0; first < rows; first += t->batch) {
        int32_t n = rows - first < t->batch ? rows - first : t->batch;
        if (rt_cancelled()) {
            return false;
        }
        take_rows(t, &t->l->train, t->order, first, n);
        train_batch(t, n, rate, loss);
        rt_progress_run(t->l->ctx, progress, (epoch + (double)first / rows) / epochs);
    }
    *loss /= rows;
    return true;
}

static void stop_early(struct trainer *t, int32_t epoch)
{
    rt_cancel_clear();
    rt_progress_clear(t->l->ctx);
    fprintf(stderr, "%s: learning was interrupted in epoch %d; the program goes on with epoch %d\n",
            t->l->m->name, epoch + 1, t->best_epoch + 1);
}

static double rate_factor(const struct trainer *t)
{
    const double *o = t->option;
    return o[FINAL] > 0 ? pow(o[FINAL] / o[LR], 1 / o[EPOCHS]) : o[DECAY];
}

static int run_epochs(struct trainer *t)
{
    struct rt_learning *l = t->l;
    double rate = t->option[LR], factor = rate_factor(t), loss, validation, accuracy = 0;
    struct rt_buffer progress = {0};
    rt_putf(&progress, "%s", l->m->name);
    for (int32_t epoch = 0; epoch < t->option[EPOCHS]; epoch++) {
        bool whole = run_epoch(t, epoch, rate, progress.data, &loss);
        if (!whole && epoch == 0) {
            rt_buffer_free(&progress);
            return crnl_fail(l->ctx, CRNL_CANCELLED, 0, "interrupted");
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
    struct trainer t;
    bool has_gain = false;
    for (int32_t i = 0; i < l->m->n_layers; i++) {
        has_gain = has_gain || l->option[GAIN + i] > 0;
    }
    if (has_gain && l->m->weights == CRNL_WEIGHTS_REAL) {
        return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                         "`gain` is for binary and ternary weights\n"
                         "  help: real weights find their size themselves; leave it out");
    }
    openblas_set_num_threads(1);
    create_trainer(&t, l);
    int status = run_epochs(&t);
    if (!status) {
        memcpy(l->value, t.best, (size_t)l->m->n_values * sizeof *l->value);
        l->result[0] = t.best_loss;
        l->result[1] = t.best_accuracy;
    }
    destroy_trainer(&t);
    return status;
}

const struct crnl_learner crnl_learn_binary_connect = {"binary_connect", &crnl_neural_relu, N_OPTIONS,
                                                       options, learn};
