/* The tables of rows.c: the front end gets them where a compilation begins, so that names and expressions
 * know no part of it. */
#ifndef FRONTEND_ROWS_H
#define FRONTEND_ROWS_H

struct front_rows;
extern const struct front_rows front_rows;

#endif
