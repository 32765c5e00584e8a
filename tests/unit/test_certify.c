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

/* ---- faults ---- */

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
