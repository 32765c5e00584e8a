#include "import/unbounded.h"

#include <stdlib.h>

#include "support/mem.h"
#include "support/vec.h"

enum { NEGATIVE = 1, ZERO = 2, POSITIVE = 4, ANY = NEGATIVE | ZERO | POSITIVE, KNOWN = 8 };

struct signs {
    const struct net *net;
    species_id none;     /* the species whose amount is taken as 0; -1: none */
    VEC(uint8_t) of;     /* by expr_id: its possible signs, once KNOWN */
    VEC(expr_id) looked; /* expressions whose entries must be forgotten */
    VEC(expr_id) stack;
};

static int sign_of_number(double v)
{
    return v > 0 ? POSITIVE : v < 0 ? NEGATIVE : v == 0 ? ZERO : ANY;
}

static int negated(int a)
{
    return (a & ZERO) | (a & NEGATIVE ? POSITIVE : 0) | (a & POSITIVE ? NEGATIVE : 0);
}

static int added(int a, int b)
{
    bool opposite = (a & NEGATIVE && b & POSITIVE) || (a & POSITIVE && b & NEGATIVE);
    int zero = a & b & ZERO, rest = (a | b) & (NEGATIVE | POSITIVE);
    return opposite ? ANY : zero | rest;
}

static int multiplied(int a, int b)
{
    int zero = (a | b) & ZERO;
    int same = (a & POSITIVE && b & POSITIVE) || (a & NEGATIVE && b & NEGATIVE) ? POSITIVE : 0;
    int opposite = (a & POSITIVE && b & NEGATIVE) || (a & NEGATIVE && b & POSITIVE) ? NEGATIVE : 0;
    return zero | same | opposite;
}

/* The sign of a parameter without `with`; positive if it is not a number. */
static int sign_of_param(const struct net *n, int32_t slot)
{
    for (size_t i = 0; i < n->param.n; i++) {
        const struct net_param *p = &n->param.data[i];
        double v;
        if (slot >= p->first && slot < p->first + (int32_t)shape_size(p->shape)) {
            return p->init && expr_const_real(n->ex, p->init, &v) ? sign_of_number(v) : POSITIVE;
        }
    }
    return POSITIVE;
}

static int sign_of_leaf(const struct signs *s, const struct expr *e, expr_id id)
{
    double v;
    switch (e->op) {
    case EXPR_CONST: return expr_const_real(s->net->ex, id, &v) ? sign_of_number(v) : ANY;
    case EXPR_PARAM: return sign_of_param(s->net, e->a);
    case EXPR_SPECIES:
        return e->a == s->none                                     ? ZERO
               : s->net->species.data[e->a].flags & SPECIES_SIGNED ? ANY
                                                                   : ZERO | POSITIVE;
    case EXPR_TIME: return ZERO | POSITIVE;
    default: return ANY;
    }
}

/* The possible signs of an operator's value, given those of the operands. */
static int sign_of_operator(const struct expr *e, int a, int b, int c)
{
    switch (e->op) {
    case EXPR_TO_REAL:
    case EXPR_ATAN:
    case EXPR_TANH: return a;
    case EXPR_NEG: return negated(a);
    case EXPR_ABS: return a & NEGATIVE ? (a & ZERO) | POSITIVE : a;
    case EXPR_FACTORIAL:
    case EXPR_EXP: return POSITIVE;
    case EXPR_SQRT: return a & ~NEGATIVE;
    case EXPR_FLOOR:
    case EXPR_FLOOR_REAL: return a & POSITIVE ? a | ZERO : a;
    case EXPR_ADD: return added(a, b);
    case EXPR_SUB: return added(a, negated(b));
    case EXPR_MUL: return multiplied(a, b);
    case EXPR_DIV: return multiplied(a, b & ZERO ? (b & ~ZERO) | POSITIVE : b);
    case EXPR_MOD: return b | ZERO;
    case EXPR_POW: return a & NEGATIVE ? ANY : a & ZERO && b & (NEGATIVE | ZERO) ? a | POSITIVE : a;
    case EXPR_MIN:
    case EXPR_MAX: return a | b;
    case EXPR_SELECT: return b | c;
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT: return ZERO | POSITIVE;
    default: return ANY;
    }
}

static uint8_t *entry(struct signs *s, expr_id id)
{
    while (s->of.n <= id) {
        vec_push(&s->of, 0);
    }
    return &s->of.data[id];
}

static int sign_of(struct signs *s, expr_id root);

/* A delayed amount may be positive even if the species has amount 0 now. */
static int sign_of_past(const struct signs *s, const struct expr *e)
{
    struct signs then = {.net = s->net, .none = -1};
    int sign = sign_of(&then, e->args[0]) | sign_of(&then, e->args[2]);
    vec_free(&then.of);
    vec_free(&then.looked);
    vec_free(&then.stack);
    return sign;
}

/* The possible signs of an expression if species `none` has amount 0. */
static int sign_of(struct signs *s, expr_id root)
{
    vec_push(&s->stack, root);
    while (s->stack.n) {
        expr_id id = vec_last(&s->stack);
        const struct expr *e = expr_get(s->net->ex, id);
        bool ready = true;
        for (uint32_t k = 0; k < e->n_args && !*entry(s, id); k++) {
            if (!*entry(s, e->args[k])) {
                vec_push(&s->stack, e->args[k]);
                ready = false;
            }
        }
        if (!ready) {
            continue;
        }
        s->stack.n--;
        if (!*entry(s, id)) {
            int arg[3] = {0};
            for (uint32_t k = 0; k < e->n_args && k < 3; k++) {
                arg[k] = *entry(s, e->args[k]) & ANY;
            }
            int sign = e->op == EXPR_DELAY ? sign_of_past(s, e)
                       : e->n_args == 0    ? sign_of_leaf(s, e, id)
                                           : sign_of_operator(e, arg[0], arg[1], arg[2]);
            *entry(s, id) = (uint8_t)(sign | KNOWN);
            vec_push(&s->looked, id);
        }
    }
    int sign = *entry(s, root) & ANY;
    for (size_t i = 0; i < s->looked.n; i++) {
        s->of.data[s->looked.data[i]] = 0;
    }
    s->looked.n = 0;
    return sign;
}

static void free_if(struct net *n, species_id s, bool may_be_negative)
{
    struct species *x = &n->species.data[s];
    if (may_be_negative && x->kind != SPECIES_CONSTANT && !(x->flags & SPECIES_SIGNED)) {
        x->flags |= SPECIES_UNBOUNDED;
    }
}

/* Finds, for each amount that a law changes, how the law may change it when it is 0. */
static void look_at_law(struct signs *s, struct net *n, const struct reaction *r)
{
    struct term *change = mem_zalloc(r->n_lhs + r->n_rhs + 1, sizeof *change);
    size_t n_changes = net_whole_change(n, r, change);
    expr_id rate = net_rate_expr(n, r);
    for (size_t i = 0; i < n_changes; i++) {
        s->none = change[i].species;
        free_if(n, s->none, sign_of(s, rate) & (change[i].count < 0 ? POSITIVE : NEGATIVE));
    }
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &n->fraction.data[r->fraction + i];
        s->none = f->species;
        free_if(n, s->none, multiplied(sign_of(s, rate), sign_of(s, f->count)) & NEGATIVE);
    }
    free(change);
}

void import_unbounded(struct net *n)
{
    struct signs s = {.net = n};
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction r = n->reaction.data[j];
        /* Mass action cannot take whole molecules of a species that it does not need as a reactant. */
        if (r.rate_kind == RATE_LAW || r.n_fractions > 0) {
            look_at_law(&s, n, &r);
        }
    }
    s.none = -1;
    for (size_t i = 0; i < n->species.n; i++) {
        expr_id init = n->species.data[i].init;
        free_if(n, (species_id)i, init && sign_of(&s, init) & NEGATIVE && !(sign_of(&s, init) & POSITIVE));
    }
    for (size_t i = 0; i < n->change.n; i++) {
        free_if(n, n->change.data[i].species, sign_of(&s, n->change.data[i].value) & NEGATIVE);
    }
    vec_free(&s.of);
    vec_free(&s.looked);
    vec_free(&s.stack);
}
