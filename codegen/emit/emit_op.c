/* Operators on one element each, as ir/expr/expr_apply.c defines them. */
#include "codegen/emit/emit.h"

#include <assert.h>
#include <math.h>
#include <string.h>

LLVMValueRef emit_convert(struct emit_body *b, LLVMValueRef v, enum expr_type from, enum expr_type to)
{
    LLVMBuilderRef at = b->e->builder;
    if (from == to) {
        return v;
    }
    if (to == TYPE_REAL) {
        return from == TYPE_INT ? LLVMBuildSIToFP(at, v, b->e->real, "")
                                : LLVMBuildUIToFP(at, v, b->e->real, "");
    }
    assert(to == TYPE_INT && from == TYPE_BOOL);
    return LLVMBuildZExt(at, v, b->e->i64, "");
}

/* Saturates; not a number gives 0: the meaning of the intrinsic. */
static LLVMValueRef to_integer(struct emit *e, LLVMValueRef x)
{
    static const char name[] = "llvm.fptosi.sat";
    LLVMTypeRef types[] = {e->i64, e->real};
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    LLVMValueRef f = LLVMGetIntrinsicDeclaration(e->module, id, types, 2);
    return LLVMBuildCall2(e->builder, LLVMIntrinsicGetType(e->context, id, types, 2), f, &x, 1, "");
}

static LLVMValueRef real1(struct emit *e, enum expr_op op, LLVMValueRef x)
{
    switch (op) {
    case EXPR_NEG: return LLVMBuildFNeg(e->builder, x, "");
    case EXPR_ABS: return emit_intrinsic1(e, "llvm.fabs", x);
    case EXPR_SQRT: return emit_intrinsic1(e, "llvm.sqrt", x);
    case EXPR_FLOOR: return to_integer(e, emit_intrinsic1(e, "llvm.floor", x));
    case EXPR_EXP: return emit_call(e, ABI_crnl_exp, &x, 1);
    case EXPR_LOG: return emit_call(e, ABI_crnl_log, &x, 1);
    case EXPR_SIN: return emit_call(e, ABI_crnl_sin, &x, 1);
    case EXPR_COS: return emit_call(e, ABI_crnl_cos, &x, 1);
    case EXPR_TANH: return emit_call(e, ABI_crnl_tanh, &x, 1);
    default: assert(!"not a unary operator of reals"); return x;
    }
}

static LLVMValueRef int1(struct emit *e, enum expr_op op, LLVMValueRef x)
{
    LLVMBuilderRef at = e->builder;
    switch (op) {
    case EXPR_NEG: return LLVMBuildNeg(at, x, "");
    case EXPR_FLOOR: return x;
    case EXPR_ABS: {
        LLVMValueRef negative = LLVMBuildICmp(at, LLVMIntSLT, x, emit_i64(e, 0), "");
        return LLVMBuildSelect(at, negative, LLVMBuildNeg(at, x, ""), x, "");
    }
    default: assert(!"not a unary operator of integers"); return x;
    }
}

LLVMValueRef emit_apply1(struct emit_body *b, enum expr_op op, enum expr_type type, LLVMValueRef v)
{
    if (op == EXPR_TO_REAL) {
        return emit_convert(b, v, type, TYPE_REAL);
    }
    if (op == EXPR_NOT) {
        return LLVMBuildNot(b->e->builder, v, "");
    }
    return type == TYPE_REAL ? real1(b->e, op, v) : int1(b->e, op, v);
}

static LLVMValueRef pick(struct emit *e, LLVMValueRef cond, LLVMValueRef yes, LLVMValueRef no)
{
    return LLVMBuildSelect(e->builder, cond, yes, no, "");
}

/* crnl_pow(x, n) for a constant integer n: the same products in the same order (runtime/num/num_math.c). */
static LLVMValueRef power(struct emit *e, LLVMValueRef x, int n)
{
    int m = n < 0 ? -n : n, top = 0;
    while (m >> (top + 1)) {
        top++;
    }
    LLVMValueRef result = x;
    for (int bit = top - 1; bit >= 0; bit--) {
        result = LLVMBuildFMul(e->builder, result, result, "");
        if (m >> bit & 1) {
            result = LLVMBuildFMul(e->builder, result, x, "");
        }
    }
    return n < 0 ? LLVMBuildFDiv(e->builder, emit_real(e, 1), result, "") : result;
}

static LLVMValueRef real_pow(struct emit *e, LLVMValueRef x, LLVMValueRef y)
{
    if (LLVMIsAConstantFP(y)) {
        LLVMBool loses;
        double n = LLVMConstRealGetDouble(y, &loses);
        if (n != 0 && fabs(n) <= 64 && n == floor(n)) {
            return power(e, x, (int)n);
        }
    }
    LLVMValueRef args[] = {x, y};
    return emit_call(e, ABI_crnl_pow, args, 2);
}

static LLVMValueRef real2(struct emit *e, enum expr_op op, LLVMValueRef x, LLVMValueRef y)
{
    LLVMBuilderRef at = e->builder;
    LLVMValueRef args[] = {x, y};
    switch (op) {
    case EXPR_ADD: return LLVMBuildFAdd(at, x, y, "");
    case EXPR_SUB: return LLVMBuildFSub(at, x, y, "");
    case EXPR_MUL: return LLVMBuildFMul(at, x, y, "");
    case EXPR_DIV: return LLVMBuildFDiv(at, x, y, "");
    case EXPR_MOD: return emit_call(e, ABI_crnl_mod, args, 2);
    case EXPR_POW: return real_pow(e, x, y);
    case EXPR_MIN: return pick(e, LLVMBuildFCmp(at, LLVMRealOLT, y, x, ""), y, x);
    case EXPR_MAX: return pick(e, LLVMBuildFCmp(at, LLVMRealOLT, x, y, ""), y, x);
    case EXPR_EQ: return LLVMBuildFCmp(at, LLVMRealOEQ, x, y, "");
    case EXPR_NE: return LLVMBuildFCmp(at, LLVMRealUNE, x, y, "");
    case EXPR_LT: return LLVMBuildFCmp(at, LLVMRealOLT, x, y, "");
    case EXPR_LE: return LLVMBuildFCmp(at, LLVMRealOLE, x, y, "");
    default: assert(!"not a binary operator of reals"); return x;
    }
}

/* Sign of the divisor; by 0 and by -1 it is 0, and the hardware's division must not see either. */
static LLVMValueRef int_mod(struct emit *e, LLVMValueRef x, LLVMValueRef y)
{
    LLVMBuilderRef at = e->builder;
    LLVMValueRef zero = emit_i64(e, 0), one = emit_i64(e, 1);
    LLVMValueRef trivial = LLVMBuildICmp(at, LLVMIntULE, LLVMBuildAdd(at, y, one, ""), one, "");
    LLVMValueRef divisor = pick(e, trivial, one, y);
    LLVMValueRef r = LLVMBuildSRem(at, x, divisor, "");
    LLVMValueRef differs = LLVMBuildICmp(at, LLVMIntSLT, LLVMBuildXor(at, r, divisor, ""), zero, "");
    LLVMValueRef shift = LLVMBuildAnd(at, LLVMBuildICmp(at, LLVMIntNE, r, zero, ""), differs, "");
    return pick(e, shift, LLVMBuildAdd(at, r, divisor, ""), r);
}

/* x^n, n >= 0, by squaring: wrapping products agree in any order. One function a module, for exponents in
 * arrays. */
static LLVMValueRef int_pow_function(struct emit *e, LLVMTypeRef type)
{
    LLVMValueRef f = LLVMGetNamedFunction(e->module, "int_pow");
    if (f) {
        return f;
    }
    LLVMBuilderRef at = e->builder;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(at);
    f = emit_function(e, "int_pow", type, LLVMInternalLinkage);
    LLVMBasicBlockRef entry = LLVMAppendBasicBlockInContext(e->context, f, "entry");
    LLVMBasicBlockRef loop = LLVMAppendBasicBlockInContext(e->context, f, "loop");
    LLVMBasicBlockRef done = LLVMAppendBasicBlockInContext(e->context, f, "done");
    LLVMPositionBuilderAtEnd(at, entry);
    LLVMValueRef one = emit_i64(e, 1), zero = emit_i64(e, 0), base = LLVMGetParam(f, 0),
                 n = LLVMGetParam(f, 1);
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntSGT, n, zero, ""), loop, done);
    LLVMPositionBuilderAtEnd(at, loop);
    LLVMValueRef square = LLVMBuildPhi(at, e->i64, ""), left = LLVMBuildPhi(at, e->i64, "");
    LLVMValueRef product = LLVMBuildPhi(at, e->i64, "");
    LLVMValueRef odd = LLVMBuildTrunc(at, left, e->i1, "");
    LLVMValueRef next_product = pick(e, odd, LLVMBuildMul(at, product, square, ""), product);
    LLVMValueRef next_left = LLVMBuildLShr(at, left, one, ""),
                 next_square = LLVMBuildMul(at, square, square, "");
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntNE, next_left, zero, ""), loop, done);
    LLVMBasicBlockRef from[] = {entry, loop};
    LLVMAddIncoming(square, (LLVMValueRef[]){base, next_square}, from, 2);
    LLVMAddIncoming(left, (LLVMValueRef[]){n, next_left}, from, 2);
    LLVMAddIncoming(product, (LLVMValueRef[]){one, next_product}, from, 2);
    LLVMPositionBuilderAtEnd(at, done);
    LLVMValueRef result = LLVMBuildPhi(at, e->i64, "");
    LLVMAddIncoming(result, (LLVMValueRef[]){one, next_product}, from, 2);
    LLVMBuildRet(at, result);
    LLVMPositionBuilderAtEnd(at, here);
    return f;
}

static LLVMValueRef int_pow(struct emit *e, LLVMValueRef x, LLVMValueRef n)
{
    LLVMValueRef args[] = {x, n};
    LLVMTypeRef type = LLVMFunctionType(e->i64, (LLVMTypeRef[]){e->i64, e->i64}, 2, false);
    return LLVMBuildCall2(e->builder, type, int_pow_function(e, type), args, 2, "");
}

static LLVMValueRef int2(struct emit *e, enum expr_op op, LLVMValueRef x, LLVMValueRef y)
{
    LLVMBuilderRef at = e->builder;
    switch (op) {
    case EXPR_ADD: return LLVMBuildAdd(at, x, y, "");
    case EXPR_SUB: return LLVMBuildSub(at, x, y, "");
    case EXPR_MUL: return LLVMBuildMul(at, x, y, "");
    case EXPR_MOD: return int_mod(e, x, y);
    case EXPR_POW: return int_pow(e, x, y);
    case EXPR_MIN: return pick(e, LLVMBuildICmp(at, LLVMIntSLT, y, x, ""), y, x);
    case EXPR_MAX: return pick(e, LLVMBuildICmp(at, LLVMIntSLT, x, y, ""), y, x);
    case EXPR_EQ: return LLVMBuildICmp(at, LLVMIntEQ, x, y, "");
    case EXPR_NE: return LLVMBuildICmp(at, LLVMIntNE, x, y, "");
    case EXPR_LT: return LLVMBuildICmp(at, LLVMIntSLT, x, y, "");
    case EXPR_LE: return LLVMBuildICmp(at, LLVMIntSLE, x, y, "");
    case EXPR_AND: return LLVMBuildAnd(at, x, y, "");
    case EXPR_OR: return LLVMBuildOr(at, x, y, "");
    default: assert(!"not a binary operator of integers"); return x;
    }
}

LLVMValueRef emit_apply2(struct emit_body *b, enum expr_op op, enum expr_type type, LLVMValueRef v,
                         LLVMValueRef w)
{
    struct emit *e = b->e;
    if (type == TYPE_TEXT) {
        LLVMValueRef args[] = {v, w};
        LLVMValueRef order = emit_call(e, ABI_strcmp, args, 2);
        return LLVMBuildICmp(e->builder, op == EXPR_EQ ? LLVMIntEQ : LLVMIntNE, order, emit_i32(e, 0), "");
    }
    return type == TYPE_REAL ? real2(e, op, v, w) : int2(e, op, v, w);
}
