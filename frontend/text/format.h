/* Canonical layout of source text: two blanks a level, one statement a line, at most one empty line, lines of
 * at most 110 characters, comments kept. The tokens stay what they are, so the tree is the same; formatting
 * twice changes nothing more. */
#ifndef FRONTEND_FORMAT_H
#define FRONTEND_FORMAT_H

#include "support/diag.h"

/* Returns the text in its layout, which the caller frees; NULL after syntax errors, which are reported. */
char *format_file(struct sources *sources, uint32_t file, struct diag *diag, size_t *length);

#endif
