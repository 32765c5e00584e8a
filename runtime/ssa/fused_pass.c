/* The loop of the fused kernel over all channels, written once and compiled for several widths of vectors.
 * Sums of whole numbers modulo 2^32 are the same for all widths. */
#include "rt_fused.h"

enum how { NOTHING, PLUS, MINUS, TIMES };

/* A row consists of FUSED_LANES / wide vectors. */
#define PASS(name, wide, instructions)                                                                     \
    typedef uint32_t lanes_##name __attribute__((vector_size(4 * (wide)), aligned(4), may_alias));         \
    static inline __attribute__((always_inline)) void loop_##name(struct fused *f, const uint32_t *column, \
                                                                  uint32_t times, enum how how, bool sums) \
    {                                                                                                      \
        const uint32_t *count = f->count, *end = count + f->width;                                         \
        uint32_t *field = f->field, total = 0;                                                             \
        lanes_##name sum[FUSED_LANES / (wide)] = {{0}};                                                    \
        for (; count < end; count += FUSED_LANES, field += FUSED_LANES) {                                  \
            _Pragma("GCC unroll 4") for (int i = 0; i < FUSED_LANES / (wide); i++)                         \
            {                                                                                              \
                lanes_##name v = *(const lanes_##name *)(field + (wide)*i);                                \
                if (how != NOTHING) {                                                                      \
                    lanes_##name c = *(const lanes_##name *)(column + (wide)*i);                           \
                    v = how == PLUS ? v + c : how == MINUS ? v - c : v + c * times;                        \
                    *(lanes_##name *)(field + (wide)*i) = v;                                               \
                }                                                                                          \
                if (sums) {                                                                                \
                    sum[i] += v * *(const lanes_##name *)(count + (wide)*i);                               \
                }                                                                                          \
            }                                                                                              \
            column += how != NOTHING ? FUSED_LANES : 0;                                                    \
        }                                                                                                  \
        if (!sums) {                                                                                       \
            return;                                                                                        \
        }                                                                                                  \
        _Pragma("GCC unroll 4") for (int i = 0; i < FUSED_LANES / (wide); i++)                             \
        {                                                                                                  \
            *(lanes_##name *)(f->lane + (wide)*i) = sum[i];                                                \
        }                                                                                                  \
        for (int i = 0; i < FUSED_LANES; i++) {                                                            \
            total += f->lane[i];                                                                           \
        }                                                                                                  \
        f->total = total;                                                                                  \
    }                                                                                                      \
    static inline __attribute__((always_inline)) void any_##name(struct fused *f, const uint32_t *column,  \
                                                                 uint32_t times, bool sums)                \
    {                                                                                                      \
        if (times == 1) {                                                                                  \
            loop_##name(f, column, times, PLUS, sums);                                                     \
        } else if (times == UINT32_MAX) {                                                                  \
            loop_##name(f, column, times, MINUS, sums);                                                    \
        } else {                                                                                           \
            loop_##name(f, column, times, TIMES, sums);                                                    \
        }                                                                                                  \
    }                                                                                                      \
    static instructions void pass_##name(struct fused *f, const uint32_t *column, uint32_t times)          \
    {                                                                                                      \
        if (!column) {                                                                                     \
            loop_##name(f, column, times, NOTHING, true);                                                  \
        } else {                                                                                           \
            any_##name(f, column, times, true);                                                            \
        }                                                                                                  \
    }                                                                                                      \
    static instructions void add_##name(struct fused *f, const uint32_t *column, uint32_t times)           \
    {                                                                                                      \
        any_##name(f, column, times, false);                                                               \
    }

PASS(any, 4, )
static bool has_any(void)
{
    return true;
}

#if defined __x86_64__
PASS(avx2, 8, __attribute__((target("avx2"))))
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

PASS(avx512, 16, __attribute__((target("avx512f"))))
static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f");
}
#endif

const struct fused_pass rt_fused_pass[] = {
#if defined __x86_64__
    {"avx512", has_avx512, pass_avx512, add_avx512},
    {"avx2", has_avx2, pass_avx2, add_avx2},
#endif
    {"any", has_any, pass_any, add_any},
};
