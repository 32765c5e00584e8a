/* Reductions, products and comprehensions. Sums start from 0 and go from left to right, whatever the order of
 * the loops around them. */
#include "codegen/emit/emit.h"

#include <assert.h>
#include <math.h>

static enum expr_op step_of(enum expr_op op)
{
    switch (op) {
    case EXPR_SUM:
    case EXPR_FOLD_SUM: return EXPR_ADD;
    case EXPR_MIN_OF:
    case EXPR_FOLD_MIN: return EXPR_MIN;
    default: return EXPR_MAX;
    }
}

static LLVMValueRef identity(struct emit_body *b, enum expr_op step, enum expr_type type)
{
    if (type == TYPE_REAL) {
        return emit_real(b->e, step == EXPR_ADD   ? 0
                               : step == EXPR_MIN ? (double)INFINITY
                                                  : -(double)INFINITY);
    }
    return emit_i64(b->e, step == EXPR_ADD ? 0 : step == EXPR_MIN ? INT64_MAX : INT64_MIN);
}

/* memory[i] = memory[i] step v */
static void accumulate(struct emit_body *b, enum expr_op step, enum expr_type type, LLVMValueRef memory,
                       LLVMValueRef i, LLVMValueRef v)
{
    emit_put(b, type, memory, i, emit_apply2(b, step, type, emit_get(b, type, memory, i), v));
}

/* The position of the first smallest or largest element. */
static LLVMValueRef position(struct emit_body *b, const struct expr *x, const struct expr *array)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef values = emit_array(b, x->args[0]);
    LLVMValueRef best = emit_slot(b, TYPE_INT), extreme = emit_slot(b, array->type);
    emit_put(b, TYPE_INT, best, NULL, emit_i64(b->e, 0));
    emit_put(b, array->type, extreme, NULL, emit_get(b, array->type, values, NULL));
    struct emit_loop l;
    emit_loop_begin(b, &l, shape_size(array->shape));
    LLVMValueRef v = emit_get(b, array->type, values, l.i), old = emit_get(b, array->type, extreme, NULL);
    LLVMValueRef better = x->op == EXPR_ARGMIN ? emit_apply2(b, EXPR_LT, array->type, v, old)
                                               : emit_apply2(b, EXPR_LT, array->type, old, v);
    emit_put(b, array->type, extreme, NULL, LLVMBuildSelect(at, better, v, old, ""));
    emit_put(b, TYPE_INT, best, NULL,
             LLVMBuildSelect(at, better, l.i, emit_get(b, TYPE_INT, best, NULL), ""));
    emit_loop_end(b, &l);
    return emit_get(b, TYPE_INT, best, NULL);
}

LLVMValueRef emit_reduce(struct emit_body *b, expr_id id)
{
    const struct expr *x = expr_get(b->pool, id), *array = expr_get(b->pool, x->args[0]);
    if (x->op == EXPR_ARGMIN || x->op == EXPR_ARGMAX) {
        return position(b, x, array);
    }
    enum expr_op step = step_of(x->op);
    if (shape_size(array->shape) == 0) {
        return identity(b, step, x->type);
    }
    emit_prepare(b, x->args[0]);
    LLVMValueRef sum = emit_slot(b, x->type);
    emit_put(b, x->type, sum, NULL, identity(b, step, x->type));
    struct emit_nest n;
    emit_nest_begin(b, &n, array->shape);
    accumulate(b, step, x->type, sum, NULL, emit_element(b, x->args[0], &n.at));
    emit_nest_end(b, &n);
    return emit_get(b, x->type, sum, NULL);
}

/* ---- Comprehensions ------------------------------------------------------------------------------------ */

struct turn {
    struct emit_loop loop;
    int32_t binder;
    LLVMValueRef outer; /* value of the binder outside the comprehension: none, since binders are fresh */
    size_t mark;
    struct emit_hoisted hoisted;
    LLVMBasicBlockRef skip; /* the block for a turn whose condition is false */
};

static void turn_begin(struct emit_body *b, struct turn *t, const struct expr *x)
{
    expr_id cond = x->op != EXPR_MAP && x->n_args > 1 ? x->args[1] : 0;
    t->hoisted = (struct emit_hoisted){0};
    emit_hoist(b, &t->hoisted, cond, x->args[0]);
    while (b->binder.n <= (size_t)x->a) {
        vec_push(&b->binder, NULL);
    }
    t->binder = x->a;
    t->mark = emit_mark(b);
    t->outer = b->binder.data[x->a];
    emit_loop_begin(b, &t->loop, x->b);
    b->binder.data[x->a] = t->loop.i;
    t->skip = NULL;
    if (cond) {
        LLVMBasicBlockRef body = emit_block(b, "where");
        LLVMValueRef holds = emit_scalar(b, cond);
        t->skip = emit_block(b, "next");
        LLVMBuildCondBr(b->e->builder, holds, body, t->skip);
        LLVMPositionBuilderAtEnd(b->e->builder, body);
    }
}

static void turn_end(struct emit_body *b, struct turn *t)
{
    if (t->skip) {
        emit_enter(b, t->skip);
    }
    emit_loop_end(b, &t->loop);
    emit_release(b, t->mark);
    emit_hoist_end(b, &t->hoisted);
    b->binder.data[t->binder] = t->outer;
}

LLVMValueRef emit_fold_scalar(struct emit_body *b, expr_id id)
{
    const struct expr *x = expr_get(b->pool, id);
    enum expr_op step = step_of(x->op);
    if (x->b == 0) {
        return identity(b, step, x->type);
    }
    LLVMValueRef sum = emit_slot(b, x->type);
    emit_put(b, x->type, sum, NULL, identity(b, step, x->type));
    struct turn t;
    turn_begin(b, &t, x);
    accumulate(b, step, x->type, sum, NULL, emit_scalar(b, x->args[0]));
    turn_end(b, &t);
    return emit_get(b, x->type, sum, NULL);
}

void emit_fold_into(struct emit_body *b, expr_id id, LLVMValueRef out)
{
    const struct expr *x = expr_get(b->pool, id);
    enum expr_op step = step_of(x->op);
    int64_t n = shape_size(x->shape);
    if (n == 0) {
        return;
    }
    struct emit_loop l;
    emit_loop_begin(b, &l, n);
    emit_put(b, x->type, out, l.i, identity(b, step, x->type));
    emit_loop_end(b, &l);
    if (x->b == 0) {
        return;
    }
    struct turn t;
    turn_begin(b, &t, x);
    emit_prepare(b, x->args[0]);
    struct emit_nest nest;
    emit_nest_begin(b, &nest, x->shape);
    accumulate(b, step, x->type, out, nest.linear, emit_element(b, x->args[0], &nest.at));
    emit_nest_end(b, &nest);
    turn_end(b, &t);
}

void emit_map_into(struct emit_body *b, expr_id id, LLVMValueRef out)
{
    const struct expr *x = expr_get(b->pool, id);
    int64_t row = shape_size(shape_drop(x->shape, 0));
    if (x->b == 0 || row == 0) {
        return;
    }
    struct turn t;
    turn_begin(b, &t, x);
    LLVMValueRef offset = LLVMBuildMul(b->e->builder, t.loop.i, emit_i64(b->e, row), "");
    if (x->shape.rank == 1) {
        emit_put(b, x->type, out, t.loop.i, emit_scalar(b, x->args[0]));
    } else {
        emit_array_into(b, x->args[0], emit_element_at(b, x->type, out, offset));
    }
    turn_end(b, &t);
}

/* ---- Matrix products ----------------------------------------------------------------------------------- */

/* The columns of a row advance together, so that each sum keeps its order and the loop over columns can be
 * vectorised. */
void emit_matmul_into(struct emit_body *b, expr_id id, LLVMValueRef out)
{
    const struct expr *x = expr_get(b->pool, id);
    const struct expr *left = expr_get(b->pool, x->args[0]), *right = expr_get(b->pool, x->args[1]);
    LLVMBuilderRef at = b->e->builder;
    int64_t inner = right->shape.dim[0], rows = left->shape.rank == 2 ? left->shape.dim[0] : 1;
    int64_t columns = right->shape.rank == 2 ? right->shape.dim[1] : 1;
    LLVMValueRef p = emit_array(b, x->args[0]), q = emit_array(b, x->args[1]);
    if (rows * columns == 0) {
        return;
    }
    struct emit_loop i, j, k;
    emit_loop_begin(b, &i, rows * columns);
    emit_put(b, x->type, out, i.i, identity(b, EXPR_ADD, x->type));
    emit_loop_end(b, &i);
    if (inner == 0) {
        return;
    }
    emit_loop_begin(b, &i, rows);
    emit_loop_begin(b, &k, inner);
    LLVMValueRef ik = LLVMBuildAdd(at, LLVMBuildMul(at, i.i, emit_i64(b->e, inner), ""), k.i, "");
    LLVMValueRef factor = emit_get(b, x->type, p, ik);
    emit_loop_begin(b, &j, columns);
    LLVMValueRef ij = LLVMBuildAdd(at, LLVMBuildMul(at, i.i, emit_i64(b->e, columns), ""), j.i, "");
    LLVMValueRef kj = LLVMBuildAdd(at, LLVMBuildMul(at, k.i, emit_i64(b->e, columns), ""), j.i, "");
    LLVMValueRef product = emit_apply2(b, EXPR_MUL, x->type, factor, emit_get(b, x->type, q, kj));
    accumulate(b, EXPR_ADD, x->type, out, ij, product);
    emit_loop_end(b, &j);
    emit_loop_end(b, &k);
    emit_loop_end(b, &i);
}
