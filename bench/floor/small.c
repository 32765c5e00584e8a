/* small NETWORK events N | small NETWORK runs N TIME
 * Small networks by hand, the floor of `unrolled` and of lockstep. `events`: one run of N events, amounts
 * in registers. `runs`: N runs to TIME, two vectors of them side by side in lanes, each with its random
 * stream and a logarithm by polynomials; a lane whose run is over takes the next one. Prints a mean, so
 * that nothing is left out. */
#include "common.h"

#if defined __AVX512F__
enum { WIDE = 8, VECTORS = 2 };
#else
enum { WIDE = 4, VECTORS = 2 };
#endif
enum { LANES = WIDE * VECTORS, MOST_SPECIES = 16, MOST_REACTIONS = 32, MOST_CHOICES = 4 };
typedef double real __attribute__((vector_size(8 * WIDE), aligned(8)));
typedef uint64_t word __attribute__((vector_size(8 * WIDE), aligned(8)));
typedef int64_t flag __attribute__((vector_size(8 * WIDE), aligned(8)));
#define INLINE static inline __attribute__((always_inline))

/* NETWORK(name, species, reactions, amounts, propensities a of amounts x, changes [reaction][species]) */
#define NETWORKS                                                                                             \
    NETWORK(birth_death, 1, 2, A(100), A(a[0] = 100 + 0 * x[0]; a[1] = x[0];), A({1}, {-1}))                 \
    NETWORK(dimerisation, 2, 2, A(1000, 0), A(a[0] = 0.0002 * x[0] * (x[0] - 1); a[1] = 0.004 * x[1];),      \
            A({-2, 1}, {2, -1}))                                                                             \
    NETWORK(lotka_volterra, 2, 3, A(12000, 20000),                                                           \
            A(a[0] = x[0]; a[1] = 0.00005 * x[0] * x[1]; a[2] = 0.6 * x[1];), A({1, 0}, {-1, 1}, {0, -1}))   \
    NETWORK(toggle, 8, 14, A(1, 1), A(                                                                       \
        a[0] = 5 * x[0]; a[1] = 1.25 * x[2]; a[2] = 0.01 * x[0] * x[5] * (x[5] - 1); a[3] = 0.2 * x[6];      \
        a[4] = 0.05 * x[6]; a[5] = 0.5 * x[2]; a[6] = 0.5 * x[4];                                            \
        a[7] = 5 * x[1]; a[8] = 1.25 * x[3]; a[9] = 0.01 * x[1] * x[4] * (x[4] - 1); a[10] = 0.2 * x[7];     \
        a[11] = 0.05 * x[7]; a[12] = 0.5 * x[3]; a[13] = 0.5 * x[5];),                                       \
        A({0, 0, 1}, {0, 0, 0, 0, 1}, {-1, 0, 0, 0, 0, -2, 1}, {1, 0, 0, 0, 0, 2, -1}, {0, 0, 1}, {0, 0, -1},\
          {0, 0, 0, 0, -1}, {0, 0, 0, 1}, {0, 0, 0, 0, 0, 1}, {0, -1, 0, 0, -2, 0, 0, 1},                    \
          {0, 1, 0, 0, 2, 0, 0, -1}, {0, 0, 0, 1}, {0, 0, 0, -1}, {0, 0, 0, 0, 0, -1}))                      \
    NETWORK(repressilator, 15, 30, A(10, 10, 10, 0, 0, 0, 1, 1, 1),                                          \
            A(GENE(0, 0, 2) GENE(10, 1, 0) GENE(20, 2, 1)),                                                  \
            A(GENE_CHANGES(1, 0, 0, 0, 0, 1), GENE_CHANGES(0, 1, 0, 1, 0, 0), GENE_CHANGES(0, 0, 1, 0, 1, 0)))
/* Of gene i, which has none, one or two molecules of protein j: M, P, G, H, I are three species each. */
#define GENE(first, i, j)                                                                                    \
    a[first] = 0.5 * x[6 + i]; a[first + 1] = 0.0005 * x[9 + i]; a[first + 2] = 0.0005 * x[12 + i];          \
    a[first + 3] = 0.1155 * x[i]; a[first + 4] = 0.00578 * x[i]; a[first + 5] = 0.001155 * x[3 + i];         \
    a[first + 6] = x[6 + i] * x[3 + j]; a[first + 7] = 224 * x[9 + i];                                       \
    a[first + 8] = x[9 + i] * x[3 + j]; a[first + 9] = 9 * x[12 + i];
/* The same for vectors of three: 1 at i, 1 at j. */
#define GENE_CHANGES(i0, i1, i2, j0, j1, j2)                                                                 \
    {i0, i1, i2}, {i0, i1, i2}, {i0, i1, i2}, {0, 0, 0, i0, i1, i2}, {-i0, -i1, -i2},                        \
    {0, 0, 0, -i0, -i1, -i2}, {0, 0, 0, -j0, -j1, -j2, -i0, -i1, -i2, i0, i1, i2},                           \
    {0, 0, 0, j0, j1, j2, i0, i1, i2, -i0, -i1, -i2},                                                        \
    {0, 0, 0, -j0, -j1, -j2, 0, 0, 0, -i0, -i1, -i2, i0, i1, i2},                                            \
    {0, 0, 0, j0, j1, j2, 0, 0, 0, i0, i1, i2, -i0, -i1, -i2}
#define A(...) __VA_ARGS__

INLINE word rotate(word v, int bits)
{
    return v << bits | v >> (64 - bits);
}

INLINE word words(word s[4])
{
    word result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

INLINE real uniforms(word s[4]) /* in (0, 1] */
{
    return (real)(words(s) >> 12 | 0x3ff0000000000000u) - (1 - 0x1p-53);
}

INLINE real logarithms(real u) /* of u in (0, 1]: 2 artanh((m - 1) / (m + 1)) + e log 2, to 1e-15 */
{
    word bits = (word)u + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    real e = __builtin_convertvector((flag)(bits >> 52) - 1023, real);
    real m = (real)((bits & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu), s = (m - 1) / (m + 1), z = s * s;
    real p = 2.0 / 19 + 0 * z;
    for (int i = 17; i > 0; i -= 2) {
        p = p * z + 2.0 / i;
    }
    return s * p + e * 0.693147180559945309;
}

struct floor_run {
    double sum;
    int64_t next, over;
};

/* The changes of an amount by the reactions at[]. Of few reactions they are chosen by the sums a[] that are below u. */
INLINE real changes(const double *table, int n, word at, const real *a, real u)
{
    real change = {0};
    if (n <= MOST_CHOICES) {
        change += table[0];
        for (int j = 0; j + 1 < n; j++) {
            flag below = a[j] < u;
            change = (real)((below & (flag)((real){0} + table[j + 1])) | (~below & (flag)change));
        }
        return change;
    }
#if defined __AVX512F__
    const real *part = (const real *)table;
    change = n > WIDE ? __builtin_shuffle(part[0], part[1], at) : __builtin_shuffle(part[0], at);
    if (n > 2 * WIDE) {
        flag late = (flag)at >= 2 * WIDE;
        change = (real)((late & (flag)__builtin_shuffle(part[2], part[3], at)) | (~late & (flag)change));
    }
#else
    for (int l = 0; l < WIDE; l++) {
        change[l] = table[at[l]];
    }
#endif
    return change;
}

#define STEP(name, n_species, n_reactions, propensities)                                                     \
    INLINE void step_##name(word s[4], real x[n_species], real *t, double table[n_species][MOST_REACTIONS])  \
    {                                                                                                        \
        real a[n_reactions], total = {0};                                                                    \
        propensities                                                                                         \
        for (int j = 0; j < n_reactions; j++) {                                                              \
            a[j] = total += a[j];                                                                            \
        }                                                                                                    \
        *t -= logarithms(uniforms(s)) / total;                                                               \
        real u = uniforms(s) * total;                                                                        \
        flag at = {0};                                                                                       \
        for (int j = 0; j + 1 < n_reactions; j++) {                                                          \
            at -= (flag)(a[j] < u);                                                                          \
        }                                                                                                    \
        for (int i = 0; i < n_species; i++) {                                                                \
            x[i] += changes(table[i], n_reactions, (word)at, a, u);                                          \
        }                                                                                                    \
    }
#define NETWORK(name, n_species, n_reactions, amounts, propensities, changes) \
    STEP(name, n_species, n_reactions, A(propensities))
NETWORKS
#undef NETWORK

#define NETWORK(name, n_species, n_reactions, amounts, propensities, changes)                                \
    static const double start_##name[MOST_SPECIES] = {amounts},                                              \
                        change_##name[n_reactions][n_species] = {changes};                                   \
    static double events_##name(int64_t n)                                                                   \
    {                                                                                                        \
        struct rng r = seeded(1);                                                                            \
        double x[n_species], t = 0;                                                                          \
        memcpy(x, start_##name, sizeof x);                                                                   \
        for (int64_t done = 0; done < n; done++) {                                                           \
            double a[n_reactions], total = 0;                                                                \
            propensities                                                                                     \
            for (int j = 0; j < n_reactions; j++) {                                                          \
                a[j] = total += a[j];                                                                        \
            }                                                                                                \
            if (!(total > 0)) {                                                                              \
                break;                                                                                       \
            }                                                                                                \
            t += exponential(&r) / total;                                                                    \
            double u = uniform(&r) * total;                                                                  \
            int at = 0;                                                                                      \
            for (int j = 0; j + 1 < n_reactions; j++) {                                                      \
                at += a[j] < u;                                                                              \
            }                                                                                                \
            for (int s = 0; s < n_species; s++) {                                                            \
                x[s] += change_##name[at][s];                                                                \
            }                                                                                                \
        }                                                                                                    \
        return x[0] + t;                                                                                     \
    }                                                                                                        \
    static double runs_##name(int64_t n, double end)                                                         \
    {                                                                                                        \
        static word s[VECTORS][4];                                                                           \
        static real x[VECTORS][n_species], t[VECTORS];                                                       \
        struct rng seeds = seeded(1);                                                                        \
        int64_t next = LANES, over = 0;                                                                      \
        double sum = 0;                                                                                      \
        static double table[n_species][MOST_REACTIONS] __attribute__((aligned(64)));                         \
        for (int j = 0; j < n_reactions; j++) {                                                              \
            for (int i = 0; i < n_species; i++) {                                                            \
                table[i][j] = change_##name[j][i];                                                           \
            }                                                                                                \
        }                                                                                                    \
        for (int v = 0; v < VECTORS; v++) {                                                                  \
            for (int i = 0; i < 4; i++) {                                                                    \
                for (int l = 0; l < WIDE; l++) {                                                             \
                    s[v][i][l] = next_word(&seeds);                                                          \
                }                                                                                            \
            }                                                                                                \
            for (int i = 0; i < n_species; i++) {                                                            \
                x[v][i] = (real){0} + start_##name[i];                                                       \
            }                                                                                                \
        }                                                                                                    \
        while (over < n) {                                                                                   \
            for (int v = 0; v < VECTORS; v++) {                                                              \
                step_##name(s[v], x[v], &t[v], table);                                                       \
                flag ends = (flag)(t[v] > end);                                                              \
                int64_t any = 0;                                                                             \
                for (int l = 0; l < WIDE; l++) {                                                             \
                    any |= ends[l];                                                                          \
                }                                                                                            \
                for (int l = 0; any && l < WIDE; l++) {                                                      \
                    if (ends[l] && t[v][l] < INFINITY) {                                                     \
                        over++;                                                                              \
                        sum += x[v][0][l];                                                                   \
                        t[v][l] = next++ < n ? 0 : INFINITY;                                                 \
                        for (int i = 0; i < n_species; i++) {                                                \
                            x[v][i][l] = start_##name[i];                                                    \
                        }                                                                                    \
                    }                                                                                        \
                }                                                                                            \
            }                                                                                                \
        }                                                                                                    \
        return sum / (double)n;                                                                              \
    }
NETWORKS
#undef NETWORK

static const struct {
    const char *name;
    double (*events)(int64_t n), (*runs)(int64_t n, double end);
} networks[] = {
#define NETWORK(name, ...) {#name, events_##name, runs_##name},
    NETWORKS
};

int main(int argc, char **argv)
{
    make_ziggurat();
    for (size_t i = 0; argc > 3 && i < sizeof networks / sizeof *networks; i++) {
        if (strcmp(argv[1], networks[i].name) == 0) {
            bool many = strcmp(argv[2], "runs") == 0;
            printf("%.9g\n", many ? networks[i].runs(atoll(argv[3]), argc > 4 ? atof(argv[4]) : 1)
                                  : networks[i].events(atoll(argv[3])));
            return 0;
        }
    }
    fprintf(stderr, "usage: small NETWORK events N | small NETWORK runs N TIME\n");
    return 1;
}
