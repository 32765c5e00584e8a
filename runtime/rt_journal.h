/* --check-tolerance: keeps the output of a program, so that it can be compared with that of a second
 * execution with smaller tolerances. An output is a number of a `print` statement, a column of the rows of
 * an ODE run with the time of its end, or a recorded series. A journal belongs to the context that fills it,
 * until it is taken out. */
#ifndef RT_JOURNAL_H
#define RT_JOURNAL_H

#include "rt_run.h"
#include "rt_text_numbers.h"

struct rt_journal;
struct rt_journal *rt_journal_create(void);
void rt_journal_free(struct rt_journal *j);

/* All of these functions do nothing if j is NULL. */
/* Adds a text printed at a line, with its numbers, which are parsed from it if they are not known. */
void rt_journal_print(struct rt_journal *j, const struct rt_text_numbers *numbers, const char *text,
                      int32_t line);
/* Begins a run, whose rows follow. `file_column` are the names of the columns of its file; columns of plots
 * follow them. */
void rt_journal_begin_run(struct rt_journal *j, const struct rt_job *job, const char *const *file_column);
void rt_journal_add_rows(struct rt_journal *j, const double *row, int64_t n, size_t stride, int32_t columns);
void rt_journal_end_run(struct rt_journal *j, double t); /* t: the end, if the run itself found it */
void rt_journal_add_series(struct rt_journal *j, int32_t record, const char *name, const double *v,
                           int64_t n);

/* Prints a line for each output that differs, the worst first: the largest difference, absolute, relative to
 * the largest value of that output, and relative to the value itself. Values of `print` and of series are
 * compared in order; rows at times that both runs have, and the last row of each run. */
void rt_journal_compare(FILE *out, const struct crnl_ctx *ctx, const struct rt_journal *first,
                        const struct rt_journal *closer);

#endif
