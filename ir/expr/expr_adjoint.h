/* Internals of the sweep that computes adjoints (expr_adjoint.c). Nodes are numbered in the order of `r`.
 * Arrays of the sweep have an entry for each node; expr_adjoint frees them. */
#ifndef IR_EXPR_ADJOINT_H
#define IR_EXPR_ADJOINT_H

#include "ir/expr/expr_impl.h"

enum { MOST_LOOPS = 64 };

struct loop { /* a loop and its binder */
    int32_t binder, extent;
    expr_id condition; /* the loop skips turns where it does not hold; 0: none */
    uint64_t around;   /* enclosing loops on whose turns this loop depends, as bits */
};

struct sweep {
    struct expr_pool *p;
    struct reach r;
    bool *active;    /* by node: whether it depends on one of the leaves */
    uint64_t *inner; /* by node: the loops on whose turns its value depends, as bits */
    expr_id *adjoint;
    struct loop loop[MOST_LOOPS];
    int n_loops;
    bool leaves_out; /* whether some loop has a condition */
};

/* Functions of expr_adjoint.c. adjoint_zero makes zeros of a shape. adjoint_shape gives the shape of a node.
 * adjoint_times multiplies an adjoint by a factor; where the adjoint is 0 under a condition, so is the
 * product. adjoint_loop gives the number of the loop that binds `binder`, or -1. adjoint_where_loop_runs
 * gives v where the condition of loop i holds, and 0 elsewhere. adjoint_add adds v to the adjoint of node
 * number `to`, and adjoint_give to that of operand `arg`; both sum v over those loops of `scope` on which
 * the node or operand does not depend. adjoint_is_active tells whether an operand depends on a leaf. */
expr_id adjoint_zero(struct expr_pool *p, struct shape s);
struct shape adjoint_shape(const struct sweep *s, expr_id id);
expr_id adjoint_times(struct sweep *s, expr_id adjoint, expr_id factor);
int adjoint_loop(const struct sweep *s, int32_t binder);
expr_id adjoint_where_loop_runs(struct sweep *s, int i, expr_id v);
void adjoint_add(struct sweep *s, size_t to, expr_id v, uint64_t scope);
void adjoint_give(struct sweep *s, expr_id arg, expr_id v, uint64_t scope);
bool adjoint_is_active(const struct sweep *s, expr_id arg);

/* expr_adjoint_array.c: propagation of an adjoint from a loop, or from another node that is not elementwise,
 * to its operands. `g` is the adjoint of the node, and `scope` are the loops on which the node depends. */
void adjoint_of_loop(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope);
void adjoint_of_array(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope);

#endif
