/* Fibers that wait for one another: each request is served once, with others that fit, and not before all
 * fibers of the thread wait or are over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_meeting.h"

enum { PARTS = 11, AT_ONCE = 4, TURNS = 50 };

struct all {
    int next, over, waiting, together, largest;
    double sum;
};

struct request {
    struct all *all;
    int kind;
    double value, result;
};

static bool same_kind(const void *a, const void *b)
{
    return ((const struct request *)a)->kind == ((const struct request *)b)->kind;
}

static void square(void *const *request, int n)
{
    struct request *first = request[0];
    struct all *all = first->all;
    assert_in_range(n, 1, AT_ONCE - 1);
    all->largest = n > all->largest ? n : all->largest;
    all->together++;
    for (int i = 0; i < n; i++) {
        struct request *r = request[i];
        assert_int_equal(r->kind, first->kind);
        assert_true(isnan(r->result));
        r->result = r->value * r->value;
    }
    all->waiting -= n;
}

/* Numbers in arrays on the stack of each fiber, and calls below. */
static double deep(struct rt_meeting *m, struct all *all, int part, int depth)
{
    static const struct rt_gathering gathering = {AT_ONCE - 1, same_kind, square};
    double room[64], sum = 0;
    for (int i = 0; i < 64; i++) {
        room[i] = part * 64 + i;
    }
    struct request r = {all, part % 2, part + depth, NAN};
    all->waiting++;
    rt_meet(m, &gathering, &r);
    sum += r.result - (part + depth) * (part + depth);
    sum += depth > 0 ? deep(m, all, part, depth - 1) : 0;
    for (int i = 0; i < 64; i++) {
        sum += fabs(room[i] - (part * 64 + i));
    }
    return sum;
}

static void body(void *env, struct rt_meeting *m)
{
    struct all *all = env;
    while (all->next < PARTS) {
        int part = all->next++;
        for (int turn = 0; turn < TURNS + part; turn++) {
            assert_true(deep(m, all, part, turn % 7) == 0);
        }
        all->over++;
    }
}

static void check(int n)
{
    struct all all = {0};
    rt_meeting_run(n, body, &all);
    assert_int_equal(all.over, PARTS);
    assert_int_equal(all.waiting, 0);
    assert_true(n == 1 ? all.largest == 1 : all.largest > 1 && all.largest <= n);
}

static void test_parts(void **state)
{
    (void)state;
    check(1);
    check(2);
    check(AT_ONCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
