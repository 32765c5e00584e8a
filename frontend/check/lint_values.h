/* What is known of values of a program before it runs. */
#ifndef FRONTEND_LINT_VALUES_H
#define FRONTEND_LINT_VALUES_H

#include "frontend/front.h"

enum { LINT_LAW = -1 }; /* in place of a number of runs: a law, as of `cme` */
/* Whether the run is one of several, if that is known; their number. */
bool lint_is_many(const struct program *p, const struct run *r, int64_t *runs);
/* E0505: the statement reads one value of a network that has run several times. runs: [networks]; 0: not
 * known. */
void lint_single_value(struct front *f, const struct stmt *s, const int64_t *runs);
/* E0401: `with` makes a rate constant negative. */
void lint_rates_of_run(struct front *f, const struct stmt *s);
/* W0442: the value of the statement divides by 0, or is a loss that is not finite. */
void lint_finite(struct front *f, const struct stmt *s);

/* The same for the losses of a block. */
void lint_losses(struct front *f, const struct block *b);

#endif
