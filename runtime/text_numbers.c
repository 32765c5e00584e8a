#include "rt_text_numbers.h"

#include <stdlib.h>

struct rt_text_numbers *rt_text_numbers_create(void)
{
    return rt_alloc(1, sizeof(struct rt_text_numbers));
}

void rt_text_numbers_free(struct rt_text_numbers *t)
{
    if (t) {
        free(t->number);
        free(t);
    }
}

void rt_text_numbers_begin(struct rt_text_numbers *t)
{
    while (t && t->n > 0 && !t->number[t->n - 1].text) {
        t->n--;
    }
}

static void append(struct rt_text_numbers *t, struct rt_text_number number)
{
    RT_GROW(t->number, t->n, t->cap);
    t->number[t->n++] = number;
}

void rt_text_numbers_add(struct rt_text_numbers *t, size_t from, size_t to, int32_t rank, const int32_t *dim,
                         const double *real, const int64_t *integer)
{
    int64_t n = 1, row = rank == 2 ? dim[1] : 1;
    for (int32_t k = 0; k < rank; k++) {
        n *= dim[k];
    }
    for (int64_t i = 0; t && i < n; i++) {
        append(t, (struct rt_text_number){
                      .from = from,
                      .to = to,
                      .size = n,
                      .row = rank == 0 ? -1 : (int32_t)(i / row),
                      .column = rank == 2 ? (int32_t)(i % row) : -1,
                      .v = real ? real[i] : (double)integer[i],
                  });
    }
}

void rt_text_numbers_add_text(struct rt_text_numbers *t, size_t from, const char *text)
{
    for (size_t i = 0, n = t ? t->n : 0; i < n; i++) {
        struct rt_text_number number = t->number[i];
        if (number.text == text) {
            number.text = NULL;
            number.from += from;
            number.to += from;
            append(t, number);
        }
    }
}

void rt_text_numbers_end(struct rt_text_numbers *t, const char *text)
{
    for (size_t i = t ? t->n : 0; i > 0 && !t->number[i - 1].text; i--) {
        t->number[i - 1].text = text;
    }
}

void rt_text_numbers_forget(struct rt_text_numbers *t)
{
    if (t) {
        t->n = 0;
    }
}
