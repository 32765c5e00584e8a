#include "server/lines.h"

void lines_open(struct lines *l, const char *text, size_t length, enum encoding encoding)
{
    *l = (struct lines){.text = text, .length = length, .encoding = encoding};
    vec_push(&l->start, 0);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < length && text[i + 1] == '\n'))) {
            vec_push(&l->start, i + 1);
        }
    }
}

/* The number of bytes of the character at offset i; *units is its length in units of the encoding. A byte
 * that is not UTF-8 counts as a character. */
static size_t step(const struct lines *l, size_t i, int64_t *units)
{
    unsigned char c = (unsigned char)l->text[i];
    size_t n = c < 0xC2 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 1;
    for (size_t k = 1; k < n; k++) {
        if (i + k >= l->length || ((unsigned char)l->text[i + k] & 0xC0) != 0x80) {
            n = 1;
        }
    }
    *units = l->encoding == ENCODING_UTF8 ? (int64_t)n : n == 4 ? 2 : 1;
    return n;
}

/* The end of a line without its CR and LF. */
static size_t line_end(const struct lines *l, size_t line)
{
    size_t end = line + 1 < l->start.n ? l->start.data[line + 1] : l->length;
    size_t start = l->start.data[line];
    if (line + 1 < l->start.n) {
        end -= end > start && l->text[end - 1] == '\n';
        end -= end > start && l->text[end - 1] == '\r';
    }
    return end;
}

size_t lines_offset(const struct lines *l, struct position p)
{
    if (p.line < 0) {
        return 0;
    }
    if ((uint64_t)p.line >= l->start.n) {
        return l->length;
    }
    size_t i = l->start.data[p.line], end = line_end(l, (size_t)p.line);
    for (int64_t at = 0, units; i < end; at += units) {
        size_t n = step(l, i, &units);
        if (at + units > p.character) {
            break;
        }
        i += n;
    }
    return i;
}

struct position lines_position(const struct lines *l, size_t offset)
{
    offset = offset < l->length ? offset : l->length;
    size_t lo = 0, hi = l->start.n;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->start.data[mid] <= offset) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    struct position p = {.line = (int64_t)lo};
    size_t end = line_end(l, lo);
    offset = offset < end ? offset : end;
    for (size_t i = l->start.data[lo], n; i < offset; i += n) {
        int64_t units;
        n = step(l, i, &units);
        p.character += i + n <= offset ? units : 0;
    }
    return p;
}

void lines_close(struct lines *l)
{
    vec_free(&l->start);
}
