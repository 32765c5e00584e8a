/* Networks: building, exact round trip through the text form, robustness of the reader, verification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ir_random.h"
#include "ir_text.h"
#include "support/diag.h"

static const struct span nowhere = {0, 0, 0};

/* Names plain and odd, some of them taken twice. */
static const char *random_name(void)
{
    static const char *const names[] = {"A",        "B[0]", "m.S",  "x.p", "min",   "X[1,2].q", "two words",
                                        "`\"\\",    "k",    "w[0]", "w",   "param", "A",        "\x01\n",
                                        "\xc3\xa4", "0",    "C",    "D",   "E",     "F"};
    return names[draw(sizeof names / sizeof *names)];
}

static struct net *random_net(void)
{
    struct net *n = net_create(random_name());
    struct random_leaves leaves = {0};
    n->file = draw(2) ? arena_strdup(n->arena, "a \"file\".crnl") : NULL;
    if (draw(2)) {
        n->units = (struct net_units){
            intern_text(n->names, "nM"), intern_text(n->names, "s"), 1e-9, 1, draw(2), draw(2)};
    }
    for (uint32_t i = draw(4); i > 0; i--) {
        struct shape s = draw(2) ? shape_scalar() : random_shape();
        expr_id init = draw(3) == 0
                           ? 0
                           : random_expr(n->ex, &leaves, TYPE_REAL, draw(2) ? s : shape_scalar(), 2, NULL, 0);
        int32_t p = net_add_param(n, random_name(), s, init, nowhere);
        n->param.data[p].global = draw(3) ? -1 : (int32_t)draw(4);
        n->param.data[p].unit = draw(3) ? NULL : intern_text(n->names, "1/s");
        n->param.data[p].doc = draw(3) ? NULL : intern_text(n->names, "a \"rate\"\n");
        leaves.n_slots = n->n_slots;
    }
    for (uint32_t i = draw(3); i > 0; i--) {
        net_add_guard(n, random_name(), draw(2));
    }
    uint32_t n_species = 1 + draw(5);
    for (uint32_t i = 0; i < n_species; i++) {
        expr_id init = draw(3) == 0 ? 0 : random_expr(n->ex, &leaves, TYPE_REAL, shape_scalar(), 3, NULL, 0);
        species_id s = net_add_species(n, random_name(), (enum species_kind)draw(3), init, nowhere);
        n->species.data[s].flags = draw(3) ? 0 : (uint8_t)draw(256);
        n->species.data[s].instance = (int32_t)draw(4) - 1;
    }
    for (uint32_t j = draw(6); j > 0; j--) {
        struct term side[2][3];
        for (int k = 0; k < 6; k++) {
            side[k / 3][k % 3] = (struct term){(species_id)draw(n_species), 1 + draw(3)};
        }
        enum rate_kind kind = (enum rate_kind)draw(2);
        struct random_leaves in_law = {kind == RATE_LAW ? (int32_t)n_species : 0, n->n_slots,
                                       kind == RATE_LAW};
        expr_id rate = draw(3) == 0 ? expr_real(n->ex, 1)
                                    : random_expr(n->ex, &in_law, TYPE_REAL, shape_scalar(), 4, NULL, 0);
        struct random_leaves in_count = {(int32_t)n_species, n->n_slots, true};
        reaction_id id = random_reaction(n, side[0], draw(4), side[1], draw(4), kind, rate, &in_count, 4);
        n->reaction.data[id].label = draw(2) ? NULL : intern_text(n->names, random_name());
        n->reaction.data[id].origin = draw(3) ? NULL : intern_text(n->names, "ReLU h[3] of clf");
        n->reaction.data[id].flags = draw(3) ? 0 : (uint8_t)draw(256);
        n->reaction.data[id].guard = (int32_t)draw((uint32_t)n->guard.n);
    }
    struct random_leaves all = {(int32_t)n_species, n->n_slots, true};
    for (uint32_t i = draw(4); i > 0; i--) {
        expr_id elem[9];
        struct shape s = draw(2) ? shape_scalar() : random_shape();
        for (int k = 0; k < 9; k++) {
            elem[k] = random_expr(n->ex, &all, TYPE_REAL, shape_scalar(), 2, NULL, 0);
        }
        int32_t symbol = net_add_symbol(n, random_name(), (enum symbol_kind)draw(4), s, elem, nowhere);
        n->symbol.data[symbol].flags = (uint8_t)draw(4);
    }
    for (uint32_t i = draw(3); i > 0; i--) {
        expr_id cond = random_expr(n->ex, &all, TYPE_BOOL, shape_scalar(), 3, NULL, 0);
        vec_push(&n->assume, (struct assume){cond, nowhere});
        net_add_observed(n, random_expr(n->ex, &all, (enum expr_type)draw(3), shape_scalar(), 3, NULL, 0));
    }
    return n;
}

static char *print_net(const struct net *n)
{
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    net_print(f, n, NULL);
    fclose(f);
    return text;
}

static struct net *read_net(const char *text, bool expect_errors)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct net *n = net_read(sources, sources_add(sources, "test.net", text, strlen(text)), diag);
    if (!expect_errors && diag_count(diag) > 0) {
        diag_print(diag, stderr, false);
        fputs(text, stderr);
    }
    assert_int_equal(n == NULL, diag_error_count(diag) > 0);
    diag_destroy(diag);
    sources_destroy(sources);
    return n;
}

static void same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a) {
        assert_string_equal(a, b);
    }
}

static bool same_data(const struct expr *a, const struct expr *b)
{
    if (a->shape.rank == 0) {
        return a->type == TYPE_REAL
                   ? memcmp(&a->v.real, &b->v.real, 8) == 0 || (isnan(a->v.real) && isnan(b->v.real))
                   : a->v.integer == b->v.integer;
    }
    for (int64_t i = 0; i < shape_size(a->shape); i++) {
        if (a->type == TYPE_REAL) {
            double x = ((const double *)a->v.data)[i], y = ((const double *)b->v.data)[i];
            if (memcmp(&x, &y, sizeof x) != 0 && !(isnan(x) && isnan(y))) {
                return false;
            }
        } else if (a->type == TYPE_INT ? ((const int64_t *)a->v.data)[i] != ((const int64_t *)b->v.data)[i]
                                       : ((const uint8_t *)a->v.data)[i] != ((const uint8_t *)b->v.data)[i]) {
            return false;
        }
    }
    return true;
}

static void same_expr(const struct net *m, expr_id a, const struct net *n, expr_id b)
{
    assert_int_equal(a == 0, b == 0);
    if (a == 0) {
        return;
    }
    const struct expr *x = expr_get(m->ex, a), *y = expr_get(n->ex, b);
    bool binds = x->op == EXPR_BINDER || (expr_is_loop(x->op));
    assert_int_equal(x->op, y->op);
    assert_int_equal(x->type, y->type);
    assert_true(shape_equal(x->shape, y->shape));
    assert_int_equal(x->n_args, y->n_args);
    assert_true(binds || x->a == y->a);
    assert_int_equal(x->b, y->b);
    assert_true(x->op != EXPR_CONST || same_data(x, y));
    for (uint32_t i = 0; i < x->n_args; i++) {
        same_expr(m, x->args[i], n, y->args[i]);
    }
}

static void same_sides(const struct net *m, uint32_t a, const struct net *n, uint32_t b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(m->term.data[a + i].species, n->term.data[b + i].species);
        assert_true(m->term.data[a + i].count == n->term.data[b + i].count);
    }
}

static void same_entities(const struct net *m, const struct net *n)
{
    for (size_t i = 0; i < m->param.n; i++) {
        const struct net_param *a = &m->param.data[i], *b = &n->param.data[i];
        same_text(a->name, b->name);
        same_text(a->unit, b->unit);
        same_text(a->doc, b->doc);
        assert_true(shape_equal(a->shape, b->shape));
        assert_int_equal(a->first, b->first);
        assert_int_equal(a->global, b->global);
        same_expr(m, a->init, n, b->init);
    }
    for (size_t i = 0; i < m->guard.n; i++) {
        same_text(m->guard.data[i].name, n->guard.data[i].name);
        assert_int_equal(m->guard.data[i].initially, n->guard.data[i].initially);
    }
    for (size_t i = 0; i < m->species.n; i++) {
        const struct species *a = &m->species.data[i], *b = &n->species.data[i];
        same_text(a->name, b->name);
        assert_int_equal(a->kind, b->kind);
        assert_int_equal(a->flags, b->flags);
        assert_int_equal(a->instance, b->instance);
        same_expr(m, a->init, n, b->init);
    }
}

static void same_net(const struct net *m, const struct net *n)
{
    same_text(m->name, n->name);
    same_text(m->file, n->file);
    same_text(m->units.amount, n->units.amount);
    same_text(m->units.time, n->units.time);
    assert_true(m->units.amount_factor == n->units.amount_factor &&
                m->units.time_factor == n->units.time_factor);
    assert_true(m->units.is_concentration == n->units.is_concentration && m->units.volume == n->units.volume);
    assert_int_equal(m->n_slots, n->n_slots);
    assert_true(m->param.n == n->param.n && m->guard.n == n->guard.n && m->species.n == n->species.n);
    assert_true(m->reaction.n == n->reaction.n && m->symbol.n == n->symbol.n && m->assume.n == n->assume.n);
    assert_true(m->observed.n == n->observed.n);
    same_entities(m, n);
    for (size_t i = 0; i < m->reaction.n; i++) {
        const struct reaction *a = &m->reaction.data[i], *b = &n->reaction.data[i];
        same_text(a->label, b->label);
        same_text(a->origin, b->origin);
        assert_true(a->n_lhs == b->n_lhs && a->n_rhs == b->n_rhs && a->rate_kind == b->rate_kind);
        assert_true(a->flags == b->flags && a->guard == b->guard);
        same_sides(m, a->lhs, n, b->lhs, a->n_lhs);
        same_sides(m, a->rhs, n, b->rhs, a->n_rhs);
        same_expr(m, a->rate, n, b->rate);
        assert_int_equal(a->n_fractions, b->n_fractions);
        for (uint32_t k = 0; k < a->n_fractions; k++) {
            const struct fraction *f = &m->fraction.data[a->fraction + k],
                                  *g = &n->fraction.data[b->fraction + k];
            assert_int_equal(f->species, g->species);
            same_expr(m, f->count, n, g->count);
        }
    }
    for (size_t i = 0; i < m->symbol.n; i++) {
        const struct symbol *a = &m->symbol.data[i], *b = &n->symbol.data[i];
        same_text(a->name, b->name);
        assert_true(a->kind == b->kind && a->flags == b->flags && shape_equal(a->shape, b->shape));
        for (int64_t k = 0; k < shape_size(a->shape); k++) {
            same_expr(m, m->elem.data[a->first + k], n, n->elem.data[b->first + k]);
        }
    }
    for (size_t i = 0; i < m->assume.n; i++) {
        same_expr(m, m->assume.data[i].cond, n, n->assume.data[i].cond);
    }
    for (size_t i = 0; i < m->observed.n; i++) {
        same_expr(m, m->observed.data[i], n, n->observed.data[i]);
    }
}

static void round_trip(void **state)
{
    (void)state;
    random_state = 11;
    for (int i = 0; i < 2000; i++) {
        struct net *n = random_net();
        char *text = print_net(n);
        struct net *again = read_net(text, false);
        assert_non_null(again);
        char *text_again = print_net(again);
        assert_string_equal(text, text_again);
        same_net(n, again);
        struct net *copy = net_clone(n);
        same_net(n, copy);
        net_destroy(n);
        char *text_copy = print_net(copy);
        assert_string_equal(text, text_copy);
        net_destroy(copy);
        net_destroy(again);
        free(text);
        free(text_again);
        free(text_copy);
    }
}

/* Damaged texts are reported, never believed and never fatal. */
static void damaged_texts(void **state)
{
    (void)state;
    random_state = 12;
    for (int i = 0; i < 4000; i++) {
        struct net *n = random_net();
        char *text = print_net(n);
        size_t length = strlen(text);
        for (uint32_t k = 1 + draw(4); k > 0; k--) {
            size_t at = draw((uint32_t)length);
            static const char spice[] = "0123456789[](){}.,:$=->+*^?\"`ABk \n";
            switch (draw(3)) {
            case 0: text[at] = spice[draw(sizeof spice - 1)]; break;
            case 1:
                memmove(text + at, text + at + 1, length - at);
                length--;
                break;
            default: text[at] = text[draw((uint32_t)length)]; break;
            }
        }
        struct net *again = read_net(text, true);
        char *printed = again ? print_net(again) : NULL;
        net_destroy(again);
        net_destroy(n);
        free(printed);
        free(text);
    }
}

static void expect_code(const char *text, const char *code)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    char *report;
    size_t size;
    assert_null(net_read(sources, sources_add(sources, "test.net", text, strlen(text)), diag));
    FILE *f = open_memstream(&report, &size);
    diag_print(diag, f, false);
    fclose(f);
    if (!strstr(report, code)) {
        fprintf(stderr, "%s\n%s", text, report);
    }
    assert_non_null(strstr(report, code));
    free(report);
    diag_destroy(diag);
    sources_destroy(sources);
}

static void errors_have_codes(void **state)
{
    (void)state;
    expect_code("", "E0701");
    expect_code("network \"a\" {", "E0701");
    expect_code("network \"a\" {\n A - B\n}", "E0703");
    expect_code("network \"a\" {\n species A\n A -> \n}", "E0701");
    expect_code("network \"a\" {\n species A = \"x\n}", "E0701");
    expect_code("network \"a\" {\n species A\n 9223372036854775807 A + A -> 0\n}", "E0702");
    expect_code("network \"a\" {\n species A\n 0 A -> 0\n}", "E0701");
    expect_code("network \"a\" {\n param k : [100000000]\n}", "E0702");
    expect_code("network \"a\" {\n species A = fill(1.0, 10000, 10000)[0][0]\n}", "E0702");
    expect_code("network \"a\" {\n species A = k\n}", "E0703");
    expect_code("network \"a\" {\n species A = 1 + true\n}", "E0704");
    expect_code("network \"a\" {\n species A = [1, 2]\n}", "E0704");
    expect_code("network \"a\" {\n species A\n A ->{A} 0\n}", "E0705");
    expect_code("network \"a\" {\n param k = time\n}", "E0705");
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    static const char *const openings[] = {"(", "-", "[", "abs("};
    for (size_t k = 0; k < 4; k++) {
        size_t width = strlen(openings[k]);
        char *text = malloc(DEPTH * width + 100);
        strcpy(text, "network \"a\" {\n species A = ");
        char *at = text + strlen(text);
        for (int i = 0; i < DEPTH; i++, at += width) {
            memcpy(at, openings[k], width);
        }
        strcpy(at, "1\n}");
        expect_code(text, "E0702");
        free(text);
    }
}

static void sides_are_multisets(void **state)
{
    (void)state;
    struct net *n = net_create("sides");
    species_id a = net_add_species(n, "A", SPECIES_DISCRETE, 0, nowhere);
    species_id b = net_add_species(n, "B", SPECIES_CONSTANT, 0, nowhere);
    struct term lhs[] = {{b, 1}, {a, 2}, {a, 1}}, rhs[] = {{a, 4}}, change[8];
    reaction_id r = net_add_reaction(n, lhs, 3, rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 2), nowhere);
    assert_string_equal(net_reaction_text(n, r, n->arena), "3 A + B ->{2} 4 A");
    assert_int_equal(net_change(n, &n->reaction.data[r], change), 1);
    assert_true(change[0].species == a && change[0].count == 1);
    struct term many[] = {{a, INT64_MAX}, {a, 1}};
    size_t terms = n->term.n;
    assert_int_equal(net_add_reaction(n, many, 2, rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 2), nowhere),
                     -1);
    assert_true(n->term.n == terms && n->reaction.n == 1);
    /* A side that lies in the network's own terms, long enough to move them. */
    for (int i = 0; i < 100; i++) {
        const struct reaction *first = &n->reaction.data[0];
        net_add_reaction(n, net_lhs(n, first), first->n_lhs, net_rhs(n, first), first->n_rhs,
                         RATE_MASS_ACTION, expr_real(n->ex, 2), nowhere);
    }
    assert_string_equal(net_reaction_text(n, 100, n->arena), "3 A + B ->{2} 4 A");
    net_destroy(n);
}

/* A is discrete, P and Q are bulk, K is held. */
static void discrete_reactions_leave_bulk(void **state)
{
    (void)state;
    static const char *const written[][2] = {
        {"A -> P", "A -> 0"},
        {"A + 2 P -> Q", "A + 2 P -> 2 P"},
        {"2 P + Q -> A + P", "2 P + Q -> A + 2 P + Q"},
        {"P + K -> A", "P + K -> A + P"},
        {"A + P -> A + P + Q", "A + P -> A + P + Q"},
        {"P + K -> 2 Q", "P + K -> 2 Q"},
        {"A + P -> A + P", "A + P -> A + P"},
        {"P =>{P*A} Q plus A = 0.5", "P =>{P*A} P + 0.5 A"},
        {"A ->{2} K plus P = 0.5, Q = A", "A ->{2} K"},
        {"K -> P plus P = 0.5, Q = A", "K -> P + 0.5 P + (A) Q"},
    };
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        struct arena *arena = arena_create();
        struct net *n =
            net_of(arena_printf(arena, "species A\nbulk P\nbulk Q\nconstant K\n%s", written[i][0]));
        assert_string_equal(net_reaction_text(n, 0, arena), written[i][1]);
        struct net *late =
            net_of(arena_printf(arena, "species A\nspecies P\nspecies Q\nconstant K\n%s", written[i][0]));
        late->species.data[1].kind = late->species.data[2].kind = SPECIES_BULK;
        bool leaves = strcmp(written[i][0], written[i][1]) == 0 || i + 1 == sizeof written / sizeof *written;
        assert_int_equal(net_leaves_bulk(late, &late->reaction.data[0]), leaves);
        net_settle_bulk(late);
        assert_string_equal(net_reaction_text(late, 0, arena), written[i][1]);
        net_destroy(n);
        net_destroy(late);
        arena_destroy(arena);
    }
}

static void names_and_symbols(void **state)
{
    (void)state;
    struct net *n = net_create("names");
    net_add_param(n, "k", shape_scalar(), 0, nowhere);
    net_add_param(n, "none", shape_vector(0), 0, nowhere);
    net_add_param(n, "w", (struct shape){2, {2, 3}}, 0, nowhere);
    assert_string_equal(net_slot_name(n, 0), "k");
    assert_string_equal(net_slot_name(n, 1), "w[0,0]");
    assert_string_equal(net_slot_name(n, 6), "w[1,2]");
    expr_id e = net_param_expr(n, 3);
    int32_t s = net_add_symbol(n, "s", SYMBOL_PARAM, shape_scalar(), &e, nowhere);
    assert_int_equal(net_find_symbol(n, "s"), s);
    assert_int_equal(net_find_symbol(n, "t"), -1);
    assert_int_equal(net_add_observed(n, e), 0);
    assert_int_equal(net_add_observed(n, net_param_expr(n, 4)), 1);
    assert_int_equal(net_add_observed(n, e), 0);
    net_destroy(n);
}

/* x -> x^2 + x, sixty times: 2^60 nodes as text, 121 as an expression. */
static void shared_expressions_print_short(void **state)
{
    (void)state;
    struct net *n = net_create("shared");
    expr_id x = net_species_expr(n, net_add_species(n, "A", SPECIES_DISCRETE, 0, nowhere));
    for (int i = 0; i < 60; i++) {
        x = expr_binary(n->ex, EXPR_ADD, expr_binary(n->ex, EXPR_MUL, x, x), x);
    }
    struct term lhs = {0, 1};
    reaction_id r = net_add_reaction(n, &lhs, 1, NULL, 0, RATE_LAW, x, nowhere);
    net_add_observed(n, x);
    char *text = print_net(n);
    assert_true(strlen(text) < 5000);
    struct net *again = read_net(text, false);
    char *text_again = print_net(again);
    assert_string_equal(text, text_again);
    assert_int_equal(expr_count(again->ex), expr_count(n->ex));
    assert_string_equal(net_reaction_text(n, r, n->arena), "A =>{...} 0");
    free(text);
    free(text_again);
    net_destroy(n);
    net_destroy(again);
}

/* The reader makes the parts of a network in the order of its text, in which a short line may hold the later of
 * two parts before the line that names both: their numbers come back all the same. */
static void named_parts_keep_their_numbers(void **state)
{
    (void)state;
    struct net *n = net_create("order");
    expr_id a = net_species_expr(n, net_add_species(n, "A", SPECIES_DISCRETE, 0, nowhere)), part[2];
    for (int i = 0; i < 2; i++) {
        expr_id square = expr_binary(n->ex, EXPR_MUL, a, a);
        part[i] = expr_binary(n->ex, EXPR_DIV, expr_binary(n->ex, EXPR_ADD, square, expr_real(n->ex, 3 + i)),
                              expr_binary(n->ex, EXPR_ADD, a, expr_real(n->ex, 5)));
    }
    assert_true(part[0] < part[1]);
    expr_id x = a;
    for (int i = 0; i < 60; i++) {
        x = expr_binary(n->ex, EXPR_ADD, expr_binary(n->ex, EXPR_MUL, x, part[0]), part[1]);
    }
    net_add_observed(n, part[1]);
    net_add_observed(n, x);
    char *text = print_net(n);
    assert_non_null(strstr(text, "let $e1 = "));
    struct net *again = read_net(text, false);
    char *text_again = print_net(again);
    assert_string_equal(text, text_again);
    free(text);
    free(text_again);
    net_destroy(n);
    net_destroy(again);
}

/* Nested to the right ten thousand deep: named in parts, it reads back. */
static void deep_expressions_read_back(void **state)
{
    (void)state;
    struct net *n = net_create("deep");
    expr_id a = net_species_expr(n, net_add_species(n, "A", SPECIES_DISCRETE, 0, nowhere)), x = a;
    for (int i = 0; i < 10000; i++) {
        x = expr_binary(n->ex, i % 3 == 0 ? EXPR_SUB : i % 3 == 1 ? EXPR_DIV : EXPR_MIN, a, x);
    }
    net_add_observed(n, x);
    char *text = print_net(n);
    struct net *again = read_net(text, false);
    assert_non_null(again);
    assert_int_equal(expr_count(again->ex), expr_count(n->ex));
    free(text);
    net_destroy(n);
    net_destroy(again);
}

static double build(int n_reactions)
{
    struct net *n = net_create("big");
    clock_t start = clock();
    net_add_param(n, "w", shape_vector(n_reactions), expr_real(n->ex, 1), nowhere);
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "X[%d]", i);
        net_add_species(n, name, SPECIES_DISCRETE, 0, nowhere);
    }
    for (int i = 0; i < n_reactions; i++) {
        struct term lhs[] = {{i % 1000, 1}, {i * 7 % 1000, 1}}, rhs[] = {{i * 13 % 1000, 2}};
        expr_id k = expr_binary(n->ex, EXPR_MAX, net_param_expr(n, i), expr_real(n->ex, 0));
        net_add_reaction(n, lhs, 2, rhs, 1, RATE_MASS_ACTION, k, nowhere);
    }
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    net_destroy(n);
    return seconds;
}

/* Four times as many reactions may take twelve times as long: 16 would be quadratic. */
static void building_is_linear(void **state)
{
    (void)state;
    build(10000);
    double small = build(50000), large = build(200000);
    assert_true(large < 12 * small + 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(damaged_texts),
        cmocka_unit_test(errors_have_codes),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(sides_are_multisets),
        cmocka_unit_test(discrete_reactions_leave_bulk),
        cmocka_unit_test(names_and_symbols),
        cmocka_unit_test(shared_expressions_print_short),
        cmocka_unit_test(named_parts_keep_their_numbers),
        cmocka_unit_test(deep_expressions_read_back),
        cmocka_unit_test(building_is_linear),
    };
    return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
