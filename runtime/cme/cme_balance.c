/* Stationary laws of chains in which each pair of states is in detailed balance: p(s) R(s -> t) = p(t) R(t ->
 * s). This holds for networks that are detailed balanced, for which it is eq. 13 of paper 000, and for all
 * birth-death chains (Kolmogorov's criterion). One path to each state gives its probability as a product;
 * every other transition must agree with it. Exponents of 2 are kept separately, so that no product overflows
 * or underflows. */
#include <math.h>
#include <stdlib.h>

#include "rt_cme.h"

static const double TOLERANCE = 1e-10; /* much more than the rounding of a million factors */

struct balance {
    const struct rt_states *s;
    double *part; /* [s->n] 0.5 to 1; 0: not reached yet */
    int64_t *power;
    int32_t *queue;
};

/* The rate from one state to another; 0 if there is no such transition. */
static double rate_between(const struct rt_states *s, int32_t from, int32_t to)
{
    for (int64_t k = s->first[from]; k < s->first[from + 1]; k++) {
        if (s->to[k] == to) {
            return s->rate[k];
        }
    }
    return 0;
}

static void put(struct balance *b, int32_t state, double part, int64_t power)
{
    int more;
    b->part[state] = frexp(part, &more);
    b->power[state] = power + more;
}

/* Whether p(from) there = p(to) back; both probabilities must be known. */
static bool agrees(const struct balance *b, int32_t from, int32_t to, double there, double back)
{
    int more[2];
    double x = frexp(b->part[from] * there, &more[0]), y = frexp(b->part[to] * back, &more[1]);
    int64_t apart = b->power[to] + more[1] - b->power[from] - more[0];
    return apart >= -1 && apart <= 1 && fabs(ldexp(y, (int)apart) - x) <= TOLERANCE * x;
}

static bool spread(struct balance *b, int32_t first)
{
    const struct rt_states *s = b->s;
    int32_t n = 0;
    put(b, first, 1, 0);
    b->queue[n++] = first;
    for (int32_t i = 0; i < n; i++) {
        int32_t from = b->queue[i];
        for (int64_t k = s->first[from]; k < s->first[from + 1]; k++) {
            int32_t to = s->to[k];
            double back = rate_between(s, to, from), there = s->rate[k], ratio = there / back;
            bool known = b->part[to] > 0;
            if (!(ratio > 0 && ratio < INFINITY) || (known && !agrees(b, from, to, there, back))) {
                return false;
            }
            if (!known) {
                put(b, to, b->part[from] * ratio, b->power[from]);
                b->queue[n++] = to;
            }
        }
    }
    return true;
}

bool rt_balanced(const struct rt_states *s, const int32_t *member, int32_t n, double *p)
{
    struct balance b = {.s = s,
                        .part = rt_alloc((size_t)s->n, sizeof *b.part),
                        .power = rt_alloc((size_t)s->n, sizeof *b.power),
                        .queue = rt_alloc((size_t)n, sizeof *b.queue)};
    bool holds = spread(&b, member[0]);
    int64_t most = INT64_MIN;
    double sum = 0;
    for (int32_t i = 0; i < n && holds; i++) {
        most = b.power[member[i]] > most ? b.power[member[i]] : most;
    }
    for (int32_t i = 0; i < n && holds; i++) {
        int64_t below = b.power[member[i]] - most;
        p[member[i]] = below < -2000 ? 0 : ldexp(b.part[member[i]], (int)below);
        sum += p[member[i]];
    }
    for (int32_t i = 0; i < n && holds; i++) {
        p[member[i]] /= sum;
    }
    free(b.part);
    free(b.power);
    free(b.queue);
    return holds;
}
