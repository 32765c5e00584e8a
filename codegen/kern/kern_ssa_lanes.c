/* The exact SSA of several runs at once, one in each lane of vectors (crnl_lockstep.h), as straight-line
 * code: the loop over steps, in each of which every run has one event. The library draws random numbers for
 * some steps ahead, and handles runs that stop. A step in which some run stops is given up for the others, so
 * that they repeat it with the same random numbers. Each lane has the operations of the kernel of one run in
 * the same order, so its bytes are the same. */
#include "codegen/kern/kern_ssa_lanes.h"

/* ---- Random numbers ------------------------------------------------------------------------------------ */

/* Finds those of this step; the library draws ahead when they are used up. */
static void find_random(struct side *s)
{
    struct emit *e = s->b.e;
    LLVMBasicBlockRef rare = emit_block(&s->b, "used_up"), next = emit_block(&s->b, "go_on");
    LLVMValueRef at = side_of_slot(s, e->i64, s->at);
    at = LLVMBuildICmp(e->builder, LLVMIntEQ, at, emit_i64(e, LANES_AHEAD), "");
    emit_unlikely(e, LLVMBuildCondBr(e->builder, at, rare, next), false);
    LLVMPositionBuilderAtEnd(e->builder, rare);
    LLVMValueRef f = emit_load(e, e->ptr, s->lockstep, PLACE(draw));
    LLVMBuildCall2(e->builder, LLVMFunctionType(e->none, &e->ptr, 1, false), f, &s->lockstep, 1, "");
    LLVMBuildStore(e->builder, emit_i64(e, 0), s->at);
    emit_enter(&s->b, next);
    LLVMValueRef offset = LLVMBuildMul(e->builder, side_of_slot(s, e->i64, s->at), emit_i64(e, ROW), "");
    s->random = LLVMBuildInBoundsGEP2(e->builder, e->i8, s->lockstep, &offset, 1, "");
}

static LLVMValueRef load_random(struct side *s, size_t place, const struct side_vector *v)
{
    return emit_load(s->b.e, s->number.type, s->random, place + (size_t)v->first * LANE);
}

/* ---- Statistics along trajectories --------------------------------------------------------------------- */

/* The cell of an axis for value + 0.5; lanes in which there is none are taken out of `inside`. */
static LLVMValueRef cell_of(struct side *s, LLVMValueRef value, int32_t size, LLVMValueRef *inside)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMTypeRef places = LLVMVectorType(s->b.e->i32, (unsigned)s->number.lanes);
    LLVMValueRef v = LLVMBuildFAdd(at, value, side_real(s, 0.5), "");
    LLVMValueRef is_not_below = LLVMBuildFCmp(at, LLVMRealOGE, v, side_real(s, 0), "");
    *inside = LLVMBuildAnd(at, *inside, is_not_below, "");
    *inside = LLVMBuildAnd(at, *inside, side_less(s, v, side_real(s, size)), "");
    return LLVMBuildFPToSI(at, side_choose(s, *inside, v, side_real(s, 0)), places, "");
}

/* Adds the time of each lane to its cell; nothing where there is none. */
static void add_to_cells(struct side *s, struct side_vector *v, int32_t item, LLVMValueRef cell,
                         LLVMValueRef dwell)
{
    struct emit *e = s->b.e;
    for (int i = 0; i < s->number.lanes; i++) {
        size_t place = PLACE(cell) + ((size_t)item * LANES_MOST + (size_t)(v->first + i)) * sizeof(double *);
        LLVMValueRef lane = emit_i32(e, i), cells = emit_load(e, e->ptr, s->lockstep, place);
        LLVMValueRef index = LLVMBuildExtractElement(e->builder, cell, lane, "");
        index = LLVMBuildZExt(e->builder, index, e->i64, "");
        LLVMValueRef sum = emit_get(&s->b, TYPE_REAL, cells, index);
        LLVMValueRef more = LLVMBuildExtractElement(e->builder, dwell, lane, "");
        emit_put(&s->b, TYPE_REAL, cells, index, LLVMBuildFAdd(e->builder, sum, more, ""));
    }
}

/* As `see` of kern_ssa_lanes_watch.c for histograms; bins without cells are left to the library. */
static void see_bins(struct side *s, struct side_vector *v, int32_t i, LLVMValueRef t)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    const struct crnl_watch_item *item = &s->item[i];
    const enum lanes_part part[2] = {LANES_VALUE, LANES_SQUARE};
    LLVMValueRef now[2], changed = LLVMConstNull(s->mask), cell = NULL, all[LANES_VECTORS];
    LLVMValueRef live = LLVMBuildBitCast(at, v->live, s->mask, ""), inside = live;
    int32_t size[2];
    crnl_watch_cells(&s->m->stat[item->request], size);
    for (int32_t k = 0; k < item->n_elems; k++) {
        LLVMValueRef before = side_watch_get(s, v, i, part[k]), place;
        now[k] = side_watched(s, v, &item->elem[k]);
        changed = LLVMBuildOr(at, changed, LLVMBuildFCmp(at, LLVMRealUNE, now[k], before, ""), "");
        place = cell_of(s, before, size[k], &inside);
        cell = cell ? LLVMBuildAdd(at, LLVMBuildMul(at, cell, side_place(s, size[1]), ""), place, "") : place;
    }
    changed = LLVMBuildAnd(at, changed, live, "");
    inside = LLVMBuildAnd(at, inside, changed, "");
    LLVMValueRef since = side_watch_get(s, v, i, LANES_SINCE), span = LLVMBuildFSub(at, t, since, "");
    cell = side_choose(s, inside, cell, side_place(s, 0));
    add_to_cells(s, v, i, cell, side_choose(s, inside, span, side_real(s, 0)));
    for (int n = 0; n < LANES_VECTORS; n++) {
        bool is_own = &s->vector[n] == v;
        all[n] = is_own ? side_bits(s, LLVMBuildXor(at, changed, inside, "")) : LLVMConstNull(s->bits);
    }
    LLVMBasicBlockRef next = side_begin_if_any(s, all);
    side_store(s, t, PLACE(t_now), v);
    LLVMTypeRef types[] = {e->ptr, e->i32, e->i32};
    LLVMValueRef args[] = {s->lockstep, emit_i32(e, i), side_all_bits(s, all)};
    LLVMValueRef f = emit_load(e, e->ptr, s->lockstep, PLACE(far));
    LLVMBuildCall2(at, LLVMFunctionType(e->none, types, 3, false), f, args, 3, "");
    emit_enter(&s->b, next);
    side_watch_put(s, v, i, LANES_SINCE, side_choose(s, changed, t, since));
    for (int32_t k = 0; k < item->n_elems; k++) {
        side_watch_put(s, v, i, part[k], now[k]);
    }
}

/* ---- Steps --------------------------------------------------------------------------------------------- */

/* Gives the step up if some lanes are odd: before the first step, or behind an event, that makes an amount or
 * the propensity of a law negative. The kernel of one run then reports it. */
static void leave_if_bad(struct side *s, LLVMValueRef bad[LANES_VECTORS])
{
    struct emit *e = s->b.e;
    for (int i = 0; i < LANES_VECTORS; i++) {
        bad[i] = LLVMBuildAnd(e->builder, side_bits(s, bad[i]), s->vector[i].live, "");
    }
    LLVMBasicBlockRef next = side_begin_if_any(s, bad);
    LLVMTypeRef types[] = {e->ptr, e->i32, e->i32};
    LLVMValueRef f = emit_load(e, e->ptr, s->lockstep, PLACE(stop));
    LLVMValueRef args[] = {s->lockstep, side_all_bits(s, bad), emit_i32(e, 0)};
    LLVMBuildCall2(e->builder, LLVMFunctionType(e->i32, types, 3, false), f, args, 3, "");
    LLVMBuildBr(e->builder, s->leave);
    LLVMPositionBuilderAtEnd(e->builder, next);
}

static void check_laws(struct side *s)
{
    LLVMValueRef bad[LANES_VECTORS];
    for (int i = 0; i < LANES_VECTORS; i++) {
        bad[i] = side_check_laws(s, &s->vector[i]);
    }
    leave_if_bad(s, bad);
}

static void begin_laws(struct side *s)
{
    LLVMValueRef bad[LANES_VECTORS];
    for (int i = 0; i < LANES_VECTORS; i++) {
        struct side_vector *v = &s->vector[i];
        bad[i] = side_compute_laws(s, v, v->amount);
        side_keep_laws(s, v);
    }
    leave_if_bad(s, bad);
}

/* With a use in this block, which is rarely entered, a value is computed before the branch to it. Otherwise
 * LLVM would select reactions behind the branch, and keep the sums of all vectors until then, which are more
 * than there are registers. */
static void prevent_sinking(struct side *s, LLVMValueRef v)
{
    LLVMSetVolatile(LLVMBuildStore(s->b.e->builder, v, side_slot(s, s->words)), true);
}

/* Asks the library about lanes that are not to have their event; goes on if none of them ends. */
static void check_stops(struct side *s)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef rare[LANES_VECTORS], odd[LANES_VECTORS], late[LANES_VECTORS];
    for (int i = 0; i < LANES_VECTORS; i++) {
        struct side_vector *v = &s->vector[i];
        LLVMValueRef is_late = side_find_next(s, v, load_random(s, PLACE(wait), v));
        LLVMValueRef fires = LLVMBuildAnd(at, v->good, LLVMBuildNot(at, is_late, ""), "");
        rare[i] = LLVMBuildAnd(at, side_bits(s, LLVMBuildNot(at, fires, "")), v->live, "");
        odd[i] = side_bits(s, v->good);
        late[i] = side_bits(s, LLVMBuildAnd(at, v->good, is_late, ""));
    }
    LLVMBasicBlockRef next = side_begin_if_any(s, rare);
    for (int i = 0; i < LANES_VECTORS; i++) {
        struct side_vector *v = &s->vector[i];
        side_store_amounts(s, v);
        side_store(s, v->next, PLACE(t_next), v);
        if (v->index) {
            prevent_sinking(s, v->index);
        }
        odd[i] = LLVMBuildAnd(at, LLVMBuildNot(at, odd[i], ""), v->live, "");
        late[i] = LLVMBuildAnd(at, late[i], v->live, "");
    }
    LLVMTypeRef types[] = {e->ptr, e->i32, e->i32};
    LLVMValueRef f = emit_load(e, e->ptr, s->lockstep, PLACE(stop));
    LLVMValueRef args[] = {s->lockstep, side_all_bits(s, odd), side_all_bits(s, late)};
    LLVMValueRef ended = LLVMBuildCall2(at, LLVMFunctionType(e->i32, types, 3, false), f, args, 3, "");
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntEQ, ended, emit_i32(e, 0), ""), next, s->leave);
    LLVMPositionBuilderAtEnd(at, next);
}

/* Behind a step: leaves if a condition has changed. */
static void check_conditions(struct side *s)
{
    struct emit *e = s->b.e;
    LLVMValueRef bits[LANES_VECTORS];
    for (int i = 0; i < LANES_VECTORS; i++) {
        bits[i] = side_turned(s, &s->vector[i]);
    }
    LLVMBasicBlockRef next = side_begin_if_any(s, bits);
    emit_store(e, side_all_bits(s, bits), s->lockstep, PLACE(turned));
    LLVMBuildBr(e->builder, s->leave);
    LLVMPositionBuilderAtEnd(e->builder, next);
}

static void step(struct side *s)
{
    find_random(s);
    for (int i = 0; i < LANES_VECTORS; i++) {
        side_sum_up(s, &s->vector[i]);
        side_select(s, &s->vector[i], load_random(s, PLACE(choice), &s->vector[i]));
    }
    check_stops(s);
    for (int i = 0; i < LANES_VECTORS; i++) {
        side_fire(s, &s->vector[i]);
    }
    if (s->has_laws) {
        check_laws(s);
    }
    for (int i = 0; i < LANES_VECTORS; i++) {
        struct side_vector *v = &s->vector[i];
        side_keep(s, v);
        if (s->n_items > 0) {
            side_see_all(s, v, v->next);
        }
    }
}

static void find_live(struct side *s, struct side_vector *v)
{
    struct emit *e = s->b.e;
    LLVMValueRef any = emit_load(e, e->i32, s->lockstep, PLACE(any));
    any = LLVMBuildLShr(e->builder, any, emit_i32(e, v->first), "");
    v->live = LLVMBuildTrunc(e->builder, any, s->bits, "");
}

/* The values of a parameter in all lanes. */
static LLVMValueRef load_parameter(struct side *s, const struct side_vector *v, int32_t i)
{
    struct emit *e = s->b.e;
    LLVMValueRef all = LLVMGetPoison(s->number.type);
    for (int n = 0; n < s->number.lanes; n++) {
        size_t place = PLACE(p) + (size_t)(v->first + n) * sizeof(double *);
        LLVMValueRef p = emit_load(e, e->ptr, s->lockstep, place);
        LLVMValueRef one = emit_load(e, e->real, p, (size_t)i * sizeof(double));
        all = LLVMBuildInsertElement(e->builder, all, one, emit_i32(e, n), "");
    }
    return all;
}

LLVMValueRef kern_emit_ssa_lanes(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                                 const char *name, enum kern_lanes lanes)
{
    /* int64_t ssa_lanes(void *env, struct crnl_lockstep *l, int64_t most) */
    LLVMTypeRef types[] = {e->ptr, e->ptr, e->i64};
    LLVMValueRef f = kern_lanes_function(e, name, LLVMFunctionType(e->i64, types, 3, false), lanes);
    struct side s = {.plan = plan, .m = &plan->model, .lanes = lanes, .number = kern_lanes_number(e, lanes)};
    s.place =
        (struct side_places){PLACE(x),      PLACE(k),    PLACE(inv_volume), PLACE(t),      PLACE(t_stop),
                             PLACE(t_next), PLACE(held), PLACE(watched),    PLACE(events), ROW};
    s.load_parameter = load_parameter;
    s.see_bins = see_bins;
    side_init(&s, e, cache, f);
    s.lockstep = LLVMGetParam(f, 1);
    side_find_items(&s);
    for (int i = 0; i < LANES_VECTORS; i++) {
        s.vector[i].first = i * s.number.lanes;
        side_load_vector(&s, &s.vector[i]);
        find_live(&s, &s.vector[i]);
    }
    LLVMValueRef done = emit_slot(&s.b, TYPE_INT);
    LLVMBuildStore(e->builder, emit_i64(e, 0), done);
    s.at = emit_slot(&s.b, TYPE_INT);
    LLVMBuildStore(e->builder, emit_load(e, e->i64, s.lockstep, PLACE(at)), s.at);
    if (s.has_laws) {
        begin_laws(&s);
    }
    LLVMBasicBlockRef head = emit_block(&s.b, "step");
    emit_enter(&s.b, head);
    step(&s);
    LLVMValueRef n = LLVMBuildAdd(e->builder, side_of_slot(&s, e->i64, done), emit_i64(e, 1), "");
    LLVMBuildStore(e->builder, n, done);
    LLVMBuildStore(e->builder, LLVMBuildAdd(e->builder, side_of_slot(&s, e->i64, s.at), emit_i64(e, 1), ""),
                   s.at);
    if (s.m->n_asked > 0) {
        check_conditions(&s);
    }
    LLVMValueRef goes_on = LLVMBuildICmp(e->builder, LLVMIntSLT, n, LLVMGetParam(f, 2), "");
    emit_unlikely(e, LLVMBuildCondBr(e->builder, goes_on, head, s.leave), true);
    LLVMPositionBuilderAtEnd(e->builder, s.leave);
    for (int i = 0; i < LANES_VECTORS; i++) {
        side_store_vector(&s, &s.vector[i]);
    }
    emit_store(e, side_of_slot(&s, e->i64, s.at), s.lockstep, PLACE(at));
    LLVMBuildRet(e->builder, side_of_slot(&s, e->i64, done));
    emit_body_finish(&s.b);
    return f;
}
