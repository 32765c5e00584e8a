/* The rejection kernel: its bounds hold after every event. Its law is tested with those of all kernels, in test_kernel_laws.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/ssa/rt_rejection.h"
#include "kernel_run.h"

static const struct rt_ssa_code *code(void)
{
    return crnl_kernel_ssa_rejection.code;
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
        events += kernel_check_events(code(), &b, m, (uint64_t)i, 300, check_tables);
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
    struct crnl_ssa w = kernel_begin(code(), m, x[0], b.amount, k, 1);
    w.t_stop = 1e9;
    code()->run(m, &w, 2000);
    for (int i = 0; i < 30; i++) {
        x[0][i] = b.amount[i];
    }
    struct crnl_ssa v = kernel_begin(code(), m, x[1], b.amount, b.k, 5);
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
        struct crnl_ssa w = kernel_begin(code(), m, x, b.amount, b.k, 1);
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
    struct crnl_ssa w = kernel_begin(code(), m, &x, b.amount, b.k, 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_hold_after_every_event),
        cmocka_unit_test(reset_forgets_the_run_before),
        cmocka_unit_test(what_cannot_fire_is_not_tried),
        cmocka_unit_test(propensities_past_double_range_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
