/* `to limit` against hand-computed cases. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test_harness.h"

static struct crnl_run_spec to_limit(void)
{
    struct crnl_run_spec spec = run_for_time(&crnl_method_limit);
    spec.span = CRNL_SPAN_LIMIT;
    return spec;
}

/* min(a, b), then the ReLU of paper 002: x.p -> M + y.p, M + x.n -> y.n. */
static void minimum_and_relu(void **state)
{
    (void)state;
    static const double input[][4] = {
        {3, 5, 0, 1.5}, {5, 3, 0.5, 0}, {0, 2, 3, 4.5}, {1, 1, 4.5, 3}, {0.1, 0.3, 7, 7}};
    for (size_t i = 0; i < sizeof input / sizeof *input; i++) {
        struct model_builder b = {0};
        model_species(&b, "A", input[i][0]);
        model_species(&b, "B", input[i][1]);
        model_species(&b, "Y", 0);
        model_species(&b, "xp", input[i][2]);
        model_species(&b, "xn", input[i][3]);
        model_species(&b, "M", 0);
        model_species(&b, "yp", 0);
        model_species(&b, "yn", 0);
        model_reaction(&b, "M + xn -> yn", 1, -1);
        model_reaction(&b, "xp -> M + yp", 1, -1);
        model_reaction(&b, "A + B -> Y", 1, -1);
        struct crnl_model *m = model_finish(&b, "demo");
        const int32_t order[] = {2, 1, 0};
        m->limit_order = order;
        struct harness h = {0};
        harness_start(&h, m);
        struct crnl_run_spec spec = to_limit();
        assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){0}), 0);
        assert_true(value_of(&h, 2) == fmin(input[i][0], input[i][1]));
        assert_true(value_of(&h, 0) * value_of(&h, 1) == 0);
        double relu = fmax(input[i][2] - input[i][3], 0);
        assert_true(fabs(value_of(&h, 6) - value_of(&h, 7) - relu) < 1e-12);
        harness_end(&h);
        model_free(&b);
    }
}

static void stoichiometry_and_catalysts(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 3);
    model_species(&b, "B", 10);
    model_species(&b, "C", 0);
    model_species(&b, "Cat", 0.5);
    model_species(&b, "None", 0);
    model_reaction(&b, "2 A + 3 B + Cat -> C + Cat", 1, -1);
    model_reaction(&b, "B + None -> None + 2 C", 1, -1);
    model_reaction(&b, "B -> C", 0, -1);
    struct crnl_model *m = model_finish(&b, "demo");
    const int32_t order[] = {0, 1, 2};
    m->limit_order = order;
    struct harness h = {0};
    harness_start(&h, m);
    struct crnl_run_spec spec = to_limit();
    assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){0}), 0);
    assert_true(value_of(&h, 0) == 0);
    assert_true(value_of(&h, 1) == 5.5); /* a catalyst that is absent, and a rate of 0: nothing more */
    assert_true(value_of(&h, 2) == 1.5);
    assert_true(value_of(&h, 3) == 0.5);
    harness_end(&h);
    model_free(&b);
}

static void the_limiting_reactant_is_exactly_zero(void **state)
{
    (void)state;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 4, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < 200; i++) {
        struct model_builder b = {0};
        double a = crnl_rng_uniform(&rng), c = crnl_rng_uniform(&rng);
        model_species(&b, "A", a);
        model_species(&b, "B", c);
        model_reaction(&b, "3 A + 7 B -> 0", 1, -1);
        struct crnl_model *m = model_finish(&b, "demo");
        const int32_t order[] = {0};
        m->limit_order = order;
        struct harness h = {0};
        harness_start(&h, m);
        struct crnl_run_spec spec = to_limit();
        assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){0}), 0);
        bool first = a / 3 < c / 7;
        assert_true(value_of(&h, first ? 0 : 1) == 0);
        double left = first ? c - 7 * a / 3 : a - 3 * c / 7;
        assert_true(fabs(value_of(&h, first ? 1 : 0) - left) < 1e-14);
        harness_end(&h);
        model_free(&b);
    }
}

static void refusal_is_explained(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 1);
    model_reaction(&b, "A -> 2 A", 1, -1);
    struct crnl_model *m = model_finish(&b, "demo");
    m->limit_refusal = "`A` makes itself";
    struct harness h = {0};
    harness_start(&h, m);
    struct crnl_run_spec spec = to_limit();
    assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){0}), CRNL_BAD_ARGUMENT);
    assert_non_null(strstr(crnl_error_text(h.ctx), "`A` makes itself"));
    harness_end(&h);
    model_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimum_and_relu),
        cmocka_unit_test(stoichiometry_and_catalysts),
        cmocka_unit_test(the_limiting_reactant_is_exactly_zero),
        cmocka_unit_test(refusal_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
