/* Checks species after the pass that are products of species before it at all times. They start as the
 * products; their coordinates change as the products do, which certify_law.c compares; and if something from
 * outside may set a factor they decay, so that they return to the product. */
#include <stdlib.h>
#include <string.h>

#include "ir/prove/certify_impl.h"
#include "ir/net/uses.h"
#include "runtime/crnl_csr.h"
#include "support/mem.h"

const struct term *certify_product(const struct certifier *c, species_id after, size_t *n)
{
    return linear_map_row(&c->w->product, (size_t)after, n);
}

expr_id certify_product_amount(const struct certifier *c, const struct term *factors, size_t n)
{
    const struct net *before = c->side[0].net;
    expr_id product = 0;
    for (size_t i = 0; i < n; i++) {
        expr_id init = before->species.data[factors[i].species].init;
        expr_id amount = init ? certify_expr(c, 0, init) : expr_real(c->ex, 0);
        for (int64_t k = 0; k < factors[i].count; k++) {
            product = product ? expr_binary(c->ex, EXPR_MUL, product, amount) : amount;
        }
    }
    return product;
}

static bool well_formed(struct certifier *c)
{
    const struct linear_map *m = &c->w->product;
    size_t n = c->side[1].net->species.n, n_before = c->side[0].net->species.n;
    bool good = c->w->claim == CLAIM_ODE && c->w->before.ptr.n == 0 && c->w->equal.n == 0 &&
                c->w->absent.n == 0 && m->ptr.n == n + 1 && m->ptr.data[0] == 0 &&
                m->ptr.data[n] == m->term.n;
    for (size_t s = 0; good && s < n; s++) {
        good = m->ptr.data[s] <= m->ptr.data[s + 1] && m->ptr.data[s + 1] <= m->term.n;
        for (size_t k = m->ptr.data[s]; good && k < m->ptr.data[s + 1]; k++) {
            const struct term *t = &m->term.data[k];
            good = t->species >= 0 && (size_t)t->species < n_before && t->count > 0 && t->count <= 64 &&
                   (k == m->ptr.data[s] || t[-1].species < t->species);
        }
    }
    return good || certify_reject(c, "the products are malformed, or claimed beside other things");
}

/* For each species whether it decays: a reaction without guard consumes one molecule of it alone, at a rate
 * other than 0. */
static bool *find_decaying(const struct certifier *c)
{
    const struct net *n = c->side[1].net;
    bool *decays = mem_zalloc(n->species.n + 1, sizeof *decays);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        double k = 1;
        bool fires = r->rate_kind == RATE_MASS_ACTION && r->guard == 0 && net_change_is_known(r) &&
                     !(expr_const_real(n->ex, r->rate, &k) && !(k > 0));
        if (fires && r->n_lhs == 1 && r->n_rhs == 0 && net_lhs(n, r)->count == 1) {
            decays[net_lhs(n, r)->species] = true;
        }
    }
    return decays;
}

static bool check_product(struct certifier *c, species_id s, const struct uses *uses, bool decays)
{
    const struct net *before = c->side[0].net, *after = c->side[1].net;
    const char *name = after->species.data[s].name;
    size_t n;
    const struct term *factor = certify_product(c, s, &n);
    bool set = false, changes = false;
    if (certify_own_coordinate(&c->side[1], s) != s || (size_t)s < before->species.n) {
        return certify_reject(c, "the product %s has no coordinate of its own", name);
    }
    for (size_t i = 0; i < n; i++) {
        species_id x = factor[i].species;
        if (certify_own_coordinate(&c->side[1], x) != x) {
            return certify_reject(c, "a factor of %s has no coordinate of its own", name);
        }
        set = set || uses->of[x] & (USE_INPUT | USE_EVENT_WRITE);
        changes = changes || before->species.data[x].kind != SPECIES_CONSTANT;
    }
    if (changes && after->species.data[s].kind == SPECIES_CONSTANT) {
        return certify_reject(c, "the product %s is held", name);
    }
    return !set || decays ||
           certify_reject(c, "a factor of %s may be set, and %s does not come back to the product", name,
                          name);
}

bool certify_products(struct certifier *c)
{
    const struct linear_map *m = &c->w->product;
    if (m->ptr.n == 0) {
        return true;
    }
    if (!well_formed(c)) {
        return false;
    }
    size_t n_before = c->side[0].net->species.n, n = c->side[1].net->species.n;
    struct uses uses = uses_of(c->side[0].net, NULL);
    bool *decays = find_decaying(c), good = true;
    c->product_first = mem_zalloc(n_before + 2, sizeof *c->product_first);
    c->product = mem_alloc((m->term.n + 1) * sizeof *c->product);
    for (size_t k = 0; k < m->term.n; k++) {
        csr_count(c->product_first, m->term.data[k].species);
    }
    csr_open(c->product_first, (int32_t)n_before);
    for (species_id s = 0; s < (species_id)n && good; s++) {
        size_t n_factors;
        const struct term *factor = certify_product(c, s, &n_factors);
        good = n_factors == 0 || check_product(c, s, &uses, decays[s]);
        for (size_t i = 0; i < n_factors; i++) {
            c->product[csr_place(c->product_first, factor[i].species)] = (struct term){s, factor[i].count};
        }
    }
    free(decays);
    uses_free(&uses);
    return good;
}
