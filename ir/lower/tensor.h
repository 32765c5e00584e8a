/* Networks of reaction tensors (paper 003): species s[n]; for each catalyst c, input a and output b the
 * reaction s[a] + s[c] -> s[b] + s[c] with the rate P[c, a, b] = softmax over b of W[c, a, b]. Those
 * with b = a change nothing and are left out: the law is T = P - I. c = a is autocatalysis, 2 s[a] ->
 * s[a] + s[b], which a stochastic run takes as a (a - 1). */
#ifndef IR_LOWER_TENSOR_H
#define IR_LOWER_TENSOR_H

#include "ir/lower/lower.h"

enum { TENSOR_W, TENSOR_X0, TENSOR_ARRAYS }; /* the arrays of such a model */

/* The network with parameters W[n, n, n] and x0[n], which follow the model, and outputs s, P, T. */
struct net *lower_tensor(const struct lowerer *l, struct lowering *record);

#endif
