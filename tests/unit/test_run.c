/* Runs through a context: what holds between runs, what results do not depend on, ends of runs, messages. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test_harness.h"

/* Condition 0: A >= 20; 1: A <= 15; law 2: -1 when A is 3. */
static double conditions(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                         double inv_volume)
{
    (void)env, (void)t, (void)p;
    double a = x[0] * inv_volume;
    return i == 0 ? a >= (c ? c[0] : 20) : i == 1 ? a <= 15 : a == 3 ? -1 : 1;
}

/* 0 -> A (10), A -> 0 (1), from `amount`. */
static struct crnl_model *birth_death(struct model_builder *b, double amount)
{
    model_species(b, "A", amount);
    model_reaction(b, "0 -> A", 10, -1);
    model_reaction(b, "A -> 0", 1, -1);
    struct crnl_model *m = model_finish(b, "bd");
    m->expr = conditions;
    return m;
}
enum { SYMBOL_A, SYMBOL_K0, SYMBOL_K1, SYMBOL_X0 };

static void bind(struct harness *h, int32_t symbol, double v, bool lasting)
{
    assert_int_equal(crnl_bind(h->ctx, 0, symbol, 0, 1, &v, 0, lasting, 3), 0);
}

static void run(struct harness *h, const struct crnl_run_spec *spec, const struct crnl_run_args *args)
{
    assert_int_equal(crnl_run(h->ctx, spec, args), 0);
}

static void set_lasts_and_with_does_not(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {0};
    harness_start(&h, birth_death(&b, 4));
    struct crnl_run_spec spec = run_for_time(&crnl_method_bdf), again = spec;
    struct crnl_run_args args = {.duration = 1e-9}, long_args = {.duration = 60};
    struct given g = {0};
    give(&g, &spec, &long_args, CRNL_OPTION_RTOL, 1e-10);
    args.option = long_args.option;
    again.resume = 1;
    assert_true(value_of(&h, SYMBOL_A) == 4); /* before the first run: initial amounts */
    assert_true(value_of(&h, SYMBOL_K0) == 10);
    bind(&h, SYMBOL_X0, 6, true);
    assert_true(value_of(&h, SYMBOL_A) == 6);

    bind(&h, SYMBOL_K0, 30, false); /* with k0 = 30: that run only */
    run(&h, &spec, &long_args);
    assert_true(fabs(value_of(&h, SYMBOL_A) - 30) < 1e-6);
    assert_true(value_of(&h, SYMBOL_K0) == 10);
    run(&h, &spec, &long_args);
    assert_true(fabs(value_of(&h, SYMBOL_A) - 10) < 1e-6);
    bind(&h, SYMBOL_K0, 20, true);
    run(&h, &spec, &long_args);
    run(&h, &spec, &long_args);
    assert_true(fabs(value_of(&h, SYMBOL_A) - 20) < 1e-6);

    bind(&h, SYMBOL_A, 100, true); /* an amount: kept by continue, undone by run */
    assert_true(value_of(&h, SYMBOL_A) == 100);
    run(&h, &again, &args);
    assert_true(fabs(value_of(&h, SYMBOL_A) - 100) < 1e-4);
    assert_true(fabs(crnl_get_time(h.ctx, 0) - 60) < 1e-6);
    bind(&h, SYMBOL_A, 100, true);
    run(&h, &spec, &args);
    assert_true(fabs(value_of(&h, SYMBOL_A) - 6) < 1e-4);
    bind(&h, SYMBOL_A, 50, false); /* an amount of the next run */
    run(&h, &spec, &args);
    assert_true(fabs(value_of(&h, SYMBOL_A) - 50) < 1e-4);
    run(&h, &spec, &args);
    assert_true(fabs(value_of(&h, SYMBOL_A) - 6) < 1e-4);
    harness_end(&h);
    model_free(&b);
}

static void continue_starts_initially_and_then_goes_on(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {0};
    harness_start(&h, birth_death(&b, 4));
    struct crnl_run_spec spec = run_for_time(&crnl_method_bdf);
    struct crnl_run_args args = {.duration = 1};
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_RTOL, 1e-10);
    give(&g, &spec, &args, CRNL_OPTION_ATOL, 1e-12);
    spec.resume = 1;
    bind(&h, SYMBOL_A, 7, true); /* before the first run: from there */
    for (int i = 1; i <= 3; i++) {
        run(&h, &spec, &args);
        assert_true(fabs(value_of(&h, SYMBOL_A) - (10 - 3 * exp(-i))) < 1e-7);
        assert_true(crnl_get_time(h.ctx, 0) == i);
    }
    harness_end(&h);
    model_free(&b);
}

static void statements_and_turns_have_their_own_streams(void **state)
{
    (void)state;
    struct model_builder b = {0};
    double v[2][3];
    for (int i = 0; i < 2; i++) {
        struct harness h = {0};
        harness_start(&h, i ? &b.m : birth_death(&b, 4));
        struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
        struct crnl_run_args args = {.duration = 200};
        for (int turn = 0; turn < 3; turn++) {
            spec.statement = turn == 2 ? 2 : 1;
            run(&h, &spec, &args);
            /* the time of the next event would differ even where counts agree: compare a long sum of them */
            v[i][turn] = value_of(&h, SYMBOL_A) + 1000 * crnl_get_time(h.ctx, 0);
            double draws[4], zero = 0, one = 1;
            crnl_random(h.ctx, CRNL_UNIFORM, 3, 4, &zero, 0, &one, 0, draws);
            v[i][turn] += draws[0] + draws[3];
        }
        harness_end(&h);
    }
    assert_memory_equal(v[0], v[1], sizeof v[0]);
    assert_true(v[0][0] != v[0][1] && v[0][1] != v[0][2]);
    model_free(&b);
}

/* Condition on a single event: all three ways to look at a trajectory end in the same state. */
static void results_do_not_depend_on_the_grid(void **state)
{
    (void)state;
    struct model_builder b = {0};
    birth_death(&b, 4);
    const char *name[] = {"A"};
    const struct crnl_stat_request stat[] = {{CRNL_TIME_MEAN, 1, b.elem, name, 0, {0}, 0, 0},
                                             {CRNL_TIME_VAR, 1, b.elem, name, 0, {0}, 0, 0}};
    static const double every[] = {0, 0.1, 7, 1.0 / 3};
    const struct crnl_method *const method[] = {&crnl_method_ssa, &crnl_method_bdf, &crnl_method_erk};
    for (int k = 0; k < 3; k++) {
        double want[3] = {0};
        for (int i = 0; i < 8; i++) {
            b.m.n_stats = i % 2 && k == 0 ? 0 : 2; /* without statistics SSA runs free */
            b.m.stat = stat;
            b.m.n_trace = i < 4;
            b.m.trace = b.elem;
            b.m.trace_name = name;
            struct harness h = {0};
            harness_start(&h, &b.m);
            struct crnl_run_spec spec = run_for_time(method[k]);
            spec.after = CRNL_SPAN_TIME;
            struct crnl_run_args args = {.after = 1, .duration = 20, .every = every[i % 4]};
            run(&h, &spec, &args);
            double got[3] = {value_of(&h, SYMBOL_A), b.m.n_stats ? statistic_of(&h, 0) : 0,
                             b.m.n_stats ? statistic_of(&h, 1) : 0};
            if (i == 0) {
                memcpy(want, got, sizeof want);
            }
            assert_true(got[0] == want[0]);
            assert_true(!b.m.n_stats || (got[1] == want[1] && got[2] == want[2]));
            harness_end(&h);
        }
    }
    model_free(&b);
}

static void until_and_events_end_a_run(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {0};
    harness_start(&h, birth_death(&b, 4));
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    spec.span = CRNL_SPAN_NONE;
    spec.until = 0;
    double capture = 18;
    struct crnl_run_args args = {.capture = &capture};
    run(&h, &spec, &args);
    assert_true(value_of(&h, SYMBOL_A) == 18);
    double t = crnl_get_time(h.ctx, 0);
    spec.resume = 1;
    run(&h, &spec, &args); /* holds already: it has to fail, and to hold again */
    assert_true(value_of(&h, SYMBOL_A) == 18 && crnl_get_time(h.ctx, 0) > t);
    spec = run_for_time(&crnl_method_ssa);
    spec.span = spec.after = CRNL_SPAN_EVENTS;
    args = (struct crnl_run_args){.after = 3, .duration = 2};
    run(&h, &spec, &args);
    int parity = (int)value_of(&h, SYMBOL_A) % 2;
    assert_int_equal(parity, 1); /* 4 and five steps of 1 */
    harness_end(&h);
    model_free(&b);
}

static void expect(int status, int line_of_test, const char *want, const struct crnl_model *m,
                   const struct crnl_run_spec *spec, const struct crnl_run_args *args,
                   const struct crnl_options *options)
{
    struct harness h = {.options = options ? *options : (struct crnl_options){0}};
    harness_start(&h, m);
    int got = crnl_run(h.ctx, spec, args);
    if (got != status || !strstr(crnl_error_text(h.ctx), want)) {
        print_error("line %d: status %d, %s\n", line_of_test, got, crnl_error_text(h.ctx));
        fail();
    }
    harness_end(&h);
}

static void errors_say_what_and_where(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct crnl_run_spec ssa = run_for_time(&crnl_method_ssa), ode = run_for_time(&crnl_method_bdf);
    struct crnl_run_args args = {.duration = 10};
    model_species(&b, "A", 1);
    model_species(&b, "B", 0);
    model_reaction(&b, "A + 2 B -> 3 A", 1, -1);
    model_reaction(&b, "A -> B", -2, -1);
    struct crnl_model *m = model_finish(&b, "net");
    const char *label[] = {NULL, "decay"}, *origin[] = {NULL, "ReLU h[3] of clf"};
    const int32_t line[] = {4, 5};
    m->reaction_label = label;
    m->reaction_origin = origin;
    m->reaction_line = line;
    expect(CRNL_BAD_PROPENSITY, __LINE__,
           "test.crnl:12: error[E0902]: the rate constant is -2, of reaction `A -> B` "
           "(decay, ReLU h[3] of clf, test.crnl:5)",
           m, &ssa, &args, NULL);
    b.value[1] = 2;
    b.value[2] = 0.5;
    expect(CRNL_FRACTIONAL, __LINE__, "error[E0904]: the initial amount of `A` is 0.5", m, &ssa, &args, NULL);
    expect(CRNL_FRACTIONAL, __LINE__, "volume = V", m, &ssa, &args, NULL);
    b.value[2] = -1;
    expect(CRNL_BAD_AMOUNT, __LINE__, "the initial amount of `A` is -1", m, &ode, &args, NULL);
    b.value[2] = 1;
    b.value[1] = 1;
    struct crnl_run_spec events = ssa;
    events.span = CRNL_SPAN_EVENTS;
    expect(CRNL_NOT_REACHED, __LINE__,
           "no reaction can fire any more, 9 events before the end\n  note: the state is A = 0, "
           "B = 1",
           m, &events, &args, NULL);
    ssa.span = CRNL_SPAN_NONE;
    expect(CRNL_BAD_ARGUMENT, __LINE__, "the run has no end", m, &ssa, &args, NULL);
    args.duration = NAN;
    expect(CRNL_BAD_ARGUMENT, __LINE__, "`for` must be a number that is not negative", m, &ode, &args, NULL);
    args.duration = 1;
    struct crnl_run_spec rk4 = run_for_time(&crnl_method_rk4);
    expect(CRNL_BAD_ARGUMENT, __LINE__, "`rk4` needs its step length\n  help: give it, e.g. dt = 0.01", m, &rk4,
           &args, NULL);
    model_free(&b);

    struct model_builder c = {0};
    model_species(&c, "A", 0);
    model_reaction(&c, "0 -> A", 1, 2);
    m = model_finish(&c, "law");
    m->expr = conditions;
    ssa = run_for_time(&crnl_method_ssa);
    args.duration = 100;
    expect(CRNL_BAD_PROPENSITY, __LINE__, "the propensity -1 at t = ", m, &ssa, &args, NULL);
    expect(CRNL_BAD_PROPENSITY, __LINE__, "of reaction `0 => A`", m, &ssa, &args, NULL);
    model_free(&c);

    struct model_builder d = {0};
    m = birth_death(&d, 4);
    args.duration = 1e9;
    expect(CRNL_LIMIT, __LINE__, "the limit of 1000 events", m, &ssa, &args,
           &(struct crnl_options){.max_events = 1000});
    expect(CRNL_LIMIT, __LINE__, "may take 0.05 seconds", m, &ssa, &args,
           &(struct crnl_options){.max_seconds = 0.05});
    const int32_t assume[] = {1}, assume_line[] = {7};
    m->n_assumes = m->n_assumes_moving = 1;
    m->assume = assume;
    m->assume_line = assume_line;
    expect(CRNL_ASSUME, __LINE__, "the assumption in line 7 of network `bd` does not hold at t = ", m, &ssa,
           &args, NULL);
    expect(CRNL_ASSUME, __LINE__, "A = 16", m, &ssa, &args, NULL);
    model_free(&d);
}

static void an_ensemble_has_no_single_value(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {0};
    harness_start(&h, birth_death(&b, 4));
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    struct crnl_run_args args = {.duration = 1};
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_RUNS, 10);
    run(&h, &spec, &args);
    double v;
    assert_int_equal(crnl_get(h.ctx, 0, SYMBOL_K0, 0, 1, &v, 5), 0);
    assert_int_equal(crnl_get(h.ctx, 0, SYMBOL_A, 0, 1, &v, 5), CRNL_NO_RUN);
    assert_non_null(strstr(crnl_error_text(h.ctx),
                           "test.crnl:5: error[E0909]: after 10 runs `bd.A` has no single value"));
    harness_end(&h);
    model_free(&b);
}

static void a_run_that_fails_leaves_the_state(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {.options = {.max_events = 1000}};
    harness_start(&h, birth_death(&b, 4));
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    double three = 3;
    assert_int_equal(crnl_bind(h.ctx, 0, SYMBOL_A, 0, 1, &three, 0, CRNL_SET, 1), 0);
    assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){.duration = 1e9}), CRNL_LIMIT);
    assert_true(value_of(&h, SYMBOL_A) == 3); /* of the first run: the initial amounts */
    run(&h, &spec, &(struct crnl_run_args){.duration = 5});
    double reached = value_of(&h, SYMBOL_A);
    assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){.duration = 1e9}), CRNL_LIMIT);
    assert_true(value_of(&h, SYMBOL_A) == reached && crnl_get_time(h.ctx, 0) == 5);
    harness_end(&h);
    model_free(&b);
}

static void names_are_suggested(void **state)
{
    (void)state;
    struct model_builder b = {0};
    birth_death(&b, 4);
    struct harness h = {0};
    const char *set[] = {"k0=3", "bd.k1=0.5"}, *wrong[] = {"k00=3"};
    h.options.set = set;
    h.options.n_set = 2;
    harness_start(&h, &b.m);
    assert_true(value_of(&h, SYMBOL_K0) == 3 && value_of(&h, SYMBOL_K1) == 0.5);
    harness_end(&h);
    h.options.set = wrong;
    h.options.n_set = 1;
    harness_start(&h, &b.m);
    assert_int_equal(crnl_execute(h.ctx), CRNL_BAD_ARGUMENT);
    assert_non_null(strstr(crnl_error_text(h.ctx), "did you mean `k0`?"));
    harness_end(&h);
    model_free(&b);
}

static void random_values_and_permutations(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {0};
    harness_start(&h, birth_death(&b, 4));
    enum { N = 20000 };
    static double v[N];
    static int64_t permutation[N];
    double a = 2, c = 5, p = 0.3, sum = 0;
    crnl_random(h.ctx, CRNL_UNIFORM, 1, N, &a, 0, &c, 0, v);
    for (int i = 0; i < N; i++) {
        assert_true(v[i] >= 2 && v[i] < 5);
        sum += v[i];
    }
    assert_true(fabs(sum / N - 3.5) < 5.3 * sqrt(9.0 / 12 / N));
    crnl_random(h.ctx, CRNL_BERNOULLI, 1, N, &p, 0, NULL, 0, v);
    sum = 0;
    for (int i = 0; i < N; i++) {
        sum += v[i];
    }
    assert_true(fabs(sum / N - 0.3) < 5.3 * sqrt(0.21 / N));
    assert_int_equal(crnl_shuffle(h.ctx, 1, N, N, permutation), 0);
    int64_t total = 0, fixed = 0;
    for (int i = 0; i < N; i++) {
        v[permutation[i]] = -1;
        total += permutation[i];
        fixed += permutation[i] == i;
    }
    for (int i = 0; i < N; i++) {
        assert_true(v[i] == -1);
    }
    assert_true(total == (int64_t)N * (N - 1) / 2 && fixed < 12); /* Poisson of mean 1: P(> 11) < 10^-9 */
    harness_end(&h);
    model_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_lasts_and_with_does_not),
        cmocka_unit_test(continue_starts_initially_and_then_goes_on),
        cmocka_unit_test(statements_and_turns_have_their_own_streams),
        cmocka_unit_test(results_do_not_depend_on_the_grid),
        cmocka_unit_test(until_and_events_end_a_run),
        cmocka_unit_test(errors_say_what_and_where),
        cmocka_unit_test(an_ensemble_has_no_single_value),
        cmocka_unit_test(a_run_that_fails_leaves_the_state),
        cmocka_unit_test(names_are_suggested),
        cmocka_unit_test(random_values_and_permutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
