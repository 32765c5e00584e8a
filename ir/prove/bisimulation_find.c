/* Finds an interpretation by backtracking. Species of the same name are interpretations of each other. A
 * reaction with only one species whose interpretation is not known leaves few candidates: those that make
 * the reaction trivial, or equal to a formal reaction. */
#include <stdlib.h>

#include "ir/prove/bisimulation_impl.h"
#include "ir/net/net_sides.h"
#include "support/map.h"
#include "support/mem.h"

enum { MAX_CANDIDATES = 64, MAX_DEPTH = 2000, CHECK_LIMIT = 500000 };

struct candidates {
    term_vec term;
    size_t first[MAX_CANDIDATES + 1];
    size_t n;
};
struct search {
    struct bisimilarity b;
    bool *known;     /* by species of `made` */
    term_vec *image; /* by species of `made` */
    struct linear_map *map;
    struct bisimulation best; /* result for the last interpretation that was tried */
};

/* The only species of reaction j whose interpretation is not known, with its counts on both sides; -1: there
 * is none, or more than one. */
static species_id one_unknown(const struct search *s, size_t j, int64_t count[2])
{
    species_id unknown = -1;
    const struct sides *r = &s->b.reaction[1].list.data[j];
    count[0] = count[1] = 0;
    for (int side = 0; side < 2; side++) {
        const struct term *t = sides_terms(&s->b.reaction[1], j, side);
        for (uint32_t i = 0; i < r->n[side]; i++) {
            if (s->known[t[i].species]) {
                continue;
            }
            if (unknown >= 0 && unknown != t[i].species) {
                return -1;
            }
            unknown = t[i].species;
            count[side] = t[i].count;
        }
    }
    return unknown;
}

/* Adds `factor` times the interpretation of the known species of a side. */
static bool add_known(struct search *s, size_t j, int side, int64_t factor)
{
    const struct sides *r = &s->b.reaction[1].list.data[j];
    const struct term *t = sides_terms(&s->b.reaction[1], j, side);
    bool fits = true;
    for (uint32_t i = 0; i < r->n[side]; i++) {
        const term_vec *m = &s->image[t[i].species];
        int64_t count;
        fits = !__builtin_mul_overflow(t[i].count, factor, &count) && fits;
        if (fits && s->known[t[i].species]) {
            fits = multiset_add(&s->b.sum, m->data, m->n, count);
        }
    }
    return fits;
}

/* Appends the sum divided by n as a candidate, unless it is not a multiset or is already a candidate. */
static void add_candidate(struct search *s, struct candidates *c, int64_t n, bool fits)
{
    size_t first = c->term.n, length = multiset_take(&s->b.sum, &c->term);
    bool good = fits && n > 0 && c->n < MAX_CANDIDATES;
    for (size_t i = first; i < first + length; i++) {
        struct term *t = &c->term.data[i];
        good = good && t->count > 0 && t->count % n == 0;
        t->count = good ? t->count / n : 0;
    }
    for (size_t k = 0; k < c->n && good; k++) {
        size_t other = c->first[k + 1] - c->first[k];
        good =
            !side_equal(c->term.data + c->first[k], (uint32_t)other, c->term.data + first, (uint32_t)length);
    }
    c->term.n = good ? first + length : first;
    c->n += good;
    c->first[c->n] = c->term.n;
}

static bool is_sum(struct search *s, const struct term *side, uint32_t n, bool fits)
{
    term_vec rest = {0};
    fits = multiset_add(&s->b.sum, side, n, -1) && fits;
    bool zero = multiset_take(&s->b.sum, &rest) == 0 && fits;
    vec_free(&rest);
    return zero;
}

/* Finds candidates from reaction j. Returns false if the reaction is trivial whatever the unknown species
 * is. */
static bool find_candidates(struct search *s, size_t j, const int64_t count[2], struct candidates *c)
{
    int64_t net = count[1] - count[0]; /* net change of the unknown species */
    c->n = c->term.n = c->first[0] = 0;
    if (net == 0) {
        bool fits = add_known(s, j, 0, -1);
        if (is_sum(s, NULL, 0, add_known(s, j, 1, 1) && fits)) {
            return false;
        }
    } else {
        bool fits = add_known(s, j, 0, net > 0 ? 1 : -1);
        fits = add_known(s, j, 1, net > 0 ? -1 : 1) && fits;
        add_candidate(s, c, net > 0 ? net : -net, fits);
    }
    for (size_t f = 0; f < s->b.formal->reaction.n; f++) {
        const struct sides *r = &s->b.reaction[0].list.data[f];
        int side = count[0] > 0 ? 0 : 1;
        const struct term *own = sides_terms(&s->b.reaction[0], f, side),
                          *other = sides_terms(&s->b.reaction[0], f, 1 - side);
        s->b.work -= 1 + r->n[0] + r->n[1];
        if (count[1 - side] == 0 && !is_sum(s, other, r->n[1 - side], add_known(s, j, 1 - side, 1))) {
            continue;
        }
        bool fits = multiset_add(&s->b.sum, own, r->n[side], 1);
        fits = add_known(s, j, side, -1) && fits;
        add_candidate(s, c, count[side], fits);
    }
    return true;
}

static bool is_trivial_or_formal(struct search *s, size_t j)
{
    term_vec image = {0};
    size_t n[2];
    bool fits = add_known(s, j, 0, 1);
    n[0] = multiset_take(&s->b.sum, &image);
    fits = add_known(s, j, 1, 1) && fits;
    n[1] = multiset_take(&s->b.sum, &image);
    const struct term *side[2] = {image.data, image.data + n[0]};
    bool good = side_equal(side[0], (uint32_t)n[0], side[1], (uint32_t)n[1]);
    for (size_t f = 0; f < s->b.formal->reaction.n && !good; f++) {
        good = bisimilarity_is_formal(&s->b, f, side, n);
        s->b.work--;
    }
    vec_free(&image);
    return good && fits;
}

/* Whether all reactions with species x whose species are all known are trivial or formal reactions. */
static bool agrees(struct search *s, species_id x)
{
    for (size_t j = 0; j < s->b.made->reaction.n; j++) {
        const struct sides *r = &s->b.reaction[1].list.data[j];
        bool whole = true, with = false;
        for (uint32_t i = 0; i < r->n[0] + r->n[1]; i++) {
            species_id y = s->b.reaction[1].term.data[r->first + i].species;
            whole = whole && s->known[y];
            with = with || y == x;
        }
        s->b.work--;
        if (whole && with && !is_trivial_or_formal(s, j)) {
            return false;
        }
    }
    return true;
}

static void write_map(const struct search *s)
{
    linear_map_free(s->map);
    for (size_t i = 0; i < s->b.made->species.n; i++) {
        linear_map_add_row(s->map, s->image[i].data, s->image[i].n);
    }
}

static bool try_whole(struct search *s)
{
    free(s->best.why);
    write_map(s);
    s->best = bisimulation_check(s->b.formal, s->b.made, s->map, CHECK_LIMIT);
    s->b.work -= CHECK_LIMIT;
    return s->best.answer == BISIMULATION_HOLDS;
}

/* Candidates for a species about which no reaction says anything: nothing, or a single formal species. */
static void guess(const struct search *s, struct candidates *c)
{
    c->n = c->term.n = c->first[0] = 0;
    for (int64_t i = -1; i < (int64_t)s->b.formal->species.n && c->n < MAX_CANDIDATES; i++) {
        if (i < 0 || s->b.formal->species.data[i].kind != SPECIES_CONSTANT) {
            if (i >= 0) {
                vec_push(&c->term, (struct term){(species_id)i, 1});
            }
            c->first[++c->n] = c->term.n;
        }
    }
}

/* The species to decide next, with its candidates; -1: all are known. */
static species_id next_species(struct search *s, struct candidates *c)
{
    struct candidates one = {0};
    species_id best = -1;
    for (size_t j = 0; j < s->b.made->reaction.n && s->b.work > 0 && !(best >= 0 && c->n < 2); j++) {
        int64_t count[2];
        species_id x = one_unknown(s, j, count);
        s->b.work--;
        if (x >= 0 && find_candidates(s, j, count, &one) && (best < 0 || one.n < c->n)) {
            struct candidates other = *c;
            *c = one;
            one = other;
            best = x;
        }
    }
    vec_free(&one.term);
    for (size_t i = 0; i < s->b.made->species.n && best < 0; i++) {
        if (!s->known[i]) {
            best = (species_id)i;
            guess(s, c);
        }
    }
    return best;
}

static bool decide(struct search *s, int depth)
{
    struct candidates c = {0};
    bool found = false;
    species_id x = next_species(s, &c);
    if (x < 0) {
        found = try_whole(s);
    }
    for (size_t k = 0; x >= 0 && k < c.n && !found && s->b.work > 0 && depth < MAX_DEPTH; k++) {
        s->known[x] = true;
        s->image[x].n = 0;
        for (size_t i = c.first[k]; i < c.first[k + 1]; i++) {
            vec_push(&s->image[x], c.term.data[i]);
        }
        found = agrees(s, x) && decide(s, depth + 1);
        s->known[x] = found;
    }
    vec_free(&c.term);
    return found;
}

static void know_names(struct search *s)
{
    struct map names = {0};
    for (size_t i = 0; i < s->b.formal->species.n; i++) {
        map_add(&names, s->b.formal->species.data[i].name, (int32_t)i);
    }
    for (size_t i = 0; i < s->b.made->species.n; i++) {
        const struct species *x = &s->b.made->species.data[i];
        species_id f = map_find(&names, x->name);
        bool held = x->kind == SPECIES_CONSTANT;
        s->known[i] = held || f >= 0;
        if (f >= 0 && !held && s->b.formal->species.data[f].kind != SPECIES_CONSTANT) {
            vec_push(&s->image[i], (struct term){f, 1});
        }
    }
    map_free(&names);
}

static bool changes_something(const struct bisimilarity *b)
{
    for (size_t f = 0; f < b->formal->reaction.n; f++) {
        const struct sides *r = &b->reaction[0].list.data[f];
        if (!side_equal(sides_terms(&b->reaction[0], f, 0), r->n[0], sides_terms(&b->reaction[0], f, 1),
                        r->n[1])) {
            return true;
        }
    }
    return false;
}

struct bisimulation bisimulation_find(const struct net *formal, const struct net *made,
                                      struct linear_map *map, int64_t limit)
{
    struct search s = {.map = map};
    struct bisimulation result = {BISIMULATION_UNDECIDED, bisimilarity_open(&s.b, formal, made, limit)};
    s.known = mem_zalloc(made->species.n + 1, sizeof *s.known);
    s.image = mem_zalloc(made->species.n + 1, sizeof *s.image);
    if (!result.why && !changes_something(&s.b)) {
        result.why = bisimilarity_text("no reaction of %s changes anything", formal->name);
    } else if (!result.why) {
        know_names(&s);
        bool found = decide(&s, 0);
        result = found          ? (struct bisimulation){BISIMULATION_HOLDS, NULL}
                 : s.b.work > 0 ? (struct bisimulation){BISIMULATION_FAILS, s.best.why}
                                : (struct bisimulation){BISIMULATION_UNDECIDED, s.best.why};
        s.best.why = found ? s.best.why : NULL;
    }
    free(s.best.why);
    for (size_t i = 0; i < made->species.n; i++) {
        vec_free(&s.image[i]);
    }
    bisimilarity_close(&s.b);
    free(s.known);
    free(s.image);
    return result;
}
