#include "ir/interp/interp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp_impl.h"
#include "support/mem.h"

struct interp *interp_create(const struct net *n)
{
    struct interp *it = mem_zalloc(1, sizeof *it);
    it->n = n;
    it->change_ptr = mem_zalloc(n->reaction.n + 1, sizeof *it->change_ptr);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        vec_reserve(&it->change, it->change.n + r->n_lhs + r->n_rhs);
        it->change.n += net_whole_change(n, r, it->change.data + it->change.n);
        it->change_ptr[j + 1] = it->change.n;
        if (r->rate_kind == RATE_LAW && expr_uses(n->ex, r->rate, EXPR_TIME, -1)) {
            it->timed = it->timed ? it->timed : mem_zalloc(n->reaction.n, sizeof *it->timed);
            it->timed[j] = true;
        }
    }
    it->sum = mem_zalloc(n->reaction.n * 2 + 16, sizeof *it->sum);
    return it;
}

void interp_destroy(struct interp *it)
{
    if (it) {
        vec_free(&it->change);
        free(it->change_ptr);
        free(it->sum);
        free(it->timed);
        free(it);
    }
}

struct surroundings {
    const double *x, *p, *capture;
    double t, inv_volume;
};

/* Past values are replaced by present ones, because a state does not know earlier ones. */
static bool leaf_value(void *env, const struct expr *e, const void *const *args, void *out)
{
    const struct surroundings *s = env;
    const double *from = e->op == EXPR_SPECIES ? s->x : e->op == EXPR_PARAM ? s->p : s->capture;
    if (e->op == EXPR_DELAY) {
        *(double *)out = *(const double *)args[0];
        return true;
    }
    if (e->op == EXPR_TIME) {
        *(double *)out = s->t;
        return true;
    }
    if ((e->op != EXPR_SPECIES && e->op != EXPR_PARAM && e->op != EXPR_CAPTURE) || !from) {
        return false;
    }
    *(double *)out = e->op == EXPR_SPECIES ? from[e->a] * s->inv_volume : from[e->a];
    return true;
}

static bool evaluate(const struct net *n, expr_id e, const struct surroundings *s, double *out)
{
    struct surroundings copy = *s;
    struct expr_env env = {&copy, leaf_value, NULL};
    union {
        double real;
        int64_t integer;
        uint8_t truth;
    } v;
    if (!expr_eval(n->ex, e, &env, &v)) {
        return false;
    }
    enum expr_type type = expr_get(n->ex, e)->type;
    *out = type == TYPE_REAL ? v.real : type == TYPE_INT ? (double)v.integer : v.truth;
    return true;
}

double interp_value(struct interp *it, expr_id e, const double *x, double t, const double *p,
                    const double *capture, double inv_volume)
{
    struct surroundings s = {x, p, capture, t, inv_volume};
    double v;
    return evaluate(it->n, e, &s, &v) ? v : NAN;
}

static bool default_of(struct interp *it, const struct net_param *d, const double *globals, const double *p,
                       double *values)
{
    struct surroundings s = {.p = p};
    struct expr_env env = {&s, leaf_value, NULL};
    int64_t size = shape_size(d->shape);
    if (d->global >= 0 && globals) {
        memcpy(values, globals + d->global, (size_t)size * sizeof *values);
        return true;
    }
    if (!d->init || !expr_eval(it->n->ex, d->init, &env, values)) {
        return false;
    }
    bool one = expr_get(it->n->ex, d->init)->shape.rank == 0;
    for (int64_t i = 1; one && i < size; i++) {
        values[i] = values[0];
    }
    return true;
}

bool interp_params(struct interp *it, const double *globals, const uint8_t *fixed, double *p, int32_t *slot)
{
    for (size_t i = 0; i < it->n->param.n; i++) {
        const struct net_param *d = &it->n->param.data[i];
        int64_t size = shape_size(d->shape);
        bool all_fixed = fixed != NULL;
        for (int64_t k = 0; k < size && all_fixed; k++) {
            all_fixed = fixed[d->first + k];
        }
        if (all_fixed || size == 0) {
            continue;
        }
        double *values = mem_alloc((size_t)size * sizeof *values);
        bool ok = default_of(it, d, globals, p, values);
        for (int64_t k = 0; k < size && ok; k++) {
            if (!fixed || !fixed[d->first + k]) {
                p[d->first + k] = values[k];
            }
        }
        free(values);
        if (!ok) {
            *slot = d->first;
            return false;
        }
    }
    return true;
}

bool interp_initial(struct interp *it, const double *p, double *x)
{
    struct surroundings s = {.p = p};
    for (size_t i = 0; i < it->n->species.n; i++) {
        expr_id init = it->n->species.data[i].init;
        x[i] = 0;
        if (init && !evaluate(it->n, init, &s, &x[i])) {
            return false;
        }
    }
    return true;
}

bool interp_rates(struct interp *it, const double *p, double *k)
{
    struct surroundings s = {.p = p};
    for (size_t j = 0; j < it->n->reaction.n; j++) {
        const struct reaction *r = &it->n->reaction.data[j];
        k[j] = 1;
        if (r->rate_kind == RATE_MASS_ACTION && !evaluate(it->n, r->rate, &s, &k[j])) {
            return false;
        }
    }
    return true;
}

void interp_effective(struct interp *it, const double *k, double volume, double *effective)
{
    for (size_t j = 0; j < it->n->reaction.n; j++) {
        const struct reaction *r = &it->n->reaction.data[j];
        double order = 0;
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            order += (double)net_lhs(it->n, r)[i].count;
        }
        double scale = r->rate_kind == RATE_LAW ? volume : crnl_pow(volume, 1 - order);
        effective[j] = it->n->guard.data[r->guard].initially ? k[j] * scale : 0;
    }
}

enum { FEW_FACTORS = 64 }; /* for a larger coefficient no loop of that length is run */

static double times_power(double a, double x, int64_t n)
{
    if (n > FEW_FACTORS) {
        return a * crnl_pow(x, (double)n);
    }
    for (int64_t i = 0; i < n; i++) {
        a *= x;
    }
    return a;
}

void interp_rhs(struct interp *it, double t, const double *x, const double *p, const double *k, double *dx)
{
    const struct net *n = it->n;
    struct surroundings s = {x, p, NULL, t, 1};
    memset(dx, 0, n->species.n * sizeof *dx);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        double v = k[j], law = NAN;
        if (k[j] != 0 && r->rate_kind == RATE_LAW) {
            evaluate(n, r->rate, &s, &law);
            v *= law;
        } else {
            for (uint32_t i = 0; i < r->n_lhs; i++) {
                v = times_power(v, x[net_lhs(n, r)[i].species], net_lhs(n, r)[i].count);
            }
        }
        for (size_t i = it->change_ptr[j]; i < it->change_ptr[j + 1]; i++) {
            dx[it->change.data[i].species] += (double)it->change.data[i].count * v;
        }
        for (uint32_t i = 0; i < r->n_fractions && v != 0; i++) {
            const struct fraction *f = &n->fraction.data[r->fraction + i];
            double count = NAN;
            evaluate(n, f->count, &s, &count);
            dx[f->species] += count * v;
        }
    }
}

/* k times the falling factorials, from left to right. The law of a reaction that is off is not evaluated. */
double interp_propensity(struct interp *it, reaction_id j, const struct interp_ssa_state *w)
{
    const struct net *n = it->n;
    const struct reaction *r = &n->reaction.data[j];
    double a = w->k[j];
    if (a == 0) {
        return 0;
    }
    if (r->rate_kind == RATE_LAW) {
        return a * interp_value(it, r->rate, w->x, w->t, w->p, NULL, w->inv_volume);
    }
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const struct term *t = &net_lhs(n, r)[i];
        double amount = w->x[t->species];
        if (t->count > FEW_FACTORS && amount < (double)t->count && amount == floor(amount)) {
            return 0; /* a factor is 0 */
        }
        for (int64_t m = 0; m < t->count && a != 0 && isfinite(a); m++) {
            a *= amount - (double)m;
        }
    }
    return a;
}

/* Computes the sums of groups of CRNL_FAN, level by level after the propensities; the last level has at most
 * one group. level[i] is the start of level i, and n[i] its length. Returns the number of levels. */
enum { MAX_LEVELS = 10 };
static int build_sums(struct interp *it, size_t *level, size_t *n, double *total)
{
    int levels = 1;
    level[0] = 0;
    n[0] = it->n->reaction.n;
    while (n[levels - 1] > CRNL_FAN) {
        size_t from = level[levels - 1], count = n[levels - 1];
        level[levels] = from + count;
        n[levels] = (count + CRNL_FAN - 1) / CRNL_FAN;
        for (size_t g = 0; g < n[levels]; g++) {
            double sum = 0;
            for (size_t i = g * CRNL_FAN; i < (g + 1) * CRNL_FAN && i < count; i++) {
                sum += it->sum[from + i];
            }
            it->sum[level[levels] + g] = sum;
        }
        levels++;
    }
    *total = 0;
    for (size_t i = 0; i < n[levels - 1]; i++) {
        *total += it->sum[level[levels - 1] + i];
    }
    return levels;
}

static size_t search_group(const double *v, size_t n, double *r)
{
    double sum = 0, before = 0;
    size_t last = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i] > 0) {
            last = i;
            before = sum;
            if (sum + v[i] >= *r) {
                break;
            }
        }
        sum += v[i];
    }
    *r -= before;
    return last;
}

static reaction_id select_reaction(struct interp *it, int levels, const size_t *level, const size_t *n,
                                   double r)
{
    size_t at = 0;
    for (int i = levels - 1; i >= 0; i--) {
        size_t from = at * CRNL_FAN, count = n[i] - from < CRNL_FAN ? n[i] - from : CRNL_FAN;
        at = from + search_group(it->sum + level[i] + from, count, &r);
    }
    return (reaction_id)at;
}

/* Adds the fractions of a reaction, evaluated at the state before the event. Returns false if a fraction is
 * not a whole number. */
static bool add_fractions(struct interp *it, struct interp_ssa_state *w, const struct reaction *r)
{
    VEC(double) count = {0};
    bool whole = true;
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &it->n->fraction.data[r->fraction + i];
        double v = interp_value(it, f->count, w->x, w->t, w->p, NULL, w->inv_volume);
        whole = whole && v == floor(v) && fabs(v) < INFINITY;
        vec_push(&count, v);
    }
    for (uint32_t i = 0; i < r->n_fractions && whole; i++) {
        w->x[it->n->fraction.data[r->fraction + i].species] += count.data[i];
    }
    vec_free(&count);
    return whole;
}

static enum interp_ssa_result fire(struct interp *it, struct interp_ssa_state *w, reaction_id j)
{
    const struct reaction *r = &it->n->reaction.data[j];
    bool negative = !add_fractions(it, w, r);
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        negative = negative || w->x[it->n->fraction.data[r->fraction + i].species] < 0;
    }
    for (size_t i = it->change_ptr[j]; i < it->change_ptr[j + 1]; i++) {
        double *x = &w->x[it->change.data[i].species];
        *x += (double)it->change.data[i].count;
        negative = negative || *x < 0;
    }
    w->events++;
    w->fired = j;
    w->bad = negative ? j : w->bad;
    return negative ? INTERP_BAD : INTERP_EVENT;
}

/* Computes the propensities; if `timed` is false, it leaves out laws that read the time. Returns false if
 * one is bad. */
static bool compute_propensities(struct interp *it, struct interp_ssa_state *w, bool timed)
{
    for (size_t j = 0; j < it->n->reaction.n; j++) {
        bool rests = !timed && it->timed && it->timed[j];
        it->sum[j] = rests ? 0 : interp_propensity(it, (reaction_id)j, w);
        if (!(it->sum[j] >= 0 && it->sum[j] < INFINITY)) {
            w->bad = (int32_t)j;
            return false;
        }
    }
    return true;
}

struct hazard {
    struct interp *it;
    struct interp_ssa_state w; /* a copy, because its time changes */
    double constant;
};

static double total_at(void *env, double t)
{
    struct hazard *h = env;
    double sum = h->constant;
    h->w.t = t;
    for (size_t j = 0; j < h->it->n->reaction.n; j++) {
        if (h->it->timed[j]) {
            double a = interp_propensity(h->it, (reaction_id)j, &h->w);
            if (!(a >= 0 && a < INFINITY)) {
                h->w.bad = (int32_t)j;
                return NAN;
            }
            sum += a;
        }
    }
    return sum;
}

/* Finds t_next, if it is not after t_stop, when propensities change with time. */
static enum interp_ssa_result wait_on(struct interp *it, struct interp_ssa_state *w, double constant)
{
    struct hazard h = {it, *w, constant};
    if (!(w->wait.due > 0)) {
        crnl_wait_begin(&w->wait, w->t, crnl_rng_exponential(&w->rng));
    }
    double t = crnl_wait_on(&w->wait, total_at, &h, w->t_stop);
    if (t != t) {
        w->bad = h.w.bad;
        w->t = h.w.t;
        return INTERP_BAD;
    }
    w->t_next = t < INFINITY ? t : -1;
    return t < INFINITY ? INTERP_EVENT : w->wait.t < INFINITY ? INTERP_TIME : INTERP_DEAD;
}

enum interp_ssa_result interp_ssa_step(struct interp *it, struct interp_ssa_state *w)
{
    size_t level[MAX_LEVELS], n[MAX_LEVELS];
    double total;
    w->fired = -1;
    if (!compute_propensities(it, w, false)) {
        return INTERP_BAD;
    }
    int levels = build_sums(it, level, n, &total);
    if (!(total < INFINITY)) {
        w->bad = 0;
        return INTERP_BAD;
    }
    enum interp_ssa_result result = INTERP_EVENT;
    if (w->t_next < 0 && it->timed) {
        result = wait_on(it, w, total);
    } else if (!(total > 0) && !it->timed) {
        result = INTERP_DEAD;
    } else if (w->t_next < 0) {
        w->t_next = w->t + crnl_rng_exponential(&w->rng) / total;
    }
    if (result == INTERP_EVENT && w->t_next > w->t_stop) {
        result = INTERP_TIME;
    }
    if (result != INTERP_EVENT) {
        w->t = result == INTERP_BAD ? w->t : w->t_stop;
        return result;
    }
    w->t = w->t_next;
    w->t_next = -1;
    if (it->timed) {
        if (!compute_propensities(it, w, true)) {
            return INTERP_BAD;
        }
        levels = build_sums(it, level, n, &total);
    }
    double u = crnl_rng_uniform(&w->rng);
    return fire(it, w, select_reaction(it, levels, level, n, u * total));
}

enum interp_ssa_result interp_ssa_run(struct interp *it, struct interp_ssa_state *w, int64_t max_events)
{
    for (int64_t i = 0; i < max_events; i++) {
        enum interp_ssa_result result = interp_ssa_step(it, w);
        if (result != INTERP_EVENT) {
            return result;
        }
    }
    return INTERP_EVENT;
}
