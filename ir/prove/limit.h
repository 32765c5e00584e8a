/* The limit of a rate-independent network in rational arithmetic: a method independent of that of the
 * runtime, which counts in units. */
#ifndef IR_LIMIT_H
#define IR_LIMIT_H

#include "ir/net/net.h"
#include "ir/prove/rational.h"

enum { LIMIT_BITS = 16384 }; /* bits of the numerator and denominator of a number together */

/* The state at t -> infinity of a rate-independent network (ir/fact/fact.h), starting from amounts x.
 * Reactions fire to completion in order, except those of which a catalyst is absent in the end. Returns
 * false if the network is not rate-independent, or if a number exceeds LIMIT_BITS. The numbers in x live in
 * the arena. */
bool limit_rational(const struct net *net, struct arena *a, struct rational *x);
/* The same from doubles, rounded to the nearest doubles. */
bool limit_exact(const struct net *net, double *x);

#endif
