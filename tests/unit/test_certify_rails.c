/* Passes that add or share species that only pass: copies, fan_out, and legalisation. Claims on random networks, faults, and
 * conditions violated one at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ir/fact/fact.h"
#include "pass_check.h"

/* A layer of up to eight species that react alone, or with the first of the next layer, into few products: many sides are
 * equal, or have runs in common. */
static struct net *random_layers(void)
{
    enum { INPUTS = 6, HIDDEN = 5, OUT = 6 };
    static const uint32_t first[] = {0, INPUTS, INPUTS + HIDDEN, INPUTS + HIDDEN + OUT};
    struct net *n = net_create("random");
    net_add_param(n, "b", shape_vector(2), expr_real(n->ex, 1 + draw(4)), (struct span){0});
    for (uint32_t s = 0; s < first[3]; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, SPECIES_DISCRETE, random_amount(n), (struct span){0});
        n->species.data[s].flags = s < 1 ? SPECIES_INPUT : 0;
    }
    for (uint32_t layer = 0; layer < 2; layer++) {
        for (uint32_t s = first[layer]; s < first[layer + 1]; s++) {
            uint32_t from = first[layer + 1], size = first[layer + 2] - from, n_rhs = 0;
            struct term lhs = {(species_id)s, draw(6) ? 1 : 2}, rhs[8];
            for (uint32_t k = 0; k < size; k++) {
                if (k > 2 ? draw(2) : s % 3) {
                    rhs[n_rhs++] = (struct term){(species_id)(from + k), 1 + (k == 1)};
                }
            }
            net_add_reaction(n, &lhs, 1, rhs, n_rhs, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
        }
    }
    struct term pair[2] = {{(species_id)first[2], 1}, {(species_id)first[2] + 1, 1}};
    net_add_reaction(n, pair, 2, &pair[1], 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
    for (uint32_t i = 0; i < 3; i++) {
        static const char *const name[] = {"x", "y", "z"};
        expr_id p = net_species_expr(n, (species_id)(first[2] + 2 * i));
        expr_id d = expr_binary(n->ex, EXPR_SUB, p, net_species_expr(n, (species_id)(first[2] + 2 * i + 1)));
        net_add_symbol(n, name[i], SYMBOL_DUAL, shape_scalar(), &d, (struct span){0});
        n->symbol.data[i].flags = SYMBOL_IS_OUTPUT;
    }
    return n;
}

static struct net *feed_forward(void)
{
    return random_feed_forward(3 + draw(4));
}

static bool makes_input(const struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            if (n->species.data[net_rhs(n, r)[i].species].flags & SPECIES_INPUT) {
                return true;
            }
        }
    }
    return false;
}

static void check_limit(enum pass_id id, struct net *(*make)(void), const struct pass_options *o,
                        size_t at_least)
{
    size_t changed = 0;
    for (int i = 0; i < N_RANDOM; i++) {
        struct passed x = run_with_witness(make(), id, o, diag);
        changed += x.n_done > 0;
        assert_int_equal(x.witness.claim, CLAIM_LIMIT);
        accept(&x);
        compare_limits(x.before, x.after);
        if (o && o->max_products > 0 && !makes_input(x.before)) {
            assert_true(fact_max_products(x.after) <= o->max_products);
        }
        passed_free(&x);
    }
    assert_true(changed > at_least);
}

static void limits_are_accepted(void **state)
{
    static const struct pass_options three = {.max_products = 3};
    (void)state;
    check_limit(PASS_COPIES, random_layers, NULL, N_RANDOM / 2);
    check_limit(PASS_COPIES, feed_forward, NULL, 0);
    check_limit(PASS_FAN_OUT, random_layers, NULL, N_RANDOM / 2);
    check_limit(PASS_FAN_OUT, feed_forward, &three, N_RANDOM / 2);
    check_limit(PASS_LEGALIZE_PRODUCTS, random_layers, NULL, N_RANDOM / 2);
}

/* More copies, more to share, one after the other: each claim holds of what the one before made. */
static void all_together_are_accepted(void **state)
{
    static const enum pass_id list[] = {PASS_COPIES, PASS_FAN_OUT, PASS_COPIES, PASS_DUAL_RAIL,
                                        PASS_UNIMOLECULAR};
    (void)state;
    for (int i = 0; i < N_RANDOM / 10; i++) {
        struct net *n = random_layers(), *first = net_clone(n);
        for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
            struct passed x = run_with_witness(n, list[k], NULL, diag);
            accept(&x);
            n = net_clone(x.after);
            passed_free(&x);
        }
        compare_limits(first, n);
        net_destroy(first);
        net_destroy(n);
    }
}

/* ---- legalisation in general: the reactions ---- */

static void steps_are_accepted(void **state)
{
    static const enum pass_id list[] = {PASS_LEGALIZE_REACTANTS, PASS_LEGALIZE_PRODUCTS};
    size_t changed = 0;
    (void)state;
    for (int i = 0; i < N_RANDOM; i++) {
        struct passed x = run_with_witness(random_chemistry(), list[draw(2)], NULL, diag);
        changed += x.n_done > 0;
        accept(&x);
        passed_free(&x);
    }
    assert_true(changed > N_RANDOM / 4);
}

static struct net *random_for_strands(void)
{
    struct net *n = net_create("random");
    uint32_t total = 2 + draw(4);
    for (uint32_t s = 0; s < total; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, SPECIES_DISCRETE, expr_real(n->ex, 1 + draw(9)), (struct span){0});
    }
    for (uint32_t j = 1 + draw(5); j > 0; j--) {
        struct term side[2][2];
        for (int k = 0; k < 4; k++) {
            side[k / 2][k % 2] = (struct term){(species_id)draw(total), 1};
        }
        net_add_reaction(n, side[0], draw(3), side[1], draw(3), RATE_MASS_ACTION,
                         expr_real(n->ex, 1e-9 * (1 + draw(9))), (struct span){0});
    }
    return n;
}

static void strands_are_accepted(void **state)
{
    (void)state;
    for (int i = 0; i < N_RANDOM; i++) {
        struct passed x = run_with_witness(random_for_strands(), PASS_DSD_SOLOVEICHIK2010, NULL, diag);
        assert_true(x.n_done > 0);
        accept(&x);
        passed_free(&x);
    }
}

/* ---- faults ---- */

static bool start_intermediate(struct net *n)
{
    struct species *last = &n->species.data[n->species.n - 1];
    if (last->name[0] == 'S') {
        return false; /* it was there before */
    }
    last->init = expr_real(n->ex, 1);
    return true;
}

static bool guard_intermediate(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction *r = &n->reaction.data[j];
        if (r->n_lhs == 1 && n->species.data[net_lhs(n, r)->species].name[0] == 'F') {
            r->guard = net_add_guard(n, "never", false);
            return true;
        }
    }
    return false;
}

static bool never_pass(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction *r = &n->reaction.data[j];
        if (r->n_lhs == 1 && n->species.data[net_lhs(n, r)->species].name[0] == 'F') {
            r->rate = expr_real(n->ex, 0);
            return true;
        }
    }
    return false;
}

/* Fuels and wastes stand for nothing: only signals count. */
static bool miscount_signal(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = r->rhs; i < r->rhs + r->n_rhs; i++) {
            if (n->species.data[n->term.data[i].species].name[0] == 'S') {
                n->term.data[i].count += 7; /* more than any reaction makes */
                return true;
            }
        }
    }
    return false;
}

static void faults_are_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_COPIES, random_layers, forget_initial_amount, miscount_product, forget_reaction,
                 swap_rails, lose_input, turn_off);
    CHECK_FAULTS(PASS_FAN_OUT, random_layers, forget_initial_amount, miscount_product, forget_reaction,
                 swap_rails, start_intermediate, guard_intermediate, never_pass);
    CHECK_FAULTS(PASS_LEGALIZE_PRODUCTS, random_layers, forget_initial_amount, miscount_product,
                 forget_reaction, swap_rails, start_intermediate, guard_intermediate, never_pass);
    CHECK_FAULTS(PASS_LEGALIZE_REACTANTS, random_chemistry, change_output, miscount_product);
    CHECK_FAULTS(PASS_DSD_SOLOVEICHIK2010, random_for_strands, miscount_signal);
}

static void numbers_find_faults(void **state)
{
    (void)state;
    assert_true(found_by_numbers(PASS_COPIES, random_layers, forget_products) > 20);
    assert_true(found_by_numbers(PASS_FAN_OUT, random_layers, forget_products) > 20);
}

/* ---- conditions ---- */

/* S2 and S3 turn into the same, and so do their makers but for one product: */
static struct net *two_copies(void)
{
    struct net *n = net_create("copies");
    for (uint32_t s = 0; s < 7; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, SPECIES_DISCRETE, expr_real(n->ex, draw(9)), (struct span){0});
    }
    for (species_id s = 0; s < 2; s++) {
        struct term made[] = {{s + 2, 1 + draw(3)}, {s + 4, 1}}, lhs = {s, 1}, copy = {s + 2, 1},
                    end[] = {{4, 1}, {6, 2}};
        net_add_reaction(n, &lhs, 1, made, 2, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
        net_add_reaction(n, &copy, 1, end, 2, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
    }
    expr_id out = net_species_expr(n, 6);
    net_add_symbol(n, "out", SYMBOL_OUTPUT, shape_scalar(), &out, (struct span){0});
    n->symbol.data[0].flags = SYMBOL_IS_OUTPUT;
    return n;
}

static struct reaction *turn_of(struct net *n, species_id s)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (net_lhs(n, &n->reaction.data[j])->species == s) {
            return &n->reaction.data[j];
        }
    }
    fail();
    return NULL;
}

static void be_output(struct net *n, species_id s)
{
    expr_id e = net_species_expr(n, s);
    n->symbol.data[net_add_symbol(n, "seen", SYMBOL_OUTPUT, shape_scalar(), &e, (struct span){0})].flags =
        SYMBOL_IS_OUTPUT;
}

static void be_input(struct net *n, species_id s)
{
    n->species.data[s].flags = SPECIES_INPUT;
}

static void be_assumed(struct net *n, species_id s)
{
    vec_push(&n->assume,
             (struct assume){expr_binary(n->ex, EXPR_LE, net_species_expr(n, s), expr_real(n->ex, 9)), {0}});
}

static void be_guarded(struct net *n, species_id s)
{
    int32_t guard = net_add_guard(n, "on", true);
    turn_of(n, s)->guard = guard;
}

static void react_twice(struct net *n, species_id s)
{
    n->term.data[turn_of(n, s)->lhs].count = 2;
}

static void never_react(struct net *n, species_id s)
{
    turn_of(n, s)->rate = expr_real(n->ex, 0);
}

static void make_input(struct net *n, species_id s)
{
    (void)s;
    n->species.data[6].flags = SPECIES_INPUT;
}

static void compete(struct net *n, species_id s)
{
    struct term lhs = {s, 1}, rhs = {5, 7};
    net_add_reaction(n, &lhs, 1, &rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
}

static void follow_law(struct net *n, species_id s)
{
    turn_of(n, s)->rate_kind = RATE_LAW;
}

static void change_by_event(struct net *n, species_id s)
{
    struct change change = {s, expr_real(n->ex, 1)};
    net_add_event(n, EVENT_AT, expr_real(n->ex, 1), &change, 1, (struct span){0});
}

static const struct {
    const char *reason;
    void (*apply)(struct net *n, species_id s);
} violations[] = {
    {"it is an input, or set by the experiment", be_input},
    {"an output or the experiment reads it", be_output},
    {"an assumption reads it", be_assumed},
    {"its reaction has a guard", be_guarded},
    {"more than one molecule of it reacts", react_twice},
    {"the rate of its reaction is not positive", never_react},
    {"it becomes what is an input, or set by the experiment", make_input},
    {"the limit may depend on rates", compete},
    {"the limit may depend on rates", follow_law},
    {"the limit may depend on rates: its events change amounts", change_by_event},
};

static size_t run_and_read(struct net *n, const struct pass_options *options, enum pass_id id, char **text)
{
    size_t size;
    FILE *f = open_memstream(text, &size);
    struct pass_options o = *options;
    o.remarks = true;
    o.out = f;
    assert_true(pass_run(n, id, &o, diag));
    fclose(f);
    return n->species.n;
}

static void conditions_are_said(void **state)
{
    static const struct pass_options none = {0};
    (void)state;
    for (size_t v = 0; v < sizeof violations / sizeof *violations; v++) {
        for (int i = 0; i < 100; i++) {
            char *text;
            struct net *n = two_copies();
            assert_int_equal(run_and_read(n, &none, PASS_COPIES, &text), 6);
            free(text);
            net_destroy(n);
            n = two_copies();
            violations[v].apply(n, 2 + (species_id)draw(2));
            assert_int_equal(run_and_read(n, &none, PASS_COPIES, &text), 7);
            if (!strstr(text, violations[v].reason)) {
                fail_msg("'%s' is not said: %s", violations[v].reason, text);
            }
            free(text);
            net_destroy(n);
        }
    }
}

static void fan_out_says_why_not(void **state)
{
    static const struct {
        const char *reason;
        void (*apply)(struct net *n, species_id s);
        struct pass_options o;
    } cases[] = {
        {"the limit may depend on rates", compete, {0}},
        {"the limit may depend on rates", change_by_event, {0}},
        {"trees need two products at least", be_output, {.max_products = 1}},
        {"the products that must stay on this side are 2, --max-products=2", make_input, {.max_products = 2}},
        {"no products are worth sharing, and no side is too wide", make_input, {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct net *n = two_copies();
        char *text;
        cases[i].apply(n, 2);
        size_t n_after = run_and_read(n, &cases[i].o, PASS_FAN_OUT, &text);
        assert_true(n_after == 7 || cases[i].o.max_products == 2);
        if (!strstr(text, cases[i].reason)) {
            fail_msg("'%s' is not said: %s", cases[i].reason, text);
        }
        free(text);
        net_destroy(n);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(limits_are_accepted), TEST(all_together_are_accepted),
                                       TEST(steps_are_accepted),  TEST(strands_are_accepted),
                                       TEST(faults_are_caught),   TEST(numbers_find_faults),
                                       TEST(conditions_are_said), TEST(fan_out_says_why_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
