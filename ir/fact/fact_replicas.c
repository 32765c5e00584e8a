/* Finds equal copies of a network. The instances of species tell which copy a species belongs to, and copies
 * are compared entry by entry. */
#include <stdlib.h>

#include "ir/fact/fact.h"
#include "ir/net/each_expr.h"
#include "runtime/crnl_csr.h"
#include "support/mem.h"

enum { NOBODY = -1, SEVERAL = -2 };

struct finder {
    const struct net *n;
    int32_t n_instances;
    int32_t *owner;                      /* by reaction: the instance to which it belongs, NOBODY or
                                            SEVERAL */
    int32_t *species_ptr, *reaction_ptr; /* by instance: ranges of `species` and `reaction` */
    species_id *species;
    reaction_id *reaction;
    species_id *image;         /* by species: its counterpart in the copy that is compared; -1: the species
                                  belongs to another copy */
    int32_t *slot, *slot_back; /* by parameter slot: its counterpart in the copy, and the reverse map; -1: not
                                  known */
    expr_id *same;             /* by expression: its counterpart in the copy; 0: not known */
    int64_t *count;            /* by species; all 0 between uses */
    VEC(expr_id) seen;         /* entries of `same` to be cleared; `bound` has those of `slot` */
    VEC(int32_t) bound;
    VEC(expr_id) todo;
};

/* ---- what belongs to which copy ---- */

static void see_owner(const struct net *n, species_id s, int32_t *owner)
{
    int32_t i = n->species.data[s].instance;
    *owner = i < 0 || *owner == i ? *owner : *owner == NOBODY ? i : SEVERAL;
}

struct reading {
    const struct net *n;
    int32_t owner;
};

static void see_leaf(void *env, expr_id id, const struct expr *e)
{
    struct reading *r = env;
    (void)id;
    if (e->op == EXPR_SPECIES) {
        see_owner(r->n, e->a, &r->owner);
    }
}

static int32_t owner_of(const struct net *n, size_t j)
{
    const struct reaction *r = &n->reaction.data[j];
    struct reading x = {n, NOBODY};
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        see_owner(n, net_lhs(n, r)[i].species, &x.owner);
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        see_owner(n, net_rhs(n, r)[i].species, &x.owner);
    }
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        see_owner(n, n->fraction.data[r->fraction + i].species, &x.owner);
    }
    for (struct net_expr e = net_exprs_of(n, OWNER_REACTION, j); net_next_expr(&e);) {
        expr_visit(n->ex, e.id, see_leaf, &x);
    }
    return x.owner;
}

static void sort_by_copy(struct finder *f)
{
    const struct net *n = f->n;
    size_t m = (size_t)f->n_instances;
    f->species_ptr = mem_zalloc(m + 2, sizeof *f->species_ptr);
    f->reaction_ptr = mem_zalloc(m + 2, sizeof *f->reaction_ptr);
    for (size_t s = 0; s < n->species.n; s++) {
        if (n->species.data[s].instance >= 0) {
            csr_count(f->species_ptr, n->species.data[s].instance);
        }
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        f->owner[j] = owner_of(n, j);
        if (f->owner[j] >= 0) {
            csr_count(f->reaction_ptr, f->owner[j]);
        }
    }
    csr_open(f->species_ptr, f->n_instances);
    csr_open(f->reaction_ptr, f->n_instances);
    for (size_t s = 0; s < n->species.n; s++) {
        if (n->species.data[s].instance >= 0) {
            f->species[csr_place(f->species_ptr, n->species.data[s].instance)] = (species_id)s;
        }
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (f->owner[j] >= 0) {
            f->reaction[csr_place(f->reaction_ptr, f->owner[j])] = (reaction_id)j;
        }
    }
}

/* ---- is copy b like copy a? ---- */

static bool same_slot(struct finder *f, int32_t a, int32_t b)
{
    if (f->slot[a] < 0 && f->slot_back[b] < 0) {
        f->slot[a] = b;
        f->slot_back[b] = a;
        vec_push(&f->bound, a);
    }
    return f->slot[a] == b;
}

static bool same_node(struct finder *f, const struct expr *a, const struct expr *b)
{
    bool alike =
        a->op == b->op && a->type == b->type && a->n_args == b->n_args && shape_equal(a->shape, b->shape);
    if (!alike || a->op == EXPR_SPECIES) {
        return alike && f->image[a->a] == b->a;
    }
    if (a->op == EXPR_PARAM) {
        return same_slot(f, a->a, b->a);
    }
    for (uint32_t i = 0; i < a->n_args; i++) {
        vec_push(&f->todo, a->args[i]);
        vec_push(&f->todo, b->args[i]);
    }
    return a->n_args > 0 && a->a == b->a && a->b == b->b;
}

/* Whether expression a becomes b in the other copy. Expressions are shared, and each expression of copy a is
 * compared once. An expression that reads neither amounts nor parameters is the same in both copies. */
static bool same_expr(struct finder *f, expr_id a, expr_id b)
{
    f->todo.n = 0;
    vec_push(&f->todo, a);
    vec_push(&f->todo, b);
    while (f->todo.n > 0) {
        b = f->todo.data[--f->todo.n];
        a = f->todo.data[--f->todo.n];
        if (!a || !b || (a == b && !(expr_get(f->n->ex, a)->holds & HOLDS_LEAF))) {
            if (a != b) {
                return false;
            }
            continue;
        }
        if (f->same[a]) {
            if (f->same[a] != b) {
                return false;
            }
            continue;
        }
        f->same[a] = b;
        vec_push(&f->seen, a);
        const struct expr x = *expr_get(f->n->ex, a), y = *expr_get(f->n->ex, b);
        if (!same_node(f, &x, &y)) {
            return false;
        }
    }
    return true;
}

static bool same_side(struct finder *f, const struct term *a, uint32_t n_a, const struct term *b,
                      uint32_t n_b)
{
    bool same = n_a == n_b;
    for (uint32_t i = 0; i < n_b; i++) {
        f->count[b[i].species] = b[i].count;
    }
    for (uint32_t i = 0; i < n_a && same; i++) {
        species_id image = f->image[a[i].species];
        same = image >= 0 && f->count[image] == a[i].count;
    }
    for (uint32_t i = 0; i < n_b; i++) {
        f->count[b[i].species] = 0;
    }
    return same;
}

static bool same_fractions(struct finder *f, const struct reaction *a, const struct reaction *b)
{
    bool same = a->n_fractions == b->n_fractions && a->delay == b->delay && a->longest == b->longest;
    for (uint32_t i = 0; i < a->n_fractions && same; i++) {
        const struct fraction *x = &f->n->fraction.data[a->fraction + i];
        const struct fraction *y = &f->n->fraction.data[b->fraction + i];
        same = f->image[x->species] == y->species && same_expr(f, x->count, y->count);
    }
    return same;
}

static bool same_reaction(struct finder *f, reaction_id i, reaction_id j)
{
    const struct net *n = f->n;
    const struct reaction *a = &n->reaction.data[i], *b = &n->reaction.data[j];
    return a->rate_kind == b->rate_kind && a->guard == b->guard &&
           same_side(f, net_lhs(n, a), a->n_lhs, net_lhs(n, b), b->n_lhs) &&
           same_side(f, net_rhs(n, a), a->n_rhs, net_rhs(n, b), b->n_rhs) && same_expr(f, a->rate, b->rate) &&
           same_fractions(f, a, b);
}

static int32_t size_of(const int32_t *ptr, int32_t i)
{
    return ptr[i + 1] - ptr[i];
}

/* Whether copies a and b are equal. Initial amounts may differ, because they are values of a run, as
 * parameters are. */
static bool alike(struct finder *f, int32_t a, int32_t b)
{
    const species_id *x = f->species + f->species_ptr[a], *y = f->species + f->species_ptr[b];
    const reaction_id *i = f->reaction + f->reaction_ptr[a], *j = f->reaction + f->reaction_ptr[b];
    int32_t n_species = size_of(f->species_ptr, a), n_reactions = size_of(f->reaction_ptr, a);
    bool same = n_species == size_of(f->species_ptr, b) && n_reactions == size_of(f->reaction_ptr, b);
    for (int32_t k = 0; k < n_species && same; k++) {
        const struct species *s = &f->n->species.data[x[k]], *t = &f->n->species.data[y[k]];
        same = s->kind == t->kind && s->flags == t->flags;
        f->image[x[k]] = y[k];
    }
    for (int32_t k = 0; k < n_reactions && same; k++) {
        same = same_reaction(f, i[k], j[k]);
    }
    for (int32_t k = 0; k < n_species; k++) {
        f->image[x[k]] = -1;
    }
    for (size_t k = 0; k < f->seen.n; k++) {
        f->same[f->seen.data[k]] = 0;
    }
    for (size_t k = 0; k < f->bound.n; k++) {
        f->slot_back[f->slot[f->bound.data[k]]] = -1;
        f->slot[f->bound.data[k]] = -1;
    }
    f->seen.n = f->bound.n = 0;
    return same;
}

/* ---- sets ---- */

static void add_copy(const struct finder *f, struct replica_set *set, int32_t i)
{
    for (int32_t k = f->species_ptr[i]; k < f->species_ptr[i + 1]; k++) {
        vec_push(&set->species, f->species[k]);
    }
    for (int32_t k = f->reaction_ptr[i]; k < f->reaction_ptr[i + 1]; k++) {
        vec_push(&set->reaction, f->reaction[k]);
    }
    set->n_copies++;
}

static void find_sets(struct finder *f, struct replicas *out)
{
    VEC(int32_t) first = {0}; /* the first copy of each set */
    for (int32_t i = 0; i < f->n_instances; i++) {
        size_t at = 0;
        if (size_of(f->species_ptr, i) == 0) {
            continue; /* a pass has eliminated this copy */
        }
        while (at < first.n && !alike(f, first.data[at], i)) {
            at++;
        }
        if (at == first.n) {
            struct replica_set set = {.n_species = size_of(f->species_ptr, i),
                                      .n_reactions = size_of(f->reaction_ptr, i)};
            vec_push(&first, i);
            vec_push(&out->set, set);
        }
        add_copy(f, &out->set.data[at], i);
    }
    vec_free(&first);
    for (size_t j = 0; j < f->n->reaction.n; j++) {
        if (f->owner[j] == SEVERAL) {
            vec_push(&out->between, (reaction_id)j);
        }
    }
}

struct replicas fact_replicas(const struct net *n)
{
    struct finder f = {.n = n};
    struct replicas out = {0};
    for (size_t s = 0; s < n->species.n; s++) {
        int32_t i = n->species.data[s].instance;
        f.n_instances = i >= f.n_instances ? i + 1 : f.n_instances;
    }
    if (f.n_instances == 0) {
        return out;
    }
    size_t n_slots = (size_t)n->n_slots;
    f.owner = mem_alloc((n->reaction.n + 1) * sizeof *f.owner);
    f.species = mem_alloc((n->species.n + 1) * sizeof *f.species);
    f.reaction = mem_alloc((n->reaction.n + 1) * sizeof *f.reaction);
    f.image = mem_alloc((n->species.n + 1) * sizeof *f.image);
    f.count = mem_zalloc(n->species.n + 1, sizeof *f.count);
    f.slot = mem_alloc((n_slots + 1) * sizeof *f.slot);
    f.slot_back = mem_alloc((n_slots + 1) * sizeof *f.slot_back);
    f.same = mem_zalloc(expr_count(n->ex) + 1, sizeof *f.same);
    for (size_t s = 0; s < n->species.n; s++) {
        f.image[s] = n->species.data[s].instance < 0 ? (species_id)s : -1;
    }
    for (size_t i = 0; i < n_slots; i++) {
        f.slot[i] = f.slot_back[i] = -1;
    }
    sort_by_copy(&f);
    find_sets(&f, &out);
    free(f.owner);
    free(f.species_ptr);
    free(f.reaction_ptr);
    free(f.species);
    free(f.reaction);
    free(f.image);
    free(f.count);
    free(f.slot);
    free(f.slot_back);
    free(f.same);
    vec_free(&f.seen);
    vec_free(&f.bound);
    vec_free(&f.todo);
    return out;
}

void fact_replicas_free(struct replicas *r)
{
    for (size_t i = 0; i < r->set.n; i++) {
        vec_free(&r->set.data[i].species);
        vec_free(&r->set.data[i].reaction);
    }
    vec_free(&r->set);
    vec_free(&r->between);
}
