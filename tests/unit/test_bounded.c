/* Structural boundedness: each witness is multiplied out again, on random networks and known ones; time scales against
 * values by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ir/fact/fact.h"
#include "ir_random.h"
#include "ir_text.h"

enum { MAX_SPECIES = 8, MAX_REACTIONS = 10 };

static void check_weights(const struct net *n, const struct boundedness *b)
{
    int64_t weight[MAX_SPECIES] = {0};
    for (size_t i = 0; i < b->weight.n; i++) {
        assert_true(b->weight.data[i].count > 0);
        weight[b->weight.data[i].species] = b->weight.data[i].count;
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct term change[4 * MAX_SPECIES];
        int64_t sum = 0;
        for (size_t k = net_change(n, &n->reaction.data[j], change); k-- > 0;) {
            assert_true(weight[change[k].species] > 0);
            sum += weight[change[k].species] * change[k].count;
        }
        assert_true(sum <= 0);
    }
}

static void check_firings(const struct net *n, const struct boundedness *b)
{
    int64_t made[MAX_SPECIES] = {0}, raised = 0;
    for (size_t i = 0; i < b->firing.n; i++) {
        struct term change[4 * MAX_SPECIES];
        assert_true(b->firing.data[i].count > 0);
        for (size_t k = net_change(n, &n->reaction.data[b->firing.data[i].species], change); k-- > 0;) {
            made[change[k].species] += change[k].count * b->firing.data[i].count;
        }
    }
    for (int s = 0; s < MAX_SPECIES; s++) {
        assert_true(made[s] >= 0);
        raised += made[s];
    }
    for (size_t i = 0; i < b->raised.n; i++) {
        assert_int_equal(made[b->raised.data[i].species], b->raised.data[i].count);
        raised -= b->raised.data[i].count;
    }
    assert_int_equal(raised, 0);
    assert_true(b->raised.n > 0);
}

static struct net *random_net(void)
{
    struct net *n = net_create("random");
    struct span none = {0};
    int32_t species = 2 + (int32_t)draw(MAX_SPECIES - 1), reactions = 1 + (int32_t)draw(MAX_REACTIONS);
    for (int32_t s = 0; s < species; s++) {
        char name[8];
        snprintf(name, sizeof name, "S%d", s);
        net_add_species(n, name, random_kind(), 0, none);
    }
    for (int32_t j = 0; j < reactions; j++) {
        struct term side[2][2];
        for (int k = 0; k < 4; k++) {
            side[k / 2][k % 2] = (struct term){(species_id)draw((uint32_t)species), 1 + draw(3)};
        }
        net_add_reaction(n, side[0], 1 + draw(2), side[1], 1 + draw(2), RATE_MASS_ACTION, expr_real(n->ex, 1),
                         none);
    }
    return n;
}

static void random_networks(void **state)
{
    (void)state;
    random_state = 3;
    int count[3] = {0};
    for (int i = 0; i < 2000; i++) {
        struct net *n = random_net();
        struct boundedness b = fact_bounded(n);
        count[b.answer]++;
        if (b.answer == BOUNDED_YES) {
            check_weights(n, &b);
        } else if (b.answer == BOUNDED_NO) {
            check_firings(n, &b);
        }
        fact_bounded_free(&b);
        net_destroy(n);
    }
    assert_int_equal(count[BOUNDED_UNKNOWN], 0);
    assert_true(count[BOUNDED_YES] > 200 && count[BOUNDED_NO] > 200);
}

static void known_networks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum bounded_answer answer;
    } cases[] = {
        {"species A\n species B\n A -> 2 B\n 2 B -> A", BOUNDED_YES},
        {"species A\n species B\n A -> 2 B\n B -> A", BOUNDED_NO},
        {"species A\n species B\n species C\n A + B -> 3 C\n C -> A", BOUNDED_YES},
        {"species A\n A -> 0", BOUNDED_YES},
        {"species A\n 0 -> A\n A -> 0", BOUNDED_NO},
        {"species A\n constant B\n B -> A\n A -> 0", BOUNDED_NO},
        {"species A\n constant B\n A -> 7 B", BOUNDED_YES},
        {"species A", BOUNDED_YES},
        {"species A\n event at 3 : A = 5\n A -> 0", BOUNDED_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct net *n = net_of(cases[i].text);
        struct boundedness b = fact_bounded(n);
        if (b.answer != cases[i].answer) {
            fail_msg("case %zu: %d", i, b.answer);
        }
        if (b.answer == BOUNDED_YES) {
            check_weights(n, &b);
        } else if (b.answer == BOUNDED_NO) {
            check_firings(n, &b);
        }
        fact_bounded_free(&b);
        net_destroy(n);
    }
}

static void time_scales(void **state)
{
    (void)state;
    struct net *n = net_of("species A = 4\n species B = 2\n species C\n A + B ->{5} C\n 2 A ->{3} 0\n C =>{7 "
                           "* C / (1 + C)} 0\n A ->{1e9} 2 A");
    struct time_scales t = fact_time_scales(n);
    assert_int_equal(t.fast, 1); /* d(3 A^2)/dA times 2 molecules at A = 4 */
    assert_float_equal(t.fastest, 48, 1e-9);
    assert_int_equal(t.slow, 2); /* C counts as the mean 3: 7 / (1 + C)^2 */
    assert_float_equal(t.slowest, 7.0 / 16, 1e-6);
    net_destroy(n);
    n = net_of("species A\n 0 ->{3} A");
    assert_int_equal(fact_time_scales(n).fast, -1);
    net_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_networks),
        cmocka_unit_test(known_networks),
        cmocka_unit_test(time_scales),
    };
    return cmocka_run_group_tests_name("bounded", tests, NULL, NULL);
}
