/* single_rail: claims on random rectifiers, faults, wrong proofs, and conditions violated one at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pass_check.h"

static species_id add(struct net *n, const char *stem, uint32_t i, char rail, expr_id init, bool input)
{
    char name[32];
    snprintf(name, sizeof name, "%s%u.%c", stem, i, rail);
    species_id s = net_add_species(n, name, SPECIES_DISCRETE, init, (struct span){0});
    n->species.data[s].flags = input ? SPECIES_INPUT : 0;
    return s;
}

static void react(struct net *n, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs)
{
    net_add_reaction(n, lhs, n_lhs, rhs, n_rhs, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
}

enum { UNITS = 3 };

/* Two layers of rectifiers between inputs with one or two rails and dual outputs; most weights are positive. */
static struct net *random_rectifiers(void)
{
    struct net *n = net_create("random");
    species_id from[2][UNITS], to[2][UNITS];
    net_add_param(n, "b", shape_vector(2), expr_real(n->ex, 1 + draw(4)), (struct span){0});
    for (uint32_t i = 0; i < UNITS; i++) {
        from[0][i] = add(n, "x", i, 'p', 0, true);
        from[1][i] = draw(3) ? -1 : add(n, "x", i, 'n', 0, true);
    }
    for (uint32_t layer = 0; layer < 2; layer++) {
        static const char *const sum[] = {"i", "j"}, *const out[] = {"h", "g"};
        uint32_t negative = draw(6);
        for (uint32_t k = 0; k < UNITS; k++) {
            to[0][k] = add(n, sum[layer], k, 'p', random_amount(n), false);
            to[1][k] = add(n, sum[layer], k, 'n', draw(4) ? 0 : random_amount(n), false);
        }
        for (uint32_t i = 0; i < 2 * UNITS; i++) {
            struct term lhs = {from[i % 2][i / 2], 1}, rhs[2 * UNITS];
            for (uint32_t k = 0; k < 2 * UNITS; k++) {
                uint32_t weight = (k + i) % 2 ? draw(8) < negative : 1 + draw(3);
                rhs[k] = (struct term){to[k % 2][k / 2], weight ? weight : 1};
            }
            size_t n_rhs = 0;
            for (uint32_t k = 0; k < 2 * UNITS; k++) {
                if ((k + i) % 2 == 0 || draw(8) < negative) {
                    rhs[n_rhs++] = rhs[k];
                }
            }
            if (lhs.species >= 0) {
                react(n, &lhs, 1, rhs, n_rhs);
            }
        }
        for (uint32_t k = 0; k < UNITS; k++) {
            species_id m = add(n, sum[layer], k, 'm', 0, false);
            from[0][k] = add(n, out[layer], k, 'p', 0, false);
            from[1][k] = add(n, out[layer], k, 'n', 0, false);
            struct term p = {to[0][k], 1}, made[] = {{m, 1}, {from[0][k], 1}},
                        both[] = {{to[1][k], 1}, {m, 1}}, q = {from[1][k], 1};
            react(n, &p, 1, made, 2);
            react(n, both, 2, &q, 1);
        }
    }
    for (uint32_t k = 0; k < UNITS; k++) {
        char name[16];
        expr_id d =
            expr_binary(n->ex, EXPR_SUB, net_species_expr(n, from[0][k]), net_species_expr(n, from[1][k]));
        snprintf(name, sizeof name, "y%u", k);
        net_add_symbol(n, name, SYMBOL_DUAL, shape_scalar(), &d, (struct span){0});
        n->symbol.data[k].flags = SYMBOL_IS_OUTPUT;
    }
    return n;
}

/* At the limit from random inputs, too: crosscheck. */
static void claims_are_accepted(void **state)
{
    size_t changed = 0, removed = 0, species = 0;
    (void)state;
    for (int i = 0; i < N_RANDOM; i++) {
        struct passed x = run_with_witness(draw(4) ? random_rectifiers() : random_feed_forward(1 + draw(7)),
                                           PASS_SINGLE_RAIL, NULL, diag);
        changed += x.n_done > 0;
        removed += x.n_done;
        species += x.before->species.n;
        accept(&x);
        compare_limits(x.before, x.after);
        char *why = NULL;
        crosscheck(x.before, x.after, &x.witness, &why);
        assert_null(why);
        passed_free(&x);
    }
    assert_true(changed > N_RANDOM / 2 && removed > species / 20);
}

static void faults_are_caught(void **state)
{
    (void)state;
    CHECK_FAULTS(PASS_SINGLE_RAIL, random_rectifiers, forget_initial_amount, miscount_product,
                 forget_products, forget_reaction, swap_rails, lose_input, turn_off);
}

/* A pass that drops a reactant without a proof, or with another's. */
static void wrong_proofs_are_caught(void **state)
{
    size_t caught = 0, turned = 0;
    (void)state;
    for (int i = 0; i < 2000; i++) {
        struct passed x = run_with_witness(random_rectifiers(), PASS_SINGLE_RAIL, NULL, diag);
        if (x.n_done > 0) {
            struct abundant *a = &x.witness.abundant.data[draw((uint32_t)x.witness.abundant.n)];
            uint32_t n = a->n;
            a->n = 0; /* of no steps: only if all at first is enough and nothing makes either */
            char *why = certify(x.before, x.after, &x.witness);
            caught += why != NULL;
            free(why);
            a->n = n;
            for (uint32_t k = a->first; k < a->first + n; k++) {
                x.witness.step.data[k].by = -1;
            }
            why = certify(x.before, x.after, &x.witness);
            turned += why != NULL;
            free(why);
        }
        passed_free(&x);
    }
    assert_true(caught > 500 && turned > 500);
}

static void numbers_find_faults(void **state)
{
    (void)state;
    assert_true(found_by_numbers(PASS_SINGLE_RAIL, random_rectifiers, forget_products) > 50);
}

/* ---- conditions ---- */

/* The rectifier of 2 x: m is never scarcer than i.n. */
static struct net *rectifier(void)
{
    struct net *n = net_create("rectifier");
    species_id x = add(n, "x", 0, 'p', 0, true), p = add(n, "i", 0, 'p', expr_real(n->ex, draw(3)), false),
               q = add(n, "i", 0, 'n', 0, false), m = add(n, "m", 0, 'm', 0, false),
               h = add(n, "h", 0, 'p', 0, false), g = add(n, "h", 0, 'n', 0, false);
    struct term in = {x, 1}, sum[] = {{p, 3}, {q, 1}}, first = {p, 1}, made[] = {{m, 1}, {h, 1}},
                both[] = {{q, 1}, {m, 1}}, out = {g, 1};
    react(n, &in, 1, sum, 2);
    react(n, &first, 1, made, 2);
    react(n, both, 2, &out, 1);
    expr_id d = expr_binary(n->ex, EXPR_SUB, net_species_expr(n, h), net_species_expr(n, g));
    net_add_symbol(n, "h", SYMBOL_DUAL, shape_scalar(), &d, (struct span){0});
    n->symbol.data[0].flags = SYMBOL_IS_OUTPUT;
    return n;
}

enum { X, P, Q, M, H };

static void be_output(struct net *n)
{
    expr_id e = net_species_expr(n, M);
    n->symbol.data[net_add_symbol(n, "seen", SYMBOL_OUTPUT, shape_scalar(), &e, (struct span){0})].flags =
        SYMBOL_IS_OUTPUT;
}

static void be_assumed(struct net *n)
{
    vec_push(&n->assume,
             (struct assume){expr_binary(n->ex, EXPR_LE, net_species_expr(n, M), expr_real(n->ex, 9)), {0}});
}

static void be_guarded(struct net *n)
{
    n->reaction.data[2].guard = net_add_guard(n, "on", true);
}

static void feed_guarded(struct net *n)
{
    n->reaction.data[1].guard = net_add_guard(n, "on", true);
}

static void never_react(struct net *n)
{
    n->reaction.data[2].rate = expr_real(n->ex, 0);
}

static void be_bulk(struct net *n)
{
    n->species.data[M].kind = SPECIES_BULK;
    net_settle_bulk(n);
}

static void partner_be_input(struct net *n)
{
    n->species.data[Q].flags = SPECIES_INPUT;
}

static void be_catalyst(struct net *n)
{
    struct term both[] = {{Q, 1}, {M, 1}}, out = {M, 1};
    n->reaction.n--;
    react(n, both, 2, &out, 1);
}

static void weigh_less(struct net *n)
{
    n->term.data[n->reaction.data[0].rhs].count = 1;
    n->term.data[n->reaction.data[0].rhs + 1].count = 4;
    n->term.data[n->reaction.data[1].rhs].count = 2;
    struct term y = {add(n, "z", 0, 'p', 0, true), 1}, p = {P, 3};
    react(n, &y, 1, &p, 1);
}

static void start_with_less(struct net *n)
{
    n->species.data[Q].init = expr_real(n->ex, 9);
}

static void start_unknown(struct net *n)
{
    int32_t b = net_add_param(n, "b", shape_scalar(), expr_real(n->ex, 1), (struct span){0});
    n->species.data[Q].init = net_param_expr(n, n->param.data[b].first);
}

static void be_clocked(struct net *n)
{
    vec_push(&n->clock, (struct phase){net_add_guard(n, "on", true), expr_real(n->ex, 1)});
}

static const struct {
    const char *reason;
    void (*apply)(struct net *n);
} violations[] = {
    {"an output or the experiment reads it", be_output},
    {"an assumption reads it", be_assumed},
    {"its reaction has a guard", be_guarded},
    {"each may be the scarcer one", feed_guarded},
    {"the rate of its reaction is not positive", never_react},
    {"one molecule of each must be consumed, of amounts that nothing sets", be_bulk},
    {"it is an input, or set by the experiment", partner_be_input},
    {"one molecule of each must be consumed, of amounts that nothing sets", be_catalyst},
    {"each may be the scarcer one", weigh_less},
    {"each may be the scarcer one", start_with_less},
    {"each may be the scarcer one", start_unknown},
    {"the limit may depend on rates: its clock switches reactions", be_clocked},
};

static void conditions_are_said(void **state)
{
    (void)state;
    for (size_t v = 0; v < sizeof violations / sizeof *violations; v++) {
        struct passed x = run_with_witness(rectifier(), PASS_SINGLE_RAIL, NULL, diag);
        assert_int_equal(x.after->species.n, x.before->species.n - 1);
        passed_free(&x);
        struct net *n = rectifier();
        violations[v].apply(n);
        size_t n_before = n->species.n, size;
        char *text;
        FILE *f = open_memstream(&text, &size);
        struct pass_options o = {.remarks = true, .out = f};
        assert_true(pass_run(n, PASS_SINGLE_RAIL, &o, diag));
        fclose(f);
        if (n->species.n != n_before || !strstr(text, violations[v].reason)) {
            fail_msg("'%s' is not said, or something goes: %s", violations[v].reason, text);
        }
        free(text);
        net_destroy(n);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(claims_are_accepted), TEST(faults_are_caught),
                                       TEST(wrong_proofs_are_caught), TEST(numbers_find_faults),
                                       TEST(conditions_are_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
