/* Random streams: xoshiro256++, seeded by Philox4x64-10 from the purpose of the stream, and the variates
 * drawn from it. */
#include <math.h>

#include <Random123/philox.h>

#include "runtime/crnl_num.h"
#include "num_zig.h"

void crnl_rng_seed(struct crnl_rng *r, uint64_t seed, uint32_t statement, uint64_t count, uint64_t run,
                   enum crnl_purpose purpose)
{
    philox4x64_ctr_t counter = {{run, count, statement | (uint64_t)purpose << 32, 0}};
    philox4x64_key_t key = {{seed, 0}};
    philox4x64_ctr_t word = philox4x64(counter, key);
    for (int i = 0; i < 4; i++) {
        r->s[i] = word.v[i];
    }
    if (!(r->s[0] | r->s[1] | r->s[2] | r->s[3])) {
        r->s[0] = 1; /* the only state that xoshiro256++ cannot leave */
    }
}

/* Rejects the remainder of 2^64 divided by n. */
uint64_t crnl_rng_below(struct crnl_rng *r, uint64_t n)
{
    uint64_t left_over = (0 - n) % n, v;
    do {
        v = crnl_rng_next(r);
    } while (v < left_over);
    return v % n;
}

/* Whether a point in layer i > 0, at the part u of the layer's height, is below exp(-x), x = j crnl_zig_w[i].
 * The chord, and a line below the curve, nearly always decide: over a layer of width d, exp(-x) is below its
 * chord by at most d / 8 of the layer's height (for d = 0.76, the widest layer, by 0.124 d). */
static bool is_below(uint64_t j, unsigned i, double u)
{
    const double margin = 1e-9; /* larger than any rounding error here */
    double past = (double)(int64_t)(j - crnl_zig_k[i]);
    double width = (double)(int64_t)((UINT64_C(1) << 53) - crnl_zig_k[i]);
    double above = u + past / width - 1; /* the chord */
    if (above > margin) {
        return false;
    }
    if (above < -(width * crnl_zig_w[i] / 8 + margin)) {
        return true;
    }
    return crnl_zig_f[i] + u * (crnl_zig_f[i + 1] - crnl_zig_f[i]) < crnl_exp(-((double)j * crnl_zig_w[i]));
}

double crnl_rng_exponential_slow(struct crnl_rng *r, uint64_t w)
{
    double passed = 0; /* beyond the base layer the exponential distribution starts again */
    for (;;) {
        unsigned i = w & 255;
        uint64_t j = w >> 11;
        double x = (double)j * crnl_zig_w[i];
        if (j < crnl_zig_k[i]) {
            return passed + x;
        }
        if (i == 0) {
            passed += crnl_zig_tail;
        } else if (is_below(j, i, crnl_rng_uniform(r))) {
            return passed + x;
        }
        w = crnl_rng_next(r);
    }
}

/* Marsaglia's polar method. The second variate is discarded, so that a stream has no hidden state. */
double crnl_rng_normal(struct crnl_rng *r)
{
    for (;;) {
        double a = 2 * crnl_rng_uniform(r) - 1, b = 2 * crnl_rng_uniform(r) - 1;
        double s = a * a + b * b;
        if (s < 1 && s > 0) {
            return a * sqrt(-2 * crnl_log(s) / s);
        }
    }
}
