#include "crnl_format.h"

#include <string.h>

static bool is_one_of(char c, const char *list)
{
    return c && strchr(list, c);
}

/* Reads a number, -1 if there is none; returns false if it is unreasonably large. */
static bool read_count(const char **at, int *out)
{
    const char *from = *at;
    *out = -1;
    for (; is_one_of(**at, "0123456789"); ++*at) {
        *out = 10 * (*out < 0 ? 0 : *out) + (**at - '0');
        if (*out > CRNL_FORMAT_WIDEST) {
            return false;
        }
    }
    return *at > from || *out < 0;
}

bool crnl_format_read(const char *text, struct crnl_format *out)
{
    const char *at = text;
    size_t flags = 0;
    *out = (struct crnl_format){0};
    if (is_one_of(*at, "<>^")) {
        out->align = *at++;
    }
    for (; is_one_of(*at, "-+ #0"); at++) {
        if (flags + 1 == sizeof out->flags) {
            return false;
        }
        out->flags[flags++] = *at;
    }
    if (!read_count(&at, &out->width)) {
        return false;
    }
    out->precision = -1;
    if (*at == '.') {
        at++;
        if (!read_count(&at, &out->precision) || out->precision < 0) {
            return false;
        }
    }
    if (is_one_of(*at, "defgEFGxi")) {
        out->conversion = *at++;
    }
    return *at == '\0';
}

bool crnl_format_is_whole(const struct crnl_format *f)
{
    return is_one_of(f->conversion, "dix");
}
