/* Fast reactions of SBML as constraints. A fast reaction has always run until its law is 0. In the
 * direction of the reaction, amounts change by x_i' = c_i v(x). One of them is the pivot p; with r_i =
 * c_i / c_p, the totals x_i - r_i x_p stay constant, so that a single equation v = 0 in x_p remains. In
 * the network, totals take the place of the amounts x_i; formulas take the place of x_p and x_i. Where
 * the equation is a product of factors that are linear in x_p, their roots are its solutions; if there
 * are several, the values at the start decide which root x_p reaches. Other equations are solved by
 * sbml_implicit.c. Where several fast reactions change the same amounts, each finds the totals of the
 * reactions before it in their place. */
#include <math.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"
#include "ir/net/net_names.h"

enum { MOST_FACTORS = 64 };

struct equilibrium {
    struct sbml *s;
    species_id p;
    const struct sbml_changed *change;
    size_t n;
    expr_id law;   /* as a function of x_p, with totals in place of the other amounts */
    expr_id value; /* the solution: the value of x_p */
};

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

/* ---- numbers at the start ---- */

expr_id sbml_amount_at_start(void *env, const struct expr *leaf, expr_id id)
{
    struct sbml *s = env;
    if (leaf->op == EXPR_SPECIES) {
        expr_id init = s->x->net->species.data[leaf->a].init;
        return init ? init : expr_real(pool(s), 0);
    }
    return leaf->op == EXPR_TIME ? expr_real(pool(s), 0) : id;
}

static expr_id start_of_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct sbml *s = env;
    const struct net *n = s->x->net;
    for (size_t i = 0; leaf->op == EXPR_PARAM && i < n->param.n; i++) {
        const struct net_param *d = &n->param.data[i];
        if (leaf->a == d->first && d->init) {
            return expr_rewrite(pool(s), pool(s), d->init, start_of_leaf, s);
        }
    }
    return sbml_amount_at_start(s, leaf, id);
}

expr_id sbml_at_start(struct sbml *s, expr_id e)
{
    expr_id amounts = expr_rewrite(pool(s), pool(s), e, start_of_leaf, s);
    return expr_rewrite(pool(s), pool(s), amounts, start_of_leaf, s);
}

bool sbml_number_at_start(struct sbml *s, expr_id e, double *v)
{
    return expr_const_real(pool(s), sbml_at_start(s, e), v) && isfinite(*v);
}

/* ---- the equation ---- */

struct put {
    const struct equilibrium *q;
    expr_id pivot; /* the expression that replaces x_p */
};

/* Replaces an amount by the sum that gives it. The total has the number of the amount that it replaces. */
static expr_id put_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct put *u = env;
    struct expr_pool *p = pool(u->q->s);
    if (leaf->op != EXPR_SPECIES) {
        return id;
    }
    if (leaf->a == u->q->p) {
        return u->pivot;
    }
    for (size_t i = 0; i < u->q->n; i++) {
        if (u->q->change[i].species == leaf->a) {
            expr_id part = expr_binary(p, EXPR_MUL, u->q->change[i].ratio, u->pivot);
            return expr_binary(p, EXPR_ADD, id, part);
        }
    }
    return id;
}

static expr_id put(const struct equilibrium *q, expr_id e, expr_id pivot)
{
    return expr_rewrite(pool(q->s), pool(q->s), e, put_leaf, &(struct put){q, pivot});
}

/* Replaces x_p alone, in an expression where totals are in place already. */
static expr_id put_pivot(const struct equilibrium *q, expr_id e, expr_id pivot)
{
    struct equilibrium alone = {.s = q->s, .p = q->p};
    return put(&alone, e, pivot);
}

static bool reads_pivot(const struct equilibrium *q, expr_id e)
{
    return expr_uses(pool(q->s), e, EXPR_SPECIES, q->p);
}

/* The root of a factor a x_p + b, where a is a number that follows from parameters; 0 for other factors. */
static expr_id root_of(const struct equilibrium *q, expr_id factor)
{
    struct expr_pool *p = pool(q->s);
    double v;
    expr_id slope = expr_derivative(p, factor, EXPR_SPECIES, q->p);
    bool is_linear = !expr_reads_state(p, slope) && !expr_uses(p, slope, EXPR_CAPTURE, -1) &&
                     sbml_number_at_start(q->s, slope, &v) && v != 0;
    expr_id rest = is_linear ? put_pivot(q, factor, expr_real(p, 0)) : 0;
    if (!rest || reads_pivot(q, rest)) {
        return 0;
    }
    /* Between its steps a function has the slope 0, so the factor is linear only if slope * x_p + rest
     * equals it. */
    expr_id again = expr_binary(p, EXPR_ADD, expr_binary(p, EXPR_MUL, slope, expr_real(p, 0.7)), rest);
    expr_id here = put_pivot(q, factor, expr_real(p, 0.7));
    double x, y;
    if (!sbml_number_at_start(q->s, again, &x) || !sbml_number_at_start(q->s, here, &y) ||
        fabs(x - y) > 1e-9 * (fabs(x) + fabs(y))) {
        return 0;
    }
    return expr_binary(p, EXPR_SUB, expr_real(p, 0), expr_binary(p, EXPR_DIV, rest, slope));
}

/* Collects the factors of a product that read x_p. Returns false if another factor reads the state, since
 * it may become 0 as time goes. */
static bool find_factors(const struct equilibrium *q, expr_id e, expr_id *factor, size_t *n)
{
    const struct expr x = *expr_get(pool(q->s), e);
    if (!reads_pivot(q, e)) {
        return !expr_reads_state(pool(q->s), e);
    }
    if (x.op == EXPR_NEG || (x.op == EXPR_DIV && !expr_reads_state(pool(q->s), x.args[1]))) {
        return find_factors(q, x.args[0], factor, n);
    }
    if (x.op == EXPR_MUL && !root_of(q, e)) {
        return find_factors(q, x.args[0], factor, n) && find_factors(q, x.args[1], factor, n);
    }
    if (*n == MOST_FACTORS) {
        return false;
    }
    factor[(*n)++] = e;
    return true;
}

/* The direction in which x_p moves from its start: that of c_p v; at a root it moves down unless another
 * root lies above. 0 if x_p stays. */
static int direction(double speed, double from, const double *root, size_t n)
{
    bool above = false;
    for (size_t i = 0; i < n; i++) {
        above |= root[i] > from;
    }
    return speed > 0 ? 1 : speed < 0 || !above ? -1 : 0;
}

/* The root that x_p reaches first: of the roots that lie ahead at the start, the one that is nearest at
 * any time. */
static expr_id first_root(const struct equilibrium *q, double c, const expr_id *factor, size_t n)
{
    struct sbml *s = q->s;
    struct expr_pool *p = pool(s);
    double from, speed, at[MOST_FACTORS];
    expr_id found = 0, start = s->x->net->species.data[q->p].init, root[MOST_FACTORS];
    if (!start || !sbml_number_at_start(s, start, &from) ||
        !sbml_number_at_start(s, put_pivot(q, q->law, start), &speed)) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        root[i] = root_of(q, factor[i]);
        if (!root[i] || !sbml_number_at_start(s, root[i], &at[i])) {
            return 0;
        }
    }
    int way = direction(c * speed, from, at, n);
    for (size_t i = 0; i < n; i++) {
        if (at[i] == from || (at[i] - from) * way > 0) {
            found = found ? expr_binary(p, way > 0 ? EXPR_MIN : EXPR_MAX, found, root[i]) : root[i];
        }
    }
    return found;
}

/* ---- the network ---- */

static expr_id new_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct equilibrium *q = env;
    return put_leaf(&(struct put){q, q->value}, leaf, id);
}

static void rename_species(struct sbml *s, species_id id, const char *what)
{
    struct species *x = &s->x->net->species.data[id];
    const char *stem = arena_printf(s->x->arena, "%s_%s", x->name, what);
    x->name = net_names_fresh(s->x->net, stem);
}

/* From now on totals stand in everything that has been read of the amounts so far; the names of the
 * amounts become outputs that show them. */
static void replace(struct equilibrium *q)
{
    struct sbml *s = q->s;
    struct net *n = s->x->net;
    for (size_t i = 0; i < s->implicit.n; i++) {
        for (size_t k = 0; k < s->implicit.data[i].n; k++) {
            expr_id *rule = &s->implicit.data[i].rule[k];
            *rule = expr_rewrite(n->ex, n->ex, *rule, new_leaf, q);
        }
    }
    for (size_t i = 0; i < s->entity.n; i++) { /* outputs of earlier fast reactions */
        const struct entity *e = &s->entity.data[i];
        expr_id *shown = e->is_fast ? &n->elem.data[n->symbol.data[e->symbol].first] : NULL;
        if (shown) {
            *shown = expr_rewrite(n->ex, n->ex, *shown, new_leaf, q);
        }
    }
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        bool is_member = e->species >= 0 && e->species == q->p;
        for (size_t k = 0; k < q->n; k++) {
            is_member |= e->species >= 0 && e->species == q->change[k].species;
        }
        if (is_member && !e->is_fast) {
            expr_id amount = new_leaf(q, expr_get(n->ex, net_species_expr(n, e->species)),
                                      net_species_expr(n, e->species));
            n->symbol.data[e->symbol].kind = SYMBOL_OUTPUT;
            n->elem.data[n->symbol.data[e->symbol].first] = amount;
        }
        if (is_member && !e->value) {
            sbml_value(s, e);
        }
        e->is_fast |= is_member;
    }
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        e->value = e->value ? expr_rewrite(n->ex, n->ex, e->value, new_leaf, q) : 0;
    }
    expr_id start = n->species.data[q->p].init;
    for (size_t k = 0; k < q->n; k++) {
        struct species *x = &n->species.data[q->change[k].species];
        double ratio;
        x->init =
            expr_binary(n->ex, EXPR_SUB, x->init, expr_binary(n->ex, EXPR_MUL, q->change[k].ratio, start));
        bool adds = sbml_number_at_start(s, q->change[k].ratio, &ratio) && ratio < 0;
        x->flags |= adds ? 0 : SPECIES_SIGNED;
        rename_species(s, q->change[k].species, "total");
    }
    n->species.data[q->p].kind = SPECIES_CONSTANT;
    rename_species(s, q->p, "start");
}

static int32_t entity_of(const struct sbml *s, species_id species)
{
    size_t i = 0;
    while (s->entity.data[i].species != species) {
        i++;
    }
    return (int32_t)i;
}

/* Removes amounts that the reaction consumes and produces in equal numbers. Returns how many remain. */
static size_t drop_unchanged(struct sbml *s, struct sbml_changed *change, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        double v;
        if (!sbml_number_at_start(s, change[i].ratio, &v) || v != 0) {
            change[kept++] = change[i];
        }
    }
    return kept;
}

/* Makes the first amount that the law depends on the pivot. If there is none, since the law depends on
 * amounts only through what earlier reactions give, the first amount stays the pivot. */
static void put_pivot_first(struct sbml *s, expr_id law, struct sbml_changed *change, size_t n)
{
    size_t best = 0;
    while (best < n && !expr_uses(pool(s), law, EXPR_SPECIES, change[best].species)) {
        best++;
    }
    if (best < n) {
        struct sbml_changed first = change[best];
        memmove(change + 1, change, best * sizeof *change);
        change[0] = first;
    }
}

/* Whether the reaction influences where reactions come to rest that sbml_implicit.c solves already: their
 * laws read what it changes, or its law reads what they give. */
static bool is_entangled(const struct equilibrium *q, expr_id law)
{
    const struct sbml *s = q->s;
    for (size_t i = 0; i < s->implicit.n; i++) {
        const struct sbml_implicit *one = &s->implicit.data[i];
        for (size_t k = 0; one->before && k < one->n; k++) {
            bool is_read = expr_uses(pool(s), law, EXPR_SPECIES, one->species[k]) ||
                           expr_uses(pool(s), one->rule[k], EXPR_SPECIES, q->p);
            for (size_t m = 0; m < q->n; m++) {
                is_read |= expr_uses(pool(s), one->rule[k], EXPR_SPECIES, q->change[m].species);
            }
            if (is_read) {
                return true;
            }
        }
    }
    return false;
}

/* Finds x_p as a formula over totals. Returns false if no root is such a formula or if it may not be used. */
static bool find_root(struct equilibrium *q, expr_id law, double c)
{
    struct sbml *s = q->s;
    struct net *net = s->x->net;
    struct expr_pool *p = pool(s);
    expr_id factor[MOST_FACTORS];
    size_t n_factors = 0;
    /* During the search the network has the totals at the start, so that numbers are computed from totals. */
    expr_id *init = arena_alloc(s->x->arena, (q->n + 1) * sizeof *init);
    for (size_t i = 0; i < q->n; i++) {
        struct species *x = &net->species.data[q->change[i].species];
        init[i] = x->init;
        x->init = expr_binary(p, EXPR_SUB, x->init,
                              expr_binary(p, EXPR_MUL, q->change[i].ratio, net->species.data[q->p].init));
    }
    q->law = put(q, law, net_species_expr(net, q->p));
    bool ok = !is_entangled(q, law) && find_factors(q, q->law, factor, &n_factors) && n_factors > 0;
    q->value = ok ? first_root(q, c, factor, n_factors) : 0;
    for (size_t i = 0; i < q->n; i++) {
        net->species.data[q->change[i].species].init = init[i];
    }
    return q->value != 0;
}

static void note_pivot(const struct equilibrium *q, species_id solution, const struct sbml_fast_reaction *r)
{
    struct sbml *s = q->s;
    for (size_t i = 0; i < r->n_moved && solution >= 0; i++) {
        for (size_t k = 0; k < s->pivot.n; k++) {
            const struct sbml_pivot *o = &s->pivot.data[k];
            if (o->pivot == r->moved[i].species && o->total < 0 && o->solution >= 0) {
                vec_push(&s->moved, (struct sbml_moved){o->solution, solution, r->moved[i].ratio});
            }
        }
    }
    if (solution >= 0) {
        vec_push(&s->moved, (struct sbml_moved){solution, solution, r->change[0].ratio});
    }
    vec_push(&s->pivot, (struct sbml_pivot){q->p, -1, 0, solution});
    for (size_t i = 0; i < q->n; i++) {
        vec_push(&s->pivot, (struct sbml_pivot){q->p, q->change[i].species, q->change[i].ratio, solution});
    }
}

/* Whether a factor of the law is the number 0, so that the reaction never happens. */
static bool is_never(const struct expr_pool *p, expr_id law)
{
    const struct expr *x = expr_get(p, law);
    double v;
    switch (x->op) {
    case EXPR_NEG:
    case EXPR_DIV: return is_never(p, x->args[0]);
    case EXPR_MUL: return is_never(p, x->args[0]) || is_never(p, x->args[1]);
    default: return expr_const_real(p, law, &v) && v == 0;
    }
}

bool sbml_equilibrium(struct sbml *s, const struct sbml_fast_reaction *r)
{
    struct expr_pool *p = pool(s);
    struct sbml_changed *change = r->change;
    size_t n = drop_unchanged(s, change, r->n_changes);
    double c = 0;
    if (is_never(p, r->law)) {
        return true;
    }
    put_pivot_first(s, r->law, change, n);
    if (n == 0 || !sbml_number_at_start(s, change[0].ratio, &c)) {
        return sbml_unsupported(s,
                                n == 0 && r->n_moved + r->n_changes > 0
                                    ? "the fast reaction '%s', which changes nothing that other fast ones do "
                                      "not\n  help: leave it out: it changes nothing once those are at rest"
                                    : "the fast reaction '%s', which changes nothing, or by how much is not "
                                      "known\n  help: write fast=\"false\" to it, and a large rate constant",
                                r->e->id);
    }
    struct sbml_changed *other = arena_alloc(s->x->arena, n * sizeof *other);
    for (size_t i = 1; i < n; i++) {
        other[i - 1] = change[i];
        other[i - 1].ratio = expr_binary(p, EXPR_DIV, change[i].ratio, change[0].ratio);
    }
    struct equilibrium q = {s, change[0].species, other, n - 1, 0, 0};
    species_id solution = -1;
    if (!find_root(&q, r->law, c)) {
        expr_id before = s->x->net->species.data[q.p].init;
        solution = sbml_add_solution(s, entity_of(s, q.p), before ? before : expr_real(p, 0));
        q.value = net_species_expr(s->x->net, solution);
    }
    replace(&q);
    note_pivot(&q, solution, r);
    return solution < 0 || sbml_add_fast(s, entity_of(s, q.p), solution, q.p, q.law);
}
