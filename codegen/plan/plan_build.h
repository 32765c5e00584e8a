/* Shared by the parts of plan_create; included by the plan*.c files only. */
#ifndef CODEGEN_PLAN_BUILD_H
#define CODEGEN_PLAN_BUILD_H

#include "codegen/plan/plan.h"

struct plan_builder {
    struct plan *plan;
    struct arena *arena; /* the arena of the plan */
    const struct net *net;
    const struct net_use *use;
    const struct sources *sources; /* may be NULL */
    VEC(expr_id) expr;             /* the expressions that need code */
    VEC(int32_t) place;            /* by expr_id: its index in `expr` + 1; 0: it needs none */
    VEC(uint32_t) seen;            /* by expr_id: the last round of law_species that saw it */
    uint32_t round;
    bool *flows; /* by event: its condition changes with time also between turns */
};

/* An array of `count` elements in the plan's arena; never NULL. */
#define plan_array(b, count, type) ((type *)arena_alloc((b)->arena, ((size_t)(count) + 1) * sizeof(type)))

/* The index of an expression among those that need code. It is added if it is not there; equal expressions
 * share one index. */
int32_t plan_expr(struct plan_builder *b, expr_id e);
/* How to read a scalar: an amount, the difference of two amounts and a parameter are read without code. */
struct crnl_elem plan_elem(struct plan_builder *b, expr_id e);
/* The gap of a condition, a real: 0 when it holds, else how far its comparisons are from holding. */
expr_id plan_gap(struct expr_pool *ex, expr_id condition);
struct plan_sides plan_sides(struct plan_builder *b, expr_id condition);
/* The line of a span in the network's own file; 0 if it is in another file. */
int32_t plan_line(const struct plan_builder *b, struct span span);

/* Walk_laws calls `visit` once for each scalar node of each law, with the law's reaction; nodes are first
 * made scalar by tape_scalar. List_uses sorts pairs (`of`, `law`) into lists: laws law[ptr[i] .. ptr[i + 1]]
 * use i < n; pairs with a negative `of` are left out. Moving returns, by species, whether reactions change
 * it. */
struct plan_use {
    int32_t of, law;
};
void plan_walk_laws(struct plan_builder *b, void (*visit)(void *env, int32_t law, struct expr e), void *env);
void plan_list_uses(struct plan_builder *b, int32_t n, const struct plan_use *use, size_t n_uses,
                    const int32_t **ptr, const int32_t **law);
bool *plan_moving(struct plan_builder *b);
/* The species that expressions read, numbered as globals of a tape. Plan_place_species, a visitor of
 * expr_visit, adds those of one expression. */
struct plan_places {
    /* place: by species, its global, from 1 on; 0: none. species: [n] those that have one */
    int32_t *place, *species;
    int32_t n;
};
void plan_place_species(void *env, expr_id id, const struct expr *e); /* env: struct plan_places */

void plan_names(struct plan_builder *b);         /* species, parameters, reactions, guards, symbols */
void plan_stoichiometry(struct plan_builder *b); /* lhs, net */
void plan_laws(struct plan_builder *b);          /* laws; their gradients when a Jacobian is needed */
void plan_jacobian(struct plan_builder *b);      /* after plan_laws */
void plan_delays(struct plan_builder *b);        /* delayed amounts; after plan_laws */
void plan_sums(struct plan_builder *b);          /* conserved sums */
void plan_wanted(struct plan_builder *b);        /* observed quantities, traces, statistics, assumptions */
void plan_kernels(struct plan_builder *b,
                  const struct plan_options *o); /* after everything that describes the network */
/* Each returns why no code can be made for a network; NULL if it can. */
#define KERN_LIBRARY(rule)
#define KERN_EMITTED(rule) \
    const char *kern_why_not_##rule(const struct plan *p, const struct plan_options *o);
#define KERNEL(slot, id, made, name, rule, help) KERN_##made(rule)
#include "runtime/crnl_kernel.def"
#undef KERN_LIBRARY
#undef KERN_EMITTED
void plan_tapes(struct plan_builder *b);
void plan_reads(struct plan_builder *b);   /* species read by what is watched; after all calls of plan_expr */
void plan_limit(struct plan_builder *b);   /* after all calls of plan_expr */
void plan_turns(struct plan_builder *b);   /* turns; after plan_laws */
void plan_margins(struct plan_builder *b); /* margins of conditions; after plan_wanted */
void plan_surfaces(struct plan_builder *b); /* where laws jump; after plan_stoichiometry and plan_laws */
void plan_poles(struct plan_builder *b);    /* where laws are infinite; after the same two */
void plan_events(struct plan_builder *b);   /* events, the clock, their schedule; after plan_turns */

void plan_adjoint(struct plan_builder *b); /* tapes for derivatives of runs; after everything else */
void plan_reverse(struct plan_builder *b,
                  const struct plan_options *o); /* for derivatives of runs; after plan_laws */

#endif
