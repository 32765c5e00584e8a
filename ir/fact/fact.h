/* What can be proved of a network. Each fact is a function of the network alone, computed when asked; the
 * result owns its memory and is freed by its own *_free. */
#ifndef IR_FACT_H
#define IR_FACT_H

#include "ir/net/net.h"

/* Conservation laws: a basis of the left null space of the stoichiometric matrix in exact integers
 * (fraction-free elimination over non-constant species; int64 with 128-bit intermediates, each row divided
 * by its gcd). sum coefficient * amount is constant. Species that an event changes are in no law. */
struct conservation {
    int32_t n_laws;
    bool overflow;         /* coefficients did not fit: the basis is incomplete */
    VEC(struct term) term; /* count may be negative here */
    VEC(uint32_t) first;   /* law i: term[first[i] .. first[i + 1]] */
};
struct conservation fact_conservation(const struct net *n);
/* The same if it takes at most so many updates of coefficients (some 1e8 a second), else no law, with
 * `overflow`. */
struct conservation fact_conservation_within(const struct net *n, int64_t most_work);
void fact_conservation_free(struct conservation *c);

/* Largest number of reactant molecules, and of product molecules. */
int64_t fact_max_reactants(const struct net *n);
int64_t fact_max_products(const struct net *n);

/* dep[j]: reactions whose propensity may change when j fires (CSR, sorted). Laws depend on the species
 * they read. */
struct dependency {
    int32_t *ptr, *reaction; /* ptr[n + 1] */
};
struct dependency fact_dependency(const struct net *n);
void fact_dependency_free(struct dependency *d);

/* Rate-independence by construction: non-competitive (a species that any reaction consumes is a reactant,
 * also as a catalyst, of no other reaction) and acyclic, without events and clock. On success `order` is a
 * firing order of all reactions; else `why` says which condition fails for which reactions ("A is consumed
 * by r1 and read by r2"), with their spans. */
struct rate_independence {
    bool holds;
    int32_t *order;
    char *why;
    reaction_id first, second; /* offending reactions, -1 none */
};
struct rate_independence fact_rate_independence(const struct net *n);
void fact_rate_independence_free(struct rate_independence *r);

/* Detailed balance (Wegscheider): every reaction has a reverse partner, and log(kf/kb) is orthogonal to the
 * cycles of the reaction vectors, at the default parameters, to 1e-9; no events. A clock that switches
 * pairs as a whole keeps it. `why` names the cycle or the reaction without partner. Reactions of equal
 * sides and guard are one direction of a pair, their constants added. */
struct reversible {
    reaction_id forward, backward; /* the first reaction of each direction */
    double log_ratio;              /* log(kf / kb), where amounts that are held are part of the constants */
};
struct detailed_balance {
    bool holds;
    char *why;
    VEC(struct reversible) pair; /* if it holds: by the first reaction of each */
    /* By species, in units of kT: of each pair, the energies of the products less those of the reactants
     * are -log_ratio. Of all such energies those of least square sum; of species that are held 0. Empty: it
     * does not hold, or they could not be computed. */
    VEC(double) energy;
};
struct detailed_balance fact_detailed_balance(const struct net *n);
void fact_detailed_balance_free(struct detailed_balance *d);

/* Whether the law follows the declared energies when these change: there is detailed balance at the default
 * parameters, and a little way from them along the slopes of the energies, and log(kf/kb) of each pair has
 * changed by what the energies of its reactants have, less those of its products, to 1e-9. NULL: so it is;
 * else why not, for the caller to free. */
char *fact_energies_declared(const struct net *n);

/* The states that can be reached from the initial amounts at the default parameters, up to `most` of them,
 * by the definition of propensities: for small networks. Not complete: `why`; of networks with rate laws,
 * events, a clock, or fractional amounts none. */
struct reachable {
    bool complete;
    const char *why;          /* not owned */
    VEC(species_id) changing; /* those that reactions change */
    int64_t n;
    VEC(int32_t) amount; /* [n][changing], state 0 the initial one, others as they were found */
    VEC(size_t) first;   /* [n + 1] transitions of a state, one for each other state that it leads to */
    VEC(int32_t) to;
    VEC(double) rate; /* the sum of propensities */
};
struct reachable fact_reachable(const struct net *n, int64_t most);
void fact_reachable_free(struct reachable *r);

/* Detailed balance of the Markov chain of these states: there are energies E with R(s -> t) / R(t -> s) =
 * exp(E(s) - E(t)), to 1e-9. A network that is not detailed balanced may have such a chain (fuel pays for
 * it). */
struct chain_balance {
    bool known, holds;
    char *why; /* it does not hold, or is not known */
};
struct chain_balance fact_chain_balance(const struct net *n, const struct reachable *r);
void fact_chain_balance_free(struct chain_balance *c);

/* The finest partition of the changing species such that what can be reached is the product of what each
 * block reaches. If the network is detailed balanced, blocks are independent in its stationary law (paper
 * 000, theorem 2). */
struct product_space {
    bool known; /* or too many states and species */
    int32_t n_blocks;
    VEC(int32_t) block; /* by changing species */
};
struct product_space fact_product_space(const struct reachable *r);
void fact_product_space_free(struct product_space *p);

/* Are all amounts bounded by structure, whatever the rates? YES: every species that may change has a
 * positive weight, and no reaction raises the weighted sum. NO: `firing`, so many times each, raises
 * `raised` and lowers nothing (by Farkas' lemma one of the two exists). A linear program in floating point;
 * its answer is checked in integers. UNKNOWN: too large, no exact witness was found, or events change
 * amounts. */
enum bounded_answer { BOUNDED_YES, BOUNDED_NO, BOUNDED_UNKNOWN };
struct boundedness {
    enum bounded_answer answer;
    VEC(struct term) weight; /* YES: of each species that is not constant */
    VEC(struct term) firing; /* NO: `species` is a reaction */
    VEC(struct term) raised; /* NO: by how much */
    const char *why;         /* UNKNOWN */
};
struct boundedness fact_bounded(const struct net *n);
void fact_bounded_free(struct boundedness *b);

/* An estimate of the spread of time scales: for each reaction and each species that it consumes, the rate
 * at which a molecule is consumed (d propensity / d amount), at the default parameters and initial amounts,
 * where an amount of 0 counts as the mean of the others, or 1. */
struct time_scales {
    double fastest, slowest; /* 1/time; 0 if nothing is consumed */
    reaction_id fast, slow;  /* -1 none */
};
struct time_scales fact_time_scales(const struct net *n);

/* Copies of a network (`replicate`) that are alike: in their order the same kinds of species and the same
 * reactions, with the same rates but for parameters of their own, and around the same species that belong
 * to no copy. Initial amounts may differ. Passes may have changed some copies and not others, which are
 * then in other sets. */
struct replica_set {
    int32_t n_copies, n_species, n_reactions; /* of each copy */
    VEC(species_id) species;                  /* copy c has those from c n_species on */
    VEC(reaction_id) reaction;
};
struct replicas {
    VEC(struct replica_set) set; /* by its first copy */
    VEC(reaction_id) between;    /* reactions in which several copies take part, such as membranes */
};
struct replicas fact_replicas(const struct net *n);
void fact_replicas_free(struct replicas *r);

#endif
