/* The one expression language: rates, initial amounts, outputs, conditions, experiments. Typed, hash-
 * consed (equal expressions of a pool have equal ids), folded when built, arrays of static shape included.
 * A pool owns its nodes and their data; a network has one, a program has one for its experiments. expr.def
 * lists the operators. */
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
extern const uint8_t expr_op_class[EXPR_OP_COUNT];    /* enum expr_class by operator */
extern const char *const expr_op_text[EXPR_OP_COUNT]; /* as expr.def has it */

static inline bool expr_has_class(int op, enum expr_class class)
{
    return expr_op_class[op] == class;
}

/* A value that evaluation asks of its surroundings, whether it has operands or not. */
static inline bool expr_is_asked(int op)
{
    return expr_op_class[op] >= EXPR_CLASS_STATE && expr_op_class[op] <= EXPR_CLASS_TEXT;
}

static inline bool expr_is_unary(int op) /* elementwise, as expr_unary makes it */
{
    return expr_op_class[op] == EXPR_CLASS_UNARY || expr_op_class[op] == EXPR_CLASS_FUNCTION;
}

static inline bool expr_is_binary(int op) /* as expr_binary makes it */
{
    return expr_op_class[op] >= EXPR_CLASS_ARITHMETIC && expr_op_class[op] <= EXPR_CLASS_LOGICAL;
}

static inline bool expr_is_elementwise(int op)
{
    return expr_is_unary(op) || expr_is_binary(op);
}

static inline bool expr_is_reduction(int op) /* as expr_reduce makes it */
{
    return expr_op_class[op] == EXPR_CLASS_REDUCTION || expr_op_class[op] == EXPR_CLASS_PLACE;
}

static inline bool expr_is_loop(int op) /* it binds a binder */
{
    return expr_op_class[op] == EXPR_CLASS_MAP || expr_op_class[op] == EXPR_CLASS_FOLD;
}

enum expr_type { TYPE_REAL, TYPE_INT, TYPE_BOOL, TYPE_TEXT };

enum { SHAPE_MAX_RANK = 4 };
struct shape {
    int32_t rank;                /* 0 = scalar */
    int32_t dim[SHAPE_MAX_RANK]; /* unused ones are 0; row-major */
};

struct expr {
    uint8_t op, type;
    uint16_t holds; /* what occurs in it: enum expr_holds */
    uint32_t n_args;
    struct shape shape;
    int32_t a, b; /* by operator: slot, axis, binder, ... (expr.def) */
    union {
        double real;
        int64_t integer;  /* also bool */
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
    HOLDS_PAST = 16  /* a value of some time ago */
};                   /* a constant holds nothing; effect: a draw */

struct expr_pool;

struct expr_pool *expr_pool_create(void);
struct expr_pool *expr_pool_clone(const struct expr_pool *p); /* the same ids */
void expr_pool_destroy(struct expr_pool *p);
/* Is every expression of `old`, under its id, the same in p? (Pools with texts: no.) */
bool expr_pool_extends(const struct expr_pool *p, const struct expr_pool *old);
size_t expr_count(const struct expr_pool *p);
/* Valid until the next expression is built. */
const struct expr *expr_get(const struct expr_pool *p, expr_id id);

/* Shapes. */
int64_t shape_size(struct shape s); /* product, INT64_MAX at most; 1 for a scalar */
bool shape_equal(struct shape a, struct shape b);
struct shape shape_scalar(void);
struct shape shape_vector(int32_t n);
struct shape shape_drop(struct shape s, int32_t axis);   /* without that axis */
struct shape shape_prefix(int32_t n, struct shape s);    /* [n, s...] */
const char *shape_text(struct arena *a, struct shape s); /* "real"-less: "[3, 4]", "scalar" */
const char *type_text(enum expr_type t);                 /* "real", "integer", "boolean", "text" */

/* Building. Arguments must have fitting types and shapes (the caller has checked them with diagnostics;
 * violations are assertion failures). Int operands next to real ones are converted. Constants fold with
 * the functions of expr_apply.c and expr_compute.c, which evaluation uses too; x+0, x*1, x^1, 0-x and the
 * like simplify only where the value is bitwise the same for every x (so 0*x stays: x may be infinite). */
expr_id expr_real(struct expr_pool *p, double v);
/* What a pass puts in the place of a value that is there no more: NaN when it is computed, but no NaN that
 * a formula has. */
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
/* Builders keep types: an operation on known integers whose result does not fit in 64 bits is not folded,
 * and has no value. For what a program says: such an operation, just built, on reals; anything else as it
 * is. A remainder of a division by 0 stays. */
expr_id expr_widen(struct expr_pool *p, expr_id built);
expr_id expr_select(struct expr_pool *p, expr_id cond, expr_id yes, expr_id no);
expr_id expr_to_real(struct expr_pool *p, expr_id x);
/* Real scalars: x as it was `lag` ago, before the start of the trajectory `before` (0: x) of that time. */
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
                    expr_id array); /* SUM MIN_OF MAX_OF ARGMAX ARGMIN over all elements */
int32_t expr_new_binder(struct expr_pool *p);
expr_id expr_binder(struct expr_pool *p, int32_t binder); /* int scalar 0..extent */
expr_id expr_map(struct expr_pool *p, int32_t binder, int32_t extent, expr_id body); /* [extent, body...] */
/* op FOLD_SUM FOLD_MIN FOLD_MAX over the scalar or array body where cond (0 = always) holds; sum of
 * nothing is 0, min of nothing +inf. */
expr_id expr_fold(struct expr_pool *p, enum expr_op op, int32_t binder, int32_t extent, expr_id body,
                  expr_id cond);
expr_id expr_call(struct expr_pool *p, enum expr_op op, enum expr_type type, struct shape shape, int32_t a,
                  int32_t b, size_t n,
                  const expr_id *args); /* everything else: RANDOM, SHUFFLE, STAT, DATA, JOIN */
expr_id expr_format(struct expr_pool *p, expr_id value, const char *format); /* FORMAT; a text is itself */

/* Constants. */
bool expr_is_const(const struct expr_pool *p, expr_id id);
bool expr_const_real(const struct expr_pool *p, expr_id id, double *v); /* scalar real, int or bool */
bool expr_const_int(const struct expr_pool *p, expr_id id,
                    int64_t *v); /* scalar int, or a real that is integral */
/* Element i (row-major) of a constant array or scalar, as a scalar constant. */
expr_id expr_const_element(struct expr_pool *p, expr_id id, int64_t i);
/* Scalar expression for element i of any array expression without random draws (TAKE chains, pushed
 * inwards). */
expr_id expr_element(struct expr_pool *p, expr_id array, int64_t i);

/* Rewriting: replaces leaves. `map` returns a replacement in `to` for a leaf of `from`, or 0 to copy it.
 * `to` may be `from`. Memoised: linear in the number of distinct nodes. */
typedef expr_id (*expr_map_leaf)(void *env, const struct expr *leaf, expr_id id);
expr_id expr_rewrite(struct expr_pool *to, const struct expr_pool *from, expr_id id, expr_map_leaf map,
                     void *env);
/* The same in one pool, with `map` asked of every node but constants, operands first. */
expr_id expr_rewrite_nodes(struct expr_pool *p, expr_id id, expr_map_leaf map, void *env);
/* Calls `visit` once for each distinct node reachable from id, operands first. */
void expr_visit(const struct expr_pool *p, expr_id id,
                void (*visit)(void *env, expr_id id, const struct expr *e), void *env);
/* Does the value change while a network runs: does it depend on more than parameters and captured values? */
bool expr_reads_state(const struct expr_pool *p, expr_id id);
/* Does a leaf of this operator occur? a < 0: any. */
/* expr_table.c. Column 0, the argument, or 1, the value, of a row: rows rise by their arguments. */
typedef expr_id (*expr_table_cell)(void *env, int32_t row, int column);
/* The value at x of the function that the rows (at least one) stand for: linear between them, or as at the
 * row before (is_step). Before the first and behind the last one it stays as it is there. */
expr_id expr_table(struct expr_pool *p, expr_id x, int32_t rows, bool is_step, expr_table_cell at, void *env);
bool expr_uses(const struct expr_pool *p, expr_id id, enum expr_op op, int32_t a);

/* d id / d leaf(op, a), scalar expressions (forward, symbolic, simplified). Functions that are not
 * differentiable everywhere (abs, min, max, floor, select) use the derivative of the branch taken. */
expr_id expr_derivative(struct expr_pool *p, expr_id id, enum expr_op op, int32_t a);
/* Derivatives of a real scalar with respect to each element of n leaves, nodes of the pool that have no
 * operands or are asked of the surroundings: adjoint[i] has the shape of leaf[i], 0 where the scalar does
 * not depend on it. False: more than 64 loops. */
bool expr_adjoint(struct expr_pool *p, expr_id id, size_t n, const expr_id *leaf, expr_id *adjoint);

/* Why an expression has no value. */
enum expr_fault_kind {
    FAULT_INDEX,   /* index x is outside 0..y */
    FAULT_INTEGER, /* op of the integers x, y (x alone: NEG, ABS) does not fit in 64 bits, or divides by 0 */
    FAULT_FLOOR    /* the integer below `real` does not fit in 64 bits, or `real` is not a number */
};
struct expr_fault {
    enum expr_fault_kind kind;
    enum expr_op op;
    int64_t x, y;
    double real;
};

/* Evaluation by walking: the oracle. Leaves are asked of `env`; values of arrays are row-major. */
struct expr_env {
    void *env;
    /* Fills `out` (double[], int64_t[], uint8_t[] or const char *[] by type) for what expr_is_asked; args
     * are the values of the operands. False = error, stops. */
    bool (*leaf)(void *env, const struct expr *e, const void *const *args, void *out);
    /* Told why there is no value; line is that of an index, else 0. NULL: the evaluation just stops.
     * Returns false. */
    bool (*fault)(void *env, const struct expr_fault *fault, int32_t line);
};
bool expr_eval(const struct expr_pool *p, expr_id id, const struct expr_env *env, void *out);
double expr_apply1(enum expr_op op, double x); /* scalar semantics, real */
double expr_apply2(enum expr_op op, double x, double y);

/* Prints in source syntax with the fewest parentheses; leaf names by callback (NULL: $p3, $s4, ...). Reals
 * round trip. */
typedef const char *(*expr_leaf_name)(void *env, const struct expr *leaf);
void expr_print(FILE *out, const struct expr_pool *p, expr_id id, expr_leaf_name name, void *env);

#endif
