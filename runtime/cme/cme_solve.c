/* Times until the outside is reached, from the factors of an elimination; see rt_eliminate.h. With A the
 * rates among the states, and minus their sums on the diagonal, t = -b A^-1. In the forward pass, what begins
 * in a state goes on to later states, as it does when the state is eliminated. In the backward pass each
 * state gets what remains in it, divided by its rate, and what later states lead back to it. */
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"

/* The rate at which a state of a front is left when it is eliminated. */
static double rate_on(const double *row, const double *upper, int32_t own, int32_t k, int32_t n_rest)
{
    double all = 0;
    for (int32_t j = own + 1; j < k; j++) {
        all += row[j];
    }
    for (int32_t j = 0; j < n_rest; j++) {
        all += upper[j];
    }
    return all;
}

/* v: the value of each state, in the order of places; on[place] becomes the rate at which it is left. */
static void go_forward(const struct rt_factors *f, double *v, double *on)
{
    const struct rt_order *o = f->o;
    const double *kept = f->kept, *upper = f->upper;
    for (int32_t number = 0; number < o->n_fronts; number++) {
        const struct rt_front *front = &o->front[number];
        int32_t k = front->end - front->start;
        const int32_t *rest = o->rest + front->first_rest;
        for (int32_t i = 0; i < k; i++) {
            const double *row = kept + (int64_t)i * k, *far = upper + (int64_t)i * front->n_rest;
            double rate = on[front->start + i] = rate_on(row, far, i, k, front->n_rest);
            double part = rate > 0 ? v[front->start + i] / rate : 0;
            for (int32_t j = i + 1; part != 0 && j < k; j++) {
                v[front->start + j] += part * row[j];
            }
            for (int32_t j = 0; part != 0 && j < front->n_rest; j++) {
                v[rest[j]] += part * far[j];
            }
        }
        kept += (int64_t)(k + front->n_rest) * k;
        upper += (int64_t)k * front->n_rest;
    }
}

/* Computes the times from the values that remain in the states. */
static void go_back(const struct rt_factors *f, double *v, const double *on)
{
    const struct rt_order *o = f->o;
    const double *kept = f->kept + o->kept;
    for (int32_t number = o->n_fronts - 1; number >= 0; number--) {
        const struct rt_front *front = &o->front[number];
        int32_t k = front->end - front->start;
        const int32_t *rest = o->rest + front->first_rest;
        kept -= (int64_t)(k + front->n_rest) * k;
        for (int32_t j = k - 1; j >= 0; j--) {
            double rate = on[front->start + j], *own = &v[front->start + j];
            *own = rate > 0 ? *own / rate : 0;
            for (int32_t i = j + 1; i < k; i++) {
                *own += v[front->start + i] * kept[(int64_t)i * k + j];
            }
            for (int32_t i = 0; i < front->n_rest; i++) {
                *own += v[rest[i]] * kept[(int64_t)(k + i) * k + j];
            }
        }
    }
}

void rt_factors_times(const struct rt_factors *f, double *b)
{
    const struct rt_order *o = f->o;
    double *v = rt_alloc((size_t)o->n, sizeof *v), *on = rt_alloc((size_t)o->n, sizeof *on);
    for (int32_t i = 0; i < o->n - 1; i++) {
        v[i] = b[o->state[i]];
    }
    go_forward(f, v, on);
    v[o->n - 1] = 0; /* nothing comes back from the outside */
    go_back(f, v, on);
    for (int32_t i = 0; i < o->n - 1; i++) {
        b[o->state[i]] = v[i] * f->per_rate;
    }
    free(v);
    free(on);
}
