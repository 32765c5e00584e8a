/* What passes claim is accepted on random networks, and second methods agree; every pass with a fault in it is caught.
 * A fault that is caught is one of the mistakes that such a pass invites: an initial amount, a product or a reaction
 * forgotten, a multiplicity or a rate wrong, an output not renamed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pass_check.h"

static void unimolecular_is_accepted(void **state)
{
    (void)state;
    check_rate_independent(PASS_UNIMOLECULAR, NULL);
}

static void unimolecular_bounded_is_accepted(void **state)
{
    static const struct pass_options bounded = {.max_products = 12};
    (void)state;
    check_rate_independent(PASS_UNIMOLECULAR, &bounded);
}

static void dual_rail_is_accepted(void **state)
{
    (void)state;
    check_rate_independent(PASS_DUAL_RAIL, NULL);
}

static void unreachable_is_accepted(void **state)
{
    (void)state;
    check_law(PASS_UNREACHABLE, random_chemistry, N_RANDOM / 4);
}

static void unobservable_is_accepted(void **state)
{
    (void)state;
    check_law(PASS_UNOBSERVABLE, random_chemistry, N_RANDOM / 4);
}

static void lump_counts_is_accepted(void **state)
{
    (void)state;
    check_law(PASS_LUMP_COUNTS, random_replicas, N_RANDOM / 2);
}

static void lump_sums_is_accepted(void **state)
{
    (void)state;
    check_law(PASS_LUMP_SUMS, random_replicas, N_RANDOM / 2);
}

/* Those that rewrite reactions one by one. */
static void local_passes_are_accepted(void **state)
{
    static const enum pass_id list[] = {PASS_CANONICAL, PASS_MERGE_DUPLICATES, PASS_LEGALIZE_CONSTANTS,
                                        PASS_LEGALIZE_EMPTY};
    (void)state;
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        size_t changed = 0;
        for (int i = 0; i < N_RANDOM; i++) {
            struct passed x = run_with_witness(random_chemistry(), list[k], NULL, diag);
            changed += x.n_done > 0;
            accept(&x);
            char *why = NULL;
            crosscheck(x.before, x.after, &x.witness, &why);
            assert_null(why);
            passed_free(&x);
        }
        assert_true(changed > N_RANDOM / 100);
    }
}

/* ---- faults ---- */

/* An amount that is held has gone into the rate constant, k a b, and may be 0. */
static bool has_number(const struct net *n, const struct reaction *r)
{
    double held;
    bool any = false;
    const struct expr *e = expr_get(n->ex, r->rate);
    for (; e->op == EXPR_MUL; e = expr_get(n->ex, e->args[0])) {
        any = any || expr_const_real(n->ex, e->args[1], &held);
    }
    return any;
}

/* Laws may be 0, and amounts that are held. */
static bool may_rest(const struct net *n, const struct reaction *r)
{
    bool rests = r->rate_kind == RATE_LAW || has_number(n, r);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        rests = rests || n->species.data[net_lhs(n, r)[i].species].kind == SPECIES_CONSTANT;
    }
    return rests;
}

static bool miscount_mass_action(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = r->rhs; i < r->rhs + r->n_rhs && !may_rest(n, r); i++) {
            const struct species *x = &n->species.data[n->term.data[i].species];
            if (x->kind == SPECIES_DISCRETE && strncmp(x->name, "Waste", 5) != 0) {
                n->term.data[i].count++;
                return true;
            }
        }
    }
    return false;
}

/* An amount that went into a rate is forgotten. */
static bool forget_held(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction *r = &n->reaction.data[j];
        const struct expr *e = expr_get(n->ex, r->rate);
        struct term change[16];
        if (r->rate_kind == RATE_MASS_ACTION && e->op == EXPR_MUL &&
            expr_get(n->ex, e->args[1])->op == EXPR_PARAM && !has_number(n, r) && net_change(n, r, change) > 0) {
            r->rate = e->args[0];
            return true;
        }
    }
    return false;
}

/* Two species are held at what a parameter says. */
static struct net *random_held(void)
{
    struct net *n = random_chemistry();
    for (size_t j = 0; j < n->reaction.n; j++) {
        n->reaction.data[j].n_fractions = 0; /* none may be of a constant */
    }
    n->fraction.n = 0;
    for (size_t s = 1; s < 3; s++) {
        n->species.data[s].kind = SPECIES_CONSTANT;
        n->species.data[s].init = net_param_expr(n, (int32_t)s - 1);
    }
    return n;
}

static void broken_local_passes_are_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_CANONICAL, random_chemistry, miscount_mass_action, change_output, lose_input);
    CHECK_FAULTS(PASS_MERGE_DUPLICATES, random_chemistry, miscount_mass_action, change_output, lose_input);
    CHECK_FAULTS(PASS_LEGALIZE_CONSTANTS, random_held, miscount_mass_action, change_output, lose_input,
                 forget_held);
    CHECK_FAULTS(PASS_LEGALIZE_EMPTY, random_chemistry, miscount_mass_action, change_output, lose_input);
}

static struct net *feed_forward(void)
{
    return random_feed_forward(3 + draw(4));
}

static void broken_unimolecular_is_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_UNIMOLECULAR, feed_forward, forget_initial_amount, miscount_product, forget_products,
                 forget_reaction, swap_rails, lose_input, turn_off);
}

static void broken_dual_rail_is_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_DUAL_RAIL, feed_forward, forget_initial_amount, miscount_product, forget_products,
                 forget_reaction, swap_rails, lose_input, double_rate, turn_off);
}

static void broken_unreachable_is_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_UNREACHABLE, random_chemistry, lose_input, change_output);
}

static void broken_unobservable_is_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_UNOBSERVABLE, random_chemistry, lose_input, change_output);
}

static void broken_lump_is_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_LUMP_COUNTS, random_replicas, forget_initial_amount, miscount_product, change_output);
    CHECK_FAULTS(PASS_LUMP_SUMS, random_replicas, forget_initial_amount, miscount_product, change_output);
}

static void numbers_find_faults(void **state)
{
    (void)state;
    assert_true(found_by_numbers(PASS_UNIMOLECULAR, feed_forward, forget_products) > 50);
    assert_true(found_by_numbers(PASS_DUAL_RAIL, feed_forward, double_rate) > 100);
    assert_true(found_by_numbers(PASS_UNREACHABLE, random_chemistry, forget_products) > 20);
    assert_true(found_by_numbers(PASS_UNOBSERVABLE, random_chemistry, forget_products) > 20);
    assert_true(found_by_numbers(PASS_LUMP_COUNTS, random_replicas, miscount_product) > 100);
    assert_true(found_by_numbers(PASS_LUMP_SUMS, random_replicas, miscount_product) > 100);
}

static void what_is_not_accepted_is_reported(void **state)
{
    (void)state;
    struct passed x = run_with_witness(feed_forward(), PASS_DUAL_RAIL, NULL, diag);
    assert_true(double_rate(x.after));
    assert_false(pass_check("dual_rail", x.before, x.after, &x.witness, diag));
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    diag_print(diag, f, false);
    fclose(f);
    assert_non_null(strstr(text, "[E0709]: what dual_rail claims about the network random is not accepted"));
    free(text);
    passed_free(&x);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(unimolecular_is_accepted),
        TEST(unimolecular_bounded_is_accepted),
        TEST(dual_rail_is_accepted),
        TEST(local_passes_are_accepted),
        TEST(broken_local_passes_are_caught),
        TEST(broken_unimolecular_is_caught),
        TEST(unreachable_is_accepted),
        TEST(unobservable_is_accepted),
        TEST(lump_counts_is_accepted),
        TEST(lump_sums_is_accepted),
        TEST(broken_unreachable_is_caught),
        TEST(broken_unobservable_is_caught),
        TEST(broken_lump_is_caught),
        TEST(broken_dual_rail_is_caught),
        TEST(what_is_not_accepted_is_reported),
        TEST(numbers_find_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
