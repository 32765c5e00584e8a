/* Events of the SSA kernel: random numbers, propensities, selection of reactions, exits. */
#include "codegen/kern/kern_random.h"
#include "codegen/kern/kern_ssa.h"

#include <math.h>

LLVMValueRef ssa_load_slot(struct ssa *s, LLVMTypeRef type, LLVMValueRef slot)
{
    return LLVMBuildLoad2(s->b.e->builder, type, slot, "");
}

/* ---- Random numbers ------------------------------------------------------------------------------------ */

void ssa_move_stream(struct ssa *s, bool to_memory)
{
    struct emit *e = s->b.e;
    for (size_t i = 0; i < 4; i++) {
        size_t at = offsetof(struct crnl_ssa, rng) + i * sizeof(uint64_t);
        if (to_memory) {
            emit_store(e, ssa_load_slot(s, e->i64, s->rng[i]), s->w, at);
        } else {
            LLVMBuildStore(e->builder, emit_load(e, e->i64, s->w, at), s->rng[i]);
        }
    }
}

/* A standard exponential number. The fast path of the ziggurat is emitted here; the rest is a function of the
 * library, which advances the stream in memory. */
static LLVMValueRef exponential(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef word = kern_random_word(s->b.e, s->rng);
    LLVMValueRef layer = LLVMBuildAnd(at, word, emit_i64(e, 255), "");
    LLVMValueRef j = LLVMBuildLShr(at, word, emit_i64(e, 11), "");
    LLVMValueRef limit = emit_get(&s->b, TYPE_INT, emit_external(e, "crnl_zig_k"), layer);
    LLVMValueRef width = emit_get(&s->b, TYPE_REAL, emit_external(e, "crnl_zig_w"), layer);
    LLVMValueRef fast = LLVMBuildFMul(at, LLVMBuildSIToFP(at, j, e->real, ""), width, "");
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(at), NULL};
    LLVMBasicBlockRef slow = emit_block(&s->b, "slow"), join = emit_block(&s->b, "drawn");
    emit_unlikely(e, LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntULT, j, limit, ""), join, slow), true);
    LLVMPositionBuilderAtEnd(at, slow);
    ssa_move_stream(s, true);
    LLVMValueRef stream = emit_at(e, s->w, offsetof(struct crnl_ssa, rng));
    LLVMValueRef v[2] = {fast,
                         emit_call(e, ABI_crnl_rng_exponential_slow, (LLVMValueRef[]){stream, word}, 2)};
    ssa_move_stream(s, false);
    from[1] = slow;
    LLVMBuildBr(at, join);
    return emit_merge(&s->b, e->real, join, v, from);
}

/* ---- Propensities -------------------------------------------------------------------------------------- */

/* k times the falling factorials, multiplied from left to right. */
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

void ssa_amounts(struct ssa *s)
{
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            s->amount[i] = ssa_load_slot(s, s->b.e->real, s->slot[i]);
        }
    }
}

void ssa_propensities(struct ssa *s)
{
    struct emit *e = s->b.e;
    size_t mark = emit_mark(&s->b);
    ssa_amounts(s);
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        int32_t law = ssa_law(s->m, j);
        s->a[j] = law < 0 ? mass_action(s, j)
                          : emit_net_rate(e, s->k[j], emit_scalar_real(&s->b, s->plan->expr[law]));
        LLVMBuildStore(e->builder, s->a[j], s->a_slot[j]);
    }
    emit_release(&s->b, mark);
}

static int32_t last_of(const struct ssa *s, int32_t group)
{
    int32_t end = (group + 1) * CRNL_FAN;
    return (end < s->m->n_reactions ? end : s->m->n_reactions) - 1;
}

static int32_t n_groups(const struct ssa *s)
{
    return (s->m->n_reactions + CRNL_FAN - 1) / CRNL_FAN;
}

/* Running sums in groups of CRNL_FAN, whose chains of additions overlap, then over the groups. If there are
 * several groups, those inside groups are also stored in memory, where an index can find them. Returns the
 * total. */
static LLVMValueRef running_sums(struct ssa *s)
{
    struct emit *e = s->b.e;
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        s->a[j] = ssa_load_slot(s, e->real, s->a_slot[j]);
        s->sum[j] = j % CRNL_FAN > 0 ? LLVMBuildFAdd(e->builder, s->sum[j - 1], s->a[j], "") : s->a[j];
        if (s->running) {
            emit_store(e, s->sum[j], s->running, (size_t)j * sizeof(double));
        }
    }
    for (int32_t g = 0; g < n_groups(s); g++) {
        LLVMValueRef sum = s->sum[last_of(s, g)];
        s->top[g] = g > 0 ? LLVMBuildFAdd(e->builder, s->top[g - 1], sum, "") : sum;
    }
    return s->top[n_groups(s) - 1];
}

/* ---- Exits --------------------------------------------------------------------------------------------- */

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

/* Leaves if the condition holds. The builder is then where it holds; when the caller has emitted the exit, it
 * goes on at the returned block. */
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

/* The number of the first reaction whose propensity is negative, infinite or not a number; 0 if each is
 * finite and their sum is not. */
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

void ssa_check_start(struct ssa *s)
{
    LLVMValueRef any = emit_bool(s->b.e, false);
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        any = LLVMBuildOr(s->b.e->builder, any, compare(s, LLVMRealULT, s->a[j], 0), "");
    }
    LLVMBasicBlockRef next = begin_rare(s, any);
    leave_bad(s, first_bad(s));
    end_rare(s, next);
}

/* Emits the check after an event. Mass action cannot make an amount or a propensity negative, but laws can
 * make both. */
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
        if (ssa_law(s->m, j) >= 0) {
            LLVMValueRef wrong = compare(s, LLVMRealULT, s->a[j], 0);
            any = LLVMBuildOr(at, any, wrong, "");
            bad = LLVMBuildSelect(at, wrong, emit_i32(e, j), bad, "");
        }
    }
    LLVMBasicBlockRef next = begin_rare(s, any);
    leave_bad(s, bad);
    end_rare(s, next);
}

/* ---- Events -------------------------------------------------------------------------------------------- */

/* The number of running sums below r. A sum that reaches r > 0 first is larger than the one before it, so the
 * propensity of its last member is positive. */
static LLVMValueRef count_below(struct ssa *s, const LLVMValueRef *sum, int32_t n, LLVMValueRef r)
{
    struct emit *e = s->b.e;
    LLVMValueRef index = emit_i64(e, 0);
    for (int32_t i = 0; i < n; i++) {
        LLVMValueRef below = LLVMBuildFCmp(e->builder, LLVMRealOLT, sum[i], r, "");
        index = LLVMBuildAdd(e->builder, index, LLVMBuildZExt(e->builder, below, e->i64, ""), "");
    }
    return index;
}

/* Selects from `value`, which has one for each group, that of a group. */
static LLVMValueRef of_group(struct ssa *s, LLVMValueRef group, const LLVMValueRef *value)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef v = value[0];
    for (int32_t g = 1; g < n_groups(s); g++) {
        v = LLVMBuildSelect(at, LLVMBuildICmp(at, LLVMIntEQ, group, emit_i64(s->b.e, g), ""), value[g], v,
                            "");
    }
    return v;
}

/* The last reaction of a group with a positive propensity, for the case that rounding has left r above the
 * sum of the group. */
static LLVMValueRef last_positive(struct ssa *s, LLVMValueRef group)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef index = LLVMBuildMul(at, group, emit_i64(e, CRNL_FAN), "");
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        LLVMValueRef here = LLVMBuildICmp(at, LLVMIntEQ, group, emit_i64(e, j / CRNL_FAN), "");
        LLVMValueRef is = LLVMBuildAnd(at, here, compare(s, LLVMRealOGT, s->a[j], 0), "");
        index = LLVMBuildSelect(at, is, emit_i64(e, j), index, "");
    }
    return index;
}

/* With several groups: selects the group whose running sum reaches r, then in it the reaction whose running
 * sum reaches the rest. */
static LLVMValueRef selected_in_groups(struct ssa *s, LLVMValueRef r)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef *before = arena_alloc(e->arena, (size_t)n_groups(s) * sizeof *before),
                 *whole = arena_alloc(e->arena, (size_t)n_groups(s) * sizeof *whole), sum[CRNL_FAN - 1];
    for (int32_t g = 0; g < n_groups(s); g++) {
        before[g] = g > 0 ? s->top[g - 1] : emit_real(e, 0);
        whole[g] = s->sum[last_of(s, g)];
    }
    LLVMValueRef group = count_below(s, s->top, n_groups(s) - 1, r);
    LLVMValueRef left = LLVMBuildFSub(at, r, of_group(s, group, before), "");
    LLVMValueRef first = LLVMBuildMul(at, group, emit_i64(e, CRNL_FAN), "");
    for (int32_t i = 0; i < CRNL_FAN - 1; i++) {
        sum[i] = emit_get(&s->b, TYPE_REAL, s->running, LLVMBuildAdd(at, first, emit_i64(e, i), ""));
    }
    LLVMValueRef index[2] = {LLVMBuildAdd(at, first, count_below(s, sum, CRNL_FAN - 1, left), ""), NULL};
    LLVMValueRef is_past = LLVMBuildFCmp(at, LLVMRealOGT, left, of_group(s, group, whole), "");
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(at), NULL};
    LLVMBasicBlockRef past = emit_block(&s->b, "past"), join = emit_block(&s->b, "in_group");
    emit_unlikely(e, LLVMBuildCondBr(at, is_past, past, join), false);
    LLVMPositionBuilderAtEnd(at, past);
    index[1] = last_positive(s, group);
    from[1] = past;
    LLVMBuildBr(at, join);
    return emit_merge(&s->b, e->i64, join, index, from);
}

/* The first reaction whose running sum reaches r > 0. */
static LLVMValueRef selected(struct ssa *s, LLVMValueRef r)
{
    return n_groups(s) > 1 ? selected_in_groups(s, r) : count_below(s, s->sum, s->m->n_reactions - 1, r);
}

/* The change of a species by reaction j. */
static double change_by(const struct ssa *s, int32_t species, int32_t j)
{
    for (int32_t i = s->m->net_ptr[j]; i < s->m->net_ptr[j + 1]; i++) {
        if (s->m->net_species[i] == species) {
            return s->m->net_delta[i];
        }
    }
    return 0;
}

/* A value that the optimiser does not look behind. */
static LLVMValueRef hidden(struct ssa *s, LLVMValueRef v)
{
    return emit_intrinsic1(s->b.e, "llvm.arithmetic.fence", v);
}

/* The species of one column or of two side by side. */
struct ssa_pair {
    int32_t n, species[2];
};

static struct ssa_pair pair_at(const struct ssa *s, int32_t column)
{
    return (struct ssa_pair){column + 1 < s->n_columns ? 2 : 1,
                             {s->changed[column], s->changed[column + (column + 1 < s->n_columns)]}};
}

static LLVMValueRef side_by_side(struct ssa *s, const struct ssa_pair *p, LLVMValueRef first,
                                 LLVMValueRef second)
{
    struct emit *e = s->b.e;
    LLVMValueRef none = LLVMGetPoison(LLVMVectorType(e->real, 2));
    return p->n == 1
               ? first
               : LLVMBuildInsertElement(e->builder,
                                        LLVMBuildInsertElement(e->builder, none, first, emit_i32(e, 0), ""),
                                        second, emit_i32(e, 1), "");
}

static bool change_alike(const struct ssa *s, const struct ssa_pair *p, int32_t i, int32_t j)
{
    return change_by(s, p->species[0], i) == change_by(s, p->species[0], j) &&
           change_by(s, p->species[1], i) == change_by(s, p->species[1], j);
}

static LLVMValueRef amounts_after(struct ssa *s, const struct ssa_pair *p, LLVMValueRef x, int32_t j)
{
    struct emit *e = s->b.e;
    LLVMValueRef delta[2];
    for (int i = 0; i < 2; i++) {
        delta[i] = emit_real(e, change_by(s, p->species[i], j));
    }
    return hidden(s, LLVMBuildFAdd(e->builder, x, p->n == 1 ? delta[0] : LLVMConstVector(delta, 2), ""));
}

/* The amounts after the reaction that is the first whose running sum reaches r, selected by masks among the
 * amounts after each. Thus neither a load nor an addition is between the sums and the amounts: they would
 * take longer than everything else in the chain from event to event. The optimiser would make branches of
 * the comparisons, and add behind the selection, if it saw them. */
static void choose_amounts(struct ssa *s, const struct ssa_pair *p, LLVMValueRef r)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef x = side_by_side(s, p, ssa_load_slot(s, e->real, s->slot[p->species[0]]),
                                  ssa_load_slot(s, e->real, s->slot[p->species[1]]));
    LLVMValueRef limit = hidden(s, side_by_side(s, p, r, r)), v = amounts_after(s, p, x, 0);
    for (int32_t j = 1; j < s->m->n_reactions; j++) {
        if (!change_alike(s, p, j - 1, j)) {
            LLVMValueRef sum = side_by_side(s, p, s->sum[j - 1], s->sum[j - 1]);
            LLVMValueRef below = LLVMBuildFCmp(at, LLVMRealOLT, sum, limit, "");
            v = LLVMBuildSelect(at, below, amounts_after(s, p, x, j), v, "");
        }
    }
    for (int i = 0; i < p->n; i++) {
        LLVMValueRef one = p->n == 1 ? v : LLVMBuildExtractElement(at, v, emit_i32(e, i), "");
        LLVMBuildStore(at, one, s->slot[p->species[i]]);
    }
}

/* Most changes of pairs by reactions for choose_amounts; with more, a load takes less time. */
enum { MOST_CHANGES = 28 };

bool ssa_choosing_pays(const struct ssa *s)
{
    int32_t changes = 0;
    for (int32_t c = 0; c < s->n_columns; c += 2) {
        struct ssa_pair p = pair_at(s, c);
        for (int32_t j = 0; j < s->m->n_reactions; j++) {
            changes += change_by(s, p.species[0], j) != 0 || change_by(s, p.species[1], j) != 0;
        }
    }
    return n_groups(s) == 1 && changes <= MOST_CHANGES;
}

static void apply(struct ssa *s, LLVMValueRef reaction, LLVMValueRef r)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef row = LLVMBuildMul(at, reaction, emit_i64(e, s->n_columns), "");
    for (int32_t c = 0; c < s->n_columns; c++) {
        LLVMValueRef slot = s->slot[s->changed[c]];
        if (!s->chooses) {
            LLVMValueRef delta =
                emit_get(&s->b, TYPE_REAL, s->change, LLVMBuildAdd(at, row, emit_i64(e, c), ""));
            LLVMBuildStore(at, LLVMBuildFAdd(at, ssa_load_slot(s, e->real, slot), delta, ""), slot);
        } else if (c % 2 == 0) {
            struct ssa_pair p = pair_at(s, c);
            choose_amounts(s, &p, r);
        }
    }
}

/* The time of the next event, t + E / total; that of the last call if it is still pending. */
static LLVMValueRef next_time(struct ssa *s, LLVMValueRef total)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef v[2] = {ssa_load_slot(s, e->real, s->t_next), NULL};
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(at), NULL};
    LLVMBasicBlockRef draw = emit_block(&s->b, "draw"), join = emit_block(&s->b, "next");
    emit_unlikely(e, LLVMBuildCondBr(at, compare(s, LLVMRealOLT, v[0], 0), draw, join), true);
    LLVMPositionBuilderAtEnd(at, draw);
    LLVMValueRef wait = LLVMBuildFDiv(at, exponential(s), total, "");
    v[1] = LLVMBuildFAdd(at, ssa_load_slot(s, e->real, s->t), wait, "");
    from[1] = LLVMGetInsertBlock(at);
    LLVMBuildBr(at, join);
    LLVMValueRef next = emit_merge(&s->b, e->real, join, v, from);
    LLVMBuildStore(at, next, s->t_next);
    return next;
}

void ssa_event_loop(struct ssa *s, LLVMValueRef max_events)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    bool has_laws = s->m->law != NULL;
    LLVMBasicBlockRef head = emit_block(&s->b, "event");
    LLVMValueRef t_stop = emit_load(e, e->real, s->w, offsetof(struct crnl_ssa, t_stop));
    emit_enter(&s->b, head);
    LLVMValueRef done = ssa_load_slot(s, e->i64, s->done);
    LLVMBasicBlockRef next = begin_rare(s, LLVMBuildICmp(at, LLVMIntSGE, done, max_events, ""));
    leave_with(s, CRNL_SSA_EVENTS);
    end_rare(s, next);

    LLVMValueRef total = running_sums(s);
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
    LLVMValueRef r = LLVMBuildFMul(at, kern_random_uniform(e, s->rng), total, "");
    LLVMValueRef least = emit_real(e, 0x1p-1074);
    /* 0 becomes the smallest positive number */
    r = LLVMBuildSelect(at, compare(s, LLVMRealOGT, r, 0x1p-1074), r, least, "");
    LLVMValueRef reaction = selected(s, r);
    LLVMBuildStore(at, LLVMBuildAdd(at, done, emit_i64(e, 1), ""), s->done);
    apply(s, reaction, r);
    ssa_watch_event(s, t_next);
    ssa_propensities(s);
    if (has_laws) {
        check_event(s, LLVMBuildTrunc(at, reaction, e->i32, ""));
    }
    LLVMBuildBr(at, head);
}
