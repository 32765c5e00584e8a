/* Boltzmann machines while they learn: the gradient by enumeration against finite differences of the
 * divergence, and sampling against the law. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/neural/rt_boltzmann.h"

/* Three visible and two hidden units: a ring and a chord; two pairs are not joined. */
enum { UNITS = 5, VISIBLE = 3, HIDDEN = UNITS - VISIBLE, EDGES = 8, STATES = 1 << UNITS };
static const int32_t edge[] = {0, 1, 0, 3, 0, 4, 1, 2, 1, 3, 2, 3, 2, 4, 3, 4};
static const struct crnl_neural_array array[] = {{"w", 2, {UNITS, UNITS}, 0, UNITS *UNITS},
                                                 {"theta", 1, {UNITS, 0}, UNITS *UNITS, UNITS}};
static const struct crnl_neural model = {.kind = &crnl_neural_boltzmann,
                                         .name = "bm",
                                         .n_arrays = 2,
                                         .n_values = UNITS * (UNITS + 1),
                                         .array = array,
                                         .n_visible = VISIBLE,
                                         .n_edges = EDGES,
                                         .edge = edge};

struct machine {
    struct rt_boltzmann *g;
    double w[EDGES], theta[UNITS], value[UNITS * (UNITS + 1)];
};

static void set(struct machine *b)
{
    rt_boltzmann_to(b->g, &model, b->w, b->theta, b->value);
    rt_boltzmann_set(b->g, b->w, b->theta);
}

static void create(struct machine *b, struct crnl_rng *rng)
{
    b->g = rt_boltzmann_create(&model);
    for (int i = 0; i < EDGES; i++) {
        b->w[i] = crnl_rng_normal(rng);
    }
    for (int i = 0; i < UNITS; i++) {
        b->theta[i] = crnl_rng_normal(rng);
    }
    set(b);
}

static double divergence(struct machine *b, const double *data, double *pair, double *single)
{
    double law[STATES];
    set(b);
    return rt_boltzmann_gradient(b->g, &model, b->value, data, law, pair, single, NULL);
}

static double slope(struct machine *b, const double *data, double *v)
{
    const double h = 1e-5, at = *v;
    *v = at + h;
    double up = divergence(b, data, NULL, NULL);
    *v = at - h;
    double down = divergence(b, data, NULL, NULL);
    *v = at;
    return (up - down) / (2 * h);
}

static void the_gradient_is_the_descent_of_the_divergence(void **unused)
{
    (void)unused;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 3, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int k = 0; k < 20; k++) {
        struct machine b;
        double data[1 << VISIBLE], sum = 0, pair[EDGES], single[UNITS];
        create(&b, &rng);
        for (int v = 0; v < 1 << VISIBLE; v++) {
            sum += data[v] = v == 2 ? 0 : crnl_rng_uniform(&rng); /* a state that never comes */
        }
        for (int v = 0; v < 1 << VISIBLE; v++) {
            data[v] /= sum;
        }
        assert_true(divergence(&b, data, pair, single) > 0);
        for (int i = 0; i < EDGES; i++) {
            assert_true(fabs(slope(&b, data, &b.w[i]) + pair[i]) < 1e-8);
        }
        for (int i = 0; i < UNITS; i++) {
            assert_true(fabs(slope(&b, data, &b.theta[i]) + single[i]) < 1e-8);
        }
        rt_boltzmann_destroy(b.g);
    }
}

/* States of all units, from x[units][lanes]. */
static int state_of(const float *x, int lanes, int lane)
{
    int s = 0;
    for (int i = 0; i < UNITS; i++) {
        s = s << 1 | (x[i * lanes + lane] != 0);
    }
    return s;
}

/* Sweeps far apart, so that the counts are nearly independent; chi squared of 31 degrees of freedom is past
 * 71 by chance once in 5000 times; the seed is fixed. */
static void sweeps_sample_the_law(void **unused)
{
    (void)unused;
    const int lanes[] = {RT_LANES, RT_FEW_LANES};
    for (int k = 0; k < 2; k++) {
        struct machine b;
        struct crnl_rng rng;
        float *x = rt_alloc((size_t)UNITS * RT_LANES, sizeof *x);
        double law[STATES], count[STATES] = {0}, n = 0, chi = 0;
        crnl_rng_seed(&rng, 11, (uint32_t)k, 0, 0, CRNL_DRAW_SSA);
        create(&b, &rng);
        rt_boltzmann_law(&model, b.value, law);
        for (int t = 0; t < 5000; t++) {
            for (int i = 0; i < 12; i++) {
                rt_boltzmann_sweep(b.g, x, lanes[k], 0, UNITS, &rng);
            }
            for (int c = 0; c < lanes[k] && t > 5; c++, n++) {
                count[state_of(x, lanes[k], c)]++;
            }
        }
        for (int s = 0; s < STATES; s++) {
            chi += (count[s] - n * law[s]) * (count[s] - n * law[s]) / (n * law[s]);
        }
        assert_true(chi < 71);
        free(x);
        rt_boltzmann_destroy(b.g);
    }
}

static void the_surprise_is_that_of_the_conditionals(void **unused)
{
    (void)unused;
    struct machine b;
    struct crnl_rng rng;
    float *x = rt_alloc((size_t)UNITS * RT_LANES, sizeof *x);
    double law[STATES], expected = 0;
    crnl_rng_seed(&rng, 7, 1, 0, 0, CRNL_DRAW_SSA);
    create(&b, &rng);
    rt_boltzmann_law(&model, b.value, law);
    rt_boltzmann_sweep(b.g, x, RT_LANES, 0, UNITS, &rng);
    for (int c = 0; c < 20; c++) {
        int s = state_of(x, RT_LANES, c);
        for (int i = 0; i < VISIBLE; i++) {
            int other = s ^ 1 << (UNITS - 1 - i);
            expected -= log(law[s] / (law[s] + law[other]));
        }
    }
    double found = rt_boltzmann_surprise(b.g, x, RT_LANES, 20, 0, VISIBLE);
    assert_true(fabs(found - expected) < 1e-5 * expected);
    free(x);
    rt_boltzmann_destroy(b.g);
}

/* One unit after the other, the others as they were, in 32 states that are drawn first: the number that are on has a known mean and
 * variance; 5 standard deviations are passed by chance once in 300,000 times, for 5 units. */
static void the_conditional_of_the_taylor_network(void **unused)
{
    (void)unused;
    enum { DRAWS = 4000 };
    struct machine b;
    struct crnl_rng rng;
    float *x = rt_alloc((size_t)UNITS * RT_LANES, sizeof *x);
    double expected = 0;
    crnl_rng_seed(&rng, 5, 1, 0, 0, CRNL_DRAW_SSA);
    create(&b, &rng);
    b.g->conditional = RT_TAYLOR;
    rt_boltzmann_sweep(b.g, x, RT_LANES, 0, UNITS, &rng);
    float *start = rt_copy(x, (size_t)UNITS * RT_LANES, sizeof *x);
    for (int i = 0; i < UNITS; i++) {
        double on[RT_LANES], n = 0, mean = 0, variance = 0;
        for (int c = 0; c < RT_LANES; c++) {
            double theta = b.theta[i], a = 1 + fmax(theta, 0), off = 1 + fmax(-theta, 0);
            for (int j = 0; j < UNITS; j++) {
                double w = b.value[model.array[0].first + i * UNITS + j];
                a += start[j * RT_LANES + c] != 0 ? fmax(w, 0) : 0;
                off += start[j * RT_LANES + c] != 0 ? fmax(-w, 0) : 0;
            }
            on[c] = a / (a + off);
            mean += on[c] * DRAWS;
            variance += on[c] * (1 - on[c]) * DRAWS;
            if (i < VISIBLE) {
                expected -= log(start[i * RT_LANES + c] != 0 ? on[c] : 1 - on[c]);
            }
        }
        for (int k = 0; k < DRAWS; k++) {
            memcpy(x, start, (size_t)UNITS * RT_LANES * sizeof *x);
            rt_boltzmann_sweep(b.g, x, RT_LANES, i, i + 1, &rng);
            for (int c = 0; c < RT_LANES; c++) {
                n += x[i * RT_LANES + c];
            }
        }
        assert_true(fabs(n - mean) < 5 * sqrt(variance));
    }
    double found = rt_boltzmann_surprise(b.g, start, RT_LANES, RT_LANES, 0, VISIBLE);
    assert_true(fabs(found - expected) < 1e-5 * expected);
    free(start);
    free(x);
    rt_boltzmann_destroy(b.g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_the_descent_of_the_divergence),
        cmocka_unit_test(sweeps_sample_the_law),
        cmocka_unit_test(the_surprise_is_that_of_the_conditionals),
        cmocka_unit_test(the_conditional_of_the_taylor_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
