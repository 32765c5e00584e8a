/* PTX, the assembly language of NVIDIA's graphics processors, decoded once and run on the CPU: that part of
 * it which LLVM writes for the kernels of crnlc. The decoder refuses all else, so that a text that passes has
 * instructions that are known, registers of the right types, and labels that exist.
 *
 * A module owns what was decoded from its text; `memory` owns the bytes of the device. */
#ifndef TESTS_GPU_PTX_H
#define TESTS_GPU_PTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An allocation or a table of a module. Its number is in the upper bits of its addresses, and is not given
 * out again, so that an address stays wrong once it is freed. An address is no pointer: a host that follows
 * one crashes. */
struct region {
    unsigned char *bytes; /* NULL: freed */
    uint64_t size;
};

struct memory {
    struct region *regions;
    size_t count;
};

enum { OFFSET_BITS = 40, FIRST_REGION = 1 << 22, JUNK = 0xa5 /* in memory that nobody has written */ };

void *had(void *memory);                              /* aborts if that is NULL */
uint64_t memory_add(struct memory *m, uint64_t size); /* an address */
void memory_remove(struct memory *m, uint64_t at);

/* The region of an address, or NULL, and where in it. */
static inline struct region *memory_region(const struct memory *m, uint64_t at, uint64_t *offset)
{
    uint64_t k = (at >> OFFSET_BITS) - FIRST_REGION;
    *offset = at & ((UINT64_C(1) << OFFSET_BITS) - 1);
    return k < m->count && m->regions[k].bytes ? &m->regions[k] : NULL;
}

/* So many bytes at an address; NULL if they are not all inside a region. */
static inline unsigned char *memory_bytes(const struct memory *m, uint64_t at, uint64_t size)
{
    uint64_t offset;
    const struct region *r = memory_region(m, at, &offset);
    return r && offset <= r->size && size <= r->size - offset ? r->bytes + offset : NULL;
}

enum op {
#define OP(name, operands, value)    OP_##name,
#define LOAD(name, operands, bytes)  OP_##name,
#define STORE(name, operands, bytes) OP_##name,
#include "ptx_ops.def"
    OP_ret,
    OP_bra,
    OP_bra_if,
    OP_bra_unless,
};

/* Operands are slots of the frame of a thread: special registers, parameters, registers, constants. */
enum { SLOT_TID, SLOT_NTID, SLOT_CTAID, SLOT_NCTAID }; /* ORDER SLOT */

struct instruction {
    enum op op;
    int line;
    int32_t r[4];   /* as the letters of ptx_ops.def say; of a branch, the condition */
    int64_t offset; /* added to an address; of a branch, the instruction that it goes to */
};

struct module {
    char *text, *name; /* of the kernel */
    struct instruction *code;
    uint64_t *slots;                                            /* what a frame holds at first */
    uint64_t *tables;                                           /* addresses */
    size_t n_code, n_slots, n_tables, n_parameters, parameters; /* slot of the first parameter */
};

/* NULL if the text is wrong, with a message in log. */
struct module *ptx_load(const char *text, struct memory *memory, char *log, size_t log_size);
void ptx_free(struct module *m, struct memory *memory);
const char *ptx_line(const char *text, int line, int *length);

struct launch {
    const struct module *module;
    const struct memory *memory;
    unsigned blocks, threads; /* of a block */
    void **parameters;
    uint64_t steps; /* instructions that were run */
};

enum outcome { RUN_DONE, RUN_BAD_ADDRESS, RUN_MISALIGNED }; /* ORDER OUTCOME */

/* Runs the threads one after the other; tells on stderr what went wrong. */
enum outcome ptx_run(struct launch *l);

#endif
