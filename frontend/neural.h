/* Neural models in the front end: declarations, values, statements. */
#ifndef FRONTEND_NEURAL_H
#define FRONTEND_NEURAL_H

#include "frontend/front.h"

/* Number in the program of a model; its declaration is read, and its file if it has one, at the first use. -1 after an
 * error. */
int32_t neural_use(struct front *f, struct name *n);
/* The model that the tree names, or NULL. */
struct name *neural_named(struct where *w, const struct ast *a);
expr_id neural_call(struct where *w, const struct ast *a, struct name *n); /* m(x) */
/* m.w[0], m.b0, m.w[1][2, 3], m.loss; *is_parameter says whether it is one. */
expr_id neural_parameter(struct where *w, const struct ast *a, bool *is_parameter);

#endif
