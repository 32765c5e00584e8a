/* Calls: of builtin functions, and of functions of the program, which are expanded where they are called. */
#include <string.h>

#include "frontend/builtin.h"
#include "frontend/name.h"
#include "frontend/text/statement_form.h"

enum { MAX_CALL_DEPTH = 100, MAX_CALLS = 100000 };

/* Functions of the language that are not in this version. */
static const char *const later[] = {"conserved", "steady"};

static bool unknown_function(struct where *w, const struct ast *a, const char *name)
{
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (strcmp(later[i], name) == 0) {
            (void)front_later(w->f, a->span, arena_printf(w->f->arena, "the function '%s'", name));
            if (strcmp(name, "steady") == 0) {
                diag_help(w->f->diag,
                          "amounts at rest are read after `run NET to steady;`, as in `print NET.A;`");
            }
            if (strcmp(name, "conserved") == 0) {
                diag_help(w->f->diag,
                          "what is conserved is shown by `crnlc doctor FILE`; that it is kept in a run, by "
                          "`assert abs(NET.A + NET.B - 10) < 1e-6;`");
            }
            return false;
        }
    }
    int n = *w->f->rows->n_builtins;
    const char **list = arena_alloc(w->f->arena, (size_t)n * sizeof *list);
    for (int i = 0; i < n; i++) {
        list[i] = w->f->rows->builtin[i].name;
    }
    diag_report(w->f->diag, DIAG_E0201, call_callee(a)->span, "there is no function '%s'", name);
    const char *statement = statement_form_of_word(name, PLACE_EXPERIMENT);
    statement = statement ? statement : statement_form_of_word(name, PLACE_NETWORK);
    if (statement) {
        diag_help(w->f->diag, "`%s` begins a statement: `%s`", name, statement);
    } else if (w->purpose == FOR_DELAY) {
        diag_help(w->f->diag,
                  "a delay is a number, a formula of parameters, or `uniform(1, 2)`, drawn each time");
    } else if (!call_help_unknown(w, a, name) && !library_help(w->f, name)) {
        diag_help_nearest(w->f->diag, name, list, (size_t)n);
    }
    return false;
}

/* Arguments may have the names of reserved words, but parameters may not: `every = 2` gives a value to
 * `every_`. */
static bool names_parameter(const char *given, const char *parameter)
{
    size_t n = strlen(given);
    return strncmp(given, parameter, n) == 0 && (parameter[n] == '\0' || strcmp(parameter + n, "_") == 0);
}

const struct ast *call_argument_for(const struct ast *a, const struct ast *p, uint32_t i)
{
    const struct ast *given = NULL;
    uint32_t position = 0;
    for (uint32_t k = 1; k < a->n; k++) {
        const struct ast *arg = call_arg(a, k);
        if (arg->name ? names_parameter(arg->name, p->name) : position++ == i) {
            given = arg_value(arg);
        }
    }
    return given;
}

bool call_given_once(struct where *w, const struct ast *call, uint32_t first)
{
    for (uint32_t i = first; i < call->n; i++) {
        const struct ast *arg = ast_child(call, i);
        for (uint32_t k = first; arg->name && k < i; k++) {
            if (ast_child(call, k)->name == arg->name) {
                return front_given_twice(w->f, DIAG_E0306, arg->span, arg->name);
            }
        }
    }
    return true;
}

/* Reports arguments for which the function has no parameter, and parameters that are given both by place
 * and by name. */
static bool named_fit(struct where *w, const struct ast *a, const struct name *fn)
{
    const struct ast *params = fn_params(fn->ast);
    const char **list = arena_alloc(w->f->arena, (params->n + 1) * sizeof *list);
    uint32_t places = 0;
    for (uint32_t k = 1; k < a->n; k++) {
        places += !call_arg(a, k)->name;
    }
    for (uint32_t k = 1; k < a->n; k++) {
        const struct ast *arg = call_arg(a, k);
        uint32_t i = 0;
        while (arg->name && i < params->n && !names_parameter(arg->name, list_item(params, i)->name)) {
            list[i] = list_item(params, i)->name;
            i++;
        }
        if (arg->name && i == params->n) {
            diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' has no parameter '%s'", fn->text, arg->name);
            diag_note(w->f->diag, fn->ast->span, "declared here");
            diag_help_known(w->f->diag, arg->name, list, params->n);
            return false;
        }
        if (arg->name && i < places) {
            return front_given_twice(w->f, DIAG_E0306, arg->span, arg->name);
        }
    }
    return call_given_once(w, a, 1);
}

bool call_arguments_fit(struct where *w, const struct ast *a, const struct name *fn)
{
    const struct ast *params = fn_params(fn->ast);
    if (a->n - 1 <= params->n && !named_fit(w, a, fn)) {
        return false;
    }
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        if (!call_argument_for(a, p, i)) {
            diag_report(w->f->diag, DIAG_E0306, a->span, "'%s' needs a value for '%s'", fn->text, p->name);
            diag_note(w->f->diag, fn->ast->span, "declared here");
            const char *list = "";
            for (uint32_t k = 0; k < params->n; k++) {
                list = arena_printf(w->f->arena, "%s%s%s", list, k ? ", " : "", list_item(params, k)->name);
            }
            diag_help(w->f->diag, "it is called `%s(%s)`", fn->text, list);
            return false;
        }
    }
    return a->n - 1 <= params->n ||
           diag_report(w->f->diag, DIAG_E0306, a->span, "'%s' takes %u arguments, not %u", fn->text,
                       params->n, a->n - 1);
}

static bool bind_arguments(struct where *w, const struct ast *a, struct name *fn, struct scope *scope)
{
    const struct ast *params = fn_params(fn->ast);
    if (!call_arguments_fit(w, a, fn)) {
        return false;
    }
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        expr_id v = value_or_series(w, call_argument_for(a, p, i));
        struct name *bound = v ? scope_add(scope, p->name, NAME_VALUE, p->span) : NULL;
        if (!bound) {
            return false;
        }
        bound->value = v;
        bound->pool = w->ex;
    }
    return true;
}

bool call_enter(struct where *w, const struct ast *a, struct name *fn, struct where *inner)
{
    *inner = *w;
    inner->scope = scope_create(w->f->arena, NULL);
    inner->module = fn->module;
    if (where_has_own(w)) {
        struct view *view = arena_alloc(w->f->arena, sizeof *view);
        *view = *w->view;
        view->own_names = false;
        inner->view = view;
    }
    return bind_arguments(w, a, fn, inner->scope);
}

/* The text by which equal calls are found again: from function, pool and arguments. */
static const char *call_key(struct where *w, const struct name *fn, const struct scope *arguments)
{
    const char *key = arena_printf(w->f->arena, "%p %p", (const void *)fn, (const void *)w->ex);
    for (size_t i = 0; i < scope_count(arguments); i++) {
        key = arena_printf(w->f->arena, "%s %u", key, scope_at(arguments, i)->value);
    }
    return key;
}

static expr_id body_value(struct where *w, struct where *inner, const struct ast *a, struct name *fn)
{
    struct front *f = w->f;
    if (f->full) {
        return 0;
    }
    if (++f->n_calls > MAX_CALLS) {
        f->full = true;
        diag_report(f->diag, DIAG_E0603, a->span, "a call grows to more than %d calls of functions",
                    MAX_CALLS);
        diag_help(f->diag,
                  "functions are put in where they are called: let one call compute what several share");
        return 0;
    }
    fn->busy = true;
    f->depth++;
    f->call_depth++;
    expr_id v = value_or_series(inner, fn_body(fn->ast));
    f->call_depth--;
    f->depth--;
    fn->busy = false;
    return v;
}

/* The value of a call is the body with the arguments put in. Equal parts are shared by hash-consing. A
 * call that stands again inside the outermost one keeps its value from before, unless it draws random
 * numbers. */
expr_id call_function(struct where *w, const struct ast *a, struct name *fn)
{
    struct front *f = w->f;
    if (fn->busy || f->depth >= MAX_CALL_DEPTH) {
        return call_recursion(f, a, fn);
    }
    struct where inner;
    if (!call_enter(w, a, fn, &inner)) {
        return 0;
    }
    if (f->call_depth == 0) {
        f->n_calls = 0;
        expr_id v = body_value(w, &inner, a, fn);
        map_free(&f->calls);
        return v;
    }
    const char *key = call_key(w, fn, inner.scope);
    int32_t before = map_find(&f->calls, key);
    if (before >= 0) {
        return (expr_id)before;
    }
    expr_id v = body_value(w, &inner, a, fn);
    if (v && v <= INT32_MAX && !(value_info(w, v).holds & HOLDS_EFFECT)) {
        map_add(&f->calls, key, (int32_t)v);
    }
    return v;
}

static bool takes_name(const struct builtin *b, const char *name)
{
    return strcmp(b->names, "*") == 0 || strcmp(b->names, name) == 0;
}

bool call_fits(struct where *w, const struct ast *a, const struct builtin *b, struct call *c)
{
    *c = (struct call){.w = w, .ast = a, .name = b->name, .which = b->which};
    if (!call_given_once(w, a, 1)) {
        return false;
    }
    c->arg = arena_alloc(w->f->arena, a->n * sizeof *c->arg);
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *arg = call_arg(a, i);
        if (!arg->name) {
            c->arg[c->n++] = arg_value(arg);
        } else if (!takes_name(b, arg->name)) {
            diag_report(w->f->diag, DIAG_E0306, arg->span, "%s takes no argument '%s'", b->name, arg->name);
            const char *other = help_for_argument(b->name, arg->name);
            if (other) {
                diag_help(w->f->diag, "%s", other);
            } else if (b->names[0]) {
                diag_help(w->f->diag, "the one that is given by name is '%s'", b->names);
            }
            return false;
        }
    }
    if (c->n >= b->fewest && c->n <= b->most) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0306, a->span, "%s takes %d%s argument%s, not %d", b->name, b->fewest,
                b->most > b->fewest ? " or more" : "", b->fewest == 1 && b->most == 1 ? "" : "s", c->n);
    call_help_number(c, b);
    return false;
}

const struct builtin *call_builtin_named(const struct front *f, const char *text)
{
    for (int i = 0; i < *f->rows->n_builtins; i++) {
        if (strcmp(f->rows->builtin[i].name, text) == 0) {
            return &f->rows->builtin[i];
        }
    }
    return NULL;
}

/* Whether the call is M(time - 3) or M(t - tau), an amount in the past as others write it. */
static bool is_past(const struct ast *call)
{
    const struct ast *at = call->n == 2 ? arg_value(call_arg(call, 1)) : NULL;
    const struct ast *from = at && at->kind == AST_BINARY && at->op == OP_SUB ? binary_left(at) : NULL;
    return from && from->kind == AST_NAME &&
           (strcmp(from->name, "time") == 0 || strcmp(from->name, "t") == 0);
}

bool call_recursion(struct front *f, const struct ast *a, const struct name *fn)
{
    if (!diag_has_error_in(f->diag, a->span)) {
        diag_report(f->diag, DIAG_E0206, a->span, "the function '%s' calls itself", fn->text);
        diag_help(f->diag, "what is repeated is a sum, `sum(i in 0..n : x^i)`, or a loop of an experiment");
    }
    return false;
}

static bool is_model(struct where *w, const struct ast *a)
{
    const struct name *n = a->kind == AST_NAME ? value_find(w, a->name) : NULL;
    return n && n->kind == NAME_MODEL;
}

/* `infer(NET, x = 1)` for `NET(1)`, where NET is made from a model and answers by itself; NULL: it is not. */
static const char *as_inference(struct where *w, const struct ast *a, const struct name *n)
{
    const struct ast *made = n->ast && n->ast->kind == AST_NETWORK_EXPR ? network_expr_value(n->ast) : NULL;
    bool lowered = made && made->kind == AST_LOWER && made->n == 2;
    const char *ctor = lowered ? lower_ctor(made, 1)->name : "";
    const struct ast *first = a->n >= 2 ? call_arg(a, 1) : NULL;
    if (!first || (strcmp(ctor, "neural_crn") != 0 && strcmp(ctor, "rate_independent") != 0)) {
        return NULL;
    }
    const struct ast *what = lower_network(made);
    struct name *model = what->kind == AST_NAME ? module_find(n->module, what->name) : NULL;
    const struct ast *block =
        model && model->kind == NAME_MODEL && model->ast->kind == AST_MODEL ? model_block(model->ast) : NULL;
    const char *input = "x";
    for (uint32_t i = block ? block->n : 0; i-- > 0;) {
        const struct ast *s = block_statement(block, i);
        input = s->kind == AST_INPUT && s->n > 0 ? declaration_dcl(s, 0)->name : input;
    }
    const char *value = front_source_text(w->f, arg_value(first)->span);
    return arena_printf(w->f->arena, "infer(%s, %s = %s)", n->text, first->name ? first->name : input, value);
}

bool call_unknown(struct where *w, const struct ast *a, const struct name *n)
{
    const struct ast *callee = call_callee(a);
    if (!n && callee->kind == AST_NAME) {
        return unknown_function(w, a, callee->name);
    }
    const char *text = front_source_text(w->f, callee->span);
    if (n) {
        diag_report(w->f->diag, DIAG_E0204, callee->span, "'%s' is %s, not a function", n->text,
                    name_class(n->kind)->text);
    } else {
        diag_report(w->f->diag, DIAG_E0204, callee->span, "this cannot be called");
    }
    const struct name *own = callee->kind == AST_FIELD ? value_find(w, callee->name) : NULL;
    if ((own && own->kind == NAME_FN) ||
        (callee->kind == AST_FIELD && call_builtin_named(w->f, callee->name))) {
        diag_help(w->f->diag, "functions have no module before their name: `%s(...)`", callee->name);
    } else if (n && n->kind == NAME_NETWORK) {
        if (w->units) {
            diag_help(w->f->diag, "an instance is a statement of its own: `m: %s;`",
                      front_source_text(w->f, a->span));
        } else if (as_inference(w, a, n)) {
            diag_help(w->f->diag, "its answer is `%s`", as_inference(w, a, n));
        } else {
            diag_help(w->f->diag, "it is run by a statement: `run %s for 10;`", text);
        }
    } else if (callee->kind == AST_FIELD && is_model(w, field_base(callee))) {
        const char *base = front_source_text(w->f, field_base(callee)->span);
        const char *all = front_source_text(w->f, a->span);
        diag_help(w->f->diag, "a model is called by its name: `%s%s`", base, all + strlen(text));
    } else if (!w->units && callee->kind == AST_FIELD) {
        diag_help(w->f->diag, "of a run, `value(%s, 5)` is the amount at a time", text);
    } else if (n && n->kind == NAME_EXPERIMENT) {
        diag_help(w->f->diag, "it is chosen on the command line: `crnlc run FILE.crnl --experiment %s`",
                  text);
    } else if (n && !w->units) {
        diag_help(w->f->diag, "an element is written `%s[0]`", text);
    } else if (n && w->units && is_past(a)) {
        diag_help(w->f->diag, "its amount some time ago is written `delay(%s, ...)`", text);
    } else if (n && w->units) {
        diag_help(w->f->diag, "its value is written `%s`, a product has a `*`", text);
    }
    return false;
}

expr_id value_call(struct where *w, const struct ast *a)
{
    const struct ast *callee = call_callee(a);
    struct name *n = callee->kind == AST_NAME ? value_named(w, callee) : NULL;
    if (n && name_row(w->f, n->kind)->call) {
        return name_row(w->f, n->kind)->call(w, a, n);
    }
    const struct builtin *b = callee->kind == AST_NAME ? call_builtin_named(w->f, callee->name) : NULL;
    struct call c;
    if (b) {
        return call_fits(w, a, b, &c) ? b->build(&c) : 0;
    }
    return call_unknown(w, a, n);
}
