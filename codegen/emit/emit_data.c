/* Constant data of a module: numbers as bytes, texts, tables of constants. */
#include "codegen/emit/emit.h"

#include <assert.h>
#include <string.h>

static LLVMValueRef private_global(struct emit *e, const char *name, LLVMValueRef value)
{
    LLVMValueRef g = LLVMAddGlobal(e->module, LLVMTypeOf(value), name);
    LLVMSetInitializer(g, value);
    LLVMSetLinkage(g, LLVMPrivateLinkage);
    LLVMSetGlobalConstant(g, true);
    LLVMSetUnnamedAddress(g, LLVMGlobalUnnamedAddr);
    return g;
}

/* Numbers are emitted as bytes instead of typed elements, which is one memcpy in LLVM for any type. Host and
 * target are the same machine and so have the same byte order. */
LLVMValueRef emit_blob(struct emit *e, const char *name, const void *data, size_t bytes)
{
    if (!data || bytes == 0) {
        return e->null;
    }
    LLVMValueRef g = private_global(e, name, LLVMConstStringInContext2(e->context, data, bytes, true));
    LLVMSetAlignment(g, 16);
    return g;
}

LLVMValueRef emit_text(struct emit *e, const char *text)
{
    if (!text) {
        return e->null;
    }
    /* A list, searched by address, suffices, since there are few texts besides names. */
    const char *key = intern_text(e->texts, text);
    for (size_t i = 0; i < e->text_global.n; i++) {
        if (e->text_global.data[i].text == key) {
            return e->text_global.data[i].global;
        }
    }
    LLVMValueRef g =
        private_global(e, "text", LLVMConstStringInContext2(e->context, text, strlen(text), false));
    LLVMSetAlignment(g, 1);
    vec_push(&e->text_global, (struct emit_text){key, g});
    return g;
}

void emit_check_size(struct emit *e, LLVMValueRef value, size_t bytes)
{
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(e->machine);
    assert(LLVMABISizeOfType(layout, LLVMTypeOf(value)) == bytes);
    (void)value;
    (void)bytes;
    LLVMDisposeTargetData(layout);
}

LLVMValueRef emit_table(struct emit *e, const char *name, LLVMTypeRef type, LLVMValueRef *values, size_t n)
{
    return n == 0 ? e->null : private_global(e, name, LLVMConstArray2(type, values, n));
}

LLVMValueRef emit_constant(struct emit *e, const char *name, LLVMValueRef value)
{
    return private_global(e, name, value);
}

/* Puts all texts into one blob: a million names cost a million small constants, not a million globals. */
void emit_text_list(struct emit *e, const char *name, const char *const *text, size_t n, LLVMValueRef *entry)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += text[i] ? strlen(text[i]) + 1 : 0;
    }
    char *blob = mem_alloc(bytes + 1);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i]) {
            memcpy(blob + at, text[i], strlen(text[i]) + 1);
            at += strlen(text[i]) + 1;
        }
    }
    LLVMValueRef base = emit_blob(e, name, blob, bytes);
    free(blob);
    at = 0;
    for (size_t i = 0; i < n; i++) {
        entry[i] = e->null;
        if (text[i]) {
            LLVMValueRef offset = emit_i64(e, (int64_t)at);
            entry[i] = LLVMConstInBoundsGEP2(e->i8, base, &offset, 1);
            at += strlen(text[i]) + 1;
        }
    }
}

LLVMValueRef emit_texts(struct emit *e, const char *name, const char *const *text, size_t n)
{
    if (!text || n == 0) {
        return e->null;
    }
    LLVMValueRef *entry = mem_zalloc(n, sizeof *entry);
    emit_text_list(e, name, text, n, entry);
    LLVMValueRef table = emit_table(e, name, e->ptr, entry, n);
    free(entry);
    return table;
}

LLVMValueRef emit_external(struct emit *e, const char *name)
{
    LLVMValueRef g = LLVMGetNamedGlobal(e->module, name);
    if (!g) {
        g = LLVMAddGlobal(e->module, e->i8, name);
        LLVMSetGlobalConstant(g, true);
    }
    return g;
}
