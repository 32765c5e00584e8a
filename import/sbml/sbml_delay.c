/* The function `delay` of SBML. Before the start, a variable has the value of its rule or initial assignment
 * at that time, which may be negative; a variable with neither has its first value. */
#include "import/sbml/sbml_impl.h"

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

static bool check_lag(struct sbml *s, expr_id lag)
{
    double v;
    bool is_wrong = expr_const_real(pool(s), lag, &v) && !(v >= 0);
    return !is_wrong || diag_report(s->x->diag, DIAG_E0831, s->at,
                                    "a delay of %g, which asks for what is still to come: delays are 0 or "
                                    "longer\n  help: give what it is computed from other values",
                                    v);
}

/* The initial assignment of an entity at a time before the start, if it reads the time; else 0. */
static expr_id assigned_before(struct sbml *s, struct entity *e)
{
    if (!e->initial) {
        return 0;
    }
    bool outer = s->in_past;
    s->in_past = true;
    expr_id v = sbml_formula(s, e->initial, e->span, true);
    bool timed = v && expr_uses(pool(s), v, EXPR_TIME, -1);
    bool is_concentration = timed && e->kind == ENTITY_SPECIES && !e->substance;
    if (is_concentration) {
        s->at_start = true;
        expr_id size = sbml_size(s, e);
        s->at_start = false;
        v = size ? expr_binary(pool(s), EXPR_MUL, v, size) : 0;
    }
    s->in_past = outer;
    return timed ? v : 0;
}

static expr_id before_of(void *env, const struct expr *leaf, expr_id id)
{
    struct sbml *s = env;
    if (leaf->op == EXPR_RATE_OF) {
        return expr_real(pool(s), 0);
    }
    for (size_t i = 0; (leaf->op == EXPR_SPECIES || leaf->op == EXPR_PARAM) && i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        bool is_it = leaf->op == EXPR_SPECIES
                         ? e->species == leaf->a
                         : e->role == ROLE_HELD && e->kind != ENTITY_REACTION && e->value == id;
        if (is_it) {
            expr_id v = assigned_before(s, e);
            return v ? v : id;
        }
    }
    return id;
}

struct shift {
    struct expr_pool *p;
    expr_id time;
};

static expr_id other_time(void *env, const struct expr *leaf, expr_id id)
{
    const struct shift *x = env;
    return leaf->op == EXPR_TIME ? x->time : id;
}

static expr_id at_time(struct sbml *s, expr_id e, expr_id time)
{
    return expr_rewrite(pool(s), pool(s), e, other_time, &(struct shift){pool(s), time});
}

/* For a delay inside a delay, at a time before the start: the value before that time. */
static expr_id without_past(void *env, const struct expr *e, expr_id id)
{
    struct sbml *s = env;
    (void)id;
    if (!expr_has_class(e->op, EXPR_CLASS_PAST)) {
        return 0;
    }
    expr_id lag = expr_rewrite_nodes(pool(s), e->args[1], without_past, s);
    expr_id time = expr_leaf(pool(s), EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    return at_time(s, e->args[2], expr_binary(pool(s), EXPR_SUB, time, lag));
}

expr_id sbml_delay(struct sbml *s, expr_id value, expr_id lag, expr_id given)
{
    if (!check_lag(s, lag)) {
        return 0;
    }
    if (given) {
        return expr_delay(pool(s), value, lag, given);
    }
    expr_id now = expr_rewrite_nodes(pool(s), value, without_past, s);
    expr_id before = expr_rewrite(pool(s), pool(s), now, before_of, s);
    return expr_delay(pool(s), value, lag, before == now ? value : before);
}

expr_id sbml_delay_at_start(struct sbml *s, expr_id value, expr_id lag, expr_id before)
{
    struct expr_pool *p = pool(s);
    if (!check_lag(s, lag)) {
        return 0;
    }
    expr_id time = s->in_past ? expr_leaf(p, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0) : expr_real(p, 0);
    expr_id then = at_time(s, before, expr_binary(p, EXPR_SUB, time, lag));
    return expr_select(p, expr_binary(p, EXPR_LT, expr_real(p, 0), lag), then, value);
}
