#include "driver/semantic.h"

#include "ir/fact/fact.h"
#include "ir/pass/pass.h"

#define LAW \
    "canonical,merge_duplicates,unreachable,unobservable,lump_counts,dual_rail,canonical,merge_duplicates"

static const struct {
    const char *passes, *text;
} meanings[] = {
    [MEANING_REACTIONS] = {"canonical,merge_duplicates", "have the same reactions"},
    [MEANING_LAW] = {LAW, "give their outputs the same law over time"},
    [MEANING_ODE] = {LAW ",lump_sums,canonical,merge_duplicates",
                     "give their outputs the same solution of the ODE (differential equivalence)"},
    [MEANING_LIMIT] =
        {"unreachable,unobservable,unimolecular,dual_rail,unobservable,canonical,merge_duplicates",
         "give their outputs the same limit (CRN bisimulation: a species stands for what it becomes)"},
};

const char *semantic_text(enum meaning m)
{
    return meanings[m].text;
}

static bool has_limit(const struct net *n)
{
    struct rate_independence f = fact_rate_independence(n);
    bool holds = f.holds;
    fact_rate_independence_free(&f);
    return holds;
}

/* Drops warnings, since reactions that passes have made equal are no mistakes of the source. */
static void silence(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        n->reaction.data[j].flags |= REACTION_MAY_REPEAT;
    }
}

static bool reduce(struct semantic_match *m, const struct net *const *net, enum meaning meaning,
                   struct diag *diag)
{
    static const struct pass_options verified = {.verify = true};
    bool ok = true;
    semantic_free(m);
    for (int side = 0; side < 2; side++) {
        m->reduced[side] = net_clone(net[side]);
        silence(m->reduced[side]);
        ok = ok && pass_run_list(m->reduced[side], meanings[meaning].passes, &verified, diag);
    }
    m->match = net_match(m->reduced[0], m->reduced[1], 0);
    m->same = meaning;
    return ok && m->match.answer == NET_MATCH_EQUAL;
}

struct semantic_match semantic_compare(const struct net *a, const struct net *b, struct diag *diag)
{
    const struct net *net[2] = {a, b};
    struct semantic_match m = {.same = MEANING_NONE};
    for (int i = 0; i < MEANING_NONE; i++) {
        bool applies = i != MEANING_LIMIT || (has_limit(a) && has_limit(b));
        if (applies && reduce(&m, net, (enum meaning)i, diag)) {
            return m;
        }
    }
    reduce(&m, net, MEANING_LAW, diag);
    m.same = MEANING_NONE;
    return m;
}

void semantic_free(struct semantic_match *m)
{
    net_match_free(&m->match);
    net_destroy(m->reduced[0]);
    net_destroy(m->reduced[1]);
    *m = (struct semantic_match){.same = MEANING_NONE};
}
