/* A module under construction: types, declarations of runtime functions, small builders. */
#include "codegen/emit/emit.h"

#include <stdlib.h>
#include <string.h>

#include <llvm-c/Target.h>

/* Signatures of functions, one letter for each type (crnl_abi.def). */
static const struct {
    const char *name;
    char result;
    const char *parameters;
} signature[ABI_COUNT] = {
#define ABI(function, result, parameters) [ABI_##function] = {#function, #result[0], parameters},
#include "runtime/crnl_abi.def"
#undef ABI
    [ABI_strcmp] = {"strcmp", 'i', "pp"},
};

static LLVMTypeRef letter_type(struct emit *e, char letter)
{
    switch (letter) {
    case 'v': return e->none;
    case 'i': return e->i32;
    case 'l': return e->i64;
    case 'd': return e->real;
    default: return e->ptr;
    }
}

struct emit *emit_create(const char *module_name, LLVMTargetMachineRef machine)
{
    struct emit *e = mem_zalloc(1, sizeof *e);
    e->context = LLVMContextCreate();
    e->module = LLVMModuleCreateWithNameInContext(module_name, e->context);
    e->builder = LLVMCreateBuilderInContext(e->context);
    e->machine = machine;
    e->linkage = LLVMInternalLinkage;
    e->none = LLVMVoidTypeInContext(e->context);
    e->ptr = LLVMPointerTypeInContext(e->context, 0);
    e->i1 = LLVMInt1TypeInContext(e->context);
    e->i8 = LLVMInt8TypeInContext(e->context);
    e->i32 = LLVMInt32TypeInContext(e->context);
    e->i64 = LLVMInt64TypeInContext(e->context);
    e->real = LLVMDoubleTypeInContext(e->context);
    e->null = LLVMConstPointerNull(e->ptr);
    LLVMTypeRef rate[] = {e->ptr, e->real, e->ptr, e->ptr, e->real, e->ptr};
    e->rate_type = LLVMFunctionType(e->real, rate, 6, false);
    e->arena = arena_create();
    e->texts = intern_create();

    char *triple = mem_had(LLVMGetTargetMachineTriple(machine));
    LLVMSetTarget(e->module, triple);
    LLVMDisposeMessage(triple);
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
    LLVMSetModuleDataLayout(e->module, layout);
    LLVMDisposeTargetData(layout);
    return e;
}

void emit_destroy(struct emit *e)
{
    if (!e) {
        return;
    }
    vec_free(&e->text_global);
    intern_destroy(e->texts);
    arena_destroy(e->arena);
    LLVMDisposeBuilder(e->builder);
    LLVMDisposeModule(e->module);
    LLVMContextDispose(e->context);
    LLVMDisposeTargetMachine(e->machine);
    free(e);
}

LLVMValueRef emit_i32(struct emit *e, int64_t v)
{
    return LLVMConstInt(e->i32, (unsigned long long)v, true);
}

LLVMValueRef emit_i64(struct emit *e, int64_t v)
{
    return LLVMConstInt(e->i64, (unsigned long long)v, true);
}

LLVMValueRef emit_real(struct emit *e, double v)
{
    return LLVMConstReal(e->real, v);
}

LLVMValueRef emit_bool(struct emit *e, bool v)
{
    return LLVMConstInt(e->i1, v, false);
}

static void add_attribute(struct emit *e, LLVMValueRef function, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateEnumAttribute(e->context, kind, 0));
}

LLVMValueRef emit_function(struct emit *e, const char *name, LLVMTypeRef type, LLVMLinkage linkage)
{
    LLVMValueRef f = LLVMAddFunction(e->module, name, type);
    LLVMSetLinkage(f, linkage);
    add_attribute(e, f, "nounwind");
    return f;
}

void emit_target(struct emit *e, LLVMValueRef function, const char *attribute, const char *value)
{
    LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateStringAttribute(e->context, attribute, (unsigned)strlen(attribute),
                                                      value, (unsigned)strlen(value)));
}

void emit_keep_scalar(struct emit *e, LLVMValueRef function)
{
    add_attribute(e, function, "noimplicitfloat");
}

void emit_prevent_inlining(struct emit *e, LLVMValueRef function)
{
    add_attribute(e, function, "noinline");
}

void emit_prevent_optimisation(struct emit *e, LLVMValueRef function)
{
    add_attribute(e, function, "noinline");
    add_attribute(e, function, "optnone");
}

static bool is_pure(enum emit_abi which)
{
    switch (which) {
    case ABI_crnl_log:
    case ABI_crnl_exp:
    case ABI_crnl_pow:
    case ABI_crnl_sin:
    case ABI_crnl_cos:
    case ABI_crnl_tanh:
    case ABI_crnl_mod: return true;
    default: return false;
    }
}

static void declare(struct emit *e, enum emit_abi which)
{
    struct emit_callee *c = &e->abi[which];
    LLVMTypeRef parameter[16];
    unsigned n = 0;
    for (const char *s = signature[which].parameters; *s; s++) {
        parameter[n++] = letter_type(e, *s);
    }
    c->type = LLVMFunctionType(letter_type(e, signature[which].result), parameter, n, false);
    c->function = emit_function(e, signature[which].name, c->type, LLVMExternalLinkage);
    if (is_pure(which)) {
        add_attribute(e, c->function, "memory");
        add_attribute(e, c->function, "willreturn");
    }
}

LLVMValueRef emit_call(struct emit *e, enum emit_abi which, LLVMValueRef *args, unsigned n)
{
    if (!e->abi[which].function) {
        declare(e, which);
    }
    return LLVMBuildCall2(e->builder, e->abi[which].type, e->abi[which].function, args, n, "");
}

static LLVMValueRef intrinsic(struct emit *e, const char *name, LLVMValueRef *args, unsigned n)
{
    LLVMTypeRef type = LLVMTypeOf(args[0]);
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    LLVMValueRef f = LLVMGetIntrinsicDeclaration(e->module, id, &type, 1);
    return LLVMBuildCall2(e->builder, LLVMIntrinsicGetType(e->context, id, &type, 1), f, args, n, "");
}

LLVMValueRef emit_intrinsic1(struct emit *e, const char *name, LLVMValueRef x)
{
    return intrinsic(e, name, &x, 1);
}

LLVMValueRef emit_intrinsic2(struct emit *e, const char *name, LLVMValueRef x, LLVMValueRef y)
{
    return intrinsic(e, name, (LLVMValueRef[]){x, y}, 2);
}

LLVMValueRef emit_at(struct emit *e, LLVMValueRef p, size_t bytes)
{
    if (bytes == 0) {
        return p;
    }
    LLVMValueRef offset = emit_i64(e, (int64_t)bytes);
    return LLVMBuildInBoundsGEP2(e->builder, e->i8, p, &offset, 1, "");
}

LLVMValueRef emit_load(struct emit *e, LLVMTypeRef type, LLVMValueRef p, size_t bytes)
{
    return LLVMBuildLoad2(e->builder, type, emit_at(e, p, bytes), "");
}

void emit_store(struct emit *e, LLVMValueRef v, LLVMValueRef p, size_t bytes)
{
    LLVMBuildStore(e->builder, v, emit_at(e, p, bytes));
}
