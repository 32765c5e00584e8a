#include "ir/prove/residue.h"

#include <math.h>

#include "support/hash.h"
#include "support/mem.h"

__extension__ typedef unsigned __int128 wide;

#define PRIME ((1ull << 61) - 1)

static uint64_t reduce(wide x)
{
    uint64_t r = (uint64_t)(x & PRIME) + (uint64_t)(x >> 61);
    r = (r & PRIME) + (r >> 61);
    return r >= PRIME ? r - PRIME : r;
}

struct residue residue_of_symbol(uint64_t a, uint64_t b, uint64_t c)
{
    struct residue r;
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t h = hash_mix(hash_mix(hash_mix(hash_mix(0x9E3779B97F4A7C15u + i, a), b), c), i);
        r.at[i] = reduce((wide)hash_mix(h, 0xD1B54A32D192ED03u) << 3 | i);
    }
    return r;
}

/* at[0] ^ at[1] would not do, because it is equal for x and -x. */
uint64_t residue_word(struct residue x)
{
    return hash_mix(hash_mix(0x8EBC6AF09C88C6E3u, x.at[0]), x.at[1]);
}

struct residue residue_product(struct residue x, struct residue y)
{
    return (struct residue){{reduce((wide)x.at[0] * y.at[0]), reduce((wide)x.at[1] * y.at[1])}};
}

static uint64_t add(uint64_t x, uint64_t y)
{
    uint64_t sum = x + y;
    return sum >= PRIME ? sum - PRIME : sum;
}

struct residue residue_sum(struct residue x, struct residue y)
{
    return (struct residue){{add(x.at[0], y.at[0]), add(x.at[1], y.at[1])}};
}

struct residue residue_of_integer(int64_t v)
{
    uint64_t r = reduce(v < 0 ? (wide)(0 - (uint64_t)v) : (wide)v);
    r = v < 0 && r ? PRIME - r : r;
    return (struct residue){{r, r}};
}

/* A finite double is m * 2^e, and 2 has an inverse modulo 2^61 - 1. */
struct residue residue_of_number(double v)
{
    int e;
    int64_t m = (int64_t)ldexp(frexp(v, &e), 53);
    e = ((e - 53) % 61 + 61) % 61; /* because 2^61 = 1 */
    return residue_product(residue_of_integer(m), residue_of_integer((int64_t)1 << e));
}

static struct residue residue_of(const struct expr_pool *ex, expr_id id, const struct residue *of)
{
    const struct expr *e = expr_get(ex, id);
    double v;
    if (expr_const_real(ex, id, &v) && isfinite(v)) {
        return residue_of_number(v);
    }
    if (e->op == EXPR_ADD) {
        return residue_sum(of[e->args[0]], of[e->args[1]]);
    }
    if (e->op == EXPR_SUB) {
        return residue_sum(of[e->args[0]], residue_product(of[e->args[1]], residue_of_integer(-1)));
    }
    for (uint32_t k = 0; e->op == EXPR_MUL && k < 2; k++) {
        if (expr_const_real(ex, e->args[k], &v) && isfinite(v)) {
            return residue_product(residue_of_number(v), of[e->args[1 - k]]);
        }
    }
    return residue_of_symbol(1, (uint64_t)id, 0);
}

struct residue *residue_of_expressions(const struct expr_pool *ex)
{
    size_t n = expr_count(ex);
    struct residue *of = mem_zalloc(n + 1, sizeof *of);
    for (size_t i = 1; i <= n; i++) {
        of[i] = residue_of(ex, (expr_id)i, of);
    }
    return of;
}
