/* The order of elimination: nested dissection by amounts (George, SIAM J. Numer. Anal. 10, 345 (1973)). */
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"

enum {
    TOGETHER = 8, /* so many states are not divided further */
    MOST_DEPTH = 100,
    MOST_BUCKETS = 1 << 16 /* of values of a species */
};

/* On which side of a cut a state is, and whether a transition from or to it crosses the cut. */
enum side { LOW, HIGH, LOW_EDGE, HIGH_EDGE };

struct dissection {
    struct rt_order *o;
    int32_t *jump; /* [n_changing] the largest change by a reaction */
    uint8_t *side; /* [n] by place */
    int32_t *moved;
    int32_t *count; /* [MOST_BUCKETS + 1] */
    int32_t *seen;  /* [n + 1] by place: the last front that contains it, plus 1 */
    double most_work, most_numbers;
    bool too_much;
};

static const int32_t *amounts_at(const struct rt_order *o, int32_t place)
{
    return o->s->amount + (int64_t)o->state[place] * o->s->n_changing;
}

/* ---- cuts ---- */

struct cut {
    int32_t species, at; /* LOW: amounts up to `at` */
};

/* Finds the amount of a species that divides the states about in half; returns false if there is only one
 * value. */
static bool halve(struct dissection *w, int32_t lo, int32_t hi, int32_t c, int32_t least, int32_t most,
                  struct cut *cut, int32_t *smaller)
{
    const struct rt_order *o = w->o;
    int shift = 0;
    while (((int64_t)most - least) >> shift >= MOST_BUCKETS) {
        shift++;
    }
    int32_t n_buckets = (int32_t)(((int64_t)most - least) >> shift) + 1, below = 0;
    if (n_buckets < 2) {
        return false;
    }
    memset(w->count, 0, (size_t)n_buckets * sizeof *w->count);
    for (int32_t i = lo; i < hi; i++) {
        w->count[((int64_t)amounts_at(o, i)[c] - least) >> shift]++;
    }
    *smaller = 0;
    for (int32_t b = 0; b + 1 < n_buckets; b++) {
        below += w->count[b];
        int32_t less = below < hi - lo - below ? below : hi - lo - below;
        if (less > *smaller) {
            *smaller = less;
            *cut = (struct cut){c, (int32_t)(least + ((int64_t)(b + 1) << shift) - 1)};
        }
    }
    return true;
}

/* Chooses the species with the largest extent, in steps of reactions, among those that have a quarter of the
 * states on either side; if there is none, the species that divides most evenly. */
static struct cut choose_cut(struct dissection *w, int32_t lo, int32_t hi, int32_t *extent)
{
    const struct rt_order *o = w->o;
    int32_t width = o->s->n_changing, most_smaller = -1;
    int32_t *least = extent, *most = extent + width;
    struct cut best = {0, 0};
    memcpy(least, amounts_at(o, lo), (size_t)width * sizeof *least);
    memcpy(most, least, (size_t)width * sizeof *most);
    for (int32_t i = lo + 1; i < hi; i++) {
        const int32_t *x = amounts_at(o, i);
        for (int32_t c = 0; c < width; c++) {
            least[c] = x[c] < least[c] ? x[c] : least[c];
            most[c] = x[c] > most[c] ? x[c] : most[c];
        }
    }
    for (int32_t tried = 0; tried < width; tried++) {
        int32_t c = 0, smaller = 0;
        double longest = -1;
        for (int32_t i = 0; i < width; i++) {
            double length = ((double)most[i] - least[i]) / w->jump[i];
            if (length > longest) {
                longest = length;
                c = i;
            }
        }
        struct cut cut;
        if (longest > 0 && halve(w, lo, hi, c, least[c], most[c], &cut, &smaller) && smaller > most_smaller) {
            best = cut;
            most_smaller = smaller;
        }
        if (longest <= 0 || most_smaller >= (hi - lo) / 4) {
            break;
        }
        most[c] = least[c];
    }
    return best;
}

static bool crosses(const struct rt_order *o, int32_t lo, int32_t hi, int32_t place, struct cut cut)
{
    const struct rt_states *s = o->s;
    int32_t i = o->state[place], width = s->n_changing;
    bool low = s->amount[(int64_t)i * width + cut.species] <= cut.at;
    for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
        int32_t to = o->at[s->to[k]];
        if (to >= lo && to < hi && (s->amount[(int64_t)s->to[k] * width + cut.species] <= cut.at) != low) {
            return true;
        }
    }
    for (int64_t k = s->in_first[i]; k < s->in_first[i + 1]; k++) {
        int32_t from = o->at[s->from[k]];
        if (from >= lo && from < hi &&
            (s->amount[(int64_t)s->from[k] * width + cut.species] <= cut.at) != low) {
            return true;
        }
    }
    return false;
}

static int32_t take(struct dissection *w, int32_t lo, int32_t hi, enum side first, enum side second,
                    int32_t *at)
{
    int32_t n = 0;
    for (int32_t i = lo; i < hi; i++) {
        if (w->side[i] == first || w->side[i] == second) {
            w->moved[(*at)++] = w->o->state[i];
            n++;
        }
    }
    return n;
}

/* Sorts places lo..hi: first those below the cut, then those above it, last the states that separate them,
 * taken from the side where they are fewer. */
static void divide(struct dissection *w, int32_t lo, int32_t hi, struct cut cut, int32_t *n_low,
                   int32_t *n_high)
{
    struct rt_order *o = w->o;
    int32_t n[4] = {0}, at = 0, jump = w->jump[cut.species];
    for (int32_t i = lo; i < hi; i++) {
        int64_t above = (int64_t)amounts_at(o, i)[cut.species] - cut.at;
        bool near = above > -(int64_t)jump && above <= jump;
        bool edge = near && crosses(o, lo, hi, i, cut);
        w->side[i] = (uint8_t)(above <= 0 ? (edge ? LOW_EDGE : LOW) : edge ? HIGH_EDGE : HIGH);
        n[w->side[i]]++;
    }
    bool of_low = n[LOW_EDGE] <= n[HIGH_EDGE];
    *n_low = take(w, lo, hi, LOW, of_low ? LOW : LOW_EDGE, &at);
    *n_high = take(w, lo, hi, HIGH, of_low ? HIGH_EDGE : HIGH, &at);
    take(w, lo, hi, of_low ? LOW_EDGE : HIGH_EDGE, of_low ? LOW_EDGE : HIGH_EDGE, &at);
    memcpy(o->state + lo, w->moved, (size_t)at * sizeof *w->moved);
    for (int32_t i = lo; i < hi; i++) {
        o->at[o->state[i]] = i;
    }
}

/* ---- fronts ---- */

/* Adds a front after the fronts that it depends on. */
static void add_front(struct dissection *w, int32_t start, int32_t end, int32_t n_parts)
{
    struct rt_order *o = w->o;
    if (o->n_fronts == o->cap_fronts) {
        o->cap_fronts = o->cap_fronts ? 2 * o->cap_fronts : 256;
        o->front = rt_resize(o->front, (size_t)o->cap_fronts, sizeof *o->front);
    }
    o->front[o->n_fronts++] = (struct rt_front){.start = start, .end = end, .n_parts = n_parts};
}

static void dissect(struct dissection *w, int32_t lo, int32_t hi, int depth, int32_t *extent)
{
    w->too_much |= depth > MOST_DEPTH;
    if (hi - lo <= TOGETHER || w->too_much) {
        add_front(w, lo, hi, 0);
        return;
    }
    int32_t n_low, n_high;
    divide(w, lo, hi, choose_cut(w, lo, hi, extent), &n_low, &n_high);
    dissect(w, lo, lo + n_low, depth + 1, extent);
    dissect(w, lo + n_low, lo + n_low + n_high, depth + 1, extent);
    add_front(w, lo + n_low + n_high, hi, 2);
}

static void touch(struct dissection *w, int32_t front, int32_t place)
{
    struct rt_order *o = w->o;
    if (place < o->front[front].end || w->seen[place] == front + 1) {
        return;
    }
    w->seen[place] = front + 1;
    RT_GROW(o->rest, o->n_rest, o->cap_rest);
    o->rest[o->n_rest++] = place;
}

/* A state without a place is the outside, if there is one. */
static int32_t place_of(const struct rt_order *o, int32_t state)
{
    return o->at[state] >= 0 ? o->at[state] : o->has_outside ? o->n - 1 : -1;
}

static void touch_all(struct dissection *w, int32_t front, const int32_t *part)
{
    struct rt_order *o = w->o;
    const struct rt_states *s = o->s;
    struct rt_front *f = &o->front[front];
    f->first_rest = o->n_rest;
    for (int32_t place = f->start; place < f->end && o->state[place] >= 0; place++) {
        int32_t i = o->state[place];
        for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
            touch(w, front, place_of(o, s->to[k]));
        }
        for (int64_t k = s->in_first[i]; k < s->in_first[i + 1]; k++) {
            touch(w, front, o->at[s->from[k]]);
        }
    }
    for (int32_t i = 0; i < f->n_parts; i++) {
        const struct rt_front *of = &o->front[part[i]];
        for (int32_t k = 0; k < of->n_rest; k++) {
            touch(w, front, o->rest[of->first_rest + k]);
        }
    }
    if (o->has_outside) { /* it may lead back to each of them */
        touch(w, front, o->n - 1);
    }
    f->n_rest = (int32_t)(o->n_rest - f->first_rest);
}

/* Finds the places that each front touches, and the cost of all fronts. */
static void measure_fronts(struct dissection *w)
{
    struct rt_order *o = w->o;
    int32_t *open = rt_alloc((size_t)o->n_fronts, sizeof *open), n_open = 0;
    int64_t stacked = 0;
    for (int32_t i = 0; i < o->n_fronts && !w->too_much; i++) {
        struct rt_front *f = &o->front[i];
        n_open -= f->n_parts;
        touch_all(w, i, open + n_open);
        int64_t own = f->end - f->start, all = own + f->n_rest, rest = f->n_rest;
        for (int32_t k = 0; k < own; k++) {
            double left = (double)(all - k - 1);
            o->work += left * left;
        }
        o->kept += all * own;
        o->most = stacked + all * all > o->most ? stacked + all * all : o->most;
        for (int32_t k = 0; k < f->n_parts; k++) {
            int64_t size = o->front[open[n_open + k]].n_rest;
            stacked -= size * size;
        }
        stacked += rest * rest;
        open[n_open++] = i;
        w->too_much = o->work > w->most_work || (double)o->kept + (double)o->most > w->most_numbers;
    }
    free(open);
}

static void find_jumps(struct dissection *w)
{
    const struct rt_states *s = w->o->s;
    const struct crnl_model *m = s->job->m;
    for (int32_t c = 0; c < s->n_changing; c++) {
        w->jump[c] = 1;
        for (int32_t e = 0; e < m->net_ptr[m->n_reactions]; e++) {
            double jump = m->net_delta[e] < 0 ? -m->net_delta[e] : m->net_delta[e];
            if (m->net_species[e] == s->changing[c] && jump > w->jump[c]) {
                w->jump[c] = jump < INT32_MAX ? (int32_t)jump : INT32_MAX;
            }
        }
    }
}

bool rt_order_states(struct rt_order *o, const struct rt_states *s, int32_t *member, int32_t n,
                     bool has_outside, double most_work, double most_numbers)
{
    *o = (struct rt_order){.s = s, .n = n + has_outside, .has_outside = has_outside};
    o->state = rt_resize(member, (size_t)o->n, sizeof *member);
    o->at = rt_alloc((size_t)s->n, sizeof *o->at);
    memset(o->at, 0xFF, (size_t)s->n * sizeof *o->at);
    for (int32_t i = 0; i < n; i++) {
        o->at[o->state[i]] = i;
    }
    struct dissection w = {.o = o,
                           .jump = rt_alloc((size_t)s->n_changing, sizeof *w.jump),
                           .side = rt_alloc((size_t)n, sizeof *w.side),
                           .moved = rt_alloc((size_t)n, sizeof *w.moved),
                           .count = rt_alloc(MOST_BUCKETS + 1, sizeof *w.count),
                           .seen = rt_alloc((size_t)o->n, sizeof *w.seen),
                           .most_work = most_work,
                           .most_numbers = most_numbers};
    int32_t *extent = rt_alloc(2 * (size_t)s->n_changing, sizeof *extent);
    find_jumps(&w);
    dissect(&w, 0, n, 0, extent);
    if (has_outside) {
        o->state[n] = -1;
        o->front[o->n_fronts - 1].end = o->n;
    }
    measure_fronts(&w);
    free(extent);
    free(w.jump);
    free(w.side);
    free(w.moved);
    free(w.count);
    free(w.seen);
    return !w.too_much;
}

void rt_order_free(struct rt_order *o)
{
    free(o->state);
    free(o->at);
    free(o->front);
    free(o->rest);
    *o = (struct rt_order){0};
}
