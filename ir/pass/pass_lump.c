/* Species of which only the sum matters become one species, their sum: passes lump_counts and lump_sums.
 *
 *   U ->{k} P1, U ->{k} P2              U ->{2*k} P1_sum   (after merging)
 *   P1 ->{d} U, P2 ->{d} U              P1_sum ->{d} U
 *   output p = P1 + P2                  output p = P1_sum
 *
 * Pass lump_counts preserves (T) the law of the sums over time: the propensity of each change of the sums is
 * a function of the sums. It also folds identical replicas if outputs treat them alike. Pass lump_sums
 * preserves (O) the ODE of the sums: their right sides are functions of the sums. It may lump more species.
 * Species on which no sum depends are dropped, with the reactions that change only such species. Species
 * that inputs, events, laws or assumptions mention, and species that outputs use in different ways, stay.
 *
 * Replicas fold if no reaction has two reactants of the same replica: A[i] + E -> B[i] + E becomes A_sum + E
 * -> B_sum + E. The propensities of A[i] + B[i] -> C[i] add up to a sum of products, which is not a function
 * of the sums, so that here A and B stay. If a replica has a species for each of its states (free[i],
 * bound[i], ...), of which exactly one is 1, its reactions have only one reactant of the replica, and the
 * sums count replicas by state. */
#include <stdio.h>
#include <stdlib.h>

#include "ir/pass/lump.h"
#include "ir/net/amount.h"
#include "ir/net/net_names.h"
#include "ir/pass/pass.h"
#include "ir/net/readers.h"
#include "ir/net/rebuild.h"
#include "ir/net/uses.h"
#include "support/mem.h"

/* The first species of the block of s; -1: nothing observed depends on s. */
static species_id representative(const struct partition *p, species_id s)
{
    return p->block[s] < 0 ? -1 : p->first[p->block[s]];
}

static bool is_lumped(const struct partition *p, species_id s)
{
    return p->block[s] < 0 || p->size[p->block[s]] > 1;
}

/* Whether a reaction is kept. The right sides, as polynomials in the sums, keep their values if the first
 * species of each block has the whole amount of the block, and species without a block have none. Under this
 * assumption reactions with other reactants have rate 0 and are dropped. */
static bool is_kept(const struct partition *p, const struct reaction *r, const term_vec *terms)
{
    for (uint32_t i = r->lhs; i < r->lhs + r->n_lhs && r->rate_kind == RATE_MASS_ACTION; i++) {
        if (representative(p, terms->data[i].species) != terms->data[i].species) {
            return false;
        }
    }
    return true;
}

static bool map_side(struct multiset *m, const struct partition *p, const struct term *side, uint32_t n)
{
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        struct term t = {representative(p, side[i].species), side[i].count};
        ok = (t.species < 0 || multiset_add(m, &t, 1, 1)) && ok;
    }
    return ok;
}

static bool rewrite_reactions(struct net *n, struct pass_context *c, const struct partition *p)
{
    term_vec old = rebuild_take_terms(n), side = {0};
    struct multiset m;
    size_t kept = 0;
    bool ok = true;
    multiset_open(&m, n->species.n);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction r = n->reaction.data[j];
        if (!is_kept(p, &r, &old)) {
            continue;
        }
        side.n = 0;
        bool fits = map_side(&m, p, old.data + r.lhs, r.n_lhs);
        size_t n_lhs = multiset_take(&m, &side);
        fits = map_side(&m, p, old.data + r.rhs, r.n_rhs) && fits;
        size_t n_rhs = multiset_take(&m, &side);
        if (!fits) {
            ok = pass_overflow(c, r.span, NULL);
        }
        r.lhs = rebuild_side(n, side.data, n_lhs);
        r.rhs = rebuild_side(n, side.data + n_lhs, n_rhs);
        r.n_lhs = (uint32_t)n_lhs;
        r.n_rhs = (uint32_t)n_rhs;
        r.flags |= REACTION_MAY_REPEAT;
        n->reaction.data[kept++] = r;
    }
    n->reaction.n = kept;
    multiset_close(&m);
    vec_free(&old);
    vec_free(&side);
    return ok;
}

/* Sets the initial amounts and names of the sums. */
static void make_sums(struct net *n, const struct partition *p)
{
    for (size_t s = 0; s < n->species.n; s++) {
        species_id sum = representative(p, (species_id)s);
        if (sum < 0 || sum == (species_id)s) {
            continue;
        }
        struct species *to = &n->species.data[sum];
        const struct species *from = &n->species.data[s];
        to->instance = to->instance == from->instance ? to->instance : -1;
        net_add_amount(n, sum, 1, (species_id)s);
    }
    for (int32_t b = 0; b < p->n_blocks; b++) {
        char stem[256];
        if (p->size[b] > 1) {
            struct species *sum = &n->species.data[p->first[b]];
            snprintf(stem, sizeof stem, "%.240s_sum", sum->name);
            sum->name = net_names_fresh(n, stem);
        }
    }
}

static void fill_witness(struct witness *w, const struct net *n, const struct partition *p)
{
    w->n_coordinates = p->n_blocks;
    for (size_t s = 0; s < n->species.n; s++) {
        struct term t = {p->block[s], 1};
        linear_map_add_row(&w->before, &t, t.species >= 0);
    }
}

struct remarks {
    struct pass_context *c;
    const struct net *n;
    const struct partition *p;
    struct uses uses;
    struct lump_difference *difference;
    struct readers readers;
    struct arena *arena;
};

/* A remark on why species s is alone in its block. */
static void remark_alone(struct remarks *r, species_id s)
{
    const struct net *n = r->n;
    const struct species *x = &n->species.data[s];
    const char *use = uses_reason(&r->uses, s, LUMP_APART);
    species_id from = r->p->told_from[s];
    reaction_id j = from >= 0 ? lump_difference(r->difference, s, from) : -1;
    if (use) {
        pass_missed(r->c, uses_place(&r->uses, s, LUMP_APART), "%s stays: %s", x->name, use);
    } else if (x->kind == SPECIES_CONSTANT) {
        pass_missed(r->c, x->span, "%s stays: it is constant", x->name);
    } else if (j >= 0) {
        pass_missed(r->c, n->reaction.data[j].span, "%s stays: it is told from %s by %s", x->name,
                    n->species.data[from].name, net_reaction_text(n, j, r->arena));
    } else if (r->uses.of[s] & USE_OUTPUT) {
        pass_missed(r->c, x->span, "%s stays: no other species is observed as it is", x->name);
    } else if (r->readers.ptr[s] == r->readers.ptr[s + 1]) {
        pass_missed(r->c, x->span, "%s stays: a reaction with a rate law consumes it", x->name);
    } else {
        j = r->readers.reaction[r->readers.ptr[s]];
        pass_missed(r->c, n->reaction.data[j].span, "%s stays: no other species reacts like it: %s", x->name,
                    net_reaction_text(n, j, r->arena));
    }
}

static void remark_those_alone(struct pass_context *c, const struct net *n, const struct partition *p,
                               enum lump kind)
{
    struct remarks r = {.c = c,
                        .n = n,
                        .p = p,
                        .uses = uses_of(n, NULL),
                        .difference = lump_difference_open(n, kind, p),
                        .readers = readers_of(n),
                        .arena = arena_create()};
    for (size_t s = 0; s < n->species.n; s++) {
        if (p->block[s] >= 0 && p->size[p->block[s]] == 1 && (c->options->remarks || !c->why)) {
            remark_alone(&r, (species_id)s);
        }
    }
    arena_destroy(r.arena);
    readers_free(&r.readers);
    lump_difference_close(r.difference);
    uses_free(&r.uses);
}

static void remark(struct pass_context *c, const struct net *n, const struct partition *p, enum lump kind)
{
    for (size_t s = 0; s < n->species.n; s++) {
        int32_t b = p->block[s];
        const struct species *x = &n->species.data[s];
        if (b < 0) {
            pass_done(c, x->span, "nothing observed depends on %s", x->name);
        } else if (p->size[b] > 1 && p->first[b] == (species_id)s) {
            pass_done(c, x->span, "%s stands for %d species", x->name, p->size[b]);
        }
    }
    if (c->options->remarks || (c->n_done == 0 && c->options->asked)) {
        remark_those_alone(c, n, p, kind);
    }
}

static bool lump(struct net *n, struct pass_context *c, enum lump kind)
{
    struct partition p = lump_partition(n, kind);
    bool ok = true;
    remark(c, n, &p, kind);
    if (c->n_done > 0) {
        bool *remove = mem_zalloc(n->species.n + 1, sizeof *remove),
             *lost = mem_zalloc(n->species.n + 1, sizeof *lost);
        expr_id *value = mem_zalloc(n->species.n + 1, sizeof *value),
                zero = expr_real(n->ex, -0.0); /* x + -0 folds to x */
        for (size_t s = 0; s < n->species.n; s++) {
            remove[s] = representative(&p, (species_id)s) != (species_id)s;
            lost[s] = is_lumped(&p, (species_id)s);
            value[s] = zero; /* expressions that treat a block alike read its first species as the sum */
        }
        if (c->witness) {
            fill_witness(c->witness, n, &p);
        }
        ok = rewrite_reactions(n, c, &p);
        rebuild_forget(n, lost);
        make_sums(n, &p);
        rebuild_remove_species(n, remove, value);
        free(remove);
        free(lost);
        free(value);
    }
    lump_free(&p);
    return ok;
}

bool pass_lump_counts(struct net *n, struct pass_context *c)
{
    return lump(n, c, LUMP_COUNTS);
}

bool pass_lump_sums(struct net *n, struct pass_context *c)
{
    return lump(n, c, LUMP_SUMS);
}
