#include "codegen/kern/kern_random.h"

static LLVMValueRef rotate(struct emit *e, LLVMValueRef v, int bits)
{
    LLVMValueRef high = LLVMBuildShl(e->builder, v, emit_i64(e, bits), "");
    return LLVMBuildOr(e->builder, high, LLVMBuildLShr(e->builder, v, emit_i64(e, 64 - bits), ""), "");
}

LLVMValueRef kern_random_word(struct emit *e, const LLVMValueRef stream[4])
{
    LLVMBuilderRef at = e->builder;
    LLVMValueRef v[4];
    for (int i = 0; i < 4; i++) {
        v[i] = LLVMBuildLoad2(at, e->i64, stream[i], "");
    }
    LLVMValueRef word = LLVMBuildAdd(at, rotate(e, LLVMBuildAdd(at, v[0], v[3], ""), 23), v[0], "");
    LLVMValueRef shifted = LLVMBuildShl(at, v[1], emit_i64(e, 17), "");
    v[2] = LLVMBuildXor(at, v[2], v[0], "");
    v[3] = LLVMBuildXor(at, v[3], v[1], "");
    v[1] = LLVMBuildXor(at, v[1], v[2], "");
    v[0] = LLVMBuildXor(at, v[0], v[3], "");
    v[2] = LLVMBuildXor(at, v[2], shifted, "");
    v[3] = rotate(e, v[3], 45);
    for (int i = 0; i < 4; i++) {
        LLVMBuildStore(at, v[i], stream[i]);
    }
    return word;
}

LLVMValueRef kern_random_uniform(struct emit *e, const LLVMValueRef stream[4])
{
    LLVMValueRef j = LLVMBuildLShr(e->builder, kern_random_word(e, stream), emit_i64(e, 11), "");
    LLVMValueRef v =
        LLVMBuildSIToFP(e->builder, LLVMBuildAdd(e->builder, j, emit_i64(e, 1), ""), e->real, "");
    return LLVMBuildFMul(e->builder, v, emit_real(e, 0x1p-53), "");
}
