/* What the parts of plan_create share; for the plan*.c files alone. */
#ifndef CODEGEN_PLAN_BUILD_H
#define CODEGEN_PLAN_BUILD_H

#include "codegen/plan/plan.h"

struct plan_builder {
    struct plan *plan;
    struct arena *arena; /* the plan's */
    const struct net *net;
    const struct net_use *use;
    const struct sources *sources; /* may be NULL */
    VEC(expr_id) expr;             /* what needs code */
    VEC(int32_t) place;            /* by expr_id: its index in `expr` plus one, 0 none */
    VEC(uint32_t) seen;            /* by expr_id: round of the walk that saw it last */
    uint32_t round;
    bool *flows; /* by event: its condition changes with time also between turns */
};

/* Array of `count` elements in the plan's arena, never NULL. */
#define plan_array(b, count, type) ((type *)arena_alloc((b)->arena, ((size_t)(count) + 1) * sizeof(type)))

/* Index of an expression among those that need code; equal ones share it. */
int32_t plan_expr(struct plan_builder *b, expr_id e);
/* How to read a scalar: without code where it is an amount, the difference of two, or a parameter. */
struct crnl_elem plan_elem(struct plan_builder *b, expr_id e);
/* How far a condition is from true, as a real: 0 when it holds, else what its comparisons lack. */
expr_id plan_gap(struct expr_pool *ex, expr_id condition);
/* Line of a place in the network's own file, else 0. */
int32_t plan_line(const struct plan_builder *b, struct span span);

/* Calls `visit` once for each scalar that a law is made of, with its reaction; scalars are looked at by
 * tape_scalar. Uses: of what laws read, with the laws that do; List: the laws of each of n, CSR; what has a
 * negative number is left out. Moving: by species, whether reactions change it. */
struct plan_use {
    int32_t of, law;
};
void plan_walk_laws(struct plan_builder *b, void (*visit)(void *env, int32_t law, struct expr e), void *env);
void plan_list_uses(struct plan_builder *b, int32_t n, const struct plan_use *use, size_t n_uses,
                    const int32_t **ptr, const int32_t **law);
bool *plan_moving(struct plan_builder *b);
/* Species that expressions read, among the globals of a tape; a visit of expr_visit adds to them. */
struct plan_places {
    int32_t *place, *species; /* 1 + where a species is, 0 nowhere; and back */
    int32_t n;
};
void plan_place_species(void *env, expr_id id, const struct expr *e); /* env: struct plan_places */

void plan_names(struct plan_builder *b);         /* species, parameters, reactions, guards, symbols */
void plan_stoichiometry(struct plan_builder *b); /* lhs, net */
void plan_laws(struct plan_builder *b);          /* law; gradients when a Jacobian is needed */
void plan_jacobian(struct plan_builder *b);      /* after plan_laws */
void plan_delays(struct plan_builder *b);        /* what was some time ago; after plan_laws */
void plan_sums(struct plan_builder *b);          /* conserved sums */
void plan_wanted(struct plan_builder *b);        /* observed quantities, traces, statistics, assumptions */
void plan_kernels(struct plan_builder *b,
                  const struct plan_options *o); /* after all that describes the network */
/* Why code cannot be made for a network; NULL: it can. */
#define KERN_LIBRARY(rule)
#define KERN_EMITTED(rule) \
    const char *kern_why_not_##rule(const struct plan *p, const struct plan_options *o);
#define KERNEL(slot, id, made, name, rule, help) KERN_##made(rule)
#include "runtime/crnl_kernel.def"
#undef KERN_LIBRARY
#undef KERN_EMITTED
void plan_tapes(struct plan_builder *b);
void plan_reads(struct plan_builder *b);  /* of what is watched; after all expressions have been asked for */
void plan_limit(struct plan_builder *b);  /* after all expressions have been asked for */
void plan_turns(struct plan_builder *b);  /* turns; after plan_laws */
void plan_margins(struct plan_builder *b);  /* of conditions; after plan_wanted */
void plan_surfaces(struct plan_builder *b); /* where laws jump; after plan_stoichiometry and plan_laws */
void plan_poles(struct plan_builder *b);    /* where laws are infinite; likewise */
void plan_events(struct plan_builder *b); /* events, the clock, their schedule; after plan_turns */

void plan_adjoint(struct plan_builder *b); /* tapes for derivatives of runs; after all else */
void plan_reverse(struct plan_builder *b,
                  const struct plan_options *o); /* for derivatives of runs; after plan_laws */

#endif
