/* The method `hybrid`: a stepper of the stochastic driver. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_interval.h"
#include "rt_machines.h"
#include "rt_scales.h"

bool rt_hybrid_fire(struct rt_hybrid *h, int32_t j)
{
    const struct crnl_model *m = h->terms.m;
    struct crnl_ssa *w = &h->s->w;
    bool good = true;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        double *x = &w->x[m->net_species[e]];
        *x += m->net_delta[e];
        good &= *x >= 0;
    }
    w->events++;
    if (h->scales) {
        rt_scales_count(h->scales, j, w, &h->s->r->notes);
    }
    if (w->watch) {
        rt_watch_reaction(w, j);
    }
    return good;
}

bool rt_hybrid_set_hazards(struct rt_hybrid *h, const int32_t *list, int32_t n)
{
    const struct rt_terms *t = &h->terms;
    struct crnl_ssa *w = &h->s->w;
    double at = rt_events_time(&h->s->events, h->now);
    bool good = true;
    for (int32_t i = 0; i < n; i++) {
        int32_t j = list ? list[i] : i;
        double a = t->fires[j] ? rt_terms_rate(t, j, w, w->x, at) : 0;
        rt_hazards_set(&h->hazards, j, a);
        if (!(a >= 0 && a < INFINITY)) {
            w->bad = j;
            good = false;
        }
    }
    return good;
}

int rt_hybrid_runaway(struct rt_hybrid *h, int32_t bulk, double t)
{
    struct rt_error *e = &h->s->r->error;
    const struct crnl_model *m = h->terms.m;
    h->s->w.t = t;
    rt_fail(e, CRNL_BAD_AMOUNT,
            "the bulk concentration%s%s%s runs away at t = %.6g: it is no finite number any more",
            bulk >= 0 ? " `" : "", bulk >= 0 ? m->species_name[h->terms.species[bulk]] : "",
            bulk >= 0 ? "`" : "", t);
    rt_put(&e->text,
           "\n  note: what was computed until then is kept\n"
           "  help: where a potential follows a target, the target may be one that the network cannot reach, "
           "or its scale larger than 1/<target while it is on>");
    return CRNL_SSA_BAD;
}

static bool is_infinite(const struct rt_job *job)
{
    return job->option[CRNL_OPTION_VESICLES].integer != 0;
}

/* Frees what was derived from the terms. */
static void free_views(struct rt_hybrid *h)
{
    if (h->scales) {
        rt_scales_destroy(h->scales);
    }
    h->scales = NULL;
    if (h->machines) {
        rt_machines_destroy(h->machines);
        rt_hazards_free(&h->slots);
    }
    h->machines = NULL;
    h->slots.n_levels = 0;
}

void rt_hybrid_use_terms(struct rt_hybrid *h, const bool *is_smooth)
{
    struct rt_flow *flow[] = {&h->flow, &h->ahead, &h->looked};
    const struct crnl_model *m = h->terms.m;
    free_views(h);
    rt_terms_free(&h->terms);
    rt_terms_create(&h->terms, m, is_smooth);
    for (int i = 0; i < 3; i++) {
        rt_flow_free(flow[i]);
        rt_flow_create(flow[i], &h->terms, h->s);
        rt_flow_reset(flow[i], rt_real(h->s->job, CRNL_OPTION_RTOL));
    }
}

/* Whether even the amounts of discrete species change between jumps: expectations of vesicles, or, with
 * partition, amounts of many molecules. */
static bool all_moves(const struct rt_job *job)
{
    return is_infinite(job) || rt_real(job, CRNL_OPTION_PARTITION) > 0;
}

static int refuse(struct rt_ssa *s, struct rt_error *e)
{
    bool splits = rt_real(s->job, CRNL_OPTION_SPLIT) > 0, parts = rt_real(s->job, CRNL_OPTION_PARTITION) > 0;
    return is_infinite(s->job) && parts
               ? rt_fail(e, CRNL_BAD_ARGUMENT,
                         "`vesicles = infinite` has no partition: leave one of them out")
           : is_infinite(s->job) && splits
               ? rt_fail(e, CRNL_BAD_ARGUMENT, "`vesicles = infinite` has no splitting: leave out `dt`")
           : parts && splits
               ? rt_fail(e, CRNL_BAD_ARGUMENT, "`partition` follows amounts within `rtol`: leave out `dt`")
               : CRNL_OK;
}

static void create(struct rt_ssa *s)
{
    struct rt_hybrid *h = s->data = rt_alloc(1, sizeof *h);
    const struct crnl_model *m = s->job->m;
    size_t n = (size_t)m->n_reactions;
    h->s = s;
    rt_terms_create(&h->terms, m, NULL);
    rt_hazards_create(&h->hazards, m->n_reactions);
    rt_flow_create(&h->flow, &h->terms, s);
    rt_flow_create(&h->ahead, &h->terms, s);
    rt_flow_create(&h->looked, &h->terms, s);
    h->counts = rt_alloc(n, sizeof *h->counts);
    h->high = rt_alloc(n, sizeof *h->high);
    h->ratio = rt_alloc(n, sizeof *h->ratio);
    h->first = rt_alloc((size_t)h->terms.n_bulk, sizeof *h->first);
    h->interval = rt_alloc((size_t)h->terms.n_bulk, sizeof *h->interval);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        h->has_laws |= h->terms.fires[j] && rt_law(m, j) >= 0;
    }
    h->slot = rt_alloc(n, sizeof *h->slot);
    h->owner = rt_alloc(n, sizeof *h->owner);
    h->smooth = rt_alloc(n, sizeof *h->smooth);
    h->wanted = rt_alloc(n, sizeof *h->wanted);
    h->extent = rt_alloc(n, sizeof *h->extent);
}

static void destroy(struct rt_ssa *s)
{
    struct rt_hybrid *h = s->data;
    if (h->laws) {
        rt_laws_destroy(h->laws);
    }
    free_views(h);
    rt_terms_free(&h->terms);
    rt_hazards_free(&h->hazards);
    rt_flow_free(&h->flow);
    rt_flow_free(&h->ahead);
    rt_flow_free(&h->looked);
    free(h->counts);
    free(h->high);
    free(h->ratio);
    free(h->interval);
    free(h->first);
    free(h->slot);
    free(h->owner);
    free(h->smooth);
    free(h->wanted);
    free(h->extent);
    free(h);
}

/* Lets flows and hazards begin at the present amounts. */
static void anew(struct rt_ssa *s)
{
    struct rt_hybrid *h = s->data;
    double rtol = rt_real(s->job, CRNL_OPTION_RTOL);
    if (h->way == RT_BY_PARTITION) {
        rt_partition_count(h);
    }
    h->is_fresh = h->is_ahead = h->is_begun = false;
    rt_flow_reset(&h->flow, rtol);
    rt_flow_reset(&h->ahead, rtol);
    rt_flow_reset(&h->looked, rtol);
    for (int32_t i = 0; i < h->hazards.n_levels; i++) {
        memset(h->hazards.level[i].v, 0, (size_t)h->hazards.level[i].n * sizeof(double));
    }
    h->hazards.total = 0;
}

static void state(struct rt_ssa *s, struct rt_state *p)
{
    struct rt_hybrid *h = s->data;
    rt_state_count(p, &h->n_steps);
    rt_state_piece(p, &h->step_end, sizeof h->step_end);
    rt_state_truths(p, &h->told, 1);
    if (h->scales) {
        rt_scales_pieces(h->scales, p);
    }
    if (h->way == RT_BY_PARTITION) {
        rt_partition_pieces(h, p);
    }
}

/* The laws of vesicles do not follow from the amounts alone, and nothing may jump for long. */
static bool has_no_state(const struct rt_ssa *s)
{
    const struct rt_hybrid *h = s->data;
    return h->way == RT_BY_LAWS;
}

static void start(struct rt_ssa *s)
{
    struct rt_hybrid *h = s->data;
    double dt = rt_real(s->job, CRNL_OPTION_SPLIT);
    bool infinite = is_infinite(s->job), parts = rt_real(s->job, CRNL_OPTION_PARTITION) > 0;
    if (h->terms.n_more > 0 && !parts) { /* the workspace may have run with partition before */
        rt_hybrid_use_terms(h, NULL);
    }
    h->way = infinite             ? RT_BY_LAWS
             : parts              ? RT_BY_PARTITION
             : dt > 0             ? RT_BY_SPLITTING
             : h->terms.is_closed ? RT_BY_BOUNDS
                                  : RT_BY_WAITS;
    if (infinite && !h->laws) {
        h->laws = rt_laws_create(&h->terms);
    }
    if (infinite) {
        rt_laws_start(h->laws, s->w.x);
    }
    s->moves = parts || h->terms.n_bulk > 0;
    if (!parts && h->terms.n_bulk > 0) {
        h->scales = h->scales ? h->scales : rt_scales_create(&h->terms);
        rt_scales_start(h->scales, &s->w);
    }
    if (parts) {
        rt_partition_start(h);
    }
    h->flow.laws = h->ahead.laws = h->looked.laws = infinite ? h->laws : NULL;
    h->t_start = s->w.t;
    h->n_steps = 0;
    h->told = false;
    for (int32_t b = 0; b < h->terms.n_bulk && !parts; b++) {
        h->first[b] = s->w.x[h->terms.species[b]];
    }
    h->step_end = s->w.t + dt;
    anew(s);
}

static int advance(struct rt_ssa *s, double t_stop, int64_t max_events)
{
    struct rt_hybrid *h = s->data;
    h->is_ahead = false;
    switch (h->way) {
    case RT_BY_BOUNDS: return rt_bounds_advance(h, t_stop, max_events);
    case RT_BY_LAWS: return rt_laws_advance(h, t_stop, max_events);
    case RT_BY_PARTITION: return rt_partition_advance(h, t_stop, max_events);
    case RT_BY_SPLITTING: return rt_split_advance(h, t_stop, max_events);
    default: return rt_waits_advance(h, t_stop, max_events);
    }
}

static void changed(struct rt_ssa *s)
{
    struct rt_hybrid *h = s->data;
    h->is_fresh = h->is_ahead = false;
}

static const double *foresee(struct rt_ssa *s, double t)
{
    struct rt_hybrid *h = s->data;
    if (h->way == RT_BY_SPLITTING) {
        return s->w.x;
    }
    if (!h->is_ahead) {
        rt_flow_start(&h->ahead, s->w.x, s->w.t);
        h->is_ahead = true;
    }
    return rt_flow_at(&h->ahead, t);
}

static void mark(struct rt_ssa *s)
{
    struct rt_hybrid *h = s->data;
    rt_flow_start(&h->looked, s->w.x, s->w.t);
}

static const double *since_mark(struct rt_ssa *s, double t)
{
    struct rt_hybrid *h = s->data;
    return rt_flow_at(&h->looked, t);
}

static const struct rt_stepper hybrid = {.refuse = refuse,
                                         .create = create,
                                         .all_moves = all_moves,
                                         .start = start,
                                         .advance = advance,
                                         .destroy = destroy,
                                         .has_no_kernel = true,
                                         .changed = changed,
                                         .foresee = foresee,
                                         .mark = mark,
                                         .since_mark = since_mark,
                                         .state = state,
                                         .anew = anew,
                                         .has_no_state = has_no_state};

static void *create_worker(const struct rt_job *job, struct rt_error *e)
{
    return rt_ssa_create(&hybrid, job, e);
}

const struct crnl_method crnl_method_hybrid = {
    CRNL_METHOD_HYBRID, create_worker, rt_ssa_run, rt_ssa_destroy, NULL,
    rt_ssa_renew,       NULL,          NULL,       NULL,           NULL};
