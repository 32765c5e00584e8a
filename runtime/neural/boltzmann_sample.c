/* Gibbs sampling of Boltzmann machines, for many states at a time. Loops over lanes have a fixed length, so
 * that compilers use vector instructions. */
#include <math.h>

#include "rt_boltzmann.h"

typedef float quad __attribute__((vector_size(16)));
typedef int32_t whole __attribute__((vector_size(16)));
enum { QUAD = 4, MOST = RT_LANES / QUAD };

static inline quad all(float v)
{
    return (quad){v, v, v, v};
}

/* exp(x) for |x| <= 80, with a relative error of 2e-7: 2^k times a polynomial of degree 6 on [-log(2)/2,
 * log(2)/2]. */
static inline quad exponential(quad x)
{
    const quad rounding = all(12582912), most = all(80), least = all(-80);
    x = (quad)(((whole)x & (x < most)) | ((whole)most & ~(x < most)));
    x = (quad)(((whole)x & (x > least)) | ((whole)least & ~(x > least)));
    quad shifted = x * all(1.44269504088896341f) + rounding, k = shifted - rounding;
    quad r = (x - k * all(0.693359375f)) + k * all(2.12194440e-4f);
    quad p = all(1.0f / 720);
    p = p * r + all(1.0f / 120);
    p = p * r + all(1.0f / 24);
    p = p * r + all(1.0f / 6);
    p = p * r + all(0.5f);
    p = p * r + all(1);
    p = p * r + all(1);
    whole power = ((whole)shifted - (whole)rounding) << 23;
    return (quad)((whole)p + power);
}

/* theta_i + sum of w_ij x_j, and, if `size` is not NULL, the sum of the absolute values of its terms. */
static inline void find_fields(const struct rt_boltzmann *g, const quad *x, int32_t i, quad *field,
                               quad *size, int quads)
{
    quad f[MOST], a[MOST];
    for (int q = 0; q < quads; q++) {
        f[q] = all(g->theta[i]);
        a[q] = all(fabsf(g->theta[i]));
    }
    for (int32_t e = g->ptr[i]; e < g->ptr[i + 1]; e++) {
        const quad *y = x + (size_t)g->neighbour[e] * (size_t)quads, w = all(g->w[e]),
                   v = all(fabsf(g->w[e]));
        for (int q = 0; q < quads; q++) {
            f[q] += w * y[q];
            if (size) {
                a[q] += v * y[q];
            }
        }
    }
    for (int q = 0; q < quads; q++) {
        field[q] = f[q];
        if (size) {
            size[q] = a[q];
        }
    }
}

/* The odds: P(on) is on / (on + off). */
static inline void find_odds(const struct rt_boltzmann *g, const quad *x, int32_t i, quad *on, quad *off,
                             int quads)
{
    quad field[MOST], size[MOST];
    if (g->conditional == RT_TAYLOR) {
        find_fields(g, x, i, field, size, quads);
        for (int q = 0; q < quads; q++) {
            on[q] = all(1) + all(0.5f) * (size[q] + field[q]);
            off[q] = all(1) + all(0.5f) * (size[q] - field[q]);
        }
    } else {
        find_fields(g, x, i, field, NULL, quads);
        for (int q = 0; q < quads; q++) {
            on[q] = all(1);
            off[q] = exponential(-field[q]);
        }
    }
}

/* Uniform in (0, 1), with 24 bits. */
static inline quad uniform(struct crnl_rng *rng)
{
    uint64_t a = crnl_rng_next(rng), b = crnl_rng_next(rng);
    const whole bits = {(int32_t)(a >> 40), (int32_t)(a >> 8 & 0xffffff), (int32_t)(b >> 40),
                        (int32_t)(b >> 8 & 0xffffff)};
    quad v;
    for (int k = 0; k < QUAD; k++) {
        v[k] = (float)bits[k];
    }
    return (v + all(0.5f)) * all(0x1p-24f);
}

/* Draws units in turn: a unit is on if u (on + off) < on. */
static inline void sweep(const struct rt_boltzmann *g, quad *x, int32_t first, int32_t last,
                         struct crnl_rng *rng, int quads)
{
    for (int32_t i = first; i < last; i++) {
        quad on[MOST], off[MOST];
        find_odds(g, x, i, on, off, quads);
        for (int q = 0; q < quads; q++) {
            quad u = uniform(rng);
            whole is_on = u * on[q] + u * off[q] < on[q];
            x[i * quads + q] = (quad)(is_on & (whole)all(1));
        }
    }
}

void rt_boltzmann_sweep(const struct rt_boltzmann *g, float *x, int lanes, int32_t first, int32_t last,
                        struct crnl_rng *rng)
{
    if (lanes == RT_LANES) {
        sweep(g, (quad *)(void *)x, first, last, rng, RT_LANES / QUAD);
    } else {
        sweep(g, (quad *)(void *)x, first, last, rng, RT_FEW_LANES / QUAD);
    }
}

static double surprise(const struct rt_boltzmann *g, bool is_on, double field, double size)
{
    double against = is_on ? -field : field;
    if (g->conditional == RT_TAYLOR) {
        return crnl_log((2 + size) / (1 + 0.5 * (size - against)));
    }
    return against > 30 ? against : crnl_log(1 + crnl_exp(against));
}

double rt_boltzmann_surprise(const struct rt_boltzmann *g, const float *x, int lanes, int n, int32_t first,
                             int32_t last)
{
    double sum = 0;
    for (int32_t i = first; i < last; i++) {
        quad field[MOST], size[MOST];
        find_fields(g, (const quad *)(const void *)x, i, field, size,
                    lanes == RT_LANES ? RT_LANES / QUAD : RT_FEW_LANES / QUAD);
        for (int c = 0; c < n; c++) {
            sum += surprise(g, x[i * lanes + c] != 0, (double)field[c / QUAD][c % QUAD],
                            (double)size[c / QUAD][c % QUAD]);
        }
    }
    return sum;
}
