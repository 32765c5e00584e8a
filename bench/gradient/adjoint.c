/* The floor under gradients of the waveform task: a reaction tensor of 5 species, 400 steps of rk4, squared
 * distance of species 0 to a square wave at 200 times and the entropy of the rates, by W and x0, with steps
 * of Adam. Written by hand for this network: four restarts in lockstep, one in each lane, stages kept from
 * the run, no sum in another order than that of one restart alone.
 *
 *   adjoint STEPS RESTARTS
 *
 * prints microseconds of processor time for a step of one restart, and the least loss. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N = 5, LANES = 4, STEPS = 398, SAMPLES = 200, TENSOR = N * N * N };
static const double DT = 0.1, WEIGHT = 1e-3, RATE = 0.01, BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;

typedef double lane __attribute__((vector_size(LANES * sizeof(double))));

struct search {
    lane w[TENSOR], x0[N], m[TENSOR + N], v[TENSOR + N];
    lane p[TENSOR], p_bar[TENSOR], w_bar[TENSOR], x_bar[N];
    lane stage[STEPS][4][N], at[SAMPLES];
};

static lane each(double (*f)(double), lane v)
{
    lane to;
    for (int i = 0; i < LANES; i++) {
        to[i] = f(v[i]);
    }
    return to;
}

static double target(int i)
{
    return i / 50 % 2 ? 0.6 : 0.1;
}

/* p[c][a][b] = softmax over b of w[c][a][b]. */
static void rates(struct search *s)
{
    for (int row = 0; row < TENSOR; row += N) {
        lane sum = {0}, most = s->w[row];
        for (int b = 1; b < N; b++) {
            for (int i = 0; i < LANES; i++) {
                most[i] = s->w[row + b][i] > most[i] ? s->w[row + b][i] : most[i];
            }
        }
        for (int b = 0; b < N; b++) {
            s->p[row + b] = each(exp, s->w[row + b] - most);
            sum += s->p[row + b];
        }
        for (int b = 0; b < N; b++) {
            s->p[row + b] /= sum;
        }
    }
}

static void slopes(const struct search *s, const lane *x, lane *dx)
{
    memset(dx, 0, N * sizeof *dx);
    for (int c = 0; c < N; c++) {
        for (int a = 0; a < N; a++) {
            lane m = x[c] * x[a];
            for (int b = 0; b < N; b++) {
                if (b != a) {
                    lane v = s->p[(c * N + a) * N + b] * m;
                    dx[a] -= v;
                    dx[b] += v;
                }
            }
        }
    }
}

static void slopes_back(struct search *s, const lane *x, const lane *y, lane *x_bar)
{
    memset(x_bar, 0, N * sizeof *x_bar);
    for (int a = 0; a < N; a++) {
        lane d[N];
        for (int b = 0; b < N; b++) {
            d[b] = y[b] - y[a];
        }
        for (int c = 0; c < N; c++) {
            lane m = x[c] * x[a], gain = {0};
            for (int b = 0; b < N; b++) {
                if (b != a) {
                    s->p_bar[(c * N + a) * N + b] += d[b] * m;
                    gain += s->p[(c * N + a) * N + b] * d[b];
                }
            }
            x_bar[c] += gain * x[a];
            x_bar[a] += gain * x[c];
        }
    }
}

static void run(struct search *s)
{
    lane x[N], k[N], sum[N];
    memcpy(x, s->x0, sizeof x);
    s->at[0] = x[0];
    for (int i = 0; i < STEPS; i++) {
        lane(*stage)[N] = s->stage[i];
        memcpy(stage[0], x, sizeof x);
        for (int j = 0; j < 4; j++) {
            slopes(s, stage[j], k);
            double part = j < 2 ? DT / 2 : DT, weight = j == 1 || j == 2 ? 2 : 1;
            for (int n = 0; n < N; n++) {
                sum[n] = j ? sum[n] + weight * k[n] : k[n];
                if (j < 3) {
                    stage[j + 1][n] = x[n] + part * k[n];
                }
            }
        }
        for (int n = 0; n < N; n++) {
            x[n] += DT / 6 * sum[n];
        }
        if (i % 2) {
            s->at[(i + 1) / 2] = x[0];
        }
    }
}

static lane loss(const struct search *s)
{
    lane squares = {0}, entropy = {0};
    for (int i = 0; i < SAMPLES; i++) {
        lane off = s->at[i] - target(i);
        squares += off * off;
    }
    for (int i = 0; i < TENSOR; i++) {
        entropy -= s->p[i] * each(log, s->p[i]);
    }
    return squares / SAMPLES + WEIGHT / (N * N) * entropy;
}

static void back(struct search *s)
{
    lane y[N] = {{0}}, bar[N], x_bar[N];
    for (int i = 0; i < TENSOR; i++) {
        s->p_bar[i] = -WEIGHT / (N * N) * (each(log, s->p[i]) + 1.0);
    }
    for (int i = STEPS; i-- > 0;) {
        if (i % 2) {
            y[0] += 2.0 / SAMPLES * (s->at[(i + 1) / 2] - target((i + 1) / 2));
        }
        lane start[N];
        memcpy(start, y, sizeof y);
        for (int j = 3; j >= 0; j--) {
            double weight = j == 1 || j == 2 ? DT / 3 : DT / 6, part = j == 2 ? DT : DT / 2;
            for (int n = 0; n < N; n++) {
                bar[n] = weight * y[n] + (j < 3 ? part * x_bar[n] : weight * 0 * y[n]);
            }
            slopes_back(s, s->stage[i][j], bar, x_bar);
            for (int n = 0; n < N; n++) {
                start[n] += x_bar[n];
            }
        }
        memcpy(y, start, sizeof y);
    }
    y[0] += 2.0 / SAMPLES * (s->at[0] - target(0));
    memcpy(s->x_bar, y, sizeof y);
    for (int row = 0; row < TENSOR; row += N) {
        lane mean = {0};
        for (int b = 0; b < N; b++) {
            mean += s->p[row + b] * s->p_bar[row + b];
        }
        for (int b = 0; b < N; b++) {
            s->w_bar[row + b] = s->p[row + b] * (s->p_bar[row + b] - mean);
        }
    }
}

static void adam(struct search *s, int step)
{
    double by1 = 1 - pow(BETA1, step), by2 = 1 - pow(BETA2, step);
    for (int i = 0; i < TENSOR + N; i++) {
        lane g = i < TENSOR ? s->w_bar[i] : s->x_bar[i - TENSOR],
             *z = i < TENSOR ? &s->w[i] : &s->x0[i - TENSOR];
        s->m[i] = BETA1 * s->m[i] + (1 - BETA1) * g;
        s->v[i] = BETA2 * s->v[i] + (1 - BETA2) * g * g;
        *z -= RATE * (s->m[i] / by1) / (each(sqrt, s->v[i] / by2) + EPSILON);
    }
}

static double normal(unsigned *seed)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        sum += rand_r(seed) / (RAND_MAX + 1.0);
    }
    return sum;
}

int main(int argc, char **argv)
{
    int steps = argc > 1 ? atoi(argv[1]) : 200, restarts = argc > 2 ? atoi(argv[2]) : LANES;
    unsigned seed = 1;
    double best = INFINITY;
    struct search *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
    clock_t begin = clock();
    for (int at = 0; at < restarts; at += LANES) {
        memset(s, 0, sizeof *s);
        for (int l = 0; l < LANES; l++) {
            for (int i = 0; i < TENSOR; i++) {
                s->w[i][l] = normal(&seed);
            }
            for (int i = 0; i < N; i++) {
                s->x0[i][l] = 1.0 / N;
            }
        }
        lane l = {0};
        for (int i = 1; i <= steps; i++) {
            rates(s);
            run(s);
            l = loss(s);
            back(s);
            adam(s, i);
        }
        for (int i = 0; i < LANES && at + i < restarts; i++) {
            best = l[i] < best ? l[i] : best;
        }
    }
    double us = 1e6 * (double)(clock() - begin) / CLOCKS_PER_SEC / steps / restarts;
    printf("%.4g us, least loss %.6g\n", us, best);
    free(s);
    return 0;
}
