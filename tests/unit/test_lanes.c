/* Runs in lockstep: each lane has the bytes of the table kernel, for all widths of vectors, whenever lanes end and begin. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_builder.h"
#include "runtime/ssa/rt_lanes.h"

enum { SPECIES = 7, RUNS = 40, STOPS = 6 };

struct lane_run {
    double x[SPECIES];
    struct crnl_ssa w;
    int stop;
};

static void begin(struct lane_run *r, const struct model_builder *b, int number)
{
    *r = (struct lane_run){.w = {.k = b->k, .inv_volume = 1, .t_next = -1}};
    r->w.x = r->x;
    memcpy(r->x, b->amount, (size_t)b->m.n_species * sizeof *r->x);
    crnl_rng_seed(&r->w.rng, 4, 1, 0, (uint64_t)number, CRNL_DRAW_SSA);
}

/* Times and budgets at which a run stops: so that times are pending, and not. */
static void next_stop(int number, int stop, double *t, int64_t *budget)
{
    *t = 0.1 * (stop + 1) + 0.01 * (number % 7);
    *budget = 1 + (number * 5 + stop * 11) % 60;
}

static bool same(const struct lane_run *a, const struct lane_run *b)
{
    return memcmp(a->x, b->x, sizeof a->x) == 0 && memcmp(&a->w.rng, &b->w.rng, sizeof a->w.rng) == 0 &&
           a->w.t == b->w.t && a->w.t_next == b->w.t_next && a->w.events == b->w.events;
}

/* What a lane cannot do is left to the table. How many stops were those of lanes. */
static int compare(struct model_builder *b, const struct lanes_step *step)
{
    static struct lane_run alone[RUNS][STOPS], lane[RUNS];
    struct crnl_model *m = model_finish(b, "lanes");
    struct crnl_lockstep *L = rt_lanes_create(m, step);
    void *table = crnl_table_create(m);
    int number[LANES_MOST], next = 0, busy = 0, by_lanes = 0;
    assert_non_null(L);
    for (int i = 0; i < RUNS; i++) {
        struct lane_run r;
        begin(&r, b, i);
        for (int s = 0; s < STOPS; s++) {
            int64_t budget;
            next_stop(i, s, &r.w.t_stop, &budget);
            r.w.kernel = table;
            crnl_table_reset(table);
            crnl_table_ssa(m, &r.w, budget);
            alone[i][s] = r;
        }
        begin(&lane[i], b, i);
    }
    for (int l = 0; l < LANES_MOST; l++) {
        number[l] = -1;
    }
    do {
        for (int l = 0; l < step->wide && next < RUNS; l++) {
            if (number[l] < 0) {
                number[l] = next++;
                double t;
                int64_t budget;
                next_stop(number[l], 0, &t, &budget);
                rt_lanes_put(L, l, &lane[number[l]].w, t, budget);
                busy++;
            }
        }
        unsigned ended = step->step(L);
        assert_true(ended != 0);
        for (int l = 0; l < step->wide; l++) {
            if (!(ended >> l & 1)) {
                continue;
            }
            struct lane_run *r = &lane[number[l]];
            double t;
            int64_t budget;
            next_stop(number[l], r->stop, &t, &budget);
            if (L->end[l] == LANES_ODD) {
                int64_t before = r->stop > 0 ? alone[number[l]][r->stop - 1].w.events : 0;
                r->w.t_stop = t;
                r->w.kernel = table;
                crnl_table_reset(table);
                crnl_table_ssa(m, &r->w, budget - (r->w.events - before));
            } else {
                by_lanes++;
            }
            assert_true(same(r, &alone[number[l]][r->stop]));
            if (++r->stop < STOPS) {
                next_stop(number[l], r->stop, &t, &budget);
                rt_lanes_put(L, l, &r->w, t, budget);
            } else {
                number[l] = -1;
                busy--;
            }
        }
    } while (busy > 0 || next < RUNS);
    crnl_table_destroy(table);
    free(L);
    return by_lanes;
}

static void each_lane_has_the_bytes_of_the_table(void **state)
{
    (void)state;
    static const struct lanes_step *const step[] = {&rt_lanes_avx512, &rt_lanes_avx2};
    for (int i = 0; i < 2; i++) {
        struct crnl_rng rng;
        int by_lanes = 0;
        crnl_rng_seed(&rng, 3, 1, 0, 0, CRNL_DRAW_EXPRESSION);
        for (int n = 1; step[i]->is_here() && n <= LANES_REACTIONS; n++) {
            struct model_builder b = {0};
            model_random(&b, &rng, SPECIES, n, n % 2);
            by_lanes += compare(&b, step[i]);
            model_free(&b);
        }
        assert_true(!step[i]->is_here() || by_lanes > RUNS * STOPS * LANES_REACTIONS / 3);
    }
}

static void other_networks_are_refused(void **state)
{
    (void)state;
    struct model_builder b = {0};
    model_species(&b, "A", 5);
    model_reaction(&b, "2 A -> 0", 1, -1);
    struct crnl_lockstep *L = rt_lanes_create(model_finish(&b, "pairs"), rt_lanes_step());
    assert_true((L != NULL) == (rt_lanes_step() != NULL));
    free(L);
    model_reaction(&b, "5 A -> 0", 1, -1);
    assert_null(rt_lanes_create(model_finish(&b, "fives"), rt_lanes_step()));
    model_free(&b);
    struct model_builder law = {0};
    model_species(&law, "A", 5);
    model_reaction(&law, "A -> 0", 1, 0);
    assert_null(rt_lanes_create(model_finish(&law, "law"), rt_lanes_step()));
    model_free(&law);
    struct model_builder many = {0};
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 3, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    model_random(&many, &rng, SPECIES, LANES_REACTIONS + 1, false);
    assert_null(rt_lanes_create(model_finish(&many, "many"), rt_lanes_step()));
    model_free(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_lane_has_the_bytes_of_the_table),
        cmocka_unit_test(other_networks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
