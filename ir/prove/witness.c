#include "ir/prove/witness.h"

#include <string.h>

void witness_open(struct witness *w, const struct net *before, const char *classes)
{
    *w = (struct witness){.n_coordinates = (int32_t)before->species.n};
    w->claim = strchr(classes, 'A')   ? CLAIM_STEPS
               : strchr(classes, 'T') ? CLAIM_LAW
               : strchr(classes, 'O') ? CLAIM_ODE
                                      : CLAIM_LIMIT;
}

void witness_free(struct witness *w)
{
    vec_free(&w->before.ptr);
    vec_free(&w->before.term);
    vec_free(&w->after.ptr);
    vec_free(&w->after.term);
    vec_free(&w->product.ptr);
    vec_free(&w->product.term);
    vec_free(&w->absent);
    vec_free(&w->equal);
    vec_free(&w->abundant);
    vec_free(&w->step);
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

void witness_close(struct witness *w, const struct net *after)
{
    bool identity = w->after.ptr.n == 0;
    for (size_t s = w->after.ptr.n ? w->after.ptr.n - 1 : 0; s < after->species.n; s++) {
        struct term one = {(species_id)s, 1};
        linear_map_add_row(&w->after, &one, identity && s < (size_t)w->n_coordinates ? 1 : 0);
    }
}

void witness_removed(struct witness *w, size_t n_species, const bool *removed)
{
    w->n_coordinates = 0;
    for (size_t s = 0; s < n_species; s++) {
        struct term one = {w->n_coordinates, 1};
        linear_map_add_row(&w->before, &one, removed[s] ? 0 : 1);
        w->n_coordinates += !removed[s];
    }
}

const struct term *linear_map_row(const struct linear_map *m, size_t i, size_t *n)
{
    *n = i + 1 < m->ptr.n ? m->ptr.data[i + 1] - m->ptr.data[i] : 0;
    return *n ? vec_from(&m->term, m->ptr.data[i]) : NULL;
}
