/* Numeric primitives that every engine shares, so that interpreter, in-memory code, object code and
 * machines agree to the last bit: random streams, exponential and logarithm, the rule by which SSA selects
 * a reaction. Compiled with -ffp-contract=off; no libm function whose result may vary is called. Nothing
 * here allocates. */
#ifndef CRNL_NUM_H
#define CRNL_NUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Two times are the same when they differ by a few units in the last place: 0.1 * 3 is 0.3. Rows, ends of
 * runs, `at`, `every`, phases, conditions on time and `continue` all ask these functions. 0 is the same as
 * 0 alone. */
static inline double crnl_time_after(double t) /* the last that is the same as t */
{
    return t + 0x1p-50 * (t < 0 ? -t : t);
}
static inline double crnl_time_before(double t) /* t finite: the first that is the same */
{
    return t - 0x1p-50 * (t < 0 ? -t : t);
}
static inline bool crnl_is_due(double due, double t) /* at t: not later, or the same */
{
    return due < INFINITY && due <= crnl_time_after(t); /* infinity is never */
}
static inline bool crnl_same_time(double a, double b)
{
    return crnl_is_due(a, b) && crnl_is_due(b, a);
}

/* xoshiro256++ (Blackman, Vigna 2019), seeded from Philox4x64-10 (Salmon et al. 2011). */
struct crnl_rng {
    uint64_t s[4];
};

/* What a stream is used for: part of its key, so that adding draws to one purpose leaves the others alone. */
enum crnl_purpose {
    CRNL_DRAW_SSA = 1,
    CRNL_DRAW_ROUND = 2,
    CRNL_DRAW_EXPRESSION = 3,
    CRNL_DRAW_SHUFFLE = 4,
    CRNL_DRAW_SPLIT = 5,
    CRNL_DRAW_EVENTS = 6
};

/* The stream of (seed; statement, how often the statement ran before, run of the ensemble, purpose). */
void crnl_rng_seed(struct crnl_rng *r, uint64_t seed, uint32_t statement, uint64_t count, uint64_t run,
                   enum crnl_purpose purpose);
static inline uint64_t crnl_rng_next(struct crnl_rng *r)
{
    uint64_t *s = r->s, sum = s[0] + s[3];
    uint64_t result = (sum << 23 | sum >> 41) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}
/* ((next >> 11) + 1) * 2^-53: uniform in (0, 1], never 0. */
static inline double crnl_rng_uniform(struct crnl_rng *r)
{
    return (double)(int64_t)((crnl_rng_next(r) >> 11) + 1) * 0x1p-53;
}
/* Uniform in 0..n without bias, n >= 1. */
uint64_t crnl_rng_below(struct crnl_rng *r, uint64_t n);
/* Standard exponential by a 256-layer ziggurat (Marsaglia, Tsang 2000), tables below. One 64-bit word w per
 * try: layer i = w & 255, j = w >> 11 (53 bits); if j < crnl_zig_k[i] the result is j * crnl_zig_w[i]; else
 * the slow path below decides (code generators inline the fast path and call the slow one with the same w).
 * The result is >= 0. */
double crnl_rng_exponential_slow(struct crnl_rng *r, uint64_t w);
extern const uint64_t crnl_zig_k[256];
extern const double crnl_zig_w[256];
static inline double crnl_rng_exponential(struct crnl_rng *r)
{
    uint64_t w = crnl_rng_next(r), j = w >> 11;
    return j < crnl_zig_k[w & 255] ? (double)(int64_t)j * crnl_zig_w[w & 255]
                                   : crnl_rng_exponential_slow(r, w);
}
double crnl_rng_normal(struct crnl_rng *r);
/* Exact for means to 1e15, up to the rounding of a probability; whole numbers. */
double crnl_rng_poisson(struct crnl_rng *r, double mean);

/* Natural logarithm, exponential, power: within 1 ulp (pow 2 ulp); IEEE special values. */
double crnl_log(double x);
double crnl_exp(double x);
double
crnl_pow(double x,
         double y); /* exact for integral y with |y| <= 64 by repeated multiplication, left to right binary */
double crnl_sin(double x);
double crnl_cos(double x);
double crnl_tanh(double x);
double crnl_atan(double x);
double crnl_factorial(double x); /* of what is no whole number >= 0: NaN */
/* x - floor(x/y)*y: the sign of y. */
double crnl_mod(double x, double y);

/* x^n of whole numbers, n >= 0, by squaring; 0 if it does not fit in 64 bits. */
int32_t crnl_int_pow(int64_t x, int64_t n, int64_t *result);

/* Waiting for a reaction whose hazard changes with time: until its integral from `start` reaches an
 * exponential variate. The panels of the integral depend on what happened at `start` and on `turn` alone,
 * not on where a caller wants to stop. Each panel is good to 1e-10 (Gauss-Legendre with five nodes on it
 * and on its halves, which must agree) and, after the first, no longer than half of the time waited: what
 * the hazard does in less than a tenth of that may be missed, unless it turns there. None passes over
 * `turn`, where the hazard may jump or be largest; one that begins or ends there agrees with the hazard at
 * its ends too. */
struct crnl_wait {
    double start, t, h; /* integrated from start to t; the next panel, 0: to be chosen */
    double due;         /* what is left of the variate; 0: not waiting */
    double turn;        /* the next time at which panels end; 0: none */
    double turned;      /* the last one */
};
void crnl_wait_begin(struct crnl_wait *w, double t, double due);
/* At time t, where a turn was: the next one. */
void crnl_wait_turn(struct crnl_wait *w, double t, double turn);
/* The time when nothing is left; INFINITY once t has passed `end` or has reached `turn` (or is INFINITY:
 * never); NaN when the hazard was. */
double crnl_wait_on(struct crnl_wait *w, double (*hazard)(void *env, double t), void *env, double end);

/* Selection. Propensities a[0..n) are grouped in blocks of CRNL_FAN; each block is summed left to right;
 * the block sums are grouped and summed the same way, until one group is left; its left to right sum is the
 * total. With u in (0, 1] and r = u * total, a level is searched for the first member whose running sum
 * (left to right, from 0) is >= r and that is > 0 (the last positive member if rounding leaves none), then
 * r -= the running sum before it, and the search goes on inside that member. Every sum is a function of the
 * current propensities alone: no drift. */
enum { CRNL_FAN = 16 };

#endif
