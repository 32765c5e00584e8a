/* Lints of a network after its elaboration. W0402 warns of an amount that is 0 and that nothing changes,
 * and of an end of an array that a loop has left out. W0420 warns of a law that goes on when its reactant
 * is used up. W0421 warns of an equation that takes from an amount without containing it. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "ir/interp/interp.h"
#include "ir/net/each_expr.h"
#include "support/mem.h"

bool *lint_moved(const struct net *net, bool by_events)
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
    for (size_t i = 0; by_events && i < net->change.n; i++) {
        moved[net->change.data[i].species] = true;
    }
    return moved;
}

static bool is_zero(const struct net *net, const struct species *s)
{
    double amount;
    return s->init == 0 || (expr_const_real(net->ex, s->init, &amount) && amount == 0);
}

/* The species that element i of a symbol is, or -1 if it is not one whose amount reactions may change. */
static int32_t species_at(const struct net *net, const struct symbol *s, int64_t i)
{
    const struct expr *e = expr_get(net->ex, net->elem.data[s->first + (uint32_t)i]);
    return e->op == EXPR_SPECIES && net->species.data[e->a].kind == SPECIES_DISCRETE &&
                   !(net->species.data[e->a].flags & SPECIES_INPUT)
               ? e->a
               : -1;
}

static bool is_still(const struct net *net, const struct symbol *s, const bool *moved)
{
    if (s->kind == SYMBOL_DUAL) { /* the symbols of its rails stand behind its own */
        return !(s->flags & SYMBOL_IS_INPUT) && is_still(net, s + 1, moved) && is_still(net, s + 2, moved);
    }
    bool still = s->kind == SYMBOL_SPECIES && !(s->flags & SYMBOL_IS_INPUT) && shape_size(s->shape) > 0;
    for (int64_t i = 0; i < shape_size(s->shape) && still; i++) {
        int32_t species = species_at(net, s, i);
        still = species >= 0 && !moved[species] && is_zero(net, &net->species.data[species]);
    }
    return still;
}

/* Where an instance leaves out an argument, the species may be the one that was meant. */
static void help_still(const struct lint_network *l, const struct net *net, const struct ast *d,
                       bool is_dual)
{
    for (size_t k = 0; k < net->symbol.n; k++) {
        const struct symbol *s = &net->symbol.data[k];
        bool fits = (s->kind == SYMBOL_DUAL) == is_dual;
        struct span in = l->tree->span;
        if (fits && lint_is_left_out(net, s) && s->span.file == in.file && s->span.lo >= in.lo &&
            s->span.hi <= in.hi) {
            const char *dot = strrchr(s->name, '.'), *takes = dot ? dot + 1 : s->name;
            diag_note(l->f->diag, s->span, "this takes a %s '%s' too, and has one of its own: '%s'",
                      s->kind == SYMBOL_DUAL ? "dual value" : "species", takes, s->name);
            diag_help(l->f->diag, "where '%s' is meant, give it to the instance: %s = %s", d->name, takes,
                      d->name);
            return;
        }
    }
    diag_help(l->f->diag, "is another %s meant in a reaction, or as an argument of an instance?",
              is_dual ? "dual value" : "species");
}

static void check_still(const struct lint_network *l, const struct net *net, const struct ast *d,
                        const bool *moved)
{
    int32_t i = net_find_symbol(net, d->name);
    if (i >= 0 && is_still(net, &net->symbol.data[i], moved) && !lint_may_be_set(l, d->name, d->span)) {
        diag_report(l->f->diag, DIAG_W0402, d->span, "no reaction makes or takes '%s': it stays 0", d->name);
        help_still(l, net, d, net->symbol.data[i].kind == SYMBOL_DUAL);
    }
}

/* ---- an end of an array ---- */

static void note_species(void *env, expr_id id, const struct expr *e)
{
    bool *named = env;
    (void)id;
    if (e->op == EXPR_SPECIES) {
        named[e->a] = true;
    }
}

/* Tells for each species whether anything in the network names it besides its declaration. */
static bool *find_named(const struct net *net)
{
    bool *named = lint_moved(net, true);
    for (struct net_expr e = net_exprs(net); net_next_expr(&e);) {
        bool declares = e.owner_kind == OWNER_SPECIES ||
                        (e.owner_kind == OWNER_SYMBOL && expr_get(net->ex, e.id)->op == EXPR_SPECIES);
        if (!declares) {
            expr_visit(net->ex, e.id, note_species, named);
        }
    }
    return named;
}

/* Indices begin at 0, and a range does not contain its end. Somebody who is used to other rules leaves out
 * the first element or the last. */
static void check_ends(const struct lint_network *l, const struct net *net, const struct ast *d,
                       bool **named_species)
{
    enum { FEW = 3 };
    int32_t at = net_find_symbol(net, d->name);
    const struct symbol *s = at >= 0 ? &net->symbol.data[at] : NULL;
    if (!s || s->kind != SYMBOL_SPECIES || s->flags & SYMBOL_IS_INPUT || s->shape.rank != 1 ||
        shape_size(s->shape) < FEW || lint_may_be_set(l, d->name, d->span)) {
        return;
    }
    if (!*named_species) { /* a look at the whole network, for which most networks have no reason */
        *named_species = find_named(net);
    }
    const bool *named = *named_species;
    int64_t n = shape_size(s->shape), left_out = -1;
    for (int64_t i = 0; i < n; i++) {
        int32_t species = species_at(net, s, i);
        if (species < 0 || (!named[species] && left_out >= 0)) {
            return;
        }
        left_out = named[species] ? left_out : i;
    }
    if (left_out == 0 || left_out == n - 1) {
        diag_report(l->f->diag, DIAG_W0402, d->span,
                    "nothing uses '%s[%lld]', but all other elements are used", d->name, (long long)left_out);
        diag_help(l->f->diag, "its elements are [0] to [%lld]: a loop over all of them is `for i in 0..%lld`",
                  (long long)(n - 1), (long long)n);
    }
}

/* ---- W0420 ---- */

struct reading {
    species_id species;
    bool found;
};

static void find_reading(void *env, expr_id id, const struct expr *e)
{
    struct reading *r = env;
    (void)id;
    r->found |= (e->op == EXPR_SPECIES && e->a == r->species) || expr_has_class(e->op, EXPR_CLASS_DERIVED) ||
                expr_has_class(e->op, EXPR_CLASS_PAST);
}

/* The first species that the reaction takes and its law does not read, or -1. */
static species_id unread_reactant(const struct net *net, const struct reaction *r)
{
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const struct term *t = &net_lhs(net, r)[i];
        struct reading reading = {t->species, false};
        if (net_whole_change_of(net, r, t->species) < 0 &&
            net->species.data[t->species].kind == SPECIES_DISCRETE) {
            expr_visit(net->ex, r->rate, find_reading, &reading);
            if (!reading.found) {
                return t->species;
            }
        }
    }
    return -1;
}

/* A statement gets one warning, however many reactions it makes. */
static void check_laws(const struct lint_network *l, const struct net *net)
{
    struct span last = {0};
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        bool told = r->span.file == last.file && r->span.lo == last.lo && j > 0;
        double v;
        bool is_zero = expr_const_real(net->ex, r->rate, &v) && v == 0;
        if (r->rate_kind != RATE_LAW || r->guard != 0 || told || is_zero) {
            continue;
        }
        species_id taken = unread_reactant(net, r);
        if (taken >= 0 && expr_reads_state(net->ex, r->rate)) {
            const char *name = net->species.data[taken].name;
            diag_report(l->f->diag, DIAG_W0420, r->span,
                        "this rate does not read '%s', which it takes: it goes on when none is left, and the "
                        "amount will pass 0",
                        name);
            diag_help(l->f->diag,
                      "a law that takes '%s' vanishes with it, as in `=>{ v * %s / (K + %s) }`; what stays "
                      "stands behind `via`",
                      name, name, name);
            last = r->span;
        } else if (taken >= 0) {
            diag_report(
                l->f->diag, DIAG_W0420, r->span,
                "this rate is the same however little is left of what it takes: the amount will pass 0");
            const char *law = net_expr_text(net, r->rate, l->f->arena), *name = net->species.data[taken].name;
            const char *factor = strpbrk(law, " +-/") ? arena_printf(l->f->arena, "(%s)", law) : law;
            diag_help(l->f->diag,
                      "`=>{...}` holds the whole rate; by mass action it is written `->{k}`, and a rate that "
                      "stays the same while there is any is `=>{if %s > 0 then %s else 0}` or "
                      "`=>{%s*%s/(K + %s)}`",
                      name, law, factor, name, name);
            last = r->span;
        }
    }
}

/* ---- W0421 ---- */

static enum ast_verdict is_equation_at(void *env, const struct ast *a)
{
    const struct span *at = env;
    return a->kind != AST_ODE                                 ? AST_GO_ON
           : a->span.lo == at->lo && a->span.file == at->file ? AST_FOUND
                                                              : AST_LEAVE_OUT;
}

static enum ast_verdict is_equation(void *env, const struct ast *a)
{
    (void)env;
    return a->kind == AST_ODE                                    ? AST_FOUND
           : a->kind == AST_REACTION || a->kind == AST_REACTIONS ? AST_LEAVE_OUT
                                                                 : AST_GO_ON;
}

/* Finds terms of equations that do not contain their variable, and whose coefficient is a parameter that
 * makes them negative. */
static void check_equations(const struct lint_network *l, const struct net *net)
{
    struct interp *it = interp_create(net);
    double *p = mem_zalloc((size_t)net->n_slots + 1, sizeof *p),
           *k = mem_zalloc(net->reaction.n + 1, sizeof *k);
    int32_t slot;
    bool known = interp_params(it, NULL, NULL, p, &slot) && interp_rates(it, p, k);
    for (size_t j = 0; known && j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        struct span at = r->span;
        const struct ast *of =
            r->rate_kind == RATE_MASS_ACTION && k[j] < 0 ? ast_find(l->tree, is_equation_at, &at) : NULL;
        if (of) {
            const char *name = front_source_text(l->f, ode_left(of)->span);
            bool has_itself = false; /* a term changes the variable of its equation and nothing else */
            for (uint32_t i = 0; i < r->n_lhs; i++) {
                has_itself |= net_whole_change_of(net, r, net_lhs(net, r)[i].species) != 0;
            }
            if (has_itself) {
                diag_report(
                    l->f->diag, DIAG_W0421, ode_right(of)->span,
                    "the constant of a term of this is %.6g by its parameters, and rates are not negative",
                    k[j]);
                if (expr_get(net->ex, r->rate)->op == EXPR_SUB) {
                    diag_help(l->f->diag,
                              "a difference has no sign of its own: write its terms one by one, "
                              "`(b - d) * %s` as `b * %s - d * %s`",
                              name, name, name);
                } else {
                    diag_help(l->f->diag, "write the sign before the term: %s' = ... - k * %s", name, name);
                }
            } else {
                diag_report(l->f->diag, DIAG_W0421, ode_right(of)->span,
                            "a term of this, %.6g by its parameters, takes from '%s' without containing it",
                            k[j], name);
                diag_help(l->f->diag, "declare it `dual %s` if it may become negative", name);
            }
        }
    }
    interp_destroy(it);
    free(p);
    free(k);
}

void lint_still(const struct lint_network *l, const struct net *net)
{
    const struct ast *block = network_block(l->tree);
    bool *moved = lint_moved(net, true), *named = NULL;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; a->kind == AST_ENTITY && !(a->flags & AST_IS_CONST) && k < a->n; k++) {
            check_still(l, net, declaration_dcl(a, k), moved);
            check_ends(l, net, declaration_dcl(a, k), &named);
        }
    }
    free(moved);
    free(named);
    if (ast_find(block, is_equation, NULL)) {
        check_equations(l, net);
    }
    check_laws(l, net);
}
