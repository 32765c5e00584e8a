#include "ir/pass/removal.h"

#include <stdlib.h>

#include "ir/net/rebuild.h"
#include "support/mem.h"

void removal_apply(struct net *n, struct pass_context *c, const struct removal *x)
{
    bool *drop = mem_zalloc(n->reaction.n + 1, sizeof *drop),
         *remove = mem_zalloc(n->species.n + 1, sizeof *remove);
    for (size_t j = 0; j < n->reaction.n; j++) {
        drop[j] = !x->keep_reaction[j];
        if (drop[j]) {
            pass_done(c, n->reaction.data[j].span, "%s", x->reaction);
        }
    }
    for (size_t s = 0; s < n->species.n; s++) {
        remove[s] = !x->keep_species[s];
        if (remove[s]) {
            pass_done(c, n->species.data[s].span, x->species, n->species.data[s].name);
        }
    }
    if (c->witness) {
        witness_removed(c->witness, n->species.n, remove);
    }
    rebuild_drop_reactions(n, drop);
    rebuild_remove_species(n, remove, x->value);
    free(drop);
    free(remove);
}
