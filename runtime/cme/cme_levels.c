/* Stationary laws of many states by the multilevel method of Horton and Leutenegger (SIGMETRICS 1994). States
 * whose amounts differ only in the last bit of one species form a group, these groups form groups in the same
 * way, and so on, down to a few whose law is computed directly. A cycle smooths (Gauss-Seidel), moves
 * probability between groups according to the coarser chain, whose rates are means weighted by the present
 * law, and smooths again. All numbers stay positive. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_cme.h"
#include "runtime/crnl_csr.h"

enum {
    FEWEST = 24, /* states of the last level */
    MOST_LEVELS = 64,
    CORRECTED_TWICE =
        3, /* so many of the finest levels are corrected twice in a cycle, which takes a third of the
            * cycles */
    MOST_CYCLES = 2000,
    PATIENCE = 50 /* number of cycles that may pass until the imbalance of flows falls by GAIN */
};
static const double LEAST = 1e-280, /* probability of a state: no group may have 0 */
    BALANCED = 1e-13,               /* part of the flow that does not balance: as small as rounding allows */
    GAIN = 0.9;                     /* groups must be fewer than this part of the states */

struct level {
    int32_t n, *amount; /* [n][n_changing] */
    int64_t *in_first;  /* [n + 1] transitions, sorted by target */
    int32_t *from;
    double *rate, *exit, *p;
    int32_t *group; /* [n] group of a state: its number on the next level */
    int64_t *place; /* of each transition: its number on the next level, or -1 inside a group */
    double *before; /* [n] probabilities of groups before the coarser chain moves them */
};

struct levels {
    int32_t width; /* number of species that change */
    int n;
    struct level level[MOST_LEVELS];
};

static void open_level(struct level *l, int64_t n_transitions)
{
    size_t n = (size_t)l->n;
    l->in_first = rt_alloc(n + 2, sizeof *l->in_first);
    l->from = rt_alloc((size_t)n_transitions, sizeof *l->from);
    l->rate = rt_alloc((size_t)n_transitions, sizeof *l->rate);
    l->exit = rt_alloc(n, sizeof *l->exit);
    l->p = rt_alloc(n, sizeof *l->p);
    l->before = rt_alloc(n, sizeof *l->before);
}

/* ---- groups ---- */

static bool same(const int32_t *a, const int32_t *b, const uint8_t *shift, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (a[i] >> shift[i] != b[i] >> shift[i]) {
            return false;
        }
    }
    return true;
}

/* Groups states whose amounts are equal after the shifts; returns the number of groups. */
static int32_t put_together(const struct level *l, int32_t width, const uint8_t *shift, int32_t *group)
{
    uint64_t size = 64;
    while (size < 2 * (uint64_t)l->n) {
        size *= 2;
    }
    int32_t *slot = rt_alloc(size, sizeof *slot), n = 0; /* a state of the group + 1 */
    for (int32_t i = 0; i < l->n; i++) {
        const int32_t *own = l->amount + (int64_t)i * width;
        uint64_t at = rt_amounts_hash(own, shift, width) & (size - 1);
        while (slot[at] && !same(own, l->amount + (int64_t)(slot[at] - 1) * width, shift, width)) {
            at = (at + 1) & (size - 1);
        }
        group[i] = slot[at] ? group[slot[at] - 1] : n++;
        slot[at] = slot[at] ? slot[at] : i + 1;
    }
    free(slot);
    return n;
}

/* Removes the last bit of one species after the other, beginning with the largest amounts, until groups are
 * fewer than states: with a conserved sum this may take two species. Returns the number of groups, 0 if there
 * are no fewer. */
static int32_t choose_groups(const struct level *l, int32_t width, uint8_t *shift, int32_t *group)
{
    int32_t *most = rt_alloc((size_t)width, sizeof *most), n = l->n;
    for (int64_t i = 0; i < (int64_t)l->n * width; i++) {
        most[i % width] = l->amount[i] > most[i % width] ? l->amount[i] : most[i % width];
    }
    memset(shift, 0, (size_t)width);
    while (n > GAIN * l->n) {
        int32_t largest = 0;
        for (int32_t c = 1; c < width; c++) {
            largest = most[c] > most[largest] ? c : largest;
        }
        if (most[largest] == 0) {
            n = 0;
            break;
        }
        shift[largest] = 1;
        most[largest] = 0;
        n = put_together(l, width, shift, group);
    }
    free(most);
    return n;
}

/* Finds the transitions between groups, each once, and which of these each transition between states belongs
 * to. */
static void join_transitions(struct level *l, struct level *next)
{
    int64_t n_transitions = l->in_first[l->n], n = 0;
    int32_t *first = rt_alloc((size_t)next->n + 2, sizeof *first),
            *member = rt_alloc((size_t)l->n, sizeof *member);
    int64_t *seen = rt_alloc((size_t)next->n, sizeof *seen);
    for (int32_t i = 0; i < l->n; i++) {
        csr_count(first, l->group[i]);
    }
    csr_open(first, next->n);
    for (int32_t i = 0; i < l->n; i++) {
        member[csr_place(first, l->group[i])] = i;
    }
    l->place = rt_alloc((size_t)n_transitions, sizeof *l->place);
    open_level(next, n_transitions);
    memset(seen, 0xFF, (size_t)next->n * sizeof *seen);
    for (int32_t g = 0; g < next->n; g++) {
        next->in_first[g] = n;
        for (int32_t m = first[g]; m < first[g + 1]; m++) {
            for (int64_t k = l->in_first[member[m]]; k < l->in_first[member[m] + 1]; k++) {
                int32_t from = l->group[l->from[k]];
                if (from != g && seen[from] < next->in_first[g]) {
                    seen[from] = n;
                    next->from[n++] = from;
                }
                l->place[k] = from == g ? -1 : seen[from];
            }
        }
    }
    next->in_first[next->n] = n;
    free(first);
    free(member);
    free(seen);
}

static void add_levels(struct levels *all)
{
    uint8_t *shift = rt_alloc((size_t)all->width, sizeof *shift);
    while (all->level[all->n - 1].n > FEWEST && all->n < MOST_LEVELS) {
        struct level *l = &all->level[all->n - 1], *next = l + 1;
        l->group = rt_alloc((size_t)l->n, sizeof *l->group);
        next->n = choose_groups(l, all->width, shift, l->group);
        if (next->n == 0) {
            break;
        }
        next->amount = rt_alloc((size_t)next->n * (size_t)all->width, sizeof *next->amount);
        for (int64_t i = 0; i < l->n; i++) {
            for (int32_t c = 0; c < all->width; c++) {
                next->amount[l->group[i] * (int64_t)all->width + c] =
                    l->amount[i * all->width + c] >> shift[c];
            }
        }
        join_transitions(l, next);
        all->n++;
    }
    free(shift);
}

static void close_levels(struct levels *all)
{
    for (int i = 0; i < all->n; i++) {
        struct level *l = &all->level[i];
        free(l->amount);
        free(l->in_first);
        free(l->from);
        free(l->rate);
        free(l->exit);
        free(l->p);
        free(l->before);
        free(l->group);
        free(l->place);
    }
}

/* ---- cycles ---- */

static double flow_in(const struct level *l, int32_t i)
{
    double flow = 0;
    for (int64_t k = l->in_first[i]; k < l->in_first[i + 1]; k++) {
        flow += l->p[l->from[k]] * l->rate[k];
    }
    return flow;
}

static void smooth(struct level *l, bool forward)
{
    for (int32_t k = 0; k < l->n; k++) {
        int32_t i = forward ? k : l->n - 1 - k;
        l->p[i] = fmax(flow_in(l, i) / l->exit[i], LEAST);
    }
}

/* The chain of the groups: rates from a group are the means of those of its states, weighted by the law. */
static void average(const struct level *l, struct level *next)
{
    memset(next->p, 0, (size_t)next->n * sizeof *next->p);
    memset(next->exit, 0, (size_t)next->n * sizeof *next->exit);
    memset(next->rate, 0, (size_t)next->in_first[next->n] * sizeof *next->rate);
    for (int32_t i = 0; i < l->n; i++) {
        next->p[l->group[i]] += l->p[i];
        for (int64_t k = l->in_first[i]; k < l->in_first[i + 1]; k++) {
            if (l->place[k] >= 0) {
                double flow = l->p[l->from[k]] * l->rate[k];
                next->rate[l->place[k]] += flow;
                next->exit[l->group[l->from[k]]] += flow;
            }
        }
    }
    for (int32_t g = 0; g < next->n; g++) {
        next->exit[g] /= next->p[g];
        for (int64_t k = next->in_first[g]; k < next->in_first[g + 1]; k++) {
            next->rate[k] /= next->p[next->from[k]];
        }
    }
    memcpy(next->before, next->p, (size_t)next->n * sizeof *next->p);
}

/* Eliminates states without subtraction (Grassmann, Taksar, Heyman, Oper. Res. 33, 1107 (1985)). */
static void solve_directly(struct level *l)
{
    size_t n = (size_t)l->n;
    double *q = rt_alloc(n * n, sizeof *q), sum = 0, whole = 0;
    for (size_t i = 0; i < n; i++) {
        whole += l->p[i];
        for (int64_t k = l->in_first[i]; k < l->in_first[i + 1]; k++) {
            q[(size_t)l->from[k] * n + i] = l->rate[k];
        }
    }
    for (size_t k = n - 1; k > 0; k--) {
        double out = LEAST;
        for (size_t j = 0; j < k; j++) {
            out += q[k * n + j];
        }
        for (size_t i = 0; i < k; i++) {
            double to = q[i * n + k] /= out;
            for (size_t j = 0; j < k && to > 0; j++) {
                q[i * n + j] += to * q[k * n + j];
            }
        }
    }
    for (size_t k = 0; k < n; k++) {
        l->p[k] = k == 0;
        for (size_t i = 0; i < k; i++) {
            l->p[k] += l->p[i] * q[i * n + k];
        }
        sum += l->p[k];
    }
    for (size_t k = 0; k < n; k++) {
        l->p[k] = fmax(l->p[k] * (whole / sum), LEAST);
    }
    free(q);
}

static void cycle(struct levels *all, int at)
{
    struct level *l = &all->level[at], *next = l + 1;
    if (at == all->n - 1) {
        if (l->n <= FEWEST) {
            solve_directly(l);
        } else {
            smooth(l, true);
        }
        return;
    }
    smooth(l, true);
    average(l, next);
    for (int i = 0; i < (at < CORRECTED_TWICE ? 2 : 1); i++) {
        cycle(all, at + 1);
    }
    for (int32_t i = 0; i < l->n; i++) {
        l->p[i] = fmax(l->p[i] * (next->p[l->group[i]] / next->before[l->group[i]]), LEAST);
    }
    smooth(l, false);
}

static double imbalance(struct level *l)
{
    double off = 0, all = 0, sum = 0;
    for (int32_t i = 0; i < l->n; i++) {
        off += fabs(flow_in(l, i) - l->exit[i] * l->p[i]);
        all += l->exit[i] * l->p[i];
        sum += l->p[i];
    }
    for (int32_t i = 0; i < l->n; i++) {
        l->p[i] /= sum;
    }
    return off / all;
}

int rt_multilevel(struct rt_states *s, struct rt_recorder *r, const int32_t *place, int64_t n, double *p)
{
    struct levels all = {.width = s->n_changing, .n = 1};
    struct level *l = &all.level[0];
    int64_t n_transitions = 0;
    l->n = (int32_t)n;
    for (int64_t j = 0; j < s->n; j++) {
        n_transitions += place[j] >= 0 ? s->in_first[j + 1] - s->in_first[j] : 0;
    }
    open_level(l, n_transitions);
    l->amount = rt_alloc((size_t)n * (size_t)all.width, sizeof *l->amount);
    n_transitions = 0;
    for (int64_t j = 0; j < s->n; j++) {
        int32_t i = place[j];
        if (i < 0) {
            continue;
        }
        l->p[i] = 1 / (double)n;
        memcpy(l->amount + (int64_t)i * all.width, s->amount + j * all.width,
               (size_t)all.width * sizeof *l->amount);
        for (int64_t k = s->in_first[j]; k < s->in_first[j + 1]; k++) {
            if (place[s->from[k]] >= 0) {
                l->from[n_transitions] = place[s->from[k]];
                l->rate[n_transitions++] = s->in_rate[k];
                l->exit[place[s->from[k]]] += s->in_rate[k];
            }
        }
        l->in_first[i + 1] = n_transitions;
    }
    add_levels(&all);
    double off = INFINITY, best = INFINITY;
    int since = 0, cycles = 0;
    for (; cycles < MOST_CYCLES && off > BALANCED && since < PATIENCE; cycles++) {
        cycle(&all, 0);
        off = imbalance(l);
        since = off < GAIN * best ? 0 : since + 1;
        best = since == 0 ? off : best;
        rt_report_stage(r->job, cycles + 1, "cycles towards the steady state", NAN);
        if (rt_check_limits(r, INFINITY)) {
            break;
        }
    }
    for (int64_t j = 0; j < s->n; j++) {
        p[j] = place[j] >= 0 ? l->p[place[j]] : 0;
    }
    close_levels(&all);
    return cycles;
}
