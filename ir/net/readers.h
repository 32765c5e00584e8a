/* For each species the reactions whose rate reads it (as a reactant, as a catalyst or in a rate law), or the
 * reactions that change it. */
#ifndef IR_READERS_H
#define IR_READERS_H

#include "ir/net/net.h"

struct readers {
    int32_t *ptr, *reaction; /* of species s: reaction[ptr[s] .. ptr[s + 1]], ascending, each once */
};
struct readers readers_of(const struct net *n);
struct readers changers_of(const struct net *n);
void readers_free(struct readers *x);

#endif
