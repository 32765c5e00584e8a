/* The canonical mechanism (Hars, Toth 1981) turns an equation x' = polynomial into reactions: one reaction
 * for each term c * m, whose reactants are the factors of the monomial m.
 *
 *   species X    c > 0: m -> m + X
 *                c < 0: m -> m - X, possible only if m contains X (the kinetic condition)
 *   dual x       the term becomes a decay of a rail if m contains the rail that must shrink: x.p for c < 0,
 *                x.n for c > 0. Otherwise the term becomes a production of the rail that must grow. With
 *                productions alone, both rails of x' = -x^3 would grow without bound in finite time. */
#ifndef IR_MECHANISM_H
#define IR_MECHANISM_H

#include "ir/net/polynomial.h"

struct mechanism {
    struct expr_pool *ex;
    /* Called for each mass action reaction, with its rate constant k; returning false ends the equation. */
    bool (*add)(void *env, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                expr_id k);
    void *env;
    const struct monomial *refused; /* the term that violates the kinetic condition; NULL: none */
};

/* Makes the reactions of x' = p and passes each to m->add. The terms of p must be collected
 * (polynomial_collect). x is the species rail[0] or, if `dual`, the difference rail[0] - rail[1]. The sign
 * of a coefficient with parameters is known only at run time, so a dual gets one reaction for each sign.
 * Returns false if a term violates the kinetic condition or m->add returned false. */
bool mechanism_equation(struct mechanism *m, const struct polynomial *p, const species_id *rail, bool dual);
/* Whether x' = p satisfies the kinetic condition for the species x. */
bool mechanism_is_kinetic(const struct polynomial *p, species_id x);

#endif
