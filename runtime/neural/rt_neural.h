/* Internals of neural models: the operations of kinds, and what learning rules get. */
#ifndef RT_NEURAL_H
#define RT_NEURAL_H

#include "runtime/crnl_neural.h"
#include "runtime/rt_base.h"

struct crnl_neural_kind {
    const char *name;
    /* Prints what the model is, without its name and the number of its parameters. */
    void (*describe)(const struct crnl_neural *m, FILE *out);
    /* The size of the work array of `apply`, in numbers; NULL: none. */
    size_t (*work)(const struct crnl_neural *m);
    /* y[outputs] from x[inputs]; NULL: no inputs. */
    void (*apply)(const struct crnl_neural *m, const double *value, const double *x, double *y, double *work);
    /* Given the role and value of each unit: the probabilities of the states of the units asked for, or of
     * each of them being on; NULL: not available. */
    int (*law)(const struct crnl_neural *m, const double *value, bool marginals, const double *role,
               const double *given, double *out, struct rt_error *e);
    /* Converts parameters from a file to those of the model: rounds what may be rounded, and refuses values
     * of another kind. `file` is where they come from. */
    int (*admit)(const struct crnl_neural *m, double *value, const char *file, struct rt_error *e);
};

/* A model of a running program. */
struct rt_neural {
    double *value, *work;
    bool known; /* has parameters */
};

int32_t rt_neural_widest(const struct crnl_neural *m);
/* The symbol of a parameter array in the network that is the model itself. */
int32_t rt_neural_symbol(const struct crnl_model *m, const char *name);
/* Rounds weights to the nearest `bits`-bit integers over a common power of two, with at most 2^(bits-1) - 1
 * steps. bits = 0: leaves them unchanged. */
void rt_neural_round(double *w, int32_t n, int32_t bits);
/* neural_json.c: an array is stored under its name, {"w": ..., "theta": ...}; arrays of layers, w0, w1, b0,
 * ..., are lists under their letter, {"w": [layer 0, layer 1, ...], "b": [...]}, which is also read as a
 * capital. */
int rt_neural_read_json(const struct crnl_neural *m, const char *path, const char *name, double *value,
                        struct rt_error *e);
struct rt_file;
void rt_neural_write_json(const struct crnl_neural *m, const double *value, struct rt_file *out,
                          struct rt_error *e);

#endif
