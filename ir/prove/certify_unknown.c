/* Reactions with fractional changes: a pass leaves them alone, with all species that take part in them. So
 * they are in both networks, in the same order, and differ only in the numbers of species. */
#include <stdlib.h>

#include "ir/prove/certify_impl.h"
#include "support/mem.h"

/* The next reaction from *j on whose change is not known and that can fire; NULL: there is none. */
static const struct reaction *next_unknown(const struct net *n, size_t *j)
{
    double k;
    while (*j < n->reaction.n) {
        const struct reaction *r = &n->reaction.data[(*j)++];
        if (!net_change_is_known(r) && !(expr_const_real(n->ex, r->rate, &k) && k == 0)) {
            return r;
        }
    }
    return NULL;
}

static bool same_species(const struct certifier *c, species_id x, species_id y)
{
    if (c->w->claim == CLAIM_STEPS) {
        return x == y;
    }
    int32_t q = certify_own_coordinate(&c->side[0], x);
    return q >= 0 && q == certify_own_coordinate(&c->side[1], y);
}

static bool same_side(const struct certifier *c, const struct term *x, uint32_t n_x, const struct term *y,
                      uint32_t n_y)
{
    bool ok = n_x == n_y;
    for (uint32_t i = 0; i < n_x && ok; i++) {
        ok = x[i].count == y[i].count && same_species(c, x[i].species, y[i].species);
    }
    return ok;
}

static bool same_reaction(struct certifier *c, const struct reaction *x, const struct reaction *y)
{
    const struct net *a = c->side[0].net, *b = c->side[1].net;
    bool ok = x->guard == y->guard && x->rate_kind == y->rate_kind && x->n_fractions == y->n_fractions &&
              same_side(c, net_lhs(a, x), x->n_lhs, net_lhs(b, y), y->n_lhs) &&
              same_side(c, net_rhs(a, x), x->n_rhs, net_rhs(b, y), y->n_rhs) &&
              certify_same_value(c, x->rate, y->rate) && !x->delay == !y->delay &&
              !x->longest == !y->longest && (!x->delay || certify_same_value(c, x->delay, y->delay)) &&
              (!x->longest || certify_same_value(c, x->longest, y->longest));
    for (uint32_t i = 0; i < x->n_fractions && ok; i++) {
        const struct fraction *f = &a->fraction.data[x->fraction + i],
                              *g = &b->fraction.data[y->fraction + i];
        ok = same_species(c, f->species, g->species) && certify_same_value(c, f->count, g->count);
    }
    return ok;
}

/* Whether the reaction changes a species that is claimed equal to another; they would not stay equal. */
static bool changes_equal(const struct certifier *c, const struct reaction *r, const bool *has_equal)
{
    species_id *changed = mem_alloc(((size_t)r->n_lhs + r->n_rhs + r->n_fractions) * sizeof *changed);
    size_t n = net_changed_species(c->side[0].net, r, changed);
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        found = found || has_equal[changed[i]];
    }
    free(changed);
    return found;
}

static bool check(struct certifier *c, const bool *has_equal)
{
    size_t i = 0, j = 0;
    for (;;) {
        const struct reaction *x = next_unknown(c->side[0].net, &i), *y = next_unknown(c->side[1].net, &j);
        if (!x && !y) {
            return true;
        }
        if (!x || !y || !same_reaction(c, x, y) || changes_equal(c, x, has_equal)) {
            return certify_reject(
                c, "a reaction that changes amounts by what is no whole number is not left alone");
        }
    }
}

bool certify_unknown(struct certifier *c)
{
    const struct side *s = &c->side[0];
    if (s->net->fraction.n == 0 && c->side[1].net->fraction.n == 0) {
        return true;
    }
    bool *has_equal = mem_zalloc(s->net->species.n + 1, sizeof *has_equal);
    for (size_t x = 0; s->equal && x < s->net->species.n; x++) {
        if (s->equal[x] != (species_id)x) {
            has_equal[x] = has_equal[s->equal[x]] = true;
        }
    }
    bool ok = check(c, has_equal);
    free(has_equal);
    return ok;
}
