/* The amounts of constant species are put into the rates:
 *
 *   A + S ->{k} B + S    with constant S = s        A ->{k s} B
 *
 * Class T if a reaction has at most one molecule of S; class O for more, because k s^2 then replaces both
 * the rate k s^2 and the propensity k s (s - 1). The species stay declared, since outputs may read them. */
#include "ir/pass/legalize.h"
#include "ir/pass/pass.h"
#include "ir/net/uses.h"
#include "support/mem.h"

struct constants {
    struct net *net;
    struct uses uses;
};

struct side {
    VEC(struct term) term;
};

/* Whether the species stays constant: neither an event nor the experiment gives it another amount. */
static bool is_constant(const struct constants *c, species_id s)
{
    return c->net->species.data[s].kind == SPECIES_CONSTANT &&
           !(c->uses.of[s] & (USE_INPUT | USE_EVENT_WRITE));
}

static void remark_others(const struct constants *x, struct pass_context *c)
{
    for (size_t s = 0; s < x->net->species.n; s++) {
        const struct species *y = &x->net->species.data[s];
        if (y->kind == SPECIES_CONSTANT && !is_constant(x, (species_id)s)) {
            unsigned given = USE_INPUT | USE_EVENT_WRITE;
            pass_kept(c, uses_place(&x->uses, (species_id)s, given), "%s stays: %s", y->name,
                      uses_reason(&x->uses, (species_id)s, given));
        }
    }
}

static expr_id amount_of(struct net *n, species_id s)
{
    expr_id init = n->species.data[s].init;
    return init ? init : expr_real(n->ex, 0);
}

static expr_id replace(void *env, const struct expr *leaf, expr_id id)
{
    const struct constants *c = env;
    (void)id;
    return leaf->op == EXPR_SPECIES && is_constant(c, leaf->a) ? amount_of(c->net, leaf->a) : 0;
}

/* Keeps the terms of a side whose species change; the amounts of the others are multiplied into `rate`. */
static void take_side(const struct constants *c, const struct term *side, uint32_t n_side, struct side *kept,
                      expr_id *rate)
{
    struct net *n = c->net;
    for (uint32_t i = 0; i < n_side; i++) {
        if (!is_constant(c, side[i].species)) {
            vec_push(&kept->term, side[i]);
        } else if (rate) {
            expr_id s = amount_of(n, side[i].species);
            if (side[i].count > 1) {
                s = expr_binary(n->ex, EXPR_POW, s, expr_real(n->ex, (double)side[i].count));
            }
            *rate = expr_binary(n->ex, EXPR_MUL, *rate, s);
        }
    }
}

static bool has_power(const struct constants *c, const struct term *side, uint32_t n_side)
{
    for (uint32_t i = 0; i < n_side; i++) {
        if (is_constant(c, side[i].species) && side[i].count > 1) {
            return true;
        }
    }
    return false;
}

bool pass_legalize_constants(struct net *n, struct pass_context *c)
{
    struct rewrite w;
    struct constants constants = {n, uses_of(n, NULL)};
    remark_others(&constants, c);
    rewrite_begin(&w, n, c->witness);
    for (size_t j = 0; j < w.n_old; j++) {
        const struct reaction *r = &w.old[j];
        if (rewrite_leaves_alone(c, r)) {
            rewrite_keep(&w, r);
            continue;
        }
        struct side lhs = {0}, rhs = {0};
        bool law = r->rate_kind == RATE_LAW;
        expr_id rate = law ? expr_rewrite(n->ex, n->ex, r->rate, replace, &constants) : r->rate;
        take_side(&constants, rewrite_lhs(&w, r), r->n_lhs, &lhs, law ? NULL : &rate);
        take_side(&constants, rewrite_rhs(&w, r), r->n_rhs, &rhs, NULL);
        if (c->witness && !law && has_power(&constants, rewrite_lhs(&w, r), r->n_lhs)) {
            c->witness->claim = CLAIM_ODE;
        }
        if (rate == r->rate && lhs.term.n == r->n_lhs && rhs.term.n == r->n_rhs) {
            rewrite_keep(&w, r);
        } else {
            pass_done(c, r->span, "a constant amount went into the rate");
            rewrite_add(&w, r, lhs.term.data, lhs.term.n, rhs.term.data, rhs.term.n,
                        (enum rate_kind)r->rate_kind, rate);
        }
        vec_free(&lhs.term);
        vec_free(&rhs.term);
    }
    rewrite_end(&w);
    uses_free(&constants.uses);
    return true;
}
