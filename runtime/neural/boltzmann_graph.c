/* Graphs of Boltzmann machines, and results by enumeration of their states. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_boltzmann.h"
#include "runtime/crnl_csr.h"

static void list_edges(struct rt_boltzmann *g, const struct crnl_neural *m)
{
    int32_t n = g->n, at = 0;
    g->n_edges = m->n_edges < 0 ? n * (n - 1) / 2 : m->n_edges;
    g->from = rt_alloc((size_t)g->n_edges, sizeof *g->from);
    g->to = rt_alloc((size_t)g->n_edges, sizeof *g->to);
    for (int32_t i = 0; m->n_edges < 0 && i < n; i++) {
        for (int32_t j = i + 1; j < n; j++) {
            g->from[at] = i;
            g->to[at++] = j;
        }
    }
    for (int32_t e = 0; e < m->n_edges; e++) {
        g->from[e] = m->edge[2 * e];
        g->to[e] = m->edge[2 * e + 1];
    }
}

/* Edges are sorted by their first and then their second unit, so neighbours are sorted too. */
static void list_neighbours(struct rt_boltzmann *g)
{
    g->ptr = rt_alloc((size_t)g->n + 2, sizeof *g->ptr);
    g->neighbour = rt_alloc(2 * (size_t)g->n_edges, sizeof *g->neighbour);
    g->place[0] = rt_alloc((size_t)g->n_edges, sizeof **g->place);
    g->place[1] = rt_alloc((size_t)g->n_edges, sizeof **g->place);
    for (int32_t e = 0; e < g->n_edges; e++) {
        csr_count(g->ptr, g->from[e]);
        csr_count(g->ptr, g->to[e]);
    }
    csr_open(g->ptr, g->n);
    for (int side = 1; side >= 0; side--) { /* neighbours before the unit come first */
        for (int32_t e = 0; e < g->n_edges; e++) {
            int32_t unit = side ? g->to[e] : g->from[e], other = side ? g->from[e] : g->to[e];
            g->place[side][e] = csr_place(g->ptr, unit);
            g->neighbour[g->place[side][e]] = other;
        }
    }
}

struct rt_boltzmann *rt_boltzmann_create(const struct crnl_neural *m)
{
    struct rt_boltzmann *g = rt_alloc(1, sizeof *g);
    g->n = m->array[1].size;
    g->n_visible = m->n_visible;
    list_edges(g, m);
    list_neighbours(g);
    for (int32_t e = 0; e < g->n_edges; e++) {
        g->joins_hidden = g->joins_hidden || g->from[e] >= g->n_visible;
    }
    g->w = rt_alloc(2 * (size_t)g->n_edges, sizeof *g->w);
    g->theta = rt_alloc((size_t)g->n, sizeof *g->theta);
    return g;
}

void rt_boltzmann_destroy(struct rt_boltzmann *g)
{
    if (g) {
        int32_t *const list[] = {g->from, g->to, g->place[0], g->place[1], g->ptr, g->neighbour};
        for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
            free(list[i]);
        }
        free(g->w);
        free(g->theta);
        free(g);
    }
}

void rt_boltzmann_set(struct rt_boltzmann *g, const double *w, const double *theta)
{
    for (int32_t e = 0; e < g->n_edges; e++) {
        g->w[g->place[0][e]] = g->w[g->place[1][e]] = (float)w[e];
    }
    for (int32_t i = 0; i < g->n; i++) {
        g->theta[i] = (float)theta[i];
    }
}

void rt_boltzmann_from(const struct rt_boltzmann *g, const struct crnl_neural *m, const double *value,
                       double *w, double *theta)
{
    const double *all = value + m->array[0].first;
    for (int32_t e = 0; e < g->n_edges; e++) {
        w[e] = all[(size_t)g->from[e] * (size_t)g->n + (size_t)g->to[e]];
    }
    memcpy(theta, value + m->array[1].first, (size_t)g->n * sizeof *theta);
}

void rt_boltzmann_to(const struct rt_boltzmann *g, const struct crnl_neural *m, const double *w,
                     const double *theta, double *value)
{
    size_t n = (size_t)g->n;
    double *all = value + m->array[0].first;
    memset(all, 0, n * n * sizeof *all);
    for (int32_t e = 0; e < g->n_edges; e++) {
        size_t i = (size_t)g->from[e], j = (size_t)g->to[e];
        all[i * n + j] = all[j * n + i] = w[e];
    }
    memcpy(value + m->array[1].first, theta, n * sizeof *theta);
}

/* Replaces the law of the model by a difference: its conditional law given the visible units, averaged over
 * the data, minus the law itself. Returns the divergence. */
static double subtract_law(const struct rt_boltzmann *g, const double *data, double *law)
{
    int hidden = g->n - g->n_visible;
    double divergence = 0;
    for (int64_t v = 0; v < INT64_C(1) << g->n_visible; v++) {
        double *p = law + (v << hidden), sum = 0;
        for (int64_t h = 0; h < INT64_C(1) << hidden; h++) {
            sum += p[h];
        }
        divergence += data[v] > 0 ? data[v] * log(data[v] / sum) : 0;
        for (int64_t h = 0; h < INT64_C(1) << hidden; h++) {
            p[h] = sum > 0 ? p[h] * (data[v] / sum) - p[h] : 0;
        }
    }
    return divergence;
}

/* Sums over all states in which units i and j are on. */
static double sum_over(const struct rt_boltzmann *g, const double *difference, int32_t i, int32_t j)
{
    int64_t on = INT64_C(1) << (g->n - 1 - i) | INT64_C(1) << (g->n - 1 - j), n = INT64_C(1) << g->n;
    double sum = 0;
    for (int64_t s = on; s < n; s = (s + 1) | on) {
        sum += difference[s];
    }
    return sum;
}

/* Energies that are not finite give no valid law; the learner notices this by its parameters. */
void rt_boltzmann_law(const struct crnl_neural *m, const double *value, double *law)
{
    int32_t n = m->array[1].size;
    double *role = rt_alloc(2 * (size_t)n, sizeof *role); /* and given values, which are not used */
    struct rt_error e = {0};
    for (int32_t i = 0; i < n; i++) {
        role[i] = CRNL_UNIT_ASKED;
    }
    m->kind->law(m, value, false, role, role + n, law, &e);
    rt_error_free(&e);
    free(role);
}

double rt_boltzmann_gradient(const struct rt_boltzmann *g, const struct crnl_neural *m, const double *value,
                             const double *data, double *law, double *pair, double *single, double *mean)
{
    rt_boltzmann_law(m, value, law);
    for (int32_t i = 0; mean && i < g->n; i++) {
        mean[i] = sum_over(g, law, i, i);
    }
    double divergence = subtract_law(g, data, law);
    for (int32_t e = 0; pair && e < g->n_edges; e++) {
        pair[e] = sum_over(g, law, g->from[e], g->to[e]);
    }
    for (int32_t i = 0; single && i < g->n; i++) {
        single[i] = sum_over(g, law, i, i);
    }
    return divergence;
}
