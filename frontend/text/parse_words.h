/* The words of the language, found by spelling and by token number; word.def lists them. The spellings of
 * a table are interned in the names of one parse. */
#ifndef FRONTEND_PARSE_WORDS_H
#define FRONTEND_PARSE_WORDS_H

#include <stdbool.h>

#include "support/intern.h"

enum word_role {
    WORD_RESERVED,
    WORD_OPENING,
    WORD_OF_NETWORK,
    WORD_OF_MODEL,
    WORD_OF_EXPERIMENT,
    WORD_INNER,
};

struct word {
    const char *text;
    int token;
    enum word_role role;
};

/* In the order of the list. */
extern const struct word word_list[];
extern const int word_list_count;
/* The word of a token number, or NULL. */
const struct word *word_of_token(int kind);
bool word_has_role(int kind, enum word_role role);

struct word_table;

struct word_table *word_table_create(struct intern *names);
int word_kind(const struct word_table *t, const char *interned);
void word_table_destroy(struct word_table *t);

/* Kinds of tokens, by token number. */
bool token_is_arrow(int kind);
bool token_is_number(int kind);
bool token_is_word(int kind); /* whether it may be a name */

#endif
