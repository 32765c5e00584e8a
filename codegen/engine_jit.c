/* The engine that compiles: code comes from LLVM, constant data stays where the plans have it, so that a
 * large network starts as fast as a small one. */
#include <string.h>
#include <time.h>

#include "codegen/engine_base.h"
#include "codegen/object/jit.h"

struct jit_engine {
    struct engine engine; /* first: an engine is one of these */
    struct arena *arena;
    struct jit *jit;
    struct crnl_program program;
};

static void destroy(struct engine *e)
{
    struct jit_engine *j = (struct jit_engine *)e;
    jit_destroy(j->jit);
    arena_destroy(j->arena);
}

/* ---- Times of the steps, when asked for ---------------------------------------------------------------- */

struct clock {
    bool on;
    double since;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void lap(struct clock *c, const char *step)
{
    double t = now();
    if (c->on) {
        fprintf(stderr, "  %-10s %8.2f ms\n", step, 1e3 * (t - c->since));
    }
    c->since = t;
}

/* ---- Code ---------------------------------------------------------------------------------------------- */

static LLVMMemoryBufferRef compile(const struct program *p, struct plan *const *plans,
                                   const struct codegen_options *o, struct emit_net *code, struct diag *diag)
{
    struct clock c = {o->time, now()};
    /* A machine for this processor turns off by name what the processor lacks, which would stop code of lanes
     * for others. */
    LLVMTargetMachineRef machine = target_machine(!o->all_lanes, o->opt_level, diag);
    if (!machine) {
        return NULL;
    }
    struct emit *e = emit_create("program", machine);
    e->for_host = !o->all_lanes;
    e->linkage = LLVMExternalLinkage;
    for (size_t i = 0; i < p->net.n; i++) {
        code[i] = emit_net_code(e, plans[i], (int)i);
    }
    if (!o->models_only) {
        emit_experiment(e, p, plans);
    }
    lap(&c, "emit");
    LLVMMemoryBufferRef object = NULL;
    if (target_optimise(e, o->opt_level, diag)) {
        lap(&c, "optimise");
        object = target_generate(e, LLVMObjectFile, diag);
        lap(&c, "generate");
    }
    emit_destroy(e);
    return object;
}

/* Addresses of a network's functions into its model. */
static bool take_functions(struct jit *jit, int index, const struct emit_net *code, struct crnl_model *m,
                           struct diag *diag)
{
    char name[32];
    bool good = true;
#define TAKE(member)                                          \
    if (code->member) {                                       \
        snprintf(name, sizeof name, "net%d_" #member, index); \
        uintptr_t at = jit_symbol(jit, name, diag);           \
        memcpy(&m->member, &at, sizeof at);                   \
        good = good && at;                                    \
    }
    TAKE(expr)
#define FUNCTION(slot, member, result, parameters) TAKE(member)
#include "runtime/crnl_kernel.def"
#undef TAKE
    return good;
}

/* ---- Data ---------------------------------------------------------------------------------------------- */

static bool make_models(struct jit_engine *j, size_t n, struct plan *const *plans,
                        const struct emit_net *code, struct diag *diag)
{
    const struct crnl_model **all = new_array(j->arena, n, const struct crnl_model *);
    struct crnl_model *model = new_array(j->arena, n, struct crnl_model);
    for (size_t i = 0; i < n; i++) {
        model[i] = plans[i]->model;
        all[i] = &model[i];
        if (!take_functions(j->jit, (int)i, &code[i], &model[i], diag)) {
            return false;
        }
    }
    j->program.net = all;
    return true;
}

static bool make_program(struct jit_engine *j, const struct program *p, struct plan *const *plans,
                         const struct codegen_options *o, const struct emit_net *code, struct diag *diag)
{
    j->program = engine_program_data(j->arena, p, plans);
    if (!make_models(j, p->net.n, plans, code, diag)) {
        return false;
    }
    if (p->experiment && !o->models_only) {
        uintptr_t at = jit_symbol(j->jit, "experiment", diag);
        memcpy(&j->program.run, &at, sizeof at);
        return at != 0;
    }
    return true;
}

struct engine *engine_jit(const struct program *p, struct plan *const *plans, const struct codegen_options *o,
                          struct diag *diag)
{
    struct arena *arena = arena_create();
    struct jit_engine *j = arena_alloc(arena, sizeof *j);
    struct emit_net *code = arena_alloc(arena, (p->net.n + 1) * sizeof *code);
    j->arena = arena;
    j->engine = (struct engine){.program = &j->program, .destroy = destroy};
    LLVMMemoryBufferRef object = compile(p, plans, o, code, diag);
    struct clock c = {o->time, now()};
    j->jit = object ? jit_create(object, diag) : NULL;
    if (!j->jit || !make_program(j, p, plans, o, code, diag)) {
        destroy(&j->engine);
        return NULL;
    }
    lap(&c, "link");
    return &j->engine;
}
