/* The two rails of a value cancel if a reaction makes both, or if both are present initially (paper 002,
 * Algorithm 2).
 *
 *   symbol output y = y.p - y.n
 *   species y.p = 5, y.n = 3            species y.p = 2, y.n = 0
 *   A -> 3 y.p + y.n + B                A -> 2 y.p + B
 *
 * Preserves (T) the law over time of all species except the rails, and of the difference of the rails: each
 * reaction changes the difference as before, and no rate reads a rail. The conditions are that neither rail
 * is a reactant; that outputs, observed quantities, assumptions, laws and events read only the difference of
 * the two; and that neither rail is an input or changed by an event. A pair of rails is recognised where
 * something is declared as the difference of two species. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/net/amount.h"
#include "ir/pass/pass.h"
#include "ir/net/rebuild.h"
#include "ir/net/uses.h"
#include "support/mem.h"

struct cancellation {
    struct net *n;
    struct pass_context *c;
    species_id *pair; /* by species: its partner; -1: none */
    bool *is_first;   /* by species: whether it is the `p` of `p - n` */
    bool *lost;       /* by species: whether its amount is no longer what it was */
};

/* Every `p - n` in an element of a symbol is a candidate pair; if a species is in several, the first one
 * counts. */
static void find_pairs(struct cancellation *x)
{
    const struct net *n = x->n;
    memset(x->pair, 0xFF, (n->species.n + 1) * sizeof *x->pair);
    for (size_t i = 0; i < n->elem.n; i++) {
        const struct expr *e = expr_get(n->ex, n->elem.data[i]);
        if (e->op != EXPR_SUB || e->shape.rank > 0) {
            continue;
        }
        const struct expr *p = expr_get(n->ex, e->args[0]), *m = expr_get(n->ex, e->args[1]);
        if (p->op == EXPR_SPECIES && m->op == EXPR_SPECIES && x->pair[p->a] < 0 && x->pair[m->a] < 0) {
            x->pair[p->a] = m->a;
            x->pair[m->a] = p->a;
            x->is_first[p->a] = true;
        }
    }
}

/* For each species the first reaction that reads it; -1: none. */
static reaction_id *find_readers(const struct net *n)
{
    reaction_id *reader = mem_alloc((n->species.n + 1) * sizeof *reader);
    memset(reader, 0xFF, (n->species.n + 1) * sizeof *reader);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            reaction_id *first = &reader[net_lhs(n, r)[i].species];
            *first = *first < 0 ? (reaction_id)j : *first;
        }
    }
    return reader;
}

static bool may_cancel(struct cancellation *x, const struct uses *uses, const reaction_id *reader,
                       species_id s)
{
    const struct net *n = x->n;
    const char *why = uses_reason(uses, s, USE_ANY);
    struct span at = uses_place(uses, s, USE_ANY);
    at = at.file ? at : n->species.data[s].span;
    if (!why && reader[s] >= 0) {
        why = "it is a reactant";
        at = n->reaction.data[reader[s]].span;
    }
    if (!why && (n->species.data[s].kind == SPECIES_CONSTANT ||
                 n->species.data[s].kind != n->species.data[x->pair[s]].kind)) {
        why = "it is constant, or not of the kind of its partner";
    }
    if (why) {
        pass_missed(x->c, at, "%s and %s stay: of %s, %s", n->species.data[s].name,
                    n->species.data[x->pair[s]].name, n->species.data[s].name, why);
    }
    return !why;
}

static void check_pairs(struct cancellation *x)
{
    struct uses uses = uses_of(x->n, x->pair);
    reaction_id *reader = find_readers(x->n);
    for (size_t s = 0; s < x->n->species.n; s++) {
        if (x->is_first[s] &&
            !(may_cancel(x, &uses, reader, (species_id)s) && may_cancel(x, &uses, reader, x->pair[s]))) {
            x->pair[x->pair[s]] = -1;
            x->pair[s] = -1;
            x->is_first[s] = false;
        }
    }
    free(reader);
    uses_free(&uses);
}

static void lose(struct cancellation *x, species_id p, struct span at)
{
    pass_done(x->c, at, "%s and %s cancel", x->n->species.data[p].name, x->n->species.data[x->pair[p]].name);
    x->lost[p] = x->lost[x->pair[p]] = true;
}

static void cancel_products(struct cancellation *x)
{
    struct net *n = x->n;
    term_vec old = rebuild_take_terms(n);
    int64_t *count = mem_zalloc(n->species.n + 1, sizeof *count);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction *r = &n->reaction.data[j];
        const struct term *rhs = old.data + r->rhs;
        r->lhs = rebuild_side(n, old.data + r->lhs, r->n_lhs);
        r->rhs = (uint32_t)n->term.n;
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            count[rhs[i].species] = rhs[i].count;
        }
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            species_id p = rhs[i].species, partner = x->pair[p];
            if (x->is_first[p] && count[partner] > 0) {
                int64_t both = count[p] < count[partner] ? count[p] : count[partner];
                count[p] -= both;
                count[partner] -= both;
                lose(x, p, r->span);
            }
        }
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            if (count[rhs[i].species] > 0) {
                vec_push(&n->term, (struct term){rhs[i].species, count[rhs[i].species]});
            }
            count[rhs[i].species] = 0;
        }
        r->n_rhs = (uint32_t)n->term.n - r->rhs;
    }
    free(count);
    vec_free(&old);
}

static bool is_zero(const struct net *n, expr_id e)
{
    double v;
    return !e || (expr_const_real(n->ex, e, &v) && v == 0);
}

static void cancel_initial_amounts(struct cancellation *x)
{
    struct net *n = x->n;
    for (size_t s = 0; s < n->species.n; s++) {
        if (!x->is_first[s]) {
            continue;
        }
        const struct species *p = &n->species.data[s], *m = &n->species.data[x->pair[s]];
        if (!is_zero(n, p->init) && !is_zero(n, m->init)) {
            net_cancel_amounts(n, (species_id)s, x->pair[s]);
            lose(x, (species_id)s, p->span);
        }
    }
}

static expr_id forget(void *env, const struct expr *leaf, expr_id id)
{
    const struct cancellation *x = env;
    (void)id;
    return leaf->op == EXPR_SPECIES && x->lost[leaf->a] ? expr_lost(x->n->ex) : 0;
}

/* Elements of symbols that nobody observes, and that read a rail on its own, no longer have a value. */
static void forget_rails(struct cancellation *x)
{
    struct net *n = x->n;
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        for (int64_t k = 0; !uses_is_observed(s) && k < shape_size(s->shape); k++) {
            expr_id *e = &n->elem.data[s->first + k];
            const struct expr *d = expr_get(n->ex, *e);
            if (d->op == EXPR_SUB) {
                const struct expr *p = expr_get(n->ex, d->args[0]), *m = expr_get(n->ex, d->args[1]);
                if (p->op == EXPR_SPECIES && m->op == EXPR_SPECIES && x->pair[p->a] == m->a) {
                    continue;
                }
            }
            if (expr_rewrite(n->ex, n->ex, *e, forget, x) != *e) {
                *e = expr_lost(n->ex);
            }
        }
    }
}

/* Both rails of a pair are mapped to the same coordinate, their difference; each other species has its
 * own. */
static void fill_witness(const struct cancellation *x, struct witness *w)
{
    for (size_t s = 0; s < x->n->species.n; s++) {
        bool second = x->lost[s] && !x->is_first[s];
        struct term t = {second ? x->pair[s] : (species_id)s, second ? -1 : 1};
        linear_map_add_row(&w->before, &t, 1);
        linear_map_add_row(&w->after, &t, 1);
    }
}

bool pass_dual_rail(struct net *n, struct pass_context *c)
{
    size_t m = n->species.n + 1;
    struct cancellation x = {.n = n,
                             .c = c,
                             .pair = mem_alloc(m * sizeof *x.pair),
                             .is_first = mem_zalloc(m, sizeof *x.is_first),
                             .lost = mem_zalloc(m, sizeof *x.lost)};
    find_pairs(&x);
    check_pairs(&x);
    cancel_products(&x);
    cancel_initial_amounts(&x);
    if (c->n_done > 0) {
        forget_rails(&x);
    }
    if (c->witness) {
        fill_witness(&x, c->witness);
    }
    free(x.pair);
    free(x.is_first);
    free(x.lost);
    return true;
}
