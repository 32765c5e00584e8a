/* The step of runs in lockstep, for one width of vectors (lanes_vector.h). Included by lanes_avx512.c and
 * lanes_avx2.c. */
#ifndef RT_LANES_STEP_H
#define RT_LANES_STEP_H

#include "lanes_draw.h"

#if defined __x86_64__
/* What stays in registers while the lanes of a vector advance. `live` has a bit for each lane with a run.
 * `steps` is the number of events since `left` was loaded; `most` is the least `left` of the live lanes. */
struct state {
    int first; /* first lane of the vector */
    unsigned live;
    real t;
    int64_t steps, most;
};

INLINE void load(struct state *v, const struct crnl_lockstep *L)
{
    v->t = *(const real *)&L->t[v->first];
    v->steps = 0;
    v->most = INT64_MAX;
    for (int i = 0; i < WIDE; i++) {
        int64_t left = L->left[v->first + i];
        v->most = v->live >> i & 1 && left < v->most ? left : v->most;
    }
}

INLINE void store(struct state *v, struct crnl_lockstep *L)
{
    *(real *)&L->t[v->first] = v->t;
    *(flag *)&L->left[v->first] -= v->steps;
    v->most -= v->steps;
    v->steps = 0;
}

static __attribute__((noinline, unused)) void end_lanes(struct crnl_lockstep *L, int first, unsigned which,
                                                        enum lanes_end end)
{
    for (int i = 0; i < WIDE; i++) {
        if (which >> i & 1) {
            L->end[first + i] = end;
            rt_lanes_take(L, first + i);
        }
    }
}

INLINE real propensity(const struct crnl_lockstep *L, int first, int32_t j)
{
    real a = *(const real *)&L->k[j][first];
    if (L->order[j] > 0) {
        a *= *(const real *)&L->x[L->species[j][0]][first];
    }
    for (int32_t i = 1; i < L->order[j]; i++) {
        a *= *(const real *)&L->x[L->species[j][i]][first] - all(L->less[j][i]);
    }
    return a;
}

struct sums {
    real of[LANES_REACTIONS], top[LANES_GROUPS], total; /* running sums inside groups; of groups */
};

/* Computes the propensity sums of one vector. */
INLINE void sum_up(const struct crnl_lockstep *L, int first, int32_t n, struct sums *sums)
{
    sums->total = (real){0};
    for (int32_t g = 0; g * CRNL_FAN < n; g++) {
        int32_t begin = g * CRNL_FAN, end = begin + CRNL_FAN < n ? begin + CRNL_FAN : n;
        real group = sums->of[begin] = propensity(L, first, begin);
#pragma GCC unroll 8
        for (int32_t j = begin + 1; j < end; j++) {
            group += propensity(L, first, j);
            sums->of[j] = group;
        }
        if (g > 0) {
            group += sums->total;
        }
        sums->top[g] = sums->total = group;
    }
}

/* Computes those of both vectors side by side: additions wait for each other, so two chains take no longer
 * than one. */
INLINE void sum_up_both(const struct crnl_lockstep *L, int32_t n, struct sums *a, struct sums *b)
{
    real total_a = {0}, total_b = {0};
    for (int32_t g = 0; g * CRNL_FAN < n; g++) {
        int32_t end = (g + 1) * CRNL_FAN < n ? (g + 1) * CRNL_FAN : n;
        real group_a = {0}, group_b = {0};
        for (int32_t j = g * CRNL_FAN; j < end; j++) {
            real of_a = *(const real *)&L->k[j][0], of_b = *(const real *)&L->k[j][WIDE];
            int32_t order = L->order[j];
            if (order > 0) {
                const double *x = L->x[L->species[j][0]];
                of_a *= *(const real *)x;
                of_b *= *(const real *)(x + WIDE);
            }
            for (int32_t i = 1; i < order; i++) {
                const double *x = L->x[L->species[j][i]];
                real less = all(L->less[j][i]);
                of_a *= *(const real *)x - less;
                of_b *= *(const real *)(x + WIDE) - less;
            }
            a->of[j] = group_a += of_a;
            b->of[j] = group_b += of_b;
        }
        a->top[g] = total_a += group_a;
        b->top[g] = total_b += group_b;
    }
    a->total = total_a;
    b->total = total_b;
}

/* The first reaction of a group whose running sum reaches r, or `last` if none before it does. */
INLINE word count_below(const real *sum, int32_t last, real r)
{
    word at = {0};
#pragma GCC unroll 8
    for (int32_t i = 0; i < last; i++) {
        at = count_where(is_less(sum[i], r), at);
    }
    return at;
}

/* With several groups: selects the group whose running sum reaches r, then in it the reaction that reaches
 * the rest. If by rounding the rest is more than the group's sum, the last reaction with positive propensity
 * is selected. */
INLINE word select_in_groups(const struct state *v, const struct crnl_lockstep *L, const struct sums *sums,
                             real r)
{
    const real *sum = sums->of, *top = sums->top;
    word group = count_below(top, L->n_groups - 1, r), at = {0};
    unsigned odd = 0;
    for (int32_t g = 0; g < L->n_groups; g++) {
        int32_t n = L->n_reactions - g * CRNL_FAN < CRNL_FAN ? L->n_reactions - g * CRNL_FAN : CRNL_FAN;
        real left = r;
        if (g > 0) {
            left -= top[g - 1];
        }
        where here = is_same(group, (uint64_t)g);
        word inside = count_below(sum + g * CRNL_FAN, n - 1, left) + (uint64_t)(g * CRNL_FAN);
        at = choose_word(here, inside, at);
        odd |= mask_of(here) & mask_of(is_less(sum[g * CRNL_FAN + n - 1], left));
    }
    odd &= v->live;
    if (__builtin_expect(odd != 0, 0)) {
        union words groups = {group}, places = {at};
        for (; odd; odd &= odd - 1) {
            int i = __builtin_ctz(odd);
            places.of[i] = (uint64_t)rt_lanes_last_positive(L, v->first + i, (int32_t)groups.of[i]);
        }
        at = places.v;
    }
    return at;
}

INLINE void change_amounts(struct crnl_lockstep *L, int first, int32_t n, word at)
{
    for (int32_t i = 0; i < L->n_columns; i++) {
        real change = get_change(L->change[i], at, n <= 8);
        for (int32_t g = 1; WIDE == 8 && g * CRNL_FAN < n; g++) {
            where here = is_same(at >> 4, (uint64_t)g);
            change = choose_real(here, get_change(L->change[i] + g * CRNL_FAN, at, false), change);
        }
        *(real *)&L->x[L->column[i]][first] += change;
    }
}

static __attribute__((noinline, unused)) unsigned lanes_of(const struct crnl_lockstep *L, int first,
                                                           unsigned live, int64_t left)
{
    unsigned which = 0;
    for (int i = 0; i < WIDE; i++) {
        which |= (unsigned)(L->left[first + i] == left) << i;
    }
    return which & live;
}

/* Of the lanes in `late`, whose t_stop is before t_next: those that end there. */
static __attribute__((noinline, unused)) unsigned pass(const struct crnl_lockstep *L, int first,
                                                       unsigned late, const double *t_next)
{
    unsigned ended = 0;
    for (; late; late &= late - 1) {
        int i = __builtin_ctz(late), lane = first + i;
        while (L->t_stop[lane] < t_next[i] && !(ended >> i & 1)) {
            ended |= (unsigned)!L->passes(L->env, lane) << i;
        }
    }
    return ended;
}

/* Makes the event of step L->at in each live lane and returns the lanes that end before it. n: number of
 * reactions. */
INLINE unsigned event(struct state *v, struct crnl_lockstep *L, int32_t n, const struct sums *sums)
{
    real total = sums->total;
    unsigned ended =
        v->live & ~(mask_of(is_less(all(LANES_LEAST), total)) & mask_of(is_less(total, all(INFINITY))));
    if (__builtin_expect(ended != 0, 0)) {
        store(v, L);
        end_lanes(L, v->first, ended, LANES_ODD);
        v->live &= ~ended;
    }
    union reals next = {v->t + *(const real *)&L->wait[L->at][v->first] / total};
    unsigned late = v->live & mask_of(is_less(*(const real *)&L->t_stop[v->first], next.v));
    if (__builtin_expect(late != 0, 0) && L->passes) {
        late = pass(L, v->first, late, next.of);
    }
    if (__builtin_expect(late != 0, 0)) {
        store(v, L);
        *(real *)&L->t_next[v->first] = next.v;
        end_lanes(L, v->first, late, LANES_TIME);
        v->live &= ~late;
        ended |= late;
    }
    v->t = next.v;
    real r = *(const real *)&L->choice[L->at][v->first] * total;
    change_amounts(L, v->first, n,
                   n > CRNL_FAN ? select_in_groups(v, L, sums, r) : count_below(sums->of, n - 1, r));
    v->steps++;
    return ended;
}

/* Ends the lanes that have made all their events; behind a step. */
INLINE unsigned end_full(struct state *v, struct crnl_lockstep *L)
{
    unsigned full = 0;
    if (__builtin_expect(v->steps == v->most, 0)) {
        store(v, L);
        full = lanes_of(L, v->first, v->live, 0);
        end_lanes(L, v->first, full, LANES_EVENTS);
        v->live &= ~full;
    }
    return full;
}

INLINE struct state begin(const struct crnl_lockstep *L, int first)
{
    struct state v = {.first = first};
    for (int i = 0; i < WIDE; i++) {
        v.live |= (unsigned)(L->w[first + i] != NULL) << i;
    }
    load(&v, L);
    return v;
}

INLINE void draw_when_used_up(struct crnl_lockstep *L)
{
    if (__builtin_expect(L->at == LANES_AHEAD, 0)) {
        L->draw(L);
    }
}

INLINE unsigned alone(struct crnl_lockstep *L, int first, int32_t n)
{
    struct state v = begin(L, first);
    unsigned ended = 0;
    while (!ended) {
        struct sums sums;
        draw_when_used_up(L);
        sum_up(L, first, n, &sums);
        ended = event(&v, L, n, &sums);
        L->at++;
        ended |= end_full(&v, L);
    }
    store(&v, L);
    return ended << first;
}

INLINE unsigned both(struct crnl_lockstep *L, int32_t n)
{
    struct state a = begin(L, 0), b = begin(L, WIDE);
    unsigned ended = 0;
    while (!ended) {
        struct sums sums[LANES_VECTORS];
        draw_when_used_up(L);
        sum_up_both(L, n, &sums[0], &sums[1]);
        ended = event(&a, L, n, &sums[0]) | event(&b, L, n, &sums[1]) << WIDE;
        L->at++;
        ended |= end_full(&a, L) | end_full(&b, L) << WIDE;
    }
    store(&a, L);
    store(&b, L);
    return ended;
}

/* For few reactions there is code without loops, for this number of them or a slightly larger one; the
 * additional reactions have constant 0, which changes no sum. */
INSTRUCTIONS static unsigned __attribute__((unused)) step(struct crnl_lockstep *L)
{
    unsigned live = 0;
    for (int i = 0; i < LANES_VECTORS * WIDE; i++) {
        live |= (unsigned)(L->w[i] != NULL) << i;
    }
    int32_t n = L->n_reactions;
    if (live >> WIDE && live & ((1u << WIDE) - 1)) {
        return both(L, n);
    }
    int first = live >> WIDE ? WIDE : 0;
    return n <= 2   ? alone(L, first, 2)
           : n == 3 ? alone(L, first, 3)
           : n == 4 ? alone(L, first, 4)
           : n <= 6 ? alone(L, first, 6)
           : n <= 8 ? alone(L, first, 8)
                    : alone(L, first, n);
}
#endif

#endif
