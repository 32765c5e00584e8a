/* Shared code of passes that remove species and reactions on which nothing that is left depends. */
#ifndef IR_REMOVAL_H
#define IR_REMOVAL_H

#include "ir/pass/pass.h"

struct removal {
    const bool *keep_species, *keep_reaction; /* by index: whether it is kept */
    const expr_id *value; /* by species: its value in expressions that read it; NULL: nothing reads removed
                             species */
    const char *reaction, *species; /* texts of remarks; that of species is a format with %s for the name */
};
/* Removes what is not kept, makes remarks, and fills the witness: each species that is left stands for
 * itself. */
void removal_apply(struct net *n, struct pass_context *c, const struct removal *x);

#endif
