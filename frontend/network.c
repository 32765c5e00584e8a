/* Bodies of networks: declarations, generation by loops and conditions, instances; and networks on demand. A body is read in
 * turns, so that the order of its statements is free: units, constants and parameters, species, everything else, outputs. */
#include "frontend/network.h"

#include <math.h>
#include <string.h>

enum { MAX_INSTANCE_DEPTH = 64 };

/* ---- declarations ---- */

static const char *full_name(struct where *w, const char *text)
{
    const struct net_build *b = w->build;
    return intern_text(b->whole->net->names, arena_printf(w->f->arena, "%s%s%s", b->prefix, text, b->suffix));
}

static const char *element_name(struct where *w, const char *base, struct shape s, int64_t i)
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
    return intern_text(w->build->whole->net->names, arena_printf(w->f->arena, "%s[%s]", base, text));
}

static struct name *bind(struct where *w, const char *text, enum name_kind kind, struct span span)
{
    struct name *n = scope_add(w->scope, text, kind, span);
    if (!n) {
        struct name *old = scope_find_here(w->scope, text);
        diag_report(w->f->diag, DIAG_E0203, span, "'%s' is declared twice", text);
        diag_note(w->f->diag, old->span, "first declared here");
    }
    return n;
}

/* Initial amounts; the value of a dual is split by sign over its rails. */
static bool set_initial(struct where *w, const struct ref *r, const struct ast *value)
{
    struct where inner = *w;
    inner.no_species = true;
    inner.what = "an initial amount";
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
            diag_report(w->f->diag, DIAG_E0402, value->span, "an amount is a finite number that is not negative, not %g", known);
            if (known < 0) {
                diag_help(w->f->diag, "a value that may be negative is carried by two species: declare it `dual`");
            }
            return false;
        }
        if (r->kind == NAME_SPECIES) {
            net->species.data[r->ids[i]].init = e;
            continue;
        }
        expr_id zero = expr_real(w->ex, 0);
        net->species.data[r->ids[2 * i]].init = expr_binary(w->ex, EXPR_MAX, e, zero);
        net->species.data[r->ids[2 * i + 1]].init = expr_binary(w->ex, EXPR_MAX, expr_unary(w->ex, EXPR_NEG, e), zero);
    }
    return true;
}

static void add_symbol(struct where *w, const char *full, enum symbol_kind kind, const struct ref *r, struct span span)
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
    net_add_symbol(net, full, kind, r->shape, e, span);
    if (kind == SYMBOL_DUAL) {
        net_add_symbol(net, arena_printf(w->f->arena, "%s.p", full), SYMBOL_SPECIES, r->shape, e + n, span);
        net_add_symbol(net, arena_printf(w->f->arena, "%s.n", full), SYMBOL_SPECIES, r->shape, e + 2 * n, span);
    }
}

bool network_declare(struct where *w, const char *text, struct span span, enum ast_op kind, bool constant,
                     struct shape shape, const struct ast *init)
{
    struct net *net = w->build->whole->net;
    bool dual = kind == OP_DUAL;
    struct name *n = bind(w, text, dual ? NAME_DUAL : NAME_SPECIES, span);
    if (!n) {
        return false;
    }
    const char *full = full_name(w, text);
    int64_t size = shape_size(shape), rails = dual ? 2 : 1;
    species_id *ids = arena_alloc(w->f->arena, (size_t)(size ? size * rails : 1) * sizeof *ids);
    for (int64_t i = 0; i < size; i++) {
        const char *element = element_name(w, full, shape, i);
        for (int64_t r = 0; r < rails; r++) {
            const char *name = dual ? arena_printf(w->f->arena, "%s.%c", element, r ? 'n' : 'p') : element;
            ids[rails * i + r] =
                net_add_species(net, name, constant ? SPECIES_CONSTANT : SPECIES_DISCRETE, 0, span);
        }
    }
    n->shape = shape;
    n->ids = ids;
    struct ref r = {.kind = n->kind, .shape = shape, .ids = ids, .name = n};
    if (!w->build->suffix[0]) {
        add_symbol(w, full, dual ? SYMBOL_DUAL : SYMBOL_SPECIES, &r, span);
    }
    return !init || set_initial(w, &r, init);
}

static bool declare_entities(struct where *w, const struct ast *a)
{
    if (a->op == OP_BULK) {
        return front_later(w->f, a->span, "`bulk` species");
    }
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *d = a->kid[i];
        struct shape s;
        good &= value_shape(w, d->kid[0], &s) &&
                network_declare(w, d->name, d->span, a->op, (a->flags & AST_IS_CONST) != 0, s, d->kid[1]);
    }
    return good;
}

static bool declare_param(struct where *w, const struct ast *d, bool needs_default)
{
    struct net *net = w->build->whole->net;
    struct shape s;
    if (!value_shape(w, d->kid[0], &s)) {
        return false;
    }
    struct where inner = *w;
    inner.no_species = true;
    inner.what = "the default of a parameter";
    expr_id init = 0;
    if (d->kid[1]) {
        init = value_real(&inner, d->kid[1]);
        if (init && !d->kid[0]) {
            s = value_info(w, init).shape;          /* param w = [1, 2]: the shape is that of the default */
        }
        if (!init || !value_fits(w, d->kid[1]->span, init, s, "this parameter")) {
            return false;
        }
    } else if (needs_default) {
        diag_report(w->f->diag, DIAG_E0405, d->span, "the parameter '%s' has no value", d->name);
        diag_help(w->f->diag, "give it a default: %s = 1", d->name);
        return false;
    }
    struct name *n = bind(w, d->name, NAME_VALUE, d->span);
    if (!n) {
        return false;
    }
    const char *full = full_name(w, d->name);
    int32_t at = net_add_param(net, full, s, init, d->span);
    int32_t first = net->param.data[at].first;
    net->param.data[at].doc = d->doc ? intern_text(net->names, d->doc) : NULL;
    int64_t size = shape_size(s);
    expr_id *e = arena_alloc(w->f->arena, (size_t)(size ? size : 1) * sizeof *e);
    for (int64_t i = 0; i < size; i++) {
        e[i] = net_param_expr(net, first + (int32_t)i);
    }
    n->value = value_elements(w, s, e);
    n->dim = d->kid[1] ? units_of(w, d->kid[1]) : n->dim;
    if (n->dim.kind == DIM_NUMBER) {
        n->dim.kind = DIM_UNKNOWN;      /* a default without a unit: it takes that of its argument */
    }
    if (!w->build->suffix[0]) {
        net_add_symbol(net, full, SYMBOL_PARAM, s, e, d->span);
    }
    return true;
}

static bool declare_const(struct where *w, const struct ast *a)
{
    struct where inner = *w;
    inner.what = "a constant";
    expr_id v = value_of(&inner, a->kid[0]);
    if (!v) {
        return false;
    }
    if (!expr_is_const(w->ex, v)) {
        diag_report(w->f->diag, DIAG_E0304, a->kid[0]->span, "the value of the constant '%s' is not known when compiling",
                    a->name);
        diag_help(w->f->diag, "`const` is known when compiling, `param` when running");
        return false;
    }
    struct name *n = bind(w, a->name, NAME_VALUE, a->span);
    if (n) {
        n->value = v;
        n->dim = units_of(w, a->kid[0]);
    }
    return n != NULL;
}

/* A program parameter that a network reads becomes a parameter of the network, bound to it. */
expr_id network_global(struct where *w, struct name *global)
{
    struct net_whole *whole = w->build->whole;
    for (size_t i = 0; i < whole->global.n; i++) {
        if (whole->global.data[i].global == global) {
            return whole->global.data[i].leaf;
        }
    }
    struct net *net = whole->net;
    expr_id value = expr_real(net->ex, w->f->program->global.data[global->index].value);
    int32_t at = net_add_param(net, intern_text(net->names, global->text), shape_scalar(), value, global->span);
    net->param.data[at].global = global->index;
    expr_id leaf = net_param_expr(net, net->param.data[at].first);
    if (net_find_symbol(net, global->text) < 0) {
        net_add_symbol(net, intern_text(net->names, global->text), SYMBOL_PARAM, shape_scalar(), &leaf, global->span);
    }
    struct used_global used = {global, leaf};
    vec_push(&whole->global, used);
    return leaf;
}

/* ---- instances ---- */

static const struct ast *argument(const struct ast *call, const char *name, uint32_t position)
{
    uint32_t at = 0;
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *arg = call->kid[i];
        if (arg->name ? arg->name == name : at++ == position) {
            return arg->kid[0];
        }
    }
    return NULL;
}

static bool check_arguments(struct where *w, const struct ast *call, const struct ast *params, const char *network)
{
    uint32_t position = 0;
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *arg = call->kid[i];
        bool known = false;
        for (uint32_t k = 0; k < params->n && arg->name; k++) {
            known |= params->kid[k]->name == arg->name;
        }
        if (arg->name && !known) {
            const char *list[64];
            size_t n = params->n < 64 ? params->n : 64;
            for (size_t k = 0; k < n; k++) {
                list[k] = params->kid[k]->name;
            }
            diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' has no parameter '%s'", network, arg->name);
            const char *near = diag_nearest(arg->name, list, n);
            if (near) {
                diag_help(w->f->diag, "did you mean '%s'?", near);
            }
            return false;
        }
        if (!arg->name && position++ >= params->n) {
            return diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' takes %u arguments", network, params->n);
        }
    }
    return true;
}

static bool pass_species(struct where *outer, struct where *inner, const struct ast *p, const struct ast *given,
                         struct shape shape)
{
    struct ref r;
    if (!network_ref(outer, given, &r)) {
        return false;
    }
    enum name_kind want = p->op == OP_DUAL ? NAME_DUAL : NAME_SPECIES;
    if (r.kind != want) {
        diag_report(outer->f->diag, DIAG_E0306, given->span, "'%s' takes a %s here", p->name,
                    want == NAME_DUAL ? "dual value" : "species");
        diag_note(outer->f->diag, p->span, "declared here");
        return false;
    }
    if (!shape_equal(r.shape, shape)) {
        diag_report(outer->f->diag, DIAG_E0302, given->span, "'%s' has the shape %s, this one %s", p->name,
                    where_shape(outer, shape), where_shape(outer, r.shape));
        return false;
    }
    struct name *n = bind(inner, p->name, want, p->span);
    if (n) {
        n->shape = r.shape;
        n->ids = r.ids;
    }
    return n != NULL;
}

static bool pass_value(struct where *outer, struct where *inner, const struct ast *p, const struct ast *given)
{
    struct where from = *outer;
    from.no_species = true;
    from.what = "a parameter";
    expr_id v = p->op == OP_CONST ? value_of(&from, given) : value_real(&from, given);
    struct shape s;
    if (!v || !value_shape(inner, p->kid[0], &s) || (p->kid[0] && !value_fits(outer, given->span, v, s, "this parameter"))) {
        return false;
    }
    if (p->op == OP_CONST && !expr_is_const(outer->ex, v)) {
        diag_report(outer->f->diag, DIAG_E0304, given->span, "'%s' must be known when compiling", p->name);
        diag_note(outer->f->diag, p->span, "declared `const` here");
        return false;
    }
    if (p->kid[0] && value_info(outer, v).shape.rank == 0 && s.rank > 0) {
        v = expr_fill(outer->ex, v, s);
    }
    struct name *n = bind(inner, p->name, NAME_VALUE, p->span);
    if (n) {
        n->value = v;
        n->dim = units_of(outer, given);
    }
    return n != NULL;
}

/* Binds the parameters of a network: to arguments of the call, or (call NULL, or none given) to what they declare themselves. */
static bool bind_parameters(struct where *outer, struct where *inner, const struct ast *params, const struct ast *call)
{
    bool good = true;
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *p = params->kid[i];
        const struct ast *given = call ? argument(call, p->name, i) : NULL;
        struct shape s;
        switch (p->op) {
        case OP_SPECIES:
        case OP_DUAL:
            good &= value_shape(inner, p->kid[0], &s) &&
                    (given ? pass_species(outer, inner, p, given, s)
                           : network_declare(inner, p->name, p->span, p->op, false, s, p->kid[1]));
            break;
        case OP_BULK: return front_later(inner->f, p->span, "`bulk` species");
        case OP_CONST:
            if (given) {
                good &= pass_value(outer, inner, p, given);
            } else if (p->kid[1]) {
                struct ast as_const = *p;
                as_const.kid = (struct ast *[]){p->kid[1]};
                as_const.n = 1;
                good &= declare_const(inner, &as_const);
            } else {
                good = diag_report(inner->f->diag, DIAG_E0405, call ? call->span : p->span, "the constant '%s' has no value",
                                   p->name);
            }
            break;
        default:
            good &= given ? pass_value(outer, inner, p, given) : declare_param(inner, p, true);
            break;
        }
    }
    return good;
}

static const char *instance_label(struct where *w, const struct ast *a, struct name *network)
{
    if (a->kid[0]) {
        if (a->kid[0]->kind == AST_NAME) {
            return a->kid[0]->name;
        }
        const char *text = a->kid[0]->kid[0]->name;
        for (uint32_t i = 1; i < a->kid[0]->n; i++) {
            int64_t at;
            if (!value_const_int(w, a->kid[0]->kid[i], &at)) {
                return NULL;
            }
            text = arena_printf(w->f->arena, "%s%s%lld", text, i == 1 ? "[" : ",", (long long)at);
        }
        return intern_text(w->f->names, arena_printf(w->f->arena, "%s]", text));
    }
    struct net_whole *whole = w->build->whole;
    struct instance_count *c = NULL;
    for (size_t i = 0; i < whole->instance.n; i++) {
        if (whole->instance.data[i].network == network) {
            c = &whole->instance.data[i];
        }
    }
    if (!c) {
        struct instance_count first = {network, 0};
        vec_push(&whole->instance, first);
        c = &vec_last(&whole->instance);
    }
    const char *label;
    do {
        c->count++;
        label = c->count == 1 ? network->text : arena_printf(w->f->arena, "%s_%d", network->text, c->count);
        label = intern_text(w->f->names, label);
    } while (scope_find_here(w->scope, label));
    return label;
}

static bool instance(struct where *w, const struct ast *a)
{
    struct front *f = w->f;
    /* Networks are of the top level only; an unlabelled instance has the name of its network. */
    struct name *network = module_find(w->module, a->name);
    if (!network) {
        return value_unknown(w, a->span, a->name);
    }
    if (network->kind != NAME_NETWORK) {
        return diag_report(f->diag, DIAG_E0204, a->span, "'%s' is not a network", a->name);
    }
    if (network->ast->kind != AST_NETWORK) {
        return front_later(f, a->span, "instances of lowered, optimised or imported networks");
    }
    if (network->busy || f->depth >= MAX_INSTANCE_DEPTH) {
        return diag_report(f->diag, DIAG_E0206, a->span, "the network '%s' contains itself", a->name);
    }
    const char *label = instance_label(w, a, network);
    if (!label || !check_arguments(w, a, network->ast->kid[0], a->name)) {
        return false;
    }
    struct net_build build = *w->build;
    struct where inner = *w;
    build.prefix = arena_printf(f->arena, "%s%s%s.", w->build->prefix, label, w->build->suffix);
    build.origin = intern_text(build.whole->net->names, arena_printf(f->arena, "%.*s of %s", (int)strlen(build.prefix) - 1,
                                                                     build.prefix, network->text));
    build.is_root = false;
    inner.build = &build;
    inner.module = network->module;
    inner.scope = scope_create(f->arena, NULL);
    network->busy = true;
    f->depth++;
    bool good = bind_parameters(w, &inner, network->ast->kid[0], a) && network_body(&inner, network->ast->kid[1]);
    f->depth--;
    network->busy = false;
    struct name *n = bind(w, label, NAME_INSTANCE, a->span);
    if (n) {
        n->members = inner.scope;
    }
    return good && n;
}

/* ---- statements ---- */

static bool initial_statement(struct where *w, const struct ast *a)
{
    struct ref r;
    if (a->op != OP_SET) {
        return diag_report(w->f->diag, DIAG_E0402, a->span, "an initial amount is set with '='");
    }
    if (!network_ref(w, a->kid[0], &r)) {
        return false;
    }
    if (r.kind != NAME_SPECIES && r.kind != NAME_DUAL) {
        return diag_report(w->f->diag, DIAG_E0404, a->kid[0]->span, "the initial amount of a species stands here");
    }
    return set_initial(w, &r, a->kid[1]);
}

static bool generated(struct where *w, void *env)
{
    const struct ast *block = env;
    struct net_build build = *w->build;
    struct where inner = *w;
    char index[32] = "";
    /* The scope of the innermost binder holds its one name. */
    struct name *binder = scope_at(w->scope, 0);
    int64_t at;
    if (expr_const_int(w->ex, binder->value, &at)) {
        snprintf(index, sizeof index, "[%lld]", (long long)at);
    }
    build.suffix = arena_printf(w->f->arena, "%s%s", build.suffix, index);
    inner.build = &build;
    inner.scope = scope_create(w->f->arena, w->scope);
    return network_body(&inner, block);
}

static bool conditional(struct where *w, const struct ast *a)
{
    expr_id c = value_condition(w, a->kid[0]);
    if (!c) {
        return false;
    }
    if (!expr_is_const(w->ex, c)) {
        diag_report(w->f->diag, DIAG_E0304, a->kid[0]->span, "which reactions exist must be known when compiling");
        diag_help(w->f->diag, "conditions of networks use `const`; a rate may depend on a `param`");
        return false;
    }
    const struct ast *branch = value_info(w, c).v.integer ? a->kid[1] : a->kid[2];
    if (!branch) {
        return true;
    }
    if (branch->kind == AST_IF) {
        return conditional(w, branch);
    }
    /* A branch is part of the body around it: what it declares is seen after it. */
    return network_body(w, branch);
}

static bool assumption(struct where *w, const struct ast *a)
{
    struct net *net = w->build->whole->net;
    expr_id c = value_of(w, a->kid[0]);
    if (!c) {
        return false;
    }
    if (value_info(w, c).type != TYPE_BOOL) {
        return diag_report(w->f->diag, DIAG_E0303, a->kid[0]->span, "a condition is needed here");
    }
    int64_t n = shape_size(value_info(w, c).shape);
    for (int64_t i = 0; i < n; i++) {
        struct assume as = {value_info(w, c).shape.rank ? expr_element(w->ex, c, i) : c, a->span};
        vec_push(&net->assume, as);
    }
    return true;
}

static bool mark_inputs(struct where *w, const struct ast *a)
{
    struct net *net = w->build->whole->net;
    for (uint32_t i = 0; i < a->n; i++) {
        const char *full = full_name(w, a->kid[i]->name);
        int32_t s = net_find_symbol(net, full);
        if (s < 0) {
            return value_unknown(w, a->kid[i]->span, a->kid[i]->name);
        }
        net->symbol.data[s].flags |= SYMBOL_IS_INPUT;
        struct name *n = scope_find_here(w->scope, a->kid[i]->name);
        int64_t size = n && n->ids ? shape_size(n->shape) * (n->kind == NAME_DUAL ? 2 : 1) : 0;
        for (int64_t k = 0; k < size; k++) {
            net->species.data[n->ids[k]].flags |= SPECIES_INPUT;
        }
    }
    return true;
}

static bool output(struct where *w, const struct ast *d)
{
    struct net *net = w->build->whole->net;
    const char *full = full_name(w, d->name);
    int32_t s = net_find_symbol(net, full);
    if (!d->kid[1]) {
        struct name *n = scope_find_here(w->scope, d->name);
        if (!n) {
            return value_unknown(w, d->span, d->name);
        }
        if (s >= 0 && w->build->is_root) {
            net->symbol.data[s].flags |= SYMBOL_IS_OUTPUT;
        }
        return true;
    }
    if (s >= 0) {
        diag_report(w->f->diag, DIAG_E0203, d->span, "'%s' is declared twice", d->name);
        diag_note(w->f->diag, net->symbol.data[s].span, "first declared here");
        return false;
    }
    struct where inner = *w;
    inner.what = "an output";
    expr_id v = value_real(&inner, d->kid[1]);
    if (!v) {
        return false;
    }
    struct shape shape = value_info(w, v).shape;
    int64_t n = shape_size(shape);
    expr_id *e = arena_alloc(w->f->arena, (size_t)(n ? n : 1) * sizeof *e);
    for (int64_t i = 0; i < n; i++) {
        e[i] = expr_element(w->ex, v, i);
    }
    s = net_add_symbol(net, full, SYMBOL_OUTPUT, shape, e, d->span);
    if (w->build->is_root) {
        net->symbol.data[s].flags |= SYMBOL_IS_OUTPUT;
    }
    struct name *name = bind(w, d->name, NAME_VALUE, d->span);
    if (name) {
        name->value = v;
    }
    return name != NULL;
}

static bool outputs(struct where *w, const struct ast *a)
{
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        good &= output(w, a->kid[i]);
    }
    return good;
}

static bool statement(struct where *w, const struct ast *a)
{
    switch (a->kind) {
    case AST_REACTION: return network_reaction(w, a);
    case AST_ENERGY: return network_energy(w, a);
    case AST_INSTANCE: return instance(w, a);
    case AST_ASSIGN: return initial_statement(w, a);
    case AST_FOR: return value_expand(w, a->kid[0], generated, a->kid[1]);
    case AST_IF: return conditional(w, a);
    case AST_INPUT: return mark_inputs(w, a);
    case AST_ASSUME: return assumption(w, a);
    case AST_ODE: return network_ode(w, a);
    case AST_PHASE: return front_later(w->f, a->span, "phases");
    case AST_CLOCK: return front_later(w->f, a->span, "clocks");
    case AST_REPLICATE: return front_later(w->f, a->span, "`replicate`");
    case AST_EVENT: return front_later(w->f, a->span, "events");
    default: return true;
    }
}

static bool declared_early(int kind)
{
    return kind == AST_CONST || kind == AST_PARAM || kind == AST_ENTITY || kind == AST_OUTPUT || kind == AST_UNITS ||
           kind == AST_VOLUME;
}

bool network_body(struct where *w, const struct ast *block)
{
    bool good = true;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block->kid[i];
        if (a->kind == AST_UNITS) {
            good &= units_declare(w, a);
        } else if (a->kind == AST_VOLUME) {
            good &= units_volume(w, a);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block->kid[i];
        if (a->kind == AST_CONST) {
            good &= declare_const(w, a);
        }
        for (uint32_t k = 0; a->kind == AST_PARAM && k < a->n; k++) {
            good &= declare_param(w, a->kid[k], true);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        if (block->kid[i]->kind == AST_ENTITY) {
            good &= declare_entities(w, block->kid[i]);
        }
    }
    for (uint32_t i = 0; i < block->n && w->f->n_reactions <= w->f->max_reactions; i++) {
        if (!declared_early(block->kid[i]->kind)) {
            good &= statement(w, block->kid[i]);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        if (block->kid[i]->kind == AST_OUTPUT) {
            good &= outputs(w, block->kid[i]);
        }
    }
    return good;
}

/* ---- on demand ---- */

/* The parameters in the head of a network are in the units that its body declares. */
static bool first_units(struct where *w, const struct ast *block)
{
    bool good = true;
    for (uint32_t i = 0; i < block->n && good; i++) {
        good = block->kid[i]->kind != AST_UNITS || units_declare(w, block->kid[i]);
    }
    return good;
}

static struct net_units export_units(struct net *net, const struct units *u)
{
    struct net_units to = {.volume = u->volume};
    if (u->given) {
        to.amount = intern_text(net->names, u->amount_name);
        to.time = intern_text(net->names, u->time_name);
        to.amount_factor = u->amount;
        to.time_factor = u->time;
        to.is_concentration = u->is_concentration;
    }
    return to;
}

static struct net *elaborate(struct front *f, struct name *name, struct units *units)
{
    struct net_whole whole = {.net = net_create(name->text)};
    struct net_build build = {.whole = &whole, .prefix = "", .suffix = "", .is_root = true};
    struct where w = {.f = f, .ex = whole.net->ex, .scope = scope_create(f->arena, NULL), .module = name->module,
                      .build = &build, .units = &whole.units};
    whole.net->file = intern_text(whole.net->names, sources_name(f->sources, name->module->file));
    bool good = first_units(&w, name->ast->kid[1]) && bind_parameters(&w, &w, name->ast->kid[0], NULL) &&
                network_body(&w, name->ast->kid[1]);
    *units = whole.units;
    whole.net->units = export_units(whole.net, units);
    vec_free(&whole.energy);
    vec_free(&whole.has_ode);
    vec_free(&whole.global);
    vec_free(&whole.instance);
    if (!good || !net_verify(whole.net, f->diag)) {
        net_destroy(whole.net);
        return NULL;
    }
    return whole.net;
}

int32_t network_use(struct front *f, struct name *name, struct span at)
{
    if (name->index >= 0 || name->failed) {
        return name->index;
    }
    if (name->ast->kind != AST_NETWORK) {
        front_later(f, at, "`lower`, `optimize` and `import`");
        name->failed = true;
        return -1;
    }
    name->busy = true;
    struct units units;
    struct net *net = elaborate(f, name, &units);
    name->busy = false;
    if (!net) {
        name->failed = true;
        return -1;
    }
    struct net_use use = {.net = net};
    vec_push(&f->program->net, use);
    vec_push(&f->units, units);
    return name->index = (int32_t)f->program->net.n - 1;
}
