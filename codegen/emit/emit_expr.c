/* Scalar expressions: operators in registers, and branches around operands that are evaluated only if
 * needed. */
#include "codegen/emit/emit.h"

#include <assert.h>

static LLVMTypeRef register_type(struct emit *e, enum expr_type type)
{
    return type == TYPE_BOOL ? e->i1 : emit_memory_type(e, type);
}

static LLVMValueRef constant(struct emit_body *b, const struct expr *x)
{
    switch (x->type) {
    case TYPE_REAL: return emit_constant_of_lanes(b, emit_real(b->e, x->v.real));
    case TYPE_INT: return emit_i64(b->e, x->v.integer);
    case TYPE_BOOL: return emit_constant_of_lanes(b, emit_bool(b->e, x->v.integer != 0));
    default: return emit_text(b->e, x->v.text);
    }
}

static LLVMValueRef binder(struct emit_body *b, const struct expr *x)
{
    assert((size_t)x->a < b->binder.n && b->binder.data[x->a]);
    return b->binder.data[x->a];
}

/* Emits an operand in a block of its own; what is emitted there must not be used outside. */
static LLVMValueRef branch_value(struct emit_body *b, expr_id id, LLVMBasicBlockRef block,
                                 LLVMBasicBlockRef join, LLVMBasicBlockRef *end)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMPositionBuilderAtEnd(at, block);
    size_t mark = emit_mark(b);
    LLVMValueRef v = emit_scalar(b, id);
    emit_release(b, mark);
    *end = LLVMGetInsertBlock(at);
    LLVMBuildBr(at, join);
    return v;
}

/* a && b, a || b. Lanes may need different operands, so all are evaluated. */
static LLVMValueRef logical(struct emit_body *b, const struct expr *x)
{
    LLVMBuilderRef at = b->e->builder;
    bool is_and = x->op == EXPR_AND;
    if (b->wide) {
        LLVMValueRef left = emit_scalar(b, x->args[0]), right = emit_scalar(b, x->args[1]);
        return is_and ? LLVMBuildAnd(at, left, right, "") : LLVMBuildOr(at, left, right, "");
    }
    LLVMValueRef v[2] = {emit_bool(b->e, !is_and), NULL}, first = emit_scalar(b, x->args[0]);
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(at), NULL};
    LLVMBasicBlockRef rest = emit_block(b, "rest"), join = emit_block(b, "join");
    LLVMBuildCondBr(at, first, is_and ? rest : join, is_and ? join : rest);
    v[1] = branch_value(b, x->args[1], rest, join, &from[1]);
    return emit_merge(b, b->e->i1, join, v, from);
}

static LLVMValueRef choose(struct emit_body *b, const struct expr *x)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef cond = emit_scalar(b, x->args[0]), v[2];
    if (b->wide) {
        v[0] = emit_scalar(b, x->args[1]);
        v[1] = emit_scalar(b, x->args[2]);
        return LLVMBuildSelect(at, cond, v[0], v[1], "");
    }
    LLVMBasicBlockRef from[2], yes = emit_block(b, "yes"), no = emit_block(b, "no"),
                               join = emit_block(b, "join");
    LLVMBuildCondBr(at, cond, yes, no);
    v[0] = branch_value(b, x->args[1], yes, join, &from[0]);
    v[1] = branch_value(b, x->args[2], no, join, &from[1]);
    return emit_merge(b, register_type(b->e, x->type), join, v, from);
}

/* An element of an array. The operand is not copied, and only the element is computed. */
static LLVMValueRef take(struct emit_body *b, const struct expr *x)
{
    emit_prepare(b, x->args[0]);
    LLVMValueRef index = emit_scalar(b, x->args[1]);
    emit_index_check(b, index, expr_get(b->pool, x->args[0])->shape.dim[x->a], x->b);
    struct emit_index at = {{index}};
    return emit_element(b, x->args[0], &at);
}

static LLVMValueRef elementwise(struct emit_body *b, const struct expr *x)
{
    enum expr_type type = expr_get(b->pool, x->args[0])->type;
    LLVMValueRef v = emit_scalar(b, x->args[0]);
    if (x->n_args == 1) {
        return emit_apply1(b, x->op, type, v);
    }
    return emit_apply2(b, x->op, type, v, emit_scalar(b, x->args[1]));
}

static LLVMValueRef compute(struct emit_body *b, expr_id id, const struct expr *x)
{
    struct emit_index none = {{NULL}};
    switch (x->op) {
    case EXPR_CONST: return constant(b, x);
    case EXPR_BINDER: return binder(b, x);
    case EXPR_AND:
    case EXPR_OR: return logical(b, x);
    case EXPR_SELECT: return choose(b, x);
    case EXPR_TAKE: return take(b, x);
    case EXPR_RESHAPE: /* an array with one element */
        emit_prepare(b, x->args[0]);
        for (int32_t i = 0; i < SHAPE_MAX_RANK; i++) {
            none.at[i] = emit_i64(b->e, 0);
        }
        return emit_element(b, x->args[0], &none);
    case EXPR_FILL: return emit_scalar(b, x->args[0]);
    case EXPR_GATHER: return emit_gather_scalar(b, id);
    default: break;
    }
    switch (expr_op_class[x->op]) {
    case EXPR_CLASS_REDUCTION:
    case EXPR_CLASS_PLACE: return emit_reduce(b, id);
    case EXPR_CLASS_FOLD: return emit_fold_scalar(b, id);
    default: return expr_is_elementwise(x->op) ? elementwise(b, x) : b->leaf(b, x);
    }
}

/* Long sums are nested on the left: emits their operands from the innermost outwards, without recursion. */
static void emit_spine(struct emit_body *b, expr_id id)
{
    VEC(expr_id) spine = {0};
    for (;;) {
        const struct expr *x = expr_get(b->pool, id);
        if (b->cache->memo[id].form || x->shape.rank > 0 || !expr_is_elementwise(x->op)) {
            break;
        }
        vec_push(&spine, id);
        id = x->args[0];
    }
    while (spine.n > 1) {
        emit_scalar(b, spine.data[--spine.n]);
    }
    vec_free(&spine);
}

LLVMValueRef emit_scalar(struct emit_body *b, expr_id id)
{
    const struct emit_memo *m = &b->cache->memo[id];
    if (m->form == FORM_REGISTER) {
        return m->value;
    }
    const struct expr *x = expr_get(b->pool, id);
    assert(x->shape.rank == 0);
    if (expr_is_elementwise(x->op) && !b->cache->memo[x->args[0]].form) {
        emit_spine(b, id);
    }
    LLVMValueRef v = compute(b, id, x);
    emit_remember(b, id, FORM_REGISTER, v);
    return v;
}

LLVMValueRef emit_scalar_real(struct emit_body *b, expr_id id)
{
    return emit_convert(b, emit_scalar(b, id), expr_get(b->pool, id)->type, TYPE_REAL);
}
