/* Functions of a model that walk its network (ir/interp/interp.h). They read the network, not the tables of
 * its plan, so that comparing engines also tests the plan. */
#include "codegen/interpret/interpret.h"

_Static_assert((int)INTERP_TIME == CRNL_SSA_TIME && (int)INTERP_EVENT == CRNL_SSA_EVENTS &&
                   (int)INTERP_DEAD == CRNL_SSA_DEAD && (int)INTERP_BAD == CRNL_SSA_BAD,
               "one order of results");

double walk_expr(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                 double inv_volume)
{
    const struct walk *w = env;
    return interp_value(w->interp, w->plan->expr[i], x, t, p, c, inv_volume);
}

static void walk_rhs(void *env, double t, const double *x, const double *p, const double *k, double *dx)
{
    const struct walk *w = env;
    interp_rhs(w->interp, t, x, p, k, dx);
}

/* Each call has an interpreter of its own: several trajectories run at once, and each needs room for its
 * propensities. */
int walk_ssa(void *env, void *state, int64_t max_events)
{
    struct crnl_ssa *s = state;
    struct interp_ssa_state w = {.x = s->x,
                                 .k = s->k,
                                 .p = s->p,
                                 .inv_volume = s->inv_volume,
                                 .t = s->t,
                                 .t_stop = s->t_stop,
                                 .t_next = s->t_next,
                                 .events = s->events,
                                 .rng = s->rng,
                                 .bad = s->bad,
                                 .wait = s->wait};
    struct interp *it = interp_create(((const struct walk *)env)->plan->net);
    enum interp_ssa_result result = INTERP_EVENT;
    for (int64_t done = 0; s->watch && done < max_events && result == INTERP_EVENT; done++) {
        result = interp_ssa_run(it, &w, 1); /* one event at a time, since averages are computed after each */
        s->t = w.t;
        s->events = w.events;
        crnl_watch_update(s, true);
    }
    result = s->watch ? result : interp_ssa_run(it, &w, max_events);
    interp_destroy(it);
    s->t = w.t;
    s->t_next = w.t_next;
    s->events = w.events;
    s->rng = w.rng;
    s->wait = w.wait;
    s->bad = w.bad;
    return (int)result;
}

void walk_model(struct walk *w, struct crnl_model *m, const struct plan *plan)
{
    w->plan = plan;
    w->interp = interp_create(plan->net);
    *m = plan->model;
    m->env = w;
    m->is_walked = 1;
    m->expr = walk_expr;
    m->rhs = walk_rhs;
    m->ssa = walk_ssa;
}
