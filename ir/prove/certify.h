/* Checks the claim of a pass (witness.h) for all inputs, parameters and times at once, in time linear in the
 * size of both networks, except for products of lumped species. The checker shares no code with passes, only
 * data structures and facts.
 *
 * LAW, ODE: parameters, kinds, events, clock and initial amounts agree in the coordinates. The total
 * propensities of each change of the coordinates (LAW), or the right side of each coordinate (ODE), agree as
 * formal sums of rate constants, that is, as polynomials in the species before the pass. Falling factorials
 * of sums expand as powers do, so the same expansion serves counts and concentrations. For ODE, species may
 * be claimed equal if they start with equal amounts and if their right sides are the same polynomial when
 * equal species have equal amounts. For ODE, species after the pass may be products of species before it;
 * the same is proved for them: they start as the products, and their right sides are those of the products
 * when they have the values of the products.
 *
 * LIMIT: both networks are rate-independent. Under the maps, each reaction of one network is a reaction of
 * the other or changes nothing, and reactions that change nothing empty the species that the maps replace.
 * So every run of one network is a run of the other, and both end in the same state.
 *
 * STEPS: under the map, each reaction after the pass is a reaction before it or changes nothing, and each
 * reaction before it is one after it. Species are only added, and those that stand for others have the
 * initial amount 0.
 *
 * In all cases what is observed has the same value, as an expression of the coordinates (STEPS: of the same
 * species). New parameters are allowed. */
#ifndef IR_CERTIFY_H
#define IR_CERTIFY_H

#include "ir/prove/witness.h"

/* Returns NULL if the claim holds, otherwise why it was not accepted, which the caller frees. */
char *certify(const struct net *before, const struct net *after, const struct witness *w);

#endif
