/* Checks what a pass claims (witness.h), for all inputs, parameters and times at once, in time linear in
 * the size of both networks but for products of lumped species. It contains no code of passes: only the
 * data structures and the facts are shared.
 *
 * LAW, ODE: parameters, kinds, events, clock and initial amounts agree in the coordinates, and so do, as
 * formal sums of rate constants, the total propensities of each change of the coordinates (LAW) or the
 * right side of each coordinate (ODE), as polynomials in the species before. Falling factorials of sums
 * expand like powers, so one expansion serves counts and concentrations. ODE: species may be equal, if
 * they start alike and their right sides are the same polynomial where equal ones are. ODE: species after
 * may be products of species before, of which the same is proved: they start as such, and their right
 * sides are those of the products where they stand for them. LIMIT: both networks are rate-independent;
 * under the maps each reaction of one is a reaction of the other or changes nothing; what changes nothing
 * empties the species that the maps replace. So every run of one is a run of the other, and both end in
 * the same place. STEPS: under the map each reaction after is one of those before or changes nothing, and
 * each of those before is one of those after; species are only added, those that stand for others are not
 * there at first. All: whatever is observed has the same value, as an expression of the coordinates
 * (STEPS: of the same species). There may be new parameters. */
#ifndef IR_CERTIFY_H
#define IR_CERTIFY_H

#include "ir/prove/witness.h"

/* NULL: the claim holds. Else why it was not accepted, to be freed. */
char *certify(const struct net *before, const struct net *after, const struct witness *w);

#endif
