/* Code of a network: functions for its expressions, which crnl_model.expr calls, and its kernels. */
#include "codegen/emit/emit.h"

#include <assert.h>

#include "codegen/plan/template.h"

enum {
    MAX_NODES = 4000, /* most nodes of an optimised expression, and of all those of a network */
    MAX_ALL_NODES = 20000,
    MIN_GROUP = 4 /* fewer expressions of one template are emitted one by one, with their operands as
                   * constants */
};

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

/* ---- Expressions --------------------------------------------------------------------------------------- */

/* Functions for the expressions of a network. Where many have the same template (template.h), they share one
 * function, which reads its operands from a list: numbers of species, parameters, captured values and
 * constants. */
struct exprs {
    struct emit *e;
    const struct plan *plan;
    struct emit_cache *cache;
    struct templates templates;
    /* by template: its function; NULL: none yet, or each of its expressions has its own */
    LLVMValueRef *group;
    LLVMValueRef constants; /* real constants that lists refer to by index in `constant` */
    VEC(int32_t) operand;   /* all lists, one after the other */
    VEC(double) constant;
    int64_t n_nodes; /* nodes that the optimiser gets */
};

/* Reads all operands of a listed expression first, so that they are found where leaves would be emitted. */
static void read_operands(struct emit_body *b, const struct exprs *all, const struct template_use *use,
                          const struct emit_net_env *env, LLVMValueRef list)
{
    struct emit *e = b->e;
    for (uint32_t i = 0; i < use->n; i++) {
        expr_id id = all->templates.operand.data[use->first + i];
        enum expr_op op = expr_get(b->pool, id)->op;
        LLVMValueRef base = op == EXPR_SPECIES   ? env->x
                            : op == EXPR_PARAM   ? env->p
                            : op == EXPR_CAPTURE ? env->c
                                                 : all->constants;
        LLVMValueRef number = emit_load(e, e->i32, list, i * sizeof(int32_t));
        LLVMValueRef v = emit_get(b, TYPE_REAL, base, LLVMBuildZExt(e->builder, number, e->i64, ""));
        if (op == EXPR_SPECIES) {
            v = LLVMBuildFMul(e->builder, v, env->inv_volume, "");
        }
        emit_remember(b, id, FORM_REGISTER, v);
    }
}

static void count_node(void *env, expr_id id, const struct expr *x)
{
    (void)id;
    (void)x;
    ++*(int64_t *)env;
}

LLVMValueRef emit_net_rate(struct emit *e, LLVMValueRef k, LLVMValueRef law)
{
    LLVMValueRef zero = LLVMConstNull(LLVMTypeOf(k)),
                 off = LLVMBuildFCmp(e->builder, LLVMRealOEQ, k, zero, "");
    return LLVMBuildSelect(e->builder, off, zero, LLVMBuildFMul(e->builder, k, law, ""), "");
}

/* Lets the optimiser see the first expressions and no huge one. Networks with thousands of different
 * expressions are rare, and compile ten times faster without it. */
static void spare_optimiser(struct exprs *all, LLVMValueRef f, expr_id id)
{
    int64_t nodes = 0;
    expr_visit(all->plan->net->ex, id, count_node, &nodes);
    if (nodes > MAX_NODES || all->n_nodes + nodes > MAX_ALL_NODES) {
        emit_prevent_optimisation(all->e, f);
    } else {
        all->n_nodes += nodes;
    }
}

/* Emits double f(x, t, p, c, inv_volume, list). If `use` is NULL it is the function of expression i alone,
 * which needs no list. */
static LLVMValueRef expression(struct exprs *all, size_t i, const struct template_use *use)
{
    struct emit *e = all->e;
    expr_id id = all->plan->expr[i];
    LLVMValueRef f = emit_function(e, "expr", e->rate_type, LLVMInternalLinkage);
    spare_optimiser(all, f, id);
    struct emit_net_env env = {
        .x = LLVMGetParam(f, 0),
        .t = LLVMGetParam(f, 1),
        .p = LLVMGetParam(f, 2),
        .c = LLVMGetParam(f, 3),
        .inv_volume = LLVMGetParam(f, 4),
    };
    struct emit_body b;
    emit_body_init(&b, e, all->cache, f);
    b.shared = true;
    b.leaf = emit_net_leaf;
    b.env = &env;
    emit_count_uses(&b, &id, 1);
    if (use) {
        read_operands(&b, all, use, &env, LLVMGetParam(f, 5));
    }
    LLVMBuildRet(e->builder, emit_scalar_real(&b, id));
    emit_body_finish(&b);
    return f;
}

/* Writes the list of an expression's operands; returns its place among all lists. */
static int32_t write_list(struct exprs *all, const struct template_use *use)
{
    int32_t place = (int32_t)all->operand.n;
    for (uint32_t i = 0; i < use->n; i++) {
        const struct expr *x = expr_get(all->plan->net->ex, all->templates.operand.data[use->first + i]);
        if (x->op == EXPR_CONST) {
            vec_push(&all->operand, (int32_t)all->constant.n);
            vec_push(&all->constant, x->v.real);
        } else {
            vec_push(&all->operand, x->a);
        }
    }
    return place;
}

/* Makes the table of functions and places of their lists. */
static LLVMValueRef function_table(struct exprs *all, size_t n)
{
    struct emit *e = all->e;
    LLVMValueRef *entry = mem_alloc(n * sizeof *entry);
    for (size_t i = 0; i < n; i++) {
        const struct template_use *use = &all->templates.use[i];
        bool listed = use->group >= 0 && all->templates.size[use->group] >= MIN_GROUP;
        LLVMValueRef f = listed ? all->group[use->group] : NULL;
        if (!f) {
            f = expression(all, i, listed ? use : NULL);
        }
        if (listed) {
            all->group[use->group] = f;
        }
        LLVMValueRef member[] = {f, emit_i64(e, listed ? write_list(all, use) : 0)};
        entry[i] = LLVMConstStructInContext(e->context, member, 2, false);
    }
    LLVMValueRef table = emit_table(e, "exprs", LLVMTypeOf(entry[0]), entry, n);
    free(entry);
    return table;
}

/* Emits double expr(env, i, x, t, p, c, inv_volume). */
static LLVMValueRef dispatcher(struct emit *e, const char *name, LLVMValueRef table, LLVMValueRef lists)
{
    LLVMTypeRef types[] = {e->ptr, e->i32, e->ptr, e->real, e->ptr, e->ptr, e->real};
    LLVMValueRef f = emit_function(e, name, LLVMFunctionType(e->real, types, 7, false), e->linkage);
    LLVMPositionBuilderAtEnd(e->builder, LLVMAppendBasicBlockInContext(e->context, f, "entry"));
    LLVMTypeRef entry_type = LLVMStructTypeInContext(e->context, (LLVMTypeRef[]){e->ptr, e->i64}, 2, false);
    LLVMValueRef i = LLVMGetParam(f, 1), args[6];
    LLVMValueRef entry = LLVMBuildInBoundsGEP2(e->builder, entry_type, table, &i, 1, "");
    LLVMValueRef place = emit_load(e, e->i64, entry, sizeof(void *));
    for (unsigned k = 0; k < 5; k++) {
        args[k] = LLVMGetParam(f, k + 2);
    }
    args[5] = LLVMBuildInBoundsGEP2(e->builder, e->i32, lists, &place, 1, "");
    LLVMValueRef call = LLVMBuildCall2(e->builder, e->rate_type, emit_load(e, e->ptr, entry, 0), args, 6, "");
    LLVMSetTailCall(call, true);
    LLVMBuildRet(e->builder, call);
    return f;
}

LLVMValueRef emit_net_expr(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                           const char *name)
{
    size_t n = (size_t)plan->model.n_exprs;
    if (n == 0) {
        return NULL;
    }
    struct exprs all = {.e = e, .plan = plan, .cache = cache};
    all.templates = templates_find(plan->net->ex, plan->expr, n);
    all.group = mem_zalloc((size_t)all.templates.n_groups + 1, sizeof(LLVMValueRef));
    LLVMTypeRef unknown = LLVMArrayType2(e->real, 0);
    LLVMValueRef placeholder = LLVMAddGlobal(e->module, unknown, "constants");
    all.constants = placeholder;
    LLVMValueRef table = function_table(&all, n);
    LLVMValueRef constants = emit_blob(e, "constants", all.constant.data, all.constant.n * sizeof(double));
    LLVMReplaceAllUsesWith(placeholder, constants);
    LLVMDeleteGlobal(placeholder);
    LLVMValueRef lists = emit_blob(e, "lists", all.operand.data, all.operand.n * sizeof(int32_t));
    LLVMValueRef f = dispatcher(e, name, table, lists);
    free(all.group);
    vec_free(&all.operand);
    vec_free(&all.constant);
    templates_free(&all.templates);
    return f;
}

/* ---- All code of a network ----------------------------------------------------------------------------- */

/* Functions that emit kernels; NULL: the kernel is in the library. */
static void (*const kernels[CRNL_KERNEL_COUNT])(struct emit *e, const struct plan *plan,
                                                struct emit_cache *cache, int index,
                                                struct emit_net *code) = {
#define KERN_EMITTED(rule)                       kern_emit_##rule
#define KERN_LIBRARY(rule)                       NULL
#define KERNEL(slot, id, made, name, rule, help) KERN_##made(rule),
#include "runtime/crnl_kernel.def"
};

struct emit_net emit_net_code(struct emit *e, const struct plan *plan, int index)
{
    struct emit_cache cache;
    emit_cache_init(&cache, plan->net->ex);
    struct emit_net code = {0};
    code.expr = emit_net_expr(e, plan, &cache, arena_printf(e->arena, "net%d_expr", index));
    for (int k = 0; k < CRNL_KERNEL_COUNT; k++) {
        bool is_wanted = (crnl_slot_info[crnl_kernel_info[k].slot].needs & plan->use->needs) != 0;
        if (is_wanted && kernels[k] && !plan->model.kernel_refusal[k]) {
            kernels[k](e, plan, &cache, index, &code);
        }
    }
    emit_cache_free(&cache);
    return code;
}
