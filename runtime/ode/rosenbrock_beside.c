/* Runs side by side in lanes (rt_rosenbrock_lanes.h). A lane holds the state of a run between two steps, and
 * a run can go on alone from there with the same bytes. So a run leaves its lane before a step in which
 * something else would happen: an amount below 0, a rate that is not finite, a step that cannot be solved,
 * the end. The next run that waits then takes the lane. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_rosenbrock_lanes.h"

enum { MOST_SPECIES = 1024, MOST_WIDE = 8, STEPS_BETWEEN_LIMITS = 64, TIME_ROUNDINGS = 16 };

struct lane {
    struct rt_ode *o;
    struct rt_stretch *s;
    struct rosenbrock_trial trial;
    int n_trials;    /* of this step */
    int64_t steps;   /* of the run when it entered */
    bool is_awaited; /* by the host */
};

struct beside {
    struct rosenbrock_lanes l;
    const struct rosenbrock_lane_steps *steps;
    const struct rosenbrock_host *host;
    struct lane lane[MOST_WIDE]; /* o = NULL: nobody is there */
    double *memory[2];
};

/* ---- Memory ---- */

static void create(struct beside *b, const struct rt_ode *o)
{
    enum { LINE = 64 };
    const struct rosenbrock *c = o->data;
    struct rosenbrock_lanes *l = &b->l;
    size_t n = (size_t)o->n, wide = (size_t)b->steps->wide, total = 0;
    b->memory[0] = rosenbrock_step_create(&l->step, &c->sparse, b->steps->wide);
    l->m = o->m;
    l->jacobian = &c->jacobian;
    l->root_of_n = o->root_of_n;
    struct {
        void *of;
        size_t size;
    } list[] = {{&l->k, (size_t)o->m->n_reactions},
                {&l->largest, n},
                {&l->possible, n},
                {&l->floor, n},
                {&l->below, n},
                {&l->rtol, 1},
                {&l->noise, 1},
                {&l->is_signed, n},
                {&l->by_scale, n},
                {&l->is_absent, n},
                {&l->makes_noise, n},
                {&l->raised, n},
                {&l->odd, 1},
                {&l->is_beyond, 1}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        total += list[i].size * wide;
    }
    size_t bytes = (total * sizeof(double) + LINE) / LINE * LINE;
    double *at = b->memory[1] = aligned_alloc(LINE, bytes);
    if (!at) {
        rt_out_of_memory(bytes, 1);
    }
    memset(at, 0, bytes);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        memcpy(list[i].of, &at, sizeof at);
        at += list[i].size * wide;
    }
}

static void put(const struct beside *b, int i, const double *from, int64_t n, double *to)
{
    for (int64_t s = 0; s < n; s++) {
        to[s * b->steps->wide + i] = from[s];
    }
}

static void get(const struct beside *b, int i, const double *from, int64_t n, double *to)
{
    for (int64_t s = 0; s < n; s++) {
        to[s] = from[s * b->steps->wide + i];
    }
}

/* ---- Which runs ---- */

bool rosenbrock_may_be_beside(const struct crnl_model *m)
{
    return m->n_species <= MOST_SPECIES && m->n_events == 0 && m->n_phases == 0 && m->n_assumes == 0 &&
           m->n_surfaces == 0 && m->n_poles == 0 && m->n_timed == 0 && m->n_delays == 0 && !m->law;
}

static bool is_plain(const struct rt_ode *o, const struct rt_stretch *s)
{
    const struct rt_job *job = o->job;
    const struct rt_recorder *r = o->recorder;
    const struct rosenbrock *c = o->data;
    bool nothing = rosenbrock_may_be_beside(o->m) && !(o->events.t_next < INFINITY);
    bool ends = !s->until && s->t_end < INFINITY && o->bound == INFINITY && o->solver == o->moving;
    bool quiet = !job->fixed && !job->course && !r->single && !r->has_time_stats && !r->has_course_stats;
    bool traces = false;
    for (int64_t i = 0; i < o->n; i++) {
        traces |= rt_ode_is_absent(o, i) && o->x[i] != 0;
    }
    return nothing && ends && quiet && !traces && c->analytic && o->code == crnl_kernel_ode_unrolled.code;
}

static bool goes_on(const struct rt_ode *o, const struct rt_stretch *s)
{
    return o->t < s->t_end && !crnl_same_time(o->t, s->t_end) && s->t_end - o->t >= 0x1p-1000 * o->clock &&
           !rt_ode_is_near_place(o) && !o->recorder->error.status;
}

static void enter(struct beside *b, int i, struct rt_ode *o, struct rt_stretch *s)
{
    struct rosenbrock_lanes *l = &b->l;
    b->lane[i] = (struct lane){.o = o, .s = s, .steps = o->steps};
    put(b, i, o->x, o->n, l->step.x);
    put(b, i, o->events.k, o->m->n_reactions, l->k);
    put(b, i, o->largest, o->n, l->largest);
    put(b, i, o->possible, o->n, l->possible);
    put(b, i, o->floor, o->n, l->floor);
    l->rtol[i] = rt_real(o->job, CRNL_OPTION_RTOL);
    l->noise[i] = o->noise;
    l->step.t[i] = o->t;
    for (int64_t k = 0; k < o->n; k++) {
        int64_t at = k * b->steps->wide + i;
        bool is_signed = rt_ode_is_signed(o, k), by_scale = !(rt_atol(o->job, k) > 0);
        l->below[at] = RT_ODE_PART_OF_FLOOR * o->root_of_n * rt_atol(o->job, k);
        l->is_signed[at] = -(int64_t)is_signed;
        l->by_scale[at] = -(int64_t)by_scale;
        l->is_absent[at] = -(int64_t)rt_ode_is_absent(o, k);
        l->makes_noise[at] = -(int64_t)(o->m->species_kind[k] != CRNL_CONSTANT && !is_signed);
    }
}

/* The scales of the lane, which the driver reads. */
static void give_scales(const struct beside *b, int i)
{
    struct rt_ode *o = b->lane[i].o;
    get(b, i, b->l.largest, o->n, o->largest);
    get(b, i, b->l.floor, o->n, o->floor);
    o->noise = b->l.noise[i];
}

static void leave(struct beside *b, int i)
{
    struct rt_ode *o = b->lane[i].o;
    give_scales(b, i);
    o->beside += o->steps - b->lane[i].steps;
    o->lanes = b->steps->wide;
    b->lane[i].o = NULL;
    b->l.step.h[i] = 0;
    if (b->host) {
        b->host->leave(o);
    }
}

/* Puts a run into the lane; false: it does not go on there. */
static bool join(struct beside *b, int i, struct rt_ode *o, struct rt_stretch *s)
{
    if (b->host && !b->host->enter(o, s)) {
        return false;
    }
    bool joins = is_plain(o, s) && goes_on(o, s);
    if (joins && !b->memory[0]) {
        create(b, o);
    }
    if (joins) {
        enter(b, i, o, s);
    } else if (b->host) {
        b->host->leave(o);
    }
    return joins;
}

/* The host sees the run, which goes on in its lane if it is still one of the method. */
static void show_host(struct beside *b, int i)
{
    struct lane q = b->lane[i];
    leave(b, i);
    join(b, i, q.o, q.s);
}

/* ---- Steps ---- */

/* What a run alone has at hand, of its Jacobian and derivatives ... */
static void give_start(const struct beside *b, int i)
{
    const struct rt_ode *o = b->lane[i].o;
    struct rosenbrock *c = o->data;
    get(b, i, b->l.step.jacobian, c->sparse.n_jac, c->step.jacobian);
    get(b, i, b->l.step.f, o->n, c->step.f);
    get(b, i, b->l.step.weight, o->n, c->step.weight);
}

/* ... and for what lies within a step. */
static void give_step(const struct beside *b, int i)
{
    const struct rt_ode *o = b->lane[i].o;
    struct rosenbrock *c = o->data;
    get(b, i, b->l.step.x, o->n, c->step.x);
    get(b, i, b->l.step.y, o->n, c->step.y);
    get(b, i, b->l.step.u, ROSENBROCK_STAGES * o->n, c->step.u);
    *c->step.t = b->l.step.t[i];
    *c->step.h = b->l.step.h[i];
    c->now = &c->step;
    c->has_dense = false;
}

/* The length of the next trial; false: the run leaves. */
static bool prepare(struct beside *b, int i)
{
    struct lane *q = &b->lane[i];
    if (b->l.odd[i]) {
        return false;
    }
    if (q->n_trials == 0) {
        const struct rosenbrock *c = q->o->data;
        if (!(c->h > 0)) {
            give_start(b, i);
        }
        rosenbrock_begin(q->o, &c->step, q->s->t_end, &q->trial);
    }
    double h = rosenbrock_length(q->o, q->s->t_end, &q->trial);
    b->l.step.h[i] = h;
    return h > 0 && q->n_trials++ < ODE_MOST_FAILURES;
}

/* Whether the driver would do something else than what follows here after the step to t. */
static bool is_more(struct rt_ode *o, double t)
{
    double before = o->t_before, from = o->t;
    bool is_short = t - from <= TIME_ROUNDINGS * DBL_EPSILON * fabs(t);
    o->t_before = from;
    o->t = t;
    bool is_long = rt_ode_is_long(o);
    o->t_before = before;
    o->t = from;
    return is_short || is_long || !(t < INFINITY);
}

/* The checks of rt_ode_step, with the state at the end of the step in place. */
static bool keeps_sums(struct rt_ode *o)
{
    struct rt_error e = {0};
    bool keeps = !rt_ode_sums_are_due(o) || rt_ode_check_sums(o, o->t, o->x, &e) == CRNL_OK;
    rt_error_free(&e);
    return keeps;
}

/* A step that is done; false: the run leaves before it. */
static bool take(struct beside *b, int i)
{
    struct lane *q = &b->lane[i];
    struct rt_ode *o = q->o;
    double t = q->trial.ends ? q->s->t_end : o->t + q->trial.h, before = o->t_before;
    if (b->l.is_beyond[i] || is_more(o, t)) {
        return false;
    }
    give_scales(b, i);
    get(b, i, b->l.step.y, o->n, o->x);
    o->t_before = o->t;
    o->t = t;
    if (!keeps_sums(o) || rt_ode_check_apart(o, &o->recorder->error)) {
        get(b, i, b->l.step.x, o->n, o->x);
        o->t = o->t_before;
        o->t_before = before;
        return false;
    }
    rosenbrock_end(o, b->l.step.longer[i], &q->trial);
    if (rt_ode_has_rows_within(o, q->s)) {
        give_step(b, i);
    }
    int status = rt_ode_show_step(o, q->s);
    if (++o->steps % STEPS_BETWEEN_LIMITS == 0 && !status) {
        rt_check_limits(o->recorder, o->t);
    }
    put(b, i, o->x, o->n, b->l.step.x);
    b->l.step.t[i] = t;
    q->n_trials = 0;
    q->is_awaited = b->host && b->host->after(o);
    return goes_on(o, q->s);
}

/* After a trial; false: the run leaves. */
static bool look(struct beside *b, int i)
{
    struct lane *q = &b->lane[i];
    double error = b->l.step.error[i];
    q->o->calls += ROSENBROCK_STAGES - 1;
    if (b->l.odd[i] || b->l.step.unsolved[i] || !(error < INFINITY)) {
        return false;
    }
    return !rosenbrock_judge(q->o, error, b->l.step.longer[i], &q->trial) || take(b, i);
}

static const struct rosenbrock_lane_steps *steps_for(int n)
{
    static const struct rosenbrock_lane_steps *const wide[] = {&rosenbrock_avx512, &rosenbrock_avx2};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        if (2 * n >= wide[i]->wide && wide[i]->is_here()) { /* else one by one is faster */
            return wide[i];
        }
    }
    return NULL;
}

/* Puts runs that wait into empty lanes; the number of lanes that are not empty. */
static int fill(struct beside *b, struct rt_ode *const *o, struct rt_stretch *const *s, int n, int *next)
{
    int busy = 0;
    for (int i = 0; i < b->steps->wide; i++) {
        while (!b->lane[i].o && *next < n) {
            int k = (*next)++;
            join(b, i, o[k], s[k]);
        }
        busy += b->lane[i].o != NULL;
    }
    return busy;
}

void rosenbrock_beside(struct rt_ode *const *o, struct rt_stretch *const *s, int n,
                       const struct rosenbrock_host *host)
{
    struct beside b = {.steps = steps_for(n), .host = host};
    int next = 0;
    while (b.steps && fill(&b, o, s, n, &next) > 0) {
        b.steps->begin(&b.l);
        for (int i = 0; i < b.steps->wide; i++) {
            if (b.lane[i].o && !prepare(&b, i)) {
                leave(&b, i);
            }
        }
        b.steps->step(&b.l);
        for (int i = 0; i < b.steps->wide; i++) {
            if (b.lane[i].o && !look(&b, i)) {
                leave(&b, i);
            } else if (b.lane[i].o && b.lane[i].is_awaited) {
                show_host(&b, i);
            }
        }
    }
    free(b.memory[0]);
    free(b.memory[1]);
}
