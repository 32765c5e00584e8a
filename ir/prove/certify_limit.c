/* LIMIT: both networks are rate-independent and, up to reactions that change nothing under the maps, they
 * are the same.
 *
 * A species X passes if X -> ... is the only reaction that reads X, is always on, and changes nothing under
 * the map: in the limit X is used up, and the map replaces X by what it becomes. All other species have a
 * coordinate of their own, so that the remaining reactions under the map, the quotient, read what they read
 * before. No reaction may produce its own reactant, even through passing species: that would be a cycle. So
 * the quotient consumes what was consumed, by the same reactions, and may run in the same order. It is
 * rate-independent too, and has a single terminal state, to which the maps take the terminal states of both
 * networks.
 *
 * Copies share a coordinate: each copy is the only reactant of a single reaction, which is always on, and
 * under the map these reactions are the same. Each firing of their common image is a firing for whichever
 * copy is present, so runs are mapped to runs; a cycle of the quotient would be a cycle of copies.
 *
 * A reactant that is never the scarcer one (certify_abundant.c) has no coordinate, and its reaction reads
 * only the other reactant, of which nothing is left in the limit in both networks.
 *
 * STEPS only requires that the reactions are the same. */
#include <stdlib.h>
#include <string.h>

#include "ir/prove/certify_impl.h"
#include "ir/fact/fact.h"
#include "ir/net/net_sides.h"
#include "ir/net/uses.h"
#include "support/hash_index.h"

/* Adds the image of a side. `free`: without constant species. */
static bool add_side(const struct side *s, struct multiset *m, const struct term *side, uint32_t n, bool free)
{
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        struct term one;
        size_t n_row;
        const struct term *row = certify_row(s, side[i].species, &one, &n_row);
        bool held = s->net->species.data[side[i].species].kind == SPECIES_CONSTANT;
        ok = ((free && held) || multiset_add(m, row, n_row, side[i].count)) && ok;
    }
    return ok;
}

static bool same_terms(const struct term *a, size_t n_a, const struct term *b, size_t n_b)
{
    return side_equal(a, (uint32_t)n_a, b, (uint32_t)n_b);
}

/* The image of a reaction: its two sides are appended to `out`, with lengths n. For a limit, constant
 * products are left out. */
static bool image(const struct side *s, enum claim claim, struct multiset *m, const struct reaction *r,
                  term_vec *out, size_t n[2])
{
    bool ok = add_side(s, m, net_lhs(s->net, r), r->n_lhs, false);
    n[0] = multiset_take(m, out);
    ok = add_side(s, m, net_rhs(s->net, r), r->n_rhs, claim == CLAIM_LIMIT) && ok;
    n[1] = multiset_take(m, out);
    return ok;
}

bool certify_may_fire(const struct net *n, const struct reaction *r)
{
    double k;
    return !(r->rate_kind == RATE_MASS_ACTION && expr_const_real(n->ex, r->rate, &k) && !(k > 0));
}

/* For each species the only reaction that reads it, if the species is its only reactant and the reaction is
 * always on; -1: there is none. The reaction must not make a species given from outside, because a clamp
 * would turn it off. */
static reaction_id *find_turns(const struct net *n)
{
    struct uses uses = uses_of(n, NULL);
    reaction_id *turn = mem_alloc((n->species.n + 1) * sizeof *turn);
    int32_t *readers = mem_zalloc(n->species.n + 1, sizeof *readers);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            species_id x = net_lhs(n, r)[i].species;
            bool stays = false; /* the species is a product too, or a product is given from outside */
            for (uint32_t k = 0; k < r->n_rhs; k++) {
                stays =
                    stays || net_rhs(n, r)[k].species == x || uses.of[net_rhs(n, r)[k].species] & USE_INPUT;
            }
            bool alone = !stays && r->n_lhs == 1 && net_lhs(n, r)[i].count == 1 && r->guard == 0 &&
                         certify_may_fire(n, r) && n->species.data[x].kind == SPECIES_DISCRETE;
            turn[x] = alone ? (reaction_id)j : -1;
            readers[x]++;
        }
    }
    for (size_t s = 0; s < n->species.n; s++) {
        turn[s] = readers[s] == 1 ? turn[s] : -1;
    }
    free(readers);
    uses_free(&uses);
    return turn;
}

void certify_find_passing(struct certifier *c, int side)
{
    struct side *s = &c->side[side];
    reaction_id *turn = find_turns(s->net);
    struct multiset m;
    term_vec sides = {0};
    multiset_open(&m, (size_t)c->w->n_coordinates);
    for (size_t x = 0; x < s->net->species.n; x++) {
        size_t n[2];
        sides.n = 0;
        s->gone[x] = turn[x] >= 0 && image(s, CLAIM_LIMIT, &m, &s->net->reaction.data[turn[x]], &sides, n) &&
                     same_terms(sides.data, n[0], sides.data + n[0], n[1]);
    }
    vec_free(&sides);
    multiset_close(&m);
    free(turn);
}

/* Checks that species that neither have a coordinate of their own nor pass are copies, or never scarce. */
static bool check_copies(struct certifier *c, int side)
{
    const struct side *s = &c->side[side];
    reaction_id *turn = find_turns(s->net);
    bool *abundant = mem_zalloc(s->net->species.n + 1, sizeof *abundant);
    struct multiset m;
    term_vec sides = {0};
    bool ok = side != 0 || certify_abundant(c, abundant);
    multiset_open(&m, (size_t)c->w->n_coordinates);
    for (species_id x = 0; x < (species_id)s->net->species.n && ok; x++) {
        if (s->gone[x] || certify_own_coordinate(s, x) >= 0) {
            continue;
        }
        struct term one;
        size_t n_row, n[2], n_first[2];
        const struct term *row = certify_row(s, x, &one, &n_row);
        if (n_row == 0 && abundant[x]) {
            continue;
        }
        species_id first = n_row == 1 && row->count == 1 ? s->owner[s->owner_first[row->species]].species : x;
        sides.n = 0;
        ok = n_row == 1 && row->count == 1 && turn[x] >= 0 && turn[first] >= 0 &&
             image(s, CLAIM_LIMIT, &m, &s->net->reaction.data[turn[x]], &sides, n) &&
             image(s, CLAIM_LIMIT, &m, &s->net->reaction.data[turn[first]], &sides, n_first) &&
             same_terms(sides.data, n[0] + n[1], sides.data + n[0] + n[1], n_first[0] + n_first[1]) &&
             n[0] == n_first[0];
        ok = ok || certify_reject(c, "%s has no coordinate of its own, does not pass and is no copy",
                                  s->net->species.data[x].name);
    }
    vec_free(&sides);
    multiset_close(&m);
    free(abundant);
    free(turn);
    return ok;
}

struct images {
    term_vec term;
    VEC(struct image) list;
    struct hash_index by_terms;
};
struct image {
    size_t first, n[2];
    int32_t guard;
    int sides; /* bit 0: before the pass, bit 1: after it */
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

/* The entry of an image, which is added if it is new. */
static struct image *find_image(struct images *x, struct image image)
{
    uint64_t hash = hash_image(x, &image);
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&x->by_terms, hash, &turn)) >= 0;) {
        if (same_image(x, &x->list.data[i], &image)) {
            return &x->list.data[i];
        }
    }
    hash_index_add(&x->by_terms, hash, (int32_t)x->list.n);
    vec_push(&x->list, image);
    return &vec_last(&x->list);
}

/* Checks that each image of a reaction that changes something occurs on both sides. It need not occur
 * equally often, because for a limit equal reactions count as one. */
static bool match_reactions(struct certifier *c)
{
    struct images x = {0};
    vec_reserve(&x.term, 1); /* a pointer into it is needed for empty lists too */
    struct multiset m;
    bool ok = true;
    multiset_open(&m, (size_t)c->w->n_coordinates);
    for (int side = 0; side < 2 && ok; side++) {
        const struct side *s = &c->side[side];
        for (size_t j = 0; j < s->net->reaction.n && ok; j++) {
            const struct reaction *r = &s->net->reaction.data[j];
            struct image i = {.first = x.term.n, .guard = r->guard};
            if (!certify_may_fire(s->net, r) || !net_change_is_known(r)) {
                continue; /* certify_unknown has compared reactions whose change is not known */
            }
            if (!image(s, c->w->claim, &m, r, &x.term, i.n)) {
                ok = certify_reject(c, "the image of a reaction overflows");
            }
            const struct term *lhs = x.term.data + i.first;
            if (same_terms(lhs, i.n[0], lhs + i.n[0], i.n[1])) {
                x.term.n = i.first;
                continue;
            }
            find_image(&x, i)->sides |= 1 << side;
        }
    }
    for (size_t i = 0; i < x.list.n && ok; i++) {
        ok = x.list.data[i].sides == 3 || certify_reject(c, "a reaction of the network %s has no counterpart",
                                                         x.list.data[i].sides == 1 ? "before" : "after");
    }
    multiset_close(&m);
    vec_free(&x.term);
    vec_free(&x.list);
    hash_index_free(&x.by_terms);
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
    }
    return ok && check_copies(c, side);
}

bool certify_limit(struct certifier *c)
{
    return check_side(c, 0) && check_side(c, 1) && match_reactions(c);
}

/* Checks that the species before the pass are in the network after it, with the same numbers, and stand for
 * themselves; new species stand for them. */
static bool check_added(struct certifier *c)
{
    const struct side *a = &c->side[0], *b = &c->side[1];
    bool ok = a->map->ptr.n == 0 && a->net->species.n <= b->net->species.n;
    for (size_t i = 0; i < b->net->species.n && ok; i++) {
        struct term one;
        size_t n;
        const struct term *row = certify_row(b, (species_id)i, &one, &n);
        const struct species *y = &b->net->species.data[i],
                             *x = i < a->net->species.n ? &a->net->species.data[i] : NULL;
        double v;
        bool empty = !y->init || (expr_const_real(b->net->ex, y->init, &v) && v == 0);
        ok = x ? n == 1 && row->species == (int32_t)i && row->count == 1 && x->kind == y->kind &&
                     x->flags == y->flags && strcmp(x->name, y->name) == 0
               : n == 0 || empty;
        for (size_t k = 0; k < n && ok; k++) {
            ok = row[k].count > 0;
        }
        ok = ok || certify_reject(c, "%s is not what it was, or not empty at first", y->name);
    }
    return ok || certify_reject(c, "species are not only added");
}

bool certify_steps(struct certifier *c)
{
    return check_added(c) && match_reactions(c);
}
