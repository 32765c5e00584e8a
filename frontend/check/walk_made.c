/* Networks that are made from others: `lower m to direct(k = 2)`, `optimize n by (quadratize)`, `n(k = 2)`.
 * What is given to constructions, passes and networks is known when compiling, so it reads constants. */
#include <string.h>

#include "frontend/check/walk.h"
#include "frontend/network/network.h"
#include "ir/lower/lower.h"

static void walk_expression(struct walk *k, const struct ast *a);

/* Walks over n or n(k = 2), a NAME or an INSTANCE. */
static void walk_other(struct walk *k, const struct ast *a)
{
    struct name *n = module_find(k->w.module, a->name);
    if (name_fits(&k->w, a->span, a->name, n, AT_DERIVED)) {
        walk_use(k, n, a->span);
        walk_given(k, a, n);
    } else {
        walk_words(k, a);
    }
}

/* Walks over the argument `environment = toggle(k = 2)` of a construction. */
static void walk_network_argument(struct walk *k, const struct ast *value)
{
    const struct ast *callee = value->kind == AST_CALL ? call_callee(value) : value;
    struct ast call = {.kind = AST_INSTANCE, .name = callee->name, .span = value->span};
    if (value->kind == AST_CALL) { /* the first child of both is no argument */
        call.kid = value->kid;
        call.n = value->n;
    }
    if (callee->kind == AST_NAME) {
        walk_other(k, &call);
    }
}

/* Walks over pairs such as (A = Q[0], S = 100): a value that is no number names a species. */
static void walk_pairs(struct walk *k, const struct ast *pairs)
{
    for (uint32_t i = 0; pairs->kind == AST_TUPLE && i < pairs->n; i++) {
        const struct ast *entry = tuple_arg(pairs, i);
        const struct ast *value = entry->kind == AST_BIND ? assign_value(entry) : arg_value(entry);
        if (value->kind == AST_NAME || value->kind == AST_INDEX || value->kind == AST_FIELD) {
            walk_words(k, value);
        } else {
            (void)walk_real_scalar(k, value);
        }
    }
}

static void walk_construction(struct walk *k, const struct ast *ctor)
{
    int at = lower_named(ctor->name);
    const struct construction *c = at >= 0 ? lower_construction(at) : NULL;
    for (uint32_t i = 0; i < ctor->n; i++) {
        const struct ast *arg = ctor_arg(ctor, i), *value = arg_value(arg);
        int named = c ? lower_argument_named(c, arg->name) : -1;
        const struct lower_argument *of = named >= 0 ? &c->argument[named] : NULL;
        if (c && !of) {
            (void)walk_real_scalar(k, value);
        } else if (of && of->kind == LOWER_PAIRS) {
            walk_pairs(k, value);
        } else if (of && of->kind == LOWER_NETWORK) {
            walk_network_argument(k, value);
        }
    }
}

static void walk_lower(struct walk *k, const struct ast *a)
{
    const struct ast *what = lower_network(a);
    struct name *n = what->kind == AST_NAME ? module_find(k->w.module, what->name) : NULL;
    if (name_may(n, AT_LOWER)) {
        walk_bind_name(k, what, n);
    } else {
        walk_expression(k, what);
    }
    for (uint32_t i = 1; i < a->n; i++) {
        walk_construction(k, lower_ctor(a, i));
    }
}

static void walk_optimize(struct walk *k, const struct ast *a)
{
    walk_expression(k, optimize_network(a));
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *pass = optimize_pass(a, i);
        for (uint32_t p = 0; p < pass->n; p++) {
            (void)walk_real_scalar(k, arg_value(ctor_arg(pass, p)));
        }
    }
}

static void walk_expression(struct walk *k, const struct ast *a)
{
    switch (a->kind) {
    case AST_LOWER: walk_lower(k, a); break;
    case AST_OPTIMIZE: walk_optimize(k, a); break;
    case AST_NAME:
    case AST_INSTANCE: walk_other(k, a); break;
    default: break;
    }
}

void walk_network_value(struct walk *k, struct name *n)
{
    struct walk inner = *k;
    inner.w.purpose = FOR_OPTION_OF_CONSTRUCTION;
    walk_expression(&inner, network_expr_value(n->ast));
}
