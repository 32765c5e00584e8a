/* Putting a network together again after a pass has decided: other products, fewer species. Everything that
 * refers to species is renumbered. */
#ifndef IR_REBUILD_H
#define IR_REBUILD_H

#include "ir/net/multiset.h"

/* Takes the terms out of the network; reactions refer to them until each gets its sides back. */
term_vec rebuild_take_terms(struct net *n);
/* Drops the reactions that are marked. */
void rebuild_drop_reactions(struct net *n, const bool *drop);
/* Appends a side; it must be sorted. Returns its place. */
uint32_t rebuild_side(struct net *n, const struct term *side, size_t n_side);

/* Drops the reactions X -> ... of removed species X and gives the others new products: those that `products`
 * collects in `sum` for reaction r, whose old ones are rhs[r->n_rhs]. False: one of the calls reported an
 * error. */
bool rebuild_products(struct net *n, const bool *remove, struct multiset *sum,
                      bool (*products)(void *env, const struct reaction *r, const struct term *rhs),
                       void *env);

/* Elements of symbols that nobody observes become `lost` where they read a species that is lost: its amount
 * is no longer what it was. */
void rebuild_forget(struct net *n, const bool *lost);

/* Removes species, also from sides. In expressions a removed species becomes its `value` (0: it has none, so
 * that a symbol's element with it becomes `lost`; where it must not occur, laws and so on, that is the
 * caller's to see to). value NULL: none has. Events and fractions must not change removed species. */
void rebuild_remove_species(struct net *n, const bool *remove, const expr_id *value);

#endif
