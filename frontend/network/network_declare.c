/* Declarations in the bodies of networks: species, parameters, constants, initial amounts, inputs,
 * outputs. */
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"
#include "frontend/neural/neural.h"

#include <math.h>

const char *network_turns(struct where *w)
{
    const char *text = "";
    for (const struct scope *s = w->scope; s; s = scope_parent(s)) {
        const int64_t *at = scope_turn(s);
        if (at) {
            text = arena_printf(w->f->arena, "%lld%s%s", (long long)*at, text[0] ? "," : "", text);
        }
    }
    return text[0] ? arena_printf(w->f->arena, "[%s]", text) : text;
}

/* If two loops declare the same name, the symbols become tmp[0] and tmp_2[0]. */
const char *network_full_name(struct where *w, const char *text)
{
    struct net *net = w->build->whole->net;
    const char *turns = network_turns(w), *base = arena_printf(w->f->arena, "%s%s", w->build->prefix, text);
    const char *full = arena_printf(w->f->arena, "%s%s", base, turns), *stem = base;
    for (int k = 2; turns[0] && (net_find_symbol(net, stem) >= 0 || net_find_symbol(net, full) >= 0); k++) {
        stem = arena_printf(w->f->arena, "%s_%d", base, k);
        full = arena_printf(w->f->arena, "%s%s", stem, turns);
    }
    return intern_text(net->names, full);
}

const char *network_element_name(struct where *w, const char *base, struct shape s, int64_t i)
{
    if (s.rank == 0) {
        return base;
    }
    int64_t at[SHAPE_MAX_RANK];
    for (int r = s.rank - 1; r >= 0; r--) {
        at[r] = i % s.dim[r];
        i /= s.dim[r];
    }
    char text[128];
    int used = 0;
    for (int r = 0; r < s.rank; r++) {
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%lld", r ? "," : "", (long long)at[r]);
    }
    return arena_printf(w->f->arena, "%s[%s]", base, text);
}

/* Whether a block that is open at `at` was opened behind `old`, which then stands in the head of it. */
static bool stands_in_head(struct where *w, struct span old, struct span at)
{
    size_t length;
    const char *text = old.file == at.file ? sources_text(w->f->sources, at.file, &length) : NULL;
    int depth = 0;
    for (uint32_t i = old.hi; text && i < at.lo; i++) {
        depth += (text[i] == '{') - (text[i] == '}');
    }
    return depth > 0;
}

static void declared_twice(struct where *w, const char *text, enum name_kind kind, struct span span,
                           const struct name *old)
{
    if (kind != NAME_SPECIES || !stands_in_head(w, old->span, span)) {
        name_declared_twice(w->f, span, text, old->span);
        return;
    }
    if (old->kind == NAME_SPECIES ||
        old->kind == NAME_DUAL) { /* so is a parameter without a value that reacts */
        diag_report(w->f->diag, DIAG_E0203, span, "'%s' is declared twice", text);
        diag_note(w->f->diag, old->span, "first declared here");
        diag_help(w->f->diag, "it stands in the parentheses already: remove one of the two");
        return;
    }
    size_t n = strlen(text);
    bool is_start = n > 1 && text[n - 1] == '0';
    diag_report(w->f->diag, DIAG_E0203, span, "'%s' is a parameter of this network already", text);
    diag_note(w->f->diag, old->span, "declared here");
    diag_help(
        w->f->diag,
        "remove it from the parentheses, or name the amount otherwise: `param %s%s`, `species %.*s = %s%s`",
        text, is_start ? "" : "0", (int)(is_start ? n - 1 : n), text, text, is_start ? "" : "0");
}

struct name *network_bind(struct where *w, struct scope *scope, const char *text, enum name_kind kind,
                          struct span span)
{
    struct name *n = scope_add(scope, text, kind, span);
    if (!n) {
        declared_twice(w, text, kind, span, scope_find_here(scope, text));
    }
    return n;
}

expr_id network_rail(struct where *w, expr_id v, bool negative)
{
    return expr_binary(w->ex, EXPR_MAX, negative ? expr_unary(w->ex, EXPR_NEG, v) : v, expr_real(w->ex, 0));
}

bool network_set_initial(struct where *w, const struct ref *r, const struct ast *value)
{
    struct where inner = *w;
    inner.purpose = FOR_INITIAL;
    expr_id v = value_real(&inner, value);
    struct dim amount = {.kind = DIM_KNOWN, .amount = 1};
    if (!v || !units_check(w, value, amount, "this amount", "an amount") ||
        !value_fits(w, value->span, v, r->shape, "this species")) {
        return false;
    }
    struct net *net = w->build->whole->net;
    bool scalar = value_info(w, v).shape.rank == 0;
    for (int64_t i = 0; i < shape_size(r->shape); i++) {
        expr_id e = scalar ? v : expr_element(w->ex, v, i);
        double known;
        bool constant = expr_const_real(w->ex, e, &known);
        if (constant && (!isfinite(known) || (known < 0 && r->kind == NAME_SPECIES))) {
            return front_no_amount(w->f, value->span, known);
        }
        if (r->kind == NAME_SPECIES) {
            net->species.data[r->ids[i]].init = e;
            continue;
        }
        net->species.data[r->ids[2 * i]].init = network_rail(w, e, false);
        net->species.data[r->ids[2 * i + 1]].init = network_rail(w, e, true);
    }
    return true;
}

static int32_t add_symbol(struct where *w, const char *full, enum symbol_kind kind, const struct ref *r,
                          struct span span)
{
    struct net *net = w->build->whole->net;
    int64_t n = shape_size(r->shape);
    expr_id *e = arena_alloc(w->f->arena, (size_t)(n ? n : 1) * 3 * sizeof *e);
    for (int64_t i = 0; i < n; i++) {
        if (kind == SYMBOL_DUAL) {
            e[n + i] = net_species_expr(net, r->ids[2 * i]);
            e[2 * n + i] = net_species_expr(net, r->ids[2 * i + 1]);
            e[i] = expr_binary(net->ex, EXPR_SUB, e[n + i], e[2 * n + i]);
        } else {
            e[i] = net_species_expr(net, r->ids[i]);
        }
    }
    int32_t s = net_add_symbol(net, full, kind, r->shape, e, span);
    if (kind == SYMBOL_DUAL) {
        net_add_symbol(net, arena_printf(w->f->arena, "%s.p", full), SYMBOL_SPECIES, r->shape, e + n, span);
        net_add_symbol(net, arena_printf(w->f->arena, "%s.n", full), SYMBOL_SPECIES, r->shape, e + 2 * n,
                       span);
    }
    return s;
}

static const struct ast *share_of(const struct ast *block, const char *text)
{
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        for (uint32_t k = 0; s->kind == AST_SHARE && k < s->n; k++) {
            if (share_reference(s, k)->kind == AST_NAME && share_reference(s, k)->name == text) {
                return share_reference(s, k);
            }
        }
    }
    return NULL;
}

const struct shared *network_shares(struct where *w, const char *text)
{
    const struct shared *s = w->build->shared;
    return s && share_of(s->block, text) && !network_turns(w)[0] ? s : NULL;
}

bool network_declare(struct where *w, const char *text, struct span span, enum ast_op kind, bool constant,
                     struct shape shape, const struct ast *init)
{
    struct net *net = w->build->whole->net;
    bool dual = kind == OP_DUAL;
    struct name *n = network_bind(w, w->scope, text, dual ? NAME_DUAL : NAME_SPECIES, span);
    if (!n) {
        return false;
    }
    const struct shared *shared = network_shares(w, text);
    if (shared && shared->first) {
        const struct name *other = scope_find_here(shared->first, text);
        n->shape = other->shape;
        n->ids = other->ids;
        n->index = other->index;
        return true;
    }
    const char *full = shared
                           ? intern_text(net->names, arena_printf(w->f->arena, "%s%s", shared->prefix, text))
                           : network_full_name(w, text);
    int32_t copy = shared ? 0 : w->build->copy;
    int64_t size = shape_size(shape), rails = dual ? 2 : 1;
    species_id *ids = arena_alloc(w->f->arena, (size_t)(size ? size * rails : 1) * sizeof *ids);
    for (int64_t i = 0; i < size; i++) {
        const char *element = network_element_name(w, full, shape, i);
        for (int64_t r = 0; r < rails; r++) {
            const char *name = dual ? arena_printf(w->f->arena, "%s.%c", element, r ? 'n' : 'p') : element;
            ids[rails * i + r] = net_add_species(net, name,
                                                 constant          ? SPECIES_CONSTANT
                                                 : kind == OP_BULK ? SPECIES_BULK
                                                                   : SPECIES_DISCRETE,
                                                 0, span);
            net->species.data[ids[rails * i + r]].instance = copy - 1;
        }
    }
    n->shape = shape;
    n->ids = ids;
    struct ref r = {.kind = n->kind, .shape = shape, .ids = ids, .name = n};
    n->index = add_symbol(w, full, dual ? SYMBOL_DUAL : SYMBOL_SPECIES, &r, span);
    return !init || network_set_initial(w, &r, init);
}

bool network_declare_entities(struct where *w, const struct ast *a)
{
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *d = declaration_dcl(a, i);
        struct shape s;
        good &= value_shape(w, dcl_dims(d), &s) &&
                network_declare(w, d->name, d->span, a->op, (a->flags & AST_IS_CONST) != 0, s, dcl_value(d));
    }
    return good;
}

bool network_declare_param(struct where *w, const struct ast *d, const struct where *at,
                           const struct ast *value)
{
    struct net *net = w->build->whole->net;
    struct shape s;
    if (!value_shape(w, dcl_dims(d), &s)) {
        scope_add(w->scope, d->name, NAME_REFUSED, d->span);
        return false;
    }
    struct where inner = *at;
    inner.purpose = FOR_DEFAULT;
    expr_id init = 0;
    struct shape has;
    int32_t first_number = -1;
    enum neural_follows follows =
        value ? neural_followed(&inner, value, &first_number, &has, &init) : NEURAL_NOT;
    if (follows != NEURAL_NOT) {
        s = dcl_dims(d) ? s : has;
        if (follows == NEURAL_FAILED ||
            (!shape_equal(s, has) && !diag_report(w->f->diag, DIAG_E0302, value->span,
                                                  "this parameter has the shape %s, and what it follows %s",
                                                  where_shape(w, s), where_shape(w, has)))) {
            scope_add(w->scope, d->name, NAME_REFUSED, d->span);
            return false;
        }
    } else if (value) {
        init = value_real(&inner, value);
        if (init && !dcl_dims(d)) {
            s = value_info(w, init).shape; /* param w = [1, 2] has the shape of its default */
        }
        if (!init || !value_fits(w, value->span, init, s, "this parameter")) {
            scope_add(w->scope, d->name, NAME_REFUSED, d->span);
            return false;
        }
    } else {
        diag_report(w->f->diag, DIAG_E0405, d->span, "the parameter '%s' has no value", d->name);
        diag_help(w->f->diag, "give it a default: %s = 1", d->name);
        return false;
    }
    struct name *n = network_bind(w, w->scope, d->name, NAME_VALUE, d->span);
    if (!n) {
        return false;
    }
    const char *full = network_full_name(w, d->name);
    int32_t number = net_add_param(net, full, s, init, d->span);
    struct net_param *p = &net->param.data[number];
    int32_t first = p->first;
    p->global = first_number;
    p->doc = d->doc ? intern_text(net->names, d->doc) : NULL;
    int64_t size = shape_size(s);
    expr_id *e = arena_alloc(w->f->arena, (size_t)(size ? size : 1) * sizeof *e);
    for (int64_t i = 0; i < size; i++) {
        e[i] = net_param_expr(net, first + (int32_t)i);
    }
    n->value = value_elements(w, s, e);
    n->dim = units_of(&inner, value);
    if (n->dim.kind == DIM_NUMBER && dcl_value(d)) {
        n->dim = units_of(w, dcl_value(d)); /* a given number has the unit of the default */
    }
    if (n->dim.kind == DIM_KNOWN && (n->dim.amount || n->dim.time)) {
        p->unit = intern_text(net->names, units_text(w, n->dim));
    }
    if (n->dim.kind == DIM_NUMBER) {
        n->dim.kind = DIM_UNKNOWN; /* a parameter whose default has no unit takes that of its argument */
    }
    n->index = net_add_symbol(net, full, SYMBOL_PARAM, s, e, d->span);
    return true;
}

bool network_declare_const(struct where *w, const struct ast *a)
{
    struct where inner = *w;
    inner.purpose = FOR_CONSTANT;
    expr_id v = value_of(&inner, const_value(a));
    if (!v) {
        scope_add(w->scope, a->name, NAME_REFUSED, a->span);
        return false;
    }
    if (!expr_is_const(w->ex, v)) {
        diag_report(w->f->diag, DIAG_E0304, const_value(a)->span,
                    "the value of the constant '%s' is not known when compiling", a->name);
        diag_help(w->f->diag, "`const` is known when compiling, `param` when running");
        return false;
    }
    struct name *n = network_bind(w, w->scope, a->name, NAME_VALUE, a->span);
    if (n) {
        n->value = v;
        n->dim = units_of(w, const_value(a));
    }
    return n != NULL;
}

/* A program parameter that a network reads becomes a parameter of the network, bound to it. */
static expr_id network_global(struct where *w, struct name *global)
{
    struct net_whole *whole = w->build->whole;
    for (size_t i = 0; i < whole->global.n; i++) {
        if (whole->global.data[i].global == global) {
            return whole->global.data[i].leaf;
        }
    }
    struct net *net = whole->net;
    expr_id value = expr_real(net->ex, w->f->program->global.data[global->index].value);
    int32_t at =
        net_add_param(net, intern_text(net->names, global->text), shape_scalar(), value, global->span);
    net->param.data[at].global = global->index;
    expr_id leaf = net_param_expr(net, net->param.data[at].first);
    if (net_find_symbol(net, global->text) < 0) {
        net_add_symbol(net, intern_text(net->names, global->text), SYMBOL_PARAM, shape_scalar(), &leaf,
                       global->span);
    }
    struct used_global used = {global, leaf};
    vec_push(&whole->global, used);
    return leaf;
}

expr_id network_global_leaf(struct where *w, int32_t global)
{
    const char *text = w->f->program->global.data[global].name;
    struct name *n = NULL;
    for (size_t i = 0; i < w->f->module.n; i++) {
        struct name *found = scope_find_here(w->f->module.data[i]->scope, intern_text(w->f->names, text));
        n = found && found->kind == NAME_GLOBAL && found->index == global ? found : n;
    }
    return n ? network_global(w, n) : 0;
}

expr_id read_global(struct where *w, const struct ast *a, struct name *n)
{
    if (where_place(w) == IN_NETWORK) {
        return network_global(w, n);
    }
    if (where_is_executed(w)) {
        return expr_leaf(w->ex, EXPR_GLOBAL, TYPE_REAL, shape_scalar(), n->index, 0);
    }
    diag_report(w->f->diag, DIAG_E0304, a->span,
                "'%s' is a run-time parameter; %s must be known when compiling", a->name,
                purpose_text(w->purpose));
    diag_help(w->f->diag,
              "declare `const %s = ...;`, which -D %s=... changes, or what reads it as a `param`, too",
              a->name, a->name);
    return false;
}

/* Whether the value looks like a side of a reaction, as `A`, `X[2]` and `A + B` do. */
static bool is_side(struct where *w, const struct ast *a)
{
    if (a->kind == AST_BINARY && a->op == OP_ADD) {
        return is_side(w, binary_left(a)) && is_side(w, binary_right(a));
    }
    while (a->kind == AST_INDEX || a->kind == AST_FIELD) {
        a = ast_base(a);
    }
    const struct name *n = a->kind == AST_NAME ? value_named(w, a) : NULL;
    return name_may(n, AT_AMOUNT);
}

/* Reports `m = copy(A, B);`, which is an instance as others write it. */
bool network_meant_instance(struct where *w, const struct ast *a)
{
    const struct ast *call = assign_value(a);
    const struct ast *callee = call->kind == AST_CALL ? call_callee(call) : NULL;
    const struct name *n = callee && callee->kind == AST_NAME ? value_named(w, callee) : NULL;
    if (a->op != OP_SET || !name_may(n, AT_BODY)) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0108, a->span, "an instance of a network has its name before a colon");
    diag_help(w->f->diag, "write `%s: %s;`", front_source_text(w->f, assign_target(a)->span),
              front_source_text(w->f, call->span));
    return true;
}

bool network_meant_reaction(struct where *w, const struct ast *a)
{
    bool meant = a->op == OP_SET && is_side(w, assign_value(a));
    const struct ast *target = assign_target(a);
    const struct name *n = target->kind == AST_NAME ? value_named(w, target) : NULL;
    bool is_name = target->kind == AST_NAME && (!n || n->kind == NAME_REFUSED);
    if (meant && is_name) {
        const char *text = strcmp(target->name, "output") == 0 ? "total" : target->name;
        diag_report(w->f->diag, DIAG_E0201, target->span, "'%s' is not declared", target->name);
        diag_help(w->f->diag, "a formula of amounts has a name behind `output`: output %s = %s;", text,
                  front_source_text(w->f, assign_value(a)->span));
    } else if (meant) {
        diag_report(w->f->diag, DIAG_E0108, a->span, "a reaction is written with an arrow, not with `=`");
        diag_help(w->f->diag, "write `->`, or `<->` for both directions; an initial amount is a number or "
                              "depends on parameters");
    }
    return meant;
}

bool network_initial(struct where *w, const struct ast *a)
{
    struct ref r;
    if (network_meant_instance(w, a) || network_meant_reaction(w, a)) {
        return false;
    }
    if (a->op != OP_SET) {
        return diag_report(w->f->diag, DIAG_E0402, a->span, "an initial amount is set with '='");
    }
    if (!network_ref(w, assign_target(a), &r)) {
        return false;
    }
    if (!name_kind_may(r.kind, AT_AMOUNT)) {
        return diag_report(w->f->diag, DIAG_E0404, assign_target(a)->span,
                           "the initial amount of a species stands here");
    }
    return network_set_initial(w, &r, assign_value(a));
}

bool network_inputs(struct where *w, const struct ast *a)
{
    struct net *net = w->build->whole->net;
    for (uint32_t i = 0; i < a->n; i++) {
        struct name *n = scope_find_here(w->scope, declaration_dcl(a, i)->name);
        if (!n || n->index < 0) {
            return value_unknown(w, declaration_dcl(a, i)->span, declaration_dcl(a, i)->name, NAME_AS_VALUE);
        }
        net->symbol.data[n->index].flags |= SYMBOL_IS_INPUT;
        int64_t size = n->ids ? shape_size(n->shape) * (n->kind == NAME_DUAL ? 2 : 1) : 0;
        for (int64_t k = 0; k < size; k++) {
            net->species.data[n->ids[k]].flags |= SPECIES_INPUT;
        }
    }
    return true;
}

static bool output(struct where *w, const struct ast *d)
{
    struct net *net = w->build->whole->net;
    if (!dcl_value(d)) {
        struct name *known = scope_find_here(w->scope, d->name);
        if (!known) {
            return value_unknown(w, d->span, d->name, NAME_AS_VALUE);
        }
        if (known->index >= 0 && w->build->is_root) {
            net->symbol.data[known->index].flags |= SYMBOL_IS_OUTPUT;
        }
        return true;
    }
    struct where inner = *w;
    inner.purpose = FOR_OUTPUT;
    expr_id v = value_real(&inner, dcl_value(d));
    struct name *name = v ? network_bind(w, w->scope, d->name, NAME_VALUE, d->span) : NULL;
    if (!name) {
        return false;
    }
    struct shape shape = value_info(w, v).shape;
    int64_t n = shape_size(shape);
    expr_id *e = arena_alloc(w->f->arena, (size_t)(n ? n : 1) * sizeof *e);
    for (int64_t i = 0; i < n; i++) {
        e[i] = expr_element(w->ex, v, i);
    }
    name->value = v;
    name->index = net_add_symbol(net, network_full_name(w, d->name), SYMBOL_OUTPUT, shape, e, d->span);
    if (w->build->is_root) {
        net->symbol.data[name->index].flags |= SYMBOL_IS_OUTPUT;
    }
    return true;
}

bool network_outputs(struct where *w, const struct ast *a)
{
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        good &= output(w, declaration_dcl(a, i));
    }
    return good;
}

/* A phase is a guard, which is made where the phase is first named. Whether the clock has such a phase is
 * checked at the end. */
int32_t network_guard(struct where *w, const char *text, struct span span)
{
    struct net_whole *whole = w->build->whole;
    for (size_t i = 0; i < whole->phase.n; i++) {
        if (whole->phase.data[i].text == text) {
            return whole->phase.data[i].guard;
        }
    }
    struct used_phase p = {text, net_add_guard(whole->net, text, false), span};
    vec_push(&whole->phase, p);
    return p.guard;
}
