/* Sine and cosine: reduction to |r| <= pi/4 as a pair that is accurate for every double, then the Taylor
 * series. */
#include <math.h>

#include "runtime/crnl_num.h"
#include "rt_exact.h"

__extension__ typedef unsigned __int128 u128;

/* pi/2 as three parts of 33 bits, whose products with 20-bit integers are exact, and the rest. */
static const double part0 = 0x1.921fb544p+0, part1 = 0x1.0b4611a8p-34, part2 = -0x1.d9cceba4p-66,
                    part3 = 0x1.b839a252049c1p-104;
static const double pio2_hi = 0x1.921fb54442d18p+0, pio2_lo = 0x1.1a62633145c07p-54;
static const double pio2_inverse = 0x1.45f306dc9c883p-1;

/* The first 1280 bits of 2/pi after the point. */
static const uint64_t two_over_pi[20] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
    0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4,
    0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d,
};

/* 64 bits of 2/pi from bit `first` on (0 is the first after the point). */
static uint64_t bits_at(int first)
{
    int word = first / 64, shift = first % 64;
    uint64_t high = two_over_pi[word] << shift;
    return shift ? high | two_over_pi[word + 1] >> (64 - shift) : high;
}

/* Payne, Hanek 1983. x = m 2^e with a 53-bit integer m, |x| >= 2^20. Those bits of 2/pi whose products with x
 * are multiples of 4 are left out. The next 192 bits times m, modulo 4, give quadrant and fraction. */
static int reduce_large(double x, struct rt_pair *r)
{
    uint64_t u = rt_bits(x), m = (u & 0xfffffffffffff) | 0x10000000000000;
    int e = (int)(u >> 52 & 0x7ff) - 1075;
    int first = e > 2 ? e - 2 : 0;
    uint64_t limb[4] = {0}; /* least significant limb first; bit 192 has the weight 2^(e - first) */
    u128 carry = 0;
    for (int i = 0; i < 3; i++) {
        carry += (u128)m * bits_at(first + 64 * (2 - i));
        limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    limb[3] = (uint64_t)carry;
    int up = 62 - first + e; /* the point is below the two highest of 256 bits, whose weights are 2 and 1 */
    uint64_t top[3];
    for (int i = 0; i < 3; i++) {
        top[i] = up == 64 ? limb[i] : limb[i + 1] << up | limb[i] >> (64 - up);
    }
    int quadrant = (int)(top[2] >> 62);
    top[2] &= 0x3fffffffffffffff;
    int negative = (int)(top[2] >> 61); /* if the fraction is at least one half, the next quadrant is used */
    if (negative) {
        quadrant++;
        top[2] |= 0xc000000000000000; /* fraction - 1, then its absolute value */
        u128 one = 1;
        for (int i = 0; i < 3; i++) {
            one += (uint64_t)~top[i];
            top[i] = (uint64_t)one;
            one >>= 64;
        }
    }
    int zeros = 0;
    while (zeros < 120 && !(top[2] >> 63)) {
        top[2] = top[2] << 1 | top[1] >> 63;
        top[1] = top[1] << 1 | top[0] >> 63;
        top[0] <<= 1;
        zeros++;
    }
    double unit = rt_from_bits((uint64_t)(1023 + 2 - zeros) << 52); /* twice the weight of the highest bit */
    struct rt_pair f = rt_two_sum((double)(top[2] >> 11) * 0x1p-53 * unit,
                                  (double)((top[2] & 0x7ff) << 42 | top[1] >> 22) * 0x1p-106 * unit);
    struct rt_pair p = rt_two_product(f.hi, pio2_hi);
    *r = rt_two_sum(p.hi, p.lo + f.hi * pio2_lo + f.lo * pio2_hi);
    if (negative != (int)(u >> 63)) {
        r->hi = -r->hi;
        r->lo = -r->lo;
    }
    return u >> 63 ? -quadrant : quadrant;
}

/* x = quadrant * pi/2 + r, for finite x. */
static int reduce(double x, struct rt_pair *r)
{
    if (fabs(x) <= 0.78539816) {
        *r = (struct rt_pair){x, 0};
        return 0;
    }
    if (fabs(x) >= 0x1p20) {
        return reduce_large(x, r);
    }
    double n = (x * pio2_inverse + 0x1.8p52) - 0x1.8p52;
    struct rt_pair a = rt_two_sum(x - n * part0, -n * part1);
    struct rt_pair b = rt_two_sum(a.hi, -n * part2);
    *r = rt_two_sum(b.hi, a.lo + b.lo - n * part3);
    return (int)n;
}

static double sine_near_0(struct rt_pair r)
{
    double x = r.hi, z = x * x;
    double p =
        -1.0 / 6 +
        z * (1.0 / 120 +
             z * (-1.0 / 5040 +
                  z * (1.0 / 362880 +
                       z * (-1.0 / 39916800 + z * (1.0 / 6227020800 + z * (-1.0 / 1307674368000 +
                                                                           z * (1.0 / 355687428096000)))))));
    return x + (x * z * p + r.lo * (1 - 0.5 * z));
}

static double cosine_near_0(struct rt_pair r)
{
    struct rt_pair square = rt_two_product(r.hi, r.hi);
    double x = r.hi, z = square.hi, half = 0.5 * z, w = 1 - half;
    double p =
        1.0 / 24 +
        z * (-1.0 / 720 +
             z * (1.0 / 40320 +
                  z * (-1.0 / 3628800 + z * (1.0 / 479001600 + z * (-1.0 / 87178291200 +
                                                                    z * (1.0 / 20922789888000 +
                                                                         z * (-1.0 / 6402373705728000)))))));
    return w + (((1 - w) - half) + (z * z * p - x * r.lo - 0.5 * square.lo));
}

static double sine_of_quadrant(struct rt_pair r, int quadrant)
{
    double v = quadrant & 1 ? cosine_near_0(r) : sine_near_0(r);
    return quadrant & 2 ? -v : v;
}

double crnl_sin(double x)
{
    if (!(fabs(x) < INFINITY)) {
        return NAN;
    }
    if (x == 0) {
        return x;
    }
    struct rt_pair r;
    int quadrant = reduce(x, &r);
    return sine_of_quadrant(r, quadrant);
}

double crnl_cos(double x)
{
    if (!(fabs(x) < INFINITY)) {
        return NAN;
    }
    struct rt_pair r;
    int quadrant = reduce(x, &r);
    return sine_of_quadrant(r, quadrant + 1);
}
