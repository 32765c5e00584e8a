/* Which amounts a network of others may take below 0: SBML bounds none, and a law that takes what is not
 * there, or an event, is no mistake there. */
#ifndef IMPORT_UNBOUNDED_H
#define IMPORT_UNBOUNDED_H

#include "ir/net/net.h"

/* Marks them SPECIES_UNBOUNDED: where a law, with 0 in place of an amount that it changes, may still take of
 * it, by the signs of its parts; and where an event may make it negative. Parameters without a known value
 * count as positive. */
void import_unbounded(struct net *n);

#endif
