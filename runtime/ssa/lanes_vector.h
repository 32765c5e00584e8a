/* Vectors of one width for runs in lockstep: WIDE lanes, compiled with INSTRUCTIONS. Included by
 * lanes_step.h. */
#ifndef RT_LANES_VECTOR_H
#define RT_LANES_VECTOR_H

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
typedef int64_t flag __attribute__((vector_size(8 * WIDE), may_alias)); /* -1 for true */

union words {
    word v;
    uint64_t of[WIDE];
};
/* Forces v into memory: eight loads of addresses from memory are faster than as many moves out of a
 * vector. */
INLINE void in_memory(union words *v)
{
    __asm__("" : "+m"(*v));
}

#if WIDE == 8
typedef __mmask8 where; /* a bit for each lane */
INLINE unsigned mask_of(where f)
{
    return f;
}
INLINE where where_of(unsigned mask)
{
    return (where)mask;
}
INLINE where is_less(real a, real b)
{
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_LT_OQ);
}
INLINE where is_below(word a, word b)
{
    return _mm512_cmplt_epu64_mask((__m512i)a, (__m512i)b);
}
INLINE where is_same(word a, uint64_t b)
{
    return _mm512_cmpeq_epi64_mask((__m512i)a, _mm512_set1_epi64((int64_t)b));
}
INLINE real choose_real(where f, real yes, real no)
{
    return (real)_mm512_mask_mov_pd((__m512d)no, f, (__m512d)yes);
}
INLINE word choose_word(where f, word yes, word no)
{
    return (word)_mm512_mask_mov_epi64((__m512i)no, f, (__m512i)yes);
}
INLINE word count_where(where f, word n)
{
    return (word)_mm512_mask_add_epi64((__m512i)n, f, (__m512i)n, _mm512_set1_epi64(1));
}
INLINE real all(double v)
{
    return (real)_mm512_set1_pd(v);
}
INLINE real to_real(word j) /* up to 2^53 */
{
    return (real)_mm512_cvtepi64_pd((__m512i)j);
}
/* Looks up values in a table of CRNL_FAN entries, or of eight. */
INLINE real get_change(const double *table, word at, bool eight)
{
    __m512d low = _mm512_load_pd(table);
    return (real)(eight ? _mm512_permutexvar_pd((__m512i)at, low)
                        : _mm512_permutex2var_pd(low, (__m512i)at, _mm512_load_pd(table + 8)));
}
INLINE __m512i four_layers(const char *layer, const uint64_t *at)
{
    __m512i v = _mm512_castsi128_si512(*(const __m128i *)(layer + at[0]));
    v = _mm512_inserti64x2(v, *(const __m128i *)(layer + at[2]), 1);
    v = _mm512_inserti64x2(v, *(const __m128i *)(layer + at[4]), 2);
    return _mm512_inserti64x2(v, *(const __m128i *)(layer + at[6]), 3);
}
/* Layers of the ziggurat, each of 16 bytes. */
INLINE void get_layers(const void *layer, word number, bool gathers, word *limit, real *width)
{
    if (gathers) {
        *limit = (word)_mm512_i64gather_epi64((__m512i)(number << 1), layer, 8);
        *width = (real)_mm512_i64gather_pd((__m512i)(number << 1), (const char *)layer + 8, 8);
        return;
    }
    union words at = {number << 4};
    in_memory(&at);
    __m512i even = four_layers(layer, at.of), odd = four_layers(layer, at.of + 1);
    *limit = (word)_mm512_unpacklo_epi64(even, odd);
    *width = (real)_mm512_unpackhi_epi64(even, odd);
}
#else
typedef flag where;
INLINE unsigned mask_of(where f)
{
    return (unsigned)_mm256_movemask_pd((__m256d)f);
}
INLINE where where_of(unsigned mask)
{
    return (flag){-(int64_t)(mask & 1), -(int64_t)(mask >> 1 & 1), -(int64_t)(mask >> 2 & 1),
                  -(int64_t)(mask >> 3 & 1)};
}
INLINE where is_less(real a, real b)
{
    return (flag)(a < b);
}
INLINE where is_below(word a, word b) /* both below 2^63 */
{
    return (flag)((flag)a < (flag)b);
}
INLINE where is_same(word a, uint64_t b)
{
    return (flag)(a == b);
}
INLINE real choose_real(where f, real yes, real no)
{
    return (real)_mm256_blendv_pd((__m256d)no, (__m256d)yes, (__m256d)f);
}
INLINE word choose_word(where f, word yes, word no)
{
    return (word)choose_real(f, (real)yes, (real)no);
}
INLINE word count_where(where f, word n)
{
    return n - (word)f;
}
INLINE real all(double v)
{
    return (real)_mm256_set1_pd(v);
}
/* Converts whole numbers up to 2^53: the two halves become fractions of 2^84 and 2^52, whose difference is
 * exact. */
INLINE real to_real(word j)
{
    word high = j >> 32 | 0x4530000000000000u, low = (j & 0xffffffffu) | 0x4330000000000000u;
    return ((real)high - (0x1p84 + 0x1p52)) + (real)low;
}
INLINE real get_change(const double *table, word at, bool eight)
{
    (void)eight;
    return (real)_mm256_i64gather_pd(table, (__m256i)at, 8);
}
INLINE __m256i two_layers(const char *layer, const uint64_t *at)
{
    __m256i v = _mm256_castsi128_si256(*(const __m128i *)(layer + at[0]));
    return _mm256_inserti128_si256(v, *(const __m128i *)(layer + at[2]), 1);
}
INLINE void get_layers(const void *layer, word number, bool gathers, word *limit, real *width)
{
    union words at = {number << 4};
    (void)gathers;
    in_memory(&at);
    __m256i even = two_layers(layer, at.of), odd = two_layers(layer, at.of + 1);
    *limit = (word)_mm256_unpacklo_epi64(even, odd);
    *width = (real)_mm256_unpackhi_epi64(even, odd);
}
#endif

INLINE word rotate(word v, int bits)
{
    return v << bits | v >> (64 - bits);
}

/* xoshiro256++, as in crnl_rng_next. Not an array, because an array would stay in memory. */
struct stream {
    word a, b, c, d;
};

INLINE word next_word(struct stream *s)
{
    word result = rotate(s->a + s->d, 23) + s->a, t = s->b << 17;
    s->c ^= s->a;
    s->d ^= s->b;
    s->b ^= s->c;
    s->a ^= s->d;
    s->c ^= t;
    s->d = rotate(s->d, 45);
    return result;
}

INLINE struct stream choose_stream(where f, struct stream yes, struct stream no)
{
    return (struct stream){choose_word(f, yes.a, no.a), choose_word(f, yes.b, no.b),
                           choose_word(f, yes.c, no.c), choose_word(f, yes.d, no.d)};
}

union reals {
    real v;
    double of[WIDE];
};

#endif

#endif
