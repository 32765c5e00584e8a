/* Laws that are mass action, found by taking products apart. */
#ifndef IMPORT_MASS_ACTION_H
#define IMPORT_MASS_ACTION_H

#include "ir/net/net.h"
#include "support/vec.h"

struct term_list {
    struct term *data;
    size_t n, cap;
};

/* law == k * product of (reactant ^ count) * product of other species? Then k, over parameters alone, and the
 * other species in `catalysts` (each once; emptied first): on both sides of the reaction they make the law
 * mass action. Else 0. Powers of a reactant other than its count, and of a catalyst other than 1, are no mass
 * action: of molecules they mean a^2, not a (a - 1). Neither are quantities that are no amounts. */
expr_id mass_action_constant(struct net *n, expr_id law, const struct term *lhs, size_t n_lhs,
                             struct term_list *catalysts);
/* law == a - b, or c * (a - b), (a - b) / c? Then *forward and *backward, with c inside. */
bool mass_action_split(struct net *n, expr_id law, expr_id *forward, expr_id *backward);

#endif
