/* Runs of one network in lockstep: its tables, and how runs enter and leave lanes. */
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_gpu.h"
#include "rt_lanes.h"
#include "rt_side.h"
#include "runtime/rt_run.h"

const struct lanes_step *rt_lanes_step(void)
{
    return rt_lanes_avx512.is_here() ? &rt_lanes_avx512 : rt_lanes_avx2.is_here() ? &rt_lanes_avx2 : NULL;
}

static void make_reaction(struct crnl_lockstep *L, int32_t j)
{
    const struct crnl_model *m = L->m;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1] && rt_law(m, j) < 0; e++) {
        for (double i = 0; i < m->lhs_count[e]; i++) {
            L->species[j][L->order[j]] = m->lhs_species[e];
            L->less[j][L->order[j]++] = i;
        }
    }
}

static void make_changes(struct crnl_lockstep *L)
{
    const struct crnl_model *m = L->m;
    int32_t column_of[LANES_SPECIES];
    memset(column_of, -1, sizeof column_of);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            int32_t s = m->net_species[i];
            if (column_of[s] < 0) {
                column_of[s] = L->n_columns;
                L->column[L->n_columns++] = s;
            }
            L->change[column_of[s]][j] = m->net_delta[i];
        }
    }
}

/* Why emitted code cannot sum up what is watched along the trajectory; NULL: it can. */
static const char *why_not_watched(const struct crnl_model *m)
{
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (rt_is_path_stat(&m->stat[i]) && !crnl_watch_has(m, i)) {
            return "a statistic that is observed at each event";
        }
    }
    return crnl_watch_list(m, NULL) > LANES_WATCHED
               ? "averages along the trajectory of more than 16 quantities"
               : NULL;
}

bool crnl_lockstep_asks(const struct crnl_model *m, int32_t condition)
{
    int32_t i = 0;
    while (i < m->n_asked && m->asked[i] != condition) {
        i++;
    }
    return i < m->n_asked;
}

/* Why lanes cannot have the events of the network; NULL: they can. Those at times end a lane. */
static const char *why_not_events(const struct crnl_model *m, bool is_emitted)
{
    for (int32_t i = 0; i < m->n_events; i++) {
        if (m->event[i].kind == CRNL_EVENT_WHEN && !(is_emitted && crnl_lockstep_asks(m, m->event[i].when))) {
            return "a condition of an event, without code for vectors";
        }
    }
    return m->n_turns > 0 ? "rates or conditions that change with time" : NULL;
}

static bool has_laws(const struct crnl_model *m)
{
    bool has = false;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        has |= rt_law(m, j) >= 0;
    }
    return has;
}

static const char *why_not_size(const struct crnl_model *m)
{
    return m->n_reactions == 0 ? "no reactions"
           : m->n_reactions > LANES_REACTIONS || m->n_species > LANES_SPECIES
               ? "more than 64 reactions or species"
               : NULL;
}

static const char *why_not_interrupted(const struct crnl_model *m, bool is_emitted)
{
    const char *events = why_not_events(m, is_emitted);
    return events ? events : m->n_assumes > 0 ? "an assumption, which is checked at each event" : NULL;
}

static const char *why_no_bins(const struct crnl_model *m)
{
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (m->stat[i].kind == CRNL_TIME_HISTOGRAM) {
            return "a histogram along the trajectory";
        }
    }
    return NULL;
}

static bool has_path(const struct crnl_model *m)
{
    bool has = false;
    for (int32_t i = 0; i < m->n_stats; i++) {
        has |= rt_is_path_stat(&m->stat[i]);
    }
    return has;
}

const char *crnl_gpu_refusal(const struct crnl_model *m)
{
    const char *size = why_not_size(m), *interrupted = why_not_interrupted(m, true),
               *watched = why_not_watched(m);
    return size ? size : interrupted ? interrupted : watched ? watched : why_no_bins(m);
}

const char *crnl_lockstep_refusal(const struct crnl_model *m, bool is_emitted)
{
    const char *size = why_not_size(m), *interrupted = why_not_interrupted(m, is_emitted);
    for (int32_t j = 0; j < m->n_reactions && !size; j++) {
        if (rt_law(m, j) < 0 && rt_reaction_order(m, j) > LANES_ORDER) {
            size = "a reaction of more than 4 molecules";
        }
    }
    return size                         ? size
           : !is_emitted && has_laws(m) ? "a law, without code for vectors"
           : interrupted                ? interrupted
           : is_emitted                 ? why_not_watched(m)
           : has_path(m)                ? "averages along the trajectory, without compiled code"
                                        : NULL;
}

/* For emitted code. */
static uint32_t stop(struct crnl_lockstep *L, uint32_t odd, uint32_t late)
{
    L->stopped = odd;
    for (int lane = 0; lane < LANES_MOST; lane++) {
        L->end[lane] = odd >> lane & 1 ? LANES_ODD : L->end[lane];
        bool passes = (late >> lane & 1) != 0;
        while (passes && L->t_stop[lane] < L->t_next[lane]) {
            passes = L->passes && L->passes(L->env, lane);
        }
        if ((late >> lane & 1) && !passes) {
            L->stopped |= 1u << lane;
            L->end[lane] = LANES_TIME;
        }
    }
    return L->stopped;
}

/* For emitted code. */
static void far(struct crnl_lockstep *L, int32_t item, uint32_t lanes)
{
    const struct lanes_watched *w = &L->watched[item];
    for (; lanes; lanes &= lanes - 1) {
        int lane = __builtin_ctz(lanes);
        crnl_watch_far(L->w[lane], item, w->value[lane], w->square[lane], L->t_now[lane] - w->since[lane]);
    }
}

struct crnl_lockstep *rt_lanes_create(const struct crnl_model *m, const struct lanes_step *step)
{
    if (!step || crnl_lockstep_refusal(m, m->ssa_lanes != NULL)) {
        return NULL;
    }
    struct crnl_lockstep *L = aligned_alloc(64, (sizeof *L + 63) / 64 * 64);
    if (!L) {
        return NULL;
    }
    memset(L, 0, sizeof *L);
    L->m = m;
    L->step = step;
    L->draw = step->draw;
    L->stop = stop;
    L->far = far;
    L->n_watched = crnl_watch_list(m, NULL);
    L->has_laws = has_laws(m);
    L->n_reactions = m->n_reactions;
    L->n_groups = (m->n_reactions + CRNL_FAN - 1) / CRNL_FAN;
    bool one_vector = !m->ssa_lanes && m->n_reactions <= LANES_ONE_VECTOR;
    L->wide = one_vector ? step->wide / LANES_VECTORS : step->wide;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        make_reaction(L, j);
    }
    make_changes(L);
    L->at = LANES_AHEAD;
    for (int i = 0; i < LANES_WATCHED * LANES_MOST; i++) {
        L->cell[i / LANES_MOST][i % LANES_MOST] = &L->nowhere;
    }
    for (int i = 0; i < 256; i++) {
        L->layer[i].limit = crnl_zig_k[i];
        L->layer[i].width = crnl_zig_w[i];
    }
    return L;
}

/* The sums of a run along its trajectory go into a lane, or back. */
static void put_watched(struct crnl_lockstep *L, int lane, const struct crnl_watch *watch)
{
    for (int32_t i = 0; i < L->n_watched; i++) {
        L->cell[i][lane] = watch->sum[i].cell ? watch->sum[i].cell : &L->nowhere;
        const struct crnl_watched *s = &watch->sum[i];
        struct lanes_watched *w = &L->watched[i];
        w->value[lane] = s->value[0];
        w->base[lane] = s->base;
        w->since[lane] = s->since;
        w->sum[lane] = s->sum;
        w->square[lane] = s->cell ? s->value[1] : s->square;
    }
}

static void take_watched(struct crnl_lockstep *L, int lane, struct crnl_watch *watch)
{
    for (int32_t i = 0; i < L->n_watched; i++) {
        L->cell[i][lane] = &L->nowhere;
        struct crnl_watched *s = &watch->sum[i];
        const struct lanes_watched *w = &L->watched[i];
        s->value[0] = w->value[lane];
        s->since = w->since[lane];
        s->sum = w->sum[lane];
        *(s->cell ? &s->value[1] : &s->square) = w->square[lane];
    }
}

/* Draws for the remaining steps ahead. */
static void put_stream(struct crnl_lockstep *L, int lane, struct crnl_rng r)
{
    L->from[lane] = (int32_t)L->at;
    for (int i = 0; i < 4; i++) {
        L->begin[i][lane] = r.s[i];
    }
    for (int64_t at = L->at; at < LANES_AHEAD; at++) {
        L->wait[at][lane] = crnl_rng_exponential(&r);
        L->choice[at][lane] = crnl_rng_uniform(&r);
    }
    for (int i = 0; i < 4; i++) {
        L->rng[i][lane] = r.s[i];
    }
}

/* The stream before step `at`, or, if the run has a pending time, behind the waiting time of this step. */
static struct crnl_rng take_stream(const struct crnl_lockstep *L, int lane, bool is_pending)
{
    struct crnl_rng r = {{L->begin[0][lane], L->begin[1][lane], L->begin[2][lane], L->begin[3][lane]}};
    for (int64_t at = L->from[lane]; at < L->at; at++) {
        crnl_rng_exponential(&r);
        crnl_rng_next(&r);
    }
    if (is_pending) {
        crnl_rng_exponential(&r);
    }
    return r;
}

void rt_lanes_put(struct crnl_lockstep *L, int lane, struct crnl_ssa *w, double t_stop, int64_t budget)
{
    for (int32_t s = 0; s < L->m->n_species; s++) {
        L->x[s][lane] = w->x[s];
    }
    for (int32_t j = 0; j < L->n_reactions; j++) {
        L->k[j][lane] = w->k[j];
    }
    put_stream(L, lane, w->rng);
    put_watched(L, lane, w->watch);
    L->p[lane] = w->p;
    L->inv_volume[lane] = w->inv_volume;
    L->events[lane] = (double)w->events;
    L->t[lane] = w->t;
    L->t_stop[lane] = t_stop;
    L->left[lane] = L->budget[lane] = budget;
    L->w[lane] = w;
}

void rt_lanes_read(const struct crnl_lockstep *L, int lane)
{
    double *x = L->w[lane]->x;
    for (int32_t s = 0; s < L->m->n_species; s++) {
        x[s] = L->x[s][lane];
    }
}

void rt_lanes_take(struct crnl_lockstep *L, int lane)
{
    struct crnl_ssa *w = L->w[lane];
    bool is_pending = L->end[lane] == LANES_TIME;
    rt_lanes_read(L, lane);
    w->rng = take_stream(L, lane, is_pending);
    take_watched(L, lane, w->watch);
    w->t = is_pending ? L->t_stop[lane] : L->t[lane];
    w->t_next = is_pending ? L->t_next[lane] : -1;
    w->events += L->budget[lane] - L->left[lane];
    L->w[lane] = NULL;
}

int32_t rt_lanes_last_positive(const struct crnl_lockstep *L, int lane, int32_t group)
{
    int32_t end = (group + 1) * CRNL_FAN < L->n_reactions ? (group + 1) * CRNL_FAN : L->n_reactions;
    for (int32_t j = end - 1; j > group * CRNL_FAN; j--) {
        double a = L->k[j][lane];
        for (int32_t i = 0; i < L->order[j]; i++) {
            a *= L->x[L->species[j][i]][lane] - L->less[j][i];
        }
        if (a > 0) {
            return j;
        }
    }
    return group * CRNL_FAN;
}

/* The same by emitted code. */
static unsigned advance_by_code(struct crnl_lockstep *L, unsigned any)
{
    unsigned ended = 0;
    int64_t most = INT64_MAX;
    for (int lane = 0; lane < L->wide; lane++) {
        most = any >> lane & 1 && L->left[lane] < most ? L->left[lane] : most;
        L->p[lane] = any >> lane & 1 ? L->p[lane] : L->p[__builtin_ctz(any)];
    }
    L->any = any;
    L->stopped = L->turned = 0;
    int64_t steps = L->m->ssa_lanes((int32_t)L->step->level, L->m->env, L, most);
    for (int lane = 0; lane < L->wide && steps >= 0; lane++) {
        bool is_full = any >> lane & 1 && (L->left[lane] -= steps) == 0;
        bool is_stopped = L->stopped >> lane & 1;
        is_full |= L->turned >> lane & 1;
        if (is_full && !is_stopped) {
            L->end[lane] = LANES_EVENTS;
        }
        if (is_full || is_stopped) {
            rt_lanes_take(L, lane);
            ended |= 1u << lane;
        }
    }
    return ended;
}

unsigned rt_lanes_advance(struct crnl_lockstep *L)
{
    unsigned any = 0;
    for (int lane = 0; lane < L->wide; lane++) {
        any |= (unsigned)(L->w[lane] != NULL) << lane;
    }
    unsigned ended = L->m->ssa_lanes ? advance_by_code(L, any) : 0;
    bool code_only = L->n_watched > 0 || L->has_laws || L->is_asked;
    return ended || code_only ? ended : L->step->step(L);
}

/* ---- As places of runs --------------------------------------------------------------------------------- */

static void put(struct rt_side *d, int lane, struct crnl_ssa *w, double t_stop, int64_t budget)
{
    rt_lanes_put(d->lanes, lane, w, t_stop, budget);
}

static void hold(struct rt_side *d, int lane, int32_t asked, double truth)
{
    struct crnl_lockstep *L = d->lanes;
    L->held[asked][lane] = truth;
}

static void set_stop(struct rt_side *d, int lane, double t_stop)
{
    struct crnl_lockstep *L = d->lanes;
    L->t_stop[lane] = t_stop;
}

static void read_amounts(struct rt_side *d, int lane)
{
    rt_lanes_read(d->lanes, lane);
}

static double time_of(const struct rt_side *d, int lane)
{
    const struct crnl_lockstep *L = d->lanes;
    return L->t[lane];
}

static enum lanes_end end_of(const struct rt_side *d, int lane)
{
    const struct crnl_lockstep *L = d->lanes;
    return L->end[lane];
}

/* Ends all lanes as if each were odd: there is no code for them yet. */
static unsigned give_up(struct crnl_lockstep *L)
{
    unsigned which = 0;
    for (int lane = 0; lane < L->wide; lane++) {
        if (L->w[lane]) {
            L->end[lane] = LANES_ODD;
            rt_lanes_take(L, lane);
            which |= 1u << lane;
        }
    }
    return which;
}

static void advance(struct rt_side *d, uint32_t *ended)
{
    struct crnl_lockstep *L = d->lanes;
    L->passes = d->passes;
    L->env = d->env;
    unsigned which = rt_lanes_advance(L);
    *ended = which ? which : give_up(L);
}

static void destroy(struct rt_side *d)
{
    free(d->lanes);
}

static const struct rt_side_code code = {put,     hold,    set_stop, read_amounts,
                                         time_of, advance, end_of,   destroy};

bool rt_lanes_begin(struct rt_side *d, const struct rt_ssa *s, int64_t n)
{
    const struct lanes_step *step = rt_lanes_step();
    bool are_enough = step && n >= step->wide / LANES_VECTORS;
    struct crnl_lockstep *L = are_enough ? rt_lanes_create(s->job->m, step) : NULL;
    if (L) {
        L->is_asked = s->events.has_when || s->job->spec->until >= 0;
        *d = (struct rt_side){.lanes = L, .wide = L->wide, .code = &code};
    }
    return L != NULL;
}
