/* What runs in lockstep draw, for LANES_AHEAD steps ahead and for one width of vectors (lanes_vector.h). Each
 * lane has the random numbers of crnl_rng_exponential and crnl_rng_uniform, in turns. Included by
 * lanes_step.h. */
#ifndef RT_LANES_DRAW_H
#define RT_LANES_DRAW_H

#include <string.h>

#include "lanes_vector.h"

#if defined __x86_64__
INLINE struct stream load_stream(const struct crnl_lockstep *L, int first)
{
    return (struct stream){*(const word *)&L->rng[0][first], *(const word *)&L->rng[1][first],
                           *(const word *)&L->rng[2][first], *(const word *)&L->rng[3][first]};
}

INLINE void put_words(const struct stream *s, uint64_t to[4][LANES_MOST], int first)
{
    *(word *)&to[0][first] = s->a;
    *(word *)&to[1][first] = s->b;
    *(word *)&to[2][first] = s->c;
    *(word *)&to[3][first] = s->d;
}

INLINE void store_stream(const struct stream *s, struct crnl_lockstep *L, int first)
{
    put_words(s, L->rng, first);
}

INLINE real uniforms(struct stream *s)
{
    return to_real((next_word(s) >> 11) + 1) * all(0x1p-53);
}

/* Random words, and the result of the ziggurat's fast path for them, as in crnl_rng_exponential. */
struct drawn {
    word word, j, limit;
    real width, e;
    unsigned slow; /* a bit for each lane in which the fast path has failed */
};

INLINE struct drawn draw(struct stream *s, const struct crnl_lockstep *L, bool gathers)
{
    struct drawn d = {.word = next_word(s)};
    d.j = d.word >> 11;
    get_layers(L->layer, d.word & 255u, gathers, &d.limit, &d.width);
    d.e = to_real(d.j) * d.width;
    d.slow = ~mask_of(is_below(d.j, d.limit)) & ((1u << WIDE) - 1);
    return d;
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

/* For lanes in which the fast path has failed: decides by the chord, and by a line below the curve, whether
 * points beside it are accepted. This is the test of is_below in num_rng.c, times the height of the layer to
 * save a division; both have a margin for rounding. Where points are refused, it draws once more. The base
 * layer, points too close to the curve, and lanes that fail again are left to the library, lane by lane. */
INLINE real draw_again(struct stream *s, struct crnl_lockstep *L, int first, struct drawn d, bool gathers)
{
    struct stream tried = *s;
    real u = uniforms(&tried);
    struct stream again = tried;
    struct drawn next = draw(&again, L, gathers);
    real height = to_real((1uLL << 53) - d.limit), margin = height * all(1e-9);
    real above = (u - all(1)) * height + to_real(d.j - d.limit); /* times height */
    unsigned points = d.slow & ~mask_of(is_same(d.word & 255u, 0));
    unsigned out = points & mask_of(is_less(margin, above));
    unsigned in = points & mask_of(is_less(above, -(height * height * d.width * all(0.125) + margin)));
    unsigned left = (d.slow & ~(in | out)) | (out & next.slow);
    *s = choose_stream(where_of(out), again, choose_stream(where_of(in), tried, *s));
    d.e = choose_real(where_of(out), next.e, d.e);
    if (__builtin_expect(left != 0, 0)) {
        union words words = {choose_word(where_of(out), next.word, d.word)};
        union reals reals = {d.e};
        store_stream(s, L, first);
        draw_slowly(L, first, left, words.of, reals.of);
        *s = load_stream(L, first);
        d.e = reals.v;
    }
    return d.e;
}

INLINE bool any_run(const struct crnl_lockstep *L, int first)
{
    bool any = false;
    for (int i = 0; i < WIDE; i++) {
        any |= L->w[first + i] != NULL;
    }
    return any;
}

INLINE void draw_step(struct stream *s, struct crnl_lockstep *L, int at, int first, bool gathers)
{
    struct drawn d = draw(s, L, gathers);
    *(real *)&L->wait[at][first] =
        __builtin_expect(d.slow != 0, 0) ? draw_again(s, L, first, d, gathers) : d.e;
    *(real *)&L->choice[at][first] = uniforms(s);
}

INLINE void draw_alone(struct crnl_lockstep *L, int first, bool gathers)
{
    struct stream s = load_stream(L, first);
    put_words(&s, L->begin, first);
    for (int at = 0; at < LANES_AHEAD; at++) {
        draw_step(&s, L, at, first, gathers);
    }
    store_stream(&s, L, first);
}

/* Draws for both vectors side by side: for one while the other waits for the slow path. */
INLINE void draw_both(struct crnl_lockstep *L, bool gathers)
{
    struct stream a = load_stream(L, 0), b = load_stream(L, WIDE);
    put_words(&a, L->begin, 0);
    put_words(&b, L->begin, WIDE);
    for (int at = 0; at < LANES_AHEAD; at++) {
        draw_step(&a, L, at, 0, gathers);
        draw_step(&b, L, at, WIDE, gathers);
    }
    store_stream(&a, L, 0);
    store_stream(&b, L, WIDE);
}

INLINE void draw_ahead(struct crnl_lockstep *L, bool gathers)
{
    memset(L->from, 0, sizeof L->from);
    L->at = 0;
    bool low = any_run(L, 0), high = any_run(L, WIDE);
    if (low && high) {
        draw_both(L, gathers);
    } else {
        draw_alone(L, low ? 0 : WIDE, gathers);
    }
}
#endif

#endif
