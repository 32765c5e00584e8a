/* The constant struct crnl_program and everything that it refers to. */
#include "codegen/emit/emit_members.h"
#include "codegen/engine_base.h"
#include "codegen/emit/neural.h"

static LLVMValueRef models(struct emit *e, const struct program *p, struct plan *const *plans)
{
    LLVMValueRef *model = arena_alloc(e->arena, (p->net.n + 1) * sizeof(LLVMValueRef));
    for (size_t i = 0; i < p->net.n; i++) {
        struct emit_net code = emit_net_code(e, plans[i], (int)i);
        model[i] = emit_model(e, &plans[i]->model, &code);
    }
    return emit_table(e, "net", e->ptr, model, p->net.n);
}

static LLVMValueRef global(struct emit *e, const struct crnl_global *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_GLOBAL, value);
    return value;
}

static LLVMValueRef place(struct emit *e, const struct crnl_place *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_PLACE, value);
    return value;
}

/* Tables, ended by NULL, of the methods and sinks that the command line may name. */
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

#define EMIT_OWN(name) data_##name(e, m)
static LLVMValueRef data_reader(struct emit *e, const struct crnl_data_spec *m)
{
    struct emit_reader {
        const struct crnl_data_reader *reader;
        const char *symbol;
    };
    static const struct emit_reader readers[] = {
        {&crnl_data_csv, "crnl_data_csv"},
        {&crnl_data_idx, "crnl_data_idx"},
        {&crnl_data_npz, "crnl_data_npz"},
        {&crnl_data_course, "crnl_data_course"},
    };
    size_t r = 0;
    while (readers[r].reader != m->reader) {
        r++;
    }
    return emit_external(e, readers[r].symbol);
}

static LLVMValueRef data_split_reader(struct emit *e, const struct crnl_data_spec *m)
{
    return m->split_reader ? emit_external(e, "crnl_split_json") : e->null;
}

static LLVMValueRef data_shape(struct emit *e, const struct crnl_data_spec *of)
{
    const struct crnl_data_shape *m = &of->shape;
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_DATA_SHAPE, value);
    return value;
}

static LLVMValueRef data_set(struct emit *e, const struct crnl_data_spec *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_DATA_SPEC, value);
    return value;
}
#undef EMIT_OWN

static LLVMValueRef neural_one_array(struct emit *e, const struct crnl_neural_array *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_NEURAL_ARRAY, value);
    return value;
}

static LLVMValueRef neural_one_group(struct emit *e, const struct crnl_neural_group *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_NEURAL_GROUP, value);
    return value;
}

/* A table of the n entries of a list, each made by the function `one`; NULL if n is 0. */
#define EMIT_LIST(name, list, count, one)                                                      \
    LLVMValueRef *entry = arena_alloc(e->arena, ((size_t)(count) + 1) * sizeof(LLVMValueRef)); \
    for (int32_t i = 0; i < (count); i++) {                                                    \
        entry[i] = one(e, &(list)[i]);                                                         \
    }                                                                                          \
    return (count) ? emit_table(e, name, LLVMTypeOf(entry[0]), entry, (size_t)(count)) : e->null

#define EMIT_OWN(name) neural_##name(e, m)
static LLVMValueRef neural_kind(struct emit *e, const struct crnl_neural *m)
{
    return emit_external(e, neural_kind_symbol(m->kind));
}

static LLVMValueRef neural_array(struct emit *e, const struct crnl_neural *m)
{
    EMIT_LIST("array", m->array, m->n_arrays, neural_one_array);
}

static LLVMValueRef neural_group(struct emit *e, const struct crnl_neural *m)
{
    EMIT_LIST("group", m->group, m->n_groups, neural_one_group);
}

static LLVMValueRef neural(struct emit *e, const struct crnl_neural *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_NEURAL, value);
    return value;
}
#undef EMIT_OWN

struct program_parts { /* what is not constant data of the program */
    const struct program *program;
    struct plan *const *plans;
    LLVMValueRef run;
};

#define EMIT_OWN(name) program_##name(e, m, parts)
static LLVMValueRef program_net(struct emit *e, const struct crnl_program *m,
                                const struct program_parts *parts)
{
    (void)m;
    return models(e, parts->program, parts->plans);
}

static LLVMValueRef program_global(struct emit *e, const struct crnl_program *m,
                                   const struct program_parts *parts)
{
    (void)parts;
    EMIT_LIST("global", m->global, m->n_globals, global);
}

static LLVMValueRef program_record(struct emit *e, const struct crnl_program *m,
                                   const struct program_parts *parts)
{
    (void)parts;
    return emit_texts(e, "record", m->record, (size_t)m->n_records);
}

static LLVMValueRef program_run(struct emit *e, const struct crnl_program *m,
                                const struct program_parts *parts)
{
    (void)m;
    return parts->run ? parts->run : e->null;
}

static LLVMValueRef program_method(struct emit *e, const struct crnl_program *m,
                                   const struct program_parts *parts)
{
    return m->method ? methods(e, parts->plans[0]) : e->null;
}

static LLVMValueRef program_sink(struct emit *e, const struct crnl_program *m,
                                 const struct program_parts *parts)
{
    (void)parts;
    return m->sink ? sinks(e) : e->null;
}

static LLVMValueRef program_data(struct emit *e, const struct crnl_program *m,
                                 const struct program_parts *parts)
{
    (void)parts;
    EMIT_LIST("data", m->data, m->n_data, data_set);
}

static LLVMValueRef program_neural(struct emit *e, const struct crnl_program *m,
                                   const struct program_parts *parts)
{
    (void)parts;
    EMIT_LIST("neural", m->neural, m->n_neurals, neural);
}

static LLVMValueRef program_place(struct emit *e, const struct crnl_program *m,
                                  const struct program_parts *parts)
{
    (void)parts;
    EMIT_LIST("place", m->place, m->n_places, place);
}

void emit_program(struct emit *e, const struct program *p, struct plan *const *plans)
{
    struct program_parts own = {p, plans, emit_experiment(e, p, plans)}, *parts = &own;
    struct crnl_program data = engine_program_data(e->arena, p, plans), *m = &data;
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_PROGRAM, value);
    LLVMValueRef g = LLVMAddGlobal(e->module, LLVMTypeOf(value), "crnl_program");
    LLVMSetInitializer(g, value);
    LLVMSetGlobalConstant(g, true);
}
#undef EMIT_OWN
