/* What the parts of the construction neural_crn (lower_neural_crn.c) share: the network while it is made.
 * Everything is in its scratch arena but the network, which lower_neural_crn.c gives away or destroys, and
 * `made`, which it frees. Functions that return bool say false after an error.
 *
 * Variables are numbered as factors of the model's terms are: states, inputs, elements of parameters; targets
 * follow. */
#ifndef IR_LOWER_NEURAL_CRN_H
#define IR_LOWER_NEURAL_CRN_H

#include "ir/lower/lower.h"
#include "ir/net/polynomial.h"

enum neural_crn_option { TIME, STEP, FAST, ANNIHILATE, APPROXIMATE, MINIMAL, BATCH, ASYNCHRONOUS, N_OPTIONS };

struct rails {
    species_id rail[2]; /* p, n; [1] -1: a single one */
};

struct made { /* a reaction while they are collected */
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
    int32_t d, starts, readouts; /* states; first terms of z(0) and of the read-outs */
    bool learns_start;           /* z(0) depends on parameters */
    expr_id fast, step, update;
    int32_t guard[4];       /* C0 .. C3; 0: there is none */
    /* Numbers of phases: N3 and, where z(0) is learned, its end; N2; N4. */
    int backward, backward_start, turn, update_phase;
    struct rails *variable; /* states, inputs, parameters, targets */
    struct rails *back;     /* what N3 reads of variables: copies of states, for the rest what there is */
    struct rails *adjoint, *gradient;
    /* What N2 makes and N3 takes over: `back` and `adjoint` themselves, unless N3 goes on beside the next
     * N1. */
    struct rails *held, *made_adjoint;
    bool *single;         /* by variable */
    bool *copied, *moves; /* by state or input: it has a backward copy; by state: its adjoint changes */
    int32_t *same;        /* by state: the first one with the same adjoint */
    VEC(struct made) made;
    /* of the reactions that are being made */
    int32_t now;
    const char *origin;
    expr_id scale; /* 0: 1 */
};

/* The factors of term t of the model: variables, and -1 after them where there are fewer than the most. */
static inline const int32_t *neural_crn_factors(const struct neural_crn *c, int32_t t)
{
    return c->m->factor + (size_t)t * CRNL_NEURAL_MAX_DEGREE;
}

static inline bool neural_crn_option(const struct neural_crn *c, enum neural_crn_option i)
{
    return c->l->option[i] != 0;
}

/* lower_neural_crn.c: an error, whose message has one %s, and false; the weight of state s in a read-out. */
bool neural_crn_fail(const struct neural_crn *c, const char *help, const char *format, const char *what);
double neural_crn_readout_weight(const struct neural_crn *c, int32_t readout, int32_t s);

/* neural_crn_polynomial.c. Each adds to a polynomial whose variables are species of rails. add_term: sign
 * times a term, without factor number `without` (-1: with all), times the adjoint `of` (NULL: none), where
 * variables are `variable`. flow: sign * f of state s. pull_back: the sum over terms from .. to of the
 * adjoint of the state whose equation, of those that begin at `first`, they stand in, times their
 * derivative by variable number `by`. */
bool neural_crn_add_term(struct neural_crn *c, struct polynomial *sum, int32_t t, double sign, int without,
                         const struct rails *of, const struct rails *variable);
bool neural_crn_flow(struct neural_crn *c, int32_t s, double sign, const struct rails *variable,
                     struct polynomial *out);
bool neural_crn_pull_back(struct neural_crn *c, int32_t from, int32_t to, int32_t first, int32_t by,
                          const struct rails *variable, struct polynomial *out);

/* neural_crn_needs.c, in this order: `copied` and `moves`; `same`; `single` and, for now, `variable`. */
void neural_crn_find_needed(struct neural_crn *c);
void neural_crn_find_same(struct neural_crn *c);
void neural_crn_choose_rails(struct neural_crn *c);

/* neural_crn_species.c: species, symbols and what the lowering records of them. */
void neural_crn_add_states(struct neural_crn *c);
void neural_crn_add_inputs(struct neural_crn *c);
void neural_crn_add_parameters(struct neural_crn *c);
void neural_crn_add_readouts(struct neural_crn *c);

/* neural_crn_reactions.c: all reactions, N1 to N4, into `made`. */
bool neural_crn_add_reactions(struct neural_crn *c);

#endif
