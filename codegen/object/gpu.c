#include "codegen/object/gpu.h"

#include "codegen/object/target.h"

bool gpu_compile(struct plan *plan, struct diag *diag)
{
    if (plan->model.gpu_refusal) {
        return true;
    }
    LLVMTargetMachineRef machine = target_gpu_machine(diag);
    if (!machine) {
        return false;
    }
    struct emit *e = emit_create("gpu", machine);
    kern_emit_gpu(e, plan);
    LLVMMemoryBufferRef text =
        target_optimise(e, 3, diag) ? target_generate(e, LLVMAssemblyFile, diag) : NULL;
    if (text) {
        plan->model.gpu_code = arena_strndup(plan->arena, LLVMGetBufferStart(text), LLVMGetBufferSize(text));
        LLVMDisposeMemoryBuffer(text);
    }
    emit_destroy(e);
    return text != NULL;
}
