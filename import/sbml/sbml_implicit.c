/* Algebraic rules of SBML that are linear in none of what they may determine: 0 = R(y, x, t) with one unknown
 * y. The structure is of index 1, so y' = -(R_x x' + R_t) / R_y: y is a variable of the network with that
 * rate. It begins where Newton's method ends that starts at the value which the model gives, or at another
 * one if that leads nowhere; after events, which change x, Newton's method starts at the y of before. That R
 * stays 0 is assumed of the network, and so checked when it runs. */
#include <math.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"

enum { STEPS_AT_START = 40, STEPS_AT_EVENT = 20 };

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

#define F2(op, x, y) expr_binary(p, EXPR_##op, x, y)

/* ---- putting values in the place of leaves ---- */

struct put {
    enum expr_op op;
    int32_t a;
    expr_id value;
    const struct change *change; /* new amounts, which come first */
    size_t n_changes;
};

static expr_id put_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct put *u = env;
    for (size_t i = 0; leaf->op == EXPR_SPECIES && i < u->n_changes; i++) {
        if (u->change[i].species == leaf->a) {
            return u->change[i].value;
        }
    }
    return leaf->op == u->op && leaf->a == u->a ? u->value : id;
}

static expr_id put(struct sbml *s, expr_id e, struct put u)
{
    return expr_rewrite(pool(s), pool(s), e, put_leaf, &u);
}

/* y after so many steps of y - R / R_y from `from`; u: what stands for y in `rule`. */
static expr_id newton(struct sbml *s, expr_id rule, struct put u, expr_id from, int steps)
{
    struct expr_pool *p = pool(s);
    expr_id slope = expr_derivative(p, rule, u.op, u.a);
    u.value = from;
    for (int i = 0; i < steps; i++) {
        u.value = F2(SUB, u.value, F2(DIV, put(s, rule, u), put(s, slope, u)));
    }
    return u.value;
}

/* ---- which rules ---- */

enum { MOST_NODES = 10000 }; /* of a rule: Newton's method has its formula many times */
struct look {
    bool steps, past;
    int64_t nodes;
};

static void look_at(void *env, expr_id id, const struct expr *e)
{
    struct look *l = env;
    (void)id;
    l->nodes++;
    l->steps |= expr_has_class(e->op, EXPR_CLASS_COMPARISON) || expr_has_class(e->op, EXPR_CLASS_SELECT) ||
                e->op == EXPR_FLOOR || e->op == EXPR_FLOOR_REAL || e->op == EXPR_MOD ||
                e->op == EXPR_FACTORIAL;
    l->past |= expr_has_class(e->op, EXPR_CLASS_PAST) || expr_has_class(e->op, EXPR_CLASS_DERIVED);
}

/* At s->at. */
static bool is_smooth(struct sbml *s, const struct entity *e, expr_id rule)
{
    struct look l = {0};
    expr_visit(pool(s), rule, look_at, &l);
    const char *what = l.steps                ? "steps or conditions"
                       : l.past               ? "delays or rates of change"
                       : l.nodes > MOST_NODES ? "too long a formula"
                                              : NULL;
    return !what || sbml_unsupported(s,
                                     "an algebraic rule that is linear in none of what it may determine, "
                                     "and has %s: '%s'",
                                     what, e->id);
}

bool sbml_add_implicit(struct sbml *s, int32_t unknown, expr_id rule, expr_id *value)
{
    struct entity *e = &s->entity.data[unknown];
    if (!is_smooth(s, e, rule)) {
        return false;
    }
    struct net *n = s->x->net;
    const char *name = intern_text(n->names, arena_printf(s->x->arena, "solution of %s", e->id));
    species_id y = net_add_species(n, name, SPECIES_BULK, expr_real(n->ex, 0), s->at);
    n->species.data[y].flags |= SPECIES_SIGNED;
    *value = net_species_expr(n, y);
    struct sbml_implicit one = {.unknown = unknown, .species = y, .span = s->at};
    one.rule = put(s, rule, (struct put){.op = EXPR_CAPTURE, .a = unknown, .value = *value});
    vec_push(&s->implicit, one);
    return true;
}

/* ---- at the start ---- */

/* Whether that is a solution, where parameters have their defaults. */
static bool is_solution(struct sbml *s, int32_t unknown, expr_id rule, expr_id value)
{
    double y, r, slope;
    struct put u = {.op = EXPR_CAPTURE, .a = unknown, .value = value};
    expr_id derivative = expr_derivative(pool(s), rule, EXPR_CAPTURE, unknown);
    return sbml_number_at_start(s, value, &y) && sbml_number_at_start(s, put(s, rule, u), &r) &&
           sbml_number_at_start(s, put(s, derivative, u), &slope) && slope != 0 &&
           fabs(r) <= 1e-9 * fabs(slope) * fabs(y);
}

bool sbml_start_implicit(struct sbml *s, int32_t unknown, expr_id rule, expr_id *value)
{
    static const double guesses[] = {1, 0.1, 10, 0.01, 100, 1e-3, 1e3, -1, -0.1, -10, 1e-6, 1e6};
    struct entity *e = &s->entity.data[unknown];
    struct put u = {.op = EXPR_CAPTURE, .a = unknown};
    expr_id given = sbml_has_value(e) ? sbml_given_start(s, e) : expr_real(pool(s), 1);
    if (!given || !is_smooth(s, e, rule)) {
        return false;
    }
    *value = newton(s, rule, u, given, STEPS_AT_START);
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
        if (is_solution(s, unknown, rule, *value)) {
            return true;
        }
        *value = newton(s, rule, u, expr_real(pool(s), guesses[i]), STEPS_AT_START);
    }
    return is_solution(s, unknown, rule, *value) ||
           sbml_unsupported(s, "an algebraic rule for which no value of '%s' is found at the start", e->id);
}

/* ---- in the network ---- */

struct gather {
    bool *is_read; /* by species */
};

static void gather_species(void *env, expr_id id, const struct expr *e)
{
    struct gather *g = env;
    (void)id;
    if (e->op == EXPR_SPECIES) {
        g->is_read[e->a] = true;
    }
}

/* R_x x' + R_t */
static expr_id moves(struct sbml *s, const struct sbml_implicit *one)
{
    struct expr_pool *p = pool(s);
    size_t n = s->x->net->species.n;
    struct gather g = {arena_alloc(s->x->arena, (n + 1) * sizeof *g.is_read)};
    memset(g.is_read, 0, n * sizeof *g.is_read);
    expr_visit(p, one->rule, gather_species, &g);
    expr_id sum = expr_derivative(p, one->rule, EXPR_TIME, 0);
    for (size_t i = 0; i < n; i++) {
        if (g.is_read[i] && (species_id)i != one->species) {
            expr_id rate = expr_leaf(p, EXPR_RATE_OF, TYPE_REAL, shape_scalar(), (int32_t)i, 0);
            sum = F2(ADD, sum, F2(MUL, expr_derivative(p, one->rule, EXPR_SPECIES, (int32_t)i), rate));
        }
    }
    return sum;
}

/* A step of Newton's method is short beside y and what it was at the start. */
static expr_id holds(struct sbml *s, const struct sbml_implicit *one)
{
    struct expr_pool *p = pool(s);
    expr_id y = net_species_expr(s->x->net, one->species), start = s->x->net->species.data[one->species].init;
    expr_id slope = expr_unary(p, EXPR_ABS, expr_derivative(p, one->rule, EXPR_SPECIES, one->species));
    expr_id size = F2(ADD, expr_unary(p, EXPR_ABS, y), expr_unary(p, EXPR_ABS, start));
    expr_id most = F2(MUL, expr_real(p, 1e-3), F2(MUL, slope, size));
    return F2(LE, expr_unary(p, EXPR_ABS, one->rule), most);
}

bool sbml_implicit_rates(struct sbml *s)
{
    struct expr_pool *p = pool(s);
    struct net *n = s->x->net;
    for (size_t i = 0; i < s->implicit.n; i++) {
        const struct sbml_implicit *one = &s->implicit.data[i];
        expr_id slope = expr_derivative(p, one->rule, EXPR_SPECIES, one->species);
        expr_id rate = expr_unary(p, EXPR_NEG, F2(DIV, moves(s, one), slope));
        struct term to = {one->species, 1};
        double v;
        n->species.data[one->species].init = s->entity.data[one->unknown].at_start;
        bool moves = !expr_const_real(p, rate, &v) || v != 0;
        reaction_id r = moves ? import_reaction(s->x, NULL, 0, &to, 1, RATE_LAW, rate, one->span) : 0;
        if (r < 0) {
            return false;
        }
        if (moves) {
            n->reaction.data[r].origin = intern_text(
                n->names, arena_printf(s->x->arena, "algebraic rule of %s", s->entity.data[one->unknown].id));
        }
        vec_push(&n->assume, (struct assume){holds(s, one), one->span});
    }
    return true;
}

static bool reads_changed(struct sbml *s, expr_id rule, const struct change *change, unsigned n)
{
    bool reads = false;
    for (unsigned i = 0; i < n; i++) {
        reads |= expr_uses(pool(s), rule, EXPR_SPECIES, change[i].species);
    }
    return reads;
}

unsigned sbml_implicit_changes(struct sbml *s, struct change *change, unsigned n)
{
    for (size_t i = 0; i < s->implicit.n; i++) {
        const struct sbml_implicit *one = &s->implicit.data[i];
        if (reads_changed(s, one->rule, change, n)) {
            struct put u = {.op = EXPR_SPECIES, .a = one->species, .change = change, .n_changes = n};
            expr_id y = net_species_expr(s->x->net, one->species);
            change[n] = (struct change){one->species, newton(s, one->rule, u, y, STEPS_AT_EVENT)};
            n++;
        }
    }
    return n;
}
