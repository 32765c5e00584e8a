/* libFuzzer target: a checkpoint that somebody has changed, for a program with a single stochastic and a
 * single deterministic run and an ensemble, whose runs are there one by one and as sums. The first byte says
 * how: the others are the whole file, or all of it behind its head, or three bytes each for a change of what
 * items hold, whose hashes are made right again; and whether single runs are over, or at their last state.
 * Whatever it says, the program goes on or ends with an error, within bounds of memory. */
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_checkpoint.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/unit/test_harness.h"

enum { RUNS = 300, MOST = 1 << 16, EVENTS = 1 << 18, HEAD = 56 }; /* HEAD: bytes, as checkpoint.c has them */
enum { TRIES = 100 };

static struct model_builder builder;
static const struct crnl_model *model;
static const char *const names[] = {"A"};

static void make_model(void)
{
    static struct crnl_stat_request stat[] = {{.kind = CRNL_TIME_MEAN, .n_elems = 1, .name = names},
                                              {.kind = CRNL_TIME_HISTOGRAM, .n_elems = 1, .name = names},
                                              {.kind = CRNL_RUN_MEAN, .n_elems = 1, .name = names}};
    model_species(&builder, "A", 60);
    model_species(&builder, "B", 0);
    model_reaction(&builder, "A -> B", 1, -1);
    model_reaction(&builder, "B -> A", 1, -1);
    struct crnl_model *m = model_finish(&builder, "pair");
    for (int i = 0; i < 3; i++) {
        stat[i].elem = builder.elem;
    }
    stat[1].bound[0] = 100;
    m->n_stats = 3;
    m->stat = stat;
    m->n_trace = 1;
    m->trace = builder.elem;
    m->trace_name = names;
    model = m;
}

/* Both runs, and the ensemble; an error ends it. */
static int execute(const struct crnl_options *options, bool is_wanted)
{
    struct harness h = {.options = *options};
    struct rt_error e = {0};
    harness_start(&h, model);
    h.ctx->checkpoint = rt_checkpoint_create(h.ctx, &e);
    const struct crnl_method *const methods[] = {&crnl_method_ssa, &crnl_method_rk4, &crnl_method_ssa};
    int status = e.status;
    for (int i = 0; i < 3 && !status; i++) {
        struct crnl_run_spec spec = run_for_time(methods[i]);
        struct given g;
        /* no longer than it takes to come to a state that is kept: two looks of ssa, one place of rk4 */
        struct crnl_run_args args = {.duration = i == 0 ? 600 : i == 1 ? 34 : 0.5,
                                     .every = i == 0 ? 40 : i == 1 ? 8.5 : 0.25};
        if (i == 1) {
            give(&g, &spec, &args, CRNL_OPTION_DT, 0.001);
        } else if (i == 2) {
            give(&g, &spec, &args, CRNL_OPTION_RUNS, RUNS);
        }
        status = crnl_run(h.ctx, &spec, &args);
    }
    rt_checkpoint_end(h.ctx->checkpoint, is_wanted);
    h.ctx->checkpoint = NULL;
    rt_error_free(&e);
    harness_end(&h);
    return status;
}

struct item_head { /* as in checkpoint.c */
    uint64_t key;
    int64_t item;
    uint64_t n, hash;
};
enum { KINDS = 2 }; /* checkpoints of all of it, and without the ends of single runs */
static char *base[KINDS];
static size_t n_base[KINDS];

static size_t write_base(char *to)
{
    char path[FUZZ_PATH];
    fuzz_open((const uint8_t *)"", 0, path);
    /* At each opportunity, so that it does not depend on how long anything takes. */
    struct crnl_options options = {
        .threads = 1, .quiet = 1, .max_events = EVENTS, .checkpoint = path, .checkpoint_every = 1e-12};
    if (execute(&options, true)) {
        abort();
    }
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(to, 1, MOST, f) : 0;
    if (n <= HEAD || n == MOST) {
        abort();
    }
    fclose(f);
    fuzz_close(path);
    return n;
}

static void make_base(void)
{
    make_model();
    base[0] = malloc(MOST);
    base[1] = malloc(MOST);
    /* On a machine that is busy elsewhere for a second the runs are kept in other pieces: the base is the one
     * that comes twice, so that inputs mean the same the next time. */
    bool is_same = false;
    for (int i = 0; i < TRIES && !is_same; i++) {
        n_base[i % 2] = write_base(base[i % 2]);
        is_same = i > 0 && n_base[0] == n_base[1] && memcmp(base[0], base[1], n_base[0]) == 0;
    }
    if (!is_same) {
        abort();
    }
    n_base[1] = HEAD;
    for (size_t at = HEAD; at < n_base[0];) {
        struct item_head h;
        memcpy(&h, base[0] + at, sizeof h);
        size_t n = sizeof h + (size_t)h.n;
        if (h.item != INT64_MAX) {
            memcpy(base[1] + n_base[1], base[0] + at, n);
            n_base[1] += n;
        }
        at += n;
    }
    if (n_base[1] == n_base[0]) {
        abort();
    }
}

/* Changes what items hold: offset in two bytes, value. */
static void change(char *bytes, size_t n, const uint8_t *data, size_t size)
{
    for (size_t at = HEAD; at + sizeof(struct item_head) <= n;) {
        struct item_head h;
        memcpy(&h, bytes + at, sizeof h);
        char *of = bytes + at + sizeof h;
        for (size_t i = 0; i + 3 <= size; i += 3) {
            size_t offset = (size_t)data[i] << 8 | data[i + 1];
            if (offset >= at + sizeof h && offset < at + sizeof h + h.n) {
                bytes[offset] = (char)data[i + 2];
            }
        }
        h.hash = rt_hash(RT_HASH, of, (size_t)h.n);
        memcpy(bytes + at, &h, sizeof h);
        at += sizeof h + (size_t)h.n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    if (!base[0]) {
        make_base();
    }
    int way = size > 0 ? data[0] % 3 : 0, kind = size > 0 ? data[0] / 3 % KINDS : 0;
    size_t n = n_base[kind] + size;
    uint8_t *bytes = malloc(n);
    memcpy(bytes, base[kind], n_base[kind]);
    if (way == 2) {
        n = n_base[kind];
        change((char *)bytes, n, data + 1, size - 1);
    } else {
        size_t kept = way == 1 ? HEAD : 0, more = size > 0 ? size - 1 : 0;
        if (more > 0) {
            memcpy(bytes + kept, data + 1, more);
        }
        n = kept + more;
    }
    fuzz_open(bytes, n, path);
    free(bytes);
    execute(&(struct crnl_options){.threads = 1, .quiet = 1, .max_events = EVENTS, .resume = path}, false);
    fuzz_close(path);
    return 0;
}
