/* Constructions: models to networks. What comes out is an ordinary network and a record of how to read it; nothing else
 * knows how a model was lowered. */
#ifndef IR_LOWER_H
#define IR_LOWER_H

#include "ir/net/net.h"
#include "runtime/crnl_neural.h"
#include "support/diag.h"

/* Encode: the model's input is the value of symbol `input`. Decode: its output is the value of symbol `output`, whose
 * formula divides the rails by `scale`. Passes rewrite symbols, so the record holds for what they make of the network. */
struct lowering {
    const char *construction; /* NULL: the network was not made from a model */
    int32_t model;            /* number in the program */
    int32_t input, output;    /* symbols */
    double scale;             /* of the output's rails */
};

struct lower_options {
    double scale;      /* weights are multiples of 1/scale; 0: a power of two is found for each layer */
    double annihilate; /* rate of y.p + y.n -> 0; 0: none */
    struct span span;  /* of the construction, for messages and provenance */
};

/* Vasic et al. 2020, algorithm 1, with weights that are integers over a common denominator in each layer: ReLU is positively
 * homogeneous, so the values of layer l are carried multiplied by the denominators up to it, biases too, and the output
 * is divided once. Binary and ternary weights have the denominator 1. Per layer: each rail of an input makes |q| of
 * a rail of every unit, `i -> i`-rails; per hidden unit i.p -> m + h.p and m + i.n -> h.n. 2 n_in + 4 sum(hidden) reactions, all
 * rates 1. Offers x[inputs] (dual, input), h[l][units] (dual), y[outputs] (output). NULL after an error: no parameters,
 * or weights without a denominator. */
struct net *lower_rate_independent(const struct crnl_neural *m, const char *name,
                                   const struct lower_options *o, struct lowering *record, struct diag *diag);

#endif
