/* Lints of a network that was elaborated. W0402: an amount that is 0 and that nothing changes. W0420: a law
 * that goes on when its reactant is used up. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "ir/net/each_expr.h"
#include "support/mem.h"

static bool *find_moved(const struct net *net)
{
    bool *moved = mem_zalloc(net->species.n + 1, sizeof *moved);
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            moved[net_lhs(net, r)[i].species] = true;
        }
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            moved[net_rhs(net, r)[i].species] = true;
        }
        for (uint32_t i = 0; i < r->n_fractions; i++) {
            moved[net->fraction.data[r->fraction + i].species] = true;
        }
    }
    for (size_t i = 0; i < net->change.n; i++) {
        moved[net->change.data[i].species] = true;
    }
    return moved;
}

static bool is_zero(const struct net *net, const struct species *s)
{
    double amount;
    return s->init == 0 || (expr_const_real(net->ex, s->init, &amount) && amount == 0);
}

static bool is_still(const struct net *net, const struct symbol *s, const bool *moved)
{
    bool still = s->kind == SYMBOL_SPECIES && !(s->flags & SYMBOL_IS_INPUT) && shape_size(s->shape) > 0;
    for (int64_t i = 0; i < shape_size(s->shape) && still; i++) {
        const struct expr *e = expr_get(net->ex, net->elem.data[s->first + (uint32_t)i]);
        const struct species *of = e->op == EXPR_SPECIES ? &net->species.data[e->a] : NULL;
        still = of && of->kind == SPECIES_DISCRETE && !(of->flags & SPECIES_INPUT) && !moved[e->a] &&
                is_zero(net, of);
    }
    return still;
}

static void check_still(const struct lint_network *l, const struct net *net, const struct ast *d,
                        const bool *moved)
{
    for (size_t i = 0; i < net->symbol.n; i++) {
        const struct symbol *s = &net->symbol.data[i];
        if (strcmp(s->name, d->name) == 0 && is_still(net, s, moved) && !lint_may_be_set(l, s->name)) {
            diag_report(l->f->diag, DIAG_W0402, d->span, "no reaction makes or takes '%s': it stays 0",
                        d->name);
            diag_help(l->f->diag,
                      "is another species meant in a reaction, or as an argument of an instance?");
        }
    }
}

/* One warning for the statement, however many reactions it makes. */
static void check_laws(const struct lint_network *l, const struct net *net)
{
    struct span last = {0};
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        bool takes = false, told = r->span.file == last.file && r->span.lo == last.lo && j > 0;
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            const struct term *t = &net_lhs(net, r)[i];
            int64_t back = 0;
            for (uint32_t k = 0; k < r->n_rhs; k++) {
                back = net_rhs(net, r)[k].species == t->species ? net_rhs(net, r)[k].count : back;
            }
            takes |= t->count > back && net->species.data[t->species].kind == SPECIES_DISCRETE;
        }
        double v;
        bool is_zero = expr_const_real(net->ex, r->rate, &v) && v == 0;
        if (takes && r->rate_kind == RATE_LAW && r->guard == 0 && !told && !is_zero &&
            !expr_reads_state(net->ex, r->rate)) {
            diag_report(
                l->f->diag, DIAG_W0420, r->span,
                "this rate is the same however little is left of what it takes: the amount will pass 0");
            diag_help(l->f->diag, "`=>{...}` holds the whole rate; by mass action it is written `->{k}`");
            last = r->span;
        }
    }
}

void lint_still(const struct lint_network *l, const struct net *net)
{
    const struct ast *block = network_block(l->tree);
    bool *moved = find_moved(net);
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; a->kind == AST_ENTITY && !(a->flags & AST_IS_CONST) && k < a->n; k++) {
            check_still(l, net, declaration_dcl(a, k), moved);
        }
    }
    free(moved);
    check_laws(l, net);
}
