/* crnlc explain: the page of a diagnostic code. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "driver/command.h"
#include "driver/explain_pages.h"
#include "support/diag.h"

/* A page starts with the line `# E0201: unknown name`. */
static int list_codes(void)
{
    for (size_t i = 0; i < explain_page_count; i++) {
        const char *title = explain_pages[i].text + strspn(explain_pages[i].text, "# ");
        printf("%.*s\n", (int)strcspn(title, "\n"), title);
    }
    return EXIT_STATUS_OK;
}

static int unknown_code(const char *word, const char *code)
{
    const char **names = mem_alloc((explain_page_count + 1) * sizeof *names);
    for (size_t i = 0; i < explain_page_count; i++) {
        names[i] = explain_pages[i].name;
    }
    const char *nearest = diag_nearest(code, names, explain_page_count);
    fprintf(stderr, "crnlc explain: no diagnostic '%s'", word);
    if (nearest) {
        fprintf(stderr, "; did you mean %s?\n", nearest);
    } else {
        fprintf(stderr, "; 'crnlc explain' lists them\n");
    }
    free(names);
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
