#include "ir/prove/rational.h"

#include <math.h>
#include <string.h>

#include "runtime/num/rt_wide.h"

/* An integer under construction. */
struct whole {
    uint64_t *word;
    size_t n;
};

static struct whole whole_alloc(struct arena *a, size_t n)
{
    return (struct whole){arena_alloc(a, (n + 1) * sizeof(uint64_t)), n};
}

static size_t used_words(const uint64_t *x, size_t n)
{
    while (n > 0 && x[n - 1] == 0) {
        n--;
    }
    return n;
}

static const uint64_t one = 1;

static struct whole den_of(struct rational x)
{
    return x.n_den ? (struct whole){(uint64_t *)(uintptr_t)x.den, x.n_den}
                   : (struct whole){(uint64_t *)(uintptr_t)&one, 1};
}

static struct whole product(struct arena *a, const uint64_t *x, size_t n_x, const uint64_t *y, size_t n_y)
{
    struct whole p = whole_alloc(a, n_x + n_y);
    for (size_t i = 0; i < n_y; i++) {
        p.word[i + n_x] = rt_wide_add_product(p.word + i, x, y[i], n_x);
    }
    p.n = used_words(p.word, p.n);
    return p;
}

/* Divides x by 2^bits in place; the result must be an integer. */
static void shift_down(struct whole *x, int64_t bits)
{
    size_t words = (size_t)(bits / 64);
    int shift = (int)(bits % 64);
    for (size_t i = 0; i + words < x->n; i++) {
        uint64_t high = i + words + 1 < x->n ? x->word[i + words + 1] : 0;
        x->word[i] = shift ? x->word[i + words] >> shift | high << (64 - shift) : x->word[i + words];
    }
    x->n = used_words(x->word, x->n > words ? x->n - words : 0);
}

/* Removes the factors 2 from x > 0 and returns their number. */
static int64_t make_odd(struct whole *x)
{
    int64_t bits = 0;
    for (size_t i = 0; x->word[i] == 0; i++) {
        bits += 64;
    }
    bits += __builtin_ctzll(x->word[bits / 64]);
    shift_down(x, bits);
    return bits;
}

static int compare_words(const uint64_t *x, size_t n_x, const uint64_t *y, size_t n_y)
{
    return n_x != n_y ? (n_x < n_y ? -1 : 1) : rt_wide_compare(x, y, n_x);
}

/* The greatest common divisor of odd numbers, by differences (Stein 1967). */
static struct whole common_factor(struct arena *a, struct whole x, struct whole y)
{
    size_t n = x.n > y.n ? x.n : y.n;
    struct whole p = whole_alloc(a, n), q = whole_alloc(a, n);
    memcpy(p.word, x.word, x.n * sizeof *x.word);
    memcpy(q.word, y.word, y.n * sizeof *y.word);
    p.n = x.n;
    q.n = y.n;
    for (int order; (order = compare_words(p.word, p.n, q.word, q.n)) != 0;) {
        struct whole *larger = order > 0 ? &p : &q, *smaller = order > 0 ? &q : &p;
        memset(smaller->word + smaller->n, 0, (larger->n - smaller->n) * sizeof *p.word);
        rt_wide_subtract_product(larger->word, smaller->word, 1, larger->n);
        larger->n = used_words(larger->word, larger->n);
        make_odd(larger);
    }
    return p;
}

/* The quotient x / y of odd numbers, which must be an integer. Its words are found from the lowest on. */
static struct whole exact_quotient(struct arena *a, struct whole x, struct whole y)
{
    struct whole rest = whole_alloc(a, x.n + y.n + 1), q = whole_alloc(a, x.n);
    memcpy(rest.word, x.word, x.n * sizeof *x.word);
    uint64_t inverse = y.word[0]; /* the inverse of y modulo 2^64, by Newton's method: each step doubles the
                                     number of correct bits */
    for (int i = 0; i < 6; i++) {
        inverse *= 2 - y.word[0] * inverse;
    }
    for (size_t i = 0; i < x.n; i++) {
        q.word[i] = rest.word[i] * inverse;
        struct whole taken = product(a, y.word, y.n, &q.word[i], 1);
        size_t room = rest.n - i;
        struct whole wide = whole_alloc(a, room);
        memcpy(wide.word, taken.word, taken.n * sizeof *taken.word);
        rt_wide_subtract_product(rest.word + i, wide.word, 1, room);
    }
    q.n = used_words(q.word, q.n);
    return q;
}

static bool is_one(struct whole x)
{
    return x.n == 1 && x.word[0] == 1;
}

static struct rational make(struct arena *a, struct whole num, struct whole den, int64_t exponent)
{
    num.n = used_words(num.word, num.n);
    if (num.n == 0) {
        return (struct rational){0};
    }
    exponent += make_odd(&num);
    if (!is_one(den)) {
        struct whole g = common_factor(a, num, den);
        if (!is_one(g)) {
            num = exact_quotient(a, num, g);
            den = exact_quotient(a, den, g);
        }
    }
    return (struct rational){num.word, den.word, num.n, is_one(den) ? 0 : den.n, exponent};
}

struct rational rational_of(struct arena *a, double x)
{
    int exponent;
    struct whole num = whole_alloc(a, 1), den = den_of((struct rational){0});
    num.word[0] = (uint64_t)ldexp(frexp(x, &exponent), 53);
    return make(a, num, den, exponent - 53);
}

bool rational_is_zero(struct rational x)
{
    return x.n_num == 0;
}

int64_t rational_bits(struct rational x)
{
    return rt_wide_bits(x.num, x.n_num) + rt_wide_bits(x.den, x.n_den);
}

/* Brings two numbers to the common denominator x.den * y.den and the same exponent; *p and *q are the
 * numerators, with the same number of words. */
static void align(struct arena *a, struct rational x, struct rational y, struct whole *p, struct whole *q,
                  int64_t *exponent)
{
    struct whole dx = den_of(x), dy = den_of(y);
    bool same = compare_words(dx.word, dx.n, dy.word, dy.n) == 0;
    struct whole u = same ? (struct whole){(uint64_t *)(uintptr_t)x.num, x.n_num}
                          : product(a, x.num, x.n_num, dy.word, dy.n),
                 v = same ? (struct whole){(uint64_t *)(uintptr_t)y.num, y.n_num}
                          : product(a, y.num, y.n_num, dx.word, dx.n);
    *exponent = x.exponent < y.exponent ? x.exponent : y.exponent;
    int64_t up = x.exponent - *exponent, vp = y.exponent - *exponent;
    size_t n_u = u.n + (size_t)up / 64 + 2, n_v = v.n + (size_t)vp / 64 + 2;
    *p = whole_alloc(a, n_u > n_v ? n_u : n_v);
    *q = whole_alloc(a, p->n);
    rt_wide_add_shifted(p->word, p->n, u.word, u.n, up);
    rt_wide_add_shifted(q->word, q->n, v.word, v.n, vp);
}

static struct whole common_den(struct arena *a, struct rational x, struct rational y)
{
    struct whole dx = den_of(x), dy = den_of(y);
    return compare_words(dx.word, dx.n, dy.word, dy.n) == 0 ? dx : product(a, dx.word, dx.n, dy.word, dy.n);
}

int rational_compare(struct arena *a, struct rational x, struct rational y)
{
    struct whole p, q;
    int64_t exponent;
    if (x.n_num == 0 || y.n_num == 0) {
        return (x.n_num > 0) - (y.n_num > 0);
    }
    align(a, x, y, &p, &q, &exponent);
    return rt_wide_compare(p.word, q.word, p.n);
}

struct rational rational_add(struct arena *a, struct rational x, struct rational y)
{
    struct whole p, q;
    int64_t exponent;
    if (x.n_num == 0 || y.n_num == 0) {
        return x.n_num == 0 ? y : x;
    }
    align(a, x, y, &p, &q, &exponent);
    rt_wide_add_product(p.word, q.word, 1, p.n);
    return make(a, p, common_den(a, x, y), exponent);
}

struct rational rational_subtract(struct arena *a, struct rational x, struct rational y)
{
    struct whole p, q;
    int64_t exponent;
    if (y.n_num == 0) {
        return x;
    }
    align(a, x, y, &p, &q, &exponent);
    rt_wide_subtract_product(p.word, q.word, 1, p.n);
    return make(a, p, common_den(a, x, y), exponent);
}

struct rational rational_scale(struct arena *a, struct rational x, uint64_t num, uint64_t den)
{
    if (num == 0 || x.n_num == 0) {
        return (struct rational){0};
    }
    if (num == den) {
        return x;
    }
    int zeros = __builtin_ctzll(den);
    uint64_t odd = den >> zeros;
    struct whole d = den_of(x);
    return make(a, product(a, x.num, x.n_num, &num, 1), odd == 1 ? d : product(a, d.word, d.n, &odd, 1),
                x.exponent - zeros);
}

double rational_value(struct arena *a, struct rational x)
{
    struct whole d = den_of(x);
    size_t n = x.n_num > d.n ? x.n_num : d.n;
    if (x.n_num == 0) {
        return 0;
    }
    struct whole p = whole_alloc(a, n), q = whole_alloc(a, n), work = whole_alloc(a, 4 * n + 2);
    memcpy(p.word, x.num, x.n_num * sizeof *p.word);
    memcpy(q.word, d.word, d.n * sizeof *q.word);
    return rt_wide_ratio(p.word, q.word, n, x.exponent, work.word);
}
