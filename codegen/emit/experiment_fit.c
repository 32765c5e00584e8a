/* `minimize`: its block is a function of its own, `int (struct crnl_ctx *, void *frame)`, which several
 * threads call. The frame holds the addresses of outer variables, which the block only reads; its own
 * variables are on its stack. */
#include "codegen/emit/emit_members.h"
#include "codegen/emit/experiment.h"
#include "codegen/emit/neural.h"
#include "codegen/engine_base.h"

#define EMIT_OWN(name) minimize_##name(e, m)
static LLVMValueRef minimize_name(struct emit *e, const struct crnl_minimize_spec *m)
{
    return emit_texts(e, "target", m->name, (size_t)m->n_targets);
}

static LLVMValueRef minimize_minimizer(struct emit *e, const struct crnl_minimize_spec *m)
{
    static const struct {
        const struct crnl_minimizer *minimizer;
        const char *symbol;
    } list[] = {
#define MINIMIZER(name) {&crnl_minimize_##name, "crnl_minimize_" #name},
#include "runtime/crnl_minimize.def"
    };
    size_t i = 0;
    while (list[i].minimizer != m->minimizer) {
        i++;
    }
    return emit_external(e, list[i].symbol);
}

static LLVMValueRef minimize_spec(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    struct crnl_minimize_spec spec = engine_minimize_spec(e->arena, s), *m = &spec;
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_MINIMIZE_SPEC, value);
    return emit_constant(e, "minimize", value);
}
#undef EMIT_OWN

static LLVMValueRef pointers(struct emit_body *b, size_t n, const char *name)
{
    return emit_alloca(b, LLVMArrayType2(b->e->i64, n + 1), name);
}

static LLVMValueRef options(struct experiment *x, const struct minimize *m)
{
    struct emit_body *b = &x->b;
    LLVMValueRef option = emit_buffer(b, TYPE_REAL, (int64_t)m->option.n);
    for (size_t i = 0; i < m->option.n; i++) {
        size_t mark = experiment_root(x, m->option.data[i]);
        emit_put(b, TYPE_REAL, option, emit_i64(b->e, (int64_t)i), emit_scalar_real(b, m->option.data[i]));
        emit_release(b, mark);
    }
    return option;
}

/* For each target the address of its bounds, or null. */
static LLVMValueRef bounds(struct experiment *x, const struct minimize *m, bool upper)
{
    struct emit_body *b = &x->b;
    LLVMValueRef out = pointers(b, m->target.n, "bounds");
    for (size_t i = 0; i < m->target.n; i++) {
        const struct minimize_target *t = &m->target.data[i];
        expr_id id = upper ? t->hi : t->lo;
        LLVMValueRef to = b->e->null;
        if (id) {
            size_t mark = experiment_root(x, id);
            to = emit_array_memory(b, t->count * (int64_t)sizeof(double), "bound");
            emit_copy(b, TYPE_REAL, to, emit_values(b, id, TYPE_REAL), t->count);
            emit_release(b, mark);
        }
        emit_store(b->e, to, out, i * sizeof(void *));
    }
    return out;
}

static LLVMValueRef results(struct experiment *x, const struct minimize *m)
{
    struct emit *e = x->b.e;
    LLVMValueRef out = pointers(&x->b, 3 + 2 * m->target.n, "results");
    int32_t var[3] = {m->loss, m->share, m->losses};
    for (size_t i = 0; i < 3; i++) {
        emit_store(e, var[i] < 0 ? e->null : x->variable[var[i]], out, i * sizeof(void *));
    }
    for (size_t i = 0; i < m->target.n; i++) {
        const struct minimize_target *t = &m->target.data[i];
        emit_store(e, x->variable[t->error], out, (3 + 2 * i) * sizeof(void *));
        emit_store(e, t->profile < 0 ? e->null : x->variable[t->profile], out, (4 + 2 * i) * sizeof(void *));
    }
    return out;
}

static LLVMValueRef frame(struct experiment *x, const struct minimize *m)
{
    size_t n = (size_t)m->var_from;
    LLVMValueRef out = pointers(&x->b, n, "frame");
    for (size_t i = 0; i < n; i++) {
        emit_store(x->b.e, x->variable[i], out, i * sizeof(void *));
    }
    return out;
}

/* Emits the block as a function. */
static LLVMValueRef tried(struct experiment *x, const struct stmt *s)
{
    const struct minimize *m = s->minimize;
    struct emit *e = x->b.e;
    struct emit_body outer = x->b;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(e->builder);
    LLVMValueRef *around = x->variable, *own = mem_alloc((x->program->variable.n + 1) * sizeof *own);
    experiment_begin_function(x, outer.cache, "tried", 2, LLVMInternalLinkage);
    x->b.shared = true;
    x->variable = own;
    for (int32_t i = 0; i < m->var_from; i++) {
        own[i] = emit_load(e, e->ptr, LLVMGetParam(x->b.function, 1), (size_t)i * sizeof(void *));
    }
    experiment_clear_variables(x, m->var_from, m->var_to, false);
    bool whole = x->whole;
    x->whole = true;
    experiment_statements(x, s->body);
    x->whole = whole;
    experiment_end_function(x);
    LLVMValueRef f = x->b.function;
    x->b = outer;
    x->variable = around;
    free(own);
    LLVMPositionBuilderAtEnd(e->builder, here);
    return f;
}

void experiment_minimize(struct experiment *x, const struct stmt *s)
{
    const struct minimize *m = s->minimize;
    LLVMValueRef option = options(x, m), lo = bounds(x, m, false), hi = bounds(x, m, true);
    LLVMValueRef args[] = {x->b.ctx, minimize_spec(x, s), option,      lo,
                           hi,       tried(x, s),         frame(x, m), results(x, m)};
    experiment_call(x, ABI_crnl_minimize, args, 8);
}

/* Calls for gradients or residuals, if `wants` has the bit `what`. */
static void wanted(struct experiment *x, const struct stmt *s, LLVMValueRef wants, int64_t what)
{
    struct emit_body *b = &x->b;
    struct emit *e = b->e;
    bool derivatives = what == CRNL_WANTS_GRADIENT;
    size_t n = derivatives ? s->index.n : s->term.n;
    if (n == 0) {
        return;
    }
    LLVMBasicBlockRef compute = emit_block(b, "wanted"), join = emit_block(b, "join");
    LLVMValueRef bit = LLVMBuildAnd(e->builder, emit_get(b, TYPE_INT, wants, NULL), emit_i64(e, what), "");
    LLVMBuildCondBr(e->builder, LLVMBuildICmp(e->builder, LLVMIntNE, bit, emit_i64(e, 0), ""), compute, join);
    LLVMPositionBuilderAtEnd(e->builder, compute);
    for (size_t i = 0; i < n; i++) {
        expr_id id = derivatives ? s->index.data[i] : s->term.data[i];
        size_t mark = experiment_root(x, id);
        LLVMValueRef v = emit_values(b, id, TYPE_REAL),
                     size = emit_i32(e, shape_size(expr_get(b->pool, id)->shape));
        emit_release(b, mark);
        if (derivatives) {
            LLVMValueRef args[] = {b->ctx, emit_i32(e, (int64_t)i), size, v};
            experiment_call(x, ABI_crnl_loss_gradient, args, 4);
        } else {
            experiment_call(x, ABI_crnl_loss_residuals, (LLVMValueRef[]){b->ctx, size, v}, 3);
        }
    }
    LLVMBuildBr(e->builder, join);
    LLVMPositionBuilderAtEnd(e->builder, join);
}

void experiment_loss(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMValueRef wants = emit_slot(b, TYPE_INT);
    size_t mark = experiment_root(x, s->value);
    LLVMValueRef args[] = {b->ctx, emit_scalar_real(b, s->value), wants};
    emit_release(b, mark);
    experiment_call(x, ABI_crnl_loss, args, 3);
    wanted(x, s, wants, CRNL_WANTS_GRADIENT);
    wanted(x, s, wants, CRNL_WANTS_RESIDUALS);
}
