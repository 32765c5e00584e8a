/* Finds amounts of imported networks that may become negative: SBML does not bound them, and there a law or
 * an event that takes what is not there is not a mistake. */
#ifndef IMPORT_UNBOUNDED_H
#define IMPORT_UNBOUNDED_H

#include "ir/net/net.h"

/* Marks amounts as SPECIES_UNBOUNDED if a law, with the amount set to 0, may still decrease it, judged by the
 * signs of its parts, or if an event may make it negative. Parameters without a known value count as
 * positive. */
void import_unbounded(struct net *n);

#endif
