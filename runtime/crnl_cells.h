/* Cells of lines of text, as tables of data and imported tables have them (runtime/data/data_cells.c). */
#ifndef CRNL_CELLS_H
#define CRNL_CELLS_H

#include <stdbool.h>

/* The next cell of a line, cut off in place and without the blanks around it. *at moves behind it, and is
 * NULL after the last one. A cell in "quotes" may hold the separator, and "" in it stands for one quote; NULL
 * where the quotes do not end with the cell. */
char *crnl_next_cell(char **at, char separator);
/* Is it a number in full? Not an empty cell, not hexadecimal; it may be infinite or none. */
bool crnl_cell_number(const char *text, double *v);

#endif
