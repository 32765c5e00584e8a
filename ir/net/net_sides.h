/* Comparison and hashes of sides of reactions, for passes and facts that look for equal or reverse
 * reactions. */
#ifndef IR_NET_SIDES_H
#define IR_NET_SIDES_H

#include "ir/net/net.h"

bool side_equal(const struct term *a, uint32_t n_a, const struct term *b, uint32_t n_b);
uint64_t side_hash(uint64_t h, const struct term *side, uint32_t n);

#endif
