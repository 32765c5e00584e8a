/* Runs of an ensemble side by side, one in each lane of vectors (rt_lanes.h). Each has its own struct rt_ssa
 * and proceeds independently; a lane whose run is over takes the next one. */
#include <math.h>
#include <stdlib.h>

#include "rt_lanes.h"
#include "rt_ssa.h"

struct lockstep {
    struct rt_ssa *s[LANES_MOST]; /* [0] is the workspace itself */
    struct rt_ask ask[LANES_MOST];
    struct lanes *lanes;
    const struct lanes_step *step;
    const struct rt_runs *runs;
    int busy;
};

/* Whether kernels run uninterrupted between rows, with nothing but reactions happening. */
static bool is_plain(const struct rt_ssa *s)
{
    const struct rt_job *job = s->job;
    return !crnl_lockstep_refusal(job->m) && !s->events.any && job->spec->until < 0 &&
           !(job->has_rows && !(job->every > 0)) && !job->m->is_walked && s->first && s->first->is_walked &&
           job->option[CRNL_OPTION_KERNEL].integer < 0;
}

/* A row does not end a lane: only its amounts are read. */
static bool passes(void *env, int lane)
{
    struct lockstep *l = env;
    struct rt_ask *q = &l->ask[lane];
    rt_lanes_read(l->lanes, lane);
    bool good = rt_ssa_pass_row(l->s[lane], q);
    l->lanes->t_stop[lane] = q->t_stop;
    return good;
}

static bool create(struct lockstep *l, struct rt_ssa *s)
{
    l->step = rt_lanes_step();
    bool are_enough = l->step && s->job->runs >= l->step->wide / LANES_VECTORS;
    l->lanes = are_enough ? rt_lanes_create(s->job->m, s->w.k) : NULL;
    if (l->lanes) {
        l->lanes->passes = passes;
        l->lanes->env = l;
    }
    l->s[0] = s;
    for (int i = 1; l->lanes && i < l->lanes->wide; i++) {
        struct rt_error e = {0};
        l->s[i] = rt_ssa_create(s->stepper, s->job, &e);
        rt_error_free(&e);
    }
    return l->lanes != NULL;
}

static void destroy(struct lockstep *l)
{
    for (int i = 1; i < l->lanes->wide; i++) {
        rt_ssa_destroy(l->s[i]);
    }
    free(l->lanes);
}

/* Continues a run with its own kernel, which must be reset because it does not know the lane's events. */
static void alone(struct rt_ssa *s, const struct rt_ask *q)
{
    if (s->w.kernel) {
        s->code->reset(s->w.kernel);
    }
    rt_ssa_answer(s, q, s->stepper->advance(s, q->t_stop, q->budget - (s->w.events - q->before)));
}

/* Continues the lane's run in lockstep, or takes the next one; what lockstep cannot do is done by the run's
 * own kernel. */
static void fill(struct lockstep *l, int lane)
{
    struct rt_ssa *s = l->s[lane];
    struct rt_ask *q = &l->ask[lane];
    for (;;) {
        while (s->stage == RT_SSA_OVER) {
            if (s->r) {
                l->runs->done(l->runs->env, s->r);
            }
            s->r = l->runs->next(l->runs->env, l->busy == 0);
            if (!s->r) {
                return;
            }
            rt_ssa_begin(s, s->r);
        }
        s->status = rt_ssa_ask(s, q);
        if (s->status) {
            rt_ssa_stage_ends(s);
        } else if (s->kernel->is_walked && q->budget > 0) {
            rt_lanes_put(l->lanes, lane, &s->w, q->t_stop, q->budget);
            l->busy++;
            return;
        } else {
            alone(s, q);
        }
    }
}

static void ended(struct lockstep *l, int lane)
{
    struct rt_ssa *s = l->s[lane];
    l->busy--;
    if (l->lanes->end[lane] == LANES_ODD) {
        alone(s, &l->ask[lane]);
    } else {
        rt_ssa_answer(s, &l->ask[lane], l->lanes->end[lane] == LANES_TIME ? CRNL_SSA_TIME : CRNL_SSA_EVENTS);
    }
    fill(l, lane);
}

bool rt_ssa_run_many(void *workspace, const struct rt_runs *runs)
{
    struct lockstep l = {.runs = runs};
    if (!is_plain(workspace) || !create(&l, workspace)) {
        return false;
    }
    for (int lane = 0; lane < l.lanes->wide; lane++) {
        l.s[lane]->stage = RT_SSA_OVER;
        l.s[lane]->r = NULL;
        fill(&l, lane);
    }
    while (l.busy > 0) {
        unsigned which = l.step->step(l.lanes);
        for (int lane = 0; lane < l.lanes->wide; lane++) {
            if (which >> lane & 1) {
                ended(&l, lane);
            }
        }
        for (int lane = 0; l.busy > 0 && lane < l.lanes->wide; lane++) {
            if (l.s[lane]->stage == RT_SSA_OVER) { /* runs that were not yet available before */
                fill(&l, lane);
            }
        }
    }
    destroy(&l);
    return true;
}
