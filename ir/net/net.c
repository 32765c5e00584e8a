/* Construction of networks. Each addition takes amortised constant time, so that a network of a million
 * reactions is built in linear time. */
#include "ir/net/net.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ir/net/net_index.h"
#include "ir/net/net_names.h"
#include "support/mem.h"

double net_molecules(const struct net_units *u)
{
    static const double avogadro = 6.02214076e23; /* per mol, SI 2019 */
    return u->amount ? avogadro * u->amount_factor * (u->is_concentration ? u->volume : 1) : 0;
}

struct net *net_create(const char *name)
{
    struct net *n = mem_zalloc(1, sizeof *n);
    n->arena = arena_create();
    n->names = intern_create();
    n->ex = expr_pool_create();
    n->index = net_index_create();
    n->name = intern_text(n->names, name);
    vec_push(&n->guard, (struct guard){intern_text(n->names, "always"), true});
    return n;
}

void net_destroy(struct net *n)
{
    if (!n) {
        return;
    }
    vec_free(&n->species);
    vec_free(&n->reaction);
    vec_free(&n->term);
    vec_free(&n->fraction);
    vec_free(&n->param);
    vec_free(&n->guard);
    vec_free(&n->symbol);
    vec_free(&n->elem);
    vec_free(&n->assume);
    vec_free(&n->event);
    vec_free(&n->change);
    vec_free(&n->clock);
    vec_free(&n->observed);
    net_index_destroy(n->index);
    expr_pool_destroy(n->ex);
    intern_destroy(n->names);
    arena_destroy(n->arena);
    free(n);
}

static const char *intern_or_null(struct net *n, const char *text)
{
    return text ? intern_text(n->names, text) : NULL;
}

#define COPY_ALL(to, from)                                                      \
    do {                                                                        \
        vec_reserve(to, (from)->n);                                             \
        if ((from)->n > 0) {                                                    \
            memcpy((to)->data, (from)->data, (from)->n * sizeof *(from)->data); \
        }                                                                       \
        (to)->n = (from)->n;                                                    \
    } while (0)

struct net *net_clone(const struct net *n)
{
    struct net *c = net_create(n->name);
    expr_pool_destroy(c->ex);
    c->ex = expr_pool_clone(n->ex);
    c->file = n->file ? arena_strdup(c->arena, n->file) : NULL;
    c->units = n->units;
    c->units.amount = intern_or_null(c, n->units.amount);
    c->units.time = intern_or_null(c, n->units.time);
    c->n_slots = n->n_slots;
    COPY_ALL(&c->species, &n->species);
    COPY_ALL(&c->reaction, &n->reaction);
    COPY_ALL(&c->term, &n->term);
    COPY_ALL(&c->fraction, &n->fraction);
    COPY_ALL(&c->param, &n->param);
    COPY_ALL(&c->guard, &n->guard);
    COPY_ALL(&c->elem, &n->elem);
    COPY_ALL(&c->assume, &n->assume);
    COPY_ALL(&c->event, &n->event);
    COPY_ALL(&c->change, &n->change);
    COPY_ALL(&c->clock, &n->clock);
    for (size_t i = 0; i < c->species.n; i++) {
        c->species.data[i].name = intern_or_null(c, n->species.data[i].name);
    }
    for (size_t i = 0; i < c->reaction.n; i++) {
        c->reaction.data[i].label = intern_or_null(c, n->reaction.data[i].label);
        c->reaction.data[i].origin = intern_or_null(c, n->reaction.data[i].origin);
    }
    for (size_t i = 0; i < c->param.n; i++) {
        struct net_param *p = &c->param.data[i];
        p->name = intern_or_null(c, p->name);
        p->unit = intern_or_null(c, p->unit);
        p->doc = intern_or_null(c, p->doc);
    }
    for (size_t i = 0; i < c->guard.n; i++) {
        c->guard.data[i].name = intern_or_null(c, c->guard.data[i].name);
    }
    for (size_t i = 0; i < n->symbol.n; i++) {
        vec_push(&c->symbol, n->symbol.data[i]);
        vec_last(&c->symbol).name = intern_or_null(c, n->symbol.data[i].name);
        net_index_add_symbol(c->index, vec_last(&c->symbol).name, (int32_t)i);
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        vec_push(&c->observed, n->observed.data[i]);
        net_index_add_observed(c->index, n->observed.data[i], (int32_t)i);
    }
    return c;
}

species_id net_add_species(struct net *n, const char *name, enum species_kind kind, expr_id init,
                           struct span span)
{
    assert(n->species.n < INT32_MAX);
    vec_push(&n->species, (struct species){.name = intern_text(n->names, name),
                                           .kind = (uint8_t)kind,
                                           .instance = -1,
                                           .init = init,
                                           .span = span});
    return (species_id)n->species.n - 1;
}

/* Appends a side to net->term as a sorted multiset without zero counts. Returns false if a count
 * overflowed. */
static bool add_side(struct net *n, const struct term *side, size_t n_side, uint32_t *first, uint32_t *count)
{
    *first = (uint32_t)n->term.n;
    struct term *to = n->term.data + *first;
    size_t m = 0;
    for (size_t i = 0; i < n_side; i++) {
        assert(side[i].count >= 0 && side[i].species >= 0 && (size_t)side[i].species < n->species.n);
        if (side[i].count == 0) {
            continue;
        }
        size_t at = m;
        while (at > 0 && to[at - 1].species > side[i].species) {
            at--;
        }
        if (at > 0 && to[at - 1].species == side[i].species) {
            if (to[at - 1].count > INT64_MAX - side[i].count) {
                return false;
            }
            to[at - 1].count += side[i].count;
            continue;
        }
        memmove(to + at + 1, to + at, (m - at) * sizeof *to);
        to[at] = side[i];
        m++;
    }
    n->term.n += m;
    *count = (uint32_t)m;
    return true;
}

static int by_species(const void *a, const void *b)
{
    const struct term *x = a, *y = b;
    return (x->species > y->species) - (x->species < y->species);
}

/* Makes room for `more` terms. If lhs or rhs point into net->term itself, they follow it when it moves. */
static void reserve_terms(struct net *n, size_t more, const struct term **lhs, const struct term **rhs)
{
    uintptr_t old = (uintptr_t)n->term.data, end = old + n->term.n * sizeof *n->term.data;
    uintptr_t l = (uintptr_t)*lhs, r = (uintptr_t)*rhs;
    vec_reserve(&n->term, n->term.n + more + 1);
    if (l >= old && l < end) {
        *lhs = n->term.data + (l - old) / sizeof **lhs;
    }
    if (r >= old && r < end) {
        *rhs = n->term.data + (r - old) / sizeof **rhs;
    }
}

/* add_side inserts in quadratic time, so long sides are sorted before. */
static bool add_long_side(struct net *n, const struct term *side, size_t n_side, uint32_t *first,
                          uint32_t *count)
{
    enum { LONG = 32 };
    if (n_side < LONG) {
        return add_side(n, side, n_side, first, count);
    }
    struct term *sorted = mem_alloc(n_side * sizeof *sorted);
    memcpy(sorted, side, n_side * sizeof *sorted);
    qsort(sorted, n_side, sizeof *sorted, by_species);
    bool ok = add_side(n, sorted, n_side, first, count);
    free(sorted);
    return ok;
}

reaction_id net_add_reaction(struct net *n, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                             size_t n_rhs, enum rate_kind kind, expr_id rate, struct span span)
{
    struct reaction r = {.rate_kind = (uint8_t)kind, .rate = rate, .span = span};
    size_t before = n->term.n;
    assert(n->reaction.n < INT32_MAX && before + n_lhs + n_rhs <= UINT32_MAX);
    reserve_terms(n, n_lhs + n_rhs, &lhs, &rhs);
    if (!add_long_side(n, lhs, n_lhs, &r.lhs, &r.n_lhs) || !add_long_side(n, rhs, n_rhs, &r.rhs, &r.n_rhs)) {
        n->term.n = before;
        return -1;
    }
    vec_push(&n->reaction, r);
    net_leave_bulk(n, (reaction_id)n->reaction.n - 1);
    return (reaction_id)n->reaction.n - 1;
}

int32_t net_add_param(struct net *n, const char *name, struct shape shape, expr_id init, struct span span)
{
    vec_push(&n->param, (struct net_param){.name = intern_text(n->names, name),
                                           .shape = shape,
                                           .first = n->n_slots,
                                           .global = -1,
                                           .init = init,
                                           .span = span});
    assert(shape_size(shape) <= INT32_MAX - n->n_slots);
    n->n_slots += (int32_t)shape_size(shape);
    return (int32_t)n->param.n - 1;
}

int32_t net_molecule_slot(const struct net *n)
{
    for (size_t i = 0; i < n->param.n; i++) {
        if (n->param.data[i].is_molecule) {
            return n->param.data[i].first;
        }
    }
    return -1;
}

bool net_mark_molecule(struct net *n, int32_t p)
{
    struct net_param *param = &n->param.data[p];
    param->is_molecule = param->shape.rank == 0 && param->global < 0 && net_molecule_slot(n) < 0;
    return param->is_molecule;
}

int32_t net_add_guard(struct net *n, const char *name, bool initially)
{
    vec_push(&n->guard, (struct guard){intern_text(n->names, name), initially});
    return (int32_t)n->guard.n - 1;
}

void net_add_event(struct net *n, enum event_kind kind, expr_id when, const struct change *change,
                   size_t n_changes, struct span span)
{
    assert(n->change.n + n_changes <= UINT32_MAX);
    vec_push(&n->event, (struct event){.kind = (uint8_t)kind,
                                       .when = when,
                                       .first = (uint32_t)n->change.n,
                                       .n = (uint32_t)n_changes,
                                       .span = span});
    for (size_t i = 0; i < n_changes; i++) {
        vec_push(&n->change, change[i]);
    }
}

int32_t net_add_symbol(struct net *n, const char *name, enum symbol_kind kind, struct shape shape,
                       const expr_id *elems, struct span span)
{
    size_t size = (size_t)shape_size(shape);
    assert(n->elem.n + size <= UINT32_MAX);
    vec_push(&n->symbol, (struct symbol){.name = intern_text(n->names, name),
                                         .kind = (uint8_t)kind,
                                         .shape = shape,
                                         .first = (uint32_t)n->elem.n,
                                         .span = span});
    for (size_t i = 0; i < size; i++) {
        vec_push(&n->elem, elems[i]);
    }
    net_index_add_symbol(n->index, vec_last(&n->symbol).name, (int32_t)n->symbol.n - 1);
    return (int32_t)n->symbol.n - 1;
}

int32_t net_find_symbol(const struct net *n, const char *name)
{
    return net_index_symbol(n->index, name);
}

const struct net_param *net_symbol_param(const struct net *n, const struct symbol *s)
{
    const struct expr *e = shape_size(s->shape) ? expr_get(n->ex, n->elem.data[s->first]) : NULL;
    if (s->kind != SYMBOL_PARAM || !e || e->op != EXPR_PARAM) {
        return NULL;
    }
    size_t lo = 0, hi = n->param.n; /* slots are given in the order of declaration */
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        *(n->param.data[mid].first <= e->a ? &lo : &hi) = mid;
    }
    return &n->param.data[lo];
}

int32_t net_add_observed(struct net *n, expr_id scalar)
{
    int32_t known = net_index_observed(n->index, scalar);
    if (known >= 0 && (size_t)known < n->observed.n && n->observed.data[known] == scalar) {
        return known;
    }
    vec_push(&n->observed, scalar);
    net_index_add_observed(n->index, scalar, (int32_t)n->observed.n - 1);
    return (int32_t)n->observed.n - 1;
}

const struct term *net_lhs(const struct net *n, const struct reaction *r)
{
    return vec_from(&n->term, r->lhs);
}

const struct term *net_rhs(const struct net *n, const struct reaction *r)
{
    return vec_from(&n->term, r->rhs);
}

expr_id net_species_expr(struct net *n, species_id s)
{
    return expr_leaf(n->ex, EXPR_SPECIES, TYPE_REAL, shape_scalar(), s, 0);
}

expr_id net_param_expr(struct net *n, int32_t slot)
{
    return expr_leaf(n->ex, EXPR_PARAM, TYPE_REAL, shape_scalar(), slot, 0);
}

/* The declaration that holds the slot; declarations are sorted by `first`. */
static const struct net_param *param_of_slot(const struct net *n, int32_t slot)
{
    size_t lo = 0, hi = n->param.n;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (n->param.data[mid].first <= slot) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    while (n->param.data[lo].first + shape_size(n->param.data[lo].shape) <= slot) {
        lo++; /* a declaration of size 0 has the same `first` as the next one */
    }
    return &n->param.data[lo];
}

const char *net_slot_text(const struct net *n, int32_t slot, struct arena *arena)
{
    assert(slot >= 0 && slot < n->n_slots);
    const struct net_param *p = param_of_slot(n, slot);
    if (p->shape.rank == 0) {
        return p->name;
    }
    size_t room = strlen(p->name) + SHAPE_MAX_RANK * 12 + 4;
    char *text = arena_alloc(arena, room);
    net_element_name(text, room, p->name, p->shape, slot - p->first);
    return text;
}

const char *net_slot_name(const struct net *n, int32_t slot)
{
    return net_slot_text(n, slot, n->arena);
}
