/* crnlc explain: prints the page of a diagnostic code, or, from their lists, methods with options, formats of
 * results, passes, and words of the language. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "driver/command.h"
#include "driver/explain_pages.h"
#include "frontend/text/parse_words.h"
#include "ir/pass/pass.h"
#include "runtime/crnl_kernel.h"
#include "runtime/crnl_linear.h"
#include "runtime/crnl_method.h"
#include "runtime/crnl_sink.h"
#include "support/diag.h"
#include "runtime/crnl_utf8.h"

/* The first line of a page has the form `# E0201: unknown name`. */
static int list_codes(void)
{
    for (size_t i = 0; i < explain_page_count; i++) {
        const char *title = explain_pages[i].text + strspn(explain_pages[i].text, "# ");
        printf("%.*s\n", (int)strcspn(title, "\n"), title);
    }
    return EXIT_STATUS_OK;
}

/* The code with this number, an error before a warning: E0201 for 201; NULL if there is none. */
static const char *of_number(const char *number, const char *const *names, size_t n)
{
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        bool is_code = strchr("EW", names[i][0]) && isdigit((unsigned char)names[i][1]);
        if (is_code && atoi(names[i] + 1) == atoi(number) && (!found || names[i][0] == 'E')) {
            found = names[i];
        }
    }
    return found;
}

static int unknown_code(const char *word, const char *code)
{
    const char **names = mem_alloc((explain_page_count + 1) * sizeof *names);
    for (size_t i = 0; i < explain_page_count; i++) {
        names[i] = explain_pages[i].name;
    }
    const char *nearest = diag_nearest(code, names, explain_page_count);
    crnl_say(stderr, "crnlc explain: no diagnostic '%s'", word);
    if (*code && strspn(code, "0123456789") == strlen(code)) {
        nearest = of_number(code, names, explain_page_count);
    }
    if (nearest) {
        crnl_say(stderr, "; did you mean %s?\n", nearest);
    } else {
        crnl_say(stderr, "; 'crnlc explain' lists them%s\n",
                 isalpha((unsigned char)word[0]) && !isdigit((unsigned char)word[1])
                     ? ", 'crnlc explain methods' and 'crnlc explain passes' have those"
                     : "");
    }
    free(names);
    return EXIT_STATUS_USAGE;
}

static void print_methods(void)
{
    printf("| method | options | |\n| --- | --- | --- |\n");
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        const struct crnl_method_info *method = &crnl_method_info[m];
        bool is_solver = strcmp(method->family, method->name) != 0;
        const char *comma = "";
        printf(is_solver ? "| `%s(solver = %s)` |" : "| `%s` |", method->family, method->name);
        for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
            if (crnl_method_takes((enum crnl_method_kind)m, (enum crnl_option_id)i)) {
                printf("%s `%s`", comma, crnl_option_info[i].name);
                comma = ",";
            }
        }
        printf(" | %s |\n", method->help);
    }
}

static void print_method_options(void)
{
    static const char *const types[] = {
        [CRNL_REAL] = "number",         [CRNL_INT] = "integer",      [CRNL_BOOL] = "boolean",
        [CRNL_INFINITE] = "`infinite`", [CRNL_KERNEL_NAME] = "name", [CRNL_LINEAR_NAME] = "name"};
    printf("| option | type | without it | |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        const struct crnl_option_info *o = &crnl_option_info[i];
        printf("| `%s` | %s%s%s | ", o->name, types[o->type], o->bound == CRNL_ANY ? "" : ", ",
               o->bound == CRNL_ANY ? "" : crnl_bound_text(o->bound));
        if (o->required || o->standard_text) {
            printf("%s", o->required ? "an error" : o->standard_text);
        } else if (o->type == CRNL_BOOL) {
            printf("%s", o->standard != 0 ? "true" : "false");
        } else {
            printf("%g", o->standard);
        }
        printf(" | %s |\n", o->help);
    }
}

static void print_kernels(void)
{
    printf("\n`kernel = NAME` takes one of those of the method:\n\n| methods | kernel | |\n| --- | --- | --- "
           "|\n");
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        const struct crnl_kernel_info *kernel = &crnl_kernel_info[i];
        const char *comma = "", *last = "";
        printf("| ");
        for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
            const struct crnl_method_info *method = &crnl_method_info[m];
            bool has =
                crnl_slot_info[kernel->slot].needs & method->needs && strcmp(method->family, last) != 0;
            if (has) {
                printf("%s`%s`", comma, method->family);
                comma = ", ";
                last = method->family;
            }
        }
        printf(" | `%s` | %s |\n", kernel->name, kernel->help);
    }
}

static void print_linear_solvers(void)
{
    printf("\n`linear_solver = NAME` takes one of these:\n\n| linear solver | |\n| --- | --- |\n");
    for (int i = 0; i < CRNL_LINEAR_COUNT; i++) {
        printf("| `%s` | %s |\n", crnl_linear_info[i].name, crnl_linear_info[i].help);
    }
}

/* Prints the page that is also doc/METHODS.md. */
static int explain_methods(void)
{
    printf("# Methods\n\nPrinted by `crnlc explain methods`, from the lists in `runtime/crnl_method.def`, "
           "`runtime/crnl_kernel.def`, `runtime/crnl_linear.def` and `runtime/crnl_sink.def`.\n\n"
           "`run NET ... by METHOD(option = value, "
           "...)`; without `by` it is the "
           "first.\n\n");
    print_methods();
    printf("\n");
    print_method_options();
    print_kernels();
    print_linear_solvers();
    printf("\n`-> \"NAME.EXTENSION\"` writes rows; other extensions are taken for the first.\n\n"
           "| extension | |\n| --- | --- |\n");
    for (int i = 0; i < CRNL_SINK_COUNT; i++) {
        printf("| `.%s` | %s |\n", crnl_sink_info[i].extension, crnl_sink_info[i].help);
    }
    return EXIT_STATUS_OK;
}

/* Prints the passes in the order of their list. */
static int explain_passes(void)
{
    printf(
        "`network n = optimize a by (PASS, PASS);` or `--passes PASS,PASS`; doc/PASSES.md has examples.\n\n"
        "| pass | preserves | |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < PASS_COUNT; i++) {
        printf("| `%s` | %s | %s |\n", passes[i].name, passes[i].claim, passes[i].help);
    }
    return EXIT_STATUS_OK;
}

/* Prints one line for each role of words, for editors that colour them. */
static int explain_words(void)
{
    static const struct {
        enum word_role role;
        const char *text;
    } roles[] = {
        {WORD_RESERVED, "reserved"}, {WORD_OPENING, "opening"},          {WORD_OF_NETWORK, "network"},
        {WORD_OF_MODEL, "model"},    {WORD_OF_EXPERIMENT, "experiment"}, {WORD_INNER, "inner"},
    };
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
        printf("%s:", roles[r].text);
        for (int i = 0; i < word_list_count; i++) {
            if (word_list[i].role == roles[r].role) {
                printf(" %s", word_list[i].text);
            }
        }
        printf("\n");
    }
    return EXIT_STATUS_OK;
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
    if (strcmp(word, "methods") == 0) {
        return explain_methods();
    }
    if (strcmp(word, "passes") == 0) {
        return explain_passes();
    }
    if (strcmp(word, "words") == 0) {
        return explain_words();
    }
    const char *open = strchr(word, '['), *from = open ? open + 1 : word; /* also `error[E0401]` */
    char code[16];
    snprintf(code, sizeof code, "%.*s", (int)strcspn(from, "]"), from);
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
