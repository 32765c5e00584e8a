/* Polynomials in the front end. */
#ifndef FRONTEND_NETWORK_ODE_H
#define FRONTEND_NETWORK_ODE_H

#include "frontend/front.h"
#include "ir/net/polynomial.h"

/* Expands the scalar `e` into powers of the amounts that it reads, and adds the terms to *out, which is
 * empty. Returns false if it is no polynomial of them; the report then has the help `help`, which says
 * what could stand there. */
bool network_expand(struct where *w, struct span span, expr_id e, const char *help, struct polynomial *out);

#endif
