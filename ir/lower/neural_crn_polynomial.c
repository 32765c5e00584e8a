/* Construction neural_crn: right sides and their derivatives as polynomials in the rails of their
 * variables. */
#include "ir/lower/neural_crn.h"

/* Multiplies a polynomial by p - n, or by p if there is a single rail. */
static bool times(struct neural_crn *c, struct polynomial *p, struct rails v)
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

bool neural_crn_add_term(struct neural_crn *c, struct polynomial *sum, int32_t t, double sign, int without,
                         const struct rails *of, const struct rails *variable)
{
    struct polynomial p = {0};
    struct monomial one = {.number = sign * c->m->coefficient[t]};
    const int32_t *f = neural_crn_factors(c, t);
    vec_push(&p.term, one);
    bool good = !of || times(c, &p, *of);
    for (int i = 0; good && i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
        good = i == without || times(c, &p, variable[f[i]]);
    }
    for (size_t i = 0; i < p.term.n; i++) {
        vec_push(&sum->term, p.term.data[i]);
    }
    polynomial_free(&p);
    return good || neural_crn_fail(c, "take fewer factors, or assume some of them not to be negative",
                                   "the right sides of '%s' have too many terms", c->m->name);
}

bool neural_crn_flow(struct neural_crn *c, int32_t s, double sign, const struct rails *variable,
                     struct polynomial *out)
{
    bool good = true;
    for (int32_t t = 0; t < c->starts && good; t++) {
        good = c->m->equation[t] != s || neural_crn_add_term(c, out, t, sign, -1, NULL, variable);
    }
    polynomial_collect(out);
    return good;
}

bool neural_crn_pull_back(struct neural_crn *c, int32_t from, int32_t to, int32_t first, int32_t by,
                          const struct rails *variable, struct polynomial *out)
{
    bool good = true;
    for (int32_t t = from; t < to && good; t++) {
        const int32_t *f = neural_crn_factors(c, t);
        for (int i = 0; good && i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
            good =
                f[i] != by || neural_crn_add_term(c, out, t, 1, i,
                                                  &c->adjoint[c->same[c->m->equation[t] - first]], variable);
        }
    }
    polynomial_collect(out);
    return good;
}
