/* Plans of hand-built and random networks: stoichiometry, Jacobian (pattern against all pairs, values against
 * finite differences), dependencies, how symbols are read, limit, kernels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "codegen/interpret/interpret.h"
#include "support/mem.h"

static const struct span nowhere = {0, 0, 0};
static uint64_t state;

static uint32_t draw(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static struct net_use use_all(struct net *n)
{
    return (struct net_use){.net = n, .needs = CRNL_NEEDS_SSA | CRNL_NEEDS_RHS | CRNL_NEEDS_JACOBIAN};
}

/* (k + x_a x_b) / (2 + x_c): a law of up to three species. */
static expr_id random_law(struct net *n)
{
    uint32_t species = (uint32_t)n->species.n;
    expr_id a = net_species_expr(n, (species_id)draw(species));
    expr_id b = net_species_expr(n, (species_id)draw(species));
    expr_id c = net_species_expr(n, (species_id)draw(species));
    expr_id top = expr_binary(n->ex, EXPR_ADD, net_param_expr(n, 0), expr_binary(n->ex, EXPR_MUL, a, b));
    return expr_binary(n->ex, EXPR_DIV, top, expr_binary(n->ex, EXPR_ADD, expr_real(n->ex, 2), c));
}

static struct net *random_net(uint32_t n_species, uint32_t n_reactions)
{
    struct net *n = net_create("random");
    net_add_param(n, "k", shape_vector(3), expr_real(n->ex, 0.5), nowhere);
    for (uint32_t s = 0; s < n_species; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        enum species_kind kind = draw(4) == 0 ? SPECIES_BULK : SPECIES_DISCRETE;
        kind = draw(5) == 0 ? SPECIES_CONSTANT : kind;
        net_add_species(n, name, kind, expr_real(n->ex, 1 + s), nowhere);
    }
    for (uint32_t j = 0; j < n_reactions; j++) {
        struct term side[2][3];
        size_t width[2] = {draw(4), draw(4)};
        for (int k = 0; k < 2; k++) {
            for (size_t i = 0; i < width[k]; i++) {
                side[k][i] = (struct term){(species_id)draw(n_species), 1 + draw(2)};
            }
        }
        bool law = draw(4) == 0;
        expr_id rate = law ? random_law(n) : net_param_expr(n, (int32_t)draw(3));
        reaction_id r = net_add_reaction(n, side[0], width[0], side[1], width[1],
                                         law ? RATE_LAW : RATE_MASS_ACTION, rate, nowhere);
        assert_int_equal(r, j);
    }
    return n;
}

static bool is_constant(const struct net *n, int32_t s)
{
    return n->species.data[s].kind == SPECIES_CONSTANT;
}

static int64_t count_in(const struct term *t, uint32_t n, int32_t s)
{
    for (uint32_t i = 0; i < n; i++) {
        if (t[i].species == s) {
            return t[i].count;
        }
    }
    return 0;
}

static int64_t change_of(const struct net *n, const struct reaction *r, int32_t s)
{
    int64_t change = count_in(net_rhs(n, r), r->n_rhs, s) - count_in(net_lhs(n, r), r->n_lhs, s);
    return is_constant(n, s) ? 0 : change;
}

static bool reads(const struct net *n, const struct reaction *r, int32_t s)
{
    return r->rate_kind == RATE_LAW ? expr_uses(n->ex, r->rate, EXPR_SPECIES, s)
                                    : count_in(net_lhs(n, r), r->n_lhs, s) > 0;
}

static void check_stoichiometry(const struct net *n, const struct crnl_model *m)
{
    for (int32_t j = 0; j < m->n_reactions; j++) {
        const struct reaction *r = &n->reaction.data[j];
        int32_t changes = 0;
        assert_int_equal(m->lhs_ptr[j + 1] - m->lhs_ptr[j], r->n_lhs);
        for (int32_t i = m->lhs_ptr[j]; i < m->lhs_ptr[j + 1]; i++) {
            int64_t count = count_in(net_lhs(n, r), r->n_lhs, m->lhs_species[i]);
            assert_true(m->lhs_count[i] == (double)count && count > 0);
        }
        for (int32_t s = 0; s < m->n_species; s++) {
            changes += change_of(n, r, s) != 0;
        }
        assert_int_equal(m->net_ptr[j + 1] - m->net_ptr[j], changes);
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            assert_true(m->net_delta[i] == (double)change_of(n, r, m->net_species[i]));
        }
    }
}

static bool pattern_wants(const struct net *n, int32_t row, int32_t column)
{
    if (row == column) {
        return true;
    }
    for (size_t j = 0; !is_constant(n, column) && j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        if (change_of(n, r, row) != 0 && reads(n, r, column)) {
            return true;
        }
    }
    return false;
}

static void check_pattern(const struct net *n, const struct crnl_model *m)
{
    int32_t total = 0;
    for (int32_t c = 0; c < m->n_species; c++) {
        int32_t at = m->jac_col[c];
        for (int32_t s = 0; s < m->n_species; s++) {
            bool there = at < m->jac_col[c + 1] && m->jac_row[at] == s;
            at += there;
            assert_int_equal(there, pattern_wants(n, s, c));
        }
        assert_int_equal(at, m->jac_col[c + 1]);
        total += m->jac_col[c + 1] - m->jac_col[c];
    }
    assert_int_equal(total, m->jac_nnz);
}

static void check_values(const struct crnl_model *m)
{
    size_t n = (size_t)m->n_species;
    double *x = mem_zalloc(n + 1, sizeof *x), *k = mem_zalloc((size_t)m->n_reactions + 1, sizeof *k);
    double *up = mem_zalloc(n + 1, sizeof *up), *down = mem_zalloc(n + 1, sizeof *down);
    double *value = mem_zalloc((size_t)m->jac_nnz + 1, sizeof *value);
    double p[] = {0.5, 0.7, 1.1};
    for (size_t s = 0; s < n; s++) {
        x[s] = 0.5 + draw(1000) / 500.0;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        k[j] = 0.25 + draw(1000) / 1000.0;
    }
    crnl_table_jac(m, 0, x, p, k, value);
    for (int32_t c = 0; c < m->n_species; c++) {
        double h = 1e-6, at = x[c];
        x[c] = at + h;
        crnl_table_rhs(m, 0, x, p, k, up);
        x[c] = at - h;
        m->rhs(m->env, 0, x, p, k, down); /* by walking: another way to the same right side */
        x[c] = at;
        for (int32_t i = m->jac_col[c]; i < m->jac_col[c + 1]; i++) {
            double want = (up[m->jac_row[i]] - down[m->jac_row[i]]) / (2 * h);
            want = m->species_kind[c] == CRNL_CONSTANT ? 0 : want;
            assert_true(fabs(value[i] - want) <= 1e-5 * (1 + fabs(want)));
        }
    }
    free(x);
    free(up);
    free(down);
    free(k);
    free(value);
}

/* The table kernel, which lives by these lists, against the direct method on the network; events seen. */
static int64_t check_trajectory(const struct crnl_model *m)
{
    size_t n = (size_t)m->n_species;
    double *x[2], *k = mem_zalloc((size_t)m->n_reactions + 1, sizeof *k), p[] = {0.5, 0.7, 1.1};
    struct crnl_ssa w[2];
    for (int32_t j = 0; j < m->n_reactions; j++) {
        k[j] = draw(4) ? 0.25 + draw(1000) / 1000.0 : 0;
    }
    for (int i = 0; i < 2; i++) {
        x[i] = mem_zalloc(n + 1, sizeof *x[i]);
        for (size_t s = 0; s < n; s++) {
            x[i][s] = i ? x[0][s] : draw(30);
        }
        w[i] = (struct crnl_ssa){.x = x[i], .k = k, .p = p, .inv_volume = 1, .t_stop = 0.01, .t_next = -1};
        crnl_rng_seed(&w[i].rng, 7, 0, 0, 0, CRNL_DRAW_SSA);
    }
    w[0].kernel = crnl_table_create(m);
    crnl_table_reset(w[0].kernel);
    int result[2] = {CRNL_SSA_TIME, CRNL_SSA_TIME};
    for (int step = 0; step < 40 && result[0] < CRNL_SSA_DEAD; step++) {
        result[0] = crnl_table_ssa(m, &w[0], 7);
        result[1] = m->ssa(m->env, &w[1], 7);
        for (int i = 0; i < 2; i++) {
            w[i].t_stop = result[i] == CRNL_SSA_TIME ? w[i].t_stop * 2 : w[i].t_stop;
        }
        if (result[0] != CRNL_SSA_BAD) { /* a bad amount may be seen before or after the last event */
            assert_int_equal(result[0], result[1]);
            assert_int_equal(w[0].events, w[1].events);
            assert_memory_equal(&w[0].t, &w[1].t, sizeof w[0].t);
            assert_memory_equal(x[0], x[1], n * sizeof *x[0]);
        }
    }
    crnl_table_destroy(w[0].kernel);
    free(x[0]);
    free(x[1]);
    free(k);
    return w[1].events;
}

static void check_dependency(const struct net *n, const struct crnl_model *m)
{
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t at = m->dep_ptr[j];
        for (int32_t i = 0; i < m->n_reactions; i++) {
            bool want = false;
            for (int32_t s = 0; !want && s < m->n_species; s++) {
                want = change_of(n, &n->reaction.data[j], s) != 0 && reads(n, &n->reaction.data[i], s);
            }
            bool there = at < m->dep_ptr[j + 1] && m->dep_reaction[at] == i;
            at += there;
            assert_int_equal(there, want);
        }
    }
}

/* No reaction changes a conserved sum. */
static void check_sums(const struct crnl_model *m)
{
    for (int32_t i = 0; i < m->n_sums; i++) {
        for (int32_t j = 0; j < m->n_reactions; j++) {
            double change = 0;
            for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1]; k++) {
                for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
                    change += m->net_species[e] == m->sum_species[k] ? m->sum_count[k] * m->net_delta[e] : 0;
                }
            }
            assert_true(change == 0);
        }
    }
}

/* An enzyme: the basis of the facts has E - S - P; the plan has sums without negative terms. */
static void test_sums(void **unused)
{
    (void)unused;
    struct net *n = net_create("enzyme");
    struct term e = {net_add_species(n, "E", SPECIES_DISCRETE, 0, nowhere), 1};
    struct term s = {net_add_species(n, "S", SPECIES_DISCRETE, 0, nowhere), 1};
    struct term es = {net_add_species(n, "ES", SPECIES_DISCRETE, 0, nowhere), 1};
    struct term p = {net_add_species(n, "P", SPECIES_DISCRETE, 0, nowhere), 1};
    struct term pair = {p.species, 2}, q = {net_add_species(n, "Q", SPECIES_DISCRETE, 0, nowhere), 1};
    expr_id one = expr_real(n->ex, 1);
    struct term reactants[] = {e, s}, products[] = {e, p};
    net_add_reaction(n, reactants, 2, &es, 1, RATE_MASS_ACTION, one, nowhere);
    net_add_reaction(n, &es, 1, products, 2, RATE_MASS_ACTION, one, nowhere);
    net_add_reaction(n, &pair, 1, &q, 1, RATE_MASS_ACTION, one, nowhere);
    struct net_use use = {.net = n, .needs = CRNL_NEEDS_RHS};
    struct plan *plan = plan_create(&use, NULL, &plan_default);
    const struct crnl_model *m = &plan->model;
    check_sums(m);
    assert_int_equal(m->n_sums, 2);
    static const double want[2][5] = {{1, 0, 1, 0, 0}, {0, 1, 1, 1, 2}};
    for (int i = 0; i < 2; i++) {
        double got[5] = {0};
        for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1]; k++) {
            got[m->sum_species[k]] = m->sum_count[k];
        }
        assert_memory_equal(got, want[i], sizeof got);
    }
    plan_destroy(plan);
    net_destroy(n);
}

static void test_random(void **unused)
{
    (void)unused;
    int64_t events = 0, sums = 0;
    for (uint32_t round = 0; round < 120; round++) {
        state = round;
        struct net *n = random_net(1 + draw(12), draw(40));
        struct net_use use = use_all(n);
        struct plan *p = plan_create(&use, NULL, &plan_default);
        struct crnl_model m;
        struct walk walk;
        walk_model(&walk, &m, p);
        check_stoichiometry(n, &m);
        check_pattern(n, &m);
        check_sums(&m);
        sums += m.n_sums;
        check_values(&m);
        events += check_trajectory(&m);
        bool is_unrolled = !p->model.kernel_refusal[CRNL_KERNEL_SSA_UNROLLED];
        assert_int_equal(is_unrolled, n->reaction.n > 0 && n->reaction.n <= 64 && !m.n_timed);
        assert_int_equal(p->model.dep_ptr != NULL, !is_unrolled && p->model.law);
        if (p->model.dep_ptr) {
            check_dependency(n, &m);
        }
        interp_destroy(walk.interp);
        plan_destroy(p);
        net_destroy(n);
    }
    assert_true(events > 5000 && sums > 50);
}

static void test_elements(void **unused)
{
    (void)unused;
    struct net *n = net_create("elements");
    net_add_param(n, "w", shape_vector(2), expr_real(n->ex, 3), nowhere);
    species_id a = net_add_species(n, "x.p", SPECIES_DISCRETE, 0, nowhere);
    species_id b = net_add_species(n, "x.n", SPECIES_DISCRETE, 0, nowhere);
    expr_id p = net_species_expr(n, a), q = net_species_expr(n, b);
    expr_id dual = expr_binary(n->ex, EXPR_SUB, p, q), sum = expr_binary(n->ex, EXPR_ADD, p, q);
    expr_id w[] = {net_param_expr(n, 0), net_param_expr(n, 1)}, mixed[] = {p, sum};
    net_add_symbol(n, "x.p", SYMBOL_SPECIES, shape_scalar(), &p, nowhere);
    net_add_symbol(n, "x", SYMBOL_DUAL, shape_scalar(), &dual, nowhere);
    net_add_symbol(n, "w", SYMBOL_PARAM, shape_vector(2), w, nowhere);
    int32_t y = net_add_symbol(n, "y", SYMBOL_OUTPUT, shape_vector(2), mixed, nowhere);
    n->symbol.data[y].flags = SYMBOL_IS_OUTPUT;
    int32_t all = net_add_observed(n, sum), one = net_add_observed(n, q);
    int32_t cond = net_add_observed(n, expr_binary(n->ex, EXPR_LT, sum, expr_real(n->ex, 3)));
    struct net_use use = {.net = n};
    struct plan *plan = plan_create(&use, NULL, &plan_default);
    const struct crnl_model *m = &plan->model;
    assert_int_equal(m->symbol[0].kind, CRNL_ELEM_SPECIES);
    assert_int_equal(m->symbol[1].kind, CRNL_ELEM_DUAL);
    assert_int_equal(m->elem[m->symbol[1].first].a, a);
    assert_int_equal(m->elem[m->symbol[1].first].b, b);
    assert_int_equal(m->symbol[2].kind, CRNL_ELEM_PARAM);
    assert_int_equal(m->elem[m->symbol[2].first + 1].a, 1);
    assert_int_equal(m->symbol[3].kind, CRNL_ELEM_EXPR);
    assert_int_equal(m->symbol[3].flags, CRNL_SYMBOL_OUTPUT);
    assert_int_equal(m->symbol[3].size, 2);
    assert_string_equal(m->param_name[1], "w[1]");
    /* The sum is one expression, wherever it is read; the others are the condition and its other side, 3. */
    assert_int_equal(m->n_exprs, 3);
    assert_int_equal(plan->observed_sides[cond].n, 1);
    assert_int_equal(plan->observed_sides[cond].side[0], plan->observed[all].a);
    assert_int_equal(plan->observed[all].a, m->elem[m->symbol[3].first + 1].a);
    assert_int_equal(plan->observed[one].kind, CRNL_ELEM_SPECIES);
    assert_int_equal(plan->observed_expr[one], -1);
    assert_true(plan->expr[plan->observed_expr[cond]] == n->observed.data[cond]);
    assert_null(m->law);
    assert_null(m->jac_col);
    assert_null(m->dep_ptr);
    plan_destroy(plan);
    net_destroy(n);
}

/* A -> B -> C has a limit in this order whatever the order of the text; a reversible reaction has none. */
static void test_limit(void **unused)
{
    (void)unused;
    struct net *n = net_create("chain");
    struct term a = {net_add_species(n, "A", SPECIES_DISCRETE, 0, nowhere), 1};
    struct term b = {net_add_species(n, "B", SPECIES_DISCRETE, 0, nowhere), 1};
    struct term c = {net_add_species(n, "C", SPECIES_DISCRETE, 0, nowhere), 1};
    expr_id one = expr_real(n->ex, 1);
    net_add_reaction(n, &b, 1, &c, 1, RATE_MASS_ACTION, one, nowhere);
    net_add_reaction(n, &a, 1, &b, 1, RATE_MASS_ACTION, one, nowhere);
    struct net_use use = {.net = n, .needs = CRNL_NEEDS_LIMIT};
    struct plan *p = plan_create(&use, NULL, &plan_default);
    assert_non_null(p->model.limit_order);
    assert_int_equal(p->model.limit_order[0], 1);
    assert_int_equal(p->model.limit_order[1], 0);
    assert_null(p->model.limit_refusal);
    plan_destroy(p);
    net_add_reaction(n, &c, 1, &a, 1, RATE_MASS_ACTION, one, nowhere);
    p = plan_create(&use, NULL, &plan_default);
    assert_null(p->model.limit_order);
    assert_non_null(p->model.limit_refusal);
    enum crnl_method_kind kind[CRNL_METHOD_COUNT];
    assert_int_equal(plan_methods(p, kind), 1);
    assert_int_equal(kind[0], CRNL_METHOD_LIMIT);
    plan_destroy(p);
    net_destroy(n);
}

static void test_lines(void **unused)
{
    (void)unused;
    struct sources *sources = sources_create();
    uint32_t file = sources_add(sources, "x.crnl", "one\ntwo\n", 8);
    uint32_t other = sources_add(sources, "lib", "a\nb\n", 4);
    struct net *n = net_create("lines");
    n->file = "x.crnl";
    struct term a = {net_add_species(n, "A", SPECIES_DISCRETE, 0, nowhere), 1};
    expr_id one = expr_real(n->ex, 1);
    net_add_reaction(n, &a, 1, NULL, 0, RATE_MASS_ACTION, one, (struct span){file, 5, 6});
    net_add_reaction(n, &a, 1, NULL, 0, RATE_MASS_ACTION, one, (struct span){other, 2, 3});
    net_add_reaction(n, &a, 1, NULL, 0, RATE_MASS_ACTION, one, nowhere);
    struct net_use use = {.net = n};
    struct plan *p = plan_create(&use, sources, &plan_default);
    assert_int_equal(p->model.reaction_line[0], 2);
    assert_int_equal(p->model.reaction_line[1], 0);
    assert_int_equal(p->model.reaction_line[2], 0);
    plan_destroy(p);
    net_destroy(n);
    sources_destroy(sources);
}

/* The text that golden tests compare, once for a small network with everything in it. */
static void test_print(void **unused)
{
    (void)unused;
    struct net *n = net_create("decay");
    n->file = "decay.crnl";
    net_add_param(n, "k", shape_scalar(), expr_real(n->ex, 0.1), nowhere);
    struct term a = {net_add_species(n, "A", SPECIES_DISCRETE, expr_real(n->ex, 10), nowhere), 2};
    struct term b = {net_add_species(n, "B", SPECIES_CONSTANT, 0, nowhere), 1};
    expr_id x = net_species_expr(n, 0);
    struct term side[] = {a, b};
    net_add_reaction(n, side, 2, &b, 1, RATE_MASS_ACTION, net_param_expr(n, 0), nowhere);
    net_add_reaction(n, NULL, 0, &a, 1, RATE_LAW, expr_binary(n->ex, EXPR_MUL, x, x), nowhere);
    net_add_symbol(n, "A", SYMBOL_SPECIES, shape_scalar(), &x, nowhere);
    struct net_use use = use_all(n);
    struct plan *p = plan_create(&use, NULL, &plan_default);
    char text[2000] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    plan_print(out, p);
    fclose(out);
    assert_string_equal(
        text,
        "plan decay\n"
        "kernel ssa: unrolled 10 ns an event; table 24; not rejection: a law, whose bounds are not known; "
        "not fused: a law, which is no sum over catalysts\n"
        "ensembles: one run after the other: a law, without code for vectors\n"
        "kernel ode: unrolled 7.7 ns a right side; table 23\n"
        "linear equations: dense 10.7 ns a step; not blocks: a rate is no mass action; klu 392; krylov 1.93e+03\n"
        "stiff steps: rosenbrock 820 ns a step, from rtol 9e-10 on; bdf 733\n"
        "species 2\n  A discrete\n  B constant\n"
        "parameters 1\n  k\n"
        "symbols 1\n  A = A\n"
        "reactions 2\n  0: 2 A + B | -2 A\n  1: | +2 A | law e0\n"
        "gradient of reaction 1 by A: e1\n"
        "jacobian 2 entries\n  by A: A\n  by B: B\n"
        "expressions 2\n  e0 = A*A\n  e1 = A + A\n"
        "tape defaults: 2 instructions, 1 registers\n  r0 = CONST 0.1\n  out 0 = r0\n"
        "tape init: 4 instructions, 1 registers\n  r0 = CONST 10\n  out 0 = r0\n"
        "  r0 = CONST 0\n  out 1 = r0\n"
        "tape rate: 4 instructions, 1 registers\n  r0 = PARAM 0\n  out 0 = r0\n"
        "  r0 = CONST 1\n  out 1 = r0\n");
    plan_destroy(p);
    net_destroy(n);
}

/* Planning is linear: a ring of reactions with one shared rate. */
static void test_large(void **unused)
{
    (void)unused;
    enum { N = 200000 };
    struct net *n = net_create("ring");
    net_add_param(n, "k", shape_scalar(), expr_real(n->ex, 1), nowhere);
    for (int32_t s = 0; s < N; s++) {
        net_add_species(n, "S", SPECIES_DISCRETE, 0, nowhere);
    }
    for (int32_t s = 0; s < N; s++) {
        struct term from = {s, 1}, to = {(s + 1) % N, 1};
        net_add_reaction(n, &from, 1, &to, 1, RATE_MASS_ACTION, net_param_expr(n, 0), nowhere);
    }
    struct net_use use = use_all(n);
    struct plan *p = plan_create(&use, NULL, &plan_default);
    assert_non_null(p->model.kernel_refusal[CRNL_KERNEL_SSA_UNROLLED]);
    assert_null(p->model.kernel_refusal[CRNL_KERNEL_SSA_TABLE]);
    assert_non_null(p->model.kernel_refusal[CRNL_KERNEL_ODE_UNROLLED]);
    assert_null(p->model.kernel_refusal[CRNL_KERNEL_ODE_TABLE]);
    assert_int_equal(p->model.jac_nnz, 2 * N);
    assert_int_equal(p->model.rate.n_code, N + 1);
    assert_int_equal(p->model.rate.n_registers, 1);
    plan_destroy(p);
    net_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_elements),
                                       cmocka_unit_test(test_limit),  cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_print),  cmocka_unit_test(test_large),
                                       cmocka_unit_test(test_sums)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
