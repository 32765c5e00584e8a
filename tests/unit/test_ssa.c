/* The table SSA kernel against a direct method written here from the rule in crnl_num.h (the same bits), and
 * stochastic runs against known laws. Tests of means use |Z| < 5.3: a false alarm in 10^7 tests. Seeds are fixed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/ssa/rt_ssa.h"
#include "test_harness.h"

/* ---- The rule, literally ------------------------------------------------------------------------------------- */

static double propensity(const struct crnl_model *m, int32_t j, const double *k, const double *x)
{
    double a = k[j];
    if (m->law && m->law[j] >= 0) {
        return k[j] * m->expr(m->env, m->law[j], x, 0, NULL, NULL, 1);
    }
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        for (int i = 0; i < m->lhs_count[e]; i++) {
            a *= x[m->lhs_species[e]] - i;
        }
    }
    return a;
}

/* Chooses among v[0..n) with r; sums of CRNL_FAN members, recursively. Called with r = u * total. */
static double total_of(const double *v, int32_t n, double *groups, int32_t *n_groups)
{
    *n_groups = (n + CRNL_FAN - 1) / CRNL_FAN;
    double last = 0;
    for (int32_t g = 0; g < *n_groups; g++) {
        last = 0;
        for (int32_t i = g * CRNL_FAN; i < n && i < (g + 1) * CRNL_FAN; i++) {
            last += v[i];
        }
        groups[g] = last;
    }
    return last;
}

enum { LEVELS = 6, MOST = 1024 };

static int32_t choose(const double *a, int32_t n, double u, double *total)
{
    double level[LEVELS][MOST];
    int32_t size[LEVELS], levels = 1;
    memcpy(level[0], a, (size_t)n * sizeof *a);
    size[0] = n;
    for (;;) {
        int32_t groups;
        double sums[MOST];
        *total = total_of(level[levels - 1], size[levels - 1], sums, &groups);
        if (groups <= 1) {
            break;
        }
        memcpy(level[levels], sums, sizeof sums);
        size[levels++] = groups;
    }
    double r = u * *total;
    int32_t at = 0;
    for (int32_t l = levels - 1; l >= 0; l--) {
        int32_t from = at * CRNL_FAN, chosen = -1;
        double sum = 0, before = 0, last_before = 0;
        int32_t last = -1;
        for (int32_t i = from; i < from + CRNL_FAN && i < size[l]; i++) {
            before = sum;
            sum += level[l][i];
            if (level[l][i] > 0) {
                last = i;
                last_before = before;
                if (sum >= r && chosen < 0) {
                    chosen = i;
                    break;
                }
            }
        }
        at = chosen >= 0 ? chosen : last;
        r -= chosen >= 0 ? before : last_before;
    }
    return at;
}

/* One event; false if none before t_stop. */
static bool naive_event(const struct crnl_model *m, struct crnl_ssa *w, int32_t *fired)
{
    double a[MOST], total;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        a[j] = propensity(m, j, w->k, w->x);
    }
    choose(a, m->n_reactions, 1, &total);
    if (!(total > 0)) {
        return false;
    }
    double t = w->t + crnl_rng_exponential(&w->rng) / total;
    if (t > w->t_stop) {
        return false;
    }
    w->t = t;
    *fired = choose(a, m->n_reactions, crnl_rng_uniform(&w->rng), &total);
    for (int32_t e = m->net_ptr[*fired]; e < m->net_ptr[*fired + 1]; e++) {
        w->x[m->net_species[e]] += m->net_delta[e];
    }
    return true;
}

static void compare_with_rule(const struct crnl_model *m, const double *k, const double *x0, int events,
                              uint64_t seed)
{
    double x[2][MOST];
    struct crnl_ssa w[2];
    for (int i = 0; i < 2; i++) {
        memcpy(x[i], x0, (size_t)m->n_species * sizeof *x0);
        w[i] = (struct crnl_ssa){.x = x[i], .k = k, .inv_volume = 1, .t_stop = 1e9, .t_next = -1};
        crnl_rng_seed(&w[i].rng, seed, 1, 0, 0, CRNL_DRAW_SSA);
    }
    w[1].kernel = crnl_table_create(m);
    for (int i = 0; i < events; i++) {
        int32_t j;
        bool naive = naive_event(m, &w[0], &j);
        int64_t before = w[1].events;
        int result = crnl_table_ssa(m, &w[1], 1);
        assert_int_equal(naive, result == CRNL_SSA_EVENTS);
        assert_int_equal(naive, w[1].events == before + 1);
        if (!naive) {
            break;
        }
        assert_true(w[0].t == w[1].t);
        assert_memory_equal(x[0], x[1], (size_t)m->n_species * sizeof *x0);
    }
    crnl_table_destroy(w[1].kernel);
}

static void table_kernel_follows_the_rule(void **state)
{
    (void)state;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 5, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int32_t i = 0; i < 60; i++) {
        int32_t n = i < 40 ? i + 1 : (i - 39) * 30, species = 1 + n / 3;
        struct model_builder b = {0};
        model_random(&b, &rng, species, n, i % 2 == 1);
        struct crnl_model *m = model_finish(&b, "random");
        compare_with_rule(m, b.k, b.amount, 400, (uint64_t)i);
        model_free(&b);
    }
}

/* Law 0 reads S0 and S1, law 1 reads S1. */
static double two_laws(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                       double inv_volume)
{
    (void)env, (void)t, (void)p, (void)c, (void)inv_volume;
    return i == 0 ? x[0] * 3 / (1 + x[1]) : x[1] * x[1] / (10 + x[1]);
}

static void laws_follow_the_rule_with_and_without_gradients(void **state)
{
    (void)state;
    for (int planned = 0; planned < 2; planned++) {
        struct model_builder b = {0};
        model_species(&b, "S0", 5);
        model_species(&b, "S1", 0);
        model_reaction(&b, "S0 -> S1", 1, 0);
        model_reaction(&b, "0 -> S0", 4, -1);
        model_reaction(&b, "S1 -> 0", 0.5, 1);
        for (int i = 0; i < 20; i++) {
            model_reaction(&b, "S0 + S1 -> S0", 0.01, -1);
        }
        struct crnl_model *m = model_finish(&b, "laws");
        m->expr = two_laws;
        int32_t grad_ptr[64] = {0, 2, 2, 3}, grad_species[3] = {0, 1, 1}, grad_expr[3] = {0, 0, 0};
        for (int j = 3; j < m->n_reactions; j++) {
            grad_ptr[j + 1] = 3;
        }
        if (planned) {
            m->grad_ptr = grad_ptr;
            m->grad_species = grad_species;
            m->grad_expr = grad_expr;
        }
        compare_with_rule(m, b.k, b.amount, 3000, 3);
        model_free(&b);
    }
}

/* Of each kernel of the library. */
static void stopping_does_not_change_the_trajectory(void **state)
{
    (void)state;
    static const struct crnl_kernel *const kernel[] = {&crnl_kernel_ssa_table, &crnl_kernel_ssa_rejection,
                                                       &crnl_kernel_ssa_fused};
    for (size_t n = 0; n < sizeof kernel / sizeof *kernel; n++) {
        const struct rt_ssa_code *code = kernel[n]->code;
        struct model_builder b = {0};
        struct crnl_rng rng;
        crnl_rng_seed(&rng, 6, 1, 0, 0, CRNL_DRAW_EXPRESSION);
        model_random_exchange(&b, &rng, 20, 90);
        struct crnl_model *m = model_finish(&b, "random");
        double x[2][20];
        struct crnl_ssa w[2];
        for (int i = 0; i < 2; i++) {
            memcpy(x[i], b.amount, sizeof x[i]);
            w[i] = (struct crnl_ssa){.x = x[i], .k = b.k, .inv_volume = 1, .t_next = -1};
            crnl_rng_seed(&w[i].rng, 1, 1, 0, 0, CRNL_DRAW_SSA);
            w[i].kernel = code->create(m);
        }
        w[0].t_stop = 3;
        assert_int_equal(code->run(m, &w[0], INT64_MAX), CRNL_SSA_TIME);
        for (int i = 1; i <= 300; i++) {
            w[1].t_stop = i * 0.01;
            while (code->run(m, &w[1], i % 3 + 1) == CRNL_SSA_EVENTS) {
            }
        }
        assert_true(w[0].events > 100);
        assert_int_equal(w[0].events, w[1].events);
        assert_true(w[0].t_next == w[1].t_next);
        assert_memory_equal(x[0], x[1], sizeof x[0]);
        code->destroy(w[0].kernel);
        code->destroy(w[1].kernel);
        model_free(&b);
    }
}

static void bad_propensities_are_found(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "S0", 5);
    model_reaction(&b, "S0 -> 0", 1, -1);
    model_reaction(&b, "S0 -> 2 S0", NAN, -1);
    struct crnl_model *m = model_finish(&b, "bad");
    double x = 5;
    struct crnl_ssa w = {
        .x = &x, .k = b.k, .inv_volume = 1, .t_stop = 1, .t_next = -1, .kernel = crnl_table_create(m)};
    assert_int_equal(crnl_table_ssa(m, &w, 10), CRNL_SSA_BAD);
    assert_int_equal(w.bad, 1);
    b.k[1] = INFINITY;
    crnl_table_reset(w.kernel);
    assert_int_equal(crnl_table_ssa(m, &w, 10), CRNL_SSA_BAD);
    assert_int_equal(w.bad, 1);
    b.k[0] = b.k[1] = 0;
    crnl_table_reset(w.kernel);
    assert_int_equal(crnl_table_ssa(m, &w, 10), CRNL_SSA_DEAD);
    assert_true(w.t == 1);
    crnl_table_destroy(w.kernel);
    model_free(&b);
}

/* ---- Laws ---------------------------------------------------------------------------------------------------- */

/* Stationary birth-death is Poisson of mean 10. Batches of time 50 (50 relaxation times) are independent to 10^-20. */
static void birth_death_is_poisson(void **state)
{
    (void)state;
    enum { RUNS = 400, TIME = 50 };
    struct model_builder b = {0};
    model_species(&b, "A", 0);
    model_reaction(&b, "0 -> A", 10, -1);
    model_reaction(&b, "A -> 0", 1, -1);
    struct crnl_model *m = model_finish(&b, "bd");
    const char *name[] = {"A"};
    const struct crnl_stat_request stat[] = {
        {CRNL_TIME_MEAN, 1, b.elem, name, 0, {0}, 0, 0},
        {CRNL_TIME_VAR, 1, b.elem, name, 0, {0}, 0, 0},
        {CRNL_TIME_HISTOGRAM, 1, b.elem, name, 0, {40}, 0, 0},
        {CRNL_RUN_MEAN, 1, b.elem, name, 0, {0}, 0, 0},
        {CRNL_RUN_VAR, 1, b.elem, name, 0, {0}, 0, 0},
        {CRNL_RUN_QUANTILE, 1, b.elem, name, 0, {0}, 0, 0},
        {CRNL_RUN_HISTOGRAM, 1, b.elem, name, 0, {40}, 0, 0},
    };
    m->n_stats = 7;
    m->stat = stat;
    struct harness h = {0};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    spec.after = CRNL_SPAN_TIME;
    struct crnl_run_args args = {.after = 40, .duration = TIME};
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_RUNS, RUNS);
    assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
    /* var of a time average over T of a process with variance 10 and correlation e^-t: 20 (T - 1 + e^-T) / T^2 */
    double sd_mean = sqrt(20.0 * (TIME - 1) / ((double)TIME * TIME * RUNS));
    assert_true(fabs(statistic_of(&h, 0) - 10) < 5.3 * sd_mean);
    /* variance: second moment's average fluctuates with sd below sqrt(2 * (2 * 10^2 + 10) / (T * runs)) */
    assert_true(fabs(statistic_of(&h, 1) - 10) < 5.3 * sqrt(2 * 210.0 / (TIME * RUNS)));
    assert_true(fabs(statistic_of(&h, 3) - 10) < 5.3 * sqrt(10.0 / RUNS));
    assert_true(fabs(statistic_of(&h, 4) - 10) < 5.3 * sqrt(210.0 / RUNS));
    assert_true(statistic_of(&h, 5) >= 9 && statistic_of(&h, 5) <= 11);
    double histogram[41], p = exp(-10), sum = 0;
    assert_int_equal(crnl_stat(h.ctx, 0, 2, 0, 41, histogram, 1), 0);
    for (int i = 0; i <= 40; i++) {
        assert_true(fabs(histogram[i] - p) <
                    5.3 * sqrt(2 * p / (TIME * RUNS)) + 1e-9); /* correlation time at most 1 */
        sum += histogram[i];
        p *= 10.0 / (i + 1);
    }
    assert_true(fabs(sum - 1) < 1e-9);
    assert_int_equal(crnl_stat(h.ctx, 0, 6, 0, 41, histogram, 1), 0);
    sum = 0;
    for (int i = 0; i <= 40; i++) {
        sum += histogram[i];
    }
    assert_true(fabs(sum - 1) < 1e-9);
    harness_end(&h);
    model_free(&b);
}

/* 2 A -> 0 with falling factorials: from 6 molecules the master equation is dp6/dt = -30 k p6, dp4/dt = 30 k p6 - 12 k p4,
 * dp2/dt = 12 k p4 - 2 k p2. */
static void dimerisation_follows_its_master_equation(void **state)
{
    (void)state;
    enum { RUNS = 20000 };
    struct model_builder b = {0};
    model_species(&b, "A", 6);
    model_reaction(&b, "2 A -> 0", 0.1, -1);
    struct crnl_model *m = model_finish(&b, "dimer");
    const char *name[] = {"A"};
    const struct crnl_stat_request stat[] = {{CRNL_RUN_HISTOGRAM, 1, b.elem, name, 0, {6}, 0, 0}};
    m->n_stats = 1;
    m->stat = stat;
    struct harness h = {0};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    struct crnl_run_args args = {.duration = 1};
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_RUNS, RUNS);
    assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
    double got[7], want[7] = {0}, a = 3, c = 1.2, d = 0.2;
    want[6] = exp(-a);
    want[4] = a / (a - c) * (exp(-c) - exp(-a));
    want[2] = a * c *
              (exp(-a) / ((c - a) * (d - a)) + exp(-c) / ((a - c) * (d - c)) + exp(-d) / ((a - d) * (c - d)));
    want[0] = 1 - want[6] - want[4] - want[2];
    assert_int_equal(crnl_stat(h.ctx, 0, 0, 0, 7, got, 1), 0);
    for (int i = 0; i <= 6; i++) {
        assert_true(fabs(got[i] - want[i]) <= 5.3 * sqrt(want[i] * (1 - want[i]) / RUNS));
    }
    harness_end(&h);
    model_free(&b);
}

/* With volume V: amounts 0.5 V, k / V for two reactants; visible values are amounts again. */
static void volume_scales_amounts_and_rates(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 0.5);
    model_species(&b, "B", 0.25);
    model_reaction(&b, "A + B -> 2 B", 2, -1);
    struct crnl_model *m = model_finish(&b, "volume");
    struct harness h = {0};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    struct crnl_run_args args = {.duration = 1};
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_VOLUME, 1e6);
    assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
    double total = 0.75, ratio = 0.25 / 0.5 * exp(2 * total), want = total * ratio / (1 + ratio);
    assert_true(fabs(value_of(&h, 1) - want) < 0.005);
    assert_true(fabs(value_of(&h, 0) + value_of(&h, 1) - 0.75) < 1e-12);
    harness_end(&h);
    model_free(&b);
}

/* Amounts and a formula of them as expressions. */
static double observe(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                      double inv_volume)
{
    (void)env;
    (void)t;
    (void)p;
    (void)c;
    double a = x[0] * inv_volume, b = x[1] * inv_volume;
    return i == 0 ? a : i == 1 ? b : i == 2 ? a - b : a * b / (1 + b);
}

enum { WATCHED = 6, WIDEST = 401 };

/* What kernels sum up themselves, and the same in a model that does not say what its expressions read, so that it is looked at after each
 * event: the same trajectory. Far from 0, where the square of a sum has no digits left. */
static void averages_inside_kernels_are_those_between_events(void **state)
{
    (void)state;
    static const struct {
        const struct crnl_method *method;
        double kernel, volume;
    } way[] = {{&crnl_method_ssa, CRNL_KERNEL_SSA_TABLE, 1},
               {&crnl_method_ssa, CRNL_KERNEL_SSA_REJECTION, 1},
               {&crnl_method_ssa, CRNL_KERNEL_SSA_TABLE, 0.25},
               {&crnl_method_tau, CRNL_KERNEL_SSA_TABLE, 1}};
    struct model_builder b = {0};
    model_species(&b, "A", 4e7);
    model_species(&b, "B", 40);
    model_reaction(&b, "A -> A + B", 5e-6, -1);
    model_reaction(&b, "B -> A", 0.5, -1);
    model_reaction(&b, "A + B -> A", 1e-8, -1);
    struct crnl_model *m = model_finish(&b, "averages");
    static const int32_t reads_ptr[] = {0, 1, 2, 4, 6}, reads[] = {0, 1, 0, 1, 0, 1};
    const char *name[] = {"x", "y"};
    const struct crnl_elem dual = {CRNL_ELEM_DUAL, 0, 1}, pair[] = {b.elem[0], b.elem[1]};
    const struct crnl_elem formula[] = {
        {CRNL_ELEM_EXPR, 0, 0}, {CRNL_ELEM_EXPR, 1, 0}, {CRNL_ELEM_EXPR, 2, 0}, {CRNL_ELEM_EXPR, 3, 0}};
    static const int32_t kind[WATCHED] = {CRNL_TIME_MEAN,      CRNL_TIME_VAR,   CRNL_TIME_VAR,
                                          CRNL_TIME_HISTOGRAM, CRNL_EVENT_MEAN, CRNL_TIME_MEAN};
    const struct crnl_elem *inside[WATCHED] = {pair, pair, &dual, &pair[1], pair, &formula[3]};
    const struct crnl_elem *outside[WATCHED] = {formula,     formula, &formula[2],
                                                &formula[1], formula, &formula[3]};
    static const int32_t n_elems[WATCHED] = {2, 2, 1, 1, 2, 1}, width[WATCHED] = {2, 2, 1, WIDEST, 2, 1};
    struct crnl_stat_request stat[WATCHED];
    m->stat = stat;
    m->expr = observe;
    m->n_exprs = 4;
    m->n_stats = WATCHED;
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        double got[2][WATCHED][WIDEST];
        for (int looked = 0; looked < 2; looked++) {
            for (int k = 0; k < WATCHED; k++) {
                stat[k] = (struct crnl_stat_request){.kind = kind[k],
                                                     .n_elems = n_elems[k],
                                                     .elem = looked ? outside[k] : inside[k],
                                                     .bound = {WIDEST - 1, 0},
                                                     .name = name};
            }
            m->reads_ptr = looked ? NULL : reads_ptr;
            m->reads_species = reads;
            assert_int_equal(crnl_watch_list(m, NULL), looked ? 0 : 9);
            struct harness h = {0};
            harness_start(&h, m);
            struct crnl_run_spec spec = run_for_time(way[i].method);
            spec.after = CRNL_SPAN_TIME;
            struct crnl_run_args args = {.after = 1, .duration = 150};
            struct given g = {0};
            give(&g, &spec, &args, CRNL_OPTION_VOLUME, way[i].volume);
            give(&g, &spec, &args, CRNL_OPTION_KERNEL, way[i].kernel);
            assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
            bool has_events = way[i].method == &crnl_method_ssa;
            for (int k = 0; k < WATCHED; k++) {
                bool has = has_events || kind[k] != CRNL_EVENT_MEAN;
                int status = crnl_stat(h.ctx, 0, k, 0, width[k], got[looked][k], 1);
                assert_int_equal(status, has ? CRNL_OK : CRNL_NO_RUN);
            }
            harness_end(&h);
        }
        for (int k = 0; k < WATCHED; k++) {
            double sum = 0;
            bool is_volume = way[i].volume != 1, by_molecules = kind[k] == CRNL_TIME_HISTOGRAM;
            bool has = way[i].method == &crnl_method_ssa || kind[k] != CRNL_EVENT_MEAN;
            for (int e = 0; has && e < width[k] && !(is_volume && by_molecules); e++) {
                assert_true(fabs(got[0][k][e] - got[1][k][e]) <= 1e-9 * fabs(got[1][k][e]));
                sum += got[0][k][e];
            }
            assert_true(!has || (is_volume && by_molecules) || sum > 0.1);
        }
    }
    model_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_kernel_follows_the_rule),
        cmocka_unit_test(laws_follow_the_rule_with_and_without_gradients),
        cmocka_unit_test(stopping_does_not_change_the_trajectory),
        cmocka_unit_test(bad_propensities_are_found),
        cmocka_unit_test(averages_inside_kernels_are_those_between_events),
        cmocka_unit_test(birth_death_is_poisson),
        cmocka_unit_test(dimerisation_follows_its_master_equation),
        cmocka_unit_test(volume_scales_amounts_and_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
