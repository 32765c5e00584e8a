/* Code for runs side by side under construction; included by kern_ssa_lanes*.c and kern_gpu.c only. */
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
    /* Stack slots of what is watched, [n_items][LANES_PARTS], and of the number of events; NULL: they are in
     * memory. */
    LLVMValueRef *watch, events;
    LLVMValueRef *k, stop; /* by reaction its constant, and t_stop; NULL: they are loaded in each step */
    /* Of the present step: amounts; by reaction its propensity and the running sum inside its group; running
     * sums of groups; lanes whose reaction is in a group; the total; what the running sum must reach; the
     * reaction, or NULL if changes follow from running sums; the time of the event; lanes whose total is
     * neither too small nor infinite. */
    LLVMValueRef *amount, *a, *sum, top[LANES_GROUPS], here[LANES_GROUPS], total, r, index, next, good;
};

/* Where numbers of lanes are in memory, in bytes from `lockstep` on, and from one species, reaction or
 * condition to the next. */
struct side_places {
    size_t x, k, inv_volume, t, t_stop, t_next, held, watched, events, row;
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
    struct side_places place;
    LLVMValueRef (*load_parameter)(struct side *s, const struct side_vector *v, int32_t i);
    void (*see_bins)(struct side *s, struct side_vector *v, int32_t item, LLVMValueRef t);
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

/* kern_ssa_lanes_event.c. side_init begins the function; plan, m, lanes, number, place and load_parameter are
 * set before, lockstep behind it, before a vector is loaded; `live` of a vector is for the caller to set. */
void side_init(struct side *s, struct emit *e, struct emit_cache *cache, LLVMValueRef f);
void side_load_vector(struct side *s, struct side_vector *v);
void side_load_constants(struct side *s, struct side_vector *v); /* for all steps, where registers suffice */
void side_store_vector(struct side *s, struct side_vector *v);   /* amounts and time */
void side_store_amounts(struct side *s, struct side_vector *v);
void side_load_amounts(struct side *s, struct side_vector *v); /* from their slots */
/* A step: sums of propensities; the reaction, by a uniform number; the time of the event, by an exponential
 * one, with the lanes in which it is late; amounts behind it; these become those of the next step. */
void side_sum_up(struct side *s, struct side_vector *v);
void side_select(struct side *s, struct side_vector *v, LLVMValueRef choice);
LLVMValueRef side_find_next(struct side *s, struct side_vector *v, LLVMValueRef wait);
void side_fire(struct side *s, struct side_vector *v);
void side_keep(struct side *s, struct side_vector *v);
/* Propensities of laws, at these amounts or behind the event: the lanes in which one is negative or not a
 * number, or an amount is negative. side_keep_laws: they become those of the next step. */
LLVMValueRef side_compute_laws(struct side *s, struct side_vector *v, const LLVMValueRef *amount);
LLVMValueRef side_check_laws(struct side *s, struct side_vector *v);
void side_keep_laws(struct side *s, struct side_vector *v);
/* A bit for each lane in which a condition is not what it was when the run was last looked at. */
LLVMValueRef side_turned(struct side *s, struct side_vector *v);
/* Values of formulas: b.env is where their leaves are. */
struct side_leaves {
    struct side *s;
    struct side_vector *v;
    const LLVMValueRef *amount; /* by species */
};
LLVMValueRef side_parameter(struct side *s, struct side_vector *v, int32_t i);

/* kern_ssa_lanes_watch.c: averages along the trajectory. side_find_items comes before; side_see_all behind an
 * event at time t. */
void side_find_items(struct side *s);
void side_see_all(struct side *s, struct side_vector *v, LLVMValueRef t);
void side_load_watched(struct side *s, struct side_vector *v); /* into stack slots, for all steps */
void side_store_watched(struct side *s, struct side_vector *v);
LLVMValueRef side_watched(struct side *s, struct side_vector *v, const struct crnl_elem *elem);
LLVMValueRef side_watch_get(struct side *s, const struct side_vector *v, int32_t item, enum lanes_part part);
void side_watch_put(struct side *s, const struct side_vector *v, int32_t item, enum lanes_part part,
                    LLVMValueRef value);

#endif
