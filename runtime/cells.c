/* Cells of lines of text: splitting lines into cells, and writing cells so that they can be read back. */
#include "crnl_cells.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char ch, char separator)
{
    return ch == ' ' || (ch == '\t' && ch != separator);
}

/* Unquotes a cell in place: "" stands for one quote. Returns what follows the cell, or NULL if its quote is
 * not closed. */
static char *unquote(char *p)
{
    char *to = p;
    for (p++;; p++) {
        if (*p == '\0') {
            return NULL;
        }
        if (*p == '"' && *++p != '"') {
            *to = '\0';
            return p;
        }
        *to++ = *p;
    }
}

char *crnl_next_cell(char **at, char separator)
{
    char *p = *at;
    while (is_blank(*p, separator)) {
        p++;
    }
    char *cell = p, *end = NULL;
    if (*p == '"') {
        p = unquote(p);
        while (p && is_blank(*p, separator)) {
            p++;
        }
        if (!p || (*p && *p != separator)) {
            return NULL;
        }
    } else {
        p += strcspn(p, (char[]){separator, '\0'});
        end = p;
    }
    *at = *p ? p + 1 : NULL;
    while (end && end > cell && is_blank(end[-1], separator)) {
        end--;
    }
    if (end) {
        *end = '\0';
    }
    return cell;
}

bool crnl_cell_number(const char *text, double *v)
{
    char *end;
    if (*text == '\0' || strpbrk(text, "xX")) {
        return false;
    }
    *v = strtod(text, &end);
    return *end == '\0';
}

bool crnl_cell_is_plain(const char *text, char separator)
{
    size_t n = strlen(text);
    bool has_blanks = n && (is_blank(text[0], separator) || is_blank(text[n - 1], separator));
    return !has_blanks && !text[strcspn(text, (char[]){separator, '"', '\r', '\n', '\0'})];
}

size_t crnl_quote_cell(char *to, const char *text)
{
    char *at = to;
    *at++ = '"';
    for (; *text; text++) {
        *at++ = *text;
        if (*text == '"') {
            *at++ = '"';
        }
    }
    *at++ = '"';
    *at = '\0';
    return (size_t)(at - to);
}
