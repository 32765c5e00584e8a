/* The text of PTX as tokens, and the memory of a module that is decoded. */
#define _XOPEN_SOURCE 700
#include "ptx_impl.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *ptx_line(const struct module *m, int line, int *length)
{
    const char *s = m->text;
    for (int k = 1; k < line && *s; k++) {
        const char *end = strchr(s, '\n');
        s = end ? end + 1 : s + strlen(s);
    }
    s += strspn(s, " \t");
    *length = (int)strcspn(s, "\r\n");
    return s;
}

_Noreturn void fail(struct decoder *d, int line, const char *format, ...)
{
    if (d->log_size > 0) {
        int length, n = snprintf(d->log, d->log_size, "stand-in, line %d; error: ", line);
        if (n > 0 && (size_t)n < d->log_size) {
            va_list args;
            va_start(args, format);
            int more = vsnprintf(d->log + n, d->log_size - (size_t)n, format, args);
            va_end(args);
            n += more > 0 ? more : 0;
        }
        const char *text = ptx_line(d->module, line, &length);
        if (n > 0 && (size_t)n < d->log_size)
            snprintf(d->log + n, d->log_size - (size_t)n, "\n  %.*s\n", length, text);
    }
    longjmp(d->failed, 1);
}

void *module_alloc(struct decoder *d, size_t size)
{
    struct chunk *c = calloc(1, sizeof *c + size);
    if (c == NULL)
        fail(d, d->line, "no memory");
    c->next = d->module->chunks;
    d->module->chunks = c;
    return c->bytes;
}

void *grown(struct decoder *d, void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room ? *room * 2 : 16;
    void *copy = module_alloc(d, *room * size);
    if (count > 0)
        memcpy(copy, list, count * size);
    return copy;
}

char *copied(struct decoder *d, const char *s, int length)
{
    char *copy = module_alloc(d, (size_t)length + 1);
    memcpy(copy, s, (size_t)length);
    return copy;
}

static void skip_blanks(struct decoder *d)
{
    for (;;) {
        if (*d->at == '\n') {
            d->line++;
            d->at++;
        } else if (isspace((unsigned char)*d->at)) {
            d->at++;
        } else if (d->at[0] == '/' && d->at[1] == '/') {
            d->at += strcspn(d->at, "\n");
        } else if (d->at[0] == '/' && d->at[1] == '*') {
            const char *end = strstr(d->at, "*/");
            if (end == NULL)
                fail(d, d->line, "a comment without end");
            for (; d->at < end + 2; d->at++)
                d->line += *d->at == '\n';
        } else {
            return;
        }
    }
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '.' || c == '%';
}

/* 0dXXXXXXXXXXXXXXXX, 0fXXXXXXXX, 0xX, 0bX, 10, 10U, and 6.0 for .version */
static void number(struct decoder *d, struct token *t)
{
    const char *s = t->at;
    char *end;
    char prefix = t->length > 1 && s[0] == '0' ? (char)tolower((unsigned char)s[1]) : 0;
    if (memchr(s, '.', (size_t)t->length)) {
        t->kind = TOKEN_DECIMAL;
        return;
    }
    t->kind = TOKEN_INTEGER;
    if ((prefix == 'd' && t->length == 18) || (prefix == 'f' && t->length == 10)) {
        t->kind = prefix == 'd' ? TOKEN_F64 : TOKEN_F32;
        t->value = strtoull(s + 2, &end, 16);
    } else {
        t->value = prefix == 'b' ? strtoull(s + 2, &end, 2) : strtoull(s, &end, 0);
        end += end > s && *end == 'U';
    }
    if (end != s + t->length)
        fail(d, t->line, "'%.*s' is not a number", t->length, s);
}

void advance(struct decoder *d)
{
    skip_blanks(d);
    struct token t = {.at = d->at, .line = d->line};
    if (*d->at == 0) {
        t.kind = TOKEN_END;
    } else if (in_word(*d->at)) {
        while (in_word(*d->at))
            d->at++;
        t.length = (int)(d->at - t.at);
        t.kind = TOKEN_WORD;
        if (isdigit((unsigned char)*t.at))
            number(d, &t);
    } else if (*d->at == '"') {
        const char *end = strpbrk(d->at + 1, "\"\n");
        if (end == NULL || *end == '\n')
            fail(d, d->line, "a string without end");
        d->at = end + 1;
        t.length = (int)(d->at - t.at);
        t.kind = TOKEN_STRING;
    } else {
        if (strchr("{}()[]<>,;:=+-@!|", *d->at) == NULL)
            fail(d, d->line, "unexpected '%c'", *d->at);
        d->at++;
        t.length = 1;
        t.kind = TOKEN_SIGN;
    }
    d->token = t;
}

bool is_sign(const struct decoder *d, char c)
{
    return d->token.kind == TOKEN_SIGN && *d->token.at == c;
}

bool is_word(const struct decoder *d, const char *word)
{
    return d->token.kind == TOKEN_WORD && strlen(word) == (size_t)d->token.length &&
           memcmp(word, d->token.at, strlen(word)) == 0;
}

bool accept_sign(struct decoder *d, char c)
{
    if (!is_sign(d, c))
        return false;
    advance(d);
    return true;
}

bool accept_word(struct decoder *d, const char *word)
{
    if (!is_word(d, word))
        return false;
    advance(d);
    return true;
}

void expect_sign(struct decoder *d, char c)
{
    if (!accept_sign(d, c))
        fail(d, d->token.line, "'%c' expected, not '%.*s'", c, d->token.length, d->token.at);
}

char *expect_word(struct decoder *d, const char *what)
{
    if (d->token.kind != TOKEN_WORD)
        fail(d, d->token.line, "%s expected, not '%.*s'", what, d->token.length, d->token.at);
    char *word = copied(d, d->token.at, d->token.length);
    advance(d);
    return word;
}

uint64_t expect_number(struct decoder *d)
{
    if (d->token.kind != TOKEN_INTEGER)
        fail(d, d->token.line, "a number expected, not '%.*s'", d->token.length, d->token.at);
    uint64_t value = d->token.value;
    advance(d);
    return value;
}

int64_t signed_number(struct decoder *d)
{
    bool negative = false;
    while (is_sign(d, '-') || is_sign(d, '+')) {
        negative ^= is_sign(d, '-');
        advance(d);
    }
    uint64_t value = expect_number(d);
    return (int64_t)(negative ? -value : value);
}

bool parse_type(const char *s, struct type *t)
{
    static const char *const names[] = {"b8",  "u8",  "s8",  "b16", "u16", "s16", "b32",
                                        "u32", "s32", "f32", "b64", "u64", "s64", "f64"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        if (strcmp(s, names[k]) == 0) {
            *t = (struct type){*s, (unsigned char)strtoul(s + 1, NULL, 10)};
            return true;
        }
    }
    *t = (struct type){'p', 1};
    return strcmp(s, "pred") == 0;
}
