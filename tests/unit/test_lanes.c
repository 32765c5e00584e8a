/* Runs in lockstep: each lane has the bytes of the table kernel, for all widths of vectors, whenever lanes end and
 * begin. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_builder.h"
#define WIDE         8
#define INSTRUCTIONS __attribute__((target("avx512f,avx512dq")))
#include "runtime/ssa/lanes_draw.h"

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

static void by_table(const struct crnl_model *m, void *table, struct lane_run *r, int64_t events)
{
    r->w.kernel = table;
    crnl_table_reset(table);
    crnl_table_ssa(m, &r->w, events);
}

static struct lane_run alone[RUNS][STOPS];

/* Continues a run to its stops, and makes the event of a pending time, which lanes do not know, by the table.
 * Returns whether the run then goes on, in this lane. */
static bool enter(struct crnl_lockstep *L, int l, void *table, struct lane_run *r, int number)
{
    for (; r->stop < STOPS; r->stop++) {
        int64_t budget, before = r->w.events;
        next_stop(number, r->stop, &r->w.t_stop, &budget);
        if (r->w.t_next >= 0) {
            by_table(L->m, table, r, 1);
        }
        budget -= r->w.events - before;
        if (r->w.t_next < 0 && budget > 0) {
            rt_lanes_put(L, l, &r->w, r->w.t_stop, budget);
            return true;
        }
        assert_true(same(r, &alone[number][r->stop]));
    }
    return false;
}

/* What a lane cannot do is left to the table. How many stops were those of lanes. */
static int compare(struct model_builder *b, const struct lanes_step *step)
{
    static struct lane_run lane[RUNS];
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
            by_table(m, table, &r, budget);
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
                assert_true(enter(L, l, table, &lane[number[l]], number[l]));
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
                by_table(m, table, r, budget - (r->w.events - before));
            } else {
                by_lanes++;
            }
            assert_true(same(r, &alone[number[l]][r->stop]));
            r->stop++;
            if (!enter(L, l, table, r, number[l])) {
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

/* Both ways to look up layers, of which each processor uses one, past points that are left to the library. */
#if defined __x86_64__
INSTRUCTIONS static void draw_block(struct crnl_lockstep *L, bool gathers)
{
    draw_ahead(L, gathers);
}
#endif

static void lanes_draw_what_a_stream_alone_draws(void **state)
{
    (void)state;
#if defined __x86_64__
    struct model_builder b = {0};
    model_random(&b, &(struct crnl_rng){{1, 2, 3, 4}}, SPECIES, 3, false);
    struct crnl_model *m = model_finish(&b, "lanes");
    for (int gathers = 0; gathers < 2 && rt_lanes_avx512.is_here(); gathers++) {
        struct crnl_lockstep *L = rt_lanes_create(m, &rt_lanes_avx512);
        struct lane_run r[LANES_MOST];
        struct crnl_rng stream[LANES_MOST];
        for (int l = 0; l < LANES_MOST; l++) {
            begin(&r[l], &b, l);
            stream[l] = r[l].w.rng;
            rt_lanes_put(L, l, &r[l].w, 1, 1);
        }
        for (int block = 0; block < 4000; block++) {
            draw_block(L, gathers);
            for (int i = 0; i < LANES_AHEAD * LANES_MOST; i++) {
                int at = i / LANES_MOST, l = i % LANES_MOST;
                assert_true(L->wait[at][l] == crnl_rng_exponential(&stream[l]));
                assert_true(L->choice[at][l] == crnl_rng_uniform(&stream[l]));
            }
        }
        free(L);
    }
    model_free(&b);
#endif
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
        cmocka_unit_test(lanes_draw_what_a_stream_alone_draws),
        cmocka_unit_test(other_networks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
