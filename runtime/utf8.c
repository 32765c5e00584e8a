#include "crnl_utf8.h"

#include <stdlib.h>
#include <string.h>

#include "rt_base.h"

size_t crnl_utf8_length(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    if (n == 0) {
        return 0;
    }
    size_t want = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    if (want > n) {
        return 0;
    }
    for (size_t i = 1; i < want; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool outside = (p[0] == 0xED && p[1] >= 0xA0) || (p[0] == 0xF4 && p[1] >= 0x90);
    return want && (overlong || outside) ? 0 : want;
}

unsigned crnl_utf8_number(const char *text, size_t length)
{
    static const unsigned char first[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned c = (unsigned char)text[0] & first[length];
    for (size_t i = 1; i < length; i++) {
        c = c << 6 | ((unsigned char)text[i] & 0x3F);
    }
    return c;
}

bool crnl_utf8_is_control(const char *text, size_t length)
{
    unsigned c = crnl_utf8_number(text, length);
    bool turns = c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || turns;
}

bool crnl_utf8_has_control(const char *text)
{
    size_t n = strlen(text), length;
    for (size_t i = 0; i < n; i += length) {
        length = crnl_utf8_length(text + i, n - i);
        if (length == 0 || crnl_utf8_is_control(text + i, length)) {
            return true;
        }
    }
    return false;
}

size_t crnl_utf8_control_code(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i], next = i + 1 < n ? (unsigned char)text[i + 1] : 0;
        if (c >= ' ' && c < 0x7F) {
            continue;
        }
        if ((c < ' ' && !(c >= '\t' && c <= '\r')) || c == 0x7F ||
            (c == 0xC2 && next >= 0x80 && next < 0xA0)) {
            return i;
        }
    }
    return n;
}

size_t crnl_shown(char shown[CRNL_SHOWN], const char *text, size_t n)
{
    size_t length = crnl_utf8_length(text, n);
    if (length == 0) {
        snprintf(shown, CRNL_SHOWN, "\\x%02x", (unsigned char)*text);
        return 1;
    }
    if (crnl_utf8_is_control(text, length)) {
        snprintf(shown, CRNL_SHOWN, "\\u%04x", crnl_utf8_number(text, length) & 0xFFFF);
    } else {
        memcpy(shown, text, length);
        shown[length] = '\0';
    }
    return length;
}

char *crnl_shown_text(const char *text)
{
    size_t n = strlen(text), at = 0;
    char *all = rt_alloc(n * (CRNL_SHOWN - 1) + 1, 1), shown[CRNL_SHOWN];
    for (size_t i = 0; i < n;) {
        if (text[i] == '\n' || text[i] == '\t') {
            all[at++] = text[i++];
        } else {
            i += crnl_shown(shown, text + i, n - i);
            size_t length = strlen(shown);
            memcpy(all + at, shown, length);
            at += length;
        }
    }
    return all;
}

void crnl_vsay(FILE *out, const char *format, va_list args)
{
    struct rt_buffer text = {0};
    rt_vputf(&text, format, args);
    char *shown = crnl_shown_text(text.data ? text.data : "");
    fputs(shown, out);
    free(shown);
    rt_buffer_free(&text);
}

void crnl_say(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    crnl_vsay(out, format, args);
    va_end(args);
}
