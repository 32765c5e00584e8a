/* CRN bisimulation (Johnson, Dong, Winfree: Verifying chemical reaction network implementations: a
 * bisimulation approach, Theor. Comput. Sci. 765, 2019). An interpretation maps each species of an
 * implementation to a multiset of formal species, so that three conditions hold:
 *   atomic      each formal species is the interpretation of some species;
 *   delimiting  the interpretation of each reaction of the implementation is a formal reaction, or is
 *               trivial: both sides are equal;
 *   permissive  for each formal reaction, and each state of the implementation whose interpretation
 *               contains the reactants, trivial reactions lead to a state where a reaction with that
 *               interpretation can fire.
 * Then both have the same runs; nothing is said about rates. For the last condition it suffices to look at
 * minimal states. Constant species are left out of both networks. */
#ifndef IR_BISIMULATION_H
#define IR_BISIMULATION_H

#include "ir/prove/witness.h"

enum bisimulation_answer {
    BISIMULATION_HOLDS,
    BISIMULATION_FAILS,
    BISIMULATION_UNDECIDED /* the limit of work was reached, or there are laws, phases or events */
};

struct bisimulation {
    enum bisimulation_answer answer;
    char *why; /* NULL if it holds; the caller frees it */
};

/* Checks an interpretation: `map` has a row for each species of `made`, over the species of `formal`.
 * Initial amounts, at the default parameters, must agree too. `limit` bounds the work, in units of about 10
 * ns; 0: a default of about a second. */
struct bisimulation bisimulation_check(const struct net *formal, const struct net *made,
                                       const struct linear_map *map, int64_t limit);
/* Looks for an interpretation in which species of the same name are interpretations of each other, and
 * writes it to `map`. FAILS: none was found. */
struct bisimulation bisimulation_find(const struct net *formal, const struct net *made,
                                      struct linear_map *map, int64_t limit);
void linear_map_free(struct linear_map *m);

#endif
