/* Rebuilds a network after a pass has decided what to change: new products, fewer species. Everything that
 * refers to species is renumbered. */
#ifndef IR_REBUILD_H
#define IR_REBUILD_H

#include "ir/net/multiset.h"

/* Takes the term vector out of the network. The reactions keep their ranges in the old vector until each
 * gets new sides. The caller frees the vector. */
term_vec rebuild_take_terms(struct net *n);
/* Removes the reactions j with drop[j]. */
void rebuild_drop_reactions(struct net *n, const bool *drop);
/* Appends a side, which must be sorted, and returns its index in net->term. */
uint32_t rebuild_side(struct net *n, const struct term *side, size_t n_side);

/* Removes the reactions X -> ... of removed species X and gives the others new products. For each of the
 * others, `products` collects the new products of r in `sum`; its old products are rhs[0 .. r->n_rhs].
 * Returns false if one of the calls returned false, which means that an error was reported. */
bool rebuild_products(struct net *n, const bool *remove, struct multiset *sum,
                      bool (*products)(void *env, const struct reaction *r, const struct term *rhs),
                       void *env);

/* Makes `lost` those elements of unobserved symbols that read a species s with lost[s], whose amount is no
 * longer what it was. */
void rebuild_forget(struct net *n, const bool *lost);

/* Removes species, also from the sides of reactions. In expressions, value[s] replaces a removed species s;
 * value may be NULL. If value[s] is 0, an element of a symbol that reads s becomes `lost`, and the caller
 * must ensure that s does not occur in laws and other expressions. Events and fractions must not change
 * removed species. */
void rebuild_remove_species(struct net *n, const bool *remove, const expr_id *value);

#endif
