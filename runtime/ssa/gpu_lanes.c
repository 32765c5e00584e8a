/* Runs on a graphics processor, one in each of its threads (crnl_gpu.h). The lanes of a thread of the host
 * are in memory here, which goes there and back with each launch. If the processor or its driver fails, all
 * lanes end as they were before the launch, and their runs go on here, with the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "rt_side.h"
#include "runtime/crnl_gpu.h"
#include "runtime/gpu/rt_gpu.h"

enum { EVENTS_OF_LAUNCH = 1 << 14 };

struct gpu_lanes {
    const struct rt_job *job;
    struct gpu_rows rows;
    struct rt_gpu_code *code; /* NULL: there is none, for the reason `why` */
    struct rt_buffer why;
    bool is_told;
    char *memory, *back; /* before and behind a launch */
    struct crnl_ssa **w; /* by lane; NULL: the lane is free */
    int64_t *budget;
    enum lanes_end *end;
};

struct gpu_rows crnl_gpu_rows(const struct crnl_model *m)
{
    struct gpu_rows r = {0};
    r.k = r.x + m->n_species;
    r.p = r.k + m->n_reactions;
    r.inv_volume = r.p + m->n_params;
    r.rng = r.inv_volume + 1;
    r.t = r.rng + 4;
    r.t_next = r.t + 1;
    r.t_stop = r.t_next + 1;
    r.left = r.t_stop + 1;
    r.end = r.left + 1;
    r.held = r.end + 1;
    r.watched = r.held + m->n_asked;
    r.events = r.watched + LANES_PARTS * crnl_watch_list(m, NULL);
    r.n = r.events + 1;
    return r;
}

/* ---- Lanes --------------------------------------------------------------------------------------------- */

static char *cell(const struct gpu_lanes *g, int32_t row, int lane)
{
    size_t block = (size_t)(lane / GPU_LANES) * (size_t)g->rows.n + (size_t)row;
    return g->memory + (block * GPU_LANES + (size_t)(lane % GPU_LANES)) * sizeof(double);
}

static void put_real(struct gpu_lanes *g, int32_t row, int lane, double v)
{
    memcpy(cell(g, row, lane), &v, sizeof v);
}

static void put_word(struct gpu_lanes *g, int32_t row, int lane, int64_t v)
{
    memcpy(cell(g, row, lane), &v, sizeof v);
}

static double get_real(const struct gpu_lanes *g, int32_t row, int lane)
{
    double v;
    memcpy(&v, cell(g, row, lane), sizeof v);
    return v;
}

static int64_t get_word(const struct gpu_lanes *g, int32_t row, int lane)
{
    int64_t v;
    memcpy(&v, cell(g, row, lane), sizeof v);
    return v;
}

/* The sums of a run along its trajectory go into a lane, or back. */
static void put_watched(struct gpu_lanes *g, int lane, const struct crnl_watch *watch)
{
    for (int32_t i = 0; i < (g->rows.events - g->rows.watched) / LANES_PARTS; i++) {
        const struct crnl_watched *s = &watch->sum[i];
        const double part[LANES_PARTS] = {[LANES_VALUE] = s->value[0],
                                          [LANES_BASE] = s->base,
                                          [LANES_SINCE] = s->since,
                                          [LANES_SUM] = s->sum,
                                          [LANES_SQUARE] = s->square};
        for (int32_t k = 0; k < LANES_PARTS; k++) {
            put_real(g, g->rows.watched + i * LANES_PARTS + k, lane, part[k]);
        }
    }
}

static void take_watched(const struct gpu_lanes *g, int lane, struct crnl_watch *watch)
{
    for (int32_t i = 0; i < (g->rows.events - g->rows.watched) / LANES_PARTS; i++) {
        struct crnl_watched *s = &watch->sum[i];
        double *part[LANES_PARTS] = {[LANES_VALUE] = &s->value[0],
                                     [LANES_BASE] = &s->base,
                                     [LANES_SINCE] = &s->since,
                                     [LANES_SUM] = &s->sum,
                                     [LANES_SQUARE] = &s->square};
        for (int32_t k = 0; k < LANES_PARTS; k++) {
            *part[k] = get_real(g, g->rows.watched + i * LANES_PARTS + k, lane);
        }
    }
}

static void put(struct rt_side *d, int lane, struct crnl_ssa *w, double t_stop, int64_t budget)
{
    struct gpu_lanes *g = d->lanes;
    const struct crnl_model *m = g->job->m;
    const struct gpu_rows *r = &g->rows;
    for (int32_t i = 0; i < m->n_species; i++) {
        put_real(g, r->x + i, lane, w->x[i]);
    }
    for (int32_t i = 0; i < m->n_reactions; i++) {
        put_real(g, r->k + i, lane, w->k[i]);
    }
    for (int32_t i = 0; i < m->n_params; i++) {
        put_real(g, r->p + i, lane, w->p[i]);
    }
    for (int32_t i = 0; i < 4; i++) {
        put_word(g, r->rng + i, lane, (int64_t)w->rng.s[i]);
    }
    put_real(g, r->inv_volume, lane, w->inv_volume);
    put_real(g, r->t, lane, w->t);
    put_real(g, r->t_stop, lane, t_stop);
    put_real(g, r->events, lane, (double)w->events);
    put_watched(g, lane, w->watch);
    put_word(g, r->left, lane, budget);
    put_word(g, r->end, lane, GPU_GOES_ON);
    g->budget[lane] = budget;
    g->w[lane] = w;
}

static void hold(struct rt_side *d, int lane, int32_t asked, double truth)
{
    struct gpu_lanes *g = d->lanes;
    put_real(g, g->rows.held + asked, lane, truth);
}

static void set_stop(struct rt_side *d, int lane, double t_stop)
{
    struct gpu_lanes *g = d->lanes;
    put_real(g, g->rows.t_stop, lane, t_stop);
}

static void read_amounts(struct rt_side *d, int lane)
{
    const struct gpu_lanes *g = d->lanes;
    for (int32_t i = 0; i < g->job->m->n_species; i++) {
        g->w[lane]->x[i] = get_real(g, g->rows.x + i, lane);
    }
}

static double time_of(const struct rt_side *d, int lane)
{
    const struct gpu_lanes *g = d->lanes;
    return get_real(g, g->rows.t, lane);
}

static enum lanes_end end_of(const struct rt_side *d, int lane)
{
    const struct gpu_lanes *g = d->lanes;
    return g->end[lane];
}

/* Frees a lane; its run is then in its struct crnl_ssa, as a kernel would leave it. */
static void take(struct rt_side *d, int lane, enum lanes_end end)
{
    struct gpu_lanes *g = d->lanes;
    const struct gpu_rows *r = &g->rows;
    struct crnl_ssa *w = g->w[lane];
    bool is_pending = end == LANES_TIME;
    read_amounts(d, lane);
    for (int32_t i = 0; i < 4; i++) {
        w->rng.s[i] = (uint64_t)get_word(g, r->rng + i, lane);
    }
    if (is_pending) { /* the stream was kept before the waiting time */
        crnl_rng_exponential(&w->rng);
    }
    w->t = get_real(g, is_pending ? r->t_stop : r->t, lane);
    w->t_next = is_pending ? get_real(g, r->t_next, lane) : -1;
    take_watched(g, lane, w->watch);
    w->events += g->budget[lane] - get_word(g, r->left, lane);
    put_word(g, r->end, lane, GPU_FREE);
    g->w[lane] = NULL;
    g->end[lane] = end;
}

/* ---- Launches ------------------------------------------------------------------------------------------ */

/* A lane that is late ends unless only a row is due. */
static bool passes(struct rt_side *d, int lane)
{
    struct gpu_lanes *g = d->lanes;
    bool goes_on = true;
    while (goes_on && get_real(g, g->rows.t_stop, lane) < get_real(g, g->rows.t_next, lane)) {
        goes_on = d->passes && d->passes(d->env, lane);
    }
    put_word(g, g->rows.end, lane, GPU_GOES_ON);
    return goes_on;
}

/* Looks at the lanes behind a launch; returns whether some have ended. */
static bool look(struct rt_side *d, uint32_t *ended, bool all)
{
    struct gpu_lanes *g = d->lanes;
    bool any = false;
    for (int lane = 0; lane < d->wide; lane++) {
        if (!g->w[lane]) {
            continue;
        }
        int64_t how = get_word(g, g->rows.end, lane);
        if (how == GPU_LATE && passes(d, lane)) {
            how = GPU_GOES_ON;
        }
        if (how == GPU_GOES_ON && get_word(g, g->rows.left, lane) > 0 && !all) {
            continue;
        }
        take(d, lane, how == GPU_LATE ? LANES_TIME : how == GPU_ODD || !g->code ? LANES_ODD : LANES_EVENTS);
        ended[lane / 32] |= 1u << lane % 32;
        any = true;
    }
    return any;
}

/* Without code, or if the processor fails: tells why, and the runs go on without it. */
static void give_up(struct rt_side *d)
{
    struct gpu_lanes *g = d->lanes;
    if (g->code) {
        rt_gpu_destroy(g->code);
        g->code = NULL;
    }
    if (!g->is_told) {
        g->is_told = true;
        d->tell(d->env, "%s has failed: %s\n  note: the runs go on without it, with the same results",
                rt_gpu_name(), g->why.data);
    }
}

static bool launch(struct rt_side *d)
{
    struct gpu_lanes *g = d->lanes;
    if (!g->code ||
        !rt_gpu_run(g->code, g->memory, g->back, d->wide, GPU_THREADS, EVENTS_OF_LAUNCH, &g->why)) {
        give_up(d);
        return false;
    }
    char *memory = g->memory;
    g->memory = g->back;
    g->back = memory;
    return true;
}

static void advance(struct rt_side *d, uint32_t *ended)
{
    memset(ended, 0, ((size_t)d->wide / 32 + 1) * sizeof *ended);
    bool good, any;
    do {
        good = launch(d);
        any = look(d, ended, !good || d->stops(d->env));
    } while (!any);
}

static void destroy(struct rt_side *d)
{
    struct gpu_lanes *g = d->lanes;
    if (g->code) {
        rt_gpu_destroy(g->code);
    }
    free(g->memory);
    free(g->back);
    free(g->w);
    free(g->budget);
    free(g->end);
    rt_buffer_free(&g->why);
    free(g);
}

static const struct rt_side_code code = {put,     hold,    set_stop, read_amounts,
                                         time_of, advance, end_of,   destroy};

void rt_gpu_begin(struct rt_side *d, const struct rt_job *job)
{
    struct gpu_lanes *g = rt_alloc(1, sizeof *g);
    *d = (struct rt_side){.lanes = g, .wide = job->gpu_lanes, .code = &code};
    size_t wide = (size_t)d->wide, bytes;
    g->job = job;
    g->rows = crnl_gpu_rows(job->m);
    bytes = wide * (size_t)g->rows.n * sizeof(double);
    g->memory = rt_alloc(1, bytes);
    g->back = rt_alloc(1, bytes);
    g->w = rt_alloc(wide, sizeof *g->w);
    g->budget = rt_alloc(wide, sizeof *g->budget);
    g->end = rt_alloc(wide, sizeof *g->end);
    for (int lane = 0; lane < d->wide; lane++) {
        put_word(g, g->rows.end, lane, GPU_FREE);
    }
    g->code = rt_gpu_create(job->m->gpu_code, GPU_KERNEL, bytes, &g->why);
}
