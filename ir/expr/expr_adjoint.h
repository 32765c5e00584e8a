/* Inside of the sweep that makes adjoints (expr_adjoint.c). Nodes are numbered as `r` reaches them; arrays of
 * the sweep have an entry for each node, and belong to expr_adjoint. */
#ifndef IR_EXPR_ADJOINT_H
#define IR_EXPR_ADJOINT_H

#include "ir/expr/expr_impl.h"

enum { MOST_LOOPS = 64 };

struct loop { /* a binder, as the loop that binds it says */
    int32_t binder, extent;
    expr_id condition; /* turns where it does not hold count for nothing; 0 none */
    uint64_t around;   /* loops whose turns this one depends on */
};

struct sweep {
    struct expr_pool *p;
    struct reach r;
    bool *active;    /* depends on one of the leaves */
    uint64_t *inner; /* loops that the value depends on, as bits */
    expr_id *adjoint;
    struct loop loop[MOST_LOOPS];
    int n_loops;
    bool leaves_out; /* some loop has a condition */
};

/* expr_adjoint.c, in this order: zeros of a shape; the shape of a node; the adjoint times a factor, 0 where
 * the adjoint is; the number of the loop that binds, -1; v where the condition of loop i holds, else 0; v
 * into the adjoint of node `to` or of an operand, summed over the loops of `scope` that it does not depend
 * on; whether an operand depends on a leaf. */
expr_id adjoint_zero(struct expr_pool *p, struct shape s);
struct shape adjoint_shape(const struct sweep *s, expr_id id);
expr_id adjoint_times(struct sweep *s, expr_id adjoint, expr_id factor);
int adjoint_loop(const struct sweep *s, int32_t binder);
expr_id adjoint_where_loop_runs(struct sweep *s, int i, expr_id v);
void adjoint_add(struct sweep *s, size_t to, expr_id v, uint64_t scope);
void adjoint_give(struct sweep *s, expr_id arg, expr_id v, uint64_t scope);
bool adjoint_is_active(const struct sweep *s, expr_id arg);

/* expr_adjoint_array.c: what a loop, or another node that is not elementwise, hands to its operands. `scope`:
 * the loops that it depends on; g: its adjoint. */
void adjoint_of_loop(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope);
void adjoint_of_array(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope);

#endif
