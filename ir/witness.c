#include "ir/witness.h"

void witness_free(struct witness *w)
{
    vec_free(&w->before.ptr);
    vec_free(&w->before.term);
    vec_free(&w->after.ptr);
    vec_free(&w->after.term);
    *w = (struct witness){0};
}

void linear_map_add_row(struct linear_map *m, const struct term *row, size_t n)
{
    if (m->ptr.n == 0) {
        vec_push(&m->ptr, 0);
    }
    for (size_t i = 0; i < n; i++) {
        vec_push(&m->term, row[i]);
    }
    vec_push(&m->ptr, (uint32_t)m->term.n);
}
