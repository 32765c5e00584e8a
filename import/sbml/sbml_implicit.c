/* Algebraic rules of SBML that are linear in none of the variables that they may determine: n equations 0
 * = R(y, x, t) in n unknowns y that need each other (sbml_structure.c). Their structure has index 1, so
 * y' = -R_y^-1 (R_x x' + R_t): each y becomes a variable of the network with this rate. Newton's method
 * gives its start, beginning at the value that the model gives, or at another value if that does not
 * converge. After an event that changes x, Newton's method begins at the y before the event. The network
 * assumes that R stays 0, so a run checks this.
 *
 * Fast reactions whose end no formula gives (sbml_fast.c) are such equations too: their laws are 0. They
 * start at the state in which these reactions, without others, come to rest. */
#include <string.h>

#include "import/sbml/sbml_impl.h"

enum { STEPS_AT_START = 40, LEAST_AT_START = 12, STEPS_AT_EVENT = 20 };

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

#define F2(op, x, y) expr_binary(p, EXPR_##op, x, y)

/* ---- limits ---- */

/* Limits on the nodes of a rule, since each step of Newton's method repeats its formula and those of its
 * slopes. */
enum { MOST_NODES = 10000, MOST_OF_ALL = 400000 };

struct look {
    struct sbml *s;
    /* its unknowns are species of the network; NULL: all unknowns are leaves EXPR_CAPTURE */
    const struct sbml_implicit *fast;
    bool *depends; /* indexed by expression: whether it depends on an unknown */
    bool steps, past;
    int64_t nodes;
};

static void look_at(void *env, expr_id id, const struct expr *e)
{
    struct look *l = env;
    bool depends = e->op == EXPR_CAPTURE && l->s->entity.data[e->a].role == ROLE_UNKNOWN;
    for (size_t i = 0; l->fast && e->op == EXPR_SPECIES && i < l->fast->n; i++) {
        depends |= e->a == l->fast->species[i];
    }
    for (uint32_t i = 0; i < e->n_args; i++) {
        depends |= l->depends[e->args[i]];
    }
    l->depends[id] = depends;
    bool steps = expr_has_class(e->op, EXPR_CLASS_COMPARISON) || expr_has_class(e->op, EXPR_CLASS_SELECT) ||
                 e->op == EXPR_FLOOR || e->op == EXPR_FLOOR_REAL || e->op == EXPR_MOD ||
                 e->op == EXPR_FACTORIAL;
    l->nodes += depends;
    l->steps |= steps && (depends || (e->holds & HOLDS_STATE));
    l->past |= expr_has_class(e->op, EXPR_CLASS_PAST) || expr_has_class(e->op, EXPR_CLASS_DERIVED);
}

/* The names of unknowns as a text "'a', 'b'". */
static const char *names_of(struct sbml *s, size_t n, const int32_t *unknown)
{
    const char *list = "";
    for (size_t i = 0; i < n; i++) {
        list = arena_printf(s->x->arena, "%s%s'%s'", list, *list ? ", " : "", s->entity.data[unknown[i]].id);
    }
    return list;
}

/* Checks that Newton's method can solve the rules; reports at s->at. Returns 1 more than the number of
 * nodes that depend on unknowns; 0 after a report. */
static int64_t count_nodes(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule,
                           const struct sbml_implicit *fast)
{
    struct look l = {
        .s = s, .fast = fast, .depends = arena_alloc(s->x->arena, (expr_count(pool(s)) + 1) * sizeof(bool))};
    for (size_t i = 0; i < n; i++) {
        expr_visit(pool(s), rule[i], look_at, &l);
    }
    const char *what = n > SBML_MOST_COUPLED               ? "too many variables that need each other"
                       : l.steps                           ? "steps or conditions"
                       : l.past                            ? "delays or rates of change"
                       : l.nodes > (int64_t)n * MOST_NODES ? "too long a formula"
                                                           : NULL;
    return !what
               ? l.nodes + 1
               : sbml_unsupported(s, "%s, and has %s: %s\n  help: %s",
                                  fast ? "a fast reaction whose law is no product of linear factors"
                                       : "an algebraic rule that is linear in none of what it may determine",
                                  what, names_of(s, n, unknown),
                                  fast ? "write fast=\"false\" to it, and a large rate constant"
                                       : "solve it for one variable, and write that as an assignment rule");
}

struct put {
    size_t n;
    enum expr_op op; /* unknowns are leaves with this operator */
    const int32_t *unknown;
    const expr_id *value;
};

static expr_id put_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct put *u = env;
    for (size_t i = 0; leaf->op == u->op && i < u->n; i++) {
        if (leaf->a == u->unknown[i]) {
            return u->value[i];
        }
    }
    return id;
}

species_id sbml_add_solution(struct sbml *s, int32_t unknown, expr_id init)
{
    struct net *net = s->x->net;
    const char *text = arena_printf(s->x->arena, "solution of %s", s->entity.data[unknown].id);
    species_id y = net_add_species(net, intern_text(net->names, text), SPECIES_BULK, init, s->at);
    net->species.data[y].flags |= SPECIES_SIGNED;
    return y;
}

bool sbml_add_implicit(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule, expr_id *value)
{
    if (!count_nodes(s, n, unknown, rule, NULL)) {
        return false;
    }
    species_id *y = arena_alloc(s->x->arena, n * sizeof *y);
    expr_id *r = arena_alloc(s->x->arena, n * sizeof *r);
    int32_t *of = arena_alloc(s->x->arena, n * sizeof *of);
    memcpy(of, unknown, n * sizeof *of);
    for (size_t i = 0; i < n; i++) {
        y[i] = sbml_add_solution(s, unknown[i], expr_real(pool(s), 0));
        value[i] = net_species_expr(s->x->net, y[i]);
    }
    for (size_t i = 0; i < n; i++) {
        r[i] =
            expr_rewrite(pool(s), pool(s), rule[i], put_leaf, &(struct put){n, EXPR_CAPTURE, unknown, value});
    }
    vec_push(&s->implicit,
             (struct sbml_implicit){.n = n, .unknown = of, .species = y, .rule = r, .span = s->at});
    return true;
}

/* ---- at the start ---- */

static int steps_at_start(int64_t nodes, size_t n)
{
    int64_t most = MOST_OF_ALL / (nodes * (int64_t)(n + 1));
    return most > STEPS_AT_START ? STEPS_AT_START : most < LEAST_AT_START ? LEAST_AT_START : (int)most;
}

/* Finds where Newton's method begins: at the values that the model gives, if that converges with the
 * defaults of the parameters; else at a solution for these defaults. */
static bool find_start(struct sbml *s, const struct sbml_system *q, int steps, expr_id *from)
{
    size_t n = q->n;
    double y[SBML_MOST_COUPLED] = {0};
    bool has_value[SBML_MOST_COUPLED], known = true;
    expr_id rule[SBML_MOST_COUPLED];
    struct sbml_system at_start = *q;
    at_start.rule = rule;
    for (size_t i = 0; i < n; i++) {
        struct entity *e = &s->entity.data[q->leaf[i]];
        has_value[i] = sbml_has_value(e);
        from[i] = has_value[i] ? sbml_given_start(s, e) : expr_real(pool(s), 1);
        if (!from[i]) {
            return false;
        }
        bool is_number = sbml_number_at_start(s, from[i], &y[i]);
        known &= is_number;
        y[i] = is_number ? y[i] : 1;
        rule[i] = sbml_at_start(s, q->rule[i]);
    }
    if (known && sbml_converges(s, &at_start, steps, y)) {
        return true;
    }
    if (!sbml_find_root(s, &at_start, has_value, y)) {
        return sbml_unsupported(
            s,
            "%s for which no value of %s is found at the start\n  help: give it one near the solution as its "
            "initial value",
            n > 1 ? "algebraic rules" : "an algebraic rule", names_of(s, n, q->leaf));
    }
    for (size_t i = 0; i < n; i++) {
        from[i] = expr_real(pool(s), y[i]);
    }
    return true;
}

struct lack {
    struct sbml *s;
    const struct entity *e; /* NULL: nothing is missing */
};

static void look_for_lack(void *env, expr_id id, const struct expr *e)
{
    struct lack *l = env;
    const struct entity *of = e->op == EXPR_CAPTURE ? &l->s->entity.data[e->a] : NULL;
    (void)id;
    l->e = of && of->role == ROLE_UNKNOWN && !of->value && !sbml_has_value(of) ? of : l->e;
}

bool sbml_check_known(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule, size_t n_rules)
{
    struct lack l = {s, NULL};
    for (size_t i = 0; i < n_rules; i++) {
        expr_visit(pool(s), rule[i], look_for_lack, &l);
    }
    return !l.e || sbml_unsupported(s,
                                    "%s%s'%s', for which there are too few algebraic rules\n  help: give one "
                                    "of them a rule of its "
                                    "own, or constant=\"true\"",
                                    names_of(s, n, unknown), n > 0 ? " and " : "", l.e->id);
}

bool sbml_start_implicit(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule,
                         expr_id *value)
{
    int64_t nodes = count_nodes(s, n, unknown, rule, NULL);
    if (!nodes || !sbml_check_known(s, n, unknown, rule, n)) {
        return false;
    }
    int steps = steps_at_start(nodes, n);
    struct sbml_system q = {.n = n, .op = EXPR_CAPTURE, .leaf = unknown, .rule = rule};
    expr_id from[SBML_MOST_COUPLED];
    if (!find_start(s, &q, steps, from)) {
        return false;
    }
    sbml_newton(s, &q, from, steps, value);
    return true;
}

/* ---- fast reactions ---- */

static bool reads(const struct sbml *s, const struct sbml_implicit *one, const struct sbml_implicit *other)
{
    for (size_t i = 0; i < one->n; i++) {
        for (size_t k = 0; k < other->n; k++) {
            if (expr_uses(pool(s), one->rule[i], EXPR_SPECIES, other->species[k])) {
                return true;
            }
        }
    }
    return false;
}

#define APPEND(array) \
    arena_append(s->x->arena, one->array, one->n, other->array, other->n, sizeof *one->array)

static void *arena_append(struct arena *a, const void *one, size_t n, const void *other, size_t m,
                          size_t size)
{
    char *both = arena_alloc(a, (n + m) * size);
    memcpy(both, one, n * size);
    memcpy(both + n * size, other, m * size);
    return both;
}

/* Joins the last system with the systems of fast reactions that read its unknowns or whose unknowns it
 * reads. */
static void join_last(struct sbml *s)
{
    for (size_t i = 0; i + 1 < s->implicit.n;) {
        struct sbml_implicit *one = &s->implicit.data[s->implicit.n - 1], *other = &s->implicit.data[i];
        if (!other->before || !(reads(s, one, other) || reads(s, other, one))) {
            i++;
            continue;
        }
        one->unknown = APPEND(unknown);
        one->species = APPEND(species);
        one->rule = APPEND(rule);
        one->before = APPEND(before);
        one->n += other->n;
        *other = *one;
        s->implicit.n--;
        struct sbml_implicit last = s->implicit.data[s->implicit.n - 1];
        s->implicit.data[s->implicit.n - 1] = s->implicit.data[i];
        s->implicit.data[i] = last;
        i = 0;
    }
}

bool sbml_add_fast(struct sbml *s, int32_t entity, species_id solution, species_id pivot, expr_id law)
{
    struct sbml_implicit one = {.n = 1,
                                .unknown = arena_alloc(s->x->arena, sizeof *one.unknown),
                                .species = arena_alloc(s->x->arena, sizeof *one.species),
                                .rule = arena_alloc(s->x->arena, sizeof *one.rule),
                                .before = arena_alloc(s->x->arena, sizeof *one.before),
                                .span = s->at};
    *one.unknown = entity;
    *one.species = solution;
    *one.before = s->x->net->species.data[solution].init;
    expr_id value = net_species_expr(s->x->net, solution);
    struct put pivot_by_value = {.n = 1, .op = EXPR_SPECIES, .unknown = &pivot, .value = &value};
    *one.rule = expr_rewrite(pool(s), pool(s), law, put_leaf, &pivot_by_value);
    vec_push(&s->implicit, one);
    join_last(s);
    const struct sbml_implicit *all = &s->implicit.data[s->implicit.n - 1];
    return count_nodes(s, all->n, all->unknown, all->rule, all) != 0;
}

/* Finds how much reaction k adds to unknown i: added[i][k]. False if that is not a number. */
static bool find_added(struct sbml *s, const struct sbml_implicit *one,
                       double added[SBML_MOST_COUPLED][SBML_MOST_COUPLED])
{
    for (size_t i = 0; i < one->n; i++) {
        for (size_t k = 0; k < one->n; k++) {
            added[i][k] = 0;
            for (size_t m = 0; m < s->moved.n; m++) {
                const struct sbml_moved *by = &s->moved.data[m];
                double count;
                if (by->solution != one->species[i] || by->by != one->species[k]) {
                    continue;
                }
                if (!sbml_number_at_start(s, by->count, &count)) {
                    return false;
                }
                added[i][k] += count;
            }
        }
    }
    return true;
}

/* Finds the values at which fast reactions come to rest, as formulas over parameters. */
static bool start_fast(struct sbml *s, const struct sbml_implicit *one, expr_id *start)
{
    struct expr_pool *p = pool(s);
    size_t n = one->n;
    double y[SBML_MOST_COUPLED] = {0}, added[SBML_MOST_COUPLED][SBML_MOST_COUPLED];
    expr_id leaf[SBML_MOST_COUPLED], rule[SBML_MOST_COUPLED], number[SBML_MOST_COUPLED],
        from[SBML_MOST_COUPLED];
    s->at = one->span;
    int64_t nodes = count_nodes(s, n, one->unknown, one->rule, one);
    bool known = true;
    if (nodes == 0) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        leaf[i] = expr_leaf(p, EXPR_CAPTURE, TYPE_REAL, shape_scalar(), one->unknown[i], 0);
    }
    for (size_t i = 0; i < n; i++) {
        struct put unknowns = {.n = n, .op = EXPR_SPECIES, .unknown = one->species, .value = leaf};
        rule[i] = expr_rewrite(p, p, one->rule[i], put_leaf, &unknowns);
        rule[i] = expr_rewrite(p, p, rule[i], sbml_amount_at_start, s);
        number[i] = sbml_at_start(s, rule[i]);
        known = known && sbml_number_at_start(s, one->before[i], &y[i]);
    }
    int steps = steps_at_start(nodes, n);
    struct sbml_system q = {.n = n, .op = EXPR_CAPTURE, .leaf = one->unknown, .rule = number};
    if (!known || !find_added(s, one, added) || !sbml_follow(s, &q, added, y) ||
        !sbml_converges(s, &q, steps, y)) {
        return sbml_unsupported(s,
                                "fast reactions whose state of rest is not found: %s\n  help: write "
                                "fast=\"false\" to them, and large "
                                "rate constants",
                                names_of(s, n, one->unknown));
    }
    for (size_t i = 0; i < n; i++) {
        from[i] = expr_real(p, y[i]);
    }
    q.rule = rule;
    sbml_newton(s, &q, from, steps, start);
    return true;
}

/* ---- in the network ---- */

struct gather {
    bool *is_read; /* indexed by species */
};

static void gather_species(void *env, expr_id id, const struct expr *e)
{
    struct gather *g = env;
    (void)id;
    if (e->op == EXPR_SPECIES) {
        g->is_read[e->a] = true;
    }
}

/* R_x x' + R_t, how fast the rule changes while y stays */
static expr_id moves(struct sbml *s, const struct sbml_implicit *one, expr_id rule)
{
    struct expr_pool *p = pool(s);
    size_t n = s->x->net->species.n;
    struct gather g = {arena_alloc(s->x->arena, (n + 1) * sizeof *g.is_read)};
    memset(g.is_read, 0, n * sizeof *g.is_read);
    expr_visit(p, rule, gather_species, &g);
    for (size_t i = 0; i < one->n; i++) {
        g.is_read[one->species[i]] = false;
    }
    expr_id sum = expr_derivative(p, rule, EXPR_TIME, 0);
    for (size_t i = 0; i < n; i++) {
        if (g.is_read[i]) {
            expr_id rate = expr_leaf(p, EXPR_RATE_OF, TYPE_REAL, shape_scalar(), (int32_t)i, 0);
            sum = F2(ADD, sum, F2(MUL, expr_derivative(p, rule, EXPR_SPECIES, (int32_t)i), rate));
        }
    }
    return sum;
}

static struct sbml_system system_of(const struct sbml_implicit *one)
{
    return (struct sbml_system){.n = one->n, .op = EXPR_SPECIES, .leaf = one->species, .rule = one->rule};
}

/* The value of e if no terms of its sums cancelled: sums of absolute values. */
static expr_id magnitude(struct expr_pool *p, expr_id e)
{
    const struct expr x = *expr_get(p, e);
    expr_id right;
    switch (x.op) {
    case EXPR_NEG: return magnitude(p, x.args[0]);
    case EXPR_ADD:
    case EXPR_SUB: right = magnitude(p, x.args[1]); return F2(ADD, magnitude(p, x.args[0]), right);
    case EXPR_MUL: right = magnitude(p, x.args[1]); return F2(MUL, magnitude(p, x.args[0]), right);
    case EXPR_DIV: right = expr_unary(p, EXPR_ABS, x.args[1]); return F2(DIV, magnitude(p, x.args[0]), right);
    default: return expr_unary(p, EXPR_ABS, e);
    }
}

/* The condition that a solution still holds: the terms of the rule cancel, or a step of Newton's method,
 * `step` / `det`, is short compared with y and the start of y. */
static expr_id holds(struct sbml *s, expr_id rule, species_id y, expr_id step, expr_id det)
{
    struct expr_pool *p = pool(s);
    expr_id least = expr_real(p, 1e-3), now = net_species_expr(s->x->net, y);
    expr_id start = s->x->net->species.data[y].init;
    expr_id size = F2(ADD, expr_unary(p, EXPR_ABS, now), expr_unary(p, EXPR_ABS, start));
    expr_id most = F2(MUL, least, F2(MUL, expr_unary(p, EXPR_ABS, det), size));
    expr_id is_short = F2(LE, expr_unary(p, EXPR_ABS, step), most);
    expr_id is_small = F2(LE, expr_unary(p, EXPR_ABS, rule), F2(MUL, least, magnitude(p, rule)));
    return F2(OR, is_short, is_small);
}

static bool add_rate(struct sbml *s, const struct sbml_implicit *one, size_t i, expr_id rate)
{
    struct net *n = s->x->net;
    struct term to = {one->species[i], 1};
    double v;
    if (expr_const_real(n->ex, rate, &v) && v == 0) {
        return true;
    }
    reaction_id r = import_reaction(s->x, NULL, 0, &to, 1, RATE_LAW, rate, one->span);
    if (r >= 0) {
        const char *of = s->entity.data[one->unknown[i]].id;
        n->reaction.data[r].origin =
            intern_text(n->names, arena_printf(s->x->arena, "algebraic rule of %s", of));
    }
    return r >= 0;
}

bool sbml_implicit_rates(struct sbml *s)
{
    struct expr_pool *p = pool(s);
    for (size_t k = 0; k < s->implicit.n; k++) {
        const struct sbml_implicit *one = &s->implicit.data[k];
        struct sbml_system q = system_of(one);
        expr_id slope[SBML_MOST_COUPLED * SBML_MOST_COUPLED], right[SBML_MOST_COUPLED], x[SBML_MOST_COUPLED];
        expr_id start[SBML_MOST_COUPLED];
        if (one->before && !start_fast(s, one, start)) {
            return false;
        }
        sbml_slopes(s, &q, slope);
        for (size_t i = 0; i < one->n; i++) {
            s->x->net->species.data[one->species[i]].init =
                one->before ? start[i] : s->entity.data[one->unknown[i]].at_start;
            right[i] = moves(s, one, one->rule[i]);
        }
        expr_id det = sbml_solve_linear(s, one->n, slope, right, x);
        for (size_t i = 0; i < one->n; i++) {
            if (!add_rate(s, one, i, expr_unary(p, EXPR_NEG, F2(DIV, x[i], det)))) {
                return false;
            }
        }
        det = sbml_solve_linear(s, one->n, slope, one->rule, x);
        for (size_t i = 0; i < one->n; i++) {
            vec_push(&s->x->net->assume,
                     (struct assume){holds(s, one->rule[i], one->species[i], x[i], det), one->span});
        }
    }
    return true;
}

static bool reads_changed(struct sbml *s, const struct sbml_implicit *one, const struct change *change,
                          unsigned n)
{
    bool reads = false;
    for (unsigned i = 0; i < n; i++) {
        for (size_t k = 0; k < one->n; k++) {
            reads |= expr_uses(pool(s), one->rule[k], EXPR_SPECIES, change[i].species);
        }
    }
    return reads;
}

size_t sbml_count_implicit(const struct sbml *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->implicit.n; i++) {
        n += s->implicit.data[i].n;
    }
    return n;
}

unsigned sbml_implicit_changes(struct sbml *s, struct change *change, unsigned n)
{
    for (size_t k = 0; k < s->implicit.n; k++) {
        const struct sbml_implicit *one = &s->implicit.data[k];
        if (!reads_changed(s, one, change, n)) {
            continue;
        }
        struct sbml_system q = system_of(one);
        expr_id from[SBML_MOST_COUPLED], y[SBML_MOST_COUPLED];
        q.change = change;
        q.n_changes = n;
        for (size_t i = 0; i < one->n; i++) {
            from[i] = net_species_expr(s->x->net, one->species[i]);
        }
        sbml_newton(s, &q, from, STEPS_AT_EVENT, y);
        for (size_t i = 0; i < one->n; i++) {
            change[n++] = (struct change){one->species[i], y[i]};
        }
    }
    return n;
}
