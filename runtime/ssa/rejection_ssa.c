/* Exact SSA by rejection (Thanh, Priami, Zunino, J. Chem. Phys. 141, 134116, 2014) with composition (Slepoy,
 * Thompson, Plimpton, J. Chem. Phys. 128, 205101, 2008). Each amount has an interval, and each reaction a
 * bound on its propensity that holds while the amounts that it reads stay in their intervals; bounds are
 * recomputed only when an amount leaves its interval. Reactions are grouped by a ceiling of their bounds, of
 * which there are two for each power of two. Trials come at the rate of the sum of the ceilings over all
 * reactions: a group is selected by these sums, then one of its members at random, and that reaction fires
 * with probability propensity / ceiling. This is exact, because a rejected trial changes nothing. Sums are
 * computed from the numbers of members, never incremented, so they do not drift. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_rejection.h"
#include "rt_ssa.h"

/* Half the interval of an amount. An amount that drifts leaves it after so many events and has all readers
 * computed anew, a dozenth of a trial each; and so much of the amount is added to the trials. The sum is
 * least at about this width, and flat around it. Few molecules are left at once if the interval is not wider
 * than they are. */
double rt_rejection_width(double x, double readers)
{
    double walk = sqrt(readers * x) / 2, most = x / 2 + 2, width = walk < most ? walk : most;
    return width < 0x1p52 ? (double)(int64_t)width : width; /* rounded down, without calls */
}

/* The interval reaches down only as far as each reaction that can fire now still could, so that trials do
 * not fail for ever. */
static void set_interval(struct interval *a)
{
    double width = a->x < a->taken ? 0 : rt_rejection_width(a->x, a->readers);
    a->low = fmax(a->x - width, fmin(a->x, a->taken));
    a->high = a->x + width;
}

/* The propensity of a reaction that fits no record, at the upper ends of intervals or at the amounts. */
static double general(const struct rejection *r, int32_t j, const double *k, bool high)
{
    const struct crnl_model *m = r->m;
    double a = k[j];
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        const struct interval *i = &r->amount[m->lhs_species[e]];
        a = rt_times_falling(a, high ? i->high : i->x, m->lhs_count[e]);
    }
    return a;
}

/* The key of the least ceiling that is not below a bound > 0; no ceiling is so small that its inverse is
 * infinite. */
static inline int32_t key_of(double bound)
{
    uint64_t bits;
    memcpy(&bits, &bound, sizeof bits);
    int32_t key = (int32_t)((bits - 1) >> (52 - FINE_BITS));
    return bound <= 0 ? NO_KEY : key > LEAST_KEY ? key : LEAST_KEY;
}

static void leave(struct rejection *r, int32_t j)
{
    int32_t at = r->where[r->key[j]];
    struct group *g = &r->group[at];
    int32_t last = g->member[--g->n];
    g->member[r->place[j]] = last;
    r->place[last] = r->place[j];
    r->sum[at] = g->n * g->ceiling;
}

static void enter(struct rejection *r, int32_t j, int32_t key)
{
    int32_t at = rt_rejection_group(r, key);
    struct group *g = &r->group[at];
    RT_GROW(g->member, g->n, g->cap);
    r->place[j] = g->n;
    g->member[g->n++] = j;
    r->sum[at] = g->n * g->ceiling;
}

/* Moves a reaction to the group of a key; a key beyond all others stands for a bound that is infinite or
 * NaN. */
static void move(struct rejection *r, int32_t j, int32_t key)
{
    int32_t before = r->key[j];
    r->is_summed = false;
    r->n_past += (key >= MOST_KEYS) - (before >= MOST_KEYS);
    if (before != NO_KEY && before < MOST_KEYS) {
        leave(r, j);
    }
    if (key != NO_KEY && key < MOST_KEYS) {
        enter(r, j, key);
    }
    r->key[j] = (int16_t)key;
}

static inline double bound_of(const struct rejection *r, double k, int32_t s1, int32_t s2, uint8_t pair)
{
    return k * r->amount[s1].high * (r->amount[s2].high - pair);
}

/* Called when amount s has left its interval. */
static void renew(struct rejection *r, const struct crnl_ssa *w, int32_t s)
{
    set_interval(&r->amount[s]);
    const struct reader *i = r->reader + r->reader_ptr[s], *end = r->reader + r->reader_ptr[s + 1];
    for (; i < end; i++) {
        double bound =
            i->is_general ? general(r, i->reaction, w->k, true) : bound_of(r, i->k, i->s1, i->s2, i->pair);
        int32_t key = key_of(bound);
        if (key != r->key[i->reaction]) {
            move(r, i->reaction, key);
        }
    }
}

static void refresh(struct rejection *r, const struct crnl_ssa *w)
{
    const struct crnl_model *m = r->m;
    for (int32_t s = 0; s <= m->n_species; s++) {
        r->amount[s].x = s < m->n_species ? w->x[s] : 1;
        set_interval(&r->amount[s]);
    }
    for (int32_t i = 0; i < m->lhs_ptr[m->n_reactions]; i++) {
        r->reader[i].k = w->k[r->reader[i].reaction];
    }
    r->is_summed = false;
    r->n_past = 0;
    rt_rejection_clear(r);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        struct channel *c = &r->channel[j];
        c->k = w->k[j];
        r->key[j] = NO_KEY;
        move(r, j,
             key_of(c->is_general ? general(r, j, w->k, true) : bound_of(r, c->k, c->s1, c->s2, c->pair)));
    }
    r->is_fresh = true;
}

static int32_t find_past(const struct rejection *r)
{
    int32_t j = 0;
    while (j + 1 < r->m->n_reactions && r->key[j] < MOST_KEYS) {
        j++;
    }
    return r->n_past > 0 ? j : 0; /* 0: each is finite, but not the sum */
}

/* The sum of a block, in two halves whose additions overlap. */
static double sum_of_block(const double *v)
{
    double a = 0, b = 0;
    for (int i = 0; i < GROUPS_OF_BLOCK; i += 2) {
        a += v[i];
        b += v[i + 1];
    }
    return a + b;
}

/* Running sums over blocks, and inside them. There are some twenty draws before groups change again. */
static void add_up(struct rejection *r)
{
    r->total = 0;
    for (int32_t g = 0; g < r->n_groups; g += GROUPS_OF_BLOCK) {
        double *before = r->before + g;
        before[0] = 0;
        for (int i = 1; i < GROUPS_OF_BLOCK; i++) {
            before[i] = before[i - 1] + r->sum[g + i - 1];
        }
        r->total += sum_of_block(r->sum + g);
        r->upto[g / GROUPS_OF_BLOCK + 1] = r->total;
    }
    r->is_summed = true;
    r->ahead = r->n_drawn = r->n_used = 0;
}

typedef double two_sums __attribute__((vector_size(2 * sizeof(double)), may_alias));
typedef int64_t two_flags __attribute__((vector_size(2 * sizeof(double)))); /* -1 for true */

/* The group in a block whose running sum reaches what is left. */
static inline int32_t find(const double *before, double rest)
{
    const two_sums *v = (const two_sums *)before, least = {rest, rest};
    two_flags n = {0, 0};
#pragma GCC unroll 4
    for (int i = 0; i < GROUPS_OF_BLOCK / 2; i++) {
        n += (two_flags)(v[i] < least);
    }
    int32_t below = (int32_t) - (n[0] + n[1]);
    return below - (below > 0);
}

/* The reaction of a trial, or NO_REACTION. No branch depends on the draws, because it could not be
 * predicted. */
enum { NO_REACTION = -1 };
static inline struct candidate draw(const struct rejection *r, struct crnl_rng *rng)
{
    double rest = crnl_rng_uniform(rng) * r->total, accept = crnl_rng_uniform(rng);
    int32_t block = 0;
    for (int32_t b = 1, n = (r->n_groups - 1) / GROUPS_OF_BLOCK; b <= n; b++) {
        block += r->upto[b] < rest;
    }
    rest -= r->upto[block];
    int32_t at = block * GROUPS_OF_BLOCK;
    at += find(r->before + at, rest);
    const struct group *g = &r->group[at < r->n_groups ? at : r->n_groups - 1];
    int32_t i = (int32_t)((rest - r->before[at]) * g->inverse);
    if (g->n == 0) {
        return (struct candidate){NO_REACTION, 0}; /* rounding left none */
    }
    return (struct candidate){g->member[i < g->n ? i : g->n - 1], accept * g->ceiling};
}

static inline struct candidate next_candidate(struct rejection *r, struct crnl_rng *rng)
{
    if (r->n_used == r->n_drawn) {
        r->ahead = r->ahead == 0 ? 1 : r->ahead < MOST_AHEAD ? 2 * r->ahead : MOST_AHEAD;
        for (int32_t i = 0; i < r->ahead; i++) {
            struct candidate drawn = draw(r, rng);
            __builtin_prefetch(&r->channel[drawn.reaction == NO_REACTION ? 0 : drawn.reaction]);
            r->candidate[i] = drawn;
        }
        r->n_drawn = r->ahead;
        r->n_used = 0;
    }
    return r->candidate[r->n_used++];
}

static inline bool fires(const struct rejection *r, const struct crnl_ssa *w, struct candidate tried)
{
    if (tried.reaction == NO_REACTION) {
        return false;
    }
    const struct channel *c = &r->channel[tried.reaction];
    double a = c->is_general ? general(r, tried.reaction, w->k, false)
                             : c->k * r->amount[c->s1].x * (r->amount[c->s2].x - c->pair);
    return tried.least <= a;
}

static inline int32_t change(struct rejection *r, struct crnl_ssa *w, int32_t s, double delta, int32_t n)
{
    struct interval *a = &r->amount[s];
    double x = a->x + delta;
    a->x = x;
    w->x[s] = x;
    r->out[n] = s;
    return n + !(x >= a->low && x <= a->high);
}

static void fire(struct rejection *r, struct crnl_ssa *w, int32_t j)
{
    const struct channel *c = &r->channel[j];
    const struct crnl_model *m = r->m;
    int32_t n = 0;
    for (int i = 0; i < c->n_changes; i++) {
        n = change(r, w, c->species[i], c->delta[i], n);
    }
    for (int32_t e = m->net_ptr[j]; c->is_general && e < m->net_ptr[j + 1]; e++) {
        n = change(r, w, m->net_species[e], m->net_delta[e], n);
    }
    for (int32_t i = 0; i < n; i++) {
        renew(r, w, r->out[i]);
    }
}

static int run(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events)
{
    struct rejection *r = w->kernel;
    struct crnl_rng rng = w->rng;
    int result = CRNL_SSA_EVENTS;
    (void)m;
    if (!r->is_fresh) {
        refresh(r, w);
    }
    for (int64_t done = 0; done < max_events;) {
        if (!r->is_summed) {
            add_up(r);
            if (r->n_past > 0 || !(r->total < INFINITY)) {
                w->bad = find_past(r);
                result = CRNL_SSA_BAD;
                break;
            }
        }
        if (!(r->total > 0)) {
            w->t = w->t_stop;
            result = CRNL_SSA_DEAD;
            break;
        }
        if (w->t_next < 0) {
            w->t_next = w->t + crnl_rng_exponential(&rng) / r->total;
        }
        if (w->t_next > w->t_stop) {
            w->t = w->t_stop;
            result = CRNL_SSA_TIME;
            break;
        }
        w->t = w->t_next;
        w->t_next = -1;
        struct candidate tried = next_candidate(r, &rng);
        if (fires(r, w, tried)) {
            fire(r, w, tried.reaction);
            w->events++;
            done++;
            if (w->watch) {
                rt_watch_reaction(w, tried.reaction);
            }
        }
    }
    w->rng = rng;
    return result;
}

static void reset(void *kernel)
{
    ((struct rejection *)kernel)->is_fresh = false;
}

static const char *why_not(const struct crnl_model *m)
{
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            return "a law, whose bounds are not known";
        }
    }
    return NULL;
}

/* Trials, whose branches are guessed wrong where amounts leave their intervals; each bound that is
 * computed then, and each reaction that changes its group. */
static double cost(const struct crnl_model *m, const struct crnl_amounts *at)
{
    struct crnl_estimate e = rt_ssa_estimate(m, at);
    return 42 + 22 * fmin(e.renewals, 2) + 5 * fmax(e.renewals - 2, 0) + 12 * e.moves;
}

static const struct rt_ssa_code code = {rt_rejection_create, reset, run, rt_rejection_destroy};
const struct crnl_kernel crnl_kernel_ssa_rejection = {CRNL_KERNEL_SSA_REJECTION, why_not, cost, false, &code};
