/* LIMIT: both networks are rate-independent; up to reactions that change nothing under the maps, they are the same.
 *
 * X passes when X -> ... is the only reaction that reads X, always on, and changes nothing under the map: in the end X is
 * empty, and the map replaces it by what it becomes. All other species have a coordinate of their own. Then a
 * terminal state of one network is, in the coordinates, one of the other, and it can be reached: the maps take runs to
 * runs. Rate-independent networks have one terminal state. */
#include <stdlib.h>
#include <string.h>

#include "ir/certify_impl.h"
#include "ir/fact.h"
#include "ir/net_sides.h"
#include "support/hash.h"

/* Adds the image of a side; species that are held are left out among products only, where they mean nothing. */
static bool add_side(const struct side *s, struct multiset *m, const struct term *side, uint32_t n,
                     bool products)
{
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        struct term one;
        size_t n_row;
        const struct term *row = certify_row(s, side[i].species, &one, &n_row);
        bool held = s->net->species.data[side[i].species].kind == SPECIES_CONSTANT;
        ok = ((products && held) || multiset_add(m, row, n_row, side[i].count)) && ok;
    }
    return ok;
}

static bool same_terms(const struct term *a, size_t n_a, const struct term *b, size_t n_b)
{
    return side_equal(a, (uint32_t)n_a, b, (uint32_t)n_b);
}

/* The image of a reaction: sides appended to `out`, their lengths in n. */
static bool image(const struct side *s, struct multiset *m, const struct reaction *r, term_vec *out,
                  size_t n[2])
{
    bool ok = add_side(s, m, net_lhs(s->net, r), r->n_lhs, false);
    n[0] = multiset_take(m, out);
    ok = add_side(s, m, net_rhs(s->net, r), r->n_rhs, true) && ok;
    n[1] = multiset_take(m, out);
    return ok;
}

void certify_find_passing(struct certifier *c, int side)
{
    struct side *s = &c->side[side];
    const struct net *net = s->net;
    int32_t *readers = mem_zalloc(net->species.n + 1, sizeof *readers);
    struct multiset m;
    term_vec sides = {0};
    multiset_open(&m, (size_t)c->w->n_coordinates);
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            readers[net_lhs(net, r)[i].species]++;
        }
    }
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        const struct term *x = net_lhs(net, r);
        if (r->n_lhs != 1 || x->count != 1 || readers[x->species] != 1 || r->guard != 0 ||
            net->species.data[x->species].kind != SPECIES_DISCRETE) {
            continue;
        }
        bool own = false;
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            own = own || net_rhs(net, r)[i].species == x->species;
        }
        size_t n[2];
        sides.n = 0;
        s->gone[x->species] =
            !own && image(s, &m, r, &sides, n) && same_terms(sides.data, n[0], sides.data + n[0], n[1]);
    }
    vec_free(&sides);
    multiset_close(&m);
    free(readers);
}

struct images {
    term_vec term;
    VEC(struct image) list;
};
struct image {
    size_t first, n[2];
    int32_t guard;
    int sides; /* bit 0: before, bit 1: after */
};

static uint64_t hash_image(const struct images *x, const struct image *i)
{
    uint64_t h = hash_mix((uint64_t)i->guard, i->n[0]);
    h = side_hash(h, x->term.data + i->first, (uint32_t)i->n[0]);
    return side_hash(h, x->term.data + i->first + i->n[0], (uint32_t)i->n[1]);
}

static bool same_image(const struct images *x, const struct image *a, const struct image *b)
{
    const struct term *p = x->term.data + a->first, *q = x->term.data + b->first;
    return a->guard == b->guard && same_terms(p, a->n[0], q, b->n[0]) &&
           same_terms(p + a->n[0], a->n[1], q + b->n[0], b->n[1]);
}

/* Images of reactions that change something are the same on both sides, each as often as on the other or, since
 * equal reactions are one for the limit, at least once. */
static bool match_reactions(struct certifier *c)
{
    struct images x = {0};
    struct multiset m;
    size_t size = 16, total = c->side[0].net->reaction.n + c->side[1].net->reaction.n;
    bool ok = true;
    while (size < 2 * total) {
        size *= 2;
    }
    int32_t *slot = mem_alloc(size * sizeof *slot);
    memset(slot, 0xFF, size * sizeof *slot);
    multiset_open(&m, (size_t)c->w->n_coordinates);
    for (int side = 0; side < 2 && ok; side++) {
        const struct side *s = &c->side[side];
        for (size_t j = 0; j < s->net->reaction.n && ok; j++) {
            const struct reaction *r = &s->net->reaction.data[j];
            struct image i = {.first = x.term.n, .guard = r->guard};
            if (!image(s, &m, r, &x.term, i.n)) {
                ok = certify_reject(c, "the image of a reaction overflows");
            }
            const struct term *lhs = x.term.data + i.first;
            if (same_terms(lhs, i.n[0], lhs + i.n[0], i.n[1])) {
                x.term.n = i.first;
                continue;
            }
            size_t h = hash_image(&x, &i) & (size - 1);
            while (slot[h] >= 0 && !same_image(&x, &x.list.data[slot[h]], &i)) {
                h = (h + 1) & (size - 1);
            }
            if (slot[h] < 0) {
                slot[h] = (int32_t)x.list.n;
                vec_push(&x.list, i);
            }
            x.list.data[slot[h]].sides |= 1 << side;
        }
    }
    for (size_t i = 0; i < x.list.n && ok; i++) {
        ok = x.list.data[i].sides == 3 || certify_reject(c, "a reaction of the network %s has no counterpart",
                                                         x.list.data[i].sides == 1 ? "before" : "after");
    }
    multiset_close(&m);
    vec_free(&x.term);
    vec_free(&x.list);
    free(slot);
    return ok;
}

static bool check_side(struct certifier *c, int side)
{
    const struct side *s = &c->side[side];
    struct rate_independence f = fact_rate_independence(s->net);
    bool ok =
        f.holds || certify_reject(c, "the network %s has no limit: %s", side ? "after" : "before", f.why);
    fact_rate_independence_free(&f);
    for (size_t i = 0; i < s->net->species.n && ok; i++) {
        struct term one;
        size_t n;
        const struct term *row = certify_row(s, (species_id)i, &one, &n);
        for (size_t k = 0; k < n && ok; k++) {
            ok = row[k].count > 0 || certify_reject(c, "the map has a negative count");
        }
        ok = ok && (s->gone[i] || certify_own_coordinate(s, (species_id)i) >= 0 ||
                    certify_reject(c, "%s has no coordinate of its own and does not pass",
                                   s->net->species.data[i].name));
    }
    return ok;
}

/* One of the networks is the quotient itself, so that the quotient has one terminal state. */
static bool check_quotient(struct certifier *c)
{
    bool found = false;
    for (int side = 0; side < 2; side++) {
        bool any = false;
        for (size_t i = 0; i < c->side[side].net->species.n; i++) {
            any = any || c->side[side].gone[i];
        }
        found = found || !any;
    }
    return found || certify_reject(c, "both networks have species that pass into others");
}

bool certify_limit(struct certifier *c)
{
    return check_side(c, 0) && check_side(c, 1) && check_quotient(c) && match_reactions(c);
}
