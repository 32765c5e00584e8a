/* conservation, conservation_ode: claims on random closed networks, faults, and conditions violated one at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pass_check.h"

enum { GROUP = 3 };

/* Species of a group turn into each other, the third of each group counts twice, with those of another as catalysts; a species
 * that reacts with nothing follows. */
static struct net *random_closed(void)
{
    struct net *n = net_create("random");
    uint32_t groups = 1 + draw(3), total = GROUP * groups;
    net_add_param(n, "b", shape_vector(2), expr_real(n->ex, 1 + draw(4)), (struct span){0});
    net_add_guard(n, "on", true);
    for (uint32_t s = 0; s <= total; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, SPECIES_DISCRETE, random_amount(n), (struct span){0});
    }
    for (uint32_t j = 2 + draw(6); j > 0; j--) {
        uint32_t group = GROUP * draw(groups), from = draw(GROUP), to = draw(GROUP), with = draw(total + 1);
        struct term lhs[2] = {{(species_id)(group + from), to == 2 ? 2 : 1}, {(species_id)with, 1}},
                    rhs[2] = {{(species_id)(group + to), from == 2 ? 2 : 1}, {(species_id)with, 1}};
        uint32_t n_side = 1 + draw(2);
        expr_id rate = draw(3) ? net_param_expr(n, (int32_t)draw(2)) : expr_real(n->ex, 0.5 * (1 + draw(4)));
        reaction_id id =
            net_add_reaction(n, lhs, n_side, rhs, n_side, RATE_MASS_ACTION, rate, (struct span){0});
        n->reaction.data[id].guard = draw(6) == 0;
    }
    for (uint32_t i = 0; i < 2; i++) {
        expr_id out = net_species_expr(n, (species_id)draw(total));
        enum expr_op op = draw(2) ? EXPR_MUL : EXPR_ADD;
        out = i ? expr_binary(n->ex, op, out, net_species_expr(n, (species_id)draw(total + 1))) : out;
        net_add_symbol(n, i ? "y" : "x", SYMBOL_OUTPUT, shape_scalar(), &out, (struct span){0});
        n->symbol.data[i].flags = SYMBOL_IS_OUTPUT;
    }
    return n;
}

static void claims_are_accepted(void **state)
{
    (void)state;
    check_law(PASS_CONSERVATION, random_closed, N_RANDOM / 4);
    check_law(PASS_CONSERVATION_ODE, random_closed, N_RANDOM / 2);
}

static void open_networks_are_accepted(void **state)
{
    (void)state;
    check_law(PASS_CONSERVATION, random_chemistry, N_RANDOM / 4);
    check_law(PASS_CONSERVATION_ODE, random_chemistry, N_RANDOM / 4);
}

/* The total forgets a species, what is left of it has a wrong coefficient, a law is that of mass action again, what changes
 * is held. */
static bool miscount_rest(struct net *n)
{
    for (size_t i = 0; i < n->elem.n; i++) {
        const struct expr e = *expr_get(n->ex, n->elem.data[i]);
        if (e.op == EXPR_SUB) {
            n->elem.data[i] = expr_binary(n->ex, EXPR_ADD, e.args[0], e.args[1]);
            return true;
        }
    }
    return false;
}

static bool double_total(struct net *n)
{
    struct species *total = &n->species.data[n->species.n - 1];
    if (!strstr(total->name, "_total") || !total->init) {
        return false;
    }
    total->init = expr_binary(n->ex, EXPR_MUL, expr_real(n->ex, 2), total->init);
    return true;
}

static bool forget_law(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction *r = &n->reaction.data[j];
        struct term change[16];
        const struct expr *e = expr_get(n->ex, r->rate);
        if (r->rate_kind == RATE_LAW && e->op == EXPR_MUL && net_change(n, r, change) > 0) {
            r->rate_kind = RATE_MASS_ACTION;
            r->rate = e->args[0];
            return true;
        }
    }
    return false;
}

static bool hold_what_changes(struct net *n)
{
    int64_t i = product(n);
    if (i < 0) {
        return false;
    }
    struct term change[16];
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (net_change(n, &n->reaction.data[j], change) > 0) {
            n->species.data[change[0].species].kind = SPECIES_CONSTANT;
            return true;
        }
    }
    return false;
}

static void faults_are_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_CONSERVATION, random_closed, forget_initial_amount, miscount_product, change_output,
                 hold_what_changes, double_total);
    CHECK_FAULTS(PASS_CONSERVATION_ODE, random_closed, forget_initial_amount, miscount_product, miscount_rest,
                 forget_law, hold_what_changes, double_total);
}

static void numbers_find_faults(void **state)
{
    (void)state;
    assert_true(found_by_numbers(PASS_CONSERVATION, random_closed, miscount_product) > 100);
    assert_true(found_by_numbers(PASS_CONSERVATION_ODE, random_closed, forget_law) > 20);
}

/* ---- conditions ---- */

/* A + C -> B + C, B -> A: A + B is conserved; B goes, for the T variant if it does not react. */
static struct net *pair(bool back)
{
    struct net *n = net_create("pair");
    const char *const name[] = {"A", "B", "C"};
    for (int i = 0; i < 3; i++) {
        net_add_species(n, name[i], SPECIES_DISCRETE, expr_real(n->ex, 3 + draw(9)), (struct span){0});
    }
    struct term lhs[] = {{0, 1}, {2, 1}}, rhs[] = {{1, 1}, {2, 1}}, out = {2, 2};
    expr_id k = expr_real(n->ex, 0.5 + draw(4));
    net_add_reaction(n, lhs, 2, rhs, 2, RATE_MASS_ACTION, k, (struct span){0});
    net_add_reaction(n, &out, 0, &out, 1, RATE_MASS_ACTION, k, (struct span){0});
    if (back) {
        net_add_reaction(n, rhs, 1, lhs, 1, RATE_MASS_ACTION, k, (struct span){0});
    }
    expr_id b = net_species_expr(n, 1);
    net_add_symbol(n, "b", SYMBOL_OUTPUT, shape_scalar(), &b, (struct span){0});
    n->symbol.data[0].flags = SYMBOL_IS_OUTPUT;
    return n;
}

static void be_input(struct net *n)
{
    n->species.data[draw(2)].flags = SPECIES_INPUT;
}

static void be_set(struct net *n)
{
    expr_id e = net_species_expr(n, (species_id)draw(2));
    n->symbol.data[net_add_symbol(n, "given", SYMBOL_SPECIES, shape_scalar(), &e, (struct span){0})].flags =
        SYMBOL_IS_SET;
}

static void be_changed(struct net *n)
{
    struct change change = {(species_id)draw(2), expr_real(n->ex, 1)};
    net_add_event(n, EVENT_AT, expr_real(n->ex, 1), &change, 1, (struct span){0});
}

static void be_made(struct net *n)
{
    struct term t = {(species_id)draw(2), 1};
    net_add_reaction(n, &t, 0, &t, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
}

static void react(struct net *n)
{
    struct term b = {1, 1}, a = {0, 1};
    net_add_reaction(n, &b, 1, &a, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
}

/* As many rates as the sum would be read by. */
static void react_often(struct net *n)
{
    for (int i = 0; i < 20; i++) {
        struct term b = {1, 1}, both[] = {{1, 1}, {2, 1}}, a = {0, 1};
        net_add_reaction(n, &a, 1, &b, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
        net_add_reaction(n, &b, 1, both, 2, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
    }
}

static const struct {
    const char *reason;
    enum pass_id id;
    void (*apply)(struct net *n);
} violations[] = {
    {"it is an input, or set by the experiment", PASS_CONSERVATION, be_input},
    {"it is an input, or set by the experiment", PASS_CONSERVATION, be_set},
    {"it is an input, or set by the experiment", PASS_CONSERVATION_ODE, be_set},
    {"nothing is conserved but what events change", PASS_CONSERVATION, be_changed},
    {"nothing is conserved", PASS_CONSERVATION, be_made},
    {"all that are in no other law are reactants", PASS_CONSERVATION, react},
    {"21 rates would read the sum", PASS_CONSERVATION_ODE, react_often},
};

static size_t run_and_read(struct net *n, enum pass_id id, char **text)
{
    size_t size, n_before = n->species.n;
    FILE *f = open_memstream(text, &size);
    struct pass_options o = {.remarks = true, .out = f};
    assert_true(pass_run(n, id, &o, diag));
    fclose(f);
    bool goes = false;
    for (size_t s = 0; s < n->species.n; s++) {
        goes = goes || strstr(n->species.data[s].name, "_total");
    }
    assert_int_equal(n->species.n, n_before);
    return goes;
}

static void conditions_are_said(void **state)
{
    (void)state;
    for (size_t v = 0; v < sizeof violations / sizeof *violations; v++) {
        for (int i = 0; i < 100; i++) {
            char *text;
            struct net *n = pair(violations[v].apply != react && violations[v].id == PASS_CONSERVATION_ODE);
            assert_true(run_and_read(n, violations[v].id, &text));
            free(text);
            net_destroy(n);
            n = pair(violations[v].id == PASS_CONSERVATION_ODE);
            violations[v].apply(n);
            assert_false(run_and_read(n, violations[v].id, &text));
            if (!strstr(text, violations[v].reason)) {
                fail_msg("'%s' is not said: %s", violations[v].reason, text);
            }
            free(text);
            net_destroy(n);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(claims_are_accepted), TEST(open_networks_are_accepted),
                                       TEST(faults_are_caught), TEST(numbers_find_faults),
                                       TEST(conditions_are_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
