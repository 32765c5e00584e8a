/* The exact SSA of a small network as straight-line code (struct crnl_ssa in crnl_rt.h; KERNELS.md). State, random
 * stream and time live in registers while the kernel runs: they are stack slots here, which the optimiser promotes.
 * Everything agrees to the last bit with the library's table kernel: one block of at most CRNL_FAN propensities,
 * summed left to right. An event updates the amounts without a branch: which reaction fires cannot be predicted. */
#include "codegen/emit.h"

#include <math.h>

enum { SELECT_LIMIT = 4 };          /* reactions; more than that read their changes from a table */

struct ssa {
    struct emit_body b;
    struct emit_net_env env;
    const struct plan *plan;
    const struct crnl_model *m;
    LLVMValueRef w;                 /* struct crnl_ssa * */
    LLVMValueRef *slot, *amount;    /* of each species: stack slot, value at the place under construction */
    LLVMValueRef *k;                /* effective constants, loaded once */
    LLVMValueRef *a, *a_slot, *sum; /* propensities, their stack slots, their running sums */
    LLVMValueRef change;            /* table of changes, [reaction][changed species], or NULL */
    int32_t *column, n_columns;     /* of a species in it; -1 unchanged */
    bool *by_law;                   /* species that a law consumes: they could become negative */
    LLVMValueRef rng[4], t, t_next, done;       /* stack slots */
    LLVMBasicBlockRef leave;        /* stores everything and returns `result` */
    LLVMValueRef result;
};

static LLVMValueRef load_slot(struct ssa *s, LLVMTypeRef type, LLVMValueRef slot)
{
    return LLVMBuildLoad2(s->b.e->builder, type, slot, "");
}

/* ---- Random numbers ------------------------------------------------------------------------------------------------- */

static LLVMValueRef rotate(struct emit *e, LLVMValueRef v, int bits)
{
    LLVMValueRef high = LLVMBuildShl(e->builder, v, emit_i64(e, bits), "");
    return LLVMBuildOr(e->builder, high, LLVMBuildLShr(e->builder, v, emit_i64(e, 64 - bits), ""), "");
}

/* xoshiro256++, as crnl_rng_next. */
static LLVMValueRef random_word(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef v[4];
    for (int i = 0; i < 4; i++) {
        v[i] = load_slot(s, e->i64, s->rng[i]);
    }
    LLVMValueRef word = LLVMBuildAdd(at, rotate(e, LLVMBuildAdd(at, v[0], v[3], ""), 23), v[0], "");
    LLVMValueRef shifted = LLVMBuildShl(at, v[1], emit_i64(e, 17), "");
    v[2] = LLVMBuildXor(at, v[2], v[0], "");
    v[3] = LLVMBuildXor(at, v[3], v[1], "");
    v[1] = LLVMBuildXor(at, v[1], v[2], "");
    v[0] = LLVMBuildXor(at, v[0], v[3], "");
    v[2] = LLVMBuildXor(at, v[2], shifted, "");
    v[3] = rotate(e, v[3], 45);
    for (int i = 0; i < 4; i++) {
        LLVMBuildStore(at, v[i], s->rng[i]);
    }
    return word;
}

static void move_stream(struct ssa *s, bool to_memory)
{
    struct emit *e = s->b.e;
    for (size_t i = 0; i < 4; i++) {
        size_t at = offsetof(struct crnl_ssa, rng) + i * sizeof(uint64_t);
        if (to_memory) {
            emit_store(e, load_slot(s, e->i64, s->rng[i]), s->w, at);
        } else {
            LLVMBuildStore(e->builder, emit_load(e, e->i64, s->w, at), s->rng[i]);
        }
    }
}

/* Standard exponential: the ziggurat's fast path here, the rest in the library, which advances the stream in memory. */
static LLVMValueRef exponential(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef word = random_word(s);
    LLVMValueRef layer = LLVMBuildAnd(at, word, emit_i64(e, 255), "");
    LLVMValueRef j = LLVMBuildLShr(at, word, emit_i64(e, 11), "");
    LLVMValueRef limit = emit_get(&s->b, TYPE_INT, emit_external(e, "crnl_zig_k"), layer);
    LLVMValueRef width = emit_get(&s->b, TYPE_REAL, emit_external(e, "crnl_zig_w"), layer);
    LLVMValueRef fast = LLVMBuildFMul(at, LLVMBuildSIToFP(at, j, e->real, ""), width, "");
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(at), NULL};
    LLVMBasicBlockRef slow = emit_block(&s->b, "slow"), join = emit_block(&s->b, "drawn");
    emit_unlikely(e, LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntULT, j, limit, ""), join, slow), true);
    LLVMPositionBuilderAtEnd(at, slow);
    move_stream(s, true);
    LLVMValueRef stream = emit_at(e, s->w, offsetof(struct crnl_ssa, rng));
    LLVMValueRef v[2] = {fast, emit_call(e, ABI_crnl_rng_exponential_slow, (LLVMValueRef[]){stream, word}, 2)};
    move_stream(s, false);
    from[1] = slow;
    emit_enter(&s->b, join);
    LLVMValueRef phi = LLVMBuildPhi(at, e->real, "");
    LLVMAddIncoming(phi, v, from, 2);
    return phi;
}

static LLVMValueRef uniform(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMValueRef j = LLVMBuildLShr(e->builder, random_word(s), emit_i64(e, 11), "");
    LLVMValueRef v = LLVMBuildSIToFP(e->builder, LLVMBuildAdd(e->builder, j, emit_i64(e, 1), ""), e->real, "");
    return LLVMBuildFMul(e->builder, v, emit_real(e, 0x1p-53), "");
}

/* ---- Propensities ----------------------------------------------------------------------------------------------------- */

static int32_t law_of(const struct crnl_model *m, int32_t j)
{
    return m->law ? m->law[j] : -1;
}

/* k times the falling factorials, left to right. */
static LLVMValueRef mass_action(struct ssa *s, int32_t j)
{
    struct emit *e = s->b.e;
    LLVMValueRef a = s->k[j];
    for (int32_t i = s->m->lhs_ptr[j]; i < s->m->lhs_ptr[j + 1]; i++) {
        LLVMValueRef x = s->amount[s->m->lhs_species[i]];
        for (double n = 0; n < s->m->lhs_count[i]; n++) {
            LLVMValueRef factor = n > 0 ? LLVMBuildFSub(e->builder, x, emit_real(e, n), "") : x;
            a = LLVMBuildFMul(e->builder, a, factor, "");
        }
    }
    return a;
}

static void propensities(struct ssa *s)
{
    struct emit *e = s->b.e;
    size_t mark = emit_mark(&s->b);
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            s->amount[i] = load_slot(s, e->real, s->slot[i]);
        }
    }
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        int32_t law = law_of(s->m, j);
        s->a[j] = law < 0 ? mass_action(s, j)
                          : LLVMBuildFMul(e->builder, s->k[j], emit_scalar_real(&s->b, s->plan->expr[law]), "");
        LLVMBuildStore(e->builder, s->a[j], s->a_slot[j]);
    }
    emit_release(&s->b, mark);
}

static void running_sums(struct ssa *s)
{
    struct emit *e = s->b.e;
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        s->a[j] = load_slot(s, e->real, s->a_slot[j]);
        s->sum[j] = j > 0 ? LLVMBuildFAdd(e->builder, s->sum[j - 1], s->a[j], "") : s->a[j];
    }
}

/* ---- Ways out ----------------------------------------------------------------------------------------------------------- */

static void leave_with(struct ssa *s, enum crnl_ssa_result result)
{
    LLVMBuildStore(s->b.e->builder, emit_i32(s->b.e, result), s->result);
    LLVMBuildBr(s->b.e->builder, s->leave);
}

static void leave_bad(struct ssa *s, LLVMValueRef reaction)
{
    emit_store(s->b.e, reaction, s->w, offsetof(struct crnl_ssa, bad));
    leave_with(s, CRNL_SSA_BAD);
}

/* Leaves if the condition holds: the builder is then where it does, and after the caller has left, goes on elsewhere. */
static LLVMBasicBlockRef begin_rare(struct ssa *s, LLVMValueRef cond)
{
    LLVMBasicBlockRef rare = emit_block(&s->b, "rare"), next = emit_block(&s->b, "go_on");
    emit_unlikely(s->b.e, LLVMBuildCondBr(s->b.e->builder, cond, rare, next), false);
    LLVMPositionBuilderAtEnd(s->b.e->builder, rare);
    return next;
}

static void end_rare(struct ssa *s, LLVMBasicBlockRef next)
{
    LLVMPositionBuilderAtEnd(s->b.e->builder, next);
}

static LLVMValueRef compare(struct ssa *s, LLVMRealPredicate how, LLVMValueRef v, double with)
{
    return LLVMBuildFCmp(s->b.e->builder, how, v, emit_real(s->b.e, with), "");
}

/* The first reaction whose propensity is negative, infinite or not a number; 0 if each is finite and their sum is not. */
static LLVMValueRef first_bad(struct ssa *s)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef bad = emit_i32(s->b.e, 0);
    for (int32_t j = s->m->n_reactions - 1; j >= 0; j--) {
        LLVMValueRef good = LLVMBuildAnd(at, compare(s, LLVMRealOGE, s->a[j], 0),
                                         compare(s, LLVMRealOLT, s->a[j], (double)INFINITY), "");
        bad = LLVMBuildSelect(at, good, bad, emit_i32(s->b.e, j), "");
    }
    return bad;
}

/* On entry: k or amounts may be anything. */
static void check_start(struct ssa *s)
{
    LLVMValueRef any = emit_bool(s->b.e, false);
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        any = LLVMBuildOr(s->b.e->builder, any, compare(s, LLVMRealULT, s->a[j], 0), "");
    }
    LLVMBasicBlockRef next = begin_rare(s, any);
    leave_bad(s, first_bad(s));
    end_rare(s, next);
}

/* After an event. Mass action cannot make an amount or a propensity negative; laws can do both. */
static void check_event(struct ssa *s, LLVMValueRef fired)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef any = emit_bool(e, false), bad = fired;
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->by_law[i]) {
            any = LLVMBuildOr(at, any, compare(s, LLVMRealOLT, s->amount[i], 0), "");
        }
    }
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        if (law_of(s->m, j) >= 0) {
            LLVMValueRef wrong = compare(s, LLVMRealULT, s->a[j], 0);
            any = LLVMBuildOr(at, any, wrong, "");
            bad = LLVMBuildSelect(at, wrong, emit_i32(e, j), bad, "");
        }
    }
    LLVMBasicBlockRef next = begin_rare(s, any);
    leave_bad(s, bad);
    end_rare(s, next);
}

/* ---- Events ------------------------------------------------------------------------------------------------------------- */

/* The first reaction whose running sum reaches r: as many as stay below it. A sum that reaches r > 0 has just grown, so
 * that its last member is positive; only r = 0, by underflow, needs care. */
static LLVMValueRef selected(struct ssa *s, LLVMValueRef r)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(at), NULL};
    LLVMValueRef index[2] = {emit_i64(e, 0), emit_i64(e, 0)};
    for (int32_t j = 0; j + 1 < s->m->n_reactions; j++) {
        LLVMValueRef below = LLVMBuildFCmp(at, LLVMRealOLT, s->sum[j], r, "");
        index[0] = LLVMBuildAdd(at, index[0], LLVMBuildZExt(at, below, e->i64, ""), "");
    }
    LLVMBasicBlockRef zero = emit_block(&s->b, "underflow"), join = emit_block(&s->b, "selected");
    emit_unlikely(e, LLVMBuildCondBr(at, compare(s, LLVMRealOGT, r, 0), join, zero), true);
    LLVMPositionBuilderAtEnd(at, zero);
    for (int32_t j = 0; j + 1 < s->m->n_reactions; j++) {
        LLVMValueRef none = compare(s, LLVMRealOLE, s->sum[j], 0);
        index[1] = LLVMBuildAdd(at, index[1], LLVMBuildZExt(at, none, e->i64, ""), "");
    }
    from[1] = zero;
    emit_enter(&s->b, join);
    LLVMValueRef phi = LLVMBuildPhi(at, e->i64, "reaction");
    LLVMAddIncoming(phi, index, from, 2);
    return phi;
}

static double change_of(const struct crnl_model *m, int32_t j, int32_t species)
{
    for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
        if (m->net_species[i] == species) {
            return m->net_delta[i];
        }
    }
    return 0;
}

/* Change of a species when `reaction` fires: chosen among constants, or read from the table. */
static LLVMValueRef change(struct ssa *s, LLVMValueRef reaction, int32_t species)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    if (s->change) {
        LLVMValueRef row = LLVMBuildMul(at, reaction, emit_i64(e, s->n_columns), "");
        return emit_get(&s->b, TYPE_REAL, s->change, LLVMBuildAdd(at, row, emit_i64(e, s->column[species]), ""));
    }
    LLVMValueRef v = emit_real(e, change_of(s->m, 0, species));
    for (int32_t j = 1; j < s->m->n_reactions; j++) {
        LLVMValueRef is = LLVMBuildICmp(at, LLVMIntEQ, reaction, emit_i64(e, j), "");
        v = LLVMBuildSelect(at, is, emit_real(e, change_of(s->m, j, species)), v, "");
    }
    return v;
}

static void apply(struct ssa *s, LLVMValueRef reaction)
{
    LLVMBuilderRef at = s->b.e->builder;
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            LLVMValueRef x = load_slot(s, s->b.e->real, s->slot[i]);
            LLVMBuildStore(at, LLVMBuildFAdd(at, x, change(s, reaction, i), ""), s->slot[i]);
        }
    }
}

/* t + E / total, unless a time is pending from the last call. */
static LLVMValueRef next_time(struct ssa *s, LLVMValueRef total)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef v[2] = {load_slot(s, e->real, s->t_next), NULL};
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(at), NULL};
    LLVMBasicBlockRef draw = emit_block(&s->b, "draw"), join = emit_block(&s->b, "next");
    emit_unlikely(e, LLVMBuildCondBr(at, compare(s, LLVMRealOLT, v[0], 0), draw, join), true);
    LLVMPositionBuilderAtEnd(at, draw);
    LLVMValueRef wait = LLVMBuildFDiv(at, exponential(s), total, "");
    v[1] = LLVMBuildFAdd(at, load_slot(s, e->real, s->t), wait, "");
    from[1] = LLVMGetInsertBlock(at);
    emit_enter(&s->b, join);
    LLVMValueRef phi = LLVMBuildPhi(at, e->real, "");
    LLVMAddIncoming(phi, v, from, 2);
    LLVMBuildStore(at, phi, s->t_next);
    return phi;
}

static void event_loop(struct ssa *s, LLVMValueRef max_events)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    bool has_laws = s->m->law != NULL;
    LLVMBasicBlockRef head = emit_block(&s->b, "event");
    LLVMValueRef t_stop = emit_load(e, e->real, s->w, offsetof(struct crnl_ssa, t_stop));
    emit_enter(&s->b, head);
    LLVMValueRef done = load_slot(s, e->i64, s->done);
    LLVMBasicBlockRef next = begin_rare(s, LLVMBuildICmp(at, LLVMIntSGE, done, max_events, ""));
    leave_with(s, CRNL_SSA_EVENTS);
    end_rare(s, next);

    running_sums(s);
    LLVMValueRef total = s->sum[s->m->n_reactions - 1];
    next = begin_rare(s, compare(s, LLVMRealUGE, total, (double)INFINITY));
    leave_bad(s, first_bad(s));
    end_rare(s, next);
    next = begin_rare(s, compare(s, LLVMRealOLE, total, 0));
    LLVMBuildStore(at, t_stop, s->t);
    leave_with(s, CRNL_SSA_DEAD);
    end_rare(s, next);

    LLVMValueRef t_next = next_time(s, total);
    next = begin_rare(s, LLVMBuildFCmp(at, LLVMRealOGT, t_next, t_stop, ""));
    LLVMBuildStore(at, t_stop, s->t);
    leave_with(s, CRNL_SSA_TIME);
    end_rare(s, next);

    LLVMBuildStore(at, t_next, s->t);
    LLVMBuildStore(at, emit_real(e, -1), s->t_next);
    LLVMValueRef reaction = selected(s, LLVMBuildFMul(at, uniform(s), total, ""));
    LLVMBuildStore(at, LLVMBuildAdd(at, done, emit_i64(e, 1), ""), s->done);
    apply(s, reaction);
    propensities(s);
    if (has_laws) {
        check_event(s, LLVMBuildTrunc(at, reaction, e->i32, ""));
    }
    LLVMBuildBr(at, head);
}

/* ---- The function ------------------------------------------------------------------------------------------------------- */

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

static void find_columns(struct ssa *s)
{
    const struct crnl_model *m = s->m;
    for (int32_t i = 0; i < m->n_species; i++) {
        s->column[i] = -1;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            int32_t species = m->net_species[i];
            if (s->column[species] < 0) {
                s->column[species] = s->n_columns++;
            }
            s->by_law[species] |= law_of(m, j) >= 0 && m->net_delta[i] < 0;
        }
    }
}

static void make_change_table(struct ssa *s)
{
    const struct crnl_model *m = s->m;
    if (m->n_reactions <= SELECT_LIMIT || s->n_columns == 0) {
        return;
    }
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
    for (int i = 0; i < 4; i++) {
        s->rng[i] = emit_slot(&s->b, TYPE_INT);
    }
    move_stream(s, false);
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
            emit_store(e, load_slot(s, e->real, s->slot[i]), x, (size_t)i * sizeof(double));
        }
    }
    move_stream(s, true);
    emit_store(e, load_slot(s, e->real, s->t), s->w, offsetof(struct crnl_ssa, t));
    emit_store(e, load_slot(s, e->real, s->t_next), s->w, offsetof(struct crnl_ssa, t_next));
    LLVMValueRef before = emit_load(e, e->i64, s->w, offsetof(struct crnl_ssa, events));
    LLVMValueRef events = LLVMBuildAdd(e->builder, before, load_slot(s, e->i64, s->done), "");
    emit_store(e, events, s->w, offsetof(struct crnl_ssa, events));
    LLVMBuildRet(e->builder, load_slot(s, e->i32, s->result));
}

static bool reads_time(const struct plan *plan)
{
    const struct crnl_model *m = &plan->model;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (law_of(m, j) >= 0 && expr_uses(plan->net->ex, plan->expr[law_of(m, j)], EXPR_TIME, -1)) {
            return true;
        }
    }
    return false;
}

/* The table kernel serves the others. Laws that read the time change between events. */
static bool is_supported(const struct plan *plan)
{
    const struct crnl_model *m = &plan->model;
    return m->n_reactions > 0 && m->n_reactions <= CRNL_FAN && m->n_species <= 256 && emit_net_is_plain(plan) &&
           !reads_time(plan);
}

LLVMValueRef kern_ssa(struct emit *e, const struct plan *plan, struct emit_cache *cache, const char *name)
{
    const struct crnl_model *m = &plan->model;
    if (!is_supported(plan)) {
        return NULL;
    }
    /* int ssa(void *env, struct crnl_ssa *w, int64_t max_events) */
    LLVMTypeRef types[] = {e->ptr, e->ptr, e->i64};
    LLVMValueRef f = emit_function(e, name, LLVMFunctionType(e->i32, types, 3, false), e->linkage);
    size_t species = (size_t)m->n_species + 1, reactions = (size_t)m->n_reactions;
    struct ssa s = {.plan = plan, .m = m, .w = LLVMGetParam(f, 1)};
    s.slot = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    s.amount = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    s.column = arena_alloc(e->arena, species * sizeof *s.column);
    s.by_law = arena_alloc(e->arena, species * sizeof *s.by_law);
    s.k = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    s.a = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    s.a_slot = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    s.sum = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    emit_body_init(&s.b, e, cache, f);
    s.b.shared = true;
    s.b.leaf = leaf;
    s.b.env = &s.env;
    s.leave = emit_block(&s.b, "leave");
    find_columns(&s);
    make_change_table(&s);
    load_state(&s);
    load_env(&s);
    propensities(&s);
    check_start(&s);
    event_loop(&s, LLVMGetParam(f, 2));
    store_state(&s);
    emit_body_finish(&s.b);
    return f;
}
