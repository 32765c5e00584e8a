/* Poisson variates: by inversion for small means, otherwise by transformed rejection (Hormann 1993, algorithm
 * PTRS). */
#include <math.h>

#include "runtime/crnl_num.h"

/* log k! - (k + 1/2) log k + k - log(2 pi) / 2 for k >= 10, by five terms of Stirling's series; the sixth,
 * 691 / 360360 k^-11, is at most 2e-14. */
static double stirling_rest(double k)
{
    double kk = k * k;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / kk) / kk) / kk) / kk) / k;
}

/* k log(k / mean) + mean - k without cancellation (Loader 2000, bd0). */
static double deviance(double k, double mean)
{
    double d = k - mean;
    if (fabs(d) >= 0.1 * (k + mean)) {
        return k * crnl_log(k / mean) - d;
    }
    double v = d / (k + mean), sum = d * v, term = 2 * k * v;
    for (int j = 3;; j += 2) {
        term *= v * v;
        double next = sum + term / j;
        if (next == sum) {
            return sum;
        }
        sum = next;
    }
}

/* Logarithm of the probability of k, k >= 0. */
static double log_probability(double k, double mean)
{
    static const double half_log_2_pi = 0.9189385332046727;
    if (k < 10) {
        double factorial = 1;
        for (double i = 2; i <= k; i++) {
            factorial *= i;
        }
        return k * crnl_log(mean) - mean - crnl_log(factorial);
    }
    return -deviance(k, mean) - stirling_rest(k) - crnl_log(k) / 2 - half_log_2_pi;
}

static double by_inversion(struct crnl_rng *r, double mean)
{
    double u = crnl_rng_uniform(r), p = crnl_exp(-mean), sum = p, k = 0;
    while (u > sum) {
        p *= mean / ++k;
        if (sum + p == sum) {
            break; /* u is beyond the largest value of the rounded sum */
        }
        sum += p;
    }
    return k;
}

double crnl_rng_poisson(struct crnl_rng *r, double mean)
{
    if (mean < 10) {
        return mean > 0 ? by_inversion(r, mean) : 0;
    }
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = crnl_rng_uniform(r) - 0.5, v = crnl_rng_uniform(r), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) {
            return k;
        }
        if (!(k >= 0 && k < INFINITY) || (us < 0.013 && v > us)) {
            continue;
        }
        if (crnl_log(v * inverse_alpha / (a / (us * us) + b)) <= log_probability(k, mean)) {
            return k;
        }
    }
}
