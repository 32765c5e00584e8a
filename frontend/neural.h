/* Neural models in the front end: declarations, values, statements. */
#ifndef FRONTEND_NEURAL_H
#define FRONTEND_NEURAL_H

#include "frontend/front.h"

/* Number in the program of a model; its declaration is read, and its file if it has one, at the first use. -1 after an
 * error. */
int32_t neural_use(struct front *f, struct name *n);
/* distribution(m): the probabilities of the model's states. */
expr_id neural_law(struct where *w, const struct ast *a, struct name *n);
const char *neural_kind_text(const struct crnl_neural *m); /* "relu" */

#endif
