/* Delays are expressions that read past values. The plan replaces each by a species that no reaction changes
 * and that a deterministic run fills in from the history of its states. */
#include "ir/net/each_expr.h"

static bool is_past(const struct net *n, expr_id e)
{
    return e && (expr_get(n->ex, e)->holds & HOLDS_PAST);
}

struct seek {
    expr_id found;
};

static void take_first(void *env, expr_id id, const struct expr *e)
{
    struct seek *s = env;
    s->found = !s->found && expr_has_class(e->op, EXPR_CLASS_PAST) ? id : s->found;
}

expr_id net_first_delay(const struct net *n, struct span *at)
{
    for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
        if (is_past(n, e.id)) {
            struct seek s = {0};
            expr_visit(n->ex, e.id, take_first, &s);
            *at = net_expr_span(&e);
            return s.found;
        }
    }
    return 0;
}

struct taking {
    struct net *n;
    VEC(struct net_delay) found;
};

/* The value of a delay at time 0, over parameters: initial amounts replace species. */
struct start {
    struct net *n;
    expr_id time;
};

static expr_id at_start(struct net *n, expr_id e, expr_id time);

static expr_id start_of(void *env, const struct expr *leaf, expr_id id)
{
    struct start *s = env;
    if (leaf->op == EXPR_TIME) {
        return s->time;
    }
    if (leaf->op != EXPR_SPECIES) {
        return id;
    }
    expr_id init = s->n->species.data[leaf->a].init;
    return init ? init : expr_real(s->n->ex, 0);
}

static expr_id at_start(struct net *n, expr_id e, expr_id time)
{
    return expr_rewrite(n->ex, n->ex, e, start_of, &(struct start){n, time});
}

static expr_id initial(struct net *n, const struct net_delay *d)
{
    expr_id zero = expr_real(n->ex, 0), lag = at_start(n, d->lag, zero);
    expr_id before = at_start(n, d->before, expr_unary(n->ex, EXPR_NEG, lag));
    expr_id now = at_start(n, d->value, zero);
    return before == now ? now : expr_select(n->ex, expr_binary(n->ex, EXPR_LT, zero, lag), before, now);
}

static expr_id take(void *env, const struct expr *e, expr_id id)
{
    struct taking *t = env;
    struct net *n = t->n;
    if (!expr_has_class(e->op, EXPR_CLASS_PAST)) {
        return 0;
    }
    for (size_t i = 0; i < t->found.n; i++) {
        const struct net_delay *d = &t->found.data[i];
        bool is_same = d->value == e->args[0] && d->lag == e->args[1] && d->before == e->args[2];
        if (is_same && d->is_late == (e->a != 0)) {
            return net_species_expr(n, d->species);
        }
    }
    struct net_delay d = {(species_id)n->species.n, e->args[0], e->args[1], e->args[2], e->a != 0};
    struct species s = {.name = intern_text(n->names, net_expr_text(n, id, n->arena)),
                        .kind = SPECIES_CONSTANT,
                        .flags = SPECIES_SIGNED,
                        .instance = -1,
                        .init = initial(n, &d)};
    vec_push(&n->species, s);
    vec_push(&t->found, d);
    return net_species_expr(n, d.species);
}

/* Replaces inner delays first, so that the operands recorded in struct net_delay contain no delay. */
static expr_id without(void *env, const struct expr *e, expr_id id)
{
    struct taking *t = env;
    if (!expr_has_class(e->op, EXPR_CLASS_PAST)) {
        return 0;
    }
    struct expr bare = *e;
    expr_id args[3];
    for (int k = 0; k < 3; k++) {
        args[k] = expr_rewrite_nodes(t->n->ex, e->args[k], without, t);
    }
    bare.args = args;
    return take(t, &bare, id);
}

size_t net_take_delays(struct net *n, struct net_delay **out)
{
    struct taking t = {.n = n};
    for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
        if (is_past(n, e.id)) {
            net_put_expr(n, &e, expr_rewrite_nodes(n->ex, e.id, without, &t));
        }
    }
    size_t count = t.found.n;
    *out = arena_alloc(n->arena, (count + 1) * sizeof **out);
    for (size_t i = 0; i < count; i++) {
        (*out)[i] = t.found.data[i];
    }
    vec_free(&t.found);
    return count;
}
