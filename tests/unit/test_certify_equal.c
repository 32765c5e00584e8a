/* lump_equal: claims on networks of random twins, faults, and what sets species apart, one thing at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pass_check.h"

/* The replicas of random_replicas start alike. */
static struct net *random_twins(void)
{
    enum { COMMON = 2, OWN = 3 };
    struct net *n = random_replicas();
    for (size_t s = COMMON + OWN; s < n->species.n; s++) {
        n->species.data[s].init = n->species.data[COMMON + (s - COMMON) % OWN].init;
    }
    expr_id law = expr_binary(n->ex, EXPR_MUL, net_species_expr(n, 0), net_species_expr(n, 1));
    struct term made = {(species_id)draw(COMMON), 1};
    if (draw(4) == 0) {
        net_add_reaction(n, &made, 0, &made, 1, RATE_LAW, law, (struct span){0});
    }
    return n;
}

static void claims_are_accepted(void **state)
{
    (void)state;
    check_law(PASS_LUMP_EQUAL, random_twins, N_RANDOM / 2);
    check_law(PASS_LUMP_EQUAL, random_chemistry, N_RANDOM / 10);
}

/* All replicas are found. */
static void replicas_are_one(void **state)
{
    (void)state;
    random_whole = true;
    for (int i = 0; i < N_RANDOM / 10; i++) {
        struct passed x = run_with_witness(random_twins(), PASS_LUMP_EQUAL, NULL, diag);
        assert_true(x.after->species.n <= 5);
        passed_free(&x);
    }
    random_whole = false;
}

static bool forget_difference(struct net *n)
{
    for (size_t s = 0; s < n->species.n; s++) {
        if (n->species.data[s].init == 0) {
            n->species.data[s].init = expr_real(n->ex, 1);
            return true;
        }
    }
    return false;
}

static void faults_are_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_LUMP_EQUAL, random_twins, forget_initial_amount, miscount_product, change_output,
                 forget_difference);
}

/* The claim itself may be wrong: a species that is not equal. */
static void wrong_claims_are_caught(void **state)
{
    size_t caught = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct passed x = run_with_witness(random_twins(), PASS_LUMP_EQUAL, NULL, diag);
        species_id s = -1;
        for (size_t k = 0; k < x.before->species.n && x.n_done > 0; k++) {
            s = x.witness.equal.data[k] != (species_id)k ? (species_id)k : s;
        }
        if (s >= 0) { /* it is made once more, alone of its set */
            struct term t = {s, 1};
            net_add_reaction(x.before, &t, 0, &t, 1, RATE_MASS_ACTION, expr_real(x.before->ex, 1),
                             (struct span){0});
            char *why = certify(x.before, x.after, &x.witness);
            assert_non_null(why);
            free(why);
            caught++;
        }
        passed_free(&x);
    }
    assert_true(caught > 500);
}

static void numbers_find_faults(void **state)
{
    (void)state;
    assert_true(found_by_numbers(PASS_LUMP_EQUAL, random_twins, miscount_product) > 100);
}

/* ---- conditions ---- */

/* A and B decay alike, each with a catalyst of its own that is equal to the other's. */
static struct net *twins(void)
{
    struct net *n = net_create("twins");
    static const char *const name[] = {"A", "B", "C", "D"};
    expr_id amount = expr_real(n->ex, 1 + draw(9)), k = expr_real(n->ex, 0.5 + draw(4));
    for (int s = 0; s < 4; s++) {
        net_add_species(n, name[s], SPECIES_DISCRETE, amount, (struct span){0});
    }
    for (species_id s = 0; s < 2; s++) {
        struct term lhs[] = {{s, 1}, {s + 2, 1}}, rhs = {s + 2, 2};
        net_add_reaction(n, lhs, 2, &rhs, 1, RATE_MASS_ACTION, k, (struct span){0});
    }
    expr_id out = net_species_expr(n, 1);
    net_add_symbol(n, "b", SYMBOL_OUTPUT, shape_scalar(), &out, (struct span){0});
    n->symbol.data[0].flags = SYMBOL_IS_OUTPUT;
    return n;
}

static void start_apart(struct net *n, species_id s)
{
    n->species.data[s].init = expr_real(n->ex, 0.25);
}

static void be_input(struct net *n, species_id s)
{
    n->species.data[s].flags = SPECIES_INPUT;
}

static void be_set(struct net *n, species_id s)
{
    expr_id e = net_species_expr(n, s);
    n->symbol.data[net_add_symbol(n, "given", SYMBOL_SPECIES, shape_scalar(), &e, (struct span){0})].flags =
        SYMBOL_IS_SET;
}

static void be_changed(struct net *n, species_id s)
{
    struct change change = {s, expr_real(n->ex, 1)};
    net_add_event(n, EVENT_AT, expr_real(n->ex, 1), &change, 1, (struct span){0});
}

static void be_bulk(struct net *n, species_id s)
{
    n->species.data[s].kind = SPECIES_BULK;
    net_settle_bulk(n);
}

static void be_held(struct net *n, species_id s)
{
    n->species.data[s].kind = SPECIES_CONSTANT;
}

static void be_made(struct net *n, species_id s)
{
    struct term t = {s, 1};
    net_add_reaction(n, &t, 0, &t, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
}

static void react_faster(struct net *n, species_id s)
{
    n->reaction.data[s % 2].rate = expr_real(n->ex, 17);
}

static void be_guarded(struct net *n, species_id s)
{
    int32_t guard = net_add_guard(n, "on", true);
    n->reaction.data[s % 2].guard = guard;
}

static void follow_law(struct net *n, species_id s)
{
    n->reaction.data[s % 2].rate_kind = RATE_LAW;
}

static void what_sets_apart(void **state)
{
    static void (*const apart[])(struct net * n, species_id s) = {
        start_apart, be_input, be_set,       be_changed, be_bulk,
        be_held,     be_made,  react_faster, be_guarded, follow_law};
    (void)state;
    for (size_t v = 0; v < sizeof apart / sizeof *apart; v++) {
        for (int i = 0; i < 100; i++) {
            struct passed x = run_with_witness(twins(), PASS_LUMP_EQUAL, NULL, diag);
            assert_int_equal(x.after->species.n, 2);
            accept(&x);
            passed_free(&x);
            struct net *n = twins();
            apart[v](n, (species_id)draw(4));
            char *text;
            size_t size;
            FILE *f = open_memstream(&text, &size);
            struct pass_options o = {.remarks = true, .out = f};
            assert_true(pass_run(n, PASS_LUMP_EQUAL, &o, diag));
            fclose(f);
            assert_int_equal(n->species.n, 4);
            assert_non_null(strstr(text, "no two species have the same amount at all times"));
            free(text);
            net_destroy(n);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(claims_are_accepted), TEST(replicas_are_one),
                                       TEST(faults_are_caught),   TEST(wrong_claims_are_caught),
                                       TEST(numbers_find_faults), TEST(what_sets_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
