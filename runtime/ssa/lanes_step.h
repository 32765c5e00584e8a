/* The step of runs in lockstep, for one width of vectors (lanes_vector.h). Included by lanes_avx512.c and
 * lanes_avx2.c. */
#ifndef RT_LANES_STEP_H
#define RT_LANES_STEP_H

#include "lanes_vector.h"

#if defined __x86_64__
/* What stays in registers while the lanes of a vector advance. `live` has a bit for each lane with a run.
 * `steps` is the number of events since `left` was loaded; `most` is the least `left` of the live lanes. */
struct state {
    int first; /* first lane of the vector */
    unsigned live;
    struct stream s;
    real t, t_next;
    int64_t steps, most;
};

INLINE void load_stream(struct state *v, const struct crnl_lockstep *L)
{
    v->s = (struct stream){*(const word *)&L->rng[0][v->first], *(const word *)&L->rng[1][v->first],
                           *(const word *)&L->rng[2][v->first], *(const word *)&L->rng[3][v->first]};
}

INLINE void store_stream(const struct state *v, struct crnl_lockstep *L)
{
    *(word *)&L->rng[0][v->first] = v->s.a;
    *(word *)&L->rng[1][v->first] = v->s.b;
    *(word *)&L->rng[2][v->first] = v->s.c;
    *(word *)&L->rng[3][v->first] = v->s.d;
}

INLINE void load(struct state *v, const struct crnl_lockstep *L)
{
    load_stream(v, L);
    v->t = *(const real *)&L->t[v->first];
    v->t_next = *(const real *)&L->t_next[v->first];
    v->steps = 0;
    v->most = INT64_MAX;
    for (int i = 0; i < WIDE; i++) {
        int64_t left = L->left[v->first + i];
        v->most = v->live >> i & 1 && left < v->most ? left : v->most;
    }
}

INLINE void store(struct state *v, struct crnl_lockstep *L)
{
    store_stream(v, L);
    *(real *)&L->t[v->first] = v->t;
    *(real *)&L->t_next[v->first] = v->t_next;
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

/* The slow path of the ziggurat, lane by lane. */
static __attribute__((noinline, unused)) void draw_slowly(struct crnl_lockstep *L, int first, unsigned which,
                                                          const uint64_t *drawn, double *e)
{
    for (; which; which &= which - 1) {
        int i = __builtin_ctz(which), lane = first + i;
        struct crnl_rng r = {{L->rng[0][lane], L->rng[1][lane], L->rng[2][lane], L->rng[3][lane]}};
        e[i] = crnl_rng_exponential_slow(&r, drawn[i]);
        for (int n = 0; n < 4; n++) {
            L->rng[n][lane] = r.s[n];
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

/* A random word, and the result of the ziggurat's fast path for it, as in crnl_rng_exponential. */
struct drawn {
    word word, j, limit;
    real width, e;
};

INLINE struct drawn drawn_by(word w, const struct crnl_lockstep *L)
{
    struct drawn d = {.word = w};
    d.j = d.word >> 11;
    union words at = {(d.word & 255u) << 4}; /* offsets of the layers, in bytes */
    in_memory(&at);
    get_layers(L->layer, at.of, &d.limit, &d.width);
    d.e = to_real(d.j) * d.width;
    return d;
}

INLINE struct drawn draw(struct stream *s, const struct crnl_lockstep *L)
{
    return drawn_by(next_word(s), L);
}

/* For lanes in which the fast path has failed: decides whether points beside the curve are accepted, as
 * is_below of num_rng.c does, and draws again if not. The base layer, and points too close to the curve for
 * this test, are left to the library, lane by lane. */
INLINE real draw_again(struct state *v, struct crnl_lockstep *L, struct drawn d, unsigned slow)
{
    unsigned odd = 0;
    while (slow) {
        struct stream s = v->s;
        word beside = (1uLL << 53) - d.limit;
        real u = to_real((next_word(&s) >> 11) + 1) * all(0x1p-53), height = to_real(beside),
             above = u + to_real(d.j - d.limit) / height - all(1);
        unsigned base = slow & mask_of(is_same(d.word & 255u, 0)), out = mask_of(is_less(all(1e-9), above)),
                 in = mask_of(is_less(above, -(height * d.width * all(0.125) + all(1e-9))));
        unsigned hard = base | (slow & ~(in | out));
        where tried = where_of(slow & ~hard);
        odd |= hard;
        slow &= out & ~hard;
        s = v->s = choose_stream(tried, s, v->s);
        if (!slow) {
            break;
        }
        struct drawn next = draw(&s, L);
        where again = where_of(slow);
        v->s = choose_stream(again, s, v->s);
        d.word = choose_word(again, next.word, d.word);
        d.j = choose_word(again, next.j, d.j);
        d.limit = choose_word(again, next.limit, d.limit);
        d.width = choose_real(again, next.width, d.width);
        d.e = choose_real(again, next.e, d.e);
        slow &= ~mask_of(is_below(d.j, d.limit));
    }
    if (odd) {
        union words words = {d.word};
        union reals reals = {d.e};
        store_stream(v, L);
        draw_slowly(L, v->first, odd, words.of, reals.of);
        load_stream(v, L);
        d.e = reals.v;
    }
    return d.e;
}

/* Standard exponential variates for the lanes in `need`, or for all lanes if `every`; the streams of the
 * other lanes do not advance. */
INLINE real exponentials(struct state *v, struct crnl_lockstep *L, unsigned need, bool every)
{
    struct stream s = v->s;
    struct drawn d = draw(&s, L);
    v->s = every ? s : choose_stream(where_of(need), s, v->s);
    unsigned slow = ~mask_of(is_below(d.j, d.limit)) & v->live & need;
    return __builtin_expect(slow != 0, 0) ? draw_again(v, L, d, slow) : d.e;
}

/* For emitted code (crnl_lockstep.h). */
INSTRUCTIONS static __attribute__((unused)) void draw_for(struct crnl_lockstep *L, uint32_t which)
{
    for (int first = 0; first < LANES_VECTORS * WIDE; first += WIDE) {
        struct state v = {.first = first};
        unsigned slow = which >> first & ((1u << WIDE) - 1);
        if (slow) {
            load_stream(&v, L);
            real e = draw_again(&v, L, drawn_by(*(const word *)&L->word[first], L), slow);
            store_stream(&v, L);
            *(real *)&L->drawn[first] = e;
        }
    }
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

/* Makes one event in each live lane and returns the lanes that end. n: number of reactions. */
INLINE unsigned event(struct state *v, struct crnl_lockstep *L, int32_t n, const struct sums *sums,
                      bool every)
{
    real total = sums->total;
    unsigned ended =
        v->live & ~(mask_of(is_less(all(LANES_LEAST), total)) & mask_of(is_less(total, all(INFINITY))));
    if (__builtin_expect(ended != 0, 0)) {
        store(v, L);
        end_lanes(L, v->first, ended, LANES_ODD);
        v->live &= ~ended;
    }
    unsigned need = every ? ~0u : mask_of(is_less(v->t_next, all(0)));
    real next = v->t + exponentials(v, L, need, every) / total;
    v->t_next = every ? next : choose_real(where_of(need), next, v->t_next);
    unsigned late = v->live & mask_of(is_less(*(const real *)&L->t_stop[v->first], v->t_next));
    if (__builtin_expect(late != 0, 0) && L->passes) {
        union reals pending = {v->t_next};
        late = pass(L, v->first, late, pending.of);
    }
    if (__builtin_expect(late != 0, 0)) {
        store(v, L);
        end_lanes(L, v->first, late, LANES_TIME);
        v->live &= ~late;
        ended |= late;
    }
    v->t = v->t_next;
    v->t_next = all(-1);
    real r = to_real((next_word(&v->s) >> 11) + 1) * all(0x1p-53) * total;
    change_amounts(L, v->first, n,
                   n > CRNL_FAN ? select_in_groups(v, L, sums, r) : count_below(sums->of, n - 1, r));
    v->steps++;
    if (__builtin_expect(v->steps == v->most, 0)) {
        store(v, L);
        unsigned full = lanes_of(L, v->first, v->live, 0);
        end_lanes(L, v->first, full, LANES_EVENTS);
        v->live &= ~full;
        ended |= full;
    }
    return ended;
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

/* Makes the first event: some lanes may already have a time t_next, others not. */
INSTRUCTIONS static __attribute__((noinline, unused)) unsigned first_event(struct crnl_lockstep *L, int first)
{
    struct state v = begin(L, first);
    unsigned ended = 0;
    if (v.live) {
        struct sums sums;
        sum_up(L, first, L->n_reactions, &sums);
        ended = event(&v, L, L->n_reactions, &sums, false);
        store(&v, L);
    }
    return ended << first;
}

INLINE unsigned alone(struct crnl_lockstep *L, int first, int32_t n)
{
    struct state v = begin(L, first);
    unsigned ended = 0;
    while (!ended) {
        struct sums sums;
        sum_up(L, first, n, &sums);
        ended = event(&v, L, n, &sums, true);
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
        sum_up_both(L, n, &sums[0], &sums[1]);
        ended = event(&a, L, n, &sums[0], true) | event(&b, L, n, &sums[1], true) << WIDE;
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
    unsigned ended = first_event(L, 0) | first_event(L, WIDE);
    if (ended) {
        return ended;
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
