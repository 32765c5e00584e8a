/* Functions of four numbers, and the choice between them and those of eight. */
#define WIDE         4
#define INSTRUCTIONS __attribute__((target("avx2")))
#define NAME(f)      rt_##f##_avx2
#include "num_lanes.h"

enum { FOUR = 4, EIGHT = 8 };

void crnl_exp_lanes(double *at, int32_t n)
{
#if defined __x86_64__
    if (n == FOUR || n == EIGHT) {
        (n == FOUR ? rt_exp_avx2 : rt_exp_avx512)(at);
        return;
    }
#endif
    for (int32_t i = 0; i < n; i++) {
        at[i] = crnl_exp(at[i]);
    }
}

void crnl_log_lanes(double *at, int32_t n)
{
#if defined __x86_64__
    if (n == FOUR || n == EIGHT) {
        (n == FOUR ? rt_log_avx2 : rt_log_avx512)(at);
        return;
    }
#endif
    for (int32_t i = 0; i < n; i++) {
        at[i] = crnl_log(at[i]);
    }
}

void crnl_pow_lanes(double *at, const double *power, int32_t n)
{
#if defined __x86_64__
    if (n == FOUR || n == EIGHT) {
        (n == FOUR ? rt_pow_avx2 : rt_pow_avx512)(at, power);
        return;
    }
#endif
    for (int32_t i = 0; i < n; i++) {
        at[i] = crnl_pow(at[i], power[i]);
    }
}
