/* CRN bisimulation (Johnson, Dong, Winfree: Verifying chemical reaction network implementations: a
 * bisimulation approach, Theor. Comput. Sci. 765, 2019): an interpretation takes each species of an
 * implementation to a multiset of formal species, so that
 *   atomic      each formal species has a species that stands for it alone;
 *   delimiting  each reaction of the implementation stands for a formal reaction, or is trivial: it changes
 *               nothing;
 *   permissive  in each state of the implementation that stands for at least the reactants of a formal
 *               reaction, trivial reactions lead to a state in which a reaction that stands for it can fire.
 * Then both have the same runs; how fast is not said. It is enough to look at the minimal states of the last
 * condition. Species that are held are left out of both. */
#ifndef IR_BISIMULATION_H
#define IR_BISIMULATION_H

#include "ir/prove/witness.h"

enum bisimulation_answer {
    BISIMULATION_HOLDS,
    BISIMULATION_FAILS,
    BISIMULATION_UNDECIDED /* past the limit of work, or with laws, phases or events */
};

struct bisimulation {
    enum bisimulation_answer answer;
    char *why; /* NULL when it holds; to be freed */
};

/* map: rows by species of `made`, over those of `formal`. Initial amounts, at default parameters, must agree
 * too. `limit` bounds the work, about 10 ns each; 0: a default of about a second. */
struct bisimulation bisimulation_check(const struct net *formal, const struct net *made,
                                       const struct linear_map *map, int64_t limit);
/* Looks for an interpretation, in which species of one name stand for each other; it is written to `map` when
 * one holds. FAILS: none was found. */
struct bisimulation bisimulation_find(const struct net *formal, const struct net *made,
                                      struct linear_map *map, int64_t limit);
void linear_map_free(struct linear_map *m);

#endif
