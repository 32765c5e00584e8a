/* Networks of reaction tensors (paper 003): species s[n] and, for each catalyst c, input a and output b, the
 * reaction s[a] + s[c] -> s[b] + s[c] with the rate P[c, a, b] = softmax over b of W[c, a, b]. Reactions
 * with b = a change nothing and are left out: the law is T = P - I. For c = a the reaction is autocatalysis,
 * 2 s[a] -> s[a] + s[b], whose propensity in a stochastic run has the factor a (a - 1). */
#ifndef IR_LOWER_TENSOR_H
#define IR_LOWER_TENSOR_H

#include "ir/lower/lower.h"

enum { TENSOR_W, TENSOR_X0, TENSOR_ARRAYS }; /* the parameter arrays of such a model */

/* Makes the network, with parameters W[n, n, n] and x0[n] that follow the model, and outputs s, P and T. */
struct net *lower_tensor(const struct lowerer *l, struct lowering *record);

#endif
