/* Code for several runs at once, one in each lane of vectors. Where the code of one run has a number, it has
 * a vector of numbers; the operations and their order are the same. */
#ifndef CODEGEN_KERN_LANES_H
#define CODEGEN_KERN_LANES_H

#include "codegen/emit/emit.h"

/* vectors for a kind of processor, or one number; ORDER crnl_lanes */
enum kern_lanes { KERN_AVX2, KERN_AVX512, KERN_ONE };
struct kern_number {
    LLVMTypeRef type;
    size_t size; /* in bytes */
    int lanes;
    bool is_wide;
};
struct kern_number kern_lanes_number(struct emit *e, enum kern_lanes lanes);
LLVMValueRef kern_lanes_constant(struct emit *e, const struct kern_number *n, double v);
/* Starts a function for such processors; on others it must not be called. Only the code of kern_lanes_choice
 * calls it. */
LLVMValueRef kern_lanes_function(struct emit *e, const char *name, LLVMTypeRef type, enum kern_lanes lanes);

/* kern_ssa_lanes.c: the part of kern_emit_ssa_unrolled for networks whose runs may be in lockstep. */
LLVMValueRef kern_emit_ssa_lanes(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                                 const char *name, enum kern_lanes lanes);

/* Whether code for several runs is made for processors of the target. */
bool kern_lanes_pay(struct emit *e);
/* Emits netINDEX_MEMBER, which chooses by its first argument among the functions that `make` emits and passes
 * the other arguments on. `only_widest`: code in memory is needed for the widest vectors alone. */
LLVMValueRef kern_lanes_choice(struct emit *e, const struct plan *plan, struct emit_cache *cache, int index,
                               const char *member, bool only_widest,
                               LLVMValueRef (*make)(struct emit *e, const struct plan *plan,
                                                    struct emit_cache *cache, const char *name,
                                                    enum kern_lanes lanes));
/* kern_reverse.c: the part of kern_emit_ode_unrolled for networks whose derivatives are needed. */
LLVMValueRef kern_emit_reverse(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                               const char *name, enum kern_lanes lanes);

#endif
