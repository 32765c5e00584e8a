/* The expression language, which rates, initial amounts, outputs, conditions and experiments share.
 * Expressions are typed, hash-consed (equal expressions of a pool have equal ids) and folded when they are
 * built; arrays have a static shape. A pool owns its nodes and their data. Each network has a pool, and each
 * program has one for its experiments. expr.def lists the operators. */
#ifndef IR_EXPR_H
#define IR_EXPR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "support/arena.h"

typedef uint32_t expr_id; /* 0 = none */

enum expr_op {
#define EXPR(op, text, arity, class, meaning) EXPR_##op,
#include "ir/expr/expr.def"
#undef EXPR
    EXPR_OP_COUNT
};

enum expr_class {
#define EXPR_CLASS(class, meaning) EXPR_CLASS_##class,
#include "ir/expr/expr_class.def"
#undef EXPR_CLASS
};
extern const uint8_t expr_op_class[EXPR_OP_COUNT];    /* by operator: its enum expr_class */
extern const char *const expr_op_text[EXPR_OP_COUNT]; /* by operator: the column `text` of expr.def */

static inline bool expr_has_class(int op, enum expr_class class)
{
    return expr_op_class[op] == class;
}

/* Whether evaluation asks the environment (struct expr_env) for the value of such a node. The node may have
 * operands. */
static inline bool expr_is_asked(int op)
{
    return expr_op_class[op] >= EXPR_CLASS_STATE && expr_op_class[op] <= EXPR_CLASS_TEXT;
}

static inline bool expr_is_unary(int op) /* an elementwise operator that expr_unary builds */
{
    return expr_op_class[op] == EXPR_CLASS_UNARY || expr_op_class[op] == EXPR_CLASS_FUNCTION;
}

static inline bool expr_is_binary(int op) /* an operator that expr_binary builds */
{
    return expr_op_class[op] >= EXPR_CLASS_ARITHMETIC && expr_op_class[op] <= EXPR_CLASS_LOGICAL;
}

static inline bool expr_is_elementwise(int op)
{
    return expr_is_unary(op) || expr_is_binary(op);
}

static inline bool expr_is_reduction(int op) /* an operator that expr_reduce builds */
{
    return expr_op_class[op] == EXPR_CLASS_REDUCTION || expr_op_class[op] == EXPR_CLASS_PLACE;
}

static inline bool expr_is_loop(int op) /* an operator that binds a loop variable */
{
    return expr_op_class[op] == EXPR_CLASS_MAP || expr_op_class[op] == EXPR_CLASS_FOLD;
}

enum expr_type { TYPE_REAL, TYPE_INT, TYPE_BOOL, TYPE_TEXT };

enum { SHAPE_MAX_RANK = 4 };
struct shape {
    int32_t rank;                /* 0 = scalar */
    int32_t dim[SHAPE_MAX_RANK]; /* row-major; unused dimensions are 0 */
};

struct expr {
    uint8_t op, type;
    uint16_t holds; /* flags of enum expr_holds: what the expression contains */
    uint32_t n_args;
    struct shape shape;
    int32_t a, b; /* meaning by operator: slot, axis, binder, ... (expr.def) */
    union {
        double real;
        int64_t integer;  /* integer or boolean */
        const char *text; /* interned in the pool */
        const void *data; /* CONST array: double[], int64_t[] or uint8_t[] by type */
    } v;
    const expr_id *args;
};

enum expr_holds {
    HOLDS_LEAF = 1,
    HOLDS_BINDER = 2,
    HOLDS_EFFECT = 4,
    HOLDS_STATE = 8, /* an amount or the time */
    HOLDS_PAST = 16  /* a past value */
};                   /* constants have no flag; EFFECT: a random draw */

struct expr_pool;

struct expr_pool *expr_pool_create(void);
struct expr_pool *expr_pool_clone(const struct expr_pool *p); /* keeps all ids */
void expr_pool_destroy(struct expr_pool *p);
/* Whether every expression of `old` has the same id in p. The answer is false for pools with texts. */
bool expr_pool_extends(const struct expr_pool *p, const struct expr_pool *old);
size_t expr_count(const struct expr_pool *p);
/* The node of an expression; the pointer is valid until the next expression is built. */
const struct expr *expr_get(const struct expr_pool *p, expr_id id);

/* Shapes. */
int64_t shape_size(struct shape s); /* number of elements, at most INT64_MAX; 1 for a scalar */
bool shape_equal(struct shape a, struct shape b);
struct shape shape_scalar(void);
struct shape shape_vector(int32_t n);
struct shape shape_drop(struct shape s, int32_t axis);   /* the shape without that axis */
struct shape shape_prefix(int32_t n, struct shape s);    /* [n, s...] */
const char *shape_text(struct arena *a, struct shape s); /* "[3, 4]" or "scalar", without the type */
const char *type_text(enum expr_type t);                 /* "real", "integer", "boolean", "text" */

/* Building. The caller checks types and shapes of arguments and reports errors; here a mismatch is an
 * assertion failure. An integer operand next to a real one is converted. Constants fold with the functions
 * of expr_apply.c and expr_compute.c, which evaluation uses too. Expressions such as x+0, x*1, x^1 and 0-x
 * are simplified only if the value is bitwise the same for every x (so 0*x stays, because x may be
 * infinite). */
expr_id expr_real(struct expr_pool *p, double v);
/* The value that a pass substitutes for a value that no longer exists. It is NaN when it is computed, but
 * differs from the NaN of any formula. */
expr_id expr_lost(struct expr_pool *p);
bool expr_is_lost(const struct expr_pool *p, expr_id id);
expr_id expr_int(struct expr_pool *p, int64_t v);
expr_id expr_bool(struct expr_pool *p, bool v);
expr_id expr_text(struct expr_pool *p, const char *text);
expr_id expr_const_array(struct expr_pool *p, enum expr_type type, struct shape shape,
                         const void *data); /* copied */
expr_id expr_leaf(struct expr_pool *p, enum expr_op op, enum expr_type type, struct shape shape, int32_t a,
                  int32_t b);
expr_id expr_unary(struct expr_pool *p, enum expr_op op, expr_id x); /* elementwise */
expr_id expr_binary(struct expr_pool *p, enum expr_op op, expr_id x,
                    expr_id y); /* elementwise, scalar broadcasts */
/* Builders keep types: an operation on integer constants whose result does not fit in 64 bits is not folded
 * and has no value. If `built` is such an operation, just built from what a program says, this returns the
 * same operation on reals; otherwise it returns `built`. A remainder of a division by 0 stays as it is. */
expr_id expr_widen(struct expr_pool *p, expr_id built);
expr_id expr_select(struct expr_pool *p, expr_id cond, expr_id yes, expr_id no);
expr_id expr_to_real(struct expr_pool *p, expr_id x);
/* The value of x `lag` ago, where all three are real scalars. For a time before the start of the trajectory
 * the value is `before` at that time; before = 0 stands for x. */
expr_id expr_delay(struct expr_pool *p, expr_id x, expr_id lag, expr_id before);
expr_id expr_stack(struct expr_pool *p, size_t n, const expr_id *elements); /* new leading axis; n >= 1 */
expr_id expr_take(struct expr_pool *p, expr_id array, int32_t axis, expr_id index, int32_t line);
expr_id expr_slice(struct expr_pool *p, expr_id array, int32_t axis, int32_t from, int32_t length);
expr_id expr_gather(struct expr_pool *p, expr_id array, expr_id indices, int32_t line); /* along axis 0 */
expr_id expr_fill(struct expr_pool *p, expr_id scalar, struct shape shape);
expr_id expr_reshape(struct expr_pool *p, expr_id array, struct shape shape);
expr_id expr_concat(struct expr_pool *p, expr_id x, expr_id y); /* along axis 0 */
expr_id expr_matmul(struct expr_pool *p, expr_id x, expr_id y);
expr_id expr_reduce(struct expr_pool *p, enum expr_op op,
                    expr_id array); /* SUM, MIN_OF, MAX_OF, ARGMAX or ARGMIN over all elements */
int32_t expr_new_binder(struct expr_pool *p);
expr_id expr_binder(struct expr_pool *p, int32_t binder); /* integer scalar in 0..extent */
expr_id expr_map(struct expr_pool *p, int32_t binder, int32_t extent, expr_id body); /* [extent, body...] */
/* FOLD_SUM, FOLD_MIN or FOLD_MAX of a scalar or array `body` over those turns where `cond` holds (0: over
 * all turns). The sum over no turn is 0, and the minimum is +inf. */
expr_id expr_fold(struct expr_pool *p, enum expr_op op, int32_t binder, int32_t extent, expr_id body,
                  expr_id cond);
expr_id expr_call(struct expr_pool *p, enum expr_op op, enum expr_type type, struct shape shape, int32_t a,
                  int32_t b, size_t n,
                  const expr_id *args); /* all other operators: RANDOM, SHUFFLE, STAT, DATA, JOIN */
expr_id expr_format(struct expr_pool *p, expr_id value, const char *format); /* FORMAT; a text without format
                                                                                is returned as it is */

/* Constants. */
bool expr_is_const(const struct expr_pool *p, expr_id id);
bool expr_const_real(const struct expr_pool *p, expr_id id, double *v); /* scalar real, int or bool */
bool expr_const_int(const struct expr_pool *p, expr_id id,
                    int64_t *v); /* a scalar integer, or a real with an integer value */
/* Element i (row-major) of a constant array or scalar, as a scalar constant. */
expr_id expr_const_element(struct expr_pool *p, expr_id id, int64_t i);
/* A scalar expression for element i of an array expression, which must not contain random draws. The index
 * is pushed inwards as far as possible. */
expr_id expr_element(struct expr_pool *p, expr_id array, int64_t i);

/* Rewriting. `map` returns a replacement in `to` for a leaf of `from`, or 0 to copy the leaf. `to` and
 * `from` may be the same pool. The time is linear in the number of distinct nodes. */
typedef expr_id (*expr_map_leaf)(void *env, const struct expr *leaf, expr_id id);
expr_id expr_rewrite(struct expr_pool *to, const struct expr_pool *from, expr_id id, expr_map_leaf map,
                     void *env);
/* The same within one pool, where `map` is called for every node except constants, operands first. */
expr_id expr_rewrite_nodes(struct expr_pool *p, expr_id id, expr_map_leaf map, void *env);
/* Calls `visit` once for each distinct node reachable from id, operands first. */
void expr_visit(const struct expr_pool *p, expr_id id,
                void (*visit)(void *env, expr_id id, const struct expr *e), void *env);
/* Whether the value may change while a network runs, because it depends on more than parameters and captured
 * values. */
bool expr_reads_state(const struct expr_pool *p, expr_id id);
/* expr_table.c: functions given by a table of rows, whose arguments ascend. The callback returns the
 * argument of a row (column 0) or its value (column 1). */
typedef expr_id (*expr_table_cell)(void *env, int32_t row, int column);
/* The value at x of the function that the rows (at least one) define. Between rows the function is linear
 * or, if is_step, has the value of the row before. Outside the table it keeps the value of the first or last
 * row. */
expr_id expr_table(struct expr_pool *p, expr_id x, int32_t rows, bool is_step, expr_table_cell at, void *env);
/* Whether the expression contains a node of operator `op` with member a = `a` (a < 0: with any). */
bool expr_uses(const struct expr_pool *p, expr_id id, enum expr_op op, int32_t a);

/* The derivative of the scalar id with respect to the scalar leaf (op, a): symbolic, in forward mode,
 * simplified. Functions that are not differentiable everywhere (abs, min, max, floor, select) have the
 * derivative of the branch taken. */
expr_id expr_derivative(struct expr_pool *p, expr_id id, enum expr_op op, int32_t a);
/* The derivatives of a real scalar with respect to each element of n leaves. Here a leaf is a node without
 * operands, or one for whose value evaluation asks the environment. adjoint[i] gets the shape of leaf[i], or
 * is 0 if the scalar does not depend on the leaf. Returns false if there are more than 64 loops. */
bool expr_adjoint(struct expr_pool *p, expr_id id, size_t n, const expr_id *leaf, expr_id *adjoint);

/* Why an expression has no value. */
enum expr_fault_kind {
    FAULT_INDEX,   /* index x is outside the range 0..y */
    FAULT_INTEGER, /* `op` applied to the integers x, y (NEG, ABS: to x) does not fit in 64 bits, or divides
                      by 0 */
    FAULT_FLOOR    /* the integer below `real` does not fit in 64 bits, or `real` is NaN */
};
struct expr_fault {
    enum expr_fault_kind kind;
    enum expr_op op;
    int64_t x, y;
    double real;
};

/* Evaluation by walking the expression: the reference to which all other ways to evaluate are compared.
 * `env` gives the values of leaves. Arrays are row-major. */
struct expr_env {
    void *env;
    /* Writes to `out` (double[], int64_t[], uint8_t[] or const char *[], by type) the value of a node for
     * which expr_is_asked holds; args are the values of its operands. Returns false to stop after an
     * error. */
    bool (*leaf)(void *env, const struct expr *e, const void *const *args, void *out);
    /* Called with the reason when an expression has no value; `line` is the source line of an index,
     * otherwise 0. If NULL, the evaluation just stops. Returns false. */
    bool (*fault)(void *env, const struct expr_fault *fault, int32_t line);
};
bool expr_eval(const struct expr_pool *p, expr_id id, const struct expr_env *env, void *out);
double expr_apply1(enum expr_op op, double x); /* the scalar semantics of operators, on reals */
double expr_apply2(enum expr_op op, double x, double y);

/* Prints in source syntax with as few parentheses as possible. The callback gives the names of leaves (NULL:
 * $p3, $s4, ...). Reals are printed so that they read back exactly. */
typedef const char *(*expr_leaf_name)(void *env, const struct expr *leaf);
void expr_print(FILE *out, const struct expr_pool *p, expr_id id, expr_leaf_name name, void *env);

#endif
