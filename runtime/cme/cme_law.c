/* The stationary law from the factors of an elimination; see rt_eliminate.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"

static void add_to_row(cme_number *to, cme_number factor, const cme_number *from, int32_t n)
{
    for (int32_t j = 0; j < n; j++) {
        to[j] += factor * from[j];
    }
}

/* Probabilities may differ by more than the range of doubles: each is at most 1 and is accompanied by a power
 * of SCALE. */
static const double SCALE = 0x1p256, PER_SCALE = 0x1p-256, NEARLY_ALL = 1e-20;

static cme_number scaled(cme_number v, int32_t power)
{
    for (; power < 0 && v > 0; power++) {
        v *= PER_SCALE;
    }
    return v;
}

static void scale_down(cme_number *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        v[i] *= PER_SCALE;
    }
}

/* Goes from the last front to the first; each uses the probabilities of its rest: p[k] = sum of p[i] l[i][k]
 * over i after k. */
static void find_law(const struct rt_order *o, const cme_number *kept_end, cme_number *x, int32_t *power)
{
    cme_number *sum = rt_alloc((size_t)o->n, sizeof *sum);
    for (int32_t number = o->n_fronts - 1; number >= 0; number--) {
        const struct rt_front *front = &o->front[number];
        int32_t k = front->end - front->start, most = INT32_MIN;
        const int32_t *rest = o->rest + front->first_rest;
        const cme_number *l = kept_end - (int64_t)(k + front->n_rest) * k;
        kept_end = l;
        for (int32_t i = 0; i < front->n_rest; i++) {
            most = x[rest[i]] > 0 && power[rest[i]] > most ? power[rest[i]] : most;
        }
        memset(sum, 0, (size_t)k * sizeof *sum);
        for (int32_t i = 0; i < front->n_rest; i++) {
            cme_number v = x[rest[i]] > 0 ? scaled(x[rest[i]], power[rest[i]] - most) : 0;
            if (v > 0) {
                add_to_row(sum, v, l + (int64_t)(k + i) * k, k);
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
            add_to_row(sum, sum[j], l + (int64_t)j * k, j);
        }
    }
    free(sum);
}

/* Counts held states whose weight is not known. A held state is left more seldom than in the computation, so
 * its probability is larger. That is harmless if it already has nearly all of the probability of itself and
 * the states after it. */
static int32_t count_unknown(const struct rt_order *o, const cme_number *x, const int32_t *power,
                             const bool *is_held)
{
    int32_t unknown = 0, most = INT32_MIN;
    cme_number sum = 0; /* of later places, times a power of SCALE */
    for (int32_t i = o->n - 1; i >= 0; i--) {
        if (x[i] > 0 && power[i] > most) {
            sum = most == INT32_MIN ? 0 : scaled(sum, most - power[i]);
            most = power[i];
        }
        cme_number own = x[i] > 0 ? scaled(x[i], power[i] - most) : 0;
        unknown += is_held[i] && !(own * NEARLY_ALL > sum);
        sum += own;
    }
    return unknown;
}

/* Brings all probabilities to one power of SCALE, and their sum to 1 or, with an outside, to the time of one
 * stay. */
static void scale_law(const struct rt_order *o, const cme_number *x, const int32_t *power, double per_rate,
                      double *p)
{
    int32_t most = INT32_MIN;
    cme_number sum = 0;
    for (int32_t i = 0; i < o->n; i++) {
        most = x[i] > 0 && power[i] > most ? power[i] : most;
    }
    for (int32_t i = 0; i < o->n; i++) {
        sum += o->state[i] < 0 ? 0 : scaled(x[i], power[i] - most);
    }
    cme_number whole = o->has_outside ? scaled(x[o->n - 1], power[o->n - 1] - most) : sum,
               turn = o->has_outside ? per_rate : 1; /* the time may be representable although its inverse is
                                                  * not */
    for (int32_t i = 0; i < o->n; i++) {
        if (o->state[i] >= 0) {
            p[o->state[i]] = (double)(scaled(x[i], power[i] - most) / whole * turn);
        }
    }
}

static bool are_finite(const struct rt_order *o, const double *p)
{
    bool finite = true;
    for (int32_t i = 0; i < o->n; i++) {
        finite = finite && (o->state[i] < 0 || isfinite(p[o->state[i]]));
    }
    return finite;
}

int rt_eliminate(const struct rt_order *o, struct rt_recorder *r, const double *back, double *p)
{
    struct rt_factors f;
    bool is_known = true;
    int status = rt_factorize(&f, o, r, back, false);
    if (!status) {
        cme_number *x = rt_alloc((size_t)o->n, sizeof *x);
        int32_t *power = rt_alloc((size_t)o->n, sizeof *power);
        find_law(o, f.kept + o->kept, x, power);
        scale_law(o, x, power, f.per_rate, p);
        is_known =
            (o->has_outside ? f.n_held : count_unknown(o, x, power, f.is_held)) == 0 && are_finite(o, p);
        free(x);
        free(power);
    }
    rt_factors_free(&f);
    if (status || is_known) {
        return status;
    }
#if CME_HAS_WIDER
    return rt_eliminate_wide(o, r, back, p);
#else
    return rt_fail(&r->error, CRNL_SOLVER,
                   "sets of states are left so seldom, less than once in %s reactions, that their weights "
                   "cannot be computed\n  help: a law at a time, `for T`, or runs by ssa",
                   CME_SELDOM);
#endif
}
