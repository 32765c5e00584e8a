/* The interpreter: parameters, amounts, right sides, SSA bit for bit against the library's table kernel
 * and against known means, limits against known values and their defining properties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir/interp/interp.h"
#include "ir/prove/limit.h"
#include "ir_random.h"
#include "ir_text.h"
#include "runtime/crnl_rt.h"

static void parameters_and_amounts(void **state)
{
    (void)state;
    struct net *n = net_of("param a = 2 global 0\nparam w : [2] = [1, a]\nparam b = w[0] + w[1]\nparam c\n"
                           "species A = 2*b\nspecies B\nA ->{b} B\nA =>{A/(1 + A)} B");
    struct interp *it = interp_create(n);
    double p[5] = {0}, x[2], k[2], global = 10;
    int32_t slot = -1;
    uint8_t fixed[5] = {0, 0, 0, 0, 1};
    assert_false(interp_params(it, NULL, NULL, p, &slot));
    assert_int_equal(slot, 4);
    p[4] = 7;
    assert_true(interp_params(it, NULL, fixed, p, &slot));
    assert_true(p[0] == 2 && p[1] == 1 && p[2] == 2 && p[3] == 3 && p[4] == 7);
    fixed[1] = 1;
    p[1] = 5;
    assert_true(interp_params(it, &global, fixed, p, &slot));
    assert_true(p[0] == 10 && p[1] == 5 && p[2] == 10 && p[3] == 15);
    assert_true(interp_initial(it, p, x) && x[0] == 30 && x[1] == 0);
    assert_true(interp_rates(it, p, k) && k[0] == 15 && k[1] == 1);
    interp_destroy(it);
    net_destroy(n);
}

/* The convention of the language: k [A]^2 without 1/2, k a (a - 1) / V. */
static void dimerisation(void **state)
{
    (void)state;
    struct net *n = net_of("species A = 6\nspecies B\n2 A ->{3} B");
    struct interp *it = interp_create(n);
    double x[] = {6, 0}, k[] = {3}, effective[1], dx[2];
    interp_rhs(it, 0, x, NULL, k, dx);
    assert_true(dx[0] == -2 * 3 * 36 && dx[1] == 3 * 36);
    interp_effective(it, k, 2, effective);
    assert_true(effective[0] == 1.5);
    struct interp_ssa_state w = {.x = x, .k = effective, .inv_volume = 0.5};
    assert_true(interp_propensity(it, 0, &w) == 1.5 * 6 * 5);
    interp_destroy(it);
    net_destroy(n);
}

/* A mass action network as the tables of a model. */
struct tables {
    struct crnl_model m;
    int32_t *lhs_ptr, *lhs_species, *net_ptr, *net_species;
    double *lhs_count, *net_delta;
};

static void make_tables(const struct net *n, struct tables *t)
{
    size_t reactions = n->reaction.n, room = n->term.n * 2 + 1;
    struct term *change = malloc(room * sizeof *change);
    *t = (struct tables){.lhs_ptr = calloc(reactions + 1, sizeof(int32_t)),
                         .net_ptr = calloc(reactions + 1, sizeof(int32_t)),
                         .lhs_species = malloc(room * sizeof(int32_t)),
                         .net_species = malloc(room * sizeof(int32_t)),
                         .lhs_count = malloc(room * sizeof(double)),
                         .net_delta = malloc(room * sizeof(double))};
    for (size_t j = 0; j < reactions; j++) {
        const struct reaction *r = &n->reaction.data[j];
        t->lhs_ptr[j + 1] = t->lhs_ptr[j];
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            int32_t at = t->lhs_ptr[j + 1]++;
            t->lhs_species[at] = net_lhs(n, r)[i].species;
            t->lhs_count[at] = (double)net_lhs(n, r)[i].count;
        }
        size_t m = net_change(n, r, change);
        t->net_ptr[j + 1] = t->net_ptr[j];
        for (size_t i = 0; i < m; i++) {
            int32_t at = t->net_ptr[j + 1]++;
            t->net_species[at] = change[i].species;
            t->net_delta[at] = (double)change[i].count;
        }
    }
    free(change);
    t->m = (struct crnl_model){.abi = CRNL_ABI,
                               .n_species = (int32_t)n->species.n,
                               .n_reactions = (int32_t)reactions,
                               .lhs_ptr = t->lhs_ptr,
                               .lhs_species = t->lhs_species,
                               .lhs_count = t->lhs_count,
                               .net_ptr = t->net_ptr,
                               .net_species = t->net_species,
                               .net_delta = t->net_delta};
}

static void free_tables(struct tables *t)
{
    free(t->lhs_ptr);
    free(t->lhs_species);
    free(t->lhs_count);
    free(t->net_ptr);
    free(t->net_species);
    free(t->net_delta);
}

static struct net *random_chemistry(uint32_t n_species, uint32_t n_reactions)
{
    struct net *n = net_create("random");
    for (uint32_t s = 0; s < n_species; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, random_kind(), 0, (struct span){0});
    }
    for (uint32_t j = 0; j < n_reactions; j++) {
        struct term side[2][2];
        for (int k = 0; k < 4; k++) {
            side[k / 2][k % 2] = (struct term){(species_id)draw(n_species), 1 + (draw(4) == 0)};
        }
        net_add_reaction(n, side[0], 1 + draw(2), side[1], draw(3), RATE_MASS_ACTION, expr_real(n->ex, 1),
                         (struct span){0});
    }
    return n;
}

/* Hundreds of events on networks of 1 to 600 reactions (three levels of sums), the same bits in time and
 * state. */
static void ssa_is_the_table_kernel(void **state)
{
    (void)state;
    random_state = 41;
    int64_t events = 0;
    for (int i = 0; i < 300; i++) {
        uint32_t n_species = 1 + draw(40);
        struct net *n = random_chemistry(n_species, 1 + draw(i % 3 == 0 ? 600 : 20));
        struct interp *it = interp_create(n);
        struct tables t;
        make_tables(n, &t);
        double x[2][40], k[600];
        for (size_t j = 0; j < n->reaction.n; j++) {
            k[j] = draw(10) == 0 ? 0 : (1 + draw(1000)) / 512.0;
        }
        for (uint32_t s = 0; s < n_species; s++) {
            x[0][s] = x[1][s] = draw(30);
        }
        struct interp_ssa_state w = {.x = x[0], .k = k, .inv_volume = 1, .t_next = -1};
        struct crnl_ssa v = {
            .x = x[1], .k = k, .inv_volume = 1, .t_next = -1, .kernel = crnl_table_create(&t.m)};
        crnl_rng_seed(&w.rng, (uint64_t)i, 1, 2, 3, CRNL_DRAW_SSA);
        v.rng = w.rng;
        for (int stop = 1; stop <= 3; stop++) {
            w.t_stop = v.t_stop = stop * 0.01;
            enum interp_ssa_result a = interp_ssa_run(it, &w, 100);
            int b = crnl_table_ssa(&t.m, &v, 100);
            assert_int_equal(a, b);
            assert_true(w.t == v.t && w.t_next == v.t_next && w.events == v.events);
            assert_memory_equal(x[0], x[1], n_species * sizeof x[0][0]);
            assert_memory_equal(&w.rng, &v.rng, sizeof w.rng);
            if (a != INTERP_TIME) {
                break;
            }
        }
        events += w.events;
        crnl_table_destroy(v.kernel);
        free_tables(&t);
        interp_destroy(it);
        net_destroy(n);
    }
    assert_true(events > 10000);
}

/* A -> 0 from 20 at t = 1: binomial of p = exp(-1). The mean of 20,000 runs is within 5 standard errors
 * but for one seed in 1.7 million. */
static void decay_has_the_right_mean(void **state)
{
    (void)state;
    enum { RUNS = 20000 };
    struct net *n = net_of("species A = 20\nA -> 0");
    struct interp *it = interp_create(n);
    double sum = 0, k[] = {1};
    for (int run = 0; run < RUNS; run++) {
        double x[] = {20};
        struct interp_ssa_state w = {.x = x, .k = k, .inv_volume = 1, .t_stop = 1, .t_next = -1};
        crnl_rng_seed(&w.rng, 5, 0, 0, (uint64_t)run, CRNL_DRAW_SSA);
        enum interp_ssa_result r = interp_ssa_run(it, &w, 1000);
        assert_true(r == INTERP_TIME || (r == INTERP_DEAD && x[0] == 0));
        assert_true(w.t == 1);
        sum += x[0];
    }
    double p = exp(-1), error = sqrt(20 * p * (1 - p) / RUNS);
    assert_true(fabs(sum / RUNS - 20 * p) < 5 * error);
    interp_destroy(it);
    net_destroy(n);
}

static void bad_propensities_stop(void **state)
{
    (void)state;
    struct net *n = net_of("species A = 1\nspecies B\nA -> B\nA =>{B - 1} B");
    struct interp *it = interp_create(n);
    double x[] = {1, 0}, k[] = {1, 1};
    struct interp_ssa_state w = {.x = x, .k = k, .inv_volume = 1, .t_stop = 1, .t_next = -1};
    crnl_rng_seed(&w.rng, 1, 0, 0, 0, CRNL_DRAW_SSA);
    assert_int_equal(interp_ssa_step(it, &w), INTERP_BAD);
    assert_int_equal(w.bad, 1);
    interp_destroy(it);
    net_destroy(n);
}

/* A firing that changes an amount by a whole number, known only then, and one that does not. */
static void fractions_by_events(void **state)
{
    (void)state;
    struct net *n = net_of("param q = 2\nspecies A = 5\nspecies B\nA -> 0 plus B = q*A");
    struct interp *it = interp_create(n);
    double x[] = {5, 0}, k[] = {1}, p[] = {2}, dx[2];
    struct interp_ssa_state w = {.x = x, .k = k, .p = p, .inv_volume = 1, .t_stop = 100, .t_next = -1};
    crnl_rng_seed(&w.rng, 1, 0, 0, 0, CRNL_DRAW_SSA);
    interp_rhs(it, 0, x, p, k, dx);
    assert_true(dx[0] == -5 && dx[1] == 50);
    assert_int_equal(interp_ssa_run(it, &w, 10), INTERP_DEAD);
    assert_true(x[0] == 0 && x[1] == 2 * (5 + 4 + 3 + 2 + 1));
    x[0] = 1;
    p[0] = 0.5;
    w.t_stop = 1e9;
    assert_int_equal(interp_ssa_step(it, &w), INTERP_BAD);
    assert_int_equal(w.bad, 0);
    interp_destroy(it);
    net_destroy(n);
}

static double limit_of(const char *text, int32_t species)
{
    struct net *n = net_of(text);
    struct interp *it = interp_create(n);
    double x[16];
    assert_true(interp_initial(it, NULL, x));
    assert_true(limit_exact(n, x));
    interp_destroy(it);
    net_destroy(n);
    return x[species];
}

static void known_limits(void **state)
{
    (void)state;
    assert_true(limit_of("species A = 3\nspecies B = 5\nspecies C\nA + B -> C", 2) == 3);
    assert_true(limit_of("species A = 5\nspecies B\n2 A -> B", 1) == 2.5);
    assert_true(limit_of("species A = 0.3\nspecies B = 0.1\nspecies C\n3 A + B -> 2 C", 2) == 2 * (0.3 / 3));
    assert_true(limit_of("species A = 3\nspecies K\nspecies B\nA + K -> B + K", 2) == 0);
    assert_true(limit_of("species A = 3\nspecies B\nguard g = false\nA -> B guard g", 1) == 0);
    static const char *const maximum =
        "species X = 3\nspecies Y = 5.25\nspecies U\nspecies V\nspecies Z\nspecies K\n"
        "Z + K -> 0\nX -> U + Z\nY -> V + Z\nU + V -> K";
    assert_true(limit_of(maximum, 4) == 5.25);
}

/* Feed-forward networks: afterwards no reaction can fire, no amount is negative, laws hold (to 1e-12). */
static void limits_of_random_networks(void **state)
{
    (void)state;
    enum { SPECIES = 12 };
    random_state = 42;
    for (int i = 0; i < 2000; i++) {
        struct net *n = net_create("random");
        double x[SPECIES], y[SPECIES];
        for (int s = 0; s < SPECIES; s++) {
            char name[16];
            snprintf(name, sizeof name, "S%d", s);
            net_add_species(n, name, SPECIES_DISCRETE, 0, (struct span){0});
            x[s] = y[s] = draw(64) / 8.0;
        }
        for (int32_t s = 0; s + 4 < SPECIES; s += 1 + (int32_t)draw(2)) {
            struct term lhs[] = {{s, 1 + draw(3)}, {s + 1, 1 + draw(2)}},
                        rhs[] = {{s + 2 + (int32_t)draw(2), 1 + draw(3)}};
            size_t two = draw(2);
            net_add_reaction(n, lhs, 1 + two, rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 1),
                             (struct span){0});
            s += (int32_t)two;
        }
        struct rate_independence f = fact_rate_independence(n);
        assert_int_equal(limit_exact(n, x), f.holds);
        for (size_t j = 0; f.holds && j < n->reaction.n; j++) {
            bool stuck = false;
            for (uint32_t k = 0; k < n->reaction.data[j].n_lhs; k++) {
                stuck = stuck || x[net_lhs(n, &n->reaction.data[j])[k].species] == 0;
            }
            assert_true(stuck);
        }
        struct conservation c = fact_conservation(n);
        for (int32_t l = 0; f.holds && l < c.n_laws; l++) {
            double before = 0, after = 0;
            for (uint32_t k = c.first.data[l]; k < c.first.data[l + 1]; k++) {
                before += (double)c.term.data[k].count * y[c.term.data[k].species];
                after += (double)c.term.data[k].count * x[c.term.data[k].species];
                assert_true(x[c.term.data[k].species] >= 0);
            }
            assert_true(fabs(before - after) <= 1e-12 * (1 + fabs(before)));
        }
        fact_conservation_free(&c);
        fact_rate_independence_free(&f);
        net_destroy(n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_and_amounts),
        cmocka_unit_test(dimerisation),
        cmocka_unit_test(ssa_is_the_table_kernel),
        cmocka_unit_test(decay_has_the_right_mean),
        cmocka_unit_test(bad_propensities_stop),
        cmocka_unit_test(fractions_by_events),
        cmocka_unit_test(known_limits),
        cmocka_unit_test(limits_of_random_networks),
    };
    return cmocka_run_group_tests_name("interp", tests, NULL, NULL);
}
