/* Logarithm, exponential and power of the numbers in the lanes of one vector: WIDE lanes, compiled with
 * INSTRUCTIONS, as functions named by NAME. Each lane has the bits of the function of one number, to which
 * what is not ordinary is left. Included by num_avx2.c and num_avx512.c. */
#ifndef NUM_LANES_H
#define NUM_LANES_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/crnl_num.h"
#include "rt_vectors.h"

#if defined __x86_64__
#ifndef WIDE
#define WIDE         4
#define INSTRUCTIONS __attribute__((target("avx2")))
#define NAME(f)      rt_##f##_avx2
#endif
typedef double real __attribute__((vector_size(8 * WIDE), may_alias));
typedef uint64_t word __attribute__((vector_size(8 * WIDE), may_alias));
typedef int64_t flag __attribute__((vector_size(8 * WIDE), may_alias)); /* -1 for true */
#define RT_REAL   real
#define RT_WORD   word
#define RT_INLINE static inline __attribute__((always_inline, unused)) INSTRUCTIONS

RT_INLINE real look_up(const double *table, word index)
{
    real v;
    for (int i = 0; i < WIDE; i++) {
        v[i] = table[index[i]];
    }
    return v;
}
#define RT_LOOK_UP(table, index) look_up(table, index)
#include "num_pairs.h"

RT_INLINE real choose(flag f, real yes, real no)
{
    return (real)((f & (flag)yes) | (~f & (flag)no));
}

RT_INLINE real size_of(real x)
{
    return (real)((word)x & 0x7fffffffffffffff);
}

RT_INLINE bool is_any(flag f)
{
    int64_t any = 0;
    for (int i = 0; i < WIDE; i++) {
        any |= f[i];
    }
    return any != 0;
}

/* exp(hi + lo) for |hi| <= 700, where no result is subnormal. */
#define MOST_EXPONENT 700.0
RT_INLINE real exp_of(real hi, real lo)
{
    word steps;
    struct rt_pair e = exp_pair(hi, lo, &steps);
    return e.hi * (real)((steps << 45) + (1023uLL << 52));
}

RT_INLINE flag is_normal(real x) /* and positive */
{
    return (flag)(x >= 0x1p-1022) & (flag)(x < (double)INFINITY);
}

INSTRUCTIONS void NAME(exp)(double *at)
{
    real x, zero = {0}, v;
    memcpy(&x, at, sizeof x);
    flag is_good = (flag)(size_of(x) <= MOST_EXPONENT);
    v = exp_of(choose(is_good, x, zero), zero);
    memcpy(at, &v, sizeof v);
    for (int i = 0; is_any(~is_good) && i < WIDE; i++) {
        at[i] = is_good[i] ? at[i] : crnl_exp(x[i]);
    }
}

INSTRUCTIONS void NAME(log)(double *at)
{
    real x, zero = {0}, v;
    memcpy(&x, at, sizeof x);
    flag is_good = is_normal(x);
    v = log_pair(choose(is_good, x, zero + 1), zero).hi;
    memcpy(at, &v, sizeof v);
    for (int i = 0; is_any(~is_good) && i < WIDE; i++) {
        at[i] = is_good[i] ? at[i] : crnl_log(x[i]);
    }
}

/* As power_by_integer of num_math.c, for the same n > 0 in all lanes. */
RT_INLINE real power_by_integer(real x, int n)
{
    real v = x;
    for (int bit = 30 - __builtin_clz((unsigned)n); bit >= 0; bit--) {
        v *= v;
        if (n >> bit & 1) {
            v *= x;
        }
    }
    return v;
}

/* Powers that are whole numbers up to 64 have products; those that differ from lane to lane go one by one. */
INSTRUCTIONS void NAME(pow)(double *at, const double *power)
{
    real x, y, zero = {0}, one = zero + 1, v;
    memcpy(&x, at, sizeof x);
    memcpy(&y, power, sizeof y);
    bool is_whole = y[0] == floor(y[0]) && fabs(y[0]) <= 64 && y[0] != 0 && !is_any((flag)(y != zero + y[0]));
    flag is_good;
    if (is_whole) {
        int n = (int)fabs(y[0]);
        is_good = (flag)(x == x);
        v = power_by_integer(x, n);
        if (y[0] < 0) {
            v = one / v;
        }
    } else {
        flag is_ordinary = is_normal(x), is_nothing = (flag)((word)x == 0) & (flag)(y > 0x1p-300);
        struct rt_pair l = log_pair(choose(is_ordinary, x, one), zero);
        real nearest = (y + 0x1.8p52) - 0x1.8p52;
        is_good = (flag)(size_of(y) > 64.0) | (flag)(y != nearest);
        is_good &= (flag)(size_of(y) >= 0x1p-300) & (flag)(size_of(y) < 0x1p300) & (is_ordinary | is_nothing);
        is_good &= (flag)(x != 1.0) & (flag)(size_of(y * l.hi) <= MOST_EXPONENT - 1);
        y = choose(is_good, y, zero);
        struct rt_pair p = rt_two_product(y, l.hi), e = rt_two_sum(p.hi, p.lo + y * l.lo);
        v = choose(is_nothing, zero, exp_of(e.hi, e.lo));
    }
    memcpy(at, &v, sizeof v);
    for (int i = 0; is_any(~is_good) && i < WIDE; i++) {
        at[i] = is_good[i] ? at[i] : crnl_pow(x[i], power[i]);
    }
}
#endif

#endif
