/* Arrays of static shape. Elementwise operators, slices and rows are not stored: each element is computed
 * when it is read (FORM_LAZY), unless the array is read more than once. */
#include "codegen/emit/emit.h"

#include <assert.h>

static const struct expr *node(const struct emit_body *b, expr_id id)
{
    return expr_get(b->pool, id);
}

/* ---- Indices ------------------------------------------------------------------------------------------- */

static LLVMValueRef linear_index(struct emit_body *b, struct shape s, const struct emit_index *at)
{
    LLVMBuilderRef build = b->e->builder;
    LLVMValueRef sum = at->at[0];
    for (int32_t i = 1; i < s.rank; i++) {
        sum = LLVMBuildMul(build, sum, emit_i64(b->e, s.dim[i]), "");
        sum = LLVMBuildAdd(build, sum, at->at[i], "");
    }
    return s.rank == 0 ? emit_i64(b->e, 0) : sum;
}

static struct emit_index split_index(struct emit_body *b, struct shape s, LLVMValueRef linear)
{
    struct emit_index at = {{NULL}};
    for (int32_t i = s.rank - 1; i >= 0; i--) {
        LLVMValueRef dim = emit_i64(b->e, s.dim[i]);
        at.at[i] = i == 0 ? linear : LLVMBuildURem(b->e->builder, linear, dim, "");
        linear = LLVMBuildUDiv(b->e->builder, linear, dim, "");
    }
    return at;
}

static struct emit_index insert_index(const struct emit_index *at, int32_t axis, LLVMValueRef index)
{
    struct emit_index wide = {{NULL}};
    for (int32_t i = 0; i < SHAPE_MAX_RANK; i++) {
        wide.at[i] = i < axis ? at->at[i] : i == axis ? index : at->at[i - 1];
    }
    return wide;
}

void emit_nest_begin(struct emit_body *b, struct emit_nest *n, struct shape shape)
{
    *n = (struct emit_nest){.shape = shape};
    for (int32_t i = 0; i < shape.rank; i++) {
        emit_loop_begin(b, &n->loop[i], shape.dim[i]);
        n->at.at[i] = n->loop[i].i;
    }
    n->linear = linear_index(b, shape, &n->at);
}

void emit_nest_end(struct emit_body *b, struct emit_nest *n)
{
    for (int32_t i = n->shape.rank; i > 0; i--) {
        emit_loop_end(b, &n->loop[i - 1]);
    }
}

/* ---- Elements on demand -------------------------------------------------------------------------------- */

static LLVMValueRef reshaped(struct emit_body *b, const struct expr *x, const struct emit_index *at)
{
    struct shape inner = node(b, x->args[0])->shape;
    struct emit_index to = split_index(b, inner, linear_index(b, x->shape, at));
    return emit_element(b, x->args[0], &to);
}

static LLVMValueRef lazy_element(struct emit_body *b, expr_id id, const struct emit_index *at)
{
    const struct expr *x = node(b, id);
    struct emit_index inner = *at;
    switch (x->op) {
    case EXPR_FILL: return emit_scalar(b, x->args[0]);
    case EXPR_RESHAPE: return reshaped(b, x, at);
    case EXPR_SLICE:
        inner.at[x->a] = LLVMBuildAdd(b->e->builder, at->at[x->a], emit_i64(b->e, x->b), "");
        return emit_element(b, x->args[0], &inner);
    case EXPR_TAKE:
    case EXPR_GATHER: /* of one row, which is TAKE along axis 0 */
        inner = insert_index(at, x->op == EXPR_TAKE ? x->a : 0, b->cache->memo[id].value);
        return emit_element(b, x->args[0], &inner);
    default: break;
    }
    assert(expr_is_elementwise(x->op));
    enum expr_type type = node(b, x->args[0])->type;
    LLVMValueRef v = emit_element(b, x->args[0], at);
    if (x->n_args == 1) {
        return emit_apply1(b, x->op, type, v);
    }
    return emit_apply2(b, x->op, type, v, emit_element(b, x->args[1], at));
}

LLVMValueRef emit_element(struct emit_body *b, expr_id id, const struct emit_index *at)
{
    const struct expr *x = node(b, id);
    struct emit_memo m = b->cache->memo[id];
    if (m.form == FORM_REGISTER) {
        return m.value;
    }
    if (m.form == FORM_MEMORY) {
        return emit_get(b, x->type, m.value, linear_index(b, x->shape, at));
    }
    assert(m.form == FORM_LAZY);
    return lazy_element(b, id, at);
}

static void store_elements(struct emit_body *b, expr_id id, LLVMValueRef out)
{
    const struct expr *x = node(b, id);
    if (shape_size(x->shape) == 0) {
        return;
    }
    struct emit_nest n;
    emit_nest_begin(b, &n, x->shape);
    emit_put(b, x->type, out, n.linear, emit_element(b, id, &n.at));
    emit_nest_end(b, &n);
}

static bool compute_into(struct emit_body *b, expr_id id, LLVMValueRef out);

/* ---- Preparation: operands are evaluated, indices checked ---------------------------------------------- */

static int64_t row_size(struct shape s)
{
    return shape_size(shape_drop(s, 0));
}

static void prepare_constant(struct emit_body *b, expr_id id, const struct expr *x)
{
    size_t n = (size_t)shape_size(x->shape);
    LLVMValueRef p = x->type == TYPE_TEXT
                         ? emit_texts(b->e, "texts", (const char *const *)x->v.data, n)
                         : emit_blob(b->e, "array", x->v.data, n * (size_t)emit_size_of(x->type));
    emit_remember(b, id, FORM_MEMORY, p);
}

/* Prepares a part of another array. It has the same memory if the part is contiguous. */
static void prepare_view(struct emit_body *b, expr_id id, const struct expr *x)
{
    expr_id array = x->args[0];
    emit_prepare(b, array);
    if (b->cache->uses[id] > 1 && b->cache->memo[array].form == FORM_LAZY) {
        emit_array(b, array); /* otherwise each reader would compute the elements again */
    }
    struct shape outer = node(b, array)->shape;
    int32_t axis = x->op == EXPR_GATHER ? 0 : x->a;
    LLVMValueRef index = NULL;
    if (x->op == EXPR_TAKE || x->op == EXPR_GATHER) {
        index = emit_scalar(b, x->args[1]);
        emit_index_check(b, index, outer.dim[axis], x->b);
    } else if (x->op == EXPR_SLICE) {
        index = emit_i64(b->e, x->b);
    }
    struct emit_memo m = b->cache->memo[array];
    if (m.form != FORM_MEMORY || (x->op != EXPR_RESHAPE && axis != 0)) {
        emit_remember(b, id, FORM_LAZY, index);
    } else if (x->op == EXPR_RESHAPE) {
        emit_remember(b, id, FORM_MEMORY, m.value);
    } else {
        LLVMValueRef offset = LLVMBuildMul(b->e->builder, index, emit_i64(b->e, row_size(outer)), "");
        emit_remember(b, id, FORM_MEMORY, emit_element_at(b, x->type, m.value, offset));
    }
}

static void prepare_elementwise(struct emit_body *b, expr_id id, const struct expr *x)
{
    for (uint32_t i = 0; i < x->n_args; i++) {
        emit_prepare(b, x->args[i]);
    }
    emit_remember(b, id, FORM_LAZY, NULL);
    if (b->cache->uses[id] > 1 ||
        plan_may_fail(x)) { /* an element may have no value, which is an error even if it is not read */
        emit_array(b, id);
    }
}

void emit_prepare(struct emit_body *b, expr_id id)
{
    const struct expr *x = node(b, id);
    if (x->shape.rank == 0) {
        emit_scalar(b, id);
        return;
    }
    if (b->cache->memo[id].form) {
        return;
    }
    if (x->op == EXPR_CONST) {
        prepare_constant(b, id, x);
    } else if (expr_is_elementwise(x->op)) {
        prepare_elementwise(b, id, x);
    } else if (x->op == EXPR_FILL) {
        emit_scalar(b, x->args[0]);
        emit_remember(b, id, FORM_LAZY, NULL);
    } else if (x->op == EXPR_SLICE || x->op == EXPR_TAKE || x->op == EXPR_RESHAPE ||
               (x->op == EXPR_GATHER && node(b, x->args[1])->shape.rank == 0)) {
        prepare_view(b, id, x);
    } else if (expr_is_asked(x->op)) {
        LLVMValueRef once = emit_once(b, id);
        emit_remember(b, id, FORM_MEMORY, once ? once : b->leaf(b, x));
    } else {
        LLVMValueRef out = emit_buffer(b, x->type, shape_size(x->shape));
        bool computed = compute_into(b, id, out);
        assert(computed);
        (void)computed;
        emit_remember(b, id, FORM_MEMORY, out);
    }
}

/* ---- Whole arrays -------------------------------------------------------------------------------------- */

static void stack_into(struct emit_body *b, const struct expr *x, LLVMValueRef out)
{
    int64_t row = row_size(x->shape);
    for (uint32_t i = 0; i < x->n_args; i++) {
        LLVMValueRef at = emit_element_at(b, x->type, out, emit_i64(b->e, (int64_t)i * row));
        if (x->shape.rank == 1) {
            emit_put(b, x->type, at, NULL, emit_scalar(b, x->args[i]));
        } else {
            emit_array_into(b, x->args[i], at);
        }
    }
}

static void concat_into(struct emit_body *b, const struct expr *x, LLVMValueRef out)
{
    LLVMValueRef second = emit_i64(b->e, shape_size(node(b, x->args[0])->shape));
    emit_array_into(b, x->args[0], out);
    emit_array_into(b, x->args[1], emit_element_at(b, x->type, out, second));
}

static void gather_into(struct emit_body *b, const struct expr *x, LLVMValueRef out)
{
    const struct expr *array = node(b, x->args[0]), *indices = node(b, x->args[1]);
    LLVMValueRef from = emit_array(b, x->args[0]), index = emit_array(b, x->args[1]);
    int64_t rows = shape_size(indices->shape), row = row_size(array->shape);
    if (rows == 0) {
        return;
    }
    struct emit_loop l;
    LLVMValueRef size = emit_i64(b->e, row);
    emit_loop_begin(b, &l, rows);
    LLVMValueRef i = emit_get(b, TYPE_INT, index, l.i);
    emit_index_check(b, i, array->shape.dim[0], x->b);
    emit_copy(b, x->type, emit_element_at(b, x->type, out, LLVMBuildMul(b->e->builder, l.i, size, "")),
              emit_element_at(b, x->type, from, LLVMBuildMul(b->e->builder, i, size, "")), row);
    emit_loop_end(b, &l);
}

static void branch_into(struct emit_body *b, expr_id id, LLVMValueRef out, LLVMBasicBlockRef block,
                        LLVMBasicBlockRef join)
{
    LLVMPositionBuilderAtEnd(b->e->builder, block);
    size_t mark = emit_mark(b);
    emit_array_into(b, id, out);
    emit_release(b, mark);
    LLVMBuildBr(b->e->builder, join);
}

static void select_into(struct emit_body *b, const struct expr *x, LLVMValueRef out)
{
    LLVMValueRef cond = emit_scalar(b, x->args[0]);
    LLVMBasicBlockRef yes = emit_block(b, "yes"), no = emit_block(b, "no"), join = emit_block(b, "join");
    LLVMBuildCondBr(b->e->builder, cond, yes, no);
    branch_into(b, x->args[1], out, yes, join);
    branch_into(b, x->args[2], out, no, join);
    LLVMPositionBuilderAtEnd(b->e->builder, join);
}

/* Emits operators that fill memory; false for other operators. */
static bool compute_into(struct emit_body *b, expr_id id, LLVMValueRef out)
{
    const struct expr *x = node(b, id);
    switch (x->op) {
    case EXPR_STACK: stack_into(b, x, out); return true;
    case EXPR_CONCAT: concat_into(b, x, out); return true;
    case EXPR_SELECT: select_into(b, x, out); return true;
    case EXPR_MATMUL: emit_matmul_into(b, id, out); return true;
    case EXPR_MAP: emit_map_into(b, id, out); return true;
    case EXPR_GATHER:
        if (node(b, x->args[1])->shape.rank == 0) {
            return false;
        }
        gather_into(b, x, out);
        return true;
    default: break;
    }
    if (!expr_has_class(x->op, EXPR_CLASS_FOLD)) {
        return false;
    }
    emit_fold_into(b, id, out);
    return true;
}

void emit_array_into(struct emit_body *b, expr_id id, LLVMValueRef out)
{
    const struct expr *x = node(b, id);
    if (!b->cache->memo[id].form && b->cache->uses[id] <= 1 && compute_into(b, id, out)) {
        return;
    }
    emit_prepare(b, id);
    if (b->cache->memo[id].form == FORM_MEMORY) {
        emit_copy(b, x->type, out, b->cache->memo[id].value, shape_size(x->shape));
    } else {
        store_elements(b, id, out);
    }
}

LLVMValueRef emit_array(struct emit_body *b, expr_id id)
{
    emit_prepare(b, id);
    if (b->cache->memo[id].form != FORM_MEMORY) {
        const struct expr *x = node(b, id);
        LLVMValueRef out = emit_buffer(b, x->type, shape_size(x->shape));
        store_elements(b, id, out);
        emit_remember(b, id, FORM_MEMORY, out);
    }
    return b->cache->memo[id].value;
}

/* Elements in memory, one after the other for any rank, converted to `type`. */
LLVMValueRef emit_values(struct emit_body *b, expr_id id, enum expr_type type)
{
    const struct expr *x = node(b, id);
    int64_t n = shape_size(x->shape);
    if (x->shape.rank == 0) {
        LLVMValueRef slot = emit_buffer(b, type, 1);
        emit_put(b, type, slot, NULL, emit_convert(b, emit_scalar(b, id), x->type, type));
        return slot;
    }
    LLVMValueRef from = emit_array(b, id);
    if (x->type == type || n == 0) {
        return from;
    }
    LLVMValueRef out = emit_buffer(b, type, n);
    struct emit_loop l;
    emit_loop_begin(b, &l, n);
    emit_put(b, type, out, l.i, emit_convert(b, emit_get(b, x->type, from, l.i), x->type, type));
    emit_loop_end(b, &l);
    return out;
}

LLVMValueRef emit_gather_scalar(struct emit_body *b, expr_id id)
{
    const struct expr *x = node(b, id);
    emit_prepare(b, x->args[0]);
    struct emit_index at = {{emit_scalar(b, x->args[1])}};
    emit_index_check(b, at.at[0], node(b, x->args[0])->shape.dim[0], x->b);
    return emit_element(b, x->args[0], &at);
}
