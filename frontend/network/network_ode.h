/* Polynomials in the front end. */
#ifndef FRONTEND_NETWORK_ODE_H
#define FRONTEND_NETWORK_ODE_H

#include "frontend/front.h"
#include "ir/net/polynomial.h"

/* The scalar `e` in powers of the amounts that it reads, into *out, which is empty. False after an error:
 * it is no polynomial of them. */
/* `help` says what could stand there, where it is no polynomial. */
bool network_expand(struct where *w, struct span span, expr_id e, const char *help, struct polynomial *out);

#endif
