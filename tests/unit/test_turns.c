/* Turns of laws that read the time, found one after the other, against the laws looked at in small steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "codegen/plan/plan.h"
#include "runtime/rt_turns.h"
#include "support/mem.h"

static const struct span nowhere = {0, 0, 0};
static const double end = 40;
enum { LOOKS = 20000, LAWS = 1000 };
static uint64_t state;

static uint32_t draw(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static expr_id real(struct expr_pool *ex)
{
    return expr_real(ex, 0.25 * (1 + draw(24)));
}

static expr_id random_value(struct expr_pool *ex, int depth);

static expr_id random_condition(struct expr_pool *ex, int depth)
{
    enum expr_op op = draw(2) ? EXPR_LT : EXPR_LE;
    return expr_binary(ex, op, random_value(ex, depth - 1), real(ex));
}

static expr_id random_value(struct expr_pool *ex, int depth)
{
    expr_id t = expr_leaf(ex, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    if (depth <= 0) {
        return draw(3) ? t : real(ex);
    }
    expr_id x = random_value(ex, depth - 1);
    switch (draw(10)) {
    case 0: return expr_unary(ex, EXPR_FLOOR_REAL, expr_binary(ex, EXPR_DIV, x, real(ex)));
    case 1: return expr_binary(ex, EXPR_MOD, x, real(ex));
    case 2: return expr_binary(ex, draw(2) ? EXPR_MIN : EXPR_MAX, x, random_value(ex, depth - 1));
    case 3: return expr_unary(ex, EXPR_ABS, expr_binary(ex, EXPR_SUB, x, real(ex)));
    case 4:
        return expr_select(ex, random_condition(ex, depth), random_value(ex, depth - 1),
                           random_value(ex, depth - 1));
    case 5: return expr_unary(ex, draw(2) ? EXPR_SIN : EXPR_COS, expr_binary(ex, EXPR_DIV, x, real(ex)));
    case 6: {
        expr_id d = expr_binary(ex, EXPR_SUB, x, real(ex));
        return expr_unary(ex, EXPR_EXP, expr_unary(ex, EXPR_NEG, expr_binary(ex, EXPR_MUL, d, d)));
    }
    case 7: return expr_binary(ex, EXPR_MUL, x, random_value(ex, depth - 1));
    default: return expr_binary(ex, draw(2) ? EXPR_ADD : EXPR_SUB, x, random_value(ex, depth - 1));
    }
}

static struct net *printed;
static struct net *net_with(struct net *n, expr_id rate)
{
    printed = n;
    net_add_species(n, "A", SPECIES_DISCRETE, expr_real(n->ex, 1), nowhere);
    struct term a = {0, 1};
    net_add_reaction(n, NULL, 0, &a, 1, RATE_LAW, rate, nowhere);
    return n;
}

static double value_of(const struct crnl_model *m, int32_t i, double t, double *registers)
{
    struct crnl_tape tape = m->turn;
    double out[2];
    tape.code += m->turn_code[2 * i];
    tape.n_code = m->turn_code[2 * i + 1] - m->turn_code[2 * i];
    crnl_tape_run(&tape, &t, NULL, NULL, out, registers);
    return out[0];
}

/* Jumps are constant from one turn to the next, but for a touch that no two looks see, and slopes keep their
 * sign. */
static void check_piece(const struct crnl_model *m, double from, double to, double *registers)
{
    for (int32_t i = 0; i < m->n_turns; i++) {
        double first = crnl_time_after(from), last = crnl_time_before(to), least = 0, most = 0, v = 0;
        double start = value_of(m, i, first + 0.37 * (last - first), registers);
        int others = 0, looks = 2 + (int)(LOOKS * (to - from) / end);
        for (int k = 0; k <= looks && last - first > 1e-6; k++) {
            v = value_of(m, i, first + (last - first) * k / looks, registers);
            least = fmin(least, v);
            most = fmax(most, v);
            others = v != start && (v == v || start == start) ? others + 1 : 0;
            if (i < m->n_jumps && others == 2) {
                expr_print(stderr, printed->ex, printed->reaction.data[0].rate, NULL, NULL);
                fail_msg("jump %d of %d: %.17g at %.17g, %.17g at %d of %d to %.17g", (int)i, (int)m->n_jumps,
                         start, first, v, k, looks, last);
            }
        }
        if (i >= m->n_jumps && least < 0 && most > 0 && fmin(-least, most) > 1e-5 * fmax(-least, most)) {
            expr_print(stderr, printed->ex, printed->reaction.data[0].rate, NULL, NULL);
            fail_msg("slope %d: %.17g to %.17g between %.17g and %.17g", (int)i, least, most, first, last);
        }
    }
}

static void test_all_are_found(void **unused)
{
    (void)unused;
    int64_t turns = 0, jumping = 0;
    for (uint64_t round = 0; round < LAWS; round++) {
        state = round + 1;
        struct net *n = net_create("turns");
        net_with(n, random_value(n->ex, 1 + (int)draw(3)));
        struct net_use use = {.net = n, .needs = CRNL_NEEDS_SSA};
        struct plan *plan = plan_create(&use, NULL, &plan_default);
        const struct crnl_model *m = &plan->model;
        struct crnl_run_spec spec = {.until = -1};
        struct rt_job job = {.m = m, .spec = &spec, .inv_volume = 1};
        struct rt_turns w;
        rt_turns_create(&w, &job);
        rt_turns_begin(&w);
        double *registers = mem_zalloc((size_t)m->turn.n_registers + 1, sizeof *registers), x = 1, t = 0;
        bool jumps;
        for (int k = 0; k < 2000 && t < end; k++) {
            double next = fmin(rt_turns_next(&w, t, INFINITY, &x, &jumps), end);
            assert_true(next > t);
            check_piece(m, t, next, registers);
            turns += next < end;
            jumping += next < end && jumps;
            t = next < end ? crnl_time_after(next) : end;
        }
        free(registers);
        rt_turns_destroy(&w);
        plan_destroy(plan);
        net_destroy(n);
    }
    assert_true(turns > 4000 && jumping > 1000 && jumping < turns - 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
