/* Internals of the expression pool, for the expr_*.c files only. */
#ifndef IR_EXPR_IMPL_H
#define IR_EXPR_IMPL_H

#include "ir/expr/expr.h"
#include "support/hash_index.h"
#include "support/intern.h"

enum { FOLD_LIMIT = 1000000 }; /* size of the largest constant array that folding makes */

struct expr_pool {
    struct arena *arena;
    struct intern *texts;
    struct expr *node; /* node[0] is NONE; operands have smaller ids than the nodes that use them */
    size_t n, cap;
    struct hash_index by_content;
    int32_t n_binders;
};

/* The node equal to `e`: an existing one, or a new one, for which args and array data are copied. */
expr_id expr_intern(struct expr_pool *p, const struct expr *e);
size_t type_size(enum expr_type t);

/* A value as row-major elements; a boolean is a uint8_t, a text a const char *. */
struct operand {
    enum expr_type type;
    struct shape shape;
    const void *data;
};
/* Operators on 64-bit integers. They return false if the result does not fit, or does not exist (the
 * remainder of a division by 0). */
bool int_apply1(enum expr_op op, int64_t x, int64_t *out);
bool int_apply2(enum expr_op op, int64_t x, int64_t y, int64_t *out);
bool int_floor(double x, int64_t *out);
/* Like int_apply2, and fills *fault if there is no value. */
bool expr_apply_int(enum expr_op op, int64_t x, int64_t y, int64_t *out, struct expr_fault *fault);
/* Applies a strict operator to values. Returns false, with the reason in *fault, if there is no value. */
bool expr_compute(const struct expr *e, const struct operand *args, void *out, struct expr_fault *fault);
/* The value of a constant node; `scalar` is room for the value of a scalar. */
struct operand expr_const_operand(const struct expr *e, void *scalar);

/* expr_fold.c: the constant that `e` evaluates to, or 0 if it cannot be folded. */
expr_id expr_fold_node(struct expr_pool *p, const struct expr *e);
/* A simpler expression that has the same value for all operands, or 0. */
expr_id expr_simplify(struct expr_pool *p, const struct expr *e);

/* Evaluates an expression without leaves, to fold loops. Gives up and returns false after `budget` element
 * steps. */
bool expr_eval_closed(const struct expr_pool *p, const struct expr *e, int64_t budget, void *out);

enum { CONST_LOST = 1 }; /* member `a` of the constant of expr_lost; all other constants have 0 */

/* expr_reach.c: the distinct nodes below a root, in the order of their ids, so operands come first. */
enum { REACH_INLINE = 48 };
struct reach {
    expr_id *id;
    size_t n, cap;
    struct hash_index by_id; /* maps ids to positions; empty while there are few nodes */
    expr_id room[REACH_INLINE];
};
/* Collects the nodes below `root`. If `strict`, it does not enter branches, right operands of && and ||, or
 * bodies of loops. */
void reach_collect(struct reach *r, const struct expr_pool *p, expr_id root, bool strict);
size_t reach_find(const struct reach *r, expr_id id); /* position of id in r->id; id must be there */
void reach_free(struct reach *r);

static inline bool is_scalar(const struct expr *e)
{
    return e->shape.rank == 0;
}

#endif
