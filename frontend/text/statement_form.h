/* How statements and declarations are written: the examples of messages (statement_form.def). */
#ifndef FRONTEND_STATEMENT_FORM_H
#define FRONTEND_STATEMENT_FORM_H

#include "frontend/text/parse_state.h"

/* Where a word of a table may stand: flags. */
enum {
    TOP = 1 << PLACE_TOP,
    NETWORK = 1 << PLACE_NETWORK,
    MODEL = 1 << PLACE_MODEL,
    EXPERIMENT = 1 << PLACE_EXPERIMENT
};

/* The form of the statement that begins with this token at that place; NULL if none begins with it. */
const char *statement_form(int kind, enum token_place place);
/* The same by the text of the word. */
const char *statement_form_of_word(const char *word, enum token_place place);
/* The token of the word that begins a statement at that place and is most similar to this word; 0 if no
 * word is similar. */
int statement_near(const char *word, enum token_place place);

#endif
