/* The step of runs in lockstep for one width of vectors: WIDE lanes, with INSTRUCTIONS. Included by
 * lanes_avx512.c and lanes_avx2.c. */
#ifndef RT_LANES_STEP_H
#define RT_LANES_STEP_H

#include "rt_lanes.h"

#if defined __x86_64__
#include <immintrin.h>

#ifndef WIDE
#define WIDE         4
#define INSTRUCTIONS __attribute__((target("avx2")))
#endif
#define INLINE static inline __attribute__((always_inline, unused)) INSTRUCTIONS

typedef double real __attribute__((vector_size(8 * WIDE), may_alias));
typedef uint64_t word __attribute__((vector_size(8 * WIDE), may_alias));
typedef int64_t flag __attribute__((vector_size(8 * WIDE), may_alias)); /* -1 where it holds */

#if WIDE == 8
INLINE unsigned mask_of(flag f)
{
    return (unsigned)_mm512_movepi64_mask((__m512i)f);
}
INLINE real to_real(word j) /* up to 2^53 */
{
    return (real)_mm512_cvtepi64_pd((__m512i)j);
}
/* Of CRNL_FAN values. */
INLINE real get_change(const double *table, word at)
{
    return (real)_mm512_permutex2var_pd(_mm512_load_pd(table), (__m512i)at, _mm512_load_pd(table + 8));
}
INLINE __m512i four_layers(const struct lanes *L, const uint64_t *drawn)
{
    __m512i v = _mm512_castsi128_si512(*(const __m128i *)&L->layer[drawn[0] & 255]);
    v = _mm512_inserti64x2(v, *(const __m128i *)&L->layer[drawn[2] & 255], 1);
    v = _mm512_inserti64x2(v, *(const __m128i *)&L->layer[drawn[4] & 255], 2);
    return _mm512_inserti64x2(v, *(const __m128i *)&L->layer[drawn[6] & 255], 3);
}
INLINE void get_layers(const struct lanes *L, const uint64_t *drawn, word *limit, real *width)
{
    __m512i even = four_layers(L, drawn), odd = four_layers(L, drawn + 1);
    *limit = (word)_mm512_unpacklo_epi64(even, odd);
    *width = (real)_mm512_unpackhi_epi64(even, odd);
}
#else
INLINE unsigned mask_of(flag f)
{
    return (unsigned)_mm256_movemask_pd((__m256d)f);
}
/* A whole number up to 2^53: its halves are fractions of 2^84 and 2^52, whose difference is exact. */
INLINE real to_real(word j)
{
    word high = j >> 32 | 0x4530000000000000u, low = (j & 0xffffffffu) | 0x4330000000000000u;
    return ((real)high - (0x1p84 + 0x1p52)) + (real)low;
}
INLINE real get_change(const double *table, word at)
{
    return (real)_mm256_i64gather_pd(table, (__m256i)at, 8);
}
INLINE __m256i two_layers(const struct lanes *L, const uint64_t *drawn)
{
    __m256i v = _mm256_castsi128_si256(*(const __m128i *)&L->layer[drawn[0] & 255]);
    return _mm256_inserti128_si256(v, *(const __m128i *)&L->layer[drawn[2] & 255], 1);
}
INLINE void get_layers(const struct lanes *L, const uint64_t *drawn, word *limit, real *width)
{
    __m256i even = two_layers(L, drawn), odd = two_layers(L, drawn + 1);
    *limit = (word)_mm256_unpacklo_epi64(even, odd);
    *width = (real)_mm256_unpackhi_epi64(even, odd);
}
#endif

INLINE word rotate(word v, int bits)
{
    return v << bits | v >> (64 - bits);
}

/* xoshiro256++, as crnl_rng_next. */
INLINE word next_word(word s[4])
{
    word result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

INLINE real choose_real(flag f, real yes, real no)
{
    return (real)((f & (flag)yes) | (~f & (flag)no));
}
INLINE word choose_word(flag f, word yes, word no)
{
    return (word)((f & (flag)yes) | (~f & (flag)no));
}

/* What is in registers while the lanes of a vector go on; those that are not free, a bit each. */
struct state {
    int first; /* lane */
    unsigned live;
    word s[4];
    real t, t_next;
    flag left;
};

INLINE void load(struct state *v, const struct lanes *L)
{
    for (int i = 0; i < 4; i++) {
        v->s[i] = *(const word *)&L->rng[i][v->first];
    }
    v->t = *(const real *)&L->t[v->first];
    v->t_next = *(const real *)&L->t_next[v->first];
    v->left = *(const flag *)&L->left[v->first];
}

INLINE void store(const struct state *v, struct lanes *L)
{
    for (int i = 0; i < 4; i++) {
        *(word *)&L->rng[i][v->first] = v->s[i];
    }
    *(real *)&L->t[v->first] = v->t;
    *(real *)&L->t_next[v->first] = v->t_next;
    *(flag *)&L->left[v->first] = v->left;
}

static __attribute__((noinline, unused)) void end_lanes(struct lanes *L, int first, unsigned which,
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
static __attribute__((noinline, unused)) void draw_slowly(struct lanes *L, int first, unsigned which,
                                                          const uint64_t *drawn, double *e)
{
    for (int i = 0; i < WIDE; i++) {
        if (which >> i & 1) {
            int lane = first + i;
            struct crnl_rng r = {{L->rng[0][lane], L->rng[1][lane], L->rng[2][lane], L->rng[3][lane]}};
            e[i] = crnl_rng_exponential_slow(&r, drawn[i]);
            for (int n = 0; n < 4; n++) {
                L->rng[n][lane] = r.s[n];
            }
        }
    }
}

/* Running sums of propensities inside groups, and of groups. The total. */
INLINE real sum_up(const struct lanes *L, int first, real *sum, real *top)
{
    real total = {0};
    for (int32_t g = 0; g < L->n_groups; g++) {
        int32_t end = (g + 1) * CRNL_FAN < L->n_reactions ? (g + 1) * CRNL_FAN : L->n_reactions;
        real group = {0};
        for (int32_t j = g * CRNL_FAN; j < end; j++) {
            real a = (real){0} + L->k[j];
            if (L->order[j] > 0) {
                a *= *(const real *)&L->x[L->species[j][0]][first];
            }
            for (int32_t i = 1; i < L->order[j]; i++) {
                a *= *(const real *)&L->x[L->species[j][i]][first] - L->less[j][i];
            }
            group += a;
            sum[j] = group;
        }
        total += group;
        top[g] = total;
    }
    return total;
}

union words {
    word v;
    uint64_t of[WIDE];
};
union reals {
    real v;
    double of[WIDE];
};

/* Standard exponentials where `need` holds, in all lanes if `all`; the streams of others stay. */
INLINE real exponentials(struct state *v, struct lanes *L, flag need, bool all)
{
    word s[4] = {v->s[0], v->s[1], v->s[2], v->s[3]}, limit;
    real width;
    union words drawn = {next_word(s)};
    get_layers(L, drawn.of, &limit, &width);
    word j = drawn.v >> 11;
    for (int i = 0; i < 4; i++) {
        v->s[i] = all ? s[i] : choose_word(need, s[i], v->s[i]);
    }
    union reals e = {to_real(j) * width};
    flag past = (flag)((flag)j >= (flag)limit);
    unsigned slow = mask_of(all ? past : (flag)(past & need)) & v->live;
    if (__builtin_expect(slow != 0, 0)) {
        store(v, L);
        draw_slowly(L, v->first, slow, drawn.of, e.of);
        load(v, L);
    }
    return e.v;
}

/* The first reaction whose sums reach r; at most `last` reactions after the first of a group are compared. */
INLINE word count_below(const real *sum, int32_t last, real r)
{
    word at = {0};
    for (int32_t i = 0; i < last; i++) {
        at -= (word)(sum[i] < r);
    }
    return at;
}

/* Of several groups the one whose running sum reaches r, then in it the reaction that reaches what is left;
 * where rounding has left more than the group is, the last positive one. */
INLINE word select_in_groups(const struct state *v, const struct lanes *L, const real *sum, const real *top,
                             real r)
{
    word group = count_below(top, L->n_groups - 1, r), at = {0};
    flag past = {0};
    for (int32_t g = 0; g < L->n_groups; g++) {
        int32_t n = L->n_reactions - g * CRNL_FAN < CRNL_FAN ? L->n_reactions - g * CRNL_FAN : CRNL_FAN;
        real left = r;
        if (g > 0) {
            left -= top[g - 1];
        }
        flag here = (flag)(group == (uint64_t)g);
        word inside = count_below(sum + g * CRNL_FAN, n - 1, left) + (uint64_t)(g * CRNL_FAN);
        at = choose_word(here, inside, at);
        past |= here & (flag)(left > sum[g * CRNL_FAN + n - 1]);
    }
    unsigned odd = mask_of(past) & v->live;
    if (__builtin_expect(odd != 0, 0)) {
        union words groups = {group}, places = {at};
        for (int i = 0; i < WIDE; i++) {
            if (odd >> i & 1) {
                places.of[i] =
                    (uint64_t)rt_lanes_last_positive(L, v->first + i, (int32_t)groups.of[i]);
            }
        }
        at = places.v;
    }
    return at;
}

INLINE void change_amounts(struct lanes *L, int first, word at)
{
    for (int32_t i = 0; i < L->n_columns; i++) {
        real change = get_change(L->change[i], at);
        for (int32_t g = 1; WIDE == 8 && g < L->n_groups; g++) {
            flag here = (flag)(at >> 4 == (uint64_t)g);
            change = choose_real(here, get_change(L->change[i] + g * CRNL_FAN, at), change);
        }
        *(real *)&L->x[L->column[i]][first] += change;
    }
}

/* One event of each live lane. The lanes that end. */
INLINE unsigned event(struct state *v, struct lanes *L, bool all)
{
    real sum[LANES_REACTIONS], top[LANES_GROUPS], total = sum_up(L, v->first, sum, top);
    unsigned ended = v->live & ~mask_of((flag)(total >= 1e-290) & (flag)(total < INFINITY));
    if (__builtin_expect(ended != 0, 0)) {
        store(v, L);
        end_lanes(L, v->first, ended, LANES_ODD);
        v->live &= ~ended;
    }
    flag need = all ? (flag){0} : (flag)(v->t_next < 0);
    real next = v->t + exponentials(v, L, need, all) / total;
    v->t_next = all ? next : choose_real(need, next, v->t_next);
    unsigned late = v->live & mask_of((flag)(v->t_next > *(const real *)&L->t_stop[v->first]));
    if (__builtin_expect(late != 0, 0)) {
        store(v, L);
        end_lanes(L, v->first, late, LANES_TIME);
        v->live &= ~late;
        ended |= late;
    }
    v->t = v->t_next;
    v->t_next = (real){0} - 1;
    real r = to_real((next_word(v->s) >> 11) + 1) * 0x1p-53 * total;
    change_amounts(L, v->first,
                   L->n_groups > 1 ? select_in_groups(v, L, sum, top, r)
                                   : count_below(sum, L->n_reactions - 1, r));
    v->left -= 1;
    unsigned full = v->live & mask_of((flag)(v->left == 0));
    if (__builtin_expect(full != 0, 0)) {
        store(v, L);
        end_lanes(L, v->first, full, LANES_EVENTS);
        v->live &= ~full;
        ended |= full;
    }
    return ended;
}

INSTRUCTIONS static unsigned __attribute__((unused)) step(struct lanes *L)
{
    struct state a = {.first = 0}, b = {.first = WIDE};
    for (int i = 0; i < WIDE; i++) {
        a.live |= (unsigned)(L->w[i] != NULL) << i;
        b.live |= (unsigned)(L->w[WIDE + i] != NULL) << i;
    }
    load(&a, L);
    load(&b, L);
    unsigned ended = (a.live ? event(&a, L, false) : 0) | (b.live ? event(&b, L, false) : 0) << WIDE;
    while (!ended && a.live && b.live) {
        ended = event(&a, L, true) | event(&b, L, true) << WIDE;
    }
    while (!ended) {
        ended = a.live ? event(&a, L, true) : event(&b, L, true) << WIDE;
    }
    store(&a, L);
    store(&b, L);
    return ended;
}
#endif

#endif
