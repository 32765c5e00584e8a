/* Neural models in the front end: declarations, values and statements. Functions that return -1, 0, NULL
 * or false after an error have reported it. */
#ifndef FRONTEND_NEURAL_H
#define FRONTEND_NEURAL_H

#include "frontend/front.h"

/* The number of a model in the program. Its declaration, and its file if it has one, are read at the
 * first use. -1 after an error. */
int32_t neural_use(struct front *f, struct name *n);
/* A field of the rows from which a model learns. neural_fields gives the fields of a model and returns
 * their number. */
struct neural_field {
    const char *name;
    struct shape shape;
};
size_t neural_fields(struct arena *a, const struct crnl_neural *m, struct neural_field **out);
/* The number of the network by which the model itself is run; -1 after an error. */
int32_t neural_units(struct front *f, struct name *n, struct span at);
/* Whether the dynamics of the model are those of a network with parameters of its own (reaction_tensor). */
bool neural_is_network(struct front *f, struct name *n);
/* The method by which the model runs (enum crnl_method_kind). */
int32_t neural_method(const struct crnl_neural *m);
/* Reports that `model` ("the model 'bm'") has no units of that name, but those of the list. Returns
 * false. */
bool neural_no_group(struct front *f, const char *model, struct span at, const char *name,
                     const char *const *known, size_t n);
/* The units of that name; NULL, with a report, if there are none. */
const struct crnl_neural_group *neural_find_group(struct front *f, const struct crnl_neural *m,
                                                  const char *model, struct span at, const char *name);
/* Whether the model's parameters are drawn when an experiment begins. If so, neural_start gives the
 * expression that draws them, real[n_values]; 0 after an error. */
bool neural_starts(const struct front *f, int32_t model);
expr_id neural_start(struct where *w, int32_t model);
/* A text that says what the parameters of a model of this kind are and how they are read, such as
 * "weights and biases of its layers: m.w[0], m.b[0], ...". `array` has the arrays that the block of the
 * model declares. */
const char *neural_parameters(struct front *f, const char *kind, const char *model, const char *const *array,
                              size_t n);
const char *neural_kind_text(const struct crnl_neural *m); /* "relu" */

/* The number of the program for which the model's first parameter stands (struct net_param). */
int32_t neural_first_number(const struct program *p, int32_t model);
/* Whether this number of the program, which comes after the program's parameters, belongs to a model
 * whose parameters are not known when compiling. */
bool neural_is_open(const struct program *p, int32_t number);
/* If m.w or m.w[0] is the value of a network's parameter, the parameter follows the model. *first becomes
 * the number of the program for which the first element stands (struct net_param), *shape its shape, and
 * *init an array of the values, or 0 if they are not known. */
enum neural_follows { NEURAL_NOT, NEURAL_FAILED, NEURAL_FOLLOWS };
enum neural_follows neural_followed(struct where *w, const struct ast *a, int32_t *first, struct shape *shape,
                                    expr_id *init);

#endif
