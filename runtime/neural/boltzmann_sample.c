/* Gibbs sampling of Boltzmann machines, many states side by side: loops over lanes are of fixed length, which compilers make vectors of. */
#include <math.h>

#include "rt_boltzmann.h"

typedef float quad __attribute__((vector_size(16)));
typedef int32_t whole __attribute__((vector_size(16)));
enum { QUAD = 4, MOST = RT_LANES / QUAD };

static inline quad all(float v)
{
    return (quad){v, v, v, v};
}

/* exp(x) for |x| <= 80, to 2e-7 of itself: 2^k times a polynomial of degree 6 on [-log(2)/2, log(2)/2]. */
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

/* theta_i + sum of w_ij x_j. */
static inline void find_fields(const struct rt_boltzmann *g, const quad *x, int32_t i, quad *field, int quads)
{
    quad f[MOST];
    for (int q = 0; q < quads; q++) {
        f[q] = all(g->theta[i]);
    }
    for (int32_t e = g->ptr[i]; e < g->ptr[i + 1]; e++) {
        const quad *y = x + (size_t)g->neighbour[e] * (size_t)quads, w = all(g->w[e]);
        for (int q = 0; q < quads; q++) {
            f[q] += w * y[q];
        }
    }
    for (int q = 0; q < quads; q++) {
        field[q] = f[q];
    }
}

/* Uniform in (0, 1), of 24 bits. */
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

/* On where u < 1 / (1 + exp(-field)). */
static inline void sweep(const struct rt_boltzmann *g, quad *x, int32_t first, int32_t last, struct crnl_rng *rng,
                         int quads)
{
    for (int32_t i = first; i < last; i++) {
        quad field[MOST];
        find_fields(g, x, i, field, quads);
        for (int q = 0; q < quads; q++) {
            quad u = uniform(rng);
            whole on = u + u * exponential(-field[q]) < all(1);
            x[i * quads + q] = (quad)(on & (whole)all(1));
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

double rt_boltzmann_surprise(const struct rt_boltzmann *g, const float *x, int lanes, int n, int32_t first,
                             int32_t last)
{
    double sum = 0;
    for (int32_t i = first; i < last; i++) {
        quad field[MOST];
        if (lanes == RT_LANES) {
            find_fields(g, (const quad *)(const void *)x, i, field, RT_LANES / QUAD);
        } else {
            find_fields(g, (const quad *)(const void *)x, i, field, RT_FEW_LANES / QUAD);
        }
        for (int c = 0; c < n; c++) {
            double f = (double)field[c / QUAD][c % QUAD], off = x[i * lanes + c] != 0 ? -f : f;
            sum += off > 30 ? off : crnl_log(1 + crnl_exp(off));
        }
    }
    return sum;
}
