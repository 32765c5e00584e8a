/* A plan is everything that a simulator needs, computed from a network and from what is asked of it, without
 * LLVM: the constant data of a struct crnl_model, the expressions that need code, and which kernels apply.
 * The plan owns its memory in one arena. It refers to the network, which must outlive it unchanged (its
 * expression pool may grow). `crnlc print --stage plan` prints it. */
#ifndef CODEGEN_PLAN_H
#define CODEGEN_PLAN_H

#include "ir/program/program.h"
#include "runtime/crnl_linear.h"
#include "runtime/crnl_rt.h"

/* The derivative `by` of a reaction's law with respect to `leaf`, an amount, a parameter or the time. */
struct plan_partial {
    int32_t reaction;
    expr_id leaf, by;
};

struct plan {
    struct arena *arena;
    const struct net *net; /* that of `use`, or `lowered` */
    struct net
        *lowered; /* owned by the plan: the network without fractions and delays, which only the ODE can run;
                   * NULL: there are none */
    struct net_delay *delay; /* the delays of `lowered` */
    size_t n_delays;
    const struct net_use *use;
    /* All data members point into the arena. The members env, expr, rhs, jac and ssa are NULL until an engine
     * sets them. */
    struct crnl_model model;
    /* Scalar expressions that need code, real or boolean, ids in net->ex. The model refers to them by index:
     * laws, their gradients, formulas of symbols, observed quantities, conditions. */
    const expr_id *expr;
    /* How to read net->observed[i]. For the `until` of a run, observed_expr[i] is its index in `expr`; -1 for
     * a quantity that is read without code, as `observed` says. */
    const struct crnl_elem *observed;
    const int32_t *observed_expr;
    const int32_t *observed_gap; /* of a condition: index in `expr` of its gap (plan_gap); else -1 */
    const struct plan_sides *observed_sides; /* of a condition: the two sides of each comparison in it */
    bool in_lockstep;             /* several stochastic runs in lockstep are likely, and code may be made for
                                     them */
    bool unrolls_jacobian;        /* code is made for the Jacobian, if any is made for the right side */
    struct plan_partial *partial; /* derivatives of laws, for the reverse of the right side */
    int32_t n_partials;
};

/* The comparisons of numbers in a condition: the texts of their sides, in lines, and the indices of these in
 * `expr`. A value of the experiment is "$c" and its number. */
struct plan_sides {
    const char *text; /* NULL: there are none */
    int32_t n, *side; /* [2 * n] */
};

/* For the reverse of the right side (plan_reverse.c). Pair_of: the two molecules that a reaction takes, as
 * species, -1 in place of one that it does not take; false if it has a law or takes more than two. */
enum { PLAN_LANES = 4 };
bool plan_pair_of(const struct crnl_model *m, int32_t j, int32_t pair[2]);
bool plan_same_changes(const struct crnl_model *m, int32_t i, int32_t j);

struct plan_options {
    int32_t unroll_ssa_limit;      /* most reactions; default 64 */
    int32_t unroll_jacobian_limit; /* most entries; default 256 */
    int32_t unroll_rhs_limit;      /* most net changes; default 400 */
};
extern const struct plan_options plan_default;

/* Whether the operator is elementwise arithmetic of integers, which may have no value (overflow, division by
 * 0). */
bool plan_may_fail(const struct expr *x);

/* Whether a power with this constant exponent is computed by products (crnl_pow). */
static inline bool plan_power_is_product(double n)
{
    return n != 0 && fabs(n) <= 64 && n == floor(n);
}

/* Takes time linear in the size of the network. `sources` gives the lines of reactions; NULL: they are all
 * 0. */
struct plan *plan_create(struct net_use *use, const struct sources *sources,
                         const struct plan_options *options);
void plan_destroy(struct plan *p);
/* The methods that can run the network, in the order of their list; returns how many. `limit` is among them
 * even where it is refused, so that its message says why. */
size_t plan_methods(const struct plan *p, enum crnl_method_kind kind[CRNL_METHOD_COUNT]);
/* The kernel that would run the network in its initial state, as far as that is known; false if nothing needs
 * the slot. */
bool plan_choose(const struct plan *p, enum crnl_slot slot, struct crnl_kernel_choice *choice);
/* The linear solver of implicit steps under the default parameters. */
void plan_choose_linear(const struct plan *p, struct crnl_linear_choice *choice);
/* Whether some kernel of the slot is code emitted for this network. */
bool plan_is_emitted(const struct plan *p, enum crnl_slot slot);
void plan_print(FILE *out, const struct plan *p);

/* A tape for `n` scalar expressions (0: the constant 0) that read parameters and, for defaults, globals.
 * Expression i goes to output slot i. Slots are written in order, so that an expression may read the
 * parameters before it. Arrays inside the expressions are taken apart, which adds nodes to the pool. The tape
 * is in `arena`. */
struct crnl_tape tape_build(struct arena *arena, struct expr_pool *ex, const expr_id *expr, size_t n);
/* The same for expressions that also read the time, amounts and captured values: the time is global 0, the
 * amount of species s is global place[s] < n_places, and captured values start at global n_places. */
struct crnl_tape tape_build_timed(struct arena *arena, struct expr_pool *ex, const expr_id *expr, size_t n,
                                  const int32_t *place, int32_t n_places);
/* An expression with the same value whose outermost operator works on scalars. */
expr_id tape_scalar(struct expr_pool *ex, expr_id id);

#endif
