/* All expressions of a network, one after the other, each with its role. Whoever asks all of them something,
 * or rewrites them, walks them here, so that a place for an expression that is added to networks is met by
 * all.
 *
 *     for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
 *         ... e.id, e.role, e.owner ...
 *     }
 *
 * The order is that of enum net_owner, of an owner that of each_expr.def. */
#ifndef IR_EACH_EXPR_H
#define IR_EACH_EXPR_H

#include "ir/net/net.h"

enum net_owner { /* whose expression it is */
                 OWNER_PARAM,
                 OWNER_SPECIES,
                 OWNER_REACTION,
                 OWNER_PHASE,
                 OWNER_EVENT,
                 OWNER_SYMBOL,
                 OWNER_ASSUME,
                 OWNER_OBSERVED,
                 OWNER_COUNT
};

enum net_leaves { /* which leaves an expression may read: flags */
                  READS_PARAM = 1,
                  READS_SPECIES = 2,
                  READS_TIME = 4,
                  READS_CAPTURE = 8,
                  READS_PAST = 16, /* what was some time ago: which a deterministic run alone knows */
                  READS_CONSTANTS = READS_PARAM,
                  READS_STATE = READS_PARAM | READS_SPECIES | READS_TIME | READS_PAST,
                  READS_OBSERVED = READS_STATE | READS_CAPTURE
};

enum net_role {
#define NET_ROLE(role, type, leaves, needed, name) ROLE_##role,
#include "ir/net/each_expr.def"
#undef NET_ROLE
    ROLE_COUNT
};

struct net_expr {
    const struct net *n;
    expr_id id; /* 0 only in a network that is wrong: what need not be given and is not is left out */
    uint8_t role, owner_kind;
    uint32_t owner; /* number of the parameter's declaration, species, reaction, ... */
    uint32_t part; /* STOICHIOMETRY: which of the reaction's, VALUE: of the event's, ELEMENT: of the symbol's;
                      else 0 */
    uint32_t step, last;
};

/* Before the first expression of the network, or of one owner. Expressions that are built while walking are
 * not met unless they are put in place. */
struct net_expr net_exprs(const struct net *n);
struct net_expr net_exprs_of(const struct net *n, enum net_owner kind, size_t owner);
/* The next one; false behind the last. */
bool net_next_expr(struct net_expr *e);

/* Puts another expression in the place of the one that was met; the network must be the one that is walked.
 */
void net_put_expr(struct net *n, const struct net_expr *e, expr_id id);
struct span net_expr_span(const struct net_expr *e); /* of its owner */

int net_role_type(enum net_role role);         /* enum expr_type; -1: a number or a boolean */
unsigned net_role_leaves(enum net_role role);  /* enum net_leaves */
const char *net_role_name(enum net_role role); /* "this rate", for messages */

#endif
