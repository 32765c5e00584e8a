/* Data sets in expressions: what the files that elaborate loops and fields share. */
#ifndef FRONTEND_DATA_H
#define FRONTEND_DATA_H

#include "frontend/front.h"

/* Rows of a data set: d, d.train, shuffle(d.train), sample(d, 100). */
struct data_rows {
    int32_t data, part;
    int32_t rows;
    expr_id order; /* int[rows]: which rows; 0: all of them in order */
};
enum data_found { DATA_NO, DATA_YES, DATA_ERROR };

/* Number in the program of a data set; its declaration is read at the first use. -1 after an error. */
int32_t data_use(struct front *f, struct name *n);
/* Does the tree denote rows of a data set? DATA_ERROR: it does, and an error was reported. */
enum data_found data_find_rows(struct where *w, const struct ast *a, struct data_rows *out);
/* Binds `text` to row number `index` (of `rows`.order, if there is one). */
struct name *data_add_record(struct where *w, struct scope *scope, const char *text, struct span span,
                             const struct data_rows *rows, expr_id index);

#endif
