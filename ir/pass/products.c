#include "ir/pass/products.h"

#include <stdlib.h>
#include <string.h>

#include "ir/net/net_sides.h"

enum { MOST_CHOSEN = 10000, MOST_NUMBERED = 4000000, MOST_SPLITS = 65536 };

const struct term *products_terms(const struct products *p, int32_t number)
{
    return p->term.data + p->all.data[number].first;
}

static int32_t find(const struct products *p, const struct term *side, size_t n)
{
    uint64_t hash = side_hash(n, side, (uint32_t)n);
    size_t turn = 0;
    int32_t i;
    while ((i = hash_index_next(&p->by_side, hash, &turn)) >= 0 &&
           !side_equal(products_terms(p, i), p->all.data[i].n, side, (uint32_t)n)) {
    }
    return i;
}

int32_t products_number(struct products *p, const struct term *side, size_t n)
{
    int32_t i = find(p, side, n);
    if (i >= 0) {
        return i;
    }
    struct product x = {
        .first = p->term.n, .n = (uint32_t)n, .variable = -1, .part = {-1, -1}, .counted = -1};
    for (size_t k = 0; k < n; k++) {
        vec_push(&p->term, side[k]);
        x.degree += side[k].count;
    }
    x.variable = x.degree == 1 ? side[0].species : -1;
    i = (int32_t)p->all.n;
    vec_push(&p->all, x);
    hash_index_add(&p->by_side, side_hash(n, side, (uint32_t)n), i);
    p->is_full = p->is_full || p->all.n > MOST_NUMBERED;
    return i;
}

int64_t products_change(const struct net *n, const struct reaction *r, species_id s)
{
    int64_t change = 0;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        change -= net_lhs(n, r)[i].species == s ? net_lhs(n, r)[i].count : 0;
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        change += net_rhs(n, r)[i].species == s ? net_rhs(n, r)[i].count : 0;
    }
    return change;
}

/* Computes a b / s (s < 0: a b) into *out, where s is a factor. */
static void multiply(const struct term *a, size_t n_a, const struct term *b, size_t n_b, species_id s,
                     term_vec *out)
{
    out->n = 0;
    for (size_t i = 0, k = 0; i < n_a || k < n_b;) {
        bool from_a = i < n_a && (k == n_b || a[i].species <= b[k].species),
             from_b = k < n_b && (i == n_a || b[k].species <= a[i].species);
        struct term t = from_a ? a[i] : b[k];
        t.count = (from_a ? a[i].count : 0) + (from_b ? b[k].count : 0) - (t.species == s);
        i += from_a;
        k += from_b;
        if (t.count > 0) {
            vec_push(out, t);
        }
    }
}

void products_derivative(const struct products *p, int32_t number, species_id s, const struct term *lhs,
                         uint32_t n_lhs, term_vec *out)
{
    multiply(products_terms(p, number), p->all.data[number].n, lhs, n_lhs, s, out);
}

bool products_is_corrected(const struct products *p, int32_t number)
{
    bool any = false;
    for (uint32_t i = 0; i < p->all.data[number].n; i++) {
        any = any || p->may_be_set[products_terms(p, number)[i].species];
    }
    return any;
}

/* ---- two factors ---- */

static bool is_there(const struct products *p, int32_t number)
{
    return number >= 0 && (p->all.data[number].variable >= 0 || number == p->pretended);
}

/* Iterates over the divisors of a monomial other than 1 and itself: p->left is the divisor and p->right its
 * cofactor. */
struct divisors {
    int64_t *count; /* exponent in the divisor, by term; NULL: there are too many divisors */
    int64_t left;
};

static struct divisors divisors_open(struct products *p, int32_t number)
{
    struct divisors d = {.left = 1};
    const struct product *x = &p->all.data[number];
    for (uint32_t i = 0; i < x->n && d.left <= MOST_SPLITS; i++) {
        int64_t count = products_terms(p, number)[i].count;
        d.left = count > MOST_SPLITS ? MOST_SPLITS + 1 : d.left * (count + 1);
    }
    if (d.left > MOST_SPLITS) {
        p->is_full = true;
        d.left = 0;
        return d;
    }
    d.count = mem_zalloc((size_t)x->n + 1, sizeof *d.count);
    d.left -= 2;
    return d;
}

static bool divisors_next(struct products *p, int32_t number, struct divisors *d)
{
    if (d->left <= 0) {
        free(d->count);
        d->count = NULL;
        return false;
    }
    d->left--;
    uint32_t n = p->all.data[number].n;
    const struct term *t = products_terms(p, number);
    for (uint32_t i = 0; d->count[i]++ == t[i].count; i++) {
        d->count[i] = 0;
    }
    p->left.n = p->right.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (d->count[i] > 0) {
            vec_push(&p->left, (struct term){t[i].species, d->count[i]});
        }
        if (d->count[i] < t[i].count) {
            vec_push(&p->right, (struct term){t[i].species, t[i].count - d->count[i]});
        }
    }
    return true;
}

static bool find_split(struct products *p, int32_t number, bool apart, int32_t part[2])
{
    const struct product *x = &p->all.data[number];
    part[0] = number;
    part[1] = -1;
    if (x->degree == 0 || (!apart && is_there(p, number))) {
        return true;
    }
    struct divisors d = divisors_open(p, number);
    bool found = false;
    while (divisors_next(p, number, &d)) {
        if (!found) {
            part[0] = find(p, p->left.data, p->left.n);
            part[1] = find(p, p->right.data, p->right.n);
            found = is_there(p, part[0]) && is_there(p, part[1]);
        }
    }
    return found;
}

bool products_split(struct products *p, int32_t number, bool apart, int32_t variable[2])
{
    int32_t part[2];
    if (!find_split(p, number, apart, part)) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        variable[i] = part[i] >= 0 && p->all.data[part[i]].degree > 0 ? p->all.data[part[i]].variable : -1;
    }
    return true;
}

/* ---- the search ---- */

static bool fits(const struct products *p, const term_vec *side)
{
    bool good = true;
    for (size_t i = 0; i < side->n; i++) {
        good = good && side->data[i].count <= p->most[side->data[i].species];
    }
    return good;
}

static void choose(struct products *p, int32_t number)
{
    struct product *x = &p->all.data[number];
    if (x->degree == 0 || x->variable >= 0) {
        return;
    }
    x->variable = (int32_t)(p->n_species + p->chosen.n);
    vec_push(&p->chosen, number);
    p->is_full = p->is_full || p->chosen.n > MOST_CHOSEN;
}

/* Records that the monomial must become a product of two variables; if no others are found, of `first` and
 * `second`. */
static void need(struct products *p, int32_t number, bool apart, int32_t first, int32_t second)
{
    struct product *x = &p->all.data[number];
    bool known = x->is_needed && (!apart || x->is_apart);
    x->is_apart = x->is_apart || apart;
    x->is_needed = true;
    if (!known && x->degree > 2) {
        x->part[0] = first;
        x->part[1] = second;
        vec_push(&p->needed, number);
    }
}

static int32_t number_of(struct products *p, const term_vec *side)
{
    return products_number(p, side->data, side->n);
}

/* Records what is needed because a reaction changes factor s of monomial `number` by `change`. */
static void ask(struct products *p, int32_t number, species_id s, const struct reaction *r, int64_t change)
{
    const struct term *lhs = net_lhs(p->net, r);
    term_vec *out = &p->whole;
    if (change < 0) {
        multiply(lhs, r->n_lhs, NULL, 0, s, out);
        choose(p, number_of(p, out));
    } else if (change > 0) {
        products_derivative(p, number, s, lhs, r->n_lhs, out);
        int32_t whole = number_of(p, out), side = products_number(p, lhs, r->n_lhs);
        multiply(products_terms(p, number), p->all.data[number].n, NULL, 0, s, out);
        need(p, whole, false, number_of(p, out), side);
    }
}

/* Records what is needed because the monomial has become a variable. */
static void ask_of(struct products *p, int32_t number)
{
    for (uint32_t i = 0; i < p->all.data[number].n && !p->is_full; i++) {
        species_id s = products_terms(p, number)[i].species;
        for (int32_t k = p->changers.ptr[s]; k < p->changers.ptr[s + 1] && !p->is_full; k++) {
            const struct reaction *r = &p->net->reaction.data[p->changers.reaction[k]];
            ask(p, number, s, r, products_change(p->net, r, s));
        }
    }
    if (products_is_corrected(p, number)) {
        struct term one = {products_terms(p, number)[0].species, 1};
        multiply(products_terms(p, number), p->all.data[number].n, NULL, 0, one.species, &p->whole);
        int32_t rest = number_of(p, &p->whole);
        need(p, number, true, products_number(p, &one, 1), rest);
    }
}

/* How many further monomials would be needed if this one became a variable; counting stops at `enough`. */
static int32_t cost(struct products *p, int32_t number, int32_t enough)
{
    int32_t n = 0, part[2];
    p->pretended = number;
    for (uint32_t i = 0; i < p->all.data[number].n; i++) {
        species_id s = products_terms(p, number)[i].species;
        for (int32_t k = p->changers.ptr[s]; k < p->changers.ptr[s + 1] && n < enough; k++) {
            const struct reaction *r = &p->net->reaction.data[p->changers.reaction[k]];
            int64_t change = products_change(p->net, r, s);
            if (change < 0) {
                multiply(net_lhs(p->net, r), r->n_lhs, NULL, 0, s, &p->whole);
                int32_t rest = number_of(p, &p->whole);
                n += p->all.data[rest].degree > 0 && !is_there(p, rest);
            } else if (change > 0) {
                products_derivative(p, number, s, net_lhs(p->net, r), r->n_lhs, &p->whole);
                int32_t whole = number_of(p, &p->whole);
                n += p->all.data[whole].degree > 2 && !find_split(p, whole, false, part);
            }
        }
    }
    p->pretended = -1;
    return n;
}

typedef VEC(int32_t) numbers;

/* Counts for each monomial how many of the needed ones would be products of two variables if it became a
 * variable. */
static void tally(struct products *p, numbers *candidates)
{
    candidates->n = 0;
    for (size_t i = 0; i < p->needed.n && !p->is_full; i++) {
        int32_t number = p->needed.data[i];
        struct divisors d = divisors_open(p, number);
        while (divisors_next(p, number, &d)) {
            int32_t other = find(p, p->right.data, p->right.n);
            bool square = side_equal(p->left.data, (uint32_t)p->left.n, p->right.data, (uint32_t)p->right.n);
            if (!(square || is_there(p, other)) || !fits(p, &p->left)) {
                continue;
            }
            int32_t one = number_of(p, &p->left);
            struct product *x = &p->all.data[one];
            if (x->counted != (int32_t)i) {
                if (x->tally++ == 0) {
                    vec_push(candidates, one);
                }
                x->counted = (int32_t)i;
            }
        }
    }
}

/* The best candidate: the one that leaves the least to do, among these one of the lowest degree, among these
 * the first. */
static int32_t best_of(struct products *p, const numbers *candidates)
{
    int32_t best = -1, gain = INT32_MIN;
    for (size_t i = 0; i < candidates->n; i++) {
        int32_t one = candidates->data[i], most = p->all.data[one].tally;
        if (best >= 0 && most < gain) {
            continue;
        }
        int32_t own = most - cost(p, one, best >= 0 ? most - gain + 1 : INT32_MAX);
        if (best < 0 || own > gain || (own == gain && p->all.data[one].degree < p->all.data[best].degree)) {
            best = one;
            gain = own;
        }
    }
    for (size_t i = 0; i < candidates->n; i++) {
        p->all.data[candidates->data[i]].tally = 0;
        p->all.data[candidates->data[i]].counted = -1;
    }
    return best;
}

static void drop_met(struct products *p)
{
    size_t kept = 0;
    int32_t part[2];
    for (size_t i = 0; i < p->needed.n; i++) {
        int32_t number = p->needed.data[i];
        if (!find_split(p, number, p->all.data[number].is_apart, part)) {
            p->needed.data[kept++] = number;
        }
    }
    p->needed.n = kept;
}

static void search(struct products *p)
{
    numbers candidates = {0};
    size_t asked = 0;
    for (;;) {
        while (asked < p->chosen.n && !p->is_full) {
            ask_of(p, p->chosen.data[asked++]);
        }
        drop_met(p);
        if (p->needed.n == 0 || p->is_full) {
            break;
        }
        tally(p, &candidates);
        int32_t best = best_of(p, &candidates);
        if (best >= 0) {
            choose(p, best);
        } else {
            const int32_t *part = p->all.data[p->needed.data[0]].part;
            int32_t both[2] = {part[0], part[1]};
            choose(p, both[0]);
            choose(p, both[1]);
        }
    }
    vec_free(&candidates);
}

static void find_most(struct products *p)
{
    p->most = mem_alloc((p->n_species + 1) * sizeof *p->most);
    for (size_t s = 0; s < p->n_species; s++) {
        p->most[s] = 1;
    }
    for (size_t j = 0; j < p->net->reaction.n; j++) {
        const struct reaction *r = &p->net->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs && r->rate_kind == RATE_MASS_ACTION; i++) {
            struct term t = net_lhs(p->net, r)[i];
            p->most[t.species] = t.count > p->most[t.species] ? t.count : p->most[t.species];
        }
    }
}

bool products_find(struct products *p, const struct net *n, const bool *split, const bool *may_be_set)
{
    *p = (struct products){.net = n,
                           .n_species = n->species.n,
                           .changers = changers_of(n),
                           .may_be_set = may_be_set,
                           .pretended = -1};
    find_most(p);
    for (species_id s = 0; s < (species_id)n->species.n; s++) {
        products_number(p, &(struct term){s, 1}, 1);
    }
    VEC(species_id) changed = {0};
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        vec_reserve(&changed, (size_t)r->n_lhs + r->n_rhs + 1);
        changed.n = split[j] ? net_changed_species(n, r, changed.data) : 0;
        for (size_t i = 0; i < changed.n; i++) {
            ask(p, changed.data[i], changed.data[i], r, products_change(n, r, changed.data[i]));
        }
    }
    vec_free(&changed);
    search(p);
    return !p->is_full;
}

void products_free(struct products *p)
{
    readers_free(&p->changers);
    vec_free(&p->all);
    vec_free(&p->term);
    hash_index_free(&p->by_side);
    vec_free(&p->chosen);
    vec_free(&p->needed);
    vec_free(&p->left);
    vec_free(&p->right);
    vec_free(&p->whole);
    free(p->most);
}
