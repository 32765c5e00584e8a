/* Planning: calls the parts that fill the model and say which kernels apply. */
#include "codegen/plan/plan_build.h"

#include <string.h>

#include "ir/fact/fact.h"

const struct plan_options plan_default = {
    .unroll_ssa_limit = 64, .unroll_jacobian_limit = 256, .unroll_rhs_limit = 400};

/* The kernel `table` knows by itself what propensities by mass action depend on; only general laws need these
 * lists. */
static void plan_dependency(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    struct dependency d = fact_dependency(b->net);
    size_t n = (size_t)m->n_reactions, total = n ? (size_t)d.ptr[n] : 0;
    int32_t *ptr = plan_array(b, n + 1, int32_t), *reaction = plan_array(b, total, int32_t);
    if (n) {
        memcpy(ptr, d.ptr, (n + 1) * sizeof *ptr);
    }
    if (total) {
        memcpy(reaction, d.reaction, total * sizeof *reaction);
    }
    m->dep_ptr = ptr;
    m->dep_reaction = reaction;
    fact_dependency_free(&d);
}

struct plan *plan_create(struct net_use *use, const struct sources *sources,
                         const struct plan_options *options)
{
    struct arena *arena = arena_create();
    struct plan *p = arena_alloc(arena, sizeof *p);
    struct plan_builder b = {.plan = p, .arena = arena, .use = use, .sources = sources};
    p->arena = arena;
    struct span at;
    bool is_fired = (use->needs & CRNL_NEEDS_SSA) && !(use->needs & CRNL_NEEDS_RHS);
    p->lowered = net_first_unknown(use->net) >= 0
                     ? (is_fired ? net_fractions_as_events : net_fractions_as_laws)(use->net)
                 : net_first_delay(use->net, &at) ? net_clone(use->net)
                                                  : NULL;
    bool has_past = p->lowered && net_first_delay(p->lowered, &at);
    p->n_delays = has_past ? net_take_delays(p->lowered, &p->delay) : 0;
    p->net = b.net = p->lowered ? p->lowered : use->net;
    p->use = use;
    p->model.abi = CRNL_ABI;
    plan_names(&b);
    plan_stoichiometry(&b);
    plan_laws(&b);
    plan_delays(&b);
    if (use->needs & (CRNL_NEEDS_RHS | CRNL_NEEDS_LAW)) {
        plan_sums(&b);
    }
    if (use->needs & CRNL_NEEDS_RHS) {
        plan_surfaces(&b);
        plan_poles(&b);
    }
    plan_wanted(&b);
    plan_tapes(&b);
    plan_turns(&b);
    plan_events(&b);
    if (use->needs & CRNL_NEEDS_RHS) {
        plan_margins(&b);
    }
    if (use->needs & CRNL_NEEDS_JACOBIAN || use->has_gradient) {
        plan_jacobian(&b);
    }
    if (use->needs & CRNL_NEEDS_LIMIT) {
        plan_limit(&b);
    }

    plan_adjoint(&b);
    plan_reverse(&b, options);
    expr_id *expr = plan_array(&b, b.expr.n, expr_id);
    if (b.expr.n) {
        memcpy(expr, b.expr.data, b.expr.n * sizeof *expr);
    }
    p->expr = expr;
    p->model.n_exprs = (int32_t)b.expr.n;
    plan_reads(&b);
    plan_kernels(&b, options);
    if (use->needs & CRNL_NEEDS_SSA && !plan_is_emitted(p, CRNL_SLOT_SSA) && p->model.law) {
        plan_dependency(&b);
    }
    vec_free(&b.expr);
    vec_free(&b.place);
    vec_free(&b.seen);
    return p;
}

size_t plan_methods(const struct plan *p, enum crnl_method_kind kind[CRNL_METHOD_COUNT])
{
    size_t n = 0;
    for (int k = 0; k < CRNL_METHOD_COUNT; k++) {
        if (!(crnl_method_info[k].needs & ~p->use->needs)) {
            kind[n++] = (enum crnl_method_kind)k;
        }
    }
    return n;
}

void plan_destroy(struct plan *p)
{
    if (p) {
        net_destroy(p->lowered);
        arena_destroy(p->arena);
    }
}
