/* libFuzzer target: any bytes give a tree and reports, without a crash or a loop. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "frontend/text/parse.h"
#include "support/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *sink;
    if (!sink) {
        sink = fopen("/dev/null", "w");
    }
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct arena *arena = arena_create();
    struct intern *names = intern_create();
    uint32_t file = sources_add(sources, "fuzz.crnl", (const char *)data, size);
    struct ast *tree = parse_file(sources, file, arena, names, diag);
    if (sink) {
        ast_print(sink, tree, sources);
        diag_print(diag, sink, true);
        json_print_list(sink, json_reports(diag));
    }
    intern_destroy(names);
    arena_destroy(arena);
    diag_destroy(diag);
    sources_destroy(sources);
    return 0;
}
