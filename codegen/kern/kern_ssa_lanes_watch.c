/* Averages along trajectories of runs side by side: sums in memory of the lanes, or, of one run, in stack
 * slots. */
#include "codegen/kern/kern_ssa_lanes.h"

LLVMValueRef side_watch_get(struct side *s, const struct side_vector *v, int32_t item, enum lanes_part part)
{
    size_t row = (size_t)item * LANES_PARTS + part;
    return v->watch ? side_of_slot(s, s->number.type, v->watch[row])
                    : side_load(s, s->number.type, s->place.watched + row * s->place.row, v);
}

void side_watch_put(struct side *s, const struct side_vector *v, int32_t item, enum lanes_part part,
                    LLVMValueRef value)
{
    size_t row = (size_t)item * LANES_PARTS + part;
    if (v->watch) {
        LLVMBuildStore(s->b.e->builder, value, v->watch[row]);
    } else {
        side_store(s, value, s->place.watched + row * s->place.row, v);
    }
}

static LLVMValueRef events(struct side *s, const struct side_vector *v)
{
    return v->events ? side_of_slot(s, s->number.type, v->events)
                     : side_load(s, s->number.type, s->place.events, v);
}

static void set_events(struct side *s, const struct side_vector *v, LLVMValueRef n)
{
    if (v->events) {
        LLVMBuildStore(s->b.e->builder, n, v->events);
    } else {
        side_store(s, n, s->place.events, v);
    }
}

void side_load_watched(struct side *s, struct side_vector *v)
{
    LLVMValueRef *slot = arena_alloc(s->b.e->arena, ((size_t)s->n_items * LANES_PARTS + 1) * sizeof *slot);
    for (int32_t i = 0; i < s->n_items; i++) {
        for (int k = 0; k < LANES_PARTS; k++) {
            LLVMValueRef value = side_watch_get(s, v, i, (enum lanes_part)k);
            slot[i * LANES_PARTS + k] = side_slot(s, s->number.type);
            LLVMBuildStore(s->b.e->builder, value, slot[i * LANES_PARTS + k]);
        }
    }
    LLVMValueRef n = events(s, v);
    v->watch = slot;
    v->events = side_slot(s, s->number.type);
    set_events(s, v, n);
}

void side_store_watched(struct side *s, struct side_vector *v)
{
    for (size_t row = 0; row < (size_t)s->n_items * LANES_PARTS; row++) {
        LLVMValueRef value = side_of_slot(s, s->number.type, v->watch[row]);
        side_store(s, value, s->place.watched + row * s->place.row, v);
    }
}

/* The value of a watched element: amounts in molecules, formulas in the user's units. */
LLVMValueRef side_watched(struct side *s, struct side_vector *v, const struct crnl_elem *elem)
{
    switch (elem->kind) {
    case CRNL_ELEM_SPECIES: return v->amount[elem->a];
    case CRNL_ELEM_DUAL: return LLVMBuildFSub(s->b.e->builder, v->amount[elem->a], v->amount[elem->b], "");
    case CRNL_ELEM_PARAM: return side_parameter(s, v, elem->a);
    default: return emit_scalar_real(&s->b, s->plan->expr[elem->a]);
    }
}

/* As `see` of kern_ssa_watch.c. */
static void see(struct side *s, struct side_vector *v, int32_t i, LLVMValueRef t)
{
    LLVMBuilderRef at = s->b.e->builder;
    const struct crnl_watch_item *item = &s->item[i];
    if (item->kind == CRNL_WATCH_BINS) {
        s->see_bins(s, v, i, t);
        return;
    }
    LLVMValueRef now = side_watched(s, v, item->elem), before = side_watch_get(s, v, i, LANES_VALUE);
    LLVMValueRef changed = s->always[i] ? emit_constant_of_lanes(&s->b, emit_bool(s->b.e, true))
                                        : LLVMBuildFCmp(at, LLVMRealUNE, now, before, "");
    LLVMValueRef clock = item->kind == CRNL_WATCH_EVENTS ? events(s, v) : t;
    LLVMValueRef since = side_watch_get(s, v, i, LANES_SINCE), sum = side_watch_get(s, v, i, LANES_SUM);
    LLVMValueRef d = LLVMBuildFSub(at, before, side_watch_get(s, v, i, LANES_BASE), "");
    LLVMValueRef dwell = LLVMBuildFMul(at, d, LLVMBuildFSub(at, clock, since, ""), "");
    side_watch_put(s, v, i, LANES_SUM, side_choose(s, changed, LLVMBuildFAdd(at, sum, dwell, ""), sum));
    if (item->kind == CRNL_WATCH_SPREAD) {
        LLVMValueRef square = side_watch_get(s, v, i, LANES_SQUARE);
        LLVMValueRef more = LLVMBuildFAdd(at, square, LLVMBuildFMul(at, d, dwell, ""), "");
        side_watch_put(s, v, i, LANES_SQUARE, side_choose(s, changed, more, square));
    }
    side_watch_put(s, v, i, LANES_SINCE, side_choose(s, changed, clock, since));
    side_watch_put(s, v, i, LANES_VALUE, now);
}

void side_see_all(struct side *s, struct side_vector *v, LLVMValueRef t)
{
    LLVMBuilderRef at = s->b.e->builder;
    bool counts = false;
    side_load_amounts(s, v);
    struct side_leaves leaves = {s, v, v->amount};
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
        set_events(s, v, LLVMBuildFAdd(at, events(s, v), side_real(s, 1), ""));
    }
}

void side_find_items(struct side *s)
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
