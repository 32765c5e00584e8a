/* One batch of binary_connect: forward pass, backward pass, a step of ADAM, and rounding of the new
 * weights. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_binary_connect.h"

/* ---- Loops over elements, in blocks of a fixed size for vector instructions ---- */

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

/* v where by > 0, otherwise 0. */
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

static void round_reals(const struct bc_layer *y, int32_t bits)
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

void rt_bc_round(const struct crnl_neural *m, const struct bc_layer *y)
{
    const float zero = m->weights == CRNL_WEIGHTS_TERNARY ? 1.0f / 3 : 0;
    if (m->weights == CRNL_WEIGHTS_REAL) {
        round_reals(y, m->bits);
        return;
    }
    signs(y->s, y->w, zero, (size_t)y->size);
}

/* ---- Values ---- */

void rt_bc_take_rows(struct bc_trainer *t, const struct rt_learn_rows *r, const int32_t *order, int32_t first,
                     int32_t n)
{
    for (int32_t k = 0; k < n; k++) {
        int32_t row = order ? order[first + k] : first + k;
        const double *from = rt_learn_field(r, BC_INPUT, row);
        int32_t inputs = r->width[BC_INPUT];
        float *to = t->x + (size_t)k * (size_t)inputs;
        for (int32_t i = 0; i < inputs; i++) {
            to[i] = (float)from[i];
        }
        t->label[k] = (int32_t)*rt_learn_field(r, BC_LABEL, row);
    }
}

/* Dropout: sets elements to 0 with probability p, and scales the others so that the mean is kept. */
static void drop_out(struct bc_trainer *t, float *v, float *mask, size_t n, double p)
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

/* For each row, out = a x S + b, and max(0, out) unless it is the last layer. */
static void forward_layer(const struct rt_blas *blas, const struct bc_layer *y, const float *x, int32_t n,
                          bool last)
{
    for (int32_t k = 0; k < n; k++) {
        memcpy(y->out + (size_t)k * (size_t)y->units, y->b, (size_t)y->units * sizeof *y->out);
    }
    blas->sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, y->units, y->inputs, y->a, x, y->inputs, y->s,
                y->units, 1, y->out, y->units);
    if (!last) {
        rectify(y->out, (size_t)n * (size_t)y->units);
    }
}

static void forward(struct bc_trainer *t, int32_t n, bool training)
{
    const float *x = t->x;
    double p = training ? t->option[BC_DROPOUT] : 0;
    if (training && t->option[BC_DROPOUT_INPUT] > 0) {
        drop_out(t, t->x, NULL, (size_t)n * (size_t)t->layer[0].inputs, t->option[BC_DROPOUT_INPUT]);
    }
    for (int32_t l = 0; l < t->n_layers; l++) {
        struct bc_layer *y = &t->layer[l];
        bool last = l == t->n_layers - 1;
        forward_layer(&t->blas, y, x, n, last);
        if (p > 0 && !last) {
            drop_out(t, y->out, y->mask, (size_t)n * (size_t)y->units, p);
        }
        x = y->out;
    }
}

/* Adds up the loss (a mean over outputs) and the number of right answers over the batch; writes derivatives
 * into `delta` unless it is NULL. */
static void add_loss(const struct bc_trainer *t, int32_t n, float *delta, double *loss, int32_t *right)
{
    const struct bc_layer *y = &t->layer[t->n_layers - 1];
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

void rt_bc_evaluate(struct bc_trainer *t, int32_t n, double *loss, int32_t *right)
{
    forward(t, n, false);
    add_loss(t, n, NULL, loss, right);
}

/* ---- Steps ---- */

/* Derivatives by the sums of the layer below: a delta S^T where its unit was on and not dropped. */
static void backward_layer(const struct rt_blas *blas, const struct bc_layer *y, const struct bc_layer *below,
                           int32_t n, bool dropped)
{
    blas->sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, y->inputs, y->units, y->a, y->delta, y->units,
                y->s, y->units, 0, below->delta, y->inputs);
    size_t cells = (size_t)n * (size_t)y->inputs;
    pass_positive(below->delta, below->out, cells);
    if (dropped) {
        multiply(below->delta, below->mask, cells);
    }
}

static void gradient(const struct rt_blas *blas, const struct bc_layer *y, const float *x, int32_t n)
{
    blas->sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, y->inputs, y->units, n, y->a, x, y->inputs, y->delta,
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
        /* learning rate with the corrections of both moments; bound of |v| after the step */
        bound;
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

static void step(struct bc_trainer *t, double rate)
{
    const struct crnl_neural *model = t->l->m;
    t->beta1_power *= t->option[BC_BETA1];
    t->beta2_power *= t->option[BC_BETA2];
    rate *= sqrt(1 - t->beta2_power) / (1 - t->beta1_power);
    for (int32_t l = 0; l < t->n_layers; l++) {
        struct bc_layer *y = &t->layer[l];
        struct adam s = {(float)t->option[BC_BETA1], (float)t->option[BC_BETA2], (float)rate, FLT_MAX};
        adam(&s, y->b, y->grad + y->size, y->m_b, y->v_b, (size_t)y->units);
        s.rate *= y->rate;
        s.bound = model->weights == CRNL_WEIGHTS_REAL ? FLT_MAX : 1;
        adam(&s, y->w, y->grad, y->m_w, y->v_w, (size_t)y->size);
        rt_bc_round(model, y);
    }
}

void rt_bc_train(struct bc_trainer *t, int32_t n, double rate, double *loss)
{
    int32_t right = 0;
    forward(t, n, true);
    add_loss(t, n, t->layer[t->n_layers - 1].delta, loss, &right);
    for (int32_t l = t->n_layers - 1; l >= 0; l--) {
        gradient(&t->blas, &t->layer[l], l > 0 ? t->layer[l - 1].out : t->x, n);
        if (l > 0) {
            backward_layer(&t->blas, &t->layer[l], &t->layer[l - 1], n, t->option[BC_DROPOUT] > 0);
        }
    }
    step(t, rate);
}
