/* Tokens of the text form of networks. One token of lookahead; text is never trusted. */
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
    struct arena *arena; /* of token texts */
    int token;
    uint32_t lo, hi;
    const char *name; /* NAME, QUOTED, STRING */
    int64_t integer;  /* INT, DOLLAR */
    double real;      /* REAL */
    char letter;      /* DOLLAR */
    char comment;     /* what starts a comment: ';' or '#' */
    size_t n_errors;
};

void net_lexer_start(struct net_lexer *x, struct sources *sources, uint32_t file, char comment,
                     struct diag *diag, struct arena *arena);
/* The same with the bytes [from, to) of a text as long as the file's, whose places are the file's. It ends in
 * NUL. */
void net_lexer_start_in(struct net_lexer *x, const char *text, size_t from, size_t to, uint32_t file,
                        char comment, struct diag *diag, struct arena *arena);
void net_lexer_next(struct net_lexer *x);
struct span net_lexer_span(const struct net_lexer *x);
/* Reports at the current token and returns false. */
bool net_lexer_error(struct net_lexer *x, enum diag_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The current token is this one: takes it. Else reports what was expected. */
bool net_lexer_expect(struct net_lexer *x, int token, const char *what);
/* Takes the current token if it is this one. */
bool net_lexer_accept(struct net_lexer *x, int token);
bool net_lexer_accept_word(struct net_lexer *x, const char *word);
bool net_lexer_is_word(const struct net_lexer *x, const char *word);
/* An integer of this range, taken; else reports. */
bool net_lexer_int(struct net_lexer *x, int64_t low, int64_t high, const char *what, int64_t *v);

#endif
