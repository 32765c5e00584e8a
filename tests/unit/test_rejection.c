/* The rejection kernel: its bounds hold after every event, and its law is that of the chemical master
 * equation. Tests of laws use |Z| < 5.3 or a chi-square that far out: a false alarm in 10^7 tests. Seeds are
 * fixed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/ssa/rt_rejection.h"
#include "runtime/ssa/rt_ssa.h"
#include "test_harness.h"

static const struct rt_ssa_code *code(void)
{
    return crnl_kernel_ssa_rejection.code;
}

static struct crnl_ssa begin(const struct crnl_model *m, double *x, const double *x0, const double *k,
                             uint64_t seed)
{
    struct crnl_ssa w = {.x = x, .k = k, .inv_volume = 1, .t_next = -1, .kernel = code()->create(m)};
    memcpy(x, x0, (size_t)m->n_species * sizeof *x);
    crnl_rng_seed(&w.rng, seed, 1, 0, 0, CRNL_DRAW_SSA);
    code()->reset(w.kernel);
    return w;
}

/* ---- Tables ---- */

static double falling(const struct crnl_model *m, int32_t j, const double *k, const double *x)
{
    double a = k[j];
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        a = rt_times_falling(a, x[m->lhs_species[e]], m->lhs_count[e]);
    }
    return a;
}

/* Each reaction that can fire is in one group, under a ceiling that is not below its propensity; no other is.
 */
static void check_tables(const struct crnl_model *m, const struct crnl_ssa *w)
{
    const struct rejection *r = w->kernel;
    int32_t members = 0, there = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double a = falling(m, j, w->k, w->x);
        assert_int_equal(r->key[j] != NO_KEY, a > 0);
        if (a > 0) {
            const struct group *g = &r->group[r->where[r->key[j]]];
            assert_true(a <= g->ceiling && g->inverse * g->ceiling == 1);
            assert_int_equal(g->member[r->place[j]], j);
            there++;
        }
    }
    for (int32_t i = 0; i < r->n_groups; i++) {
        assert_true(r->sum[i] == r->group[i].n * r->group[i].ceiling);
        assert_true(i == 0 || r->group[i].key < r->group[i - 1].key);
        members += r->group[i].n;
    }
    assert_int_equal(members, there);
    for (int32_t s = 0; s < m->n_species; s++) {
        assert_true(r->amount[s].x == w->x[s] && r->amount[s].low <= w->x[s] && w->x[s] <= r->amount[s].high);
    }
}

static void bounds_hold_after_every_event(void **state)
{
    (void)state;
    struct crnl_rng rng;
    int64_t events = 0;
    crnl_rng_seed(&rng, 8, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int32_t i = 0; i < 40; i++) {
        int32_t n = 5 + 7 * i, species = 2 + n / 6;
        struct model_builder b = {0};
        model_random(&b, &rng, species, n, true);
        model_reaction(&b, "3 S0 + S1 -> S1", 0.01, -1);
        model_reaction(&b, "0 -> 200 S1", 1e-9, -1);
        struct crnl_model *m = model_finish(&b, "random");
        for (int32_t s = 0; s < species; s++) {
            b.amount[s] *= i % 4 == 0 ? 1 : i % 4 == 1 ? 7 : 100;
        }
        double *x = calloc((size_t)species, sizeof *x);
        struct crnl_ssa w = begin(m, x, b.amount, b.k, (uint64_t)i);
        w.t_stop = 1e9;
        for (int e = 0; e < 300 && code()->run(m, &w, 1) == CRNL_SSA_EVENTS; e++) {
            check_tables(m, &w);
        }
        events += w.events;
        code()->destroy(w.kernel);
        free(x);
        model_free(&b);
    }
    assert_true(events > 6000);
}

/* Reset is as good as new: rounding in the sum over groups would tell which there were before. */
static void reset_forgets_the_run_before(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 7, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    model_random(&b, &rng, 30, 150, true);
    struct crnl_model *m = model_finish(&b, "random");
    double x[2][30], *k = calloc(150, sizeof *k);
    for (int j = 0; j < 150; j++) {
        b.k[j] *= ldexp(1, -5 * (j % 17)) / 3;
        k[j] = b.k[j] * (1 << j % 20);
    }
    struct crnl_ssa w = begin(m, x[0], b.amount, k, 1);
    w.t_stop = 1e9;
    code()->run(m, &w, 2000);
    for (int i = 0; i < 30; i++) {
        x[0][i] = b.amount[i];
    }
    struct crnl_ssa v = begin(m, x[1], b.amount, b.k, 5);
    void *used = w.kernel;
    w = v;
    w.kernel = used;
    w.x = x[0];
    w.t_stop = v.t_stop = 1e9;
    code()->reset(used);
    assert_int_equal(code()->run(m, &w, 3000), code()->run(m, &v, 3000));
    assert_true(w.events > 200 && w.events == v.events && w.t == v.t);
    assert_memory_equal(x[0], x[1], sizeof x[0]);
    const struct rejection *r = w.kernel, *fresh = v.kernel;
    assert_int_equal(r->n_groups, fresh->n_groups); /* their places decide how sums are rounded */
    assert_memory_equal(r->where, fresh->where, sizeof r->where);
    code()->destroy(w.kernel);
    code()->destroy(v.kernel);
    free(k);
    model_free(&b);
}

/* Where too few molecules are left no trial comes any more, whatever reads them. */
static void what_cannot_fire_is_not_tried(void **state)
{
    (void)state;
    static const char *const text[] = {"A -> 0", "2 A -> 0", "3 A -> 0", "3 A + B -> B"};
    for (int i = 0; i < 4; i++) {
        struct model_builder b = {0};
        model_species(&b, "A", 101);
        model_species(&b, "B", 1);
        for (int k = 0; k < 40; k++) { /* enough readers for intervals at small amounts */
            model_reaction(&b, text[i], 0.5 + k, -1);
        }
        struct crnl_model *m = model_finish(&b, "few");
        double x[2];
        struct crnl_ssa w = begin(m, x, b.amount, b.k, 1);
        w.t_stop = 1e300;
        assert_int_equal(code()->run(m, &w, INT64_MAX), CRNL_SSA_DEAD);
        assert_true(x[0] == (i == 0 ? 0 : i == 1 ? 1 : 2));
        code()->destroy(w.kernel);
        model_free(&b);
    }
}

static void propensities_past_double_range_are_found(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 100);
    model_reaction(&b, "A -> 0", 1, -1);
    model_reaction(&b, "A -> 2 A", 1e307, -1);
    struct crnl_model *m = model_finish(&b, "bad");
    double x;
    struct crnl_ssa w = begin(m, &x, b.amount, b.k, 1);
    w.t_stop = 1;
    assert_int_equal(code()->run(m, &w, 10), CRNL_SSA_BAD);
    assert_int_equal(w.bad, 1);
    b.k[1] = 0;
    code()->reset(w.kernel);
    w.t_stop = 1e9;
    assert_int_equal(code()->run(m, &w, 10), CRNL_SSA_EVENTS);
    code()->destroy(w.kernel);
    model_free(&b);
}

/* ---- Laws ---- */

enum { MOST_STATES = 2000, MOST_SPECIES = 4 };

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
static void follows_master_equation(struct model_builder *b, double t, uint64_t seed)
{
    enum { RUNS = 40000 };
    static struct master e;
    static double count[MOST_STATES];
    struct crnl_model *m = model_finish(b, "master");
    double x[MOST_SPECIES], chi = 0, rest = 0, rest_seen = 0;
    int freedom = 0;
    solve(&e, m, b->amount, b->k, t);
    memset(count, 0, sizeof count);
    struct crnl_ssa w = begin(m, x, b->amount, b->k, seed);
    for (int run = 0; run < RUNS; run++) {
        memcpy(x, b->amount, (size_t)m->n_species * sizeof *x);
        w.t = 0;
        w.t_next = -1;
        w.t_stop = t;
        code()->reset(w.kernel);
        code()->run(m, &w, INT64_MAX);
        count[state_of(&e, x)]++;
    }
    for (int i = 0; i < e.n; i++) {
        double want = RUNS * e.p[i];
        if (want < 10) {
            rest += want;
            rest_seen += count[i];
            continue;
        }
        chi += (count[i] - want) * (count[i] - want) / want;
        freedom++;
    }
    if (rest >= 1) {
        chi += (rest_seen - rest) * (rest_seen - rest) / rest;
        freedom++;
    }
    freedom--; /* Wilson, Hilferty 1931: (chi / f)^(1/3) is normal */
    double z = (cbrt(chi / freedom) - (1 - 2.0 / (9 * freedom))) / sqrt(2.0 / (9 * freedom));
    if (!(fabs(z) < 5.3) || freedom < 8) {
        fail_msg("chi-square %g with %d degrees of freedom: z = %g", chi, freedom, z);
    }
    code()->destroy(w.kernel);
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
    follows_master_equation(&b, 0.7, 3);
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
    follows_master_equation(&b, 0.6, 4);
    model_free(&b);
}

/* Two samples: means and variances of each amount by this kernel and by the table. */
static void agrees_with_the_table(void **state)
{
    (void)state;
    enum { RUNS = 6000, SPECIES = 12 };
    struct model_builder b = {0};
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 12, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    model_random(&b, &rng, SPECIES, 60, true);
    struct crnl_model *m = model_finish(&b, "random");
    const char *name[] = {"x"};
    struct crnl_stat_request stat[2 * SPECIES];
    for (int s = 0; s < SPECIES; s++) {
        stat[2 * s] =
            (struct crnl_stat_request){.kind = CRNL_RUN_MEAN, .n_elems = 1, .elem = &b.elem[s], .name = name};
        stat[2 * s + 1] =
            (struct crnl_stat_request){.kind = CRNL_RUN_VAR, .n_elems = 1, .elem = &b.elem[s], .name = name};
    }
    m->n_stats = 2 * SPECIES;
    m->stat = stat;
    double got[2][2 * SPECIES];
    for (int i = 0; i < 2; i++) {
        struct harness h = {.options.seed = 100 + (uint64_t)i};
        harness_start(&h, m);
        struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
        struct crnl_run_args args = {.duration = 0.2};
        struct given g = {0};
        give(&g, &spec, &args, CRNL_OPTION_RUNS, RUNS);
        give(&g, &spec, &args, CRNL_OPTION_KERNEL, i ? CRNL_KERNEL_SSA_TABLE : CRNL_KERNEL_SSA_REJECTION);
        assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
        for (int s = 0; s < 2 * SPECIES; s++) {
            got[i][s] = statistic_of(&h, s);
        }
        harness_end(&h);
    }
    int moving = 0;
    for (int s = 0; s < SPECIES; s++) {
        double variance = (got[0][2 * s + 1] + got[1][2 * s + 1]) / 2;
        double z = (got[0][2 * s] - got[1][2 * s]) / sqrt(2 * variance / RUNS + 1e-12);
        /* the variance of a variance is below 2 (4 v)^2 / n for what is not far from normal */
        double zv =
            (got[0][2 * s + 1] - got[1][2 * s + 1]) / sqrt(2 * 4 * variance * variance / RUNS + 1e-12);
        assert_true(fabs(z) < 5.3 && fabs(zv) < 5.3);
        moving += variance > 0.5;
    }
    assert_true(moving > 4);
    model_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_hold_after_every_event),
        cmocka_unit_test(reset_forgets_the_run_before),
        cmocka_unit_test(what_cannot_fire_is_not_tried),
        cmocka_unit_test(propensities_past_double_range_are_found),
        cmocka_unit_test(dimerisation_follows_its_master_equation),
        cmocka_unit_test(many_readers_follow_their_master_equation),
        cmocka_unit_test(agrees_with_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
