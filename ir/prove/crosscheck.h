/* A second opinion on what a pass claims (witness.h), by another method than certify.h: numbers, from the interpreter. LIMIT:
 * the exact limits of both networks at random amounts of what is there at first. LAW, ODE: the right sides of both in the
 * coordinates at random states. It finds faults, it proves nothing. */
#ifndef IR_CROSSCHECK_H
#define IR_CROSSCHECK_H

#include "ir/prove/witness.h"

/* NULL: no difference was found. Else which, to be freed. */
char *crosscheck(const struct net *before, const struct net *after, const struct witness *w);

#endif
