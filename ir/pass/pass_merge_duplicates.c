/* Reactions with equal sides, guard and kind of rate become one, whose rate is the sum in order. It stands at
 * the place of the first and keeps its label and provenance. Preserves (T) the law of every species over
 * time. A warning shows both places: written twice is mostly a slip.
 *
 *   A + B ->{k1} C
 *   B + A ->{k2} C           A + B ->{k1 + k2} C
 */
#include <stdlib.h>
#include <string.h>

#include "ir/net/net_sides.h"
#include "ir/pass/pass.h"
#include "support/hash.h"
#include "support/mem.h"

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

static void warn(struct net *n, size_t kept, const struct reaction *again, struct diag *diag)
{
    struct arena *a = arena_create();
    diag_report(diag, DIAG_W0401, again->span, "this reaction stands twice, rates are added: %s",
                net_reaction_text(n, (reaction_id)kept, a));
    if (n->reaction.data[kept].span.file) {
        diag_note(diag, n->reaction.data[kept].span, "first here");
    }
    arena_destroy(a);
}

/* Reactions with equal sides that stay two. */
static void remark_others(const struct net *n, struct pass_context *c, int32_t *slot, size_t size)
{
    memset(slot, 0xFF, size * sizeof *slot);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j], *first = NULL;
        size_t h = hash_sides(0, n, r) & (size - 1);
        for (; slot[h] >= 0 && !first; h = (h + 1) & (size - 1)) {
            const struct reaction *other = &n->reaction.data[slot[h]];
            first = same_sides(n, other, r) ? other : NULL;
        }
        if (first) {
            pass_kept(c, r->span, "equal sides stand twice: %s",
                      first->guard != r->guard ? "they have different guards"
                      : !net_change_is_known(first) || !net_change_is_known(r)
                          ? "one changes amounts by what is no whole number"
                          : "one has a rate law");
        } else {
            slot[h] = (int32_t)j;
        }
    }
}

bool pass_merge_duplicates(struct net *n, struct pass_context *c)
{
    size_t size = 16, kept = 0;
    while (size < n->reaction.n * 2) {
        size *= 2;
    }
    int32_t *slot = mem_alloc(size * sizeof *slot);
    memset(slot, 0xFF, size * sizeof *slot);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction r = n->reaction.data[j];
        size_t h = hash_sides(hash_mix((uint64_t)r.guard, r.rate_kind), n, &r) & (size - 1);
        while (slot[h] >= 0 && !same_key(n, &n->reaction.data[slot[h]], &r)) {
            h = (h + 1) & (size - 1);
        }
        if (slot[h] >= 0) {
            struct reaction *first = &n->reaction.data[slot[h]];
            if (!(r.flags & REACTION_MAY_REPEAT)) {
                warn(n, (size_t)slot[h], &r, c->diag);
            }
            pass_done(c, r.span, "reactions with equal sides become one");
            first->rate = expr_binary(n->ex, EXPR_ADD, first->rate, r.rate);
        } else {
            slot[h] = (int32_t)kept;
            n->reaction.data[kept++] = r;
        }
    }
    n->reaction.n = kept;
    if (c->options->remarks) {
        remark_others(n, c, slot, size);
    }
    free(slot);
    return true;
}
