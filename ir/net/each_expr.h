/* Iteration over all expressions of a network, each with its role. Code that examines or rewrites every
 * expression uses this iteration, so that a new kind of expression in networks reaches all of that code.
 *
 *     for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
 *         ... e.id, e.role, e.owner ...
 *     }
 *
 * The owners come in the order of enum net_owner, and the expressions of an owner in the order of
 * each_expr.def. */
#ifndef IR_EACH_EXPR_H
#define IR_EACH_EXPR_H

#include "ir/net/net.h"

enum net_owner { /* what kind of object an expression belongs to */
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

enum net_leaves { /* flags: which leaves an expression may contain */
                  READS_PARAM = 1,
                  READS_SPECIES = 2,
                  READS_TIME = 4,
                  READS_CAPTURE = 8,
                  READS_PAST = 16, /* a past value, which only a deterministic run knows */
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
    expr_id id; /* never 0 in a valid network: the iteration skips optional expressions that are absent */
    uint8_t role, owner_kind;
    uint32_t owner; /* index of the parameter's declaration, species, reaction, ... */
    uint32_t part;  /* STOICHIOMETRY: index among the reaction's fractions; VALUE: among the event's changes;
                      ELEMENT: among the symbol's elements; otherwise 0 */
    uint32_t step, last;
};

/* An iterator that stands before the first expression of the network, or of a single owner. An expression
 * that is built during the iteration is not visited unless net_put_expr puts it into the network. */
struct net_expr net_exprs(const struct net *n);
struct net_expr net_exprs_of(const struct net *n, enum net_owner kind, size_t owner);
/* Advances to the next expression; returns false after the last one. */
bool net_next_expr(struct net_expr *e);

/* Replaces the expression that the iterator has reached by `id`. The network must be the one iterated
 * over. */
void net_put_expr(struct net *n, const struct net_expr *e, expr_id id);
struct span net_expr_span(const struct net_expr *e); /* source location of the owner */

int net_role_type(enum net_role role);         /* an enum expr_type; -1: any number or boolean */
unsigned net_role_leaves(enum net_role role);  /* flags of enum net_leaves */
const char *net_role_name(enum net_role role); /* "this rate", for messages */

#endif
