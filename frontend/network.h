/* What the files network*.c share: a network while it is being elaborated. */
#ifndef FRONTEND_NETWORK_H
#define FRONTEND_NETWORK_H

#include "frontend/front.h"

struct used_global {
    struct name *global;
    expr_id leaf;
};
struct used_phase {
    const char *text;
    int32_t guard;
    struct span span; /* where it was named first */
};
struct instance_count { /* unlabelled instances are named min2, min2_2, ... */
    struct name *network;
    int count;
};

/* One for the network as a whole. */
struct net_whole {
    struct net *net;
    VEC(expr_id) energy; /* by species; 0 = not declared */
    VEC(struct used_global) global;
    VEC(bool) has_ode; /* by species (the first rail of a dual) */
    VEC(struct used_phase) phase;
    struct span clock; /* where it is declared, if it is */
    struct units units;
};

/* One for the network itself and each instance in it. */
struct net_build {
    struct net_whole *whole;
    const char *prefix; /* "m." */
    VEC(struct instance_count) instance;
    const char *origin; /* provenance of reactions; NULL in the network itself */
    int32_t guard;      /* of the phase around it, of its reactions; 0 none */
    bool is_root;       /* declarations become symbols of the network, outputs are its outputs */
};

/* network_declare.c */
/* Binds a name in the scope at hand; reports one that is taken. */
struct name *network_bind(struct where *w, struct scope *scope, const char *text, enum name_kind kind,
                          struct span span);
/* "[2,0]" within loops, "" outside: makes the names of what a loop's body declares its own. */
const char *network_turns(struct where *w);
/* Name of a declaration in the whole network: m.tmp[2,0]. */
const char *network_full_name(struct where *w, const char *text);
/* The default values stand in the declarations; without one the parameter is an error. */
bool network_declare_param(struct where *w, const struct ast *d);
bool network_declare_const(struct where *w, const struct ast *a);
bool network_declare_entities(struct where *w, const struct ast *a);
bool network_initial(struct where *w, const struct ast *a);
bool network_inputs(struct where *w, const struct ast *a);
bool network_outputs(struct where *w, const struct ast *a);

/* network_instance.c */
bool network_instance(struct where *w, const struct ast *a);
/* Binds the parameters of a network: to arguments of the call, or (call NULL, or none given) to what they declare themselves. */
bool network_parameters(struct where *outer, struct where *inner, const struct ast *params,
                        const struct ast *call);

bool network_body(struct where *w, const struct ast *block);
bool network_reaction(struct where *w, const struct ast *a);
bool network_ode(struct where *w, const struct ast *a);
/* Adds a reaction with the provenance of the body; counts it, and reports what does not fit. */
bool network_add(struct where *w, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                 enum rate_kind kind, expr_id rate, struct span span, const char *label);
/* A network by its name, elaborated anew; the caller owns it. NULL after an error. */
struct net *network_build(struct front *f, struct name *name, struct span at, struct units *units,
                          struct lowering *lowering);
/* network_expr.c: the network of `network NAME = ...;`, and how to read it if it was made from a model. NULL after an
 * error. */
struct net *network_expression(struct front *f, struct name *name, struct units *units,
                               struct lowering *lowering);
bool network_energy(struct where *w, const struct ast *a);
/* network_event.c */
bool network_event(struct where *w, const struct ast *a);
bool network_phase(struct where *w, const struct ast *a);
bool network_clock(struct where *w, const struct ast *a);
bool network_check_phases(struct where *w); /* at the end: the clock has every phase */
/* What a rail of a dual gets when the dual gets v: max(v, 0), or max(-v, 0) of the negative one. */
expr_id network_rail(struct where *w, expr_id v, bool negative);
/* Declares species or rails; `init` may be NULL. */
bool network_declare(struct where *w, const char *text, struct span span, enum ast_op kind, bool constant,
                     struct shape shape, const struct ast *init);

#endif
