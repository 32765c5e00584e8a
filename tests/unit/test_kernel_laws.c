/* One suite for all kernels of the library: the law of each network that a kernel takes is that of the
 * chemical master equation, and agrees with the table kernel where that has too many states. A test is |Z|
 * < 5.3, or a chi-square that far out: a false alarm in 10^7. Seeds are fixed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/ssa/rt_ssa.h"
#include "test_harness.h"

static const struct crnl_kernel *const kernels[] = {
#define LAW_EMITTED(rule)
#define LAW_LIBRARY(rule)                      &crnl_kernel_##rule,
#define SSA_KERNEL(id, made, name, rule, help) LAW_##made(rule)
#include "runtime/crnl_kernel.def"
};
enum { N_KERNELS = sizeof kernels / sizeof *kernels };

static double falling(const struct crnl_model *m, int32_t j, const double *k, const double *x)
{
    double a = k[j];
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        a = rt_times_falling(a, x[m->lhs_species[e]], m->lhs_count[e]);
    }
    return a;
}

/* ---- The master equation ---- */

enum { MOST_STATES = 2000, MOST_SPECIES = 10 };

struct master { /* equation: states that can be reached, their probabilities */
    const struct crnl_model *m;
    int n;
    double x[MOST_STATES][MOST_SPECIES], p[MOST_STATES];
};

static int state_of(struct master *e, const double *x)
{
    size_t size = (size_t)e->m->n_species * sizeof *x;
    for (int i = 0; i < e->n; i++) {
        if (memcmp(e->x[i], x, size) == 0) {
            return i;
        }
    }
    assert_true(e->n < MOST_STATES);
    memcpy(e->x[e->n], x, size);
    return e->n++;
}

/* By uniformisation: P(t) = sum over n of Poisson(n; L t) times P(0) (1 + Q / L)^n. */
static void solve(struct master *e, const struct crnl_model *m, const double *x0, const double *k, double t)
{
    static int to[MOST_STATES][64];
    static double a[MOST_STATES][64], v[MOST_STATES], u[MOST_STATES];
    double fastest = 0, weight, sum = 0;
    memset(e, 0, sizeof *e);
    e->m = m;
    state_of(e, x0);
    for (int i = 0; i < e->n; i++) {
        double total = 0;
        for (int32_t j = 0; j < m->n_reactions; j++) {
            double x[MOST_SPECIES];
            memcpy(x, e->x[i], sizeof x);
            a[i][j] = falling(m, j, k, x);
            total += a[i][j];
            for (int32_t c = m->net_ptr[j]; c < m->net_ptr[j + 1]; c++) {
                x[m->net_species[c]] += m->net_delta[c];
            }
            to[i][j] = a[i][j] > 0 ? state_of(e, x) : i;
        }
        fastest = fmax(fastest, total);
    }
    memset(v, 0, sizeof v);
    v[0] = 1;
    weight = exp(-fastest * t);
    for (int n = 1; n < 100000 && sum < 1 - 1e-12; n++) {
        sum += weight;
        memcpy(u, v, sizeof u);
        for (int i = 0; i < e->n; i++) {
            e->p[i] += weight * v[i];
            for (int32_t j = 0; j < m->n_reactions; j++) {
                u[i] -= v[i] * a[i][j] / fastest;
                u[to[i][j]] += v[i] * a[i][j] / fastest;
            }
        }
        memcpy(v, u, sizeof v);
        weight *= fastest * t / n;
    }
    assert_true(sum > 1 - 1e-9);
}

/* chi-square of the counts of states, those that are expected fewer than ten times together. */
static double chi_square(const struct master *e, const double *count, double runs, int *freedom)
{
    double chi = 0, rest = 0, rest_seen = 0;
    *freedom = 0;
    for (int i = 0; i < e->n; i++) {
        double want = runs * e->p[i];
        if (want < 10) {
            rest += want;
            rest_seen += count[i];
            continue;
        }
        chi += (count[i] - want) * (count[i] - want) / want;
        ++*freedom;
    }
    if (rest >= 1) {
        chi += (rest_seen - rest) * (rest_seen - rest) / rest;
        ++*freedom;
    }
    --*freedom;
    return chi;
}

/* Where the open constants are not those in use, a kernel may look at both. How many kernels take the
 * network. */
static int follows_master_equation(struct model_builder *b, const double *k, double t, uint64_t seed)
{
    enum { RUNS = 40000 };
    static struct master e;
    static double count[MOST_STATES];
    struct crnl_model *m = model_finish(b, "master");
    double x[MOST_SPECIES];
    int tested = 0, freedom;
    solve(&e, m, b->amount, k, t);
    for (int i = 0; i < N_KERNELS; i++) {
        if (kernels[i]->why_not(m)) {
            continue;
        }
        const struct rt_ssa_code *code = kernels[i]->code;
        struct crnl_ssa w = {.x = x, .k = k, .inv_volume = 1, .kernel = code->create(m)};
        w.k_open = k != b->k ? b->k : NULL;
        crnl_rng_seed(&w.rng, seed, 1, 0, 0, CRNL_DRAW_SSA);
        memset(count, 0, sizeof count);
        for (int run = 0; run < RUNS; run++) {
            memcpy(x, b->amount, (size_t)m->n_species * sizeof *x);
            w.t = 0;
            w.t_next = -1;
            w.t_stop = t;
            code->reset(w.kernel);
            code->run(m, &w, INT64_MAX);
            count[state_of(&e, x)]++;
        }
        double chi = chi_square(&e, count, RUNS, &freedom);
        /* Wilson, Hilferty 1931: (chi / f)^(1/3) is normal */
        double z = (cbrt(chi / freedom) - (1 - 2.0 / (9 * freedom))) / sqrt(2.0 / (9 * freedom));
        if (!(fabs(z) < 5.3) || freedom < 7) {
            fail_msg("%s: chi-square %g with %d degrees of freedom: z = %g",
                     crnl_kernel_info[kernels[i]->id].name, chi, freedom, z);
        }
        code->destroy(w.kernel);
        tested++;
    }
    return tested;
}

/* Amounts around 30: intervals are left now and then. */
static void dimerisation_follows_its_master_equation(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 60);
    model_species(&b, "B", 0);
    model_reaction(&b, "2 A -> B", 0.02, -1);
    model_reaction(&b, "B -> 2 A", 1, -1);
    assert_int_equal(follows_master_equation(&b, b.k, 0.7, 3), N_KERNELS - 1);
    model_free(&b);
}

/* Small amounts that many reactions read have intervals too, and propensities from 1e-3 to 1e2. */
static void many_readers_follow_their_master_equation(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 3);
    model_species(&b, "B", 2);
    model_species(&b, "C", 4);
    for (int i = 0; i < 36; i++) {
        model_reaction(&b, "A -> B", i % 9 ? 0.003 * i : 0.4, -1);
    }
    for (int i = 0; i < 10; i++) {
        model_reaction(&b, "B -> C", 0.03 * (i + 1), -1);
    }
    model_reaction(&b, "C -> A", 1.5, -1);
    model_reaction(&b, "A + B -> C + A", 0.8, -1);
    model_reaction(&b, "2 C -> A + B", 2, -1);
    model_reaction(&b, "3 A -> 3 B", 0.5, -1);
    model_reaction(&b, "A + C -> 2 A", 1e-3, -1);
    assert_int_equal(follows_master_equation(&b, b.k, 0.6, 4), N_KERNELS);
    model_free(&b);
}

/* Catalysts, pairs of reactants, sums of two and of three species, constants from 1e-12 to 1: the fused
 * kernel rounds some of them up by orders of magnitude, and refuses as much. */
static void catalysed_exchange_follows_its_master_equation(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 3);
    model_species(&b, "B", 2);
    model_species(&b, "C", 1);
    model_species(&b, "D", 2);
    model_reaction(&b, "A -> B", 0.3, -1);
    model_reaction(&b, "A + C -> B + C", 0.7, -1);
    model_reaction(&b, "A + D -> B + D", 1e-12, -1);
    model_reaction(&b, "2 A -> A + B", 0.2, -1);
    model_reaction(&b, "B -> A", 0.9, -1);
    model_reaction(&b, "A + B -> 2 A", 0.25, -1);
    model_reaction(&b, "C -> D", 0.4, -1);
    model_reaction(&b, "A + B + C -> A + B + D", 0.6, -1);
    model_reaction(&b, "D -> C", 1e-3, -1);
    model_reaction(&b, "2 D -> 2 C", 0.8, -1);
    model_reaction(&b, "A + D -> B + C", 0.3, -1);
    model_reaction(&b, "3 A + 2 D -> 3 B + 2 D", 0.5, -1);
    model_reaction(&b, "4 B + 2 C -> 3 B + A + 2 C", 1, -1);
    assert_int_equal(follows_master_equation(&b, b.k, 0.6, 5), N_KERNELS);
    double k[13];
    memcpy(k, b.k, sizeof k);
    k[6] = k[9] = 0; /* whole kinds of events */
    assert_int_equal(follows_master_equation(&b, k, 0.6, 6), N_KERNELS);
    model_free(&b);
}

/* What happens is 1e-13 of what could happen at states that are never reached. */
static void rare_events_follow_their_master_equation(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 8);
    model_species(&b, "B", 0);
    model_species(&b, "C", 0);
    model_reaction(&b, "A -> B", 1e-13, -1);
    model_reaction(&b, "B -> A", 2e-13, -1);
    model_reaction(&b, "B -> C", 1e-14, -1);
    model_species(&b, "D", 1);
    model_species(&b, "E", 1);
    model_reaction(&b, "D -> E", 2e-13, -1);
    model_reaction(&b, "2 D + A -> 2 D + B", 1, -1); /* there is never more than one D */
    assert_int_equal(follows_master_equation(&b, b.k, 5e12, 7), N_KERNELS);
    model_free(&b);
}

/* ---- Against the table kernel ---- */

enum { RUNS = 6000, SPECIES = 12, REQUESTS = 3 * SPECIES };

/* Means and variances of each amount at the end, means over time. */
static void measure(const struct crnl_model *m, int32_t kernel, uint64_t seed, double *got)
{
    struct harness h = {.options.seed = seed};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    struct crnl_run_args args = {.duration = 0.2};
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_RUNS, RUNS);
    give(&g, &spec, &args, CRNL_OPTION_KERNEL, kernel);
    assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
    for (int s = 0; s < REQUESTS; s++) {
        got[s] = statistic_of(&h, s);
    }
    harness_end(&h);
}

/* How many amounts move. */
static int compare(const double *a, const double *b)
{
    int moving = 0;
    for (int s = 0; s < SPECIES; s++) {
        double variance = (a[3 * s + 1] + b[3 * s + 1]) / 2;
        double z = (a[3 * s] - b[3 * s]) / sqrt(2 * variance / RUNS + 1e-12);
        /* The variance of a variance is below 2 (4 v)^2 / n for what is not far from normal, and a mean
         * over the time of a run from a fixed state spreads less than the state at its end, here. */
        double zv = (a[3 * s + 1] - b[3 * s + 1]) / sqrt(2 * 4 * variance * variance / RUNS + 1e-12);
        double zt = (a[3 * s + 2] - b[3 * s + 2]) / sqrt(2 * variance / RUNS + 1e-12);
        assert_true(fabs(z) < 5.3 && fabs(zv) < 5.3 && fabs(zt) < 5.3);
        moving += variance > 0.2;
    }
    return moving;
}

/* By each kernel that takes it; how many do, the table aside. */
static int agrees_with_the_table(struct model_builder *b)
{
    struct crnl_model *m = model_finish(b, "random");
    const char *name[] = {"x"};
    static const int32_t kind[3] = {CRNL_RUN_MEAN, CRNL_RUN_VAR, CRNL_TIME_MEAN};
    struct crnl_stat_request stat[REQUESTS];
    for (int i = 0; i < REQUESTS; i++) {
        stat[i] = (struct crnl_stat_request){
            .kind = kind[i % 3], .n_elems = 1, .elem = &b->elem[i / 3], .name = name};
    }
    m->n_stats = REQUESTS;
    m->stat = stat;
    double want[REQUESTS], got[REQUESTS];
    int tested = 0;
    measure(m, CRNL_KERNEL_SSA_TABLE, 101, want);
    for (int i = 0; i < N_KERNELS; i++) {
        if (kernels[i]->id != CRNL_KERNEL_SSA_TABLE && !kernels[i]->why_not(m)) {
            measure(m, (int32_t)kernels[i]->id, 100, got);
            assert_true(compare(got, want) > 4);
            tested++;
        }
    }
    return tested;
}

static void random_networks_agree_with_the_table(void **state)
{
    (void)state;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 12, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < 3; i++) {
        struct model_builder b = {0};
        if (i == 0) {
            model_random(&b, &rng, SPECIES, 60, true);
        } else {
            model_random_exchange(&b, &rng, SPECIES, i == 1 ? 60 : 400);
        }
        assert_int_equal(agrees_with_the_table(&b), i == 0 ? 1 : N_KERNELS - 1);
        model_free(&b);
    }
}

/* ---- Boltzmann machines by the construction taylor ---- */

/* Units i: species 2 i, on, and 2 i + 1, off. The weights are no multiples of a power of two. */
static void taylor(struct model_builder *b, struct crnl_rng *rng, int32_t n)
{
    char text[64];
    for (int32_t i = 0; i < n; i++) {
        snprintf(text, sizeof text, "on%d", (int)i);
        model_species(b, text, i % 3 == 0);
        snprintf(text, sizeof text, "off%d", (int)i);
        model_species(b, text, i % 3 != 0);
    }
    for (int32_t i = 0; i < n; i++) {
        double bias = crnl_rng_normal(rng);
        snprintf(text, sizeof text, "off%d -> on%d", (int)i, (int)i);
        model_reaction(b, text, 1 + fmax(bias, 0), -1);
        snprintf(text, sizeof text, "on%d -> off%d", (int)i, (int)i);
        model_reaction(b, text, 1 + fmax(-bias, 0), -1);
        for (int32_t j = 0; j < n; j++) {
            double w = crnl_rng_normal(rng); /* not symmetric, which no kernel knows of */
            const char *from = w > 0 ? "off" : "on", *to = w > 0 ? "on" : "off";
            snprintf(text, sizeof text, "on%d + %s%d -> on%d + %s%d", (int)j, from, (int)i, (int)j, to,
                     (int)i);
            if (j != i) {
                model_reaction(b, text, fabs(w), -1);
            }
        }
    }
}

static void taylor_machines_follow_their_master_equation(void **state)
{
    (void)state;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 13, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int32_t n = 3; n <= 5; n++) {
        struct model_builder b = {0};
        double k[64];
        taylor(&b, &rng, n);
        assert_int_equal(follows_master_equation(&b, b.k, 0.5, (uint64_t)n), N_KERNELS);
        memcpy(k, b.k, (size_t)b.m.n_reactions * sizeof *k);
        for (int32_t j = 0; n > 3 && j < b.m.n_reactions; j++) {
            bool is_clamped = false; /* unit 0 */
            for (int32_t e = b.net_ptr[j]; e < b.net_ptr[j + 1]; e++) {
                is_clamped |= b.net_species[e] < 2;
            }
            k[j] = is_clamped ? 0 : k[j];
        }
        if (n > 3) {
            assert_int_equal(follows_master_equation(&b, k, 0.5, 10 + (uint64_t)n), N_KERNELS);
        }
        model_free(&b);
    }
}

/* Of each unit, and of each pair of neighbours. */
static void moments(struct model_builder *b, const struct crnl_model *m, const struct rt_ssa_code *code,
                    double *sum)
{
    int32_t n = m->n_species / 2;
    double *x = calloc((size_t)m->n_species, sizeof *x);
    struct crnl_ssa w = {.x = x, .k = b->k, .inv_volume = 1, .kernel = code->create(m)};
    crnl_rng_seed(&w.rng, 5, 1, 0, 0, CRNL_DRAW_SSA);
    for (int run = 0; run < RUNS; run++) {
        memcpy(x, b->amount, (size_t)m->n_species * sizeof *x);
        w.t = 0;
        w.t_next = -1;
        w.t_stop = 0.4;
        code->reset(w.kernel);
        assert_int_equal(code->run(m, &w, INT64_MAX), CRNL_SSA_TIME);
        for (int32_t i = 0; i < n; i++) {
            sum[2 * i] += x[2 * i] / RUNS;
            sum[2 * i + 1] += x[2 * i] * x[(2 * i + 2) % m->n_species] / RUNS;
        }
    }
    code->destroy(w.kernel);
    free(x);
}

static void taylor_machines_agree_with_the_table(void **state)
{
    (void)state;
    enum { N = 20 };
    struct model_builder b = {0};
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 14, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    taylor(&b, &rng, N);
    struct crnl_model *m = model_finish(&b, "taylor");
    double want[2 * N] = {0};
    moments(&b, m, crnl_kernel_ssa_table.code, want);
    for (int i = 0; i < N_KERNELS; i++) {
        double got[2 * N] = {0};
        assert_null(kernels[i]->why_not(m));
        if (kernels[i]->id == CRNL_KERNEL_SSA_TABLE) {
            continue;
        }
        moments(&b, m, kernels[i]->code, got);
        for (int s = 0; s < 2 * N; s++) {
            double p = (got[s] + want[s]) / 2;
            assert_true(fabs(got[s] - want[s]) < 5.3 * sqrt(2 * p * (1 - p) / RUNS + 1e-12));
        }
    }
    model_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dimerisation_follows_its_master_equation),
        cmocka_unit_test(many_readers_follow_their_master_equation),
        cmocka_unit_test(catalysed_exchange_follows_its_master_equation),
        cmocka_unit_test(rare_events_follow_their_master_equation),
        cmocka_unit_test(taylor_machines_follow_their_master_equation),
        cmocka_unit_test(random_networks_agree_with_the_table),
        cmocka_unit_test(taylor_machines_agree_with_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
