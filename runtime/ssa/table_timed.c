/* Exact SSA for laws that read the time. While waiting for an event, the other propensities are constant in
 * the tree of sums, in which the timed ones are set to 0. The event happens when the integral of all
 * propensities reaches an exponential variate. */
#include <math.h>

#include "rt_table.h"

struct hazard {
    struct table *T;
    struct crnl_ssa *w;
    double t; /* time of a bad value */
};

static double total_at(void *env, double t)
{
    struct hazard *h = env;
    const struct crnl_ssa *w = h->w;
    const struct crnl_model *m = h->T->m;
    double sum = h->T->total;
    for (int32_t i = 0; i < m->n_timed; i++) {
        double a = rt_propensity(m, m->timed[i], w->k, w->x, t, w->p, w->inv_volume);
        if (!(a >= 0 && a < INFINITY)) {
            h->w->bad = m->timed[i];
            h->t = t;
            return NAN;
        }
        sum += a;
    }
    return sum;
}

static void rest(struct table *T)
{
    for (int32_t i = 0; i < T->m->n_timed; i++) {
        rt_table_set(T, T->m->timed[i], 0);
    }
    rt_table_sum(T);
}

static void wake(struct table *T, const struct crnl_ssa *w)
{
    for (int32_t i = 0; i < T->m->n_timed; i++) {
        int32_t j = T->m->timed[i];
        rt_table_set(T, j, rt_propensity(T->m, j, w->k, w->x, w->t, w->p, w->inv_volume));
    }
    rt_table_sum(T);
}

/* Waits for the next event. CRNL_SSA_EVENTS: the next reaction is due at t_next, which is not after
 * t_stop. */
static int wait_on(struct table *T, struct crnl_ssa *w)
{
    struct hazard h = {T, w, w->t};
    if (w->t_next < 0) {
        if (!(w->wait.due > 0)) {
            crnl_wait_begin(&w->wait, w->t, crnl_rng_exponential(&w->rng));
        }
        double t = crnl_wait_on(&w->wait, total_at, &h, w->t_stop);
        if (t != t) {
            w->t = h.t;
            return CRNL_SSA_BAD;
        }
        w->t_next = t < INFINITY ? t : -1;
    }
    if (w->t_next >= 0 && w->t_next <= w->t_stop) {
        return CRNL_SSA_EVENTS;
    }
    w->t = w->t_stop;
    return w->t_next < 0 && w->wait.t == INFINITY ? CRNL_SSA_DEAD : CRNL_SSA_TIME;
}

int rt_timed_ssa(struct table *T, struct crnl_ssa *w, int64_t max_events)
{
    for (int64_t done = 0; done < max_events; done++) {
        rest(T);
        if (!(T->total < INFINITY)) {
            w->bad = rt_table_bad(T);
            return CRNL_SSA_BAD;
        }
        int result = wait_on(T, w);
        if (result != CRNL_SSA_EVENTS) {
            return result;
        }
        w->t = w->t_next;
        w->t_next = -1;
        wake(T, w);
        if (!rt_table_event(T, w)) {
            return CRNL_SSA_BAD;
        }
    }
    return CRNL_SSA_EVENTS;
}
