/* The canonical mechanism (Hars, Toth 1981): x' = polynomial becomes one reaction for each term c * m, with
 * the reactants m:
 *
 *   species X    c > 0: m -> m + X       c < 0: m -> m - X, possible only if X is in m (the kinetic
 *   condition)
 *   dual x       x' gets c * m as a decay of a rail that m contains, when the sign allows: of x.p for c < 0,
 *   of x.n for
 *                c > 0; else as a production on the rail of that sign. Productions only would let both rails
 *                of -x^3 grow
 *                without bound in finite time. */
#ifndef IR_MECHANISM_H
#define IR_MECHANISM_H

#include "ir/net/polynomial.h"

struct mechanism {
    struct expr_pool *ex;
    /* Takes a reaction of mass action with the rate constant k; false ends the equation. */
    bool (*add)(void *env, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                expr_id k);
    void *env;
    const struct monomial *refused; /* the term that breaks the kinetic condition; NULL: none does */
};

/* The reactions of x' = p, whose terms are collected, where x is the species rail[0], or (dual) rail[0] -
 * rail[1]. A coefficient with parameters has a sign only when the program runs: then a dual gets a reaction
 * for each sign. */
bool mechanism_equation(struct mechanism *m, const struct polynomial *p, const species_id *rail, bool dual);
/* Whether x' = p satisfies the kinetic condition for the species x. */
bool mechanism_is_kinetic(const struct polynomial *p, species_id x);

#endif
