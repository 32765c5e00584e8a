/* A step of rt_rosenbrock.h: WIDE lanes, with INSTRUCTIONS. */
#ifndef ROSENBROCK_STEP_H
#define ROSENBROCK_STEP_H

#include "rt_lane.h"
#include "rt_rosenbrock.h"

INLINE lane *of(double *v)
{
    return (lane *)(void *)v;
}

/* A pivot that is less than this part of what it was made of has no digits. */
#define ROSENBROCK_CANCELLED 1e-10
/* Errors outside of these count as these: the factor by which a step changes has its bounds before. */
#define ROSENBROCK_LEAST_ERROR 1e-50
#define ROSENBROCK_MOST_ERROR  1e50

/* I - h G J, and its factors. */
INLINE void factorise(struct rosenbrock_step *s)
{
    const struct rosenbrock_factors *f = s->factors;
    lane *m = of(s->matrix), *inverse = of(s->inverse), *size = of(s->slope), *j = of(s->jacobian),
         by = -ROSENBROCK_G * *of(s->h);
    flag bad = {0};
    for (int32_t i = 0; i < f->n_entries; i++) {
        m[i] = (lane){0};
    }
    for (int32_t i = 0; i < f->n_jac; i++) {
        m[f->place[i]] = by * j[i];
    }
    for (int32_t k = 0; k < f->n; k++) {
        size[f->pivot[k]] = m[f->diagonal[k]];
        lane_absolute(&size[f->pivot[k]]);
        size[f->pivot[k]] += 1;
        m[f->diagonal[k]] += 1;
    }
    for (int32_t k = 0; k < f->n; k++) {
        lane pivot = m[f->diagonal[k]], least = ROSENBROCK_CANCELLED * size[f->pivot[k]];
        inverse[k] = 1 / pivot;
        lane_absolute(&pivot);
        flag vanishes;
        lane_less(&vanishes, &pivot, &least);
        bad |= vanishes;
        for (int32_t r = f->below[k]; r < f->below[k + 1]; r++) {
            lane by_row = m[f->factor[r]] * inverse[k];
            m[f->factor[r]] = by_row;
            for (int32_t c = f->change[r]; c < f->change[r + 1]; c++) {
                m[f->target[c]] -= by_row * m[f->source[c]];
            }
        }
    }
    *(flag *)(void *)s->unsolved = bad;
}

INLINE void solve(const struct rosenbrock_step *s, lane *b)
{
    const struct rosenbrock_factors *f = s->factors;
    const lane *m = of(s->matrix), *inverse = of(s->inverse);
    for (int32_t k = 0; k < f->n; k++) {
        lane pivot = b[f->pivot[k]];
        for (int32_t r = f->below[k]; r < f->below[k + 1]; r++) {
            b[f->row[r]] -= m[f->factor[r]] * pivot;
        }
    }
    for (int32_t k = f->n - 1; k >= 0; k--) {
        lane sum = b[f->pivot[k]];
        for (int32_t c = f->right[k]; c < f->right[k + 1]; c++) {
            sum -= m[f->entry[c]] * b[f->column[c]];
        }
        b[f->pivot[k]] = sum * inverse[k];
    }
}

/* sum[s] := the first `n_terms` stages, with these factors */
INLINE void combine(const struct rosenbrock_step *s, const double *factor, int n_terms, lane *sum)
{
    int32_t n = s->factors->n;
    const lane *u = of(s->u);
    for (int32_t i = 0; i < n; i++) {
        lane v = factor[0] * u[i];
        for (int j = 1; j < n_terms; j++) {
            v += factor[j] * u[j * n + i];
        }
        sum[i] = v;
    }
}

/* The error, and the factor of the next step. */
INLINE void judge(struct rosenbrock_step *s)
{
    int32_t n = s->factors->n;
    const lane *error = of(s->u) + (ROSENBROCK_STAGES - 1) * n, *weight = of(s->weight);
    lane sum = {0}, least = sum + ROSENBROCK_LEAST_ERROR, most = sum + ROSENBROCK_MOST_ERROR;
    for (int32_t i = 0; i < n; i++) {
        lane scaled = error[i] * weight[i];
        sum += scaled * scaled;
    }
    sum /= (double)n;
    *of(s->error) = sum;
    flag beyond;
    lane_less(&beyond, &sum, &least);
    lane_choose(&sum, &beyond, &least, &sum);
    lane_less(&beyond, &most, &sum);
    lane_choose(&sum, &beyond, &most, &sum);
    lane_inverse_tenth_root(&sum);
    *of(s->longer) = sum;
}

static __attribute__((unused)) INSTRUCTIONS int step(struct rosenbrock_step *s,
                                                     const struct rosenbrock_code *code)
{
    int32_t n = s->factors->n;
    lane h = *of(s->h), t = *of(s->t), *x = of(s->x), *y = of(s->y), *sum = of(s->sum), *f = of(s->slope);
    factorise(s);
    for (int stage = 0; stage < ROSENBROCK_STAGES; stage++) {
        lane *u = of(s->u) + stage * n, by_time = ROSENBROCK_G * ROSENBROCK_D[stage] * h;
        const lane *slope = stage == 0 ? of(s->f) : f;
        if (stage > 0 && stage <= ROSENBROCK_FREE) {
            combine(s, ROSENBROCK_A[stage], stage, y);
            for (int32_t i = 0; i < n; i++) {
                y[i] = x[i] + y[i];
            }
        } else if (stage > 0) {
            for (int32_t i = 0; i < n; i++) {
                y[i] += u[i - n];
            }
        }
        if (stage > 0) {
            lane at = t + ROSENBROCK_C[stage] * h;
            int status = code->rhs(code->env, (const double *)&at, s->y, s->slope);
            if (status) {
                return status;
            }
            combine(s, ROSENBROCK_L[stage], stage, sum);
        }
        for (int32_t i = 0; i < n; i++) {
            lane v = h * slope[i];
            if (stage > 0) {
                v += sum[i];
            }
            u[i] = ROSENBROCK_G * v;
            if (s->reads_time && ROSENBROCK_D[stage] != 0) {
                u[i] += by_time * of(s->by_time)[i];
            }
        }
        solve(s, u);
    }
    const lane *last = of(s->u) + (ROSENBROCK_STAGES - 1) * n;
    for (int32_t i = 0; i < n; i++) {
        y[i] += last[i];
    }
    judge(s);
    return 0;
}

#endif
