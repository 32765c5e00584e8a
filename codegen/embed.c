#include "codegen/embed.h"
#include "codegen/object/output.h"

#include <errno.h>
#include <string.h>

#include "codegen/engine.h"

static const struct {
    const char *name, *result, *arguments, *c_result, *c_parameters, *comment;
} functions[] = {
#define EMBED(name, result, arguments, c_result, c_parameters, comment) \
    {#name, result, arguments, c_result, c_parameters, comment},
#include "runtime/crnl_embed.def"
#undef EMBED
};
enum { N_FUNCTIONS = sizeof functions / sizeof *functions, MOST_ARGUMENTS = 8 };

/* ---- code ---- */

static LLVMTypeRef type_of(const struct emit *e, char letter)
{
    switch (letter) {
    case 'i': return e->i32;
    case 'l': return e->i64;
    case 'd': return e->real;
    case 'v': return LLVMVoidTypeInContext(e->context);
    default: return e->ptr;
    }
}

static void emit_function_of(struct emit *e, const char *network, size_t i, LLVMValueRef program)
{
    const char *letters = functions[i].arguments;
    LLVMTypeRef inner[MOST_ARGUMENTS], outer[MOST_ARGUMENTS];
    LLVMValueRef value[MOST_ARGUMENTS];
    unsigned n_inner = 0, n_outer = 0;
    for (; letters[n_inner]; n_inner++) {
        inner[n_inner] = type_of(e, letters[n_inner]);
        if (letters[n_inner] != 'P') {
            outer[n_outer++] = inner[n_inner];
        }
    }
    LLVMTypeRef result = type_of(e, functions[i].result[0]);
    LLVMTypeRef inner_type = LLVMFunctionType(result, inner, n_inner, false);
    LLVMValueRef to = emit_function(e, arena_printf(e->arena, "crnl_embed_%s", functions[i].name), inner_type,
                                    LLVMExternalLinkage);
    LLVMValueRef f = emit_function(e, arena_printf(e->arena, "%s_%s", network, functions[i].name),
                                   LLVMFunctionType(result, outer, n_outer, false), LLVMExternalLinkage);
    LLVMPositionBuilderAtEnd(e->builder, LLVMAppendBasicBlockInContext(e->context, f, "entry"));
    for (unsigned k = 0, own = 0; k < n_inner; k++) {
        value[k] = letters[k] == 'P' ? program : LLVMGetParam(f, own++);
    }
    LLVMValueRef call = LLVMBuildCall2(e->builder, inner_type, to, value, n_inner, "");
    if (functions[i].result[0] == 'v') {
        LLVMBuildRetVoid(e->builder);
    } else {
        LLVMBuildRet(e->builder, call);
    }
}

void emit_embed(struct emit *e, const char *network)
{
    LLVMValueRef program = LLVMGetNamedGlobal(e->module, "crnl_program");
    LLVMSetVisibility(program, LLVMHiddenVisibility);
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        emit_function_of(e, network, i, program);
    }
}

/* ---- the header ---- */

static void print_type(FILE *out, const char *text, const char *network)
{
    for (; *text; text++) {
        if (*text == '@') {
            fprintf(out, "struct %s_sim", network);
        } else {
            fputc(*text, out);
        }
    }
}

static void print_names(FILE *out, const struct net *n, enum symbol_kind kind, const char *what)
{
    bool any = false;
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        if (s->kind != kind) {
            continue;
        }
        fprintf(out, "%s%s", any ? ", " : what, s->name);
        for (int r = 0; r < s->shape.rank; r++) {
            fprintf(out, "%s%d%s", r ? "," : "[", s->shape.dim[r], r + 1 == s->shape.rank ? "]" : "");
        }
        any = true;
    }
    fputs(any ? "\n" : "", out);
}

static void print_header(FILE *out, const struct net *n)
{
    fprintf(
        out,
        "/* The network `%s`, compiled by crnlc. Functions that return int return 0, or a code after which\n"
        " * %s_error tells what is wrong. A simulation is used by one thread at a time.\n *\n",
        n->name, n->name);
    print_names(out, n, SYMBOL_PARAM, " * parameters: ");
    print_names(out, n, SYMBOL_SPECIES, " * species: ");
    print_names(out, n, SYMBOL_DUAL, " * duals: ");
    print_names(out, n, SYMBOL_OUTPUT, " * outputs: ");
    fprintf(out,
            " */\n#ifndef CRNL_NETWORK_%s_H\n#define CRNL_NETWORK_%s_H\n\n#include <stdint.h>\n\n"
            "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\ntypedef struct %s_sim %s_sim;\n",
            n->name, n->name, n->name, n->name);
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        fprintf(out, "\n/* %s */\n", functions[i].comment);
        print_type(out, functions[i].c_result, n->name);
        fprintf(out, "%s_%s(", n->name, functions[i].name);
        print_type(out, functions[i].c_parameters, n->name);
        fputs(");\n", out);
    }
    fputs("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n", out);
}

bool codegen_write_header(const struct net *n, const char *path, struct diag *diag)
{
    struct output out;
    if (!output_begin(&out, path, diag)) {
        return false;
    }
    print_header(out.stream, n);
    return output_end(&out, path, diag);
}
