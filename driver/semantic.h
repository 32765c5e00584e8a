/* Equality of what networks mean to who reads their outputs. */
#ifndef DRIVER_SEMANTIC_H
#define DRIVER_SEMANTIC_H

#include "ir/net/net.h"
#include "ir/prove/net_match.h"
#include "support/diag.h"

enum meaning { MEANING_REACTIONS, MEANING_LAW, MEANING_ODE, MEANING_LIMIT, MEANING_NONE };

struct semantic_match {
    enum meaning same;      /* the strongest that was shown; NONE: none was */
    struct net *reduced[2]; /* in which the networks are equal, or with NONE reduced by what keeps the law */
    struct net_match match; /* of these */
};

/* Reduces both by certified passes and compares what is left up to names: equality is proof, a difference is
 * not. Errors are those of passes whose claim is not accepted. */
struct semantic_match semantic_compare(const struct net *a, const struct net *b, struct diag *diag);
void semantic_free(struct semantic_match *m);
/* "give outputs the same law over time", for two networks. */
const char *semantic_text(enum meaning m);

#endif
