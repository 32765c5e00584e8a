/* Lexer for the text form of networks, with one token of lookahead. The text is not trusted. */
#ifndef IR_NET_LEX_H
#define IR_NET_LEX_H

#include "support/arena.h"
#include "support/diag.h"

/* Single characters stand for themselves. */
enum net_token {
    TOKEN_END = 256,
    TOKEN_LINE,
    TOKEN_NAME,
    TOKEN_QUOTED,
    TOKEN_STRING,
    TOKEN_INT,
    TOKEN_REAL,
    TOKEN_DOLLAR, /* $s12: letter and number */
    TOKEN_ARROW,
    TOKEN_LAW,
    TOKEN_DOTS,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_LE,
    TOKEN_GE,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_BAD /* reported */
};

struct net_lexer {
    const char *text;
    size_t length, at;
    uint32_t file;
    struct diag *diag;
    struct arena *arena; /* holds the texts of tokens */
    int token;
    uint32_t lo, hi;
    const char *name; /* NAME, QUOTED, STRING */
    int64_t integer;  /* INT, DOLLAR */
    double real;      /* REAL */
    char letter;      /* DOLLAR */
    char comment;     /* the character that starts a comment: ';' or '#' */
    size_t n_errors;
};

void net_lexer_start(struct net_lexer *x, struct sources *sources, uint32_t file, char comment,
                     struct diag *diag, struct arena *arena);
/* Like net_lexer_start, for the bytes [from, to) of `text`, which ends in NUL. Offsets in `text` are offsets
 * in the file, for messages. */
void net_lexer_start_in(struct net_lexer *x, const char *text, size_t from, size_t to, uint32_t file,
                        char comment, struct diag *diag, struct arena *arena);
void net_lexer_next(struct net_lexer *x);
struct span net_lexer_span(const struct net_lexer *x);
/* Reports at the current token and returns false. */
bool net_lexer_error(struct net_lexer *x, enum diag_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Takes the current token if it is `token`; otherwise reports that `what` was expected and returns false. */
bool net_lexer_expect(struct net_lexer *x, int token, const char *what);
/* Takes the current token if it is `token`, or the name `word`; returns whether it was. */
bool net_lexer_accept(struct net_lexer *x, int token);
bool net_lexer_accept_word(struct net_lexer *x, const char *word);
bool net_lexer_is_word(const struct net_lexer *x, const char *word);
/* Takes an integer in the range low .. high; otherwise reports an error and returns false. */
bool net_lexer_int(struct net_lexer *x, int64_t low, int64_t high, const char *what, int64_t *v);

#endif
