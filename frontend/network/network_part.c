/* Instances of networks that have no body in the text, because they are imported, lowered, optimised, or made
 * from others by values. Such an instance is a copy of the finished network, with the names of its parameters
 * and species:
 *
 *   network cycle = import "cycle.xml";
 *   network two { species X = 1; a: cycle(k = 2, Y = X); b: cycle(Y = X); } */
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"
#include "frontend/typing.h"

struct copied_instance {
    struct where *outer, *inner;
    const struct ast *call;
    const struct net *from;
    struct net_copied map;
    bool *by_amount; /* by argument: it gives an initial amount, which is set at the end */
};

bool network_has_text(const struct name *network)
{
    return network->ast->kind == AST_NETWORK;
}

const struct net_template *network_template(struct front *f, struct name *n, struct span at)
{
    for (size_t i = 0; i < f->template.n; i++) {
        if (f->template.data[i]->name == n) {
            return f->template.data[i];
        }
    }
    struct net_template t = {.name = n};
    struct lowering lowering;
    if (n->index >= 0) {
        t.net = f->program->net.data[n->index].net;
        t.units = f->units.data[n->index];
    } else {
        t.own = network_build(f, n, NULL, n->module, at, &t.units, &lowering);
        t.net = t.own;
    }
    if (!t.net) {
        return NULL;
    }
    struct net_template *kept = arena_alloc(f->arena, sizeof *kept);
    *kept = t;
    vec_push(&f->template, kept);
    return kept;
}

/* ---- what is given ---- */

/* Whether the argument names a species, or a dual value, of the network around the instance. */
static bool is_amount(const struct copied_instance *p, const struct ast *value, struct ref *r)
{
    const struct ast *base = value;
    while (base->kind == AST_INDEX || base->kind == AST_FIELD) {
        base = base->kind == AST_INDEX ? index_base(base) : field_base(base);
    }
    const struct name *n = base->kind == AST_NAME ? value_named(p->outer, base) : NULL;
    bool may = n && (name_kind_may(n->kind, AT_AMOUNT) || n->kind == NAME_INSTANCE);
    return may && network_ref(p->outer, value, r) && name_kind_may(r->kind, AT_AMOUNT);
}

/* The species that is element i of a symbol, or its `rail` if the symbol is a dual value; -1 if it is no
 * species any more. */
static species_id species_of(const struct net *n, const struct symbol *s, int64_t i, int rail)
{
    const struct expr *e = expr_get(n->ex, n->elem.data[s->first + (uint32_t)i]);
    if (s->kind == SYMBOL_DUAL && e->op == EXPR_SUB) {
        e = expr_get(n->ex, e->args[rail]);
    }
    return e->op == EXPR_SPECIES ? e->a : -1;
}

static bool no_amount(struct where *w, const struct net *n, const struct ast *arg)
{
    return diag_report(w->f->diag, DIAG_E0306, arg->span,
                       "'%s' of '%s' is no amount any more: a pass has put others in its place", arg->name,
                       n->name);
}

/* Lets the species r of the network around take the place of the species of the copy. */
static bool give_species(struct copied_instance *p, const struct symbol *s, const struct ast *arg,
                         const struct ref *r)
{
    struct where *w = p->outer;
    bool dual = s->kind == SYMBOL_DUAL;
    if ((r->kind == NAME_DUAL) != dual) {
        return diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' takes a %s here", arg->name,
                           dual ? "dual value" : "species");
    }
    if (!shape_equal(r->shape, s->shape)) {
        return diag_report(w->f->diag, DIAG_E0302, arg->span, "'%s' has the shape %s, this one %s", arg->name,
                           where_shape(w, s->shape), where_shape(w, r->shape));
    }
    for (int64_t i = 0; i < shape_size(s->shape); i++) {
        for (int rail = 0; rail <= dual; rail++) {
            species_id at = species_of(p->from, s, i, rail), to = r->ids[(dual + 1) * i + rail];
            if (at < 0) {
                return no_amount(w, p->from, arg);
            }
            if (p->from->species.data[at].kind == SPECIES_BULK &&
                w->build->whole->net->species.data[to].kind == SPECIES_DISCRETE) {
                return diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' takes a bulk concentration here",
                                   arg->name);
            }
            p->map.species[at] = to;
        }
    }
    return true;
}

static bool give_value(struct copied_instance *p, const struct symbol *s, const struct ast *arg)
{
    struct where from = *p->outer;
    from.purpose = FOR_PARAMETER;
    const struct net_param *param = network_may_give(&from, p->from, s, arg);
    expr_id v = param ? value_real(&from, arg_value(arg)) : 0;
    if (!v || !value_fits(&from, arg_value(arg)->span, v, s->shape, "this parameter")) {
        return false;
    }
    bool scalar = value_info(&from, v).shape.rank == 0;
    for (int64_t i = 0; i < shape_size(s->shape); i++) {
        p->map.slot[param->first + (int32_t)i] = scalar ? v : expr_element(from.ex, v, i);
    }
    return true;
}

static bool take(struct copied_instance *p, uint32_t at)
{
    const struct ast *arg = instance_arg(p->call, at);
    const struct symbol *s = network_given_symbol(p->outer, p->from, arg);
    struct ref r;
    if (!s) {
        return false;
    }
    if (s->kind == SYMBOL_PARAM) {
        return give_value(p, s, arg);
    }
    if (is_amount(p, arg_value(arg), &r)) {
        return give_species(p, s, arg, &r);
    }
    p->by_amount[at] = true;
    return true;
}

/* Parameters of the program that the copy reads become parameters of the network around. */
static void take_globals(struct copied_instance *p)
{
    const struct front *f = p->outer->f;
    for (size_t i = 0; i < p->from->param.n; i++) {
        const struct net_param *param = &p->from->param.data[i];
        if (param->global >= 0 && (size_t)param->global < f->program->global.n && param->shape.rank == 0) {
            p->map.slot[param->first] = network_global_leaf(p->outer, param->global);
        }
    }
}

/* ---- names ---- */

/* Finds the scope in which a name with dots is declared; *text becomes the last part of the name. NULL if
 * what stands before a dot is the name of a species. */
static struct scope *scope_of(struct copied_instance *p, const char **text)
{
    struct front *f = p->outer->f;
    struct scope *scope = p->inner->scope;
    for (const char *dot; (dot = strchr(*text, '.')) && scope; *text = dot + 1) {
        const char *first = intern_text(f->names, arena_strndup(f->arena, *text, (size_t)(dot - *text)));
        struct name *n = scope_find_here(scope, first);
        if (!n) {
            n = scope_add(scope, first, NAME_INSTANCE, p->call->span);
            n->members = scope_create(f->arena, NULL);
        }
        scope = n->kind == NAME_INSTANCE ? n->members : NULL;
    }
    return scope;
}

static bool bind_amounts(struct copied_instance *p, struct name *n, const struct symbol *s)
{
    int64_t size = shape_size(s->shape), rails = s->kind == SYMBOL_DUAL ? 2 : 1;
    species_id *ids = arena_alloc(p->outer->f->arena, (size_t)(size * rails + 1) * sizeof *ids);
    for (int64_t i = 0; i < size; i++) {
        for (int rail = 0; rail < rails; rail++) {
            species_id at = species_of(p->from, s, i, rail);
            if (at < 0) {
                return false;
            }
            ids[rails * i + rail] = p->map.species[at];
        }
    }
    n->kind = s->kind == SYMBOL_DUAL ? NAME_DUAL : NAME_SPECIES;
    n->ids = ids;
    return true;
}

static void bind_value(struct copied_instance *p, struct name *n, const struct symbol *s)
{
    struct net *net = p->outer->build->whole->net;
    int64_t size = shape_size(s->shape);
    expr_id *e = arena_alloc(p->outer->f->arena, (size_t)(size + 1) * sizeof *e);
    int32_t own = net_find_symbol(net, arena_printf(p->outer->f->arena, "%s%s", p->map.prefix, s->name));
    for (int64_t i = 0; i < size; i++) {
        const struct expr *leaf = expr_get(p->from->ex, p->from->elem.data[s->first + (uint32_t)i]);
        e[i] = leaf->op == EXPR_PARAM ? p->map.slot[leaf->a]
               : own >= 0             ? net->elem.data[net->symbol.data[own].first + (uint32_t)i]
                                      : expr_real(net->ex, 0);
    }
    n->value = value_elements(p->outer, s->shape, e);
}

static void bind_names(struct copied_instance *p)
{
    for (size_t i = 0; i < p->from->symbol.n; i++) {
        const struct symbol *s = &p->from->symbol.data[i];
        const char *text = s->name;
        struct scope *scope = scope_of(p, &text); /* no name: it is a rail of a bound dual value */
        text = intern_text(p->outer->f->names, text);
        struct name *n =
            scope && !scope_find_here(scope, text) ? scope_add(scope, text, NAME_VALUE, p->call->span) : NULL;
        if (n) {
            n->shape = s->shape;
            if (s->kind == SYMBOL_PARAM || s->kind == SYMBOL_OUTPUT || !bind_amounts(p, n, s)) {
                bind_value(p, n, s);
            }
        }
    }
}

/* ---- the instance ---- */

static bool units_fit(struct where *w, const struct ast *a, const struct units *u)
{
    if (!u->given) {
        return true;
    }
    const char *of;
    if (!w->units->given && !(w->units->volume > 0)) {
        w->units->volume = u->volume;
    }
    if (units_join(w->units, u, &of)) {
        return true;
    }
    const char *unit = strcmp(of, "time") == 0 ? u->time_name : u->amount_name;
    diag_report(w->f->diag, DIAG_E0301, a->span, "'%s' has another unit of %s than the network around it: %s",
                a->name, of, unit);
    diag_help(w->f->diag, "declare the same here: units %s = %s;", of, unit);
    return false;
}

/* Checks clocks: a network has only one, and a phase inside of a phase would never be on. */
static bool clock_fits(struct where *w, const struct ast *a, const struct net *from)
{
    struct net_whole *whole = w->build->whole;
    if (from->guard.n <= 1) {
        return true;
    }
    if (w->build->guard) {
        return diag_report(w->f->diag, DIAG_E0412, a->span,
                           "'%s' has phases of its own, and a phase inside a phase would never be on",
                           a->name);
    }
    if (whole->net->clock.n > 0) {
        diag_report(w->f->diag, DIAG_E0203, a->span, "'%s' has a clock, and the network has one already",
                    a->name);
        diag_note(w->f->diag, whole->clock, "this one");
        diag_help(w->f->diag, "leave one of the two out: one clock serves the network and its instances, "
                              "which may use the names of its phases");
        return false;
    }
    whole->clock = a->span;
    return true;
}

static bool counts_fit(struct where *w, const struct ast *a, const struct net *from)
{
    struct front *f = w->f;
    f->n_reactions += (int64_t)from->reaction.n;
    return f->n_reactions <= f->max_reactions ||
           front_full(f, DIAG_E0602, a->span, "more than %lld reactions", (long long)f->max_reactions);
}

/* Sets the initial amounts that are given. */
static bool set_amounts(struct copied_instance *p)
{
    bool good = true;
    for (uint32_t i = 1; i < p->call->n && good; i++) {
        const struct ast *arg = instance_arg(p->call, i);
        const char *text = arg->name;
        if (!p->by_amount[i]) {
            continue;
        }
        const struct scope *scope = scope_of(p, &text);
        struct name *n = scope ? scope_find_here(scope, intern_text(p->outer->f->names, text)) : NULL;
        if (!n || !name_kind_may(n->kind, AT_AMOUNT)) {
            return no_amount(p->outer, p->from, arg);
        }
        struct ref r = {.kind = n->kind, .shape = n->shape, .ids = n->ids, .name = n};
        good = network_set_initial(p->outer, &r, arg_value(arg));
    }
    return good;
}

bool network_part_of(struct where *outer, struct where *inner, const struct ast *a,
                     const struct net_template *t)
{
    struct net_build *b = inner->build;
    struct arena *arena = outer->f->arena;
    struct copied_instance p = {.outer = outer, .inner = inner, .call = a, .from = t->net};
    p.map = (struct net_copied){.prefix = b->prefix,
                                .species = arena_alloc(arena, (t->net->species.n + 1) * sizeof(species_id)),
                                .slot = arena_alloc(arena, ((size_t)t->net->n_slots + 1) * sizeof(expr_id)),
                                .guard = b->guard,
                                .copy = b->copy - 1,
                                .copies = b->whole->n_copies,
                                .origin = b->origin,
                                .span = a->span};
    p.by_amount = arena_alloc(arena, (a->n + 1) * sizeof *p.by_amount);
    memset(p.by_amount, 0, (a->n + 1) * sizeof *p.by_amount);
    memset(p.map.slot, 0, ((size_t)t->net->n_slots + 1) * sizeof(expr_id));
    for (size_t i = 0; i < t->net->species.n; i++) {
        p.map.species[i] = -1;
    }
    bool good =
        units_fit(outer, a, &t->units) && clock_fits(outer, a, t->net) && counts_fit(outer, a, t->net);
    take_globals(&p);
    for (uint32_t i = 1; i < a->n && good; i++) {
        good = take(&p, i);
    }
    if (good && !net_append(b->whole->net, t->net, &p.map)) {
        good = diag_report(outer->f->diag, DIAG_E0305, a->span,
                           "the coefficients of a reaction of '%s' "
                           "have a sum that is too large",
                           a->name);
    }
    for (size_t i = 0; i < t->net->species.n && good; i++) {
        int32_t copies = t->net->species.data[i].instance + 1;
        if (copies > 0 && b->whole->n_copies < p.map.copies + copies) {
            b->whole->n_copies = p.map.copies + copies;
        }
    }
    if (good) {
        bind_names(&p);
    }
    return good && set_amounts(&p);
}
