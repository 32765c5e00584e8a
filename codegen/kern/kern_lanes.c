#include "codegen/kern/kern_lanes.h"

#include <string.h>

/* The processors that vectors of 256 and 512 bits are for. Those of 512 bits are used wherever they exist,
 * though compilers avoid them on some processors. */
static const char *const processor[] = {"x86-64-v3", "x86-64-v4"}; /* ORDER crnl_lanes */

struct kern_number kern_lanes_number(struct emit *e, enum kern_lanes lanes)
{
    if (lanes == KERN_ONE) {
        return (struct kern_number){e->real, sizeof(double), 1, false};
    }
    int n = crnl_lanes_of((enum crnl_lanes)lanes);
    return (struct kern_number){LLVMVectorType(e->real, (unsigned)n), (size_t)n * sizeof(double), n, true};
}

LLVMValueRef kern_lanes_constant(struct emit *e, const struct kern_number *n, double v)
{
    LLVMValueRef one = emit_real(e, v), all[CRNL_LANES];
    for (int i = 0; i < n->lanes; i++) {
        all[i] = one;
    }
    return n->is_wide ? LLVMConstVector(all, (unsigned)n->lanes) : one;
}

LLVMValueRef kern_lanes_function(struct emit *e, const char *name, LLVMTypeRef type, enum kern_lanes lanes)
{
    if (lanes == KERN_ONE) {
        return emit_function(e, name, type, e->linkage);
    }
    LLVMValueRef f = emit_function(e, name, type, LLVMInternalLinkage);
    emit_target(e, f, "target-cpu", processor[lanes]);
    emit_target(e, f, "prefer-vector-width", "512");
    emit_target(e, f, "stackrealign", ""); /* vectors on the stack would lie across lines of the cache */
    emit_prevent_inlining(e, f);
    return f;
}

/* Whether code for processors of this kind may be asked for. A processor that has AVX-512 has AVX2, too, and
 * runs that are too few for the wide vectors ask for the others, unless `only_widest`. */
static bool is_for(struct emit *e, enum kern_lanes lanes, bool only_widest)
{
    if (!e->for_host) {
        return true;
    }
    char *features = LLVMGetTargetMachineFeatureString(e->machine);
    bool wide = strstr(features, "+avx512dq"), any = wide || strstr(features, "+avx2");
    LLVMDisposeMessage(features);
    return lanes == KERN_AVX512 ? wide : any && !(only_widest && wide);
}

bool kern_lanes_pay(struct emit *e)
{
    char *triple = LLVMGetTargetMachineTriple(e->machine);
    bool pays = strncmp(triple, "x86_64", 6) == 0;
    LLVMDisposeMessage(triple);
    return pays && is_for(e, KERN_AVX2, false);
}

LLVMValueRef kern_lanes_choice(struct emit *e, const struct plan *plan, struct emit_cache *cache, int index,
                               const char *member, bool only_widest,
                               LLVMValueRef (*make)(struct emit *e, const struct plan *plan,
                                                    struct emit_cache *cache, const char *name,
                                                    enum kern_lanes lanes))
{
    enum { MOST_ARGUMENTS = 16 };
    LLVMTypeRef types[MOST_ARGUMENTS], type = NULL;
    LLVMValueRef f[KERN_ONE] = {NULL}, arg[MOST_ARGUMENTS];
    for (int i = 0; i < KERN_ONE; i++) {
        const char *of = arena_printf(e->arena, "net%d_%s_%s", index, member, i ? "avx512" : "avx2");
        bool is_asked_for = is_for(e, (enum kern_lanes)i, only_widest);
        f[i] = is_asked_for ? make(e, plan, cache, of, (enum kern_lanes)i) : NULL;
        type = f[i] ? LLVMGlobalGetValueType(f[i]) : type;
    }
    LLVMTypeRef result = LLVMGetReturnType(type);
    unsigned n = LLVMCountParamTypes(type);
    types[0] = e->i32;
    LLVMGetParamTypes(type, types + 1);
    LLVMValueRef all = emit_function(e, arena_printf(e->arena, "net%d_%s", index, member),
                                     LLVMFunctionType(result, types, n + 1, false), e->linkage);
    struct emit_body b;
    emit_body_init(&b, e, NULL, all);
    for (unsigned i = 0; i < n; i++) {
        arg[i] = LLVMGetParam(all, i + 1);
    }
    LLVMBasicBlockRef block[KERN_ONE] = {emit_block(&b, "avx2"), emit_block(&b, "avx512")};
    LLVMValueRef is_last =
        LLVMBuildICmp(e->builder, LLVMIntEQ, LLVMGetParam(all, 0), emit_i32(e, KERN_AVX512), "");
    LLVMBuildCondBr(e->builder, is_last, block[KERN_AVX512], block[KERN_AVX2]);
    for (int i = 0; i < KERN_ONE; i++) {
        LLVMPositionBuilderAtEnd(e->builder, block[i]);
        LLVMValueRef made = f[i] ? f[i] : f[KERN_ONE - 1 - i]; /* a level that nobody asks for here */
        LLVMValueRef v = LLVMBuildCall2(e->builder, type, made, arg, n, "");
        if (result == e->none) {
            LLVMBuildRetVoid(e->builder);
        } else {
            LLVMBuildRet(e->builder, v);
        }
    }
    emit_body_finish(&b);
    return all;
}
