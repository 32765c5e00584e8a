/* Means of units and their derivatives, for several rows at a time. Loops over lanes have a fixed length, so
 * that compilers use vector instructions. */
#include <math.h>
#include <string.h>

#include "rt_backpropagation.h"

static const double MOST_FIELD = 60; /* of either sign, so that odds are within single precision */

static void forward_unit(const struct bp_trainer *t, int32_t i)
{
    float theta = t->p[bp_edges(t) + i];
    struct bp_lanes field, size;
    for (int c = 0; c < BP_LANES; c++) {
        field.v[c] = theta;
        size.v[c] = fabsf(theta);
    }
    for (int32_t k = t->ptr[i]; k < t->ptr[i + 1]; k++) {
        const float *x = t->mean[t->from[k]].v, w = t->p[t->edge[k]], a = fabsf(w);
        for (int c = 0; c < BP_LANES; c++) {
            field.v[c] += w * x[c];
            size.v[c] += a * x[c];
        }
    }
    for (int c = 0; c < BP_LANES; c++) {
        float on = 1 + 0.5f * (size.v[c] + field.v[c]), off = 1 + 0.5f * (size.v[c] - field.v[c]);
        if (!t->taylor) {
            double e = crnl_exp(-fmin(fabs((double)field.v[c]), MOST_FIELD));
            on = field.v[c] > 0 ? 1 : (float)e;
            off = field.v[c] > 0 ? (float)e : 1;
        }
        t->mean[i].v[c] = on / (on + off);
        t->up[i].v[c] = on; /* odds until the backward pass */
        t->down[i].v[c] = off;
    }
}

/* Computes the derivatives by A and B from that by p_i, for the first n lanes; the others are 0. For a target
 * with value y, beta (p - y) / (1 + A) and -beta (p - y) / (1 + B) are added; if exactly one target is on
 * (`one`), its share takes the place of p. */
static void turn_back(const struct bp_trainer *t, int32_t i, int n)
{
    const float *y = i < t->n_visible ? t->target[i].v : NULL;
    float beta = (float)t->beta;
    for (int c = 0; c < BP_LANES; c++) {
        float on = t->up[i].v[c], off = t->down[i].v[c], p = t->mean[i].v[c], all = on + off;
        float d = t->back[i].v[c], q = y && t->one ? t->share[i].v[c] : p, up, down;
        if (t->taylor) {
            up = d * off / (all * all);
            down = -d * on / (all * all);
            up += y ? beta * (q - y[c]) / on : 0;
            down -= y ? beta * (q - y[c]) / off : 0;
        } else {
            up = d * p * (off / all) + (y ? beta * (q - y[c]) : 0);
            down = -up;
        }
        t->up[i].v[c] = c < n ? up : 0;
        t->down[i].v[c] = c < n ? down : 0;
    }
}

static double sum_lanes(const float *a, const float *b)
{
    float sum = 0;
    for (int c = 0; c < BP_LANES; c++) {
        sum += b ? a[c] * b[c] : a[c];
    }
    return (double)sum;
}

static void backward_unit(const struct bp_trainer *t, int32_t i)
{
    float theta = t->p[bp_edges(t) + i];
    t->slope[bp_edges(t) + i] += theta >= 0 ? sum_lanes(t->up[i].v, NULL) : -sum_lanes(t->down[i].v, NULL);
    for (int32_t k = t->ptr[i]; k < t->ptr[i + 1]; k++) {
        int32_t j = t->from[k];
        float w = t->p[t->edge[k]], sign = w >= 0 ? 1 : -1;
        const float *by = w >= 0 ? t->up[i].v : t->down[i].v;
        float *back = t->back[j].v;
        t->slope[t->edge[k]] += (double)sign * sum_lanes(by, t->mean[j].v);
        for (int c = 0; c < BP_LANES; c++) {
            back[c] += fabsf(w) * by[c];
        }
    }
}

/* Reads the values of a visible unit in the rows of the block; unused lanes repeat the last row. */
static void take_unit(const struct rt_learn_rows *r, const int32_t *row, int n, int32_t i, float *out)
{
    int32_t f = 0;
    while (i >= r->width[f]) {
        i -= r->width[f++];
    }
    for (int c = 0; c < BP_LANES; c++) {
        out[c] = (float)rt_learn_field(r, f, row[c < n ? c : n - 1])[i];
    }
}

/* Computes the targets' shares of the odds to the power beta, in lane c; returns -log of the share of the
 * target that is on. */
static double find_shares(struct bp_trainer *t, int c)
{
    double most = -INFINITY, sum = 0, of_one = 0;
    for (int32_t i = 0; i < t->n_visible; i++) {
        double power = t->is_target[i] ? t->beta * crnl_log((double)(t->up[i].v[c] / t->down[i].v[c])) : 0;
        most = t->is_target[i] ? fmax(most, power) : most;
        of_one += t->is_target[i] ? power * (double)t->target[i].v[c] : 0;
        t->share[i].v[c] = (float)power;
    }
    for (int32_t i = 0; i < t->n_visible; i++) {
        double odds = t->is_target[i] ? crnl_exp((double)t->share[i].v[c] - most) : 0;
        sum += odds;
        t->share[i].v[c] = (float)odds;
    }
    for (int32_t i = 0; i < t->n_visible; i++) {
        t->share[i].v[c] /= (float)sum;
    }
    return crnl_log(sum) + most - of_one;
}

/* The sum over rows of -log of the probability of the targets. A row is right if the most likely value of
 * each target is its true one or, if exactly one is on, if that one is the most probable. */
static double measure(struct bp_trainer *t, int n, int32_t *right)
{
    double loss = 0;
    for (int c = 0; c < n; c++) {
        float most = -1, is_on = 0;
        bool all = true;
        for (int32_t i = 0; i < t->n_visible; i++) {
            if (!t->is_target[i]) {
                continue;
            }
            float p = t->mean[i].v[c], on = t->up[i].v[c], off = t->down[i].v[c], v = t->target[i].v[c];
            loss += t->one ? 0
                           : crnl_log((double)(on + off)) - (double)v * crnl_log((double)on) -
                                 (double)(1 - v) * crnl_log((double)off);
            all = all && (p > 0.5f) == (v > 0.5f);
            is_on = p > most ? v : is_on;
            most = p > most ? p : most;
        }
        loss += t->one ? find_shares(t, c) : 0;
        *right += t->one ? is_on > 0.5f : all;
    }
    return loss;
}

/* Processes one block: returns its loss, and, if it `learns`, adds its slopes to those of the batch. */
static double block(struct bp_trainer *t, const struct rt_learn_rows *r, const int32_t *row, int n,
                    bool learns, int32_t *right)
{
    for (int32_t i = 0; i < t->n_visible; i++) {
        take_unit(r, row, n, i, t->is_target[i] ? t->target[i].v : t->mean[i].v);
    }
    for (int32_t k = 0; k < t->n_order; k++) {
        forward_unit(t, t->order[k]);
    }
    double loss = measure(t, n, right);
    memset(t->back, 0, (size_t)t->n * sizeof *t->back);
    for (int32_t k = t->n_order - 1; learns && k >= 0; k--) {
        turn_back(t, t->order[k], n);
        backward_unit(t, t->order[k]);
    }
    return loss;
}

double bp_rows(struct bp_trainer *t, const struct rt_learn_rows *r, const int32_t *row, int32_t n,
               bool learns, int32_t *right)
{
    double loss = 0;
    for (int32_t first = 0; first < n; first += BP_LANES) {
        loss += block(t, r, row + first, n - first < BP_LANES ? n - first : BP_LANES, learns, right);
    }
    return t->one ? loss : loss / t->n_targets;
}
