/* A function under construction: scopes of emitted nodes, memory, control flow. */
#include "codegen/emit/emit.h"

#include <math.h>
#include <string.h>

enum { STACK_LIMIT = 4096 }; /* bytes; larger buffers are static where that is allowed, else of the context */

/* ---- Forms of nodes ------------------------------------------------------------------------------------ */

void emit_cache_init(struct emit_cache *c, const struct expr_pool *pool)
{
    memset(c, 0, sizeof *c);
    c->pool = pool;
    c->n = expr_count(pool);
    c->memo = mem_zalloc(c->n + 1, sizeof *c->memo);
    c->uses = mem_zalloc(c->n + 1, sizeof *c->uses);
    c->open = mem_zalloc(c->n + 1, sizeof *c->open);
    c->seen = mem_zalloc(c->n + 1, sizeof *c->seen);
    c->once = mem_zalloc(c->n + 1, sizeof *c->once);
}

void emit_cache_free(struct emit_cache *c)
{
    free(c->memo);
    free(c->uses);
    free(c->open);
    free(c->seen);
    free(c->once);
    vec_free(&c->undo);
    vec_free(&c->counted);
}

size_t emit_mark(const struct emit_body *b)
{
    return b->cache->undo.n;
}

void emit_release(struct emit_body *b, size_t mark)
{
    struct emit_cache *c = b->cache;
    while (c->undo.n > mark) {
        struct emit_undo u = c->undo.data[--c->undo.n];
        c->memo[u.id] = u.old;
    }
}

void emit_remember(struct emit_body *b, expr_id id, enum emit_form form, LLVMValueRef v)
{
    struct emit_cache *c = b->cache;
    vec_push(&c->undo, (struct emit_undo){id, c->memo[id]});
    c->memo[id] = (struct emit_memo){v, (uint8_t)form};
}

static void count_node(void *env, expr_id id, const struct expr *x)
{
    struct emit_cache *c = env;
    vec_push(&c->counted, id);
    for (uint32_t i = 0; i < x->n_args; i++) {
        c->uses[x->args[i]]++;
    }
}

void emit_count_uses(struct emit_body *b, const expr_id *root, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (root[i]) {
            b->cache->uses[root[i]]++;
            expr_visit(b->pool, root[i], count_node, b->cache);
        }
    }
}

void emit_statement_end(struct emit_body *b)
{
    struct emit_cache *c = b->cache;
    emit_release(b, 0);
    for (size_t i = 0; i < c->counted.n; i++) {
        c->uses[c->counted.data[i]] = 0;
    }
    c->counted.n = 0;
    for (size_t i = 0; i < b->buffer.n; i++) {
        b->buffer.data[i].busy = false;
    }
}

/* ---- Functions and blocks ------------------------------------------------------------------------------ */

void emit_body_init(struct emit_body *b, struct emit *e, struct emit_cache *cache, LLVMValueRef function)
{
    memset(b, 0, sizeof *b);
    b->e = e;
    b->cache = cache;
    b->pool = cache ? cache->pool : NULL;
    b->function = function;
    b->entry = emit_block(b, "entry");
    LLVMBasicBlockRef start = emit_block(b, "start");
    LLVMPositionBuilderAtEnd(e->builder, b->entry);
    LLVMBuildBr(e->builder, start);
    LLVMPositionBuilderAtEnd(e->builder, start);
}

void emit_body_finish(struct emit_body *b)
{
    if (b->fail) {
        LLVMPositionBuilderAtEnd(b->e->builder, b->fail);
        if (b->ctx) {
            LLVMBuildRet(b->e->builder, emit_load(b->e, b->e->i32, b->status, 0));
        } else if (LLVMGetReturnType(LLVMGlobalGetValueType(b->function)) == b->e->none) {
            /* the caller has emitted its own block of failures (kern_ode.c) */
            LLVMBuildRetVoid(b->e->builder);
        } else {
            LLVMBuildRet(b->e->builder, emit_real(b->e, (double)NAN));
        }
    }
    if (b->cache) {
        emit_statement_end(b);
    }
    vec_free(&b->binder);
    vec_free(&b->buffer);
}

LLVMBasicBlockRef emit_block(struct emit_body *b, const char *name)
{
    return LLVMAppendBasicBlockInContext(b->e->context, b->function, name);
}

void emit_enter(struct emit_body *b, LLVMBasicBlockRef block)
{
    LLVMBuildBr(b->e->builder, block);
    LLVMPositionBuilderAtEnd(b->e->builder, block);
}

LLVMValueRef emit_merge(struct emit_body *b, LLVMTypeRef type, LLVMBasicBlockRef join, LLVMValueRef v[2],
                        LLVMBasicBlockRef from[2])
{
    LLVMPositionBuilderAtEnd(b->e->builder, join);
    LLVMValueRef phi = LLVMBuildPhi(b->e->builder, type, "");
    LLVMAddIncoming(phi, v, from, 2);
    return phi;
}

void emit_unlikely(struct emit *e, LLVMValueRef branch, bool second)
{
    LLVMMetadataRef part[3] = {
        LLVMMDStringInContext2(e->context, "branch_weights", 14),
        LLVMValueAsMetadata(emit_i32(e, second ? 1 << 20 : 1)),
        LLVMValueAsMetadata(emit_i32(e, second ? 1 : 1 << 20)),
    };
    LLVMMetadataRef node = LLVMMDNodeInContext2(e->context, part, 3);
    LLVMSetMetadata(branch, LLVMGetMDKindIDInContext(e->context, "prof", 4),
                    LLVMMetadataAsValue(e->context, node));
}

static LLVMBasicBlockRef fail_block(struct emit_body *b)
{
    if (!b->fail) {
        b->fail = emit_block(b, "fail");
    }
    if (b->ctx && !b->status) {
        b->status = emit_alloca(b, b->e->i32, "status");
    }
    return b->fail;
}

void emit_check(struct emit_body *b, LLVMValueRef status)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef fail = fail_block(b), next = emit_block(b, "ok");
    LLVMBuildStore(at, status, b->status);
    LLVMValueRef bad = LLVMBuildICmp(at, LLVMIntNE, status, emit_i32(b->e, 0), "");
    emit_unlikely(b->e, LLVMBuildCondBr(at, bad, fail, next), false);
    LLVMPositionBuilderAtEnd(at, next);
}

void emit_index_check(struct emit_body *b, LLVMValueRef index, int64_t size, int32_t line)
{
    LLVMBuilderRef at = b->e->builder;
    if (LLVMIsConstant(index) && LLVMIsAConstantInt(index)) {
        int64_t v = LLVMConstIntGetSExtValue(index);
        if (v >= 0 && v < size) {
            return;
        }
    }
    LLVMValueRef in = LLVMBuildICmp(at, LLVMIntULT, index, emit_i64(b->e, size), "");
    LLVMValueRef args[] = {b->ctx, index, emit_i64(b->e, size), emit_i32(b->e, line)};
    emit_require(b, in, ABI_crnl_index_error, args, 4);
}

void emit_require(struct emit_body *b, LLVMValueRef holds, enum emit_abi error, LLVMValueRef *args,
                  unsigned n)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef bad = b->ctx ? emit_block(b, "bad") : fail_block(b), next = emit_block(b, "ok");
    emit_unlikely(b->e, LLVMBuildCondBr(at, holds, next, bad), true);
    if (b->ctx) {
        LLVMPositionBuilderAtEnd(at, bad);
        LLVMValueRef status = emit_call(b->e, error, args, n);
        LLVMBasicBlockRef fail = fail_block(b);
        LLVMBuildStore(at, status, b->status);
        LLVMBuildBr(at, fail);
    }
    LLVMPositionBuilderAtEnd(at, next);
}

void emit_loop_begin(struct emit_body *b, struct emit_loop *l, int64_t n)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef before = LLVMGetInsertBlock(at);
    l->n = emit_i64(b->e, n);
    l->head = emit_block(b, "loop");
    emit_enter(b, l->head);
    l->i = LLVMBuildPhi(at, b->e->i64, "i");
    LLVMValueRef zero = emit_i64(b->e, 0);
    LLVMAddIncoming(l->i, &zero, &before, 1);
}

void emit_loop_end(struct emit_body *b, struct emit_loop *l)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef last = LLVMGetInsertBlock(at), exit = emit_block(b, "done");
    LLVMValueRef next = LLVMBuildNUWAdd(at, l->i, emit_i64(b->e, 1), "");
    LLVMAddIncoming(l->i, &next, &last, 1);
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntULT, next, l->n, ""), l->head, exit);
    LLVMPositionBuilderAtEnd(at, exit);
}

/* ---- Memory -------------------------------------------------------------------------------------------- */

LLVMTypeRef emit_memory_type(struct emit *e, enum expr_type type)
{
    switch (type) {
    case TYPE_REAL: return e->real;
    case TYPE_INT: return e->i64;
    case TYPE_BOOL: return e->i8;
    default: return e->ptr;
    }
}

int64_t emit_size_of(enum expr_type type)
{
    return type == TYPE_BOOL ? 1 : 8;
}

LLVMValueRef emit_alloca(struct emit_body *b, LLVMTypeRef type, const char *name)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(at);
    LLVMPositionBuilderBefore(at, LLVMGetBasicBlockTerminator(b->entry));
    LLVMValueRef p = LLVMBuildAlloca(at, type, name);
    LLVMPositionBuilderAtEnd(at, here);
    return p;
}

LLVMValueRef emit_slot(struct emit_body *b, enum expr_type type)
{
    return emit_alloca(b, emit_memory_type(b->e, type), "");
}

LLVMValueRef emit_static(struct emit *e, int64_t bytes, const char *name)
{
    LLVMTypeRef type = LLVMArrayType2(e->i8, (uint64_t)(bytes > 0 ? bytes : 1));
    LLVMValueRef p = LLVMAddGlobal(e->module, type, name);
    LLVMSetInitializer(p, LLVMConstNull(type));
    LLVMSetLinkage(p, LLVMInternalLinkage);
    LLVMSetAlignment(p, 16);
    e->has_static = true;
    return p;
}

/* Memory that belongs to the context, which the function asks for when it begins. */
static LLVMValueRef context_memory(struct emit_body *b, int64_t bytes)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(at);
    LLVMPositionBuilderBefore(at, LLVMGetBasicBlockTerminator(b->entry));
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, b->e->n_memories++), emit_i64(b->e, bytes)};
    LLVMValueRef p = emit_call(b->e, ABI_crnl_memory, args, 3);
    LLVMPositionBuilderAtEnd(at, here);
    return p;
}

LLVMValueRef emit_array_memory(struct emit_body *b, int64_t bytes, const char *name)
{
    if (!b->shared && bytes > STACK_LIMIT) {
        return emit_static(b->e, bytes, name);
    }
    if (b->ctx && bytes > STACK_LIMIT) { /* threads run it at once, each in a context of its own */
        return context_memory(b, bytes);
    }
    LLVMValueRef p = emit_alloca(b, LLVMArrayType2(b->e->i8, (uint64_t)(bytes > 0 ? bytes : 1)), name);
    LLVMSetAlignment(p, 16);
    return p;
}

LLVMValueRef emit_buffer(struct emit_body *b, enum expr_type type, int64_t elements)
{
    int64_t bytes = elements * emit_size_of(type);
    struct emit_buffer *best = NULL;
    for (size_t i = 0; i < b->buffer.n; i++) {
        struct emit_buffer *f = &b->buffer.data[i];
        if (!f->busy && f->bytes >= bytes && (!best || f->bytes < best->bytes)) {
            best = f;
        }
    }
    if (!best || best->bytes > 4 * bytes) {
        vec_push(&b->buffer, (struct emit_buffer){emit_array_memory(b, bytes, "buffer"), bytes, false});
        best = &vec_last(&b->buffer);
    }
    best->busy = true;
    return best->memory;
}

LLVMValueRef emit_element_at(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i)
{
    if (!i) {
        return array;
    }
    return LLVMBuildInBoundsGEP2(b->e->builder, emit_memory_type(b->e, type), array, &i, 1, "");
}

LLVMValueRef emit_get(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef p = emit_element_at(b, type, array, i);
    LLVMValueRef v = LLVMBuildLoad2(at, emit_memory_type(b->e, type), p, "");
    return type == TYPE_BOOL ? LLVMBuildICmp(at, LLVMIntNE, v, LLVMConstInt(b->e->i8, 0, false), "") : v;
}

void emit_put(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i, LLVMValueRef v)
{
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef p = emit_element_at(b, type, array, i);
    LLVMBuildStore(at, type == TYPE_BOOL ? LLVMBuildZExt(at, v, b->e->i8, "") : v, p);
}

void emit_copy(struct emit_body *b, enum expr_type type, LLVMValueRef to, LLVMValueRef from, int64_t elements)
{
    unsigned align = (unsigned)emit_size_of(type);
    LLVMBuildMemCpy(b->e->builder, to, align, from, align, emit_i64(b->e, elements * emit_size_of(type)));
}
