#include "import/scan.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

void scan_start(struct scan *s, struct importer *x, const char *from)
{
    *s = (struct scan){.x = x, .next = from};
}

bool scan_line(struct scan *s)
{
    while (s->next && s->next < s->x->end) {
        const char *eol = memchr(s->next, '\n', (size_t)(s->x->end - s->next));
        s->eol = eol ? eol : s->x->end;
        const char *hash = memchr(s->next, '#', (size_t)(s->eol - s->next));
        s->at = s->next;
        s->end = hash ? hash : s->eol;
        s->comment = hash ? hash + 1 : s->eol;
        s->next = eol ? eol + 1 : NULL;
        while (s->end > s->at && is_blank(s->end[-1])) {
            s->end--;
        }
        scan_blanks(s);
        if (s->at < s->end) {
            return true;
        }
    }
    return false;
}

void scan_blanks(struct scan *s)
{
    while (s->at < s->end && is_blank(*s->at)) {
        s->at++;
    }
}

bool scan_at_end(struct scan *s)
{
    scan_blanks(s);
    return s->at >= s->end;
}

bool scan_char(struct scan *s, char c)
{
    if (scan_at_end(s) || *s->at != c) {
        return false;
    }
    s->at++;
    return true;
}

bool scan_word(struct scan *s, const char *word)
{
    size_t n = strlen(word);
    if (scan_at_end(s) || (size_t)(s->end - s->at) < n || strncmp(s->at, word, n) != 0 ||
        (s->at + n < s->end && in_name(s->at[n]))) {
        return false;
    }
    s->at += n;
    return true;
}

const char *scan_name(struct scan *s, size_t *length)
{
    if (scan_at_end(s) || !in_name(*s->at) || isdigit((unsigned char)*s->at)) {
        return NULL;
    }
    const char *from = s->at;
    while (s->at < s->end && in_name(*s->at)) {
        s->at++;
    }
    *length = (size_t)(s->at - from);
    return from;
}

const char *scan_text(struct scan *s, size_t *length)
{
    if (scan_at_end(s)) {
        return NULL;
    }
    const char *from = s->at;
    while (s->at < s->end && !is_blank(*s->at)) {
        s->at++;
    }
    *length = (size_t)(s->at - from);
    return from;
}

bool scan_number(struct scan *s, double *v)
{
    if (scan_at_end(s) ||
        !(isdigit((unsigned char)*s->at) || (*s->at == '.' && isdigit((unsigned char)s->at[1])))) {
        return false;
    }
    const char *from = s->at;
    char *end;
    if (*from == '0' &&
        (from[1] == 'x' || from[1] == 'X')) { /* a name follows, since no tool means hexadecimal numbers */
        *v = 0;
        s->at++;
        return true;
    }
    errno = 0;
    *v = strtod(from, &end);
    s->at = end < s->end ? end : s->end;
    if (errno == ERANGE && (*v == 0 || *v == HUGE_VAL)) {
        diag_report(
            s->x->diag, DIAG_E0831, import_span(s->x, from, s->at),
            "this number is too %s for a double\n  help: numbers lie between 1e-307 and 1e308: write it in "
            "another unit%s",
            *v == 0 ? "small" : "large", *v == 0 ? ", or 0" : "");
    }
    return true;
}

bool scan_int(struct scan *s, int64_t *v)
{
    if (scan_at_end(s) || !isdigit((unsigned char)*s->at)) {
        return false;
    }
    char *end;
    *v = strtoll(s->at, &end, 10);
    s->at = end;
    return true;
}

bool scan_expected(struct scan *s, const char *what)
{
    const char *help = diag_help_in(what);
    int n = (int)(strlen(what) - strlen(help));
    scan_blanks(s);
    if (s->at >= s->end) {
        return diag_report(s->x->diag, DIAG_E0831, import_span(s->x, s->end, s->end),
                           "expected %.*s before the end of the line%s", n, what, help);
    }
    const char *to = s->at;
    while (to < s->end && !is_blank(*to) && to - s->at < 30) {
        to++;
    }
    return diag_report(s->x->diag, DIAG_E0831, import_span(s->x, s->at, to), "expected %.*s, found '%.*s'%s",
                       n, what, (int)(to - s->at), s->at, help);
}

bool scan_error(struct scan *s, enum diag_code code, const char *from, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *message = arena_vprintf(s->x->arena, format, ap);
    va_end(ap);
    return diag_report(s->x->diag, code, import_span(s->x, from, s->at > from ? s->at : from + 1), "%s",
                       message);
}

bool scan_finish(struct scan *s)
{
    return scan_at_end(s) ||
           scan_expected(s,
                         "the end of the line\n  help: leave the rest out, or write an operator before it");
}
