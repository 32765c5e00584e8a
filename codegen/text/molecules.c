/* Amounts as numbers of molecules, for formats that have no units to count them by: what runs of a network
 * with units and a volume do (rt_constants.k, scale_amounts), done to the network. With V molecules in a unit
 * of amount, an amount x becomes V x, a constant of order n becomes k / V^(n - 1), and what reads amounts
 * reads x / V. Outputs that are formulas keep their values and unit. */
#include <math.h>
#include <stdlib.h>

#include "codegen/text/text_impl.h"
#include "ir/net/each_expr.h"
#include "support/mem.h"

struct molecules {
    struct net *n;
    double in_unit;
    int32_t slot; /* of the parameter that is one molecule in the unit of amounts; -1: none */
    bool *whole;  /* by species: its amount is a whole number */
};

static expr_id by(struct molecules *m, enum expr_op op, expr_id e)
{
    return expr_binary(m->n->ex, op, e, expr_real(m->n->ex, m->in_unit));
}

static expr_id read_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct molecules *m = env;
    bool is_amount = leaf->op == EXPR_SPECIES || (leaf->op == EXPR_PARAM && leaf->a == m->slot);
    return is_amount ? by(m, EXPR_DIV, id) : 0;
}

/* The same value from numbers of molecules. */
static expr_id reading(struct molecules *m, expr_id e)
{
    return expr_rewrite(m->n->ex, m->n->ex, e, read_leaf, m);
}

/* The amount `e` of species s as molecules, rounded to the nearest number where these are counted. */
static expr_id amount(struct molecules *m, size_t s, expr_id e)
{
    struct expr_pool *ex = m->n->ex;
    expr_id x = by(m, EXPR_MUL, e);
    return m->whole[s] ? expr_unary(ex, EXPR_FLOOR_REAL, expr_binary(ex, EXPR_ADD, x, expr_real(ex, 0.5)))
                       : x;
}

static expr_id constant(struct molecules *m, const struct reaction *r)
{
    double order = 0;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        order += (double)net_lhs(m->n, r)[i].count;
    }
    return expr_binary(m->n->ex, EXPR_MUL, r->rate, expr_real(m->n->ex, pow(m->in_unit, 1 - order)));
}

/* An element of a symbol: a species and a dual are amounts, all else keeps its value. */
static expr_id element(struct molecules *m, const struct symbol *s, expr_id e)
{
    struct expr_pool *ex = m->n->ex;
    const struct expr *at = expr_get(ex, e);
    bool is_difference = at->op == EXPR_SUB && expr_get(ex, at->args[0])->op == EXPR_SPECIES &&
                         expr_get(ex, at->args[1])->op == EXPR_SPECIES;
    if (at->op == EXPR_SPECIES || (s->kind == SYMBOL_DUAL && is_difference) || expr_is_lost(ex, e)) {
        return e;
    }
    bool is_amount = s->kind == SYMBOL_SPECIES || s->kind == SYMBOL_DUAL;
    return is_amount ? by(m, EXPR_MUL, reading(m, e)) : reading(m, e);
}

static expr_id converted(struct molecules *m, const struct net_expr *e)
{
    const struct net *n = m->n;
    switch (e->role) {
    case ROLE_INITIAL: return amount(m, e->owner, e->id);
    case ROLE_RATE: return constant(m, &n->reaction.data[e->owner]);
    case ROLE_LAW: return by(m, EXPR_MUL, reading(m, e->id));
    case ROLE_VALUE: {
        const struct change *c = &n->change.data[n->event.data[e->owner].first + e->part];
        return amount(m, (size_t)c->species, reading(m, e->id));
    }
    case ROLE_ELEMENT: return element(m, &n->symbol.data[e->owner], e->id);
    default: return net_role_leaves(e->role) & READS_SPECIES ? reading(m, e->id) : e->id;
    }
}

/* As a run does (list_counted): what reactions change is counted, and a constant of which one takes two. */
static void find_whole(struct molecules *m)
{
    const struct net *n = m->n;
    for (size_t i = 0; i < n->species.n; i++) {
        m->whole[i] = n->species.data[i].kind == SPECIES_DISCRETE;
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; r->rate_kind == RATE_MASS_ACTION && i < r->n_lhs; i++) {
            const struct term *t = &net_lhs(n, r)[i];
            m->whole[t->species] |= t->count > 1 && n->species.data[t->species].kind != SPECIES_BULK;
        }
    }
}

bool text_count_molecules(struct net *n, struct diag *diag)
{
    struct molecules m = {.n = n, .in_unit = net_molecules(&n->units), .slot = net_molecule_slot(n)};
    if (!n->units.amount) {
        return true; /* amounts are molecules already */
    }
    if (m.in_unit == 0) {
        diag_report(diag, DIAG_E0821, (struct span){0},
                    "--stochastic counts molecules, and '%s' is in %s without a volume", n->name,
                    n->units.amount);
        diag_help(diag, "give the network its volume, `volume 1 pL;`, or leave --stochastic out");
        return false;
    }
    m.whole = mem_zalloc(n->species.n + 1, sizeof *m.whole);
    find_whole(&m);
    for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
        net_put_expr(n, &e, converted(&m, &e));
    }
    for (size_t i = 0; i < n->species.n; i++) {
        n->species.data[i].rest = 0; /* of the amount before it was rounded */
    }
    free(m.whole);
    n->units.amount = NULL;
    n->units.is_concentration = false;
    n->units.volume = 0;
    return true;
}
