/* Checks that all claims share: well-formed maps, equal declarations, initial amounts, and what is
 * observed. */
#include "ir/prove/certify.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ir/prove/certify_impl.h"
#include "ir/net/each_expr.h"
#include "ir/net/uses.h"
#include "runtime/crnl_csr.h"

bool certify_reject(struct certifier *c, const char *format, ...)
{
    if (!c->why) {
        struct arena *a = arena_create();
        va_list ap;
        va_start(ap, format);
        c->why = mem_strdup(arena_vprintf(a, format, ap));
        va_end(ap);
        arena_destroy(a);
    }
    return false;
}

const struct term *certify_row(const struct side *s, species_id x, struct term *one, size_t *n)
{
    if (s->map->ptr.n == 0) {
        *one = (struct term){x, 1};
        *n = 1;
        return one;
    }
    return linear_map_row(s->map, (size_t)x, n);
}

int32_t certify_own_coordinate(const struct side *s, species_id x)
{
    struct term one;
    size_t n;
    const struct term *row = certify_row(s, x, &one, &n);
    return n == 1 && row->count == 1 && certify_owners(s, row->species) == 1 && !s->gone[x] ? row->species
                                                                                            : -1;
}

int32_t certify_owners(const struct side *s, int32_t coordinate)
{
    return s->owner_first[coordinate + 1] - s->owner_first[coordinate];
}

expr_id certify_expr(const struct certifier *c, int side, expr_id e)
{
    return side == 1 || c->shares_pool ? e : expr_rewrite(c->ex, c->side[0].net->ex, e, NULL, NULL);
}

static bool check_map(struct certifier *c, const struct side *s)
{
    const struct linear_map *m = s->map;
    size_t n = s->net->species.n;
    if (m->ptr.n == 0) {
        return n <= (size_t)c->w->n_coordinates ||
               certify_reject(c, "the identity has more species than coordinates");
    }
    if (m->ptr.n != n + 1 || m->ptr.data[0] != 0 || m->ptr.data[n] != m->term.n) {
        return certify_reject(c, "a map has not one row for each species");
    }
    for (size_t i = 0; i < n; i++) {
        bool good = m->ptr.data[i] <= m->ptr.data[i + 1] && m->ptr.data[i + 1] <= m->term.n;
        for (size_t k = m->ptr.data[i]; good && k < m->ptr.data[i + 1]; k++) {
            const struct term *t = &m->term.data[k];
            good = t->species >= 0 && t->species < c->w->n_coordinates && t->count != 0 &&
                   (k == m->ptr.data[i] || t[-1].species < t->species);
        }
        if (!good) {
            return certify_reject(c, "the row of %s is malformed", s->net->species.data[i].name);
        }
    }
    return true;
}

static void find_owners(struct side *s, size_t n_coordinates)
{
    int32_t *first = s->owner_first = mem_zalloc(n_coordinates + 2, sizeof *first);
    for (int store = 0; store < 2; store++) {
        for (size_t i = 0; i < s->net->species.n; i++) {
            struct term one;
            size_t n;
            const struct term *row = certify_row(s, (species_id)i, &one, &n);
            for (size_t k = 0; k < n && !s->gone[i]; k++) {
                if (store) {
                    s->owner[csr_place(first, row[k].species)] = (struct term){(species_id)i, row[k].count};
                } else {
                    csr_count(first, row[k].species);
                }
            }
        }
        if (!store) {
            s->owner = mem_alloc(((size_t)csr_open(first, (int32_t)n_coordinates) + 1) * sizeof *s->owner);
        }
    }
}

static void find_held(struct side *s)
{
    struct uses uses = uses_of(s->net, NULL);
    s->held = mem_zalloc(s->net->species.n + 1, sizeof *s->held);
    for (size_t i = 0; i < s->net->species.n; i++) {
        s->held[i] =
            s->net->species.data[i].kind == SPECIES_CONSTANT && !(uses.of[i] & (USE_INPUT | USE_EVENT_WRITE));
    }
    uses_free(&uses);
}

static bool open_side(struct certifier *c, int side)
{
    struct side *s = &c->side[side];
    size_t n = s->net->species.n;
    s->gone = mem_zalloc(n + 1, sizeof *s->gone);
    s->image = mem_zalloc(c->n_expressions + 1, sizeof *s->image);
    if (!check_map(c, s)) {
        return false;
    }
    if (c->w->claim == CLAIM_LIMIT) {
        certify_find_passing(c, side);
    }
    bool law = c->w->claim == CLAIM_LAW || c->w->claim == CLAIM_ODE;
    for (size_t i = 0; side == 0 && law && i < c->w->absent.n; i++) {
        species_id x = c->w->absent.data[i];
        if (x < 0 || (size_t)x >= n) {
            return certify_reject(c, "a species that does not exist is said to be absent");
        }
        s->gone[x] = true;
    }
    find_held(s);
    find_owners(s, (size_t)c->w->n_coordinates);
    return true;
}

/* Checks that species claimed equal start with the same amount and are of the same kind, and that nothing
 * from outside makes them different. */
static bool check_equal(struct certifier *c)
{
    struct side *s = &c->side[0];
    size_t n = c->w->equal.n;
    if (n == 0) {
        return true;
    }
    if (n != s->net->species.n || c->w->claim != CLAIM_ODE) {
        return certify_reject(c, "equal species are claimed of another network, or for counts");
    }
    struct uses uses = uses_of(s->net, NULL);
    bool ok = true;
    form f = {0};
    for (size_t i = 0; i < n && ok; i++) {
        species_id x = c->w->equal.data[i];
        const struct species *a = &s->net->species.data[i];
        ok = x >= 0 && (size_t)x < n && c->w->equal.data[x] == x;
        const struct species *b = ok ? &s->net->species.data[x] : a;
        unsigned apart = ok ? (uses.of[i] | uses.of[x]) & (USE_INPUT | USE_EVENT_WRITE) : 0;
        f.n = 0;
        certify_add(c, &f, a->init ? certify_expr(c, 0, a->init) : 0, 1);
        certify_add(c, &f, b->init ? certify_expr(c, 0, b->init) : 0, -1);
        ok = ok && (a == b || (a->kind == b->kind && !apart && certify_is_zero(&f)));
        ok = ok || certify_reject(c, "%s need not be equal to another", a->name);
    }
    vec_free(&f);
    uses_free(&uses);
    s->equal = c->w->equal.data;
    return ok;
}

static bool same_expr(const struct certifier *c, expr_id before, expr_id after)
{
    return (before && after) ? certify_expr(c, 0, before) == after : before == after;
}

/* Checks parameters, guards and the clock; those of the network before the pass must come first. */
static bool check_declarations(struct certifier *c)
{
    const struct net *a = c->side[0].net, *b = c->side[1].net;
    if (a->param.n > b->param.n || a->n_slots > b->n_slots || a->guard.n != b->guard.n ||
        a->clock.n != b->clock.n) {
        return certify_reject(c, "there are not the same parameters, guards and phases");
    }
    for (size_t i = 0; i < a->param.n; i++) {
        const struct net_param *x = &a->param.data[i], *y = &b->param.data[i];
        if (!shape_equal(x->shape, y->shape) || x->first != y->first || x->global != y->global ||
            !same_expr(c, x->init, y->init)) {
            return certify_reject(c, "the parameter %s has changed", x->name);
        }
    }
    for (size_t i = 0; i < a->guard.n; i++) {
        if (a->guard.data[i].initially != b->guard.data[i].initially) {
            return certify_reject(c, "the guard %s has changed", a->guard.data[i].name);
        }
    }
    for (size_t i = 0; i < a->clock.n; i++) {
        if (a->clock.data[i].guard != b->clock.data[i].guard ||
            !same_expr(c, a->clock.data[i].duration, b->clock.data[i].duration)) {
            return certify_reject(c, "the clock has changed");
        }
    }
    return true;
}

/* Checks that a coordinate is a sum over species of the same kind, on both sides. A species after the pass
 * may instead be constant; its amount is then that of the coordinate and not a factor of rates, and the
 * reactions must agree with it. */
static bool check_kinds(struct certifier *c)
{
    uint8_t *kind = mem_zalloc((size_t)c->w->n_coordinates + 1, 1);
    bool ok = true;
    for (int side = 0; side < 2; side++) {
        struct side *s = &c->side[side];
        for (size_t i = 0; i < s->net->species.n && ok; i++) {
            struct term one;
            size_t n;
            const struct term *row = certify_row(s, (species_id)i, &one, &n);
            bool may_be_held =
                side == 1 && s->net->species.data[i].kind == SPECIES_CONSTANT && c->w->claim != CLAIM_LIMIT;
            for (size_t k = 0; k < n && ok; k++) {
                uint8_t own = (uint8_t)(1 + s->net->species.data[i].kind), *known = &kind[row[k].species];
                bool same = *known == 0 || *known == own;
                ok = same || may_be_held ||
                     certify_reject(c, "%s is not of the kind of what it becomes",
                                    s->net->species.data[i].name);
                *known = own;
                s->held[i] = s->held[i] && same;
            }
        }
    }
    free(kind);
    return ok;
}

struct contribution { /* a contribution to the initial amount of a coordinate */
    int32_t coordinate;
    expr_id atom;
    double coefficient;
};

static int by_coordinate(const void *a, const void *b)
{
    const struct contribution *x = a, *y = b;
    return (x->coordinate > y->coordinate) - (x->coordinate < y->coordinate);
}

static bool check_initial(struct certifier *c)
{
    VEC(struct contribution) part = {0};
    form f = {0};
    bool ok = true;
    for (int side = 0; side < 2; side++) {
        const struct side *s = &c->side[side];
        for (size_t i = 0; i < s->net->species.n; i++) {
            struct term one;
            size_t n;
            const struct term *row = certify_row(s, (species_id)i, &one, &n);
            expr_id init = s->net->species.data[i].init;
            for (size_t k = 0; init && k < n; k++) {
                double factor = (double)row[k].count * (side ? -1 : 1);
                vec_push(&part, (struct contribution){row[k].species, certify_expr(c, side, init), factor});
            }
        }
    }
    for (species_id s = 0; s < (species_id)c->side[1].net->species.n; s++) {
        size_t n;
        const struct term *factor = certify_product(c, s, &n);
        if (n > 0) {
            vec_push(&part, (struct contribution){s, certify_product_amount(c, factor, n), 1});
        }
    }
    if (part.n > 1) {
        qsort(part.data, part.n, sizeof *part.data, by_coordinate);
    }
    for (size_t i = 0; i < part.n && ok;) {
        int32_t q = part.data[i].coordinate;
        f.n = 0;
        for (; i < part.n && part.data[i].coordinate == q; i++) {
            certify_add(c, &f, part.data[i].atom, part.data[i].coefficient);
        }
        ok = certify_is_zero(&f) || certify_reject(c, "the initial amount of coordinate %d has changed", q);
    }
    vec_free(&part);
    vec_free(&f);
    return ok;
}

bool certify_same_value(struct certifier *c, expr_id before, expr_id after)
{
    if (c->w->claim == CLAIM_STEPS) {
        return same_expr(c, before, after);
    }
    expr_id a = certify_image(c, 0, certify_expr(c, 0, before)), b = certify_image(c, 1, after);
    return a && a == b;
}

static bool check_symbols(struct certifier *c)
{
    const struct net *a = c->side[0].net, *b = c->side[1].net;
    bool ok = a->symbol.n <= b->symbol.n && a->elem.n <= b->elem.n;
    for (size_t i = a->symbol.n; i < b->symbol.n && ok; i++) {
        ok = b->symbol.data[i].kind == SYMBOL_PARAM && b->symbol.data[i].flags == 0;
    }
    if (!ok) {
        return certify_reject(c, "there are not the same symbols");
    }
    for (size_t i = 0; i < a->symbol.n; i++) {
        const struct symbol *x = &a->symbol.data[i], *y = &b->symbol.data[i];
        if (strcmp(x->name, y->name) != 0 || x->flags != y->flags || !shape_equal(x->shape, y->shape) ||
            x->first != y->first) {
            return certify_reject(c, "the symbol %s has changed", x->name);
        }
    }
    return true;
}

/* Checks that the events are the same, with the same changes of the same species. check_expressions compares
 * what they read. */
static bool check_events(struct certifier *c)
{
    const struct net *a = c->side[0].net, *b = c->side[1].net;
    bool ok = a->event.n == b->event.n && a->change.n == b->change.n;
    for (size_t i = 0; i < a->event.n && ok; i++) {
        const struct event *x = &a->event.data[i], *y = &b->event.data[i];
        ok = x->kind == y->kind && x->flags == y->flags && x->first == y->first && x->n == y->n;
    }
    for (size_t i = 0; i < a->change.n && ok; i++) {
        const struct change *x = &a->change.data[i], *y = &b->change.data[i];
        bool steps = c->w->claim == CLAIM_STEPS;
        int32_t p = steps ? x->species : certify_own_coordinate(&c->side[0], x->species),
                q = steps ? y->species : certify_own_coordinate(&c->side[1], y->species);
        ok = p >= 0 && p == q;
    }
    return ok || certify_reject(c, "the events have changed");
}

/* Advances to the next expression of events, symbols, assumptions and experiments. Symbols from number
 * n_symbols on are new and skipped. */
static bool next_kept(struct net_expr *e, size_t n_symbols)
{
    bool more;
    do {
        more = net_next_expr(e);
    } while (more && (e->owner_kind < OWNER_EVENT || (e->role == ROLE_ELEMENT && e->owner >= n_symbols)));
    return more;
}

/* Checks everything other than rates that reads the state: each expression has the same value as before, or
 * nobody observes it. */
static bool check_expressions(struct certifier *c)
{
    const struct net *a = c->side[0].net, *b = c->side[1].net;
    struct net_expr x = net_exprs(a), y = net_exprs(b);
    for (;;) {
        bool more = next_kept(&x, a->symbol.n), more_after = next_kept(&y, a->symbol.n);
        if (more != more_after || (more && (x.role != y.role || x.owner != y.owner || x.part != y.part))) {
            return certify_reject(c, "there are not the same events, assumptions and observed quantities");
        }
        if (!more) {
            return true;
        }
        const struct symbol *s = x.role == ROLE_ELEMENT ? &a->symbol.data[x.owner] : NULL;
        bool forgotten = s && !uses_is_observed(s) && expr_is_lost(b->ex, y.id);
        if (!forgotten && !certify_same_value(c, x.id, y.id)) {
            return s ? certify_reject(c, "%s is not what it was", s->name)
                     : certify_reject(c, "%s (number %u) is not what it was", net_role_name(x.role), x.owner);
        }
    }
}

/* Checks that species given from outside are the same, with the same initial amount. */
static bool check_inputs(struct certifier *c)
{
    const struct net *a = c->side[0].net, *b = c->side[1].net;
    struct uses uses = uses_of(a, NULL);
    species_id *owner = mem_alloc(((size_t)c->w->n_coordinates + 1) * sizeof *owner);
    bool ok = true;
    memset(owner, 0xFF, ((size_t)c->w->n_coordinates + 1) * sizeof *owner);
    for (size_t i = 0; i < b->species.n; i++) {
        int32_t q = certify_own_coordinate(&c->side[1], (species_id)i);
        if (q >= 0) {
            owner[q] = (species_id)i;
        }
    }
    for (size_t i = 0; i < a->species.n && ok; i++) {
        if (uses.of[i] & USE_INPUT) {
            int32_t q = certify_own_coordinate(&c->side[0], (species_id)i);
            const struct species *x = &a->species.data[i],
                                 *y = q >= 0 && owner[q] >= 0 ? &b->species.data[owner[q]] : NULL;
            ok = (y && same_expr(c, x->init, y->init) &&
                  (x->flags & SPECIES_INPUT) == (y->flags & SPECIES_INPUT)) ||
                 certify_reject(c, "%s is given from outside and has changed", x->name);
        }
    }
    free(owner);
    uses_free(&uses);
    return ok;
}

char *certify(const struct net *before, const struct net *after, const struct witness *w)
{
    struct certifier c = {.w = w, .ex = expr_pool_clone(after->ex)};
    c.side[0] = (struct side){.net = before, .map = &w->before};
    c.side[1] = (struct side){.net = after, .map = &w->after};
    c.n_expressions = expr_count(c.ex);
    c.shares_pool = expr_pool_extends(c.ex, before->ex);
    (void)(open_side(&c, 0) && open_side(&c, 1) && check_equal(&c) && check_declarations(&c) &&
           certify_products(&c) && certify_unknown(&c) &&
           (w->claim == CLAIM_STEPS ? certify_steps(&c)
                                    : check_kinds(&c) && check_initial(&c) && check_inputs(&c) &&
                                          (w->claim == CLAIM_LIMIT ? certify_limit(&c) : certify_law(&c))) &&
           check_symbols(&c) && check_events(&c) && check_expressions(&c));
    for (int side = 0; side < 2; side++) {
        free(c.side[side].owner_first);
        free(c.side[side].owner);
        free(c.side[side].gone);
        free(c.side[side].held);
        free(c.side[side].image);
    }
    free(c.product_first);
    free(c.product);
    expr_pool_destroy(c.ex);
    return c.why;
}
