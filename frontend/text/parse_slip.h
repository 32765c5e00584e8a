/* Recognises common slips by the tokens around the token that does not fit. */
#ifndef FRONTEND_PARSE_SLIP_H
#define FRONTEND_PARSE_SLIP_H

#include "frontend/text/parse_state.h"
#include "frontend/text/statement_form.h"

struct slip {
    struct parse *p;
    size_t found;                        /* index of the token that does not fit */
    const struct token *t, *last, *next; /* this token and its neighbours */
    const int *expected;                 /* token numbers that could stand there */
    size_t n;
};

/* parse_slip_repair.c */
bool slip_expects(const struct slip *s, int kind);
size_t slip_start(const struct slip *s);              /* index of the first token of the statement */
const struct token *slip_first(const struct slip *s); /* the first token itself */
/* The token n places before `last`; a semicolon before the first token of the file. */
const struct token *slip_back(const struct slip *s, size_t n);
size_t slip_end(const struct slip *s); /* index of the next token that ends a statement or opens a block */
/* Index of the first token of the statement whose block is around this one; `found` if there is none. */
size_t slip_block_start(const struct slip *s);
/* Index of the bracket that the bracket at `close` closes; 0 if the statement has none. */
size_t slip_opener(const struct slip *s, size_t close);
/* Index of the token behind the statement that begins at token `i`, including its blocks. */
size_t slip_end_of_all(const struct slip *s, size_t i);
bool slip_stands_before(const struct slip *s, int kind);                /* in this statement */
const char *slip_describe(const struct slip *s, const struct token *t); /* "`x`", "a string" */

bool slip_ends_statement(int kind);
bool slip_has_arrow(const struct slip *s); /* in this statement */
/* The source between two places, for help lines. */
const char *slip_source_between(const struct slip *s, uint32_t lo, uint32_t hi);
/* The source of tokens from..to, without `to`; marks of other languages are as they are written here. */
const char *slip_source(const struct slip *s, size_t from, size_t to);
/* The source of the value that begins at the token: up to the comma, the clause or the end behind it. */
const char *slip_value_source(const struct slip *s, size_t from);
/* The array of numbers at equal distances `step`, with both ends; 11 of them where one is no number. */
const char *slip_linspace(const struct slip *s, const char *first, const char *step, const char *last);
/* What is to stand for the token at i and those behind it, *taken of them (1 unless set); NULL: itself. */
typedef const char *slip_mend(const struct slip *s, size_t i, size_t *taken);
/* The source of tokens from..to as it is to be written, for helps that copy more of a statement than the
 * token that does not fit: the same slip is often made again behind it. */
const char *slip_source_mended(const struct slip *s, size_t from, size_t to, slip_mend *mend);

/* To be called before the edit that repairs the last report, and to say that it is plain what was meant,
 * so that names can be checked, or that it is not. If neither is called, the meaning is plain if the edit
 * is what should be written (slip_insert, ...). */
void slip_is_sure(const struct slip *s);
void slip_is_unsure(const struct slip *s);

/* Edits the token list at any token, so that parsing can continue. */
void slip_repair(const struct slip *s, enum edit_kind what, size_t at, int kind, const char *text);
/* The same at the token that does not fit, if the edit is what should be written: it becomes the fix of
 * the report. */
void slip_insert(const struct slip *s, int kind, const char *text);
void slip_replace(const struct slip *s, int kind, const char *text);
void slip_delete(const struct slip *s);
/* Removes the tokens from..to, without `to`, because nobody can say what was meant; the text around them
 * is still checked. */
void slip_drop(const struct slip *s, size_t from, size_t to);
/* Puts braces around the statement that begins at the token that does not fit, or behind this token if it
 * is to be replaced, so that errors in and after the statement are reported too. Editors are not offered
 * the braces. */
void slip_enclose(const struct slip *s, enum edit_kind what);

bool slip_of_reaction(const struct slip *s);   /* parse_slip_reaction.c */
bool slip_of_side(const struct slip *s);       /* parse_slip_side.c */
bool slip_of_others(const struct slip *s);     /* parse_slip_foreign.c */
bool slip_of_event(const struct slip *s);      /* parse_slip_event.c */
bool slip_of_experiment(const struct slip *s); /* parse_slip_experiment.c */
bool slip_of_choice(const struct slip *s);     /* parse_slip_choice.c */
bool slip_of_name(const struct slip *s);       /* parse_slip_name.c */
bool slip_of_statement(const struct slip *s);  /* parse_slip_statement.c */
bool slip_of_clause(const struct slip *s);     /* parse_slip_clause.c */
bool slip_of_file(const struct slip *s);       /* parse_slip_file.c */
bool slip_of_value(const struct slip *s);      /* parse_slip_value.c */
bool slip_of_habit(const struct slip *s);      /* parse_slip_habit.c */
bool slip_of_between(const struct slip *s);    /* parse_slip_between.c */
bool slip_of_chemistry(const struct slip *s);  /* parse_slip_chemistry.c */
bool slip_of_run(const struct slip *s);        /* parse_slip_run.c */
bool slip_of_made(const struct slip *s);       /* parse_slip_made.c */
bool slip_of_operator(const struct slip *s);   /* parse_slip_operator.c */
bool slip_of_rows(const struct slip *s);       /* `over g in 0:0.1:1`; parse_slip_operator.c */
bool slip_of_join(const struct slip *s);       /* a range, a product, a unit; parse_slip_operator.c */
bool slip_before_arrow(const struct slip *s);  /* a reserved word as a species; parse_slip_word.c */
bool slip_of_word(const struct slip *s);       /* parse_slip_word.c */

/* Reports the slip, and repairs it where its meaning is plain; false if it is none of the known ones. */
bool slip_report(const struct slip *s);

#endif
