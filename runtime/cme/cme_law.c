/* The stationary law from the factors of an elimination: rt_eliminate.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"

static void add_row(double *to, double factor, const double *from, int32_t n)
{
    for (int32_t j = 0; j < n; j++) {
        to[j] += factor * from[j];
    }
}

/* Probabilities may differ by more than doubles can: each is at most 1 and has a power of SCALE beside it. */
static const double SCALE = 0x1p256, PER_SCALE = 0x1p-256;

static double scaled(double v, int32_t power)
{
    for (; power < 0 && v > 0; power++) {
        v *= PER_SCALE;
    }
    return v;
}

static void scale_down(double *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        v[i] *= PER_SCALE;
    }
}

/* From the last front to the first, each from the probabilities of its rest: p[k] = sum of p[i] l[i][k], i
 * after k. */
static void find_law(const struct rt_order *o, const double *kept_end, double *x, int32_t *power)
{
    double *sum = rt_alloc((size_t)o->n, sizeof *sum);
    for (int32_t number = o->n_fronts - 1; number >= 0; number--) {
        const struct rt_front *front = &o->front[number];
        int32_t k = front->end - front->start, most = INT32_MIN;
        const int32_t *rest = o->rest + front->first_rest;
        const double *l = kept_end - (int64_t)(k + front->n_rest) * k;
        kept_end = l;
        for (int32_t i = 0; i < front->n_rest; i++) {
            most = x[rest[i]] > 0 && power[rest[i]] > most ? power[rest[i]] : most;
        }
        memset(sum, 0, (size_t)k * sizeof *sum);
        for (int32_t i = 0; i < front->n_rest; i++) {
            double v = x[rest[i]] > 0 ? scaled(x[rest[i]], power[rest[i]] - most) : 0;
            if (v > 0) {
                add_row(sum, v, l + (int64_t)(k + i) * k, k);
            }
        }
        if (front->end == o->n) {
            sum[k - 1] = 1;
            most = 0;
        }
        for (int32_t j = k - 1; j >= 0; j--) {
            for (; sum[j] > 1; most++) {
                scale_down(sum, j + 1);
            }
            bool small = sum[j] > 0 && sum[j] < PER_SCALE;
            x[front->start + j] = small ? sum[j] * SCALE : sum[j];
            power[front->start + j] = sum[j] > 0 ? most - small : 0;
            add_row(sum, sum[j], l + (int64_t)j * k, j);
        }
    }
    free(sum);
}

/* Sets that are held one inside the other are no harm: nearly all probability is in the innermost. This counts those
 * beside another one, whose weights against that are not known. A state is inside of what most of its
 * probability comes from. */
static int32_t count_rivals(const struct rt_order *o, const double *kept_end, const double *x,
                            const int32_t *power, const bool *is_held)
{
    int32_t rivals = 0, *inside = rt_alloc((size_t)o->n, sizeof *inside); /* a place + 1; 0: of no such set */
    bool *is_taken = rt_alloc((size_t)o->n + 1, sizeof *is_taken);
    for (int32_t number = o->n_fronts - 1; number >= 0; number--) {
        const struct rt_front *front = &o->front[number];
        int32_t k = front->end - front->start, f = k + front->n_rest;
        const double *l = kept_end - (int64_t)f * k;
        kept_end = l;
        for (int32_t j = k - 1; j >= 0; j--) {
            int32_t place = front->start + j;
            double most = -INFINITY;
            for (int32_t i = j + 1; i < f; i++) {
                int32_t from = i < k ? front->start + i : o->rest[front->first_rest + i - k];
                double v = log2(x[from]) + log2(l[(int64_t)i * k + j]) + 256.0 * power[from];
                if (v > most) {
                    most = v;
                    inside[place] = inside[from];
                }
            }
            if (is_held[place]) {
                rivals += is_taken[inside[place]];
                is_taken[inside[place]] = true;
                inside[place] = place + 1;
            }
        }
    }
    free(inside);
    free(is_taken);
    return rivals;
}

/* To one power, and to a sum of 1 over the states or, with an outside, per turn of it. */
static void scale_law(const struct rt_order *o, const double *x, const int32_t *power, double per_rate,
                      double *p)
{
    int32_t most = INT32_MIN;
    double sum = 0;
    for (int32_t i = 0; i < o->n; i++) {
        most = x[i] > 0 && power[i] > most ? power[i] : most;
    }
    for (int32_t i = 0; i < o->n; i++) {
        sum += o->state[i] < 0 ? 0 : scaled(x[i], power[i] - most);
    }
    double whole = o->has_outside ? scaled(x[o->n - 1], power[o->n - 1] - most) : sum,
           turn = o->has_outside ? per_rate : 1; /* a time may be a number where its inverse is none */
    for (int32_t i = 0; i < o->n; i++) {
        if (o->state[i] >= 0) {
            p[o->state[i]] = scaled(x[i], power[i] - most) / whole * turn;
        }
    }
}

int rt_eliminate(const struct rt_order *o, struct rt_recorder *r, const double *back, double *p)
{
    struct rt_factors f;
    int status = rt_factorize(&f, o, r, back, false);
    if (!status) {
        double *x = rt_alloc((size_t)o->n, sizeof *x);
        int32_t *power = rt_alloc((size_t)o->n, sizeof *power);
        find_law(o, f.kept + o->kept, x, power);
        int32_t unknown = o->has_outside ? f.n_held
                          : f.n_held > 1 ? count_rivals(o, f.kept + o->kept, x, power, f.is_held)
                                         : 0;
        if (unknown > 0) {
            status =
                rt_fail(&r->error, CRNL_SOLVER,
                        "%d sets of states are left so seldom, less than once in 1e250 reactions, that "
                        "their weights cannot be computed\n  help: a law at a time, `for T`, or runs by ssa",
                        (int)(unknown + !o->has_outside));
        }
        scale_law(o, x, power, f.per_rate, p);
        free(x);
        free(power);
    }
    rt_factors_free(&f);
    return status;
}
