/* The interpreting engine, whose results the other engines are compared with. */
#include "codegen/interpret/interpret.h"

static void destroy(struct engine *e)
{
    struct interpreter *in = (struct interpreter *)e;
    for (size_t i = 0; i < in->source->net.n; i++) {
        interp_destroy(in->walk[i].interp);
    }
    pthread_mutex_destroy(&in->mutex);
    arena_destroy(in->arena);
}

static const struct crnl_model *const *models(struct interpreter *in, size_t n)
{
    const struct crnl_model **all = new_array(in->arena, n, const struct crnl_model *);
    struct crnl_model *model = new_array(in->arena, n, struct crnl_model);
    for (size_t i = 0; i < n; i++) {
        walk_model(&in->walk[i], &model[i], in->plans[i]);
        all[i] = &model[i];
    }
    return all;
}

struct engine *engine_interpret(const struct program *p, struct plan *const *plans,
                                const struct codegen_options *o)
{
    struct arena *arena = arena_create();
    struct interpreter *in = arena_alloc(arena, sizeof *in);
    (void)o;
    in->engine = (struct engine){.program = &in->self.program, .destroy = destroy};
    in->arena = arena;
    pthread_mutex_init(&in->mutex, NULL);
    in->source = p;
    in->plans = plans;
    in->walk = new_array(in->arena, p->net.n, struct walk);
    in->spec = new_array(in->arena, p->n_statements, struct crnl_run_spec);
    in->self.interpreter = in;
    in->self.program = engine_program_data(arena, p, plans);
    in->self.program.net = models(in, p->net.n);
    in->self.program.run = p->experiment ? interpret_experiment : NULL;
    return &in->engine;
}
