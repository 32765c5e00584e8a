/* fused EVENTS
 * The Taylor network of `taylor150` in bench/bench.sh by hand, the floor of fused channels: unit i goes off
 * at the rate 1 + 0.01 times the number of the others that are on, and on at the rate 1. The rate of each
 * unit is kept; an event adds one column of weights, any numbers in the program, to those of all. Weights
 * and rates are whole multiples of 2^-32, so sums in double do not drift. Prints the time that is reached. */
#include "common.h"

enum { N = 150, ROWS = 10, FAN = 16, PADDED = ROWS * FAN };
typedef double real __attribute__((vector_size(8 * FAN)));

static real weight[N][ROWS], rate_off[ROWS], is_on[ROWS];

static double on_grid(double v)
{
    return rint(v * 0x1p32) * 0x1p-32;
}

int main(int argc, char **argv)
{
    make_ziggurat();
    struct rng rng = seeded(1);
    double t = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            weight[j][i / FAN][i % FAN] = i == j ? 0 : on_grid(0.01);
        }
        rate_off[i / FAN][i % FAN] = 1 + (N - 1) * on_grid(0.01);
        is_on[i / FAN][i % FAN] = 1;
    }
    int64_t n = argc > 1 ? atoll(argv[1]) : 0;
    real sum = {0};
    for (int b = 0; b < ROWS; b++) {
        sum += is_on[b] * rate_off[b];
    }
    for (int64_t done = 0; done < n; done++) {
        double total = 0, before[FAN];
        for (int l = 0; l < FAN; l++) {
            before[l] = total;
            total += sum[l];
        }
        t += exponential(&rng) / total;
        double r = uniform(&rng) * total;
        int lane = 0, row = 0;
        for (int l = 1; l < FAN; l++) {
            lane += before[l] < r;
        }
        r -= before[lane];
        double running = 0;
        for (int b = 0; b < ROWS - 1; b++) {
            bool is_unit = b * FAN + lane < N;
            running += is_on[b][lane] != 0 ? rate_off[b][lane] : is_unit;
            row += running < r;
        }
        int unit = row * FAN + lane;
        double direction = is_on[row][lane] != 0 ? -1 : 1;
        is_on[row][lane] = direction > 0;
        const real *w = weight[unit];
        sum = (real){0};
        for (int b = 0; b < ROWS; b++) {
            rate_off[b] += direction * w[b];
            sum += is_on[b] * rate_off[b] + (1 - is_on[b]);
        }
        for (int i = N; i < PADDED; i++) {
            sum[i % FAN] -= 1;
        }
    }
    printf("%.9g\n", t);
    return 0;
}
