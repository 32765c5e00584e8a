/* Cells of lines of text, for tables of data and imported tables (runtime/cells.c). */
#ifndef CRNL_CELLS_H
#define CRNL_CELLS_H

#include <stdbool.h>
#include <stddef.h>

/* Cuts the next cell off a line, in place, and returns it without the blanks around it. *at moves behind the
 * cell, and becomes NULL after the last one. A cell in "quotes" may contain the separator, and "" within it
 * stands for a quote. Returns NULL if the closing quote is missing or is not the end of the cell. */
char *crnl_next_cell(char **at, char separator);
/* Whether the whole text is a number; infinity and NaN count, but not an empty cell or a hexadecimal
 * number. */
bool crnl_cell_number(const char *text, double *v);

/* Whether a text is read back as it is without quotes around it. */
bool crnl_cell_is_plain(const char *text, char separator);
/* Writes a text in quotes, a quote in it doubled, and a 0; `to` has room for 2 * strlen(text) + 3 bytes.
 * Returns the bytes before the 0. */
size_t crnl_quote_cell(char *to, const char *text);

#endif
