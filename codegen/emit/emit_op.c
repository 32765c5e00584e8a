/* Operators on single elements, as ir/expr/expr_apply.c defines them. */
#include "codegen/emit/emit.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "codegen/engine_base.h"

LLVMValueRef emit_constant_of_lanes(struct emit_body *b, LLVMValueRef constant)
{
    LLVMValueRef all[CRNL_LANES];
    if (!b->wide) {
        return constant;
    }
    unsigned n = LLVMGetVectorSize(b->wide);
    for (unsigned i = 0; i < n; i++) {
        all[i] = constant;
    }
    return LLVMConstVector(all, n);
}

static LLVMValueRef real_constant(struct emit_body *b, double v)
{
    return emit_constant_of_lanes(b, emit_real(b->e, v));
}

/* A function of reals; lane by lane if there are lanes. */
static LLVMValueRef call(struct emit_body *b, enum emit_abi which, LLVMValueRef *args, unsigned n)
{
    LLVMBuilderRef at = b->e->builder;
    if (!b->wide) {
        return emit_call(b->e, which, args, n);
    }
    LLVMValueRef all = LLVMGetPoison(b->wide), one[2];
    for (unsigned i = 0; i < LLVMGetVectorSize(b->wide); i++) {
        LLVMValueRef lane = emit_i32(b->e, i);
        for (unsigned k = 0; k < n; k++) {
            one[k] = LLVMBuildExtractElement(at, args[k], lane, "");
        }
        all = LLVMBuildInsertElement(at, all, emit_call(b->e, which, one, n), lane, "");
    }
    return all;
}

/* A function of reals; of all lanes at once if there are any. */
static LLVMValueRef call_wide(struct emit_body *b, enum emit_abi which, enum emit_abi wide,
                              LLVMValueRef *args, unsigned n)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef room[3];
    if (!b->wide) {
        return call(b, which, args, n);
    }
    for (unsigned k = 0; k < n; k++) {
        room[k] = emit_alloca(b, b->wide, "");
        LLVMBuildStore(at, args[k], room[k]);
    }
    room[n] = emit_i32(b->e, LLVMGetVectorSize(b->wide));
    emit_call(b->e, wide, room, n + 1);
    return LLVMBuildLoad2(at, b->wide, room[0], "");
}

LLVMValueRef emit_convert(struct emit_body *b, LLVMValueRef v, enum expr_type from, enum expr_type to)
{
    LLVMBuilderRef at = b->e->builder;
    if (from == to) {
        return v;
    }
    if (to == TYPE_REAL) {
        LLVMTypeRef real = b->wide ? b->wide : b->e->real;
        return from == TYPE_INT ? LLVMBuildSIToFP(at, v, real, "") : LLVMBuildUIToFP(at, v, real, "");
    }
    assert(to == TYPE_INT && from == TYPE_BOOL);
    return LLVMBuildZExt(at, v, b->e->i64, "");
}

/* Converts a whole number to an integer; an error if it is out of range. */
static LLVMValueRef to_integer(struct emit_body *b, LLVMValueRef x)
{
    struct emit *e = b->e;
    LLVMValueRef least = emit_real(e, -0x1p63), past = emit_real(e, 0x1p63);
    LLVMValueRef fits = LLVMBuildAnd(e->builder, LLVMBuildFCmp(e->builder, LLVMRealOGE, x, least, ""),
                                     LLVMBuildFCmp(e->builder, LLVMRealOLT, x, past, ""), "");
    LLVMValueRef args[] = {b->ctx, x, emit_i32(e, b->line)};
    emit_require(b, fits, ABI_crnl_floor_error, args, 3);
    return LLVMBuildFPToSI(e->builder, x, e->i64, "");
}

static void require_int(struct emit_body *b, LLVMValueRef fits, enum expr_op op, LLVMValueRef x,
                        LLVMValueRef y)
{
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, engine_int_op(op)), x, y, emit_i32(b->e, b->line)};
    emit_require(b, fits, ABI_crnl_int_error, args, 5);
}

/* x op y with a check for overflow; the intrinsic `name` gives {result, overflow}. */
static LLVMValueRef checked(struct emit_body *b, enum expr_op op, const char *name, LLVMValueRef x,
                            LLVMValueRef y, LLVMValueRef shown_x, LLVMValueRef shown_y)
{
    struct emit *e = b->e;
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    LLVMValueRef f = LLVMGetIntrinsicDeclaration(e->module, id, &e->i64, 1), args[] = {x, y};
    LLVMTypeRef type = LLVMIntrinsicGetType(e->context, id, &e->i64, 1);
    LLVMValueRef both = LLVMBuildCall2(e->builder, type, f, args, 2, "");
    LLVMValueRef fits = LLVMBuildNot(e->builder, LLVMBuildExtractValue(e->builder, both, 1, ""), "");
    require_int(b, fits, op, shown_x, shown_y);
    return LLVMBuildExtractValue(e->builder, both, 0, "");
}

static LLVMValueRef negative_of(struct emit_body *b, enum expr_op op, LLVMValueRef x)
{
    LLVMValueRef zero = emit_i64(b->e, 0);
    return checked(b, op, "llvm.ssub.with.overflow", zero, x, x, zero);
}

static LLVMValueRef real1(struct emit_body *b, enum expr_op op, LLVMValueRef x)
{
    struct emit *e = b->e;
    switch (op) {
    case EXPR_NEG: return LLVMBuildFNeg(e->builder, x, "");
    case EXPR_ABS: return emit_intrinsic1(e, "llvm.fabs", x);
    case EXPR_SQRT: return emit_intrinsic1(e, "llvm.sqrt", x);
    case EXPR_FLOOR: return to_integer(b, emit_intrinsic1(e, "llvm.floor", x));
    case EXPR_FLOOR_REAL:
        return LLVMBuildFAdd(e->builder, emit_intrinsic1(e, "llvm.floor", x), real_constant(b, 0), "");
    case EXPR_EXP: return call_wide(b, ABI_crnl_exp, ABI_crnl_exp_lanes, &x, 1);
    case EXPR_LOG: return call_wide(b, ABI_crnl_log, ABI_crnl_log_lanes, &x, 1);
    case EXPR_SIN: return call(b, ABI_crnl_sin, &x, 1);
    case EXPR_COS: return call(b, ABI_crnl_cos, &x, 1);
    case EXPR_TANH: return call(b, ABI_crnl_tanh, &x, 1);
    case EXPR_ATAN: return call(b, ABI_crnl_atan, &x, 1);
    case EXPR_FACTORIAL: return call(b, ABI_crnl_factorial, &x, 1);
    default: assert(!"not a unary operator of reals"); return x;
    }
}

static LLVMValueRef int1(struct emit_body *b, enum expr_op op, LLVMValueRef x)
{
    LLVMBuilderRef at = b->e->builder;
    switch (op) {
    case EXPR_NEG: return negative_of(b, op, x);
    case EXPR_FLOOR: return x;
    case EXPR_ABS: {
        /* Only the negative of the smallest integer overflows, which is again negative. */
        LLVMValueRef below = LLVMBuildICmp(at, LLVMIntSLT, x, emit_i64(b->e, 0), "");
        LLVMValueRef least = emit_i64(b->e, INT64_MIN);
        require_int(b, LLVMBuildICmp(at, LLVMIntNE, x, least, ""), op, x, emit_i64(b->e, 0));
        return LLVMBuildSelect(at, below, LLVMBuildNeg(at, x, ""), x, "");
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
    return type == TYPE_REAL ? real1(b, op, v) : int1(b, op, v);
}

static LLVMValueRef pick(struct emit *e, LLVMValueRef cond, LLVMValueRef yes, LLVMValueRef no)
{
    return LLVMBuildSelect(e->builder, cond, yes, no, "");
}

/* crnl_pow(x, n) for a constant integer n, by the same products in the same order
 * (runtime/num/num_math.c). */
static LLVMValueRef power(struct emit_body *b, LLVMValueRef x, int n)
{
    LLVMBuilderRef at = b->e->builder;
    int m = n < 0 ? -n : n, top = 0;
    while (m >> (top + 1)) {
        top++;
    }
    LLVMValueRef result = x;
    for (int bit = top - 1; bit >= 0; bit--) {
        result = LLVMBuildFMul(at, result, result, "");
        if (m >> bit & 1) {
            result = LLVMBuildFMul(at, result, x, "");
        }
    }
    return n < 0 ? LLVMBuildFDiv(at, real_constant(b, 1), result, "") : result;
}

static LLVMValueRef real_pow(struct emit_body *b, LLVMValueRef x, LLVMValueRef y)
{
    LLVMValueRef of_first_lane = b->wide && LLVMIsConstant(y) ? LLVMGetAggregateElement(y, 0) : y;
    if (of_first_lane && LLVMIsAConstantFP(of_first_lane)) {
        LLVMBool loses;
        double n = LLVMConstRealGetDouble(of_first_lane, &loses);
        if (plan_power_is_product(n)) {
            return power(b, x, (int)n);
        }
    }
    LLVMValueRef args[] = {x, y};
    return call_wide(b, ABI_crnl_pow, ABI_crnl_pow_lanes, args, 2);
}

static LLVMValueRef real2(struct emit_body *b, enum expr_op op, LLVMValueRef x, LLVMValueRef y)
{
    struct emit *e = b->e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef args[] = {x, y};
    switch (op) {
    case EXPR_ADD: return LLVMBuildFAdd(at, x, y, "");
    case EXPR_SUB: return LLVMBuildFSub(at, x, y, "");
    case EXPR_MUL: return LLVMBuildFMul(at, x, y, "");
    case EXPR_DIV: return LLVMBuildFDiv(at, x, y, "");
    case EXPR_MOD: return call(b, ABI_crnl_mod, args, 2);
    case EXPR_POW: return real_pow(b, x, y);
    case EXPR_MIN: return pick(e, LLVMBuildFCmp(at, LLVMRealOLT, y, x, ""), y, x);
    case EXPR_MAX: return pick(e, LLVMBuildFCmp(at, LLVMRealOLT, x, y, ""), y, x);
    case EXPR_EQ: return LLVMBuildFCmp(at, LLVMRealOEQ, x, y, "");
    case EXPR_NE: return LLVMBuildFCmp(at, LLVMRealUNE, x, y, "");
    case EXPR_LT: return LLVMBuildFCmp(at, LLVMRealOLT, x, y, "");
    case EXPR_LE: return LLVMBuildFCmp(at, LLVMRealOLE, x, y, "");
    default: assert(!"not a binary operator of reals"); return x;
    }
}

/* The remainder with the sign of the divisor. For the divisor -1 it is 0 without a division, since the
 * hardware fails for the smallest integer. */
static LLVMValueRef int_mod(struct emit_body *b, LLVMValueRef x, LLVMValueRef y)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef zero = emit_i64(b->e, 0), one = emit_i64(b->e, 1);
    require_int(b, LLVMBuildICmp(at, LLVMIntNE, y, zero, ""), EXPR_MOD, x, y);
    LLVMValueRef divisor = pick(b->e, LLVMBuildICmp(at, LLVMIntEQ, y, emit_i64(b->e, -1), ""), one, y);
    LLVMValueRef r = LLVMBuildSRem(at, x, divisor, "");
    LLVMValueRef differs = LLVMBuildICmp(at, LLVMIntSLT, LLVMBuildXor(at, r, divisor, ""), zero, "");
    LLVMValueRef shift = LLVMBuildAnd(at, LLVMBuildICmp(at, LLVMIntNE, r, zero, ""), differs, "");
    return pick(b->e, shift, LLVMBuildAdd(at, r, divisor, ""), r);
}

static LLVMValueRef int_pow(struct emit_body *b, LLVMValueRef x, LLVMValueRef n)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef room = emit_alloca(b, b->e->i64, "power"), args[] = {x, n, room};
    LLVMValueRef fits = emit_call(b->e, ABI_crnl_int_pow, args, 3);
    require_int(b, LLVMBuildICmp(at, LLVMIntNE, fits, emit_i32(b->e, 0), ""), EXPR_POW, x, n);
    return LLVMBuildLoad2(at, b->e->i64, room, "");
}

static LLVMValueRef int2(struct emit_body *b, enum expr_op op, LLVMValueRef x, LLVMValueRef y)
{
    struct emit *e = b->e;
    LLVMBuilderRef at = e->builder;
    switch (op) {
    case EXPR_ADD: return checked(b, op, "llvm.sadd.with.overflow", x, y, x, y);
    case EXPR_SUB: return checked(b, op, "llvm.ssub.with.overflow", x, y, x, y);
    case EXPR_MUL: return checked(b, op, "llvm.smul.with.overflow", x, y, x, y);
    case EXPR_MOD: return int_mod(b, x, y);
    case EXPR_POW: return int_pow(b, x, y);
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
    return type == TYPE_REAL ? real2(b, op, v, w) : int2(b, op, v, w);
}
