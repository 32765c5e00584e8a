/* The interpreting engine on hand-built programs: loops, arrays, texts, runs, statistics, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/engine.h"

static const struct span nowhere = {0, 0, 0};

/* ---- Building programs --------------------------------------------------------------------------------- */

static struct stmt *add(struct program *p, struct block *b, enum stmt_kind kind, int32_t line)
{
    struct stmt *s = arena_alloc(p->arena, sizeof *s);
    s->kind = kind;
    s->line = s->index_line = line;
    vec_push(&b->stmt, s);
    return s;
}

static struct block *new_block(struct program *p)
{
    return arena_alloc(p->arena, sizeof(struct block));
}

static int32_t add_variable(struct program *p, const char *name, enum expr_type type, struct shape shape)
{
    vec_push(&p->variable, (struct variable){name, type, shape});
    return (int32_t)p->variable.n - 1;
}

static expr_id get(struct program *p, int32_t var)
{
    const struct variable *v = &p->variable.data[var];
    return expr_leaf(p->ex, EXPR_VAR, v->type, v->shape, var, 0);
}

static expr_id format(struct program *p, expr_id e, const char *how)
{
    return expr_format(p->ex, e, how);
}

/* Prints "a b c": each value formatted, then a line end. */
static void print(struct program *p, struct block *b, size_t n, const expr_id *value)
{
    expr_id part[16];
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            part[k++] = expr_text(p->ex, " ");
        }
        part[k++] = format(p, value[i], "");
    }
    struct stmt *s = add(p, b, STMT_PRINT, 0);
    s->value = k == 1 ? part[0] : expr_call(p->ex, EXPR_JOIN, TYPE_TEXT, shape_scalar(), 0, 0, k, part);
}

static struct stmt *assign(struct program *p, struct block *b, int32_t var, expr_id value)
{
    struct stmt *s = add(p, b, STMT_ASSIGN, 0);
    s->var = var;
    s->value = value;
    return s;
}

/* A -> 0 with parameter k = 1 and A = 10; network 0. */
static struct net_use *add_decay(struct program *p)
{
    struct net *n = net_create("decay");
    net_add_param(n, "k", shape_scalar(), expr_real(n->ex, 1), nowhere);
    struct term a = {net_add_species(n, "A", SPECIES_DISCRETE, expr_real(n->ex, 10), nowhere), 1};
    net_add_reaction(n, &a, 1, NULL, 0, RATE_MASS_ACTION, net_param_expr(n, 0), nowhere);
    expr_id x = net_species_expr(n, 0), k = net_param_expr(n, 0);
    net_add_symbol(n, "A", SYMBOL_SPECIES, shape_scalar(), &x, nowhere);
    net_add_symbol(n, "k", SYMBOL_PARAM, shape_scalar(), &k, nowhere);
    vec_push(&p->net, (struct net_use){.net = n, .needs = CRNL_NEEDS_SSA});
    return &p->net.data[p->net.n - 1];
}

static expr_id net_get(struct program *p, int32_t symbol)
{
    return expr_leaf(p->ex, EXPR_NET_GET, TYPE_REAL, shape_scalar(), 0, symbol);
}

static struct run *add_run(struct program *p, struct block *b, expr_id duration)
{
    struct stmt *s = add(p, b, STMT_RUN, 0);
    s->run = arena_alloc(p->arena, sizeof *s->run);
    s->run->statement = p->n_statements++;
    s->run->method = CRNL_METHOD_SSA;
    s->run->span = duration ? SPAN_TIME : SPAN_NONE;
    s->run->duration = duration;
    s->run->until = -1;
    return s->run;
}

/* ---- Running them -------------------------------------------------------------------------------------- */

struct result {
    int status;
    char *output, *error;
};

static struct result execute(struct program *p)
{
    struct result r = {0};
    size_t size = 0;
    struct plan *plan[4];
    for (size_t i = 0; i < p->net.n; i++) {
        plan[i] = plan_create(&p->net.data[i], NULL, &plan_default);
    }
    p->file = "test.crnl";
    p->experiment = "main";
    const struct codegen_options options = {.plan = plan_default};
    struct engine *e = engine_interpret(p, plan, &options);
    FILE *out = open_memstream(&r.output, &size);
    const struct crnl_options o = {.seed = 1, .threads = 1, .output = out};
    struct crnl_ctx *ctx = crnl_create(engine_program(e), &o);
    r.status = crnl_execute(ctx);
    r.error = strdup(crnl_error_text(ctx));
    crnl_destroy(ctx);
    fclose(out);
    engine_destroy(e);
    for (size_t i = 0; i < p->net.n; i++) {
        plan_destroy(plan[i]);
    }
    return r;
}

static void expect(struct program *p, int status, const char *output, const char *error)
{
    struct result r = execute(p);
    if (r.status != status) {
        fail_msg("status %d (%s), not %d", r.status, r.error, status);
    }
    assert_string_equal(r.output, output);
    if (!strstr(r.error, error)) {
        fail_msg("'%s' is not in '%s'", error, r.error);
    }
    free(r.output);
    free(r.error);
    program_destroy(p);
}

static void test_loops(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    struct expr_pool *ex = p->ex;
    int32_t v = add_variable(p, "v", TYPE_REAL, shape_vector(3));
    int32_t i = add_variable(p, "i", TYPE_INT, shape_scalar());
    int32_t n = add_variable(p, "n", TYPE_INT, shape_scalar());
    struct stmt *loop = add(p, p->body, STMT_FOR, 1);
    loop->var = i;
    loop->from = expr_int(ex, 0);
    loop->to = expr_int(ex, 3);
    loop->body = new_block(p);
    struct stmt *store = add(p, loop->body, STMT_STORE, 2);
    store->var = v;
    vec_push(&store->index, get(p, i));
    expr_id square = expr_binary(ex, EXPR_MUL, get(p, i), get(p, i));
    store->value = expr_to_real(ex, square);
    /* v reversed, from itself: the value is complete before it is stored. */
    int32_t binder = expr_new_binder(ex);
    expr_id at = expr_binary(ex, EXPR_SUB, expr_int(ex, 2), expr_binder(ex, binder));
    assign(p, p->body, v, expr_map(ex, binder, 3, expr_take(ex, get(p, v), 0, at, 3)));
    struct stmt *again = add(p, p->body, STMT_WHILE, 4);
    again->loop = 1;
    again->value = expr_binary(ex, EXPR_LT, get(p, n), expr_int(ex, 5));
    again->body = new_block(p);
    assign(p, again->body, n, expr_binary(ex, EXPR_ADD, get(p, n), expr_int(ex, 2)));
    struct stmt *branch = add(p, p->body, STMT_IF, 5);
    branch->value = expr_binary(ex, EXPR_EQ, get(p, n), expr_int(ex, 6));
    branch->body = new_block(p);
    branch->orelse = new_block(p);
    expr_id sum = expr_reduce(ex, EXPR_SUM, get(p, v));
    print(p, branch->body, 4, (expr_id[]){get(p, v), sum, get(p, n), branch->value});
    print(p, branch->orelse, 1, (expr_id[]){expr_text(ex, "wrong")});
    p->n_loops = 2;
    expect(p, CRNL_OK, "[4, 1, 0] 5 6 true\n", "");
}

static void test_texts(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    struct expr_pool *ex = p->ex;
    int32_t name = add_variable(p, "name", TYPE_TEXT, shape_scalar());
    int32_t copy = add_variable(p, "copy", TYPE_TEXT, shape_scalar());
    expr_id part[] = {expr_text(ex, "x"), format(p, expr_real(ex, 0.125), ".2f")};
    assign(p, p->body, name, expr_call(ex, EXPR_JOIN, TYPE_TEXT, shape_scalar(), 0, 0, 2, part));
    assign(p, p->body, copy, get(p, name));
    assign(p, p->body, name, expr_text(ex, "y"));
    print(p, p->body, 2, (expr_id[]){get(p, name), get(p, copy)});
    expect(p, CRNL_OK, "y x0.12\n", "");
}

static void test_index(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    int32_t v = add_variable(p, "v", TYPE_REAL, shape_vector(3));
    int32_t i = add_variable(p, "i", TYPE_INT, shape_scalar());
    assign(p, p->body, i, expr_int(p->ex, 3));
    print(p, p->body, 1, (expr_id[]){get(p, i)});
    print(p, p->body, 1, (expr_id[]){expr_take(p->ex, get(p, v), 0, get(p, i), 7)});
    print(p, p->body, 1, (expr_id[]){get(p, i)});
    expect(p, CRNL_INDEX, "3\n", "test.crnl:7");

    p = program_create();
    v = add_variable(p, "v", TYPE_REAL, shape_vector(3));
    struct stmt *store = add(p, p->body, STMT_STORE, 9);
    store->var = v;
    vec_push(&store->index, expr_int(p->ex, -1));
    store->value = expr_real(p->ex, 0);
    expect(p, CRNL_INDEX, "", "test.crnl:9");
}

static void test_assert(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    int32_t i = add_variable(p, "i", TYPE_INT, shape_scalar());
    struct stmt *s = add(p, p->body, STMT_ASSERT, 3);
    s->value = expr_binary(p->ex, EXPR_EQ, get(p, i), expr_int(p->ex, 0));
    s->source = "i == 0";
    s = add(p, p->body, STMT_ASSERT, 4);
    s->value = expr_binary(p->ex, EXPR_LT, get(p, i), expr_int(p->ex, 0));
    s->source = "i < 0";
    s->text = expr_text(p->ex, "i is not negative");
    expect(p, CRNL_ASSERT, "", "i is not negative");
}

/* until A < captured value; then `set` of the parameter; amounts bound for one run only. */
static void test_runs(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    struct net *n = add_decay(p)->net;
    struct expr_pool *ex = p->ex;
    expr_id capture = expr_leaf(n->ex, EXPR_CAPTURE, TYPE_REAL, shape_scalar(), 0, 0);
    int32_t below = net_add_observed(n, expr_binary(n->ex, EXPR_LT, net_species_expr(n, 0), capture));
    struct run *r = add_run(p, p->body, 0);
    r->until = below;
    vec_push(&r->capture, expr_real(ex, 6.5));
    print(p, p->body, 2, (expr_id[]){net_get(p, 0), net_get(p, 1)});
    r = add_run(p, p->body, expr_real(ex, 1000));
    vec_push(&r->bind, (struct bind){.symbol = 0, .count = 1, .value = expr_real(ex, 3), .line = 5});
    expr_id time = expr_leaf(ex, EXPR_NET_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    print(p, p->body, 2, (expr_id[]){net_get(p, 0), time});
    struct stmt *set = add(p, p->body, STMT_SET, 6);
    set->bind = arena_alloc(p->arena, sizeof *set->bind);
    *set->bind = (struct bind){.symbol = 1, .count = 1, .value = expr_real(ex, 0), .line = 6};
    add_run(p, p->body, expr_real(ex, 100));
    print(p, p->body, 2, (expr_id[]){net_get(p, 0), net_get(p, 1)});
    expect(p, CRNL_OK, "6 1\n0 1000\n10 0\n", "");
}

static void test_statistics(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    struct net_use *use = add_decay(p);
    struct stat_request mean = {.kind = STAT_RUN_MEAN};
    vec_push(&mean.observed, net_add_observed(use->net, net_species_expr(use->net, 0)));
    vec_push(&mean.name, "A");
    vec_push(&use->stat, mean);
    struct run *r = add_run(p, p->body, expr_real(p->ex, 1e6));
    r->option[CRNL_OPTION_RUNS] = expr_int(p->ex, 20);
    expr_id stat = expr_call(p->ex, EXPR_STAT, TYPE_REAL, shape_vector(1), 0, 0, 0, NULL);
    print(p, p->body, 1, (expr_id[]){stat});
    expect(p, CRNL_OK, "[0]\n", "");
}

/* Draws are used once each; records and parameters of the program. */
static void test_draws(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    struct expr_pool *ex = p->ex;
    vec_push(&p->global, (struct global){.name = "low", .value = 2});
    vec_push(&p->record, "r");
    int32_t v = add_variable(p, "v", TYPE_REAL, shape_vector(50));
    int32_t order = add_variable(p, "order", TYPE_INT, shape_vector(4));
    expr_id low = expr_leaf(ex, EXPR_GLOBAL, TYPE_REAL, shape_scalar(), 0, 0);
    expr_id bounds[] = {low, expr_real(ex, 3)};
    expr_id draws = expr_call(ex, EXPR_RANDOM, TYPE_REAL, shape_vector(50), CRNL_UNIFORM, 0, 2, bounds);
    assign(p, p->body, v, draws);
    expr_id four = expr_int(ex, 4);
    assign(p, p->body, order, expr_call(ex, EXPR_SHUFFLE, TYPE_INT, shape_vector(4), 0, 1, 1, &four));
    p->n_statements = 2;
    struct stmt *record = add(p, p->body, STMT_RECORD, 1);
    record->value = expr_reduce(ex, EXPR_MIN_OF, get(p, v));
    expr_id least = expr_reduce(ex, EXPR_MIN_OF, get(p, v)), most = expr_reduce(ex, EXPR_MAX_OF, get(p, v));
    expr_id spread = expr_binary(ex, EXPR_LT, expr_real(ex, 0.5), expr_binary(ex, EXPR_SUB, most, least));
    expr_id inside = expr_binary(ex, EXPR_AND, expr_binary(ex, EXPR_LE, low, least),
                                 expr_binary(ex, EXPR_LE, most, expr_real(ex, 3)));
    print(p, p->body, 3, (expr_id[]){inside, spread, expr_reduce(ex, EXPR_SUM, get(p, order))});
    expect(p, CRNL_OK, "true true 6\n", "");
}

/* An element is addressed by an index, which is checked against the symbol's size. */
static void test_bind_index(void **unused)
{
    (void)unused;
    for (int64_t index = 0; index < 3; index++) {
        struct program *p = program_create();
        struct net *n = net_create("vector");
        net_add_param(n, "w", shape_vector(2), expr_real(n->ex, 1), nowhere);
        expr_id w[] = {net_param_expr(n, 0), net_param_expr(n, 1)};
        net_add_symbol(n, "w", SYMBOL_PARAM, shape_vector(2), w, nowhere);
        vec_push(&p->net, (struct net_use){.net = n});
        int32_t i = add_variable(p, "i", TYPE_INT, shape_scalar());
        assign(p, p->body, i, expr_int(p->ex, index));
        struct stmt *set = add(p, p->body, STMT_SET, 4);
        set->bind = arena_alloc(p->arena, sizeof *set->bind);
        *set->bind = (struct bind){
            .count = 1, .n_index = 1, .index = {get(p, i)}, .value = expr_real(p->ex, 8), .index_line = 4};
        print(p, p->body, 1, (expr_id[]){expr_leaf(p->ex, EXPR_NET_GET, TYPE_REAL, shape_vector(2), 0, 0)});
        const char *output[] = {"[8, 1]\n", "[1, 8]\n", ""};
        expect(p, index < 2 ? CRNL_OK : CRNL_INDEX, output[index], index < 2 ? "" : "test.crnl:4");
    }
}

/* A network alone: the command line chooses among the methods that its plan allows. */
static void test_no_experiment(void **unused)
{
    (void)unused;
    struct program *p = program_create();
    struct net_use *use = add_decay(p);
    use->needs |= CRNL_NEEDS_RHS | CRNL_NEEDS_JACOBIAN | CRNL_NEEDS_TABLES;
    struct plan *plan = plan_create(use, NULL, &plan_default);
    const struct codegen_options options = {.plan = plan_default};
    struct engine *e = engine_interpret(p, &plan, &options);
    const struct crnl_program *c = engine_program(e);
    assert_null(c->run);
    assert_ptr_equal(c->method[0], &crnl_method_auto);
    int n = 0;
    bool has_ssa = false;
    for (; c->method[n]; n++) {
        has_ssa |= c->method[n] == &crnl_method_ssa;
        assert_true(c->method[n] != &crnl_method_limit && c->method[n] != &crnl_method_cme &&
                    c->method[n] != &crnl_method_gibbs);
    }
    assert_true(has_ssa);
    assert_int_equal(n, CRNL_METHOD_COUNT - 3);
    assert_ptr_equal(c->sink[0], &crnl_sink_csv);
    engine_destroy(e);
    plan_destroy(plan);
    program_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_loops),        cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_index),        cmocka_unit_test(test_assert),
                                       cmocka_unit_test(test_runs),         cmocka_unit_test(test_statistics),
                                       cmocka_unit_test(test_draws),        cmocka_unit_test(test_bind_index),
                                       cmocka_unit_test(test_no_experiment)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
