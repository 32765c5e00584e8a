/* hybrid(dt = ...): discrete species jump during dt with bulk constant, then bulk advances by one step of the
 * classical Runge-Kutta method with discrete species constant. This is of first order in dt, and serves for
 * comparison with programs that use it. */
#include <math.h>
#include <string.h>

#include "rt_hybrid.h"

/* The classical Runge-Kutta method. */
static void move_bulk(struct rt_hybrid *h, double dt)
{
    const struct rt_terms *t = &h->terms;
    struct rt_flow *f = &h->flow;
    struct crnl_ssa *w = &h->s->w;
    int32_t n = t->n_bulk;
    double *k = f->work, *y = k + 4 * (size_t)n, *at = y + n;
    static const double part[4] = {0, 0.5, 0.5, 1};
    memcpy(f->x, w->x, (size_t)t->m->n_species * sizeof *f->x);
    for (int32_t b = 0; b < n; b++) {
        y[b] = w->x[t->species[b]];
    }
    for (int s = 0; s < 4; s++) {
        for (int32_t b = 0; b < n; b++) {
            at[b] = y[b] + part[s] * dt * (s > 0 ? k[(s - 1) * n + b] : 0);
        }
        rt_flow_derivative(f, h->now - dt + part[s] * dt, at, k + s * n);
    }
    for (int32_t b = 0; b < n; b++) {
        double p = y[b] + dt / 6 * (k[b] + 2 * k[n + b] + 2 * k[2 * n + b] + k[3 * n + b]);
        bool is_signed = t->m->species_signed && t->m->species_signed[t->species[b]] != CRNL_AMOUNT;
        w->x[t->species[b]] = is_signed ? p : fmax(p, 0);
    }
}

static bool refresh(struct rt_hybrid *h)
{
    h->now = h->s->w.t;
    bool good = rt_hybrid_set_hazards(h, NULL, h->terms.m->n_reactions);
    rt_hazards_sum(&h->hazards);
    h->is_fresh = true;
    return good;
}

/* Ends the step: bulk advances by the part of the step that it has not covered yet. */
static int end_step(struct rt_hybrid *h)
{
    struct crnl_ssa *w = &h->s->w;
    double dt = rt_real(h->s->job, CRNL_OPTION_SPLIT);
    h->now = h->step_end;
    move_bulk(h, dt);
    for (int32_t b = 0; b < h->terms.n_bulk; b++) {
        if (!(fabs(w->x[h->terms.species[b]]) < INFINITY)) {
            return rt_hybrid_runaway(h, b, h->now);
        }
    }
    h->step_end = h->t_start + (double)(++h->n_steps + 1) * dt;
    bool good = rt_hybrid_set_hazards(h, h->terms.varying, h->terms.n_varying);
    rt_hazards_sum(&h->hazards);
    return good ? CRNL_SSA_EVENTS : CRNL_SSA_BAD;
}

int rt_split_advance(struct rt_hybrid *h, double t_stop, int64_t max_events)
{
    const struct rt_terms *t = &h->terms;
    struct crnl_ssa *w = &h->s->w;
    if (!h->is_fresh && !refresh(h)) {
        return CRNL_SSA_BAD;
    }
    for (int64_t done = 0; done < max_events;) {
        double total = h->hazards.total;
        if (!(total < INFINITY)) {
            return CRNL_SSA_BAD;
        }
        if (!(w->wait.due > 0)) {
            w->wait.due = fmax(crnl_rng_exponential(&w->rng), 1e-300);
        }
        double next = total > 0 ? h->now + w->wait.due / total : INFINITY;
        if (crnl_is_due(h->step_end, fmin(next, t_stop))) {
            w->wait.due = fmax(w->wait.due - total * (h->step_end - h->now), 1e-300);
            int result = end_step(h);
            if (result != CRNL_SSA_EVENTS) {
                w->t = h->now;
                return result;
            }
            continue;
        }
        if (next > t_stop) {
            w->wait.t = fmin(next, h->step_end);
            w->t = t_stop;
            return t_stop == INFINITY ? CRNL_SSA_DEAD : CRNL_SSA_TIME;
        }
        double rest;
        w->t = h->now = next;
        w->wait.due = 0;
        int32_t j = rt_hazards_choose(&h->hazards, crnl_rng_uniform(&w->rng) * total, &rest);
        done++;
        if (!rt_hybrid_fire(h, j)) {
            w->bad = j;
            return CRNL_SSA_BAD;
        }
        bool good = rt_hybrid_set_hazards(h, t->dep + t->dep_ptr[j], t->dep_ptr[j + 1] - t->dep_ptr[j]);
        good &= !h->has_laws || rt_hybrid_set_hazards(h, t->varying, t->n_varying);
        rt_hazards_sum(&h->hazards);
        if (!good) {
            return CRNL_SSA_BAD;
        }
    }
    return CRNL_SSA_EVENTS;
}
