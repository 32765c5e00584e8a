/* The tables of rows.c. The front end gets them when a compilation begins, so that names and expressions
 * need to know none of its parts. */
#ifndef FRONTEND_ROWS_H
#define FRONTEND_ROWS_H

struct front_rows;
extern const struct front_rows front_rows;

#endif
