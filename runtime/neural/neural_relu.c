/* The kind relu: h = max(0, h w + b), layer by layer; the last layer is linear. w[inputs, units] and
 * b[units]. */
#include <math.h>
#include <string.h>

#include "rt_neural.h"

/* out[units] = b + in w. Each sum starts with the bias and runs over the inputs in order. */
static void layer(const double *w, const double *b, const double *in, int32_t inputs, double *out,
                  int32_t units)
{
    memcpy(out, b, (size_t)units * sizeof *out);
    for (int32_t i = 0; i < inputs; i++) {
        double x = in[i];
        const double *row = w + (size_t)i * (size_t)units;
        for (int32_t j = 0; x != 0 && j < units; j++) {
            out[j] += x * row[j];
        }
    }
}

static void describe(const struct crnl_neural *m, FILE *out)
{
    static const char *const weights[] = {"binary", "ternary", "real"};
    for (int32_t l = 0; l <= m->n_layers; l++) {
        fprintf(out, "%s%d", l ? ", " : "[", m->width[l]);
    }
    fprintf(out, "], %s weights", weights[m->weights]);
    if (m->bits) {
        fprintf(out, " of %d bits", m->bits);
    }
}

static size_t work(const struct crnl_neural *m)
{
    return 2 * (size_t)rt_neural_widest(m);
}

static void apply(const struct crnl_neural *m, const double *value, const double *x, double *y, double *room)
{
    for (int32_t l = 0; l < m->n_layers; l++) {
        bool last = l == m->n_layers - 1;
        const double *w = value + m->array[2 * l].first, *b = value + m->array[2 * l + 1].first;
        double *out = last ? y : room + (size_t)(l % 2) * (size_t)rt_neural_widest(m);
        layer(w, b, x, m->width[l], out, m->width[l + 1]);
        for (int32_t j = 0; !last && j < m->width[l + 1]; j++) {
            out[j] = fmax(out[j], 0);
        }
        x = out;
    }
}

static bool is_weight(const struct crnl_neural *m, double w)
{
    return m->weights == CRNL_WEIGHTS_REAL || fabs(w) == 1 || (m->weights == CRNL_WEIGHTS_TERNARY && w == 0);
}

static int admit(const struct crnl_neural *m, double *value, const char *file, struct rt_error *e)
{
    for (int32_t l = 0; l < m->n_layers; l++) {
        const struct crnl_neural_array *a = &m->array[2 * l];
        double *w = value + a->first;
        for (int32_t i = 0; i < a->size; i++) {
            if (!is_weight(m, w[i])) {
                return rt_fail(e, CRNL_DATA,
                               "%s: `%s`[%d, %d] is %.15g, and the weights of `%s` are %s\n"
                               "  help: declare the model with weights = %s",
                               file, a->name, i / a->dim[1], i % a->dim[1], w[i], m->name,
                               m->weights == CRNL_WEIGHTS_BINARY ? "binary: -1 or 1" : "ternary: -1, 0 or 1",
                               m->weights == CRNL_WEIGHTS_BINARY && w[i] == 0 ? "ternary" : "real");
            }
        }
        rt_neural_round(w, a->size, m->bits);
    }
    return CRNL_OK;
}

const struct crnl_neural_kind crnl_neural_relu = {"relu", describe, work, apply, NULL, admit};
