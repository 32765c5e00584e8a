/* Error-free transformations: sums and products of two doubles as an unevaluated pair hi + lo. They require
 * -ffp-contract=off and rounding to nearest. A file that computes several numbers at once defines RT_REAL and
 * RT_WORD as vectors, and RT_INLINE. */
#ifndef RT_EXACT_H
#define RT_EXACT_H

#include <stdint.h>
#include <string.h>

#ifndef RT_REAL
#define RT_REAL   double
#define RT_WORD   uint64_t
#define RT_INLINE static inline
#endif

struct rt_pair {
    RT_REAL hi, lo;
};

/* The exact sum (Knuth 1969), for operands in any order of magnitude. */
RT_INLINE struct rt_pair rt_two_sum(RT_REAL a, RT_REAL b)
{
    RT_REAL s = a + b, bb = s - a;
    return (struct rt_pair){s, (a - (s - bb)) + (b - bb)};
}

/* The exact product (Dekker 1971); |a|, |b| below 2^995. */
RT_INLINE struct rt_pair rt_two_product(RT_REAL a, RT_REAL b)
{
    const double split = 134217729.0; /* 2^27 + 1 */
    RT_REAL p = a * b;
    RT_REAL ca = split * a, ah = ca - (ca - a), al = a - ah;
    RT_REAL cb = split * b, bh = cb - (cb - b), bl = b - bh;
    return (struct rt_pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

RT_INLINE RT_WORD rt_bits(RT_REAL x)
{
    RT_WORD u;
    memcpy(&u, &x, sizeof u);
    return u;
}

RT_INLINE RT_REAL rt_from_bits(RT_WORD u)
{
    RT_REAL x;
    memcpy(&x, &u, sizeof x);
    return x;
}

#endif
