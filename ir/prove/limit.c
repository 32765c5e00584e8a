/* The limit of a rate-independent network in rational arithmetic: a second method for what the runtime
 * computes in doubles. */
#include "ir/prove/limit.h"

#include <math.h>
#include <stdlib.h>

#include "ir/fact/fact.h"
#include "support/mem.h"

__extension__ typedef __int128 wide;

struct rational {
    wide num, den; /* den > 0, no common factor */
};

static wide gcd(wide a, wide b)
{
    a = a < 0 ? -a : a;
    while (b != 0) {
        wide r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* All return false when 128 bits do not hold the result. */
static bool reduce(wide num, wide den, struct rational *r)
{
    wide g = gcd(num, den);
    *r = g > 0 ? (struct rational){num / g, den / g} : (struct rational){0, 1};
    return true;
}

static bool from_double(double x, struct rational *r)
{
    int exponent;
    double m = frexp(x, &exponent);
    wide num = (wide)ldexp(m, 53), den = 1;
    exponent -= 53;
    for (; exponent < 0 && num % 2 == 0 && num != 0; exponent++) {
        num /= 2;
    }
    if (num == 0) {
        exponent = 0;
    }
    if (exponent > 70 || exponent < -120 || !(x >= 0) || isinf(x)) {
        return false;
    }
    for (; exponent > 0; exponent--) {
        num *= 2;
    }
    for (; exponent < 0; exponent++) {
        den *= 2;
    }
    return reduce(num, den, r);
}

static double to_double(struct rational r)
{
    return (double)((long double)r.num / (long double)r.den);
}

static bool scale(struct rational a, int64_t num, int64_t den, struct rational *r)
{
    wide g = gcd(a.num, den), h = gcd(num, a.den), n, d;
    g = g > 0 ? g : 1;
    h = h > 0 ? h : 1;
    return !__builtin_mul_overflow(a.num / g, num / h, &n) &&
           !__builtin_mul_overflow(a.den / h, den / g, &d) && reduce(n, d, r);
}

static bool subtract(struct rational a, struct rational b, struct rational *r)
{
    wide g = gcd(a.den, b.den), x, y, num, den;
    return !__builtin_mul_overflow(a.num, b.den / g, &x) && !__builtin_mul_overflow(b.num, a.den / g, &y) &&
           !__builtin_sub_overflow(x, y, &num) && !__builtin_mul_overflow(a.den, b.den / g, &den) &&
           reduce(num, den, r);
}

static bool is_consumed(const struct term *change, size_t n, species_id s)
{
    for (size_t i = 0; i < n; i++) {
        if (change[i].species == s) {
            return change[i].count < 0;
        }
    }
    return false;
}

/* A reaction with these n net changes until its scarcest reactant is gone. */
static bool fire_to_completion(const struct net *net, const struct reaction *r, const struct term *change,
                               size_t n, struct rational *x)
{
    struct rational extent = {0, 1}, difference;
    bool found = false;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        species_id s = net_lhs(net, r)[i].species;
        if (x[s].num == 0 && !is_consumed(change, n, s)) {
            return true; /* a catalyst that is finally absent */
        }
    }
    for (size_t i = 0; i < n; i++) {
        const struct term *t = &change[i];
        struct rational possible;
        if (t->count >= 0) {
            continue;
        }
        if (!scale(x[t->species], 1, -t->count, &possible) || !subtract(possible, extent, &difference)) {
            return false;
        }
        if (!found || difference.num < 0) {
            extent = possible;
            found = true;
        }
    }
    for (size_t i = 0; found && i < n; i++) {
        const struct term *t = &change[i];
        struct rational used;
        if (!scale(extent, -t->count, 1, &used) || !subtract(x[t->species], used, &x[t->species])) {
            return false;
        }
    }
    return true;
}

bool limit_exact(const struct net *net, double *x)
{
    size_t n = net->species.n;
    struct rate_independence f = fact_rate_independence(net);
    struct rational *exact = mem_alloc((n + 1) * sizeof *exact);
    VEC(struct term) change = {0};
    bool ok = f.holds;
    for (size_t s = 0; s < n && ok; s++) {
        ok = from_double(x[s], &exact[s]);
    }
    for (size_t i = 0; i < net->reaction.n && ok; i++) {
        const struct reaction *r = &net->reaction.data[f.order[i]];
        if (net->guard.data[r->guard].initially) {
            vec_reserve(&change, r->n_lhs + r->n_rhs);
            ok = fire_to_completion(net, r, change.data, net_change(net, r, change.data), exact);
        }
    }
    for (size_t s = 0; s < n && ok; s++) {
        x[s] = to_double(exact[s]);
    }
    vec_free(&change);
    free(exact);
    fact_rate_independence_free(&f);
    return ok;
}
