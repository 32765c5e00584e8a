/* The loops of rt_lockstep.h: WIDE lanes, with INSTRUCTIONS. A run alone has the same operations in
 * rk4_step (ode_rk4.c) and turn (adjoint_rk.c). */
#ifndef RT_LOCKSTEP_STEPS_H
#define RT_LOCKSTEP_STEPS_H

#include <math.h>
#include <string.h>

#include "packed_lanes.h"
#include "pairs_lanes.h"
#include "rt_lane.h"
#include "rt_lockstep.h"

#if WIDE > 1
INLINE void note_least(flag *odd, const lane *x)
{
    *odd |= ~(*x >= 0.0);
}
INLINE void note_most(lane *most, const lane *x)
{
    flag more = *x > *most;
    *most = (lane)((more & (flag)*x) | (~more & (flag)*most));
}
#else
INLINE void note_least(flag *odd, const lane *x)
{
    *odd |= !(*x >= 0.0);
}
INLINE void note_most(lane *most, const lane *x)
{
    *most = *x > *most ? *x : *most;
}
#endif

static __attribute__((unused)) INSTRUCTIONS void forward(const struct lockstep_piece *p,
                                                         const struct lockstep_code *code, double *largest,
                                                         bool *good, double *room)
{
    int64_t n = p->n;
    lane *f = (lane *)(void *)room, *slope = f + n, *most = (lane *)(void *)largest,
         *before = (lane *)(void *)p->state;
    flag odd = {0};
    code->rhs(code->env, p->t[0], (double *)before, (double *)f);
    for (int64_t s = 0; s < n; s++) {
        note_least(&odd, &before[s]);
    }
    for (int64_t i = 0; i < p->n_steps; i++) {
        double t = p->t[i], h = p->t[i + 1] - t;
        memcpy(slope, f, (size_t)n * sizeof *f);
        for (int stage = 1; stage < 4; stage++) {
            double part = stage < 3 ? h / 2 : h, weight = stage < 3 ? 2 : 1;
            lane *x = before + stage * n;
            for (int64_t s = 0; s < n; s++) {
                x[s] = before[s] + part * f[s];
                note_least(&odd, &x[s]);
            }
            code->rhs(code->env, t + part, (double *)x, (double *)f);
            for (int64_t s = 0; s < n; s++) {
                slope[s] += weight * f[s];
            }
        }
        lane *after = before + 4 * n;
        for (int64_t s = 0; s < n; s++) {
            after[s] = before[s] + h / 6 * slope[s];
            note_least(&odd, &after[s]);
            note_most(&most[s], &after[s]);
        }
        code->rhs(code->env, p->t[i + 1], (double *)after, (double *)f);
        before = after;
    }
    for (int64_t s = 0; s < n; s++) {
        lane_note_finite(&odd, &f[s]);
        lane_note_finite(&odd, &most[s]);
    }
    for (int i = 0; i < WIDE; i++) {
        good[i] &= !lane_is(&odd, i);
    }
}

static __attribute__((unused)) INSTRUCTIONS void
backward(const struct lockstep_piece *p, const struct lockstep_code *code, double *to, double *room)
{
    const struct runge_kutta *table = code->table;
    int64_t n = p->n;
    lane *x_bar = (lane *)(void *)room, *x0_bar = x_bar + n, *bar = x0_bar + n, *y = (lane *)(void *)to;
    lane zero = {0};
    for (int64_t i = p->n_steps; i > 0; i--) {
        code->values(code->env, p->first + i, to);
        const lane *state = (lane *)(void *)p->state + (i - 1) * 4 * n;
        double t = p->t[i - 1], h = p->t[i] - t;
        for (int64_t s = 0; s < n; s++) {
            x0_bar[s] = zero + y[s];
        }
        for (int k = 0; k < table->stages; k++) {
            double part = h * table->b[k];
            for (int64_t s = 0; s < n; s++) {
                bar[k * n + s] = zero + part * y[s];
            }
        }
        for (int k = table->stages; k-- > 0;) {
            code->reverse(code->env, t + table->c[k] * h, (const double *)(state + k * n),
                          (double *)(bar + k * n), (double *)x_bar);
            for (int64_t s = 0; s < n; s++) {
                x0_bar[s] += x_bar[s];
            }
            for (int j = 0; j < k; j++) {
                double part = h * table->a[k][j];
                for (int64_t s = 0; s < n && table->a[k][j] != 0; s++) {
                    bar[j * n + s] += part * x_bar[s];
                }
            }
        }
        memcpy(y, x0_bar, (size_t)n * sizeof *y);
    }
}

/* Right sides and their reverse by the library's lists. */
static __attribute__((unused)) INSTRUCTIONS void rhs_of_parts(const struct lockstep_parts *p, const double *x,
                                                              double *term, double *dx)
{
    const lane *own_x = (const lane *)x;
    lane *own_term = (lane *)(void *)term, *to = (lane *)(void *)dx;
    memset(to, 0, (size_t)p->n_species * sizeof *to);
    for (int32_t i = 0; i < p->n; i++) {
        if (p->k[i]) {
            packed_sums(p->part[i], (const lane *)(void *)p->k[i], own_x, own_term, true, to);
        } else {
            packed_sums(p->part[i], NULL, own_x, own_term, true, to);
        }
    }
}

static __attribute__((unused)) INSTRUCTIONS void reverse_of_pairs(const struct vjp_pairs *v, const double *k,
                                                                  const double *k_of_all, const double *x,
                                                                  const double *y, double *x_bar,
                                                                  double *k_bar, double *d)
{
    const lane *own_x = (const lane *)x, *own_y = (const lane *)y;
    lane *to = (lane *)(void *)x_bar, *own_bar = (lane *)(void *)k_bar, *own_d = (lane *)(void *)d;
    if (k_of_all) {
        pairs_reverse(v, NULL, k_of_all, own_x, own_y, to, own_bar, own_d);
    } else {
        pairs_reverse(v, (const lane *)k, NULL, own_x, own_y, to, own_bar, own_d);
    }
}

#endif
