/* x' = polynomial: the right side is expanded into monomials over species, of which the canonical mechanism
 * (ir/net/mechanism.h) makes reactions.
 *
 * Each dual gets x.p + x.n ->{k_annihilate} 0: exact for the difference, and it bounds the rails. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"
#include "frontend/network/network_ode.h"
#include "ir/net/mechanism.h"

enum { MAX_TERMS = POLYNOMIAL_MAX_TERMS, MAX_DEGREE = MONOMIAL_MAX_DEGREE, MAX_SIGN_NODES = 10000 };
static const double DEFAULT_ANNIHILATION = 100;

struct expander {
    struct where *w;
    struct span span;
    const char *help; /* the place of the first part that is no polynomial */
};

static const char of_networks[] =
    "only +, -, *, whole powers and division by parameters have an exact mechanism; a rate law "
    "of your own is written A =>{ ... } B; in it, a `dual A` is read as A.p - A.n";

static bool too_large(struct expander *x)
{
    return diag_report(x->w->f->diag, DIAG_E0409, x->span,
                       "this right side has more than %d terms or a degree above %d", MAX_TERMS, MAX_DEGREE);
}

static bool multiply(struct expander *x, const struct polynomial *a, const struct polynomial *b,
                     struct polynomial *out)
{
    return polynomial_multiply(x->w->ex, a, b, out) || too_large(x);
}

static bool expand(struct expander *x, expr_id e, struct polynomial *out);

static bool expand_two(struct expander *x, const struct expr *e, struct polynomial *a, struct polynomial *b)
{
    expr_id left = e->args[0], right = e->args[1];
    return expand(x, left, a) && expand(x, right, b);
}

static bool expand_sum(struct expander *x, const struct expr *e, double sign, struct polynomial *out)
{
    struct polynomial b = {0};
    bool good = expand_two(x, e, out, &b);
    for (size_t i = 0; i < b.term.n; i++) {
        b.term.data[i].number *= sign;
        vec_push(&out->term, b.term.data[i]);
    }
    vec_free(&b.term);
    polynomial_collect(out);
    return good && (out->term.n <= MAX_TERMS || too_large(x));
}

static bool expand_product(struct expander *x, const struct expr *e, struct polynomial *out)
{
    struct polynomial a = {0}, b = {0};
    bool good = expand_two(x, e, &a, &b) && multiply(x, &a, &b, out);
    vec_free(&a.term);
    vec_free(&b.term);
    return good;
}

static bool expand_power(struct expander *x, expr_id base, int64_t exponent, struct polynomial *out)
{
    struct polynomial b = {0}, power = {0};
    struct monomial one = {.number = 1};
    vec_push(&power.term, one);
    bool good = exponent <= MAX_DEGREE ? expand(x, base, &b) : too_large(x);
    for (int64_t i = 0; i < exponent && good; i++) {
        struct polynomial next = {0};
        good = multiply(x, &power, &b, &next);
        vec_free(&power.term);
        power = next;
    }
    vec_free(&b.term);
    *out = power;
    return good;
}

/* adds up sum(z) of an array */
static bool expand_elements(struct expander *x, expr_id array, struct polynomial *out)
{
    int64_t n = shape_size(expr_get(x->w->ex, array)->shape);
    bool good = n <= MAX_TERMS || too_large(x);
    for (int64_t i = 0; i < n && good; i++) {
        struct polynomial one = {0};
        good = expand(x, expr_element(x->w->ex, array, i), &one);
        for (size_t k = 0; k < one.term.n; k++) {
            vec_push(&out->term, one.term.data[k]);
        }
        polynomial_free(&one);
    }
    polynomial_collect(out);
    return good && (out->term.n <= MAX_TERMS || too_large(x));
}

static bool reads_amount(const struct expr_pool *p, expr_id e)
{
    return expr_uses(p, e, EXPR_SPECIES, -1) || expr_uses(p, e, EXPR_TIME, -1);
}

/* Takes the sign that is written in a coefficient out of it: -k, -2*k, -k/2, (-k)*c, -a - b. What is left is
 * positive if the parameters are. A sign left in the symbol would make a gain with a negative rate of `x' =
 * -k*x`, which is a loss. A part that *budget does not reach is left as it is: parts may be shared, and there
 * may be exponentially many ways to them. */
static expr_id without_sign(struct expr_pool *ex, expr_id id, double *sign, int *budget)
{
    struct expr e = *expr_get(ex, id);
    double number, left = 1, right = 1;
    if (expr_const_real(ex, id, &number)) {
        *sign *= number < 0 ? -1 : 1;
        return number < 0 ? expr_real(ex, -number) : id;
    }
    if (--*budget < 0) {
        return id;
    }
    switch (e.op) {
    case EXPR_NEG: *sign *= -1; return without_sign(ex, e.args[0], sign, budget);
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_ADD:
    case EXPR_SUB: break;
    default: return id;
    }
    expr_id a = without_sign(ex, e.args[0], &left, budget);
    expr_id b = without_sign(ex, e.args[1], &right, budget);
    if (left == 1 && right == 1) {
        return id;
    }
    if (e.op == EXPR_MUL || e.op == EXPR_DIV) {
        *sign *= left * right;
        return expr_binary(ex, e.op, a, b);
    }
    bool all = left < 0 && (right < 0) == (e.op == EXPR_ADD);
    *sign *= all ? -1 : 1;
    return all ? expr_binary(ex, EXPR_ADD, a, b) : id;
}

static bool expand(struct expander *x, expr_id id, struct polynomial *out)
{
    struct expr_pool *ex = x->w->ex;
    struct expr e = *expr_get(ex, id);
    struct monomial m = {.number = 1};
    int64_t exponent;
    if (!reads_amount(ex, id)) {
        int budget = MAX_SIGN_NODES;
        m.symbol = expr_const_real(ex, id, &m.number) ? 0 : without_sign(ex, id, &m.number, &budget);
        if (m.number != 0) {
            vec_push(&out->term, m);
        }
        return true;
    }
    switch (e.op) {
    case EXPR_SPECIES:
        monomial_insert(&m, e.a);
        vec_push(&out->term, m);
        return true;
    case EXPR_NEG:
        if (!expand(x, e.args[0], out)) {
            return false;
        }
        for (size_t i = 0; i < out->term.n; i++) {
            out->term.data[i].number *= -1;
        }
        return true;
    case EXPR_ADD: return expand_sum(x, &e, 1, out);
    case EXPR_SUB: return expand_sum(x, &e, -1, out);
    case EXPR_MUL: return expand_product(x, &e, out);
    case EXPR_SUM: return expand_elements(x, e.args[0], out);
    case EXPR_DIV:
        if (!reads_amount(ex, e.args[1])) {
            expr_id inverse = expr_binary(ex, EXPR_DIV, expr_real(ex, 1), e.args[1]);
            return expand(x, expr_binary(ex, EXPR_MUL, e.args[0], inverse), out);
        }
        break;
    case EXPR_POW:
        if (expr_const_int(ex, e.args[1], &exponent) && exponent >= 0) {
            return expand_power(x, e.args[0], exponent, out);
        }
        break;
    default: break;
    }
    diag_report(x->w->f->diag, DIAG_E0409, x->span, "the right side is not a polynomial of the amounts: %s",
                net_expr_text(x->w->build->whole->net, id, x->w->f->arena));
    diag_help(x->w->f->diag, "%s", x->help);
    return false;
}

bool network_expand(struct where *w, struct span span, expr_id e, const char *help, struct polynomial *out)
{
    struct expander x = {w, span, help};
    return expand(&x, e, out);
}

/* ---- reactions ---- */

static const char *term_text(struct where *w, const struct monomial *m)
{
    struct expr_pool *ex = w->ex;
    expr_id e = m->symbol;
    if (!e || fabs(m->number) != 1) {
        expr_id number = m->degree > 0 && fabs(m->number) == 1 ? 0 : expr_real(ex, fabs(m->number));
        e = e && number ? expr_binary(ex, EXPR_MUL, number, e) : number;
    }
    for (int i = 0; i < m->degree; i++) {
        expr_id factor = net_species_expr(w->build->whole->net, m->factor[i]);
        e = e ? expr_binary(ex, EXPR_MUL, e, factor) : factor;
    }
    e = m->number < 0 ? expr_unary(ex, EXPR_NEG, e) : e;
    return net_expr_text(w->build->whole->net, e, w->f->arena);
}

static bool add(void *env, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                expr_id k)
{
    const struct expander *x = env;
    return network_add(x->w, lhs, n_lhs, rhs, n_rhs, RATE_MASS_ACTION, k, x->span, NULL);
}

static void not_kinetic(struct where *w, const struct monomial *bad, species_id s, struct span span)
{
    const char *name = w->build->whole->net->species.data[s].name;
    diag_report(w->f->diag, DIAG_E0408, span,
                "the term %s would make '%s' negative: it does not contain '%s'", term_text(w, bad), name,
                name);
    diag_help(w->f->diag, "declare it `dual %s` if it may become negative", name);
}

static bool annihilate(struct where *w, const struct ast *a, const species_id rail[2])
{
    struct ast name = {.kind = AST_NAME,
                       .span = a->span,
                       .name = intern_text(w->f->names, "k_annihilate"),
                       .v.bound = a->v.bound};
    struct name *given = value_named(w, &name);
    expr_id k = given && given->kind == NAME_VALUE ? given->value : expr_real(w->ex, DEFAULT_ANNIHILATION);
    double known;
    if (expr_const_real(w->ex, k, &known) && known == 0) {
        return true;
    }
    struct term lhs[2] = {{rail[0], 1}, {rail[1], 1}};
    return network_add(w, lhs, 2, NULL, 0, RATE_MASS_ACTION, expr_to_real(w->ex, k), a->span, NULL);
}

static bool one_equation(struct where *w, expr_id right, const species_id *ids, bool dual,
                         const struct ast *a)
{
    struct expander x = {w, a->span, of_networks};
    struct mechanism m = {.ex = w->ex, .add = add, .env = &x};
    struct polynomial p = {0};
    bool good = expand(&x, right, &p) && mechanism_equation(&m, &p, ids, dual);
    if (m.refused) {
        not_kinetic(w, m.refused, ids[0], a->span);
    }
    polynomial_free(&p);
    return good && (!dual || annihilate(w, a, ids));
}

bool network_no_equation(struct where *w, struct span at, enum name_kind kind)
{
    name_misplaced(w, at, front_source_text(w->f, at), kind, AT_AMOUNT);
    if (kind != NAME_REFUSED) {
        diag_help(w->f->diag, "a differential equation is of a species or a dual value");
    }
    return false;
}

bool network_equation_twice(struct front *f, const struct ast *a, const struct ast *first, const char *text)
{
    diag_report(f->diag, DIAG_E0203, ode_left(a)->span, "'%s' has a differential equation already", text);
    diag_note(f->diag, first->span, "here");
    const char *left = front_source_text(f, ode_left(a)->span),
               *right = front_source_text(f, ode_right(a)->span);
    if (first != a && ast_same(ode_left(a), ode_left(first))) {
        bool minus = right[0] == '-';
        diag_help(f->diag, "one equation holds all terms: write `%s' = %s %c %s;`", left,
                  front_source_text(f, ode_right(first)->span), minus ? '-' : '+',
                  right + minus + strspn(right + minus, " "));
    }
    return false;
}

bool network_ode(struct where *w, const struct ast *a)
{
    struct ref r;
    if (!network_ref(w, ode_left(a), &r)) {
        return false;
    }
    if (!name_kind_may(r.kind, AT_AMOUNT)) {
        return network_no_equation(w, ode_left(a)->span, r.kind);
    }
    struct where inner = *w;
    inner.purpose = FOR_RIGHT_SIDE;
    expr_id right = value_real(&inner, ode_right(a));
    struct dim rate = {.kind = DIM_KNOWN, .amount = 1, .time = -1};
    if (!right || !value_fits(w, ode_right(a)->span, right, r.shape, "the left side") ||
        !units_check(w, ode_right(a), rate, "this right side", "a change in time")) {
        return false;
    }
    struct net_whole *whole = w->build->whole;
    bool dual = r.kind == NAME_DUAL, scalar = value_info(w, right).shape.rank == 0;
    while (whole->equation.n < whole->net->species.n) {
        vec_push(&whole->equation, NULL);
    }
    for (int64_t i = 0; i < shape_size(r.shape); i++) {
        const species_id *ids = r.ids + i * (dual ? 2 : 1);
        if (whole->equation.data[ids[0]]) {
            return network_equation_twice(w->f, a, whole->equation.data[ids[0]],
                                          front_source_text(w->f, ode_left(a)->span));
        }
        whole->equation.data[ids[0]] = a;
        expr_id e = scalar ? right : expr_element(w->ex, right, i);
        if (!one_equation(w, e, ids, dual, a)) {
            return false;
        }
    }
    return true;
}
