/* Where the numbers stand in the texts that a statement makes, for what compares what programs print. Texts
 * go into others, and their numbers with them. All functions do nothing where nobody wants it: NULL. */
#ifndef RT_TEXT_NUMBERS_H
#define RT_TEXT_NUMBERS_H

#include "rt_base.h"

struct rt_text_number {
    const char *text;    /* NULL: the one that is being made */
    size_t from, to;     /* where the number or its array stands */
    int64_t size;        /* elements of the array */
    int32_t row, column; /* of an element; -1: none */
    double v;
};
struct rt_text_numbers {
    struct rt_text_number *number; /* [n] */
    size_t n, cap;
};

struct rt_text_numbers *rt_text_numbers_create(void);
void rt_text_numbers_free(struct rt_text_numbers *t);
void rt_text_numbers_begin(struct rt_text_numbers *t);
/* A number or an array, one of real and integer, was put into the text. */
void rt_text_numbers_add(struct rt_text_numbers *t, size_t from, size_t to, int32_t rank, const int32_t *dim,
                         const double *real, const int64_t *integer);
/* A text, which may be one that was made before, is put there. */
void rt_text_numbers_add_text(struct rt_text_numbers *t, size_t from, const char *text);
void rt_text_numbers_end(struct rt_text_numbers *t, const char *text);
void rt_text_numbers_forget(struct rt_text_numbers *t); /* all texts are gone */

#endif
