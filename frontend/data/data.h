/* Data sets in expressions: what the files that elaborate loops and fields share. */
#ifndef FRONTEND_DATA_H
#define FRONTEND_DATA_H

#include "frontend/front.h"

/* Rows of a data set: d, d.train, shuffle(d.train), sample(d, 100). */
struct data_rows {
    const struct name *table; /* rows of values of the experiment; NULL: of data set `data` of the program */
    int32_t data, part;
    int32_t rows;
    expr_id order; /* int[rows]: which rows; 0: all of them in order */
};
enum data_found { DATA_NO, DATA_YES, DATA_ERROR };

/* Number in the program of a data set; its declaration is read at the first use. -1 after an error. */
int32_t data_use(struct front *f, struct name *n);
/* The same of a function that a table gives (data_table.c). */
int32_t table_use(struct front *f, struct name *n);
/* Parameters of networks that stand for tables get their numbers of the program, whose models are known. */
void table_finish(struct program *p);
/* Is it a measured course, which is read by columns? */
bool data_is_course(const struct program *p, int32_t data);
/* The name of the column of times of a course; NULL: the name is of something else. */
const char *data_course_time(const struct name *n);
/* Adds the help for values of different lengths that meet in the expression, if one of them is a column of a
 * course: how the other one gets its times. Returns false if none is a column. */
bool data_help_times(struct front *f, const struct ast *a);
/* Whether it is a column of a measured course. */
bool data_is_column(const struct ast *a);
/* W0426: in a difference, an amount at the end of a run beside a column of a course. The values of both sides
 * are given. */
void data_warn_end(struct where *w, const struct ast *a, expr_id left, expr_id right);
/* W0440: `==` or `!=` of an array of real numbers, such as the outputs of a model, and the label of a row. */
void data_warn_label(struct where *w, const struct ast *a, expr_id left, expr_id right);
/* The course that a name stands for; -1: it is none. */
int32_t data_course_named(struct where *w, const struct ast *a);
/* data_course.c: d.A, the column of a course. */
expr_id data_column(struct where *w, const struct ast *a, int32_t data);
/* What of a value is there: 1 where all measurements that go into an element are, 0 where one is missing; of
 * the value's shape. 0: none is missing. Sums leave out what is missing. */
expr_id data_present(struct where *w, expr_id value);
/* A condition that what is there (0: all) and `condition` (0: always) hold; 0: always. */
expr_id data_only(struct where *w, expr_id present, expr_id condition);
expr_id data_sum(struct where *w, expr_id array);   /* of all elements that are there */
expr_id data_count(struct where *w, expr_id array); /* how many those are (real) */
/* Does the tree denote rows of a data set? DATA_ERROR: it does, and an error was reported. */
enum data_found data_find_rows(struct where *w, const struct ast *a, struct data_rows *out);
/* W0437: the rows over which something goes are none. */
void data_warn_empty(struct where *w, const struct ast *a, const struct data_rows *rows);
/* Is it a tuple, (input = ..., label = ...), or a call of a function whose value is one? Then these are rows
 * of a data set. */
bool data_is_table(struct where *w, const struct ast *a);
/* Evaluates them into variables and makes `n`, a name of that kind, theirs. */
bool data_declare_table(struct where *w, const struct ast *a, struct name *n);
/* Binds `text` to row number `index` (of `rows`.order, if there is one). */
struct name *data_add_record(struct where *w, struct scope *scope, const char *text, struct span span,
                             const struct data_rows *rows, expr_id index);

#endif
