/* Code for runs in lockstep under construction; included by kern_ssa_lanes*.c only. */
#ifndef CODEGEN_KERN_SSA_LANES_H
#define CODEGEN_KERN_SSA_LANES_H

#include <math.h>

#include "codegen/kern/kern_lanes.h"
#include "runtime/crnl_lockstep.h"

struct side_vector {   /* a vector of runs */
    int32_t first;     /* its first lane */
    LLVMValueRef *x;   /* by species: its stack slot; NULL: reactions do not change it */
    LLVMValueRef t;    /* stack slot: the time */
    LLVMValueRef live; /* a bit for each lane with a run */
    /* Of laws: by parameter its value, NULL before it is used; 1 / volume. By reaction the stack slot of the
     * propensity of a law, and its value behind the event. */
    LLVMValueRef *param, inv_volume, *law, *law_after;
    LLVMValueRef *x_after; /* by species: its amount behind the event */
    /* Of the present step: amounts; by reaction its propensity and the running sum inside its group; running
     * sums of groups; lanes whose reaction is in a group; the total; what the running sum must reach; the
     * reaction, or NULL if changes follow from running sums; the time of the event; lanes whose total is
     * neither too small nor infinite. */
    LLVMValueRef *amount, *a, *sum, top[LANES_GROUPS], here[LANES_GROUPS], total, r, index, next, good;
};

struct side {
    struct emit_body b;
    const struct plan *plan;
    const struct crnl_model *m;
    enum kern_lanes lanes;
    struct kern_number number;
    LLVMTypeRef words, mask, bits; /* of a vector */
    LLVMValueRef lockstep;         /* struct crnl_lockstep * */
    LLVMValueRef at, random;       /* stack slot: the step among those drawn ahead; where its numbers are */
    struct side_vector vector[LANES_VECTORS];
    int32_t *column, n_columns; /* by species: its column; -1: reactions do not change it */
    double **change;            /* by column and reaction */
    bool has_laws, *by_law;     /* by species: a law consumes it, so that its amount could become negative */
    struct crnl_watch_item *item;
    int32_t n_items;
    bool *changes, *always;  /* by item: some reactions change it; all surely do */
    LLVMBasicBlockRef leave; /* stores everything and returns the number of steps */
};

/* Places in struct crnl_lockstep, in bytes: of a member; from lane to lane; from one array of lanes to the
 * next. */
#define PLACE(member) offsetof(struct crnl_lockstep, member)
enum { LANE = sizeof(double), ROW = LANES_MOST * LANE };

/* kern_ssa_lanes_value.c: values of all lanes of a vector. Constants; what is in struct crnl_lockstep; stack
 * slots; conditions, and a bit for each lane of a vector, or of all vectors, where they hold. */
LLVMValueRef side_real(struct side *s, double v);
LLVMValueRef side_word(struct side *s, uint64_t v);
LLVMValueRef side_place(struct side *s, int32_t v);
LLVMValueRef side_load(struct side *s, LLVMTypeRef type, size_t place, const struct side_vector *v);
void side_store(struct side *s, LLVMValueRef value, size_t place, const struct side_vector *v);
LLVMValueRef side_slot(struct side *s, LLVMTypeRef type);
LLVMValueRef side_of_slot(struct side *s, LLVMTypeRef type, LLVMValueRef from);
LLVMValueRef side_less(struct side *s, LLVMValueRef a, LLVMValueRef b);
LLVMValueRef side_choose(struct side *s, LLVMValueRef mask, LLVMValueRef yes, LLVMValueRef no);
LLVMValueRef side_bits(struct side *s, LLVMValueRef mask);
LLVMValueRef side_all_bits(struct side *s, LLVMValueRef of[LANES_VECTORS]);
/* Goes on in the returned block after what is done where some lane has a bit. */
LLVMBasicBlockRef side_begin_if_any(struct side *s, LLVMValueRef of[LANES_VECTORS]);

#endif
