/* Initial amounts that passes add up. A species has the nearest double (species.init), and what that
 * leaves out as a constant vector (species.rest), so that a limit, where amounts much larger than their
 * differences cancel, starts from what the network before had. Sums with parameters in them are left as
 * expressions, and their rounding is that of doubles. */
#ifndef IR_AMOUNT_H
#define IR_AMOUNT_H

#include "ir/net/net.h"

/* What `to` has at first gets count times more than `from` has. */
void net_add_amount(struct net *n, species_id to, int64_t count, species_id from);
/* x has max(x - y, 0), y has max(y - x, 0). */
void net_cancel_amounts(struct net *n, species_id x, species_id y);
/* The parts whose exact sum an initial amount is; how many, with room for NET_AMOUNT_PARTS. 0: it is 0, or
 * no constant. */
enum { NET_AMOUNT_PARTS = 40 };
size_t net_amount_parts(const struct net *n, species_id s, double *part);

#endif
