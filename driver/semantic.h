/* Equality of networks by what they mean to a reader of their outputs. */
#ifndef DRIVER_SEMANTIC_H
#define DRIVER_SEMANTIC_H

#include "ir/net/net.h"
#include "ir/prove/net_match.h"
#include "support/diag.h"

enum meaning { MEANING_REACTIONS, MEANING_LAW, MEANING_ODE, MEANING_LIMIT, MEANING_NONE };

struct semantic_match {
    enum meaning same; /* the strongest equality that was shown; NONE: none was */
    /* the networks after the passes that showed it; for NONE, after passes that keep the law */
    struct net *reduced[2];
    struct net_match match; /* the match of these */
};

/* Reduces both networks by certified passes and compares the results up to names. If they are equal, that is
 * a proof; if not, it proves nothing. Errors are those of passes whose claim was not accepted. */
struct semantic_match semantic_compare(const struct net *a, const struct net *b, struct diag *diag);
void semantic_free(struct semantic_match *m);
/* The meaning in words, for two networks: "give outputs the same law over time". */
const char *semantic_text(enum meaning m);

#endif
