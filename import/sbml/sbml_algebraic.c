/* Algebraic rules of SBML: expressions that are 0 at any time. A rule determines a variable that nothing
 * else determines and of which it is a linear function; the variable is then assigned its solution. Rules
 * that share variables are solved together, by elimination. What is not linear, and has one variable only,
 * is left to sbml_implicit.c. */
#include "import/sbml/sbml_impl.h"

struct solver {
    struct sbml *s;
    bool at_start;
    expr_id *rule; /* by algebraic rule: what is to be 0, of solutions found so far */
    bool *used;    /* by algebraic rule: it has given its variable, or nothing is left of it */
};

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

/* ---- which variables ---- */

static bool is_constant(const struct entity *e)
{
    switch (e->kind) {
    case ENTITY_COMPARTMENT: return Compartment_getConstant(e->object);
    case ENTITY_PARAMETER: return Parameter_getConstant(e->object);
    case ENTITY_REFERENCE: return SpeciesReference_getConstant(e->object);
    case ENTITY_SPECIES: return Species_getConstant(e->object);
    default: return true;
    }
}

static void mark_changed(struct sbml *s, bool *changed, const SpeciesReference_t *x)
{
    const char *id = SpeciesReference_getSpecies(x);
    const struct entity *e = id ? sbml_find(s, id) : NULL;
    if (e && e->kind == ENTITY_SPECIES && !Species_getBoundaryCondition(e->object)) {
        changed[e - s->entity.data] = true;
    }
}

void sbml_find_unknowns(struct sbml *s)
{
    if (s->algebraic.n == 0) {
        return;
    }
    bool *changed = arena_alloc(s->x->arena, s->entity.n * sizeof *changed);
    for (size_t i = 0; i < s->entity.n; i++) {
        changed[i] = s->entity.data[i].by_event;
    }
    for (size_t i = 0; i < s->entity.n; i++) {
        if (s->entity.data[i].kind == ENTITY_REACTION) {
            Reaction_t *r = (Reaction_t *)(uintptr_t)s->entity.data[i].object;
            for (unsigned k = 0; k < Reaction_getNumReactants(r); k++) {
                mark_changed(s, changed, Reaction_getReactant(r, k));
            }
            for (unsigned k = 0; k < Reaction_getNumProducts(r); k++) {
                mark_changed(s, changed, Reaction_getProduct(r, k));
            }
        }
    }
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        if ((e->role == ROLE_HELD || e->role == ROLE_STATE) && !changed[i] && !is_constant(e)) {
            e->role = ROLE_UNKNOWN;
        }
    }
}

/* ---- elimination ---- */

struct linear {
    const struct expr_pool *p;
    int32_t unknown;
    bool holds;
};

/* Below a comparison, a step or a remainder there is nothing linear, though the derivative may not show
 * it. */
static void look_for_steps(void *env, expr_id id, const struct expr *e)
{
    struct linear *l = env;
    bool steps = expr_has_class(e->op, EXPR_CLASS_COMPARISON) || e->op == EXPR_FLOOR ||
                 e->op == EXPR_FLOOR_REAL || e->op == EXPR_MOD || e->op == EXPR_FACTORIAL ||
                 expr_has_class(e->op, EXPR_CLASS_PAST);
    if (steps && expr_uses(l->p, id, EXPR_CAPTURE, l->unknown)) {
        l->holds = false;
    }
}

/* What the rule is multiplied with the unknown; 0: it is not linear in it, or does not depend on it. */
static expr_id coefficient(struct sbml *s, expr_id rule, int32_t unknown)
{
    double v;
    struct linear l = {pool(s), unknown, true};
    expr_visit(pool(s), rule, look_for_steps, &l);
    expr_id c = l.holds ? expr_derivative(pool(s), rule, EXPR_CAPTURE, unknown) : 0;
    bool is_none =
        !c || expr_uses(pool(s), c, EXPR_CAPTURE, unknown) || (expr_const_real(pool(s), c, &v) && v == 0);
    return is_none ? 0 : c;
}

struct put {
    struct sbml *s;
    int32_t unknown;
    expr_id value;
};

static expr_id put_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct put *p = env;
    return leaf->op == EXPR_CAPTURE && leaf->a == p->unknown ? p->value : id;
}

static expr_id put(struct sbml *s, expr_id e, int32_t unknown, expr_id value)
{
    return expr_rewrite(pool(s), pool(s), e, put_leaf, &(struct put){s, unknown, value});
}

static expr_id *solution(const struct solver *x, struct entity *e)
{
    return x->at_start ? &e->at_start : &e->value;
}

static int count_unknowns(const struct solver *x, expr_id rule, int32_t *last)
{
    int n = 0;
    for (size_t i = 0; i < x->s->entity.n; i++) {
        if (x->s->entity.data[i].role == ROLE_UNKNOWN &&
            expr_uses(pool(x->s), rule, EXPR_CAPTURE, (int32_t)i)) {
            *last = (int32_t)i;
            n++;
        }
    }
    return n;
}

/* "a, b" of a rule. */
static const char *unknowns(const struct solver *x, expr_id rule)
{
    const char *list = "";
    for (size_t i = 0; i < x->s->entity.n; i++) {
        const struct entity *e = &x->s->entity.data[i];
        if (e->role == ROLE_UNKNOWN && expr_uses(pool(x->s), rule, EXPR_CAPTURE, (int32_t)i)) {
            list = arena_printf(x->s->x->arena, "%s%s'%s'", list, *list ? ", " : "", e->id);
        }
    }
    return list;
}

/* The rule with the fewest unknowns that is left; -1: none is. */
static int32_t next_rule(const struct solver *x)
{
    int32_t best = -1, last;
    int fewest = 0;
    for (size_t i = 0; i < x->s->algebraic.n; i++) {
        int n = x->used[i] ? 0 : count_unknowns(x, x->rule[i], &last);
        if (!x->used[i] && (best < 0 || n < fewest)) {
            best = (int32_t)i;
            fewest = n;
        }
    }
    return best;
}

/* Which unknown the rule gives: rather one that has no value of its own; then one whose coefficient is a
 * number, which is never 0 when running; then the first. */
static int32_t choose(const struct solver *x, expr_id rule, expr_id *c)
{
    int32_t best = -1;
    int rank = 0;
    double v;
    for (size_t i = 0; i < x->s->entity.n; i++) {
        const struct entity *e = &x->s->entity.data[i];
        bool is_in = e->role == ROLE_UNKNOWN && expr_uses(pool(x->s), rule, EXPR_CAPTURE, (int32_t)i);
        expr_id one = is_in ? coefficient(x->s, rule, (int32_t)i) : 0;
        int of_one = one ? 1 + 2 * !sbml_has_value(e) + expr_const_real(pool(x->s), one, &v) : 0;
        if (of_one > rank) {
            best = (int32_t)i;
            rank = of_one;
            *c = one;
        }
    }
    return best;
}

/* Which variables other rules give, and what is left of the rule by them. */
static bool refuse_determined(struct solver *x, int32_t i)
{
    struct sbml *s = x->s;
    const struct sbml_algebraic *a = &s->algebraic.data[i];
    expr_id whole = sbml_formula(s, a->math, a->span, x->at_start);
    const char *names = whole ? unknowns(x, whole) : "";
    return sbml_unsupported(
        s, "an algebraic rule of which all variables are determined otherwise%s%s, so that 0 = %s",
        *names ? ": " : "", names, net_expr_text(s->x->net, x->rule[i], s->x->arena));
}

static bool solve_rule(struct solver *x, int32_t i)
{
    struct sbml *s = x->s;
    struct expr_pool *p = pool(s);
    int32_t last;
    double v;
    expr_id c = 0, rule = x->rule[i];
    x->used[i] = true;
    s->at = s->algebraic.data[i].span;
    if (count_unknowns(x, rule, &last) == 0) {
        return (expr_const_real(p, rule, &v) && v == 0) || refuse_determined(x, i);
    }
    int32_t unknown = choose(x, rule, &c);
    expr_id value;
    if (unknown < 0 && count_unknowns(x, rule, &unknown) > 1) {
        return sbml_unsupported(s,
                                "an algebraic rule of several variables that is linear in none of them: %s",
                                unknowns(x, rule));
    }
    if (c) {
        expr_id rest = put(s, rule, unknown, expr_real(p, 0));
        value = expr_unary(p, EXPR_NEG, expr_binary(p, EXPR_DIV, rest, c));
    } else if (!(x->at_start ? sbml_start_implicit : sbml_add_implicit)(s, unknown, rule, &value)) {
        return false;
    }
    for (size_t k = 0; k < s->algebraic.n; k++) {
        x->rule[k] = put(s, x->rule[k], unknown, value);
    }
    for (size_t k = 0; k < s->entity.n; k++) {
        expr_id *known = solution(x, &s->entity.data[k]);
        if (s->entity.data[k].role == ROLE_UNKNOWN && *known) {
            *known = put(s, *known, unknown, value);
        }
    }
    *solution(x, &s->entity.data[unknown]) = value;
    return true;
}

/* Values that were read with unknowns in them are read again. */
static void forget(struct sbml *s)
{
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        if (e->role != ROLE_UNKNOWN && e->role != ROLE_HELD && e->role != ROLE_OWN) {
            e->value = e->value && expr_uses(pool(s), e->value, EXPR_CAPTURE, -1) ? 0 : e->value;
            e->at_start = e->at_start && expr_uses(pool(s), e->at_start, EXPR_CAPTURE, -1) ? 0 : e->at_start;
        }
    }
}

static bool solve(struct sbml *s, bool at_start)
{
    size_t n = s->algebraic.n;
    struct solver x = {s, at_start, arena_alloc(s->x->arena, n * sizeof *x.rule),
                       arena_alloc(s->x->arena, n * sizeof *x.used)};
    bool ok = true;
    int32_t left;
    for (size_t i = 0; ok && i < n; i++) {
        x.used[i] = false;
        x.rule[i] = sbml_formula(s, s->algebraic.data[i].math, s->algebraic.data[i].span, at_start);
        ok = x.rule[i] != 0;
    }
    while (ok && (left = next_rule(&x)) >= 0) {
        ok = solve_rule(&x, left);
    }
    return ok;
}

static expr_id value_of_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct sbml *s = env;
    expr_id value = leaf->op == EXPR_CAPTURE ? sbml_value(s, &s->entity.data[leaf->a]) : 0;
    return value ? value : id;
}

/* Whether the solution of some unknown depends on this one. */
static const struct entity *user_of(struct sbml *s, const struct entity *e)
{
    for (size_t i = 0; i < s->entity.n; i++) {
        const struct entity *u = &s->entity.data[i];
        if (u->role == ROLE_ASSIGNED && !u->rule && u->value &&
            expr_uses(pool(s), u->value, EXPR_CAPTURE, (int32_t)(e - s->entity.data))) {
            return u;
        }
    }
    return NULL;
}

/* Unknowns that no rule was left for keep the value that they have. */
static bool release(struct sbml *s)
{
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        const struct entity *u = e->role == ROLE_UNKNOWN && !sbml_has_value(e) ? user_of(s, e) : NULL;
        if (u) {
            s->at = u->span;
            return sbml_unsupported(s, "'%s' and '%s', for which there are too few algebraic rules", u->id,
                                    e->id);
        }
    }
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        if (e->role == ROLE_UNKNOWN) {
            e->role = e->kind == ENTITY_SPECIES ? ROLE_STATE : ROLE_HELD;
            if (e->kind == ENTITY_SPECIES) {
                sbml_add_variable(s, e);
            }
        }
    }
    size_t errors = diag_error_count(s->x->diag);
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        if (e->role == ROLE_ASSIGNED && !e->rule) {
            e->value = expr_rewrite(pool(s), pool(s), e->value, value_of_leaf, s);
            s->at_start = true;
            e->at_start = expr_rewrite(pool(s), pool(s), e->at_start, value_of_leaf, s);
            s->at_start = false;
        }
    }
    return diag_error_count(s->x->diag) == errors;
}

bool sbml_solve(struct sbml *s)
{
    if (s->algebraic.n == 0) {
        return true;
    }
    if (!solve(s, false) || !solve(s, true)) {
        return false;
    }
    forget(s);
    for (size_t i = 0; i < s->entity.n; i++) {
        s->entity.data[i].role = s->entity.data[i].role == ROLE_UNKNOWN && s->entity.data[i].value
                                     ? ROLE_ASSIGNED
                                     : s->entity.data[i].role;
    }
    return release(s);
}

/* ---- constants ---- */

static expr_id start_of_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct sbml *s = env;
    return leaf->op == EXPR_CAPTURE ? s->entity.data[leaf->a].at_start : id;
}

void sbml_put_solutions(struct sbml *s)
{
    struct net *n = s->x->net;
    for (size_t i = 0; s->algebraic.n > 0 && i < n->param.n; i++) {
        expr_id *init = &n->param.data[i].init;
        *init = *init ? expr_rewrite(n->ex, n->ex, *init, start_of_leaf, s) : 0;
    }
}
