/* A second check of the claim of a pass (witness.h) by a method other than that of certify.h: with numbers,
 * from the interpreter. LIMIT: compares the limits of both networks at random initial amounts, exactly, or
 * within 1e-9 of the largest amount if amounts depend on parameters. LAW, ODE: compares the right sides in
 * the coordinates at random states, within 1e-9 of the largest rate. The check finds errors but proves
 * nothing. */
#ifndef IR_CROSSCHECK_H
#define IR_CROSSCHECK_H

#include "ir/prove/witness.h"

/* Whether a state was found at which both networks can be compared and agree. *why, which must be NULL
 * before, is set to the difference if there is one; the caller frees it. */
bool crosscheck(const struct net *before, const struct net *after, const struct witness *w, char **why);

#endif
