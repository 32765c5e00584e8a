/* Hybrid runs of any network: hazards that change with bulk, or have laws, are integrated along the flow
 * (crnl_wait_on); the others stay in the tree of sums. */
#include <math.h>

#include "rt_hybrid.h"

static void set_hazards(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    const struct crnl_ssa *w = &h->s->w;
    for (int32_t j = 0; j < t->m->n_reactions; j++) {
        if (t->fires[j]) {
            rt_hazards_set(&h->hazards, j, rt_law(t->m, j) < 0 ? rt_terms_counts(t, j, w->k[j], w->x) : 0);
        }
    }
}

/* Sets the hazards that vary: to 0 between jumps (x = NULL), or to their values at time `at`, so that a
 * reaction can be chosen. */
static bool set_varying(struct rt_hybrid *h, const double *x, double at)
{
    const struct rt_terms *t = &h->terms;
    bool good = true;
    for (int32_t i = 0; i < t->n_varying; i++) {
        int32_t j = t->varying[i];
        double a = x ? rt_terms_rate(t, j, &h->s->w, x, rt_events_time(&h->s->events, at)) : 0;
        rt_hazards_set(&h->hazards, j, a);
        if (!(a >= 0 && a < INFINITY)) {
            h->s->w.bad = j;
            good = false;
        }
    }
    rt_hazards_sum(&h->hazards);
    return good;
}

static double total_at(void *env, double t)
{
    struct rt_hybrid *h = env;
    const struct rt_terms *terms = &h->terms;
    const double *x = rt_flow_at(&h->flow, t);
    double sum = h->hazards.total, at = rt_events_time(&h->s->events, t);
    for (int32_t i = 0; i < terms->n_varying; i++) {
        double a = rt_terms_rate(terms, terms->varying[i], &h->s->w, x, at);
        if (!(a >= 0 && a < INFINITY)) {
            h->s->w.bad = terms->varying[i];
            h->now = t;
            return NAN;
        }
        sum += a;
    }
    return sum;
}

/* Fails because bulk is no longer finite; the state is the last one that is known. */
static int lose(struct rt_hybrid *h)
{
    struct crnl_ssa *w = &h->s->w;
    double end = rt_flow_end(&h->flow);
    const double *x = rt_flow_at(&h->flow, end);
    int32_t most = 0;
    for (int32_t b = 0; b < h->terms.n_bulk; b++) {
        w->x[h->terms.species[b]] = x[h->terms.species[b]];
        most = fabs(x[h->terms.species[b]]) > fabs(x[h->terms.species[most]]) ? b : most;
    }
    return rt_hybrid_runaway(h, most, end);
}

static int put_bulk(struct rt_hybrid *h, double t, int result)
{
    struct crnl_ssa *w = &h->s->w;
    if (h->flow.failed && rt_flow_end(&h->flow) < t) {
        return lose(h);
    }
    const double *x = rt_flow_at(&h->flow, t);
    for (int32_t b = 0; b < h->terms.n_bulk; b++) {
        double p = x[h->terms.species[b]];
        if (!(fabs(p) < INFINITY)) {
            return rt_hybrid_runaway(h, b, t);
        }
        w->x[h->terms.species[b]] = p;
    }
    w->t = t;
    return result;
}

/* Waits for the next reaction. CRNL_SSA_EVENTS: it is due at t_next, which is not after t_stop. */
static int wait_on(struct rt_hybrid *h, double t_stop)
{
    struct crnl_ssa *w = &h->s->w;
    if (w->t_next < 0) {
        if (!(w->wait.due > 0)) {
            crnl_wait_begin(&w->wait, w->t, crnl_rng_exponential(&w->rng));
        }
        double t = crnl_wait_on(&w->wait, total_at, h, t_stop);
        if (t != t) {
            return h->flow.failed ? lose(h) : put_bulk(h, h->now, CRNL_SSA_BAD);
        }
        w->t_next = t < INFINITY ? t : -1;
    }
    if (w->t_next >= 0 && w->t_next <= t_stop) {
        return CRNL_SSA_EVENTS;
    }
    bool dead = w->t_next < 0 && w->wait.t == INFINITY;
    return t_stop == INFINITY ? CRNL_SSA_DEAD : put_bulk(h, t_stop, dead ? CRNL_SSA_DEAD : CRNL_SSA_TIME);
}

int rt_waits_advance(struct rt_hybrid *h, double t_stop, int64_t max_events)
{
    struct crnl_ssa *w = &h->s->w;
    if (!h->is_fresh) {
        rt_flow_start(&h->flow, w->x, w->t);
        set_hazards(h);
        set_varying(h, NULL, w->t);
        h->is_fresh = true;
    }
    for (int64_t done = 0; done < max_events; done++) {
        int result = wait_on(h, t_stop);
        if (result != CRNL_SSA_EVENTS) {
            return result;
        }
        double rest, t = w->t_next;
        w->t_next = -1;
        result = put_bulk(h, t, CRNL_SSA_EVENTS);
        if (result != CRNL_SSA_EVENTS || !set_varying(h, w->x, t) || !(h->hazards.total < INFINITY)) {
            return CRNL_SSA_BAD;
        }
        double u = crnl_rng_uniform(&w->rng);
        int32_t j = rt_hazards_choose(&h->hazards, u * h->hazards.total, &rest);
        if (!rt_hybrid_fire(h, j)) {
            w->bad = j;
            return CRNL_SSA_BAD;
        }
        const struct rt_terms *terms = &h->terms;
        for (int32_t e = terms->dep_ptr[j]; e < terms->dep_ptr[j + 1]; e++) {
            int32_t r = terms->dep[e];
            rt_hazards_set(&h->hazards, r, rt_terms_counts(terms, r, w->k[r], w->x));
        }
        set_varying(h, NULL, t);
        rt_flow_start(&h->flow, w->x, t);
    }
    return CRNL_SSA_EVENTS;
}
