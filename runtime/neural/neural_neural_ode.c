/* The kind neural_ode: z' = f(z, x, p) with z(0) = s(x, p); its value consists of read-outs r(z(T)); f, s and
 * r are polynomials (crnl_neural.h). Gradients are computed by the adjoint method (Pontryagin; Chen et al.
 * 2018): with the loss L = sum (r - y)^2 / 2, a(T) = dL/dz(T), a' = -a df/dz, and dL/dp = integral of a df/dp
 * from 0 to T, plus a(0) ds/dp. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_ctx.h"
#include "rt_neural.h"

enum { FIRST_STEPS = 32, MOST_STEPS = 1 << 16 };
static const double CLOSE = 1e-9; /* relative change of gradients when steps are halved */

static void describe(const struct crnl_neural *m, FILE *out)
{
    fprintf(out, "%d input%s, %d state%s, %d read-out%s", m->inputs, m->inputs == 1 ? "" : "s", m->n_states,
            m->n_states == 1 ? "" : "s", m->outputs, m->outputs == 1 ? "" : "s");
}

static int admit(const struct crnl_neural *m, double *value, const char *file, struct rt_error *e)
{
    const int32_t *positive = m->positive + m->n_states + m->inputs;
    for (int32_t i = 0; i < m->n_arrays; i++) {
        const struct crnl_neural_array *a = &m->array[i];
        for (int32_t k = a->first; k < a->first + a->size; k++) {
            if (positive[k] && value[k] < 0) {
                return rt_fail(e, CRNL_DATA,
                               "%s: `%s` of `%s` has the value %.6g, and it is assumed not to be negative",
                               file, a->name, m->name, value[k]);
            }
        }
    }
    return CRNL_OK;
}

const struct crnl_neural_kind crnl_neural_neural_ode = {"neural_ode", describe, NULL, NULL, NULL, admit};

/* ---- Gradients ---- */

struct adjoint {
    const struct crnl_neural *m;
    double *variable;         /* [states, inputs, parameters] */
    bool is_constant;         /* by an approximation the adjoint is constant */
    int32_t d, n;             /* numbers of states and parameters */
    int32_t starts, readouts; /* index of the first terms of z(0) and of the read-outs */
    double *k[4], *at;        /* slopes of a Runge-Kutta step, and a state */
};

static double term_value(const struct adjoint *s, int32_t t, int without)
{
    const int32_t *f = s->m->factor + (size_t)t * CRNL_NEURAL_MAX_DEGREE;
    double v = s->m->coefficient[t];
    for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
        v *= i == without ? 1 : s->variable[f[i]];
    }
    return v;
}

/* Computes out[equation - first] from the terms from .. to. */
static void evaluate(const struct adjoint *s, int32_t from, int32_t to, int32_t first, int32_t n, double *out)
{
    memset(out, 0, (size_t)n * sizeof *out);
    for (int32_t t = from; t < to; t++) {
        out[s->m->equation[t] - first] += term_value(s, t, -1);
    }
}

/* Adds weight[equation - first] times the derivative of each term: by states to of_state, by parameters to
 * of_parameter. */
static void pull_back(const struct adjoint *s, int32_t from, int32_t to, int32_t first, const double *weight,
                      double *of_state, double *of_parameter)
{
    int32_t parameters = s->d + s->m->inputs;
    for (int32_t t = from; t < to; t++) {
        const int32_t *f = s->m->factor + (size_t)t * CRNL_NEURAL_MAX_DEGREE;
        for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
            double *out = f[i] < s->d          ? of_state + f[i]
                          : f[i] >= parameters ? of_parameter + f[i] - parameters
                                               : NULL;
            if (out) {
                *out += weight[s->m->equation[t] - first] * term_value(s, t, i);
            }
        }
    }
}

/* Computes the states at 2 n + 1 times from 0 to T, into z: the steps are half as long as those of the
 * backward pass. */
static void go_forward(struct adjoint *s, double T, int64_t n, double *z)
{
    int32_t d = s->d;
    double h = T / (2 * (double)n);
    evaluate(s, s->starts, s->readouts, d, d, z);
    for (int64_t i = 0; i < 2 * n; i++) {
        static const double part[4] = {0, 0.5, 0.5, 1};
        const double *from = z + i * d;
        for (int r = 0; r < 4; r++) {
            for (int32_t j = 0; j < d; j++) {
                s->variable[j] = from[j] + (r ? h * part[r] * s->k[r - 1][j] : 0);
            }
            evaluate(s, 0, s->starts, 0, d, s->k[r]);
        }
        for (int32_t j = 0; j < d; j++) {
            z[(i + 1) * d + j] =
                from[j] + h / 6 * (s->k[0][j] + 2 * s->k[1][j] + 2 * s->k[2][j] + s->k[3][j]);
        }
    }
}

/* Computes a and the gradient g, together [d + n], from T back to 0. */
static void go_back(struct adjoint *s, double T, int64_t n, const double *z, double *ag)
{
    static const double part[4] = {0, 0.5, 0.5, 1};
    int32_t d = s->d, size = d + s->n;
    double h = T / (double)n;
    for (int64_t i = n; i > 0; i--) {
        for (int r = 0; r < 4; r++) {
            memcpy(s->variable, z + (2 * i - (r == 0 ? 0 : r == 3 ? 2 : 1)) * d, (size_t)d * sizeof *z);
            for (int32_t j = 0; j < d; j++) {
                s->at[j] = ag[j] + (r ? h * part[r] * s->k[r - 1][j] : 0);
            }
            memset(s->k[r], 0, (size_t)size * sizeof *s->k[r]);
            pull_back(s, 0, s->starts, 0, s->at, s->k[r], s->k[r] + d);
            if (s->is_constant) {
                memset(s->k[r], 0, (size_t)d * sizeof *s->k[r]);
            }
        }
        for (int32_t j = 0; j < size; j++) {
            ag[j] += h / 6 * (s->k[0][j] + 2 * s->k[1][j] + 2 * s->k[2][j] + s->k[3][j]);
        }
    }
    pull_back(s, s->starts, s->readouts, d, ag, s->k[0], ag + d); /* z(0) does not depend on states */
}

static void gradient(struct adjoint *s, const double *y, double T, int64_t n, double *out)
{
    const struct crnl_neural *m = s->m;
    int32_t d = s->d, size = d + s->n;
    double *z = rt_alloc((size_t)(2 * n + 1) * (size_t)d, sizeof *z),
           *ag = rt_alloc((size_t)size, sizeof *ag), *error = rt_alloc((size_t)m->outputs, sizeof *error);
    go_forward(s, T, n, z);
    memcpy(s->variable, z + 2 * n * d, (size_t)d * sizeof *z);
    evaluate(s, s->readouts, m->n_terms, 2 * d, m->outputs, error);
    for (int32_t i = 0; i < m->outputs; i++) {
        error[i] -= y[i];
    }
    pull_back(s, s->readouts, m->n_terms, 2 * d, error, ag, ag + d);
    go_back(s, T, n, z, ag);
    memcpy(out, ag + d, (size_t)s->n * sizeof *out);
    free(z);
    free(ag);
    free(error);
}

static struct adjoint begin(const struct crnl_neural *m, const double *x, const double *value,
                            bool is_constant)
{
    struct adjoint s = {.m = m, .is_constant = is_constant, .d = m->n_states, .n = m->n_values};
    s.variable = rt_alloc((size_t)CRNL_NEURAL_VARIABLES(m), sizeof *s.variable);
    memcpy(s.variable + m->n_states, x, (size_t)m->inputs * sizeof *x);
    memcpy(s.variable + m->n_states + m->inputs, value, (size_t)m->n_values * sizeof *value);
    while (s.starts < m->n_terms && m->equation[s.starts] < m->n_states) {
        s.starts++;
    }
    s.readouts = s.starts;
    while (s.readouts < m->n_terms && m->equation[s.readouts] < 2 * m->n_states) {
        s.readouts++;
    }
    size_t size = (size_t)(s.d + s.n);
    for (int r = 0; r < 4; r++) {
        s.k[r] = rt_alloc(size, sizeof *s.k[r]);
    }
    s.at = rt_alloc(size, sizeof *s.at);
    return s;
}

int crnl_neural_adjoint(struct crnl_ctx *ctx, int32_t neural, const double *value, const double *x,
                        const double *y, double T, int32_t is_constant, double *out, int32_t line)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    struct adjoint s = begin(m, x, value, is_constant != 0);
    double *coarse = rt_alloc((size_t)m->n_values, sizeof *coarse), change = INFINITY;
    int64_t n = FIRST_STEPS;
    gradient(&s, y, T, n, coarse);
    for (n *= 2; n <= MOST_STEPS && change > CLOSE; n *= 2) {
        double largest = 0;
        gradient(&s, y, T, n, out);
        change = 0;
        for (int32_t i = 0; i < m->n_values; i++) {
            largest = fmax(largest, fabs(out[i]));
            change = fmax(change, fabs(out[i] - coarse[i]));
        }
        change = change <= CLOSE * largest ? 0 : change == change ? change / largest : INFINITY;
        memcpy(coarse, out, (size_t)m->n_values * sizeof *out);
    }
    free(coarse);
    free(s.variable);
    free(s.at);
    for (int r = 0; r < 4; r++) {
        free(s.k[r]);
    }
    return change < INFINITY
               ? CRNL_OK
               : crnl_fail(ctx, CRNL_SOLVER, line,
                           "the states of `%s` leave all bounds before t = %.6g: there is no gradient",
                           m->name, T);
}
