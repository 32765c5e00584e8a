/* Antimony: from text to tokens. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/antimony/antimony_impl.h"

struct lexer {
    struct reader *r;
    uint32_t file;
    const char *text, *at, *end;
    const char *behind; /* the last token of the current line; NULL: there is none yet */
    bool is_glued;
};

static const struct {
    const char *text;
    int sign;
} signs[] = {
    /* longer ones come first */
    {"<==>", SIGN_ARROW},  {"...", SIGN_ELLIPSIS}, {"->", SIGN_ARROW}, {"=>", SIGN_IRREVERSIBLE},
    {"-|", SIGN_INHIBITS}, {"<=", SIGN_LE},        {">=", SIGN_GE},    {"!=", SIGN_NE},
    {"==", SIGN_EQ},       {"&&", SIGN_AND},       {"||", SIGN_OR},
};

static struct span span_of(const struct lexer *l, const char *from, const char *to)
{
    return (struct span){l->file, (uint32_t)(from - l->text), (uint32_t)(to - l->text)};
}

static void push(struct lexer *l, struct token t, const char *from)
{
    t.at = span_of(l, from, l->at);
    t.is_glued = l->is_glued;
    vec_push(&l->r->token, t);
    l->is_glued = true;
    l->behind = t.kind == TOKEN_LINE_END ? l->behind : l->at;
}

static bool starts(const struct lexer *l, const char *text)
{
    return (size_t)(l->end - l->at) >= strlen(text) && memcmp(l->at, text, strlen(text)) == 0;
}

static void skip_line(struct lexer *l)
{
    while (l->at < l->end && *l->at != '\n' && *l->at != '\r') {
        l->at++;
    }
}

/* Skips blanks, comments, and ends of lines after '\'. False after a report. */
static bool skip_blanks(struct lexer *l)
{
    for (const char *from = l->at;; l->is_glued &= l->at == from) {
        if (l->at < l->end && (*l->at == ' ' || *l->at == '\t' || *l->at == '\f' || *l->at == '\v')) {
            l->at++;
        } else if (starts(l, "//") || starts(l, "#")) {
            skip_line(l);
        } else if (starts(l, "/*")) {
            const char *open = l->at;
            while (l->at < l->end && !starts(l, "*/")) {
                l->at++;
            }
            if (l->at == l->end) {
                return diag_report(l->r->x->diag, DIAG_E0831, span_of(l, open, open + 2),
                                   "a comment that does not end: '*/' is missing\n  help: write `*/` behind "
                                   "it, or begin its line with `//`");
            }
            l->at += 2;
        } else if (starts(l, "\\\n") || starts(l, "\\\r") || starts(l, "\\ ")) {
            l->at++;
            while (l->at < l->end && strchr(" \r\n", *l->at)) {
                l->at++;
            }
        } else {
            return true;
        }
    }
}

static bool number(struct lexer *l)
{
    const char *from = l->at;
    while (l->at < l->end && isdigit((unsigned char)*l->at)) {
        l->at++;
    }
    if (l->at < l->end && *l->at == '.' && !starts(l, "...")) {
        for (l->at++; l->at < l->end && isdigit((unsigned char)*l->at);) {
            l->at++;
        }
    }
    if (l->at < l->end && (*l->at == 'e' || *l->at == 'E')) {
        const char *digits = l->at + 1;
        digits += digits < l->end && (*digits == '+' || *digits == '-');
        if (digits < l->end && isdigit((unsigned char)*digits)) {
            for (l->at = digits; l->at < l->end && isdigit((unsigned char)*l->at);) {
                l->at++;
            }
        }
    }
    const char *text = arena_strndup(l->r->x->arena, from, (size_t)(l->at - from));
    struct token t = {.kind = TOKEN_NUMBER, .text = text, .number = strtod(text, NULL)};
    push(l, t, from);
    return isfinite(t.number) ||
           diag_report(
               l->r->x->diag, DIAG_E0833, span_of(l, from, l->at),
               "the number %s is too large\n  help: numbers are below 1e308: write it in another unit", text);
}

static bool string(struct lexer *l, const char *quote)
{
    const char *open = l->at, *from = open + strlen(quote);
    for (l->at = from; l->at < l->end && !starts(l, quote); l->at++) {
        if (!quote[1] && (*l->at == '\n' || *l->at == '\r')) {
            break;
        }
    }
    if (!starts(l, quote)) {
        return diag_report(l->r->x->diag, DIAG_E0831, span_of(l, open, from),
                           "a text that does not end: %s is missing\n  help: write it behind the text",
                           quote[1] ? "```" : "'\"'");
    }
    struct token t = {.kind = TOKEN_STRING,
                      .text = arena_strndup(l->r->x->arena, from, (size_t)(l->at - from))};
    l->at += strlen(quote);
    push(l, t, open);
    return true;
}

static void name(struct lexer *l)
{
    const char *from = l->at;
    while (l->at < l->end && (isalnum((unsigned char)*l->at) || *l->at == '_')) {
        l->at++;
    }
    push(l,
         (struct token){.kind = TOKEN_NAME,
                        .text = arena_strndup(l->r->x->arena, from, (size_t)(l->at - from))},
         from);
}

static bool sign(struct lexer *l)
{
    const char *from = l->at;
    if (starts(l, "--")) {
        while (l->at < l->end && *l->at == '-') {
            l->at++;
        }
        push(l, (struct token){.kind = TOKEN_SIGN, .sign = SIGN_DASHES}, from);
        return true;
    }
    if (starts(l, "! =")) { /* libantimony writes this though it cannot read it */
        l->at += 3;
        push(l, (struct token){.kind = TOKEN_SIGN, .sign = SIGN_NE}, from);
        return true;
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (starts(l, signs[i].text)) {
            l->at += strlen(signs[i].text);
            push(l, (struct token){.kind = TOKEN_SIGN, .sign = signs[i].sign}, from);
            return true;
        }
    }
    l->at++;
    if (strchr("+-*/^!%=<>(){},:;.$'", *from) && *from) {
        push(l, (struct token){.kind = TOKEN_SIGN, .sign = *from}, from);
        return true;
    }
    while (l->at < l->end && ((unsigned char)*l->at & 0xC0) == 0x80) { /* all bytes of one character */
        l->at++;
    }
    return diag_report(l->r->x->diag, DIAG_E0831, span_of(l, from, l->at),
                       "a character that has no meaning in Antimony\n  help: leave it out; names have "
                       "letters, digits and _, texts stand in quotes");
}

static bool token(struct lexer *l)
{
    const char *from = l->at;
    if (*from == '\n' || *from == '\r') {
        l->at += starts(l, "\r\n") ? 2 : 1;
        push(l, (struct token){.kind = TOKEN_LINE_END}, from);
        struct token *end = &vec_last(&l->r->token);
        if (l->behind) { /* a missing token is reported there, not after a comment */
            end->at = span_of(l, l->behind, l->behind);
            l->behind = NULL;
        }
        return true;
    }
    if (isdigit((unsigned char)*from) ||
        (*from == '.' && from + 1 < l->end && isdigit((unsigned char)from[1]))) {
        return number(l);
    }
    if (isalpha((unsigned char)*from) || *from == '_') {
        name(l);
        return true;
    }
    return *from == '"' ? string(l, "\"") : starts(l, "```") ? string(l, "```") : sign(l);
}

bool antimony_lex(struct reader *r, uint32_t file)
{
    size_t length;
    struct lexer l = {.r = r, .file = file, .text = sources_text(r->x->sources, file, &length)};
    l.at = l.text;
    l.end = l.text + length;
    if (starts(&l, "\xEF\xBB\xBF")) {
        l.at += 3;
    }
    for (;;) {
        if (!skip_blanks(&l)) {
            return false;
        }
        if (l.at == l.end) {
            break;
        }
        if (!token(&l)) {
            return false;
        }
    }
    const char *behind = l.behind ? l.behind : l.at;
    l.at = behind;
    push(&l, (struct token){.kind = TOKEN_LINE_END}, behind);
    push(&l, (struct token){.kind = TOKEN_FILE_END}, behind);
    return true;
}
