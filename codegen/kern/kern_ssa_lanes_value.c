/* Values of all lanes of a vector, in code for runs in lockstep. */
#include "codegen/kern/kern_ssa_lanes.h"

LLVMValueRef side_real(struct side *s, double v)
{
    return kern_lanes_constant(s->b.e, &s->number, v);
}

static LLVMValueRef in_all(struct side *s, LLVMValueRef one)
{
    LLVMValueRef all[CRNL_LANES];
    for (int i = 0; i < s->number.lanes; i++) {
        all[i] = one;
    }
    return s->number.is_wide ? LLVMConstVector(all, (unsigned)s->number.lanes) : one;
}

LLVMValueRef side_word(struct side *s, uint64_t v)
{
    return in_all(s, emit_i64(s->b.e, (int64_t)v));
}

LLVMValueRef side_place(struct side *s, int32_t v)
{
    return in_all(s, emit_i32(s->b.e, v));
}

LLVMValueRef side_load(struct side *s, LLVMTypeRef type, size_t place, const struct side_vector *v)
{
    return emit_load(s->b.e, type, s->lockstep, place + (size_t)v->first * LANE);
}

void side_store(struct side *s, LLVMValueRef value, size_t place, const struct side_vector *v)
{
    emit_store(s->b.e, value, s->lockstep, place + (size_t)v->first * LANE);
}

LLVMValueRef side_slot(struct side *s, LLVMTypeRef type)
{
    return emit_alloca(&s->b, type, "");
}

LLVMValueRef side_of_slot(struct side *s, LLVMTypeRef type, LLVMValueRef from)
{
    return LLVMBuildLoad2(s->b.e->builder, type, from, "");
}

LLVMValueRef side_less(struct side *s, LLVMValueRef a, LLVMValueRef b)
{
    return LLVMBuildFCmp(s->b.e->builder, LLVMRealOLT, a, b, "");
}

LLVMValueRef side_choose(struct side *s, LLVMValueRef mask, LLVMValueRef yes, LLVMValueRef no)
{
    return LLVMBuildSelect(s->b.e->builder, mask, yes, no, "");
}

LLVMValueRef side_bits(struct side *s, LLVMValueRef mask)
{
    return LLVMBuildBitCast(s->b.e->builder, mask, s->bits, "");
}

LLVMValueRef side_all_bits(struct side *s, LLVMValueRef of[LANES_VECTORS])
{
    struct emit *e = s->b.e;
    LLVMValueRef all = NULL;
    for (int i = 0; i < LANES_VECTORS; i++) {
        LLVMValueRef wide = LLVMBuildZExt(e->builder, of[i], e->i32, "");
        wide = i ? LLVMBuildShl(e->builder, wide, emit_i32(e, s->vector[i].first), "") : wide;
        all = all ? LLVMBuildOr(e->builder, all, wide, "") : wide;
    }
    return all;
}

LLVMBasicBlockRef side_begin_if_any(struct side *s, LLVMValueRef of[LANES_VECTORS])
{
    struct emit *e = s->b.e;
    LLVMBasicBlockRef rare = emit_block(&s->b, "rare"), next = emit_block(&s->b, "go_on");
    LLVMValueRef any = of[0];
    for (int i = 1; i < LANES_VECTORS; i++) {
        any = LLVMBuildOr(e->builder, any, of[i], "");
    }
    any = LLVMBuildICmp(e->builder, LLVMIntNE, any, LLVMConstNull(s->bits), "");
    emit_unlikely(e, LLVMBuildCondBr(e->builder, any, rare, next), false);
    LLVMPositionBuilderAtEnd(e->builder, rare);
    return next;
}
