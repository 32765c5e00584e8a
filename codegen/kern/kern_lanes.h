/* Code for several runs at once, one in each lane of vectors: what is a number in the code of one run is a
 * vector of CRNL_LANES there, and operations are the same in the same order. */
#ifndef CODEGEN_KERN_LANES_H
#define CODEGEN_KERN_LANES_H

#include "codegen/emit/emit.h"

/* One number, or vectors for a kind of processor; ORDER crnl_lanes */
enum kern_lanes { KERN_AVX2, KERN_AVX512, KERN_ONE };
struct kern_number {
    LLVMTypeRef type;
    size_t size; /* bytes */
    bool is_wide;
};
struct kern_number kern_lanes_number(struct emit *e, enum kern_lanes lanes);
LLVMValueRef kern_lanes_constant(struct emit *e, const struct kern_number *n, double v);
/* A function for such processors; for others only kern_lanes_choice calls it. */
LLVMValueRef kern_lanes_function(struct emit *e, const char *name, LLVMTypeRef type, enum kern_lanes lanes);

/* Whether this network, and processors of the target, have such code. */
bool kern_lanes_pay(struct emit *e, const struct plan *plan);
/* netINDEX_MEMBER: its first argument says which of the functions that `make` emits gets the others. */
LLVMValueRef kern_lanes_choice(struct emit *e, const struct plan *plan, struct emit_cache *cache, int index,
                               const char *member,
                               LLVMValueRef (*make)(struct emit *e, const struct plan *plan,
                                                    struct emit_cache *cache, const char *name,
                                                    enum kern_lanes lanes));
/* kern_reverse.c: what kern_emit_ode_unrolled makes of a network whose derivatives are asked for. */
LLVMValueRef kern_emit_reverse(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                               const char *name, enum kern_lanes lanes);

#endif
