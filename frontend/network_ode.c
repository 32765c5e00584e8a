/* x' = polynomial: the canonical mechanism (Hars, Toth 1981). The right side is expanded into monomials c * m over species;
 * each becomes one reaction with the reactants m:
 *
 *   species X    c > 0: m -> m + X       c < 0: m -> m - X, possible only if X is in m (the kinetic condition)
 *   dual x       x' gets c * m as a decay of a rail that m contains, when the sign allows: of x.p for c < 0, of x.n for
 *                c > 0; else as a production on the rail of that sign. Productions only would let both rails of -x^3 grow
 *                without bound in finite time.
 *
 * Each dual gets x.p + x.n ->{k_annihilate} 0: exact for the difference, and it bounds the rails. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network.h"

enum { MAX_TERMS = 100000, MAX_DEGREE = 32 };
static const double DEFAULT_ANNIHILATION = 100;

struct monomial {
    species_id factor[MAX_DEGREE]; /* sorted, repeated */
    int degree;
    double number;  /* the coefficient is number * symbol */
    expr_id symbol; /* over parameters; 0 = 1 */
};

struct polynomial {
    VEC(struct monomial) term;
};

static int compare_terms(const void *a, const void *b)
{
    const struct monomial *x = a, *y = b;
    if (x->degree != y->degree) {
        return x->degree < y->degree ? -1 : 1;
    }
    int c = memcmp(x->factor, y->factor, (size_t)x->degree * sizeof x->factor[0]);
    return c ? c : (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

/* Equal monomials add up; what cancels goes. */
static void collect_terms(struct polynomial *p)
{
    size_t n = 0;
    if (p->term.n > 1) {
        qsort(p->term.data, p->term.n, sizeof *p->term.data, compare_terms);
    }
    for (size_t i = 0; i < p->term.n; i++) {
        if (n > 0 && compare_terms(&p->term.data[n - 1], &p->term.data[i]) == 0) {
            p->term.data[n - 1].number += p->term.data[i].number;
        } else {
            p->term.data[n++] = p->term.data[i];
        }
        if (p->term.data[n - 1].number == 0) {
            n--;
        }
    }
    p->term.n = n;
}

static void insert_factor(struct monomial *m, species_id s)
{
    int at = m->degree++;
    while (at > 0 && m->factor[at - 1] > s) {
        m->factor[at] = m->factor[at - 1];
        at--;
    }
    m->factor[at] = s;
}

struct expander {
    struct where *w;
    struct span span;
};

static bool too_large(struct expander *x)
{
    return diag_report(x->w->f->diag, DIAG_E0409, x->span,
                       "this right side has more than %d terms or a degree above %d", MAX_TERMS, MAX_DEGREE);
}

static bool multiply(struct expander *x, const struct polynomial *a, const struct polynomial *b,
                     struct polynomial *out)
{
    struct expr_pool *ex = x->w->ex;
    if (a->term.n * b->term.n > MAX_TERMS) {
        return too_large(x);
    }
    for (size_t i = 0; i < a->term.n; i++) {
        for (size_t j = 0; j < b->term.n; j++) {
            struct monomial m = a->term.data[i], n = b->term.data[j];
            if (m.degree + n.degree > MAX_DEGREE) {
                return too_large(x);
            }
            for (int k = 0; k < n.degree; k++) {
                insert_factor(&m, n.factor[k]);
            }
            m.number *= n.number;
            m.symbol = !m.symbol   ? n.symbol
                       : !n.symbol ? m.symbol
                                   : expr_binary(ex, EXPR_MUL, m.symbol, n.symbol);
            vec_push(&out->term, m);
        }
    }
    collect_terms(out);
    return true;
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
    collect_terms(out);
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

static bool reads_amount(const struct expr_pool *p, expr_id e)
{
    return expr_uses(p, e, EXPR_SPECIES, -1) || expr_uses(p, e, EXPR_TIME, -1);
}

static bool expand(struct expander *x, expr_id id, struct polynomial *out)
{
    struct expr_pool *ex = x->w->ex;
    struct expr e = *expr_get(ex, id);
    struct monomial m = {.number = 1};
    int64_t exponent;
    if (!reads_amount(ex, id)) {
        m.symbol = expr_const_real(ex, id, &m.number) ? 0 : id;
        if (m.number != 0) {
            vec_push(&out->term, m);
        }
        return true;
    }
    switch (e.op) {
    case EXPR_SPECIES:
        insert_factor(&m, e.a);
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
    diag_report(x->w->f->diag, DIAG_E0409, x->span, "the right side is not a polynomial of the amounts");
    diag_help(x->w->f->diag, "only +, -, *, whole powers and division by parameters have an exact mechanism; "
                             "a rate law of your own is "
                             "written A =>{ ... } B");
    return false;
}

/* ---- reactions ---- */

static bool contains(const struct monomial *m, species_id s)
{
    for (int i = 0; i < m->degree; i++) {
        if (m->factor[i] == s) {
            return true;
        }
    }
    return false;
}

/* m -> m + change * s at the rate `k`. */
static bool emit(struct where *w, const struct monomial *m, species_id s, int change, expr_id k,
                 struct span span)
{
    struct term lhs[MAX_DEGREE], rhs[MAX_DEGREE + 1];
    size_t n = 0;
    for (int i = 0; i < m->degree; i++) {
        lhs[n] = rhs[n] = (struct term){m->factor[i], 1};
        n++;
    }
    size_t products = n;
    if (change > 0) {
        rhs[products++] = (struct term){s, 1};
    } else {
        size_t at = 0;
        while (rhs[at].species != s) {
            at++;
        }
        rhs[at] = rhs[--products];
    }
    return network_add(w, lhs, n, rhs, products, RATE_MASS_ACTION, k, span, NULL);
}

static const char *term_text(struct where *w, const struct monomial *m)
{
    const struct net *net = w->build->whole->net;
    const char *text = arena_printf(w->f->arena, "%s%g", m->number < 0 ? "-" : "", fabs(m->number));
    for (int i = 0; i < m->degree; i++) {
        text = arena_printf(w->f->arena, "%s*%s", text, net->species.data[m->factor[i]].name);
    }
    return text;
}

/* Sum of the coefficients of equal monomials; want: 1 only those that add, -1 only those that take away (as positive
 * numbers), 0 all. 0 when there is none. */
static expr_id coefficient(struct where *w, const struct monomial *m, size_t n, int want)
{
    struct expr_pool *ex = w->ex;
    expr_id sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (want != 0 && (m[i].number > 0) != (want > 0)) {
            continue;
        }
        double number = want < 0 ? -m[i].number : m[i].number;
        expr_id c = !m[i].symbol  ? expr_real(ex, number)
                    : number == 1 ? m[i].symbol
                                  : expr_binary(ex, EXPR_MUL, expr_real(ex, number), m[i].symbol);
        sum = sum ? expr_binary(ex, EXPR_ADD, sum, c) : c;
    }
    return sum;
}

static bool species_terms(struct where *w, const struct monomial *m, size_t n, species_id s, struct span span)
{
    expr_id gain = coefficient(w, m, n, 1), loss = coefficient(w, m, n, -1);
    if (loss && !contains(m, s)) {
        const struct monomial *bad = m;
        while (bad->number > 0) {
            bad++;
        }
        const char *name = w->build->whole->net->species.data[s].name;
        diag_report(w->f->diag, DIAG_E0408, span,
                    "the term %s would make '%s' negative: it does not contain '%s'", term_text(w, bad), name,
                    name);
        diag_help(w->f->diag, "declare it `dual %s` if it may become negative", name);
        return false;
    }
    return (!gain || emit(w, m, s, 1, gain, span)) && (!loss || emit(w, m, s, -1, loss, span));
}

/* One sign of a dual's term: k >= 0 at run time. */
static bool dual_signed(struct where *w, const struct monomial *m, const species_id rail[2], bool negative,
                        expr_id k, struct span span)
{
    species_id loser = rail[negative ? 0 : 1], gainer = rail[negative ? 1 : 0];
    return contains(m, loser) ? emit(w, m, loser, -1, k, span) : emit(w, m, gainer, 1, k, span);
}

/* The sign of a coefficient with parameters is known only when running: both signs get a reaction, one of which rests. */
static bool dual_terms(struct where *w, const struct monomial *m, size_t n, const species_id rail[2],
                       struct span span)
{
    struct expr_pool *ex = w->ex;
    expr_id c = coefficient(w, m, n, 0), zero = expr_real(ex, 0);
    double known;
    if (expr_const_real(ex, c, &known)) {
        return dual_signed(w, m, rail, known < 0, expr_real(ex, fabs(known)), span);
    }
    expr_id up = expr_binary(ex, EXPR_MAX, c, zero);
    expr_id down = expr_binary(ex, EXPR_MAX, expr_unary(ex, EXPR_NEG, c), zero);
    return dual_signed(w, m, rail, false, up, span) && dual_signed(w, m, rail, true, down, span);
}

static bool annihilate(struct where *w, const species_id rail[2], struct span span)
{
    struct name *given = value_find(w, intern_text(w->f->names, "k_annihilate"));
    expr_id k = given && given->kind == NAME_VALUE ? given->value : expr_real(w->ex, DEFAULT_ANNIHILATION);
    double known;
    if (expr_const_real(w->ex, k, &known) && known == 0) {
        return true;
    }
    struct term lhs[2] = {{rail[0], 1}, {rail[1], 1}};
    return network_add(w, lhs, 2, NULL, 0, RATE_MASS_ACTION, expr_to_real(w->ex, k), span, NULL);
}

static bool same_factors(const struct monomial *a, const struct monomial *b)
{
    return a->degree == b->degree &&
           memcmp(a->factor, b->factor, (size_t)a->degree * sizeof a->factor[0]) == 0;
}

static bool one_equation(struct where *w, expr_id right, const species_id *ids, bool dual, struct span span)
{
    struct expander x = {w, span};
    struct polynomial p = {0};
    bool good = expand(&x, right, &p);
    for (size_t i = 0, n; i < p.term.n && good; i += n) {
        const struct monomial *m = &p.term.data[i];
        n = 1;
        while (i + n < p.term.n && same_factors(m, &p.term.data[i + n])) {
            n++;
        }
        good = dual ? dual_terms(w, m, n, ids, span) : species_terms(w, m, n, ids[0], span);
    }
    vec_free(&p.term);
    return good && (!dual || annihilate(w, ids, span));
}

bool network_ode(struct where *w, const struct ast *a)
{
    struct ref r;
    if (!network_ref(w, ode_left(a), &r)) {
        return false;
    }
    if (!name_kind_may(r.kind, AT_AMOUNT)) {
        return diag_report(w->f->diag, DIAG_E0404, ode_left(a)->span,
                           "a differential equation is of a species or a dual value");
    }
    struct where inner = *w;
    inner.what = "a right side";
    expr_id right = value_real(&inner, ode_right(a));
    struct dim rate = {.kind = DIM_KNOWN, .amount = 1, .time = -1};
    if (!right || !value_fits(w, ode_right(a)->span, right, r.shape, "the left side") ||
        !units_check(w, ode_right(a), rate, "this right side", "a change in time")) {
        return false;
    }
    struct net_whole *whole = w->build->whole;
    bool dual = r.kind == NAME_DUAL, scalar = value_info(w, right).shape.rank == 0;
    while (whole->has_ode.n < whole->net->species.n) {
        vec_push(&whole->has_ode, false);
    }
    for (int64_t i = 0; i < shape_size(r.shape); i++) {
        const species_id *ids = r.ids + i * (dual ? 2 : 1);
        if (whole->has_ode.data[ids[0]]) {
            return diag_report(w->f->diag, DIAG_E0203, ode_left(a)->span,
                               "'%s' has a differential equation already",
                               front_source_text(w->f, ode_left(a)->span));
        }
        whole->has_ode.data[ids[0]] = true;
        expr_id e = scalar ? right : expr_element(w->ex, right, i);
        if (!one_equation(w, e, ids, dual, a->span)) {
            return false;
        }
    }
    return true;
}
