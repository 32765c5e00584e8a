/* Lowering of relu models: the limit of the network in rational arithmetic is the model's output, for random models and inputs,
 * before and after reduction; integers over other denominators included. */
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ir/interp/interp.h"
#include "ir/prove/limit.h"
#include "ir/lower/lower.h"
#include "ir/pass/pass.h"
#include "support/mem.h"

enum { WIDEST = 6, LAYERS = 3, MODELS = 60, INPUTS = 5 };

struct random_model {
    struct crnl_neural m;
    struct crnl_neural_array array[2 * LAYERS];
    int32_t width[LAYERS + 1];
    double value[LAYERS * (WIDEST * WIDEST + WIDEST)];
};

static double draw(struct crnl_rng *rng, int32_t steps, double step)
{
    return step * ((double)crnl_rng_below(rng, (uint64_t)(2 * steps + 1)) - steps);
}

/* Weights of layer l are integers up to `most` over 2^(l * shift). */
static void make_model(struct random_model *r, struct crnl_rng *rng, int32_t most, int shift)
{
    memset(r, 0, sizeof *r);
    struct crnl_neural *m = &r->m;
    *m = (struct crnl_neural){.kind = &crnl_neural_relu,
                              .name = "m",
                              .n_layers = 1 + (int32_t)crnl_rng_below(rng, LAYERS),
                              .width = r->width,
                              .array = r->array,
                              .value = r->value,
                              .weights = CRNL_WEIGHTS_REAL};
    for (int32_t l = 0; l <= m->n_layers; l++) {
        r->width[l] = 1 + (int32_t)crnl_rng_below(rng, WIDEST);
    }
    for (int32_t l = 0; l < m->n_layers; l++) {
        int32_t in = r->width[l], out = r->width[l + 1];
        r->array[2 * l] = (struct crnl_neural_array){"w", 2, {in, out}, m->n_values, in * out};
        r->array[2 * l + 1] = (struct crnl_neural_array){"b", 1, {out, 0}, m->n_values + in * out, out};
        for (int32_t i = 0; i < in * out + out; i++) {
            r->value[m->n_values++] =
                i < in * out ? draw(rng, most, ldexp(1, -l * shift)) : draw(rng, 64, 1.0 / 32);
        }
    }
    m->inputs = r->width[0];
    m->outputs = r->width[m->n_layers];
}

/* All values are multiples of small powers of two: exact in doubles. */
static void apply(const struct random_model *r, const double *x, double *y)
{
    double from[WIDEST], to[WIDEST];
    memcpy(from, x, (size_t)r->m.inputs * sizeof *x);
    for (int32_t l = 0; l < r->m.n_layers; l++) {
        const double *w = r->value + r->array[2 * l].first, *b = r->value + r->array[2 * l + 1].first;
        for (int32_t j = 0; j < r->width[l + 1]; j++) {
            to[j] = b[j];
            for (int32_t i = 0; i < r->width[l]; i++) {
                to[j] += from[i] * w[i * r->width[l + 1] + j];
            }
            to[j] = l + 1 < r->m.n_layers ? fmax(to[j], 0) : to[j];
        }
        memcpy(from, to, sizeof from);
    }
    memcpy(y, from, (size_t)r->m.outputs * sizeof *y);
}

/* Input i of the model on its rails, by the record. */
static void encode(const struct net *n, const struct lowering *record, const double *v, double *x)
{
    const struct symbol *s = &n->symbol.data[lowering_find(record, LOWERED_INPUT, "x")->symbol];
    for (int64_t i = 0; i < shape_size(s->shape); i++) {
        const struct expr *difference = expr_get(n->ex, n->elem.data[s->first + (uint32_t)i]);
        x[expr_get(n->ex, difference->args[0])->a] = fmax(v[i], 0);
        x[expr_get(n->ex, difference->args[1])->a] = fmax(-v[i], 0);
    }
}

static void check_limit(const struct net *n, const struct lowering *record, const struct random_model *r,
                        const double *v)
{
    double y[WIDEST];
    double *x = mem_zalloc(n->species.n + 1, sizeof *x);
    struct interp *it = interp_create(n);
    assert_true(interp_initial(it, NULL, x));
    encode(n, record, v, x);
    assert_true(limit_exact(n, x));
    apply(r, v, y);
    const struct symbol *s = &n->symbol.data[lowering_find(record, LOWERED_OUTPUT, "y")->symbol];
    assert_int_equal(shape_size(s->shape), r->m.outputs);
    for (int32_t j = 0; j < r->m.outputs; j++) {
        double got = interp_value(it, n->elem.data[s->first + (uint32_t)j], x, 0, NULL, NULL, 1);
        assert_true(got == y[j]);
    }
    interp_destroy(it);
    free(x);
}

static struct arena *records;

/* By the name of the construction, with its options in order. */
static struct net *lower(const struct crnl_neural *m, const char *construction, const double *option,
                         struct lowering *record, struct diag *diag)
{
    const struct lowerer l = {.m = m, .name = "chem", .option = option, .diag = diag, .arena = records};
    int i = 0;
    while (strcmp(lower_name(i), construction) != 0) {
        i++;
    }
    assert_true(lower_takes(i, "relu"));
    return lower_make(i, &l, record);
}

static void check_models(int32_t most, int shift, double annihilate)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    records = arena_create();
    struct crnl_rng rng;
    struct random_model r;
    crnl_rng_seed(&rng, 6, (uint32_t)most, (uint64_t)shift, 0, CRNL_DRAW_EXPRESSION);
    for (int k = 0; k < MODELS; k++) {
        make_model(&r, &rng, most, shift);
        struct lowering record = {0};
        struct net *n = lower(&r.m, "rate_independent", (double[]){0, annihilate}, &record, diag);
        assert_non_null(n);
        assert_true(net_verify(n, diag));
        int32_t hidden = 0;
        for (int32_t l = 1; l < r.m.n_layers; l++) {
            hidden += r.width[l];
        }
        assert_int_equal(n->reaction.n, 2 * r.m.inputs + 4 * hidden + (annihilate > 0 ? r.m.outputs : 0));
        struct net *small = net_clone(n);
        assert_true(pass_run_list(small, "unimolecular,dual_rail", NULL, diag));
        if (annihilate == 0) {
            assert_int_equal(small->reaction.n, 2 * r.m.inputs + hidden);
        }
        for (int i = 0; i < INPUTS; i++) {
            double v[WIDEST];
            for (int32_t j = 0; j < r.m.inputs; j++) {
                v[j] = draw(&rng, 100, 1.0 / 16);
            }
            check_limit(n, &record, &r, v);
            check_limit(small, &record, &r, v);
        }
        net_destroy(n);
        net_destroy(small);
    }
    assert_int_equal(diag_error_count(diag), 0);
    diag_destroy(diag);
    arena_destroy(records);
    sources_destroy(sources);
}

static void test_ternary(void **state)
{
    (void)state;
    check_models(1, 0, 0);
}

static void test_annihilation(void **state)
{
    (void)state;
    check_models(1, 0, 2.5);
}

static void test_integers(void **state)
{
    (void)state;
    check_models(7, 0, 0);
}

static void test_denominators(void **state)
{
    (void)state;
    check_models(7, 3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ternary), cmocka_unit_test(test_annihilation),
                                       cmocka_unit_test(test_integers), cmocka_unit_test(test_denominators)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
