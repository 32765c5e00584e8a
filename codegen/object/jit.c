#include "codegen/object/jit.h"

#include <llvm-c/Error.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Orc.h>

#include <math.h>
#include <string.h>

struct jit {
    LLVMOrcLLJITRef lljit;
};

/* Every name that generated code may refer to: the runtime's functions and tables, and what the code
 * generator itself calls. */
static const struct {
    const char *name;
    uintptr_t at;
} address[] = {
#define ABI(function, result, parameters) {#function, (uintptr_t)function},
#include "runtime/crnl_abi.def"
#undef ABI
#define FUNCTION(name)         \
    {                          \
#name, (uintptr_t)name \
    }
#define VARIABLE(name)          \
    {                           \
#name, (uintptr_t)&name \
    }
    FUNCTION(strcmp),        FUNCTION(memcpy),        FUNCTION(memmove),          FUNCTION(memset),
    FUNCTION(floor),         VARIABLE(crnl_zig_k),    VARIABLE(crnl_zig_w),       VARIABLE(crnl_data_csv),
    VARIABLE(crnl_data_idx), VARIABLE(crnl_data_npz), VARIABLE(crnl_data_course),
#define SINK(id, symbol, ...) VARIABLE(symbol),
#include "runtime/crnl_sink.def"
#undef SINK
#define METHOD(id, family, name, symbol, ...) VARIABLE(symbol),
#include "runtime/crnl_method.def"
#define NEURAL_KIND(name) VARIABLE(crnl_neural_##name),
#define LEARNER(name)     VARIABLE(crnl_learn_##name),
#include "runtime/crnl_neural.def"
#define MINIMIZER(name) VARIABLE(crnl_minimize_##name),
#include "runtime/crnl_minimize.def"
#undef FUNCTION
#undef VARIABLE
};
enum { N_ADDRESSES = sizeof address / sizeof *address };

static LLVMErrorRef define_addresses(LLVMOrcLLJITRef lljit)
{
    LLVMOrcCSymbolMapPair pair[N_ADDRESSES];
    for (size_t i = 0; i < N_ADDRESSES; i++) {
        pair[i].Name = LLVMOrcLLJITMangleAndIntern(lljit, address[i].name);
        pair[i].Sym.Address = address[i].at;
        pair[i].Sym.Flags = (LLVMJITSymbolFlags){LLVMJITSymbolGenericFlagsExported, 0};
    }
    LLVMOrcMaterializationUnitRef unit = LLVMOrcAbsoluteSymbols(pair, N_ADDRESSES);
    LLVMErrorRef error = LLVMOrcJITDylibDefine(LLVMOrcLLJITGetMainJITDylib(lljit), unit);
    if (error) {
        LLVMOrcDisposeMaterializationUnit(unit);
    }
    return error;
}

struct jit *jit_create(LLVMMemoryBufferRef object, struct diag *diag)
{
    LLVMOrcLLJITRef lljit;
    LLVMErrorRef error = LLVMOrcCreateLLJIT(&lljit, NULL);
    if (error) {
        LLVMDisposeMemoryBuffer(object);
        target_fail(diag, "code in memory", error);
        return NULL;
    }
    struct jit *j = mem_alloc(sizeof *j);
    j->lljit = lljit;
    error = define_addresses(lljit);
    if (error) {
        LLVMDisposeMemoryBuffer(object);
    } else {
        error = LLVMOrcLLJITAddObjectFile(lljit, LLVMOrcLLJITGetMainJITDylib(lljit), object);
    }
    if (error) {
        target_fail(diag, "code in memory", error);
        jit_destroy(j);
        return NULL;
    }
    return j;
}

uintptr_t jit_symbol(struct jit *j, const char *name, struct diag *diag)
{
    LLVMOrcExecutorAddress at = 0;
    LLVMErrorRef error = LLVMOrcLLJITLookup(j->lljit, &at, name);
    if (error) {
        target_fail(diag, "code in memory", error);
        return 0;
    }
    return (uintptr_t)at;
}

void jit_destroy(struct jit *j)
{
    if (j) {
        LLVMErrorRef error = LLVMOrcDisposeLLJIT(j->lljit);
        if (error) {
            LLVMConsumeError(error);
        }
        free(j);
    }
}
