/* Facts by looking at states: which can be reached, against an enumeration by hand; detailed balance of
 * the chain, against energies found by relaxation; the finest product, against all ways to divide a block
 * in two. Random networks that keep molecules: some species, few molecules of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir_random.h"
#include "ir_text.h"

enum { NETWORKS = 300, MAX_SPECIES = 7, MOST = 400 };

static double rate(const struct reachable *r, int32_t from, int32_t to)
{
    for (size_t k = r->first.data[from]; k < r->first.data[from + 1]; k++) {
        if (r->to.data[k] == to) {
            return r->rate.data[k];
        }
    }
    return 0;
}

/* Moves between pairs of species, some with a catalyst; rates of a kind that makes cycles balance now and
 * then. */
static struct net *random_net(void)
{
    struct arena *a = arena_create();
    const char *text = "";
    uint32_t n = 2 + (uint32_t)draw(MAX_SPECIES - 1);
    int reactions = 1 + (int)draw(9);
    for (int s = 0; s < (int)n; s++) {
        text = arena_printf(a, "%sspecies S%d = %d\n", text, s, (int)draw(3));
    }
    for (int j = 0; j < reactions; j++) {
        int x = (int)draw(n), y = (int)draw(n), c = (int)draw(n);
        const char *via = draw(3) ? "" : arena_printf(a, " + S%d", c);
        double k = ldexp(1, (int)draw(2));
        if (x != y) {
            text = arena_printf(a, "%sS%d%s ->{%g} S%d%s\n", text, x, via, k, y, via);
            if (draw(3)) {
                text = arena_printf(a, "%sS%d%s ->{%g} S%d%s\n", text, y, via, draw(3) ? k : 3 * k, x, via);
            }
        }
    }
    struct net *net = net_of(text);
    arena_destroy(a);
    return net;
}

/* Different amounts of the species with a bit in the mask, by comparing all pairs of states. */
static int64_t count_projections(const struct reachable *r, uint32_t mask)
{
    int64_t n = 0;
    for (int64_t s = 0; s < r->n; s++) {
        bool is_new = true;
        for (int64_t t = 0; t < s && is_new; t++) {
            bool same = true;
            for (size_t k = 0; k < r->changing.n; k++) {
                same &= !(mask >> k & 1) || r->amount.data[(size_t)s * r->changing.n + k] ==
                                                r->amount.data[(size_t)t * r->changing.n + k];
            }
            is_new = !same;
        }
        n += is_new;
    }
    return n;
}

static void check_product(const struct reachable *r)
{
    struct product_space p = fact_product_space(r);
    int64_t product = 1;
    assert_true(p.known && p.block.n == r->changing.n);
    for (int32_t b = 0; b < p.n_blocks; b++) {
        uint32_t mask = 0;
        for (size_t k = 0; k < p.block.n; k++) {
            mask |= p.block.data[k] == b ? 1u << k : 0;
        }
        int64_t size = count_projections(r, mask);
        product *= size;
        assert_true(mask != 0);
        for (uint32_t part = (mask - 1) & mask; part > 0; part = (part - 1) & mask) {
            assert_true(count_projections(r, part) * count_projections(r, mask & ~part) > size);
        }
    }
    assert_true(product == r->n);
    fact_product_space_free(&p);
}

static void check_chain(const struct net *n, const struct reachable *r, int counts[2])
{
    struct chain_balance c = fact_chain_balance(n, r);
    bool holds = true;
    assert_true(c.known && (c.holds || c.why));
    for (int32_t s = 0; s < r->n; s++) {
        for (int32_t t = 0; t < r->n; t++) {
            holds &= (rate(r, s, t) > 0) == (rate(r, t, s) > 0);
        }
    }
    /* Energies by repeated relaxation from state 0: a second method to those along the way. */
    double e[MOST] = {0};
    bool known[MOST] = {false};
    known[0] = true;
    for (int64_t turn = 0; holds && turn < r->n; turn++) {
        for (int32_t s = 0; s < r->n; s++) {
            for (int32_t t = 0; known[s] && t < r->n; t++) {
                if (rate(r, s, t) > 0 && !known[t]) {
                    known[t] = true;
                    e[t] = e[s] - log(rate(r, s, t) / rate(r, t, s));
                }
            }
        }
    }
    for (int32_t s = 0; holds && s < r->n; s++) {
        for (int32_t t = 0; t < r->n; t++) {
            holds &= rate(r, s, t) == 0 || fabs(e[s] - e[t] - log(rate(r, s, t) / rate(r, t, s))) < 1e-9;
        }
    }
    assert_int_equal(c.holds, holds);
    counts[holds]++;
    fact_chain_balance_free(&c);
}

static void test_random(void **state)
{
    (void)state;
    int looked = 0, counts[2] = {0}, products = 0;
    for (int i = 0; i < NETWORKS; i++) {
        struct net *n = random_net();
        struct reachable r = fact_reachable(n, MOST);
        if (r.complete && r.changing.n > 0) {
            looked++;
            check_product(&r);
            check_chain(n, &r, counts);
            struct product_space p = fact_product_space(&r);
            products += p.n_blocks > 1;
            fact_product_space_free(&p);
        }
        fact_reachable_free(&r);
        net_destroy(n);
    }
    assert_true(looked > NETWORKS / 2 && counts[0] > 20 && counts[1] > 20 && products > 20);
}

static void test_states(void **state)
{
    (void)state;
    struct net *n = net_of("species A = 2\nspecies B\nspecies C\n2 A ->{3} B\nB ->{0.5} 2 A\nA ->{2} C\n");
    struct reachable r = fact_reachable(n, 100);
    /* 2 A; B; A + C; 2 C: by hand */
    assert_true(r.complete && r.n == 4 && r.changing.n == 3);
    assert_true(rate(&r, 0, 1) == 6 && rate(&r, 1, 0) == 0.5 && rate(&r, 0, 2) == 4 && rate(&r, 2, 3) == 2);
    fact_reachable_free(&r);
    r = fact_reachable(n, 3);
    assert_true(!r.complete && r.why);
    fact_reachable_free(&r);
    net_destroy(n);
    /* Pairs are independent, and three species jointly are not: parity. */
    n = net_of(
        "species X\nspecies Y\nspecies Z\nspecies x = 1\nspecies y = 1\nspecies z = 1\n"
        "x + y -> X + Y\nX + Y -> x + y\ny + z -> Y + Z\nY + Z -> y + z\nx + Y -> X + y\nX + y -> x + Y\n"
        "y + Z -> Y + z\nY + z -> y + Z\n");
    r = fact_reachable(n, 100);
    struct product_space p = fact_product_space(&r);
    assert_true(r.complete && r.n == 4 && p.known && p.n_blocks == 1);
    fact_product_space_free(&p);
    fact_reachable_free(&r);
    net_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_states), cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
