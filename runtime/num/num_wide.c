#include "runtime/num/rt_wide.h"

#include <math.h>
#include <string.h>

bool rt_wide_is_zero(const uint64_t *x, size_t n)
{
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= x[i];
    }
    return any == 0;
}

int64_t rt_wide_bits(const uint64_t *x, size_t n)
{
    while (n > 0 && x[n - 1] == 0) {
        n--;
    }
    return n == 0 ? 0 : 64 * (int64_t)n - __builtin_clzll(x[n - 1]);
}

int rt_wide_compare(const uint64_t *x, const uint64_t *y, size_t n)
{
    while (n-- > 0) {
        if (x[n] != y[n]) {
            return x[n] < y[n] ? -1 : 1;
        }
    }
    return 0;
}

uint64_t rt_wide_add_product(uint64_t *x, const uint64_t *y, uint64_t m, size_t n)
{
    rt_two_words carry = 0;
    for (size_t i = 0; i < n; i++) {
        carry += (rt_two_words)y[i] * m + x[i];
        x[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return (uint64_t)carry;
}

void rt_wide_subtract_product(uint64_t *x, const uint64_t *y, uint64_t m, size_t n)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < n; i++) {
        rt_two_words taken = (rt_two_words)y[i] * m + borrow;
        borrow = (uint64_t)(taken >> 64) + (x[i] < (uint64_t)taken);
        x[i] -= (uint64_t)taken;
    }
}

uint64_t rt_wide_multiply(uint64_t *x, uint64_t m, uint64_t more, size_t n)
{
    rt_two_words carry = more;
    for (size_t i = 0; i < n; i++) {
        carry += (rt_two_words)x[i] * m;
        x[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return (uint64_t)carry;
}

uint64_t rt_wide_divide(uint64_t *x, uint64_t m, size_t n)
{
    rt_two_words rest = 0;
    while (n-- > 0) {
        rest = rest << 64 | x[n];
        x[n] = (uint64_t)(rest / m);
        rest %= m;
    }
    return (uint64_t)rest;
}

bool rt_wide_add_shifted(uint64_t *x, size_t n, const uint64_t *y, size_t n_y, int64_t bits)
{
    size_t words = (size_t)(bits / 64), carry = 0;
    int shift = (int)(bits % 64);
    uint64_t low = 0;
    for (size_t i = 0; i <= n_y || carry; i++) {
        uint64_t high = i < n_y ? y[i] : 0;
        uint64_t part = shift ? high << shift | low >> (64 - shift) : high;
        low = high;
        if (i + words >= n) {
            if (part || carry) {
                return false;
            }
            continue;
        }
        uint64_t sum = x[i + words] + part;
        uint64_t all = sum + carry;
        carry = (sum < part) | (all < sum);
        x[i + words] = all;
    }
    return true;
}

/* The 64 highest bits of x, whose length is `bits`. The lowest of them is also set if any bit below is, which
 * is enough to round to a double correctly. */
static uint64_t leading(const uint64_t *x, int64_t bits)
{
    int64_t below = bits - 64;
    if (below <= 0) {
        return x[0] << -below;
    }
    size_t word = (size_t)(below / 64);
    int shift = (int)(below % 64);
    uint64_t top = shift ? x[word] >> shift | x[word + 1] << (64 - shift) : x[word];
    uint64_t rest = shift ? x[word] << (64 - shift) : 0;
    return top | (rest != 0 || !rt_wide_is_zero(x, word));
}

static bool is_one(const uint64_t *x, size_t n)
{
    return x[0] == 1 && rt_wide_is_zero(x + 1, n - 1);
}

/* The 64 highest bits of x / y, as above, and the exponent of the lowest of them, by long division in
 * binary. */
static uint64_t quotient(const uint64_t *x, const uint64_t *y, size_t n, uint64_t *work, int64_t *exponent)
{
    int64_t up = rt_wide_bits(x, n) - rt_wide_bits(y, n);
    size_t room = 2 * n + 1;
    uint64_t *rest = work, *by = work + room, q = 0;
    memset(work, 0, 2 * room * sizeof *work);
    rt_wide_add_shifted(rest, room, x, n, up < 0 ? -up : 0);
    rt_wide_add_shifted(by, room, y, n, up > 0 ? up : 0);
    for (int i = 0; i < 64; i++) {
        bool fits = rt_wide_compare(rest, by, room) >= 0;
        if (fits) {
            rt_wide_subtract_product(rest, by, 1, room);
        }
        q = q << 1 | fits;
        rt_wide_multiply(rest, 2, 0, room);
    }
    *exponent = up - 63;
    q |= !rt_wide_is_zero(rest, room);
    return q;
}

double rt_wide_ratio(const uint64_t *x, const uint64_t *y, size_t n, int64_t exponent, uint64_t *work)
{
    int64_t bits = rt_wide_bits(x, n), lowest = bits - 64;
    if (bits == 0) {
        return 0;
    }
    uint64_t top = is_one(y, n) ? leading(x, bits) : quotient(x, y, n, work, &lowest);
    exponent += lowest;
    return ldexp((double)top, exponent > 4096 ? 4096 : exponent < -8192 ? -8192 : (int)exponent);
}
