/* Files: object code, assembly, LLVM's text, executables. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codegen/embed.h"
#include "codegen/object/link.h"
#include "codegen/object/target.h"

/* int main(int argc, char **argv) { return crnl_main(argc, argv, &crnl_program); } */
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

static bool write_fail(struct diag *diag, const char *path)
{
    return diag_report(diag, DIAG_E0801, (struct span){0}, "cannot write %s: %s", path, strerror(errno));
}

static bool write_bytes(FILE *f, const char *data, size_t n, const char *path, struct diag *diag)
{
    bool good = f && fwrite(data, 1, n, f) == n;
    if (f && fclose(f) != 0) {
        good = false;
    }
    return good || write_fail(diag, path);
}

static bool write_generated(struct emit *e, LLVMCodeGenFileType type, FILE *f, const char *path,
                            struct diag *diag)
{
    LLVMMemoryBufferRef code = f ? target_generate(e, type, diag) : NULL;
    if (!code) {
        if (f) {
            fclose(f);
        }
        return f ? false : write_fail(diag, path);
    }
    bool good = write_bytes(f, LLVMGetBufferStart(code), LLVMGetBufferSize(code), path, diag);
    LLVMDisposeMemoryBuffer(code);
    return good;
}

static bool write_text(struct emit *e, const char *path, struct diag *diag)
{
    FILE *f = fopen(path, "w");
    char *text = f ? LLVMPrintModuleToString(e->module) : NULL;
    bool good = write_bytes(f, text, text ? strlen(text) : 0, path, diag);
    LLVMDisposeMessage(text);
    return good;
}

/* The object goes to a file of its own for the linker. */
static bool write_linked(struct emit *e, const struct program *p, struct plan *const *plans, const char *path,
                         bool shared, const char *runtime_dir, struct diag *diag)
{
    const char *folder = getenv("TMPDIR");
    char *object = arena_printf(e->arena, "%s/crnlc-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(object);
    if (fd < 0) {
        return write_fail(diag, object);
    }
    bool good = write_generated(e, LLVMObjectFile, fdopen(fd, "w"), object, diag) &&
                link_program(p, plans, object, path, shared, runtime_dir, diag);
    unlink(object);
    return good;
}

bool codegen_write(const struct program *p, struct plan *const *plans, const struct codegen_options *o,
                   enum output_kind kind, const char *path, const char *runtime_dir, struct diag *diag)
{
    LLVMTargetMachineRef machine = target_machine(false, o->opt_level, diag);
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
        good = write_linked(e, p, plans, path, kind == OUTPUT_SHARED, runtime_dir, diag);
        break;
    case OUTPUT_OBJECT: good = write_generated(e, LLVMObjectFile, fopen(path, "wb"), path, diag); break;
    case OUTPUT_ASSEMBLY: good = write_generated(e, LLVMAssemblyFile, fopen(path, "w"), path, diag); break;
    case OUTPUT_LLVM: good = good && write_text(e, path, diag); break;
    }
    emit_destroy(e);
    return good;
}
