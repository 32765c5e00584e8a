/* The constant struct crnl_program and everything it refers to. */
#include "codegen/emit/emit.h"
#include "codegen/emit/neural.h"

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

/* ORDER crnl_global */
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
    enum crnl_method_kind kind[CRNL_METHOD_COUNT];
    LLVMValueRef entry[CRNL_METHOD_COUNT + 1];
    size_t n = plan_methods(plan, kind);
    for (size_t i = 0; i < n; i++) {
        entry[i] = emit_external(e, crnl_method_info[kind[i]].symbol);
    }
    entry[n] = e->null;
    return emit_table(e, "method", e->ptr, entry, n + 1);
}

static LLVMValueRef sinks(struct emit *e)
{
    LLVMValueRef entry[CRNL_SINK_COUNT + 1];
    for (int i = 0; i < CRNL_SINK_COUNT; i++) {
        entry[i] = emit_external(e, crnl_sink_info[i].symbol);
    }
    entry[CRNL_SINK_COUNT] = e->null;
    return emit_table(e, "sink", e->ptr, entry, CRNL_SINK_COUNT + 1);
}

/* ORDER crnl_data_spec */
static LLVMValueRef data_set(struct emit *e, const struct crnl_data_spec *d)
{
    struct emit_reader {
        const struct crnl_data_reader *reader;
        const char *symbol;
    };
    static const struct emit_reader readers[] = {
        {&crnl_data_csv, "crnl_data_csv"},
        {&crnl_data_idx, "crnl_data_idx"},
        {&crnl_data_npz, "crnl_data_npz"},
    };
    size_t r = 0;
    while (readers[r].reader != d->reader) {
        r++;
    }
    const struct crnl_data_shape *s = &d->shape;
    LLVMValueRef shape[] = {emit_i32(e, s->rows),    emit_i32(e, s->columns), emit_i32(e, s->label),
                            emit_i32(e, s->part[0]), emit_i32(e, s->part[1]), emit_i32(e, s->part[2]),
                            emit_i32(e, s->part[3])};
    LLVMValueRef member[] = {
        emit_external(e, readers[r].symbol),
        d->split_reader ? emit_external(e, "crnl_split_json") : e->null,
        emit_text(e, d->name),
        emit_text(e, d->folder),
        emit_text(e, d->file),
        emit_text(e, d->label_file),
        emit_text(e, d->input_name),
        emit_text(e, d->label_name),
        emit_text(e, d->split_file),
        emit_real(e, d->scale),
        emit_real(e, d->fraction[0]),
        emit_real(e, d->fraction[1]),
        emit_real(e, d->fraction[2]),
        emit_i32(e, d->line),
        emit_i32(e, d->header),
        emit_i32(e, d->input_first),
        emit_i32(e, d->input_count),
        emit_i32(e, d->label_column),
        emit_i32(e, d->classes),
        emit_i32(e, d->standardize),
        emit_i32(e, d->center),
        emit_i32(e, d->split),
        emit_i32(e, d->validation),
        structure(e, shape, 7),
    };
    LLVMValueRef value = structure(e, member, sizeof member / sizeof *member);
    emit_check_size(e, value, sizeof *d);
    return value;
}

static LLVMValueRef data_sets(struct emit *e, const struct program *p)
{
    LLVMValueRef *entry = arena_alloc(e->arena, (p->data.n + 1) * sizeof(LLVMValueRef));
    for (size_t i = 0; i < p->data.n; i++) {
        entry[i] = data_set(e, &p->data.data[i]);
    }
    return p->data.n ? emit_table(e, "data", LLVMTypeOf(entry[0]), entry, p->data.n) : e->null;
}

/* ORDER crnl_neural_array */
static LLVMValueRef neural_arrays(struct emit *e, const struct crnl_neural *m)
{
    LLVMValueRef *entry = arena_alloc(e->arena, (size_t)m->n_arrays * sizeof(LLVMValueRef));
    for (int32_t i = 0; i < m->n_arrays; i++) {
        const struct crnl_neural_array *a = &m->array[i];
        LLVMValueRef member[] = {emit_text(e, a->name),  emit_i32(e, a->rank),  emit_i32(e, a->dim[0]),
                                 emit_i32(e, a->dim[1]), emit_i32(e, a->first), emit_i32(e, a->size),
                                 emit_i32(e, 0)};
        entry[i] = structure(e, member, 7);
    }
    emit_check_size(e, entry[0], sizeof *m->array);
    return emit_table(e, "array", LLVMTypeOf(entry[0]), entry, (size_t)m->n_arrays);
}

/* ORDER crnl_neural_group */
static LLVMValueRef neural_groups(struct emit *e, const struct crnl_neural *m)
{
    LLVMValueRef *entry = arena_alloc(e->arena, ((size_t)m->n_groups + 1) * sizeof(LLVMValueRef));
    for (int32_t i = 0; i < m->n_groups; i++) {
        const struct crnl_neural_group *g = &m->group[i];
        LLVMValueRef member[] = {emit_text(e, g->name),  emit_i32(e, g->rank),   emit_i32(e, g->dim[0]),
                                 emit_i32(e, g->dim[1]), emit_i32(e, g->dim[2]), emit_i32(e, g->dim[3]),
                                 emit_i32(e, g->first),  emit_i32(e, g->size),   emit_i32(e, 0)};
        entry[i] = structure(e, member, sizeof member / sizeof *member);
        emit_check_size(e, entry[i], sizeof *g);
    }
    return m->n_groups ? emit_table(e, "group", LLVMTypeOf(entry[0]), entry, (size_t)m->n_groups) : e->null;
}

/* ORDER crnl_neural */
static LLVMValueRef neural(struct emit *e, const struct crnl_neural *m)
{
    LLVMValueRef member[] = {
        emit_external(e, neural_kind_symbol(m->kind)),
        emit_text(e, m->name),
        emit_text(e, m->folder),
        emit_i32(e, m->line),
        emit_i32(e, m->inputs),
        emit_i32(e, m->outputs),
        emit_i32(e, m->n_layers),
        emit_i32(e, m->weights),
        emit_i32(e, m->bits),
        emit_i32(e, m->n_arrays),
        emit_i32(e, m->n_values),
        emit_i32(e, m->n_groups),
        emit_i32(e, 0),
        emit_blob(e, "width", m->width, m->width ? ((size_t)m->n_layers + 1) * sizeof *m->width : 0),
        neural_arrays(e, m),
        emit_blob(e, "value", m->value, (size_t)m->n_values * sizeof *m->value),
        neural_groups(e, m),
    };
    LLVMValueRef value = structure(e, member, sizeof member / sizeof *member);
    emit_check_size(e, value, sizeof *m);
    return value;
}

static LLVMValueRef neurals(struct emit *e, const struct program *p)
{
    LLVMValueRef *entry = arena_alloc(e->arena, (p->neural.n + 1) * sizeof(LLVMValueRef));
    for (size_t i = 0; i < p->neural.n; i++) {
        entry[i] = neural(e, &p->neural.data[i]);
    }
    return p->neural.n ? emit_table(e, "neural", LLVMTypeOf(entry[0]), entry, p->neural.n) : e->null;
}

/* ORDER crnl_program */
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
        emit_i32(e, (int64_t)p->data.n),
        data_sets(e, p),
        emit_i32(e, (int64_t)p->neural.n),
        neurals(e, p),
    };
    LLVMValueRef value = structure(e, member, sizeof member / sizeof *member);
    emit_check_size(e, value, sizeof(struct crnl_program));
    LLVMValueRef g = LLVMAddGlobal(e->module, LLVMTypeOf(value), "crnl_program");
    LLVMSetInitializer(g, value);
    LLVMSetGlobalConstant(g, true);
}
