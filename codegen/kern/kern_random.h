/* Random numbers in emitted code. A stream is four stack slots of 64 bits. */
#ifndef CODEGEN_KERN_RANDOM_H
#define CODEGEN_KERN_RANDOM_H

#include "codegen/emit/emit.h"

/* The next word of xoshiro256++, as crnl_rng_next computes it. */
LLVMValueRef kern_random_word(struct emit *e, const LLVMValueRef stream[4]);
/* A number above 0, up to 1, as crnl_rng_uniform computes it. */
LLVMValueRef kern_random_uniform(struct emit *e, const LLVMValueRef stream[4]);

#endif
