/* Statistics along a trajectory in the SSA kernel. The sums of struct crnl_watched are in registers, and the
 * reactions that change a watched value update them without a branch. */
#include "codegen/kern/kern_ssa.h"

static size_t place(int32_t i, size_t member)
{
    return (size_t)i * sizeof(struct crnl_watched) + member;
}

static LLVMValueRef load_slot(struct ssa *s, LLVMValueRef from, size_t at)
{
    LLVMValueRef slot = emit_slot(&s->b, TYPE_REAL);
    LLVMBuildStore(s->b.e->builder, emit_load(s->b.e, s->b.e->real, from, at), slot);
    return slot;
}

static struct ssa_watched load_one(struct ssa *s, int32_t i, const struct crnl_watch_item *item)
{
    struct emit *e = s->b.e;
    const struct crnl_model *m = s->m;
    LLVMValueRef from = s->watch;
    struct ssa_watched w = {.item = *item, .always = true};
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool surely, changes = crnl_watch_changes(m, j, item, &surely);
        w.changes |= changes;
        w.always &= surely;
    }
    for (int32_t k = 0; k < item->n_elems; k++) {
        size_t at = offsetof(struct crnl_watched, value) + (size_t)k * sizeof(double);
        w.value[k] = load_slot(s, from, place(i, at));
    }
    w.since = load_slot(s, from, place(i, offsetof(struct crnl_watched, since)));
    if (item->kind == CRNL_WATCH_BINS) {
        crnl_watch_cells(&m->stat[item->request], w.size);
        w.cell = emit_load(e, e->ptr, from, place(i, offsetof(struct crnl_watched, cell)));
        return w;
    }
    w.base = emit_load(e, e->real, from, place(i, offsetof(struct crnl_watched, base)));
    w.sum = load_slot(s, from, place(i, offsetof(struct crnl_watched, sum)));
    if (item->kind == CRNL_WATCH_SPREAD) {
        w.square = load_slot(s, from, place(i, offsetof(struct crnl_watched, square)));
    }
    return w;
}

void ssa_watch_load(struct ssa *s)
{
    struct emit *e = s->b.e;
    s->n_watched = crnl_watch_list(s->m, NULL);
    if (s->n_watched == 0) {
        return;
    }
    size_t n = (size_t)s->n_watched;
    struct crnl_watch_item *item = arena_alloc(e->arena, n * sizeof *item);
    s->watched = arena_alloc(e->arena, n * sizeof *s->watched);
    crnl_watch_list(s->m, item);
    LLVMValueRef watch = emit_load(e, e->ptr, s->w, offsetof(struct crnl_ssa, watch));
    s->watch = emit_load(e, e->ptr, watch, offsetof(struct crnl_watch, sum));
    for (int32_t i = 0; i < s->n_watched; i++) {
        s->watched[i] = load_one(s, i, &item[i]);
        s->counts |= item[i].kind == CRNL_WATCH_EVENTS;
    }
    if (s->counts) {
        LLVMValueRef events = emit_load(e, e->i64, s->w, offsetof(struct crnl_ssa, events));
        s->count = emit_slot(&s->b, TYPE_REAL);
        LLVMBuildStore(e->builder, LLVMBuildSIToFP(e->builder, events, e->real, ""), s->count);
    }
}

/* The value of a watched element: amounts in molecules, formulas in the user's units. */
static LLVMValueRef value_now(struct ssa *s, const struct crnl_elem *elem)
{
    struct emit *e = s->b.e;
    switch (elem->kind) {
    case CRNL_ELEM_SPECIES: return s->amount[elem->a];
    case CRNL_ELEM_DUAL: return LLVMBuildFSub(e->builder, s->amount[elem->a], s->amount[elem->b], "");
    case CRNL_ELEM_PARAM: return emit_load(e, e->real, s->env.p, (size_t)elem->a * sizeof(double));
    default: return emit_scalar_real(&s->b, s->plan->expr[elem->a]);
    }
}

/* Stores the new value in the slot where the watched value has changed, else the old one. */
static void put(struct ssa *s, LLVMValueRef slot, LLVMValueRef changed, LLVMValueRef new, LLVMValueRef old)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMBuildStore(at, changed ? LLVMBuildSelect(at, changed, new, old, "") : new, slot);
}

/* The cell of an axis for value + 0.5; sets `inside` to false if there is none. */
static LLVMValueRef cell_of(struct ssa *s, LLVMValueRef value, int32_t size, LLVMValueRef *inside)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef v = LLVMBuildFAdd(at, value, emit_real(e, 0.5), "");
    LLVMValueRef low = LLVMBuildFCmp(at, LLVMRealOGE, v, emit_real(e, 0), "");
    LLVMValueRef high = LLVMBuildFCmp(at, LLVMRealOLT, v, emit_real(e, size), "");
    LLVMValueRef both = LLVMBuildAnd(at, low, high, "");
    *inside = *inside ? LLVMBuildAnd(at, *inside, both, "") : both;
    LLVMValueRef safe = LLVMBuildSelect(at, both, v, emit_real(e, 0), "");
    return LLVMBuildFPToSI(at, safe, e->i64, "");
}

/* Adds the dwell time to a cell of the histogram, or 0 if nothing has changed. */
static void add_to_bin(struct ssa *s, int32_t i, LLVMValueRef *before, LLVMValueRef dwell)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    const struct ssa_watched *w = &s->watched[i];
    LLVMValueRef inside = NULL, cell = cell_of(s, before[0], w->size[0], &inside);
    if (w->item.n_elems > 1) {
        LLVMValueRef second = cell_of(s, before[1], w->size[1], &inside);
        cell = LLVMBuildAdd(at, LLVMBuildMul(at, cell, emit_i64(e, w->size[1]), ""), second, "");
    }
    LLVMBasicBlockRef near = emit_block(&s->b, "near"), far = emit_block(&s->b, "far"),
                      join = emit_block(&s->b, "binned");
    emit_unlikely(e, LLVMBuildCondBr(at, inside, near, far), true);
    LLVMPositionBuilderAtEnd(at, near);
    LLVMValueRef sum = emit_get(&s->b, TYPE_REAL, w->cell, cell);
    emit_put(&s->b, TYPE_REAL, w->cell, cell, LLVMBuildFAdd(at, sum, dwell, ""));
    LLVMBuildBr(at, join);
    LLVMPositionBuilderAtEnd(at, far);
    LLVMValueRef second = w->item.n_elems > 1 ? before[1] : emit_real(e, 0);
    emit_call(e, ABI_crnl_watch_far, (LLVMValueRef[]){s->w, emit_i32(e, i), before[0], second, dwell}, 5);
    emit_enter(&s->b, join);
}

static void add_to_sums(struct ssa *s, const struct ssa_watched *w, LLVMValueRef changed, LLVMValueRef before,
                        LLVMValueRef span)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef d = LLVMBuildFSub(at, before, w->base, ""), dwell = LLVMBuildFMul(at, d, span, "");
    LLVMValueRef sum = ssa_load_slot(s, e->real, w->sum);
    put(s, w->sum, changed, LLVMBuildFAdd(at, sum, dwell, ""), sum);
    if (w->square) {
        LLVMValueRef square = ssa_load_slot(s, e->real, w->square);
        put(s, w->square, changed, LLVMBuildFAdd(at, square, LLVMBuildFMul(at, d, dwell, ""), ""), square);
    }
}

static void see(struct ssa *s, int32_t i, LLVMValueRef t)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    const struct ssa_watched *w = &s->watched[i];
    LLVMValueRef now[2] = {NULL, NULL}, before[2] = {NULL, NULL}, changed = NULL;
    for (int32_t k = 0; k < w->item.n_elems; k++) {
        now[k] = value_now(s, &w->item.elem[k]);
        before[k] = ssa_load_slot(s, e->real, w->value[k]);
        LLVMValueRef differs = LLVMBuildFCmp(at, LLVMRealUNE, now[k], before[k], "");
        changed = changed ? LLVMBuildOr(at, changed, differs, "") : differs;
    }
    changed = w->always ? NULL : changed;
    LLVMValueRef clock = w->item.kind == CRNL_WATCH_EVENTS ? ssa_load_slot(s, e->real, s->count) : t;
    LLVMValueRef since = ssa_load_slot(s, e->real, w->since), span = LLVMBuildFSub(at, clock, since, "");
    if (w->cell) {
        add_to_bin(s, i, before, changed ? LLVMBuildSelect(at, changed, span, emit_real(e, 0), "") : span);
    } else {
        add_to_sums(s, w, changed, before[0], span);
    }
    put(s, w->since, changed, clock, since);
    for (int32_t k = 0; k < w->item.n_elems; k++) {
        LLVMBuildStore(at, now[k], w->value[k]);
    }
}

/* Counts uses in all formulas as in one statement, so that shared parts are computed once. */
static void count_formulas(struct ssa *s)
{
    VEC(expr_id) root = {0};
    for (int32_t i = 0; i < s->n_watched; i++) {
        for (int32_t k = 0; k < s->watched[i].item.n_elems; k++) {
            const struct crnl_elem *elem = &s->watched[i].item.elem[k];
            if (elem->kind == CRNL_ELEM_EXPR) {
                vec_push(&root, s->plan->expr[elem->a]);
            }
        }
    }
    if (root.n) {
        emit_count_uses(&s->b, root.data, root.n);
    }
    vec_free(&root);
}

void ssa_watch_event(struct ssa *s, LLVMValueRef t)
{
    struct emit *e = s->b.e;
    if (s->n_watched == 0) {
        return;
    }
    size_t mark = emit_mark(&s->b);
    ssa_amounts(s);
    count_formulas(s);
    for (int32_t i = 0; i < s->n_watched; i++) {
        if (s->watched[i].changes) {
            see(s, i, t);
        }
    }
    emit_release(&s->b, mark);
    if (s->counts) {
        LLVMValueRef count = ssa_load_slot(s, e->real, s->count);
        LLVMBuildStore(e->builder, LLVMBuildFAdd(e->builder, count, emit_real(e, 1), ""), s->count);
    }
}

static void store_one(struct ssa *s, LLVMValueRef slot, int32_t i, size_t member)
{
    if (slot) {
        emit_store(s->b.e, ssa_load_slot(s, s->b.e->real, slot), s->watch, place(i, member));
    }
}

void ssa_watch_store(struct ssa *s)
{
    for (int32_t i = 0; i < s->n_watched; i++) {
        const struct ssa_watched *w = &s->watched[i];
        store_one(s, w->value[0], i, offsetof(struct crnl_watched, value));
        store_one(s, w->value[1], i, offsetof(struct crnl_watched, value) + sizeof(double));
        store_one(s, w->since, i, offsetof(struct crnl_watched, since));
        store_one(s, w->sum, i, offsetof(struct crnl_watched, sum));
        store_one(s, w->square, i, offsetof(struct crnl_watched, square));
    }
}
