/* Laws at finite times by uniformisation (Jensen 1953). With L at least as large as any exit rate, exp(Q t)
 * is the mean of (1 + Q/L)^k over a Poisson variate k of mean L t. All terms are positive, so nothing
 * cancels. If a step changes the law by d in sum, no later step changes it by more: when the remaining steps
 * cannot change it by 1e-13 in all, the law is at rest. States are processed in blocks; blocks whose states
 * cannot have a probability of at least TINY are skipped. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_cme.h"

/* One version for each kind of processor; all give the same bytes. ThreadSanitizer is not yet initialised
 * when the loader chooses a version. */
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && !defined __SANITIZE_THREAD__
#define CLONES __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define CLONES
#endif

enum { BLOCK = 32, WATCH = 16 /* steps between two looks at changes */ };
static const double MOST_MEAN = 4000; /* steps per stretch, on average */
/* relative to the likeliest number of steps: less likely ones are left out */
static const double TAIL = 1e-20;
static const double AT_REST = 1e-13;
static const double TINY = 1e-25;
static const double BETWEEN_CHECKS = 1e7; /* states processed between two checks of limits */

struct power {
    const struct rt_states *s;
    double rate;         /* L */
    double *stay;        /* [n] probability that a step stays in the state */
    double *v, *next;    /* the law after k steps of the chain, and after k + 1 */
    uint8_t *has, *gets; /* [n_blocks] whether v, next have a value other than 0 there */
    int64_t n_blocks;
    double looked; /* states processed since limits were checked */
    bool watches;
    double lost; /* probability that has left the known states */
};

static int64_t block_end(const struct power *w, int64_t b)
{
    return (b + 1) * BLOCK < w->s->n ? (b + 1) * BLOCK : w->s->n;
}

static void mark(const struct power *w, const double *p)
{
    for (int64_t b = 0; b < w->n_blocks; b++) {
        w->has[b] = 0;
        for (int64_t j = b * BLOCK; j < block_end(w, b); j++) {
            w->has[b] |= p[j] > 0;
        }
    }
}

/* A block that no other block leads to keeps no probability. */
static bool is_fed(const struct power *w, int64_t b)
{
    const struct rt_states *s = w->s;
    bool fed = w->has[b];
    for (int64_t k = s->feed_first[b]; k < s->feed_first[b + 1] && !fed; k++) {
        fed = w->has[s->feed[k]];
    }
    return fed;
}

/* The k-th transitions into all states of a block are stored side by side, so that they are processed
 * together. */
CLONES static double step_block(struct power *w, int64_t b)
{
    const struct rt_states *s = w->s;
    const double *v = w->v, *stay = w->stay + b * BLOCK, *old = v + b * BLOCK;
    double *to = w->next + b * BLOCK, in[BLOCK] = {0}, change = 0, per_rate = 1 / w->rate;
    int any = 0;
    for (int64_t at = s->side_first[b]; at < s->side_first[b + 1]; at += BLOCK) {
        const int32_t *from = s->side_from + at;
        const double *rate = s->side_rate + at;
        for (int j = 0; j < BLOCK; j++) {
            in[j] += v[from[j]] * rate[j];
        }
    }
    for (int j = 0; j < BLOCK; j++) {
        double now = old[j] * stay[j] + in[j] * per_rate;
        to[j] = now < TINY ? 0 : now;
        any |= now >= TINY;
    }
    for (int j = 0; w->watches && j < BLOCK; j++) {
        change += fabs(to[j] - old[j]);
    }
    w->gets[b] = any != 0;
    w->looked += BLOCK;
    return change;
}

/* Makes one step of the chain; returns the sum of all changes, if it is needed. */
static double step(struct power *w)
{
    double change = 0;
    for (int64_t b = 0; b < w->n_blocks; b++) {
        if (is_fed(w, b)) {
            change += step_block(w, b);
        } else if (w->gets[b]) {
            memset(w->next + b * BLOCK, 0, BLOCK * sizeof *w->next);
            w->gets[b] = 0;
        }
    }
    double *v = w->v;
    uint8_t *has = w->has;
    w->v = w->next;
    w->next = v;
    w->has = w->gets;
    w->gets = has;
    return change;
}

static void add(const struct power *w, double *to, double factor)
{
    for (int64_t b = 0; b < w->n_blocks && factor > 0; b++) {
        for (int64_t j = b * BLOCK; w->has[b] && j < block_end(w, b); j++) {
            to[j] += factor * w->v[j];
        }
    }
}

/* The flow to states that are left out. */
static double leak(const struct power *w)
{
    const struct rt_states *s = w->s;
    double flow = 0;
    for (int64_t j = s->first_short; j < s->n; j++) {
        flow += w->v[j] * s->out[j];
    }
    return flow;
}

/* Probabilities of numbers of steps, relative to the likeliest one (Fox and Glynn, CACM 31, 440 (1988)). */
struct poisson {
    int64_t first, n;
    double *weight; /* [n], sum 1 */
};

static struct poisson find_poisson(double mean)
{
    int64_t mode = (int64_t)mean, first = mode, last = mode;
    double least = 1, sum = 0;
    for (; first > 0 && least > TAIL; first--) {
        least *= (double)first / mean;
    }
    for (least = 1; least > TAIL; last++) {
        least *= mean / (double)(last + 1);
    }
    struct poisson q = {first, last - first + 1, rt_alloc((size_t)(last - first + 1), sizeof *q.weight)};
    double *at = q.weight - first;
    at[mode] = 1;
    for (int64_t k = mode; k > first; k--) {
        at[k - 1] = at[k] * (double)k / mean;
    }
    for (int64_t k = mode; k < last; k++) {
        at[k + 1] = at[k] * mean / (double)(k + 1);
    }
    for (int64_t k = 0; k < q.n; k++) { /* small terms first, from both ends */
        sum += k % 2 ? q.weight[q.n - 1 - k / 2] : q.weight[k / 2];
    }
    for (int64_t k = 0; k < q.n; k++) {
        q.weight[k] /= sum;
    }
    return q;
}

/* Advances the law by a time in which the chain takes `mean` steps; steps_left remain until the end. Returns
 * true if the law is at rest, or if the run was stopped (r->error). */
static bool stretch(struct power *w, struct rt_recorder *r, const struct poisson *q, double mean,
                    double steps_left, double *p, double *sum)
{
    /* probability of at most k steps; change of the law by the last step */
    double below = 0, change = INFINITY;
    double left = mean / w->rate; /* time that has not yet been assigned to states */
    memcpy(w->v, p, (size_t)w->s->n * sizeof *p);
    memset(p, 0, (size_t)w->s->n * sizeof *p);
    memset(w->next, 0, (size_t)w->n_blocks * BLOCK * sizeof *p);
    memset(w->gets, 0, (size_t)w->n_blocks);
    mark(w, w->v);
    for (int64_t k = 0;; k++) {
        double weight = k < q->first ? 0 : q->weight[k - q->first];
        below += weight;
        bool rests = change * steps_left <= AT_REST, last = rests || k == q->first + q->n - 1;
        double more = fmax(1 - below, 0), time = last ? left : fmin(more / w->rate, left);
        add(w, p, last ? weight + more : weight);
        if (sum) {
            add(w, sum, time);
        }
        if (last) {
            return rests;
        }
        left -= time;
        w->lost += more * leak(w) / w->rate;
        w->watches = k % WATCH == 0;
        double moved = step(w);
        change = w->watches ? moved : change;
        if (w->looked > BETWEEN_CHECKS) {
            w->looked = 0;
            if (rt_check_limits(r, r->job->t0)) {
                return true;
            }
        }
        if (w->lost > w->s->most_lost) {
            return true;
        }
    }
}

/* Writes the transitions into the states of a block side by side; missing ones have rate 0. */
static int64_t put_sides(struct rt_states *s, int64_t b, int64_t at, int64_t *cap)
{
    int64_t end = (b + 1) * BLOCK < s->n ? (b + 1) * BLOCK : s->n, most = 0;
    for (int64_t j = b * BLOCK; j < end; j++) {
        int64_t n = s->in_first[j + 1] - s->in_first[j];
        most = n > most ? n : most;
    }
    if (at + most * BLOCK > *cap) {
        *cap = 2 * *cap + most * BLOCK;
        s->side_from = rt_resize(s->side_from, (size_t)*cap, sizeof *s->side_from);
        s->side_rate = rt_resize(s->side_rate, (size_t)*cap, sizeof *s->side_rate);
    }
    for (int64_t k = 0; k < most; k++, at += BLOCK) {
        for (int64_t j = 0; j < BLOCK; j++) {
            int64_t state = b * BLOCK + j, from = state < end ? s->in_first[state] + k : 0;
            bool is_one = state < end && from < s->in_first[state + 1];
            s->side_from[at + j] = is_one ? s->from[from] : 0;
            s->side_rate[at + j] = is_one ? s->in_rate[from] : 0;
        }
    }
    return at;
}

/* Finds the blocks that lead to each block, and the transitions. */
static void gather_blocks(struct rt_states *s)
{
    int64_t n_blocks = (s->n + BLOCK - 1) / BLOCK, n = 0, cap = 0, cap_sides = s->first[s->n];
    if (s->feed_first) {
        return;
    }
    int64_t *seen = rt_alloc((size_t)n_blocks, sizeof *seen);
    s->feed_first = rt_alloc((size_t)n_blocks + 1, sizeof *s->feed_first);
    s->side_first = rt_alloc((size_t)n_blocks + 1, sizeof *s->side_first);
    s->side_from = rt_alloc((size_t)cap_sides, sizeof *s->side_from);
    s->side_rate = rt_alloc((size_t)cap_sides, sizeof *s->side_rate);
    for (int64_t b = 0; b < n_blocks; b++) {
        int64_t end = (b + 1) * BLOCK < s->n ? (b + 1) * BLOCK : s->n;
        for (int64_t k = s->in_first[b * BLOCK]; k < s->in_first[end]; k++) {
            int64_t from = s->from[k] / BLOCK;
            if (from != b && seen[from] != b + 1) {
                seen[from] = b + 1;
                RT_GROW(s->feed, n, cap);
                s->feed[n++] = (int32_t)from;
            }
        }
        s->feed_first[b + 1] = n;
        s->side_first[b + 1] = put_sides(s, b, s->side_first[b], &cap_sides);
    }
    free(seen);
}

static void open_power(struct power *w, struct rt_states *s)
{
    rt_states_gather(s);
    gather_blocks(s);
    w->n_blocks = (s->n + BLOCK - 1) / BLOCK;
    size_t n = (size_t)w->n_blocks * BLOCK;
    w->v = rt_alloc(n, sizeof *w->v);
    w->next = rt_alloc(n, sizeof *w->next);
    w->stay = rt_alloc(n, sizeof *w->stay);
    w->has = rt_alloc((size_t)w->n_blocks, sizeof *w->has);
    w->gets = rt_alloc((size_t)w->n_blocks, sizeof *w->gets);
    for (int64_t j = 0; j < s->n; j++) {
        w->stay[j] = fmax(1 - (s->kept[j] + s->out[j]) * (1 / w->rate), 0); /* computed as in the steps */
    }
}

static void close_power(struct power *w)
{
    free(w->v);
    free(w->next);
    free(w->stay);
    free(w->has);
    free(w->gets);
}

int rt_transient(struct rt_states *s, struct rt_recorder *r, double t, double duration, double *p,
                 double *sum, double *lost)
{
    struct power w = {.s = s, .lost = *lost};
    for (int64_t i = 0; i < s->n; i++) {
        w.rate = fmax(w.rate, s->kept[i] + s->out[i]);
    }
    double mean = w.rate * duration, done = 0;
    if (mean == 0) {
        for (int64_t i = 0; sum && i < s->n; i++) {
            sum[i] += duration * p[i];
        }
        return CRNL_OK;
    }
    open_power(&w, s);
    double n = ceil(mean / MOST_MEAN);
    struct poisson q = find_poisson(mean / n);
    int status = CRNL_OK;
    for (double i = 0; i < n && !status; i++) {
        bool rests = stretch(&w, r, &q, mean / n, mean - done, p, sum);
        done += mean / n;
        status = r->error.status;
        if (rests) {
            for (int64_t j = 0; sum && j < s->n; j++) {
                sum[j] += duration * (1 - (i + 1) / n) * p[j];
            }
            break;
        }
        status = status ? status : rt_check_limits(r, t + duration * (i + 1) / n);
    }
    *lost = w.lost;
    free(q.weight);
    close_power(&w);
    return status;
}
