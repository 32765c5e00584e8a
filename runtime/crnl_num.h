/* Numeric primitives that every engine shares, so that interpreter, in-memory code, object code and machines
 * agree to the last bit: random streams, exponential and logarithm, and the rule by which SSA selects a
 * reaction. They are compiled with -ffp-contract=off and call no libm function whose result may vary.
 * Nothing here allocates. */
#ifndef CRNL_NUM_H
#define CRNL_NUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Two times count as equal if they differ by a few units in the last place: 0.1 * 3 is 0.3. Rows, ends of
 * runs, `at`, `every`, phases, conditions on time and `continue` all use these functions. Only 0 equals 0. */
static inline double crnl_time_after(double t) /* the latest time that equals t */
{
    return t + 0x1p-50 * (t < 0 ? -t : t);
}
static inline double crnl_time_before(double t) /* t finite: the earliest time that equals t */
{
    return t - 0x1p-50 * (t < 0 ? -t : t);
}
static inline bool crnl_is_due(double due, double t) /* whether `due` is at or before t */
{
    return due < INFINITY && due <= crnl_time_after(t); /* infinity means never */
}
static inline bool crnl_same_time(double a, double b)
{
    return crnl_is_due(a, b) && crnl_is_due(b, a);
}

/* xoshiro256++ (Blackman, Vigna 2019), seeded from Philox4x64-10 (Salmon et al. 2011). */
struct crnl_rng {
    uint64_t s[4];
};

/* The purpose of a stream, which is part of its key, so that additional draws for one purpose do not change
 * the others. */
enum crnl_purpose {
    CRNL_DRAW_SSA = 1,
    CRNL_DRAW_ROUND = 2,
    CRNL_DRAW_EXPRESSION = 3,
    CRNL_DRAW_SHUFFLE = 4,
    CRNL_DRAW_SPLIT = 5,
    CRNL_DRAW_EVENTS = 6
};

/* Seeds the stream of (seed; statement, number of earlier executions of the statement, run of the ensemble,
 * purpose). */
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
/* Uniform in 0..n without bias; n >= 1. */
uint64_t crnl_rng_below(struct crnl_rng *r, uint64_t n);
/* Standard exponential variates by a 256-layer ziggurat (Marsaglia, Tsang 2000), with the tables below. Each
 * try uses a 64-bit word w: layer i = w & 255, j = w >> 11 (53 bits). If j < crnl_zig_k[i], the result is j
 * * crnl_zig_w[i]; otherwise the slow path below decides. Code generators inline the fast path and call the
 * slow one with the same w. The result is >= 0. */
double crnl_rng_exponential_slow(struct crnl_rng *r, uint64_t w);
extern const uint64_t crnl_zig_k[256];
extern const double crnl_zig_w[256];
extern const double crnl_zig_f[257]; /* exp(-x) at the outer edge x of each layer; the last one: at 0 */
extern const double crnl_zig_tail;   /* where the base layer ends and the tail begins */
static inline double crnl_rng_exponential(struct crnl_rng *r)
{
    uint64_t w = crnl_rng_next(r), j = w >> 11;
    return j < crnl_zig_k[w & 255] ? (double)(int64_t)j * crnl_zig_w[w & 255]
                                   : crnl_rng_exponential_slow(r, w);
}
double crnl_rng_normal(struct crnl_rng *r);
/* Poisson variates, exact for means up to 1e15 except for the rounding of a probability; the result is a
 * whole number. */
double crnl_rng_poisson(struct crnl_rng *r, double mean);

/* Natural logarithm, exponential, power: within 1 ulp (pow 2 ulp); IEEE special values. */
double crnl_log(double x);
double crnl_exp(double x);
double
crnl_pow(double x,
         double y); /* exact for integer y with |y| <= 64, by repeated multiplication, left-to-right binary */
/* The same of n numbers in place, with the same bits; 4 and 8 numbers by the vectors of which code for such
 * processors asks. */
void crnl_exp_lanes(double *at, int32_t n);
void crnl_log_lanes(double *at, int32_t n);
void crnl_pow_lanes(double *at, const double *power, int32_t n);
double crnl_sin(double x);
double crnl_cos(double x);
double crnl_tanh(double x);
double crnl_atan(double x);
double crnl_factorial(double x); /* NaN unless x is a whole number >= 0 */
/* x - floor(x/y)*y, which has the sign of y. */
double crnl_mod(double x, double y);

/* x^n for integers, n >= 0, by squaring; returns 0 if the result does not fit in 64 bits. */
int32_t crnl_int_pow(int64_t x, int64_t n, int64_t *result);

/* Waiting for a reaction whose hazard changes with time, until the integral of the hazard from `start`
 * reaches an exponential variate. The panels of the integral depend only on what happened at `start` and on
 * `turn`, not on where a caller wants to stop. Each panel is accurate to 1e-10 (Gauss-Legendre with five
 * nodes on it and on its halves, which must agree) and, except for the first, at most half as long as the
 * time waited; a feature of the hazard shorter than a tenth of that may be missed, unless the hazard turns
 * there. No panel extends beyond `turn`, where the hazard may jump or be largest; a panel that begins or
 * ends there is also checked against the hazard at its ends. */
struct crnl_wait {
    double start, t, h; /* integrated from start to t; h: length of the next panel, 0: to be chosen */
    double due;         /* the remainder of the variate; 0: not waiting */
    double turn;        /* the next time at which a panel must end; 0: none */
    double turned;      /* the last such time */
};
void crnl_wait_begin(struct crnl_wait *w, double t, double due);
/* Called at time t of a turn: sets the next turn. */
void crnl_wait_turn(struct crnl_wait *w, double t, double turn);
/* The time at which the variate is used up; INFINITY if t has passed `end` or has reached `turn` (or is
 * INFINITY: never); NaN if the hazard was NaN. */
double crnl_wait_on(struct crnl_wait *w, double (*hazard)(void *env, double t), void *env, double end);

/* Selection of a reaction. The propensities a[0..n) are grouped in blocks of CRNL_FAN, and each block is
 * summed from left to right; the sums of blocks are grouped and summed in the same way, until one group is
 * left, whose sum from left to right is the total. With u in (0, 1] and r = u * total, a level is searched
 * for the first member that is > 0 and whose running sum (from left to right, from 0) is >= r, or for the
 * last positive member if rounding leaves none; then the running sum before that member is subtracted from
 * r, and the search continues inside the member. Every sum depends only on the current propensities, so
 * there is no drift. */
enum { CRNL_FAN = 16 };

/* Runs that emitted code has side by side, one in each lane of vectors, and what processor such code is for;
 * ORDER crnl_lanes */
enum crnl_lanes { CRNL_LANES_AVX2, CRNL_LANES_AVX512 };
enum { CRNL_LANES = 8 }; /* at most */
static inline int crnl_lanes_of(enum crnl_lanes kind)
{
    return kind == CRNL_LANES_AVX512 ? CRNL_LANES : CRNL_LANES / 2;
}

#endif
