/* How much a network makes at least, before it is elaborated: what is too much is refused at once, not after
 * ten million reactions. Only what is plain to see is counted: ranges of known length, without `where`,
 * outside of `if`. */
#ifndef FRONTEND_EXPANSION_H
#define FRONTEND_EXPANSION_H

#include "frontend/front.h"

/* Before a loop of a network that stands in no other, and before an instance. False: reported (E0602,
 * E0603). */
bool expansion_fits_loop(struct where *w, const struct ast *loop);
bool expansion_fits_instance(struct front *f, struct name *network, struct span at);

#endif
