/* W0403: reactions that never fire, because there is never any of a reactant. What is present at first, or
 * may be set, spreads through the reactions until nothing new appears. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"

/* "m.x.p" is given a value if any of m, x, p is named as a target somewhere. */
static bool may_be_set(const struct lint_network *l, const char *name)
{
    while (*name) {
        size_t length = strcspn(name, ".[");
        if (words_have(l->set, intern_range(l->f->names, name, length))) {
            return true;
        }
        name += length;
        name += *name == '[' ? strcspn(name, "]") + 1 : 0;
        name += *name == '.';
    }
    return false;
}

static bool within(struct span inner, struct span outer)
{
    return inner.file == outer.file && inner.lo >= outer.lo && inner.hi <= outer.hi;
}

static bool present_at_first(const struct lint_network *l, const struct net *net, const struct species *s)
{
    double amount;
    bool none = s->init == 0 || (expr_const_real(net->ex, s->init, &amount) && amount == 0);
    return !none || s->kind == SPECIES_BULK || (s->flags & SPECIES_INPUT) ||
           within(s->span, network_nparams(l->tree)->span) || may_be_set(l, s->name);
}

/* The first reactant that is not there, or -1. */
static species_id missing(const struct net *net, const struct reaction *r, const bool *present)
{
    const struct term *t = net_lhs(net, r);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        if (!present[t[i].species]) {
            return t[i].species;
        }
    }
    return -1;
}

enum { MOST_ROUNDS = 200 };

/* False: a chain so long that it is not worth the time. */
static bool spread(const struct net *net, bool *present)
{
    bool more = true;
    for (int round = 0; more && round < MOST_ROUNDS; round++) {
        more = false;
        for (size_t j = 0; j < net->reaction.n; j++) {
            const struct reaction *r = &net->reaction.data[j];
            const struct term *t = net_rhs(net, r);
            /* A law may make its products from what its sides do not show. */
            bool fires = r->rate_kind == RATE_LAW || missing(net, r, present) < 0;
            for (uint32_t i = 0; fires && i < r->n_rhs; i++) {
                more = more || !present[t[i].species];
                present[t[i].species] = true;
            }
            for (uint32_t i = 0; fires && i < r->n_fractions; i++) {
                species_id s = net->fraction.data[r->fraction + i].species;
                more = more || !present[s];
                present[s] = true;
            }
        }
    }
    return !more;
}

/* Reactions in the order of their places, with a reactant that is never there or -1. */
struct verdict {
    struct span span;
    species_id absent;
};

static int by_place(const void *x, const void *y)
{
    const struct verdict *a = x, *b = y;
    return (a->span.lo > b->span.lo) - (a->span.lo < b->span.lo);
}

struct verdicts {
    VEC(struct verdict) list;
};

/* One statement may make many reactions; it is dead when all of them are. */
static void check_statement(const struct lint_network *l, const struct net *net, const struct ast *a,
                            const struct verdicts *v)
{
    size_t lo = 0, hi = v->list.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v->list.data[mid].span.lo < a->span.lo) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    species_id absent = -1;
    for (; lo < v->list.n && v->list.data[lo].span.lo < a->span.hi; lo++) {
        absent = v->list.data[lo].absent;
        if (absent < 0) {
            return;
        }
    }
    if (absent >= 0) {
        const char *name = net->species.data[absent].name;
        diag_report(l->f->diag, DIAG_W0403, a->span, "this reaction never fires: there is never any '%s'",
                    name);
        diag_help(l->f->diag,
                  "it starts at 0 and nothing makes it: give it an initial amount, or declare it `input`");
    }
}

static void check_statements(const struct lint_network *l, const struct net *net, const struct ast *a,
                             const struct verdicts *v)
{
    if (a && a->kind == AST_REACTION && a->op != OP_LAW) {
        check_statement(l, net, a, v);
    }
    for (uint32_t i = 0; a && a->kind != AST_REACTION && i < a->n; i++) {
        check_statements(l, net, ast_child(a, i), v);
    }
}

void lint_dead_reactions(const struct lint_network *l, const struct net *net)
{
    bool *present = mem_zalloc(net->species.n + 1, sizeof *present);
    struct verdicts v = {0};
    for (size_t s = 0; s < net->species.n; s++) {
        present[s] = present_at_first(l, net, &net->species.data[s]);
    }
    bool known = spread(net, present);
    for (size_t j = 0; known && j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        if (within(r->span, l->tree->span)) {
            vec_push(&v.list, (struct verdict){r->span, missing(net, r, present)});
        }
    }
    if (v.list.n > 0) {
        qsort(v.list.data, v.list.n, sizeof *v.list.data, by_place);
        check_statements(l, net, network_block(l->tree), &v);
    }
    vec_free(&v.list);
    free(present);
}
