#include "frontend/text/parse_words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_state.h"
#include "grammar/parser.h"

enum { SLOTS = 512 }; /* a power of two, several times the number of words */

struct word_table {
    struct {
        const char *word; /* interned; NULL is free */
        int kind;
    } slot[SLOTS];
};

const struct word word_list[] = {
#define WORD(token, text, role) {text, T_##token, WORD_##role},
#include "frontend/text/word.def"
};
const int word_list_count = sizeof word_list / sizeof *word_list;
/* The grammar declares the tokens of words together, before other kinds of tokens. */
_Static_assert(sizeof word_list / sizeof *word_list == T_IDENT - T_USE, "word.def has the words of parser.y");

const struct word *word_of_token(int kind)
{
    for (int i = 0; i < word_list_count; i++) {
        if (word_list[i].token == kind) {
            return &word_list[i];
        }
    }
    return NULL;
}

bool word_has_role(int kind, enum word_role role)
{
    const struct word *word = word_of_token(kind);
    return word && word->role == role;
}

static const char *const unit_names[] = {
#define UNIT(name, dimension, factor) #name,
#include "ir/expr/unit.def"
#undef UNIT
};

static size_t slot_of(const struct word_table *t, const char *word)
{
    size_t i = (size_t)((uintptr_t)word >> 4) & (SLOTS - 1);
    while (t->slot[i].word && t->slot[i].word != word) {
        i = (i + 1) & (SLOTS - 1);
    }
    return i;
}

static void add_word(struct word_table *t, const char *word, int kind)
{
    size_t i = slot_of(t, word);
    t->slot[i].word = word;
    t->slot[i].kind = kind;
}

struct word_table *word_table_create(struct intern *names)
{
    struct word_table *t = mem_zalloc(1, sizeof *t);
    for (size_t i = 0; i < sizeof unit_names / sizeof *unit_names; i++) {
        add_word(t, intern_text(names, unit_names[i]), T_UNIT_WORD);
    }
    for (int i = 0; i < word_list_count; i++) {
        add_word(t, intern_text(names, word_list[i].text), word_list[i].token);
    }
    return t;
}

int word_kind(const struct word_table *t, const char *interned)
{
    size_t i = slot_of(t, interned);
    return t->slot[i].word ? t->slot[i].kind : T_IDENT;
}

void word_table_destroy(struct word_table *t)
{
    free(t);
}

bool token_is_arrow(int kind)
{
    return kind == T_ARROW || kind == T_REVERSIBLE || kind == T_BALANCED || kind == T_LAW;
}

bool token_is_number(int kind)
{
    return kind == T_INT || kind == T_ZERO || kind == T_REAL;
}

bool token_is_word(int kind)
{
    const struct word *word = word_of_token(kind);
    return (word && word->role != WORD_RESERVED) || kind == T_IDENT || kind == T_UNIT_WORD;
}
