/* From a network and what is asked of it to everything a simulator needs, without LLVM: the constant data of
 * a struct crnl_model, the expressions that need code, and which kernels apply. The plan owns its memory in
 * one arena and refers to the network, which must outlive it unchanged (its expression pool may grow). Tested
 * alone; printed by `crnlc print --stage plan`. */
#ifndef CODEGEN_PLAN_H
#define CODEGEN_PLAN_H

#include "ir/program/program.h"
#include "runtime/crnl_linear.h"
#include "runtime/crnl_rt.h"

/* The law of a reaction differentiated by an amount, a parameter or the time that it reads. */
struct plan_partial {
    int32_t reaction;
    expr_id leaf, by;
};

struct plan {
    struct arena *arena;
    const struct net *net; /* of `use`, or `lowered` */
    struct net
        *lowered; /* its own: the network without fractions and delays, which only the ODE has; NULL: none */
    struct net_delay *delay; /* of `lowered` */
    size_t n_delays;
    const struct net_use *use;
    /* All data members point into the arena; env, expr, rhs, jac, ssa are NULL: an engine sets them. */
    struct crnl_model model;
    /* Scalar expressions that need code, in the order of crnl_model's `expr` index: laws, their gradients,
     * formulas of symbols, observed quantities, conditions. In net->ex; real or boolean. */
    const expr_id *expr;
    /* net->observed[i] -> how to read it. until of a run: observed_expr[i] is its index in `expr`, -1 for a
     * quantity that is read without code (then `observed` says how). */
    const struct crnl_elem *observed;
    const int32_t *observed_expr;
    const int32_t *observed_gap; /* of a condition: index in `expr` of how far it is from true; -1 */
    bool unrolls_jacobian;       /* code is made for it, if any is made for the right side */
    struct plan_partial *partial; /* of laws, for the right side backwards */
    int32_t n_partials;
};

/* The right side backwards (plan_reverse.c): the two species that a reaction takes, -1 in place of one that
 * it does not; false: it has a law, or takes more. */
enum { PLAN_LANES = 4 };
bool plan_pair_of(const struct crnl_model *m, int32_t j, int32_t pair[2]);
bool plan_same_changes(const struct crnl_model *m, int32_t i, int32_t j);

struct plan_options {
    int32_t unroll_ssa_limit;      /* reactions; default 64 */
    int32_t unroll_jacobian_limit; /* entries; default 256 */
    int32_t unroll_rhs_limit;      /* net changes; default 400 */
};
extern const struct plan_options plan_default;

/* Arithmetic of integers, elementwise: it may have no value. */
bool plan_may_fail(const struct expr *x);

/* `sources` gives the lines of reactions (NULL: all 0). Linear in the size of the network. */
struct plan *plan_create(struct net_use *use, const struct sources *sources,
                         const struct plan_options *options);
void plan_destroy(struct plan *p);
/* Methods that can run the network, in the order of their list: `limit` also where it is refused, to say
 * why. */
size_t plan_methods(const struct plan *p, enum crnl_method_kind kind[CRNL_METHOD_COUNT]);
/* The kernel that the network would be run by in the state it starts from, as far as that is known; false:
 * nothing needs the slot. */
bool plan_choose(const struct plan *p, enum crnl_slot slot, struct crnl_kernel_choice *choice);
/* How the linear equations of implicit steps are solved, under the default parameters. */
void plan_choose_linear(const struct plan *p, struct crnl_linear_choice *choice);
/* Whether some kernel of the slot is code made for this network. */
bool plan_is_emitted(const struct plan *p, enum crnl_slot slot);
void plan_print(FILE *out, const struct plan *p);

/* Tape for `n` scalar expressions (0 = the constant 0) over PARAM (and, for defaults, GLOBAL); expression i
 * goes to output slot i. Slots are written in order, so that an expression may read the parameters before it.
 * Arrays inside are taken apart, which adds nodes to the pool. Memory in `arena`. */
struct crnl_tape tape_build(struct arena *arena, struct expr_pool *ex, const expr_id *expr, size_t n);
/* The same of expressions that read the time, global 0, amounts: species s is global place[s] < n_places, and
 * captured values, from global n_places on. */
struct crnl_tape tape_build_timed(struct arena *arena, struct expr_pool *ex, const expr_id *expr, size_t n,
                                  const int32_t *place, int32_t n_places);
/* An expression with the same value whose operator is one of scalars. */
expr_id tape_scalar(struct expr_pool *ex, expr_id id);

#endif
