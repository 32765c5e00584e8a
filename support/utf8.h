/* UTF-8 characters, for texts from outside. */
#ifndef SUPPORT_UTF8_H
#define SUPPORT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length in bytes of the well-formed character at the start; 0: there is none. n may be too large if a NUL
 * ends the text. */
size_t utf8_length(const char *text, size_t n);

/* Whether a well-formed character acts on a terminal without being visible: control characters, which include
 * tab and newline, and characters that change the direction of writing. */
bool utf8_is_control(const char *text, size_t length);

unsigned utf8_number(const char *text, size_t length); /* the code point of a well-formed character */

/* whether any character is such a control; broken UTF-8 counts as one */
bool utf8_has_control(const char *text);

#endif
