/* Neural models in the front end: declarations, values, statements. */
#ifndef FRONTEND_NEURAL_H
#define FRONTEND_NEURAL_H

#include "frontend/front.h"

/* Number in the program of a model; its declaration is read, and its file if it has one, at the first use.
 * -1 after an error. */
int32_t neural_use(struct front *f, struct name *n);
/* What a row gives that the model learns from; how many fields. */
struct neural_field {
    const char *name;
    struct shape shape;
};
size_t neural_fields(struct arena *a, const struct crnl_neural *m, struct neural_field **out);
/* The network that is the model itself, for runs of it; -1 after an error. */
int32_t neural_units(struct front *f, struct name *n, struct span at);
/* Whether a model has dynamics that are a network's, with parameters of its own (reaction_tensor). */
bool neural_is_network(struct front *f, struct name *n);
/* The method by which the model runs, enum crnl_method_kind. */
int32_t neural_method(const struct crnl_neural *m);
/* Reports that `model`, "the model 'bm'", has no units of that name, but those of the list; false. */
bool neural_no_group(struct front *f, const char *model, struct span at, const char *name,
                     const char *const *known, size_t n);
/* The units of that name; else NULL, and reported. */
const struct crnl_neural_group *neural_find_group(struct front *f, const struct crnl_neural *m,
                                                  const char *model, struct span at, const char *name);
/* Whether the model's parameters are drawn when an experiment begins; then their values, real[n_values], 0
 * after an error. */
bool neural_starts(const struct front *f, int32_t model);
expr_id neural_start(struct where *w, int32_t model);
/* What the parameters of a model of this kind are and how they are read: "weights and biases of its layers:
 * m.w[0], m.b[0], ..."; `array` are those that its block declares. */
const char *neural_parameters(struct front *f, const char *kind, const char *model, const char *const *array,
                              size_t n);
const char *neural_kind_text(const struct crnl_neural *m); /* "relu" */

/* The number of the program that a model's first parameter stands for (struct net_param). */
int32_t neural_first_number(const struct program *p, int32_t model);
/* Whether this number of the program, behind its parameters, is of a model without parameters known when
 * compiling. */
bool neural_is_open(const struct program *p, int32_t number);
/* m.w, m.w[0] as the value of a network's parameter, which follows it then: the number of the program that
 * its first element stands for (struct net_param), the shape, and an array of the values where they are
 * known, else 0. */
enum neural_follows { NEURAL_NOT, NEURAL_FAILED, NEURAL_FOLLOWS };
enum neural_follows neural_followed(struct where *w, const struct ast *a, int32_t *first, struct shape *shape,
                                    expr_id *init);

#endif
