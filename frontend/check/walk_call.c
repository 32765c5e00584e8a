/* Calls: of functions, of models, of builtin functions; comprehensions. */
#include <string.h>

#include "frontend/builtin.h"
#include "frontend/check/walk.h"

/* An argument may name a network, a model, a data set. */
static struct typing argument(struct walk *k, const struct ast *a)
{
    return a->kind == AST_NAME && value_reads(&k->w) ? walk_place(k, a).typing : walk_value(k, a);
}

/* What a function gives whatever it is given: its body with parameters of which nothing is known. */
static struct typing of_function(struct walk *k, struct name *fn)
{
    struct meaning *m = meaning_of(k, fn);
    if (m->is_known || m->busy) {
        return m->is_known ? m->typing : typing_unknown();
    }
    m->busy = true;
    struct walk inner = {.f = k->f, .in_function = true, .names = k->names};
    inner.w = (struct where){.f = k->f, .scope = scope_create(k->f->arena, NULL), .module = fn->module};
    for (uint32_t i = 0; i < fn_params(fn->ast)->n; i++) {
        const struct ast *p = list_item(fn_params(fn->ast), i);
        (void)walk_declare(&inner, p->name, NAME_VALUE, p->span, typing_unknown());
    }
    m->typing = walk_value(&inner, fn_body(fn->ast));
    m->busy = false;
    m->is_known = true;
    return m->typing;
}

void walk_function(struct walk *k, struct name *fn)
{
    (void)of_function(k, fn);
}

/* ---- what builtin functions give ---- */

static struct typing with_sort(struct typing t, enum sort sort)
{
    t.sort = (uint8_t)sort;
    return t;
}

static struct typing filled(const struct call *c, struct walk *k)
{
    struct ast dims = {.kind = AST_DIMS, .n = (uint32_t)c->n, .kid = (struct ast **)(uintptr_t)c->arg};
    return walk_dims(k, &dims, SORT_REAL);
}

static struct typing result(struct walk *k, const struct call *c, const struct typing *arg)
{
    static const char *const elementwise[] = {"exp", "log", "sqrt", "sin", "cos", "tanh"};
    static const char *const one_real[] = {"mean", "var", "fraction", "dot", "kl", "entropy", "delay"};
    static const char *const one_integer[] = {"size", "count_species", "count_reactions"};
    for (size_t i = 0; i < sizeof elementwise / sizeof *elementwise; i++) {
        if (strcmp(c->name, elementwise[i]) == 0) {
            return with_sort(arg[0], SORT_REAL);
        }
    }
    for (size_t i = 0; i < sizeof one_real / sizeof *one_real; i++) {
        if (strcmp(c->name, one_real[i]) == 0) {
            return typing_scalar(SORT_REAL);
        }
    }
    for (size_t i = 0; i < sizeof one_integer / sizeof *one_integer; i++) {
        if (strcmp(c->name, one_integer[i]) == 0) {
            return typing_scalar(SORT_INTEGER);
        }
    }
    bool reduces = strcmp(c->name, "sum") == 0 ||
                   (c->n == 1 && (strcmp(c->name, "min") == 0 || strcmp(c->name, "max") == 0));
    if (reduces) {
        return typing_scalar(SORT_NUMBER);
    }
    if (strcmp(c->name, "abs") == 0 || strcmp(c->name, "floor") == 0) {
        return with_sort(arg[0], SORT_NUMBER);
    }
    if (strcmp(c->name, "zeros") == 0 || strcmp(c->name, "ones") == 0) {
        return filled(c, k);
    }
    return strcmp(c->name, "detailed_balanced") == 0 ? typing_scalar(SORT_CONDITION) : typing_unknown();
}

static struct typing call_builtin(struct walk *k, const struct ast *a, const struct builtin *b)
{
    struct call c;
    struct typing *arg = arena_alloc(k->f->arena, (a->n + 1) * sizeof *arg);
    int n = 0;
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *given = call_arg(a, i);
        if (given->name && strcmp(b->names, "*") == 0) {
            walk_words(k, arg_value(given)); /* names of units, of the network that is asked */
        } else if (given->name) {
            (void)argument(k, arg_value(given));
        } else {
            arg[n++] = argument(k, arg_value(given));
        }
    }
    return call_fits(&k->w, a, b, &c) ? result(k, &c, arg) : typing_unknown();
}

struct typing walk_call(struct walk *k, const struct ast *a)
{
    const struct ast *callee = call_callee(a);
    struct name *n = callee->kind == AST_NAME ? walk_find(k, callee->name, callee->span) : NULL;
    const struct builtin *b = callee->kind == AST_NAME ? call_builtin_named(k->f, callee->name) : NULL;
    if (b && !(n && name_row(k->f, n->kind)->call)) {
        return call_builtin(k, a, b);
    }
    for (uint32_t i = 1; i < a->n; i++) {
        (void)argument(k, arg_value(call_arg(a, i)));
    }
    if (n && n->kind == NAME_FN) {
        struct typing t = of_function(k, n);
        for (int i = 0; i < t.rank; i++) {
            t.dim[i].is_known &= !t.dim[i].of; /* a parameter of the function */
        }
        return call_arguments_fit(&k->w, a, n) ? t : typing_refused();
    }
    if (!n || !name_row(k->f, n->kind)->call) {
        call_unknown(&k->w, a, n);
    }
    return typing_unknown();
}

struct typing walk_call_over(struct walk *k, const struct ast *a)
{
    bool is_array = a->kind == AST_ARRAY_OVER;
    const struct ast *binders = is_array ? array_over_binders(a) : call_over_binders(a);
    struct walk inner = walk_inside(k);
    walk_binders(&inner, binders);
    struct typing body = walk_value(&inner, is_array ? array_over_body(a) : call_over_body(a));
    if (is_array) {
        for (uint32_t i = 1; i < binders->n; i++) {
            body = typing_array((struct length){0}, body);
        }
        return body;
    }
    return body.rank == 0 ? typing_scalar(SORT_NUMBER) : with_sort(body, SORT_NUMBER);
}
