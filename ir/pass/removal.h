/* What passes share that remove species and reactions which nothing left depends on. */
#ifndef IR_REMOVAL_H
#define IR_REMOVAL_H

#include "ir/pass/pass.h"

struct removal {
    const bool *keep_species, *keep_reaction; /* by number */
    const expr_id *value; /* by species: what stands for it where it was read; NULL: nothing reads it */
    const char *reaction, *species; /* remarks; that of species is a format with %s for the name */
};
/* Takes out what is not kept, remarks it, and hands over the witness: the species that are left stand for
 * themselves. */
void removal_apply(struct net *n, struct pass_context *c, const struct removal *x);

#endif
