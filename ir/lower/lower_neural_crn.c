/* neural_crn of neural_ode models: Nagipogu, Reif 2025 (paper 004). A network that computes z(T) and, from
 * the target y, the gradients of
 * (read-out - y)^2 / 2, and descends along them, in two phases of a clock:
 *
 *   C1  N4: gradients into parameters (fast)           N1: z' = f(z, x, p)
 *   C2  N2: z into its backward copy, and the adjoint from z and y (fast)
 *       N3: in forward time with inverted signs, z_back' = -f, a' = a df/dz, g' = a df/dp
 *
 * Where z(0) depends on parameters two phases more, each a unit of time: C0, before C1 and with N4, z' =
 * z(0), and C3, after C2, g' = a dz(0)/dp.
 *
 * Values have two rails, those that the model assumes not to be negative one, as far as the mechanism allows
 * it: a state and its backward
 * copy have the same, else the flow backwards is not the inverse. An update with two rails is G.p -> P.n at
 * k_fast * eta, G.p -> 0 at
 * k_fast * (1 - eta), so eta = k1 / (k1 + k2); with one it is G.n -> P, G.p + P -> 0, and eta is in the
 * rates that make G.
 *
 * Reactions with the same reactants, the same rate and in the same phase that only make something are one.
 * Rails are cancelled at the rate
 * `annihilate`: those of states, copies and adjoints where they evolve, those of parameters and gradients in
 * N4. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/lower/lower.h"
#include "ir/net/mechanism.h"
#include "ir/net/net_names.h"
#include "support/mem.h"

enum { TIME, STEP, FAST, ANNIHILATE, APPROXIMATE, MINIMAL, BATCH, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"T", 1, 0, true},
                                                       {"eta", 0.05, 0, false},
                                                       {"k_fast", 1000, 0, true},
                                                       {"annihilate", 100, 0, false},
                                                       {"approximate", 0, 0, false},
                                                       {"minimal", 0, 0, false},
                                                       {"batch", 0, 0, false}};
enum { NAME_ROOM = 512, MAX_READOUT = 1000 };
static const size_t MAX_REACTIONS = 1 << 20;

struct rails {
    species_id rail[2]; /* p, n; [1] -1: a single one */
};

struct made { /* a reaction while they are collected */
    struct term *lhs, *rhs;
    size_t n_lhs, n_rhs;
    expr_id k;
    int32_t guard;
    const char *origin;
    bool makes; /* nothing is used up */
};

struct crn {
    const struct lowerer *l;
    const struct crnl_neural *m;
    struct net *net;
    struct arena *scratch;
    struct lowering *record;
    int32_t d, starts, readouts; /* states; first terms of z(0) and of the read-outs */
    bool learns_start;           /* z(0) depends on parameters */
    expr_id fast, step, update;
    int32_t guard[4];       /* C0 .. C3; 0: there is none */
    struct rails *variable; /* states, inputs, parameters, targets */
    struct rails *back, *adjoint, *gradient;
    bool *single;         /* by variable */
    bool *copied, *moves; /* by state: it has a backward copy; its adjoint changes */
    int32_t *same;        /* by state: the first one with the same adjoint */
    VEC(struct made) made;
    /* of the reactions that are being made */
    int32_t now;
    const char *origin;
    expr_id scale; /* 0: 1 */
};

static bool option(const struct crn *c, int i)
{
    return c->l->option[i] != 0;
}

static bool fail(const struct crn *c, const char *help, const char *format, const char *what)
{
    diag_report(c->l->diag, DIAG_E0522, c->l->span, format, what);
    diag_help(c->l->diag, "%s", help);
    return false;
}

/* ---- polynomials of rails ---- */

/* times (p - n), or p of a single rail */
static bool times(struct crn *c, struct polynomial *p, struct rails v)
{
    struct polynomial factor = {0}, product = {0};
    struct monomial one = {.number = 1, .degree = 1};
    one.factor[0] = v.rail[0];
    vec_push(&factor.term, one);
    if (v.rail[1] >= 0) {
        one.factor[0] = v.rail[1];
        one.number = -1;
        vec_push(&factor.term, one);
    }
    bool good = polynomial_multiply(c->net->ex, p, &factor, &product);
    polynomial_free(p);
    polynomial_free(&factor);
    *p = product;
    return good;
}

static const int32_t *factors(const struct crn *c, int32_t t)
{
    return c->m->factor + (size_t)t * CRNL_NEURAL_MAX_DEGREE;
}

/* Adds sign times the term, without one factor (-1: with all), times the adjoint `of` (NULL: none), where
 * states are `state`. */
static bool add_term(struct crn *c, struct polynomial *sum, int32_t t, double sign, int without,
                     const struct rails *of, const struct rails *state)
{
    struct polynomial p = {0};
    struct monomial one = {.number = sign * c->m->coefficient[t]};
    const int32_t *f = factors(c, t);
    vec_push(&p.term, one);
    bool good = !of || times(c, &p, *of);
    for (int i = 0; good && i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
        good = i == without || times(c, &p, f[i] < c->d ? state[f[i]] : c->variable[f[i]]);
    }
    for (size_t i = 0; i < p.term.n; i++) {
        vec_push(&sum->term, p.term.data[i]);
    }
    polynomial_free(&p);
    return good || fail(c, "take fewer factors, or assume some of them not to be negative",
                        "the right sides of '%s' have too many terms", c->m->name);
}

/* sign * f of a state */
static bool flow(struct crn *c, int32_t s, double sign, const struct rails *state, struct polynomial *out)
{
    bool good = true;
    for (int32_t t = 0; t < c->starts && good; t++) {
        good = c->m->equation[t] != s || add_term(c, out, t, sign, -1, NULL, state);
    }
    polynomial_collect(out);
    return good;
}

/* sum over equations e of terms from .. to of a[e] times the derivative by a variable */
static bool pull_back(struct crn *c, int32_t from, int32_t to, int32_t first, int32_t variable,
                      const struct rails *state, struct polynomial *out)
{
    bool good = true;
    for (int32_t t = from; t < to && good; t++) {
        const int32_t *f = factors(c, t);
        for (int i = 0; good && i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
            good = f[i] != variable ||
                   add_term(c, out, t, 1, i, &c->adjoint[c->same[c->m->equation[t] - first]], state);
        }
    }
    polynomial_collect(out);
    return good;
}

/* ---- what is needed ---- */

/* Does the derivative of term t by one factor read state s? */
static bool reads_state(const struct crn *c, int32_t t, int without, int32_t s)
{
    const int32_t *f = factors(c, t);
    for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
        if (i != without && f[i] == s) {
            return true;
        }
    }
    return false;
}

/* Backward copies of the states that adjoints and gradients read, of those that these read in turn, and of
 * all of the same name;
 * adjoints that change. */
static void find_needed(struct crn *c)
{
    int32_t parameters = c->d + c->m->inputs;
    for (int32_t t = 0; t < c->starts; t++) {
        const int32_t *f = factors(c, t);
        for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
            bool by_state = f[i] < c->d && !option(c, APPROXIMATE);
            if (by_state) {
                c->moves[f[i]] = true;
            }
            for (int32_t s = 0; (by_state || f[i] >= parameters) && s < c->d; s++) {
                c->copied[s] |= reads_state(c, t, i, s);
            }
        }
    }
    for (bool more = true; more;) {
        more = false;
        for (int32_t g = 0, s = 0; s < c->d; s += c->m->group[g++].size) {
            bool any = false;
            for (int32_t i = s; i < s + c->m->group[g].size; i++) {
                any |= c->copied[i];
            }
            for (int32_t i = s; any && i < s + c->m->group[g].size; i++) {
                more |= !c->copied[i];
                c->copied[i] = true;
            }
        }
        for (int32_t t = 0; t < c->starts; t++) {
            for (int32_t s = 0; c->copied[c->m->equation[t]] && s < c->d; s++) {
                if (!c->copied[s] && reads_state(c, t, -1, s)) {
                    c->copied[s] = more = true;
                }
            }
        }
    }
}

static double readout_weight(const struct crn *c, int32_t readout, int32_t s)
{
    double w = 0;
    for (int32_t t = c->readouts; t < c->m->n_terms; t++) {
        w += c->m->equation[t] == 2 * c->d + readout && factors(c, t)[0] == s ? c->m->coefficient[t] : 0;
    }
    return w;
}

/* With `minimal` states whose adjoints do not change and start equal share one. */
static void find_same(struct crn *c)
{
    for (int32_t s = 0; s < c->d; s++) {
        c->same[s] = s;
        for (int32_t r = 0; r < s && option(c, MINIMAL) && c->same[s] == s; r++) {
            bool equal = !c->moves[s] && !c->moves[r];
            for (int32_t k = 0; k < c->m->outputs && equal; k++) {
                equal = readout_weight(c, k, s) == readout_weight(c, k, r);
            }
            c->same[s] = equal ? r : s;
        }
    }
}

static bool check_readouts(struct crn *c)
{
    for (int32_t t = c->readouts; t < c->m->n_terms; t++) {
        double w = c->m->coefficient[t];
        if (factors(c, t)[0] < 0 || w != floor(w) || fabs(w) > MAX_READOUT) {
            return fail(c,
                        "weights of read-outs are whole numbers, such as 1 and -1; let a parameter of the "
                        "model scale a state, or "
                        "a state of its own hold what is added",
                        "the read-out of '%s' has a weight that molecules cannot be counted by", c->m->name);
        }
    }
    return true;
}

/* ---- rails ---- */

static struct rails virtual_rails(const struct crn *c, int32_t v)
{
    return (struct rails){{2 * v, c->single[v] ? -1 : 2 * v + 1}};
}

/* Whether one rail of state s can hold what the network makes of it. */
static bool is_kinetic(struct crn *c, int32_t s)
{
    bool good = true;
    for (int direction = 0; direction < 2 && good; direction++) {
        struct polynomial p = {0};
        if (direction == 0 || c->copied[s]) {
            good = flow(c, s, direction ? -1 : 1, c->variable, &p) &&
                   mechanism_is_kinetic(&p, c->variable[s].rail[0]);
        }
        polynomial_free(&p);
    }
    struct polynomial start = {0};
    for (int32_t t = c->starts; t < c->readouts && good && c->learns_start; t++) {
        good = c->m->equation[t] != c->d + s || add_term(c, &start, t, 1, -1, NULL, c->variable);
    }
    polynomial_collect(&start);
    good = good && mechanism_is_kinetic(&start, c->variable[s].rail[0]);
    polynomial_free(&start);
    return good;
}

/* A group of states has one rail where it is assumed not to be negative and none of its members, nor its
 * copy, needs two. */
static void choose_rails(struct crn *c)
{
    int32_t n = CRNL_NEURAL_VARIABLES(c->m) + c->m->outputs;
    for (int32_t v = 0; v < n; v++) {
        c->single[v] = c->m->positive[v];
    }
    for (bool again = true; again;) {
        again = false;
        for (int32_t v = 0; v < n; v++) {
            c->variable[v] = virtual_rails(c, v);
        }
        for (int32_t g = 0, s = 0; s < c->d; s += c->m->group[g++].size) {
            bool single = c->single[s];
            for (int32_t i = s; i < s + c->m->group[g].size; i++) {
                single = single && is_kinetic(c, i);
            }
            for (int32_t i = s; i < s + c->m->group[g].size; i++) {
                again |= c->single[i] != single;
                c->single[i] = single;
            }
        }
    }
}

static const char *text(struct crn *c, const char *name, const char *suffix)
{
    return arena_printf(c->scratch, "%s%s", name, suffix);
}

static species_id add_species(struct crn *c, const char *element, const char *rail)
{
    return net_add_species(c->net, text(c, element, rail), SPECIES_DISCRETE, 0, c->l->span);
}

/* Species and symbols of an array; `shared`: element i is that of shared[i] (NULL: each has its own).
 * Returns the symbol. */
static int32_t add_values(struct crn *c, const char *name, struct shape shape, bool single,
                          const int32_t *shared, struct rails *out)
{
    struct net *net = c->net;
    size_t n = (size_t)shape_size(shape);
    expr_id *e = arena_alloc(c->scratch, 3 * n * sizeof *e);
    for (size_t i = 0; i < n; i++) {
        char element[NAME_ROOM];
        net_element_name(element, sizeof element, name, shape, (int64_t)i);
        if (shared && (size_t)shared[i] != i) {
            out[i] = out[shared[i]];
        } else {
            out[i].rail[0] = add_species(c, element, single ? "" : ".p");
            out[i].rail[1] = single ? -1 : add_species(c, element, ".n");
        }
        e[i] = net_species_expr(net, out[i].rail[0]);
        if (!single) {
            e[n + i] = e[i];
            e[2 * n + i] = net_species_expr(net, out[i].rail[1]);
            e[i] = expr_binary(net->ex, EXPR_SUB, e[n + i], e[2 * n + i]);
        }
    }
    int32_t symbol = net_add_symbol(net, intern_text(net->names, name), single ? SYMBOL_SPECIES : SYMBOL_DUAL,
                                    shape, e, c->l->span);
    if (!single) {
        net_add_symbol(net, intern_text(net->names, text(c, name, ".p")), SYMBOL_SPECIES, shape, e + n,
                       c->l->span);
        net_add_symbol(net, intern_text(net->names, text(c, name, ".n")), SYMBOL_SPECIES, shape, e + 2 * n,
                       c->l->span);
    }
    return symbol;
}

static void record(struct crn *c, const char *what, enum lowered_role role, int32_t symbol)
{
    lowering_add(c->l, c->record, what, role, symbol);
}

static void add_states(struct crn *c)
{
    for (int32_t g = 0, s = 0; s < c->d; s += c->m->group[g++].size) {
        const struct crnl_neural_group *group = &c->m->group[g];
        struct shape shape = lower_group_shape(group);
        int32_t *same = arena_alloc(c->scratch, (size_t)group->size * sizeof *same);
        for (int32_t i = 0; i < group->size; i++) {
            same[i] = c->same[s + i] >= s ? c->same[s + i] - s : i;
        }
        int32_t z = add_values(c, group->name, shape, c->single[s], NULL, c->variable + s);
        record(c, group->name, c->learns_start ? LOWERED_FLUSHED : LOWERED_STATE, z);
        if (c->copied[s]) {
            record(c, text(c, group->name, "_back"), LOWERED_FLUSHED,
                   add_values(c, text(c, group->name, "_back"), shape, c->single[s], NULL, c->back + s));
        }
        record(c, text(c, group->name, "_adjoint"), LOWERED_FLUSHED,
               add_values(c, text(c, group->name, "_adjoint"), shape, false, same, c->adjoint + s));
    }
}

static void add_inputs(struct crn *c)
{
    int32_t g = 0, v = c->d;
    for (int32_t s = 0; s < c->d; s += c->m->group[g++].size) {
    }
    for (; g < c->m->n_groups; v += c->m->group[g++].size) {
        const struct crnl_neural_group *group = &c->m->group[g];
        int32_t x = add_values(c, group->name, lower_group_shape(group), c->single[v], NULL, c->variable + v);
        c->net->symbol.data[x].flags |= SYMBOL_IS_INPUT;
        record(c, group->name, LOWERED_INPUT, x);
    }
    int32_t target = CRNL_NEURAL_VARIABLES(c->m);
    int32_t y = add_values(c, "y", c->m->outputs == 1 ? shape_scalar() : shape_vector(c->m->outputs),
                           c->single[target], NULL, c->variable + target);
    c->net->symbol.data[y].flags |= SYMBOL_IS_INPUT;
    record(c, "y", LOWERED_TARGET, y);
}

/* The value that a rail begins with: of the parameter of the network, which follows the model. */
static expr_id rail_of(struct crn *c, int32_t slot, bool single, bool negative)
{
    struct expr_pool *ex = c->net->ex;
    expr_id v = net_param_expr(c->net, slot);
    return single ? v
                  : expr_binary(ex, EXPR_MAX, negative ? expr_unary(ex, EXPR_NEG, v) : v, expr_real(ex, 0));
}

static void add_parameters(struct crn *c)
{
    struct net *net = c->net;
    int32_t first = c->d + c->m->inputs;
    for (int32_t i = 0; i < c->m->n_arrays; i++) {
        const struct crnl_neural_array *a = &c->m->array[i];
        struct shape s = {(uint8_t)a->rank, {a->dim[0], a->dim[1]}};
        bool single = c->single[first + a->first];
        expr_id *start = arena_alloc(c->scratch, (size_t)a->size * sizeof *start);
        for (int32_t k = 0; k < a->size; k++) {
            start[k] = expr_real(net->ex, c->m->value ? c->m->value[a->first + k] : 0);
        }
        expr_id all = expr_reshape(net->ex, expr_stack(net->ex, (size_t)a->size, start), s);
        int32_t p = net_add_param(net, text(c, a->name, "_start"), s, all, c->l->span),
                slot = net->param.data[p].first;
        net->param.data[p].global = c->l->first_value + a->first;
        record(c, a->name, LOWERED_PARAMETER,
               add_values(c, a->name, s, single, NULL, c->variable + first + a->first));
        record(c, a->name, single ? LOWERED_UPDATE : LOWERED_GRADIENT,
               add_values(c, text(c, a->name, "_gradient"), s, false, NULL, c->gradient + a->first));
        for (int32_t k = 0; k < a->size; k++) {
            const struct rails *r = &c->variable[first + a->first + k];
            net->species.data[r->rail[0]].init = rail_of(c, slot + k, single, false);
            if (!single) {
                net->species.data[r->rail[1]].init = rail_of(c, slot + k, false, true);
            }
        }
    }
}

static void add_readouts(struct crn *c)
{
    struct expr_pool *ex = c->net->ex;
    expr_id *e = arena_alloc(c->scratch, (size_t)c->m->outputs * sizeof *e);
    for (int32_t k = 0; k < c->m->outputs; k++) {
        e[k] = 0;
        for (int32_t s = 0; s < c->d; s++) {
            double w = readout_weight(c, k, s);
            const struct rails *z = &c->variable[s];
            expr_id v = net_species_expr(c->net, z->rail[0]);
            v = z->rail[1] < 0 ? v : expr_binary(ex, EXPR_SUB, v, net_species_expr(c->net, z->rail[1]));
            v = w == 1 ? v : expr_binary(ex, EXPR_MUL, expr_real(ex, w), v);
            e[k] = w == 0 ? e[k] : e[k] ? expr_binary(ex, EXPR_ADD, e[k], v) : v;
        }
        e[k] = e[k] ? e[k] : expr_real(ex, 0);
    }
    int32_t out =
        net_add_symbol(c->net, "readout", SYMBOL_OUTPUT,
                       c->m->outputs == 1 ? shape_scalar() : shape_vector(c->m->outputs), e, c->l->span);
    c->net->symbol.data[out].flags |= SYMBOL_IS_OUTPUT;
    record(c, "readout", LOWERED_OUTPUT, out);
}

/* ---- reactions ---- */

static struct term *copy_terms(struct crn *c, const struct term *t, size_t n, size_t more)
{
    struct term *copy = arena_alloc(c->scratch, (n + more + 1) * sizeof *copy);
    if (n > 0) {
        memcpy(copy, t, n * sizeof *copy);
    }
    return copy;
}

/* Whether all reactants are products too. */
static bool only_makes(const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs)
{
    bool all = n_rhs > n_lhs;
    for (size_t i = 0; i < n_lhs && all; i++) {
        all = rhs[i].species == lhs[i].species && rhs[i].count == lhs[i].count;
    }
    return all;
}

static bool is_like(const struct made *r, const struct made *other)
{
    return r->makes && other->makes && r->k == other->k && r->guard == other->guard &&
           r->n_lhs == other->n_lhs &&
           (r->n_lhs == 0 || memcmp(r->lhs, other->lhs, r->n_lhs * sizeof *r->lhs) == 0);
}

static bool add(void *env, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                expr_id k)
{
    struct crn *c = env;
    if (c->scale) {
        k = expr_binary(c->net->ex, EXPR_MUL, k, c->scale);
    }
    struct made new = {.n_lhs = n_lhs,
                       .n_rhs = n_rhs,
                       .k = k,
                       .guard = c->now,
                       .origin = c->origin,
                       .makes = only_makes(lhs, n_lhs, rhs, n_rhs)};
    new.lhs = copy_terms(c, lhs, n_lhs, 0);
    for (size_t i = c->made.n; new.makes &&n_lhs == 0 && i-- > 0;) {
        struct made *r = &c->made.data[i];
        if (is_like(r, &new)) {
            r->rhs = copy_terms(c, r->rhs, r->n_rhs, n_rhs - n_lhs);
            memcpy(r->rhs + r->n_rhs, rhs + n_lhs, (n_rhs - n_lhs) * sizeof *rhs);
            r->n_rhs += n_rhs - n_lhs;
            return true;
        }
    }
    new.rhs = copy_terms(c, rhs, n_rhs, 0);
    vec_push(&c->made, new);
    return c->made.n <= MAX_REACTIONS || fail(c, "take fewer states, or a polynomial of lower degree",
                                              "'%s' needs more than 2^20 reactions", c->m->name);
}

static void stage(struct crn *c, int phase, const char *origin, const char *of)
{
    c->now = c->guard[phase];
    c->origin = arena_printf(c->scratch, "%s of %s of %s", origin, of, c->m->name);
}

static const char *element(struct crn *c, const struct rails *v)
{
    const char *name = c->net->species.data[v->rail[0]].name;
    return v->rail[1] < 0 ? name : arena_printf(c->scratch, "%.*s", (int)strlen(name) - 2, name);
}

static bool equation(struct crn *c, struct polynomial *p, const struct rails *of)
{
    struct mechanism m = {.ex = c->net->ex, .add = add, .env = c};
    bool good = mechanism_equation(&m, p, of->rail, of->rail[1] >= 0);
    polynomial_free(p);
    return good || !m.refused ||
           fail(c, "leave the assumption out", "the mechanism would make %s negative", element(c, of));
}

static bool one(struct crn *c, species_id from, species_id to, expr_id k)
{
    struct term lhs = {from, 1}, rhs = {to, 1};
    return add(c, &lhs, 1, &rhs, to >= 0, k);
}

static bool annihilate(struct crn *c, const struct rails *v)
{
    struct term both[] = {{v->rail[0], 1}, {v->rail[1], 1}};
    return v->rail[1] < 0 || !option(c, ANNIHILATE) ||
           add(c, both, 2, NULL, 0, expr_real(c->net->ex, c->l->option[ANNIHILATE]));
}

/* N1, and the same before it where z(0) is learned. */
static bool forward(struct crn *c)
{
    bool good = true;
    for (int32_t s = 0; s < c->d && good && c->learns_start; s++) {
        struct polynomial p = {0};
        stage(c, 0, "N1 (start)", element(c, &c->variable[s]));
        for (int32_t t = c->starts; t < c->readouts && good; t++) {
            good = c->m->equation[t] != c->d + s || add_term(c, &p, t, 1, -1, NULL, c->variable);
        }
        polynomial_collect(&p);
        good = good && equation(c, &p, &c->variable[s]);
    }
    for (int32_t s = 0; s < c->d && good; s++) {
        struct polynomial p = {0};
        stage(c, 1, "N1", element(c, &c->variable[s]));
        good = flow(c, s, 1, c->variable, &p) && equation(c, &p, &c->variable[s]) &&
               annihilate(c, &c->variable[s]);
    }
    return good;
}

/* rail `from` of what adds weight[s] to the adjoint of each state s: makes it, and the copy. */
static bool into_adjoints(struct crn *c, species_id from, const double *weight, bool negative,
                          species_id copy)
{
    struct term lhs = {from, 1}, *rhs = arena_alloc(c->scratch, ((size_t)c->d + 2) * sizeof *rhs);
    size_t n = 0;
    if (copy >= 0) {
        rhs[n++] = (struct term){copy, 1};
    }
    for (int32_t s = 0; s < c->d; s++) {
        if (c->same[s] == s && weight[s] != 0) {
            rhs[n++] =
                (struct term){c->adjoint[s].rail[(weight[s] < 0) != negative], (int64_t)fabs(weight[s])};
        }
    }
    return add(c, &lhs, 1, rhs, n, c->fast);
}

/* N2: with the loss (W z - y)^2 / 2 the adjoints begin as W^T (W z - y). */
static bool turn(struct crn *c)
{
    double *weight = arena_alloc(c->scratch, (size_t)c->d * sizeof *weight);
    bool good = true;
    for (int32_t s = 0; s < c->d && good; s++) {
        stage(c, 2, "N2", element(c, &c->variable[s]));
        memset(weight, 0, (size_t)c->d * sizeof *weight);
        for (int32_t k = 0; k < c->m->outputs; k++) {
            for (int32_t i = 0; i < c->d; i++) {
                weight[i] += readout_weight(c, k, i) * readout_weight(c, k, s);
            }
        }
        for (int r = 0; r < 2 && good && c->variable[s].rail[r] >= 0; r++) {
            good = into_adjoints(c, c->variable[s].rail[r], weight, r == 1,
                                 c->copied[s] ? c->back[s].rail[r] : -1);
        }
    }
    for (int32_t k = 0; k < c->m->outputs && good; k++) {
        const struct rails *y = &c->variable[CRNL_NEURAL_VARIABLES(c->m) + k];
        stage(c, 2, "N2", element(c, y));
        for (int32_t i = 0; i < c->d; i++) {
            weight[i] = -readout_weight(c, k, i);
        }
        for (int r = 0; r < 2 && good && y->rail[r] >= 0; r++) {
            good = into_adjoints(c, y->rail[r], weight, r == 1, -1);
        }
    }
    return good;
}

static bool gradient(struct crn *c, int phase, int32_t from, int32_t to, int32_t first,
                     const struct rails *state)
{
    bool good = true;
    for (int32_t p = 0; p < c->m->n_values && good; p++) {
        struct polynomial g = {0};
        int32_t v = c->d + c->m->inputs + p;
        stage(c, phase, "N3", element(c, &c->gradient[p]));
        c->scale = c->single[v] ? c->step : 0;
        good = pull_back(c, from, to, first, v, state, &g) && equation(c, &g, &c->gradient[p]);
        c->scale = 0;
    }
    return good;
}

/* N3 */
static bool backward(struct crn *c)
{
    bool good = true;
    for (int32_t s = 0; s < c->d && good; s++) {
        struct polynomial z = {0}, a = {0};
        if (c->copied[s]) {
            stage(c, 2, "N3", element(c, &c->back[s]));
            good = flow(c, s, -1, c->back, &z) && equation(c, &z, &c->back[s]) && annihilate(c, &c->back[s]);
        }
        if (good && c->moves[s]) {
            stage(c, 2, "N3", element(c, &c->adjoint[s]));
            good = pull_back(c, 0, c->starts, 0, s, c->back, &a) && equation(c, &a, &c->adjoint[s]) &&
                   annihilate(c, &c->adjoint[s]);
        }
    }
    good = good && gradient(c, 2, 0, c->starts, 0, c->back);
    return good && (!c->learns_start || gradient(c, 3, c->starts, c->readouts, c->d, c->back));
}

/* N4 */
static bool update_one(struct crn *c, const struct rails *p, const struct rails *g)
{
    struct expr_pool *ex = c->net->ex;
    expr_id fast = c->fast;
    if (p->rail[1] < 0) {
        struct term both[] = {{g->rail[0], 1}, {p->rail[0], 1}};
        return one(c, g->rail[1], p->rail[0], fast) && add(c, both, 2, NULL, 0, fast);
    }
    expr_id taken = expr_binary(ex, EXPR_MUL, fast, c->step),
            lost = expr_binary(ex, EXPR_MUL, fast, expr_binary(ex, EXPR_SUB, expr_real(ex, 1), c->step));
    return one(c, g->rail[0], p->rail[1], taken) && one(c, g->rail[1], p->rail[0], taken) &&
           one(c, g->rail[0], -1, lost) && one(c, g->rail[1], -1, lost) && annihilate(c, p);
}

static bool update(struct crn *c)
{
    bool good = true;
    c->scale = c->update;
    for (int32_t p = 0; p < c->m->n_values && good; p++) {
        const struct rails *v = &c->variable[c->d + c->m->inputs + p];
        stage(c, c->learns_start ? 0 : 1, "N4", element(c, v));
        good = update_one(c, v, &c->gradient[p]);
    }
    c->scale = 0;
    return good;
}

/* ---- the network ---- */

static expr_id add_number(struct crn *c, const char *name, double value, int32_t *symbol)
{
    struct net *net = c->net;
    int32_t p = net_add_param(net, name, shape_scalar(), expr_real(net->ex, value), c->l->span);
    expr_id e = net_param_expr(net, net->param.data[p].first);
    *symbol = net_add_symbol(net, name, SYMBOL_PARAM, shape_scalar(), &e, c->l->span);
    return e;
}

static void add_clock(struct crn *c)
{
    static const char *const names[] = {"C0", "C1", "C2", "C3"};
    struct teaching *t = &c->record->teaching;
    int32_t unused;
    expr_id T = add_number(c, "T", c->l->option[TIME], &t->duration);
    c->step = add_number(c, "eta", c->l->option[STEP], &t->step);
    c->fast = add_number(c, "k_fast", c->l->option[FAST], &unused);
    c->update = option(c, BATCH) ? add_number(c, "update", 1, &unused) : 0;
    t->is_constant = option(c, APPROXIMATE);
    t->n_forward = c->learns_start ? 2 : 1;
    for (int i = 0; i < 4; i++) {
        bool flow = i == 1 || i == 2;
        if (!flow && !c->learns_start) {
            continue;
        }
        c->guard[i] = net_add_guard(c->net, names[i], t->n_phases == 0);
        struct phase p = {c->guard[i], flow ? T : expr_real(c->net->ex, 1)};
        vec_push(&c->net->clock, p);
        t->n_phases++;
    }
}

static void add_made(struct crn *c)
{
    for (size_t i = 0; i < c->made.n; i++) {
        const struct made *r = &c->made.data[i];
        reaction_id id =
            net_add_reaction(c->net, r->lhs, r->n_lhs, r->rhs, r->n_rhs, RATE_MASS_ACTION, r->k, c->l->span);
        c->net->reaction.data[id].origin = intern_text(c->net->names, r->origin);
        c->net->reaction.data[id].guard = r->guard;
    }
}

static bool check_step(struct crn *c)
{
    for (int32_t p = 0; p < c->m->n_values && c->l->option[STEP] > 1; p++) {
        if (!c->single[c->d + c->m->inputs + p]) {
            return fail(c,
                        "eta = k1/(k1 + k2) of the two reactions of a gradient's rail: let T be longer, or "
                        "the targets larger",
                        "the parameters of '%s' have two rails, and eta is at most 1 then", c->m->name);
        }
    }
    return true;
}

static bool build(struct crn *c)
{
    if (!check_readouts(c)) {
        return false;
    }
    find_needed(c);
    find_same(c);
    choose_rails(c);
    if (!check_step(c)) {
        return false;
    }
    add_clock(c);
    add_inputs(c);
    add_states(c);
    add_parameters(c);
    add_readouts(c);
    if (!(update(c) && forward(c) && turn(c) && backward(c))) {
        return false;
    }
    add_made(c);
    return true;
}

static struct crn begin(const struct lowerer *l, struct lowering *made)
{
    const struct crnl_neural *m = l->m;
    struct crn c = {.l = l,
                    .m = m,
                    .net = net_create(l->name),
                    .scratch = arena_create(),
                    .record = made,
                    .d = m->n_states};
    while (c.starts < m->n_terms && m->equation[c.starts] < c.d) {
        c.starts++;
    }
    for (c.readouts = c.starts; c.readouts < m->n_terms && m->equation[c.readouts] < 2 * c.d; c.readouts++) {
        for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE; i++) {
            c.learns_start |= factors(&c, c.readouts)[i] >= c.d + m->inputs;
        }
    }
    size_t n = (size_t)(CRNL_NEURAL_VARIABLES(m) + m->outputs), d = (size_t)c.d;
    c.variable = arena_alloc(c.scratch, n * sizeof *c.variable);
    c.single = arena_alloc(c.scratch, n * sizeof *c.single);
    c.back = arena_alloc(c.scratch, d * sizeof *c.back);
    c.adjoint = arena_alloc(c.scratch, d * sizeof *c.adjoint);
    c.gradient = arena_alloc(c.scratch, (size_t)m->n_values * sizeof *c.gradient);
    c.copied = arena_alloc(c.scratch, d * sizeof *c.copied);
    c.moves = arena_alloc(c.scratch, d * sizeof *c.moves);
    c.same = arena_alloc(c.scratch, d * sizeof *c.same);
    memset(c.copied, 0, d * sizeof *c.copied);
    memset(c.moves, 0, d * sizeof *c.moves);
    return c;
}

static struct net *lower(const struct lowerer *l, struct lowering *made)
{
    struct crn c = begin(l, made);
    bool good = build(&c);
    vec_free(&c.made);
    arena_destroy(c.scratch);
    if (!good) {
        net_destroy(c.net);
        return NULL;
    }
    return c.net;
}

const struct construction construction_neural_crn = {
    .n_options = N_OPTIONS,
    .option = options,
    .example = "T = 1, eta = 0.05, k_fast = 1000, annihilate = 100, approximate, minimal and batch = true",
    .lower = lower};
