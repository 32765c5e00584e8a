/* BinaryConnect (Courbariaux, Bengio, David 2015), as Vasic et al. 2020 use it: weights are rounded for
 * values and gradients, but real where steps add up. Square hinge loss, ADAM (Kingma, Ba 2015), dropout, a
 * learning rate that falls from epoch to epoch; the best epoch is kept.
 *
 * With `gain` g a layer computes h = max(0, a S h' + b), with a = g / sqrt(inputs) and S the rounded weights,
 * so that sums over many units are of order 1. ReLU is positively homogeneous, so the network with S alone,
 * and biases divided by the product of the factors a up to their layer, has the same outputs up to one
 * positive factor; that network is the result. Without a gain the outputs of wide layers start far from the
 * margin of the square hinge: plain BinaryConnect with the learning rates of program 06 reaches only 84.5 %
 * on MNIST.
 *
 * Everything is in single precision, and all products use one thread of BLAS: the same seed gives the same
 * parameters on the same machine. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_binary_connect.h"
#include "runtime/rt_ctx.h"

enum keep { KEEP_BEST, KEEP_LAST };
enum { LOSS, ACCURACY }; /* indices of measured numbers */

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
    [BC_GAIN] = {.name = "gain", .value = GAIN_AUTOMATIC, .least = 0, .most = 1e6, .is_list = 1},
};

/* ---- The network that learns ---- */

static float uniform(struct crnl_rng *rng, double most)
{
    return (float)(most * (2 * crnl_rng_uniform(rng) - 1));
}

/* The default gain: 2 for centred inputs, sqrt(2), which keeps the variance after a rectifier (He et al.
 * 2015), for hidden layers, 1 for the outputs. */
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
    free(t);
}

static struct bc_trainer *create_trainer(struct rt_learning *l)
{
    struct bc_trainer *t = rt_alloc(1, sizeof *t);
    struct crnl_rng rng;
    int32_t rows = l->train.n;
    int32_t batch = l->option[BC_BATCH] < rows ? (int32_t)l->option[BC_BATCH] : rows;
    *t = (struct bc_trainer){.l = l,
                             .option = l->option,
                             .n_layers = l->m->n_layers,
                             .outputs = l->m->outputs,
                             .batch = batch,
                             .rate = l->option[BC_LR],
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
    for (int32_t i = 0; i < rows; i++) {
        t->order[i] = i;
    }
    return t;
}

/* ---- Epochs ---- */

static void shuffle(struct bc_trainer *t, int32_t epoch)
{
    struct crnl_rng rng;
    int32_t n = t->l->train.n;
    crnl_rng_seed(&rng, t->l->seed, t->l->statement, t->l->count, (uint64_t)epoch, CRNL_DRAW_SHUFFLE);
    for (int32_t i = 0; i + 1 < n; i++) { /* the Fisher-Yates shuffle */
        int32_t j = i + (int32_t)crnl_rng_below(&rng, (uint64_t)(n - i)), v = t->order[i];
        t->order[i] = t->order[j];
        t->order[j] = v;
    }
}

/* Writes the network with the present rounded weights, in double precision. */
static void values(const struct rt_learning *l, double *value)
{
    const struct bc_trainer *t = l->rule;
    const struct crnl_neural *m = l->m;
    double factor = 1;
    for (int32_t i = 0; i < t->n_layers; i++) {
        const struct bc_layer *y = &t->layer[i];
        double *w = value + m->array[2 * i].first, *b = value + m->array[2 * i + 1].first;
        factor *= (double)y->a;
        for (int32_t k = 0; k < y->size; k++) {
            w[k] = (double)y->s[k];
        }
        for (int32_t j = 0; j < y->units; j++) {
            b[j] = (double)y->b[j] / factor;
        }
    }
}

/* Computes mean loss and accuracy on the validation rows. */
static void validate(struct bc_trainer *t, double *loss, double *accuracy)
{
    const struct rt_learn_rows *r = &t->l->validation;
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

static bool is_kept(struct bc_trainer *t, double loss, double accuracy)
{
    bool better = accuracy > t->best_accuracy || (accuracy == t->best_accuracy && loss < t->best_loss);
    if (better || t->option[BC_KEEP] == KEEP_LAST) {
        t->best_accuracy = accuracy;
        t->best_loss = loss;
        return true;
    }
    return false;
}

static double rate_factor(const struct bc_trainer *t)
{
    const double *o = t->option;
    return o[BC_FINAL] > 0 ? pow(o[BC_FINAL] / o[BC_LR], 1 / o[BC_EPOCHS]) : o[BC_DECAY];
}

/* The largest label; -1: some of them count nothing. */
static double largest_label(const struct rt_learn_rows *r)
{
    double most = 0;
    for (int32_t i = 0; i < r->n; i++) {
        double v = *rt_learn_field(r, BC_LABEL, i);
        if (!(v >= 0 && v < INT32_MAX && v == floor(v))) {
            return -1;
        }
        most = fmax(most, v);
    }
    return most;
}

static int check_labels(struct rt_learning *l, const struct rt_learn_rows *r)
{
    const struct crnl_data_spec *d = l->spec->data >= 0 ? &l->ctx->program->data[l->spec->data] : NULL;
    for (int32_t i = 0; i < r->n; i++) {
        double v = *rt_learn_field(r, BC_LABEL, i);
        if (!(v >= 0 && v < l->m->outputs && v == floor(v))) {
            double most = largest_label(r);
            crnl_fail(l->ctx, CRNL_DATA, l->line,
                      most < 0
                          ? "%s%sthe label %.15g of row %d is not one of 0..%d, the outputs of `%s`\n"
                            "  help: labels are whole numbers, counted from 0"
                          : "%s%sthe label %.15g of row %d is not one of 0..%d, the outputs of `%s`\n"
                            "  help: give `%s` an output for each label, %.0f in all: the last number of "
                            "`relu[...]`",
                      d ? d->file : "", d ? ": " : "", v, r->order ? r->order[i] : i, l->m->outputs,
                      l->m->name, l->m->name, most + 1);
            return l->ctx->status;
        }
    }
    return CRNL_OK;
}

static int rows(struct rt_learning *l)
{
    int status = check_labels(l, &l->train);
    return status ? status : check_labels(l, &l->validation);
}

static int begin(struct rt_learning *l)
{
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
    struct bc_trainer *t = l->rule = create_trainer(l);
    t->blas = blas;
    l->epochs = (int32_t)l->option[BC_EPOCHS];
    return CRNL_OK;
}

static int step(struct rt_learning *l, bool *keep)
{
    struct bc_trainer *t = l->rule;
    double loss = 0, accuracy, validation;
    shuffle(t, l->epoch);
    for (int32_t first = 0; first < l->train.n; first += t->batch) {
        int32_t n = l->train.n - first < t->batch ? l->train.n - first : t->batch;
        if (!rt_learn_goes_on(l, first)) {
            return CRNL_CANCELLED;
        }
        rt_bc_take_rows(t, &l->train, t->order, first, n);
        rt_bc_train(t, n, t->rate, &loss);
    }
    validate(t, &validation, &accuracy);
    *keep = is_kept(t, validation, accuracy);
    l->measured[LOSS] = loss / l->train.n;
    l->measured[ACCURACY] = accuracy;
    l->kept[LOSS] = validation;
    l->kept[ACCURACY] = accuracy;
    t->rate *= rate_factor(t);
    return CRNL_OK;
}

static void state(struct rt_learning *l, struct rt_state *s)
{
    struct bc_trainer *t = l->rule;
    for (int32_t i = 0; i < t->n_layers; i++) {
        struct bc_layer *y = &t->layer[i];
        float *const of_weights[] = {y->w, y->s, y->m_w, y->v_w}, *const of_units[] = {y->b, y->m_b, y->v_b};
        for (int k = 0; k < 4; k++) {
            rt_state_piece(s, of_weights[k], (size_t)y->size * sizeof(float));
        }
        for (int k = 0; k < 3; k++) {
            rt_state_piece(s, of_units[k], (size_t)y->units * sizeof(float));
        }
    }
    rt_state_rows(s, t->order, l->train.n);
    rt_state_piece(s, &t->drop, sizeof t->drop);
    rt_state_piece(s, &t->rate, sizeof t->rate);
    rt_state_piece(s, &t->beta1_power, sizeof t->beta1_power);
    rt_state_piece(s, &t->beta2_power, sizeof t->beta2_power);
    rt_state_piece(s, &t->best_loss, sizeof t->best_loss);
    rt_state_piece(s, &t->best_accuracy, sizeof t->best_accuracy);
}

static void end(struct rt_learning *l)
{
    if (l->rule) {
        destroy_trainer(l->rule);
    }
}

static const struct rt_learn_rule rule = {begin, rows, step, values, state, end};
const struct crnl_learner crnl_learn_binary_connect = {
    "binary_connect", &crnl_neural_relu, BC_N_OPTIONS, options, {"loss", "accuracy"}, 0, 0, &rule};
