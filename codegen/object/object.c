/* Writes files: object code, assembly, LLVM's text, executables. */
#include <errno.h>
#include <string.h>

#include "codegen/embed.h"
#include "codegen/object/gpu.h"
#include "codegen/object/link.h"
#include "codegen/object/scratch.h"
#include "codegen/object/target.h"
#include "codegen/object/output.h"
#include "runtime/crnl_file.h"

/* Emits int main(int argc, char **argv) { return crnl_main(argc, argv, &crnl_program); } */
static void emit_main(struct emit *e)
{
    LLVMTypeRef main_types[] = {e->i32, e->ptr}, run_types[] = {e->i32, e->ptr, e->ptr};
    LLVMTypeRef run_type = LLVMFunctionType(e->i32, run_types, 3, false);
    LLVMValueRef run = emit_function(e, "crnl_main", run_type, LLVMExternalLinkage);
    LLVMValueRef f =
        emit_function(e, "main", LLVMFunctionType(e->i32, main_types, 2, false), LLVMExternalLinkage);
    LLVMPositionBuilderAtEnd(e->builder, LLVMAppendBasicBlockInContext(e->context, f, "entry"));
    LLVMValueRef args[] = {LLVMGetParam(f, 0), LLVMGetParam(f, 1),
                           LLVMGetNamedGlobal(e->module, "crnl_program")};
    LLVMBuildRet(e->builder, LLVMBuildCall2(e->builder, run_type, run, args, 3, ""));
}

static bool write_generated(struct emit *e, LLVMCodeGenFileType type, const char *path, struct diag *diag)
{
    LLVMMemoryBufferRef code = target_generate(e, type, diag);
    bool good = code && output_write(path, false, LLVMGetBufferStart(code), LLVMGetBufferSize(code), diag);
    if (code) {
        LLVMDisposeMemoryBuffer(code);
    }
    return good;
}

static bool write_text(struct emit *e, const char *path, struct diag *diag)
{
    char *text = mem_had(LLVMPrintModuleToString(e->module));
    bool good = output_write(path, false, text, strlen(text), diag);
    LLVMDisposeMessage(text);
    return good;
}

/* Copies the linker's output to its final name. */
static bool copy_program(const char *from, const char *path, struct diag *diag)
{
    struct crnl_file *to;
    FILE *in = fopen(from, "rb");
    int code = in ? crnl_file_open(&to, path, true) : errno;
    if (in && !code) {
        char chunk[1 << 14];
        for (size_t n; (n = fread(chunk, 1, sizeof chunk, in)) > 0;) {
            crnl_file_write(to, chunk, n);
        }
        if (ferror(in)) {
            code = EIO;
            crnl_file_discard(to);
        } else {
            code = crnl_file_finish(to, NULL);
        }
    }
    if (in) {
        fclose(in);
    }
    return code == 0 || output_failed(path, code, diag);
}

static bool write_linked(struct emit *e, const struct program *p, struct plan *const *plans, const char *path,
                         enum link_kind kind, const char *runtime_dir, struct diag *diag)
{
    struct scratch s;
    if (!scratch_create(&s)) {
        return diag_report(diag, DIAG_E0801, (struct span){0}, "cannot make a folder for the linker: %s",
                           strerror(errno));
    }
    bool good = write_generated(e, LLVMObjectFile, s.object, diag) &&
                link_program(p, plans, s.object, s.program, kind, runtime_dir, diag) &&
                copy_program(s.program, path, diag);
    scratch_remove(&s);
    return good;
}

bool codegen_write(const struct program *p, struct plan *const *plans, const struct codegen_options *o,
                   enum output_kind kind, const char *path, const char *runtime_dir, struct diag *diag)
{
    LLVMTargetMachineRef machine =
        gpu_compile(p, plans, diag) ? target_machine(false, o->opt_level, diag) : NULL;
    if (!machine) {
        return false;
    }
    struct emit *e = emit_create("program", machine);
    emit_program(e, p, plans);
    if (kind == OUTPUT_EXECUTABLE) {
        emit_main(e);
    } else if (kind == OUTPUT_SHARED) {
        emit_embed(e, p->net.data[0].net->name);
    }
    bool good = target_optimise(e, o->opt_level, diag);
    switch (good ? kind : OUTPUT_LLVM) {
    case OUTPUT_EXECUTABLE:
    case OUTPUT_SHARED:
        good = write_linked(e, p, plans, path,
                            kind == OUTPUT_SHARED ? LINK_SHARED
                            : o->is_static        ? LINK_STATIC
                                                  : LINK_PROGRAM,
                            runtime_dir, diag);
        break;
    case OUTPUT_OBJECT: good = write_generated(e, LLVMObjectFile, path, diag); break;
    case OUTPUT_ASSEMBLY: good = write_generated(e, LLVMAssemblyFile, path, diag); break;
    case OUTPUT_LLVM: good = good && write_text(e, path, diag); break;
    }
    emit_destroy(e);
    return good;
}
