/* Exact SSA over tables: propensities in a tree of sums with fan-out CRNL_FAN (crnl_num.h), updated along
 * dependency lists. Mass action up to order two, nearly all of a network, is k y[s1] y[s2] with y = (x, x -
 * 1, 1), without a branch. Each species has a contiguous list of such records, so that an event streams
 * through as many lists as it changes species. Sums are recomputed from their members, never incremented, so
 * they do not drift. */
#include <math.h>
#include <string.h>

#include "rt_ssa.h"
#include "rt_table.h"

static double group_sum(const double *v)
{
    double sum = 0;
    for (int i = 0; i < CRNL_FAN; i++) {
        sum += v[i];
    }
    return sum;
}

/* Brings sums, constants and amounts up to date with w. */
static void refresh(struct table *T, const struct crnl_ssa *w)
{
    const struct crnl_model *m = T->m;
    for (int32_t s = 0; s < m->n_species; s++) {
        T->y[s] = w->x[s];
        T->y[m->n_species + s] = w->x[s] - 1;
    }
    T->y[2 * m->n_species] = 1;
    double *a = T->level[0].v;
    for (int32_t i = 0; i < T->fast_ptr[m->n_species]; i++) {
        struct record *r = &T->fast[i];
        r->k = w->k[r->reaction];
        a[r->reaction] = r->k * T->y[r->s1] * T->y[r->s2];
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (!T->has_record[j]) {
            a[j] = rt_propensity(m, j, w->k, w->x, w->t, w->p, w->inv_volume);
        }
    }
    for (int32_t i = 1; i < T->n_levels; i++) {
        for (int32_t g = 0; g < T->level[i].n; g++) {
            T->level[i].v[g] = group_sum(T->level[i - 1].v + (size_t)g * CRNL_FAN);
        }
    }
    T->total = group_sum(T->level[T->n_levels - 1].v);
    T->fresh = true;
}

/* Marks the sum of the members around `entry` as outdated; returns the new length of the list. */
static inline int32_t mark(uint8_t *dirty, int32_t *list, int32_t n, uint32_t entry)
{
    uint32_t group = entry / CRNL_FAN;
    list[n] = (int32_t)group;
    n += !dirty[group];
    dirty[group] = 1;
    return n;
}

/* Two groups are summed in parallel, one in each lane, and four such pairs at a time, so that their chains
 * of additions overlap. Each lane adds its members one by one, from left to right. */
typedef double lanes __attribute__((vector_size(16)));

static inline lanes add_two(lanes sum, const double *a, const double *b)
{
    lanes x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    sum += __builtin_shufflevector(x, y, 0, 2);
    return sum + __builtin_shufflevector(x, y, 1, 3);
}

static inline void put_two(double *out, const int32_t *g, lanes sum)
{
    out[g[0]] = sum[0];
    out[g[1]] = sum[1];
}

static inline const double *group_at(const double *v, int32_t g)
{
    return v + (size_t)g * CRNL_FAN;
}

static void sum_eight(const double *v, const int32_t *g, double *out)
{
    const double *a = group_at(v, g[0]), *b = group_at(v, g[1]), *c = group_at(v, g[2]),
                 *d = group_at(v, g[3]);
    const double *p = group_at(v, g[4]), *q = group_at(v, g[5]), *r = group_at(v, g[6]),
                 *s = group_at(v, g[7]);
    lanes ab = {0, 0}, cd = {0, 0}, pq = {0, 0}, rs = {0, 0};
#pragma GCC unroll 8
    for (int e = 0; e < CRNL_FAN; e += 2) {
        ab = add_two(ab, a + e, b + e);
        cd = add_two(cd, c + e, d + e);
        pq = add_two(pq, p + e, q + e);
        rs = add_two(rs, r + e, s + e);
    }
    put_two(out, g, ab);
    put_two(out, g + 2, cd);
    put_two(out, g + 4, pq);
    put_two(out, g + 6, rs);
}

static void sum_dirty(const double *v, struct level *up)
{
    int32_t *g = up->list, n = up->n_list, i = 0;
    for (; i + 7 < n; i += 8) {
        sum_eight(v, g + i, up->v);
    }
    g[n] = n > 0 ? g[n - 1] : 0; /* a group without partner is summed twice */
    for (; i < n; i += 2) {
        lanes sum = {0, 0};
        for (int e = 0; e < CRNL_FAN; e += 2) {
            sum = add_two(sum, group_at(v, g[i]) + e, group_at(v, g[i + 1]) + e);
        }
        put_two(up->v, g + i, sum);
    }
}

static void sum_all(const double *v, struct level *up)
{
    static const int32_t next[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    int32_t g = 0;
    for (; g + 7 < up->n; g += 8) {
        sum_eight(group_at(v, g), next, up->v + g);
    }
    for (; g < up->n; g++) {
        up->v[g] = group_sum(group_at(v, g));
    }
}

/* If most sums of a level are outdated, recomputing this level and those above is cheaper than keeping
 * lists. */
void rt_table_sum(struct table *T)
{
    bool whole = false;
    for (int32_t i = 1; i < T->n_levels; i++) {
        struct level *l = &T->level[i];
        const double *v = T->level[i - 1].v;
        const int32_t *list = l->list;
        uint8_t *dirty = l->dirty;
        int32_t n = l->n_list;
        if (whole) {
            sum_all(v, l);
            continue;
        }
        sum_dirty(v, l);
        l->n_list = 0;
        for (int32_t e = 0; e < n; e++) {
            dirty[list[e]] = 0;
        }
        whole = i + 1 < T->n_levels && 3 * n > T->level[i + 1].n;
        if (!whole && i + 1 < T->n_levels) {
            struct level *up = l + 1;
            for (int32_t e = 0; e < n; e++) {
                up->n_list = mark(up->dirty, up->list, up->n_list, (uint32_t)list[e]);
            }
        }
    }
    T->total = group_sum(T->level[T->n_levels - 1].v);
}

static int32_t pick(const double *v, double *r)
{
    double sum = 0;
    for (int32_t i = 0; i < CRNL_FAN; i++) {
        double next = sum + v[i];
        if (next >= *r && v[i] > 0) {
            *r -= sum;
            return i;
        }
        sum = next;
    }
    int32_t last = CRNL_FAN - 1; /* rounding left none: take the last positive member */
    while (last > 0 && !(v[last] > 0)) {
        last--;
    }
    sum = 0;
    for (int32_t i = 0; i < last; i++) {
        sum += v[i];
    }
    *r -= sum;
    return last;
}

static int32_t choose(const struct table *T, double u)
{
    double r = u * T->total;
    int32_t at = 0;
    for (int32_t i = T->n_levels - 1; i >= 0; i--) {
        at = at * CRNL_FAN + pick(T->level[i].v + (size_t)at * CRNL_FAN, &r);
    }
    return at;
}

void rt_table_set(struct table *T, int32_t j, double a)
{
    T->level[0].v[j] = a;
    if (T->n_levels > 1) {
        struct level *up = &T->level[1];
        up->n_list = mark(up->dirty, up->list, up->n_list, (uint32_t)j);
    }
}

static double update_one(struct table *T, const struct crnl_ssa *w, int32_t j)
{
    double a = rt_propensity(T->m, j, w->k, w->x, w->t, w->p, w->inv_volume);
    rt_table_set(T, j, a);
    return a;
}

/* Recomputes the propensities of the reactions that read species s. With a single level there are no sums to
 * mark. */
static void update_readers(struct table *T, const struct crnl_ssa *w, int32_t s)
{
    const double *y = T->y;
    double *a = T->level[0].v;
    const struct record *r = T->fast + T->fast_ptr[s], *end = T->fast + T->fast_ptr[s + 1];
    if (T->n_levels > 1) {
        struct level *up = &T->level[1];
        uint8_t *dirty = up->dirty;
        int32_t *list = up->list, n = up->n_list;
        for (; r < end; r++) {
            a[r->reaction] = r->k * y[r->s1] * y[r->s2];
            n = mark(dirty, list, n, (uint32_t)r->reaction);
        }
        up->n_list = n;
    } else {
        for (; r < end; r++) {
            a[r->reaction] = r->k * y[r->s1] * y[r->s2];
        }
    }
    for (int32_t i = T->slow_ptr[s]; i < T->slow_ptr[s + 1]; i++) {
        update_one(T, w, T->slow[i]);
    }
}

/* Fires reaction j. Returns the reaction whose propensity or amounts became bad, or NO_REACTION. */
static int32_t fire(struct table *T, struct crnl_ssa *w, int32_t j)
{
    const struct crnl_model *m = T->m;
    int32_t bad = NO_REACTION, from = m->net_ptr[j], to = m->net_ptr[j + 1];
    for (int32_t e = from; e < to; e++) {
        int32_t s = m->net_species[e];
        double x = w->x[s] + m->net_delta[e];
        w->x[s] = x;
        T->y[s] = x;
        T->y[m->n_species + s] = x - 1;
        bad = x < 0 ? j : bad;
    }
    for (int32_t e = from; e < to; e++) {
        update_readers(T, w, m->net_species[e]);
    }
    if (T->law_ptr) {
        for (int32_t i = T->law_ptr[j]; i < T->law_ptr[j + 1]; i++) {
            int32_t law = T->law_dep[i];
            bad = update_one(T, w, law) >= 0 ? bad : law;
        }
    }
    rt_table_sum(T);
    return bad;
}

int32_t rt_table_bad(const struct table *T)
{
    for (int32_t j = 0; j < T->m->n_reactions; j++) {
        if (!(T->level[0].v[j] >= 0 && T->level[0].v[j] < INFINITY)) {
            return j;
        }
    }
    return 0; /* each is finite, but not their sum */
}

bool rt_table_event(struct table *T, struct crnl_ssa *w)
{
    int32_t j = choose(T, crnl_rng_uniform(&w->rng));
    w->events++;
    int32_t bad = fire(T, w, j);
    if (w->watch) {
        rt_watch_reaction(w, j);
    }
    w->bad = bad != NO_REACTION ? bad : w->bad;
    return bad == NO_REACTION;
}

int crnl_table_ssa(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events)
{
    struct table *T = w->kernel;
    if (!T->fresh) {
        refresh(T, w);
        w->bad = rt_table_bad(T);
        if (T->m->n_reactions > 0 && !(T->level[0].v[w->bad] >= 0)) {
            return CRNL_SSA_BAD;
        }
    }
    if (m->n_timed > 0) {
        return rt_timed_ssa(T, w, max_events);
    }
    for (int64_t done = 0; done < max_events; done++) {
        if (!(T->total < INFINITY)) {
            w->bad = rt_table_bad(T);
            return CRNL_SSA_BAD;
        }
        if (!(T->total > 0)) {
            w->t = w->t_stop;
            return CRNL_SSA_DEAD;
        }
        if (w->t_next < 0) {
            w->t_next = w->t + crnl_rng_exponential(&w->rng) / T->total;
        }
        if (w->t_next > w->t_stop) {
            w->t = w->t_stop;
            return CRNL_SSA_TIME;
        }
        w->t = w->t_next;
        w->t_next = -1;
        if (!rt_table_event(T, w)) {
            return CRNL_SSA_BAD;
        }
    }
    return CRNL_SSA_EVENTS;
}

static const char *why_not(const struct crnl_model *m)
{
    (void)m;
    return NULL;
}

/* With all propensities in a block, 2 reactions take 24 ns and 14 reactions 78 ns; otherwise the cost is
 * that of levels of sums, and of each propensity that is recomputed. */
static double cost(const struct crnl_model *m, const struct crnl_amounts *at)
{
    struct crnl_estimate e = rt_ssa_estimate(m, at);
    return fmin(15 + 4.5 * m->n_reactions, 55 + 4 * e.updates);
}

static const struct rt_ssa_code code = {crnl_table_create, crnl_table_reset, crnl_table_ssa,
                                        crnl_table_destroy};
const struct crnl_kernel crnl_kernel_ssa_table = {CRNL_KERNEL_SSA_TABLE, why_not, cost, true, &code};
