/* Running hand-written models through a context: one network, the statements a test asks for. */
#ifndef TESTS_TEST_HARNESS_H
#define TESTS_TEST_HARNESS_H

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model_builder.h"

struct harness {
    const struct crnl_model *net[1];
    struct crnl_program program;
    struct crnl_options options;
    struct crnl_ctx *ctx;
};

static inline void harness_start(struct harness *h, const struct crnl_model *m)
{
    static const char *const record[] = {"loss"};
    h->net[0] = m;
    h->program = (struct crnl_program){.abi = CRNL_ABI,
                                       .file = "test.crnl",
                                       .experiment = "main",
                                       .n_nets = 1,
                                       .n_records = 1,
                                       .n_statements = 8,
                                       .net = h->net,
                                       .record = record};
    h->program.run = crnl_run_by_options; /* never called: tests make the statements themselves */
    h->options.progress = 0;
    h->ctx = crnl_create(&h->program, &h->options);
}

static inline void harness_end(struct harness *h)
{
    crnl_destroy(h->ctx);
    *h = (struct harness){0};
}

static inline struct crnl_run_spec run_for_time(const struct crnl_method *method)
{
    return (struct crnl_run_spec){
        .statement = 1, .line = 12, .span = CRNL_SPAN_TIME, .until = -1, .method = method};
}

/* Options of a run: those that were given, in the order of the list where tests give them so. */
struct given {
    int32_t id[CRNL_OPTION_COUNT];
    union crnl_value value[CRNL_OPTION_COUNT];
};

static inline void give(struct given *g, struct crnl_run_spec *spec, struct crnl_run_args *args,
                        enum crnl_option_id id, double v)
{
    g->id[spec->n_options] = (int32_t)id;
    if (crnl_option_info[id].type == CRNL_REAL) {
        g->value[spec->n_options].real = v;
    } else {
        g->value[spec->n_options].integer = (int64_t)v;
    }
    spec->option = g->id;
    args->option = g->value;
    spec->n_options++;
}

static inline double value_of(struct harness *h, int32_t symbol)
{
    double v = -1;
    crnl_get(h->ctx, 0, symbol, 0, 1, &v, 1);
    return v;
}

static inline double statistic_of(struct harness *h, int32_t request)
{
    double v = -1;
    crnl_stat(h->ctx, 0, request, 0.5, 1, &v, 1);
    return v;
}

/* A file as a string, or "" if it does not exist. */
static inline char *read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1);
    size_t n = 0;
    for (int c; f && (c = getc(f)) != EOF;) {
        text = realloc(text, n + 2);
        text[n++] = (char)c;
        text[n] = '\0';
    }
    if (f) {
        fclose(f);
    }
    return text;
}

static inline int remove_one(const char *path, const struct stat *s, int type, struct FTW *place)
{
    (void)s, (void)type, (void)place;
    return remove(path);
}

static inline void remove_directory(char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(path);
}

/* A new directory below TMPDIR; remove_directory ends it. */
static inline char *make_directory(void)
{
    const char *base = getenv("TMPDIR");
    char *path = malloc(4096);
    snprintf(path, 4096, "%s/crnl-test-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(path)) {
        abort();
    }
    return path;
}

#endif
