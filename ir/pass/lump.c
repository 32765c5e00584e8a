#include "ir/pass/lump.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/pass/refine.h"
#include "runtime/crnl_csr.h"
#include "support/mem.h"

enum { MAX_PARTS = 1000000 };

struct reactant {
    struct residue derivative; /* the derivative of the reaction's rate by the species, as a polynomial in the
                                  species */
    species_id species;
};
struct effect { /* how a reaction changes a species */
    int64_t count;
    reaction_id reaction;
};

struct refinement {
    const struct net *n;
    struct refinable block;  /* partition of species; set 0: nothing observed depends on them */
    struct refinable change; /* COUNTS: partition of reactions by their effect on blocks; set 0: no effect */
    uint32_t *reactant_ptr;  /* by reaction: its first entry in `reactant` */
    int32_t *effect_ptr;     /* by species: its first entry in `effect` */
    struct reactant *reactant;
    struct effect *effect;
    VEC(species_id) member;
};

/* Adds `label` to the key of s; species of a block must have equal keys. The kind of a species is part of
 * the key, because only species of the same kind have a sum. */
static void add_label(struct refinement *x, species_id s, struct residue label)
{
    const struct species *y = &x->n->species.data[s];
    bool first = refinable_add(&x->block, s, label);
    if (first && x->block.element[s].set == 0 &&
        (y->kind != SPECIES_DISCRETE || species_may_be_negative(y))) {
        refinable_add(&x->block, s, residue_of_symbol(4, y->kind, y->flags));
    }
}

static void set_apart(struct refinement *x, species_id s)
{
    add_label(x, s, residue_of_symbol(2, (uint64_t)s, 0));
}

/* ---- what is observed ---- */

struct addend {
    expr_id id;
    double factor;
};
typedef VEC(struct addend) addend_vec;

/* Lists the species of a linear form with their coefficients. Returns false if the expression is not linear,
 * or shares so many parts that it cannot be written out. */
static bool linear_parts(const struct expr_pool *ex, expr_id root, addend_vec *out)
{
    addend_vec stack = {0};
    bool ok = true;
    vec_push(&stack, (struct addend){root, 1});
    for (size_t budget = MAX_PARTS; stack.n > 0 && ok; budget--) {
        struct addend a = stack.data[--stack.n];
        const struct expr *e = expr_get(ex, a.id);
        double v;
        if (budget == 0 || !isfinite(a.factor)) {
            ok = false;
        } else if (e->op == EXPR_SPECIES) {
            vec_push(out, a);
        } else if (e->op == EXPR_ADD || e->op == EXPR_SUB) {
            vec_push(&stack, (struct addend){e->args[0], a.factor});
            vec_push(&stack, (struct addend){e->args[1], e->op == EXPR_ADD ? a.factor : -a.factor});
        } else if (e->op == EXPR_NEG) {
            vec_push(&stack, (struct addend){e->args[0], -a.factor});
        } else if (e->op == EXPR_MUL && expr_const_real(ex, e->args[0], &v)) {
            vec_push(&stack, (struct addend){e->args[1], a.factor * v});
        } else if ((e->op == EXPR_MUL || e->op == EXPR_DIV) && expr_const_real(ex, e->args[1], &v) &&
                   v != 0) {
            vec_push(&stack, (struct addend){e->args[0], e->op == EXPR_MUL ? a.factor * v : a.factor / v});
        } else {
            ok = !expr_uses(ex, a.id, EXPR_SPECIES, -1);
        }
    }
    vec_free(&stack);
    return ok;
}

static void set_apart_leaf(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    if (e->op == EXPR_SPECIES) {
        set_apart(env, e->a);
    }
}

/* An observed linear form is a function of the sums of blocks if all species of a block have the same
 * coefficient in it. */
static void observe(struct refinement *x, expr_id root)
{
    addend_vec parts = {0};
    struct residue sum = residue_of_symbol(3, root, 0);
    if (linear_parts(x->n->ex, root, &parts)) {
        for (size_t i = 0; i < parts.n; i++) {
            add_label(x, expr_get(x->n->ex, parts.data[i].id)->a,
                      residue_product(residue_of_number(parts.data[i].factor), sum));
        }
    } else {
        expr_visit(x->n->ex, root, set_apart_leaf, x);
    }
    vec_free(&parts);
}

static void observe_all(struct refinement *x)
{
    const struct net *n = x->n;
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        for (int64_t k = 0; uses_is_observed(s) && k < shape_size(s->shape); k++) {
            observe(x, n->elem.data[s->first + k]);
        }
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        observe(x, n->observed.data[i]);
    }
}

/* The partition from which refinement starts. A species that is observed with the coefficient 0 is still
 * mentioned, and a law stops firing when one of its reactants runs out. */
static void first_blocks(struct refinement *x)
{
    const struct net *n = x->n;
    struct uses uses = uses_of(n, NULL);
    observe_all(x);
    for (size_t s = 0; s < n->species.n; s++) {
        bool vanishes = uses.of[s] & USE_OUTPUT && residue_is_zero(x->block.element[s].key);
        if (uses.of[s] & LUMP_APART || vanishes || n->species.data[s].kind == SPECIES_CONSTANT) {
            set_apart(x, (species_id)s);
        }
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs && r->rate_kind == RATE_LAW; i++) {
            set_apart(x, net_lhs(n, r)[i].species);
        }
    }
    uses_free(&uses);
}

/* ---- reactions ---- */

static void find_reactants(struct refinement *x)
{
    const struct net *n = x->n;
    struct residue *rate = residue_of_expressions(n->ex);
    uint32_t at = 0;
    x->reactant_ptr = mem_alloc((n->reaction.n + 1) * sizeof *x->reactant_ptr);
    x->reactant = mem_alloc((n->term.n + 1) * sizeof *x->reactant);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        const struct term *lhs = net_lhs(n, r);
        struct residue whole = {{0, 0}}, minus = residue_of_integer(-1);
        x->reactant_ptr[j] = at;
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            struct residue one = residue_of_symbol(5, (uint64_t)lhs[i].species, 0);
            whole = residue_sum(whole, residue_product(residue_of_integer(lhs[i].count), one));
        }
        for (uint32_t i = 0; i < r->n_lhs && r->rate_kind == RATE_MASS_ACTION; i++) {
            struct residue one = residue_of_symbol(5, (uint64_t)lhs[i].species, 0),
                           rest = residue_sum(whole, residue_product(minus, one)),
                           monomial = residue_of_symbol(6, residue_word(rest), (uint64_t)r->guard),
                           factor = residue_product(residue_of_integer(lhs[i].count), rate[r->rate]);
            x->reactant[at++] = (struct reactant){residue_product(factor, monomial), lhs[i].species};
        }
    }
    x->reactant_ptr[n->reaction.n] = at;
    free(rate);
}

static void find_effects(struct refinement *x)
{
    const struct net *n = x->n;
    VEC(struct term) own = {0};
    int32_t *ptr = mem_zalloc(n->species.n + 2, sizeof *ptr);
    x->effect = mem_alloc((n->term.n + 1) * sizeof *x->effect);
    x->effect_ptr = ptr;
    for (int store = 0; store < 2; store++) {
        for (size_t j = 0; j < n->reaction.n; j++) {
            const struct reaction *r = &n->reaction.data[j];
            vec_reserve(&own, (size_t)r->n_lhs + r->n_rhs + 1);
            own.n = net_whole_change(n, r, own.data); /* species with fractions are in blocks of their own */
            for (size_t i = 0; i < own.n; i++) {
                if (store) {
                    x->effect[csr_place(ptr, own.data[i].species)] =
                        (struct effect){own.data[i].count, (reaction_id)j};
                } else {
                    csr_count(ptr, own.data[i].species);
                }
            }
        }
        if (!store) {
            csr_open(ptr, (int32_t)n->species.n);
        }
    }
    vec_free(&own);
}

static void add_derivatives(struct refinement *x, reaction_id j, int64_t count)
{
    struct residue factor = residue_of_integer(count);
    for (uint32_t i = x->reactant_ptr[j]; i < x->reactant_ptr[j + 1]; i++) {
        const struct reactant *r = &x->reactant[i];
        add_label(x, r->species, count == 1 ? r->derivative : residue_product(factor, r->derivative));
    }
}

/* ---- refinement ---- */

static bool is_finest(const struct refinement *x)
{
    return (size_t)x->block.n_sets > x->n->species.n;
}

/* Adds the derivatives of the flow into block b to the keys of species. */
static void add_flow(struct refinement *x, int32_t b)
{
    x->member.n = 0;
    for (int32_t i = x->block.set[b].first; i < x->block.set[b].end; i++) {
        vec_push(&x->member, x->block.order[i]);
    }
    for (size_t i = 0; i < x->member.n; i++) {
        species_id s = x->member.data[i];
        for (int32_t k = x->effect_ptr[s]; k < x->effect_ptr[s + 1]; k++) {
            add_derivatives(x, x->effect[k].reaction, x->effect[k].count);
        }
    }
}

static void add_effects(struct refinement *x, species_id s, struct residue step)
{
    for (int32_t k = x->effect_ptr[s]; k < x->effect_ptr[s + 1]; k++) {
        const struct effect *e = &x->effect[k];
        refinable_add(&x->change, e->reaction,
                      e->count == 1 ? step : residue_product(residue_of_integer(e->count), step));
    }
}

/* Splits the sets of reactions, because their effects on the new blocks may differ. */
static void split_changes(struct refinement *x, int32_t first_block)
{
    struct residue minus = residue_of_integer(-1);
    for (int32_t b = first_block; b < x->block.n_sets && !is_finest(x); b++) {
        struct refinable_set set = x->block.set[b];
        struct residue step = residue_of_symbol(7, (uint64_t)b, 0);
        if (set.parent != 0) {
            step = residue_sum(step, residue_product(minus, residue_of_symbol(7, (uint64_t)set.parent, 0)));
        }
        for (int32_t i = set.first; i < set.end; i++) {
            add_effects(x, x->block.order[i], step);
        }
    }
    refinable_split(&x->change);
}

/* Each set is used as a splitter once, when it has just been made. The part of a split set that keeps its
 * number need not be used again, because the derivatives of all parts add up to those of the whole set. */
static void refine_counts(struct refinement *x)
{
    split_changes(x, refinable_split(&x->block));
    for (int32_t c = 1; c < x->change.n_sets && !is_finest(x); c++) {
        for (int32_t i = x->change.set[c].first; i < x->change.set[c].end; i++) {
            add_derivatives(x, x->change.order[i], 1);
        }
        split_changes(x, refinable_split(&x->block));
    }
}

static void refine_sums(struct refinement *x)
{
    refinable_split(&x->block);
    for (int32_t b = 1; b < x->block.n_sets && !is_finest(x); b++) {
        add_flow(x, b);
        refinable_split(&x->block);
    }
}

static struct partition number_blocks(const struct refinement *x)
{
    size_t n = x->n->species.n;
    struct partition p = {.block = mem_alloc((n + 1) * sizeof *p.block),
                          .first = mem_alloc((n + 1) * sizeof *p.first),
                          .size = mem_zalloc(n + 1, sizeof *p.size)};
    int32_t *number = mem_alloc((n + 2) * sizeof *number);
    memset(number, 0xFF, (n + 2) * sizeof *number);
    for (size_t s = 0; s < n; s++) {
        int32_t set = x->block.element[s].set;
        if (set != 0 && number[set] < 0) {
            number[set] = p.n_blocks;
            p.first[p.n_blocks++] = (species_id)s;
        }
        p.block[s] = number[set];
        if (set != 0) {
            p.size[number[set]]++;
        }
    }
    free(number);
    return p;
}

/* Finds told_from: for each species the last event of its block, which is that the block was made, or that
 * another block was split from it. */
static void tell_apart(const struct refinement *x, struct partition *p)
{
    int32_t *last = mem_alloc((x->n->species.n + 2) * sizeof *last);
    p->told_from = mem_alloc((x->n->species.n + 1) * sizeof *p->told_from);
    for (int32_t b = 0; b < x->block.n_sets; b++) {
        last[b] = b;
        last[x->block.set[b].parent] = b;
    }
    for (size_t s = 0; s < x->n->species.n; s++) {
        int32_t own = x->block.element[s].set, b = last[own];
        int32_t other = b == own ? x->block.set[b].parent : b;
        p->told_from[s] = other != 0 && own != 0 ? x->block.order[x->block.set[other].first] : -1;
    }
    free(last);
}

struct partition lump_partition(const struct net *n, enum lump kind)
{
    struct refinement x = {.n = n};
    refinable_open(&x.block, (int32_t)n->species.n);
    refinable_open(&x.change, kind == LUMP_COUNTS ? (int32_t)n->reaction.n : 0);
    first_blocks(&x);
    find_reactants(&x);
    find_effects(&x);
    if (kind == LUMP_COUNTS) {
        refine_counts(&x);
    } else {
        refine_sums(&x);
    }
    struct partition p = number_blocks(&x);
    tell_apart(&x, &p);
    refinable_close(&x.block);
    refinable_close(&x.change);
    vec_free(&x.member);
    free(x.reactant_ptr);
    free(x.reactant);
    free(x.effect_ptr);
    free(x.effect);
    return p;
}

void lump_free(struct partition *p)
{
    free(p->block);
    free(p->first);
    free(p->size);
    free(p->told_from);
    *p = (struct partition){0};
}
