/* Recognises laws that are mass action by taking products apart. */
#ifndef IMPORT_MASS_ACTION_H
#define IMPORT_MASS_ACTION_H

#include "ir/net/net.h"
#include "support/vec.h"

struct term_list {
    struct term *data;
    size_t n, cap;
};

/* If law == k * product of (reactant ^ count) * product of other species, returns k, a formula of parameters.
 * The other species are put into `catalysts`, each once: if they are added to both sides of the reaction, the
 * law is mass action. Else returns 0. Powers of a reactant other than its count, and of a catalyst other than
 * 1, are not mass action: for molecules they mean a^2, not a (a - 1). Laws with quantities that are not
 * amounts are not either. */
expr_id mass_action_constant(struct net *n, expr_id law, const struct term *lhs, size_t n_lhs,
                             struct term_list *catalysts);
/* If law == a - b, c * (a - b) or (a - b) / c, returns true and sets *forward and *backward, both including
 * c. */
bool mass_action_split(struct net *n, expr_id law, expr_id *forward, expr_id *backward);

#endif
