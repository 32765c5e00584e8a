/* The kind reaction_tensor: the parameters of a network (ir/lower/tensor.h), which runs in place of the
 * model. */
#include <math.h>

#include "rt_neural.h"

static void describe(const struct crnl_neural *m, FILE *out)
{
    fprintf(out, "%d species", m->array[1].size);
}

/* Amounts that were learned to be below 0 count as 0, as in runs of the network. */
static int admit(const struct crnl_neural *m, double *value, const char *file, struct rt_error *e)
{
    for (int32_t i = 0; i < m->n_values; i++) {
        const struct crnl_neural_array *a = &m->array[i < m->array[1].first ? 0 : 1];
        if (!isfinite(value[i])) {
            return rt_fail(e, CRNL_DATA, "%s: a number of `%s` is %.6g", file, a->name, value[i]);
        }
        value[i] = a == &m->array[1] ? fmax(value[i], 0) : value[i];
    }
    return CRNL_OK;
}

const struct crnl_neural_kind crnl_neural_reaction_tensor = {
    "reaction_tensor", describe, NULL, NULL, NULL, admit};
