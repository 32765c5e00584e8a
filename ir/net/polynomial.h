/* Polynomials in amounts: sums of terms, each of which is a coefficient times a product of amounts. A
 * polynomial owns its terms; polynomial_free frees them. */
#ifndef IR_POLYNOMIAL_H
#define IR_POLYNOMIAL_H

#include "ir/net/net.h"

enum { POLYNOMIAL_MAX_TERMS = 100000, MONOMIAL_MAX_DEGREE = 32 };

struct monomial {
    species_id factor[MONOMIAL_MAX_DEGREE]; /* sorted; a factor of power p occurs p times */
    int degree;
    double number;  /* the coefficient is number * symbol */
    expr_id symbol; /* over parameters; 0: the factor 1 */
};

struct polynomial {
    VEC(struct monomial) term;
};

/* Adds the factor s; the degree must be below MONOMIAL_MAX_DEGREE. */
void monomial_insert(struct monomial *m, species_id s);
bool monomial_has(const struct monomial *m, species_id s);
bool monomial_same_factors(const struct monomial *a, const struct monomial *b);
/* Sorts the terms and adds up equal ones; terms that cancel vanish. Afterwards terms with equal factors are
 * adjacent. */
void polynomial_collect(struct polynomial *p);
/* Multiplies a by b into *out, which must be empty; products of symbols are built in the pool. Returns false
 * if the result exceeds POLYNOMIAL_MAX_TERMS or MONOMIAL_MAX_DEGREE. */
bool polynomial_multiply(struct expr_pool *ex, const struct polynomial *a, const struct polynomial *b,
                         struct polynomial *out);
void polynomial_free(struct polynomial *p);

#endif
