/* libFuzzer target: a checkpoint that somebody has changed, for a program with a single stochastic and a
 * single deterministic run and an ensemble. The first byte says how: the others are the whole file, or all
 * of it behind its head, or three bytes each for a change of what items hold, whose hashes are made right
 * again. Whatever it says, the program goes on or ends with an error, within bounds of memory. */
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_checkpoint.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/unit/test_harness.h"

enum { RUNS = 70, MOST = 1 << 16, EVENTS = 1 << 18, HEAD = 56 }; /* HEAD: bytes, as checkpoint.c has them */

static struct model_builder builder;
static const struct crnl_model *model;

static void make_model(void)
{
    model_species(&builder, "A", 60);
    model_species(&builder, "B", 0);
    model_reaction(&builder, "A -> B", 1, -1);
    model_reaction(&builder, "B -> A", 1, -1);
    model = model_finish(&builder, "pair");
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
        struct crnl_run_args args = {.duration = i == 0 ? 1500 : i == 1 ? 40 : 1};
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

static char *base;
static size_t n_base;

/* The checkpoint of all of it. */
static void make_base(void)
{
    char path[FUZZ_PATH];
    make_model();
    fuzz_open((const uint8_t *)"", 0, path);
    struct crnl_options options = {
        .threads = 1, .quiet = 1, .max_events = EVENTS, .checkpoint = path, .checkpoint_every = 1e-3};
    base = malloc(MOST);
    if (execute(&options, true)) {
        abort();
    }
    FILE *f = fopen(path, "rb");
    n_base = f ? fread(base, 1, MOST, f) : 0;
    if (n_base <= HEAD) {
        abort();
    }
    fclose(f);
    fuzz_close(path);
}

struct item_head { /* as in checkpoint.c */
    uint64_t key;
    int64_t item;
    uint64_t n, hash;
};

/* Changes what items hold: offset in two bytes, value. */
static void change(char *bytes, const uint8_t *data, size_t size)
{
    for (size_t at = HEAD; at + sizeof(struct item_head) <= n_base;) {
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
    if (!base) {
        make_base();
    }
    size_t n = n_base + size;
    uint8_t *bytes = malloc(n);
    memcpy(bytes, base, n_base);
    int way = size > 0 ? data[0] % 3 : 0;
    if (way == 2) {
        n = n_base;
        change((char *)bytes, data + 1, size - 1);
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
