/* The SSA kernel under construction; included by the kern_ssa*.c files only. */
#ifndef CODEGEN_KERN_SSA_H
#define CODEGEN_KERN_SSA_H

#include "codegen/emit/emit.h"

struct ssa {
    struct emit_body b;
    struct emit_net_env env;
    const struct plan *plan;
    const struct crnl_model *m;
    LLVMValueRef w;              /* struct crnl_ssa * */
    LLVMValueRef *slot, *amount; /* by species: its stack slot, its value at the current place */
    LLVMValueRef *k;             /* effective rate constants, loaded once */
    /* by reaction: propensity, its stack slot, running sum inside its group */
    LLVMValueRef *a, *a_slot, *sum;
    LLVMValueRef *top;          /* by group: running sums of the groups */
    LLVMValueRef running;       /* `sum` in memory, followed by infinity; NULL: there is only one group */
    LLVMValueRef change;        /* table of changes, [n_reactions][n_columns] */
    int32_t *column, n_columns; /* by species: its column; -1: reactions do not change it */
    int32_t *changed;           /* by column: the species */
    bool chooses; /* amounts are selected among those after each reaction, not read from `change` */
    bool *by_law; /* by species: a law consumes it, so that its amount could become negative */
    LLVMValueRef rng[4], t, t_next, done; /* stack slots */
    LLVMValueRef watch;                   /* struct crnl_watched[] */
    struct ssa_watched *watched;          /* by watched quantity: what is in registers */
    int32_t n_watched;
    bool counts; /* some are averages over events; `count` is then a stack slot for their number */
    LLVMValueRef count;
    LLVMBasicBlockRef leave; /* stores everything and returns `result` */
    LLVMValueRef result;
};

/* Stack slots and constants of a struct crnl_watched; NULL: it has none. */
struct ssa_watched {
    struct crnl_watch_item item;
    bool changes, always; /* some reactions change the quantity; all do */
    LLVMValueRef value[2], since, sum, square, base, cell;
    int32_t size[2];
};

static inline int32_t ssa_law(const struct crnl_model *m, int32_t j)
{
    return m->law ? m->law[j] : -1;
}

LLVMValueRef ssa_load_slot(struct ssa *s, LLVMTypeRef type, LLVMValueRef slot);
/* Copies the random stream between the kernel's registers and w->rng. */
void ssa_move_stream(struct ssa *s, bool to_memory);
/* Whether selecting the amounts after an event takes less time than reading their changes. */
bool ssa_choosing_pays(const struct ssa *s);
/* Loads amounts from their slots. */
void ssa_amounts(struct ssa *s);
/* Computes propensities from the amounts in the slots and stores them in their slots. */
void ssa_propensities(struct ssa *s);
/* Emits the check at the start, where rate constants and amounts may be anything: leaves if a propensity is
 * negative or not a number. */
void ssa_check_start(struct ssa *s);
/* kern_ssa_watch.c: statistics along a trajectory, at the start and end of the kernel and after an event at
 * time t. */
void ssa_watch_load(struct ssa *s);
void ssa_watch_event(struct ssa *s, LLVMValueRef t);
void ssa_watch_store(struct ssa *s);
/* Emits the loop over events, which ends at s->leave. */
void ssa_event_loop(struct ssa *s, LLVMValueRef max_events);

#endif
