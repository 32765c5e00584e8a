/* Facts: conservation laws (by multiplication, and their number by elimination modulo a prime), dependencies
 * against all pairs, rate independence with each condition violated, detailed balance. */
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

enum { MAX_SPECIES = 12, MAX_REACTIONS = 16 };
static const int64_t PRIME = 2147483647;

static int64_t power_mod(int64_t x, int64_t n)
{
    int64_t r = 1;
    for (; n > 0; n >>= 1, x = x * x % PRIME) {
        r = n & 1 ? r * x % PRIME : r;
    }
    return r;
}

/* Rank of the stoichiometric matrix modulo a prime: a second method. */
static int rank_of(const struct net *n)
{
    int64_t m[MAX_REACTIONS][MAX_SPECIES] = {{0}};
    size_t rows = n->reaction.n, columns = n->species.n;
    for (size_t j = 0; j < rows; j++) {
        struct term change[2 * MAX_SPECIES];
        size_t k = net_change(n, &n->reaction.data[j], change);
        for (size_t i = 0; i < k; i++) {
            m[j][change[i].species] = (change[i].count % PRIME + PRIME) % PRIME;
        }
    }
    size_t rank = 0;
    for (size_t c = 0; c < columns && rank < rows; c++) {
        size_t pivot = rank;
        while (pivot < rows && m[pivot][c] == 0) {
            pivot++;
        }
        if (pivot == rows) {
            continue;
        }
        for (size_t k = 0; k < columns; k++) {
            int64_t t = m[pivot][k];
            m[pivot][k] = m[rank][k];
            m[rank][k] = t;
        }
        int64_t inverse = power_mod(m[rank][c], PRIME - 2);
        for (size_t r = rank + 1; r < rows; r++) {
            int64_t f = m[r][c] * inverse % PRIME;
            for (size_t k = 0; k < columns; k++) {
                m[r][k] = ((m[r][k] - f * m[rank][k]) % PRIME + PRIME) % PRIME;
            }
        }
        rank++;
    }
    return (int)rank;
}

static struct net *random_chemistry(void)
{
    struct net *n = net_create("random");
    uint32_t n_species = 1 + draw(MAX_SPECIES);
    for (uint32_t s = 0; s < n_species; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, random_kind(), 0, (struct span){0});
    }
    for (uint32_t j = draw(MAX_REACTIONS); j > 0; j--) {
        struct term side[2][3];
        for (int k = 0; k < 6; k++) {
            side[k / 3][k % 3] = (struct term){(species_id)draw(n_species), 1 + draw(4)};
        }
        net_add_reaction(n, side[0], draw(4), side[1], draw(4), RATE_MASS_ACTION,
                         expr_real(n->ex, 1 + draw(3)), (struct span){0});
    }
    return n;
}

static void check_laws(const struct net *n)
{
    struct conservation c = fact_conservation(n);
    int constants = 0;
    for (size_t s = 0; s < n->species.n; s++) {
        constants += n->species.data[s].kind == SPECIES_CONSTANT;
    }
    assert_false(c.overflow);
    assert_int_equal(c.n_laws, (int)n->species.n - constants - rank_of(n));
    for (int32_t i = 0; i < c.n_laws; i++) {
        int64_t coefficient[MAX_SPECIES] = {0};
        for (uint32_t k = c.first.data[i]; k < c.first.data[i + 1]; k++) {
            coefficient[c.term.data[k].species] = c.term.data[k].count;
            assert_true(c.term.data[k].count != 0);
            assert_true(k == c.first.data[i] || c.term.data[k].species > c.term.data[k - 1].species);
        }
        for (size_t j = 0; j < n->reaction.n; j++) {
            struct term change[2 * MAX_SPECIES];
            size_t m = net_change(n, &n->reaction.data[j], change);
            int64_t sum = 0;
            for (size_t k = 0; k < m; k++) {
                sum += coefficient[change[k].species] * change[k].count;
            }
            assert_true(sum == 0);
        }
    }
    fact_conservation_free(&c);
}

static void conservation_of_random_networks(void **state)
{
    (void)state;
    random_state = 21;
    for (int i = 0; i < 3000; i++) {
        struct net *n = random_chemistry();
        check_laws(n);
        net_destroy(n);
    }
}

static void known_conservation(void **state)
{
    (void)state;
    struct net *n = net_of("species E = 1\nspecies S = 9\nspecies ES\nspecies P\n"
                           "E + S -> ES\nES -> E + S\nES -> E + P");
    struct conservation c = fact_conservation(n);
    assert_int_equal(c.n_laws, 2); /* enzyme, substrate */
    assert_int_equal(c.term.n, 5);
    fact_conservation_free(&c);
    net_destroy(n);
    n = net_of("species A\nspecies B\n2 A -> 3 B");
    c = fact_conservation(n);
    assert_int_equal(c.n_laws, 1);
    assert_true(c.term.data[0].count == 3 && c.term.data[1].count == 2);
    fact_conservation_free(&c);
    net_destroy(n);
}

/* A chain of 100,000 conversions: one law, found in about linear time. */
static void long_chain(void **state)
{
    (void)state;
    enum { LENGTH = 100000 };
    struct net *n = net_create("chain");
    for (int i = 0; i < LENGTH; i++) {
        char name[16];
        snprintf(name, sizeof name, "S%d", i);
        net_add_species(n, name, SPECIES_DISCRETE, 0, (struct span){0});
    }
    for (int i = 0; i + 1 < LENGTH; i++) {
        struct term lhs = {i, 1}, rhs = {i + 1, 1};
        net_add_reaction(n, &lhs, 1, &rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
    }
    struct conservation c = fact_conservation(n);
    assert_int_equal(c.n_laws, 1);
    assert_int_equal(c.term.n, LENGTH);
    fact_conservation_free(&c);
    struct rate_independence r = fact_rate_independence(n);
    assert_true(r.holds);
    for (int i = 0; i + 1 < LENGTH; i++) {
        assert_int_equal(r.order[i], i);
    }
    fact_rate_independence_free(&r);
    net_destroy(n);
}

static bool reads(const struct net *n, const struct reaction *r, species_id s)
{
    if (r->rate_kind == RATE_LAW) {
        return expr_uses(n->ex, r->rate, EXPR_SPECIES, s);
    }
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        if (net_lhs(n, r)[i].species == s) {
            return true;
        }
    }
    return false;
}

static void dependencies_against_all_pairs(void **state)
{
    (void)state;
    random_state = 22;
    for (int i = 0; i < 1000; i++) {
        struct net *n = random_chemistry();
        if (n->reaction.n > 0) {
            struct reaction *law = &n->reaction.data[draw((uint32_t)n->reaction.n)];
            expr_id x = net_species_expr(n, (species_id)draw((uint32_t)n->species.n));
            law->rate_kind = RATE_LAW;
            law->rate = expr_binary(n->ex, EXPR_MUL, x, x);
        }
        struct dependency d = fact_dependency(n);
        for (size_t j = 0; j < n->reaction.n; j++) {
            struct term change[2 * MAX_SPECIES];
            size_t m = net_change(n, &n->reaction.data[j], change);
            int32_t at = d.ptr[j];
            for (size_t q = 0; q < n->reaction.n; q++) {
                bool depends = false;
                for (size_t k = 0; k < m; k++) {
                    depends = depends || reads(n, &n->reaction.data[q], change[k].species);
                }
                if (depends) {
                    assert_int_equal(d.reaction[at++], q);
                }
            }
            assert_int_equal(at, d.ptr[j + 1]);
        }
        fact_dependency_free(&d);
        net_destroy(n);
    }
}

static void expect_limit(const char *reactions, const char *why)
{
    struct arena *a = arena_create();
    struct net *n =
        net_of(arena_printf(a, "species A\nspecies B\nspecies C\nspecies D\nconstant K = 1\n%s", reactions));
    struct rate_independence r = fact_rate_independence(n);
    assert_int_equal(r.holds, why == NULL);
    if (why) {
        assert_non_null(strstr(r.why, why));
        assert_null(r.order);
        assert_true(r.first >= 0);
    }
    fact_rate_independence_free(&r);
    net_destroy(n);
    arena_destroy(a);
}

static void rate_independence(void **state)
{
    (void)state;
    expect_limit("A + B -> C\nC -> D", NULL);
    expect_limit("C -> D\nA + B -> C", NULL);
    expect_limit("A + K -> B + K", NULL);
    expect_limit("A + B -> C + B", NULL);
    expect_limit("", NULL);
    expect_limit("r1: A -> B\nr2: A -> C", "A is consumed by r1 and read by r2");
    expect_limit("r1: A -> B\nr2: A + C -> A + D", "A is consumed by r1 and read by r2");
    expect_limit("r1: A -> B\nr2: B -> A", "a cycle");
    expect_limit("r1: A + B -> 2 B", "r1 produces what it reads");
    expect_limit("r1: 0 -> A", "consumes nothing");
    expect_limit("r1: K -> A + K", "consumes nothing");
    expect_limit("r1: A =>{A} B", "has a rate law");
    expect_limit("A -> B\nB -> C\nC + D -> A", "a cycle");
}

static void expect_balance(const char *reactions, const char *why)
{
    struct arena *a = arena_create();
    struct net *n = net_of(
        arena_printf(a, "param k = 2\nspecies A\nspecies B\nspecies C\nconstant K = 3\n%s", reactions));
    struct detailed_balance d = fact_detailed_balance(n);
    if (why && (d.holds || !strstr(d.why, why))) {
        fprintf(stderr, "%s: %s\n", reactions, d.why ? d.why : "holds");
    }
    assert_int_equal(d.holds, why == NULL);
    assert_true(!why || strstr(d.why, why));
    fact_detailed_balance_free(&d);
    net_destroy(n);
    arena_destroy(a);
}

static void detailed_balance(void **state)
{
    (void)state;
    expect_balance("A ->{k} B\nB -> A", NULL);
    expect_balance("A -> B", "has no reverse");
    expect_balance("A ->{2} B\nB -> A\nB ->{3} C\nC -> B\nC -> A\nA ->{6} C", NULL);
    expect_balance("A ->{2} B\nB -> A\nB ->{3} C\nC -> B\nC -> A\nA ->{5} C", "around the cycle");
    expect_balance("A -> B\nA -> B\nB ->{k} A\nA + C ->{1} B + C\nB + C -> A + C", NULL);
    expect_balance("A -> B\nB -> A\nA + C ->{k} B + C\nB + C -> A + C", "around the cycle");
    expect_balance("A =>{A} B\nB -> A", "has a rate law");
    expect_balance("A ->{k - 2} B\nB -> A", "not positive");
    expect_balance("A -> B\nB -> A\nA + K -> B\nB ->{3} A + K", NULL); /* 1 * 3 = 3 * 1 */
    expect_balance("A -> B\nB -> A\nA + K -> B\nB -> A + K", "around the cycle");
    expect_balance("2 A -> 2 B\n2 B ->{4} 2 A\nA -> B\nB ->{2} A", NULL);
}

/* Reactions at random between random sides with constants from energies: each pair is found once, and the energies give its ratio. */
static void energies_of_random_networks(void **state)
{
    (void)state;
    random_state = 71;
    size_t cycles = 0;
    for (int i = 0; i < 500; i++) {
        struct net *n = net_create("balanced");
        enum { SPECIES = 5, PAIRS = 5 };
        double g[SPECIES];
        for (int s = 0; s < SPECIES; s++) {
            char name[8];
            snprintf(name, sizeof name, "S%d", s);
            g[s] = (double)draw(2000) / 1000 - 1;
            net_add_species(n, name,
                            s == 0    ? SPECIES_CONSTANT
                            : draw(6) ? SPECIES_DISCRETE
                                      : SPECIES_BULK,
                            expr_real(n->ex, s == 0 ? 2.5 : 1), (struct span){0});
        }
        for (int j = 0; j < PAIRS; j++) {
            struct term side[2][2];
            for (int k = 0; k < 4; k++) {
                side[k / 2][k % 2] = (struct term){(species_id)draw(SPECIES), 1};
            }
            double k = 0.5 + draw(10), change = 0;
            for (int m = 0; m < 4; m++) {
                change += (m < 2 ? -1 : 1) * g[side[m / 2][m % 2].species];
            }
            for (int back = 0; back < 2; back++) {
                expr_id rate = expr_real(n->ex, k * exp(back ? change / 2 : -change / 2));
                net_add_reaction(n, side[back], 2, side[!back], 2, RATE_MASS_ACTION, rate, (struct span){0});
            }
        }
        struct detailed_balance d = fact_detailed_balance(n);
        for (size_t p = 0; p < d.pair.n; p++) {
            struct term change[8];
            const struct reaction *r = &n->reaction.data[d.pair.data[p].forward];
            size_t m = net_change(n, r, change);
            double sum = 0;
            for (size_t k = 0; k < m; k++) {
                sum += (double)change[k].count * d.energy.data[change[k].species];
            }
            assert_true(fabs(sum + d.pair.data[p].log_ratio) < 1e-9);
            assert_true(d.pair.data[p].backward != d.pair.data[p].forward);
        }
        cycles += d.holds && d.pair.n > SPECIES - 1;
        fact_detailed_balance_free(&d);
        net_destroy(n);
    }
    assert_true(cycles > 20);
}

static void known_energies(void **state)
{
    (void)state;
    struct net *n =
        net_of("species A\nspecies B\nspecies C\nconstant K = 3\n"
               "A ->{2} B\nB ->{4} A\nB ->{1} C\nB ->{1} C\nC ->{2} B\nA + K ->{2} C\nC ->{12} A + K");
    struct detailed_balance d = fact_detailed_balance(n);
    assert_true(d.holds);
    assert_int_equal(d.pair.n, 3);
    /* B and C are higher than A by log 2; of least square sum that is -2/3, 1/3, 1/3 of it. */
    assert_true(fabs(d.energy.data[0] + 2 * log(2) / 3) < 1e-12);
    assert_true(fabs(d.energy.data[1] - log(2) / 3) < 1e-12 && fabs(d.energy.data[2] - log(2) / 3) < 1e-12);
    assert_true(d.energy.data[3] == 0);
    assert_true(d.pair.data[1].forward == 2 && d.pair.data[1].backward == 4);
    fact_detailed_balance_free(&d);
    net_destroy(n);
}

static void copies_that_are_alike(void **state)
{
    (void)state;
    static const char *const text = "param k = 1\nparam h = 2\nbulk P\n"
                                    "species a = 1 instance 0\nspecies b instance 0\n"
                                    "species c instance 1\nspecies d instance 1\n"
                                    "species e instance 2\nspecies f instance 2\nspecies g instance 3\n"
                                    "a + P ->{k} b + P\nb =>{k*b/(1 + b + P)} a\n"
                                    "c + P ->{h} d + P\nd =>{h*d/(1 + d + P)} c\n"
                                    "%s\na -> c\nP -> 0";
    static const struct {
        const char *third;
        size_t n_sets;
        int32_t first;
    } given[] = {
        {"e + P ->{k} f + P\nf =>{k*f/(1 + f + P)} e", 2, 3},
        {"e + P ->{k} f + P\nf =>{h*f/(1 + f + P)} e", 3, 2}, /* k is one parameter */
        {"e + P ->{k} f + P\nf =>{k*e/(1 + f + P)} e", 3, 2},
        {"e + P ->{k} f + P\nf =>{k*f/(2 + f + P)} e", 3, 2},
        {"f + P ->{k} e + P\nf =>{k*f/(1 + f + P)} e", 3, 2},
        {"e + 2 P ->{k} f + 2 P\nf =>{k*f/(1 + f + P)} e", 3, 2},
        {"e + P ->{k} f + P", 3, 2},
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        struct arena *arena = arena_create();
        struct net *n = net_of(arena_printf(arena, text, given[i].third));
        struct replicas r = fact_replicas(n);
        assert_int_equal(r.set.n, given[i].n_sets);
        assert_int_equal(r.set.data[0].n_copies, given[i].first);
        assert_int_equal(r.set.data[0].n_species, 2);
        assert_int_equal(r.set.data[0].n_reactions, 2);
        assert_int_equal(r.set.data[0].species.data[2], 3);
        assert_int_equal(r.set.data[0].reaction.data[3], 3);
        assert_int_equal(r.between.n, 1);
        fact_replicas_free(&r);
        net_destroy(n);
        arena_destroy(arena);
    }
}

/* A dose adds to A whenever it likes: what is left of A + B + C = const is nothing, D + E stays. */
static void events_and_clocks(void **state)
{
    (void)state;
    struct net *n =
        net_of("guard on = true\nguard off = false\nspecies A = 1\nspecies B\nspecies D = 1\nspecies E\n"
               "A -> B guard on\nB -> A guard on\nD -> E guard off\nE -> D guard off\n"
               "clock on = 1, off = 2\nevent every 3: A = A + 1");
    struct conservation c = fact_conservation(n);
    assert_int_equal(c.n_laws, 1);
    assert_int_equal(c.term.n, 2);
    assert_int_equal(c.term.data[0].species, 2);
    fact_conservation_free(&c);
    struct detailed_balance d = fact_detailed_balance(n);
    assert_false(d.holds);
    assert_non_null(strstr(d.why, "events"));
    fact_detailed_balance_free(&d);
    n->event.n = 0;
    d = fact_detailed_balance(n);
    assert_true(d.holds);
    fact_detailed_balance_free(&d);
    net_destroy(n);
    const char *const refused[][2] = {{"event at 1: A = 2", "events"},
                                      {"guard g = true\nclock g = 1", "clock"}};
    for (int i = 0; i < 2; i++) {
        struct arena *a = arena_create();
        n = net_of(arena_printf(a, "species A\nspecies B\nA -> B\n%s", refused[i][0]));
        struct rate_independence r = fact_rate_independence(n);
        assert_false(r.holds);
        assert_non_null(strstr(r.why, refused[i][1]));
        fact_rate_independence_free(&r);
        net_destroy(n);
        arena_destroy(a);
    }
}

static void molecularity(void **state)
{
    (void)state;
    struct net *n = net_of("species A\nspecies B\n2 A + B -> 0\n0 -> 5 A");
    assert_true(fact_max_reactants(n) == 3 && fact_max_products(n) == 5);
    net_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conservation_of_random_networks),
        cmocka_unit_test(known_conservation),
        cmocka_unit_test(long_chain),
        cmocka_unit_test(dependencies_against_all_pairs),
        cmocka_unit_test(rate_independence),
        cmocka_unit_test(detailed_balance),
        cmocka_unit_test(energies_of_random_networks),
        cmocka_unit_test(known_energies),
        cmocka_unit_test(copies_that_are_alike),
        cmocka_unit_test(events_and_clocks),
        cmocka_unit_test(molecularity),
    };
    return cmocka_run_group_tests_name("fact", tests, NULL, NULL);
}
