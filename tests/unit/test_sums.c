/* Sums over runs: their order is that of a tree, whatever is added up together; runs as bytes leave what they
 * leave one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_bundle.h"
#include "runtime/rt_events.h"

enum { ROWS = 3, MOST = 64 * 13 + 17 };

static const struct crnl_elem elem[1];
static const char *const names[] = {"A"};
static const struct crnl_stat_request requests[] = {
    {.kind = CRNL_TIME_MEAN, .n_elems = 1, .elem = elem, .name = names},
    {.kind = CRNL_TIME_HISTOGRAM, .n_elems = 1, .elem = elem, .name = names, .bound = {9, 0}},
    {.kind = CRNL_RUN_MEAN, .n_elems = 1, .elem = elem, .name = names},
};
static const struct crnl_model model = {.name = "pair", .n_stats = 3, .stat = requests};
static const struct crnl_run_spec spec = {.method = &crnl_method_ssa};

static struct rt_job job_of(int64_t runs)
{
    return (struct rt_job){.m = &model,
                           .spec = &spec,
                           .runs = runs,
                           .fixed_grid = true,
                           .has_rows = true,
                           .n_columns = 1,
                           .n_trace = 1,
                           .trace_name = names};
}

static uint64_t state;
static double draw(void)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (double)(state >> 11) * 0x1p-53;
}

/* What run `run` leaves. */
static struct rt_moments moments_of(int64_t run)
{
    state = (uint64_t)run * 77 + 5;
    double weight = 0.5 + draw(), mean = 100 * draw();
    return (struct rt_moments){weight, mean, draw()};
}

static double row_value(int64_t run, int64_t row)
{
    state = (uint64_t)run * 31 + (uint64_t)row;
    return 1e3 * draw();
}

static void fill(struct rt_recorder *r, struct rt_job *job, int64_t run)
{
    rt_recorder_init(r, job, run);
    r->t = 2;
    r->stat[0].moments[0] = moments_of(run);
    for (int32_t i = 0; i < 4; i++) {
        rt_histogram_add(&r->stat[1].histogram, (int32_t)(run + i * i) % 9, 0, draw());
    }
    r->stat[2].value[0] = draw();
    r->n_rows = r->cap_rows = ROWS;
    r->row = rt_alloc((size_t)ROWS * 2, sizeof *r->row);
    for (int64_t i = 0; i < ROWS; i++) {
        r->row[2 * i] = (double)i;
        r->row[2 * i + 1] = row_value(run, i);
    }
}

/* The definition: blocks, then halves, then what is left from behind; row -1: of the statistic. */
static struct rt_moments one(int64_t run, int64_t row)
{
    return row < 0 ? moments_of(run) : (struct rt_moments){1, row_value(run, row), 0};
}

static struct rt_moments defined(int64_t first, int64_t n, int64_t row)
{
    struct rt_moments sum = {0};
    if (n <= 64) {
        for (int64_t i = first; i < first + n; i++) {
            struct rt_moments m = one(i, row);
            if (row < 0) {
                rt_moments_merge(&sum, &m);
            } else {
                rt_moments_add(&sum, m.mean, 1);
            }
        }
        return sum;
    }
    int64_t left = 64; /* the largest part with which n begins, or its half if that is all */
    while (2 * left < n) {
        left *= 2;
    }
    sum = defined(first, left, row);
    struct rt_moments right = defined(first + left, n - left, row);
    rt_moments_merge(&sum, &right);
    return sum;
}

static void same_moments(const struct rt_moments *a, const struct rt_moments *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

static struct rt_result *finish(struct rt_collector *c)
{
    struct rt_error e = {0};
    struct rt_result *result = rt_collector_finish(c, &e);
    assert_int_equal(e.status, CRNL_OK);
    return result;
}

static struct rt_collector *collector_of(struct rt_job *job)
{
    struct rt_error e = {0};
    const struct rt_file_request file = {.summary = true};
    return rt_collector_create(job, &file, &e);
}

static struct rt_result *one_by_one(struct rt_job *job)
{
    struct rt_error e = {0};
    struct rt_collector *c = collector_of(job);
    for (int64_t i = 0; i < job->runs; i++) {
        struct rt_recorder r;
        fill(&r, job, i);
        assert_int_equal(rt_collect_run(c, &r, &e), CRNL_OK);
        rt_recorder_free(&r);
    }
    return finish(c);
}

/* Sums of 3 blocks of 64 runs and some are (a + b) + (c + d), of 6 ((a + b) + (c + d)) + (e + f). */
static void test_order(void **unused)
{
    (void)unused;
    const int64_t sizes[] = {1, 63, 64, 65, 128, 191, 192, 193, 256, 300, 448, MOST};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        struct rt_job job = job_of(sizes[k] > 1 ? sizes[k] : 2);
        struct rt_result *r = one_by_one(&job);
        struct rt_moments m = defined(0, job.runs, -1);
        same_moments(&r->stat[0].moments[0], &m);
        assert_int_equal(r->n_rows, ROWS);
        for (int64_t i = 0; i < ROWS; i++) {
            m = defined(0, job.runs, i);
            assert_true(m.mean == r->row[3 * i + 1]);
        }
        rt_result_free(r);
    }
    /* It is not the order of runs, which would have other bits. */
    struct rt_moments tree = defined(0, MOST, -1), in_turn = {0};
    for (int64_t i = 0; i < MOST; i++) {
        struct rt_moments m = moments_of(i);
        rt_moments_merge(&in_turn, &m);
    }
    assert_memory_not_equal(&tree, &in_turn, sizeof tree);
}

static double bin(const struct rt_histogram *h, int32_t i)
{
    for (size_t s = 0; s < h->cap; s++) {
        if (h->weight[s] > 0 && h->key[s] == rt_histogram_key(i, 0)) {
            return h->weight[s];
        }
    }
    return 0;
}

static void same_result(const struct rt_result *a, const struct rt_result *b, int64_t runs)
{
    same_moments(&a->stat[0].moments[0], &b->stat[0].moments[0]);
    assert_true(a->stat[1].histogram.total == b->stat[1].histogram.total);
    for (int32_t i = 0; i < 9; i++) {
        assert_true(bin(&a->stat[1].histogram, i) > 0);
        assert_true(bin(&a->stat[1].histogram, i) == bin(&b->stat[1].histogram, i));
    }
    assert_memory_equal(a->stat[2].value, b->stat[2].value, (size_t)runs * sizeof(double));
    assert_int_equal(a->n_rows, b->n_rows);
    assert_memory_equal(a->row, b->row, (size_t)a->n_rows * 3 * sizeof(double));
    assert_true(a->t == b->t);
}

/* Bundles of any size: of whole blocks as sums, and of runs. */
static void test_bundles(void **unused)
{
    (void)unused;
    struct rt_job job = job_of(MOST);
    struct rt_result *whole = one_by_one(&job);
    for (uint64_t seed = 1; seed < 40; seed++) {
        struct rt_collector *c = collector_of(&job);
        struct rt_bundle b;
        struct rt_error e = {0};
        uint64_t choice = seed;
        bool by_blocks = true;
        int64_t sums = 0;
        rt_bundle_init(&b, &job, rt_rows_needed(&job, true));
        for (int64_t i = 0; i < MOST; i++) {
            struct rt_recorder r;
            fill(&r, &job, i);
            rt_bundle_add(&b, &r, by_blocks);
            rt_recorder_free(&r);
            sums += b.in_block;
            state = choice * 7919 + (uint64_t)i;
            choice = choice * 31 + (uint64_t)(draw() * 1e6);
            if (i + 1 < MOST && (b.in_block || draw() > (seed % 2 ? 0.01 : 0.3))) {
                continue;
            }
            by_blocks = draw() < 0.8;
            struct rt_buffer bytes = {0};
            int64_t first = b.first;
            rt_bundle_write(&b, &bytes);
            assert_int_equal(rt_collect_bundle(c, &bytes, &e), i + 1 - first);
            assert_int_equal(e.status, CRNL_OK);
            rt_buffer_free(&bytes);
        }
        assert_true(sums > 64);
        rt_bundle_free(&b);
        struct rt_result *r = finish(c);
        same_result(whole, r, MOST);
        rt_result_free(r);
    }
    rt_result_free(whole);
}

/* Bytes that are not those of the next runs are refused: too many runs, later ones, some that are missing; the
 * last sum without its end, which would read as zeros, and something behind it. */
static void test_refused(void **unused)
{
    (void)unused;
    enum { GOOD, TOO_MANY, LATER, MISSING, CUT, LONGER, WAYS };
    struct rt_job job = job_of(256);
    for (int way = GOOD; way < WAYS; way++) {
        struct rt_collector *c = collector_of(&job);
        struct rt_bundle b;
        struct rt_error e = {0};
        struct rt_buffer bytes = {0};
        rt_bundle_init(&b, &job, RT_ROWS_SUMS);
        for (int64_t i = way == LATER ? 64 : 0; i < 128; i++) {
            struct rt_recorder r;
            fill(&r, &job, i);
            rt_bundle_add(&b, &r, way != MISSING);
            rt_recorder_free(&r);
        }
        rt_bundle_write(&b, &bytes);
        const int64_t n = 257;
        if (way == TOO_MANY) {
            memcpy(bytes.data, &n, sizeof n);
        }
        if (way == LONGER) {
            rt_put_n(&bytes, (const char *)&n, sizeof n);
        }
        bytes.n = way == MISSING ? bytes.n / 2 : way == CUT ? bytes.n - 8 : bytes.n; /* the last sum */
        rt_collect_bundle(c, &bytes, &e);
        assert_int_equal(e.status, way == GOOD ? CRNL_OK : CRNL_DATA);
        rt_buffer_free(&bytes);
        rt_bundle_free(&b);
        rt_result_free(rt_collector_finish(c, &e));
        rt_error_free(&e);
    }
}

/* The recorder of a finished run is as a new one. */
static void test_clear(void **unused)
{
    (void)unused;
    static struct crnl_stat_request all[4];
    memcpy(all, requests, sizeof requests);
    all[3] = (struct crnl_stat_request){.kind = CRNL_TIME_MAX, .n_elems = 1, .elem = elem, .name = names};
    const struct crnl_model m = {.name = "pair", .n_species = 2, .n_stats = 4, .stat = all};
    struct rt_job job = job_of(64);
    struct rt_recorder r, fresh;
    job.m = &m;
    fill(&r, &job, 3);
    rt_recorder_init(&fresh, &job, 3);
    for (int32_t i = 0; i < 4; i++) {
        r.stat[i].moments[0].m2 = r.stat[i].value[0] = 3;
        r.stat[i].in_kernel = r.stat[i].is_unknown = true;
    }
    r.stat[3].course[0].crossings = 5;
    r.x[1] = r.t = r.t_row = r.handed_on = 7;
    memset(r.memory, 1, rt_memory_size(&m) * sizeof *r.memory);
    rt_put(&r.notes, "a note");
    rt_fail(&r.error, CRNL_LIMIT, "an error");
    rt_recorder_clear(&r);
    for (int32_t i = 0; i < 4; i++) {
        struct rt_stat *a = &r.stat[i], *b = &fresh.stat[i], same = *b;
        same_moments(a->moments, b->moments);
        assert_memory_equal(a->value, b->value, sizeof *a->value);
        assert_true(!a->course == !b->course);
        assert_true(!a->course || memcmp(a->course, b->course, sizeof *a->course) == 0);
        same.moments = a->moments;
        same.value = a->value;
        same.course = a->course;
        assert_memory_equal(a, &same, sizeof *a);
    }
    assert_memory_equal(r.x, fresh.x, 2 * sizeof *r.x);
    assert_memory_equal(r.memory, fresh.memory, rt_memory_size(&m) * sizeof *r.memory);
    struct rt_recorder same = fresh;
    same.stat = r.stat;
    same.x = r.x;
    same.memory = r.memory;
    assert_memory_equal(&r, &same, sizeof r);
    rt_recorder_free(&r);
    rt_recorder_free(&fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_bundles),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
