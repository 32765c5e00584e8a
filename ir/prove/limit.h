/* The limit of a rate-independent network in rational arithmetic: a second method for what the runtime counts
 * in units. */
#ifndef IR_LIMIT_H
#define IR_LIMIT_H

#include "ir/net/net.h"
#include "ir/prove/rational.h"

enum { LIMIT_BITS = 16384 }; /* of one number, numerator and denominator together */

/* The state at t -> infinity of a rate-independent network (ir/fact/fact.h) from amounts x. Reactions fire to
 * completion in order, unless a catalyst is finally absent. False: not rate-independent, or numbers grow past
 * LIMIT_BITS. What x refers to lives in the arena. */
bool limit_rational(const struct net *net, struct arena *a, struct rational *x);
/* The same from doubles to the nearest doubles. */
bool limit_exact(const struct net *net, double *x);

#endif
