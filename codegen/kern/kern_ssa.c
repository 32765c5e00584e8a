/* The exact SSA of a small network as straight-line code (struct crnl_ssa in crnl_rt.h). State, random stream
 * and time are in registers while the kernel runs: here they are stack slots, which the optimiser turns into
 * registers. All results have the same bits as those of the library's kernel `table`: propensities are summed
 * from left to right in groups of at most CRNL_FAN, then the sums of the groups. The amounts after an event
 * are selected by masks, or their changes read from a table, instead of branching, since processors cannot
 * predict which reaction fires. */
#include "codegen/kern/kern_ssa.h"

#include "codegen/kern/kern_lanes.h"

#include <math.h>

/* Parameters are loaded once, in the entry block. */
static LLVMValueRef leaf(struct emit_body *b, const struct expr *x)
{
    if (x->op != EXPR_PARAM) {
        return emit_net_leaf(b, x);
    }
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(at);
    LLVMPositionBuilderBefore(at, LLVMGetBasicBlockTerminator(b->entry));
    LLVMValueRef v = emit_net_leaf(b, x);
    LLVMPositionBuilderAtEnd(at, here);
    return v;
}

static void load_env(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(e->builder);
    LLVMPositionBuilderBefore(e->builder, LLVMGetBasicBlockTerminator(s->b.entry));
    s->env.species = s->amount;
    s->env.p = emit_load(e, e->ptr, s->w, offsetof(struct crnl_ssa, p));
    s->env.inv_volume = emit_load(e, e->real, s->w, offsetof(struct crnl_ssa, inv_volume));
    LLVMPositionBuilderAtEnd(e->builder, here);
}

/* Columns are numbered as species are, so that the order of reactions changes nothing. */
static void find_columns(struct ssa *s)
{
    const struct crnl_model *m = s->m;
    for (int32_t i = 0; i < m->n_species; i++) {
        s->column[i] = -1;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            int32_t species = m->net_species[i];
            s->column[species] = 0;
            s->by_law[species] |= ssa_law(m, j) >= 0 && m->net_delta[i] < 0;
        }
    }
    for (int32_t i = 0; i < m->n_species; i++) {
        if (s->column[i] == 0) {
            s->changed[s->n_columns] = i;
            s->column[i] = s->n_columns++;
        }
    }
}

static void make_change_table(struct ssa *s)
{
    const struct crnl_model *m = s->m;
    size_t n = (size_t)m->n_reactions * (size_t)s->n_columns;
    double *table = arena_alloc(s->b.e->arena, n * sizeof *table);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            table[j * s->n_columns + s->column[m->net_species[i]]] = m->net_delta[i];
        }
    }
    s->change = emit_blob(s->b.e, "change", table, n * sizeof *table);
}

static void load_state(struct ssa *s)
{
    struct emit *e = s->b.e;
    const struct crnl_model *m = s->m;
    LLVMValueRef x = emit_load(e, e->ptr, s->w, offsetof(struct crnl_ssa, x));
    LLVMValueRef k = emit_load(e, e->ptr, s->w, offsetof(struct crnl_ssa, k));
    for (int32_t i = 0; i < m->n_species; i++) {
        s->amount[i] = emit_load(e, e->real, x, (size_t)i * sizeof(double));
        if (s->column[i] >= 0) {
            s->slot[i] = emit_slot(&s->b, TYPE_REAL);
            LLVMBuildStore(e->builder, s->amount[i], s->slot[i]);
        }
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        s->k[j] = emit_load(e, e->real, k, (size_t)j * sizeof(double));
        s->a_slot[j] = emit_slot(&s->b, TYPE_REAL);
    }
    int32_t padded = (m->n_reactions + CRNL_FAN - 1) / CRNL_FAN * CRNL_FAN;
    if (padded > CRNL_FAN) {
        s->running = emit_alloca(&s->b, LLVMArrayType2(e->real, (uint64_t)padded), "running");
        for (int32_t j = m->n_reactions; j < padded; j++) {
            emit_store(e, emit_real(e, (double)INFINITY), s->running, (size_t)j * sizeof(double));
        }
    }
    for (int i = 0; i < 4; i++) {
        s->rng[i] = emit_slot(&s->b, TYPE_INT);
    }
    ssa_move_stream(s, false);
    ssa_watch_load(s);
    s->t = emit_slot(&s->b, TYPE_REAL);
    s->t_next = emit_slot(&s->b, TYPE_REAL);
    s->done = emit_slot(&s->b, TYPE_INT);
    s->result = emit_alloca(&s->b, e->i32, "result");
    LLVMBuildStore(e->builder, emit_load(e, e->real, s->w, offsetof(struct crnl_ssa, t)), s->t);
    LLVMBuildStore(e->builder, emit_load(e, e->real, s->w, offsetof(struct crnl_ssa, t_next)), s->t_next);
    LLVMBuildStore(e->builder, emit_i64(e, 0), s->done);
}

static void store_state(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMPositionBuilderAtEnd(e->builder, s->leave);
    LLVMValueRef x = emit_load(e, e->ptr, s->w, offsetof(struct crnl_ssa, x));
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            emit_store(e, ssa_load_slot(s, e->real, s->slot[i]), x, (size_t)i * sizeof(double));
        }
    }
    ssa_move_stream(s, true);
    ssa_watch_store(s);
    emit_store(e, ssa_load_slot(s, e->real, s->t), s->w, offsetof(struct crnl_ssa, t));
    emit_store(e, ssa_load_slot(s, e->real, s->t_next), s->w, offsetof(struct crnl_ssa, t_next));
    LLVMValueRef before = emit_load(e, e->i64, s->w, offsetof(struct crnl_ssa, events));
    LLVMValueRef events = LLVMBuildAdd(e->builder, before, ssa_load_slot(s, e->i64, s->done), "");
    emit_store(e, events, s->w, offsetof(struct crnl_ssa, events));
    LLVMBuildRet(e->builder, ssa_load_slot(s, e->i32, s->result));
}

void kern_emit_ssa_unrolled(struct emit *e, const struct plan *plan, struct emit_cache *cache, int index,
                            struct emit_net *code)
{
    const struct crnl_model *m = &plan->model;
    const char *name = arena_printf(e->arena, "net%d_ssa", index);
    /* The kernel: int ssa(void *env, struct crnl_ssa *w, int64_t max_events). */
    LLVMTypeRef types[] = {e->ptr, e->ptr, e->i64};
    LLVMValueRef f = emit_function(e, name, LLVMFunctionType(e->i32, types, 3, false), e->linkage);
    size_t species = (size_t)m->n_species + 1, reactions = (size_t)m->n_reactions;
    struct ssa s = {.plan = plan, .m = m, .w = LLVMGetParam(f, 1)};
    s.slot = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    s.amount = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    s.column = arena_alloc(e->arena, species * sizeof *s.column);
    s.changed = arena_alloc(e->arena, species * sizeof *s.changed);
    s.by_law = arena_alloc(e->arena, species * sizeof *s.by_law);
    s.k = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    s.a = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    s.a_slot = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    s.sum = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    s.top = arena_alloc(e->arena, (reactions / CRNL_FAN + 1) * sizeof(LLVMValueRef));
    emit_body_init(&s.b, e, cache, f);
    s.b.shared = true;
    s.b.leaf = leaf;
    s.b.env = &s.env;
    s.leave = emit_block(&s.b, "leave");
    find_columns(&s);
    s.chooses = ssa_choosing_pays(&s);
    if (s.chooses) { /* the optimiser would make other vectors of the amounts, and move them through memory */
        emit_keep_scalar(e, f);
    }
    make_change_table(&s);
    load_state(&s);
    load_env(&s);
    ssa_propensities(&s);
    ssa_check_start(&s);
    ssa_event_loop(&s, LLVMGetParam(f, 2));
    store_state(&s);
    emit_body_finish(&s.b);
    code->ssa = f;
    if (plan->in_lockstep && kern_lanes_pay(e)) {
        code->ssa_lanes = kern_lanes_choice(e, plan, cache, index, "ssa_lanes", true, kern_emit_ssa_lanes);
    }
}
