/* The law at infinite time. Closed classes of states (strongly connected, without a way out) are found by
 * Tarjan's algorithm; the probability of ending in each follows from the times spent in the other states.
 * These times, and the law within each class, come from elimination or, if that is too much work, the law
 * comes from cme_levels.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"
#include "runtime/crnl_csr.h"

static const double TOO_SLOW = 1e-250,    /* relative to the fastest rate: for smaller flows probabilities are
                                        * below the range of doubles */
    MOST_OFF = 1e-9,                      /* part of the flow that may be unbalanced by rounding */
    MOST_WORK = 1e12, MOST_NUMBERS = 1e9; /* limits of an elimination; beyond them laws are iterated */

/* ---- classes ---- */

struct search {
    const struct rt_states *s;
    int32_t *number, *low, *stack, *path; /* of Tarjan's algorithm; `path` replaces recursion */
    int64_t *next;                        /* next transition to look at, for the states on the path */
    bool *on_stack;
    int32_t n_numbered, n_stack, n_path;
};

static void enter(struct search *t, int32_t i)
{
    t->number[i] = t->low[i] = ++t->n_numbered;
    t->stack[t->n_stack++] = t->path[t->n_path++] = i;
    t->on_stack[i] = true;
    t->next[i] = t->s->first[i];
}

static void leave(struct search *t, struct rt_classes *c, int32_t i)
{
    t->n_path--;
    if (t->n_path > 0) {
        int32_t up = t->path[t->n_path - 1];
        t->low[up] = t->low[i] < t->low[up] ? t->low[i] : t->low[up];
    }
    if (t->low[i] == t->number[i]) {
        int32_t member;
        do {
            member = t->stack[--t->n_stack];
            t->on_stack[member] = false;
            c->of[member] = c->n;
        } while (member != i);
        c->n++;
    }
}

/* Finds the classes of all states that can be reached from the state and have no class yet. */
static void search_from(struct search *t, struct rt_classes *c, int32_t state)
{
    enter(t, state);
    while (t->n_path > 0) {
        int32_t i = t->path[t->n_path - 1];
        if (t->next[i] == t->s->first[i + 1]) {
            leave(t, c, i);
            continue;
        }
        int32_t to = t->s->to[t->next[i]++];
        if (!t->number[to]) {
            enter(t, to);
        } else if (t->on_stack[to]) {
            t->low[i] = t->number[to] < t->low[i] ? t->number[to] : t->low[i];
        }
    }
}

void rt_classes_find(struct rt_classes *c, const struct rt_states *s)
{
    size_t n = (size_t)s->n;
    struct search t = {.s = s,
                       .number = rt_alloc(n, sizeof *t.number),
                       .low = rt_alloc(n, sizeof *t.low),
                       .stack = rt_alloc(n, sizeof *t.stack),
                       .path = rt_alloc(n, sizeof *t.path),
                       .next = rt_alloc(n, sizeof *t.next),
                       .on_stack = rt_alloc(n, sizeof *t.on_stack)};
    *c = (struct rt_classes){.of = rt_alloc(n, sizeof *c->of)};
    for (int32_t i = 0; i < s->n; i++) {
        if (!t.number[i]) {
            search_from(&t, c, i);
        }
    }
    c->is_closed = rt_alloc((size_t)c->n, sizeof *c->is_closed);
    memset(c->is_closed, true, (size_t)c->n * sizeof *c->is_closed);
    for (int64_t i = 0; i < s->n; i++) {
        for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
            c->is_closed[c->of[i]] &= c->of[s->to[k]] == c->of[i];
        }
    }
    free(t.number);
    free(t.low);
    free(t.stack);
    free(t.path);
    free(t.next);
    free(t.on_stack);
}

void rt_classes_free(struct rt_classes *c)
{
    free(c->of);
    free(c->is_closed);
    *c = (struct rt_classes){0};
}

/* ---- the law of a closed class ---- */

struct class_law {
    struct rt_states *s;
    const int32_t *member; /* [n] states of the class */
    int32_t n;
    double *p; /* 0 outside of the class */
};

static double flow_in(const struct rt_states *s, int64_t j, const double *p)
{
    double flow = 0;
    for (int64_t k = s->in_first[j]; k < s->in_first[j + 1]; k++) {
        flow += p[s->from[k]] * s->in_rate[k];
    }
    return flow;
}

/* The part of the flow between states of the class that does not balance: the differences between what enters
 * and what leaves each state. */
static double imbalance(const struct class_law *l)
{
    double off = 0, all = 0, fastest = 0;
    for (int32_t i = 0; i < l->n; i++) {
        int32_t j = l->member[i];
        off += fabs(flow_in(l->s, j, l->p) - l->s->kept[j] * l->p[j]);
        all += l->s->kept[j] * l->p[j];
        fastest = fmax(fastest, l->s->kept[j]);
    }
    return off < TOO_SLOW * fastest ? 0 : off / all;
}

static int iterate(const struct class_law *l, struct rt_recorder *r)
{
    int32_t *place = rt_alloc((size_t)l->s->n, sizeof *place);
    memset(place, 0xFF, (size_t)l->s->n * sizeof *place);
    for (int32_t i = 0; i < l->n; i++) {
        place[l->member[i]] = i;
    }
    int cycles = rt_multilevel(l->s, r, place, l->n, l->p);
    free(place);
    rt_putf(&r->notes,
            "warning: the law of %d states, too many for elimination, was found by %d cycles over coarser "
            "chains: "
            "weights of sets of states that are seldom left may be wrong\n",
            (int)l->n, cycles);
    return r->error.status;
}

static void note_order(struct rt_recorder *r, const struct rt_order *o)
{
    if (r->job->verbose) {
        rt_putf(&r->notes, "cme: %d states by elimination, %.3g products of numbers, %.3g numbers\n",
                (int)o->n, o->work, (double)(o->kept + o->most));
    }
}

bool rt_order_eliminable(struct rt_order *o, const struct rt_states *s, int32_t *member, int32_t n,
                         bool has_outside)
{
    return rt_order_states(o, s, member, n, has_outside, MOST_WORK, MOST_NUMBERS);
}

static int law_of_class(const struct class_law *l, struct rt_recorder *r)
{
    struct rt_order order;
    if (rt_balanced(l->s, l->member, l->n, l->p)) {
        if (r->job->verbose) {
            rt_putf(&r->notes, "cme: %d states by the balance of each two\n", (int)l->n);
        }
        return CRNL_OK;
    }
    int32_t *member = rt_copy(l->member, (size_t)l->n, sizeof *member);
    bool direct = rt_order_eliminable(&order, l->s, member, l->n, false);
    note_order(r, &order);
    int status = direct ? rt_eliminate(&order, r, NULL, l->p) : CRNL_OK;
    rt_order_free(&order);
    status = direct ? status : iterate(l, r);
    double off = status ? 0 : imbalance(l);
    return off <= MOST_OFF
               ? status
               : rt_fail(&r->error, CRNL_SOLVER,
                         "the stationary law of %lld states could not be computed: %.2g of the flow between "
                         "them does not balance\n  help: averages over time by ssa, or fewer states",
                         (long long)l->n, off);
}

int rt_class_law(struct rt_states *s, struct rt_recorder *r, const int32_t *member, int32_t n, double *p)
{
    struct class_law l = {.s = s, .member = member, .n = n, .p = p};
    return law_of_class(&l, r);
}

/* ---- states that are left for ever ---- */

int rt_leaving_open(struct rt_leaving *l, const struct rt_states *s, struct rt_recorder *r,
                    const struct rt_classes *c, bool leaks)
{
    int32_t n = 0, *member = rt_alloc((size_t)s->n, sizeof *member);
    for (int64_t j = 0; j < s->n; j++) {
        if (rt_is_left(c, j)) {
            member[n++] = (int32_t)j;
        }
    }
    *l = (struct rt_leaving){.n = n};
    bool direct = rt_order_eliminable(&l->order, s, member, n, true);
    l->order.leaks = leaks;
    note_order(r, &l->order);
    return direct
               ? CRNL_OK
               : rt_fail(&r->error, CRNL_LIMIT,
                         "where the network ends depends on %d states that it leaves for ever, which are too "
                         "many\n  help: a law at a time, `for T`, or runs by ssa",
                         (int)n);
}

int rt_leaving_times(const struct rt_leaving *l, struct rt_recorder *r, const double *start, double *time)
{
    double *back = rt_alloc((size_t)l->order.s->n, sizeof *back), sum = 0;
    for (int32_t i = 0; i < l->n; i++) {
        sum += start[l->order.state[i]];
    }
    for (int32_t i = 0; i < l->n && sum > 0; i++) {
        back[l->order.state[i]] = start[l->order.state[i]] / sum;
    }
    memset(time, 0, (size_t)l->order.s->n * sizeof *time);
    int status = sum > 0 ? rt_eliminate(&l->order, r, back, time) : CRNL_OK;
    for (int32_t i = 0; i < l->n; i++) {
        time[l->order.state[i]] *= sum;
    }
    free(back);
    return status;
}

void rt_leaving_close(struct rt_leaving *l)
{
    rt_order_free(&l->order);
}

/* ---- all classes ---- */

/* Finds the probability of ending in each closed class: that of being there at the start, plus the flow into
 * it from the states that are left for ever, over all the time spent in these. */
static int find_weights(const struct rt_states *s, const struct rt_classes *c, struct rt_recorder *r,
                        bool leaks, const double *p, double *weight)
{
    bool any = false;
    for (int64_t j = 0; j < s->n; j++) {
        weight[c->of[j]] += p[j];
        any |= p[j] > 0 && rt_is_left(c, j);
    }
    if (!any) {
        return CRNL_OK;
    }
    struct rt_leaving l;
    double *time = rt_alloc((size_t)s->n, sizeof *time);
    int status = rt_leaving_open(&l, s, r, c, leaks);
    status = status ? status : rt_leaving_times(&l, r, p, time);
    for (int64_t j = 0; j < s->n && !status; j++) {
        for (int64_t k = s->first[j]; time[j] > 0 && k < s->first[j + 1]; k++) {
            if (!rt_is_left(c, s->to[k])) {
                weight[c->of[s->to[k]]] += time[j] * s->rate[k];
            }
        }
    }
    rt_leaving_close(&l);
    free(time);
    return status;
}

int32_t *rt_classes_list(const struct rt_states *s, const struct rt_classes *c, int32_t *first)
{
    int32_t *member = rt_alloc((size_t)s->n, sizeof *member);
    for (int64_t j = 0; j < s->n; j++) {
        csr_count(first, c->of[j]);
    }
    csr_open(first, c->n);
    for (int64_t j = 0; j < s->n; j++) {
        member[csr_place(first, c->of[j])] = (int32_t)j;
    }
    return member;
}

static int combine(struct rt_states *s, struct rt_recorder *r, const struct rt_classes *c, bool leaks,
                   double *p)
{
    double *weight = rt_alloc((size_t)c->n, sizeof *weight), *own = rt_alloc((size_t)s->n, sizeof *own);
    int32_t *first = rt_alloc((size_t)c->n + 2, sizeof *first), *member = rt_classes_list(s, c, first);
    int status = find_weights(s, c, r, leaks, p, weight);
    memset(p, 0, (size_t)s->n * sizeof *p);
    for (int32_t i = 0; i < c->n && !status; i++) {
        struct class_law l = {.s = s, .member = member + first[i], .n = first[i + 1] - first[i], .p = own};
        if (l.n == 1) { /* a single state that is never left; there may be many */
            p[l.member[0]] = c->is_closed[i] ? weight[i] : 0;
        } else if (c->is_closed[i] && weight[i] > 0) {
            status = law_of_class(&l, r);
            for (int32_t k = 0; k < l.n; k++) {
                p[l.member[k]] = weight[i] * own[l.member[k]];
            }
        }
    }
    free(weight);
    free(own);
    free(first);
    free(member);
    return status;
}

int rt_stationary(struct rt_states *s, struct rt_recorder *r, const struct rt_classes *c, bool leaks,
                  double *p)
{
    rt_states_gather(s);
    return combine(s, r, c, leaks, p);
}
