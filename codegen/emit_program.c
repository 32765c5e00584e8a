/* The constant struct crnl_program and everything it refers to. */
#include "codegen/emit.h"

const char *const emit_method_symbol[METHOD_COUNT] = {
#define METHOD(kind, name, options, symbol) symbol,
#include "ir/method.def"
#undef METHOD
};

const char *const emit_sink_symbol[] = {NULL, "crnl_sink_csv", "crnl_sink_npz"};

static LLVMValueRef structure(struct emit *e, LLVMValueRef *member, unsigned n)
{
    return LLVMConstStructInContext(e->context, member, n, false);
}

static LLVMValueRef models(struct emit *e, const struct program *p, struct plan *const *plans)
{
    LLVMValueRef *model = arena_alloc(e->arena, (p->net.n + 1) * sizeof(LLVMValueRef));
    for (size_t i = 0; i < p->net.n; i++) {
        struct emit_net code = emit_net_code(e, plans[i], (int)i);
        model[i] = emit_model(e, &plans[i]->model, &code);
    }
    return emit_table(e, "net", e->ptr, model, p->net.n);
}

static LLVMValueRef globals(struct emit *e, const struct program *p)
{
    if (p->global.n == 0) {
        return e->null;
    }
    LLVMValueRef *entry = arena_alloc(e->arena, p->global.n * sizeof(LLVMValueRef));
    for (size_t i = 0; i < p->global.n; i++) {
        const struct global *g = &p->global.data[i];
        LLVMValueRef member[] = {
            emit_text(e, g->name),
            emit_text(e, g->doc),
            emit_text(e, g->unit),
            emit_real(e, g->value),
        };
        entry[i] = structure(e, member, 4);
    }
    emit_check_size(e, entry[0], sizeof(struct crnl_global));
    return emit_table(e, "global", LLVMTypeOf(entry[0]), entry, p->global.n);
}

/* NULL-terminated tables of what the command line may name. */
static LLVMValueRef methods(struct emit *e, const struct plan *plan)
{
    enum method_kind kind[METHOD_COUNT];
    LLVMValueRef entry[METHOD_COUNT + 1];
    size_t n = plan_methods(plan, kind);
    for (size_t i = 0; i < n; i++) {
        entry[i] = emit_external(e, emit_method_symbol[kind[i]]);
    }
    entry[n] = e->null;
    return emit_table(e, "method", e->ptr, entry, n + 1);
}

static LLVMValueRef sinks(struct emit *e)
{
    LLVMValueRef entry[] = {emit_external(e, "crnl_sink_csv"), emit_external(e, "crnl_sink_npz"), e->null};
    return emit_table(e, "sink", e->ptr, entry, 3);
}

void emit_program(struct emit *e, const struct program *p, struct plan *const *plans)
{
    bool choices = !p->experiment && p->net.n > 0;
    LLVMValueRef run = emit_experiment(e, p, plans);
    LLVMValueRef member[] = {
        emit_i32(e, CRNL_ABI),
        emit_text(e, p->file),
        emit_text(e, p->experiment),
        emit_text(e, p->doc),
        emit_i32(e, (int64_t)p->net.n),
        emit_i32(e, (int64_t)p->global.n),
        emit_i32(e, (int64_t)p->record.n),
        emit_i32(e, p->n_statements),
        models(e, p, plans),
        globals(e, p),
        emit_texts(e, "record", p->record.data, p->record.n),
        run ? run : e->null,
        choices ? methods(e, plans[0]) : e->null,
        choices ? sinks(e) : e->null,
    };
    LLVMValueRef value = structure(e, member, sizeof member / sizeof *member);
    emit_check_size(e, value, sizeof(struct crnl_program));
    LLVMValueRef g = LLVMAddGlobal(e->module, LLVMTypeOf(value), "crnl_program");
    LLVMSetInitializer(g, value);
    LLVMSetGlobalConstant(g, true);
}
