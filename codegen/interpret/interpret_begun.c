/* The engine that begins at once. It interprets networks until that has taken about as long as compiling them
 * would; most small programs end before. The right side and the Jacobian are computed by the library's loops,
 * which are faster than the interpreter and give the same bytes. */
#include <stdatomic.h>
#include <stdio.h>

#include "codegen/interpret/interpret.h"
#include "runtime/crnl_utf8.h"

/* The cost of a call in operations of the interpreter, each of which takes some 10 ns. */
enum { CALL = 4 };

struct begun;

struct begun_model {  /* what the functions of a model get as `env` */
    struct walk walk; /* first, since they are also called as functions of the interpreter */
    struct begun *all;
    const struct crnl_model *model;
    int index;
    _Atomic(int32_t) *nodes; /* [n_exprs] operations of each expression; 0: not counted yet */
};

struct begun {
    struct engine engine; /* first: what engine_begun returns */
    struct engine *interpreter;
    const struct program *source;
    struct plan *const *plans;
    struct codegen_options options;
    /* operations of the interpreter until the networks are compiled */
    _Atomic(int64_t) left;
    _Atomic(const struct crnl_program *) code; /* the compiled networks; NULL before */
    pthread_mutex_t mutex;                     /* held while what follows changes */
    struct engine *compiled;
    bool failed;
};

static void warn(const struct begun *b, const char *why)
{
    char text[1000];
    snprintf(text, sizeof text, "warning: the networks are not compiled, which makes them slower: %s\n", why);
    if (b->options.warn) {
        b->options.warn(b->options.env, text);
    } else {
        crnl_say(stderr, "%s", text);
    }
}

/* Compiles the networks. Meanwhile other threads go on interpreting. */
static void compile(struct begun *b)
{
    if (pthread_mutex_trylock(&b->mutex) != 0) {
        return;
    }
    if (!b->compiled && !b->failed) {
        struct sources *sources = sources_create();
        struct diag *diag = diag_create(sources);
        b->compiled = engine_jit(b->source, b->plans, &b->options, diag);
        b->failed = !b->compiled;
        const char *why = b->failed ? diag_take_back(diag, 0) : NULL;
        if (b->failed) {
            warn(b, why ? why : "no code could be made");
        } else {
            atomic_store_explicit(&b->code, engine_program(b->compiled), memory_order_release);
        }
        diag_destroy(diag);
        sources_destroy(sources);
    }
    pthread_mutex_unlock(&b->mutex);
}

/* The compiled model, or NULL if the caller is to interpret. Counts the given number of operations as
 * interpreted, and compiles when there have been enough. */
static const struct crnl_model *compiled(struct begun_model *m, int64_t operations)
{
    struct begun *b = m->all;
    const struct crnl_program *code = atomic_load_explicit(&b->code, memory_order_acquire);
    if (!code && atomic_fetch_sub_explicit(&b->left, operations, memory_order_relaxed) < operations) {
        compile(b);
        code = atomic_load_explicit(&b->code, memory_order_acquire);
    }
    return code ? code->net[m->index] : NULL;
}

static void count_elements(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    *(int64_t *)env += shape_size(e->shape) * (expr_is_loop(e->op) ? e->b : 1);
}

static int64_t nodes_of(struct begun_model *m, int32_t i)
{
    int64_t n = atomic_load_explicit(&m->nodes[i], memory_order_relaxed);
    if (n == 0) {
        expr_visit(m->walk.plan->net->ex, m->walk.plan->expr[i], count_elements, &n);
        n = n < INT32_MAX ? n : INT32_MAX;
        atomic_store_explicit(&m->nodes[i], (int32_t)n, memory_order_relaxed);
    }
    return n;
}

static double begun_expr(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                         double inv_volume)
{
    struct begun_model *m = env;
    const struct crnl_program *code = atomic_load_explicit(&m->all->code, memory_order_acquire);
    const struct crnl_model *model = code ? code->net[m->index] : compiled(m, CALL + 2 * nodes_of(m, i));
    return model ? model->expr(model->env, i, x, t, p, c, inv_volume)
                 : walk_expr(env, i, x, t, p, c, inv_volume);
}

static void begun_rhs(void *env, double t, const double *x, const double *p, const double *k, double *dx)
{
    struct begun_model *m = env;
    const struct crnl_model *model = compiled(m, (CALL + m->model->n_reactions) / 2);
    if (model) {
        model->rhs(model->env, t, x, p, k, dx);
    } else {
        crnl_table_rhs(m->model, t, x, p, k, dx);
    }
}

static void begun_jac(void *env, double t, const double *x, const double *p, const double *k, double *values)
{
    struct begun_model *m = env;
    const struct crnl_model *model = compiled(m, (CALL + m->model->jac_nnz) / 2);
    if (model) {
        model->jac(model->env, t, x, p, k, values);
    } else {
        crnl_table_jac(m->model, t, x, p, k, values);
    }
}

/* Interprets piece by piece, so that compiled code can take over in the middle of a run. */
static int begun_ssa(void *env, void *state, int64_t max_events)
{
    struct begun_model *m = env;
    const struct crnl_ssa *s = state;
    const int64_t event = CALL + m->model->n_reactions;
    const struct crnl_model *model = compiled(m, CALL * event);
    int result = CRNL_SSA_EVENTS;
    while (!model && max_events > 0 && result == CRNL_SSA_EVENTS) {
        int64_t left = atomic_load_explicit(&m->all->left, memory_order_relaxed);
        int64_t piece = 1 + (left > 0 ? left : 1000 * event) / event, before = s->events;
        result = walk_ssa(env, state, piece < max_events ? piece : max_events);
        model = compiled(m, (s->events - before) * event);
        max_events -= s->events - before;
    }
    return model && max_events > 0 && result == CRNL_SSA_EVENTS ? model->ssa(model->env, state, max_events)
                                                                : result;
}

/* Steps of runs in lockstep, which the library's loop makes where this gives -1. It is no interpreter, so
 * that a step counts only what compiled code would save, about 2 ns for each run. */
static int64_t begun_ssa_lanes(int32_t level, void *env, void *lockstep, int64_t most)
{
    enum { STEP = 4 };
    struct begun_model *m = env;
    const struct crnl_model *model = compiled(m, STEP * most);
    return model && model->ssa_lanes ? model->ssa_lanes(level, model->env, lockstep, most) : -1;
}

/* ---- The engine ---------------------------------------------------------------------------------------- */

static void destroy(struct engine *e)
{
    struct begun *b = (struct begun *)e;
    engine_destroy(b->compiled);
    pthread_mutex_destroy(&b->mutex);
    engine_destroy(b->interpreter); /* also frees the arena, which holds b */
}

static void begin_model(struct interpreter *in, struct begun_model *m, struct crnl_model *model)
{
    const struct plan *plan = m->walk.plan;
    const char *const *refusal = plan->model.kernel_refusal;
    *model = plan->model;
    model->env = m;
    model->expr = begun_expr;
    model->rhs = refusal[CRNL_KERNEL_ODE_UNROLLED] ? NULL : begun_rhs;
    model->jac = model->rhs && plan->unrolls_jacobian ? begun_jac : NULL;
    model->ssa = refusal[CRNL_KERNEL_SSA_UNROLLED] ? NULL : begun_ssa;
    model->ssa_lanes = plan->in_lockstep ? begun_ssa_lanes : NULL;
    m->model = model;
    m->nodes = new_array(in->arena, model->n_exprs, _Atomic(int32_t));
}

/* The number of operations that take as long as compiling. Networks whose kernels are loops over tables count
 * little, since they have little code: their laws share it. */
static int64_t worth_compiling(const struct program *p, struct plan *const *plans)
{
    enum { OPERATIONS = 2000000, OF_A_REACTION = 10000, IN_LOCKSTEP = 200000 };
    int64_t n = OPERATIONS;
    for (size_t i = 0; i < p->net.n; i++) {
        const struct crnl_model *m = &plans[i]->model;
        bool unrolls =
            !m->kernel_refusal[CRNL_KERNEL_SSA_UNROLLED] || !m->kernel_refusal[CRNL_KERNEL_ODE_UNROLLED];
        n += unrolls ? OF_A_REACTION * (int64_t)m->n_reactions : 0;
        n += plans[i]->in_lockstep ? IN_LOCKSTEP * (int64_t)m->n_reactions : 0;
    }
    return n;
}

struct engine *engine_begun(const struct program *p, struct plan *const *plans,
                            const struct codegen_options *o)
{
    struct interpreter *in = (struct interpreter *)engine_interpret(p, plans, o);
    struct begun *b = arena_alloc(in->arena, sizeof *b);
    b->engine = (struct engine){.program = in->engine.program, .destroy = destroy};
    b->interpreter = &in->engine;
    b->source = p;
    b->plans = plans;
    b->options = *o;
    b->options.models_only = true;
    atomic_init(&b->left, o->compile_after < 0 ? worth_compiling(p, plans) : o->compile_after);
    pthread_mutex_init(&b->mutex, NULL);
    const struct crnl_model **all = new_array(in->arena, p->net.n, const struct crnl_model *);
    struct crnl_model *model = new_array(in->arena, p->net.n, struct crnl_model);
    struct begun_model *seen = new_array(in->arena, p->net.n, struct begun_model);
    for (size_t i = 0; i < p->net.n; i++) {
        seen[i] = (struct begun_model){.walk = in->walk[i], .all = b, .index = (int)i};
        begin_model(in, &seen[i], &model[i]);
        all[i] = &model[i];
    }
    in->self.program.net = all;
    return &b->engine;
}
