/* The SSA kernel under construction: shared by kern_ssa.c and kern_ssa_event.c alone. */
#ifndef CODEGEN_KERN_SSA_H
#define CODEGEN_KERN_SSA_H

#include "codegen/emit/emit.h"

struct ssa {
    struct emit_body b;
    struct emit_net_env env;
    const struct plan *plan;
    const struct crnl_model *m;
    LLVMValueRef w;                 /* struct crnl_ssa * */
    LLVMValueRef *slot, *amount;    /* of each species: stack slot, value at the place under construction */
    LLVMValueRef *k;                /* effective constants, loaded once */
    LLVMValueRef *a, *a_slot, *sum; /* propensities, their stack slots, their running sums inside groups */
    LLVMValueRef *top;              /* running sums of groups */
    LLVMValueRef running;       /* `sum` in memory, infinite behind the last one; NULL: there is one group */
    LLVMValueRef change;        /* table of changes, [reaction][changed species] */
    int32_t *column, n_columns; /* of a species in it; -1 unchanged */
    bool *by_law;               /* species that a law consumes: they could become negative */
    LLVMValueRef rng[4], t, t_next, done; /* stack slots */
    LLVMValueRef watch;                   /* struct crnl_watched[] */
    struct ssa_watched *watched;          /* ... and what it has in registers */
    int32_t n_watched;
    bool counts; /* some are over events: then there is a stack slot of those so far */
    LLVMValueRef count;
    LLVMBasicBlockRef leave; /* stores everything and returns `result` */
    LLVMValueRef result;
};

/* Of struct crnl_watched: stack slots, and what stays as it is; NULL: it has none. */
struct ssa_watched {
    struct crnl_watch_item item;
    bool changes, always; /* the reactions change it: some may, all do */
    LLVMValueRef value[2], since, sum, square, base, cell;
    int32_t size[2];
};

static inline int32_t ssa_law(const struct crnl_model *m, int32_t j)
{
    return m->law ? m->law[j] : -1;
}

LLVMValueRef ssa_load_slot(struct ssa *s, LLVMTypeRef type, LLVMValueRef slot);
/* The random stream between the kernel's registers and w->rng. */
void ssa_move_stream(struct ssa *s, bool to_memory);
/* Amounts as they are in the slots. */
void ssa_amounts(struct ssa *s);
/* Propensities at the amounts in the slots, into their slots. */
void ssa_propensities(struct ssa *s);
/* On entry, where k and amounts may be anything: leaves if a propensity is negative or not a number. */
void ssa_check_start(struct ssa *s);
/* kern_ssa_watch.c: statistics along a trajectory; begin and end of the kernel, after an event at t. */
void ssa_watch_load(struct ssa *s);
void ssa_watch_event(struct ssa *s, LLVMValueRef t);
void ssa_watch_store(struct ssa *s);
/* The loop over events; leaves by s->leave. */
void ssa_event_loop(struct ssa *s, LLVMValueRef max_events);

#endif
