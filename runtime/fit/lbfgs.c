/* L-BFGS with bounds: the variable-metric method of Luksan in NLopt (Nocedal 1980; Luksan, Spedicato 2000).
 * This method stops early if the loss is far from 1, so it gets the loss divided by its size, and it is
 * restarted from where it stopped until that gains nothing. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"

enum { MOST_ROUNDS = 20, WORSE = 1000 };

static const struct crnl_learn_option options[] = {RT_FIT_COMMON(1000, 1e-9)};

typedef struct nlopt_opt_s *nlopt;
typedef double (*nlopt_function)(unsigned n, const double *x, double *gradient, void *data);
struct nlopt_calls {
    int (*algorithm_from_string)(const char *name);
    nlopt (*create)(int algorithm, unsigned n);
    void (*destroy)(nlopt o);
    int (*set_min_objective)(nlopt o, nlopt_function f, void *data);
    int (*set_lower_bounds)(nlopt o, const double *lo);
    int (*set_upper_bounds)(nlopt o, const double *hi);
    int (*set_ftol_rel)(nlopt o, double tolerance);
    int (*set_maxeval)(nlopt o, int n);
    int (*force_stop)(nlopt o);
    int (*optimize)(nlopt o, double *x, double *f);
};
static const char *const names[] = {"nlopt_algorithm_from_string",
                                    "nlopt_create",
                                    "nlopt_destroy",
                                    "nlopt_set_min_objective",
                                    "nlopt_set_lower_bounds",
                                    "nlopt_set_upper_bounds",
                                    "nlopt_set_ftol_rel",
                                    "nlopt_set_maxeval",
                                    "nlopt_force_stop",
                                    "nlopt_optimize"};
enum { N_CALLS = sizeof names / sizeof *names };

static int load(struct nlopt_calls *to, struct rt_error *e)
{
    static const char *const files[] = {"libnlopt.so.0", "libnlopt.so.1", "libnlopt.so", NULL};
    void *call[N_CALLS] = {NULL};
    _Static_assert(sizeof call == sizeof *to, "a pointer for each name");
    if (!rt_fit_library(files, "libnlopt0", names, N_CALLS, call, e)) {
        memcpy(to, call, sizeof call);
    }
    return e->status;
}

struct search {
    struct rt_trial *t;
    const struct nlopt_calls *nlopt;
    nlopt o;
    double size, shift; /* the method sees (loss - shift) / size */
    int64_t left, since;
    double best;
};

static double objective(unsigned n, const double *z, double *gradient, void *data)
{
    struct search *s = data;
    struct rt_trial *t = s->t;
    double loss = 0;
    s->left--;
    bool good = rt_trial_loss(t, z, &loss, gradient);
    s->since = good && loss < s->best ? 0 : s->since + 1;
    s->best = good && loss < s->best ? loss : s->best;
    rt_fit_step(t->start, good ? loss : NAN);
    double patience = t->fit->option[CRNL_FIT_PATIENCE];
    if (rt_trial_is_over(t) || rt_trial_reached(t) || s->left <= 0 ||
        (patience > 0 && s->since >= patience)) {
        s->nlopt->force_stop(s->o);
    }
    for (unsigned i = 0; gradient && i < n; i++) {
        gradient[i] = good ? gradient[i] / s->size : 0;
    }
    return good ? (loss - s->shift) / s->size : WORSE;
}

static bool round_of_search(struct search *s, double *z)
{
    struct rt_trial *t = s->t;
    unsigned n = (unsigned)t->fit->n;
    double f, before = t->start->loss;
    s->size = fabs(before) > 0 ? fabs(before) : 1;
    s->shift = 0;
    s->o = s->nlopt->create(s->nlopt->algorithm_from_string("LD_LBFGS"), n);
    if (!s->o) {
        return false;
    }
    s->nlopt->set_min_objective(s->o, objective, s);
    s->nlopt->set_lower_bounds(s->o, t->lo);
    s->nlopt->set_upper_bounds(s->o, t->hi);
    s->nlopt->set_ftol_rel(s->o, t->fit->option[CRNL_FIT_TOLERANCE]);
    s->nlopt->set_maxeval(s->o, s->left < INT32_MAX ? (int)s->left : INT32_MAX);
    s->nlopt->optimize(s->o, z, &f); /* the result may be worse than the best point, which t->start keeps */
    s->nlopt->destroy(s->o);
    memcpy(z, t->start->z, n * sizeof *z);
    double gain = before - t->start->loss;
    return gain > 1e-6 * fabs(before) && s->left > 0;
}

static void run(struct rt_trial *t, double *z)
{
    struct nlopt_calls calls;
    struct rt_error e = {0};
    struct search s = {
        .t = t, .nlopt = &calls, .left = (int64_t)t->fit->option[CRNL_FIT_STEPS], .best = INFINITY};
    if (load(&calls, &e)) {
        int none = 0;
        if (atomic_compare_exchange_strong(&t->fit->fatal, &none, e.status)) {
            t->start->why = t->start->why ? t->start->why : rt_strdup(e.text.data);
        }
        rt_error_free(&e);
        return;
    }
    for (int i = 0; i < MOST_ROUNDS && !rt_trial_is_over(t) && !rt_trial_reached(t) && round_of_search(&s, z);
         i++) {
    }
}

static const struct rt_fit_rule rule = {run, NULL};

const struct crnl_minimizer crnl_minimize_lbfgs = {.name = "lbfgs",
                                                   .n_options = sizeof options / sizeof *options,
                                                   .option = options,
                                                   .finds_minimum = 1,
                                                   .rule = &rule};
