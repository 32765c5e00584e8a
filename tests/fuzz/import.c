#include "tests/fuzz/fuzz_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *printed(const struct net *n)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    net_print(out, n, NULL);
    fclose(out);
    return text;
}

/* What was imported is a network that prints, and reads back to the same text. */
static void check(struct sources *sources, const struct net *n, struct diag *diag)
{
    char *text = printed(n);
    struct net *again = net_read(sources, sources_add(sources, "again.net", text, strlen(text)), diag);
    char *same = again ? printed(again) : NULL;
    if (!same || strcmp(text, same) != 0) {
        fputs(text, stderr);
        diag_print(diag, stderr, false);
        abort();
    }
    free(text);
    free(same);
    net_destroy(again);
}

int fuzz_import(enum import_format format, const uint8_t *data, size_t size)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    uint32_t file = sources_add(sources, "fuzz", (const char *)data, size);
    struct net *n =
        import_text(sources, file, format, &(struct import_options){.max_reactions = 100000}, diag);
    if ((n == NULL) != (diag_error_count(diag) > 0)) {
        fprintf(stderr, n ? "a network in spite of errors\n" : "no network and no error\n");
        abort();
    }
    if (n) {
        check(sources, n, diag);
        net_destroy(n);
    }
    diag_destroy(diag);
    sources_destroy(sources);
    return 0;
}
