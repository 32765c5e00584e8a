/* The kind boltzmann: units that are 0 or 1, with P(x) proportional to exp(sum of w[i, j] x_i x_j over pairs i < j + sum of theta[i] x_i)
 * (paper 000, eq. 1). w[units, units] is symmetric and 0 on the diagonal, theta[units]. */
#include <math.h>

#include "rt_neural.h"

static void describe(const struct crnl_neural *m, FILE *out)
{
    int32_t units = 0;
    for (int32_t i = 0; i < m->n_groups; i++) {
        fprintf(out, "%s%s", i ? ", " : "", m->group[i].name);
        for (int32_t k = 0; k < m->group[i].rank; k++) {
            fprintf(out, "%s%d", k ? ", " : "[", m->group[i].dim[k]);
        }
        fputs(m->group[i].rank ? "]" : "", out);
        units += m->group[i].size;
    }
    fprintf(out, ": %d units that are 0 or 1", units);
}

/* Probabilities of all states by enumeration, unit 0 the slowest. The exponent of a state is that of the state without its last unit
 * that is on, and what this unit adds. */
static void apply(const struct crnl_neural *m, const double *value, const double *x, double *y, double *work)
{
    const double *w = value + m->array[0].first, *theta = value + m->array[1].first;
    int32_t n = m->array[1].size;
    double most = y[0] = 0, sum = 0;
    (void)x;
    (void)work;
    for (int32_t s = 1; s < m->outputs; s++) {
        int32_t bit = 0;
        while (!(s >> bit & 1)) {
            bit++;
        }
        int32_t unit = n - 1 - bit;
        y[s] = y[s & (s - 1)] + theta[unit];
        for (int32_t j = 0; j < unit; j++) {
            y[s] += s >> (n - 1 - j) & 1 ? w[unit * n + j] : 0;
        }
        most = fmax(most, y[s]);
    }
    for (int32_t s = 0; s < m->outputs; s++) {
        sum += y[s] = exp(y[s] - most);
    }
    for (int32_t s = 0; s < m->outputs; s++) {
        y[s] /= sum;
    }
}

/* The same both ways, and 0 from a unit to itself. */
static int check_symmetric(const struct crnl_neural *m, const double *value, const char *file,
                           struct rt_error *e)
{
    const struct crnl_neural_array *w = &m->array[0];
    int32_t n = w->dim[0];
    const char *help = "\n  help: weights are the same both ways, and 0 from a unit to itself";
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j <= i; j++) {
            double a = value[w->first + i * n + j], b = value[w->first + j * n + i];
            if (i == j && a != 0) {
                return rt_fail(e, CRNL_DATA, "%s: `w`[%d, %d] is %.15g, and it joins a unit to itself%s",
                               file, i, i, a, help);
            }
            if (a != b) {
                return rt_fail(e, CRNL_DATA, "%s: `w`[%d, %d] is %.15g and `w`[%d, %d] is %.15g%s", file, j,
                               i, b, i, j, a, help);
            }
        }
    }
    return CRNL_OK;
}

/* 0 where the model joins no units. */
static int check_joined(const struct crnl_neural *m, const double *value, const char *file,
                        struct rt_error *e)
{
    int32_t n = m->array[0].dim[0], k = 0;
    for (int32_t i = 0; i < n && m->n_edges >= 0; i++) {
        for (int32_t j = i + 1; j < n; j++) {
            bool joined = k < m->n_edges && m->edge[2 * k] == i && m->edge[2 * k + 1] == j;
            double v = value[m->array[0].first + i * n + j];
            k += joined;
            if (!joined && v != 0) {
                return rt_fail(e, CRNL_DATA,
                               "%s: `w`[%d, %d] is %.15g, and these units of `%s` are not connected\n"
                               "  help: declare the model with connect all;",
                               file, i, j, v, m->name);
            }
        }
    }
    return CRNL_OK;
}

static int admit(const struct crnl_neural *m, double *value, const char *file, struct rt_error *e)
{
    int status = check_symmetric(m, value, file, e);
    return status ? status : check_joined(m, value, file, e);
}

const struct crnl_neural_kind crnl_neural_boltzmann = {"boltzmann", describe, NULL, apply, admit};
