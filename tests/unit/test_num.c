/* Elementary functions against long double, variates against their laws. Sample means are tested with |Z| < 5.3: a
 * false alarm in 10^7 tests. Seeds are fixed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/crnl_num.h"

enum { POINTS = 400000 };

static double between(struct crnl_rng *r, double a, double b)
{
    return a + (b - a) * crnl_rng_uniform(r);
}

/* Distance in units of the last place of the true value. */
static double ulps(double got, long double want)
{
    double w = (double)want;
    if (w != w || fabs(w) == INFINITY || got != got || fabs(got) == INFINITY) {
        return got == w || (got != got && w != w) ? 0 : INFINITY;
    }
    return (double)(fabsl((long double)got - want) / (nextafter(fabs(w), INFINITY) - fabs(w)));
}

typedef double function(double);
typedef long double reference(long double);
typedef double points(struct crnl_rng *r);

static double worst(function *f, reference *g, points *p)
{
    struct crnl_rng r;
    double max = 0;
    crnl_rng_seed(&r, 7, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < POINTS; i++) {
        double x = p(&r), u = ulps(f(x), g(x));
        max = u > max ? u : max;
    }
    return max;
}

static double any_positive(struct crnl_rng *r)
{
    return ldexp(between(r, 1, 2), (int)between(r, -1074, 1023));
}
static double about_1(struct crnl_rng *r)
{
    return 1 + ldexp(between(r, -1, 1), -(int)between(r, 0, 50));
}
static double exponents(struct crnl_rng *r)
{
    return between(r, -745.2, 709.9);
}
static double small(struct crnl_rng *r)
{
    return ldexp(between(r, -1, 1), -(int)between(r, 0, 60));
}
static double moderate(struct crnl_rng *r)
{
    return between(r, -30, 30);
}
static double quarter_turns(struct crnl_rng *r)
{
    return rint(between(r, -1e6, 1e6)) * 1.5707963267948966;
}
static double any_size(struct crnl_rng *r)
{
    return ldexp(between(r, -2, 2), (int)between(r, -30, 1022));
}

static void functions_are_within_one_ulp(void **state)
{
    (void)state;
    static const struct {
        function *f;
        reference *g;
        points *p;
    } list[] = {
        {crnl_log, logl, any_positive},  {crnl_log, logl, about_1},    {crnl_exp, expl, exponents},
        {crnl_exp, expl, small},         {crnl_sin, sinl, moderate},   {crnl_sin, sinl, quarter_turns},
        {crnl_sin, sinl, any_size},      {crnl_sin, sinl, small},      {crnl_cos, cosl, moderate},
        {crnl_cos, cosl, quarter_turns}, {crnl_cos, cosl, any_size},   {crnl_tanh, tanhl, moderate},
        {crnl_tanh, tanhl, small},       {crnl_atan, atanl, moderate}, {crnl_atan, atanl, small},
        {crnl_atan, atanl, about_1},     {crnl_atan, atanl, any_size},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        assert_true(worst(list[i].f, list[i].g, list[i].p) <= 1);
    }
}

static void power_is_within_two_ulps(void **state)
{
    (void)state;
    struct crnl_rng r;
    double max = 0;
    crnl_rng_seed(&r, 8, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < POINTS; i++) {
        double x = crnl_exp(between(&r, -20, 20)), y = between(&r, -30, 30),
               u = ulps(crnl_pow(x, y), powl(x, y));
        max = u > max ? u : max;
        x = about_1(&r);
        y = between(&r, -700, 700) / fabs(x - 1);
        u = fabs(y) > 64 && fabs(y) < 1e300 ? ulps(crnl_pow(x, y), powl(x, y)) : 0;
        max = u > max ? u : max;
    }
    assert_true(max <= 2);
    for (int n = -64; n <= 64; n++) {
        assert_true(crnl_pow(2, n) == ldexp(1, n));
        assert_true(crnl_pow(-2, n) == ldexp(n % 2 ? -1 : 1, n));
    }
    assert_true(crnl_pow(3, 5) == 243);
    assert_true(crnl_pow(0.5, -3) == 8);
}

/* Numbers of all kinds, among ordinary ones. */
static double any_number(struct crnl_rng *r)
{
    static const double special[] = {0,      -0.0,  1,        -1,        2,     0.5,    3,    -3,     64,
                                     65,     700,   -700,     701,       709.5, -745,   -800, 1e-310, 1e300,
                                     -1e300, 1e308, INFINITY, -INFINITY, NAN,   1e-301, 0.1,  1e16};
    double u = crnl_rng_uniform(r);
    return u < 0.2   ? special[(size_t)(crnl_rng_uniform(r) * 25.99)]
           : u < 0.4 ? floor(between(r, -70, 70))
           : u < 0.5 ? between(r, -800, 800)
           : u < 0.6 ? any_size(r)
                     : fabs(between(r, -20, 20));
}

static bool same_bits(const double *a, const double *b, int n)
{
    bool same = true;
    for (int i = 0; i < n; i++) {
        same &= (isnan(a[i]) && isnan(b[i])) || memcmp(&a[i], &b[i], sizeof *a) == 0;
    }
    return same;
}

static void lanes_have_the_bits_of_one_number(void **state)
{
    (void)state;
    enum { MOST = 8 };
    struct crnl_rng r;
    int sizes[3] = {3, 0, 0}; /* 3: not by vectors */
#if defined __x86_64__
    sizes[1] = __builtin_cpu_supports("avx2") ? 4 : 0;
    sizes[2] = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? 8 : 0;
#endif
    crnl_rng_seed(&r, 9, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < 3 * POINTS; i++) {
        int n = sizes[i % 3];
        double x[MOST], y[MOST], by_lanes[3][MOST], alone[3][MOST], shared = any_number(&r);
        bool share = crnl_rng_uniform(&r) < 0.5, ordinary = crnl_rng_uniform(&r) < 0.5;
        for (int k = 0; k < n; k++) {
            x[k] = ordinary ? fabs(between(&r, 0, 50)) : any_number(&r);
            y[k] = share ? shared : ordinary ? between(&r, -9, 9) : any_number(&r);
            by_lanes[0][k] = by_lanes[1][k] = by_lanes[2][k] = x[k];
            alone[0][k] = crnl_exp(x[k]);
            alone[1][k] = crnl_log(x[k]);
            alone[2][k] = crnl_pow(x[k], y[k]);
        }
        crnl_exp_lanes(by_lanes[0], n);
        crnl_log_lanes(by_lanes[1], n);
        crnl_pow_lanes(by_lanes[2], y, n);
        for (int f = 0; f < 3; f++) {
            assert_true(same_bits(by_lanes[f], alone[f], n));
        }
    }
}

static void special_values_are_those_of_ieee(void **state)
{
    (void)state;
    assert_true(crnl_log(0) == -INFINITY && crnl_log(1) == 0 && crnl_log(INFINITY) == INFINITY);
    assert_true(isnan(crnl_log(-1)) && isnan(crnl_log(NAN)));
    assert_true(crnl_exp(0) == 1 && crnl_exp(-INFINITY) == 0 && crnl_exp(INFINITY) == INFINITY &&
                isnan(crnl_exp(NAN)));
    assert_true(crnl_exp(710) == INFINITY && crnl_exp(-746) == 0 && crnl_exp(-745) > 0);
    assert_true(crnl_sin(0) == 0 && signbit(crnl_sin(-0.0)) && crnl_cos(0) == 1);
    assert_true(isnan(crnl_sin(INFINITY)) && isnan(crnl_cos(-INFINITY)) && isnan(crnl_sin(NAN)));
    assert_true(crnl_tanh(0) == 0 && crnl_tanh(INFINITY) == 1 && crnl_tanh(-INFINITY) == -1 &&
                isnan(crnl_tanh(NAN)));
    assert_true(crnl_atan(INFINITY) == 2 * crnl_atan(1) && crnl_atan(-INFINITY) == -2 * crnl_atan(1) &&
                signbit(crnl_atan(-0.0)) && isnan(crnl_atan(NAN)));
    assert_true(crnl_factorial(0) == 1 && crnl_factorial(5) == 120 && crnl_factorial(170) < INFINITY &&
                crnl_factorial(171) == INFINITY && crnl_factorial(1e300) == INFINITY &&
                isnan(crnl_factorial(-1)) && isnan(crnl_factorial(2.5)) && isnan(crnl_factorial(NAN)));
    assert_true(crnl_pow(NAN, 0) == 1 && crnl_pow(1, NAN) == 1 && isnan(crnl_pow(NAN, 1)) &&
                isnan(crnl_pow(-8, 1.0 / 3)));
    assert_true(crnl_pow(0, -0.5) == INFINITY && crnl_pow(0, 0.5) == 0 && crnl_pow(2, INFINITY) == INFINITY);
    assert_true(crnl_pow(0.5, INFINITY) == 0 && crnl_pow(-1, INFINITY) == 1 && crnl_pow(INFINITY, -0.5) == 0);
    assert_true(crnl_pow(-2, 65) == -ldexp(1, 65) && crnl_pow(2, -1074) == 0x1p-1074 &&
                crnl_pow(2, 2000) == INFINITY);
    assert_true(crnl_mod(-1, 3) == 2 && crnl_mod(1, -3) == -2 && crnl_mod(5.5, 2) == 1.5 &&
                isnan(crnl_mod(1, 0)));
}

static void streams_depend_on_every_part_of_their_key(void **state)
{
    (void)state;
    struct crnl_rng r[6];
    crnl_rng_seed(&r[0], 1, 2, 3, 4, CRNL_DRAW_SSA);
    crnl_rng_seed(&r[1], 2, 2, 3, 4, CRNL_DRAW_SSA);
    crnl_rng_seed(&r[2], 1, 3, 3, 4, CRNL_DRAW_SSA);
    crnl_rng_seed(&r[3], 1, 2, 4, 4, CRNL_DRAW_SSA);
    crnl_rng_seed(&r[4], 1, 2, 3, 5, CRNL_DRAW_SSA);
    crnl_rng_seed(&r[5], 1, 2, 3, 4, CRNL_DRAW_ROUND);
    uint64_t first[6];
    for (int i = 0; i < 6; i++) {
        first[i] = crnl_rng_next(&r[i]);
        for (int j = 0; j < i; j++) {
            assert_true(first[i] != first[j]);
        }
    }
    struct crnl_rng again;
    crnl_rng_seed(&again, 1, 2, 3, 4, CRNL_DRAW_SSA);
    assert_true(crnl_rng_next(&again) == first[0]);
}

/* Reference values of xoshiro256++ 1.0 from the state 1, 2, 3, 4. */
static void generator_is_xoshiro256pp(void **state)
{
    (void)state;
    struct crnl_rng r = {{1, 2, 3, 4}};
    static const uint64_t want[4] = {41943041, 58720359, 3588806011781223, 3591011842654386};
    for (int i = 0; i < 4; i++) {
        assert_true(crnl_rng_next(&r) == want[i]);
    }
}

static void variates_have_their_moments(void **state)
{
    (void)state;
    enum { N = 2000000 };
    struct crnl_rng r;
    double sum[5] = {0};
    int tail = 0;
    crnl_rng_seed(&r, 11, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < N; i++) {
        double e = crnl_rng_exponential(&r), n = crnl_rng_normal(&r), u = crnl_rng_uniform(&r);
        assert_true(e >= 0 && u > 0 && u <= 1);
        sum[0] += e;
        sum[1] += e * e;
        sum[2] += n;
        sum[3] += n * n;
        sum[4] += u;
        tail += e > 8; /* beyond the ziggurat's last layer, 7.697 */
    }
    double root = sqrt(N), p = exp(-8);
    assert_true(fabs(sum[0] / N - 1) * root < 5.3);
    assert_true(fabs(sum[1] / N - 2) * root / sqrt(20) < 5.3);
    assert_true(fabs(sum[2] / N) * root < 5.3);
    assert_true(fabs(sum[3] / N - 1) * root / sqrt(2) < 5.3);
    assert_true(fabs(sum[4] / N - 0.5) * root * sqrt(12) < 5.3);
    assert_true(fabs(tail - N * p) / sqrt(N * p) < 5.3);
}

/* Beside the ziggurat's layers a point is taken if it is below exp(-x), whatever tells it. */
static void exponential_takes_what_is_below_the_curve(void **state)
{
    (void)state;
    struct crnl_rng r;
    crnl_rng_seed(&r, 5, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int n = 0; n < 400 * 255; n++) {
        unsigned i = 1 + (unsigned)n % 255;
        uint64_t past = crnl_rng_below(&r, (UINT64_C(1) << 53) - crnl_zig_k[i]), j = crnl_zig_k[i] + past;
        double x = (double)j * crnl_zig_w[i], low = exp(-0x1p53 * crnl_zig_w[i]);
        double high = i < 255 ? exp(-0x1p53 * crnl_zig_w[i + 1]) : 1;
        struct crnl_rng copy = r;
        bool below = low + crnl_rng_uniform(&copy) * (high - low) < exp(-x);
        double e = crnl_rng_exponential_slow(&r, j << 11 | i);
        assert_true((e == x) == below);
        assert_true(!below || memcmp(&copy, &r, sizeof r) == 0);
    }
}

/* Chi-square of the exponential over 64 equally likely bins: 63 degrees of freedom, P(chi2 > 138) < 10^-7. */
static void exponential_fills_equal_bins(void **state)
{
    (void)state;
    enum { N = 1000000, BINS = 64 };
    struct crnl_rng r;
    int count[BINS] = {0};
    crnl_rng_seed(&r, 12, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < N; i++) {
        int bin = (int)(exp(-crnl_rng_exponential(&r)) * BINS);
        count[bin < BINS ? bin : BINS - 1]++;
    }
    double chi2 = 0, expected = (double)N / BINS;
    for (int i = 0; i < BINS; i++) {
        chi2 += (count[i] - expected) * (count[i] - expected) / expected;
    }
    assert_true(chi2 < 138);
}

/* Chi-square against exact probabilities, in classes of at least 20 expected. Of n degrees of freedom it is beyond
 * n + 2 sqrt(n x) + 2 x with probability below exp(-x) (Laurent, Massart 2000); x = 16.1: 10^-7. */
static void poisson_has_its_probabilities(void **state)
{
    (void)state;
    enum { N = 400000, MOST = 1400 };
    static const double mean[] = {0.3, 4, 9.99, 10, 10.5, 27, 130, 1000};
    for (size_t m = 0; m < sizeof mean / sizeof *mean; m++) {
        struct crnl_rng r;
        int count[MOST + 1] = {0};
        crnl_rng_seed(&r, 31, 1, m, 0, CRNL_DRAW_EXPRESSION);
        for (int i = 0; i < N; i++) {
            double k = crnl_rng_poisson(&r, mean[m]);
            assert_true(k >= 0 && k == floor(k));
            count[k < MOST ? (int)k : MOST]++;
        }
        double chi2 = 0, expected = 0, left = N;
        int seen = 0, classes = 0, seen_before = 0;
        for (int k = 0; k <= MOST && left - expected > 20; k++) {
            expected += N * exp(k * log(mean[m]) - mean[m] - lgamma(k + 1.0));
            seen += count[k];
            if (expected > 20) {
                chi2 += (seen - expected) * (seen - expected) / expected;
                left -= expected;
                seen_before += seen;
                expected = seen = 0;
                classes++;
            }
        }
        chi2 += pow(N - seen_before - left, 2) / left; /* all that is beyond */
        assert_true(chi2 < classes + 2 * sqrt(classes * 16.1) + 2 * 16.1);
    }
}

/* Mean and variance of large ones: |Z| < 5.3 each; the fourth central moment is 3 mean^2 + mean. */
static void large_poisson_has_its_moments(void **state)
{
    (void)state;
    enum { N = 200000 };
    for (int e = 6; e <= 15; e += 3) {
        struct crnl_rng r;
        double mean = pow(10, e), sum = 0, squares = 0;
        crnl_rng_seed(&r, 32, 1, (uint64_t)e, 0, CRNL_DRAW_EXPRESSION);
        for (int i = 0; i < N; i++) {
            double z = (crnl_rng_poisson(&r, mean) - mean) / sqrt(mean);
            sum += z;
            squares += z * z;
        }
        assert_true(fabs(sum) / sqrt(N) < 5.3);
        assert_true(fabs(squares - N) / sqrt(2.0 * N) < 5.3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_within_one_ulp),
        cmocka_unit_test(power_is_within_two_ulps),
        cmocka_unit_test(lanes_have_the_bits_of_one_number),
        cmocka_unit_test(special_values_are_those_of_ieee),
        cmocka_unit_test(streams_depend_on_every_part_of_their_key),
        cmocka_unit_test(generator_is_xoshiro256pp),
        cmocka_unit_test(variates_have_their_moments),
        cmocka_unit_test(exponential_takes_what_is_below_the_curve),
        cmocka_unit_test(exponential_fills_equal_bins),
        cmocka_unit_test(poisson_has_its_probabilities),
        cmocka_unit_test(large_poisson_has_its_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
