/* The fused kernel: after every event its whole numbers are those of the amounts, whatever width of
 * vectors computes them. Its law is tested with those of all kernels, in test_kernel_laws.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/ssa/rt_fused.h"
#include "kernel_run.h"

static const struct rt_ssa_code *code(void)
{
    return crnl_kernel_ssa_fused.code;
}

/* Fields are not below the propensities, and above them by less than what was rounded up. */
static void check_numbers(const struct crnl_model *m, const struct crnl_ssa *w)
{
    struct fused *f = w->kernel;
    uint32_t total = 0, lane[FUSED_LANES] = {0};
    for (int32_t c = 0; c < f->form.n_channels; c++) {
        double a = 0, units = (double)f->field[c] * f->count[c];
        for (int32_t i = f->member_ptr[c]; i < f->member_ptr[c + 1]; i++) {
            assert_int_equal(f->form.channel[f->member[i]], c);
            a += rt_propensity(m, f->member[i], w->k, w->x, w->t, w->p, 1) / f->grid;
        }
        assert_int_equal(a > 0, units > 0);
        assert_true(units < 0x1p31 && a <= units * (1 + 1e-14) &&
                    units <= a * (1 + 1e-14) + (double)f->slack[c] * f->count[c]);
        lane[c % FUSED_LANES] += (uint32_t)units;
        total += (uint32_t)units;
    }
    assert_memory_equal(lane, f->lane, sizeof lane);
    assert_int_equal(total, f->total);
    for (int32_t s = 0; s < m->n_species; s++) {
        assert_true(f->form.class_of[s] < 0 || w->x[s] == f->n[s]);
    }
}

static void numbers_are_right_after_every_event(void **state)
{
    (void)state;
    struct crnl_rng rng;
    int64_t events = 0;
    crnl_rng_seed(&rng, 8, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int32_t i = 0; i < 40; i++) {
        struct model_builder b = {0};
        int32_t species = 3 + i % 12;
        model_random_exchange(&b, &rng, species, 5 + 30 * (i % 7));
        model_reaction(&b, "2 S0 + S1 -> S1 + 2 S2", 1e-6, -1);
        struct crnl_model *m = model_finish(&b, "random");
        for (int32_t s = 0; s < species; s++) {
            b.amount[s] *= i % 4 == 0 ? 3 : 1;
        }
        events += kernel_check_events(code(), &b, m, (uint64_t)i, 200, check_numbers);
        model_free(&b);
    }
    assert_true(events > 5000);
}

static void all_widths_give_the_same_bytes(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 9, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    model_random_exchange(&b, &rng, 20, 300);
    struct crnl_model *m = model_finish(&b, "random");
    double x[FUSED_PASSES][20], t[FUSED_PASSES];
    int n = 0;
    for (int i = 0; i < FUSED_PASSES; i++) {
        if (rt_fused_pass[i].name && rt_fused_pass[i].is_here()) {
            struct crnl_ssa w = kernel_begin(code(), m, x[n], b.amount, b.k, 3);
            struct fused *f = w.kernel;
            assert_true(f->width > FUSED_LANES);
            f->loop = &rt_fused_pass[i];
            w.t_stop = 1e9;
            assert_int_equal(code()->run(m, &w, 5000), CRNL_SSA_EVENTS);
            t[n] = w.t;
            assert_memory_equal(x[n], x[0], sizeof x[n]);
            assert_true(t[n] == t[0]);
            code()->destroy(w.kernel);
            n++;
        }
    }
    assert_true(n > 0);
    model_free(&b);
}

/* A kept kernel is as good as a new one, also where only what is clamped or what there is differs. */
static void reset_forgets_the_run_before(void **state)
{
    (void)state;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 7, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    struct model_builder b = {0};
    model_random_exchange(&b, &rng, 16, 90);
    struct crnl_model *m = model_finish(&b, "random");
    double used_x[16], x[16], k[3][90];
    struct crnl_ssa used = kernel_begin(code(), m, used_x, b.amount, b.k, 1);
    struct fused *f = used.kernel;
    code()->run(m, &used, 0);
    for (int32_t j = 0; j < 90; j++) {
        k[0][j] = b.k[j];
        k[1][j] = f->form.channel[j] % 3 ? b.k[j] : 0; /* whole channels, as by clamps */
        k[2][j] = b.k[j] * (1 + j % 5);
    }
    for (int i = 0; i < 12; i++) {
        for (int32_t s = 0; i % 4 == 3 && s < 16; s++) {
            b.amount[s] = (double)(crnl_rng_next(&rng) % 9);
        }
        struct crnl_ssa w = kernel_begin(code(), m, x, b.amount, k[i % 3], (uint64_t)i);
        w.k_open = i % 3 == 1 ? b.k : NULL;
        w.t_stop = 1e9;
        struct crnl_ssa v = w;
        v.kernel = used.kernel;
        v.x = used_x;
        memcpy(used_x, b.amount, sizeof used_x);
        code()->reset(v.kernel);
        assert_int_equal(code()->run(m, &w, 500), code()->run(m, &v, 500));
        assert_true(w.events > 20 && w.events == v.events && w.t == v.t);
        assert_memory_equal(x, used_x, sizeof x);
        assert_int_equal(((struct fused *)w.kernel)->grid > 0, true);
        code()->destroy(w.kernel);
    }
    code()->destroy(used.kernel);
    model_free(&b);
}

/* Where counts are past what whole units can hold the rejection kernel goes on; back where they are not. */
static void large_amounts_are_left_to_rejection(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 3e9);
    model_species(&b, "B", 5);
    model_reaction(&b, "A -> B", 1, -1);
    model_reaction(&b, "B -> A", 1, -1);
    model_reaction(&b, "2 A -> A + B", 1e-9, -1);
    struct crnl_model *m = model_finish(&b, "large");
    double x[2], few[2] = {40, 3};
    struct crnl_ssa w = kernel_begin(code(), m, x, b.amount, b.k, 1);
    struct fused *f = w.kernel;
    w.t_stop = 1;
    assert_int_equal(code()->run(m, &w, 1000), CRNL_SSA_EVENTS);
    assert_true(f->grid == 0 && f->other && w.kernel == f && x[0] + x[1] == 3e9 + 5);
    memcpy(x, few, sizeof x);
    w.t_next = -1;
    code()->reset(w.kernel);
    assert_int_equal(code()->run(m, &w, 10), CRNL_SSA_EVENTS);
    assert_true(f->grid > 0);
    check_numbers(m, &w);
    b.k[1] = INFINITY;
    w.t_next = -1;
    code()->reset(w.kernel);
    assert_int_equal(code()->run(m, &w, 10), CRNL_SSA_BAD);
    b.k[0] = b.k[1] = b.k[2] = 0;
    code()->reset(w.kernel);
    assert_int_equal(code()->run(m, &w, 10), CRNL_SSA_DEAD);
    assert_true(w.t == w.t_stop);
    code()->destroy(w.kernel);
    model_free(&b);
}

/* One channel for each net change; a second catalyst, a second guard or a catalyst that is used up makes
 * another. */
static void channels_are_found(void **state)
{
    (void)state;
    struct model_builder b = {0};
    const char *const name[] = {"A", "B", "C", "D", "E"};
    for (int i = 0; i < 5; i++) {
        model_species(&b, name[i], 1);
    }
    model_reaction(&b, "A -> B", 1, -1);
    model_reaction(&b, "A + C -> B + C", 1, -1);
    model_reaction(&b, "A + D -> B + D", 1, -1);
    model_reaction(&b, "A + E -> B + E", 1, -1); /* nothing changes E */
    model_reaction(&b, "C -> D", 1, -1);
    model_reaction(&b, "D -> C", 1, -1);
    assert_int_equal(crnl_channels(model_finish(&b, "three")), 3);
    model_reaction(&b, "2 A -> A + B", 1, -1);
    assert_int_equal(crnl_channels(model_finish(&b, "three")), 3);
    model_reaction(&b, "A + C + D -> B + C + D", 1, -1);
    assert_int_equal(crnl_channels(model_finish(&b, "four")), 4);
    model_reaction(&b, "A + D -> B + C", 1, -1);
    assert_int_equal(crnl_channels(model_finish(&b, "five")), 5);
    static const int32_t guard[] = {0, 1, 0, 0, 0, 0, 0, 0, 0};
    b.m.guard = guard;
    assert_int_equal(crnl_channels(&b.m), 6);
    b.m.guard = NULL;
    model_reaction(&b, "A -> 0", 1, -1);
    struct crnl_model *m = model_finish(&b, "none");
    assert_int_equal(crnl_channels(m), 0);
    assert_string_equal(crnl_kernel_ssa_fused.why_not(m), "a reaction makes or takes molecules");
    model_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_right_after_every_event),
        cmocka_unit_test(all_widths_give_the_same_bytes),
        cmocka_unit_test(reset_forgets_the_run_before),
        cmocka_unit_test(large_amounts_are_left_to_rejection),
        cmocka_unit_test(channels_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
