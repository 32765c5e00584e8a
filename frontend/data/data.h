/* Data sets in expressions: what the files that elaborate loops and fields share. */
#ifndef FRONTEND_DATA_H
#define FRONTEND_DATA_H

#include "frontend/front.h"

/* Rows of a data set, as d, d.train, shuffle(d.train) and sample(d, 100) name them. */
struct data_rows {
    const struct name
        *table; /* the rows are values of the experiment; NULL: they belong to data set `data` */
    int32_t data, part;
    int32_t rows;
    expr_id order; /* int[rows]: which rows; 0: all of them in order */
};
enum data_found { DATA_NO, DATA_YES, DATA_ERROR };

/* The number of a data set in the program. Its declaration is read at the first use. -1 after an error. */
int32_t data_use(struct front *f, struct name *n);
/* The same for a function that is given by a table (data_table.c). */
int32_t table_use(struct front *f, struct name *n);
/* Gives the parameters of networks that stand for tables their final numbers in the program (struct
 * net_param). All models must be known. */
void table_finish(struct program *p);
/* Whether the data set is a measured course, which is read by columns. */
bool data_is_course(const struct program *p, int32_t data);
/* The name of a course's column of times; NULL if the name is not that of a course. */
const char *data_course_time(const struct name *n);
/* If values of different lengths meet in the expression, and one of them is a column of a course, adds the
 * help that says how the other one is read at the times of the course. Returns false if none is a column. */
bool data_help_times(struct front *f, const struct ast *a);
/* Whether the expression is a column of a measured course. */
bool data_is_column(const struct ast *a);
/* Warns (W0426) of a difference between an amount at the end of a run and a column of a course. left, right:
 * the values of the two sides. */
void data_warn_end(struct where *w, const struct ast *a, expr_id left, expr_id right);
/* Warns (W0440) of `==` and `!=` between an array of real numbers, such as the outputs of a model, and
 * the label of a row. */
void data_warn_label(struct where *w, const struct ast *a, expr_id left, expr_id right);
/* The number of the course that a name stands for; -1 if it stands for something else. */
int32_t data_course_named(struct where *w, const struct ast *a);
/* data_course.c. The value of d.A, a column of a course. */
expr_id data_column(struct where *w, const struct ast *a, int32_t data);
/* Which elements of a value are present, as an array of the value's shape: 1 where all measurements that
 * go into the element were made, 0 where one is missing. The result is 0 (no expression) if none is
 * missing. Sums leave out missing elements. */
expr_id data_present(struct where *w, expr_id value);
/* The condition that an element is present (present = 0: each is) and that `condition` holds (0: it always
 * does). The result is 0 if both always hold. */
expr_id data_only(struct where *w, expr_id present, expr_id condition);
expr_id data_sum(struct where *w, expr_id array);   /* the sum of the elements that are present */
expr_id data_count(struct where *w, expr_id array); /* the number of these elements, as a real */
/* Whether the tree denotes rows of a data set, and which. DATA_ERROR: it does, but an error was reported. */
enum data_found data_find_rows(struct where *w, const struct ast *a, struct data_rows *out);
/* Warns (W0437) if there are no rows. */
void data_warn_empty(struct where *w, const struct ast *a, const struct data_rows *rows);
/* Whether the expression is a tuple, (input = ..., label = ...), or a call of a function whose value is a
 * tuple. Its values are then the rows of a data set. */
bool data_is_table(struct where *w, const struct ast *a);
/* Stores the values of such an expression in variables, for which the name `n` then stands. */
bool data_declare_table(struct where *w, const struct ast *a, struct name *n);
/* Binds `text` to row number `index` of the rows; if rows->order is set, the number counts in that order. */
struct name *data_add_record(struct where *w, struct scope *scope, const char *text, struct span span,
                             const struct data_rows *rows, expr_id index);

#endif
