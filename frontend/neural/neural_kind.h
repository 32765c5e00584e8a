/* Kinds of models as the front end sees them. Each kind has a line in runtime/crnl_neural.def and a file
 * frontend/neural/neural_NAME.c. */
#ifndef FRONTEND_NEURAL_KIND_H
#define FRONTEND_NEURAL_KIND_H

#include "frontend/neural/neural.h"

/* A model while its declaration is read. */
struct neural_declaration {
    struct front *f;
    struct where w;        /* constants */
    const struct ast *ast; /* MODEL */
    struct crnl_neural m;  /* texts and arrays in the arena of the program */
};

struct neural_kind {
    const char *name;
    const struct crnl_neural_kind *runtime;
    /* The method (enum crnl_method_kind) by which a model itself runs; -1: the model has no states. */
    int32_t method;
    /* Reads sizes and block of the declaration: lays out the parameters, and gives them values if they are
     * written there. */
    bool (*declare)(struct neural_declaration *d);
    /* Gives the fields of the rows from which such a model learns, and returns their number. */
    size_t (*fields)(struct arena *a, const struct crnl_neural *m, struct neural_field **out);
    /* Says what the parameters are and how they are read: "the rates: %1$s.W[a]", where %1$s is the
     * model. NULL: the parameters are the arrays that the block declares. */
    const char *parameters;
    /* If the declaration draws the parameters: the values of all of them when an experiment begins,
     * real[n_values]. NULL: values come from `learn` or `load`. */
    expr_id (*start)(struct where *w, const struct ast *model, const struct crnl_neural *m);
};

#define NEURAL_KIND(name) extern const struct neural_kind neural_kind_##name;
#include "runtime/crnl_neural.def"

/* Reports E0520, with a help line, and returns false. */
bool neural_complain(struct neural_declaration *d, const struct ast *at, const char *what, const char *help);
struct arena *neural_arena(struct neural_declaration *d);

#endif
