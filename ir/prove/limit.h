/* The limit of a rate-independent network in rational arithmetic. */
#ifndef IR_LIMIT_H
#define IR_LIMIT_H

#include "ir/net/net.h"

/* The state at t -> infinity of a rate-independent network (ir/fact/fact.h) from amounts x, in rational
 * arithmetic: x must be exact binary fractions, as doubles are. Reactions fire to completion in order,
 * unless a catalyst is finally absent. Fills x with the nearest doubles. False: not rate-independent, or
 * the numbers grow past 128 bits. */
bool limit_exact(const struct net *net, double *x);

#endif
