/* Statistics over time in the SSA kernel: the sums of struct crnl_watched in registers, closed without a
 * branch by the reactions that change an observed amount. */
#include "codegen/kern/kern_ssa.h"

static LLVMValueRef address(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMValueRef watch = emit_load(e, e->ptr, s->w, offsetof(struct crnl_ssa, watch));
    return emit_load(e, e->ptr, watch, offsetof(struct crnl_watch, sum));
}

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

void ssa_watch_load(struct ssa *s)
{
    struct emit *e = s->b.e;
    const struct crnl_model *m = s->m;
    s->n_watched = crnl_watch_list(m, NULL, NULL);
    if (s->n_watched == 0) {
        return;
    }
    size_t n = (size_t)s->n_watched;
    struct crnl_elem *elem = arena_alloc(e->arena, n * sizeof *elem);
    bool *squared = arena_alloc(e->arena, n * sizeof *squared);
    s->watched = arena_alloc(e->arena, n * sizeof *s->watched);
    crnl_watch_list(m, elem, squared);
    LLVMValueRef from = address(s);
    for (int32_t i = 0; i < s->n_watched; i++) {
        struct ssa_watched *w = &s->watched[i];
        *w = (struct ssa_watched){.elem = elem[i], .squared = squared[i], .always = true};
        for (int32_t j = 0; j < m->n_reactions; j++) {
            bool changes = crnl_watch_change(m, j, &elem[i]) != 0;
            w->changes |= changes;
            w->always &= changes;
        }
        w->base = emit_load(e, e->real, from, place(i, offsetof(struct crnl_watched, base)));
        w->value = load_slot(s, from, place(i, offsetof(struct crnl_watched, value)));
        w->since = load_slot(s, from, place(i, offsetof(struct crnl_watched, since)));
        w->sum = load_slot(s, from, place(i, offsetof(struct crnl_watched, sum)));
        w->square = load_slot(s, from, place(i, offsetof(struct crnl_watched, square)));
    }
}

static LLVMValueRef amount_now(struct ssa *s, int32_t species)
{
    return s->column[species] >= 0 ? ssa_load_slot(s, s->b.e->real, s->slot[species]) : s->amount[species];
}

/* The slot gets the new value where the amount has changed. */
static void put(struct ssa *s, LLVMValueRef slot, LLVMValueRef changed, LLVMValueRef new, LLVMValueRef old)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMBuildStore(at, changed ? LLVMBuildSelect(at, changed, new, old, "") : new, slot);
}

void ssa_watch_event(struct ssa *s, LLVMValueRef t)
{
    struct emit *e = s->b.e;
    LLVMBuilderRef at = e->builder;
    for (int32_t i = 0; i < s->n_watched; i++) {
        const struct ssa_watched *w = &s->watched[i];
        if (!w->changes) {
            continue;
        }
        LLVMValueRef now = amount_now(s, w->elem.a), before = ssa_load_slot(s, e->real, w->value);
        if (w->elem.kind == CRNL_ELEM_DUAL) {
            now = LLVMBuildFSub(at, now, amount_now(s, w->elem.b), "");
        }
        LLVMValueRef changed = w->always ? NULL : LLVMBuildFCmp(at, LLVMRealUNE, now, before, "");
        LLVMValueRef since = ssa_load_slot(s, e->real, w->since), sum = ssa_load_slot(s, e->real, w->sum);
        LLVMValueRef d = LLVMBuildFSub(at, before, w->base, "");
        LLVMValueRef dwell = LLVMBuildFMul(at, d, LLVMBuildFSub(at, t, since, ""), "");
        put(s, w->sum, changed, LLVMBuildFAdd(at, sum, dwell, ""), sum);
        if (w->squared) {
            LLVMValueRef square = ssa_load_slot(s, e->real, w->square);
            LLVMValueRef more = LLVMBuildFAdd(at, square, LLVMBuildFMul(at, d, dwell, ""), "");
            put(s, w->square, changed, more, square);
        }
        put(s, w->since, changed, t, since);
        LLVMBuildStore(at, now, w->value);
    }
}

void ssa_watch_store(struct ssa *s)
{
    struct emit *e = s->b.e;
    LLVMValueRef to = s->n_watched > 0 ? address(s) : NULL;
    for (int32_t i = 0; i < s->n_watched; i++) {
        const struct ssa_watched *w = &s->watched[i];
        emit_store(e, ssa_load_slot(s, e->real, w->value), to,
                   place(i, offsetof(struct crnl_watched, value)));
        emit_store(e, ssa_load_slot(s, e->real, w->since), to,
                   place(i, offsetof(struct crnl_watched, since)));
        emit_store(e, ssa_load_slot(s, e->real, w->sum), to, place(i, offsetof(struct crnl_watched, sum)));
        emit_store(e, ssa_load_slot(s, e->real, w->square), to,
                   place(i, offsetof(struct crnl_watched, square)));
    }
}
