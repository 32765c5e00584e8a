#include "ir/uses.h"

#include <stdlib.h>

#include "support/mem.h"

struct walk {
    const struct net *n;
    const species_id *pair;
    struct uses *uses;
    uint8_t *seen; /* by expression: uses for which it was walked */
    VEC(expr_id) stack;
};

static void use_species(struct uses *u, species_id s, unsigned use, struct span at)
{
    if (u->of[s] == 0) {
        u->at[s] = at;
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

/* Linear over all calls: a node is walked once for each use. */
static void use_expr(struct walk *w, expr_id root, unsigned use, struct span at)
{
    if (root) {
        vec_push(&w->stack, root);
    }
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

static void use_symbols(struct walk *w)
{
    const struct net *n = w->n;
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        unsigned use = (uses_is_observed(s) ? USE_OUTPUT : 0u) |
                       (s->flags & (SYMBOL_IS_INPUT | SYMBOL_IS_SET) ? USE_INPUT : 0u);
        for (int64_t k = 0; use && k < shape_size(s->shape); k++) {
            use_expr(w, n->elem.data[s->first + k], use, s->span);
        }
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        use_expr(w, n->observed.data[i], USE_OUTPUT, (struct span){0});
    }
}

static void use_events(struct walk *w)
{
    const struct net *n = w->n;
    for (size_t i = 0; i < n->event.n; i++) {
        const struct event *e = &n->event.data[i];
        use_expr(w, e->when, USE_EVENT_READ, e->span);
        use_expr(w, e->delay, USE_EVENT_READ, e->span);
        use_expr(w, e->priority, USE_EVENT_READ, e->span);
        for (uint32_t k = e->first; k < e->first + e->n; k++) {
            use_species(w->uses, n->change.data[k].species, USE_EVENT_WRITE, e->span);
            use_expr(w, n->change.data[k].value, USE_EVENT_READ, e->span);
        }
    }
}

struct uses uses_of(const struct net *n, const species_id *pair)
{
    struct uses u = {.of = mem_zalloc(n->species.n + 1, sizeof *u.of),
                     .at = mem_zalloc(n->species.n + 1, sizeof *u.at)};
    struct walk w = {.n = n, .pair = pair, .uses = &u, .seen = mem_zalloc(expr_count(n->ex) + 1, 1)};
    bool all = !has_outputs(n);
    for (size_t s = 0; s < n->species.n; s++) {
        unsigned use =
            (n->species.data[s].flags & SPECIES_INPUT ? USE_INPUT : 0u) | (all ? USE_NO_OUTPUTS : 0u);
        if (use) {
            use_species(&u, (species_id)s, use, n->species.data[s].span);
        }
    }
    use_symbols(&w);
    use_events(&w);
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (n->reaction.data[j].rate_kind == RATE_LAW) {
            use_expr(&w, n->reaction.data[j].rate, USE_LAW, n->reaction.data[j].span);
        }
    }
    for (size_t i = 0; i < n->assume.n; i++) {
        use_expr(&w, n->assume.data[i].cond, USE_ASSUME, n->assume.data[i].span);
    }
    vec_free(&w.stack);
    free(w.seen);
    return u;
}

void uses_free(struct uses *u)
{
    free(u->of);
    free(u->at);
    *u = (struct uses){0};
}

const char *uses_reason(const struct uses *u, species_id s, unsigned mask)
{
    unsigned use = u->of[s] & mask;
    return use & USE_INPUT         ? "it is an input, or set by the experiment"
           : use & USE_OUTPUT      ? "an output or the experiment reads it"
           : use & USE_NO_OUTPUTS  ? "the network declares no outputs, so that every species is observed"
           : use & USE_LAW         ? "a rate law reads it"
           : use & USE_ASSUME      ? "an assumption reads it"
           : use & USE_EVENT_READ  ? "an event reads it"
           : use & USE_EVENT_WRITE ? "an event changes it"
                                   : NULL;
}
