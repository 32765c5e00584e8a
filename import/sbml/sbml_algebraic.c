/* Algebraic rules of SBML are expressions that are 0 at any time. A rule determines a variable that
 * nothing else determines and in which the rule is linear; this variable is then assigned the solution.
 * Rules that share variables are solved together, by elimination. Rules that are not linear and remain
 * then are split into blocks (sbml_structure.c), which sbml_implicit.c solves. */
#include <math.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"

struct solver {
    struct sbml *s;
    bool at_start;
    /* indexed by algebraic rule: the expression that must be 0, with the solutions found so far in place */
    expr_id *rule;
    /* indexed by entity: whether a rule may give it; for the start: whether a rule gives it at any time */
    bool *open;
    bool *used;  /* indexed by algebraic rule: whether it has given its variable or has nothing left */
    bool *reads; /* indexed by entity: whether the formula examined last reads this unknown */
};

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

/* ---- the unknowns ---- */

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

/* A formula is not linear in what a comparison, a step or a remainder contains, even if the derivative
 * does not show that. */
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

/* The coefficient of the unknown in the rule; 0 if the rule is not linear in it or does not depend on it. */
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

struct look {
    const struct solver *x;
    bool *reads; /* indexed by entity */
    int n;
};

static void look_for_unknowns(void *env, expr_id id, const struct expr *e)
{
    struct look *l = env;
    (void)id;
    if (e->op == EXPR_CAPTURE && !l->reads[e->a] && l->x->open[e->a]) {
        l->reads[e->a] = true;
        l->n++;
    }
}

/* Sets reads[entity] for the unknowns that a formula reads. Returns their number. */
static int find_reads(const struct solver *x, expr_id formula, bool *reads)
{
    struct look l = {x, reads, 0};
    memset(reads, 0, x->s->entity.n * sizeof *reads);
    expr_visit(pool(x->s), formula, look_for_unknowns, &l);
    return l.n;
}

/* The unknowns that a rule reads, as a text "'a', 'b'". */
static const char *unknowns(const struct solver *x, expr_id rule)
{
    const char *list = "";
    find_reads(x, rule, x->reads);
    for (size_t i = 0; i < x->s->entity.n; i++) {
        if (x->reads[i]) {
            list = arena_printf(x->s->x->arena, "%s%s'%s'", list, *list ? ", " : "", x->s->entity.data[i].id);
        }
    }
    return list;
}

/* Chooses the unknown that the rule gives, one of x->reads: an unknown without a value of its own is
 * preferred; then one whose coefficient is a number, which cannot become 0 in a run; then the first.
 * Returns -1 if the rule is linear in none of them. */
static int32_t choose(const struct solver *x, expr_id rule, expr_id *c)
{
    int32_t best = -1;
    int rank = 0;
    double v;
    for (size_t i = 0; i < x->s->entity.n; i++) {
        const struct entity *e = &x->s->entity.data[i];
        expr_id one = x->reads[i] ? coefficient(x->s, rule, (int32_t)i) : 0;
        int of_one = one ? 1 + 2 * !sbml_has_value(e) + expr_const_real(pool(x->s), one, &v) : 0;
        if (of_one > rank) {
            best = (int32_t)i;
            rank = of_one;
            *c = one;
        }
    }
    return best;
}

/* Removes unknowns that cancel in the rule: those whose coefficient is 0 when it is computed with numbers. */
static void cancel(struct solver *x, size_t i)
{
    struct sbml *s = x->s;
    double v;
    find_reads(x, x->rule[i], x->reads);
    for (size_t k = 0; k < s->entity.n; k++) {
        expr_id c = x->reads[k] ? coefficient(s, x->rule[i], (int32_t)k) : 0;
        if (c && !expr_reads_state(pool(s), c) && sbml_number_at_start(s, c, &v) && v == 0) {
            x->rule[i] = put(s, x->rule[i], (int32_t)k, expr_real(pool(s), 0));
        }
    }
}

/* Chooses the rule to be solved next among those that are not used: the one with the fewest unknowns that
 * is linear in some unknown or has none. *unknown is the unknown that it gives, with the coefficient *c,
 * or -1 if it has none. Returns -1 if there is no such rule. */
static int32_t next_rule(struct solver *x, int32_t *unknown, expr_id *c)
{
    int32_t best = -1;
    int fewest = 0;
    for (size_t i = 0; i < x->s->algebraic.n; i++) {
        if (!x->used[i]) {
            cancel(x, i);
        }
        int n = x->used[i] ? 0 : find_reads(x, x->rule[i], x->reads);
        if (x->used[i] || (best >= 0 && n >= fewest)) {
            continue;
        }
        expr_id by = 0;
        int32_t one = n > 0 ? choose(x, x->rule[i], &by) : -1;
        if (one >= 0 || n == 0) {
            best = (int32_t)i;
            fewest = n;
            *unknown = one;
            *c = by;
        }
    }
    return best;
}

/* Reports a rule whose variables are all given by other rules, and what remains of the rule. */
static bool refuse_determined(struct solver *x, int32_t i)
{
    struct sbml *s = x->s;
    size_t n = 0;
    int32_t *variable = arena_alloc(s->x->arena, (s->entity.n + 1) * sizeof *variable);
    for (size_t k = 0; k < s->entity.n; k++) {
        if (x->open[k]) {
            variable[n++] = (int32_t)k;
        }
    }
    bool *reads = arena_alloc(s->x->arena, (s->algebraic.n * n + 1) * sizeof *reads);
    expr_id whole = 0;
    for (size_t r = 0; r < s->algebraic.n; r++) {
        expr_id one = sbml_formula(s, s->algebraic.data[r].math, s->algebraic.data[r].span, x->at_start);
        if (!one) {
            return false;
        }
        whole = (int32_t)r == i ? one : whole;
        find_reads(x, one, x->reads);
        for (size_t k = 0; k < n; k++) {
            reads[r * n + k] = x->reads[variable[k]];
        }
    }
    s->at = s->algebraic.data[i].span;
    if (!sbml_check_known(s, n, variable, x->rule + i, 1) || sbml_report_index(s) ||
        sbml_report_too_many(s, n, variable, reads)) {
        return false;
    }
    s->at = s->algebraic.data[i].span;
    const char *names = whole ? unknowns(x, whole) : "";
    double v;
    expr_id left = sbml_number_at_start(s, x->rule[i], &v) ? expr_real(pool(s), v) : x->rule[i];
    return sbml_unsupported(s,
                            "an algebraic rule of which all variables are determined otherwise%s%s, so that "
                            "0 = %s\n  help: leave it out, "
                            "or what determines one of them",
                            *names ? ": " : "", names, net_expr_text(s->x->net, left, s->x->arena));
}

/* Puts the value in place of the unknown wherever the unknown is read. */
static void put_everywhere(struct solver *x, int32_t unknown, expr_id value)
{
    struct sbml *s = x->s;
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
}

static const double nothing = 1e-12; /* numbers that cancel may leave this much */

/* Solves a rule that is linear in the unknown, with the coefficient c, or checks a rule that has no
 * unknown (-1). */
static bool solve_rule(struct solver *x, int32_t i, int32_t unknown, expr_id c)
{
    struct expr_pool *p = pool(x->s);
    double v;
    x->used[i] = true;
    x->s->at = x->s->algebraic.data[i].span;
    if (unknown < 0) {
        return (sbml_number_at_start(x->s, x->rule[i], &v) && fabs(v) <= nothing &&
                !expr_reads_state(p, x->rule[i])) ||
               refuse_determined(x, i);
    }
    expr_id rest = put(x->s, x->rule[i], unknown, expr_real(p, 0));
    put_everywhere(x, unknown, expr_unary(p, EXPR_NEG, expr_binary(p, EXPR_DIV, rest, c)));
    return true;
}

/* Solves rules that are linear in none of their unknowns: the smallest set of them that needs no other
 * rule. */
static bool solve_block(struct solver *x, size_t left, const int32_t *rule)
{
    struct sbml *s = x->s;
    struct arena *a = s->x->arena;
    size_t n = s->entity.n;
    bool *reads = arena_alloc(a, (left * n + 1) * sizeof *reads);
    int32_t *of = arena_alloc(a, (left + 1) * sizeof *of),
            *unknown = arena_alloc(a, (left + 1) * sizeof *unknown);
    for (size_t i = 0; i < left; i++) {
        find_reads(x, x->rule[rule[i]], reads + i * n);
    }
    size_t size = sbml_first_block(a, left, n, reads, of, unknown);
    if (size == 0) {
        return refuse_determined(x, rule[left - 1]);
    }
    expr_id *zero = arena_alloc(a, 2 * size * sizeof *zero), *value = zero + size;
    for (size_t i = 0; i < size; i++) {
        zero[i] = x->rule[rule[of[i]]];
        x->used[rule[of[i]]] = true;
    }
    s->at = s->algebraic.data[rule[of[0]]].span;
    if (!(x->at_start ? sbml_start_implicit : sbml_add_implicit)(s, size, unknown, zero, value)) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        put_everywhere(x, unknown[i], value[i]);
    }
    return true;
}

static size_t find_left(const struct solver *x, int32_t *rule)
{
    size_t n = 0;
    for (size_t i = 0; i < x->s->algebraic.n; i++) {
        if (!x->used[i]) {
            rule[n++] = (int32_t)i;
        }
    }
    return n;
}

/* Forgets values in which unknowns stand for solutions, so that they are read again. */
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

static expr_id given_of_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct sbml *s = env;
    struct entity *e = leaf->op == EXPR_CAPTURE ? &s->entity.data[leaf->a] : NULL;
    bool is_given = e && e->role == ROLE_UNKNOWN && !e->value && sbml_has_value(e);
    expr_id given = is_given ? sbml_given_start(s, e) : 0;
    return given ? given : id;
}

/* Replaces unknowns that no rule determines by the values that the model gives them at the start. */
static expr_id put_given(struct sbml *s, expr_id e)
{
    return expr_rewrite(pool(s), pool(s), e, given_of_leaf, s);
}

/* Leaves only those unknowns open that the rules give: unknowns without a value of their own are
 * preferred, then those whose coefficient is a number, then the others. All stay open if the rules cannot
 * give one unknown each. */
static void keep_given(struct solver *x)
{
    struct sbml *s = x->s;
    size_t n = s->entity.n, m = s->algebraic.n;
    bool *reads = arena_alloc(s->x->arena, (n * m + 1) * sizeof *reads);
    bool *given = arena_alloc(s->x->arena, n * sizeof *given);
    uint8_t *rank = arena_alloc(s->x->arena, n * sizeof *rank);
    double v;
    for (size_t k = 0; k < n; k++) {
        rank[k] = x->open[k] && !sbml_has_value(&s->entity.data[k]) ? 0 : 2;
    }
    for (size_t i = 0; i < m; i++) {
        find_reads(x, x->rule[i], reads + i * n);
        for (size_t k = 0; k < n; k++) {
            expr_id c = reads[i * n + k] && rank[k] == 2 ? coefficient(s, x->rule[i], (int32_t)k) : 0;
            rank[k] = c && expr_const_real(pool(s), c, &v) ? 1 : rank[k];
        }
    }
    if (sbml_match(s->x->arena, m, n, reads, rank, given)) {
        memcpy(x->open, given, n * sizeof *given);
    }
}

/* Moves a rule to the front that has one unknown and is not linear in it. Returns false if there is none. */
static bool single_rule(struct solver *x, int32_t *left, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        expr_id c;
        if (find_reads(x, x->rule[left[i]], x->reads) == 1 && choose(x, x->rule[left[i]], &c) < 0) {
            left[0] = left[i];
            return true;
        }
    }
    return false;
}

static bool solve(struct sbml *s, bool at_start)
{
    size_t n = s->algebraic.n;
    struct solver x = {s,
                       at_start,
                       arena_alloc(s->x->arena, n * sizeof *x.rule),
                       arena_alloc(s->x->arena, s->entity.n * sizeof *x.open),
                       arena_alloc(s->x->arena, n * sizeof *x.used),
                       arena_alloc(s->x->arena, s->entity.n * sizeof *x.reads)};
    bool ok = true;
    int32_t *left = arena_alloc(s->x->arena, n * sizeof *left);
    for (size_t i = 0; ok && i < n; i++) {
        x.used[i] = false;
        x.rule[i] = sbml_formula(s, s->algebraic.data[i].math, s->algebraic.data[i].span, at_start);
        ok = x.rule[i] != 0;
        x.rule[i] = ok && at_start ? put_given(s, x.rule[i]) : x.rule[i];
    }
    for (size_t k = 0; ok && k < s->entity.n; k++) {
        x.open[k] = s->entity.data[k].role == ROLE_UNKNOWN && (!at_start || s->entity.data[k].value);
    }
    if (ok && !at_start) {
        keep_given(&x);
    }
    for (size_t n_left; ok && (n_left = find_left(&x, left)) > 0;) {
        int32_t unknown = -1, rule;
        expr_id c = 0;
        if (n_left > 1 && single_rule(&x, left, n_left)) {
            ok = solve_block(&x, 1, left);
        } else {
            rule = next_rule(&x, &unknown, &c);
            ok = rule >= 0 ? solve_rule(&x, rule, unknown, c) : solve_block(&x, n_left, left);
        }
    }
    return ok;
}

static expr_id value_of_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct sbml *s = env;
    expr_id value = leaf->op == EXPR_CAPTURE ? sbml_value(s, &s->entity.data[leaf->a]) : 0;
    return value ? value : id;
}

/* Returns an unknown whose solution depends on e; NULL if there is none. */
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

/* Unknowns for which no rule is left become variables or constants with the value that the model gives
 * them. */
static bool release(struct sbml *s)
{
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        const struct entity *u = e->role == ROLE_UNKNOWN && !sbml_has_value(e) ? user_of(s, e) : NULL;
        if (u) {
            s->at = u->span;
            return sbml_unsupported(s,
                                    "'%s' and '%s', for which there are too few algebraic rules\n  help: "
                                    "give one of them a rule of "
                                    "its own, or constant=\"true\"",
                                    u->id, e->id);
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
    for (size_t i = 0; i < s->implicit.n; i++) {
        for (size_t k = 0; k < s->implicit.data[i].n; k++) {
            expr_id *rule = &s->implicit.data[i].rule[k];
            *rule = expr_rewrite(pool(s), pool(s), *rule, value_of_leaf, s);
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
