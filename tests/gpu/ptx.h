/* Text of PTX, decoded once and run on the CPU: what a stand-in for a GPU's driver needs. The decoder accepts
 * the part of PTX that LLVM's NVPTX back end writes for scalar kernels and rejects the rest, so that a text
 * that passes here has known instructions, declared registers of the right types and labels that exist.
 *
 * A module owns everything decoded from its text; memory owns the bytes of regions. Addresses are not
 * pointers: a host that follows one crashes, and each access of a kernel is checked. */
#ifndef TESTS_GPU_PTX_H
#define TESTS_GPU_PTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* State spaces. Global addresses are the generic ones; the others have a window in the generic addresses, to
 * which cvta converts, and addresses of their own that count from the window's start. */
enum space { SPACE_GENERIC, SPACE_GLOBAL, SPACE_CONST, SPACE_LOCAL, SPACE_PARAM };
#define GLOBAL_WINDOW UINT64_C(0x700000000000)
#define CONST_WINDOW  UINT64_C(0x600000000000)
#define LOCAL_WINDOW  UINT64_C(0x500000000000)
#define WINDOW_SIZE   UINT64_C(0x100000000000)

/* A live allocation, a variable of a module, or the local memory of the thread that runs. */
struct region {
    uint64_t at, size; /* generic address, bytes */
    unsigned char *bytes;
    enum space space;
    bool allocated; /* by the host, which may free it */
};

/* Regions by address. An address is never given out twice, so that one that was freed stays wrong. */
struct memory {
    struct region **regions;
    size_t count, room;
    uint64_t next_global, next_const;
    uint64_t used; /* bytes allocated by the host */
};

struct region *memory_add(struct memory *m, enum space space, uint64_t size); /* NULL: no memory */
void memory_remove(struct memory *m, struct region *r);
struct region *memory_find(const struct memory *m,
                           uint64_t at); /* the last that starts at or before; or NULL */

/* Operations: arithmetic is listed in ptx_ops.def, the others here. */
enum op {
#define OP(name, operands, ...) OP_##name,
#include "ptx_ops.def"
#undef OP
    OP_skip_unless, /* r[0] a predicate, flag its wanted value: the next offset ones are not run otherwise */
    OP_bra,
    OP_bra_if,
    OP_brx,
    OP_call,
    OP_ret,
    OP_exit,
    OP_trap,
    OP_nothing,
    OP_cvt,
    OP_pack,   /* mov.b64 d, {a, b}: bits each in type.bits, count parts */
    OP_unpack, /* mov.b64 {a, b}, d */
    OP_ld,
    OP_st,
    OP_atom,
};

struct type {
    char kind; /* b, u, s, f as in PTX, p a predicate */
    unsigned char bits;
};

enum rounding { ROUND_NONE, ROUND_N, ROUND_Z, ROUND_M, ROUND_P, ROUND_NI, ROUND_ZI, ROUND_MI, ROUND_PI };
enum atomic { ATOM_add, ATOM_and, ATOM_or, ATOM_xor, ATOM_exch, ATOM_min, ATOM_max, ATOM_cas };

#define SLOT_NONE (-1)
struct instruction {
    uint16_t op;         /* enum op */
    unsigned char count; /* parts of a vector */
    unsigned char flag;  /* OP_bra_if, OP_skip_unless: wanted value; cvt: .sat */
    unsigned char space, rounding, atomic;
    unsigned char cost;     /* 0 for one that was added by the decoder */
    struct type type, from; /* cvt: to and from; ld, st: of what is in memory */
    int32_t r[5];           /* slots of the frame; which is what: ptx_ops.def, and at ptx_run.c */
    uint64_t mask[4];       /* the width of a register that is loaded or converted to, for each part */
    int64_t
        offset; /* ld, st, atom: added to the address; bra: target; brx, call: index; skip_unless: how many */
    struct region *hit; /* where the last access went */
    int line;
};

/* Slots of a frame: these, then registers, then constants, so that every operand is a slot. */
enum {
    SLOT_TID,                   /* x y z */
    SLOT_NTID = SLOT_TID + 3,   /* x y z */
    SLOT_CTAID = SLOT_NTID + 3, /* x y z */
    SLOT_NCTAID = SLOT_CTAID + 3,
    SLOT_LANE = SLOT_NCTAID + 3,
    SLOT_WARP,
    SLOT_CARRY,
    SLOT_DEPOT, /* local address of the function's .local variables */
    SLOTS_SPECIAL
};

struct param {
    uint32_t at, size; /* in the frame's bytes of parameters */
};

struct call {
    const char *name;
    int line;
    struct function *callee;
    struct param *arguments, *result; /* in the caller's bytes; result NULL without one */
    size_t argument_count;
};

struct branches {
    int32_t *targets;
    size_t count;
};

struct function {
    char *name;
    bool entry, defined;
    struct instruction *code;
    size_t code_count, code_room;
    uint64_t *slots; /* what a frame starts with */
    size_t slot_count, slot_room;
    struct param *params; /* formal ones */
    size_t param_count, param_room;
    struct param result;
    bool has_result;
    uint32_t param_bytes;              /* formal ones, results, and those of calls */
    uint32_t depot_bytes, depot_align; /* .local variables */
    struct call *calls;
    size_t call_count, call_room;
    struct branches *branches;
    size_t branches_count, branches_room;
    uint32_t max_threads; /* of a block: .maxntid, .reqntid; 0 for any */
};

struct module;
/* Decodes a text; NULL if it is wrong, with a message in log, or if memory ran out. capability is 70 for 7.0.
 * Functions, globals and constants of the text are in the module; it is to be freed with ptx_free. */
struct module *ptx_load(const char *text, struct memory *memory, int capability, char *log, size_t log_size);
void ptx_free(struct module *m);
struct function *ptx_function(struct module *m, const char *name); /* an entry; NULL if there is none */
void ptx_forget_hits(struct module *m);                            /* regions may have been removed */
const char *ptx_line(const struct module *m, int line, int *length);

struct launch {
    struct module *module;
    struct function *function;
    struct memory *memory;
    uint32_t grid[3], block[3];
    const unsigned char *params; /* laid out as function->params says */
    uint64_t step_limit;         /* instructions of a thread; 0 for any number */
    uint64_t steps;              /* instructions that were run */
};

enum outcome { RUN_DONE, RUN_BAD_ADDRESS, RUN_MISALIGNED, RUN_FAILED, RUN_TOO_LONG, RUN_NO_MEMORY };
/* Runs the threads one after the other; tells on stderr what went wrong. */
enum outcome ptx_run(struct launch *launch);

#endif
