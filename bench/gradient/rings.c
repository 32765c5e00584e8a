/* The floor under gradients over rows of a network of chambers: winner takes all on rings of 2 to 8 chambers, 100
 * reactions in each that all chambers have in common, and diffusion, as in bench/differentiable/ring_sizes.crnl.
 * Steps of rk4, a sum of squares at the end, back to the rates and the constants of diffusion. Written by hand
 * for this network: eight rows in lockstep, one in each lane, the states where steps begin kept from the run and
 * the stages computed again, derivatives by the rates summed over all chambers at once.
 *
 *   rings STEPS ROWS
 *
 * prints microseconds of processor time for a chamber, a row and a step, and a derivative. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N = 5, RINGS = 7, M = 35, ALL = N * M, LANES = 8, RATES = N * N * N };
static const double DT = 0.2;

typedef double lane __attribute__((vector_size(LANES * sizeof(double))));

static double rate[RATES], diffusion[N];
static int next[M]; /* of chambers; -1: none */

static void slopes(const lane *x, lane *dx)
{
    memset(dx, 0, ALL * sizeof *dx);
    for (int i = 0; i < M; i++) {
        const lane *own = x + N * i;
        lane to[N] = {{0}};
#pragma GCC unroll 5
        for (int c = 0; c < N; c++) {
#pragma GCC unroll 5
            for (int a = 0; a < N; a++) {
                lane m = own[c] * own[a];
#pragma GCC unroll 5
                for (int b = 0; b < N; b++) {
                    if (b != a) {
                        lane v = rate[(c * N + a) * N + b] * m;
                        to[a] -= v;
                        to[b] += v;
                    }
                }
            }
        }
        for (int s = 0; s < N; s++) {
            dx[N * i + s] += to[s];
            if (next[i] >= 0) {
                lane v = diffusion[s] * (own[s] - x[N * next[i] + s]);
                dx[N * i + s] -= v;
                dx[N * next[i] + s] += v;
            }
        }
    }
}

static void slopes_back(const lane *x, const lane *y, lane *x_bar, lane *rate_bar, lane *diffusion_bar)
{
    memset(x_bar, 0, ALL * sizeof *x_bar);
    for (int i = 0; i < M; i++) {
        const lane *own = x + N * i, *bar = y + N * i;
        lane to[N] = {{0}};
#pragma GCC unroll 5
        for (int a = 0; a < N; a++) {
            lane d[N];
            for (int b = 0; b < N; b++) {
                d[b] = bar[b] - bar[a];
            }
#pragma GCC unroll 5
            for (int c = 0; c < N; c++) {
                lane m = own[c] * own[a], gain = {0};
#pragma GCC unroll 5
                for (int b = 0; b < N; b++) {
                    if (b != a) {
                        rate_bar[(c * N + a) * N + b] += d[b] * m;
                        gain += rate[(c * N + a) * N + b] * d[b];
                    }
                }
                to[c] += gain * own[a];
                to[a] += gain * own[c];
            }
        }
        for (int s = 0; s < N; s++) {
            x_bar[N * i + s] += to[s];
            if (next[i] >= 0) {
                lane d = y[N * next[i] + s] - bar[s], v = diffusion[s] * d;
                diffusion_bar[s] += d * (own[s] - x[N * next[i] + s]);
                x_bar[N * i + s] += v;
                x_bar[N * next[i] + s] -= v;
            }
        }
    }
}

static void stages(const lane *x, lane stage[4][ALL], lane *f, lane *after)
{
    lane sum[ALL];
    memcpy(stage[0], x, sizeof stage[0]);
    for (int j = 0; j < (after ? 4 : 3); j++) {
        double part = j < 2 ? DT / 2 : DT, weight = j == 1 || j == 2 ? 2 : 1;
        slopes(stage[j], f);
        for (int s = 0; s < ALL; s++) {
            sum[s] = j ? sum[s] + weight * f[s] : f[s];
            if (j < 3) {
                stage[j + 1][s] = x[s] + part * f[s];
            }
        }
    }
    for (int s = 0; s < ALL && after; s++) {
        after[s] = x[s] + DT / 6 * sum[s];
    }
}

static void step_back(lane stage[4][ALL], lane *y, lane *rate_bar, lane *diffusion_bar)
{
    static const double weight[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}, part[] = {0, 0.5, 0.5, 1};
    lane bar[ALL], x_bar[ALL], x0_bar[ALL];
    memcpy(x0_bar, y, sizeof x0_bar);
    memset(x_bar, 0, sizeof x_bar);
    for (int j = 3; j >= 0; j--) {
        for (int s = 0; s < ALL; s++) {
            bar[s] = DT * weight[j] * y[s];
            if (j < 3) {
                bar[s] += DT * part[j + 1] * x_bar[s];
            }
        }
        slopes_back(stage[j], bar, x_bar, rate_bar, diffusion_bar);
        for (int s = 0; s < ALL; s++) {
            x0_bar[s] += x_bar[s];
        }
    }
    memcpy(y, x0_bar, sizeof x0_bar);
}

int main(int argc, char **argv)
{
    int steps = argc > 1 ? atoi(argv[1]) : 500, rows = argc > 2 ? atoi(argv[2]) : 16;
    unsigned state = 1;
    static lane stage[4][ALL], f[ALL], y[ALL], rate_bar[RATES], diffusion_bar[N];
    lane *at = aligned_alloc(64, (size_t)(steps + 1) * ALL * sizeof *at);
    for (int g = 0, i = 0; g < RINGS; i += g + 2, g++) {
        for (int k = 0; k < g + 2; k++) {
            next[i + k] = g > 0 || k == 0 ? i + (k + 1) % (g + 2) : -1;
        }
    }
    for (int i = 0; i < RATES; i++) {
        state = state * 1664525U + 1013904223U;
        rate[i] = (state >> 8) / 16777216.0 / 4;
    }
    for (int s = 0; s < N; s++) {
        diffusion[s] = 0.2 * s;
    }
    clock_t begin = clock();
    for (int row = 0; row < rows; row += LANES) {
        for (int i = 0; i < ALL; i++) {
            for (int l = 0; l < LANES; l++) {
                state = state * 1664525U + 1013904223U;
                at[i][l] = i % N == 0 || i % N == 4 ? (state >> 8) / 16777216.0 : 0;
            }
        }
        for (int i = 0; i < steps; i++) {
            stages(at + (size_t)i * ALL, stage, f, at + (size_t)(i + 1) * ALL);
        }
        for (int i = 0; i < ALL; i++) {
            y[i] = 2 * at[(size_t)steps * ALL + i];
        }
        for (int i = steps; i-- > 0;) {
            stages(at + (size_t)i * ALL, stage, f, NULL);
            step_back(stage, y, rate_bar, diffusion_bar);
        }
    }
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC, sum = 0;
    for (int l = 0; l < LANES; l++) {
        sum += rate_bar[1][l] + diffusion_bar[1][l];
    }
    printf("%.4g %.10g\n", 1e6 * seconds / steps / rows / M, sum);
    free(at);
    return 0;
}
