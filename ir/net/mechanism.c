#include "ir/net/mechanism.h"

#include <math.h>

/* Makes the reaction m -> m + change * s with the rate constant k. */
static bool emit(struct mechanism *c, const struct monomial *m, species_id s, int change, expr_id k)
{
    struct term lhs[MONOMIAL_MAX_DEGREE], rhs[MONOMIAL_MAX_DEGREE + 1];
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
    return c->add(c->env, lhs, n, rhs, products, k);
}

/* The sum of the coefficients of n equal monomials. want = 1: only the positive ones; want = -1: only the
 * negative ones, with their sign changed; want = 0: all of them. Returns 0 when there are none. */
static expr_id coefficient(struct expr_pool *ex, const struct monomial *m, size_t n, int want)
{
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

static bool species_terms(struct mechanism *c, const struct monomial *m, size_t n, species_id s)
{
    expr_id gain = coefficient(c->ex, m, n, 1), loss = coefficient(c->ex, m, n, -1);
    if (loss && !monomial_has(m, s)) {
        c->refused = m;
        while (c->refused->number > 0) {
            c->refused++;
        }
        return false;
    }
    return (!gain || emit(c, m, s, 1, gain)) && (!loss || emit(c, m, s, -1, loss));
}

/* The reaction for a term of a dual whose coefficient has the sign `negative`; k >= 0 at run time. */
static bool dual_signed(struct mechanism *c, const struct monomial *m, const species_id *rail, bool negative,
                        expr_id k)
{
    species_id loser = rail[negative ? 0 : 1], gainer = rail[negative ? 1 : 0];
    return monomial_has(m, loser) ? emit(c, m, loser, -1, k) : emit(c, m, gainer, 1, k);
}

/* The sign of a coefficient with parameters is known only at run time: the term gets one reaction for each
 * sign, and one of the two always has rate 0. */
static bool dual_terms(struct mechanism *c, const struct monomial *m, size_t n, const species_id *rail)
{
    struct expr_pool *ex = c->ex;
    expr_id k = coefficient(ex, m, n, 0), zero = expr_real(ex, 0);
    double known;
    if (expr_const_real(ex, k, &known)) {
        return dual_signed(c, m, rail, known < 0, expr_real(ex, fabs(known)));
    }
    expr_id up = expr_binary(ex, EXPR_MAX, k, zero);
    expr_id down = expr_binary(ex, EXPR_MAX, expr_unary(ex, EXPR_NEG, k), zero);
    return dual_signed(c, m, rail, false, up) && dual_signed(c, m, rail, true, down);
}

bool mechanism_equation(struct mechanism *c, const struct polynomial *p, const species_id *rail, bool dual)
{
    bool good = true;
    for (size_t i = 0, n; i < p->term.n && good; i += n) {
        const struct monomial *m = &p->term.data[i];
        n = 1;
        while (i + n < p->term.n && monomial_same_factors(m, &p->term.data[i + n])) {
            n++;
        }
        good = dual ? dual_terms(c, m, n, rail) : species_terms(c, m, n, rail[0]);
    }
    return good;
}

bool mechanism_is_kinetic(const struct polynomial *p, species_id x)
{
    for (size_t i = 0; i < p->term.n; i++) {
        if (p->term.data[i].number < 0 && !monomial_has(&p->term.data[i], x)) {
            return false;
        }
    }
    return true;
}
