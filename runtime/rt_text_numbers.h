/* The positions of numbers in the texts that a statement makes, for code that compares what programs print.
 * Texts may become parts of others, and their numbers with them. All functions do nothing if t is NULL. */
#ifndef RT_TEXT_NUMBERS_H
#define RT_TEXT_NUMBERS_H

#include "rt_base.h"

struct rt_text_number {
    const char *text;    /* NULL: the text under construction */
    size_t from, to;     /* range of the number or its array in the text */
    int64_t size;        /* number of elements of the array */
    int32_t row, column; /* indices of an element; -1: none */
    double v;
};
struct rt_text_numbers {
    struct rt_text_number *number; /* [n] */
    size_t n, cap;
};

struct rt_text_numbers *rt_text_numbers_create(void);
void rt_text_numbers_free(struct rt_text_numbers *t);
void rt_text_numbers_begin(struct rt_text_numbers *t);
/* Called when a number or an array, given by `real` or `integer`, was put into the text. */
void rt_text_numbers_add(struct rt_text_numbers *t, size_t from, size_t to, int32_t rank, const int32_t *dim,
                         const double *real, const int64_t *integer);
/* Called when a text, which may have been made before, is put into the text. */
void rt_text_numbers_add_text(struct rt_text_numbers *t, size_t from, const char *text);
void rt_text_numbers_end(struct rt_text_numbers *t, const char *text);
void rt_text_numbers_forget(struct rt_text_numbers *t); /* all texts are freed */

#endif
