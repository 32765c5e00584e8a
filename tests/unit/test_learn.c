/* Learning between two epochs: its state is written, read by a new context, and the rest gives the bytes of
 * learning that was not interrupted. Of every rule, with rows that are the same in all epochs and with rows
 * that are others. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/neural/rt_learn.h"

enum { ROWS = 23, EPOCHS = 6, INTERRUPTED = 2, MAX_OPTIONS = 64, MAX_VALUES = 100 };

/* A model, how many numbers each field of a row has, and the options that are not the standard ones. */
struct taught {
    const struct crnl_learner *learner;
    const struct crnl_neural *model;
    int32_t n_fields;
    const int32_t *width;
    int32_t labels; /* the last field numbers so many classes; 0: all are 0 or 1 */
    bool truth;     /* options that are true or false are true */
};

static const int32_t relu_width[] = {3, 4, 2}, relu_fields[] = {3, 1};
static const struct crnl_neural_array relu_array[] = {
    {"w0", 2, {3, 4}, 0, 12}, {"b0", 1, {4, 0}, 12, 4}, {"w1", 2, {4, 2}, 16, 8}, {"b1", 1, {2, 0}, 24, 2}};
static const struct crnl_neural relu = {.kind = &crnl_neural_relu,
                                        .name = "m",
                                        .inputs = 3,
                                        .outputs = 2,
                                        .n_layers = 2,
                                        .n_arrays = 4,
                                        .n_values = 26,
                                        .width = relu_width,
                                        .array = relu_array};

static const int32_t boltzmann_fields[] = {3, 2}; /* and two hidden units */
static const struct crnl_neural_array boltzmann_array[] = {{"w", 2, {7, 7}, 0, 49},
                                                           {"theta", 1, {7, 0}, 49, 7}};
static const struct crnl_neural boltzmann = {.kind = &crnl_neural_boltzmann,
                                             .name = "m",
                                             .n_arrays = 2,
                                             .n_values = 56,
                                             .array = boltzmann_array,
                                             .n_visible = 5,
                                             .n_edges = -1};

/* The first two visible units go to the hidden ones, and these to the other three. */
static const int32_t one_way_edge[] = {2, 5, 2, 6, 3, 5, 3, 6, 4, 5, 4, 6, 5, 0, 5, 1, 6, 0, 6, 1};
static const struct crnl_neural one_way = {.kind = &crnl_neural_boltzmann,
                                           .name = "m",
                                           .n_arrays = 2,
                                           .n_values = 56,
                                           .array = boltzmann_array,
                                           .n_visible = 5,
                                           .n_edges = 10,
                                           .one_way = 1,
                                           .edge = one_way_edge};

static const struct taught taught[] = {
    {&crnl_learn_binary_connect, &relu, 2, relu_fields, 2, false},
    {&crnl_learn_contrastive_divergence, &boltzmann, 2, boltzmann_fields, 0, false},
    {&crnl_learn_contrastive_divergence, &boltzmann, 2, boltzmann_fields, 0, true},
    {&crnl_learn_backpropagation, &one_way, 2, boltzmann_fields, 0, false},
};

struct learned {
    double value[MAX_VALUES], result[CRNL_LEARN_RECORDS], loss[EPOCHS];
};

struct school {
    const struct taught *of;
    struct crnl_program program;
    struct crnl_options options;
    struct crnl_learn_spec spec;
    double option[MAX_OPTIONS];
    struct crnl_ctx *ctx;
};

static const char *const field_name[] = {"first", "second", "third"};
static const char *const record[] = {"m.loss", "m.accuracy"};

static void start(struct school *s, const struct taught *of, bool redraws)
{
    *s = (struct school){.of = of};
    s->program = (struct crnl_program){.abi = CRNL_ABI,
                                       .file = "test.crnl",
                                       .experiment = "main",
                                       .n_records = 2,
                                       .n_statements = 8,
                                       .record = record,
                                       .n_neurals = 1,
                                       .neural = of->model};
    s->program.run = crnl_run_by_options; /* never called */
    s->options.progress = 0;
    s->options.seed = 5;
    s->spec = (struct crnl_learn_spec){.statement = 1,
                                       .line = 3,
                                       .data = -1,
                                       .redraws = redraws,
                                       .n_fields = of->n_fields,
                                       .width = of->width,
                                       .name = field_name,
                                       .n_records = of->learner->record[1] ? 2 : 1,
                                       .record = {0, 1},
                                       .learner = of->learner};
    int n = 0;
    for (int32_t i = 0; i < of->learner->n_options; i++) {
        const struct crnl_learn_option *o = &of->learner->option[i];
        double v = strcmp(o->name, "epochs") == 0        ? EPOCHS
                   : strcmp(o->name, "batch") == 0       ? 5
                   : strncmp(o->name, "dropout", 7) == 0 ? 0.25
                   : strcmp(o->name, "momentum") == 0    ? 0.5
                   : o->truth                            ? of->truth && strcmp(o->name, "exact") != 0
                                                         : o->value;
        for (int32_t k = 0; k < (o->is_list ? of->model->n_layers : 1); k++) {
            s->option[n++] = v;
        }
    }
    s->ctx = crnl_create(&s->program, &s->options);
    assert_int_equal(crnl_learn_begin(s->ctx, &s->spec, s->option), 0);
}

/* Drawn as a program draws: by the streams of the rows. */
static void make_rows(struct school *s)
{
    double field[3][8], zero = 0, one = 1;
    const double *const fields[] = {field[0], field[1], field[2]};
    for (int i = 0; i < ROWS; i++) {
        for (int32_t f = 0; f < s->of->n_fields; f++) {
            crnl_random(s->ctx, CRNL_UNIFORM, 2 + f, s->of->width[f], &zero, 0, &one, 0, field[f]);
            bool labels = s->of->labels && f == s->of->n_fields - 1;
            for (int32_t k = 0; k < s->of->width[f] && (labels || !s->of->labels); k++) {
                field[f][k] = floor(field[f][k] * (labels ? s->of->labels : 2));
            }
        }
        assert_int_equal(crnl_learn_row(s->ctx, 0, fields), 0);
    }
}

/* True: another epoch is due, and its rows are there. */
static bool next(struct school *s)
{
    int64_t go = -1;
    assert_int_equal(crnl_learn_next(s->ctx, &go), 0);
    if (go == CRNL_LEARN_ROWS) {
        make_rows(s);
    }
    return go != CRNL_LEARN_ENDS;
}

static void finish(struct school *s, struct learned *out)
{
    while (next(s)) {
        assert_int_equal(crnl_learn_step(s->ctx), 0);
    }
    memset(out, 0, sizeof *out);
    assert_int_equal(crnl_learn_end(s->ctx, out->result), 0);
    memcpy(out->value, s->ctx->neural[0].value, (size_t)s->of->model->n_values * sizeof *out->value);
    assert_int_equal(s->ctx->record[0].n, EPOCHS);
    memcpy(out->loss, s->ctx->record[0].v, sizeof out->loss);
    crnl_destroy(s->ctx);
}

static void a_state_that_is_read_goes_on_as_if_nothing_had_been(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 2 * sizeof taught / sizeof *taught; i++) {
        const struct taught *of = &taught[i / 2];
        bool redraws = i % 2;
        struct school s;
        struct learned whole, rest;
        start(&s, of, redraws);
        finish(&s, &whole);

        struct rt_state state = {0};
        start(&s, of, redraws);
        for (int k = 0; k < INTERRUPTED; k++) {
            assert_true(next(&s));
            assert_int_equal(crnl_learn_step(s.ctx), 0);
        }
        rt_learn_write_state(s.ctx->learning, &state);
        crnl_destroy(s.ctx);

        start(&s, of, redraws);
        assert_true(next(&s)); /* the rows of the first epoch show how many there are */
        assert_int_equal(rt_learn_read_state(s.ctx->learning, &state), 0);
        finish(&s, &rest);
        assert_memory_equal(&whole, &rest, sizeof whole);
        assert_true(whole.loss[EPOCHS - 1] != whole.loss[0]);
        rt_state_free(&state);
    }
}

static void what_is_no_state_of_this_learning_is_refused(void **unused)
{
    (void)unused;
    struct school s;
    struct rt_state state = {0}, shorter;
    start(&s, &taught[0], false);
    assert_true(next(&s));
    assert_int_equal(crnl_learn_step(s.ctx), 0);
    rt_learn_write_state(s.ctx->learning, &state);
    for (size_t n = 0; n < state.n; n += 1 + state.n / 7) {
        shorter = state;
        shorter.n = n;
        struct school other;
        start(&other, &taught[0], false);
        assert_true(next(&other));
        assert_int_equal(rt_learn_read_state(other.ctx->learning, &shorter), CRNL_DATA);
        crnl_destroy(other.ctx);
    }
    struct school other;
    start(&other, &taught[0], false);
    assert_true(next(&other));
    other.ctx->learning->seed++;
    assert_int_equal(rt_learn_read_state(other.ctx->learning, &state), CRNL_DATA);
    crnl_destroy(other.ctx);
    crnl_destroy(s.ctx);
    rt_state_free(&state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_that_is_read_goes_on_as_if_nothing_had_been),
        cmocka_unit_test(what_is_no_state_of_this_learning_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
