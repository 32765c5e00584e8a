/* Finds, before a network is elaborated, how much it makes at least, so that a network that is too large is
 * refused at once and not after ten million reactions. Only loops over ranges of known length count, without
 * `where` and outside of `if`. */
#ifndef FRONTEND_EXPANSION_H
#define FRONTEND_EXPANSION_H

#include "frontend/front.h"

/* Called before an outermost loop of a network, and before an instance. Both report (E0602, E0603) and return
 * false if it makes too much. */
bool expansion_fits_loop(struct where *w, const struct ast *loop);
bool expansion_fits_instance(struct front *f, struct name *network, struct span at);

#endif
