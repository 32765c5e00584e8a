/* Runs by hybrid(vesicles = infinite): bulk flows with the expectations of the vesicles' laws (hybrid_law.c),
 * and discrete species that read no bulk jump at their own rates. */
#include <math.h>

#include "rt_hybrid.h"

/* Writes the state at t and returns `result`, or CRNL_SSA_BAD if the state is invalid. */
static int put_all(struct rt_hybrid *h, double t, int result)
{
    struct crnl_ssa *w = &h->s->w;
    const struct rt_terms *terms = &h->terms;
    const double *x = rt_flow_at(&h->flow, t);
    for (int32_t b = 0; b < terms->n_bulk; b++) {
        if (!(fabs(x[terms->species[b]]) < INFINITY)) {
            return rt_hybrid_runaway(h, b, t);
        }
    }
    if (rt_laws_check(h->laws, t, &h->s->r->error)) {
        return CRNL_SSA_BAD;
    }
    for (int32_t s = 0; s < terms->m->n_species; s++) {
        w->x[s] = x[s];
    }
    w->t = t;
    return result;
}

static void set_hazards(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    const struct crnl_ssa *w = &h->s->w;
    double at = rt_events_time(&h->s->events, w->t);
    for (int32_t j = 0; j < t->m->n_reactions; j++) {
        if (t->fires[j] && !rt_laws_has(h->laws, j)) {
            rt_hazards_set(&h->hazards, j, rt_terms_rate(t, j, w, w->x, at));
        }
    }
    rt_hazards_sum(&h->hazards);
}

int rt_laws_advance(struct rt_hybrid *h, double t_stop, int64_t max_events)
{
    struct crnl_ssa *w = &h->s->w;
    const struct rt_terms *t = &h->terms;
    if (!h->is_fresh) {
        if (rt_laws_find(h->laws, w, &h->s->r->error)) {
            return CRNL_SSA_BAD;
        }
        rt_flow_start(&h->flow, w->x, w->t);
        set_hazards(h);
        h->now = w->t;
        h->is_fresh = true;
    }
    for (int64_t done = 0; done < max_events; done++) {
        double total = h->hazards.total;
        if (!(total >= 0 && total < INFINITY)) {
            return CRNL_SSA_BAD;
        }
        if (!(w->wait.due > 0)) {
            w->wait.due = fmax(crnl_rng_exponential(&w->rng), 1e-300);
        }
        double next = total > 0 ? h->now + w->wait.due / total : INFINITY;
        if (next > t_stop || next == INFINITY) {
            w->wait.t = next;
            return t_stop == INFINITY ? CRNL_SSA_DEAD : put_all(h, t_stop, CRNL_SSA_TIME);
        }
        h->now = next;
        w->wait.due = 0;
        int result = put_all(h, next, CRNL_SSA_EVENTS);
        double rest;
        int32_t j = rt_hazards_choose(&h->hazards, crnl_rng_uniform(&w->rng) * total, &rest);
        if (result != CRNL_SSA_EVENTS || !rt_hybrid_fire(h, j)) {
            w->bad = j;
            return CRNL_SSA_BAD;
        }
        for (int32_t e = t->dep_ptr[j]; e < t->dep_ptr[j + 1]; e++) {
            rt_hazards_set(&h->hazards, t->dep[e], rt_terms_counts(t, t->dep[e], w->k[t->dep[e]], w->x));
        }
        rt_hazards_sum(&h->hazards);
        rt_flow_start(&h->flow, w->x, next);
    }
    return CRNL_SSA_EVENTS;
}
