/* LAW and ODE: compares propensities as formal sums.
 *
 * Every reaction that changes the coordinates adds its rate constant to an entry (guard, change, monomial);
 * for ODE, to an entry for each coordinate that it changes. Reactions of the network before the pass add and
 * those after it subtract, and all entries must be zero in the end. Monomials are in species before the
 * pass. A reactant after the pass has a coordinate of its own and stands for the sum of the species that
 * contribute to it, which is multiplied out. A rate law is an entry by itself, as an expression of the
 * coordinates. */
#include <stdlib.h>
#include <string.h>

#include "ir/prove/certify_impl.h"
#include "ir/net/net_sides.h"
#include "support/hash_index.h"

enum { MAX_EXPANSION = 1000000 };

struct key {
    size_t first, n_change, n_monomial; /* lengths of consecutive ranges of terms */
    int32_t guard;
};
struct entry {
    int32_t key;
    struct atom rate;
};

struct ledger {
    struct certifier *c;
    term_vec term;
    VEC(struct key) key;
    VEC(struct entry) entry;
    struct hash_index by_key;
    struct multiset sum;     /* a sum over coordinates */
    struct multiset product; /* a product over species before the pass */
    species_id *next;        /* by species before the pass: the next species that is equal; -1: none; NULL: no
                                species are equal */
};

static uint64_t hash_key(const struct ledger *l, const struct key *k)
{
    const struct term *t = l->term.data + k->first;
    return side_hash(side_hash(hash_mix((uint64_t)k->guard, k->n_change), t, (uint32_t)k->n_change),
                     t + k->n_change, (uint32_t)k->n_monomial);
}

static bool same_key(const struct ledger *l, const struct key *a, const struct key *b)
{
    const struct term *p = l->term.data + a->first, *q = l->term.data + b->first;
    return a->guard == b->guard && side_equal(p, (uint32_t)a->n_change, q, (uint32_t)b->n_change) &&
           side_equal(p + a->n_change, (uint32_t)a->n_monomial, q + b->n_change, (uint32_t)b->n_monomial);
}

/* The number of a key, whose terms are at the end of l->term; they are dropped if the key is known. */
static int32_t find_key(struct ledger *l, struct key k)
{
    uint64_t hash = hash_key(l, &k);
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&l->by_key, hash, &turn)) >= 0;) {
        if (same_key(l, &l->key.data[i], &k)) {
            l->term.n = k.first;
            return i;
        }
    }
    hash_index_add(&l->by_key, hash, (int32_t)l->key.n);
    vec_push(&l->key, k);
    return (int32_t)l->key.n - 1;
}

/* Enters `rate` for a monomial; for ODE, for each coordinate of the change, times its count. */
static void enter(struct ledger *l, int32_t guard, const term_vec *change, const term_vec *monomial,
                  struct atom rate)
{
    bool whole = l->c->w->claim == CLAIM_LAW;
    for (size_t i = 0; i < (whole ? 1 : change->n); i++) {
        struct key k = {
            .first = l->term.n, .n_change = whole ? change->n : 1, .n_monomial = monomial->n, .guard = guard};
        for (size_t m = 0; m < k.n_change; m++) {
            vec_push(&l->term, (struct term){change->data[i + m].species, whole ? change->data[m].count : 1});
        }
        for (size_t m = 0; m < monomial->n; m++) {
            vec_push(&l->term, monomial->data[m]);
        }
        double factor = whole ? 1 : (double)change->data[i].count;
        vec_push(&l->entry, (struct entry){find_key(l, k), {rate.atom, rate.coefficient * factor}});
    }
}

static void enter_sum(struct ledger *l, int32_t guard, const term_vec *change, const term_vec *monomial,
                      expr_id rate, double factor)
{
    form f = {0};
    certify_add(l->c, &f, rate, factor);
    for (size_t i = 0; i < f.n; i++) {
        enter(l, guard, change, monomial, f.data[i]);
    }
    vec_free(&f);
}

/* The change of the coordinates by a reaction. */
static bool image_of_change(struct ledger *l, const struct side *s, const struct reaction *r,
                            term_vec *change)
{
    VEC(struct term) own = {0};
    bool ok = true;
    vec_reserve(&own, (size_t)r->n_lhs + r->n_rhs + 1);
    own.n = net_change(s->net, r, own.data);
    for (size_t i = 0; i < own.n; i++) {
        struct term one;
        size_t n;
        const struct term *row = certify_row(s, own.data[i].species, &one, &n);
        ok = multiset_add(&l->sum, row, n, own.data[i].count) && ok;
    }
    change->n = 0;
    multiset_take(&l->sum, change);
    vec_free(&own);
    return ok || certify_reject(l->c, "the change of a coordinate overflows");
}

/* Whether the amount of a held reactant is multiplied into the rate constant: powers only for ODE. If there
 * are products, held species stay factors, so that it does not matter to which product they belong. */
static bool goes_into_rate(const struct certifier *c, const struct side *s, const struct term *t)
{
    return !c->product && s->held[t->species] && (t->count == 1 || c->w->claim == CLAIM_ODE);
}

static expr_id rate_with_held(const struct certifier *c, int side, const struct reaction *r)
{
    const struct side *s = &c->side[side];
    expr_id rate = certify_expr(c, side, r->rate);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const struct term *t = &net_lhs(s->net, r)[i];
        expr_id amount = s->net->species.data[t->species].init;
        if (goes_into_rate(c, s, t)) {
            amount = amount ? certify_expr(c, side, amount) : expr_real(c->ex, 0);
            amount = t->count == 1 ? amount
                                   : expr_binary(c->ex, EXPR_POW, amount, expr_real(c->ex, (double)t->count));
            rate = expr_binary(c->ex, EXPR_MUL, rate, amount);
        }
    }
    return rate;
}

static bool reads_absent(const struct side *s, const struct reaction *r)
{
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        if (s->gone[net_lhs(s->net, r)[i].species]) {
            return true;
        }
    }
    return false;
}

static bool enter_law(struct ledger *l, int side, const struct reaction *r, const term_vec *change,
                      double factor)
{
    static const term_vec nothing;
    expr_id law = certify_image(l->c, side, certify_expr(l->c, side, r->rate));
    if (!law) {
        return certify_reject(l->c, "a rate law of the network %s reads what the coordinates do not tell",
                              side ? "after" : "before");
    }
    enter_sum(l, r->guard, change, &nothing, law, factor);
    return true;
}

/* ---- products of sums ---- */

struct expansion {
    struct ledger *l;
    const struct reaction *r;
    const term_vec *change;
    const struct term *factor; /* coordinates with their powers, to be multiplied out */
    size_t n_factors;
    size_t budget;
    expr_id rate;
};

/* Distributes `power` molecules of factor i over its members from number m on; `weight` is the coefficient
 * so far. */
static bool expand(struct expansion *x, size_t i, int32_t m, int64_t power, double weight)
{
    struct ledger *l = x->l;
    if (i == x->n_factors) {
        term_vec monomial = {0};
        struct multiset *p = &l->product;
        /* multiset_take empties the accumulator, so it is filled again for the other branches. */
        multiset_take(p, &monomial);
        enter_sum(l, x->r->guard, x->change, &monomial, x->rate, -weight);
        multiset_add(p, monomial.data, monomial.n, 1);
        vec_free(&monomial);
        return x->budget-- > 0;
    }
    int32_t end = l->c->side[0].owner_first[x->factor[i].species + 1];
    if (power == 0) {
        size_t next = i + 1;
        int32_t first = next < x->n_factors ? l->c->side[0].owner_first[x->factor[next].species] : 0;
        return expand(x, next, first, next < x->n_factors ? x->factor[next].count : 0, weight);
    }
    if (m == end) {
        return true;
    }
    /* k of the `power` molecules are of member m, which is possible in binomial(power, k) ways. */
    double ways = 1;
    for (int64_t k = 0; k <= power; k++) {
        struct term t = {l->c->side[0].owner[m].species, 1};
        if (k > 0) {
            multiset_add(&l->product, &t, 1, 1);
            ways = ways * (double)(power - k + 1) / (double)k * (double)l->c->side[0].owner[m].count;
        }
        if (!expand(x, i, m + 1, power - k, weight * ways)) {
            return false;
        }
    }
    struct term t = {l->c->side[0].owner[m].species, 1};
    return multiset_add(&l->product, &t, 1, -power);
}

/* The reactants of a reaction after the pass, as coordinates. If a reactant has several molecules, its
 * members must have the coefficient 1, because otherwise falling factorials do not expand as powers do. */
static bool factors_of(struct ledger *l, const struct reaction *r, term_vec *factors)
{
    const struct side *s = &l->c->side[1];
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        struct term t = net_lhs(s->net, r)[i];
        size_t n_factors;
        const struct term *factor = certify_product(l->c, t.species, &n_factors);
        for (size_t k = 0; k < n_factors; k++) {
            vec_push(factors, (struct term){factor[k].species, factor[k].count * t.count});
        }
        if (n_factors > 0 || goes_into_rate(l->c, s, &t)) {
            continue;
        }
        int32_t q = certify_own_coordinate(s, t.species);
        if (q < 0) {
            return certify_reject(l->c, "the reactant %s has no coordinate of its own",
                                  s->net->species.data[t.species].name);
        }
        for (int32_t m = l->c->side[0].owner_first[q]; m < l->c->side[0].owner_first[q + 1]; m++) {
            int64_t count = l->c->side[0].owner[m].count;
            if (count < 1 || (count > 1 && t.count > 1 && l->c->w->claim == CLAIM_LAW)) {
                return certify_reject(l->c, "the reactant %s is no plain sum",
                                      s->net->species.data[t.species].name);
            }
        }
        vec_push(factors, (struct term){q, t.count});
    }
    return true;
}

static bool enter_after(struct ledger *l, const struct reaction *r, const term_vec *change)
{
    term_vec factors = {0};
    struct expansion x = {
        .l = l, .r = r, .change = change, .budget = MAX_EXPANSION, .rate = rate_with_held(l->c, 1, r)};
    bool ok = factors_of(l, r, &factors);
    if (ok) {
        x.factor = factors.data;
        x.n_factors = factors.n;
        int32_t first = factors.n ? l->c->side[0].owner_first[factors.data[0].species] : 0;
        ok = expand(&x, 0, first, factors.n ? factors.data[0].count : 0, 1) ||
             certify_reject(l->c, "a product of lumped species is too large to multiply out");
    }
    vec_free(&factors);
    return ok;
}

/* Whether a reactant is known only as a coordinate minus other species; such a reactant is not a factor of a
 * monomial. */
static bool has_shared_reactant(const struct side *s, const struct reaction *r)
{
    form f = {0};
    bool found = false, shared;
    for (uint32_t i = 0; i < r->n_lhs && !found; i++) {
        found = certify_solve(s, net_lhs(s->net, r)[i].species, 1, &f, &shared) && shared;
    }
    vec_free(&f);
    return found;
}

/* Enters a mass action reaction as a law: the expression of the rate constant times the amounts, in order. */
static bool enter_as_law(struct ledger *l, const struct reaction *r, const term_vec *change)
{
    static const term_vec nothing;
    struct certifier *c = l->c;
    const struct net *n = c->side[0].net;
    expr_id law = certify_expr(c, 0, r->rate);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        struct term t = net_lhs(n, r)[i];
        if (t.count > 1 && c->w->claim == CLAIM_LAW) {
            return certify_reject(c, "%s reacts with itself, and a reactant follows from a sum",
                                  n->species.data[t.species].name);
        }
        expr_id x = expr_leaf(c->ex, EXPR_SPECIES, TYPE_REAL, shape_scalar(), t.species, 0);
        x = t.count == 1 ? x : expr_binary(c->ex, EXPR_POW, x, expr_real(c->ex, (double)t.count));
        law = expr_binary(c->ex, EXPR_MUL, law, x);
    }
    expr_id image = certify_image(c, 0, law);
    if (!image) {
        return certify_reject(c, "the coordinates do not tell a reactant of the network before");
    }
    enter_sum(l, r->guard, change, &nothing, image, 1);
    return true;
}

static void link_equals(struct ledger *l)
{
    const struct side *s = &l->c->side[0];
    size_t n = s->net->species.n;
    if (s->equal) {
        l->next = mem_alloc((n + 1) * sizeof *l->next);
        memset(l->next, 0xFF, (n + 1) * sizeof *l->next);
        for (species_id x = 0; x < (species_id)n; x++) {
            species_id y = s->equal[x];
            if (y != x) {
                l->next[x] = l->next[y];
                l->next[y] = x;
            }
        }
    }
}

/* Each species that is equal to another one has an additional coordinate, their difference, which must not
 * change. */
static void add_differences(const struct ledger *l, const struct reaction *r, term_vec *change)
{
    const struct side *s = &l->c->side[0];
    VEC(struct term) own = {0};
    vec_reserve(&own, (size_t)r->n_lhs + r->n_rhs + 1);
    own.n = net_change(s->net, r, own.data);
    for (size_t i = 0; i < own.n; i++) {
        species_id x = own.data[i].species;
        if (s->equal[x] != x) {
            vec_push(change, (struct term){l->c->w->n_coordinates + x, own.data[i].count});
            continue;
        }
        for (species_id y = l->next[x]; y >= 0; y = l->next[y]) {
            vec_push(change, (struct term){l->c->w->n_coordinates + y, -own.data[i].count});
        }
    }
    vec_free(&own);
}

/* A reaction that changes a factor by `change` changes the product by `change`, times the exponent of the
 * factor, times the product divided by the factor, at the rate of the reaction. */
static bool enter_product(struct ledger *l, const struct reaction *r, struct term change, struct term product)
{
    size_t n;
    const struct term *factor = certify_product(l->c, product.species, &n);
    term_vec monomial = {0};
    bool ok = true;
    for (size_t m = 0; m < n && ok; m++) {
        int64_t count = factor[m].count - (factor[m].species == change.species);
        ok = multiset_add(&l->product, &(struct term){factor[m].species, 1}, 1, count);
    }
    ok = ok && multiset_add(&l->product, net_lhs(l->c->side[0].net, r), r->n_lhs, 1);
    multiset_take(&l->product, &monomial);
    term_vec own = {.data = &(struct term){product.species, 1}, .n = 1};
    enter_sum(l, r->guard, &own, &monomial, certify_expr(l->c, 0, r->rate),
              (double)product.count * (double)change.count);
    vec_free(&monomial);
    return ok || certify_reject(l->c, "the change of a product overflows");
}

static bool enter_products(struct ledger *l, const struct reaction *r)
{
    const struct certifier *c = l->c;
    VEC(struct term) own = {0};
    bool ok = true;
    vec_reserve(&own, (size_t)r->n_lhs + r->n_rhs + 1);
    own.n = c->product ? net_change(c->side[0].net, r, own.data) : 0;
    for (size_t i = 0; i < own.n && ok; i++) {
        species_id x = own.data[i].species;
        for (int32_t k = c->product_first[x]; k < c->product_first[x + 1] && ok; k++) {
            ok = r->rate_kind == RATE_LAW ? certify_reject(l->c, "a rate law changes a factor of a product")
                                          : enter_product(l, r, own.data[i], c->product[k]);
        }
    }
    vec_free(&own);
    return ok;
}

static bool enter_before(struct ledger *l, const struct reaction *r, const term_vec *change)
{
    const struct side *s = &l->c->side[0];
    if (has_shared_reactant(s, r)) {
        return enter_as_law(l, r, change);
    }
    term_vec monomial = {0};
    bool ok = true;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        struct term t = net_lhs(s->net, r)[i];
        if (!goes_into_rate(l->c, s, &t)) {
            t.species = s->equal ? s->equal[t.species] : t.species;
            ok = multiset_add(&l->product, &t, 1, 1) && ok;
        }
    }
    multiset_take(&l->product, &monomial);
    enter_sum(l, r->guard, change, &monomial, rate_with_held(l->c, 0, r), 1);
    vec_free(&monomial);
    return ok || certify_reject(l->c, "the reactants that are equal are too many");
}

static bool enter_reactions(struct ledger *l, int side)
{
    const struct side *s = &l->c->side[side];
    term_vec change = {0};
    bool ok = true;
    for (size_t j = 0; j < s->net->reaction.n && ok; j++) {
        const struct reaction *r = &s->net->reaction.data[j];
        if (!net_change_is_known(r)) {
            continue; /* certify_unknown has compared this reaction */
        }
        ok = image_of_change(l, s, r, &change);
        bool law = r->rate_kind == RATE_LAW;
        if (side == 0 && l->next) {
            add_differences(l, r, &change);
        }
        if (change.n == 0 || (!law && reads_absent(s, r))) {
            continue;
        }
        ok = ok && (side || enter_products(l, r)) &&
             (law         ? enter_law(l, side, r, &change, side ? -1 : 1)
              : side == 0 ? enter_before(l, r, &change)
                          : enter_after(l, r, &change));
    }
    vec_free(&change);
    return ok;
}

/* Checks absent species: the initial amount is 0, nothing is given from outside, and a reaction that makes
 * one has an absent reactant. */
static bool check_absent(struct certifier *c)
{
    const struct side *s = &c->side[0];
    const struct net *n = s->net;
    bool ok = true;
    for (size_t i = 0; i < n->species.n && ok; i++) {
        double v;
        expr_id init = n->species.data[i].init;
        ok = !s->gone[i] ||
             ((!init || (expr_const_real(n->ex, init, &v) && v == 0)) &&
              !(n->species.data[i].flags & SPECIES_INPUT)) ||
             certify_reject(c, "%s may be there at first", n->species.data[i].name);
    }
    for (size_t i = 0; i < n->change.n && ok; i++) {
        ok = !s->gone[n->change.data[i].species] || certify_reject(c, "an event makes an absent species");
    }
    for (size_t j = 0; j < n->reaction.n && ok; j++) {
        const struct reaction *r = &n->reaction.data[j];
        bool law = r->rate_kind == RATE_LAW, never = !law && reads_absent(s, r);
        ok = !(law && reads_absent(s, r)) ||
             certify_reject(c, "a reaction with a rate law consumes an absent species");
        for (uint32_t i = 0; i < r->n_rhs && ok && !never; i++) {
            species_id x = net_rhs(n, r)[i].species;
            ok = !s->gone[x] || certify_reject(c, "a reaction makes %s", n->species.data[x].name);
        }
    }
    return ok;
}

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static bool check_entries(struct ledger *l)
{
    form f = {0};
    bool ok = true;
    if (l->entry.n > 1) {
        qsort(l->entry.data, l->entry.n, sizeof *l->entry.data, by_key);
    }
    for (size_t i = 0; i < l->entry.n && ok;) {
        int32_t key = l->entry.data[i].key;
        f.n = 0;
        for (; i < l->entry.n && l->entry.data[i].key == key; i++) {
            vec_push(&f, l->entry.data[i].rate);
        }
        ok = certify_is_zero(&f) || certify_reject(l->c, "the rate of a change of coordinate %d has changed",
                                                   l->term.data[l->key.data[key].first].species);
    }
    vec_free(&f);
    return ok;
}

bool certify_law(struct certifier *c)
{
    struct ledger l = {.c = c};
    vec_reserve(&l.term, 1); /* a pointer into it is needed for empty lists too */
    multiset_open(&l.sum, (size_t)c->w->n_coordinates);
    multiset_open(&l.product, c->side[0].net->species.n);
    link_equals(&l);
    bool ok = check_absent(c) && enter_reactions(&l, 0) && enter_reactions(&l, 1) && check_entries(&l);
    multiset_close(&l.sum);
    multiset_close(&l.product);
    vec_free(&l.term);
    vec_free(&l.key);
    vec_free(&l.entry);
    hash_index_free(&l.by_key);
    free(l.next);
    return ok;
}
