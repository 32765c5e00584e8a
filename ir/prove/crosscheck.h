/* A second opinion on what a pass claims (witness.h), by another method than certify.h: numbers, from the
 * interpreter. LIMIT: the limits of both networks at random amounts of what is there at first, exactly, or
 * within 1e-9 of the largest amount where amounts depend on parameters. LAW, ODE: the right sides of both in
 * the coordinates at random states, within 1e-9 of the largest rate. It finds faults, it proves nothing. */
#ifndef IR_CROSSCHECK_H
#define IR_CROSSCHECK_H

#include "ir/prove/witness.h"

/* Whether a state was found at which both could be compared and agree. *why, NULL before: a difference, to be
 * freed. */
bool crosscheck(const struct net *before, const struct net *after, const struct witness *w, char **why);

#endif
