/* LIMIT: checks proofs that a reactant is never the scarcer one (witness.h). A species has a total, namely
 * its initial amount and what reactions make, only if a single reaction consumes it and it is not given from
 * outside. */
#include <math.h>
#include <stdlib.h>

#include "ir/prove/certify_impl.h"
#include "ir/net/readers.h"
#include "ir/net/uses.h"

struct proof {
    struct certifier *c;
    const struct net *net;
    struct uses uses;
    struct readers changers;
    int64_t *firings, *initial; /* the linear form: coefficients by reaction, and by species */
    VEC(int32_t) touched;       /* reactions, and species as ~species */
};

static int64_t molecules(const struct term *side, uint32_t n, species_id x)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        count = side[i].species == x ? side[i].count : count;
    }
    return count;
}

/* Whether the reaction consumes one molecule of the species, and the species has a total. */
static bool consumes(const struct proof *p, const struct reaction *r, species_id x)
{
    return molecules(net_lhs(p->net, r), r->n_lhs, x) == 1 &&
           molecules(net_rhs(p->net, r), r->n_rhs, x) == 0 &&
           p->net->species.data[x].kind == SPECIES_DISCRETE && !(p->uses.of[x] & USE_INPUT);
}

/* Adds `factor` times the total of a species to the form. */
static bool add_total(struct proof *p, species_id x, int64_t factor)
{
    vec_push(&p->touched, ~x);
    bool ok = !__builtin_add_overflow(p->initial[x], factor, &p->initial[x]);
    for (int32_t i = p->changers.ptr[x]; i < p->changers.ptr[x + 1]; i++) {
        int32_t j = p->changers.reaction[i];
        const struct reaction *r = &p->net->reaction.data[j];
        int64_t part;
        vec_push(&p->touched, j);
        ok = ok && !__builtin_mul_overflow(factor, molecules(net_rhs(p->net, r), r->n_rhs, x), &part) &&
             !__builtin_add_overflow(p->firings[j], part, &p->firings[j]);
    }
    return ok;
}

static bool fires_as_often(const struct proof *p, const struct reaction *r)
{
    bool ok = r->n_lhs == 1 && r->guard == 0 && certify_may_fire(p->net, r);
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        ok = ok && !(p->uses.of[net_rhs(p->net, r)[i].species] & USE_INPUT);
    }
    return ok;
}

static bool take_step(struct proof *p, struct bound_step s)
{
    if (s.reaction < 0 || (size_t)s.reaction >= p->net->reaction.n || s.by >= (species_id)p->net->species.n) {
        return false;
    }
    const struct reaction *r = &p->net->reaction.data[s.reaction];
    int64_t factor = p->firings[s.reaction];
    p->firings[s.reaction] = 0;
    return s.by < 0
               ? factor >= 0
               : consumes(p, r, s.by) && (factor <= 0 || fires_as_often(p, r)) && add_total(p, s.by, factor);
}

/* Whether the remaining form is >= 0. Clears the form. */
static bool end_proof(struct proof *p)
{
    double more = 0, less = 0;
    bool ok = true;
    for (size_t i = 0; i < p->touched.n; i++) {
        int32_t at = p->touched.data[i];
        if (at >= 0) {
            ok = ok && p->firings[at] >= 0;
            p->firings[at] = 0;
            continue;
        }
        expr_id init = p->net->species.data[~at].init;
        double v = 0, factor = (double)p->initial[~at];
        bool known = !init || expr_const_real(p->net->ex, init, &v);
        ok = ok && (known || factor >= 0);
        *(factor > 0 ? &more : &less) += fabs(factor) * v;
        p->initial[~at] = 0;
    }
    p->touched.n = 0;
    bool whole = more == floor(more) && more < 0x1p53;
    return ok && (less == 0 || more >= less * (1 + 1e-12) || (whole && more == less));
}

static bool check_claim(struct proof *p, const struct abundant *a)
{
    const struct witness *w = p->c->w;
    bool ok = a->species >= 0 && (size_t)a->species < p->net->species.n && a->reaction >= 0 &&
              (size_t)a->reaction < p->net->reaction.n && (size_t)a->first + a->n <= w->step.n;
    if (!ok) {
        return false;
    }
    const struct reaction *r = &p->net->reaction.data[a->reaction];
    species_id other = -1;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        species_id x = net_lhs(p->net, r)[i].species;
        other = x == a->species ? other : x;
    }
    ok = r->n_lhs == 2 && other >= 0 && r->guard == 0 && certify_may_fire(p->net, r) &&
         consumes(p, r, a->species) && consumes(p, r, other) && add_total(p, a->species, 1) &&
         add_total(p, other, -1);
    for (uint32_t i = 0; i < a->n && ok; i++) {
        ok = take_step(p, w->step.data[a->first + i]);
    }
    return end_proof(p) && ok;
}

bool certify_abundant(struct certifier *c, bool *abundant)
{
    const struct net *n = c->side[0].net;
    if (c->w->abundant.n == 0) {
        return true;
    }
    struct proof p = {.c = c, .net = n, .uses = uses_of(n, NULL), .changers = changers_of(n)};
    p.firings = mem_zalloc(n->reaction.n + 1, sizeof *p.firings);
    p.initial = mem_zalloc(n->species.n + 1, sizeof *p.initial);
    bool ok = true;
    for (size_t i = 0; i < c->w->abundant.n && ok; i++) {
        const struct abundant *a = &c->w->abundant.data[i];
        ok = check_claim(&p, a) || certify_reject(c, "a species may be the scarcer one");
        if (ok) {
            abundant[a->species] = true;
        }
    }
    uses_free(&p.uses);
    readers_free(&p.changers);
    free(p.firings);
    free(p.initial);
    vec_free(&p.touched);
    return ok;
}
