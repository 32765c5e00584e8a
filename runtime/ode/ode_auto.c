/* The solver `auto`: Runge-Kutta as long as BDF could not take much longer steps, then a solver for stiff
 * networks, and back. That solver is the Rosenbrock method or BDF (ode_stiff.c). If an equation of the
 * Rosenbrock method cannot be solved, because rates are farther apart than doubles have digits, it is BDF for
 * the rest of the run.
 *
 * The steps that BDF of order k could take are known without running it: its local error is h^(k+1) x^(k+1) /
 * (k+1) (Hairer, Wanner III.2), and the derivative, divided by (k+1)!, is a divided difference of states that
 * Runge-Kutta has passed, as in Petzold's switch (SIAM J. Sci. Stat. Comput. 4, 1983). The states are SPACING
 * steps apart. At the limit of stability neighbouring states have errors of the size of the tolerance that
 * change sign from step to step; the spacing divides these by its power k + 1, so that steps of SPACING times
 * the present ones can still be recognised. This finds cases that the spectral radius rho alone does not: the
 * error of stiff components, which falls only with h^2, may hold steps far below the limit of stability.
 *
 * The solver returns to Runge-Kutta when rho, estimated by a nonlinear power iteration (Sommeijer, Shampine,
 * Verwer 1998, RKC), says that Runge-Kutta could take the steps that the other solver takes. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"
#include "rt_rosenbrock_lanes.h"
#include "runtime/crnl_stiff.h"

enum { WINDOW = 25, SKIP = 4, FIRST_ITERATIONS = 16, ITERATIONS = 8, SPACING = 5, MOST_ORDER = 5 };
enum { BLOCK = 8, POINTS = MOST_ORDER + 2, SHORT_STAY = 2 * WINDOW, MOST_PATIENCE = 32 };
static const double FIRST_STEPS = 20; /* steps of BDF from order 1 on until they are as long as possible */
static const double LONGER = 2.5;     /* the factor by which steps of BDF must be longer */
static const double BIAS = 6;         /* by which CVODE chooses steps: a sixth of the admitted error */
static const double EXPLICIT = 0.5;   /* h rho of those steps of BDF that Runge-Kutta could take */
/* in units of EXPLICIT: rho is then estimated at each SKIPth look only */
static const double FAR = 5;
static const double GROWING = 1.2; /* relative to the window before: steps of BDF are still growing */
static const double FRESH = 0.2;
static const double SETTLED = 0.02; /* relative change of rho; if twice smaller, it ends the iteration */

enum { ERK, ROSENBROCK, BDF, SOLVERS };
static const struct {
    const struct rt_ode_solver *solver;
    const char *name;
} inner[SOLVERS] = {{&rt_ode_erk, "erk"}, {&rt_ode_rosenbrock, "rosenbrock"}, {&rt_ode_bdf, "bdf"}};

struct switching {
    void *data[SOLVERS];     /* NULL: not needed yet */
    int now, steps, skipped; /* solver in use; steps since the last look; skipped looks */
    int stiff;               /* ROSENBROCK or BDF */
    struct crnl_stiff_choice choice;
    bool has_chosen;
    /* windows that the solver for stiff networks gets before a look back, more if it was left too early;
     * windows that it has had */
    int patience, waited;
    int64_t since;                 /* steps of the run at the last change of the solver */
    double longest, before, bound; /* longest step since the last look; in the window before; allowed */
    int n_points;                  /* states that Runge-Kutta has passed, the last one first */
    double *point[POINTS], time[POINTS], *weight;
    /* of time, a power of 2 near the length of a step: derivatives in other units may leave the range of
     * doubles */
    double unit;
    double rho;            /* 0: not known */
    double *v, *x, *f, *g; /* scaled direction; state moved along it; derivatives */
};

/* ---- The steps that BDF could take ---- */

static void add_point(struct rt_ode *o, struct switching *w)
{
    double *last = w->point[POINTS - 1];
    memmove(w->point + 1, w->point, (POINTS - 1) * sizeof *w->point);
    memmove(w->time + 1, w->time, (POINTS - 1) * sizeof *w->time);
    w->point[0] = last;
    w->time[0] = o->t / o->clock;
    memcpy(last, o->x, (size_t)o->n * sizeof *last);
    w->n_points += w->n_points < POINTS;
}

/* Adds to sum[m] the squares of the weighted divided differences of order m, for n amounts from `first` on,
 * at most BLOCK. Many amounts are computed at a time, for the vector instructions of processors. */
static void add_differences(const struct switching *w, int64_t first, int n, double sum[POINTS])
{
    double d[POINTS][BLOCK] = {{0}};
    for (int i = 0; i < w->n_points; i++) {
        memcpy(d[i], w->point[i] + first, (size_t)n * sizeof **d);
    }
    for (int m = 1; m < w->n_points; m++) {
        for (int i = 0; i + m < w->n_points; i++) {
            double apart = (w->time[i] - w->time[i + m]) / w->unit;
            for (int k = 0; k < BLOCK; k++) {
                d[i][k] = (d[i][k] - d[i + 1][k]) / apart;
            }
        }
        for (int k = 0; k < n; k++) {
            double scaled = d[0][k] * w->weight[first + k];
            sum[m] += scaled * scaled;
        }
    }
}

/* The error of a step of one unit, relative to the tolerance, for each order for which there are states. */
static void find_errors(struct rt_ode *o, struct switching *w, double error[POINTS])
{
    double sum[POINTS] = {0}, factorial = 1;
    rt_ode_weights(o, o->x, w->weight);
    for (int64_t s = 0; s < o->n; s += BLOCK) {
        add_differences(w, s, (int)(o->n - s < BLOCK ? o->n - s : BLOCK), sum);
    }
    for (int k = 1; k + 1 < w->n_points; k++) {
        factorial *= k;
        error[k] = BIAS * factorial * sqrt(sum[k + 1] / (double)o->n);
    }
}

/* Whether BDF of some order could take steps of length h, and how long they could be. */
static bool could_take(struct rt_ode *o, struct switching *w, double h, double *longest)
{
    double error[POINTS];
    bool could = false;
    w->unit = h > 0 ? ldexp(1, ilogb(h)) : 1;
    find_errors(o, w, error);
    double of_unit = h / w->unit, power = of_unit;
    for (int k = 1; k + 1 < w->n_points; k++) {
        power *= of_unit;
        could |= error[k] * power < 1;
    }
    *longest = 0;
    for (int k = 1; could && k + 1 < w->n_points; k++) {
        *longest = fmax(*longest, w->unit * pow(error[k], -1.0 / (k + 1)));
    }
    return could && h * o->clock < w->bound;
}

/* ---- The spectral radius rho ---- */

/* The unit of amount s, so that rho does not depend on units; 0 if it is not known because the species is
 * absent and nothing makes it. */
static double unit(const struct rt_ode *o, int64_t s)
{
    return rt_ode_is_absent(o, s) ? 0 : fmax(fabs(o->x[s]), o->floor[s] / rt_real(o->job, CRNL_OPTION_RTOL));
}

static double scale(double *v, int64_t n)
{
    double sum = 0;
    for (int64_t s = 0; s < n; s++) {
        sum += v[s] * v[s];
    }
    double norm = sqrt(sum);
    for (int64_t s = 0; s < n && norm > 0; s++) {
        v[s] /= norm;
    }
    return norm;
}

static void estimate_rho(struct rt_ode *o, struct switching *w)
{
    double small = sqrt(DBL_EPSILON), before = 0;
    bool first = w->rho == 0;
    int settled = 0;
    for (int64_t s = 0; s < o->n;
         s++) { /* adds a little of every direction, as components that were small before may have become
                 * large */
        w->v[s] += FRESH / sqrt((double)o->n) * ((double)(s % 3) - 1.1);
    }
    scale(w->v, o->n);
    if (!rt_ode_rhs(o, o->t, o->x, w->f)) {
        return;
    }
    for (int i = 0; i < (first ? FIRST_ITERATIONS : ITERATIONS); i++) {
        for (int64_t s = 0; s < o->n; s++) {
            w->x[s] = o->x[s] + small * unit(o, s) * w->v[s];
        }
        if (!rt_ode_rhs(o, o->t, w->x, w->g)) {
            return;
        }
        for (int64_t s = 0; s < o->n; s++) {
            double one = unit(o, s);
            w->v[s] = one > 0 ? (w->g[s] - w->f[s]) * o->clock / (small * one) : 0;
        }
        double rho = scale(w->v, o->n);
        if (!(rho > 0 && rho < INFINITY)) {
            w->rho = 0;
            return;
        }
        w->rho = rho;
        settled = fabs(rho - before) <= SETTLED * rho ? settled + 1 : 0;
        if (settled == 2) {
            return;
        }
        before = rho;
    }
}

/* ---- The solver ---- */

static int create_inner(struct rt_ode *o, struct switching *w, int which, struct rt_error *e)
{
    o->data = NULL;
    int status = inner[which].solver->create(o, e);
    w->data[which] = o->data;
    if (!status) {
        inner[which].solver->bound(o, o->bound);
    }
    o->data = w;
    return status;
}

static int auto_create(struct rt_ode *o, struct rt_error *e)
{
    struct switching *w = rt_alloc(1, sizeof *w);
    w->bound = rt_real(o->job, CRNL_OPTION_MAX_STEP);
    for (int i = 0; i < POINTS; i++) {
        w->point[i] = rt_alloc((size_t)o->n, sizeof **w->point);
    }
    double **const array[] = {&w->v, &w->x, &w->f, &w->g, &w->weight};
    for (int i = 0; i < 5; i++) {
        *array[i] = rt_alloc((size_t)o->n, sizeof **array[i]);
    }
    return create_inner(o, w, ERK, e);
}

static void auto_renew(struct rt_ode *o)
{
    struct switching *w = o->data;
    for (int i = 0; i < SOLVERS; i++) {
        o->data = w->data[i];
        if (o->data && inner[i].solver->renew) {
            inner[i].solver->renew(o);
        }
    }
    o->data = w;
}

/* Forgets everything, so that a run does not depend on what this workspace has run before. */
static void forget(struct rt_ode *o, struct switching *w)
{
    w->now = w->steps = w->skipped = w->waited = 0;
    w->patience = 1;
    w->stiff = 0;
    w->since = -2 * SHORT_STAY;
    w->longest = w->before = w->rho = 0;
    memset(w->v, 0, (size_t)o->n * sizeof *w->v);
}

static int auto_start(struct rt_ode *o, struct rt_error *e)
{
    struct switching *w = o->data;
    if (o->calls == 0) {
        forget(o, w);
    }
    o->data = w->data[w->now];
    int status = inner[w->now].solver->start(o, e);
    o->data = w;
    w->rho = 0; /* an event may have changed it */
    if (w->now == ERK) {
        w->steps = w->n_points = 0;
        add_point(o, w);
    }
    return status;
}

/* The solver for stiff networks in this run. */
static int stiff_one(struct rt_ode *o, struct switching *w)
{
    if (!w->has_chosen) {
        crnl_stiff_choose(&w->choice, o->m);
        w->has_chosen = true;
    }
    if (w->stiff == 0) {
        bool is_bdf = *w->choice.refusal || rt_real(o->job, CRNL_OPTION_RTOL) < w->choice.least_rtol ||
                      o->job->option[CRNL_OPTION_LINEAR_SOLVER].integer >= 0;
        w->stiff = is_bdf ? BDF : ROSENBROCK;
    }
    return w->stiff;
}

static int change_to(struct rt_ode *o, struct switching *w, int which, struct rt_error *e)
{
    int status = w->data[which] ? CRNL_OK : create_inner(o, w, which, e);
    if (w->now == ERK) {
        bool early = o->steps - w->since < SHORT_STAY;
        w->patience = early ? 2 * w->patience : 1;
        w->patience = w->patience < MOST_PATIENCE ? w->patience : MOST_PATIENCE;
    }
    w->now = which;
    w->since = o->steps;
    w->steps = w->waited = 0;
    w->longest = w->before = 0;
    return status ? status : auto_start(o, e);
}

/* BDF starts with short steps: whether enough time is left for its long ones. */
static bool is_worth_while(const struct rt_ode *o, double h, double longer)
{
    double left = (o->t_horizon - o->t) / o->clock;
    return !(left < INFINITY) || left / h > FIRST_STEPS + left / longer;
}

/* Switches to BDF if it is better from here on. */
static int look_ahead(struct rt_ode *o, struct switching *w, double t_stop, struct rt_error *e)
{
    add_point(o, w);
    double h = (w->time[0] - w->time[1]) / w->steps, longer;
    w->steps = 0;
    if (o->history && LONGER * h * o->clock > t_stop - o->t) {
        return CRNL_OK; /* with delays no step of either is longer than the delay */
    }
    if (!could_take(o, w, LONGER * h, &longer) || !is_worth_while(o, h, longer)) {
        return CRNL_OK;
    }
    int stiff = stiff_one(o, w);
    rt_ode_note(o, "at t = %.6g, after %lld steps, %s: steps of %.3g could be %.3g", o->t,
                (long long)o->steps, inner[stiff].name, h * o->clock, longer * o->clock);
    return change_to(o, w, stiff, e);
}

/* Switches back to Runge-Kutta if that is better. */
static int look_back(struct rt_ode *o, struct switching *w, struct rt_error *e)
{
    double longest = w->longest, before = w->before;
    w->steps = 0;
    w->before = longest;
    w->longest = 0;
    if (++w->waited < w->patience || longest > GROWING * before) {
        return CRNL_OK;
    }
    if (longest * w->rho > FAR * EXPLICIT && ++w->skipped % SKIP != 0) {
        return CRNL_OK;
    }
    estimate_rho(o, w);
    if (!(w->rho > 0 && longest * w->rho < EXPLICIT)) {
        return CRNL_OK;
    }
    rt_ode_note(o, "at t = %.6g, after %lld steps, erk: steps of %.3g, spectral radius %.3g", o->t,
                (long long)o->steps, longest * o->clock, w->rho / o->clock);
    return change_to(o, w, ERK, e);
}

static int step_inner(struct rt_ode *o, struct switching *w, double t_stop, struct rt_error *e)
{
    o->data = w->data[w->now];
    int status = inner[w->now].solver->step(o, t_stop, e);
    o->data = w;
    return status;
}

/* If Runge-Kutta gives up because of stiffness that no step is short enough for, BDF may succeed; if it gives
 * up too, the error reported is that of Runge-Kutta. BDF may also succeed where the Rosenbrock method gives
 * up, and says best why if it does not. */
static int step_by_bdf(struct rt_ode *o, struct switching *w, double t_stop, struct rt_error *e)
{
    struct rt_error first = *e;
    bool from_erk = w->now == ERK;
    *e = (struct rt_error){0};
    memcpy(o->x, o->start, (size_t)o->n * sizeof *o->x);
    rt_ode_note(o, "at t = %.6g, after %lld steps, bdf: %s gives up", o->t, (long long)o->steps,
                inner[w->now].name);
    w->stiff = BDF;
    int status = change_to(o, w, BDF, e);
    status = status ? status : step_inner(o, w, t_stop, e);
    if (status != CRNL_SOLVER || !from_erk) {
        rt_error_free(&first);
        return status;
    }
    memcpy(o->x, o->start, (size_t)o->n * sizeof *o->x);
    rt_error_free(e);
    *e = first;
    return status;
}

/* Changes the solver before a step if another one is better. */
static int choose(struct rt_ode *o, struct switching *w, double t_stop, struct rt_error *e)
{
    if (w->now == ERK && o->poles.beside) {
        w->stiff = BDF;
        rt_ode_note(o, "at t = %.6g, after %lld steps, bdf: a law is infinite nearby", o->t,
                    (long long)o->steps);
        return change_to(o, w, BDF, e);
    }
    if (w->now == ROSENBROCK && rosenbrock_is_held(w->data[ROSENBROCK])) {
        w->stiff = BDF;
        rt_ode_note(o, "at t = %.6g, after %lld steps, bdf: rosenbrock cannot solve for longer steps", o->t,
                    (long long)o->steps);
        return change_to(o, w, BDF, e);
    }
    return w->now == ERK && w->steps == SPACING  ? look_ahead(o, w, t_stop, e)
           : w->now != ERK && w->steps == WINDOW ? look_back(o, w, e)
                                                 : CRNL_OK;
}

static int count_step(const struct rt_ode *o, struct switching *w)
{
    w->longest = fmax(w->longest, (o->t - o->t_before) / o->clock);
    return ++w->steps;
}

static int auto_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    struct switching *w = o->data;
    int status = choose(o, w, t_stop, e);
    status = status ? status : step_inner(o, w, t_stop, e);
    if (status == CRNL_SOLVER && w->now != BDF) {
        status = step_by_bdf(o, w, t_stop, e);
    }
    count_step(o, w);
    return status;
}

static void auto_at(struct rt_ode *o, double t, double *x)
{
    struct switching *w = o->data;
    o->data = w->data[w->now];
    inner[w->now].solver->at(o, t, x);
    o->data = w;
}

static void auto_bound(struct rt_ode *o, double h)
{
    struct switching *w = o->data;
    w->bound = fmin(h, rt_real(o->job, CRNL_OPTION_MAX_STEP));
    for (int i = 0; i < SOLVERS; i++) {
        o->data = w->data[i];
        if (o->data) {
            inner[i].solver->bound(o, h);
        }
    }
    o->data = w;
}

static void auto_destroy(struct rt_ode *o)
{
    struct switching *w = o->data;
    for (int i = 0; i < SOLVERS; i++) {
        o->data = w->data[i];
        if (o->data) {
            inner[i].solver->destroy(o);
        }
    }
    for (int i = 0; i < POINTS; i++) {
        free(w->point[i]);
    }
    free(w->weight);
    free(w->v);
    free(w->x);
    free(w->f);
    free(w->g);
    free(w);
}

static void auto_state(struct rt_ode *o, struct rt_state *p)
{
    struct switching *w = o->data;
    int *const numbers[] = {&w->now, &w->stiff, &w->steps, &w->skipped, &w->patience, &w->waited};
    struct rt_error e = {0};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        rt_state_piece(p, numbers[i], sizeof *numbers[i]);
        rt_state_must(p, *numbers[i] >= 0 && *numbers[i] < INT32_MAX / 2);
    }
    rt_state_piece(p, &w->since, sizeof w->since);
    rt_state_must(p, w->since >= -2 * SHORT_STAY && w->since < INT64_MAX / 2);
    rt_state_piece(p, &w->longest, sizeof w->longest);
    rt_state_piece(p, &w->before, sizeof w->before);
    rt_state_piece(p, w->v, (size_t)o->n * sizeof *w->v);
    rt_state_must(p, w->now < SOLVERS && w->stiff < SOLVERS);
    w->now = p->is_short ? ERK : w->now;
    if (p->is_read && !w->data[w->now] && create_inner(o, w, w->now, &e)) {
        p->is_short = true;
        rt_error_free(&e);
    }
}

static const struct rt_ode_solver switching = {
    auto_create,
    auto_renew,
    auto_start,
    auto_step,
    auto_at,
    auto_bound,
    auto_destroy,
    auto_state,
    "look for a rate that grows without bound or divides by 0; or try another rtol or atol",
    true,
    false,
    NULL,
};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&switching, job, e);
}

/* ---- Rows beside each other, where they are by the Rosenbrock method (rt_rosenbrock_lanes.h) ---- */

static bool is_by_rosenbrock(const struct switching *w)
{
    return w->now == ROSENBROCK && w->steps < WINDOW && !rosenbrock_is_held(w->data[ROSENBROCK]);
}

static bool enter_lane(struct rt_ode *o, struct rt_stretch *s)
{
    struct switching *w = o->data;
    int status = s->r->error.status;
    if (status || o->solver != &switching || s->until || !(s->t_end < INFINITY)) {
        return false; /* rest is looked for where a run has no end */
    }
    while (!status && !s->done && o->t < s->t_end && !is_by_rosenbrock(w)) {
        status = rt_ode_advance(o, s);
    }
    if (status || s->done || !(o->t < s->t_end)) {
        return false;
    }
    ((struct rosenbrock *)w->data[ROSENBROCK])->host = w;
    o->data = w->data[ROSENBROCK];
    o->solver = o->moving = &rt_ode_rosenbrock;
    return true;
}

static bool after_step(struct rt_ode *o)
{
    const struct rosenbrock *c = o->data;
    return count_step(o, c->host) == WINDOW;
}

static void leave_lane(struct rt_ode *o)
{
    const struct rosenbrock *c = o->data;
    o->data = c->host;
    o->solver = o->moving = &switching;
}

static bool may_be_beside(const struct crnl_model *m)
{
    return m->n_species <= CRNL_STIFF_MOST_SPECIES && rosenbrock_may_be_beside(m);
}

static void all_beside(struct rt_ode *const *o, struct rt_stretch *const *s, int n)
{
    static const struct rosenbrock_host host = {enter_lane, after_step, leave_lane};
    rosenbrock_beside(o, s, n, &host);
}

static void run_beside(void *const *workspace, struct rt_recorder *const *r, int n)
{
    rt_ode_run_beside(workspace, r, n, all_beside);
}

static const struct crnl_method *const solvers[] = {
    &crnl_method_auto, &crnl_method_bdf, &crnl_method_adams, &crnl_method_erk, &crnl_method_rosenbrock, NULL};
const struct crnl_method crnl_method_auto = {
    CRNL_METHOD_ODE_AUTO,   create,     rt_ode_run,   rt_ode_destroy, solvers, rt_ode_renew, NULL,
    &rt_backwards_implicit, run_beside, may_be_beside};
