/* Neural models: how a program describes one, and how the compiler reads stored parameters. A description is
 * constant data; its texts and arrays are not copied. Parameters are a vector of doubles that is divided
 * into named arrays, whose meaning depends on the kind. Kinds and learning rules are in tables, so that a
 * program links only those that it names. */
#ifndef CRNL_NEURAL_H
#define CRNL_NEURAL_H

#include <stdint.h>
#include <stdio.h>

#include "crnl_members.h"

/* Limits beyond which a model is refused. */
enum { CRNL_NEURAL_MAX_LAYERS = 64, CRNL_NEURAL_MAX_VALUES = 1 << 27, CRNL_NEURAL_MAX_BITS = 24 };
enum {
    CRNL_NEURAL_MAX_RANK = 4,
    CRNL_NEURAL_MAX_UNITS = 24
}; /* RANK: of arrays and groups of units; UNITS: of a law by enumeration */

/* Roles of units in a law: summed over; asked for, in the order of their numbers, where the first one varies
 * slowest; or given a value, 0 or 1. */
enum crnl_unit_role { CRNL_UNIT_SUMMED, CRNL_UNIT_ASKED, CRNL_UNIT_GIVEN };

/* neural_ode: z' = f, z(0) = start and the read-outs are polynomials, stored as one list of terms, each a
 * coefficient times factors. Variables are numbered: states, inputs, parameters, and then the targets of the
 * read-outs. Equations are numbered: z' of each state, z(0) of each state, read-outs. */
enum { CRNL_NEURAL_MAX_DEGREE = 8 };
#define CRNL_NEURAL_VARIABLES(m) ((m)->n_states + (m)->inputs + (m)->n_values)
#define CRNL_NEURAL_ASSUMED(m)   ((m)->n_states > 0 ? CRNL_NEURAL_VARIABLES(m) + (m)->outputs : 0)

/* The values that weights may have: -1, 1; -1, 0, 1; or any number, which with `bits` is an n-bit integer
 * over a power of two, one for each layer. */
enum crnl_weights { CRNL_WEIGHTS_BINARY, CRNL_WEIGHTS_TERNARY, CRNL_WEIGHTS_REAL };

/* clang-format off */
#define CRNL_NEURAL_ARRAY(M) \
    M##_TEXT(name)                           /* "w0", "b0": also in files */ \
    M##_INT(rank) \
    M##_INTS(dim, CRNL_NEURAL_MAX_RANK) \
    M##_INT(first) \
    M##_INT(size) /* clang-format on */
struct crnl_neural_array { /* an array: the values first .. first + size, row-major */
    CRNL_NEURAL_ARRAY(CRNL_DECLARE)
};

/* clang-format off */
#define CRNL_NEURAL_GROUP(M) \
    M##_TEXT(name) \
    M##_INT(rank) \
    M##_INTS(dim, CRNL_NEURAL_MAX_RANK) \
    M##_INT(first) \
    M##_INT(size)      /* clang-format on */
struct crnl_neural_group { /* units of the same name: first .. first + size, in the shape of the name */
    CRNL_NEURAL_GROUP(CRNL_DECLARE)
};

struct crnl_neural_kind;
#define NEURAL_KIND(name) extern const struct crnl_neural_kind crnl_neural_##name;
#include "crnl_neural.def"

/* clang-format off */
#define CRNL_NEURAL(M) \
    M##_MEMBER(const struct crnl_neural_kind *, kind) \
    M##_TEXT(name) \
    M##_TEXT(folder)                         /* of the source: where files are sought last */ \
    M##_INT(line)                            /* of the declaration */ \
    M##_INT(inputs)                          /* 0: it has no value at an input, but a law */ \
    M##_INT(outputs) \
    M##_INT(n_layers)                        /* relu: see `width`; arrays w0 b0 w1 b1 ... */ \
    M##_INT(weights)                         /* enum crnl_weights */ \
    M##_INT(bits)                            /* 0: not rounded */ \
    M##_INT(n_arrays) \
    M##_INT(n_values) \
    M##_INT(n_groups)                        /* boltzmann: units; neural_ode: states, then inputs */ \
    M##_INT(n_visible)                       /* units of the visible groups */ \
    M##_INT(n_states)                        /* neural_ode */ \
    M##_INT(n_terms)                         /* neural_ode: of all equations */ \
    M##_ARRAY(int32_t, equation, m->n_terms) /* in ascending order */ \
    M##_ARRAY(double, coefficient, m->n_terms) \
    M##_ARRAY(int32_t, factor, m->n_terms * CRNL_NEURAL_MAX_DEGREE) /* ascending; -1: no more */ \
    M##_ARRAY(int32_t, positive, CRNL_NEURAL_ASSUMED(m)) /* 1: assumed to be >= 0 */ \
    M##_INT(n_edges)                         /* pairs of units that may have a weight; -1: all */ \
    M##_INT(one_way)                         /* boltzmann: w[i, j] is what unit j does to unit i alone */ \
    M##_ARRAY(int32_t, width, m->n_layers + 1) /* layer l has width[l] inputs, width[l + 1] units */ \
    M##_ARRAY(int32_t, edge, m->n_edges < 0 ? 0 : 2 * m->n_edges) /* i < j; one_way: of w[i, j] */ \
    M##_MEMBER(const struct crnl_neural_array *, array) \
    M##_ARRAY(double, value, m->n_values)    /* known when compiled; NULL: from `learn` or `load` */ \
    M##_MEMBER(const struct crnl_neural_group *, group) /* clang-format on */
struct crnl_neural {
    CRNL_NEURAL(CRNL_DECLARE)
};

/* Prints the model in a line, without its name: "[4, 8, 3], binary weights, 67 parameters". */
void crnl_neural_describe(const struct crnl_neural *m, FILE *out);

/* Reads parameters from `file`: an .npz with exactly the arrays of the model, or a .json with the arrays by
 * name, where arrays of layers are a list under their letter: {"w": [...], "b": [...]}. A relative name is
 * searched in out_dir, in the current folder, and in data_dir or, if that is NULL, in the folder of the
 * model. Returns a status; after an error *message is its text, with help lines, which the caller frees. */
int crnl_neural_read(const struct crnl_neural *m, const char *out_dir, const char *data_dir, const char *file,
                     double *value, char **message);

/* ---- Learning rules ---- */
struct crnl_learn_option {
    const char *name;
    double value, least, most; /* the default, which may lie outside the bounds; bounds for given values */
    int32_t whole;             /* the value must be an integer */
    int32_t truth;             /* a boolean, as 1 or 0 */
    int32_t is_list;           /* a number for each layer, or for each name of `over`; a single number is for
                                  all */
    const char *const
        *word;          /* NULL: a number; otherwise the value is the index of one of these words, which NULL
                           ends */
    const char *inside; /* an option of this word, such as `lr` of adam(lr = 0.001); NULL: an option of the
                           rule */
};
enum { CRNL_LEARN_RECORDS = 2 }; /* number of quantities that a rule measures per epoch */
struct crnl_learner {
    const char *name;
    const struct crnl_neural_kind *kind; /* kind of the models that it teaches */
    int32_t n_options;
    const struct crnl_learn_option *option;
    /* "loss": the name of the series M.loss, and of its value for the parameters kept; NULL: none. */
    const char *record[CRNL_LEARN_RECORDS];
    int32_t one_way;                  /* it teaches models with one-way connections; otherwise other models */
    int32_t by_with;                  /* its rows are made by `with`, never a data set as it is */
    const struct rt_learn_rule *rule; /* its operations: runtime/neural/rt_learn.h */
};
#define LEARNER(name) extern const struct crnl_learner crnl_learn_##name;
#include "crnl_neural.def"

#endif
