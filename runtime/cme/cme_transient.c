/* Laws at finite times by uniformisation (Jensen 1953): with L no less than any exit rate, exp(Q t) is the
 * mean of (1 + Q/L)^k over a Poisson number k of mean L t. All terms are positive, so nothing cancels. Steps
 * that change the law by d in sum never change it by more later on: when what is left to do cannot change it
 * by 1e-13 any more, the law is at rest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_cme.h"

static const double MOST_MEAN = 600; /* exp(-600) is a number still */
static const double TAIL = 1e-18; /* the least probability of a number of steps past the mean that counts */
static const double AT_REST = 1e-13;

struct power {
    const struct rt_states *s;
    double rate;      /* L */
    double *v, *next; /* the law after k steps of the chain, and after k + 1 */
    int64_t reached;  /* entries of v that are not 0 */
    int64_t level;    /* steps so far, while there are levels */
};

/* One step of the chain; the sum of all changes. */
static double step(struct power *w)
{
    const struct rt_states *s = w->s;
    double change = 0, per_rate = 1 / w->rate;
    while (w->level < s->n_levels && s->level[w->level] <= w->reached) {
        w->level++;
    }
    int64_t n = w->level < s->n_levels ? s->level[w->level] : s->n;
    for (int64_t j = 0; j < n; j++) {
        double in = 0;
        for (int64_t k = s->in_first[j]; k < s->in_first[j + 1]; k++) {
            in += w->v[s->from[k]] * s->in_rate[k];
        }
        double to = w->v[j] * (1 - (s->kept[j] + s->out[j]) * per_rate) + in * per_rate;
        change += fabs(to - w->v[j]);
        w->next[j] = to;
    }
    w->reached = n;
    double *swap = w->v;
    w->v = w->next;
    w->next = swap;
    return change;
}

static void add(double *to, double factor, const double *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        to[i] += factor * v[i];
    }
}

/* Over a time in which the chain takes `mean` steps, MOST_MEAN at most, of the steps_left until the end.
 * True: the law is at rest. */
static bool stretch(struct power *w, double mean, double steps_left, double *p, double *sum)
{
    double weight = exp(-mean), below = weight,
           change = INFINITY;     /* of k steps, of at most k; of the law by the last one */
    double left = mean / w->rate; /* time that is not yet spent in one of the places */
    memcpy(w->v, p, (size_t)w->s->n * sizeof *p);
    memset(p, 0, (size_t)w->s->n * sizeof *p);
    for (double k = 0;; k++) {
        bool rests = change * steps_left <= AT_REST, last = rests || (k > mean && weight <= TAIL);
        double more = fmax(1 - below, 0), time = last ? left : fmin(more / w->rate, left);
        add(p, last ? weight + more : weight, w->v, w->reached);
        if (sum) {
            add(sum, time, w->v, w->reached);
        }
        if (last) {
            return rests;
        }
        left -= time;
        change = step(w);
        weight *= mean / (k + 1);
        below += weight;
    }
}

int rt_transient(struct rt_states *s, struct rt_recorder *r, double t, double duration, double *p,
                 double *sum)
{
    struct power w = {.s = s};
    for (int64_t i = 0; i < s->n; i++) {
        w.rate = fmax(w.rate, s->kept[i] + s->out[i]);
        w.reached = p[i] > 0 ? i + 1 : w.reached;
    }
    double mean = w.rate * duration, done = 0;
    if (mean == 0) {
        if (sum) {
            add(sum, duration, p, s->n);
        }
        return CRNL_OK;
    }
    rt_states_gather(s);
    w.v = rt_alloc((size_t)s->n, sizeof *w.v);
    w.next = rt_alloc((size_t)s->n, sizeof *w.next);
    int status = CRNL_OK;
    for (double n = ceil(mean / MOST_MEAN), i = 0; i < n && !status; i++) {
        bool rests = stretch(&w, mean / n, mean - done, p, sum);
        done += mean / n;
        if (rests) {
            if (sum) {
                add(sum, duration * (1 - (i + 1) / n), p, s->n);
            }
            break;
        }
        status = rt_check_limits(r, t + duration * (i + 1) / n);
    }
    free(w.v);
    free(w.next);
    return status;
}
