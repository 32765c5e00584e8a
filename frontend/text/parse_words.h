/* From the spelling of a word to its token number. Built from the grammar's token names for one parse; the
 * spellings are interned in the parse's table. */
#ifndef FRONTEND_PARSE_WORDS_H
#define FRONTEND_PARSE_WORDS_H

#include <stdbool.h>

#include "support/intern.h"

struct word_table;

struct word_table *word_table_create(struct intern *names);
int word_kind(const struct word_table *t, const char *interned);
void word_table_destroy(struct word_table *t);

/* Kinds of tokens, by token number. */
bool token_is_arrow(int kind);
bool token_is_number(int kind);
bool token_is_word(int kind); /* may be a name */

#endif
