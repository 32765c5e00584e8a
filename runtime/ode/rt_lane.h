/* WIDE numbers in the lanes of a vector, or a single one, and functions with INSTRUCTIONS: for loops that are
 * compiled once for each width. */
#ifndef RT_LANE_H
#define RT_LANE_H

#include <stdbool.h>
#include <stdint.h>

#ifndef WIDE
#define WIDE 1
#define INSTRUCTIONS
#endif

#if WIDE > 1
typedef double lane __attribute__((vector_size(8 * WIDE), may_alias));
typedef int64_t flag __attribute__((vector_size(8 * WIDE), may_alias)); /* -1 where it holds */
#else
typedef double lane;
typedef int64_t flag;
#endif
#define INLINE static inline __attribute__((always_inline, unused)) INSTRUCTIONS

#if WIDE > 1
INLINE bool lane_is(const flag *f, int i)
{
    return (*f)[i] != 0;
}
/* where[i] ? a[i] : b[i] */
INLINE void lane_choose(lane *to, const flag *where, const lane *a, const lane *b)
{
    *to = (lane)((*where & (flag)*a) | (~*where & (flag)*b));
}
INLINE void lane_less(flag *to, const lane *a, const lane *b)
{
    *to = *a < *b;
}
/* Adds those that are not finite. */
INLINE void lane_note_finite(flag *odd, const lane *x)
{
    *odd |= ~(*x - *x == 0.0);
}
#else
INLINE bool lane_is(const flag *f, int i)
{
    (void)i;
    return *f != 0;
}
INLINE void lane_choose(lane *to, const flag *where, const lane *a, const lane *b)
{
    *to = *where ? *a : *b;
}
INLINE void lane_less(flag *to, const lane *a, const lane *b)
{
    *to = -(*a < *b);
}
INLINE void lane_note_finite(flag *odd, const lane *x)
{
    *odd |= -!(*x - *x == 0.0);
}
#endif

/* v[i], or if v is NULL v_of_all[i] in all lanes. */
INLINE void lane_constant(lane *to, const lane *v, const double *v_of_all, int64_t i)
{
    const lane none = {0};
    if (v) {
        *to = v[i];
    } else {
        *to = v_of_all[i] - none;
    }
}

INLINE void lane_absolute(lane *x)
{
    lane minus = -*x, zero = {0};
    flag negative;
    lane_less(&negative, x, &zero);
    lane_choose(x, &negative, &minus, x);
}

/* x^(-1/10) to four digits, for 1e-300 < x < 1e300: a first value by the exponent, and Newton's method. */
INLINE void lane_inverse_tenth_root(lane *x)
{
    enum { OF_HIGH_WORD = 32, TENTH = 6554, SHIFT = 16 };
    const int64_t one = 0x3ff00000;
    union {
        lane value;
        flag bits;
    } u = {*x};
    u.bits = (one + one / 10 - (((u.bits >> OF_HIGH_WORD) * TENTH) >> SHIFT)) << OF_HIGH_WORD;
    lane y = u.value;
    for (int i = 0; i < 3; i++) {
        lane y2 = y * y, y4 = y2 * y2, y8 = y4 * y4;
        y = y * (1.1 - 0.1 * *x * (y8 * y2));
    }
    *x = y;
}

#endif
