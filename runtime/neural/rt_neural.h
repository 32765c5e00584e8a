/* Inside of neural models: the kinds' operations, and what learning rules are given. */
#ifndef RT_NEURAL_H
#define RT_NEURAL_H

#include "runtime/crnl_neural.h"
#include "runtime/rt_base.h"

struct crnl_neural_kind {
    const char *name;
    /* Prints what the model is, without its name and the number of its parameters. */
    void (*describe)(const struct crnl_neural *m, FILE *out);
    /* How many numbers `apply` needs room for; NULL: none. */
    size_t (*work)(const struct crnl_neural *m);
    /* y[outputs] from x[inputs]; NULL: no inputs. */
    void (*apply)(const struct crnl_neural *m, const double *value, const double *x, double *y, double *work);
    /* By role and value of each unit: the probabilities of the states of those asked for, or of each being
     * on, given those that are given; NULL: none. */
    int (*law)(const struct crnl_neural *m, const double *value, bool marginals, const double *role,
               const double *given, double *out, struct rt_error *e);
    /* Makes parameters from elsewhere the model's: rounds what may be rounded, refuses what is of another
     * kind. `file` is where they come from. */
    int (*admit)(const struct crnl_neural *m, double *value, const char *file, struct rt_error *e);
};

/* A model of a running program. */
struct rt_neural {
    double *value, *work;
    bool known; /* has parameters */
};

int32_t rt_neural_widest(const struct crnl_neural *m);
/* The symbol of an array of a model in the network that is the model itself. */
int32_t rt_neural_symbol(const struct crnl_model *m, const char *name);
/* Weights to `bits`-bit integers over one power of two: round to nearest, at most 2^(bits-1) - 1 steps. bits
 * 0: untouched. */
void rt_neural_round(double *w, int32_t n, int32_t bits);
/* neural_json.c: an array is under its name, {"w": ..., "theta": ...}; those of layers, w0, w1, b0, ..., are
 * lists under their letter, {"w": [layer 0, layer 1, ...], "b": [...]}; read with capitals too. */
int rt_neural_read_json(const struct crnl_neural *m, const char *path, const char *name, double *value,
                        struct rt_error *e);
struct rt_file;
void rt_neural_write_json(const struct crnl_neural *m, const double *value, struct rt_file *out,
                          struct rt_error *e);

#endif
