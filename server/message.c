#include "server/message.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

void message_feed(struct message_reader *r, const char *bytes, size_t n)
{
    size_t skipped = r->skip < n ? r->skip : n;
    r->skip -= skipped;
    bytes += skipped;
    n -= skipped;
    if (r->at > 0 && r->at == r->bytes.n) {
        r->at = r->bytes.n = 0;
    } else if (r->at > r->bytes.n / 2) {
        memmove(r->bytes.data, r->bytes.data + r->at, r->bytes.n - r->at);
        r->bytes.n -= r->at;
        r->at = 0;
    }
    if (n > 0) {
        vec_reserve(&r->bytes, r->bytes.n + n);
        memcpy(r->bytes.data + r->bytes.n, bytes, n);
        r->bytes.n += n;
    }
}

/* Length of the header with its empty line; 0 if it is not complete. */
static size_t header_length(const char *text, size_t n)
{
    size_t line = 0; /* bytes of the line so far, without a final CR */
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n') {
            if (line == 0) {
                return i + 1;
            }
            line = 0;
        } else if (text[i] != '\r' || (i + 1 < n && text[i + 1] != '\n')) {
            line++;
        }
    }
    return 0;
}

/* Reads a decimal number and nothing else; false if it is not a number or has more digits than any length. */
static bool read_length(const char *text, size_t n, size_t *length)
{
    while (n > 0 && isspace((unsigned char)text[n - 1])) {
        n--;
    }
    while (n > 0 && isspace((unsigned char)*text)) {
        text++, n--;
    }
    *length = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i])) {
            return false;
        }
        *length = *length * 10 + (size_t)(text[i] - '0');
    }
    return n > 0 && n <= 18;
}

/* Reads the header; returns what is wrong with it, NULL: nothing. */
static const char *read_header(const char *text, size_t n, size_t *length)
{
    static const char name[] = "Content-Length:";
    const char *why = "a header without Content-Length";
    for (size_t i = 0; i < n;) {
        const char *end = memchr(text + i, '\n', n - i);
        size_t line = (size_t)(end - text) - i;
        if (line >= sizeof name - 1 && strncasecmp(text + i, name, sizeof name - 1) == 0) {
            if (!read_length(text + i + sizeof name - 1, line - (sizeof name - 1), length)) {
                return "a Content-Length that is no length";
            }
            why = NULL;
        }
        i += line + 1;
    }
    return why;
}

static enum message_state refuse(struct message_reader *r, struct message *m, size_t header, size_t body,
                                 const char *why)
{
    size_t here = r->bytes.n - r->at - header;
    r->skip = body > here ? body - here : 0;
    r->at += header + (body < here ? body : here);
    m->why = why;
    return MESSAGE_BAD;
}

enum message_state message_next(struct message_reader *r, struct message *m)
{
    *m = (struct message){0};
    size_t n = r->bytes.n - r->at, length = 0;
    const char *text = vec_from(&r->bytes, r->at);
    if (n == 0) {
        return MESSAGE_NONE;
    }
    size_t header = header_length(text, n);
    if (header == 0 || header > MESSAGE_HEADER_MOST) {
        return n > MESSAGE_HEADER_MOST ? refuse(r, m, header ? header : n, 0, "a header that does not end")
                                       : MESSAGE_NONE;
    }
    const char *why = read_header(text, header, &length);
    if (why) {
        return refuse(r, m, header, 0, why);
    }
    if (length > MESSAGE_MOST) {
        return refuse(r, m, header, length, "a message of more than 64 MiB");
    }
    if (n - header < length) {
        return MESSAGE_NONE;
    }
    m->body = text + header;
    m->length = length;
    r->at += header + length;
    return MESSAGE_READY;
}

void message_reader_free(struct message_reader *r)
{
    vec_free(&r->bytes);
}
