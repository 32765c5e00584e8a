/* Derived leaves say something about a network that is not complete yet: the leaf rate_of(A) is read before
 * all reactions that change A are known. Once the network is complete, net_resolve replaces each leaf by its
 * meaning, an expression over the state, so that no other code ever meets a derived leaf. */
#include <assert.h>
#include <stdlib.h>

#include "ir/net/each_expr.h"
#include "ir/net/readers.h"
#include "support/diag.h"
#include "support/mem.h"

struct resolver {
    struct net *n;
    struct diag *diag;
    struct readers changers;
    expr_id *rate; /* by species: the meaning of rate_of; 0: not known yet */
    bool *busy;    /* by species: whether its rate is being computed */
    bool *starting; /* by species: whether its initial amount is being substituted */
    struct span at;
    bool ok;
};

static expr_id resolve(struct resolver *x, expr_id e);

static expr_id fail(struct resolver *x, const char *why, species_id s)
{
    x->ok = diag_report(x->diag, DIAG_E0705, x->at, why, x->n->species.data[s].name);
    return expr_real(x->n->ex, 0);
}

/* The sum of change * rate over the reactions that change s. What events do is not part of a derivative. */
static expr_id rate_of(struct resolver *x, species_id s)
{
    struct net *n = x->n;
    if (x->rate[s]) {
        return x->rate[s];
    }
    if (x->busy[s]) {
        return fail(x, "the rate of change of %s is defined by itself", s);
    }
    x->busy[s] = true;
    expr_id sum = 0;
    for (int32_t i = x->changers.ptr[s]; i < x->changers.ptr[s + 1]; i++) {
        const struct reaction r = n->reaction.data[x->changers.reaction[i]];
        if (r.guard != 0 || r.delay) {
            sum = fail(x,
                       r.delay
                           ? "the rate of change of %s is not known: some of it comes later"
                           : "the rate of change of %s is not known: a reaction that changes it is switched",
                       s);
            break;
        }
        expr_id one = expr_binary(n->ex, EXPR_MUL, net_change_of(n, &r, s), net_rate_expr(n, &r));
        sum = sum ? expr_binary(n->ex, EXPR_ADD, sum, one) : one;
    }
    x->rate[s] = resolve(x, sum ? sum : expr_real(n->ex, 0));
    x->busy[s] = false;
    return x->rate[s];
}

/* The meaning of a derived leaf. */
static expr_id meaning(void *env, const struct expr *leaf, expr_id id)
{
    struct resolver *x = env;
    (void)id;
    switch (leaf->op) {
    case EXPR_RATE_OF: return rate_of(x, leaf->a);
    default: assert(!expr_has_class(leaf->op, EXPR_CLASS_DERIVED)); return 0;
    }
}

static expr_id resolve(struct resolver *x, expr_id e)
{
    return expr_rewrite(x->n->ex, x->n->ex, e, meaning, x);
}

static expr_id at_start(struct resolver *x, expr_id e);

/* The value of a leaf at time 0, over parameters: an initial amount replaces each species. */
static expr_id start_of(void *env, const struct expr *leaf, expr_id id)
{
    struct resolver *x = env;
    struct net *n = x->n;
    switch (leaf->op) {
    case EXPR_TIME: return expr_real(n->ex, 0);
    case EXPR_RATE_OF: return at_start(x, rate_of(x, leaf->a));
    case EXPR_SPECIES: break;
    default: return id;
    }
    if (x->starting[leaf->a]) {
        return fail(x, "the initial amount of %s is defined by itself", leaf->a);
    }
    x->starting[leaf->a] = true;
    expr_id init = n->species.data[leaf->a].init;
    init = init ? at_start(x, init) : expr_real(n->ex, 0);
    x->starting[leaf->a] = false;
    return init;
}

static expr_id at_start(struct resolver *x, expr_id e)
{
    return expr_rewrite(x->n->ex, x->n->ex, e, start_of, x);
}

static bool has_derived(const struct expr_pool *p)
{
    for (size_t id = 1; id <= expr_count(p); id++) {
        if (expr_has_class(expr_get(p, (expr_id)id)->op, EXPR_CLASS_DERIVED)) {
            return true;
        }
    }
    return false;
}

bool net_resolve(struct net *n, struct diag *diag)
{
    if (!has_derived(n->ex)) {
        return true;
    }
    struct resolver x = {.n = n,
                         .diag = diag,
                         .changers = changers_of(n),
                         .rate = mem_zalloc(n->species.n + 1, sizeof *x.rate),
                         .busy = mem_zalloc(n->species.n + 1, sizeof *x.busy),
                         .starting = mem_zalloc(n->species.n + 1, sizeof *x.starting),
                         .ok = true};
    for (struct net_expr e = net_exprs(n); x.ok && net_next_expr(&e);) {
        x.at = net_expr_span(&e);
        if (e.id) {
            bool moves = net_role_leaves((enum net_role)e.role) & READS_SPECIES;
            net_put_expr(n, &e, moves ? resolve(&x, e.id) : at_start(&x, e.id));
        }
    }
    readers_free(&x.changers);
    free(x.rate);
    free(x.busy);
    free(x.starting);
    return x.ok;
}
