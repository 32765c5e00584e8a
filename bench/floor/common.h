/* Random numbers of the floors: what a chemist who writes a simulator for one network by hand would take. */
#ifndef FLOOR_COMMON_H
#define FLOOR_COMMON_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rng { /* xoshiro256++ */
    uint64_t s[4];
};

static inline uint64_t next_word(struct rng *r)
{
    uint64_t *s = r->s, sum = s[0] + s[3], result = (sum << 23 | sum >> 41) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

static inline struct rng seeded(uint64_t seed) /* by splitmix64 */
{
    struct rng r;
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        r.s[i] = z ^ z >> 31;
    }
    return r;
}

static inline double uniform(struct rng *r)
{
    return (double)((int64_t)(next_word(r) >> 11) + 1) * 0x1p-53;
}

/* Ziggurat of Marsaglia and Tsang with 256 layers; its tables by their recurrence. */
static uint64_t zig_limit[256];
static double zig_width[256], zig_height[257];

static inline void make_ziggurat(void)
{
    const double tail = 7.69711747013104972, area = 3.949659822581572e-3;
    double x[257] = {area * exp(tail), tail};
    zig_height[0] = 0;
    for (int i = 1; i < 257; i++) {
        x[i] = i == 1 ? tail : i == 256 ? 0 : -log(exp(-x[i - 1]) + area / x[i - 1]);
        zig_height[i] = exp(-x[i]);
    }
    for (int i = 0; i < 256; i++) {
        zig_width[i] = x[i] * 0x1p-53;
        zig_limit[i] = (uint64_t)(x[i + 1] / x[i] * 0x1p53);
    }
}

static __attribute__((noinline)) double exponential_slow(struct rng *r, uint64_t w)
{
    for (double passed = 0;; w = next_word(r)) {
        unsigned i = w & 255;
        double x = (double)(w >> 11) * zig_width[i];
        if (w >> 11 < zig_limit[i]) {
            return passed + x;
        }
        if (i == 0) {
            passed += 7.69711747013104972;
        } else if (zig_height[i] + uniform(r) * (zig_height[i + 1] - zig_height[i]) < exp(-x)) {
            return passed + x;
        }
    }
}

static inline double exponential(struct rng *r)
{
    uint64_t w = next_word(r);
    if (__builtin_expect(w >> 11 < zig_limit[w & 255], 1)) {
        return (double)(int64_t)(w >> 11) * zig_width[w & 255];
    }
    return exponential_slow(r, w);
}

#endif
