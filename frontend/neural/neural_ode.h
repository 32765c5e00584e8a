/* A neural_ode while its declaration is read. Right sides, z(0) and read-outs are expanded into terms over
 * states, inputs and parameters, which are numbered, in this order, as the species of a network that serves
 * for nothing else. What the vectors hold is copied to the model in the end; neural_neural_ode.c frees
 * them. */
#ifndef FRONTEND_NEURAL_ODE_H
#define FRONTEND_NEURAL_ODE_H

#include "frontend/network/network.h"
#include "frontend/neural/neural_kind.h"

extern const char neural_ode_example[]; /* the help of errors */

struct ode_model {
    struct neural_declaration *d;
    struct net_whole whole;
    struct net_build build;
    struct where w;
    VEC(struct crnl_neural_array) array;
    VEC(struct crnl_neural_group) group;
    VEC(int32_t) equation, factor;
    VEC(double) coefficient;
    VEC(const struct ast *) state; /* declarations */
};

/* neural_ode_equations.c, in this order; terms of z', z(0) and read-outs. False after an error. */
bool neural_ode_derivatives(struct ode_model *o);
bool neural_ode_starts(struct ode_model *o);
bool neural_ode_readouts(struct ode_model *o);

#endif
