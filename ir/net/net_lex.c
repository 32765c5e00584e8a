#include "ir/net/net_lex.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void net_lexer_start(struct net_lexer *x, struct sources *sources, uint32_t file, char comment,
                     struct diag *diag, struct arena *arena)
{
    size_t length;
    const char *text = sources_text(sources, file, &length);
    net_lexer_start_in(x, text, 0, length, file, comment, diag, arena);
}

void net_lexer_start_in(struct net_lexer *x, const char *text, size_t from, size_t to, uint32_t file,
                        char comment, struct diag *diag, struct arena *arena)
{
    *x = (struct net_lexer){.text = text,
                            .length = to,
                            .at = from,
                            .file = file,
                            .comment = comment,
                            .diag = diag,
                            .arena = arena};
    net_lexer_next(x);
}

struct span net_lexer_span(const struct net_lexer *x)
{
    return (struct span){x->file, x->lo, x->hi};
}

bool net_lexer_error(struct net_lexer *x, enum diag_code code, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *message = arena_vprintf(x->arena, format, ap);
    va_end(ap);
    x->n_errors++;
    return diag_report(x->diag, code, net_lexer_span(x), "%s", message);
}

static int peek(const struct net_lexer *x, size_t ahead)
{
    return x->at + ahead < x->length ? (unsigned char)x->text[x->at + ahead] : 0;
}

static int bad(struct net_lexer *x, enum diag_code code, const char *message)
{
    x->hi = (uint32_t)(x->at > x->lo ? x->at : x->lo + 1);
    net_lexer_error(x, code, "%s", message);
    return TOKEN_BAD;
}

static int lex_number(struct net_lexer *x)
{
    bool real = false;
    while (isdigit(peek(x, 0))) {
        x->at++;
    }
    if (peek(x, 0) == '.' && isdigit(peek(x, 1))) {
        real = true;
        x->at++;
        while (isdigit(peek(x, 0))) {
            x->at++;
        }
    }
    size_t sign = peek(x, 1) == '-' || peek(x, 1) == '+';
    if (peek(x, 0) == 'e' && isdigit(peek(x, 1 + sign))) {
        real = true;
        x->at += 1 + sign;
        while (isdigit(peek(x, 0))) {
            x->at++;
        }
    }
    /* the text ends in NUL, where strtod and strtoll stop at the latest */
    if (real) {
        x->real = strtod(x->text + x->lo, NULL);
        return isinf(x->real) ? bad(x, DIAG_E0702, "this number is too large") : TOKEN_REAL;
    }
    errno = 0;
    x->integer = strtoll(x->text + x->lo, NULL, 10);
    return errno == ERANGE ? bad(x, DIAG_E0702, "this integer is too large") : TOKEN_INT;
}

static bool lex_subscript(struct net_lexer *x)
{
    size_t ahead = 0;
    do {
        ahead++;
        if (!isdigit(peek(x, ahead))) {
            return false;
        }
        while (isdigit(peek(x, ahead))) {
            ahead++;
        }
    } while (peek(x, ahead) == ',');
    if (peek(x, ahead) != ']') {
        return false;
    }
    x->at += ahead + 1;
    return true;
}

static bool starts_name(int c)
{
    return isalpha(c) || c == '_';
}

static int lex_name(struct net_lexer *x)
{
    for (;;) {
        while (isalnum(peek(x, 0)) || peek(x, 0) == '_') {
            x->at++;
        }
        while (peek(x, 0) == '[' && lex_subscript(x)) {
        }
        if (peek(x, 0) != '.' || !starts_name(peek(x, 1))) {
            break;
        }
        x->at++;
    }
    x->name = arena_strndup(x->arena, x->text + x->lo, x->at - x->lo);
    return TOKEN_NAME;
}

static int hex_digit(int c)
{
    return isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes what follows a backslash and returns the character that it means, or -1. */
static int lex_escape(struct net_lexer *x)
{
    int c = peek(x, 0);
    x->at++;
    if (c == 'n') {
        return '\n';
    }
    if (c != 'x') {
        return c == '\\' || c == '"' || c == '`' ? c : -1;
    }
    int high = hex_digit(peek(x, 0)), low = high < 0 ? -1 : hex_digit(peek(x, 1));
    if (low < 0 || high * 16 + low == 0) {
        return -1;
    }
    x->at += 2;
    return high * 16 + low;
}

static int lex_quoted(struct net_lexer *x, int quote, int token)
{
    size_t n = 0;
    x->at++;
    while (x->at + n < x->length && peek(x, n) != quote && peek(x, n) != '\n') {
        n += peek(x, n) == '\\' ? 2 : 1;
    }
    char *to = arena_alloc(x->arena, n + 1);
    x->name = to;
    for (;;) {
        int c = peek(x, 0);
        if (c == 0 || c == '\n') {
            return bad(x, DIAG_E0701, "this text is not closed on its line");
        }
        x->at++;
        if (c == quote) {
            return token;
        }
        if (c == '\\') {
            c = lex_escape(x);
        }
        if (c < 0) {
            return bad(x, DIAG_E0701, "unknown escape: \\\\ \\\" \\` \\n \\xHH are known");
        }
        *to++ = (char)c;
    }
}

static int lex_dollar(struct net_lexer *x)
{
    x->at++;
    x->letter = (char)peek(x, 0);
    if (!isalpha(peek(x, 0)) || !isdigit(peek(x, 1))) {
        return bad(x, DIAG_E0701, "expected a letter and a number after '$', as in $s12");
    }
    x->at++;
    errno = 0;
    x->integer = strtoll(x->text + x->at, NULL, 10);
    while (isdigit(peek(x, 0))) {
        x->at++;
    }
    return errno == ERANGE ? bad(x, DIAG_E0702, "this number is too large") : TOKEN_DOLLAR;
}

static int lex_operator(struct net_lexer *x)
{
    static const struct {
        char text[3];
        int token;
    } pairs[] = {{"->", TOKEN_ARROW}, {"=>", TOKEN_LAW}, {"..", TOKEN_DOTS},
                 {"==", TOKEN_EQ},    {"!=", TOKEN_NE},  {"<=", TOKEN_LE},
                 {">=", TOKEN_GE},    {"&&", TOKEN_AND}, {"||", TOKEN_OR}};
    int c = peek(x, 0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (c == pairs[i].text[0] && peek(x, 1) == pairs[i].text[1]) {
            x->at += 2;
            return pairs[i].token;
        }
    }
    x->at++;
    return c != 0 && strchr("{}[](),:=+-*/%^!<>?@", c)
               ? c
               : bad(x, DIAG_E0701, "this character cannot stand here");
}

void net_lexer_next(struct net_lexer *x)
{
    while (peek(x, 0) == ' ' || peek(x, 0) == '\t' || peek(x, 0) == '\r') {
        x->at++;
    }
    if (peek(x, 0) == x->comment) {
        while (x->at < x->length && x->text[x->at] != '\n') {
            x->at++;
        }
    }
    x->lo = (uint32_t)x->at;
    int c = peek(x, 0);
    if (x->at >= x->length) {
        x->token = TOKEN_END;
    } else if (c == '\n') {
        x->at++;
        x->token = TOKEN_LINE;
    } else if (isdigit(c)) {
        x->token = lex_number(x);
    } else if (starts_name(c)) {
        x->token = lex_name(x);
    } else if (c == '`' || c == '"') {
        x->token = lex_quoted(x, c, c == '`' ? TOKEN_QUOTED : TOKEN_STRING);
    } else {
        x->token = c == '$' ? lex_dollar(x) : lex_operator(x);
    }
    x->hi = (uint32_t)x->at;
}

bool net_lexer_expect(struct net_lexer *x, int token, const char *what)
{
    if (net_lexer_accept(x, token)) {
        return true;
    }
    if (x->token == TOKEN_BAD) {
        return false; /* reported already */
    }
    if (x->token == TOKEN_LINE || x->token == TOKEN_END) {
        return net_lexer_error(x, DIAG_E0701, "expected %s before the end of the line", what);
    }
    int n = (int)(x->hi - x->lo > 40 ? 40 : x->hi - x->lo);
    return net_lexer_error(x, DIAG_E0701, "expected %s, found '%.*s'", what, n, x->text + x->lo);
}

bool net_lexer_accept(struct net_lexer *x, int token)
{
    if (x->token != token) {
        return false;
    }
    net_lexer_next(x);
    return true;
}

bool net_lexer_is_word(const struct net_lexer *x, const char *word)
{
    return x->token == TOKEN_NAME && strcmp(x->name, word) == 0;
}

bool net_lexer_accept_word(struct net_lexer *x, const char *word)
{
    if (!net_lexer_is_word(x, word)) {
        return false;
    }
    net_lexer_next(x);
    return true;
}

bool net_lexer_int(struct net_lexer *x, int64_t low, int64_t high, const char *what, int64_t *v)
{
    if (x->token != TOKEN_INT) {
        return net_lexer_expect(x, TOKEN_INT, what);
    }
    *v = x->integer;
    if (*v < low || *v > high) {
        return net_lexer_error(x, DIAG_E0702, "%s must be in %lld..%lld", what, (long long)low,
                               (long long)high);
    }
    net_lexer_next(x);
    return true;
}
