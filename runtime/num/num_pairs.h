/* Logarithm and exponential as pairs: the same text for one number, and for several in the lanes of a vector
 * (num_lanes.h). Arguments are reduced by tables to |r| < 2^-7, where the Taylor series needs few terms. Both
 * carry about 65 bits, so that results are rounded once and the power can be built on them. A file that
 * computes several numbers defines RT_LOOK_UP. */
#ifndef NUM_PAIRS_H
#define NUM_PAIRS_H

#include "num_tables.h"
#include "rt_exact.h"

#ifndef RT_LOOK_UP
#define RT_LOOK_UP(table, index) (table)[index]
#endif

/* log x = k ln 2 + log c + log(1 + r), x = 2^k z, z = c (1 + r): r is exact as a pair because 1/c has 10
 * bits. x is positive, finite and normal, and stands for x / 2^less. Relative error about 2^-66. */
RT_INLINE struct rt_pair log_pair(RT_REAL x, RT_REAL less)
{
    const uint64_t origin = 0x3fe6000000000000; /* 0.6875 */
    RT_WORD u = rt_bits(x), shifted = u - origin, i = shifted >> 45 & 127;
    /* k = shifted / 2^52, with its sign, is added to 2^52 + 2^11 */
    RT_REAL k = rt_from_bits((shifted >> 52 ^ 0x800) | 0x4330000000000000) - (0x1p52 + 0x800);
    RT_REAL z = rt_from_bits(u - (shifted & 0xfff0000000000000));
    RT_REAL z_head = rt_from_bits(rt_bits(z) & 0xffffffffffe00000);
    RT_REAL invc = RT_LOOK_UP(log_invc, i);
    struct rt_pair r = rt_two_sum(z_head * invc - 1, (z - z_head) * invc);
    RT_REAL exponent = k - less;
    RT_REAL base = exponent * ln2_hi + RT_LOOK_UP(log_hi, i); /* exact: multiples of 2^-42 */

    RT_REAL s = r.hi, s2 = s * s;
    struct rt_pair square = rt_two_product(s, s);
    RT_REAL series =
        s * s2 *
        (1.0 / 3 -
         s * (1.0 / 4 - s * (1.0 / 5 - s * (1.0 / 6 - s * (1.0 / 7 - s * (1.0 / 8 - s * (1.0 / 9)))))));
    struct rt_pair a = rt_two_sum(base, r.hi);
    struct rt_pair b = rt_two_sum(a.hi, -0.5 * square.hi);
    RT_REAL lo = a.lo + b.lo + (exponent * ln2_lo + RT_LOOK_UP(log_lo, i)) +
                 (r.lo - s * r.lo - 0.5 * square.lo) + series;
    return rt_two_sum(b.hi, lo);
}

/* exp(hi + lo) = pair * 2^(*steps / 128) for |hi| < 1100, with hi = n ln2/128 + r and n = steps + j; steps is
 * a multiple of 128 in two's complement. */
RT_INLINE struct rt_pair exp_pair(RT_REAL hi, RT_REAL lo, RT_WORD *steps)
{
    RT_REAL shifted = hi * exp_step_inverse + 0x1.8p52; /* to nearest integer */
    RT_REAL n = shifted - 0x1.8p52;
    RT_WORD integer = rt_bits(shifted) - 0x4338000000000000, j = integer & 127;
    *steps = integer - j;
    RT_REAL high = RT_LOOK_UP(exp_hi, j);
    struct rt_pair r = rt_two_sum(hi - n * exp_step_hi, lo - n * exp_step_lo);
    RT_REAL s = r.hi;
    RT_REAL p = r.lo + s * s * (1.0 / 2 + s * (1.0 / 6 + s * (1.0 / 24 + s * (1.0 / 120 + s * (1.0 / 720)))));
    struct rt_pair first = rt_two_product(high, s);
    struct rt_pair sum = rt_two_sum(high, first.hi);
    return rt_two_sum(sum.hi, sum.lo + first.lo + high * p + RT_LOOK_UP(exp_lo, j) * (1 + s));
}

#endif
