/* Newton's equations of cascades, solved block by block, against the Jacobian that they never form. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <cvode/cvode.h>

#include "model_builder.h"
#include "runtime/ode/rt_linear.h"

enum { LEVELS = 12, WIDTH = 3, N = LEVELS * WIDTH + 1 };

/* A reaction whose rate constant is between 1e-3 and 1e3. */
__attribute__((format(printf, 3, 4))) static void add(struct model_builder *b, struct crnl_rng *rng,
                                                      const char *format, ...)
{
    char text[96];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    model_reaction(b, text, pow(10, 6 * crnl_rng_uniform(rng) - 3), -1);
}

/* Levels of three species, of which two or all exchange; their reactions read up to here, and change here and in the
 * next level. The numbers of the species say nothing about that order. */
static void make_cascade(struct model_builder *b, struct crnl_rng *rng)
{
    int name[LEVELS * WIDTH];
    for (int s = 0; s < LEVELS * WIDTH; s++) {
        char text[16];
        snprintf(text, sizeof text, "S%d", s);
        model_species(b, text, 0);
        int other = (int)(crnl_rng_next(rng) % (uint64_t)(s + 1));
        name[s] = name[other];
        name[other] = s;
    }
    model_species(b, "F", 0);
    b->kind[N - 1] = CRNL_CONSTANT;
    for (int level = 0; level < LEVELS; level++) {
        const int *here = name + WIDTH * level, *next = level + 1 < LEVELS ? here + WIDTH : here;
        int above = name[crnl_rng_next(rng) % (uint64_t)(WIDTH * (level + 1))];
        add(b, rng, "S%d -> S%d", here[0], here[1]);
        add(b, rng, "S%d -> S%d", here[1], here[level % 2]);
        add(b, rng, "S%d + S%d -> 3 S%d", here[0], here[2], next[0]);
        add(b, rng, "S%d + F -> S%d + 2 S%d + F", here[2], next[2], next[1]);
        add(b, rng, "2 S%d + S%d -> 2 S%d + S%d", above, here[1], above, next[0]);
        add(b, rng, "F -> S%d", here[2]);
    }
}

/* The largest |x - gamma J x - b| / (|b| + |x|), of a solution x at a random state. */
static double residual(struct rt_ode *o, struct rt_cvode *c, struct crnl_rng *rng, double gamma)
{
    double b[N], x[N], state[N], values[N * N], worst = 0;
    booleantype current = SUNFALSE;
    for (int s = 0; s < N; s++) {
        state[s] = crnl_rng_uniform(rng);
        b[s] = x[s] = s < N - 1 ? crnl_rng_uniform(rng) - 0.5 : 0;
    }
    N_VSetArrayPointer(state, c->view);
    N_VSetArrayPointer(b, c->weight);
    N_VSetArrayPointer(x, c->scratch);
    assert_int_equal(
        rt_cascade_system(0, c->view, NULL, c->matrix, SUNFALSE, &current, gamma, o, NULL, NULL, NULL), 0);
    assert_true(current);
    assert_int_equal(SUNLinSolSolve(c->linear, c->matrix, c->scratch, c->weight, 0), 0);
    rt_jacobian_values(&c->jacobian, o->m, 0, state, NULL, o->events.k, values);
    for (int s = 0; s < N; s++) {
        double sum = x[s] - b[s], size = fabs(x[s]) + fabs(b[s]);
        for (int r = 0; r < N; r++) {
            for (int32_t i = c->jacobian.col[r]; i < c->jacobian.col[r + 1]; i++) {
                double part = c->jacobian.row[i] == s ? gamma * values[i] * x[r] : 0;
                sum -= part;
                size += fabs(part);
            }
        }
        worst = fmax(worst, fabs(sum) / fmax(size, 1e-300));
    }
    return worst;
}

static int no_change(realtype t, N_Vector state, N_Vector change, void *user)
{
    (void)t, (void)state, (void)user;
    N_VConst(0, change);
    return 0;
}

static void equations_are_those_of_the_jacobian(void **state)
{
    (void)state;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 4, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int turn = 0; turn < 100; turn++) {
        struct model_builder b = {0};
        make_cascade(&b, &rng);
        struct crnl_model *m = model_finish(&b, "cascade");
        struct rt_cvode c = {0};
        struct rt_ode o = {.m = m, .n = N, .clock = 1, .events.k = b.k, .data = &c};
        SUNContext_Create(NULL, &c.context);
        c.view = N_VNewEmpty_Serial(N, c.context);
        c.weight = N_VNewEmpty_Serial(N, c.context);
        c.scratch = N_VNewEmpty_Serial(N, c.context);
        assert_true(rt_jacobian_create(&c.jacobian, m));
        assert_int_equal(rt_cascade_largest(m, &c.jacobian), WIDTH);
        c.memory = CVodeCreate(CV_BDF, c.context);
        N_Vector start = N_VNew_Serial(N, c.context);
        assert_int_equal(CVodeInit(c.memory, no_change, 0, start), CV_SUCCESS);
        assert_true(rt_linear_blocks.create(&o, &c));
        assert_true(residual(&o, &c, &rng, 1e-3) < 1e-12);
        assert_true(residual(&o, &c, &rng, 10) < 1e-9);
        CVodeFree(&c.memory);
        SUNLinSolFree(c.linear);
        SUNMatDestroy(c.matrix);
        N_VDestroy(start);
        rt_jacobian_destroy(&c.jacobian);
        N_VDestroy(c.view);
        N_VDestroy(c.weight);
        N_VDestroy(c.scratch);
        SUNContext_Free(&c.context);
        model_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equations_are_those_of_the_jacobian)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
