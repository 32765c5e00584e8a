/* Emission of LLVM IR. `struct emit` owns every LLVM object of one module: context, module, builder, target
 * machine; emit_destroy releases them. `struct emit_body` is one function under construction: it turns
 * expressions of one pool into instructions. In registers reals are double, integers i64, booleans i1, texts
 * pointers; in memory booleans are bytes and arrays are row-major and contiguous. Results are bit for bit
 * those of expr_eval: no fast-math flag is ever set, no sum is reordered. */
#ifndef CODEGEN_EMIT_H
#define CODEGEN_EMIT_H

#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>

#include "codegen/engine.h"
#include "support/intern.h"

/* Functions of the runtime that generated code calls: the list of crnl_abi.def, then the C library's. */
enum emit_abi {
#define ABI(function, result, parameters) ABI_##function,
#include "runtime/crnl_abi.def"
#undef ABI
    ABI_strcmp,
    ABI_COUNT
};

struct emit_callee {
    LLVMTypeRef type;
    LLVMValueRef function; /* NULL until used */
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
    struct intern *texts;  /* text -> global, so that each text is emitted once */
    VEC(struct emit_text) text_global;
    struct arena *arena;
    bool has_static;     /* emit_static was called */
    LLVMLinkage linkage; /* of functions that a model or program points to */
};

/* The machine is owned by the result. */
struct emit *emit_create(const char *module_name, LLVMTargetMachineRef machine);
void emit_destroy(struct emit *e);

/* ---- Constants and declarations (emit.c, emit_data.c) */
LLVMValueRef emit_i32(struct emit *e, int64_t v);
LLVMValueRef emit_i64(struct emit *e, int64_t v);
LLVMValueRef emit_real(struct emit *e, double v);
LLVMValueRef emit_bool(struct emit *e, bool v);
/* Declares on first use and calls at the builder's place. */
LLVMValueRef emit_call(struct emit *e, enum emit_abi which, LLVMValueRef *args, unsigned n);
LLVMValueRef emit_intrinsic1(struct emit *e, const char *name, LLVMValueRef x);
LLVMValueRef emit_intrinsic2(struct emit *e, const char *name, LLVMValueRef x, LLVMValueRef y);
/* `bytes` constant bytes as a private global, 16-byte aligned; a null pointer for 0 bytes or no data. */
LLVMValueRef emit_blob(struct emit *e, const char *name, const void *data, size_t bytes);
LLVMValueRef emit_text(struct emit *e, const char *text); /* NULL gives the null pointer */
/* The addresses of n texts (NULL stays null), and a table of them. */
void emit_text_list(struct emit *e, const char *name, const char *const *text, size_t n, LLVMValueRef *entry);
LLVMValueRef emit_texts(struct emit *e, const char *name, const char *const *text, size_t n);
/* A private constant array of constants of one type; null if n is 0. */
LLVMValueRef emit_table(struct emit *e, const char *name, LLVMTypeRef type, LLVMValueRef *values, size_t n);
/* A private constant global. */
LLVMValueRef emit_constant(struct emit *e, const char *name, LLVMValueRef value);
/* Asserts that a structure is as large as C has it. */
void emit_check_size(struct emit *e, LLVMValueRef value, size_t bytes);
LLVMValueRef emit_external(struct emit *e, const char *name); /* address of a runtime variable */
LLVMValueRef emit_function(struct emit *e, const char *name, LLVMTypeRef type, LLVMLinkage linkage);
void emit_prevent_inlining(struct emit *e, LLVMValueRef function);
/* The function has an attribute of the target, as "target-cpu". */
void emit_target(struct emit *e, LLVMValueRef function, const char *attribute, const char *value);
/* The function is too large or too rarely run to be worth the optimiser's time. */
void emit_prevent_optimisation(struct emit *e, LLVMValueRef function);
/* Field access: p + bytes. */
LLVMValueRef emit_at(struct emit *e, LLVMValueRef p, size_t bytes);
LLVMValueRef emit_load(struct emit *e, LLVMTypeRef type, LLVMValueRef p, size_t bytes);
void emit_store(struct emit *e, LLVMValueRef v, LLVMValueRef p, size_t bytes);

/* ---- Bodies (emit_body.c) ------------------------------------------------------------------------------ */

/* What a node has become in the function under construction. */
enum emit_form {
    FORM_NONE,
    FORM_REGISTER, /* scalar: its value */
    FORM_MEMORY,   /* array: pointer to its elements */
    FORM_LAZY      /* array: operands are ready, elements are computed on demand; TAKE: its checked index */
};
struct emit_memo {
    LLVMValueRef value;
    uint8_t form;
};
struct emit_undo {
    expr_id id;
    struct emit_memo old;
};
/* Per pool: what each node has become, and how to undo it when a scope ends. Reused by all bodies over a
 * pool. */
struct emit_cache {
    const struct expr_pool *pool;
    struct emit_memo *memo;
    uint32_t *uses; /* parents of a node below the roots announced last */
    uint64_t *open; /* scratch of emit_hoist.c: binders a node depends on */
    bool *seen;
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
    LLVMBasicBlockRef entry; /* holds allocas only; ends in a jump to the first real block */
    LLVMBasicBlockRef fail;  /* taken with `status` set when a call fails */
    LLVMValueRef status;     /* i32 alloca */
    LLVMValueRef ctx;        /* struct crnl_ctx *; NULL in code of networks */
    bool shared;             /* may run in several threads at once: no static buffers */
    int32_t line;            /* for messages */
    /* Scalar or array leaves that belong to the surroundings: SPECIES PARAM TIME CAPTURE, or GLOBAL VAR
     * NET_GET ... A scalar comes back as a register, an array as a pointer. */
    LLVMValueRef (*leaf)(struct emit_body *b, const struct expr *x);
    const void *env;
    VEC(LLVMValueRef) binder; /* current value by binder number; NULL = not bound */
    VEC(struct emit_buffer) buffer;
};

/* Starts a function; cache NULL: no expressions will be emitted. Set ctx, shared, leaf and env after it. */
void emit_body_init(struct emit_body *b, struct emit *e, struct emit_cache *cache, LLVMValueRef function);
/* Ends it: writes the block of failures (which returns the status, or NaN in code of networks), frees the
 * rest. */
void emit_body_finish(struct emit_body *b);
/* Ends a scope: forgets what was emitted since the mark. */
size_t emit_mark(const struct emit_body *b);
void emit_release(struct emit_body *b, size_t mark);
void emit_remember(struct emit_body *b, expr_id id, enum emit_form form, LLVMValueRef v);
/* Before a statement: counts how often each node below the roots is used, so that what is used twice is
 * kept. */
void emit_count_uses(struct emit_body *b, const expr_id *root, size_t n);
/* After a statement: everything is forgotten and buffers are free again. */
void emit_statement_end(struct emit_body *b);

LLVMBasicBlockRef emit_block(struct emit_body *b, const char *name);
void emit_enter(struct emit_body *b, LLVMBasicBlockRef block); /* jump to it and go on there */
/* Goes on in `join`, with v[i] after the block from[i]. */
LLVMValueRef emit_merge(struct emit_body *b, LLVMTypeRef type, LLVMBasicBlockRef join, LLVMValueRef v[2],
                        LLVMBasicBlockRef from[2]);
LLVMValueRef emit_alloca(struct emit_body *b, LLVMTypeRef type, const char *name);
LLVMValueRef emit_slot(struct emit_body *b, enum expr_type type); /* one scalar in memory */
/* Room for an array until the statement ends; room for good, on the stack or static. */
LLVMValueRef emit_buffer(struct emit_body *b, enum expr_type type, int64_t elements);
LLVMValueRef emit_array_memory(struct emit_body *b, int64_t bytes, const char *name);
LLVMValueRef emit_static(struct emit *e, int64_t bytes, const char *name);
void emit_copy(struct emit_body *b, enum expr_type type, LLVMValueRef to, LLVMValueRef from,
               int64_t elements);
/* Goes on if the i32 status is 0, else leaves the function with it. */
void emit_check(struct emit_body *b, LLVMValueRef status);
/* Goes on if the i1 holds, else leaves the function with the status of error(args); in code of networks args
 * are not looked at, and the function gives NaN. */
void emit_require(struct emit_body *b, LLVMValueRef holds, enum emit_abi error, LLVMValueRef *args,
                  unsigned n);
/* Leaves the function with the status of crnl_index_error unless 0 <= index < size. */
void emit_index_check(struct emit_body *b, LLVMValueRef index, int64_t size, int32_t line);
/* Tells the optimiser that the first (or second) target of a conditional jump is hardly ever taken. */
void emit_unlikely(struct emit *e, LLVMValueRef branch, bool second);

/* for (i = 0; i < n; i++). The body is emitted between begin and end. */
struct emit_loop {
    LLVMValueRef i, n;
    LLVMBasicBlockRef head;
};
void emit_loop_begin(struct emit_body *b, struct emit_loop *l, int64_t n); /* n >= 1 */
void emit_loop_end(struct emit_body *b, struct emit_loop *l);

LLVMTypeRef emit_memory_type(struct emit *e, enum expr_type type);
int64_t emit_size_of(enum expr_type type);
LLVMValueRef emit_element_at(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i);
/* Element i of an array in memory, from or to a register; i NULL: the first. */
LLVMValueRef emit_get(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i);
void emit_put(struct emit_body *b, enum expr_type type, LLVMValueRef array, LLVMValueRef i, LLVMValueRef v);

/* ---- Expressions --------------------------------------------------------------------------------------- */
LLVMValueRef emit_scalar(struct emit_body *b, expr_id id);      /* emit_expr.c */
LLVMValueRef emit_scalar_real(struct emit_body *b, expr_id id); /* converted */
LLVMValueRef emit_array(struct emit_body *b, expr_id id);       /* emit_array.c */
void emit_array_into(struct emit_body *b, expr_id id, LLVMValueRef out);
/* The elements in memory as values of `type` (reals from integers and booleans, integers from booleans); a
 * scalar is one element. */
LLVMValueRef emit_values(struct emit_body *b, expr_id id, enum expr_type type);
LLVMValueRef emit_gather_scalar(struct emit_body *b, expr_id id);

/* emit_op.c: one element. */
LLVMValueRef emit_convert(struct emit_body *b, LLVMValueRef v, enum expr_type from, enum expr_type to);
LLVMValueRef emit_apply1(struct emit_body *b, enum expr_op op, enum expr_type type, LLVMValueRef v);
LLVMValueRef emit_apply2(struct emit_body *b, enum expr_op op, enum expr_type type, LLVMValueRef v,
                         LLVMValueRef w);

/* emit_array.c, for emit_fold.c: element `at` (one index an axis) of a prepared array. */
struct emit_index {
    LLVMValueRef at[SHAPE_MAX_RANK];
};
void emit_prepare(struct emit_body *b, expr_id id);
LLVMValueRef emit_element(struct emit_body *b, expr_id id, const struct emit_index *at);
/* Loops over all elements of a shape, row-major; `linear` is the running number. */
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
/* emit_hoist.c: before a loop, evaluates what its body needs in every turn and what no binder changes. */
void emit_hoist(struct emit_body *b, expr_id body);

/* ---- Networks ------------------------------------------------------------------------------------------ */

/* Leaves of a network's expressions: where amounts, time, parameters and captured values are. */
struct emit_net_env {
    LLVMValueRef x, t, p, c, inv_volume;
    const LLVMValueRef *species; /* amounts in registers instead of x; NULL: load them */
};
LLVMValueRef emit_net_leaf(struct emit_body *b, const struct expr *x);
/* k times a law, or its derivative: 0 where k is 0, whatever the law says. */
LLVMValueRef emit_net_rate(struct emit *e, LLVMValueRef k, LLVMValueRef law);

/* Functions of a network, NULL where the library's tables serve. Names: net0_expr, net0_rhs, ... */
struct emit_net {
    LLVMValueRef expr;
#define FUNCTION(slot, member, result, parameters) LLVMValueRef member;
#include "runtime/crnl_kernel.def"
};
struct emit_net emit_net_code(struct emit *e, const struct plan *plan, int index);
LLVMValueRef emit_net_expr(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                           const char *name);
/* Emitted kernels write their functions, netINDEX_ssa and so on, into `code`. */
#define KERN_LIBRARY(rule)
#define KERN_EMITTED(rule)                                                                              \
    void kern_emit_##rule(struct emit *e, const struct plan *plan, struct emit_cache *cache, int index, \
                          struct emit_net *code);
#define KERNEL(slot, id, made, name, rule, help) KERN_##made(rule)
#include "runtime/crnl_kernel.def"
#undef KERN_LIBRARY
#undef KERN_EMITTED
/* The constant struct crnl_model, a private global. */
LLVMValueRef emit_model(struct emit *e, const struct crnl_model *m, const struct emit_net *code);

/* ---- Programs ------------------------------------------------------------------------------------------ */

/* `int run(struct crnl_ctx *)`; NULL without an experiment. */
LLVMValueRef emit_experiment(struct emit *e, const struct program *p, struct plan *const *plans);
/* The constant struct crnl_program with all it refers to, as the global `crnl_program`. */
void emit_program(struct emit *e, const struct program *p, struct plan *const *plans);

#endif
