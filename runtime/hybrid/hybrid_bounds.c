/* Hybrid runs by thinning. Each bulk species flows in closed form and lazily: its amount p was right at its
 * own time t, and is carried on only when a jump changes its equation. An interval around it bounds the
 * hazards of all reactions that read it until a known time, when it could leave; a candidate is drawn from
 * the bounds and taken with the probability of its true hazard, which is computed only if the least one in
 * the intervals does not decide. What is drawn does not depend on where a run is looked at. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "rt_hybrid.h"

static const double width = 1.0 / 16; /* of an interval to either side, relative */
static const double candidates = 64;  /* that are drawn at least before an interval ends, or nearly so */
enum { EVENTS_BETWEEN_REFRESHES = 4096 };

static const double growth = 1e12; /* of a bulk species, or above 1: it is told that it runs away */

static double slope(const struct rt_quadratic *q, double p)
{
    return (q->a * p + q->b) * p + q->c;
}

/* The largest |slope| between p and the end that it moves to: at one of the two, or at the vertex between
 * them. */
static double fastest(const struct rt_quadratic *q, double p, double end)
{
    double most = fmax(fabs(slope(q, p)), fabs(slope(q, end)));
    if (q->a != 0) {
        double vertex = -q->b / (2 * q->a);
        if ((vertex - p) * (vertex - end) < 0) {
            most = fmax(most, fabs(slope(q, vertex)));
        }
    }
    return most;
}

static bool is_read(const struct rt_hybrid *h, int32_t b)
{
    return h->terms.reader_ptr[b] < h->terms.reader_ptr[b + 1];
}

/* What no hazard reads is followed as far as it grows: to tell where it runs away. */
static void find_due(const struct rt_hybrid *h, int32_t b)
{
    struct rt_interval *i = &h->interval[b];
    double f = slope(&i->q, i->p), end = f > 0 ? i->hi : i->lo;
    i->due =
        (!is_read(h, b) && f < 0) || f == 0 ? INFINITY : i->t + fabs(end - i->p) / fastest(&i->q, i->p, end);
}

static void find_first_due(struct rt_hybrid *h)
{
    double due = INFINITY;
    for (int32_t b = 0; b < h->terms.n_bulk; b++) {
        due = h->interval[b].due < due ? h->interval[b].due : due;
    }
    h->due = due;
}

static void tell_growth(struct rt_hybrid *h, int32_t b)
{
    const struct rt_interval *i = &h->interval[b];
    if (!h->told && i->p > growth * fmax(h->first[b], 1)) {
        h->told = true;
        rt_putf(&h->s->r->notes,
                "warning: the bulk concentration `%s` is %.3g at t = %.6g, and grows: a potential runs away "
                "where its "
                "target cannot be reached, as by a machine that cannot represent its environment or a scale "
                "that is "
                "too large\n",
                h->terms.m->species_name[h->terms.species[b]], i->p, i->t);
    }
}

/* The room above p at whose end the slope is twice that at p: what grows ever faster, as by 2 P -> 3 P, would
 * otherwise have room of which it passes less, the more it has. */
static double room_to_double(const struct rt_quadratic *q, double p, double f)
{
    double rise = 2 * q->a * p + q->b; /* q->a r^2 + rise r = f, in the form that does not cancel */
    return q->a > 0 ? 2 * f / (rise + sqrt(rise * rise + 4 * q->a * f)) : INFINITY;
}

/* A new interval around p. One that grows fast, or from 0, gets room for some candidates. */
static void center(struct rt_hybrid *h, int32_t b)
{
    struct rt_interval *i = &h->interval[b];
    const struct rt_job *job = h->s->job;
    double f = slope(&i->q, i->p), some = job->duration > 0 ? job->duration / candidates : 1;
    double time = h->hazards.total > 0 && is_read(h, b) ? candidates / h->hazards.total : some;
    double room = is_read(h, b) ? width * i->p : i->p;
    i->lo = i->p - room;
    i->hi = fmin(DBL_MAX,
                 i->p + fmax(room, f > 0 ? fmin(f * fmin(time, some), room_to_double(&i->q, i->p, f)) : 0));
}

static void bound_reaction(struct rt_hybrid *h, int32_t j)
{
    const struct rt_terms *t = &h->terms;
    double high = 1, low = 1;
    for (int32_t e = t->power_ptr[j]; e < t->power_ptr[j + 1]; e++) {
        const struct rt_interval *i = &h->interval[t->power[e].bulk];
        high = rt_times_power(high, i->hi, t->power[e].n);
        low = rt_times_power(low, i->lo, t->power[e].n);
    }
    h->high[j] = high;
    h->ratio[j] = high > 0 ? low / high : 1;
    rt_hazards_set(&h->hazards, j, h->counts[j] * high);
}

static void carry(const struct rt_hybrid *h, int32_t b, double t)
{
    struct rt_interval *i = &h->interval[b];
    i->p = rt_quadratic_flow(&i->q, i->p, t - i->t);
    i->t = t;
}

/* What changes by jumps, from the amounts: also after some thousand jumps, since coefficients are
 * incremented. */
static void find_coefficients(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    struct crnl_ssa *w = &h->s->w;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        h->interval[b].q = (struct rt_quadratic){0, 0, 0};
    }
    for (int32_t j = 0; j < t->m->n_reactions; j++) {
        double g = h->counts[j] = rt_terms_counts(t, j, w->k[j], w->x);
        for (int32_t e = t->swing_ptr[j]; e < t->swing_ptr[j + 1]; e++) {
            const struct rt_swing *s = &t->swing[e];
            struct rt_quadratic *q = &h->interval[s->bulk].q;
            *(s->degree == 0 ? &q->c : s->degree == 1 ? &q->b : &q->a) += s->net * g;
        }
    }
    h->since_refresh = 0;
}

/* Amounts or constants are others. */
static void refresh(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    const struct crnl_ssa *w = &h->s->w;
    find_coefficients(h);
    h->now = w->t;
    for (int pass = 0; pass < 2; pass++) { /* how wide intervals are depends on the total of hazards */
        for (int32_t b = 0; b < t->n_bulk; b++) {
            struct rt_interval *i = &h->interval[b];
            i->p = w->x[t->species[b]];
            i->t = w->t;
            center(h, b);
            find_due(h, b);
        }
        for (int32_t j = 0; j < t->m->n_reactions; j++) {
            if (t->fires[j]) {
                bound_reaction(h, j);
            }
        }
        rt_hazards_sum(&h->hazards);
    }
    find_first_due(h);
    h->is_fresh = true;
}

/* Those that may leave their intervals now get new ones. */
static int32_t center_due(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        struct rt_interval *i = &h->interval[b];
        if (!(i->due <= h->now)) {
            continue;
        }
        carry(h, b, h->now);
        if (!(i->p < INFINITY)) {
            return b;
        }
        tell_growth(h, b);
        center(h, b);
        find_due(h, b);
        if (!(i->due > h->now)) { /* it moves, and time does not */
            return b;
        }
        for (int32_t e = t->reader_ptr[b]; e < t->reader_ptr[b + 1]; e++) {
            bound_reaction(h, t->reader[e]);
        }
    }
    rt_hazards_sum(&h->hazards);
    find_first_due(h);
    return -1;
}

/* Whether the candidate j, of whose bound `rest` is uniform, is a reaction. */
static bool is_true(const struct rt_hybrid *h, int32_t j, double rest)
{
    const struct rt_terms *t = &h->terms;
    double bound = h->counts[j] * h->high[j];
    if (rest <= bound * h->ratio[j]) {
        return true;
    }
    double a = h->counts[j];
    for (int32_t e = t->power_ptr[j]; e < t->power_ptr[j + 1]; e++) {
        const struct rt_interval *i = &h->interval[t->power[e].bulk];
        a = rt_times_power(a, rt_quadratic_flow(&i->q, i->p, h->now - i->t), t->power[e].n);
    }
    return rest <= a;
}

/* Reaction j at h->now: its bulk is carried here, equations and hazards change. */
static bool jump(struct rt_hybrid *h, int32_t j)
{
    const struct rt_terms *t = &h->terms;
    struct crnl_ssa *w = &h->s->w;
    for (int32_t e = t->moved_ptr[j]; e < t->moved_ptr[j + 1]; e++) {
        carry(h, t->moved[e], h->now);
    }
    w->t = h->now;
    bool good = rt_hybrid_fire(h, j);
    for (int32_t e = t->smooth_ptr[j]; e < t->smooth_ptr[j + 1]; e++) {
        int32_t r = t->smooth[e];
        double g = rt_terms_counts(t, r, w->k[r], w->x), change = g - h->counts[r];
        h->counts[r] = g;
        for (int32_t i = t->swing_ptr[r]; i < t->swing_ptr[r + 1]; i++) {
            const struct rt_swing *s = &t->swing[i];
            struct rt_quadratic *q = &h->interval[s->bulk].q;
            *(s->degree == 0 ? &q->c : s->degree == 1 ? &q->b : &q->a) += s->net * change;
        }
    }
    bool was_first = false;
    for (int32_t e = t->moved_ptr[j]; e < t->moved_ptr[j + 1]; e++) {
        struct rt_interval *i = &h->interval[t->moved[e]];
        was_first |= i->due == h->due;
        find_due(h, t->moved[e]);
        h->due = i->due < h->due ? i->due : h->due;
    }
    if (was_first) {
        find_first_due(h);
    }
    for (int32_t e = t->dep_ptr[j]; e < t->dep_ptr[j + 1]; e++) {
        int32_t r = t->dep[e];
        double before = h->counts[r], now = rt_terms_counts(t, r, w->k[r], w->x);
        if (now != before) {
            h->counts[r] = now;
            rt_hazards_set(&h->hazards, r, now * h->high[r]);
        }
    }
    rt_hazards_sum(&h->hazards);
    if (++h->since_refresh >= EVENTS_BETWEEN_REFRESHES) {
        for (int32_t b = 0; b < t->n_bulk; b++) {
            carry(h, b, h->now);
        }
        find_coefficients(h);
        for (int32_t b = 0; b < t->n_bulk; b++) {
            find_due(h, b);
        }
        find_first_due(h);
    }
    return good;
}

/* Amounts of bulk at w->t. Intervals stay as they are, so that looking changes nothing. */
static int put_bulk(struct rt_hybrid *h, int result)
{
    const struct rt_terms *t = &h->terms;
    struct crnl_ssa *w = &h->s->w;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        const struct rt_interval *i = &h->interval[b];
        double p = rt_quadratic_flow(&i->q, i->p, w->t - i->t);
        if (!(p < INFINITY)) {
            return rt_hybrid_runaway(h, b, w->t);
        }
        w->x[t->species[b]] = p;
    }
    return result;
}

/* A species has left all numbers, at h->now. */
static int lose(struct rt_hybrid *h, int32_t lost)
{
    const struct rt_terms *t = &h->terms;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        const struct rt_interval *i = &h->interval[b];
        h->s->w.x[t->species[b]] = rt_quadratic_flow(&i->q, i->p, h->now - i->t);
    }
    return rt_hybrid_runaway(h, lost, h->now);
}

static bool bulk_rests(const struct rt_hybrid *h)
{
    for (int32_t b = 0; b < h->terms.n_bulk; b++) {
        if (slope(&h->interval[b].q, h->interval[b].p) != 0) {
            return false;
        }
    }
    return true;
}

/* Nothing fires before t_stop. */
static int stop_at(struct rt_hybrid *h, double t_stop, double known)
{
    struct crnl_ssa *w = &h->s->w;
    bool dead = known == INFINITY && h->hazards.total == 0 && (t_stop == INFINITY || bulk_rests(h));
    w->wait.t = known;
    w->t = t_stop;
    return dead ? CRNL_SSA_DEAD : put_bulk(h, CRNL_SSA_TIME);
}

int rt_bounds_advance(struct rt_hybrid *h, double t_stop, int64_t max_events)
{
    struct crnl_ssa *w = &h->s->w;
    if (!h->is_fresh) {
        refresh(h);
    }
    for (int64_t done = 0; done < max_events;) {
        double total = h->hazards.total;
        if (!(total < INFINITY)) {
            return rt_hybrid_runaway(h, -1, h->now);
        }
        if (!(w->wait.due > 0)) {
            w->wait.due = fmax(crnl_rng_exponential(&w->rng), 1e-300);
        }
        double next = total > 0 ? h->now + w->wait.due / total : INFINITY, known = fmin(next, h->due);
        if (known > t_stop || known == INFINITY) {
            return stop_at(h, t_stop, known);
        }
        if (h->due < next) {
            w->wait.due = fmax(w->wait.due - total * (h->due - h->now), 1e-300);
            h->now = h->due;
            int32_t lost = center_due(h);
            if (lost >= 0) {
                return lose(h, lost);
            }
            continue;
        }
        double rest;
        h->now = next;
        w->wait.due = 0;
        int32_t j = rt_hazards_choose(&h->hazards, crnl_rng_uniform(&w->rng) * total, &rest);
        if (!is_true(h, j, rest)) {
            continue;
        }
        done++;
        if (!jump(h, j)) {
            w->bad = j;
            return CRNL_SSA_BAD;
        }
    }
    return put_bulk(h, CRNL_SSA_EVENTS);
}
