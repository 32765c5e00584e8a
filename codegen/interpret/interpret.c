/* The engine that interprets: the oracle of the other two. */
#include "codegen/interpret/interpret.h"

static void destroy(struct engine *e)
{
    struct interpreter *in = (struct interpreter *)e;
    for (size_t i = 0; i < in->source->net.n; i++) {
        interp_destroy(in->walk[i].interp);
    }
    arena_destroy(in->arena);
}

/* An array of `n` elements with a zero one behind. */
#define new_array(in, n, type) ((type *)arena_alloc((in)->arena, ((size_t)(n) + 1) * sizeof(type)))

static const struct crnl_model *const *models(struct interpreter *in, size_t n)
{
    const struct crnl_model **all = new_array(in, n, const struct crnl_model *);
    struct crnl_model *model = new_array(in, n, struct crnl_model);
    for (size_t i = 0; i < n; i++) {
        walk_model(&in->walk[i], &model[i], in->plans[i]);
        all[i] = &model[i];
    }
    return all;
}

static const struct crnl_global *globals(struct interpreter *in)
{
    const struct program *p = in->source;
    struct crnl_global *global = new_array(in, p->global.n, struct crnl_global);
    for (size_t i = 0; i < p->global.n; i++) {
        const struct global *g = &p->global.data[i];
        global[i] = (struct crnl_global){g->name, g->doc, g->unit, g->value};
    }
    return global;
}

static const char *const *records(struct interpreter *in)
{
    const struct program *p = in->source;
    const char **record = new_array(in, p->record.n, const char *);
    for (size_t i = 0; i < p->record.n; i++) {
        record[i] = p->record.data[i];
    }
    return record;
}

/* What --method and --out may name where no experiment says it. */
static void choices(struct interpreter *in)
{
    static const struct crnl_sink *const sinks[] = {&crnl_sink_csv, &crnl_sink_npz, NULL};
    enum method_kind kind[METHOD_COUNT];
    size_t n = plan_methods(in->plans[0], kind);
    const struct crnl_method **method = new_array(in, n, const struct crnl_method *);
    for (size_t i = 0; i < n; i++) {
        method[i] = interpret_method(kind[i]);
    }
    in->self.program.method = method;
    in->self.program.sink = sinks;
}

struct engine *engine_interpret(const struct program *p, struct plan *const *plans,
                                const struct codegen_options *o)
{
    struct arena *arena = arena_create();
    struct interpreter *in = arena_alloc(arena, sizeof *in);
    (void)o;
    in->engine = (struct engine){.program = &in->self.program, .destroy = destroy};
    in->arena = arena;
    in->source = p;
    in->plans = plans;
    in->walk = new_array(in, p->net.n, struct walk);
    in->spec = new_array(in, p->n_statements, struct crnl_run_spec);
    in->self.interpreter = in;
    in->self.program = (struct crnl_program){.abi = CRNL_ABI,
                                             .file = p->file,
                                             .experiment = p->experiment,
                                             .doc = p->doc,
                                             .n_nets = (int32_t)p->net.n,
                                             .n_globals = (int32_t)p->global.n,
                                             .n_records = (int32_t)p->record.n,
                                             .n_statements = p->n_statements,
                                             .net = models(in, p->net.n),
                                             .global = globals(in),
                                             .record = records(in),
                                             .n_data = (int32_t)p->data.n,
                                             .data = p->data.data,
                                             .n_neurals = (int32_t)p->neural.n,
                                             .neural = p->neural.data,
                                             .run = p->experiment ? interpret_experiment : NULL};
    if (!p->experiment && p->net.n) {
        choices(in);
    }
    return &in->engine;
}
