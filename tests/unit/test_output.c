/* Files, text, plots: what they hold, that threads do not change them, what happens where nothing can be
 * written. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zip.h>

#include "support/zip/libzip.h"
#include "test_harness.h"

static const char *const trace_name[] = {"A", "B"};

/* A <-> B with outputs D (A - B) and A; both species are traced. */
static struct crnl_model *exchange(struct model_builder *b, bool outputs)
{
    static const struct crnl_elem elem[] = {
        {CRNL_ELEM_DUAL, 0, 1}, {CRNL_ELEM_SPECIES, 0, 0}, {CRNL_ELEM_SPECIES, 1, 0}};
    static const int32_t dim[] = {2};
    static const struct crnl_symbol symbol[] = {
        {"D", CRNL_ELEM_DUAL, CRNL_SYMBOL_OUTPUT, 0, NULL, 1, 0, NULL, NULL},
        {"S", CRNL_ELEM_SPECIES, CRNL_SYMBOL_OUTPUT, 1, dim, 2, 1, NULL, NULL}};
    model_species(b, "A", 30);
    model_species(b, "B", 10);
    model_reaction(b, "A -> B", 1, -1);
    model_reaction(b, "B -> A", 1, -1);
    struct crnl_model *m = model_finish(b, "exchange");
    m->n_trace = 2;
    m->trace = elem + 1;
    m->trace_name = trace_name;
    if (outputs) {
        m->symbol = symbol;
        m->elem = elem;
        m->n_symbols = 2;
        m->n_elems = 3;
    }
    return m;
}

static char *run_to_file(const struct crnl_model *m, const struct crnl_method *method,
                         struct crnl_run_args args, int runs, bool summary, int threads,
                         const char *directory, int status)
{
    struct harness h = {.options = {.out_dir = directory, .threads = threads, .seed = 5}};
    char path[4200];
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(method);
    spec.sink = &crnl_sink_csv;
    args.file = "sub/r.csv";
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_RUNS, runs);
    give(&g, &spec, &args, CRNL_OPTION_SUMMARY, summary);
    assert_int_equal(crnl_run(h.ctx, &spec, &args), status);
    harness_end(&h);
    snprintf(path, sizeof path, "%s/sub/r.csv", directory);
    return read_whole(path);
}

static void columns_are_outputs_or_species(void **state)
{
    (void)state;
    char *directory = make_directory();
    for (int outputs = 0; outputs < 2; outputs++) {
        struct model_builder b = {0};
        struct crnl_model *m = exchange(&b, outputs);
        const struct crnl_run_args args = {.duration = 1, .every = 0.5};
        char *single = run_to_file(m, &crnl_method_ssa, args, 1, false, 1, directory, 0);
        char *many = run_to_file(m, &crnl_method_ssa, args, 2, false, 1, directory, 0);
        const char *want = outputs ? "time,D,S[0],S[1]\n0,20,30,10\n0.5," : "time,A,B\n0,30,10\n0.5,";
        assert_memory_equal(single, want, strlen(want));
        want = outputs ? "run,time,D,S[0],S[1]\n0,0,20,30,10\n0,0.5," : "run,time,A,B\n0,0,30,10\n0,0.5,";
        assert_memory_equal(many, want, strlen(want));
        int lines = 0;
        for (const char *p = many; *p; p++) {
            lines += *p == '\n';
        }
        assert_int_equal(lines, 1 + 2 * 3);
        assert_non_null(strstr(many, "\n1,1,"));
        free(single);
        free(many);
        model_free(&b);
    }
    remove_directory(directory);
}

static void threads_do_not_change_bytes(void **state)
{
    (void)state;
    char *directory = make_directory();
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    const struct crnl_stat_request stat[] = {{CRNL_TIME_MEAN, 2, b.elem, trace_name, 0, {0}, 0, 0},
                                             {CRNL_TIME_HISTOGRAM, 2, b.elem, trace_name, 0, {40, 40}, 0, 0},
                                             {CRNL_RUN_VAR, 2, b.elem, trace_name, 0, {0}, 0, 0}};
    m->n_stats = 3;
    m->stat = stat;
    static const int threads[] = {1, 2, 7};
    for (int summary = 0; summary < 2; summary++) {
        char *want = NULL;
        double statistic[3][4], joint[3][41 * 41];
        for (int i = 0; i < 3; i++) {
            struct crnl_run_args args = {.duration = 2, .every = 0.1};
            char *got = run_to_file(m, &crnl_method_ssa, args, 300, summary, threads[i], directory, 0);
            assert_true(strlen(got) > 500);
            if (i == 0) {
                want = got;
            } else {
                assert_string_equal(got, want);
                free(got);
            }
            struct harness h = {.options = {.threads = threads[i], .seed = 5}};
            harness_start(&h, m);
            struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
            assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
            crnl_stat(h.ctx, 0, 0, 0, 2, statistic[i], 1);
            crnl_stat(h.ctx, 0, 2, 0, 2, statistic[i] + 2, 1);
            assert_int_equal(crnl_stat(h.ctx, 0, 1, 40, 41 * 41, joint[i], 1), 0);
            assert_memory_equal(statistic[i], statistic[0], sizeof statistic[0]);
            assert_memory_equal(joint[i], joint[0], sizeof joint[0]);
            harness_end(&h);
        }
        if (summary) {
            static const char start[] = "time,A_mean,A_sd,B_mean,B_sd\n0,30,0,10,0\n";
            assert_memory_equal(want, start, sizeof start - 1);
        }
        double sum = 0; /* A + B = 40: the joint histogram is an antidiagonal */
        for (int i = 0; i <= 40; i++) {
            sum += joint[0][i * 41 + 40 - i];
        }
        assert_true(fabs(sum - 1) < 1e-12);
        free(want);
    }
    remove_directory(directory);
    model_free(&b);
}

static void numbers_read_back(void **state)
{
    (void)state;
    char *directory = make_directory();
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    b.value[0] = 0.1;
    char *text = run_to_file(m, &crnl_method_bdf, (struct crnl_run_args){.duration = 1, .every = 0.01}, 1,
                             false, 1, directory, 0);
    struct harness h = {0};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_bdf);
    assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){.duration = 1}), 0);
    const char *last = strstr(text, "\n1,");
    assert_non_null(last);
    assert_true(strtod(last + 3, NULL) == value_of(&h, 0));
    assert_non_null(strstr(text, "\n0.29,")); /* a time on the grid prints short */
    harness_end(&h);
    free(text);
    remove_directory(directory);
    model_free(&b);
}

static zip_file_t *open_entry(zip_t *archive, const char *name)
{
    zip_int64_t at = zip_name_locate(archive, name, 0);
    assert_true(at >= 0);
    return zip_fopen_index(archive, (zip_uint64_t)at, 0);
}

static uint64_t entry_size(zip_t *archive, const char *name)
{
    char piece[256];
    uint64_t size = 0;
    zip_file_t *file = open_entry(archive, name);
    for (zip_int64_t n; (n = zip_fread(file, piece, sizeof piece)) > 0;) {
        size += (uint64_t)n;
    }
    zip_fclose(file);
    return size;
}

static void npz_holds_an_array_for_each_column(void **state)
{
    (void)state;
    char *directory = make_directory(), path[4200];
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    struct harness h = {.options = {.out_dir = directory}};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    spec.sink = &crnl_sink_npz;
    struct crnl_run_args args = {.duration = 1, .every = 0.25, .file = "r.npz"};
    struct given g = {0};
    give(&g, &spec, &args, CRNL_OPTION_RUNS, 3);
    assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
    snprintf(path, sizeof path, "%s/r.npz", directory);
    int code;
    assert_null(libzip_missing());
    zip_t *archive = zip_open(path, ZIP_RDONLY, &code);
    assert_non_null(archive);
    assert_int_equal(zip_get_num_entries(archive, 0), 4);
    static const char *const name[] = {"run.npy", "time.npy", "A.npy", "B.npy"};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(entry_size(archive, name[i]), 128 + 15 * 8);
    }
    char data[128 + 15 * 8];
    zip_file_t *file = open_entry(archive, "time.npy");
    assert_int_equal(zip_fread(file, data, sizeof data), sizeof data);
    zip_fclose(file);
    zip_discard(archive);
    static const char start[] =
        "\x93NUMPY\x01\0v\0{'descr': '<f8', 'fortran_order': False, 'shape': (15,), }";
    assert_memory_equal(data, start, sizeof start - 1);
    assert_int_equal(data[127], '\n');
    double t[15];
    memcpy(t, data + 128, sizeof t);
    for (int i = 0; i < 15; i++) {
        assert_true(t[i] == 0.25 * (i % 5));
    }
    harness_end(&h);
    remove_directory(directory);
    model_free(&b);
}

static void what_cannot_be_written_is_said(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    static const struct {
        const char *file, *message;
    } list[] = {
        {"/dev/full", "cannot write `/dev/full`: No space left on device"},
        {"/dev/null/x.csv", "cannot create the directory `/dev/null`: Not a directory"},
    };
    for (int i = 0; i < 6; i++) {
        struct harness h = {.options = {.allow_outside = 1}};
        harness_start(&h, m);
        struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
        spec.sink = &crnl_sink_csv;
        struct crnl_run_args args = {.duration = 1, .file = list[i / 3].file};
        struct given g = {0};
        give(&g, &spec, &args, CRNL_OPTION_RUNS, i % 3 + 1);
        int status = crnl_run(h.ctx, &spec, &args);
        if (i == 3 && status != CRNL_FILE) {
            print_error("%d %s\n", status, crnl_error_text(h.ctx));
        }
        assert_int_equal(status, CRNL_FILE);
        harness_end(&h);
    }
    struct harness h = {.options = {.allow_outside = 1}};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    spec.sink = &crnl_sink_csv;
    assert_int_equal(crnl_run(h.ctx, &spec, &(struct crnl_run_args){.duration = 1, .file = list[0].file}),
                     CRNL_FILE);
    assert_non_null(strstr(crnl_error_text(h.ctx), list[0].message));
    harness_end(&h);
    FILE *full = fopen("/dev/full", "w");
    h.options.output = full;
    harness_start(&h, m);
    assert_int_equal(crnl_print(h.ctx, "text", NULL, 4), CRNL_FILE);
    assert_non_null(
        strstr(crnl_error_text(h.ctx), "test.crnl:4: error[E0908]: cannot print: No space left on device"));
    harness_end(&h);
    fclose(full);
    model_free(&b);
}

/* A signal that came between the last look and the opening. */
static void nobody_is_waited_for_after_a_signal(void **state)
{
    (void)state;
    struct crnl_file *f;
    assert_int_equal(mkfifo("pipe", 0666), 0);
    crnl_cancel();
    assert_int_equal(crnl_file_open(&f, "pipe", false), EINTR);
    crnl_files_wait(true);
    int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    assert_int_equal(crnl_file_open(&f, "pipe", false), 0);
    assert_int_equal(crnl_file_finish(f, NULL), 0);
    close(reader);
    assert_int_equal(unlink("pipe"), 0);
}

static void an_error_keeps_what_was_computed(void **state)
{
    (void)state;
    char *directory = make_directory(), path[4200];
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    struct harness h = {.options = {.out_dir = directory, .max_events = 1000}};
    harness_start(&h, m);
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    spec.sink = &crnl_sink_csv;
    struct crnl_run_args args = {.duration = 1e6, .every = 1, .file = "r.csv"};
    assert_int_equal(crnl_run(h.ctx, &spec, &args), CRNL_LIMIT);
    harness_end(&h);
    snprintf(path, sizeof path, "%s/r.csv", directory);
    char *text = read_whole(path);
    assert_non_null(strstr(text, "\n20,")); /* 40 events per unit of time */
    free(text);
    snprintf(path, sizeof path, "%s/r.csv.part", directory);
    assert_int_equal(access(path, F_OK), -1);
    remove_directory(directory);
    model_free(&b);
}

static void cancelling_ends_a_run(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    for (int runs = 1; runs <= 8; runs += 7) {
        struct harness h = {0};
        harness_start(&h, m);
        crnl_cancel();
        struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
        struct crnl_run_args args = {.duration = 1e9};
        struct given g = {0};
        give(&g, &spec, &args, CRNL_OPTION_RUNS, runs);
        assert_int_equal(crnl_run(h.ctx, &spec, &args), CRNL_CANCELLED);
        harness_end(&h);
    }
    model_free(&b);
}

static void a_context_cancels_for_itself(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    struct harness before = {0}, after = {0};
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    struct crnl_run_args args = {.duration = 1};
    harness_start(&before, m);
    crnl_cancel();
    harness_start(&after, m); /* knows nothing of it, and takes nothing from the other */
    assert_int_equal(crnl_run(after.ctx, &spec, &args), CRNL_OK);
    assert_int_equal(crnl_run(before.ctx, &spec, &args), CRNL_CANCELLED);
    harness_end(&before);
    harness_end(&after);
    model_free(&b);
}

/* Workers share the record of progress; `./test --threads` looks at how. */
static void an_ensemble_shows_progress(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    struct harness h = {0};
    struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
    h.options.threads = 4;
    harness_start(&h, m);
    struct given g = {0};
    struct crnl_run_args args = {.duration = 8000}; /* progress is told every 2^18 events */
    give(&g, &spec, &args, CRNL_OPTION_RUNS, 4);
    assert_int_equal(crnl_run(h.ctx, &spec, &args), CRNL_OK);
    harness_end(&h);
    model_free(&b);
}

static const char *text_of(struct harness *h, const double *v, int32_t rank, const int32_t *dim,
                           const char *format)
{
    crnl_text_begin(h->ctx);
    crnl_text_real(h->ctx, v, rank, dim, format);
    return crnl_text_end(h->ctx);
}

static void text_is_built(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {0};
    harness_start(&h, exchange(&b, false));
    double v[] = {1, 0.1 + 0.2, 1e-10, -0.0, NAN, 12345678}, one = 2.0 / 3;
    int32_t dim[] = {2, 3}, empty[] = {0};
    assert_string_equal(text_of(&h, v, 2, dim, NULL), "[[1, 0.3, 1e-10], [0, nan, 1.23457e+07]]");
    assert_string_equal(text_of(&h, &one, 0, NULL, ".3f"), "0.667");
    assert_string_equal(text_of(&h, &one, 0, NULL, "8.2e"), "6.67e-01");
    assert_non_null(strstr(text_of(&h, &one, 0, NULL, "%8.2e"), "bad format"));
    assert_string_equal(text_of(&h, &one, 0, NULL, "05d"), "00000");
    assert_string_equal(text_of(&h, v, 1, empty, NULL), "[]");
    assert_non_null(strstr(text_of(&h, &one, 0, NULL, "s"), "bad format"));
    assert_non_null(strstr(text_of(&h, &one, 0, NULL, "n"), "bad format"));
    int64_t whole[] = {-3, INT64_MAX};
    int32_t two[] = {2};
    crnl_text_begin(h.ctx);
    crnl_text_string(h.ctx, "x ");
    crnl_text_int(h.ctx, whole, 1, two, NULL);
    crnl_text_bool(h.ctx, (const int64_t[]){1}, 0, NULL, NULL);
    const char *text = crnl_text_end(h.ctx), *variable = "constant";
    assert_string_equal(text, "x [-3, 9223372036854775807]true");
    crnl_text_keep(h.ctx, &variable, text);
    crnl_text_reset(h.ctx);
    assert_string_equal(variable, "x [-3, 9223372036854775807]true");
    crnl_text_keep(h.ctx, &variable, "again");
    assert_string_equal(variable, "again");
    harness_end(&h);
    model_free(&b);
}

static void print_writes_files_whole(void **state)
{
    (void)state;
    char *directory = make_directory(), path[4200];
    struct model_builder b = {0};
    struct harness h = {.options = {.out_dir = directory}};
    harness_start(&h, exchange(&b, false));
    assert_int_equal(crnl_print(h.ctx, "one", "log.txt", 1), 0);
    assert_int_equal(crnl_print(h.ctx, "two", "log.txt", 2), 0);
    assert_int_equal(crnl_assert(h.ctx, 1, "1 == 1", NULL, 3), 0);
    assert_int_equal(crnl_assert(h.ctx, 0, "loss < 1", "did not converge", 4), CRNL_ASSERT);
    assert_string_equal(crnl_error_text(h.ctx),
                        "test.crnl:4: error[E0901]: assertion failed: did not converge\n  note: loss < 1");
    assert_int_equal(crnl_index_error(h.ctx, 7, 3, 9), CRNL_INDEX); /* the first error stays */
    assert_non_null(strstr(crnl_error_text(h.ctx), "assertion"));
    harness_end(&h);
    snprintf(path, sizeof path, "%s/log.txt", directory);
    char *text = read_whole(path);
    assert_string_equal(text, "one\ntwo\n");
    free(text);
    remove_directory(directory);
    model_free(&b);
}

static int draw(struct harness *h, struct crnl_curve_spec spec, const double *v)
{
    return crnl_plot_curve(h->ctx, &spec, v, NULL, NULL);
}

static void begin_plot(struct harness *h, const char *file, const char *title)
{
    assert_int_equal(crnl_plot_begin(h->ctx, file, 1), 0);
    assert_int_equal(crnl_plot_panel(h->ctx), 0);
    assert_int_equal(crnl_plot_option(h->ctx, CRNL_PLOT_TITLE, 0, 0, NULL, title, 1), 0);
}

static void plot_all(struct harness *h, const char *const *file)
{
    double v[] = {1, 4, 9};
    struct crnl_curve_spec trace = {.kind = CRNL_CURVE_TRACE, .label = "A"};
    begin_plot(h, file[0], "it's a title");
    assert_int_equal(draw(h, trace, NULL), 0);
    trace.index = 1;
    trace.label = "b's label";
    assert_int_equal(draw(h, trace, NULL), 0);
    assert_int_equal(crnl_plot_end(h->ctx), 0);
    begin_plot(h, file[1], "");
    crnl_record(h->ctx, 0, 3);
    crnl_record(h->ctx, 0, 2);
    struct crnl_curve_spec series = {.kind = CRNL_CURVE_SERIES, .net = -1, .label = "loss"};
    struct crnl_curve_spec array = {.kind = CRNL_CURVE_ARRAY, .net = -1, .dim = {3}, .label = "squares"};
    assert_int_equal(draw(h, series, NULL), 0);
    assert_int_equal(draw(h, array, v), 0);
    assert_int_equal(crnl_plot_end(h->ctx), 0);
    for (int request = 0; request < 2; request++) {
        struct crnl_curve_spec histogram = {.kind = CRNL_CURVE_HISTOGRAM, .index = request, .label = "A"};
        begin_plot(h, file[2 + request], "");
        assert_int_equal(draw(h, histogram, NULL), 0);
        assert_int_equal(crnl_plot_end(h->ctx), 0);
    }
}

static void plots_keep_script_and_data(void **state)
{
    (void)state;
    static const char *const file[] = {"a.svg", "deep/b.svg", "c.svg", "d.svg"};
    char *directory = make_directory(), path[4200], *old_path = strdup(getenv("PATH"));
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, false);
    const struct crnl_stat_request stat[] = {{CRNL_TIME_HISTOGRAM, 1, b.elem, trace_name, 0, {0}, 0, 0},
                                             {CRNL_TIME_HISTOGRAM, 2, b.elem, trace_name, 0, {0}, 0, 0}};
    m->n_stats = 2;
    m->stat = stat;
    for (int missing = 0; missing < 2;
         missing++) { /* without gnuplot script and data are kept all the same */
        struct harness h = {.options = {.out_dir = directory, .quiet = 1}};
        harness_start(&h, m);
        struct crnl_run_spec spec = run_for_time(&crnl_method_ssa);
        struct crnl_run_args args = {.duration = 5};
        struct given g = {0};
        give(&g, &spec, &args, CRNL_OPTION_RUNS, missing ? 1 : 20);
        assert_int_equal(crnl_run(h.ctx, &spec, &args), 0);
        if (missing) {
            setenv("PATH", "/nowhere", 1);
        }
        plot_all(&h, file);
        setenv("PATH", old_path, 1);
        for (int i = 0; i < 4; i++) {
            static const char *const extension[] = {".gp", ".dat", ""};
            for (int e = 0; e < 3; e++) {
                snprintf(path, sizeof path, "%s/%s%s", directory, file[i], extension[e]);
                char *text = read_whole(path);
                bool drawn = e < 2 || !missing;
                assert_true(!drawn || strlen(text) > 20);
                assert_true(e < 2 || missing || strstr(text, "</svg>"));
                free(text);
                remove(path);
            }
        }
        crnl_plot_begin(h.ctx, "e.svg", 8);
        assert_int_equal(crnl_plot_end(h.ctx), CRNL_PLOT);
        harness_end(&h);
    }
    free(old_path);
    remove_directory(directory);
    model_free(&b);
}

/* Parses without a sound on stderr. */
static int parse(struct crnl_options *o, const struct crnl_program *program, int argc, char **argv)
{
    fflush(stderr);
    int kept = dup(2), nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 2);
    int status = crnl_parse_options(argc, argv, program, o);
    dup2(kept, 2);
    close(kept);
    close(nowhere);
    return status;
}

static void command_lines_are_read(void **state)
{
    (void)state;
    struct model_builder b = {0};
    struct harness h = {0};
    harness_start(&h, exchange(&b, false));
    struct crnl_options o;
    char *good[] = {"prog",        "--seed",    "7",       "--set",         "a=1",
                    "--threads=3", "--set=b=2", "--quiet", "--max-seconds", "1.5"};
    assert_int_equal(parse(&o, &h.program, 10, good), -1);
    assert_true(o.seed == 7 && o.threads == 3 && o.n_set == 2 && o.quiet == 1 && o.max_seconds == 1.5);
    assert_string_equal(o.set[0], "a=1");
    assert_string_equal(o.set[1], "b=2");
    assert_true(isnan(o.until) && o.progress == -1);
    crnl_free_options(&o);
    char *bad[][3] = {{"prog", "--until", "5"},          {"prog", "--sed", "5"},
                      {"prog", "--seed", "-1"},          {"prog", "--threads", "0"},
                      {"prog", "--quiet=1", "--seed=1"}, {"prog", "plain", "--quiet"},
                      {"prog", "--quiet", "--seed"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse(&o, &h.program, 3, bad[i]), 2);
        crnl_free_options(&o);
    }
    assert_int_equal(parse(&o, NULL, 3, bad[0]), -1);
    assert_true(o.until == 5);
    crnl_free_options(&o);
    harness_end(&h);
    model_free(&b);
}

static void a_program_without_experiment_runs_by_options(void **state)
{
    (void)state;
    static const struct crnl_method *const method[] = {&crnl_method_bdf, &crnl_method_ssa, NULL};
    static const struct crnl_sink *const sink[] = {&crnl_sink_csv, &crnl_sink_npz, NULL};
    char *directory = make_directory(), path[4200];
    struct model_builder b = {0};
    struct crnl_model *m = exchange(&b, true);
    const struct crnl_model *net[] = {m};
    struct crnl_program program = {.abi = CRNL_ABI,
                                   .file = "test.crnl",
                                   .n_nets = 1,
                                   .n_statements = 1,
                                   .net = net,
                                   .method = method,
                                   .sink = sink};
    struct {
        struct crnl_options o;
        int status;
        const char *text;
    } list[] = {
        {{.until = 2}, 0, "time = 2\nD = 0.366"},
        {{.until = NAN}, CRNL_BAD_ARGUMENT, "--until TIME"},
        {{.until = 2, .method = "sa"}, CRNL_BAD_ARGUMENT, "there is no such method"},
        {{.until = 2, .runs = 3}, CRNL_BAD_ARGUMENT, "--method ssa"},
        {{.until = 2, .runs = 30, .method = "ssa"}, 0, "\nS[0] = "},
        {{.until = 1, .every = 0.5, .out = "o.csv", .plot = "o.svg"}, 0, ""},
        {{.until = 1, .out = "o.txt"}, CRNL_BAD_ARGUMENT, ".csv, .tsv or .npz"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char *text = NULL;
        size_t size;
        list[i].o.output = open_memstream(&text, &size);
        list[i].o.out_dir = directory;
        struct crnl_ctx *ctx = crnl_create(&program, &list[i].o);
        int status = crnl_execute(ctx);
        fclose(list[i].o.output);
        const char *shown = status ? crnl_error_text(ctx) : text;
        if (status != list[i].status ||
            (list[i].status ? !strstr(shown, list[i].text) : !strstr(shown, list[i].text))) {
            print_error("case %zu: status %d, %s\n", i, status, shown);
            fail();
        }
        crnl_destroy(ctx);
        free(text);
    }
    snprintf(path, sizeof path, "%s/o.csv", directory);
    char *text = read_whole(path);
    assert_memory_equal(text, "time,D,S[0],S[1]\n0,20,30,10\n0.5,", 32);
    free(text);
    snprintf(path, sizeof path, "%s/o.svg", directory);
    assert_int_equal(access(path, F_OK), 0);
    remove_directory(directory);
    model_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_outputs_or_species),
        cmocka_unit_test(threads_do_not_change_bytes),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(npz_holds_an_array_for_each_column),
        cmocka_unit_test(what_cannot_be_written_is_said),
        cmocka_unit_test(nobody_is_waited_for_after_a_signal),
        cmocka_unit_test(an_error_keeps_what_was_computed),
        cmocka_unit_test(cancelling_ends_a_run),
        cmocka_unit_test(a_context_cancels_for_itself),
        cmocka_unit_test(an_ensemble_shows_progress),
        cmocka_unit_test(text_is_built),
        cmocka_unit_test(print_writes_files_whole),
        cmocka_unit_test(plots_keep_script_and_data),
        cmocka_unit_test(command_lines_are_read),
        cmocka_unit_test(a_program_without_experiment_runs_by_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
