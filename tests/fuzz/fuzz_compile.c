/* libFuzzer target: any bytes as a program give a checked program or reports, within bounds of time and memory. What
 * is accepted passes the verifier after the default passes, and its networks print. */
#include <stdio.h>

#include "frontend/compile.h"
#include "ir/pass/pass.h"
#include "tests/fuzz/fuzz_file.h"

enum { MAX_REACTIONS = 1000 };

static void print_networks(struct program *p, struct diag *diag, FILE *sink)
{
    for (size_t i = 0; i < p->net.n; i++) {
        struct pass_options options = {.out = sink};
        if (pass_run_list(p->net.data[i].net, "canonical,merge_duplicates", &options, diag)) {
            net_print(sink, p->net.data[i].net, NULL);
        }
    }
    program_print(sink, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *sink;
    if (!sink && !(sink = fopen("/dev/null", "w"))) {
        return 0;
    }
    char path[FUZZ_PATH];
    fuzz_open(data, size, path);
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct compile_options options = {
        .max_reactions = MAX_REACTIONS, .all = true, .explain_conventions = true};
    struct program *program = frontend_compile(sources, path, &options, diag);
    if (program) {
        print_networks(program, diag, sink);
    }
    diag_print(diag, sink, true);
    program_destroy(program);
    diag_destroy(diag);
    sources_destroy(sources);
    fuzz_close(path);
    return 0;
}
