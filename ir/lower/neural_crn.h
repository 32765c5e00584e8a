/* Shared data of the construction neural_crn (lower_neural_crn.c): the network while it is being made.
 * Everything is in the scratch arena, except the network, which lower_neural_crn.c hands over or destroys,
 * and `made`, which it frees. A function that returns bool returns false after an error.
 *
 * Variables are numbered as the factors of the model's terms are: states, inputs, elements of parameters;
 * targets come after them. */
#ifndef IR_LOWER_NEURAL_CRN_H
#define IR_LOWER_NEURAL_CRN_H

#include "ir/lower/lower.h"
#include "ir/net/polynomial.h"

enum neural_crn_option { TIME, STEP, FAST, ANNIHILATE, APPROXIMATE, MINIMAL, BATCH, ASYNCHRONOUS, N_OPTIONS };

struct rails {
    species_id rail[2]; /* rails p and n; [1] = -1: a single rail */
};

struct made { /* a reaction before it is added to the network */
    struct term *lhs, *rhs;
    size_t n_lhs, n_rhs;
    expr_id k;
    int32_t guard;
    const char *origin;
};

struct neural_crn {
    const struct lowerer *l;
    const struct crnl_neural *m;
    struct net *net;
    struct arena *scratch;
    struct lowering *record;
    int32_t d, starts, readouts; /* number of states; first terms of z(0) and of the read-outs */
    bool learns_start;           /* whether z(0) depends on parameters */
    expr_id fast, step, update;
    int32_t guard[4];       /* guards of C0 .. C3; 0: there is no such phase */
    /* Indices of phases: that of N3 and, if z(0) is learned, of its end; of N2; of N4. */
    int backward, backward_start, turn, update_phase;
    struct rails *variable; /* rails of states, inputs, parameters, targets */
    struct rails *back;     /* what N3 reads for each variable: copies of states, otherwise the variable
                               itself */
    struct rails *adjoint, *gradient;
    /* What N2 makes and N3 takes over: `back` and `adjoint` themselves, unless N3 runs at the same time as
     * the next N1. */
    struct rails *held, *made_adjoint;
    bool *single;         /* by variable: whether it has a single rail */
    bool *copied, *moves; /* copied: by state or input: whether it has a backward copy; moves: by state:
                             whether its adjoint changes */
    int32_t *same;        /* by state: the first state with the same adjoint */
    VEC(struct made) made;
    /* members that apply to the reactions being made */
    int32_t now;
    const char *origin;
    expr_id scale; /* 0: the factor 1 */
};

/* The factors of term t of the model: variables, followed by -1 if there are fewer than
 * CRNL_NEURAL_MAX_DEGREE. */
static inline const int32_t *neural_crn_factors(const struct neural_crn *c, int32_t t)
{
    return c->m->factor + (size_t)t * CRNL_NEURAL_MAX_DEGREE;
}

static inline bool neural_crn_option(const struct neural_crn *c, enum neural_crn_option i)
{
    return c->l->option[i] != 0;
}

/* lower_neural_crn.c. neural_crn_fail reports an error, whose message has one %s for `what`, and returns
 * false; neural_crn_readout_weight gives the weight of state s in a read-out. */
bool neural_crn_fail(const struct neural_crn *c, const char *help, const char *format, const char *what);
double neural_crn_readout_weight(const struct neural_crn *c, int32_t readout, int32_t s);

/* neural_crn_polynomial.c. Each function adds to a polynomial whose variables are species of rails. add_term
 * adds `sign` times term t, without its factor number `without` (-1: with all), times the adjoint `of`
 * (NULL: none); `variable` gives the rails of variables. flow adds sign * f of state s. pull_back adds the
 * sum, over the terms from .. to, of the adjoint of the state in whose equation the term is, times the
 * derivative of the term by variable number `by`; `first` is where the equations begin. */
bool neural_crn_add_term(struct neural_crn *c, struct polynomial *sum, int32_t t, double sign, int without,
                         const struct rails *of, const struct rails *variable);
bool neural_crn_flow(struct neural_crn *c, int32_t s, double sign, const struct rails *variable,
                     struct polynomial *out);
bool neural_crn_pull_back(struct neural_crn *c, int32_t from, int32_t to, int32_t first, int32_t by,
                          const struct rails *variable, struct polynomial *out);

/* neural_crn_needs.c. The functions find, in this order: `copied` and `moves`; `same`; `single` and, for
 * now, `variable`. */
void neural_crn_find_needed(struct neural_crn *c);
void neural_crn_find_same(struct neural_crn *c);
void neural_crn_choose_rails(struct neural_crn *c);

/* neural_crn_species.c: these functions add species and symbols, and enter them in the record. */
void neural_crn_add_states(struct neural_crn *c);
void neural_crn_add_inputs(struct neural_crn *c);
void neural_crn_add_parameters(struct neural_crn *c);
void neural_crn_add_readouts(struct neural_crn *c);

/* neural_crn_reactions.c: puts all reactions, N1 to N4, into `made`. */
bool neural_crn_add_reactions(struct neural_crn *c);

#endif
