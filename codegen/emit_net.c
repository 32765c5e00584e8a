/* Code of a network: one function an expression, and a table of them behind crnl_model.expr. */
#include "codegen/emit.h"

#include <assert.h>

enum { MAX_FACTORS = 1024 };        /* of all rates together: what one function takes */

LLVMValueRef emit_net_leaf(struct emit_body *b, const struct expr *x)
{
    const struct emit_net_env *env = b->env;
    LLVMBuilderRef at = b->e->builder;
    size_t bytes = (size_t)x->a * sizeof(double);
    switch (x->op) {
    case EXPR_TIME: return env->t;
    case EXPR_PARAM: return emit_load(b->e, b->e->real, env->p, bytes);
    case EXPR_CAPTURE: return emit_load(b->e, b->e->real, env->c, bytes);
    default: break;
    }
    assert(x->op == EXPR_SPECIES);
    LLVMValueRef amount = env->species ? env->species[x->a] : emit_load(b->e, b->e->real, env->x, bytes);
    return env->inv_volume ? LLVMBuildFMul(at, amount, env->inv_volume, "") : amount;
}

/* double f(x, t, p, c, inv_volume) */
static LLVMValueRef expression(struct emit *e, const struct plan *plan, struct emit_cache *cache, int32_t i)
{
    LLVMValueRef f = emit_function(e, "expr", e->rate_type, LLVMInternalLinkage);
    struct emit_net_env env = {
        .x = LLVMGetParam(f, 0), .t = LLVMGetParam(f, 1), .p = LLVMGetParam(f, 2), .c = LLVMGetParam(f, 3),
        .inv_volume = LLVMGetParam(f, 4),
    };
    struct emit_body b;
    emit_body_init(&b, e, cache, f);
    b.shared = true;
    b.leaf = emit_net_leaf;
    b.env = &env;
    emit_count_uses(&b, &plan->expr[i], 1);
    LLVMBuildRet(e->builder, emit_scalar_real(&b, plan->expr[i]));
    emit_body_finish(&b);
    return f;
}

LLVMValueRef emit_net_expr(struct emit *e, const struct plan *plan, struct emit_cache *cache, const char *name)
{
    size_t n = (size_t)plan->model.n_exprs;
    if (n == 0) {
        return NULL;
    }
    LLVMValueRef *entry = mem_alloc(n * sizeof *entry);
    for (size_t i = 0; i < n; i++) {
        entry[i] = expression(e, plan, cache, (int32_t)i);
    }
    LLVMValueRef table = emit_table(e, "exprs", e->ptr, entry, n);
    free(entry);

    /* double expr(env, i, x, t, p, c, inv_volume) */
    LLVMTypeRef types[] = {e->ptr, e->i32, e->ptr, e->real, e->ptr, e->ptr, e->real};
    LLVMValueRef f = emit_function(e, name, LLVMFunctionType(e->real, types, 7, false), e->linkage);
    LLVMPositionBuilderAtEnd(e->builder, LLVMAppendBasicBlockInContext(e->context, f, "entry"));
    LLVMValueRef i = LLVMGetParam(f, 1), args[5];
    LLVMValueRef at = LLVMBuildInBoundsGEP2(e->builder, e->ptr, table, &i, 1, "");
    for (unsigned k = 0; k < 5; k++) {
        args[k] = LLVMGetParam(f, k + 2);
    }
    LLVMValueRef call = LLVMBuildCall2(e->builder, e->rate_type, emit_load(e, e->ptr, at, 0), args, 5, "");
    LLVMSetTailCall(call, true);
    LLVMBuildRet(e->builder, call);
    return f;
}

static void find_checked(void *env, expr_id id, const struct expr *x)
{
    (void)id;
    bool *any = env;
    *any = *any || x->op == EXPR_TAKE || x->op == EXPR_GATHER;
}

bool emit_net_is_plain(const struct plan *plan)
{
    const struct crnl_model *m = &plan->model;
    double factors = 0;
    bool checked = false;
    for (int32_t i = 0; i < m->lhs_ptr[m->n_reactions]; i++) {
        factors += m->lhs_count[i];
    }
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            expr_visit(plan->net->ex, plan->expr[m->law[j]], find_checked, &checked);
        }
    }
    return factors <= MAX_FACTORS && !checked;
}

struct emit_net emit_net_code(struct emit *e, const struct plan *plan, int index)
{
    struct emit_cache cache;
    emit_cache_init(&cache, plan->net->ex);
    struct emit_net code = {0};
    code.expr = emit_net_expr(e, plan, &cache, arena_printf(e->arena, "net%d_expr", index));
    if (plan->unroll_ssa) {
        code.ssa = kern_ssa(e, plan, &cache, arena_printf(e->arena, "net%d_ssa", index));
    }
    if (plan->unroll_ode) {
        code.rhs = kern_rhs(e, plan, &cache, arena_printf(e->arena, "net%d_rhs", index));
        if (plan->model.jac_col) {
            code.jac = kern_jac(e, plan, &cache, arena_printf(e->arena, "net%d_jac", index));
        }
    }
    emit_cache_free(&cache);
    return code;
}
