#include "ir/net/uses.h"

#include <stdlib.h>

#include "ir/net/each_expr.h"
#include "support/mem.h"

struct walk {
    const struct net *n;
    const species_id *pair;
    struct uses *uses;
    uint8_t *seen; /* by expression: the uses for which it has been walked */
    VEC(expr_id) stack;
};

static void use_species(struct uses *u, species_id s, unsigned use, struct span at)
{
    for (unsigned one = 1; one <= use; one <<= 1) {
        if (use & one && !(u->of[s] & one)) {
            vec_push(&u->place, (struct use_place){s, one, at});
        }
    }
    u->of[s] |= (uint8_t)use;
}

static bool is_difference(const struct walk *w, const struct expr *e)
{
    if (!w->pair || e->op != EXPR_SUB) {
        return false;
    }
    const struct expr *x = expr_get(w->n->ex, e->args[0]), *y = expr_get(w->n->ex, e->args[1]);
    return x->op == EXPR_SPECIES && y->op == EXPR_SPECIES && w->pair[x->a] == y->a;
}

/* Linear time over all calls: a node is walked once for each use. */
static void use_expr(struct walk *w, expr_id root, unsigned use, struct span at)
{
    vec_push(&w->stack, root);
    while (w->stack.n > 0) {
        expr_id id = w->stack.data[--w->stack.n];
        const struct expr *e = expr_get(w->n->ex, id);
        if ((w->seen[id] & use) == use) {
            continue;
        }
        w->seen[id] |= (uint8_t)use;
        if (e->op == EXPR_SPECIES) {
            use_species(w->uses, e->a, use, at);
        } else if (use == USE_INPUT || !is_difference(w, e)) {
            for (uint32_t k = 0; k < e->n_args; k++) {
                vec_push(&w->stack, e->args[k]);
            }
        }
    }
}

bool uses_is_observed(const struct symbol *s)
{
    return s->flags & (SYMBOL_IS_OUTPUT | SYMBOL_IS_READ);
}

static bool has_outputs(const struct net *n)
{
    for (size_t i = 0; i < n->symbol.n; i++) {
        if (n->symbol.data[i].flags & SYMBOL_IS_OUTPUT) {
            return true;
        }
    }
    return false;
}

/* The use that reading a species in this expression makes of it; 0 for expressions that do not count, such
 * as initial amounts, which read no species. */
static unsigned use_of(const struct net_expr *e)
{
    switch ((enum net_role)e->role) {
    case ROLE_LAW: return USE_LAW | (net_change_is_known(&e->n->reaction.data[e->owner]) ? 0u : USE_FRACTION);
    case ROLE_STOICHIOMETRY: return USE_FRACTION;
    case ROLE_MOMENT:
    case ROLE_CONDITION:
    case ROLE_DELAY:
    case ROLE_PRIORITY:
    case ROLE_VALUE: return USE_EVENT_READ;
    case ROLE_ELEMENT: {
        const struct symbol *s = &e->n->symbol.data[e->owner];
        return (uses_is_observed(s) ? USE_OUTPUT : 0u) |
               (s->flags & (SYMBOL_IS_INPUT | SYMBOL_IS_SET) ? USE_INPUT : 0u);
    }
    case ROLE_ASSUMPTION: return USE_ASSUME;
    case ROLE_QUANTITY: return USE_OUTPUT;
    default: return 0;
    }
}

static void use_events(struct walk *w)
{
    const struct net *n = w->n;
    for (size_t i = 0; i < n->event.n; i++) {
        const struct event *e = &n->event.data[i];
        for (uint32_t k = e->first; k < e->first + e->n; k++) {
            use_species(w->uses, n->change.data[k].species, USE_EVENT_WRITE, e->span);
        }
    }
}

/* Passes leave alone a reaction whose change is not known, and therefore all species that take part in it. */
static void use_fractions(struct walk *w)
{
    const struct net *n = w->n;
    for (size_t j = 0; n->fraction.n > 0 && j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; !net_change_is_known(r) && i < r->n_lhs + r->n_rhs; i++) {
            const struct term *t = i < r->n_lhs ? &net_lhs(n, r)[i] : &net_rhs(n, r)[i - r->n_lhs];
            use_species(w->uses, t->species, USE_FRACTION, r->span);
        }
        for (uint32_t i = 0; i < r->n_fractions; i++) {
            use_species(w->uses, n->fraction.data[r->fraction + i].species, USE_FRACTION, r->span);
        }
    }
}

static int by_species(const void *a, const void *b)
{
    const struct use_place *x = a, *y = b;
    return (x->species > y->species) - (x->species < y->species);
}

static bool is_sorted(const struct uses *u)
{
    for (size_t i = 1; i < u->place.n; i++) {
        if (u->place.data[i].species < u->place.data[i - 1].species) {
            return false;
        }
    }
    return true;
}

struct uses uses_of(const struct net *n, const species_id *pair)
{
    struct uses u = {.of = mem_zalloc(n->species.n + 1, sizeof *u.of)};
    struct walk w = {.n = n, .pair = pair, .uses = &u, .seen = mem_zalloc(expr_count(n->ex) + 1, 1)};
    bool all = !has_outputs(n);
    for (size_t s = 0; s < n->species.n; s++) {
        unsigned use =
            (n->species.data[s].flags & SPECIES_INPUT ? USE_INPUT : 0u) | (all ? USE_NO_OUTPUTS : 0u);
        if (use) {
            use_species(&u, (species_id)s, use, n->species.data[s].span);
        }
    }
    for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
        unsigned use = use_of(&e);
        if (use) {
            use_expr(&w, e.id, use, net_expr_span(&e));
        }
    }
    use_events(&w);
    use_fractions(&w);
    if (!is_sorted(&u)) {
        qsort(u.place.data, u.place.n, sizeof *u.place.data, by_species);
    }
    vec_free(&w.stack);
    free(w.seen);
    return u;
}

void uses_free(struct uses *u)
{
    free(u->of);
    vec_free(&u->place);
    *u = (struct uses){0};
}

static const struct {
    unsigned use;
    const char *text;
} reasons[] = {
    {USE_INPUT, "it is an input, or set by the experiment"},
    {USE_OUTPUT, "an output or the experiment reads it"},
    {USE_NO_OUTPUTS, "the network declares no outputs, so that every species is observed"},
    {USE_LAW, "a rate law reads it"},
    {USE_ASSUME, "an assumption reads it"},
    {USE_EVENT_READ, "an event reads it"},
    {USE_EVENT_WRITE, "an event changes it"},
    {USE_FRACTION, "a reaction changes amounts by what is no whole number, or later"},
};
enum { N_REASONS = sizeof reasons / sizeof *reasons };

static size_t reason_of(const struct uses *u, species_id s, unsigned mask)
{
    size_t i = 0;
    while (i < N_REASONS && !(u->of[s] & mask & reasons[i].use)) {
        i++;
    }
    return i;
}

const char *uses_reason(const struct uses *u, species_id s, unsigned mask)
{
    size_t i = reason_of(u, s, mask);
    return i < N_REASONS ? reasons[i].text : NULL;
}

struct span uses_place(const struct uses *u, species_id s, unsigned mask)
{
    size_t i = reason_of(u, s, mask);
    struct use_place key = {.species = s}, *at = NULL;
    if (i < N_REASONS && u->place.n > 0) {
        at = bsearch(&key, u->place.data, u->place.n, sizeof key, by_species);
    }
    for (; at && at > u->place.data && at[-1].species == s; at--) {
    }
    for (; at && at < u->place.data + u->place.n && at->species == s; at++) {
        if (at->use == reasons[i].use) {
            return at->at;
        }
    }
    return (struct span){0};
}
