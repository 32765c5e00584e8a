/* Reactions with equal sides, guard and kind of rate become one reaction, whose rate is the sum of theirs,
 * in order. The reaction has the place, label and origin of the first of them. Preserves (T) the law of
 * every species over time. A warning shows both places, because a reaction that is written twice is usually
 * a mistake. Different laws between the same sides are no repetition: a transporter and diffusion, two
 * enzymes.
 *
 *   A + B ->{k1} C
 *   B + A ->{k2} C           A + B ->{k1 + k2} C */
#include "ir/net/net_sides.h"
#include "ir/pass/pass.h"
#include "support/hash_index.h"

static bool same_sides(const struct net *n, const struct reaction *x, const struct reaction *y)
{
    return side_equal(net_lhs(n, x), x->n_lhs, net_lhs(n, y), y->n_lhs) &&
           side_equal(net_rhs(n, x), x->n_rhs, net_rhs(n, y), y->n_rhs);
}

static bool same_key(const struct net *n, const struct reaction *x, const struct reaction *y)
{
    return net_change_is_known(x) && net_change_is_known(y) && x->guard == y->guard &&
           x->rate_kind == y->rate_kind && same_sides(n, x, y);
}

static uint64_t hash_sides(uint64_t h, const struct net *n, const struct reaction *r)
{
    return side_hash(side_hash(h, net_lhs(n, r), r->n_lhs), net_rhs(n, r), r->n_rhs);
}

/* The laws of the reactions so far. Rates are added up, so a merged reaction does not show them any more. */
struct laws {
    VEC(struct law {
        size_t reaction; /* into which it was merged */
        expr_id rate;
        struct span span;
    })
    list;
    struct hash_index by_rate;
};

/* The earlier law that is the same, or NULL. */
static const struct law *law_before(struct laws *l, size_t reaction, const struct reaction *r)
{
    uint64_t hash = hash_mix((uint64_t)reaction, (uint64_t)r->rate);
    size_t turn = 0;
    int32_t i;
    while ((i = hash_index_next(&l->by_rate, hash, &turn)) >= 0) {
        if (l->list.data[i].reaction == reaction && l->list.data[i].rate == r->rate) {
            return &l->list.data[i];
        }
    }
    hash_index_add(&l->by_rate, hash, (int32_t)l->list.n);
    vec_push(&l->list, (struct law){reaction, r->rate, r->span});
    return NULL;
}

static void warn(struct net *n, size_t kept, struct span first, const struct reaction *again,
                 struct diag *diag)
{
    struct arena *a = arena_create();
    diag_report(diag, DIAG_W0401, again->span, "this reaction stands twice, rates are added: %s",
                net_reaction_text(n, (reaction_id)kept, a));
    if (first.file) {
        diag_note(diag, first, "first here");
    }
    diag_help(diag, "leave one of them out, or, if this is meant, write one with the sum of the rates");
    arena_destroy(a);
}

/* Makes a remark on reactions with equal sides that are not merged. */
static void remark_others(const struct net *n, struct pass_context *c, struct hash_index *by_sides)
{
    hash_index_open(by_sides, n->reaction.n);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j], *first = NULL;
        uint64_t hash = hash_sides(0, n, r);
        size_t turn = 0;
        for (int32_t i; !first && (i = hash_index_next(by_sides, hash, &turn)) >= 0;) {
            const struct reaction *other = &n->reaction.data[i];
            first = same_sides(n, other, r) ? other : NULL;
        }
        if (first) {
            pass_kept(c, r->span, "equal sides stand twice: %s",
                      first->guard != r->guard ? "they have different guards"
                      : !net_change_is_known(first) || !net_change_is_known(r)
                          ? "one changes amounts by what is no whole number, or later"
                          : "one has a rate law");
        } else {
            hash_index_add(by_sides, hash, (int32_t)j);
        }
    }
}

bool pass_merge_duplicates(struct net *n, struct pass_context *c)
{
    struct hash_index by_key = {0};
    struct laws laws = {0};
    size_t kept = 0;
    hash_index_open(&by_key, n->reaction.n);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction r = n->reaction.data[j];
        uint64_t hash = hash_sides(hash_mix((uint64_t)r.guard, r.rate_kind), n, &r);
        size_t turn = 0;
        int32_t i;
        while ((i = hash_index_next(&by_key, hash, &turn)) >= 0 && !same_key(n, &n->reaction.data[i], &r)) {
        }
        bool is_law = r.rate_kind == RATE_LAW;
        const struct law *law = is_law ? law_before(&laws, i >= 0 ? (size_t)i : kept, &r) : NULL;
        if (i >= 0) {
            struct reaction *first = &n->reaction.data[i];
            if ((law || !is_law) && !(r.flags & REACTION_MAY_REPEAT)) {
                warn(n, (size_t)i, law ? law->span : first->span, &r, c->diag);
            }
            pass_done(c, r.span, "reactions with equal sides become one");
            first->rate = expr_binary(n->ex, EXPR_ADD, first->rate, r.rate);
        } else {
            hash_index_add(&by_key, hash, (int32_t)kept);
            n->reaction.data[kept++] = r;
        }
    }
    n->reaction.n = kept;
    if (c->options->remarks) {
        remark_others(n, c, &by_key);
    }
    hash_index_free(&by_key);
    hash_index_free(&laws.by_rate);
    vec_free(&laws.list);
    return true;
}
