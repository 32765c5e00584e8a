#include "codegen/object/target.h"

#include <llvm-c/Analysis.h>
#include <llvm-c/Error.h>
#include <llvm-c/Target.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include <string.h>

#include "codegen/object/llvm.h"
#include "support/mem.h"

static bool fail_text(struct diag *diag, const char *what, char *message)
{
    diag_report(diag, DIAG_E0804, (struct span){0}, "%s: %s", what, message ? message : "no reason given");
    LLVMDisposeMessage(message);
    return false;
}

bool target_fail(struct diag *diag, const char *what, LLVMErrorRef error)
{
    char *message = LLVMGetErrorMessage(error);
    diag_report(diag, DIAG_E0804, (struct span){0}, "%s: %s", what, message);
    LLVMDisposeErrorMessage(message);
    return false;
}

static LLVMCodeGenOptLevel level_of(int opt_level)
{
    switch (opt_level) {
    case 0: return LLVMCodeGenLevelNone;
    case 1: return LLVMCodeGenLevelLess;
    case 2: return LLVMCodeGenLevelDefault;
    default: return LLVMCodeGenLevelAggressive;
    }
}

/* The processor that compiled files are for: its instructions are those of all computers of the last ten
 * years. */
static const char *baseline(const char *triple)
{
    return strncmp(triple, "x86_64", 6) == 0 ? "x86-64-v2" : "generic";
}

/* With this feature LLVM would rotate by a double shift, which takes two to four times as long on AMD
 * processors and is no faster on others. */
static const char *baseline_features(const char *triple)
{
    return strncmp(triple, "x86_64", 6) == 0 ? "-fast-shld-rotate" : "";
}

LLVMTargetMachineRef target_machine(bool host, int opt_level, struct diag *diag)
{
    if (!llvm_load(diag)) {
        return NULL;
    }
    LLVMInitializeNativeTarget();
    LLVMInitializeNativeAsmPrinter();
    char *triple = mem_had(LLVMGetDefaultTargetTriple()), *error = NULL;
    LLVMTargetRef target;
    LLVMTargetMachineRef machine = NULL;
    if (LLVMGetTargetFromTriple(triple, &target, &error)) {
        fail_text(diag, "no code generator for this computer", error);
    } else {
        char *cpu = host ? mem_had(LLVMGetHostCPUName()) : NULL,
             *features = host ? mem_had(LLVMGetHostCPUFeatures()) : NULL;
        machine = LLVMCreateTargetMachine(target, triple, host ? cpu : baseline(triple),
                                          host ? features : baseline_features(triple), level_of(opt_level),
                                          LLVMRelocPIC, LLVMCodeModelSmall);
        LLVMDisposeMessage(cpu);
        LLVMDisposeMessage(features);
    }
    LLVMDisposeMessage(triple);
    return machine;
}

LLVMTargetMachineRef target_gpu_machine(struct diag *diag)
{
    static const char triple[] = "nvptx64-nvidia-cuda";
    if (!llvm_load(diag)) {
        return NULL;
    }
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    char *error = NULL;
    LLVMTargetRef target;
    if (LLVMGetTargetFromTriple(triple, &target, &error)) {
        fail_text(diag, "no code generator for graphics processors", error);
        return NULL;
    }
    return LLVMCreateTargetMachine(target, triple, "sm_70", "", LLVMCodeGenLevelAggressive, LLVMRelocDefault,
                                   LLVMCodeModelDefault);
}

static const char *pipeline_of(int opt_level)
{
    switch (opt_level) {
    case 0: return "default<O0>";
    case 1: return "default<O1>";
    case 2: return "default<O2>";
    default: return "default<O3>";
    }
}

bool target_optimise(struct emit *e, int opt_level, struct diag *diag)
{
    char *message = NULL;
    if (LLVMVerifyModule(e->module, LLVMReturnStatusAction, &message)) {
        return fail_text(diag, "the generated code is malformed", message);
    }
    LLVMDisposeMessage(message);
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef error = LLVMRunPasses(e->module, pipeline_of(opt_level), e->machine, options);
    LLVMDisposePassBuilderOptions(options);
    return error ? target_fail(diag, "the optimiser", error) : true;
}

LLVMMemoryBufferRef target_generate(struct emit *e, LLVMCodeGenFileType type, struct diag *diag)
{
    LLVMMemoryBufferRef out = NULL;
    char *message = NULL;
    if (LLVMTargetMachineEmitToMemoryBuffer(e->machine, e->module, type, &message, &out)) {
        fail_text(diag, "code generation", message);
        return NULL;
    }
    return out;
}
