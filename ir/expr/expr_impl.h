/* Inside of the expression pool, shared by the expr_*.c files alone. */
#ifndef IR_EXPR_IMPL_H
#define IR_EXPR_IMPL_H

#include "ir/expr/expr.h"
#include "support/hash_index.h"
#include "support/intern.h"

enum { FOLD_LIMIT = 1000000 }; /* largest constant array that folding makes */

struct expr_pool {
    struct arena *arena;
    struct intern *texts;
    struct expr *node; /* node[0] is NONE; operands have smaller ids than what uses them */
    size_t n, cap;
    struct hash_index by_content;
    int32_t n_binders;
};

/* The node for `e`: an equal one, or a new one (args and array data are copied). */
expr_id expr_intern(struct expr_pool *p, const struct expr *e);
size_t type_size(enum expr_type t);

/* A value: row-major elements; bool is uint8_t, text is const char *. */
struct operand {
    enum expr_type type;
    struct shape shape;
    const void *data;
};
/* Whole numbers of 64 bits. False: the result does not fit, or there is none (the remainder of a division by
 * 0). */
bool int_apply1(enum expr_op op, int64_t x, int64_t *out);
bool int_apply2(enum expr_op op, int64_t x, int64_t y, int64_t *out);
bool int_floor(double x, int64_t *out);
/* int_apply2 that says what has no value. */
bool expr_apply_int(enum expr_op op, int64_t x, int64_t y, int64_t *out, struct expr_fault *fault);
/* One strict operator applied to values. False: there is no value, for the reason in `fault`. */
bool expr_compute(const struct expr *e, const struct operand *args, void *out, struct expr_fault *fault);
/* Value of a constant node; `scalar` is room for a scalar one. */
struct operand expr_const_operand(const struct expr *e, void *scalar);

/* expr_fold.c: the constant that `e` is, or 0. */
expr_id expr_fold_node(struct expr_pool *p, const struct expr *e);
/* A simpler expression with the same value for all operands, or 0. */
expr_id expr_simplify(struct expr_pool *p, const struct expr *e);

/* Evaluation that gives up after `budget` element steps: for folding closed loops. */
bool expr_eval_closed(const struct expr_pool *p, const struct expr *e, int64_t budget, void *out);

enum { CONST_LOST = 1 }; /* `a` of the constant of expr_lost; of all others it is 0 */

/* expr_reach.c: distinct nodes below a root, ascending ids: operands first. */
enum { REACH_INLINE = 48 };
struct reach {
    expr_id *id;
    size_t n, cap;
    struct hash_index by_id; /* empty while there are few */
    expr_id room[REACH_INLINE];
};
/* strict: not into branches, right operands of && and ||, and loop bodies. */
void reach_collect(struct reach *r, const struct expr_pool *p, expr_id root, bool strict);
size_t reach_find(const struct reach *r, expr_id id); /* position; id must be there */
void reach_free(struct reach *r);

static inline bool is_scalar(const struct expr *e)
{
    return e->shape.rank == 0;
}

#endif
