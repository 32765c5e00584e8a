/* Runs on a graphics processor, one in each of its threads (crnl_gpu.h). The lanes of a thread of the host
 * are in memory here, which goes there and back with each launch. If the processor or its driver fails, all
 * lanes end as they were before the launch, and their runs go on here, with the same bytes. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rt_side.h"
#include "runtime/crnl_gpu.h"
#include "runtime/gpu/rt_gpu.h"
#include "runtime/rt_ctx.h"

enum { EVENTS_OF_LAUNCH = 1 << 14 };

struct gpu_lanes {
    const struct rt_job *job;
    struct gpu_rows rows;
    struct rt_gpu_code *code; /* NULL: it has failed */
    char *memory, *back;      /* before and behind a launch */
    struct crnl_ssa **w;      /* by lane; NULL: the lane is free */
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
    r.n = r.held + m->n_asked;
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
    bool passes = true;
    while (passes && get_real(g, g->rows.t_stop, lane) < get_real(g, g->rows.t_next, lane)) {
        passes = d->passes && d->passes(d->env, lane);
    }
    put_word(g, g->rows.end, lane, GPU_GOES_ON);
    return passes;
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

/* Goes on without the processor. The first failure of the process is told. */
static void fail(struct gpu_lanes *g, const struct rt_buffer *why)
{
    static atomic_bool is_told;
    if (!atomic_exchange(&is_told, true)) {
        rt_warn_at(g->job->ctx, g->job->spec->line,
                   "%s has failed: %s\n  note: the runs go on without it, with the same results",
                   rt_gpu_name(), why->data);
    }
    if (g->code) {
        rt_gpu_destroy(g->code);
        g->code = NULL;
    }
}

static bool launch(struct rt_side *d)
{
    struct gpu_lanes *g = d->lanes;
    struct rt_buffer why = {0};
    bool good =
        g->code && rt_gpu_run(g->code, g->memory, g->back, d->wide, GPU_THREADS, EVENTS_OF_LAUNCH, &why);
    if (good) {
        char *memory = g->memory;
        g->memory = g->back;
        g->back = memory;
    } else if (g->code) {
        fail(g, &why);
    }
    rt_buffer_free(&why);
    return good;
}

static void advance(struct rt_side *d, uint32_t *ended)
{
    const struct gpu_lanes *g = d->lanes;
    memset(ended, 0, ((size_t)d->wide / 32 + 1) * sizeof *ended);
    bool good, any;
    do {
        good = launch(d);
        any = look(d, ended, !good || rt_cancelled(g->job->ctx));
    } while (good && !any);
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
    free(g);
}

static const struct rt_side_code code = {put,     hold,    set_stop, read_amounts,
                                         time_of, advance, end_of,   destroy};

bool rt_gpu_begin(struct rt_side *d, const struct rt_job *job)
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
    struct rt_buffer why = {0};
    g->code = rt_gpu_create(job->m->gpu_code, GPU_KERNEL, bytes, &why);
    bool good = g->code != NULL;
    if (!good) {
        fail(g, &why);
        destroy(d);
    }
    rt_buffer_free(&why);
    return good;
}

/* ---- The decision -------------------------------------------------------------------------------------- */

void rt_gpu_share(struct rt_job *job, int threads)
{
    int64_t most = job->gpu_lanes / threads, n = (job->runs + threads - 1) / threads;
    n = n < most ? n : most;
    job->gpu_lanes = (int)((n + GPU_THREADS - 1) / GPU_THREADS * GPU_THREADS);
}

/* What cannot go to the processor, as a reason; NULL: nothing. */
static const char *why_not(const struct rt_job *job)
{
    const struct crnl_run_spec *spec = job->spec;
    bool asks = spec->until >= 0 && (spec->until_reads_time || !crnl_lockstep_asks(job->m, spec->until));
    return job->m->gpu_refusal                            ? job->m->gpu_refusal
           : asks                                         ? "a condition of `until` that has no code for it"
           : job->has_rows && !(job->every > 0)           ? "a row for each reaction, without `every`"
           : job->option[CRNL_OPTION_KERNEL].integer >= 0 ? "a kernel is named, for the processor's cores"
                                                          : NULL;
}

int rt_gpu_decide(struct rt_job *job, struct rt_error *e)
{
    const char *why = why_not(job);
    if (why) {
        return rt_fail(e, CRNL_BAD_ARGUMENT,
                       "`%s` cannot run on a graphics processor: %s\n  help: leave `gpu = true` out",
                       job->m->name, why);
    }
    if (job->runs == 1) {
        return rt_fail(
            e, CRNL_BAD_ARGUMENT,
            "`gpu = true` is for many runs, of which each has a thread of its own\n"
            "  help: say how many, as `ssa(runs = 100000, gpu = true)`, or leave `gpu = true` out");
    }
    job->is_for_gpu = true;
    job->option[CRNL_OPTION_KERNEL].integer = CRNL_KERNEL_SSA_UNROLLED;
    if (rt_gpu_is_here(&why)) {
        job->gpu_lanes = rt_gpu_threads();
    } else {
        rt_warn_at(job->ctx, job->spec->line,
                   "no graphics processor: %s\n  note: the runs go on without it, with the same results",
                   why);
    }
    return CRNL_OK;
}
