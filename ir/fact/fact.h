/* Facts: what can be proved about a network. A fact depends on the network alone and is computed on demand.
 * The result owns its memory, which its *_free function releases. */
#ifndef IR_FACT_H
#define IR_FACT_H

#include "ir/net/net.h"

/* Conservation laws: a basis of the left null space of the stoichiometric matrix, in exact integers
 * (fraction-free elimination over the species that are not constant; int64 with 128-bit intermediates, each
 * row divided by its gcd). For each law, the sum of coefficient * amount is constant. A species that an
 * event changes is in no law. */
struct conservation {
    int32_t n_laws;
    bool overflow;         /* a coefficient did not fit: the basis is incomplete */
    VEC(struct term) term; /* count is the coefficient, which may be negative */
    VEC(uint32_t) first;   /* law i: term[first[i] .. first[i + 1]] */
};
struct conservation fact_conservation(const struct net *n);
/* The same, but gives up after `most_work` updates of coefficients (about 1e8 per second); the result then
 * has no law, and `overflow` is set. */
struct conservation fact_conservation_within(const struct net *n, int64_t most_work);
void fact_conservation_free(struct conservation *c);

/* The largest number of molecules on the left side of a reaction, and on the right side. */
int64_t fact_max_reactants(const struct net *n);
int64_t fact_max_products(const struct net *n);

/* The reactions whose propensity may change when reaction j fires: reaction[ptr[j] .. ptr[j + 1]],
 * ascending. The propensity of a law depends on the species that the law reads. */
struct dependency {
    int32_t *ptr, *reaction; /* ptr[n + 1] */
};
struct dependency fact_dependency(const struct net *n);
void fact_dependency_free(struct dependency *d);

/* Rate-independence by construction. The network must be non-competitive (a species that a reaction consumes
 * is not a reactant, not even a catalyst, of any other reaction) and acyclic, and have neither events nor a
 * clock. If so, `order` is a firing order of all reactions. Otherwise `why` says which condition fails for
 * which reactions ("A is consumed by r1 and read by r2"). */
struct rate_independence {
    bool holds;
    int32_t *order;
    char *why;
    reaction_id first, second; /* the reactions that violate the condition; -1: none */
};
struct rate_independence fact_rate_independence(const struct net *n);
void fact_rate_independence_free(struct rate_independence *r);

/* Detailed balance (Wegscheider), at the default parameters: every reaction has a reverse, and log(kf/kb) is
 * orthogonal to the cycles of the reaction vectors, within 1e-9. The network may not have events; a clock
 * may switch only whole pairs. `why` names the cycle, or the reaction without reverse. Reactions with equal
 * sides and guard form one direction of a pair, and their constants are added. */
struct reversible {
    reaction_id forward, backward; /* the first reaction of each direction */
    double log_ratio;              /* log(kf / kb); the constants include amounts of constant species */
};
struct detailed_balance {
    bool holds;
    char *why;
    VEC(struct reversible) pair; /* the pairs, if detailed balance holds, ordered by their first reaction */
    /* Energies by species, in kT: for each pair, the energies of the products minus those of the reactants
     * are -log_ratio. Of all such energies these have the least sum of squares; constant species have 0. The
     * vector is empty if detailed balance does not hold or if the energies could not be computed. */
    VEC(double) energy;
};
struct detailed_balance fact_detailed_balance(const struct net *n);
void fact_detailed_balance_free(struct detailed_balance *d);

/* Whether rates follow the declared energies when parameters change. The conditions are: detailed balance
 * holds at the default parameters and also at a nearby point, reached along the gradients of the
 * energies, and between the two points log(kf/kb) of each pair changes by the change of the energies of
 * its reactants minus that of its products, within 1e-9. Returns NULL if so, otherwise the reason, which
 * the caller frees. */
char *fact_energies_declared(const struct net *n);

/* The states that can be reached from the initial amounts at the default parameters, at most `most` of them,
 * with propensities computed from their definition; for small networks. If not all states were found,
 * `complete` is false and `why` gives the reason. A network with rate laws, events, a clock or fractional
 * amounts has no states. */
struct reachable {
    bool complete;
    const char *why;          /* a static text */
    VEC(species_id) changing; /* the species that reactions change */
    int64_t n;
    VEC(int32_t) amount; /* [n][changing]: amounts of the states, the initial one first */
    VEC(size_t) first;   /* [n + 1]: state s has the transitions first[s] .. first[s + 1] */
    VEC(int32_t) to;
    VEC(double) rate; /* by transition: the sum of the propensities that lead to that state */
};
struct reachable fact_reachable(const struct net *n, int64_t most);
void fact_reachable_free(struct reachable *r);

/* Detailed balance of the Markov chain of these states: there are energies E with R(s -> t) / R(t -> s) =
 * exp(E(s) - E(t)), within 1e-9. This may hold although the network is not detailed balanced (when fuel
 * drives it). */
struct chain_balance {
    bool known, holds;
    char *why; /* why it does not hold or is not known */
};
struct chain_balance fact_chain_balance(const struct net *n, const struct reachable *r);
void fact_chain_balance_free(struct chain_balance *c);

/* The finest partition of the changing species such that the set of reachable states is the product of the
 * sets that each block reaches. If the network is detailed balanced, the blocks are independent in its
 * stationary law (paper 000, theorem 2). */
struct product_space {
    bool known; /* false: there are too many states and species */
    int32_t n_blocks;
    VEC(int32_t) block; /* by changing species: its block */
};
struct product_space fact_product_space(const struct reachable *r);
void fact_product_space_free(struct product_space *p);

/* Whether all amounts are bounded by the structure of the network, whatever the rates are. YES: every
 * species that may change has a positive weight such that no reaction raises the weighted sum. NO: firing
 * each reaction as often as `firing` says raises the species in `raised` and lowers none. By Farkas' lemma
 * one of the two exists. The answer comes from a linear program in floating point and is checked in
 * integers. UNKNOWN: the network is too large, no exact witness was found, or events change amounts. */
enum bounded_answer { BOUNDED_YES, BOUNDED_NO, BOUNDED_UNKNOWN };
struct boundedness {
    enum bounded_answer answer;
    VEC(struct term) weight; /* YES: the weight of each species that is not constant */
    VEC(struct term) firing; /* NO: how often each reaction fires; member `species` holds the reaction */
    VEC(struct term) raised; /* NO: the species that are raised, and by how much */
    const char *why;         /* UNKNOWN: the reason */
};
struct boundedness fact_bounded(const struct net *n);
void fact_bounded_free(struct boundedness *b);

/* An estimate of the range of time scales: for each reaction and each species that it consumes, the rate at
 * which a molecule is consumed (d propensity / d amount), at the default parameters and initial amounts. An
 * initial amount of 0 is replaced by the mean of the positive ones, or by 1. */
struct time_scales {
    double fastest, slowest; /* 1/time; 0 if nothing is consumed */
    reaction_id fast, slow;  /* the reactions with these rates; -1: none */
};
struct time_scales fact_time_scales(const struct net *n);

/* Sets of equal copies of a network (`replicate`). The copies of a set have, in order, the same kinds of
 * species and the same reactions; the rates are equal except for each copy's own parameters; and reactions
 * involve the same species outside of the copies. Initial amounts may differ. If passes have changed some
 * copies and not others, these are in different sets. */
struct replica_set {
    int32_t n_copies, n_species, n_reactions; /* n_species and n_reactions are those of each copy */
    VEC(species_id) species;                  /* the species of copy c start at index c * n_species */
    VEC(reaction_id) reaction;
};
struct replicas {
    VEC(struct replica_set) set; /* ordered by their first copies */
    VEC(reaction_id) between;    /* reactions that involve several copies, such as those of membranes */
};
struct replicas fact_replicas(const struct net *n);
void fact_replicas_free(struct replicas *r);

#endif
