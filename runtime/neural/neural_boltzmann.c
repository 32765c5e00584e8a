/* The kind boltzmann: units that are 0 or 1, with P(x) proportional to exp(sum of w[i, j] x_i x_j over pairs
 * i < j + sum of theta[i] x_i) (paper 000, eq. 1). The parameters are w[units, units], symmetric and 0 on the
 * diagonal, and theta[units]. If connections go one way, w[i, j] is the weight of unit j in the field of unit
 * i: a unit is drawn given the others as before, but there is no law in closed form. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    fprintf(out, ": %d units that are 0 or 1%s", units, m->one_way ? ", connected one way" : "");
}

/* Enumeration of the states of the units that are not given, beginning with those whose law is requested. It
 * is a tree: a unit that is on adds its field to the exponent, and its weights to the fields of later
 * units. */
struct enumeration {
    int32_t n, asked;    /* number of units that are not given, and how many of them are requested */
    const double **w;    /* [n] row of weights of each unit, by unit number of the model */
    const int32_t *unit; /* [n] */
    double *field;       /* [n + 1][n] fields of the remaining units, by level */
    double most;         /* largest exponent */
    /* [2^asked] sum of exp(exponent - most) over the states with these requested units, or NULL */
    double *state;
    double *on; /* [asked] such a sum over the states in which the unit is on, or NULL */
};

static const double *turn_on(struct enumeration *x, int32_t k)
{
    const double *field = x->field + (size_t)k * (size_t)x->n;
    double *next = x->field + (size_t)(k + 1) * (size_t)x->n;
    for (int32_t j = k + 1; j < x->n; j++) {
        next[j] = field[j] + x->w[k][x->unit[j]];
    }
    return field;
}

static void turn_off(struct enumeration *x, int32_t k)
{
    const double *field = x->field + (size_t)k * (size_t)x->n;
    double *next = x->field + (size_t)(k + 1) * (size_t)x->n;
    for (int32_t j = k + 1; j < x->n; j++) {
        next[j] = field[j];
    }
}

static void find_most(struct enumeration *x, int32_t k, double exponent)
{
    if (k == x->n) {
        x->most = fmax(x->most, exponent);
        return;
    }
    turn_off(x, k);
    find_most(x, k + 1, exponent);
    const double *field = turn_on(x, k);
    find_most(x, k + 1, exponent + field[k]);
}

/* The sum over the states below; `state` has the bits of the requested units so far. */
static double add_up(struct enumeration *x, int32_t k, double exponent, int32_t state)
{
    double sum;
    if (k == x->n) {
        sum = exp(exponent - x->most);
    } else {
        turn_off(x, k);
        sum = add_up(x, k + 1, exponent, k < x->asked ? 2 * state : state);
        const double *field = turn_on(x, k);
        double on = add_up(x, k + 1, exponent + field[k], k < x->asked ? 2 * state + 1 : state);
        if (x->on && k < x->asked) {
            x->on[k] += on;
        }
        sum += on;
    }
    if (x->state && k == x->asked) {
        x->state[state] = sum;
    }
    return sum;
}

/* Lists the units with this role. */
static int32_t collect(const double *role, int32_t n, enum crnl_unit_role which, int32_t *unit)
{
    int32_t found = 0;
    for (int32_t i = 0; i < n; i++) {
        if ((int)role[i] == (int)which) {
            unit[found++] = i;
        }
    }
    return found;
}

/* Computes the fields of the units that are not given: biases, and weights to given units that are on. */
static int begin(struct enumeration *x, const struct crnl_neural *m, const double *value, const double *role,
                 const double *given, struct rt_error *e)
{
    const double *w = value + m->array[0].first, *theta = value + m->array[1].first;
    int32_t n = m->array[1].size;
    for (int32_t i = 0; i < n; i++) {
        if ((int)role[i] == CRNL_UNIT_GIVEN && given[i] != 0 && given[i] != 1) {
            return rt_fail(e, CRNL_BAD_ARGUMENT, "unit %d of `%s` is given the value %.6g, and is 0 or 1", i,
                           m->name, given[i]);
        }
    }
    for (int32_t k = 0; k < x->n; k++) {
        int32_t i = x->unit[k];
        x->w[k] = w + (size_t)i * (size_t)n;
        x->field[k] = theta[i];
        for (int32_t j = 0; j < n; j++) {
            x->field[k] += (int)role[j] == CRNL_UNIT_GIVEN && given[j] == 1 ? x->w[k][j] : 0;
        }
    }
    return CRNL_OK;
}

static int law(const struct crnl_neural *m, const double *value, bool marginals, const double *role,
               const double *given, double *out, struct rt_error *e)
{
    int32_t n = m->array[1].size, *unit = rt_alloc((size_t)n, sizeof *unit);
    struct enumeration x = {.unit = unit, .most = -INFINITY};
    x.asked = collect(role, n, CRNL_UNIT_ASKED, unit);
    x.n = x.asked + collect(role, n, CRNL_UNIT_SUMMED, unit + x.asked);
    x.w = rt_alloc((size_t)x.n, sizeof *x.w);
    x.field = rt_alloc((size_t)(x.n + 1) * (size_t)x.n, sizeof *x.field);
    int64_t size = marginals ? x.asked : (int64_t)1 << x.asked;
    int status = begin(&x, m, value, role, given, e);
    if (!status) {
        memset(out, 0, (size_t)size * sizeof *out);
        x.state = marginals ? NULL : out;
        x.on = marginals ? out : NULL;
        find_most(&x, 0, 0);
        double all = add_up(&x, 0, 0, 0);
        for (int64_t i = 0; i < size; i++) {
            out[i] /= all;
        }
        if (!isfinite(x.most) || !(all < INFINITY)) {
            status =
                rt_fail(e, CRNL_BAD_ARGUMENT,
                        "the energies of `%s` are no finite numbers: its weights are too large", m->name);
        }
    }
    free(unit);
    free(x.w);
    free(x.field);
    return status;
}

/* Checks that w is symmetric, unless connections go one way, and 0 on the diagonal. */
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
            if (a != b && !m->one_way) {
                return rt_fail(e, CRNL_DATA, "%s: `w`[%d, %d] is %.15g and `w`[%d, %d] is %.15g%s", file, j,
                               i, b, i, j, a, help);
            }
        }
    }
    return CRNL_OK;
}

/* Checks that w is 0 where the model has no connection. */
static int check_joined(const struct crnl_neural *m, const double *value, const char *file,
                        struct rt_error *e)
{
    int32_t n = m->array[0].dim[0], k = 0;
    for (int32_t i = 0; i < n && m->n_edges >= 0; i++) {
        for (int32_t j = m->one_way ? 0 : i + 1; j < n; j++) {
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

const struct crnl_neural_kind crnl_neural_boltzmann = {"boltzmann", describe, NULL, NULL, law, admit};
