/* The law at infinite time: closed classes of states (strongly connected, without a way out) by Tarjan's
 * algorithm; the probability of ending in each from the times spent in the others, a linear system with an
 * M-matrix, by KLU; the law within each by cme_levels.c. */
#include <klu.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_cme.h"

enum { FIRST_SWEEPS = 30 };
static const double MOST_OFF = 1e-9,     /* part of the flow that need not balance, by rounding */
    MOST_WORK = 1e9, MOST_ENTRIES = 3e7; /* of a factorisation: past it laws are iterated */

/* ---- classes ---- */

struct classes {
    int32_t *of; /* [n] the class of a state */
    int32_t n;
    bool *is_closed; /* [n] */
};

struct search {
    const struct rt_states *s;
    int32_t *number, *low, *stack, *path; /* Tarjan's; `path` in place of recursion */
    int64_t *next;                        /* transition to look at, of the states on the path */
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

static void leave(struct search *t, struct classes *c, int32_t i)
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

/* All states are reached from the first. */
static void find_classes(const struct rt_states *s, struct classes *c)
{
    size_t n = (size_t)s->n;
    struct search t = {.s = s,
                       .number = rt_alloc(n, sizeof *t.number),
                       .low = rt_alloc(n, sizeof *t.low),
                       .stack = rt_alloc(n, sizeof *t.stack),
                       .path = rt_alloc(n, sizeof *t.path),
                       .next = rt_alloc(n, sizeof *t.next),
                       .on_stack = rt_alloc(n, sizeof *t.on_stack)};
    c->of = rt_alloc(n, sizeof *c->of);
    enter(&t, 0);
    while (t.n_path > 0) {
        int32_t i = t.path[t.n_path - 1];
        if (t.next[i] == s->first[i + 1]) {
            leave(&t, c, i);
            continue;
        }
        int32_t to = s->to[t.next[i]++];
        if (!t.number[to]) {
            enter(&t, to);
        } else if (t.on_stack[to]) {
            t.low[i] = t.number[to] < t.low[i] ? t.number[to] : t.low[i];
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

/* ---- linear systems ---- */

enum outcome { SOLVED, TOO_LARGE, FAILED };

/* y (-Q) = b over the states with a place, by transposition: row j of the matrix has -q(i, j) in column i,
 * and column i lists a state's transitions as they stand. Without the states that have no place the matrix is
 * not singular. */
static enum outcome solve(const struct rt_states *s, const int32_t *place, int64_t n, double *b,
                          struct rt_error *e)
{
    SuiteSparse_long *ptr = rt_alloc((size_t)n + 1, sizeof *ptr), *row = NULL, cap = 0, m = 0;
    double *value = NULL;
    for (int64_t i = 0, column = 0; i < s->n; i++) {
        if (place[i] < 0) {
            continue;
        }
        if (m + s->first[i + 1] - s->first[i] + 1 > cap) {
            cap = 2 * (m + s->first[i + 1] - s->first[i] + 1);
            row = rt_resize(row, (size_t)cap, sizeof *row);
            value = rt_resize(value, (size_t)cap, sizeof *value);
        }
        for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
            if (place[s->to[k]] >= 0) {
                row[m] = place[s->to[k]];
                value[m++] = -s->rate[k];
            }
        }
        row[m] = place[i];
        value[m++] = s->kept[i];
        ptr[++column] = m;
    }
    klu_l_common common;
    klu_l_defaults(&common);
    klu_l_symbolic *symbolic = klu_l_analyze(n, ptr, row, &common);
    bool large =
        symbolic && (symbolic->est_flops > MOST_WORK || symbolic->lnz + symbolic->unz > MOST_ENTRIES);
    klu_l_numeric *numeric = symbolic && !large ? klu_l_factor(ptr, row, value, symbolic, &common) : NULL;
    bool good = numeric && klu_l_solve(symbolic, numeric, n, 1, b, &common);
    if (!good && !large) {
        rt_fail(e, common.status == KLU_OUT_OF_MEMORY ? CRNL_MEMORY : CRNL_SOLVER,
                "the stationary law of %lld states could not be computed (KLU %d)", (long long)n,
                (int)common.status);
    }
    klu_l_free_numeric(&numeric, &common);
    klu_l_free_symbolic(&symbolic, &common);
    free(ptr);
    free(row);
    free(value);
    return good ? SOLVED : large ? TOO_LARGE : FAILED;
}

/* ---- the law of a closed class ---- */

struct class_law {
    struct rt_states *s;
    const int32_t *of;
    int32_t class;
    int64_t n;
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

/* The part of the flow between states of the class that does not balance, by the difference of what enters
 * and what leaves each. */
static double imbalance(const struct class_law *l)
{
    double off = 0, all = 0;
    for (int64_t j = 0; j < l->s->n; j++) {
        if (l->of[j] == l->class) {
            off += fabs(flow_in(l->s, j, l->p) - l->s->kept[j] * l->p[j]);
            all += l->s->kept[j] * l->p[j];
        }
    }
    return off / all;
}

/* With the probability 1 of a likely state the others follow: p (-Q) = what flows from it. Some rounds of
 * Gauss-Seidel find one. */
static enum outcome solve_class(const struct class_law *l, struct rt_error *e)
{
    const struct rt_states *s = l->s;
    int64_t likely = -1, n = 0;
    for (int64_t j = 0; j < s->n; j++) {
        l->p[j] = l->of[j] == l->class;
    }
    for (int i = 0; i < FIRST_SWEEPS; i++) {
        for (int64_t j = 0; j < s->n; j++) {
            l->p[j] = l->of[j] == l->class ? flow_in(s, j, l->p) / s->kept[j] : 0;
        }
    }
    int32_t *place = rt_alloc((size_t)s->n, sizeof *place);
    double *b = rt_alloc((size_t)l->n, sizeof *b);
    for (int64_t j = 0; j < s->n; j++) {
        likely = l->of[j] == l->class && (likely < 0 || l->p[j] > l->p[likely]) ? j : likely;
    }
    for (int64_t j = 0; j < s->n; j++) {
        place[j] = l->of[j] == l->class && j != likely ? (int32_t)n++ : -1;
    }
    for (int64_t k = s->first[likely]; k < s->first[likely + 1]; k++) {
        b[place[s->to[k]]] = s->rate[k];
    }
    enum outcome outcome = solve(s, place, n, b, e);
    double sum = 0;
    for (int64_t j = 0; j < s->n && outcome == SOLVED; j++) {
        l->p[j] = place[j] >= 0 ? fmax(b[place[j]], 0) : j == likely;
        sum += l->p[j];
    }
    for (int64_t j = 0; j < s->n && outcome == SOLVED; j++) {
        l->p[j] /= sum;
    }
    free(place);
    free(b);
    return outcome;
}

static int iterate(const struct class_law *l, struct rt_recorder *r)
{
    int32_t *place = rt_alloc((size_t)l->s->n, sizeof *place), n = 0;
    for (int64_t j = 0; j < l->s->n; j++) {
        place[j] = l->of[j] == l->class ? n++ : -1;
    }
    int cycles = rt_multilevel(l->s, r, place, n, l->p);
    free(place);
    if (r->job->verbose) {
        rt_putf(&r->notes, "cme: the stationary law of %d states by %d cycles over coarser chains\n", (int)n,
                cycles);
    }
    return r->error.status;
}

static int law_of_class(const struct class_law *l, struct rt_recorder *r)
{
    enum outcome outcome = solve_class(l, &r->error);
    if (outcome == FAILED || (outcome == TOO_LARGE && iterate(l, r))) {
        return r->error.status;
    }
    double off = imbalance(l);
    return off <= MOST_OFF
               ? CRNL_OK
               : rt_fail(&r->error, CRNL_SOLVER,
                         "the stationary law of %lld states could not be computed: %.2g of the flow between "
                         "them does not balance\n  help: averages over time by ssa, or fewer states",
                         (long long)l->n, off);
}

/* ---- all classes ---- */

/* The probability of ending in each closed class: what flows into it from the states that are left for ever,
 * in all the time that is spent there. */
static int find_weights(const struct rt_states *s, const struct classes *c, double *weight,
                        struct rt_error *e)
{
    int64_t n = 0;
    if (c->is_closed[c->of[0]]) {
        weight[c->of[0]] = 1;
        return CRNL_OK;
    }
    int32_t *place = rt_alloc((size_t)s->n, sizeof *place);
    for (int64_t j = 0; j < s->n; j++) {
        place[j] = c->is_closed[c->of[j]] ? -1 : (int32_t)n++;
    }
    double *time = rt_alloc((size_t)n, sizeof *time);
    time[place[0]] = 1;
    enum outcome outcome = solve(s, place, n, time, e);
    if (outcome == TOO_LARGE) {
        rt_fail(e, CRNL_LIMIT,
                "where the network ends depends on %lld states that it leaves for ever, which are too many",
                (long long)n);
    }
    for (int64_t j = 0; j < s->n && outcome == SOLVED; j++) {
        for (int64_t k = s->first[j]; place[j] >= 0 && k < s->first[j + 1]; k++) {
            if (place[s->to[k]] < 0) {
                weight[c->of[s->to[k]]] += time[place[j]] * s->rate[k];
            }
        }
    }
    free(place);
    free(time);
    return e->status;
}

static int combine(struct rt_states *s, struct rt_recorder *r, const struct classes *c, double *p)
{
    size_t n = (size_t)s->n;
    double *weight = rt_alloc((size_t)c->n, sizeof *weight), *own = rt_alloc(n, sizeof *own);
    int64_t *size = rt_alloc((size_t)c->n, sizeof *size);
    for (int64_t j = 0; j < s->n; j++) {
        size[c->of[j]]++;
    }
    int status = find_weights(s, c, weight, &r->error);
    for (int64_t j = 0; j < s->n; j++) { /* states that nothing leaves, of which there may be many */
        p[j] = size[c->of[j]] == 1 ? weight[c->of[j]] : 0;
    }
    for (int32_t i = 0; i < c->n && !status; i++) {
        if (size[i] == 1 || weight[i] == 0) {
            continue;
        }
        struct class_law l = {.s = s, .of = c->of, .class = i, .n = size[i], .p = own};
        status = law_of_class(&l, r);
        for (int64_t j = 0; j < s->n; j++) {
            p[j] += weight[i] * own[j];
        }
    }
    free(weight);
    free(own);
    free(size);
    return status;
}

int rt_stationary(struct rt_states *s, struct rt_recorder *r, double *p)
{
    struct classes c = {0};
    rt_states_gather(s);
    find_classes(s, &c);
    int status = combine(s, r, &c, p);
    int64_t closed = 0;
    for (int32_t i = 0; i < c.n; i++) {
        closed += c.is_closed[i];
    }
    if (closed > 1 && !status) {
        rt_putf(&r->notes,
                "note: %lld sets of states are never left again; each counts with the probability of ending "
                "in it\n",
                (long long)closed);
    }
    free(c.of);
    free(c.is_closed);
    return status;
}
