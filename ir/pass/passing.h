/* Species that only pass: the only reaction that reads or consumes X is X -> ..., and nothing else refers to
 * X. In the limit of a rate-independent network such a species can be replaced by what it becomes. */
#ifndef IR_PASSING_H
#define IR_PASSING_H

#include "ir/pass/pass.h"
#include "ir/net/uses.h"

/* For each species the only reaction that has it on the left; -1: none, -2: several. The caller frees the
 * array. */
reaction_id *passing_readers(const struct net *n);
/* Why X, the reactant of reaction j, X -> ..., does not just pass; *at is the place of the reason. NULL if
 * it does. */
const char *passing_reason(const struct net *n, const struct uses *uses, const reaction_id *reader,
                           reaction_id j, struct span *at);

/* A firing order of the reactions of a rate-independent network. NULL: the network is not rate-independent,
 * which has been reported; *ok then says whether compilation may go on. */
const int32_t *passing_order(const struct net *n, struct pass_context *c, bool *ok);

#endif
