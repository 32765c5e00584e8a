/* The loops of rt_rosenbrock_lanes.h: WIDE lanes, with INSTRUCTIONS. A run alone has the same operations in
 * ode_tolerance.c (rt_ode_weights), run_ode.c (rt_ode_rhs), ode_amounts.c and table_ode.c. */
#ifndef ROSENBROCK_LANES_H
#define ROSENBROCK_LANES_H

#include "rosenbrock_step.h"
#include "rt_rosenbrock_lanes.h"
#include "rt_scales.h"

INLINE flag *truths(int64_t *v)
{
    return (flag *)(void *)v;
}

INLINE void larger(lane *to, const lane *a, const lane *b)
{
    flag less;
    lane_less(&less, a, b);
    lane_choose(to, &less, b, a);
}

/* ---- Mass action ---- */

INLINE void right_side(const struct rosenbrock_lanes *l, const lane *x, lane *dx, flag *odd)
{
    const struct crnl_model *m = l->m;
    const lane *k = of(l->k);
    for (int32_t s = 0; s < m->n_species; s++) {
        dx[s] = (lane){0};
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        lane v = k[j];
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            for (double i = 0; i < m->lhs_count[e]; i++) {
                v *= x[m->lhs_species[e]];
            }
        }
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            dx[m->net_species[e]] += m->net_delta[e] * v;
        }
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        lane_note_finite(odd, &dx[s]);
    }
}

INLINE void jacobian(const struct rosenbrock_lanes *l)
{
    const struct crnl_model *m = l->m;
    const struct rt_jacobian *jac = l->jacobian;
    const lane *k = of(l->k), *x = of(l->step.x);
    lane *values = of(l->step.jacobian);
    flag *odd = truths(l->odd);
    for (int32_t i = 0; i < jac->nnz; i++) {
        values[i] = (lane){0};
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            lane v = k[j] * m->lhs_count[e];
            for (int32_t f = m->lhs_ptr[j]; f < m->lhs_ptr[j + 1]; f++) {
                lane factor = x[m->lhs_species[f]], power = factor;
                double count = m->lhs_count[f] - (f == e ? 1 : 0);
                for (double i = 1; i < count; i++) {
                    power *= factor;
                }
                if (count > 0) {
                    v *= power;
                }
            }
            for (int32_t i = jac->ptr[e]; i < jac->ptr[e + 1]; i++) {
                values[jac->pos[i]] += jac->delta[i] * v;
            }
        }
    }
    for (int32_t i = 0; i < jac->nnz; i++) {
        lane_note_finite(odd, &values[i]);
    }
}

/* ---- Scales ---- */

INLINE void scale(struct rosenbrock_lanes *l)
{
    lane *rtol = of(l->rtol), *noise = of(l->noise), zero = {0}, smallest = zero + RT_SMALLEST;
    for (int32_t s = 0; s < l->m->n_species; s++) {
        lane size = of(l->step.x)[s], *largest = &of(l->largest)[s], *floor = &of(l->floor)[s];
        lane_absolute(&size);
        flag more, is_small;
        lane_less(&is_small, &size, &smallest);
        lane_choose(&size, &is_small, &zero, &size);
        lane_less(&more, largest, &size);
        lane_choose(largest, &more, &size, largest);
        flag louder = more & truths(l->makes_noise)[s], higher = more & truths(l->by_scale)[s];
        lane own = RT_ROUNDING * size, of_largest = RT_LEAST_OF_LARGEST * *largest,
             least = RT_LEAST_OF_POSSIBLE * of(l->possible)[s];
        larger(&own, noise, &own);
        lane_choose(noise, &louder, &own, noise);
        larger(&least, &of_largest, &least);
        least = *rtol * least;
        larger(&least, &least, &smallest);
        lane_choose(floor, &higher, &least, floor);
        lane tolerance = *rtol * size + *floor, weight = 1 / tolerance;
        flag any;
        lane_less(&any, &zero, &tolerance);
        lane_choose(&of(l->step.weight)[s], &any, &weight, &zero);
    }
}

/* x, or, where an amount that may not be negative is below 0 by more than noise, without all below 0. */
INLINE const lane *raise(struct rosenbrock_lanes *l)
{
    const lane *x = of(l->step.x), *noise = of(l->noise), *below = of(l->below);
    lane *raised = of(l->raised), zero = {0};
    flag any = {0};
    for (int32_t s = 0; s < l->m->n_species; s++) {
        lane least = -(*noise + below[s]);
        flag less;
        lane_less(&less, &x[s], &least);
        any |= less & ~truths(l->is_signed)[s];
    }
    for (int32_t s = 0; s < l->m->n_species; s++) {
        flag less;
        lane_less(&less, &x[s], &zero);
        less &= any & ~truths(l->is_signed)[s];
        lane_choose(&raised[s], &less, &zero, &x[s]);
    }
    return raised;
}

static INSTRUCTIONS void begin_lanes(struct rosenbrock_lanes *l)
{
    *truths(l->odd) = (flag){0};
    scale(l);
    right_side(l, raise(l), of(l->step.f), truths(l->odd));
    jacobian(l);
}

/* ---- A trial ---- */

static INSTRUCTIONS int stage_of_lanes(void *env, const double *t, const double *x, double *dx)
{
    struct rosenbrock_lanes *l = env;
    (void)t;
    right_side(l, (const lane *)(const void *)x, of(dx), truths(l->odd));
    return 0;
}

/* Whether an amount would be repeated, raised or given a scale by the driver. */
INLINE void look(struct rosenbrock_lanes *l)
{
    const lane *x = of(l->step.x), *y = of(l->step.y), *noise = of(l->noise);
    flag *beyond = truths(l->is_beyond);
    lane zero = {0}, part = RT_PART_OF_LARGEST * *of(l->rtol),
         of_floor = zero + RT_ODE_PART_OF_FLOOR * l->root_of_n;
    for (int32_t s = 0; s < l->m->n_species; s++) {
        lane_note_finite(beyond, &y[s]);
        lane least = -((part * of(l->largest)[s] + of_floor * of(l->floor)[s]) + *noise);
        flag is_negative, falls, is_low, is_positive;
        lane_less(&is_negative, &y[s], &zero);
        lane_less(&is_positive, &zero, &y[s]);
        lane_less(&falls, &y[s], &x[s]);
        lane_less(&is_low, &y[s], &least);
        *beyond |= is_negative & falls & is_low & ~truths(l->is_signed)[s];
        *beyond |= (is_negative | is_positive) & truths(l->is_absent)[s];
    }
}

static INSTRUCTIONS void step_lanes(struct rosenbrock_lanes *l)
{
    const struct rosenbrock_code code = {stage_of_lanes, l};
    *truths(l->odd) = *truths(l->is_beyond) = (flag){0};
    step(&l->step, &code);
    look(l);
}

#endif
