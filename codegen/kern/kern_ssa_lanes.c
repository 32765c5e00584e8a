/* The exact SSA of several runs at once, one in each lane of vectors (crnl_lockstep.h), as straight-line
 * code: the loop over steps, in each of which every run has one event. The library draws random numbers for
 * some steps ahead, and handles runs that stop. A step in which some run stops is given up for the others, so
 * that they repeat it with the same random numbers. Each lane has the operations of the kernel of one run in
 * the same order, so its bytes are the same. */
#include "codegen/kern/kern_ssa_lanes.h"

#include "codegen/kern/kern_ssa.h"

#include <string.h>

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

/* ---- Propensities -------------------------------------------------------------------------------------- */

static int32_t n_groups(const struct side *s)
{
    return (s->m->n_reactions + CRNL_FAN - 1) / CRNL_FAN;
}

static int32_t last_of(const struct side *s, int32_t group)
{
    int32_t end = (group + 1) * CRNL_FAN;
    return (end < s->m->n_reactions ? end : s->m->n_reactions) - 1;
}

/* Where the leaves of laws are. */
struct leaves {
    struct side *s;
    struct side_vector *v;
    const LLVMValueRef *amount; /* by species */
};

/* The values of a parameter are loaded once, in the entry block. */
static LLVMValueRef parameter(struct side *s, struct side_vector *v, int32_t i)
{
    struct emit *e = s->b.e;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(e->builder);
    if (!v->param[i]) {
        LLVMPositionBuilderBefore(e->builder, LLVMGetBasicBlockTerminator(s->b.entry));
        v->param[i] = LLVMGetPoison(s->number.type);
        for (int n = 0; n < s->number.lanes; n++) {
            size_t place = PLACE(p) + (size_t)(v->first + n) * sizeof(double *);
            LLVMValueRef p = emit_load(e, e->ptr, s->lockstep, place);
            LLVMValueRef one = emit_load(e, e->real, p, (size_t)i * sizeof(double));
            v->param[i] = LLVMBuildInsertElement(e->builder, v->param[i], one, emit_i32(e, n), "");
        }
        LLVMPositionBuilderAtEnd(e->builder, here);
    }
    return v->param[i];
}

static LLVMValueRef leaf(struct emit_body *b, const struct expr *x)
{
    const struct leaves *l = b->env;
    if (x->op == EXPR_PARAM) {
        return parameter(l->s, l->v, x->a);
    }
    return LLVMBuildFMul(b->e->builder, l->amount[x->a], l->v->inv_volume, "");
}

/* Propensities of laws at these amounts; returns the lanes in which one is negative or not a number. */
static LLVMValueRef compute_laws(struct side *s, struct side_vector *v, const LLVMValueRef *amount)
{
    LLVMBuilderRef at = s->b.e->builder;
    struct leaves leaves = {s, v, amount};
    LLVMValueRef bad = LLVMConstNull(s->mask);
    size_t mark = emit_mark(&s->b);
    s->b.env = &leaves;
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        if (ssa_law(s->m, j) >= 0) {
            LLVMValueRef k = side_load(s, s->number.type, PLACE(k) + (size_t)j * ROW, v);
            LLVMValueRef value = emit_scalar_real(&s->b, s->plan->expr[ssa_law(s->m, j)]);
            v->law_after[j] = emit_net_rate(s->b.e, k, value);
            bad = LLVMBuildOr(at, bad, LLVMBuildFCmp(at, LLVMRealULT, v->law_after[j], side_real(s, 0), ""),
                              "");
        }
    }
    emit_release(&s->b, mark);
    return bad;
}

/* k times the falling factorials, multiplied from left to right. */
static LLVMValueRef mass_action(struct side *s, struct side_vector *v, int32_t j)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef a = side_load(s, s->number.type, PLACE(k) + (size_t)j * ROW, v);
    for (int32_t i = s->m->lhs_ptr[j]; i < s->m->lhs_ptr[j + 1]; i++) {
        LLVMValueRef x = v->amount[s->m->lhs_species[i]];
        for (double n = 0; n < s->m->lhs_count[i]; n++) {
            a = LLVMBuildFMul(at, a, n > 0 ? LLVMBuildFSub(at, x, side_real(s, n), "") : x, "");
        }
    }
    return a;
}

static void load_amounts(struct side *s, struct side_vector *v)
{
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            v->amount[i] = side_of_slot(s, s->number.type, v->x[i]);
        }
    }
}

/* Running sums in groups of CRNL_FAN, then over the groups. */
static void sum_up(struct side *s, struct side_vector *v)
{
    LLVMBuilderRef at = s->b.e->builder;
    load_amounts(s, v);
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        v->a[j] = v->law[j] ? side_of_slot(s, s->number.type, v->law[j]) : mass_action(s, v, j);
        v->sum[j] = j % CRNL_FAN > 0 ? LLVMBuildFAdd(at, v->sum[j - 1], v->a[j], "") : v->a[j];
    }
    for (int32_t g = 0; g < n_groups(s); g++) {
        LLVMValueRef sum = v->sum[last_of(s, g)];
        v->top[g] = g > 0 ? LLVMBuildFAdd(at, v->top[g - 1], sum, "") : sum;
    }
    v->total = v->top[n_groups(s) - 1];
}

/* ---- Selection ----------------------------------------------------------------------------------------- */

/* The number, counted from `from`, of the first of n + 1 members whose running sum reaches r; the last one if
 * none before it does. Sums never fall, so the one in the middle decides between halves: few choices wait for
 * each other. */
static LLVMValueRef first_not_below(struct side *s, const LLVMValueRef *sum, int32_t n, LLVMValueRef r,
                                    uint64_t from)
{
    if (n == 0) {
        return side_word(s, from);
    }
    int32_t middle = (n - 1) / 2, past = middle + 1;
    LLVMValueRef low = first_not_below(s, sum, middle, r, from);
    LLVMValueRef high = first_not_below(s, sum + past, n - past, r, from + (uint64_t)past);
    return side_choose(s, side_less(s, sum[middle], r), high, low);
}

/* The last reaction of a group with a positive propensity, for the case that rounding has left the rest above
 * the sum of the group. */
static LLVMValueRef last_positive(struct side *s, struct side_vector *v, LLVMValueRef group)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef index = LLVMBuildMul(at, group, side_word(s, CRNL_FAN), "");
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        LLVMValueRef here = LLVMBuildICmp(at, LLVMIntEQ, group, side_word(s, (uint64_t)(j / CRNL_FAN)), "");
        LLVMValueRef is = LLVMBuildAnd(at, here, side_less(s, side_real(s, 0), v->a[j]), "");
        index = side_choose(s, is, side_word(s, (uint64_t)j), index);
    }
    return index;
}

/* With several groups: selects the group whose running sum reaches r, then in it the reaction whose running
 * sum reaches the rest. */
static LLVMValueRef select_in_groups(struct side *s, struct side_vector *v, LLVMValueRef r)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef group = first_not_below(s, v->top, n_groups(s) - 1, r, 0), index = NULL, past = NULL;
    for (int32_t g = 0; g < n_groups(s); g++) {
        int32_t first = g * CRNL_FAN, last = last_of(s, g);
        LLVMValueRef left = g > 0 ? LLVMBuildFSub(at, r, v->top[g - 1], "") : r;
        v->here[g] = LLVMBuildICmp(at, LLVMIntEQ, group, side_word(s, (uint64_t)g), "");
        LLVMValueRef inside = first_not_below(s, &v->sum[first], last - first, left, (uint64_t)first);
        LLVMValueRef is_past = LLVMBuildAnd(at, v->here[g], side_less(s, v->sum[last], left), "");
        index = index ? side_choose(s, v->here[g], inside, index) : inside;
        past = past ? LLVMBuildOr(at, past, is_past, "") : is_past;
    }
    LLVMValueRef found = side_slot(s, s->words);
    LLVMBuildStore(at, index, found);
    LLVMValueRef any[LANES_VECTORS] = {LLVMBuildAnd(at, side_bits(s, past), v->live, ""),
                                       LLVMConstNull(s->bits)};
    LLVMBasicBlockRef next = side_begin_if_any(s, any);
    LLVMBuildStore(at, side_choose(s, past, last_positive(s, v, group), index), found);
    emit_enter(&s->b, next);
    return side_of_slot(s, s->words, found);
}

/* The changes of a column by the reactions from `first` on that the index names, whose last four bits count;
 * the index of single lanes is in element[] where there is no instruction that looks it up in vectors. */
static LLVMValueRef look_up(struct side *s, const double *change, LLVMValueRef index, bool eight,
                            LLVMValueRef *element)
{
    struct emit *e = s->b.e;
    LLVMValueRef all[2 * CRNL_LANES], v = LLVMGetPoison(s->number.type);
    if (s->lanes == KERN_AVX512) {
        for (int i = 0; i < 2 * CRNL_LANES; i++) {
            all[i] = emit_real(e, change[i]);
        }
        LLVMValueRef low = LLVMConstVector(all, CRNL_LANES),
                     high = LLVMConstVector(all + CRNL_LANES, CRNL_LANES);
        const char *name = eight ? "llvm.x86.avx512.permvar.df.512" : "llvm.x86.avx512.vpermi2var.pd.512";
        LLVMValueRef args[] = {low, index, high};
        unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
        return LLVMBuildCall2(e->builder, LLVMIntrinsicGetType(e->context, id, NULL, 0),
                              LLVMGetIntrinsicDeclaration(e->module, id, NULL, 0), args, eight ? 2 : 3, "");
    }
    LLVMValueRef table = emit_blob(e, "change", change, (size_t)s->m->n_reactions * sizeof *change);
    for (int i = 0; i < s->number.lanes; i++) {
        LLVMValueRef one = emit_get(&s->b, TYPE_REAL, table, element[i]);
        v = LLVMBuildInsertElement(e->builder, v, one, emit_i32(e, i), "");
    }
    return v;
}

static bool any_change(const double *change, int32_t n)
{
    bool any = false;
    for (int32_t j = 0; j < n; j++) {
        any |= change[j] != 0;
    }
    return any;
}

/* The changes of a column by the reactions with these numbers. */
static LLVMValueRef change_by_index(struct side *s, struct side_vector *v, const double *change,
                                    LLVMValueRef index, LLVMValueRef *element)
{
    if (s->lanes != KERN_AVX512 || n_groups(s) == 1) {
        return look_up(s, change, index, s->m->n_reactions <= CRNL_LANES, element);
    }
    LLVMValueRef all = side_real(s, 0);
    for (int32_t g = 0; g < n_groups(s); g++) {
        const double *own = change + g * CRNL_FAN;
        if (any_change(own, CRNL_FAN)) {
            bool eight = last_of(s, g) < g * CRNL_FAN + CRNL_LANES;
            all = side_choose(s, v->here[g], look_up(s, own, index, eight, element), all);
        }
    }
    return all;
}

/* The changes of a column by the first reactions whose running sums reach r. */
static LLVMValueRef change_by_choice(struct side *s, struct side_vector *v, const double *change,
                                     LLVMValueRef r)
{
    LLVMValueRef all = side_real(s, change[0]);
    for (int32_t j = 1; j < s->m->n_reactions; j++) {
        if (change[j] != change[j - 1]) {
            all = side_choose(s, side_less(s, v->sum[j - 1], r), side_real(s, change[j]), all);
        }
    }
    return all;
}

/* Whether choices between neighbouring reactions take fewer operations than looking changes up. */
static bool chooses(const struct side *s)
{
    const int look_up_cost = s->lanes == KERN_AVX512 ? 1 : 2 * s->number.lanes;
    int32_t n = s->m->n_reactions, choices = 0;
    for (int32_t i = 0; i < s->n_columns; i++) {
        for (int32_t j = 1; j < n; j++) {
            choices += s->change[i][j] != s->change[i][j - 1];
        }
    }
    return n_groups(s) == 1 && choices < n - 1 + look_up_cost * s->n_columns;
}

/* Puts a vector into memory, of which single elements are loaded: faster than as many moves out of a
 * vector. */
static void spill(struct side *s, LLVMValueRef v, LLVMValueRef *element)
{
    struct emit *e = s->b.e;
    LLVMValueRef memory = side_slot(s, s->words);
    LLVMSetVolatile(LLVMBuildStore(e->builder, v, memory), true);
    for (int i = 0; i < s->number.lanes; i++) {
        element[i] = emit_load(e, e->i64, memory, (size_t)i * LANE);
        LLVMSetVolatile(element[i], true);
    }
}

/* Selects a reaction in each lane, unless changes follow from running sums. */
static void select_reaction(struct side *s, struct side_vector *v)
{
    v->r = LLVMBuildFMul(s->b.e->builder, load_random(s, PLACE(choice), v), v->total, "");
    v->index = NULL;
    if (!chooses(s)) {
        v->index = n_groups(s) > 1 ? select_in_groups(s, v, v->r)
                                   : first_not_below(s, v->sum, s->m->n_reactions - 1, v->r, 0);
    }
}

/* Computes the amounts behind the event. */
static void fire(struct side *s, struct side_vector *v)
{
    LLVMValueRef element[CRNL_LANES];
    if (v->index && s->lanes != KERN_AVX512) {
        spill(s, v->index, element);
    }
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            const double *change = s->change[s->column[i]];
            LLVMValueRef by = v->index ? change_by_index(s, v, change, v->index, element)
                                       : change_by_choice(s, v, change, v->r);
            v->x_after[i] = LLVMBuildFAdd(s->b.e->builder, v->amount[i], by, "");
        }
    }
}

/* ---- Statistics along trajectories --------------------------------------------------------------------- */

/* The value of a watched element: amounts in molecules, formulas in the user's units. */
static LLVMValueRef watched(struct side *s, struct side_vector *v, const struct crnl_elem *elem)
{
    switch (elem->kind) {
    case CRNL_ELEM_SPECIES: return v->amount[elem->a];
    case CRNL_ELEM_DUAL: return LLVMBuildFSub(s->b.e->builder, v->amount[elem->a], v->amount[elem->b], "");
    case CRNL_ELEM_PARAM: return parameter(s, v, elem->a);
    default: return emit_scalar_real(&s->b, s->plan->expr[elem->a]);
    }
}

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

/* As `see` for histograms; bins without cells are left to the library. */
static void see_bins(struct side *s, struct side_vector *v, int32_t i, LLVMValueRef t)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    const struct crnl_watch_item *item = &s->item[i];
    const size_t first = PLACE(watched) + (size_t)i * sizeof(struct lanes_watched),
                 of[2] = {first + offsetof(struct lanes_watched, value),
                          first + offsetof(struct lanes_watched, square)},
                 from = first + offsetof(struct lanes_watched, since);
    LLVMValueRef now[2], changed = LLVMConstNull(s->mask), cell = NULL, all[LANES_VECTORS];
    LLVMValueRef live = LLVMBuildBitCast(at, v->live, s->mask, ""), inside = live;
    int32_t size[2];
    crnl_watch_cells(&s->m->stat[item->request], size);
    for (int32_t k = 0; k < item->n_elems; k++) {
        LLVMValueRef before = side_load(s, s->number.type, of[k], v), place;
        now[k] = watched(s, v, &item->elem[k]);
        changed = LLVMBuildOr(at, changed, LLVMBuildFCmp(at, LLVMRealUNE, now[k], before, ""), "");
        place = cell_of(s, before, size[k], &inside);
        cell = cell ? LLVMBuildAdd(at, LLVMBuildMul(at, cell, side_place(s, size[1]), ""), place, "") : place;
    }
    changed = LLVMBuildAnd(at, changed, live, "");
    inside = LLVMBuildAnd(at, inside, changed, "");
    LLVMValueRef since = side_load(s, s->number.type, from, v), span = LLVMBuildFSub(at, t, since, "");
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
    side_store(s, side_choose(s, changed, t, since), from, v);
    for (int32_t k = 0; k < item->n_elems; k++) {
        side_store(s, now[k], of[k], v);
    }
}

/* As `see` of kern_ssa_watch.c; what is summed up stays in memory. */
static void see(struct side *s, struct side_vector *v, int32_t i, LLVMValueRef t)
{
    LLVMBuilderRef at = s->b.e->builder;
    const struct crnl_watch_item *item = &s->item[i];
    if (item->kind == CRNL_WATCH_BINS) {
        see_bins(s, v, i, t);
        return;
    }
    size_t first = PLACE(watched) + (size_t)i * sizeof(struct lanes_watched);
#define WATCHED(member) (first + offsetof(struct lanes_watched, member))
    LLVMTypeRef type = s->number.type;
    LLVMValueRef now = watched(s, v, item->elem), before = side_load(s, type, WATCHED(value), v);
    LLVMValueRef changed = s->always[i] ? emit_constant_of_lanes(&s->b, emit_bool(s->b.e, true))
                                        : LLVMBuildFCmp(at, LLVMRealUNE, now, before, "");
    LLVMValueRef clock = item->kind == CRNL_WATCH_EVENTS ? side_load(s, type, PLACE(events), v) : t;
    LLVMValueRef since = side_load(s, type, WATCHED(since), v), sum = side_load(s, type, WATCHED(sum), v);
    LLVMValueRef d = LLVMBuildFSub(at, before, side_load(s, type, WATCHED(base), v), "");
    LLVMValueRef dwell = LLVMBuildFMul(at, d, LLVMBuildFSub(at, clock, since, ""), "");
    side_store(s, side_choose(s, changed, LLVMBuildFAdd(at, sum, dwell, ""), sum), WATCHED(sum), v);
    if (item->kind == CRNL_WATCH_SPREAD) {
        LLVMValueRef square = side_load(s, type, WATCHED(square), v);
        LLVMValueRef more = LLVMBuildFAdd(at, square, LLVMBuildFMul(at, d, dwell, ""), "");
        side_store(s, side_choose(s, changed, more, square), WATCHED(square), v);
    }
    side_store(s, side_choose(s, changed, clock, since), WATCHED(since), v);
    side_store(s, now, WATCHED(value), v);
#undef WATCHED
}

static void see_all(struct side *s, struct side_vector *v, LLVMValueRef t)
{
    LLVMBuilderRef at = s->b.e->builder;
    bool counts = false;
    load_amounts(s, v);
    struct leaves leaves = {s, v, v->amount};
    size_t mark = emit_mark(&s->b);
    s->b.env = &leaves;
    for (int32_t i = 0; i < s->n_items; i++) {
        if (s->changes[i]) {
            see(s, v, i, t);
        }
        counts |= s->item[i].kind == CRNL_WATCH_EVENTS;
    }
    emit_release(&s->b, mark);
    if (counts) {
        LLVMValueRef events = side_load(s, s->number.type, PLACE(events), v);
        side_store(s, LLVMBuildFAdd(at, events, side_real(s, 1), ""), PLACE(events), v);
    }
}

/* ---- Steps --------------------------------------------------------------------------------------------- */

static void store_amounts(struct side *s, struct side_vector *v)
{
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            side_store(s, side_of_slot(s, s->number.type, v->x[i]), PLACE(x) + (size_t)i * ROW, v);
        }
    }
}

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
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef bad[LANES_VECTORS];
    for (int n = 0; n < LANES_VECTORS; n++) {
        struct side_vector *v = &s->vector[n];
        bad[n] = compute_laws(s, v, v->x_after);
        for (int32_t i = 0; i < s->m->n_species; i++) {
            if (s->by_law[i]) {
                bad[n] = LLVMBuildOr(at, bad[n], side_less(s, v->x_after[i], side_real(s, 0)), "");
            }
        }
    }
    leave_if_bad(s, bad);
}

static void keep_laws(struct side *s, struct side_vector *v)
{
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        if (v->law[j]) {
            LLVMBuildStore(s->b.e->builder, v->law_after[j], v->law[j]);
        }
    }
}

static void begin_laws(struct side *s)
{
    LLVMValueRef bad[LANES_VECTORS];
    for (int i = 0; i < LANES_VECTORS; i++) {
        struct side_vector *v = &s->vector[i];
        bad[i] = compute_laws(s, v, v->amount);
        keep_laws(s, v);
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
        LLVMValueRef wait = LLVMBuildFDiv(at, load_random(s, PLACE(wait), v), v->total, "");
        v->next = LLVMBuildFAdd(at, side_of_slot(s, s->number.type, v->t), wait, "");
        LLVMValueRef stop = side_load(s, s->number.type, PLACE(t_stop), v);
        v->good = LLVMBuildAnd(at, side_less(s, side_real(s, LANES_LEAST), v->total),
                               side_less(s, v->total, side_real(s, (double)INFINITY)), "");
        LLVMValueRef is_late = side_less(s, stop, v->next);
        LLVMValueRef fires = LLVMBuildAnd(at, v->good, LLVMBuildNot(at, is_late, ""), "");
        rare[i] = LLVMBuildAnd(at, side_bits(s, LLVMBuildNot(at, fires, "")), v->live, "");
        odd[i] = side_bits(s, v->good);
        late[i] = side_bits(s, LLVMBuildAnd(at, v->good, is_late, ""));
    }
    LLVMBasicBlockRef next = side_begin_if_any(s, rare);
    for (int i = 0; i < LANES_VECTORS; i++) {
        struct side_vector *v = &s->vector[i];
        store_amounts(s, v);
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

/* A bit for each lane with a run in which a condition is not what it was when the run was last looked at. */
static LLVMValueRef turned(struct side *s, struct side_vector *v)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef any = LLVMConstNull(s->mask);
    load_amounts(s, v);
    struct leaves leaves = {s, v, v->amount};
    size_t mark = emit_mark(&s->b);
    s->b.env = &leaves;
    for (int32_t i = 0; i < s->m->n_asked; i++) {
        LLVMValueRef holds = emit_scalar(&s->b, s->plan->expr[s->m->asked[i]]);
        LLVMValueRef now = side_choose(s, holds, side_real(s, 1), side_real(s, 0));
        LLVMValueRef held = side_load(s, s->number.type, PLACE(held) + (size_t)i * ROW, v);
        any = LLVMBuildOr(at, any, LLVMBuildFCmp(at, LLVMRealONE, now, held, ""), "");
    }
    emit_release(&s->b, mark);
    return LLVMBuildAnd(at, side_bits(s, any), v->live, "");
}

/* Behind a step: leaves if a condition has changed. */
static void check_conditions(struct side *s)
{
    struct emit *e = s->b.e;
    LLVMValueRef bits[LANES_VECTORS];
    for (int i = 0; i < LANES_VECTORS; i++) {
        bits[i] = turned(s, &s->vector[i]);
    }
    LLVMBasicBlockRef next = side_begin_if_any(s, bits);
    emit_store(e, side_all_bits(s, bits), s->lockstep, PLACE(turned));
    LLVMBuildBr(e->builder, s->leave);
    LLVMPositionBuilderAtEnd(e->builder, next);
}

static void load_vector(struct side *s, struct side_vector *v)
{
    struct emit *e = s->b.e;
    const struct crnl_model *m = s->m;
    size_t reactions = (size_t)m->n_reactions, species = (size_t)m->n_species;
    v->x = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    v->amount = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    v->a = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->sum = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->law = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->law_after = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->x_after = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    v->param = arena_alloc(e->arena, (size_t)m->n_params * sizeof(LLVMValueRef));
    v->inv_volume = side_load(s, s->number.type, PLACE(inv_volume), v);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        v->law[j] = ssa_law(m, j) >= 0 ? side_slot(s, s->number.type) : NULL;
    }
    for (int32_t i = 0; i < m->n_species; i++) {
        v->x_after[i] = v->amount[i] = side_load(s, s->number.type, PLACE(x) + (size_t)i * ROW, v);
        if (s->column[i] >= 0) {
            v->x[i] = side_slot(s, s->number.type);
            LLVMBuildStore(e->builder, v->amount[i], v->x[i]);
        }
    }
    v->t = side_slot(s, s->number.type);
    LLVMBuildStore(e->builder, side_load(s, s->number.type, PLACE(t), v), v->t);
    LLVMValueRef any = emit_load(e, e->i32, s->lockstep, PLACE(any));
    any = LLVMBuildLShr(e->builder, any, emit_i32(e, v->first), "");
    v->live = LLVMBuildTrunc(e->builder, any, s->bits, "");
}

static void store_vector(struct side *s, struct side_vector *v)
{
    store_amounts(s, v);
    side_store(s, side_of_slot(s, s->number.type, v->t), PLACE(t), v);
}

static void keep_amounts(struct side *s, struct side_vector *v)
{
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            LLVMBuildStore(s->b.e->builder, v->x_after[i], v->x[i]);
        }
    }
}

static void step(struct side *s)
{
    LLVMBuilderRef at = s->b.e->builder;
    find_random(s);
    for (int i = 0; i < LANES_VECTORS; i++) {
        sum_up(s, &s->vector[i]);
        select_reaction(s, &s->vector[i]);
    }
    check_stops(s);
    for (int i = 0; i < LANES_VECTORS; i++) {
        fire(s, &s->vector[i]);
    }
    if (s->has_laws) {
        check_laws(s);
    }
    for (int i = 0; i < LANES_VECTORS; i++) {
        struct side_vector *v = &s->vector[i];
        LLVMBuildStore(at, v->next, v->t);
        keep_amounts(s, v);
        keep_laws(s, v);
        if (s->n_items > 0) {
            see_all(s, v, v->next);
        }
    }
}

static void find_changes(struct side *s)
{
    struct emit *e = s->b.e;
    const struct crnl_model *m = s->m;
    size_t padded = (size_t)(n_groups(s) * CRNL_FAN);
    s->column = arena_alloc(e->arena, (size_t)m->n_species * sizeof *s->column);
    s->change = arena_alloc(e->arena, (size_t)m->n_species * sizeof *s->change);
    s->by_law = arena_alloc(e->arena, (size_t)m->n_species * sizeof *s->by_law);
    for (int32_t i = 0; i < m->n_species; i++) {
        s->column[i] = -1;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool is_law = ssa_law(m, j) >= 0;
        s->has_laws |= is_law;
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            s->by_law[m->net_species[i]] |= is_law && m->net_delta[i] < 0;
            int32_t *column = &s->column[m->net_species[i]];
            if (*column < 0) {
                *column = s->n_columns++;
                s->change[*column] = arena_alloc(e->arena, padded * sizeof(double));
            }
            s->change[*column][j] = m->net_delta[i];
        }
    }
}

static void find_items(struct side *s)
{
    s->n_items = crnl_watch_list(s->m, NULL);
    size_t n = (size_t)s->n_items + 1;
    s->item = arena_alloc(s->b.e->arena, n * sizeof *s->item);
    s->changes = arena_alloc(s->b.e->arena, n * sizeof *s->changes);
    s->always = arena_alloc(s->b.e->arena, n * sizeof *s->always);
    crnl_watch_list(s->m, s->item);
    for (int32_t i = 0; i < s->n_items; i++) {
        s->always[i] = true;
        for (int32_t j = 0; j < s->m->n_reactions; j++) {
            bool surely, changes = crnl_watch_changes(s->m, j, &s->item[i], &surely);
            s->changes[i] |= changes;
            s->always[i] &= surely;
        }
    }
}

LLVMValueRef kern_emit_ssa_lanes(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                                 const char *name, enum kern_lanes lanes)
{
    /* int64_t ssa_lanes(void *env, struct crnl_lockstep *l, int64_t most) */
    LLVMTypeRef types[] = {e->ptr, e->ptr, e->i64};
    LLVMValueRef f = kern_lanes_function(e, name, LLVMFunctionType(e->i64, types, 3, false), lanes);
    struct side s = {.plan = plan, .m = &plan->model, .lanes = lanes, .number = kern_lanes_number(e, lanes)};
    unsigned wide = (unsigned)s.number.lanes;
    s.words = LLVMVectorType(e->i64, wide);
    s.mask = LLVMVectorType(e->i1, wide);
    s.bits = LLVMIntTypeInContext(e->context, wide);
    s.lockstep = LLVMGetParam(f, 1);
    emit_body_init(&s.b, e, cache, f);
    s.b.shared = true;
    s.b.leaf = leaf;
    s.b.wide = s.number.type;
    s.leave = emit_block(&s.b, "leave");
    find_changes(&s);
    find_items(&s);
    for (int i = 0; i < LANES_VECTORS; i++) {
        s.vector[i].first = i * (int)wide;
        load_vector(&s, &s.vector[i]);
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
        store_vector(&s, &s.vector[i]);
    }
    emit_store(e, side_of_slot(&s, e->i64, s.at), s.lockstep, PLACE(at));
    LLVMBuildRet(e->builder, side_of_slot(&s, e->i64, done));
    emit_body_finish(&s.b);
    return f;
}
