/* Products that several reactions have in common are made once, by a new species that turns into them.
 * --max-products bounds all sides, by trees of such species.
 *
 *   A -> X + Y + Z + V                A -> F1 + V
 *   B -> X + Y + Z + W                B -> F1 + W
 *   C -> X + Y + Z                    C -> F1
 *                                     F1 -> X + Y + Z
 *
 * Preserves (S) the limit of a rate-independent network. The products of a reaction are cut, in their order,
 * into runs of equal length. Equal runs are shared if that pays, and the length that saves most is used (the
 * method of the Four Russians: dense layers of n inputs have at most 2^b different runs of length b).
 * Alternatively, products that all reactions make together form a run, if that saves more. Sharing pays if
 * it reduces the number of entries of all sides, including those of the added reaction. If a species already
 * turns into the run and does nothing else, its reaction keeps the run; pass copies, run next, merges that
 * species and F. Reactants, species given from outside and species that are not discrete stay on their
 * sides. This pass undoes what pass unimolecular does, and must come after that pass. */
#include <stdlib.h>

#include "ir/pass/legalize.h"
#include "ir/net/net_sides.h"
#include "ir/pass/passing.h"
#include "support/hash_index.h"
#include "support/mem.h"

enum { TOGETHER, N_LENGTHS = 9 };
static const int32_t lengths[N_LENGTHS] = {TOGETHER, 2, 3, 4, 5, 6, 8, 12, INT32_MAX};

struct stretch { /* a run of products, and the number of reactions that use it */
    size_t first, n;
    int64_t uses;
    bool exists;        /* whether a species that only passes turns into exactly this run */
    species_id made_by; /* species that turns into the run; -1: none yet */
};

struct placed { /* a product and the block of its species */
    int32_t block;
    struct term term;
};

struct fan_out {
    struct rewrite w;
    struct pass_context *c;
    struct uses uses;
    bool *passes;   /* by reaction: whether it is X -> ..., where X only passes */
    int32_t *rank;  /* by species: its rank among the species that may be in runs; -1: it may not */
    int32_t *block; /* by species: its block; a run lies within a block */
    uint64_t *made; /* by species: a hash of which reactions make it, and how often */
    term_vec term, side;
    VEC(struct placed) placed; /* room for the terms of a side */
    VEC(struct stretch) run;
    struct hash_index by_terms; /* finds runs by their terms */
    expr_id one;
};

/* ---- runs ---- */

static const struct term *run_terms(const struct fan_out *x, const struct stretch *r)
{
    return x->term.data + r->first;
}

static void forget_runs(struct fan_out *x)
{
    hash_index_open(&x->by_terms, x->run.n);
    x->term.n = x->run.n = 0;
}

/* The number of the run with these terms, which is added if it is new. */
static int32_t find_run(struct fan_out *x, const struct term *terms, size_t n)
{
    uint64_t hash = side_hash(0, terms, (uint32_t)n);
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&x->by_terms, hash, &turn)) >= 0;) {
        const struct stretch *r = &x->run.data[i];
        if (side_equal(run_terms(x, r), (uint32_t)r->n, terms, (uint32_t)n)) {
            return i;
        }
    }
    struct stretch r = {.first = x->term.n, .n = n, .made_by = -1};
    for (size_t i = 0; i < n; i++) {
        vec_push(&x->term, terms[i]);
    }
    hash_index_add(&x->by_terms, hash, (int32_t)x->run.n);
    vec_push(&x->run, r);
    return (int32_t)x->run.n - 1;
}

static bool is_reactant(const struct fan_out *x, const struct reaction *r, species_id s)
{
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        if (rewrite_lhs(&x->w, r)[i].species == s) {
            return true;
        }
    }
    return false;
}

static int by_block(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return x->block != y->block ? (x->block > y->block) - (x->block < y->block)
                                : (x->term.species > y->term.species) - (x->term.species < y->term.species);
}

/* Puts those products of the reaction that may be in runs into x->side, ordered by block, and the others
 * into `rest`. */
static void split_side(struct fan_out *x, const struct reaction *r, term_vec *rest)
{
    x->side.n = rest->n = x->placed.n = 0;
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        struct term t = rewrite_rhs(&x->w, r)[i];
        if (x->rank[t.species] >= 0 && !is_reactant(x, r, t.species)) {
            vec_push(&x->placed, (struct placed){x->block[t.species], t});
        } else {
            vec_push(rest, t);
        }
    }
    if (x->placed.n > 1) {
        qsort(x->placed.data, x->placed.n, sizeof *x->placed.data, by_block);
    }
    for (size_t i = 0; i < x->placed.n; i++) {
        vec_push(&x->side, x->placed.data[i].term);
    }
}

/* The end of the run in x->side that starts at index i. */
static size_t end_of_run(const struct fan_out *x, size_t i)
{
    int32_t block = x->block[x->side.data[i].species];
    while (i < x->side.n && x->block[x->side.data[i].species] == block) {
        i++;
    }
    return i;
}

/* Assigns species to blocks of `length` species. If length is TOGETHER, species that all reactions make
 * equally often form a block, whose number is found from a hash. */
static void set_blocks(struct fan_out *x, int32_t length)
{
    size_t n = x->w.n_species;
    if (length == TOGETHER) {
        forget_runs(x);
    }
    for (size_t s = 0; s < n; s++) {
        if (x->rank[s] < 0) {
            continue;
        }
        if (length != TOGETHER) {
            x->block[s] = x->rank[s] / length;
            continue;
        }
        /* The hash is written as two terms, so that the table of runs can be used to number hashes. */
        struct term key[2] = {{(species_id)(x->made[s] >> 33), 1},
                              {(species_id)(x->made[s] & 0x7FFFFFFF), 1}};
        x->block[s] = find_run(x, key, 2);
    }
}

/* The number of entries that sharing the run saves, if copies are merged. Each factor fits in 32 bits. */
static int64_t saving(const struct stretch *r)
{
    int64_t n = (int64_t)r->n;
    return r->exists ? r->uses * (n - 1) : r->uses * (n - 1) - (n + 1);
}

static bool is_shared(const struct stretch *r)
{
    return saving(r) > 0;
}

/* Whether reaction j belongs to a species that only passes, and its products are exactly the run from i to
 * end of x->side. */
static bool is_whole(const struct fan_out *x, size_t j, size_t i, size_t end, const term_vec *rest)
{
    return x->passes[j] && rest->n == 0 && end - i == x->side.n;
}

/* Counts all runs of the given length, and returns what sharing them saves. */
static int64_t count_runs(struct fan_out *x, int32_t length)
{
    term_vec rest = {0};
    int64_t saved = 0;
    set_blocks(x, length);
    forget_runs(x);
    for (size_t j = 0; j < x->w.n_old; j++) {
        split_side(x, &x->w.old[j], &rest);
        for (size_t i = 0, end; i < x->side.n; i = end) {
            end = end_of_run(x, i);
            int32_t found = find_run(x, x->side.data + i, end - i);
            struct stretch *r = &x->run.data[found];
            bool whole = is_whole(x, j, i, end, &rest) && !r->exists;
            r->exists = r->exists || whole;
            r->uses += !whole;
        }
    }
    for (size_t i = 0; i < x->run.n; i++) {
        saved += is_shared(&x->run.data[i]) ? saving(&x->run.data[i]) : 0;
    }
    vec_free(&rest);
    return saved;
}

/* ---- reactions ---- */

static species_id fan(struct fan_out *x, int32_t i, const struct reaction *r);

/* Appends the products to `out`. If they are more than `room` molecules (room < 0: no bound), they are
 * replaced by `room` fans. */
static void bound(struct fan_out *x, const struct reaction *r, const struct term *terms, size_t n,
                  int64_t room, term_vec *out)
{
    int64_t total = rewrite_molecules(terms, (uint32_t)n), left = total, at = 0;
    size_t i = 0;
    if (room < 0 || total <= room) {
        for (; i < n; i++) {
            vec_push(out, terms[i]);
        }
        return;
    }
    for (int64_t part = 0; part < room; part++) {
        int64_t take = left / (room - part);
        term_vec piece = {0};
        for (left -= take; take > 0;) {
            int64_t some = terms[i].count - at < take ? terms[i].count - at : take;
            vec_push(&piece, (struct term){terms[i].species, some});
            take -= some;
            at += some;
            if (at == terms[i].count) {
                i++;
                at = 0;
            }
        }
        bool one = piece.n == 1 && piece.data[0].count == 1;
        struct term made = {one ? piece.data[0].species : fan(x, find_run(x, piece.data, piece.n), r), 1};
        vec_push(out, made);
        vec_free(&piece);
    }
}

static int64_t max_products(const struct fan_out *x)
{
    return x->c->options->max_products > 0 ? x->c->options->max_products : -1;
}

/* The species that turns into run i, which is added if there is none yet. */
static species_id fan(struct fan_out *x, int32_t i, const struct reaction *r)
{
    struct stretch run = x->run.data[i];
    if (run.made_by >= 0) {
        return run.made_by;
    }
    term_vec terms = {0}, side = {0};
    for (size_t k = 0; k < run.n; k++) {
        vec_push(&terms, run_terms(x, &run)[k]); /* a copy, because runs of fans may be added to the list
                                                    meanwhile */
    }
    struct term whole = {rewrite_species(&x->w, "F", SPECIES_DISCRETE, 0, r->span), 1};
    x->run.data[i].made_by = whole.species;
    rewrite_stands_for(&x->w, whole.species, terms.data, terms.n);
    bound(x, r, terms.data, terms.n, max_products(x), &side);
    rewrite_add_always(&x->w, r, &whole, 1, side.data, side.n, x->one);
    vec_free(&terms);
    vec_free(&side);
    return whole.species;
}

static void rewrite_reaction(struct fan_out *x, size_t j)
{
    const struct reaction *r = &x->w.old[j];
    term_vec rest = {0}, free_terms = {0}, side = {0};
    bool changed = false;
    split_side(x, r, &rest);
    for (size_t i = 0, end; i < x->side.n; i = end) {
        end = end_of_run(x, i);
        int32_t found = find_run(x, x->side.data + i, end - i);
        if (is_shared(&x->run.data[found]) && !is_whole(x, j, i, end, &rest)) {
            vec_push(&free_terms, (struct term){fan(x, found, r), 1});
            changed = true;
        } else {
            for (size_t k = i; k < end; k++) {
                vec_push(&free_terms, x->side.data[k]);
            }
        }
    }
    int64_t most = max_products(x), rest_n = rewrite_molecules(rest.data, (uint32_t)rest.n),
            free_n = rewrite_molecules(free_terms.data, (uint32_t)free_terms.n);
    bool wide = most > 0 && rest_n + free_n > most;
    if (wide && (most - rest_n < 1 || free_n < 2)) {
        pass_missed(x->c, r->span, "the products that must stay on this side are %lld, --max-products=%lld",
                    (long long)rest_n, (long long)most);
        wide = false;
    }
    if (wide || changed) {
        pass_done(x->c, r->span, wide ? "a tree for its products" : "a fan-out that others share");
        bound(x, r, free_terms.data, free_terms.n, wide ? most - rest_n : -1, &side);
        for (size_t i = 0; i < rest.n; i++) {
            vec_push(&side, rest.data[i]);
        }
        rewrite_add(&x->w, r, rewrite_lhs(&x->w, r), r->n_lhs, side.data, side.n,
                    (enum rate_kind)r->rate_kind, r->rate);
    } else {
        rewrite_keep(&x->w, r);
    }
    vec_free(&rest);
    vec_free(&free_terms);
    vec_free(&side);
}

/* ---- the pass ---- */

static void find_passing(struct fan_out *x, const struct net *n)
{
    reaction_id *reader = passing_readers(n);
    struct span at;
    for (size_t j = 0; j < n->reaction.n; j++) {
        x->passes[j] =
            n->reaction.data[j].n_lhs == 1 && !passing_reason(n, &x->uses, reader, (reaction_id)j, &at);
    }
    free(reader);
}

static void rank_species(struct fan_out *x, const struct net *n)
{
    int32_t next = 0;
    for (size_t s = 0; s < n->species.n; s++) {
        x->rank[s] = -1;
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            const struct term *t = &net_rhs(n, r)[i];
            x->rank[t->species] = 0;
            x->made[t->species] += hash_mix(hash_mix(1, j), (uint64_t)t->count);
        }
    }
    for (size_t s = 0; s < n->species.n; s++) {
        bool may =
            x->rank[s] == 0 && n->species.data[s].kind == SPECIES_DISCRETE && !(x->uses.of[s] & USE_INPUT);
        x->rank[s] = may ? next++ : -1;
    }
}

static void share(struct fan_out *x)
{
    int64_t best = 0;
    int32_t length = INT32_MAX;
    for (int i = 0; i < N_LENGTHS; i++) {
        int64_t saved = count_runs(x, lengths[i]);
        if (saved > best) {
            best = saved;
            length = lengths[i];
        }
    }
    count_runs(x, length);
    for (size_t j = 0; j < x->w.n_old; j++) {
        rewrite_reaction(x, j);
    }
    if (x->c->n_done == 0) {
        pass_missed(x->c, (struct span){0}, "no products are worth sharing, and no side is too wide");
    }
}

bool pass_fan_out(struct net *n, struct pass_context *c)
{
    bool ok;
    if (!passing_order(n, c, &ok)) {
        return ok;
    }
    if (c->options->max_products == 1) {
        return pass_refuse(c, n->reaction.n > 0 ? n->reaction.data[0].span : (struct span){0},
                           "trees need two products at least, --max-products=1");
    }
    struct fan_out x = {.c = c,
                        .uses = uses_of(n, NULL),
                        .passes = mem_zalloc(n->reaction.n + 1, sizeof *x.passes),
                        .rank = mem_alloc((n->species.n + 1) * sizeof *x.rank),
                        .block = mem_zalloc(n->species.n + 1, sizeof *x.block),
                        .made = mem_zalloc(n->species.n + 1, sizeof *x.made),
                        .one = expr_real(n->ex, 1)};
    find_passing(&x, n);
    rank_species(&x, n);
    rewrite_begin(&x.w, n, c->witness);
    share(&x);
    rewrite_end(&x.w);
    uses_free(&x.uses);
    free(x.passes);
    free(x.rank);
    free(x.block);
    free(x.made);
    hash_index_free(&x.by_terms);
    vec_free(&x.term);
    vec_free(&x.side);
    vec_free(&x.placed);
    vec_free(&x.run);
    return true;
}
