/* Positions in a text as in the protocol: the line, from 0, and in it the number of UTF-16 units, or of bytes
 * if client and server have agreed on UTF-8. Lines end with LF, CRLF or CR. The text is not owned. */
#ifndef SERVER_LINES_H
#define SERVER_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "support/vec.h"

enum encoding { ENCODING_UTF16, ENCODING_UTF8 };

struct position {
    int64_t line, character;
};

struct lines {
    const char *text;
    size_t length;
    enum encoding encoding;
    VEC(size_t) start; /* offset of the start of each line; there is at least one */
};

void lines_open(struct lines *l, const char *text, size_t length, enum encoding encoding);
/* Byte offset of a position. A position behind the end of a line is moved to that end, one behind the last
 * line to the end of the text, and one inside a character to its start. */
size_t lines_offset(const struct lines *l, struct position p);
struct position lines_position(const struct lines *l, size_t offset);
void lines_close(struct lines *l);

#endif
