/* crnlc explain: the page of a diagnostic code. */
#include <ctype.h>
#include <string.h>

#include "driver/command.h"
#include "driver/explain_pages.h"
#include "support/diag.h"

static int list_codes(void)
{
    for (int i = 0; i < DIAG_COUNT; i++) {
        printf("%s  %s\n", diag_code_name((enum diag_code)i), diag_code_title((enum diag_code)i));
    }
    return EXIT_STATUS_OK;
}

static int unknown_code(const char *word, const char *code)
{
    const char *names[DIAG_COUNT];
    for (int i = 0; i < DIAG_COUNT; i++) {
        names[i] = diag_code_name((enum diag_code)i);
    }
    const char *nearest = diag_nearest(code, names, DIAG_COUNT);
    fprintf(stderr, "crnlc explain: no diagnostic '%s'", word);
    if (nearest) {
        fprintf(stderr, "; did you mean %s?\n", nearest);
    } else {
        fprintf(stderr, "; 'crnlc explain' lists them\n");
    }
    return EXIT_STATUS_USAGE;
}

int command_explain(const struct options *o)
{
    if (o->files.n == 0) {
        return list_codes();
    }
    const char *word = command_file(o);
    if (!word) {
        return EXIT_STATUS_USAGE;
    }
    char code[16];
    snprintf(code, sizeof code, "%s", word);
    for (char *c = code; *c; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    for (size_t i = 0; i < explain_page_count; i++) {
        if (strcmp(explain_pages[i].name, code) == 0) {
            fwrite(explain_pages[i].text, 1, explain_pages[i].length, stdout);
            return EXIT_STATUS_OK;
        }
    }
    return unknown_code(word, code);
}
