/* Fluxes and dissipation of reactions, as expressions of a network's amounts: the rate of a reaction as a
 * run computes it, the reverse of a reaction, and the entropy that a reaction and its reverse produce. */
#ifndef IR_NET_FLUX_H
#define IR_NET_FLUX_H

#include "ir/net/net.h"

/* How a run changes amounts. If species are counted in molecules, a rate is a propensity with falling
 * factorials, and a firing changes the state at once; otherwise the rate is k times powers of amounts.
 * Amounts are in the units that users see, and rates in amounts per time. */
struct net_moves {
    bool molecules;  /* discrete species are whole numbers of molecules */
    bool bulk_flows; /* even so, reactions that change only bulk species follow rate equations */
    double grain;    /* one molecule, in units of amount */
};

/* For each reaction the reaction that reverses it, or -1 if there is none; a reaction that changes nothing
 * is its own reverse. Two reactions that were declared together (`<->`, `<=>`) are paired first; the
 * remaining reactions with matching sides are paired in order. When a reaction changes discrete species, its
 * bulk species are ignored in the comparison, because a firing does not change them. The caller frees the
 * array. */
reaction_id *net_reverses(const struct net *n);

/* Whether r + 1 is the other direction of r, so that both come from one reversible reaction. It then has
 * the same place and a label such as `up_reverse` or, in SBML, `up.reverse`. */
bool net_goes_both_ways(const struct net *n, reaction_id r);

/* The rate of reaction r as the run computes it: a real scalar over SPECIES, PARAM, TIME. */
expr_id net_rate_moving(struct net *n, reaction_id r, const struct net_moves *m);

/* The entropy per time that a reaction and its reverse give to the surroundings, in kT per amount. If the
 * reaction follows its rate equation, the entropy is (a - b) log(a / b), where a and b are the rates of the
 * two (Rao, Esposito 2016; paper 001 eq. 22). If molecules are counted, each firing contributes log(a(x) /
 * b(x')), where b(x') is the propensity of the reverse in the state x' after the firing (Schmiedl, Seifert
 * 2007); the mean over a stationary state is the total entropy production. The value is infinite where the
 * reverse cannot happen. */
expr_id net_pair_dissipation(struct net *n, reaction_id r, reaction_id reverse, const struct net_moves *m);

/* How often per time `value` changes, where `value` is a real scalar over SPECIES: the sum of the
 * propensities of those reactions that lead from the current state to one where `value` differs. */
expr_id net_switching_rate(struct net *n, expr_id value, const struct net_moves *m);

/* The largest number of molecules of a species in a reaction for which a propensity is written out as an
 * expression. */
enum { NET_FLUX_MOST_FACTORS = 1000 };

#endif
