/* libFuzzer target: any bytes give a network or reports; a network that was read prints to text that reads back to the
 * same text. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/net/net.h"
#include "support/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct net *read_text(const char *text, size_t length)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct net *n = net_read(sources, sources_add(sources, "fuzz.net", text, length), diag);
    char *report;
    size_t size;
    FILE *f = open_memstream(&report, &size);
    diag_print(diag, f, false);
    fclose(f);
    free(report);
    diag_destroy(diag);
    sources_destroy(sources);
    return n;
}

static char *print_text(const struct net *n, size_t *size)
{
    char *text;
    FILE *f = open_memstream(&text, size);
    net_print(f, n, NULL);
    fclose(f);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct net *n = read_text((const char *)data, size);
    if (!n) {
        return 0;
    }
    size_t length, length_again;
    char *text = print_text(n, &length);
    struct net *again = read_text(text, length);
    if (!again) {
        fputs(text, stderr);
        abort();
    }
    char *text_again = print_text(again, &length_again);
    if (strcmp(text, text_again) != 0) {
        fprintf(stderr, "%s\n%s", text, text_again);
        abort();
    }
    free(text);
    free(text_again);
    net_destroy(n);
    net_destroy(again);
    return 0;
}
