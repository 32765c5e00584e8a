/* Exact sums of initial amounts, for passes that merge or split species. species.init holds the sum rounded
 * to the nearest double, and species.rest holds the rounding error as a constant vector. A limit, in which
 * amounts much larger than their differences cancel, therefore starts from exactly the amounts of the
 * network before the pass. A sum that contains parameters is left as an expression and is rounded as doubles
 * are. */
#ifndef IR_AMOUNT_H
#define IR_AMOUNT_H

#include "ir/net/net.h"

/* Adds `count` times the initial amount of `from` to the initial amount of `to`. */
void net_add_amount(struct net *n, species_id to, int64_t count, species_id from);
/* Replaces the initial amount of x by max(x - y, 0), and that of y by max(y - x, 0). */
void net_cancel_amounts(struct net *n, species_id x, species_id y);
/* Writes to `part` the doubles whose exact sum is the initial amount of s, and returns their number; `part`
 * needs room for NET_AMOUNT_PARTS. Returns 0 if the amount is 0 or is not a constant. */
enum { NET_AMOUNT_PARTS = 40 };
size_t net_amount_parts(const struct net *n, species_id s, double *part);

#endif
