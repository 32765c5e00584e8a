/* Logarithm, exponential, power, hyperbolic tangent and remainder, with the same bits on every machine. */
#include <math.h>

#include "runtime/crnl_num.h"
#include "num_pairs.h"

/* x is positive and finite. */
static struct rt_pair log_pair_of(double x)
{
    bool is_normal = x >= 0x1p-1022;
    return log_pair(is_normal ? x : x * 0x1p52, is_normal ? 0 : 52);
}

double crnl_log(double x)
{
    if (!(x > 0)) {
        return x == 0 ? -INFINITY : NAN;
    }
    if (x == INFINITY) {
        return x;
    }
    return log_pair_of(x).hi;
}

/* x * 2^k, with one rounding if the result is subnormal. */
static double scale_by(double x, int k)
{
    if (k > 1023) {
        x *= 0x1p1023;
        k = k - 1023 > 1023 ? 1023 : k - 1023;
    } else if (k < -1022) {
        if (k < -1200) {
            return x * 0x1p-1022 * 0x1p-1022;
        }
        return x * rt_from_bits((uint64_t)(k + 200 + 1023) << 52) * 0x1p-200;
    }
    return x * rt_from_bits((uint64_t)(k + 1023) << 52);
}

/* exp(hi + lo) for any hi that is not NaN. */
static double exp_of_pair(double hi, double lo)
{
    if (hi > 709.8) {
        return INFINITY;
    }
    if (hi < -745.2) {
        return 0;
    }
    uint64_t steps;
    struct rt_pair e = exp_pair(hi, lo, &steps);
    return scale_by(e.hi, (int)((int64_t)steps / 128));
}

double crnl_exp(double x)
{
    return x != x ? x : exp_of_pair(x, 0);
}

static double power_by_integer(double x, int n)
{
    int m = n < 0 ? -n : n;
    if (m == 0) {
        return 1;
    }
    int top = 0;
    while (m >> (top + 1)) {
        top++;
    }
    double result = x;
    for (int bit = top - 1; bit >= 0; bit--) {
        result *= result;
        if (m >> bit & 1) {
            result *= x;
        }
    }
    return n < 0 ? 1 / result : result;
}

/* exp(y log|x|) for finite x other than 0 and finite y. */
static double power_by_log(double x, double y)
{
    struct rt_pair l = log_pair_of(fabs(x));
    if (y * l.hi > 800) {
        return INFINITY;
    }
    if (y * l.hi < -800) {
        return 0;
    }
    if (fabs(y) < 0x1p-300) {
        return 1;
    }
    struct rt_pair p = rt_two_product(y, l.hi);
    struct rt_pair e = rt_two_sum(p.hi, p.lo + y * l.lo);
    return exp_of_pair(e.hi, e.lo);
}

double crnl_pow(double x, double y)
{
    if (y == 0 || x == 1) {
        return 1;
    }
    if (x != x || y != y) {
        return NAN;
    }
    if (fabs(y) <= 64 && y == floor(y)) {
        return power_by_integer(x, (int)y);
    }
    double size = fabs(x);
    int odd = fabs(y) < 0x1p53 && y == floor(y) && fabs(y) - 2 * floor(fabs(y) / 2) == 1;
    double sign = odd && rt_bits(x) >> 63 ? -1 : 1;
    if (fabs(y) == INFINITY) {
        return size == 1 ? 1 : ((size > 1) == (y > 0) ? INFINITY : 0);
    }
    if (size == 0 || size == INFINITY) {
        return (size == 0) == (y < 0) ? sign * INFINITY : sign * 0.0;
    }
    if (x < 0 && y != floor(y)) {
        return NAN;
    }
    return sign * power_by_log(x, y);
}

double crnl_tanh(double x)
{
    double size = fabs(x);
    if (size < 0x1p-4) {
        double z = x * x;
        return x + x * z *
                       (-1.0 / 3 +
                        z * (2.0 / 15 + z * (-17.0 / 315 +
                                             z * (62.0 / 2835 + z * (-1382.0 / 155925 +
                                                                     z * (21844.0 / 6081075 +
                                                                          z * (-929569.0 / 638512875)))))));
    }
    if (!(size < 22)) {
        return x != x ? x : x > 0 ? 1 : -1;
    }
    uint64_t steps;
    struct rt_pair e = exp_pair(2 * size, 0, &steps); /* tanh = (e - 1) / (e + 1) */
    double unit = scale_by(1, (int)((int64_t)steps / 128));
    e.hi *= unit;
    e.lo *= unit;
    struct rt_pair over = rt_two_sum(e.hi, -1), under = rt_two_sum(e.hi, 1);
    over.lo += e.lo;
    under.lo += e.lo;
    double q = over.hi / under.hi;
    struct rt_pair back = rt_two_product(q, under.hi);
    double result = q + ((over.hi - back.hi) - back.lo + over.lo - q * under.lo) / under.hi;
    return x < 0 ? -result : result;
}

/* With c = the multiple of 1/8 nearest to x, 0 <= x <= 1: atan(x) = atan(c) + atan(t), t = (x - c) / (1 + x
 * c), |t| <= 1/16, the last by its Taylor series. atan(c) is stored in two parts. */
static struct rt_pair atan_pair(struct rt_pair x)
{
    static const double eighth[9][2] = {
        {0.0, 0.0},
        {0.12435499454676144, -3.1253241424539383e-18},
        {0.24497866312686414, 1.0698755618734451e-17},
        {0.35877067027057225, -2.4623815582638635e-17},
        {0.4636476090008061, 2.2698777452961687e-17},
        {0.5585993153435624, -5.4556305485916264e-18},
        {0.6435011087932844, 1.5834785051444286e-17},
        {0.7188299996216245, -2.1478388444456983e-17},
        {0.7853981633974483, 3.061616997868383e-17},
    };
    int k = (int)(8 * x.hi + 0.5);
    double c = k / 8.0, above = x.hi - c, below = 1 + x.hi * c, t = (above + x.lo) / below, z = t * t;
    /* error of the division */
    double error = above - t * below + x.lo - t * (((1 - below) + x.hi * c) + x.lo * c);
    double tail =
        t * z *
        (-1.0 / 3 +
         z * (1.0 / 5 + z * (-1.0 / 7 + z * (1.0 / 9 + z * (-1.0 / 11 + z * (1.0 / 13 - z / 15))))));
    struct rt_pair sum = rt_two_sum(eighth[k][0], t);
    sum.lo += eighth[k][1] + tail + error / below;
    return sum;
}

double crnl_atan(double x)
{
    double size = fabs(x), result;
    if (x != x || size < 0x1p-27) {
        return x;
    }
    if (size <= 1) {
        struct rt_pair a = atan_pair((struct rt_pair){size, 0});
        result = a.hi + a.lo;
    } else { /* pi/2 - atan(1/x) */
        double inverse = 1 / size;
        struct rt_pair back = rt_two_product(inverse, size);
        struct rt_pair a =
            atan_pair((struct rt_pair){inverse, size < 0x1p500 ? (1 - back.hi - back.lo) / size : 0});
        struct rt_pair sum = rt_two_sum(1.5707963267948966, -a.hi);
        result = sum.hi + (sum.lo + (6.123233995736766e-17 - a.lo));
    }
    return x < 0 ? -result : result;
}

double crnl_factorial(double x)
{
    double product = 1;
    if (!(x >= 0) || x != floor(x)) {
        return NAN;
    }
    for (double k = 2; k <= x && product < INFINITY; k++) {
        product *= k;
    }
    return product;
}

/* From 2^53 on the product would be rounded to a number far from x, and all digits of the remainder would be
 * lost. fmod is exact. */
static double mod_of_large(double x, double y)
{
    double rest = fmod(x, y);
    return rest == 0 ? 0 : (rest < 0) != (y < 0) ? rest + y : rest;
}

double crnl_mod(double x, double y)
{
    if (fabs(x) >= 0x1p53) {
        return mod_of_large(x, y);
    }
    return x - floor(x / y) * y;
}

int32_t crnl_int_pow(int64_t x, int64_t n, int64_t *result)
{
    int64_t power = 1;
    for (; n > 0; n >>= 1) {
        if (n & 1 && __builtin_mul_overflow(power, x, &power)) {
            return 0;
        }
        if (n > 1 && __builtin_mul_overflow(x, x, &x)) {
            /* this square is a factor of the result, and no factor is 0, so the result is below the range */
            return 0;
        }
    }
    *result = power;
    return 1;
}
