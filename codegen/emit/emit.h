/* Emission of LLVM IR. `struct emit` owns all LLVM objects of one module: context, module, builder, target
 * machine; emit_destroy releases them. `struct emit_body` is a function under construction, which turns
 * expressions of one pool into instructions. In registers, reals are double, integers i64, booleans i1, texts
 * pointers. In memory, booleans are bytes and arrays are row-major and contiguous. Results have the same bits
 * as those of expr_eval, since no fast-math flag is set and no sum is reordered. */
#ifndef CODEGEN_EMIT_H
#define CODEGEN_EMIT_H

#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>

#include "codegen/engine.h"
#include "support/intern.h"

/* Functions that generated code calls: those of crnl_abi.def, then those of the C library. */
enum emit_abi {
#define ABI(function, result, parameters) ABI_##function,
#include "runtime/crnl_abi.def"
#undef ABI
    ABI_strcmp,
    ABI_COUNT
};

struct emit_callee {
    LLVMTypeRef type;
    LLVMValueRef function; /* NULL until it is used */
};

struct emit_text {
    const char *text;
    LLVMValueRef global;
};

struct emit {
    LLVMContextRef context;
    LLVMModuleRef module;
    LLVMBuilderRef builder;
    LLVMTargetMachineRef machine;
    LLVMTypeRef none, ptr, i1, i8, i32, i64, real;
    LLVMValueRef null;
    struct emit_callee abi[ABI_COUNT];
    LLVMTypeRef rate_type; /* double f(x, t, p, c, inv_volume, list): an expression (emit_net.c) */
    struct intern *texts;  /* texts by content, so that each is emitted once */
    VEC(struct emit_text) text_global;
    struct arena *arena;
    bool for_host;       /* the code runs on this computer only */
    bool has_static;     /* emit_static was called */
    int32_t n_memories;  /* how many memories of contexts code has (crnl_memory) */
    LLVMLinkage linkage; /* linkage of functions that a model or program points to */
};

/* Takes ownership of the machine. */
struct emit *emit_create(const char *module_name, LLVMTargetMachineRef machine);
void emit_destroy(struct emit *e);

/* ---- Constants and declarations (emit.c, emit_data.c) */
LLVMValueRef emit_i32(struct emit *e, int64_t v);
LLVMValueRef emit_i64(struct emit *e, int64_t v);
LLVMValueRef emit_real(struct emit *e, double v);
LLVMValueRef emit_bool(struct emit *e, bool v);
/* Calls a runtime function at the builder's place; declares it at its first use. */
LLVMValueRef emit_call(struct emit *e, enum emit_abi which, LLVMValueRef *args, unsigned n);
LLVMValueRef emit_intrinsic1(struct emit *e, const char *name, LLVMValueRef x);
LLVMValueRef emit_intrinsic2(struct emit *e, const char *name, LLVMValueRef x, LLVMValueRef y);
/* Constant bytes as a private global, aligned to 16 bytes; a null pointer if `bytes` is 0 or `data` is
 * NULL. */
LLVMValueRef emit_blob(struct emit *e, const char *name, const void *data, size_t bytes);
LLVMValueRef emit_text(struct emit *e, const char *text); /* NULL gives the null pointer */
/* The addresses of n texts (null for NULL); emit_texts makes a table of them. */
void emit_text_list(struct emit *e, const char *name, const char *const *text, size_t n, LLVMValueRef *entry);
LLVMValueRef emit_texts(struct emit *e, const char *name, const char *const *text, size_t n);
/* A private constant array of constants of one type; a null pointer if n is 0. */
LLVMValueRef emit_table(struct emit *e, const char *name, LLVMTypeRef type, LLVMValueRef *values, size_t n);
/* A private constant global. */
LLVMValueRef emit_constant(struct emit *e, const char *name, LLVMValueRef value);
/* Asserts that a structure has the size that it has in C. */
void emit_check_size(struct emit *e, LLVMValueRef value, size_t bytes);
LLVMValueRef emit_external(struct emit *e, const char *name); /* the address of a runtime variable */
LLVMValueRef emit_function(struct emit *e, const char *name, LLVMTypeRef type, LLVMLinkage linkage);
void emit_prevent_inlining(struct emit *e, LLVMValueRef function);
/* Keeps the optimiser from making vectors of the scalar numbers of the function. */
void emit_keep_scalar(struct emit *e, LLVMValueRef function);
/* Gives the function an attribute of the target, such as "target-cpu". */
void emit_target(struct emit *e, LLVMValueRef function, const char *attribute, const char *value);
/* Keeps the optimiser away from a function that is too large or runs too rarely to be worth its time. */
void emit_prevent_optimisation(struct emit *e, LLVMValueRef function);
/* The address p + bytes, to access a field. */
LLVMValueRef emit_at(struct emit *e, LLVMValueRef p, size_t bytes);
LLVMValueRef emit_load(struct emit *e, LLVMTypeRef type, LLVMValueRef p, size_t bytes);
void emit_store(struct emit *e, LLVMValueRef v, LLVMValueRef p, size_t bytes);

/* ---- Bodies (emit_body.c) ------------------------------------------------------------------------------ */

/* The form of a node in the function under construction. */
enum emit_form {
    FORM_NONE,
    FORM_REGISTER, /* a scalar: its value */
    FORM_MEMORY,   /* an array: a pointer to its elements */
    FORM_LAZY      /* an array whose operands are ready and whose elements are computed on demand; for TAKE,
                    * the checked index */
};
struct emit_memo {
    LLVMValueRef value;
    uint8_t form;
};
struct emit_undo {
    expr_id id;
    struct emit_memo old;
};
/* An array that a branch in a loop reads and that is the same in every turn: the first turn which reads it
 * computes it and sets `done`. */
struct emit_once {
    LLVMValueRef done;   /* NULL: the node is none of these */
    LLVMValueRef memory; /* NULL: no code reads it yet */
};
/* The form of each node of a pool, and how to undo it when a scope ends. All bodies over the pool use it in
 * turn. */
struct emit_cache {
    const struct expr_pool *pool;
    struct emit_memo *memo;
    uint32_t *uses; /* number of parents of a node, below the roots counted last */
    uint64_t *open; /* for emit_hoist.c: the binders that a node depends on */
    bool *seen;
    struct emit_once *once; /* for emit_hoist.c, by node */
    size_t n;
    VEC(struct emit_undo) undo;
    VEC(expr_id) counted;
};
void emit_cache_init(struct emit_cache *c, const struct expr_pool *pool);
void emit_cache_free(struct emit_cache *c);

struct emit_buffer {
    LLVMValueRef memory;
    int64_t bytes;
    bool busy;
};

struct emit_body {
    struct emit *e;
    struct emit_cache *cache;
    const struct expr_pool *pool;
    LLVMValueRef function;
    LLVMBasicBlockRef entry; /* allocas and memory of the context; ends with a jump to the first real block */
    LLVMBasicBlockRef fail;  /* the block that is jumped to, with `status` set, when a call fails */
    LLVMValueRef status;     /* i32 alloca */
    LLVMValueRef ctx;        /* struct crnl_ctx *; NULL in the code of networks */
    bool shared;             /* several threads may run it at once, so it has no static buffers */
    int32_t line;            /* the line for messages */
    /* NULL, or the type of a real number in all lanes of a vector: each operator then works on all lanes, and
     * expressions have neither integers nor arrays (plan_kernels.c). */
    LLVMTypeRef wide;
    /* Emits a leaf, scalar or array, that the user of the body defines: SPECIES PARAM TIME CAPTURE in
     * networks, GLOBAL VAR NET_GET ... in experiments. Returns a register for a scalar, a pointer for an
     * array. */
    LLVMValueRef (*leaf)(struct emit_body *b, const struct expr *x);
    const void *env;
    VEC(LLVMValueRef) binder; /* by binder number: its current value; NULL: not bound */
    VEC(struct emit_buffer) buffer;
};

/* Starts a function. cache is NULL if it emits no expressions. Members ctx, shared, leaf and env are set
 * afterwards. */
void emit_body_init(struct emit_body *b, struct emit *e, struct emit_cache *cache, LLVMValueRef function);
/* Ends a function: emits the block of failures, which returns the status or, in the code of networks, NaN;
 * frees the rest. */
void emit_body_finish(struct emit_body *b);
/* A scope: emit_release forgets what was emitted since the mark. */
size_t emit_mark(const struct emit_body *b);
void emit_release(struct emit_body *b, size_t mark);
void emit_remember(struct emit_body *b, expr_id id, enum emit_form form, LLVMValueRef v);
/* Called before a statement: counts the uses of each node below the roots, so that a node used twice is
 * kept. */
void emit_count_uses(struct emit_body *b, const expr_id *root, size_t n);
/* Called after a statement: forgets everything and frees its buffers for later statements. */
void emit_statement_end(struct emit_body *b);

LLVMBasicBlockRef emit_block(struct emit_body *b, const char *name);
void emit_enter(struct emit_body *b, LLVMBasicBlockRef block); /* jumps to the block and goes on there */
/* Goes on in `join`; the result is v[i] after the block from[i]. */
LLVMValueRef emit_merge(struct emit_body *b, LLVMTypeRef type, LLVMBasicBlockRef join, LLVMValueRef v[2],
                        LLVMBasicBlockRef from[2]);
LLVMValueRef emit_alloca(struct emit_body *b, LLVMTypeRef type, const char *name);
LLVMValueRef emit_slot(struct emit_body *b, enum expr_type type); /* stack memory for a scalar */
/* Memory for an array: until the statement ends; for as long as the function, or static. */
LLVMValueRef emit_buffer(struct emit_body *b, enum expr_type type, int64_t elements);
LLVMValueRef emit_array_memory(struct emit_body *b, int64_t bytes, const char *name);
LLVMValueRef emit_static(struct emit *e, int64_t bytes, const char *name);
void emit_copy(struct emit_body *b, enum expr_type type, LLVMValueRef to, LLVMValueRef from,
               int64_t elements);
/* Goes on if the i32 status is 0, else returns it from the function. */
void emit_check(struct emit_body *b, LLVMValueRef status);
/* Goes on if the i1 holds, else returns the status of error(args) from the function. In the code of networks
 * args are ignored and the function returns NaN. */
void emit_require(struct emit_body *b, LLVMValueRef holds, enum emit_abi error, LLVMValueRef *args,
                  unsigned n);
/* Returns the status of crnl_index_error from the function unless 0 <= index < size. */
void emit_index_check(struct emit_body *b, LLVMValueRef index, int64_t size, int32_t line);
/* Tells the optimiser that the first (or second) target of a conditional jump is rarely taken. */
void emit_unlikely(struct emit *e, LLVMValueRef branch, bool second);

/* The loop for (i = 0; i < n; i++); its body is emitted between begin and end. */
struct emit_loop {
    LLVMValueRef i, n;
    LLVMBasicBlockRef head;
};
void emit_loop_begin(struct emit_body *b, struct emit_loop *l, int64_t n); /* for n >= 1 */
void emit_loop_end(struct emit_body *b, struct emit_loop *l);

LLVMTypeRef emit_memory_type(struct emit *e, enum expr_type type);
int64_t emit_size_of(enum expr_type type);
LLVMValueRef emit_element_at(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i);
/* Loads or stores element i of an array in memory; i NULL: the first. */
LLVMValueRef emit_get(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i);
void emit_put(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i, LLVMValueRef v);

/* ---- Expressions --------------------------------------------------------------------------------------- */
LLVMValueRef emit_scalar(struct emit_body *b, expr_id id);      /* emit_expr.c */
LLVMValueRef emit_scalar_real(struct emit_body *b, expr_id id); /* converted to a real number */
LLVMValueRef emit_array(struct emit_body *b, expr_id id);       /* emit_array.c */
void emit_array_into(struct emit_body *b, expr_id id, LLVMValueRef out);
/* The elements in memory, converted to `type` (integers and booleans to reals, booleans to integers); a
 * scalar is one element. */
LLVMValueRef emit_values(struct emit_body *b, expr_id id, enum expr_type type);
LLVMValueRef emit_gather_scalar(struct emit_body *b, expr_id id);

/* emit_op.c: operators on one element, or on that of each lane. */
LLVMValueRef emit_constant_of_lanes(struct emit_body *b, LLVMValueRef constant); /* itself without lanes */
LLVMValueRef emit_convert(struct emit_body *b, LLVMValueRef v, enum expr_type from, enum expr_type to);
LLVMValueRef emit_apply1(struct emit_body *b, enum expr_op op, enum expr_type type, LLVMValueRef v);
LLVMValueRef emit_apply2(struct emit_body *b, enum expr_op op, enum expr_type type, LLVMValueRef v,
                         LLVMValueRef w);

/* emit_array.c, for emit_fold.c: element `at` (one index for each axis) of a prepared array. */
struct emit_index {
    LLVMValueRef at[SHAPE_MAX_RANK];
};
void emit_prepare(struct emit_body *b, expr_id id);
LLVMValueRef emit_element(struct emit_body *b, expr_id id, const struct emit_index *at);
/* Loops over all elements of a shape in row-major order; `linear` is the number of the element. */
struct emit_nest {
    struct shape shape;
    struct emit_loop loop[SHAPE_MAX_RANK];
    struct emit_index at;
    LLVMValueRef linear;
};
void emit_nest_begin(struct emit_body *b, struct emit_nest *n, struct shape shape);
void emit_nest_end(struct emit_body *b, struct emit_nest *n);

/* emit_fold.c: reductions, products, comprehensions. */
LLVMValueRef emit_reduce(struct emit_body *b, expr_id id); /* SUM MIN_OF MAX_OF ARGMIN ARGMAX */
LLVMValueRef emit_fold_scalar(struct emit_body *b, expr_id id);
void emit_fold_into(struct emit_body *b, expr_id id, LLVMValueRef out);
void emit_map_into(struct emit_body *b, expr_id id, LLVMValueRef out);
void emit_matmul_into(struct emit_body *b, expr_id id, LLVMValueRef out);
/* emit_hoist.c: called before a loop, with its condition and its body; evaluates what every turn needs and no
 * binder changes, and prepares `emit_once` for what only some turns read. It ends with the loop. */
struct emit_hoisted {
    VEC(expr_id) once;
};
void emit_hoist(struct emit_body *b, struct emit_hoisted *h, expr_id condition, expr_id body);
void emit_hoist_end(struct emit_body *b, struct emit_hoisted *h);
/* Computes the array unless an earlier turn has; NULL if it is not one that is computed once. */
LLVMValueRef emit_once(struct emit_body *b, expr_id id);

/* ---- Networks ------------------------------------------------------------------------------------------ */

/* Where the leaves of a network's expressions are: amounts, time, parameters and captured values. */
struct emit_net_env {
    LLVMValueRef x, t, p, c, inv_volume;
    const LLVMValueRef *species; /* amounts in registers; NULL: they are loaded from x */
};
LLVMValueRef emit_net_leaf(struct emit_body *b, const struct expr *x);
/* k times a law or its derivative; 0 if k is 0, whatever the value of the law. */
LLVMValueRef emit_net_rate(struct emit *e, LLVMValueRef k, LLVMValueRef law);

/* Functions of a network, named net0_expr, net0_rhs, ...; NULL if the library's tables replace them. */
struct emit_net {
    LLVMValueRef expr;
#define FUNCTION(slot, member, result, parameters) LLVMValueRef member;
#include "runtime/crnl_kernel.def"
};
struct emit_net emit_net_code(struct emit *e, const struct plan *plan, int index);
LLVMValueRef emit_net_expr(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                           const char *name);
/* Emitted kernels store their functions (netINDEX_ssa and others) in `code`. */
#define KERN_LIBRARY(rule)
#define KERN_EMITTED(rule)                                                                              \
    void kern_emit_##rule(struct emit *e, const struct plan *plan, struct emit_cache *cache, int index, \
                          struct emit_net *code);
#define KERNEL(slot, id, made, name, rule, help) KERN_##made(rule)
#include "runtime/crnl_kernel.def"
#undef KERN_LIBRARY
#undef KERN_EMITTED
/* kern_gpu.c: the function GPU_KERNEL (crnl_gpu.h), into a module for graphics processors. */
void kern_emit_gpu(struct emit *e, const struct plan *plan);
/* The constant struct crnl_model, a private global. */
LLVMValueRef emit_model(struct emit *e, const struct crnl_model *m, const struct emit_net *code);

/* ---- Programs ------------------------------------------------------------------------------------------ */

/* `int run(struct crnl_ctx *)`; NULL without an experiment. */
LLVMValueRef emit_experiment(struct emit *e, const struct program *p, struct plan *const *plans);
/* Emits the constant struct crnl_program with everything that it refers to, as the global `crnl_program`. */
void emit_program(struct emit *e, const struct program *p, struct plan *const *plans);

#endif
