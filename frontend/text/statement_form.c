/* How statements and declarations are written: the examples of messages. */
#include "frontend/text/statement_form.h"

#include <string.h>

#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static const struct {
    int token, places;
    const char *example;
} statements[] = {
#define STATEMENT(token, places, example) {T_##token, places, example},
#include "frontend/text/statement_form.def"
};

enum { COUNT = sizeof statements / sizeof *statements };

const char *statement_form(int kind, enum token_place place)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (statements[i].token == kind && (statements[i].places & (1 << place))) {
            return statements[i].example;
        }
    }
    return NULL;
}

const char *statement_form_of_word(const char *word, enum token_place place)
{
    for (size_t i = 0; i < COUNT; i++) {
        if ((statements[i].places & (1 << place)) &&
            strcmp(word_of_token(statements[i].token)->text, word) == 0) {
            return statements[i].example;
        }
    }
    return NULL;
}

int statement_near(const char *word, enum token_place place)
{
    const char *candidates[COUNT];
    int kinds[COUNT];
    size_t n = 0;
    for (size_t i = 0; i < COUNT; i++) {
        if (statements[i].places & (1 << place)) {
            kinds[n] = statements[i].token;
            candidates[n++] = word_of_token(statements[i].token)->text;
        }
    }
    const char *near = strlen(word) > 2 ? diag_nearest(word, candidates, n) : NULL;
    if (near && strlen(near) + 1 < strlen(word)) { /* `rate` is no misspelt `at` */
        return 0;
    }
    for (size_t i = 0; near && i < n; i++) {
        if (candidates[i] == near) {
            return kinds[i];
        }
    }
    return 0;
}
