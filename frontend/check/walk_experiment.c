/* Statements of experiments. Values that are read from networks depend on what has run, so little more is
 * known of them than that they are real. Names are bound, plain mistakes of types are reported, and
 * variables that become real are found. */
#include "frontend/check/walk.h"
#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/experiment/experiment_picture.h"

#include <string.h>

static void walk_block(struct walk *k, const struct ast *block);

static void walk_optional(struct walk *k, const struct ast *a)
{
    if (a) {
        (void)walk_value(k, a);
    }
}

/* A recorded name belongs to the whole experiment, however deep the statement stands. */
static void declare_records(struct walk *k, const struct ast *a)
{
    for (uint32_t i = 0; a && i < a->n; i++) {
        const struct ast *d = ast_child(a, i);
        if (a->kind == AST_RECORD) {
            struct name *n = walk_declare(k, d->name, NAME_VARIABLE, d->span, typing_scalar(SORT_REAL));
            n->is_recorded = true;
        } else {
            declare_records(k, d);
        }
    }
}

/* `run NET as NAME` keeps its results under the name of a copy of the network, which belongs to the whole
 * experiment, too. */
static void declare_results(struct walk *k, const struct ast *a)
{
    const struct ast *of = a && a->kind == AST_RUN ? experiment_run_of(a) : NULL;
    struct name *old = of ? value_find(&k->w, a->name) : NULL;
    if (old && !(old->ast && old->ast->kind == AST_NETWORK_EXPR && old->is_result &&
                 network_expr_value(old->ast)->name == of->name)) {
        struct span at =
            front_place_of_word(k->f, (struct span){a->span.file, of->span.hi, a->span.hi}, a->name);
        name_declared_twice(k->f, at, a->name, old->span);
    } else if (of && !old) {
        struct ast *copy = arena_alloc(k->f->arena, sizeof *copy);
        *copy = (struct ast){.kind = AST_NETWORK_EXPR, .name = a->name, .span = a->span, .n = 1};
        copy->kid = arena_alloc(k->f->arena, sizeof *copy->kid);
        copy->kid[0] = (struct ast *)(uintptr_t)of;
        struct name *n = walk_declare(k, a->name, NAME_NETWORK, a->span, typing_unknown());
        n->ast = copy;
        n->module = k->w.module;
        n->index = -1;
        n->is_result = true;
    }
    for (uint32_t i = 0; a && i < a->n; i++) {
        declare_results(k, ast_child(a, i));
    }
}

/* Returns the value if it is a table, (input = ..., label = ...), or a call of a function whose body is a
 * table; otherwise NULL. */
static const struct ast *table_of(struct walk *k, const struct ast *a)
{
    struct where w = k->w;
    return data_is_table(&w, a) ? a : NULL;
}

static void walk_let(struct walk *k, const struct ast *d, const struct ast *value, bool constant)
{
    struct typing t = value ? walk_value(k, value) : typing_unknown();
    enum name_kind kind = t.is_refused                  ? NAME_REFUSED
                          : value && table_of(k, value) ? NAME_TABLE
                          : constant                    ? NAME_VALUE
                                                        : NAME_VARIABLE;
    if (d->flags & AST_BECOMES_REAL) {
        t.sort = SORT_REAL;
    }
    struct name *n = walk_declare(k, d->name, kind, d->span, t);
    n->ast = d;
    if (!k->is_again) {
        ast_bind(d, n);
    }
}

/* A variable that begins as an integer, and to which a real number is assigned later, holds real numbers
 * from the beginning. */
static void walk_assignment(struct walk *k, const struct ast *a)
{
    k->assigned = a;
    struct walked_place to = walk_place(k, assign_target(a));
    k->assigned = NULL;
    struct typing t = walk_value(k, assign_value(a));
    if (a->op != OP_SET) {
        t = typing_binary(k->f, a, experiment_update_op(a->op), to.typing, t);
    }
    bool widens = to.name && to.name->kind == NAME_VARIABLE && to.name->ast && to.typing.sort == SORT_INTEGER;
    if (widens && t.sort == SORT_REAL) {
        ast_becomes_real(to.name->ast);
        meaning_of(k, to.name->ast->v.bound)->typing.sort = SORT_REAL;
        *k->widened = true;
    }
}

static void walk_inner(struct walk *k, const struct ast *block)
{
    struct walk inner = walk_inside(k);
    walk_block(&inner, block);
}

static void walk_branches(struct walk *k, const struct ast *a)
{
    walk_condition(k, if_condition(a));
    walk_inner(k, if_block(a));
    if (if_else(a) && if_else(a)->kind == AST_IF) {
        walk_branches(k, if_else(a));
    } else if (if_else(a)) {
        walk_inner(k, if_else(a));
    }
}

static void walk_loop(struct walk *k, const struct ast *a)
{
    struct walk inner = walk_inside(k);
    walk_binders(&inner, for_binders(a));
    walk_inner(&inner, for_block(a));
}

/* ---- runs ---- */

/* If the network is not declared, nothing is known of its names, so any name may be one of them. */
static struct name *own_of(struct walk *k, struct name *network)
{
    return network ? network : k->f->refused;
}

/* Left of `=`, the network's own names come before others. */
static void walk_bind(struct walk *k, const struct ast *bind, struct name *own)
{
    struct walk target = *k;
    target.own = own;
    const struct ast *value = assign_value(bind);
    if (own && walk_place(&target, assign_target(bind)).typing.is_refused && value->kind == AST_NAME) {
        return; /* `with method = ssa` is no value of the network, and its value no name either */
    }
    if (!own) {
        walk_words(k, assign_target(bind));
    }
    (void)walk_value(k, value);
}

/* The values of options are numbers, or words of the method. */
static void walk_options(struct walk *k, const struct ast *by)
{
    for (uint32_t i = 0; i < by->n; i++) {
        const struct ast *value = arg_value(ctor_arg(by, i));
        if (value->kind == AST_NAME) {
            walk_words(k, value);
        } else {
            (void)walk_value(k, value);
        }
    }
}

/* `for [0, 10]` and `for (0, 10)` are spans of time in other languages. Returns false if the clause is
 * such a span. */
static bool walk_span(struct walk *k, const struct ast *value)
{
    if ((value->kind != AST_ARRAY && value->kind != AST_TUPLE) || value->n < 2) {
        return true;
    }
    diag_report(k->f->diag, DIAG_E0302, value->span, "`for` takes how long a run lasts, not two times");
    diag_help(k->f->diag, "write `for %s`: time begins at 0",
              front_source_text(k->f, ast_child(value, value->n - 1)->span));
    return false;
}

/* `until 10`, and `continue NET until 10`, where `for 10` would go on for another 10. */
static void walk_until(struct walk *k, const struct ast *a, const struct ast *value)
{
    const char *text = front_source_text(k->f, value->span);
    struct scope *members = k->own ? walk_members(k, k->own) : NULL;
    bool number = value->kind == AST_INT || value->kind == AST_REAL ||
                  (value->kind == AST_NAME && !(members && scope_find_here(members, value->name)));
    if (walk_condition(k, value)) {
        return;
    }
    number = number && !(value->kind == AST_NAME && strcmp(value->name, "time") == 0);
    if (number && a->kind == AST_CONTINUE) {
        diag_help(k->f->diag, "up to the time %s is `until time >= %s`; `for` counts from here on", text,
                  text);
    } else if (number) {
        diag_help(k->f->diag, "a run of this length ends by `for %s`, at a condition by `until A < 1`", text);
    } else {
        diag_help(k->f->diag, "a run ends at a time by `for 100`, at a condition by `until %s < 1`",
                  value->kind == AST_NAME || value->kind == AST_FIELD ? text : "A");
    }
}

/* `every [1, 2, 5]`: times that are not at equal distances. */
static void walk_every(struct walk *k, const struct ast *a, const struct ast *value)
{
    struct typing t = walk_real(k, value);
    if (t.rank > 0) {
        diag_report(k->f->diag, DIAG_E0302, value->span,
                    "`every` takes one step, and keeps rows at equal distances");
        diag_help(k->f->diag, "values at some times are read behind the run: `trajectory(%s.A, at = %s)`",
                  a->name ? a->name : "NET", front_source_text(k->f, value->span));
    }
}

static void walk_clause(struct walk *k, const struct ast *a, const struct ast *c, struct name *network)
{
    struct walk own = *k;
    own.own = network;
    switch (c->op) {
    case OP_WITH:
        for (uint32_t i = 0; i < c->n; i++) {
            walk_bind(k, clause_bind(c, i), network);
        }
        break;
    case OP_UNTIL: walk_until(&own, a, clause_value(c)); break;
    case OP_BY: walk_options(k, clause_value(c)); break;
    case OP_AS: (void)walk_named(k, clause_value(c), AT_DERIVED); break;
    case OP_FOR:
        if (!walk_span(k, clause_value(c))) {
            break;
        }
        /* fall through */
    case OP_FROM:
    case OP_AFTER: (void)walk_real_scalar(k, clause_value(c)); break;
    case OP_EVERY: walk_every(k, a, clause_value(c)); break;
    default: break; /* `over` comes first, because other clauses read its names */
    }
}

static void walk_clauses(struct walk *k, const struct ast *a, struct name *network)
{
    struct walk inner = walk_inside(k);
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *c = run_clause(a, i);
        for (uint32_t b = 0; c->op == OP_OVER && b < c->n; b++) {
            walk_binder(&inner, clause_binder(c, b));
        }
    }
    for (uint32_t i = 1; i < a->n; i++) {
        walk_clause(&inner, a, run_clause(a, i), network);
    }
    walk_optional(&inner, run_file(a));
}

static void walk_teach(struct walk *k, const struct ast *a)
{
    struct name *network = own_of(k, walk_named(k, a, AT_PATH));
    for (uint32_t i = 0; i < teach_binds(a)->n; i++) {
        walk_bind(k, list_item(teach_binds(a), i), NULL);
    }
    walk_optional(k, teach_file(a));
    for (uint32_t i = 2; i < a->n; i++) {
        walk_clause(k, a, teach_clause(a, i), network);
    }
}

static void walk_learn(struct walk *k, const struct ast *a)
{
    struct walk inner = walk_inside(k);
    walk_words(k, learn_model(a));
    if (learn_from(a)->kind == AST_BINDER) {
        walk_binder(&inner, learn_from(a));
    } else {
        (void)walk_place(k, learn_from(a));
    }
    for (uint32_t i = 0; learn_with(a) && i < learn_with(a)->n; i++) {
        walk_bind(&inner, list_item(learn_with(a), i), NULL);
    }
    walk_words(&inner, learn_by(a));
}

static void walk_minimize(struct walk *k, const struct ast *a)
{
    for (uint32_t i = 0; i < minimize_over(a)->n; i++) {
        const struct ast *target = list_item(minimize_over(a), i);
        struct typing of = walk_place(k, target_reference(target)).typing;
        for (int end = 0; target_bounds(target) && end < 2; end++) {
            const struct ast *value =
                end ? range_to(target_bounds(target)) : range_from(target_bounds(target));
            (void)typing_fits(k->f, value->span, walk_real(k, value), of, "what is varied");
        }
    }
    walk_words(k, minimize_by(a));
    walk_inner(k, minimize_block(a));
}

/* ---- what is shown ---- */

/* Walks over values of options, which may be words that an option has, or ends of axes. */
static void walk_picture_options(struct walk *k, const struct ast *args, uint32_t first, int places)
{
    for (uint32_t i = first; args && i < args->n; i++) {
        const struct ast *arg = ast_child(args, i), *value = arg_value(arg);
        int32_t option = picture_option(k->f, arg, places);
        if (option >= 0 && picture_option_is_axis(option) && value->kind == AST_CALL) {
            for (uint32_t c = 1; c < value->n; c++) {
                (void)walk_real_scalar(k, arg_value(call_arg(value, c)));
            }
        } else if (option >= 0 && picture_option_is_value(option)) {
            (void)walk_value(k, value);
        }
    }
}

/* What has been told of a curve as a whole is not told again of its names. */
static void refuse_names(struct walk *k, const struct ast *a)
{
    if (a->kind == AST_NAME) {
        ast_bind(a, k->f->refused);
    }
    for (uint32_t i = 0; i < a->n; i++) {
        if (ast_child(a, i)) {
            refuse_names(k, ast_child(a, i));
        }
    }
}

/* `plot NET: A vs time`, `plot NET.A vs NET.time`: what is drawn against is the time of a course. */
static bool walk_time_axis(struct walk *k, const struct ast *y, const struct ast *x)
{
    bool is_time = x &&
                   ((x->kind == AST_NAME && !value_find(&k->w, x->name)) ||
                    (x->kind == AST_FIELD && y->kind == AST_FIELD)) &&
                   (strcmp(x->name, "time") == 0 || strcmp(x->name, "t") == 0);
    if (is_time) {
        const struct name *of = x->kind == AST_FIELD && field_base(x)->kind == AST_NAME
                                    ? value_find(&k->w, field_base(x)->name)
                                    : NULL;
        is_time = x->kind == AST_NAME || (of && of->kind == NAME_NETWORK && strcmp(x->name, "time") == 0);
    }
    if (is_time) {
        diag_report(k->f->diag, DIAG_E0302, x->span, "courses are drawn over time already");
        const struct ast *of = y->kind == AST_CALL && y->n > 1 ? arg_value(call_arg(y, 1)) : NULL;
        if (of && y->n == 2) { /* trajectory(NET.A) */
            diag_help(k->f->diag, "write `%s`, whose course is drawn, without `vs %s`",
                      front_source_text(k->f, of->span), front_source_text(k->f, x->span));
        } else if (of && of->kind == AST_FIELD && field_base(of)->kind == AST_NAME) {
            diag_help(k->f->diag, "values at given times are drawn over these: `vs trajectory(%s.time%s`",
                      field_base(of)->name,
                      front_source_text(k->f, (struct span){y->span.file, of->span.hi, y->span.hi}));
        } else {
            diag_help(k->f->diag, "leave `vs %s` out", front_source_text(k->f, x->span));
        }
    }
    return is_time;
}

/* `plot time, NET.A`, `plot NET(A, B)` */
static bool walk_other_curve(struct walk *k, const struct ast *y)
{
    if (y->kind == AST_NAME && strcmp(y->name, "time") == 0 && !value_find(&k->w, y->name)) {
        diag_report(k->f->diag, DIAG_E0302, y->span,
                    "the time is no curve: courses are drawn over it already");
        diag_help(k->f->diag, "leave `time` out");
        return true;
    }
    const struct ast *callee = y->kind == AST_CALL ? call_callee(y) : NULL;
    const struct name *net = callee && callee->kind == AST_NAME ? value_find(&k->w, callee->name) : NULL;
    if (net && net->kind == NAME_NETWORK && y->n > 1) {
        struct span inside = {y->span.file, ast_child(y, 1)->span.lo, ast_child(y, y->n - 1)->span.hi};
        diag_report(k->f->diag, DIAG_E0204, y->span, "the network of curves stands before a colon");
        diag_help(k->f->diag, "write `plot %s: %s`", net->text, front_source_text(k->f, inside));
        return true;
    }
    return false;
}

/* The network before a colon is also that of the curves behind it, until another network is named. */
static void walk_panel(struct walk *k, const struct ast *panel)
{
    struct walk own = *k;
    own.own = NULL;
    for (uint32_t i = 0; i < panel_curves(panel)->n; i++) {
        const struct ast *c = list_item(panel_curves(panel), i);
        own.own = c->name ? own_of(k, walk_named(k, c, AT_RUN)) : own.own;
        const struct ast *of_graph = picture_graph(&k->w, c);
        const struct ast *y = curve_y(c);
        const struct ast *x = curve_x(c);
        if (walk_time_axis(k, y, x) || walk_other_curve(k, y)) {
            refuse_names(k, c);
            continue;
        }
        const struct name *whole = y->kind == AST_NAME && !own.own ? value_find(&k->w, y->name) : NULL;
        if (of_graph) {
            (void)walk_named(k, of_graph, AT_RUN);
        } else if (whole && whole->kind == NAME_NETWORK) {
            diag_report(k->f->diag, DIAG_E0204, y->span, "'%s' is a network, and a curve is of what it has",
                        y->name);
            diag_help(k->f->diag, "name what is drawn: plot %s: A, B", y->name);
            ast_bind(y, k->f->refused);
        } else {
            (void)walk_value(&own, curve_y(c));
        }
        walk_optional(&own, x);
        if (curve_form(c)) {
            (void)picture_form(k->f, curve_form(c));
            walk_picture_options(k, curve_form(c), 0, PICTURE_CURVE);
        }
    }
}

static void walk_plot(struct walk *k, const struct ast *a)
{
    int places = picture_has_braces(a) ? PICTURE_PICTURE : PICTURE_PICTURE | PICTURE_PANEL;
    for (uint32_t i = 0; i < picture_panel_count(a); i++) {
        const struct ast *panel = picture_panel(a, i);
        walk_panel(k, panel);
        walk_picture_options(k, panel_options(panel), 0, PICTURE_PANEL);
    }
    walk_picture_options(k, plot_options(a), 0, places);
    walk_optional(k, plot_file(a));
}

/* Reports `assert(x < 5, "x is large");` and `print("x", x);`. */
static bool in_parentheses(struct walk *k, const char *word, const struct ast *value)
{
    if (value->kind != AST_TUPLE || value->n < 2) {
        return false;
    }
    const char *text = front_source_text(k->f, value->span);
    diag_report(k->f->diag, DIAG_E0303, value->span, "what `%s` takes stands without parentheses", word);
    diag_help(k->f->diag, "write `%s %.*s;`", word, (int)strlen(text) - 2, text + 1);
    return true;
}

static void walk_shown(struct walk *k, const struct ast *a)
{
    switch (a->kind) {
    case AST_PRINT:
        if (a->n == 2 && in_parentheses(k, "print", print_item(a, 1))) {
            break;
        }
        for (uint32_t i = 1; i < a->n; i++) {
            (void)walk_value(k, print_item(a, i));
        }
        walk_optional(k, print_file(a));
        break;
    case AST_RECORD:
        for (uint32_t i = 0; i < a->n; i++) {
            walk_optional(k, dcl_value(declaration_dcl(a, i)));
        }
        break;
    case AST_ASSERT:
        if (in_parentheses(k, "assert", assert_condition(a))) {
            break;
        }
        walk_condition(k, assert_condition(a));
        walk_optional(k, assert_message(a));
        break;
    case AST_PLOT: walk_plot(k, a); break;
    default:
        (void)walk_real(k, image_value(a));
        walk_optional(k, image_shape(a));
        walk_optional(k, image_file(a));
        break;
    }
}

static void walk_statement(struct walk *k, const struct ast *a)
{
    switch (a->kind) {
    case AST_LET:
        for (uint32_t i = 0; i < a->n; i++) {
            const struct ast *d = declaration_dcl(a, i);
            walk_let(k, d, dcl_value(d), (a->flags & AST_IS_CONST) != 0);
        }
        break;
    case AST_ASSIGN: walk_assignment(k, a); break;
    case AST_SET_STMT:
        k->assigned = a;
        (void)walk_place(k, assign_target(a));
        k->assigned = NULL;
        (void)walk_value(k, assign_value(a));
        break;
    case AST_FOR: walk_loop(k, a); break;
    case AST_WHILE:
        walk_condition(k, while_condition(a));
        walk_inner(k, while_block(a));
        break;
    case AST_IF: walk_branches(k, a); break;
    case AST_RUN:
    case AST_CONTINUE: walk_clauses(k, a, own_of(k, walk_named(k, a, AT_RUN))); break;
    case AST_FLUSH:
        for (uint32_t i = 0; i < a->n; i++) {
            (void)walk_place(k, flush_reference(a, i));
        }
        break;
    case AST_TEACH: walk_teach(k, a); break;
    case AST_LEARN: walk_learn(k, a); break;
    case AST_MINIMIZE: walk_minimize(k, a); break;
    case AST_LOSS: (void)walk_real(k, loss_value(a)); break;
    case AST_SAVE:
    case AST_LOAD:
        walk_words(k, save_reference(a));
        (void)walk_value(k, save_file(a));
        break;
    case AST_PRINT:
    case AST_RECORD:
    case AST_ASSERT:
    case AST_PLOT:
    case AST_IMAGE: walk_shown(k, a); break;
    case AST_CALL_STMT: (void)walk_value(k, call_stmt_call(a)); break;
    default: break;
    }
}

static void walk_block(struct walk *k, const struct ast *block)
{
    for (uint32_t i = 0; i < block->n; i++) {
        walk_statement(k, block_statement(block, i));
    }
}

void walk_experiment(struct walk *k, struct name *n)
{
    struct walk body = *k;
    bool widened;
    body.in_experiment = true;
    body.widened = &widened;
    n->members = k->w.scope = scope_create(k->f->arena, NULL);
    declare_results(k, experiment_body(n->ast));
    do { /* values that are computed from a variable which turns out to be real are real, too */
        widened = false;
        body.w.scope = scope_create(k->f->arena, k->w.scope);
        declare_records(&body, experiment_body(n->ast));
        walk_block(&body, experiment_body(n->ast));
        body.is_again = true;
    } while (widened);
}
