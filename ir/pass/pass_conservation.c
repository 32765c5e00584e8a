/* Passes conservation and conservation_ode: a species that follows from others by a conservation law needs
 * no equation of its own.
 *
 *   species A = a, B, E = 2                 species A = a, constant B_total = a, constant E = 2
 *   A + E ->{k} B + E                       A + E ->{k} E
 *   output B, A                             output B_total - A, A
 *
 * The total becomes a constant species. It is recomputed whenever initial amounts are, and keeps its value
 * during a run, whatever happens to parameters. A species that never changes becomes constant. Pass
 * conservation preserves (T) the law of every species over time, because it drops no reactants. Pass
 * conservation_ode preserves (O) the ODE and drops reactants too: k A B becomes the law k (A_total - C) B,
 * if the sum is short and few rates read it, because each of these rates evaluates the sum.
 *
 * The conditions on a law are that no experiment sets and no event changes any of its species, and that all
 * of them are of the same kind. One of the species that are in no other law is dropped; for pass
 * conservation it must not be a reactant. No level of -O runs these two passes: a species computed from a
 * sum has the error of the sum, and if it is small, the relative tolerance of a solver does not bound that
 * error. */
#include <stdio.h>
#include <stdlib.h>

#include "ir/net/net_names.h"
#include "ir/pass/pass.h"
#include "ir/net/rebuild.h"
#include "ir/net/uses.h"
#include "support/mem.h"

enum {
    MAX_WORK = 16
}; /* conservation_ode: the largest number of other species in the law times rates that would read them */

struct elimination {
    struct net *n;
    struct pass_context *c;
    bool reactants; /* reactants may be dropped too */
    const struct conservation *laws;
    struct uses uses;
    int32_t *n_laws;     /* by species: number of laws that contain it */
    int32_t *n_readers;  /* by species: number of reactions of which it is a reactant */
    reaction_id *reader; /* by species: one of these reactions */
    int32_t *law;        /* by species: the law by which it is dropped; -1: it stays */
    bool *held;          /* by species: whether it never changes */
};

static const struct term *law_terms(const struct elimination *e, int32_t i, size_t *n)
{
    *n = e->laws->first.data[i + 1] - e->laws->first.data[i];
    return e->laws->term.data + e->laws->first.data[i];
}

static void count_uses(struct elimination *e)
{
    const struct net *n = e->n;
    for (size_t i = 0; i < e->laws->term.n; i++) {
        e->n_laws[e->laws->term.data[i].species]++;
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t k = 0; k < r->n_lhs; k++) {
            e->n_readers[net_lhs(n, r)[k].species]++;
            e->reader[net_lhs(n, r)[k].species] = (reaction_id)j;
        }
    }
    for (size_t s = 0; s < n->species.n; s++) {
        e->law[s] = -1;
    }
}

/* Why the sum of a law may change, or is of no use; *at is the species that is the reason. NULL if
 * neither. */
static const char *wrong_law(const struct elimination *e, const struct term *term, size_t n, species_id *at)
{
    for (size_t k = 0; k < n; k++) {
        *at = term[k].species;
        const char *why = uses_reason(&e->uses, *at, USE_INPUT | USE_FRACTION);
        if (why) {
            return why;
        }
    }
    return NULL;
}

/* The species of the law that is cheapest to drop: one with few readers and, if possible, the coefficient 1
 * or -1. Returns -1 if all species are in other laws too. */
static species_id cheapest(const struct elimination *e, const struct term *term, size_t n)
{
    species_id best = -1;
    int64_t least = INT64_MAX;
    for (size_t k = 0; k < n; k++) {
        bool one = term[k].count == 1 || term[k].count == -1;
        int64_t cost = 2 * (int64_t)e->n_readers[term[k].species] + !one;
        if (e->n_laws[term[k].species] == 1 && cost < least) {
            best = term[k].species;
            least = cost;
        }
    }
    return best;
}

static void choose(struct elimination *e, int32_t i)
{
    size_t n;
    const struct term *term = law_terms(e, i, &n);
    const struct species *species = e->n->species.data;
    species_id at = term[0].species;
    const char *why = wrong_law(e, term, n, &at);
    if (why) {
        struct span place = uses_reason(&e->uses, at, USE_INPUT | USE_FRACTION)
                                ? uses_place(&e->uses, at, USE_INPUT | USE_FRACTION)
                                : species[at].span;
        pass_missed(e->c, place, "the law of %zu species with %s stays: %s", n, species[at].name, why);
        return;
    }
    if (n == 1) {
        pass_done(e->c, species[at].span, "%s never changes: it is held", species[at].name);
        e->held[at] = true;
        return;
    }
    species_id s = cheapest(e, term, n);
    int64_t work = s < 0 ? 0 : e->n_readers[s] * (int64_t)(n - 1);
    if (s < 0) {
        pass_missed(e->c, species[at].span,
                    "the law of %zu species with %s stays: all are in other laws, too", n, species[at].name);
    } else if (work > 0 && !e->reactants) {
        pass_missed(e->c, e->n->reaction.data[e->reader[s]].span,
                    "the law of %zu species with %s stays: all that are in no other law are reactants", n,
                    species[s].name);
    } else if (work > MAX_WORK) {
        pass_missed(e->c, e->n->reaction.data[e->reader[s]].span,
                    "the law of %zu species with %s stays: %d rates would read the sum", n, species[s].name,
                    (int)e->n_readers[s]);
    } else {
        pass_done(e->c, species[s].span, "%s follows from a sum of %zu species", species[s].name, n);
        e->law[s] = i;
    }
}

/* Turns rates that read a dropped species into laws, still written in the species of the old network. */
static void write_laws(struct elimination *e)
{
    struct net *n = e->n;
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction *r = &n->reaction.data[j];
        bool reads = false;
        for (uint32_t k = 0; k < r->n_lhs; k++) {
            reads = reads || e->law[net_lhs(n, r)[k].species] >= 0;
        }
        for (uint32_t k = 0; k < r->n_lhs && reads && r->rate_kind == RATE_MASS_ACTION; k++) {
            struct term t = net_lhs(n, r)[k];
            expr_id x = net_species_expr(n, t.species);
            x = t.count == 1 ? x : expr_binary(n->ex, EXPR_POW, x, expr_real(n->ex, (double)t.count));
            r->rate = expr_binary(n->ex, EXPR_MUL, r->rate, x);
        }
        r->rate_kind = reads ? RATE_LAW : r->rate_kind;
    }
}

static expr_id scaled(struct expr_pool *ex, expr_id sum, int64_t count, expr_id x)
{
    expr_id part = expr_binary(ex, EXPR_MUL, expr_real(ex, (double)(count < 0 ? -count : count)), x);
    enum expr_op op = count < 0 ? EXPR_SUB : EXPR_ADD;
    return sum || count < 0 ? expr_binary(ex, op, sum ? sum : expr_real(ex, 0), part) : part;
}

/* Declares the total by which species s is dropped, as species `number`. Returns the expression that
 * replaces s, in the numbers of species after the pass (`to`). */
static expr_id add_total(struct elimination *e, species_id s, const species_id *to, species_id number)
{
    struct net *n = e->n;
    size_t n_terms;
    const struct term *term = law_terms(e, e->law[s], &n_terms);
    int64_t own = 0, sign;
    bool is_signed = false;
    for (size_t k = 0; k < n_terms; k++) {
        own = term[k].species == s ? term[k].count : own;
    }
    sign = own < 0 ? -1 : 1;
    expr_id init = 0, rest = net_species_expr(n, number);
    for (size_t k = 0; k < n_terms; k++) {
        const struct species *x = &n->species.data[term[k].species];
        is_signed = is_signed || x->flags & SPECIES_SIGNED || sign * term[k].count < 0;
        double v = 1;
        bool is_zero = !x->init || (expr_const_real(n->ex, x->init, &v) && v == 0);
        init = is_zero ? init : scaled(n->ex, init, sign * term[k].count, x->init);
        if (term[k].species != s) {
            rest = scaled(n->ex, rest, -sign * term[k].count, net_species_expr(n, to[term[k].species]));
        }
    }
    char stem[256];
    snprintf(stem, sizeof stem, "%.240s_total", n->species.data[s].name);
    const char *name = net_names_fresh(n, stem);
    species_id total = net_add_species(n, name, SPECIES_CONSTANT, init, n->species.data[s].span);
    n->species.data[total].flags = is_signed ? SPECIES_SIGNED : 0;
    own *= sign;
    return own == 1 ? rest : expr_binary(n->ex, EXPR_DIV, rest, expr_real(n->ex, (double)own));
}

/* The coordinates of the witness are the species after the pass: each species that stays, and the totals. */
static void fill_witness(const struct elimination *e, struct witness *w, size_t n_before,
                         const species_id *to, const species_id *total)
{
    term_vec *row = mem_zalloc(n_before + 1, sizeof *row);
    int32_t n_coordinates = 0;
    for (size_t s = 0; s < n_before; s++) {
        if (to[s] >= 0) {
            vec_push(&row[s], (struct term){to[s], 1});
            n_coordinates++;
        }
    }
    for (species_id s = 0; s < (species_id)n_before; s++) {
        size_t n_terms = 0;
        const struct term *term = e->law[s] >= 0 ? law_terms(e, e->law[s], &n_terms) : NULL;
        bool turn = false;
        for (size_t k = 0; k < n_terms; k++) {
            turn = turn || (term[k].species == s && term[k].count < 0);
        }
        for (size_t k = 0; k < n_terms; k++) {
            vec_push(&row[term[k].species], (struct term){total[s], turn ? -term[k].count : term[k].count});
        }
        n_coordinates += n_terms > 0;
    }
    for (size_t s = 0; s < n_before; s++) {
        linear_map_add_row(&w->before, row[s].data, row[s].n);
        vec_free(&row[s]);
    }
    w->n_coordinates = n_coordinates;
    free(row);
}

static void eliminate(struct elimination *e)
{
    struct net *n = e->n;
    size_t n_before = n->species.n;
    species_id kept = 0, *to = mem_alloc((n_before + 1) * sizeof *to),
               *total = mem_alloc((n_before + 1) * sizeof *total);
    bool *remove = mem_zalloc(n_before + (size_t)e->laws->n_laws + 1, sizeof *remove);
    expr_id *value = mem_zalloc(n_before + (size_t)e->laws->n_laws + 1, sizeof *value);
    for (size_t s = 0; s < n_before; s++) {
        remove[s] = e->law[s] >= 0;
        to[s] = remove[s] ? -1 : kept++;
        n->species.data[s].kind = e->held[s] ? SPECIES_CONSTANT : n->species.data[s].kind;
    }
    for (size_t s = 0; s < n_before; s++) {
        total[s] = remove[s] ? kept++ : -1;
        value[s] = remove[s] ? add_total(e, (species_id)s, to, total[s]) : 0;
    }
    if (e->c->witness) {
        fill_witness(e, e->c->witness, n_before, to, total);
    }
    write_laws(e);
    rebuild_remove_species(n, remove, value);
    free(to);
    free(total);
    free(remove);
    free(value);
}

static bool run(struct net *n, struct pass_context *c, bool reactants)
{
    size_t m = n->species.n + 1;
    struct elimination e = {.n = n,
                            .c = c,
                            .reactants = reactants,
                            .laws = facts_conservation(c->facts, n),
                            .uses = uses_of(n, NULL),
                            .n_laws = mem_zalloc(m, sizeof *e.n_laws),
                            .n_readers = mem_zalloc(m, sizeof *e.n_readers),
                            .reader = mem_zalloc(m, sizeof *e.reader),
                            .law = mem_zalloc(m, sizeof *e.law),
                            .held = mem_zalloc(m, sizeof *e.held)};
    count_uses(&e);
    for (int32_t i = 0; i < e.laws->n_laws; i++) {
        choose(&e, i);
    }
    if (e.laws->n_laws == 0) {
        pass_missed(c, (struct span){0}, "nothing is conserved but what events change");
    }
    if (c->n_done > 0) {
        eliminate(&e);
    }
    uses_free(&e.uses);
    free(e.n_laws);
    free(e.n_readers);
    free(e.reader);
    free(e.law);
    free(e.held);
    return true;
}

bool pass_conservation(struct net *n, struct pass_context *c)
{
    return run(n, c, false);
}

bool pass_conservation_ode(struct net *n, struct pass_context *c)
{
    return run(n, c, true);
}
