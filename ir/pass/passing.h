/* Species that only pass: X -> ... is all that X does, and nothing else looks at it. In the limit of a
 * rate-independent network each is what it becomes. */
#ifndef IR_PASSING_H
#define IR_PASSING_H

#include "ir/pass/pass.h"
#include "ir/net/uses.h"

/* By species: the one reaction that has it on the left; -1 none, -2 several. To be freed. */
reaction_id *passing_readers(const struct net *n);
/* Why the reactant of X -> ... does not pass, and the place that says so; NULL if it does. */
const char *passing_reason(const struct net *n, const struct uses *uses, const reaction_id *reader,
                           reaction_id j, struct span *at);

/* The firing order of a network with a limit; NULL: there is none, and it was said. *ok: the compilation may
 * go on. */
const int32_t *passing_order(const struct net *n, struct pass_context *c, bool *ok);

#endif
