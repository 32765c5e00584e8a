/* Instances of networks in networks, such as `m: min2(X1, X2, Y);`. */
#include "frontend/network/expansion.h"
#include "frontend/name.h"
#include "frontend/network/network.h"

#include <string.h>

enum { MAX_INSTANCE_DEPTH = 64, REACTIONS_PER_INSTANCE = 20 };

const struct ast *network_given(const struct ast *call, const char *name, uint32_t position)
{
    uint32_t at = 0;
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *arg = instance_arg(call, i);
        if (arg->name ? arg->name == name : at++ == position) {
            return arg_value(arg);
        }
    }
    return NULL;
}

/* Adds the help: the parameter with a name near to `word`, or a list of what the network takes. */
static void help_parameters(struct where *w, const struct ast *params, const char *word)
{
    enum { MOST = 8 };
    struct arena *a = w->f->arena;
    const char **list = arena_alloc(a, (params->n + 1) * sizeof *list);
    for (uint32_t k = 0; k < params->n; k++) {
        list[k] = list_item(params, k)->name;
    }
    if (!name_help_nearest(w->f, word, list, params->n)) {
        const char *text = arena_join(a, list, params->n < MOST ? params->n : MOST, ", ");
        diag_help(w->f->diag, "it takes %s%s", params->n ? text : "nothing", params->n > MOST ? ", ..." : "");
    }
}

/* Whether the network declares a species of its own with this name, which no call gives an amount; adds the
 * help that says how it gets one. */
static bool help_own_species(struct where *w, const char *network, const struct ast *arg)
{
    const struct name *n = module_find(w->module, intern_text(w->f->names, network));
    const struct ast *block = n && network_has_text(n) ? network_block(n->ast) : NULL;
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; a->kind == AST_ENTITY && k < a->n; k++) {
            if (declaration_dcl(a, k)->name == arg->name) {
                diag_help(w->f->diag,
                          "it is a species of its own, whose amount is a parameter if calls are to give it: "
                          "`network %s(..., %s0 = 1) { species %s = %s0; ... }`, then `%s(%s0 = %s)`",
                          network, arg->name, arg->name, arg->name, network, arg->name,
                          front_source_text(w->f, arg_value(arg)->span));
                return true;
            }
        }
    }
    return false;
}

bool network_arguments_fit(struct where *w, const struct ast *call, const struct ast *params,
                           const char *network)
{
    uint32_t position = 0, places = 0;
    if (!call_given_once(w, call, 1)) {
        return false;
    }
    for (uint32_t i = 1; i < call->n; i++) {
        places += !instance_arg(call, i)->name;
    }
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *arg = instance_arg(call, i);
        bool known = arg->name && w->build && w->build->is_root && strchr(arg->name, '.');
        for (uint32_t k = 0; k < params->n && arg->name; k++) {
            bool same = list_item(params, k)->name == arg->name;
            known |= same;
            if (same && k < places) {
                return front_given_twice(w->f, DIAG_E0306, arg->span, arg->name);
            }
        }
        if (arg->name && !known) {
            diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' has no parameter '%s'", network, arg->name);
            if (!help_own_species(w, network, arg)) {
                help_parameters(w, params, arg->name);
            }
            return false;
        }
        if (!arg->name && position++ >= params->n) {
            diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' takes %u argument%s, and %u are given",
                        network, params->n, params->n == 1 ? "" : "s", places);
            help_parameters(w, params, "");
            return false;
        }
    }
    return true;
}

static bool has_discrete(struct where *w, const struct ref *r)
{
    bool any = false;
    for (int64_t i = 0; i < shape_size(r->shape); i++) {
        any |= w->build->whole->net->species.data[r->ids[i]].kind == SPECIES_DISCRETE;
    }
    return any;
}

/* The first species that the instance makes itself, which the help names. */
static const char *own_member(struct where *w, const struct name *n)
{
    const struct ast *call = n->ast && n->ast->kind == AST_INSTANCE ? n->ast : NULL;
    const struct name *network = call ? module_find(w->module, call->name) : NULL;
    bool is_body = network && network->kind == NAME_NETWORK && network->ast->kind == AST_NETWORK;
    const struct ast *params = is_body ? network_nparams(network->ast) : NULL;
    for (uint32_t i = 0; params && i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        if (p->op == OP_SPECIES && !network_given(call, p->name, i)) {
            return p->name;
        }
    }
    return "NAME";
}

/* The names of this kind that may be given here, parted by commas; "" if there is none. */
static const char *names_of_kind(struct where *w, enum name_kind kind)
{
    enum { MOST = 8 };
    const char *list[MOST];
    size_t found = 0;
    for (struct scope *s = w->scope; s; s = scope_parent(s)) {
        for (size_t i = 0; i < scope_count(s); i++) {
            const struct name *n = scope_at(s, i);
            if (n->kind == kind && found++ < MOST) {
                list[found - 1] = n->text;
            }
        }
    }
    const char *joined = arena_join(w->f->arena, list, found < MOST ? found : MOST, ", ");
    return found > MOST ? arena_printf(w->f->arena, "%s, ...", joined) : joined;
}

bool network_takes(struct where *w, const struct ast *p, const struct ast *given, const struct name *n,
                   enum name_kind kind, bool is_discrete)
{
    enum name_kind want = p->op == OP_DUAL ? NAME_DUAL : NAME_SPECIES;
    if (kind == want && !(p->op == OP_BULK && is_discrete)) {
        return true;
    }
    const char *wanted = want == NAME_DUAL  ? "dual value"
                         : p->op == OP_BULK ? "bulk concentration"
                                            : "species";
    if (n && kind != want) {
        diag_report(w->f->diag, DIAG_E0306, given->span, "'%s' is %s, and '%s' takes a %s here",
                    front_source_text(w->f, given->span), name_class(kind)->text, p->name, wanted);
    } else {
        diag_report(w->f->diag, DIAG_E0306, given->span, "'%s' takes a %s here", p->name, wanted);
    }
    diag_note(w->f->diag, p->span, "the argument '%s' is declared here", p->name);
    const char *others = names_of_kind(w, want);
    if (kind == NAME_INSTANCE) {
        const char *text = front_source_text(w->f, given->span);
        diag_help(w->f->diag, "'%s' is an instance of a network; a species of it is written `%s.%s`", text,
                  text, own_member(w, n));
    }
    if (kind == NAME_SPECIES && want == NAME_DUAL && *others) {
        diag_help(w->f->diag, "dual values here are %s", others);
    } else if (kind == NAME_SPECIES) {
        diag_help(w->f->diag, want == NAME_DUAL ? "declare it so: dual %s;" : "declare it so: bulk %s;",
                  n->text);
    }
    return false;
}

static bool pass_species(struct where *outer, struct where *inner, const struct ast *p,
                         const struct ast *given, struct shape shape)
{
    struct ref r;
    if (!network_ref(outer, given, &r)) {
        return false;
    }
    bool is_discrete = p->op == OP_BULK && r.kind == NAME_SPECIES && has_discrete(outer, &r);
    if (!network_takes(outer, p, given, r.name, r.kind, is_discrete)) {
        return false;
    }
    if (!shape_equal(r.shape, shape)) {
        diag_report(outer->f->diag, DIAG_E0302, given->span, "'%s' has the shape %s, this one %s", p->name,
                    where_shape(outer, shape), where_shape(outer, r.shape));
        return false;
    }
    struct name *n = network_bind(inner, inner->scope, p->name, r.kind, p->span);
    if (n) {
        n->shape = r.shape;
        n->ids = r.ids;
    }
    return n != NULL;
}

static bool pass_value(struct where *outer, struct where *inner, const struct ast *p, const struct ast *given)
{
    struct where from = *outer;
    from.purpose = FOR_PARAMETER;
    expr_id v = p->op == OP_CONST ? value_of(&from, given) : value_real(&from, given);
    struct shape s;
    if (!v || !value_shape(inner, dcl_dims(p), &s) ||
        (dcl_dims(p) && !value_fits(outer, given->span, v, s, "this parameter"))) {
        return false;
    }
    if (p->op == OP_CONST && !expr_is_const(outer->ex, v)) {
        diag_report(outer->f->diag, DIAG_E0304, given->span, "'%s' must be known when compiling", p->name);
        diag_note(outer->f->diag, p->span, "declared `const` here");
        return false;
    }
    if (dcl_dims(p) && value_info(outer, v).shape.rank == 0 && s.rank > 0) {
        v = expr_fill(outer->ex, v, s);
    }
    struct name *n = network_bind(inner, inner->scope, p->name, NAME_VALUE, p->span);
    if (n) {
        n->value = v;
        n->dim = units_of(outer, given);
    }
    return n != NULL;
}

bool network_no_constant(struct where *w, const struct ast *p, const struct ast *call)
{
    diag_report(w->f->diag, DIAG_E0405, call ? call->span : p->span, "the constant '%s' has no value",
                p->name);
    diag_help(
        w->f->diag,
        "give it a default, `const %s = 3`, or make a network with a value: `network a = NAME(%s = 3);`",
        p->name, p->name);
    return false;
}

/* A parameter or species for which the call gives nothing is declared by the instance itself. Its symbol
 * has the place of the call, by which lints recognise it. If it has a default value, leaving it out was
 * meant. */
static bool own_species(struct where *inner, const struct ast *p, const struct ast *call, struct shape shape)
{
    if (!network_declare(inner, p->name, p->span, p->op, false, shape, dcl_value(p))) {
        return false;
    }
    const struct name *n = scope_find_here(inner->scope, p->name);
    if (call && !dcl_value(p)) {
        inner->build->whole->net->symbol.data[n->index].span = call->span;
    }
    return true;
}

/* `network a = b(k = 2, S = 10);` is a network of its own, so there are no species around it: the value
 * for S is an initial amount. */
static bool first_amount(struct where *outer, struct where *inner, const struct ast *p,
                         const struct ast *given, struct shape shape)
{
    if (!network_declare(inner, p->name, p->span, p->op, false, shape, NULL)) {
        return false;
    }
    struct name *n = scope_find_here(inner->scope, p->name);
    struct ref r = {.kind = n->kind, .shape = shape, .ids = n->ids, .name = n};
    return network_set_initial(outer, &r, given);
}

static bool take_species(struct where *outer, struct where *inner, const struct ast *p,
                         const struct ast *call, const struct ast *given)
{
    struct shape s;
    if (!value_shape(inner, dcl_dims(p), &s)) {
        return false;
    }
    return !given                  ? own_species(inner, p, call, s)
           : inner->build->is_root ? first_amount(outer, inner, p, given, s)
                                   : pass_species(outer, inner, p, given, s);
}

/* A parameter of an instance is the value that the instance is given. A network on its own has the
 * parameter itself, with this value as its default. */
static bool take_param(struct where *outer, struct where *inner, const struct ast *p, const struct ast *given)
{
    return !given                  ? network_declare_param(inner, p, inner, dcl_value(p))
           : inner->build->is_root ? network_declare_param(inner, p, outer, given)
                                   : pass_value(outer, inner, p, given);
}

bool network_parameters(struct where *outer, struct where *inner, const struct ast *params,
                        const struct ast *call)
{
    bool good = true;
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        const struct ast *given = call ? network_given(call, p->name, i) : NULL;
        switch (p->op) {
        case OP_SPECIES:
        case OP_BULK:
        case OP_DUAL: good &= take_species(outer, inner, p, call, given); break;
        case OP_CONST:
            if (given) {
                good &= pass_value(outer, inner, p, given);
            } else if (dcl_value(p)) {
                struct ast as_const = *p;
                as_const.kind = AST_CONST;
                as_const.kid = (struct ast *[]){dcl_value(p)};
                as_const.n = 1;
                good &= network_declare_const(inner, &as_const);
            } else {
                good = network_no_constant(inner, p, call);
            }
            break;
        default: good &= take_param(outer, inner, p, given); break;
        }
    }
    return good;
}

/* In m[i, j], the label contains the indices itself. */
static const char *indexed_label(struct where *w, const struct ast *a)
{
    const char *text = index_base(a)->name;
    for (uint32_t i = 1; i < a->n; i++) {
        int64_t at;
        if (!value_const_int(w, index_at(a, i), &at)) {
            return NULL;
        }
        text = arena_printf(w->f->arena, "%s%s%lld", text, i == 1 ? "[" : ",", (long long)at);
    }
    return intern_text(w->f->names, arena_printf(w->f->arena, "%s]", text));
}

/* The first free name among stem, stem_2, ..., each followed by the turns of the loops. */
static const char *free_label(struct where *w, const struct scope *around, const char *stem,
                              const char *turns, int k)
{
    for (;; k++) {
        const char *text = k == 1 ? arena_printf(w->f->arena, "%s%s", stem, turns)
                                  : arena_printf(w->f->arena, "%s_%d%s", stem, k, turns);
        text = intern_text(w->f->names, text);
        if (!scope_find_here(around, text)) {
            return text;
        }
    }
}

/* Instances without a label have the name of their network, with a number from the second instance on. */
static const char *numbered_label(struct where *w, const struct scope *around, struct name *network)
{
    struct net_build *b = w->build;
    size_t i = 0;
    while (i < b->instance.n && b->instance.data[i].network != network) {
        i++;
    }
    if (i == b->instance.n) {
        struct instance_count first = {network, 0};
        vec_push(&b->instance, first);
    }
    return free_label(w, around, network->text, "", ++b->instance.data[i].count);
}

/* The name of the instance in the body around all loops. A label in the body of a loop is local to a turn,
 * but m[i] is not. */
static const char *instance_name(struct where *w, const struct ast *a, struct name *network)
{
    const struct ast *label = instance_label(a);
    if (!label) {
        return numbered_label(w, scope_around_turns(w->scope), network);
    }
    if (label->kind == AST_INDEX) {
        return indexed_label(w, label);
    }
    const char *turns = network_turns(w);
    return turns[0] ? free_label(w, scope_around_turns(w->scope), label->name, turns, 1) : label->name;
}

static bool bind_instance(struct where *w, struct scope *scope, const char *text, struct span span,
                          struct scope *members)
{
    struct name *n = network_bind(w, scope, text, NAME_INSTANCE, span);
    if (n) {
        n->members = members;
    }
    return n != NULL;
}

static bool may_instantiate(struct where *w, const struct ast *a, struct name *network)
{
    struct front *f = w->f;
    if (!name_fits(w, a->span, a->name, network, AT_BODY)) {
        return false;
    }
    if (network->busy || f->depth >= MAX_INSTANCE_DEPTH) {
        diag_report(f->diag, DIAG_E0206, a->span, "the network '%s' contains itself", a->name);
        diag_help(f->diag,
                  "networks are put into others when compiling, which would not end: name another one, "
                  "or write a loop, `for i in 0..4 { ... }`");
        return false;
    }
    if (!expansion_fits_instance(f, network, a->span)) {
        return false;
    }
    return ++f->n_instances <= f->max_reactions / REACTIONS_PER_INSTANCE ||
           front_full(f, DIAG_E0602, a->span, "more than %lld instances of networks, one for %d reactions",
                      (long long)f->n_instances - 1, REACTIONS_PER_INSTANCE);
}

static bool own_body(struct where *inner, const struct name *network)
{
    inner->build->first_own = (species_id)inner->build->whole->net->species.n;
    return network_body(inner, network_block(network->ast));
}

struct scope *network_instantiate(struct where *w, const struct ast *a, const char *text, int32_t copy,
                                  const struct shared *shared)
{
    /* Networks are declared at the top level only. */
    struct front *f = w->f;
    struct name *network = module_find(w->module, a->name);
    if (!may_instantiate(w, a, network)) {
        return NULL;
    }
    text = text ? text : instance_name(w, a, network);
    bool has_text = network_has_text(network);
    const struct net_template *template = has_text ? NULL : network_template(f, network, a->span);
    if (!text || !(has_text ? network_arguments_fit(w, a, network_nparams(network->ast), a->name)
                            : template && !network_shares_any(w, shared))) {
        return NULL;
    }
    struct net_build build = {.whole = w->build->whole,
                              .guard = w->build->guard,
                              .copy = copy ? copy : w->build->copy,
                              .again = w->build->again || (shared && shared->first),
                              .shared = shared};
    struct where inner = *w;
    build.prefix = arena_printf(f->arena, "%s%s.", w->build->prefix, text);
    build.origin = intern_text(
        build.whole->net->names,
        arena_printf(f->arena, "%.*s of %s", (int)strlen(build.prefix) - 1, build.prefix, network->text));
    inner.build = &build;
    inner.module = network->module;
    inner.scope = scope_create(f->arena, NULL);
    network->busy = true;
    f->depth++;
    build.first_own = (species_id)build.whole->net->species.n;
    bool good = has_text ? network_parameters(w, &inner, network_nparams(network->ast), a) &&
                               own_body(&inner, network)
                         : network_part_of(w, &inner, a, template);
    f->depth--;
    network->busy = false;
    vec_free(&build.instance);
    if (!good && !has_text) {
        return NULL;
    }
    const struct ast *label = instance_label(a);
    good &= bind_instance(w, scope_around_turns(w->scope), text, a->span, inner.scope);
    if (label && label->kind == AST_NAME && label->name != text) {
        good &= bind_instance(w, w->scope, label->name, a->span, inner.scope);
    }
    return good ? inner.scope : NULL;
}

bool network_instance(struct where *w, const struct ast *a)
{
    const struct ast *label = instance_label(a);
    bool good = network_instantiate(w, a, NULL, 0, NULL) != NULL;
    if (!good && (!label || label->kind == AST_NAME)) { /* a place that reads it is not reported again */
        scope_add(w->scope, label ? label->name : a->name, NAME_REFUSED, a->span);
    } else if (!good) {
        scope_add(scope_around_turns(w->scope), index_base(label)->name, NAME_REFUSED, a->span);
    }
    return good;
}
