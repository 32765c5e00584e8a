/* quadratize: claims on random networks of wide reactions, by a second method too; faults, wrong claims,
 * and what keeps reactions as they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pass_check.h"

/* Up to four reactants of up to three kinds; now and then a constant, bulk, a law, a guard, an event, an
 * input. */
static struct net *random_wide(void)
{
    struct net *n = net_create("random");
    uint32_t total = 2 + draw(4);
    struct random_leaves leaves = {2, 2, false};
    net_add_param(n, "b", shape_vector(2), expr_real(n->ex, 1 + draw(4)), (struct span){0});
    net_add_guard(n, "on", true);
    for (uint32_t s = 0; s < total; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        enum species_kind kind = draw(3) ? SPECIES_DISCRETE : random_kind();
        net_add_species(n, name, kind, random_amount(n), (struct span){0});
    }
    n->species.data[0].flags = draw(4) == 0 ? SPECIES_INPUT : 0;
    for (uint32_t j = 1 + draw(4); j > 0; j--) {
        struct term lhs[2], rhs[3];
        for (int k = 0; k < 3; k++) {
            rhs[k] = (struct term){(species_id)draw(total), 1 + (draw(4) == 0)};
            lhs[k % 2] = (struct term){(species_id)draw(total), 1 + (draw(3) == 0)};
        }
        bool law = draw(16) == 0;
        expr_id rate = law ? expr_binary(n->ex, EXPR_MUL, net_species_expr(n, 0), net_species_expr(n, 1))
                       : draw(2) ? net_param_expr(n, (int32_t)draw(2))
                                 : expr_real(n->ex, 0.25 * (1 + draw(8)));
        reaction_id id = random_reaction(n, lhs, 1 + draw(2), rhs, draw(4), law ? RATE_LAW : RATE_MASS_ACTION,
                                         rate, &leaves, 20);
        n->reaction.data[id].guard = draw(5) == 0;
    }
    if (draw(6) == 0) {
        struct change change = {(species_id)draw(total), expr_real(n->ex, 3)};
        net_add_event(n, EVENT_AT, expr_real(n->ex, 1), &change, 1, (struct span){0});
    }
    expr_id sum = expr_binary(n->ex, EXPR_ADD, net_species_expr(n, 0), net_species_expr(n, 1));
    net_add_symbol(n, "out", SYMBOL_OUTPUT, shape_scalar(), &sum, (struct span){0});
    n->symbol.data[0].flags = SYMBOL_IS_OUTPUT;
    return n;
}

static double product_of(const struct linear_map *m, size_t s, const double *x, int64_t without)
{
    double product = 1;
    for (uint32_t i = m->ptr.data[s]; i < m->ptr.data[s + 1]; i++) {
        product *= pow(x[m->term.data[i].species], (double)m->term.data[i].count - (i == without));
    }
    return product;
}

/* Where products are what they stand for, the right side of each species is that of before, and that of a
 * product follows by the rule of products; nothing has more than two reactants that could have been split.
 * */
static void compare_products(const struct passed *x)
{
    const struct linear_map *m = &x->witness.product;
    size_t n_a = x->before->species.n, n_b = x->after->species.n;
    double p[3] = {0.5 + draw(8), 0.25 + draw(8), 1e6}, scale = 1; /* the third: k_fast of corrections */
    double a[16] = {0}, *b = calloc(n_b + 1, sizeof *b), da[16], *db = calloc(n_b + 1, sizeof *db);
    assert_true(n_a <= 16 && x->after->n_slots <= 3);
    for (size_t s = 0; s < n_a; s++) {
        a[s] = b[s] = 0.25 + draw(16) / 8.0;
    }
    for (size_t s = n_a; s < n_b; s++) {
        b[s] = product_of(m, s, a, -1);
    }
    right_side(x->before, p, a, da);
    right_side(x->after, p, b, db);
    for (size_t s = 0; s < n_b; s++) {
        double expected = s < n_a ? da[s] : 0;
        for (uint32_t i = s < n_a ? 0 : m->ptr.data[s]; s >= n_a && i < m->ptr.data[s + 1]; i++) {
            const struct term *t = &m->term.data[i];
            expected += (double)t->count * product_of(m, s, a, i) * da[t->species];
            scale += fabs((double)t->count * product_of(m, s, a, i) * da[t->species]);
        }
        scale += fabs(expected) + b[s] * 1e7; /* corrections, at a large k_fast, cancel */
        if (!(fabs(expected - db[s]) <= 1e-12 * scale)) {
            net_print(stderr, x->before, NULL);
            net_print(stderr, x->after, NULL);
            fail_msg("species %zu: %.17g expected, %.17g", s, expected, db[s]);
        }
    }
    free(b);
    free(db);
}

static void claims_are_accepted(void **state)
{
    (void)state;
    size_t changed = 0, wide = 0;
    for (int i = 0; i < N_RANDOM; i++) {
        struct passed x = run_with_witness(random_wide(), PASS_QUADRATIZE, NULL, diag);
        accept(&x);
        if (x.n_done > 0) {
            char *why = NULL;
            changed++;
            compare_products(&x);
            assert_true(crosscheck(x.before, x.after, &x.witness, &why));
            assert_null(why);
            assert_int_equal(x.after->species.n, x.witness.n_coordinates);
        }
        for (size_t j = 0; j < x.after->reaction.n; j++) {
            int64_t molecules = 0;
            const struct reaction *r = &x.after->reaction.data[j];
            for (uint32_t k = 0; k < r->n_lhs; k++) {
                molecules += net_lhs(x.after, r)[k].count;
            }
            wide += molecules > 2 && r->rate_kind == RATE_MASS_ACTION;
        }
        passed_free(&x);
    }
    assert_true(changed > N_RANDOM / 3);
    assert_true(wide < N_RANDOM / 4); /* laws, and bulk with discrete species, keep some */
}

/* A product that starts as another amount; a correction that is missing. */
static bool start_apart(struct net *n)
{
    struct species *last = &n->species.data[n->species.n - 1];
    last->init =
        last->init ? expr_binary(n->ex, EXPR_ADD, last->init, expr_real(n->ex, 1)) : expr_real(n->ex, 1);
    return true;
}

static struct net *cubes(void)
{
    struct net *n = net_create("cubes");
    for (species_id s = 0; s < 3; s++) {
        net_add_species(n,
                        s == 0   ? "A"
                        : s == 1 ? "B"
                                 : "C",
                        SPECIES_DISCRETE, expr_real(n->ex, 1 + draw(5)), (struct span){0});
    }
    for (species_id s = 0; s < 3; s++) {
        struct term lhs[] = {{s, 2 + draw(2)}, {(s + 1) % 3, 1}},
                    rhs[] = {{(species_id)draw(3), 1 + draw(2)}};
        net_add_reaction(n, lhs, 2, rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 1 + draw(4)),
                         (struct span){0});
    }
    return n;
}

static struct net *cubes_that_are_set(void)
{
    struct net *n = cubes();
    expr_id e = net_species_expr(n, (species_id)draw(3));
    net_add_symbol(n, "given", SYMBOL_SPECIES, shape_scalar(), &e, (struct span){0});
    n->symbol.data[0].flags = SYMBOL_IS_SET;
    return n;
}

static void faults_are_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_QUADRATIZE, cubes, start_apart, miscount_product, forget_reaction, double_rate,
                 turn_off, forget_initial_amount);
}

/* Corrections that are forgotten as a pair keep the right side; what is set apart would stay so. */
static void a_missing_correction_is_caught(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        struct passed x = run_with_witness(cubes_that_are_set(), PASS_QUADRATIZE, NULL, diag);
        accept(&x);
        struct net *broken = net_clone(x.after);
        broken->reaction.n -= 2;
        char *why = certify(x.before, broken, &x.witness);
        assert_non_null(why);
        assert_non_null(strstr(why, "does not come back"));
        free(why);
        net_destroy(broken);
        passed_free(&x);
    }
}

static void wrong_claims_are_caught(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        struct passed x = run_with_witness(cubes(), PASS_QUADRATIZE, NULL, diag);
        struct term *t = &x.witness.product.term.data[draw((uint32_t)x.witness.product.term.n)];
        if (draw(2)) {
            t->count++;
        } else {
            t->species = (t->species + 1) % 3;
        }
        char *why = certify(x.before, x.after, &x.witness);
        assert_non_null(why);
        free(why);
        passed_free(&x);
    }
}

static void numbers_find_faults(void **state)
{
    (void)state;
    assert_true(found_by_numbers(PASS_QUADRATIZE, cubes, miscount_product) > 150);
    assert_true(found_by_numbers(PASS_QUADRATIZE, cubes, double_rate) > 150);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(claims_are_accepted), TEST(faults_are_caught),
                                       TEST(a_missing_correction_is_caught), TEST(wrong_claims_are_caught),
                                       TEST(numbers_find_faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
