#include "codegen/object/gpu.h"

#include "codegen/object/target.h"

static bool compile(struct plan *plan, struct diag *diag)
{
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

bool gpu_compile(const struct program *p, struct plan *const *plans, struct diag *diag)
{
    for (size_t i = 0; i < p->net.n; i++) {
        bool is_asked = p->net.data[i].on_gpu && !plans[i]->model.gpu_refusal;
        if (is_asked && !compile(plans[i], diag)) {
            return false;
        }
    }
    return true;
}
