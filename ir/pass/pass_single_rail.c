/* A reactant that is never scarcer than its partner can be dropped. Thus the minus rail of a value that is
 * never negative needs no rail to react with, and a rectifier of such a value is a wire.
 *
 *   species x.p input, i.p, i.n, m, h.p, h.n
 *   x.p -> 3 i.p + i.n                       x.p -> 3 i.p + i.n
 *   i.p -> m + h.p                           i.p -> h.p
 *   m + i.n -> h.n                           i.n -> h.n
 *
 * Preserves (S) the limit of a rate-independent network, for every species that is left. In A + B -> P,
 * where no other reaction consumes A or B, A is dropped if at least as much of A as of B is made in total,
 * whatever the inputs are: the reaction then fires as often as there is B. The proof uses linear bounds on
 * how often reactions fire: a reaction with a single reactant fires as often as the reactant is made, any
 * other reaction fires at most as often as each of its reactants is made, and no reaction fires less than 0
 * times. In the same way the rectifier of a value that is never positive loses i.n: i.p becomes m, m becomes
 * h.n, and the rails cancel. A dropped species must not be observed, set or assumed. Passes unimolecular,
 * dual_rail and unreachable find what is left of the rails. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/pass/passing.h"
#include "ir/net/readers.h"
#include "ir/net/rebuild.h"
#include "support/mem.h"

enum { MAX_WORK = 30000 }; /* number of producing reactions that a proof may look at */

struct single_rail {
    struct net *n;
    struct pass_context *c;
    struct uses uses;
    const int32_t *order;
    int32_t *position;       /* by reaction: its position in the firing order */
    bool *alone;             /* by reaction: whether it fires as often as its only reactant is made */
    struct readers changers; /* by species: the reactions that change it */
    int64_t *factor;         /* by reaction: its coefficient in the linear form that must be >= 0 */
    bool *touched;
    VEC(int32_t) heap; /* positions of touched reactions; the last one is on top */
    int64_t *initial;  /* by species: the coefficient of its initial amount in the form */
    VEC(species_id) initials;
    VEC(struct bound_step) step;
    int32_t work;
    bool *remove;
};

/* ---- a heap of positions ---- */

static void push(struct single_rail *x, int32_t position)
{
    vec_push(&x->heap, position);
    for (size_t i = x->heap.n - 1; i > 0 && x->heap.data[(i - 1) / 2] < x->heap.data[i]; i = (i - 1) / 2) {
        int32_t swap = x->heap.data[i];
        x->heap.data[i] = x->heap.data[(i - 1) / 2];
        x->heap.data[(i - 1) / 2] = swap;
    }
}

static int32_t pop(struct single_rail *x)
{
    int32_t top = x->heap.data[0], last = x->heap.data[--x->heap.n];
    size_t i = 0;
    for (size_t child = 1; child < x->heap.n; child = 2 * i + 1) {
        child += child + 1 < x->heap.n && x->heap.data[child + 1] > x->heap.data[child];
        if (x->heap.data[child] <= last) {
            break;
        }
        x->heap.data[i] = x->heap.data[child];
        i = child;
    }
    if (x->heap.n > 0) {
        x->heap.data[i] = last;
    }
    return top;
}

/* ---- the form ---- */

static int64_t count_in(const struct term *side, uint32_t n, species_id s)
{
    for (uint32_t i = 0; i < n; i++) {
        if (side[i].species == s) {
            return side[i].count;
        }
    }
    return 0;
}

static bool add_firings(struct single_rail *x, int32_t j, int64_t factor, int64_t count)
{
    int64_t product;
    if (!x->touched[j]) {
        x->touched[j] = true;
        push(x, x->position[j]);
    }
    return !__builtin_mul_overflow(factor, count, &product) &&
           !__builtin_add_overflow(x->factor[j], product, &x->factor[j]);
}

/* Adds to the form `factor` times the total of species s that there ever is, which only one reaction reads:
 * its initial amount and all that is made. Returns false if a coefficient overflows. */
static bool add_total(struct single_rail *x, species_id s, int64_t factor)
{
    const struct net *n = x->n;
    if (x->initial[s] == 0) {
        vec_push(&x->initials, s);
    }
    bool ok = !__builtin_add_overflow(x->initial[s], factor, &x->initial[s]);
    x->work += x->changers.ptr[s + 1] - x->changers.ptr[s];
    for (int32_t i = x->changers.ptr[s]; i < x->changers.ptr[s + 1] && ok; i++) {
        const struct reaction *r = &n->reaction.data[x->changers.reaction[i]];
        int64_t made = count_in(net_rhs(n, r), r->n_rhs, s);
        ok = made == 0 || add_firings(x, x->changers.reaction[i], factor, made);
    }
    return ok;
}

/* Whether the reactant bounds the number of firings: the reaction consumes one molecule of it, and the
 * species is not given from outside. */
static bool is_bound(const struct single_rail *x, const struct reaction *r, const struct term *t)
{
    return t->count == 1 && !(x->uses.of[t->species] & USE_INPUT) &&
           x->n->species.data[t->species].kind == SPECIES_DISCRETE &&
           count_in(net_rhs(x->n, r), r->n_rhs, t->species) == 0;
}

/* The reactant whose producers have the largest coefficients in the form, so that they cancel. */
static species_id best_bound(const struct single_rail *x, const struct reaction *r)
{
    species_id best = -1;
    int64_t most = INT64_MIN;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const struct term *t = &net_lhs(x->n, r)[i];
        int64_t least = INT64_MAX;
        for (int32_t k = x->changers.ptr[t->species]; k < x->changers.ptr[t->species + 1]; k++) {
            int64_t factor = x->factor[x->changers.reaction[k]];
            bool makes = &x->n->reaction.data[x->changers.reaction[k]] != r;
            least = makes && factor < least ? factor : least;
        }
        if (is_bound(x, r, t) && (best < 0 || least > most)) {
            best = t->species;
            most = least;
        }
    }
    return best;
}

/* Replaces the firings of reaction j, which have the coefficient `factor` in the form, by a bound on them. */
static bool replace(struct single_rail *x, int32_t j, int64_t factor)
{
    const struct reaction *r = &x->n->reaction.data[j];
    species_id by = x->alone[j] ? net_lhs(x->n, r)->species : factor < 0 ? best_bound(x, r) : -1;
    vec_push(&x->step, (struct bound_step){j, by});
    return by >= 0 ? add_total(x, by, factor) : factor > 0;
}

/* Whether the initial amounts make the form >= 0. An unknown amount is only known to be >= 0. */
static bool initials_are_enough(const struct single_rail *x)
{
    const struct net *n = x->n;
    double more = 0, less = 0;
    bool ok = true;
    for (size_t i = 0; i < x->initials.n; i++) {
        species_id s = x->initials.data[i];
        double v, factor = (double)x->initial[s];
        expr_id init = n->species.data[s].init;
        if (init && expr_const_real(n->ex, init, &v)) {
            *(factor > 0 ? &more : &less) += fabs(factor) * v;
        } else {
            ok = ok && (!init || factor >= 0);
        }
        x->initial[s] = 0; /* a species may be in the list twice, but counts once */
    }
    return ok && (less == 0 || more >= less * (1 + 1e-12) || (more == less && more == floor(more)));
}

/* Whether at least as much of a as of b is made in total. The steps of the proof are appended to x->step. */
static bool is_abundant(struct single_rail *x, species_id a, species_id b)
{
    size_t n_before = x->step.n;
    x->work = 0;
    bool ok = add_total(x, a, 1) && add_total(x, b, -1);
    while (x->heap.n > 0) {
        int32_t j = x->order[pop(x)];
        int64_t factor = x->factor[j];
        x->factor[j] = 0;
        x->touched[j] = false;
        ok = ok && x->work <= MAX_WORK && (factor == 0 || replace(x, j, factor));
    }
    ok = initials_are_enough(x) && ok;
    x->initials.n = 0;
    x->step.n = ok ? x->step.n : n_before;
    return ok;
}

/* ---- the pass ---- */

/* Why A of A + B -> P must stay; NULL if it may be dropped. */
static const char *must_stay(const struct single_rail *x, const struct reaction *r, const struct term *a,
                             const struct term *b)
{
    const char *why = uses_reason(&x->uses, a->species, USE_ANY);
    double k;
    return why                                                  ? why
           : r->guard != 0                                      ? "its reaction has a guard"
           : expr_const_real(x->n->ex, r->rate, &k) && !(k > 0) ? "the rate of its reaction is not positive"
           : !is_bound(x, r, a) || !is_bound(x, r, b) ? "one molecule of each must be consumed, of amounts "
                                                        "that nothing sets"
                                                      : NULL;
}

static void look_at(struct single_rail *x, reaction_id j)
{
    const struct reaction *r = &x->n->reaction.data[j];
    const struct species *species = x->n->species.data;
    const char *why = NULL;
    for (int turn = 0; turn < 2; turn++) {
        const struct term *a = &net_lhs(x->n, r)[turn], *b = &net_lhs(x->n, r)[1 - turn];
        const char *here = must_stay(x, r, a, b);
        size_t first = x->step.n;
        if (!here && is_abundant(x, a->species, b->species)) {
            pass_done(x->c, r->span, "%s is never scarcer than %s", species[a->species].name,
                      species[b->species].name);
            x->remove[a->species] = true;
            if (x->c->witness) {
                vec_push(&x->c->witness->abundant,
                         (struct abundant){a->species, j, (uint32_t)first, (uint32_t)(x->step.n - first)});
            }
            return;
        }
        why = why                  ? why
              : here               ? here
              : x->work > MAX_WORK ? "the proof that one is never scarce takes too long"
                                   : NULL;
    }
    pass_missed(x->c, r->span, "%s and %s both stay: %s", species[net_lhs(x->n, r)[0].species].name,
                species[net_lhs(x->n, r)[1].species].name, why ? why : "each may be the scarcer one");
}

static void prepare(struct single_rail *x)
{
    const struct net *n = x->n;
    reaction_id *reader = passing_readers(n);
    for (size_t i = 0; i < n->reaction.n; i++) {
        const struct reaction *r = &n->reaction.data[x->order[i]];
        double k;
        bool alone = r->n_lhs == 1 && r->guard == 0 && is_bound(x, r, net_lhs(n, r)) &&
                     reader[net_lhs(n, r)->species] == x->order[i] &&
                     !(expr_const_real(n->ex, r->rate, &k) && !(k > 0));
        for (uint32_t m = 0; m < r->n_rhs; m++) {
            alone = alone && !(x->uses.of[net_rhs(n, r)[m].species] & USE_INPUT); /* the product may be
                                                                                     clamped */
        }
        x->position[x->order[i]] = (int32_t)i;
        x->alone[x->order[i]] = alone;
    }
    free(reader);
}

static void run(struct single_rail *x)
{
    struct net *n = x->n;
    for (size_t i = 0; i < n->reaction.n; i++) {
        const struct reaction *r = &n->reaction.data[x->order[i]];
        if (r->n_lhs == 2) {
            look_at(x, x->order[i]);
        }
    }
    if (x->c->n_done == 0 && !x->c->why) {
        pass_missed(x->c, (struct span){0}, "no reaction has two reactants");
    }
    if (x->c->n_done == 0) {
        return;
    }
    if (x->c->witness) {
        witness_removed(x->c->witness, n->species.n, x->remove);
        for (size_t i = 0; i < x->step.n; i++) {
            vec_push(&x->c->witness->step, x->step.data[i]);
        }
    }
    rebuild_remove_species(n, x->remove, NULL);
}

bool pass_single_rail(struct net *n, struct pass_context *c)
{
    bool ok;
    const int32_t *order = passing_order(n, c, &ok);
    if (!order) {
        return ok;
    }
    size_t reactions = n->reaction.n + 1, species = n->species.n + 1;
    struct single_rail x = {.n = n,
                            .c = c,
                            .uses = uses_of(n, NULL),
                            .order = order,
                            .position = mem_alloc(reactions * sizeof *x.position),
                            .alone = mem_zalloc(reactions, sizeof *x.alone),
                            .changers = changers_of(n),
                            .factor = mem_zalloc(reactions, sizeof *x.factor),
                            .touched = mem_zalloc(reactions, sizeof *x.touched),
                            .initial = mem_zalloc(species, sizeof *x.initial),
                            .remove = mem_zalloc(species, sizeof *x.remove)};
    prepare(&x);
    run(&x);
    uses_free(&x.uses);
    readers_free(&x.changers);
    vec_free(&x.heap);
    vec_free(&x.initials);
    vec_free(&x.step);
    free(x.position);
    free(x.alone);
    free(x.factor);
    free(x.touched);
    free(x.initial);
    free(x.remove);
    return true;
}
