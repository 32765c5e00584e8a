/* Gibbs sampling of a Boltzmann machine (Geman, Geman 1984): its units are drawn in turn, each given all
 * others,
 *
 *     P(on) = 1 / (1 + exp(-field)),   field_i = theta_i + sum of w_ij x_j;
 *
 * w need not be symmetric. Units whose updates are switched off (`clamp`) do not change. An update is an
 * event, whether the unit changes or not, and takes 1 / (number of units that are updated), so that a unit of
 * time is a sweep over them.
 *
 * The fields of updated units are stored, and change with each unit that changes. Most draws are decided by
 * bounds of the probability from a table, the others by the function itself, so the sampling is exact. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ssa.h"

enum { TABLE_RANGE = 20, TABLE_STEPS = 16, TABLE_SIZE = 2 * TABLE_RANGE * TABLE_STEPS };

struct gibbs {
    int32_t n_free;
    int32_t *unit; /* [n_free] the units that are updated, in order */
    double *w;     /* [n_free, n_free] row a: weights of unit a in the fields of the others */
    double *field; /* [n_free] */
    double t_first;
    int64_t first; /* events before this run, which began at t_first */
    const double *bound;
};

static double logistic(double field)
{
    return 1 / (1 + crnl_exp(-field));
}

/* [TABLE_SIZE + 1] values of the logistic function at -TABLE_RANGE, -TABLE_RANGE + 1 / TABLE_STEPS, ...: two
 * neighbours bound the probabilities between them. */
static double bounds[TABLE_SIZE + 1];

static void make_bounds(void)
{
    for (int i = 0; i <= TABLE_SIZE; i++) {
        bounds[i] = logistic((double)i / TABLE_STEPS - TABLE_RANGE);
    }
}

static void create(struct rt_ssa *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    size_t n = (size_t)s->job->m->n_species;
    pthread_once(&once, make_bounds);
    struct gibbs *g = s->data = rt_alloc(1, sizeof *g);
    g->unit = rt_alloc(n, sizeof *g->unit);
    g->w = rt_alloc(n * n, sizeof *g->w);
    g->field = rt_alloc(n, sizeof *g->field);
    g->bound = bounds;
}

static void destroy(struct rt_ssa *s)
{
    struct gibbs *g = s->data;
    free(g->unit);
    free(g->w);
    free(g->field);
    free(g);
}

/* Finds the units that are updated: those whose update is not switched off and that are not held. */
static void start(struct rt_ssa *s)
{
    const struct crnl_model *m = s->job->m;
    const struct crnl_neural *of = s->job->neural;
    struct gibbs *g = s->data;
    int32_t n = m->n_species;
    const double *w = s->job->neural_value + of->array[0].first,
                 *theta = s->job->neural_value + of->array[1].first;
    g->n_free = 0;
    for (int32_t i = 0; i < n; i++) {
        if (s->w.k[i] > 0 && m->net_ptr[i + 1] > m->net_ptr[i]) {
            g->unit[g->n_free++] = i;
        }
    }
    for (int32_t a = 0; a < g->n_free; a++) {
        const double *row = w + (size_t)g->unit[a] * (size_t)n;
        double field = theta[g->unit[a]];
        for (int32_t j = 0; j < n; j++) {
            field += row[j] * s->w.x[j];
        }
        g->field[a] = field;
        for (int32_t b = 0; b < g->n_free; b++) {
            g->w[(size_t)b * (size_t)g->n_free + (size_t)a] = row[g->unit[b]];
        }
    }
    g->t_first = s->w.t;
    g->first = s->w.events;
}

/* Whether u < 1 / (1 + exp(-field)). */
static inline bool is_on(const struct gibbs *g, double field, double u)
{
    double at = (field + TABLE_RANGE) * TABLE_STEPS;
    if (at >= 0 && at < TABLE_SIZE) {
        const double *cell = g->bound + (int)at;
        if (u < cell[0]) {
            return true;
        }
        if (u > cell[1]) {
            return false;
        }
    }
    return u < logistic(field);
}

static void flip(struct rt_ssa *s, struct gibbs *g, int32_t a)
{
    int32_t unit = g->unit[a], n = g->n_free;
    const double *w = g->w + (size_t)a * (size_t)n;
    double *restrict field = g->field;
    if (s->w.x[unit] != 0) {
        s->w.x[unit] = 0;
        for (int32_t b = 0; b < n; b++) {
            field[b] -= w[b];
        }
    } else {
        s->w.x[unit] = 1;
        for (int32_t b = 0; b < n; b++) {
            field[b] += w[b];
        }
    }
    if (s->w.watch) {
        rt_watch_reaction(&s->w, unit);
    }
}

static int advance(struct rt_ssa *s, double t_stop, int64_t max_events)
{
    struct crnl_ssa *w = &s->w;
    struct gibbs *g = s->data;
    if (g->n_free == 0) {
        w->t = t_stop;
        return CRNL_SSA_DEAD;
    }
    int32_t a = (int32_t)((w->events - g->first) % g->n_free);
    for (int64_t k = 0; k < max_events; k++) {
        double next = g->t_first + (double)(w->events - g->first + 1) / g->n_free;
        if (next > t_stop) {
            w->t = t_stop;
            return CRNL_SSA_TIME;
        }
        w->t = next;
        w->events++;
        bool on = is_on(g, g->field[a], crnl_rng_uniform(&w->rng));
        if (on != (w->x[g->unit[a]] != 0)) {
            flip(s, g, a);
        }
        a = a + 1 < g->n_free ? a + 1 : 0;
    }
    return CRNL_SSA_EVENTS;
}

/* Only the fields are state: which units are updated, and their weights, are as at the start. */
static void state(struct rt_ssa *s, struct rt_state *p)
{
    struct gibbs *g = s->data;
    rt_state_piece(p, g->field, (size_t)g->n_free * sizeof *g->field);
}

static const struct rt_stepper gibbs = {.create = create,
                                        .start = start,
                                        .advance = advance,
                                        .destroy = destroy,
                                        .has_no_kernel = true,
                                        .state = state};

static void *create_worker(const struct rt_job *job, struct rt_error *e)
{
    return rt_ssa_create(&gibbs, job, e);
}

const struct crnl_method crnl_method_gibbs = {
    CRNL_METHOD_GIBBS, create_worker, rt_ssa_run, rt_ssa_destroy, NULL, rt_ssa_renew, NULL, NULL, NULL, NULL};
