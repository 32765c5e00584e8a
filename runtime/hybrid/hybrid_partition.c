/* Hybrid runs of any network: hybrid(partition = N). A reaction starts to flow when there are at least N
 * molecules of each species that it changes, and flows until one of these falls below four fifths of N. All
 * other reactions jump, at rates that depend on the present amounts of the flow. As N grows, this becomes
 * ssa.
 *
 * Along the flow the extent of each flowing reaction, the number of its firings, is integrated too. When a
 * reaction stops flowing, its extent is rounded to a whole number, up or down at random so that the mean is
 * kept. Hence amounts that no flowing reaction changes are whole numbers, and every conserved sum keeps its
 * value. The integral of all hazards is one more unknown: a jump occurs when it reaches an exponential
 * variate. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_hybrid.h"

static const double stays = 0.8; /* a reaction keeps flowing down to this part of the threshold */

/* Whether reaction j should flow: there must be enough of all species that it changes. */
static bool should_flow(const struct rt_hybrid *h, int32_t j, const double *x)
{
    const struct crnl_model *m = h->terms.m;
    double least = rt_real(h->s->job, CRNL_OPTION_PARTITION) * (h->smooth[j] ? stays : 1);
    bool flows = m->net_ptr[j] < m->net_ptr[j + 1];
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        int32_t s = m->net_species[e];
        flows &= m->species_kind[s] == CRNL_BULK || x[s] >= least;
    }
    return flows;
}

void rt_partition_count(struct rt_hybrid *h)
{
    struct crnl_ssa *w = &h->s->w;
    int32_t n = 0;
    for (int32_t j = 0; j < h->terms.m->n_reactions && h->has_flow; j++) {
        h->extent[j] += h->terms.is_smooth[j] ? rt_flow_more(&h->flow, w->t, n++) : 0;
    }
    if (h->has_flow && w->wait.due > 0) {
        w->wait.due = fmax(w->wait.due - rt_flow_more(&h->flow, w->t, n), 1e-300);
    }
    h->has_flow = false;
}

/* Rounds the extent of a reaction that stops flowing. */
static void round_extent(struct rt_hybrid *h, int32_t j)
{
    const struct crnl_model *m = h->terms.m;
    struct crnl_ssa *w = &h->s->w;
    double whole = floor(h->extent[j]), rest = h->extent[j] - whole;
    rest = crnl_rng_uniform(&w->rng) <= rest ? 1 - rest : -rest;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        w->x[m->net_species[e]] += m->net_delta[e] * rest;
    }
    h->extent[j] = 0;
}

/* Decides which reactions flow from now on. */
static void part(struct rt_hybrid *h)
{
    const struct crnl_model *m = h->terms.m;
    struct crnl_ssa *w = &h->s->w;
    bool changes = h->terms.n_more == 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        h->wanted[j] = should_flow(h, j, w->x);
        changes |= h->wanted[j] != h->smooth[j];
    }
    if (!changes) {
        return;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (h->smooth[j] && !h->wanted[j]) {
            round_extent(h, j);
        }
        h->smooth[j] = h->wanted[j];
    }
    rt_hybrid_use_terms(h, h->smooth);
    for (int32_t s = 0; s < m->n_species; s++) {
        if (h->terms.bulk_of[s] < 0 && m->species_kind[s] == CRNL_DISCRETE) {
            w->x[s] = fmax(nearbyint(w->x[s]), 0);
        }
    }
    rt_flow_start(&h->looked, w->x, w->t); /* observations up to now have used the terms before */
}

/* Whether rates are constant between jumps. */
static bool rests(const struct rt_hybrid *h)
{
    return h->terms.n_bulk == 0 && (!h->has_laws || h->terms.m->n_timed == 0);
}

static bool settle(struct rt_hybrid *h)
{
    struct crnl_ssa *w = &h->s->w;
    rt_partition_count(h);
    part(h);
    rt_flow_start(&h->flow, w->x, w->t);
    h->now = h->scanned = w->t;
    h->has_flow = !rests(h);
    h->is_fresh = true;
    bool good = rt_hybrid_set_hazards(h, NULL, h->terms.m->n_reactions);
    rt_hazards_sum(&h->hazards);
    return good;
}

enum due { NOTHING, STEP, CROSSING, JUMP };

/* Whether a species that flows has fallen below the threshold. */
static bool crosses(struct rt_hybrid *h, double t)
{
    const struct rt_terms *terms = &h->terms;
    const double *x = rt_flow_at(&h->flow, t);
    double least = stays * rt_real(h->s->job, CRNL_OPTION_PARTITION);
    for (int32_t b = 0; b < terms->n_bulk; b++) {
        int32_t s = terms->species[b];
        if (terms->m->species_kind[s] != CRNL_BULK && !(x[s] >= least)) {
            return true;
        }
    }
    return false;
}

static bool has_jumped(struct rt_hybrid *h, double t)
{
    return rt_flow_more(&h->flow, t, h->terms.n_more - 1) >= h->s->w.wait.due;
}

/* The first time at which the condition holds, between a time `no` at which it does not and a time `yes` at
 * which it does. */
static double find_time(struct rt_hybrid *h, bool (*is)(struct rt_hybrid *h, double t), double no, double yes)
{
    while (!crnl_same_time(no, yes)) {
        double middle = no + (yes - no) / 2;
        if (!(middle > no && middle < yes)) {
            break;
        }
        if (is(h, middle)) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    return yes;
}

/* Finds what is due next, and when: the end of a step of the flow if nothing else is. */
static enum due look_ahead(struct rt_hybrid *h, double *t)
{
    const struct crnl_ssa *w = &h->s->w;
    double total = h->hazards.total;
    if (!h->has_flow) {
        *t = total > 0 ? w->t + w->wait.due / total : INFINITY;
        return total > 0 ? JUMP : NOTHING;
    }
    if (!(rt_flow_end(&h->flow) > h->scanned)) {
        rt_flow_go_on(&h->flow);
    }
    double end = rt_flow_end(&h->flow);
    *t = end;
    if (h->flow.failed) {
        return NOTHING;
    }
    bool jumps = has_jumped(h, end);
    end = jumps ? find_time(h, has_jumped, h->scanned, end) : end;
    bool ends = crosses(h, end);
    *t = ends ? find_time(h, crosses, h->scanned, end) : end;
    return ends ? CROSSING : jumps ? JUMP : STEP;
}

/* Writes the amounts at t. */
static int put(struct rt_hybrid *h, double t, int result)
{
    struct crnl_ssa *w = &h->s->w;
    if (h->has_flow) {
        const double *x = rt_flow_at(&h->flow, t);
        for (int32_t b = 0; b < h->terms.n_bulk; b++) {
            w->x[h->terms.species[b]] = x[h->terms.species[b]];
        }
    }
    w->t = t;
    return result;
}

/* Fails because the flow cannot be continued: it grows beyond the range of doubles, or a law is negative or
 * not finite. */
static int lose(struct rt_hybrid *h)
{
    struct crnl_ssa *w = &h->s->w;
    const struct rt_terms *t = &h->terms;
    put(h, h->scanned, CRNL_SSA_BAD);
    for (int32_t j = 0; j < t->m->n_reactions; j++) {
        double v = w->k[j] != 0 ? rt_terms_rate(t, j, w, w->x, rt_events_time(&h->s->events, w->t)) : 0;
        if (!(v >= 0 && v < INFINITY) && rt_terms_counts_molecules(t, j)) {
            w->bad = j;
            return CRNL_SSA_BAD;
        }
    }
    return rt_fail(&h->s->r->error, CRNL_BAD_AMOUNT,
                   "amounts that flow cannot be followed beyond t = %.6g: they grow without bound, or a law "
                   "becomes "
                   "negative\n  note: what was computed until then is kept",
                   w->t),
           CRNL_SSA_BAD;
}

/* Whether no reaction can begin to flow because of reaction j. */
static bool has_few(const struct rt_hybrid *h, int32_t j)
{
    const struct crnl_model *m = h->terms.m;
    double least = rt_real(h->s->job, CRNL_OPTION_PARTITION);
    bool few = true;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        few &= h->s->w.x[m->net_species[e]] < least;
    }
    return few;
}

/* Updates hazards after reaction j, while nothing flows. */
static bool update(struct rt_hybrid *h, int32_t j)
{
    const struct rt_terms *t = &h->terms;
    bool good = rt_hybrid_set_hazards(h, t->dep + t->dep_ptr[j], t->dep_ptr[j + 1] - t->dep_ptr[j]);
    good &= rt_hybrid_set_hazards(h, t->varying, t->n_varying);
    rt_hazards_sum(&h->hazards);
    h->scanned = h->now;
    return good;
}

/* Fires a reaction at w->t. */
static bool jump(struct rt_hybrid *h)
{
    struct crnl_ssa *w = &h->s->w;
    double rest;
    bool flowed = h->has_flow;
    h->now = w->t;
    if (flowed && !rt_hybrid_set_hazards(h, NULL, h->terms.m->n_reactions)) {
        return false;
    }
    rt_hazards_sum(&h->hazards);
    if (!(h->hazards.total > 0 && h->hazards.total < INFINITY)) {
        return false;
    }
    w->wait.due = 0;
    int32_t j = rt_hazards_choose(&h->hazards, crnl_rng_uniform(&w->rng) * h->hazards.total, &rest);
    rt_partition_count(h);
    w->bad = j;
    if (!rt_hybrid_fire(h, j)) {
        return false;
    }
    h->is_fresh = !flowed && has_few(h, j);
    return !h->is_fresh || update(h, j);
}

int rt_partition_advance(struct rt_hybrid *h, double t_stop, int64_t max_events)
{
    struct crnl_ssa *w = &h->s->w;
    for (int64_t done = 0; done < max_events;) {
        double t;
        if (!h->is_fresh && !settle(h)) {
            return CRNL_SSA_BAD;
        }
        if (!(w->wait.due > 0)) {
            w->wait.due = fmax(crnl_rng_exponential(&w->rng), 1e-300);
        }
        enum due what = look_ahead(h, &t);
        if (h->flow.failed && h->has_flow) {
            return t_stop <= h->scanned ? put(h, t_stop, CRNL_SSA_TIME) : lose(h);
        }
        if (what == NOTHING || t > t_stop) {
            w->wait.t = t;
            return what == NOTHING && t_stop == INFINITY
                       ? CRNL_SSA_DEAD
                       : put(h, t_stop, what == NOTHING ? CRNL_SSA_DEAD : CRNL_SSA_TIME);
        }
        if (what == STEP) {
            h->scanned = t;
            continue;
        }
        put(h, t, CRNL_SSA_EVENTS);
        if (what == CROSSING) { /* the end of the step is observed with the terms that hold until now */
            h->is_fresh = false;
            return CRNL_SSA_EVENTS;
        }
        done++;
        if (!jump(h)) {
            return CRNL_SSA_BAD;
        }
    }
    return CRNL_SSA_EVENTS;
}

void rt_partition_start(struct rt_hybrid *h)
{
    size_t n = (size_t)h->terms.m->n_reactions;
    memset(h->smooth, 0, n * sizeof *h->smooth);
    memset(h->extent, 0, n * sizeof *h->extent);
    h->has_flow = false;
    if (h->terms.n_more > 0) {
        rt_hybrid_use_terms(h, NULL);
    }
}

void rt_partition_pieces(struct rt_hybrid *h, struct rt_state *p)
{
    int32_t n = h->terms.m->n_reactions;
    rt_state_truths(p, h->smooth, (size_t)n);
    rt_state_piece(p, h->extent, (size_t)n * sizeof *h->extent);
    for (int32_t j = 0; j < n; j++) {
        rt_state_must(p, isfinite(h->extent[j]) && (h->smooth[j] || h->extent[j] == 0));
    }
    if (p->is_read && !p->is_short) {
        rt_hybrid_use_terms(h, h->smooth);
    }
}
