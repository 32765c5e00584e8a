/* Networks as parts of others: names of what becomes a part, and a copy of it among what is there. */
#include <stdlib.h>
#include <string.h>

#include "ir/net/net.h"
#include "ir/net/net_index.h"
#include "ir/net/net_rename.h"

static const char *prefixed(struct net *n, struct arena *scratch, const char *prefix, const char *name)
{
    return name ? intern_text(n->names, arena_printf(scratch, "%s%s", prefix, name)) : NULL;
}

/* The index after names have changed. */
static void index_again(struct net *n)
{
    net_index_destroy(n->index);
    n->index = net_index_create();
    for (size_t i = 0; i < n->symbol.n; i++) {
        net_index_add_symbol(n->index, n->symbol.data[i].name, (int32_t)i);
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        net_index_add_observed(n->index, n->observed.data[i], (int32_t)i);
    }
}

void net_add_prefix(struct net *n, const char *prefix)
{
    struct arena *scratch = arena_create();
    for (size_t i = 0; i < n->species.n; i++) {
        n->species.data[i].name = prefixed(n, scratch, prefix, n->species.data[i].name);
    }
    for (size_t i = 0; i < n->reaction.n; i++) {
        n->reaction.data[i].label = prefixed(n, scratch, prefix, n->reaction.data[i].label);
    }
    for (size_t i = 0; i < n->param.n; i++) {
        n->param.data[i].name = prefixed(n, scratch, prefix, n->param.data[i].name);
    }
    for (size_t i = 1; i < n->guard.n; i++) {
        n->guard.data[i].name = prefixed(n, scratch, prefix, n->guard.data[i].name);
    }
    for (size_t i = 0; i < n->symbol.n; i++) {
        n->symbol.data[i].name = prefixed(n, scratch, prefix, n->symbol.data[i].name);
    }
    index_again(n);
    arena_destroy(scratch);
}

static const char *renamed(const char *name, const char *old, const char *to)
{
    return name && strcmp(name, old) == 0 ? to : name;
}

void net_rename_param(struct net *n, const char *old, const char *name)
{
    const char *to = intern_text(n->names, name);
    for (size_t i = 0; i < n->param.n; i++) {
        n->param.data[i].name = renamed(n->param.data[i].name, old, to);
    }
    for (size_t i = 0; i < n->symbol.n; i++) {
        n->symbol.data[i].name = renamed(n->symbol.data[i].name, old, to);
    }
    index_again(n);
}

/* ---- a copy ---- */

struct append {
    struct net *to;
    const struct net *from;
    struct net_copied *part;
    struct arena *scratch;
    size_t first_guard; /* the number in the whole of guard 1 of the part */
};

static expr_id map_leaf(void *env, const struct expr *leaf, expr_id id)
{
    (void)id;
    struct append *a = env;
    return leaf->op == EXPR_SPECIES ? net_species_expr(a->to, a->part->species[leaf->a])
           : leaf->op == EXPR_PARAM ? a->part->slot[leaf->a]
                                    : 0;
}

static expr_id moved(struct append *a, expr_id id)
{
    return id ? expr_rewrite(a->to->ex, a->from->ex, id, map_leaf, a) : 0;
}

static const char *named(struct append *a, const char *name)
{
    return prefixed(a->to, a->scratch, a->part->prefix, name);
}

static const char *own_text(struct append *a, const char *text)
{
    return text ? intern_text(a->to->names, text) : NULL;
}

static void append_param(struct append *a, const struct net_param *p)
{
    int32_t molecule = p->is_molecule ? net_molecule_slot(a->to) : -1;
    expr_id *slot = &a->part->slot[p->first];
    int64_t size = shape_size(p->shape);
    bool given = size > 0;
    for (int64_t i = 0; i < size; i++) {
        given &= slot[i] != 0;
    }
    if (molecule >= 0) {
        slot[0] = net_param_expr(a->to, molecule);
        return;
    }
    if (given) {
        return;
    }
    int32_t at = net_add_param(a->to, named(a, p->name), p->shape, moved(a, p->init), a->part->span);
    struct net_param *to = &a->to->param.data[at];
    to->global = p->global;
    to->is_molecule = p->is_molecule;
    to->unit = own_text(a, p->unit);
    to->doc = own_text(a, p->doc);
    for (int64_t i = 0; i < size; i++) {
        slot[i] = net_param_expr(a->to, to->first + (int32_t)i);
    }
}

static void append_species(struct append *a, species_id s)
{
    const struct species *from = &a->from->species.data[s];
    species_id at = a->part->species[s];
    if (at < 0) {
        at = net_add_species(a->to, named(a, from->name), from->kind, moved(a, from->init), a->part->span);
        a->part->species[s] = at;
        a->to->species.data[at].flags = from->flags & (uint8_t)~SPECIES_INPUT;
        a->to->species.data[at].rest = moved(a, from->rest);
        a->to->species.data[at].instance =
            from->instance >= 0 ? a->part->copies + from->instance : a->part->copy;
    }
    struct species *to = &a->to->species.data[at];
    to->energy = to->energy ? to->energy : moved(a, from->energy);
}

static const struct term *mapped(struct append *a, const struct term *side, size_t n)
{
    struct term *to = arena_alloc(a->scratch, (n + 1) * sizeof *to);
    for (size_t i = 0; i < n; i++) {
        to[i] = (struct term){a->part->species[side[i].species], side[i].count};
    }
    return to;
}

static bool append_reaction(struct append *a, const struct reaction *r)
{
    struct fraction *more = arena_alloc(a->scratch, (r->n_fractions + 1) * sizeof *more);
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        struct fraction f = a->from->fraction.data[r->fraction + i];
        more[i] = (struct fraction){a->part->species[f.species], moved(a, f.count)};
    }
    const struct term *lhs = mapped(a, net_lhs(a->from, r), r->n_lhs),
                      *rhs = mapped(a, net_rhs(a->from, r), r->n_rhs);
    reaction_id at =
        net_add_reaction_with(a->to, lhs, r->n_lhs, rhs, r->n_rhs, r->rate_kind, moved(a, r->rate), more,
                              r->delay ? 0 : r->n_fractions, a->part->span);
    if (at < 0) {
        return false;
    }
    if (r->delay) {
        net_set_late(a->to, at, more, r->n_fractions, moved(a, r->delay), moved(a, r->longest));
    }
    struct reaction *to = &a->to->reaction.data[at];
    to->label = named(a, r->label);
    to->origin = own_text(a, r->origin ? r->origin : a->part->origin);
    to->flags = r->flags;
    to->guard = r->guard ? (int32_t)a->first_guard + r->guard - 1 : a->part->guard;
    return true;
}

static void append_event(struct append *a, const struct event *e)
{
    struct change *change = arena_alloc(a->scratch, (e->n + 1) * sizeof *change);
    for (uint32_t i = 0; i < e->n; i++) {
        struct change c = a->from->change.data[e->first + i];
        change[i] = (struct change){a->part->species[c.species], moved(a, c.value)};
    }
    net_add_event(a->to, e->kind, moved(a, e->when), change, e->n, a->part->span);
    struct event *to = &vec_last(&a->to->event);
    to->flags = e->flags;
    to->delay = moved(a, e->delay);
    to->priority = moved(a, e->priority);
    to->longest = moved(a, e->longest);
}

/* Whether element e of a symbol belongs to the part itself, and was not given to it by the whole. */
static bool is_own(const struct append *a, const bool *given, expr_id e)
{
    const struct expr *x = expr_get(a->from->ex, e);
    if (x->op == EXPR_SUB && x->n_args == 2) { /* a dual value */
        x = expr_get(a->from->ex, x->args[0]);
    }
    return !(x->op == EXPR_SPECIES && given[x->a]) &&
           !(x->op == EXPR_PARAM && expr_get(a->to->ex, a->part->slot[x->a])->op != EXPR_PARAM);
}

static void append_symbol(struct append *a, const bool *given, const struct symbol *s)
{
    size_t n = (size_t)shape_size(s->shape);
    expr_id *e = arena_alloc(a->scratch, (n + 1) * sizeof *e);
    bool own = true;
    for (size_t i = 0; i < n; i++) {
        expr_id from = a->from->elem.data[s->first + i];
        own &= s->kind == SYMBOL_OUTPUT || is_own(a, given, from);
        e[i] = moved(a, from);
    }
    if (own && net_find_symbol(a->to, named(a, s->name)) < 0) {
        net_add_symbol(a->to, named(a, s->name), s->kind, s->shape, e, a->part->span);
    }
}

/* The clock, its guards, events and assumptions. */
static void append_rules(struct append *a)
{
    const struct net *from = a->from;
    for (size_t i = 0; i < from->clock.n; i++) {
        struct phase p = from->clock.data[i];
        p.guard = (int32_t)a->first_guard + p.guard - 1;
        p.duration = moved(a, p.duration);
        vec_push(&a->to->clock, p);
    }
    for (size_t i = 0; i < from->event.n; i++) {
        append_event(a, &from->event.data[i]);
    }
    for (size_t i = 0; i < from->assume.n; i++) {
        struct assume as = {moved(a, from->assume.data[i].cond), a->part->span};
        vec_push(&a->to->assume, as);
    }
}

bool net_append(struct net *to, const struct net *from, struct net_copied *part)
{
    struct append a = {.to = to, .from = from, .part = part, .scratch = arena_create()};
    bool *given = arena_alloc(a.scratch, (from->species.n + 1) * sizeof *given), good = true;
    for (size_t i = 0; i < from->species.n; i++) {
        given[i] = part->species[i] >= 0;
    }
    for (size_t i = 0; i < from->param.n; i++) {
        append_param(&a, &from->param.data[i]);
    }
    for (size_t i = 0; i < from->species.n; i++) {
        append_species(&a, (species_id)i);
    }
    a.first_guard = to->guard.n;
    for (size_t i = 1; i < from->guard.n; i++) {
        net_add_guard(to, named(&a, from->guard.data[i].name), from->guard.data[i].initially);
    }
    for (size_t i = 0; i < from->reaction.n && good; i++) {
        good = append_reaction(&a, &from->reaction.data[i]);
    }
    append_rules(&a);
    for (size_t i = 0; i < from->symbol.n; i++) {
        append_symbol(&a, given, &from->symbol.data[i]);
    }
    arena_destroy(a.scratch);
    return good;
}
