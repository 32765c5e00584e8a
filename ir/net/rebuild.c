#include "ir/net/rebuild.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/net/each_expr.h"
#include "ir/net/uses.h"
#include "support/mem.h"

term_vec rebuild_take_terms(struct net *n)
{
    term_vec old = {n->term.data, n->term.n, n->term.cap};
    n->term.data = NULL;
    n->term.n = n->term.cap = 0;
    return old;
}

uint32_t rebuild_side(struct net *n, const struct term *side, size_t n_side)
{
    uint32_t first = (uint32_t)n->term.n;
    assert(n->term.n + n_side <= UINT32_MAX);
    vec_reserve(&n->term, n->term.n + n_side);
    if (n_side > 0) {
        memcpy(n->term.data + first, side, n_side * sizeof *side);
    }
    n->term.n += n_side;
    return first;
}

void rebuild_drop_reactions(struct net *n, const bool *drop)
{
    size_t kept = 0;
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (!drop[j]) {
            n->reaction.data[kept++] = n->reaction.data[j];
        }
    }
    n->reaction.n = kept;
}

struct renumbering {
    struct net *n;
    const species_id *to; /* -1: removed */
    const expr_id *value;
    bool lost; /* whether the expression read a removed species without value */
};

static expr_id renumber_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct renumbering *r = env;
    if (leaf->op != EXPR_SPECIES) {
        return 0;
    }
    if (r->to[leaf->a] >= 0) {
        return r->to[leaf->a] == leaf->a ? id : net_species_expr(r->n, r->to[leaf->a]);
    }
    expr_id value = r->value ? r->value[leaf->a] : 0;
    r->lost = r->lost || !value;
    return value ? value : expr_lost(r->n->ex);
}

static void renumber_expressions(struct renumbering *r)
{
    for (struct net_expr e = net_exprs(r->n); net_next_expr(&e);) {
        if (net_role_leaves(e.role) & READS_SPECIES) {
            r->lost = false;
            expr_id id = expr_rewrite(r->n->ex, r->n->ex, e.id, renumber_leaf, r);
            net_put_expr(r->n, &e, r->lost && e.role == ROLE_ELEMENT ? expr_lost(r->n->ex) : id);
        }
    }
}

struct forgetting {
    struct net *n;
    const bool *lost;
};

static expr_id forget_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct forgetting *f = env;
    (void)id;
    return leaf->op == EXPR_SPECIES && f->lost[leaf->a] ? expr_lost(f->n->ex) : 0;
}

bool rebuild_products(struct net *n, const bool *remove, struct multiset *sum,
                      bool (*products)(void *env, const struct reaction *r, const struct term *rhs),
                       void *env)
{
    term_vec old = rebuild_take_terms(n), side = {0};
    size_t kept = 0;
    bool ok = true;
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction r = n->reaction.data[j];
        if (r.n_lhs == 1 && remove[old.data[r.lhs].species]) {
            continue;
        }
        ok = products(env, &r, old.data + r.rhs) && ok;
        side.n = 0;
        r.n_rhs = (uint32_t)multiset_take(sum, &side);
        r.lhs = rebuild_side(n, old.data + r.lhs, r.n_lhs);
        r.rhs = rebuild_side(n, side.data, side.n);
        n->reaction.data[kept++] = r;
    }
    n->reaction.n = kept;
    vec_free(&old);
    vec_free(&side);
    return ok;
}

void rebuild_forget(struct net *n, const bool *lost)
{
    struct forgetting f = {n, lost};
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        for (int64_t k = 0; !uses_is_observed(s) && k < shape_size(s->shape); k++) {
            expr_id *e = &n->elem.data[s->first + k];
            if (expr_rewrite(n->ex, n->ex, *e, forget_leaf, &f) != *e) {
                *e = expr_lost(n->ex);
            }
        }
    }
}

static void renumber_sides(struct net *n, const species_id *to)
{
    term_vec old = rebuild_take_terms(n);
    vec_reserve(&n->term, old.n);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction *r = &n->reaction.data[j];
        uint32_t first[2] = {r->lhs, r->rhs}, *count[2] = {&r->n_lhs, &r->n_rhs}, place[2];
        for (int side = 0; side < 2; side++) {
            place[side] = (uint32_t)n->term.n;
            for (uint32_t i = first[side]; i < first[side] + *count[side]; i++) {
                struct term t = old.data[i];
                t.species = to[t.species];
                if (t.species >= 0) {
                    vec_push(&n->term, t);
                }
            }
            *count[side] = (uint32_t)n->term.n - place[side];
        }
        r->lhs = place[0];
        r->rhs = place[1];
    }
    vec_free(&old);
}

void rebuild_remove_species(struct net *n, const bool *remove, const expr_id *value)
{
    species_id *to = mem_alloc((n->species.n + 1) * sizeof *to), kept = 0;
    for (size_t s = 0; s < n->species.n; s++) {
        to[s] = remove[s] ? -1 : kept++;
    }
    if ((size_t)kept < n->species.n) {
        struct renumbering r = {n, to, value, false};
        renumber_sides(n, to);
        renumber_expressions(&r);
        for (size_t i = 0; i < n->change.n; i++) {
            n->change.data[i].species = to[n->change.data[i].species];
        }
        for (size_t i = 0; i < n->fraction.n; i++) {
            n->fraction.data[i].species = to[n->fraction.data[i].species];
        }
        for (size_t s = 0; s < n->species.n; s++) {
            if (to[s] >= 0) {
                n->species.data[to[s]] = n->species.data[s];
            }
        }
        n->species.n = (size_t)kept;
    }
    free(to);
}
