/* Polynomials of amounts: sums of terms, each a coefficient times a product of amounts. A polynomial owns
 * its terms: free it. */
#ifndef IR_POLYNOMIAL_H
#define IR_POLYNOMIAL_H

#include "ir/net/net.h"

enum { POLYNOMIAL_MAX_TERMS = 100000, MONOMIAL_MAX_DEGREE = 32 };

struct monomial {
    species_id factor[MONOMIAL_MAX_DEGREE]; /* sorted, repeated */
    int degree;
    double number;  /* the coefficient is number * symbol */
    expr_id symbol; /* over parameters; 0 = 1 */
};

struct polynomial {
    VEC(struct monomial) term;
};

/* One factor more; the degree must be below the limit. */
void monomial_insert(struct monomial *m, species_id s);
bool monomial_has(const struct monomial *m, species_id s);
bool monomial_same_factors(const struct monomial *a, const struct monomial *b);
/* Equal terms add up, those that cancel go; terms with equal factors stand together. */
void polynomial_collect(struct polynomial *p);
/* a times b into *out, which is empty; symbols are multiplied in the pool. False: more terms, or a higher
 * degree, than the limits. */
bool polynomial_multiply(struct expr_pool *ex, const struct polynomial *a, const struct polynomial *b,
                         struct polynomial *out);
void polynomial_free(struct polynomial *p);

#endif
