/* Hybrid runs by thinning. Each bulk species flows in closed form and is evaluated lazily: its amount p is
 * that at its own time t, and is advanced only when a jump changes its equation. An interval around p bounds
 * the hazards of all reactions that read the species, until a known time at which the amount may leave the
 * interval. A candidate is drawn from the bounds and accepted with the ratio of its true hazard to the bound;
 * the true hazard is computed only if the least hazard in the intervals does not decide. A machine with few
 * states (rt_machines.h) is a single candidate, and the effects of its jumps are looked up. The random draws
 * do not depend on when a run is observed. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "rt_interval.h"
#include "rt_machines.h"
#include "rt_scales.h"

static const double width = 1.0 / 16; /* of an interval, to either side, relative to the amount */
static const double candidates = 64;  /* expected number of candidates for which an interval has room */
enum { EVENTS_BETWEEN_REFRESHES = 4096 };

/* A bulk species is reported to run away if it grows by this factor, relative to its first amount or to 1 if
 * that is less. Potentials are also reported if they fall by `vanishing`; a noisy target takes them to 1e-20
 * and back. */
static const double growth = 1e12, vanishing = 1e-100;

static bool is_read(const struct rt_hybrid *h, int32_t b)
{
    return h->terms.reader_ptr[b] < h->terms.reader_ptr[b + 1];
}

static void find_due(const struct rt_hybrid *h, int32_t b)
{
    rt_interval_find_due(&h->interval[b], is_read(h, b));
}

static void find_first_due(struct rt_hybrid *h)
{
    double due = INFINITY;
    for (int32_t b = 0; b < h->terms.n_bulk; b++) {
        due = h->interval[b].due < due ? h->interval[b].due : due;
    }
    h->due = due;
}

/* Reports bulk that grows without bound, and potentials that vanish: their logarithm does not come to
 * rest. */
static void tell_runaway(struct rt_hybrid *h, int32_t b)
{
    const struct rt_interval *i = &h->interval[b];
    double first = h->first[b];
    bool grows = i->p > growth * fmax(first, 1), falls = first > 0 && i->p / vanishing < fmin(first, 1);
    if (!h->told && (grows || (falls && rt_scales_is_potential(h->scales, b)))) {
        h->told = true;
        rt_putf(&h->s->r->notes,
                "warning: the bulk concentration `%s` is %.3g at t = %.6g, and %s: a potential runs away "
                "where its target cannot be reached, as by a machine that cannot represent its environment "
                "or a scale that is larger than 1/<target while it is on>\n",
                h->terms.m->species_name[h->terms.species[b]], i->p, i->t, grows ? "grows" : "falls");
    }
}

/* The distance above p at which the slope is twice that at p. An amount that grows faster and faster, as by 2
 * P -> 3 P, would otherwise get more room the larger it is, and use less of it. */
static double room_to_double(const struct rt_quadratic *q, double p, double f)
{
    double rise = 2 * q->a * p + q->b; /* solves q->a r^2 + rise r = f, in the form without cancellation */
    return q->a > 0 ? 2 * f / (rise + sqrt(rise * rise + 4 * q->a * f)) : INFINITY;
}

/* Makes a new interval around p. If the amount grows fast, or from 0, the interval has room for the time of
 * some candidates. */
static void center(struct rt_hybrid *h, int32_t b)
{
    struct rt_interval *i = &h->interval[b];
    const struct rt_job *job = h->s->job;
    double f = rt_interval_slope(&i->q, i->p), some = job->duration > 0 ? job->duration / candidates : 1;
    double time = h->slots.total > 0 && is_read(h, b) ? candidates / h->slots.total : some;
    double room = is_read(h, b) ? width * i->p : i->p;
    i->grown = 0;
    i->lo = i->p - room;
    i->hi = fmin(DBL_MAX,
                 i->p + fmax(room, f > 0 ? fmin(f * fmin(time, some), room_to_double(&i->q, i->p, f)) : 0));
    i->down = crnl_log(i->lo / i->p);
    i->up = crnl_log(i->hi / i->p);
}

static void bound_powers(const struct rt_hybrid *h, int32_t j, double *most, double *ratio)
{
    const struct rt_terms *t = &h->terms;
    double high = 1, low = 1;
    for (int32_t e = t->power_ptr[j]; e < t->power_ptr[j + 1]; e++) {
        const struct rt_interval *i = &h->interval[t->power[e].bulk];
        high = rt_times_power(high, i->hi, t->power[e].n);
        low = rt_times_power(low, i->lo, t->power[e].n);
    }
    *most = high;
    *ratio = high > 0 ? low / high : 1;
}

static void bound_reaction(struct rt_hybrid *h, int32_t j)
{
    bound_powers(h, j, &h->high[j], &h->ratio[j]);
    rt_hazards_set(&h->slots, h->slot[j], h->counts[j] * h->high[j]);
}

static const struct rt_machine_state *state_of(const struct rt_machines *s, int32_t i)
{
    return &s->designs[s->design[i]].state[s->state[i]];
}

/* Updates the bounds of designs that are due, and of their machines. */
static void bound_machines(struct rt_hybrid *h)
{
    struct rt_machines *s = h->machines;
    bool any = false;
    for (int32_t i = 0; i < s->n_designs; i++) {
        struct rt_design *d = &s->designs[i];
        const int32_t *reaction = s->reaction + s->reaction_ptr[d->first];
        int32_t n = d->is_due ? s->reaction_ptr[d->first + 1] - s->reaction_ptr[d->first] : 0;
        any |= d->is_due;
        for (int32_t r = 0; r < n; r++) {
            bound_powers(h, reaction[r], &d->high[r], &d->ratio[r]);
        }
        for (int32_t at = 0; d->is_due && at < d->n_states; at++) {
            double bound = 0;
            for (int32_t e = d->state[at].move_begin; e < d->state[at].move_end; e++) {
                bound += d->move[e].counts * d->high[d->move[e].reaction];
            }
            d->state[at].bound = bound;
        }
    }
    for (int32_t i = 0; any && i < s->n; i++) {
        if (s->design[i] >= 0 && s->designs[s->design[i]].is_due) {
            rt_hazards_set(&h->slots, i, state_of(s, i)->bound);
        }
    }
    for (int32_t i = 0; i < s->n_designs; i++) {
        s->designs[i].is_due = false;
    }
}

static void carry(const struct rt_hybrid *h, int32_t b, double t)
{
    rt_interval_carry(&h->interval[b], t);
}

/* Computes the coefficients of equations from the amounts: at the start, and after some thousand jumps,
 * because jumps only increment them. */
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

/* Assigns slots to machines (machines without a table keep the bound 0) and to reactions that are in no
 * table. */
static void lay_out_slots(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    const struct crnl_model *m = t->m;
    const struct rt_machines *s = h->machines;
    int32_t n = s->n;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t of = t->fires[j] ? s->of[m->net_species[m->net_ptr[j]]] : -1;
        h->slot[j] = -1;
        if (t->fires[j] && (of < 0 || s->design[of] < 0)) {
            h->owner[n - s->n] = j;
            h->slot[j] = n++;
        }
    }
    double total = h->slots.total;
    rt_hazards_free(&h->slots);
    rt_hazards_create(&h->slots, n);
    h->slots.total = total;
}

static void put_machines(struct rt_hybrid *h)
{
    if (!h->machines) {
        h->machines = rt_machines_create(&h->terms);
    }
    if (rt_machines_put(h->machines, &h->s->w, !h->is_begun) || h->slots.n_levels == 0) {
        lay_out_slots(h);
    }
    h->slots.total = h->is_begun ? h->slots.total : 0;
    h->is_begun = true;
}

/* Brings everything up to date after a change of amounts or constants. */
static void refresh(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    const struct crnl_ssa *w = &h->s->w;
    find_coefficients(h);
    put_machines(h);
    h->now = w->t;
    for (int pass = 0; pass < 2; pass++) { /* the widths of intervals depend on the total of the hazards */
        for (int32_t b = 0; b < t->n_bulk; b++) {
            struct rt_interval *i = &h->interval[b];
            i->p = w->x[t->species[b]];
            i->t = w->t;
            center(h, b);
            find_due(h, b);
        }
        for (int32_t j = 0; j < t->m->n_reactions; j++) {
            if (h->slot[j] >= 0) {
                bound_reaction(h, j);
            }
        }
        for (int32_t i = 0; i < h->machines->n_designs; i++) {
            h->machines->designs[i].is_due = true;
        }
        bound_machines(h);
        rt_hazards_sum(&h->slots);
    }
    find_first_due(h);
    h->is_fresh = true;
}

/* Makes new intervals for the species that may leave theirs now. Returns a species that cannot be followed
 * any further, or -1. */
static int32_t center_due(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        struct rt_interval *i = &h->interval[b];
        if (!(i->due <= h->now)) {
            continue;
        }
        carry(h, b, h->now);
        rt_interval_settle(i);
        if (!(i->p < INFINITY)) {
            return b;
        }
        tell_runaway(h, b);
        center(h, b);
        find_due(h, b);
        if (!(i->due > h->now)) { /* the amount moves too fast for time to advance */
            return b;
        }
        for (int32_t e = t->reader_ptr[b]; e < t->reader_ptr[b + 1]; e++) {
            if (h->slot[t->reader[e]] >= 0) {
                bound_reaction(h, t->reader[e]);
            }
        }
        for (int32_t d = 0; d < h->machines->n_designs; d++) {
            h->machines->designs[d].is_due |= h->machines->designs[d].reads[b];
        }
    }
    bound_machines(h);
    rt_hazards_sum(&h->slots);
    find_first_due(h);
    return -1;
}

/* A candidate: reaction j. Its hazard is `counts` times powers of bulk, whose product is at most `high` and
 * at least `ratio` times `high`. */
struct candidate {
    int32_t j;
    double counts, high, ratio;
    int32_t machine; /* -1: the reaction is in no table */
    const struct rt_move *move;
};

/* The candidate at r in (0, total]; *rest: the remainder inside its bound. */
static struct candidate choose(const struct rt_hybrid *h, double r, double *rest)
{
    const struct rt_machines *s = h->machines;
    int32_t slot = rt_hazards_choose(&h->slots, r, rest);
    if (slot >= s->n) {
        int32_t j = h->owner[slot - s->n];
        return (struct candidate){j, h->counts[j], h->high[j], h->ratio[j], -1, NULL};
    }
    const struct rt_design *d = &s->designs[s->design[slot]];
    const struct rt_machine_state *at = state_of(s, slot);
    int32_t e = at->move_begin;
    double bound = d->move[e].counts * d->high[d->move[e].reaction];
    while (*rest > bound && e + 1 < at->move_end) {
        *rest -= bound;
        e++;
        bound = d->move[e].counts * d->high[d->move[e].reaction];
    }
    const struct rt_move *move = &d->move[e];
    int32_t j = s->reaction[s->reaction_ptr[slot] + move->reaction];
    return (struct candidate){j, move->counts, d->high[move->reaction], d->ratio[move->reaction], slot, move};
}

/* Whether the candidate is accepted; `rest` is uniform within its bound. */
static bool is_true(const struct rt_hybrid *h, const struct candidate *c, double rest)
{
    const struct rt_terms *t = &h->terms;
    if (rest <= c->counts * c->high * c->ratio) {
        return true;
    }
    double a = c->counts;
    for (int32_t e = t->power_ptr[c->j]; e < t->power_ptr[c->j + 1]; e++) {
        const struct rt_interval *i = &h->interval[t->power[e].bulk];
        a = rt_times_power(a, rt_interval_at(i, h->now), t->power[e].n);
    }
    return rest <= a;
}

/* Updates the interval of a bulk species whose equation has changed and whose amount is up to date. */
static void move_due(struct rt_hybrid *h, int32_t b, bool *was_first)
{
    struct rt_interval *i = &h->interval[b];
    *was_first |= i->due == h->due;
    find_due(h, b);
    h->due = i->due < h->due ? i->due : h->due;
}

/* Fires reaction j at h->now: advances the bulk that it affects, and updates equations and hazards. */
static bool jump(struct rt_hybrid *h, int32_t j)
{
    const struct rt_terms *t = &h->terms;
    struct crnl_ssa *w = &h->s->w;
    bool was_first = false;
    for (int32_t e = t->moved_ptr[j]; e < t->moved_ptr[j + 1]; e++) {
        carry(h, t->moved[e], h->now);
    }
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
    for (int32_t e = t->moved_ptr[j]; e < t->moved_ptr[j + 1]; e++) {
        move_due(h, t->moved[e], &was_first);
    }
    for (int32_t e = t->dep_ptr[j]; e < t->dep_ptr[j + 1]; e++) {
        int32_t r = t->dep[e];
        double before = h->counts[r], now = rt_terms_counts(t, r, w->k[r], w->x);
        if (now != before) {
            h->counts[r] = now;
            rt_hazards_set(&h->slots, h->slot[r], now * h->high[r]);
        }
    }
    if (was_first) {
        find_first_due(h);
    }
    return good;
}

/* The same for a reaction of a machine, by its table. */
static bool jump_by_table(struct rt_hybrid *h, const struct candidate *c)
{
    struct rt_machines *s = h->machines;
    const struct rt_change *change = s->designs[s->design[c->machine]].change;
    bool was_first = false;
    for (int32_t e = c->move->change_begin; e < c->move->change_end; e++) {
        int32_t b = change[e].bulk;
        struct rt_quadratic *q = &h->interval[b].q;
        carry(h, b, h->now);
        q->a += change[e].by.a;
        q->b += change[e].by.b;
        q->c += change[e].by.c;
        move_due(h, b, &was_first);
    }
    if (was_first) {
        find_first_due(h);
    }
    s->state[c->machine] = c->move->to;
    rt_hazards_set(&h->slots, c->machine, state_of(s, c->machine)->bound);
    return rt_hybrid_fire(h, c->j);
}

/* Computes coefficients from the amounts again, so that rounding errors of increments do not add up. */
static void renew_coefficients(struct rt_hybrid *h)
{
    const struct rt_terms *t = &h->terms;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        carry(h, b, h->now);
    }
    find_coefficients(h);
    for (int32_t b = 0; b < t->n_bulk; b++) {
        find_due(h, b);
    }
    find_first_due(h);
}

/* Fires the candidate at h->now. */
static bool fire(struct rt_hybrid *h, const struct candidate *c)
{
    h->s->w.t = h->now;
    bool good = c->machine < 0 ? jump(h, c->j) : jump_by_table(h, c);
    rt_hazards_sum(&h->slots);
    if (++h->since_refresh >= EVENTS_BETWEEN_REFRESHES) {
        renew_coefficients(h);
    }
    return good;
}

/* Writes the amounts of bulk at w->t. Intervals are not changed, so that observing a run has no effect. */
static int put_bulk(struct rt_hybrid *h, int result)
{
    const struct rt_terms *t = &h->terms;
    struct crnl_ssa *w = &h->s->w;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        const struct rt_interval *i = &h->interval[b];
        double p = rt_interval_at(i, w->t);
        if (!(p < INFINITY)) {
            return rt_hybrid_runaway(h, b, w->t);
        }
        w->x[t->species[b]] = p;
    }
    return result;
}

/* Fails because a species is no longer finite at h->now. */
static int lose(struct rt_hybrid *h, int32_t lost)
{
    const struct rt_terms *t = &h->terms;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        const struct rt_interval *i = &h->interval[b];
        h->s->w.x[t->species[b]] = rt_interval_at(i, h->now);
    }
    return rt_hybrid_runaway(h, lost, h->now);
}

static bool bulk_rests(const struct rt_hybrid *h)
{
    for (int32_t b = 0; b < h->terms.n_bulk; b++) {
        const struct rt_interval *i = &h->interval[b];
        if (rt_interval_slope(&i->q, rt_interval_grown(i->p, i->grown)) != 0) {
            return false;
        }
    }
    return true;
}

/* Ends at t_stop, before which nothing fires. */
static int stop_at(struct rt_hybrid *h, double t_stop, double known)
{
    struct crnl_ssa *w = &h->s->w;
    bool dead = known == INFINITY && h->slots.total == 0 && bulk_rests(h);
    w->wait.t = known;
    w->t = t_stop;
    return t_stop == INFINITY ? CRNL_SSA_DEAD : put_bulk(h, dead ? CRNL_SSA_DEAD : CRNL_SSA_TIME);
}

int rt_bounds_advance(struct rt_hybrid *h, double t_stop, int64_t max_events)
{
    struct crnl_ssa *w = &h->s->w;
    if (!h->is_fresh) {
        refresh(h);
    }
    for (int64_t done = 0; done < max_events;) {
        double total = h->slots.total;
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
        struct candidate c = choose(h, crnl_rng_uniform(&w->rng) * total, &rest);
        if (!is_true(h, &c, rest)) {
            continue;
        }
        done++;
        if (!fire(h, &c)) {
            w->bad = c.j;
            return CRNL_SSA_BAD;
        }
    }
    return put_bulk(h, CRNL_SSA_EVENTS);
}
