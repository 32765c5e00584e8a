/* Error-free transformations: sums and products of two doubles as an unevaluated pair hi + lo. They require
 * -ffp-contract=off and rounding to nearest. */
#ifndef RT_EXACT_H
#define RT_EXACT_H

#include <stdint.h>
#include <string.h>

struct rt_pair {
    double hi, lo;
};

/* The exact sum (Knuth 1969), for operands in any order of magnitude. */
static inline struct rt_pair rt_two_sum(double a, double b)
{
    double s = a + b, bb = s - a;
    return (struct rt_pair){s, (a - (s - bb)) + (b - bb)};
}

/* The exact product (Dekker 1971); |a|, |b| below 2^995. */
static inline struct rt_pair rt_two_product(double a, double b)
{
    const double split = 134217729.0; /* 2^27 + 1 */
    double p = a * b;
    double ca = split * a, ah = ca - (ca - a), al = a - ah;
    double cb = split * b, bh = cb - (cb - b), bl = b - bh;
    return (struct rt_pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static inline uint64_t rt_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline double rt_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

#endif
