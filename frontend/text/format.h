/* The canonical layout of source text has two blanks for each level, one statement on a line, at most one
 * empty line in a row, and lines of at most 110 characters. Comments are kept. The tokens stay what they
 * are, so the tree stays the same, and formatting a text again changes nothing. */
#ifndef FRONTEND_FORMAT_H
#define FRONTEND_FORMAT_H

#include "support/diag.h"

/* Returns the text in its layout, which the caller frees; NULL after syntax errors, which are reported. */
char *format_file(struct sources *sources, uint32_t file, struct diag *diag, size_t *length);

#endif
