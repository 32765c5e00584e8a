/* What reactions carry and what they dissipate, as expressions of a network's amounts: rates as a run has
 * them, the reverse of each reaction, and the entropy that a reaction and its reverse produce. */
#ifndef IR_NET_FLUX_H
#define IR_NET_FLUX_H

#include "ir/net/net.h"

/* How a run moves amounts. Where species are molecules a rate is a propensity, with falling factorials, and
 * a firing changes the state at once; elsewhere it is k times powers of amounts. Amounts are those that users
 * see, rates are in amounts per time. */
struct net_moves {
    bool molecules;  /* discrete species are whole molecules */
    bool bulk_flows; /* all the same reactions that change bulk alone follow rate equations */
    double grain;    /* one molecule, in units of amount */
};

/* By reaction the one that undoes it, -1: there is none; what changes nothing undoes itself. Those that were
 * declared together (`<->`, `<=>`) belong together; others of equal sides are paired in their order. Sides of
 * reactions that change discrete species are compared without bulk, which firings leave alone. The caller
 * frees it. */
reaction_id *net_reverses(const struct net *n);

/* The rate as the run has it: a real scalar over SPECIES, PARAM, TIME. */
expr_id net_rate_moving(struct net *n, reaction_id r, const struct net_moves *m);

/* Entropy per time that a reaction and its reverse give to what surrounds the network, in kT per amount. Of
 * rate equations it is (a - b) log(a / b) with the two rates a, b (Rao, Esposito 2016; paper 001 eq. 22); of
 * molecules each firing gives log(a(x) / b(x')), the reverse's propensity in the state x' that it leads to
 * (Schmiedl, Seifert 2007). Its mean in a stationary state is the whole production. Infinite where the
 * reverse cannot happen. */
expr_id net_pair_dissipation(struct net *n, reaction_id r, reaction_id reverse, const struct net_moves *m);

/* How often per time reactions change a value of whole amounts: the sum of the propensities of those that
 * lead from a state to one where `value`, a real scalar over SPECIES, is another. */
expr_id net_switching_rate(struct net *n, expr_id value, const struct net_moves *m);

/* Factors of a propensity that expressions are made of at most. */
enum { NET_FLUX_MOST_FACTORS = 1000 };

#endif
