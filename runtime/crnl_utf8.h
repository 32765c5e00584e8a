/* UTF-8 characters of texts from outside, shared by compiler and runtime, and the only way in which such a
 * text comes to a terminal: what acts there without being visible is shown as an escape. */
#ifndef CRNL_UTF8_H
#define CRNL_UTF8_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Length in bytes of the well-formed character at the start; 0: there is none. n may be too large if a NUL
 * ends the text. */
size_t crnl_utf8_length(const char *text, size_t n);

/* Whether a well-formed character acts on a terminal without being visible: control characters, which include
 * tab and newline, and characters that change the direction of writing. */
bool crnl_utf8_is_control(const char *text, size_t length);

unsigned crnl_utf8_number(const char *text, size_t length); /* the code point of a well-formed character */

/* whether any character is such a control; broken UTF-8 counts as one */
bool crnl_utf8_has_control(const char *text);

/* The place of the first control code (not a newline, tab or another blank), up to U+009F, or n. These are in
 * no text that a person has written; broken UTF-8 is passed over. */
size_t crnl_utf8_control_code(const char *text, size_t n);

/* How the character at the start is shown: itself, \u001b for a control character, \xff for a byte that
 * belongs to none. Returns how many bytes of the text that is; n is at least 1. */
enum { CRNL_SHOWN = 8 };
size_t crnl_shown(char shown[CRNL_SHOWN], const char *text, size_t n);
/* The whole text, where newlines and tabs stay. The caller frees it. */
char *crnl_shown_text(const char *text);

/* As fprintf, and the text is shown so. */
void crnl_say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void crnl_vsay(FILE *out, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

#endif
