/* Characters of UTF-8, for texts that come from outside. */
#ifndef SUPPORT_UTF8_H
#define SUPPORT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed character at the start, or 0; n may be too large where a NUL ends the text. */
size_t utf8_length(const char *text, size_t n);

/* Whether a well-formed character acts on a terminal and is not seen: control characters, tab and newline
 * among them, and those that turn the direction of writing. */
bool utf8_is_control(const char *text, size_t length);

unsigned utf8_number(const char *text, size_t length); /* of a well-formed character */

bool utf8_has_control(const char *text); /* of any character; broken UTF-8 counts */

#endif
