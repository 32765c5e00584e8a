/* Growable arrays. VEC(T) is an anonymous struct type { T *data; size_t n, cap; }. Zero-initialise it, push
 * elements, and let its owner release it with vec_free. */
#ifndef SUPPORT_VEC_H
#define SUPPORT_VEC_H

#include <stddef.h>
#include <stdlib.h>

#include "support/mem.h"

#define VEC(T)         \
    struct {           \
        T *data;       \
        size_t n, cap; \
    }

#define vec_reserve(v, want)                                                  \
    do {                                                                      \
        if ((v)->cap < (size_t)(want)) {                                      \
            size_t vec_cap_ = (v)->cap ? (v)->cap * 2 : 8;                    \
            (v)->cap = vec_cap_ < (size_t)(want) ? (size_t)(want) : vec_cap_; \
            (v)->data = mem_resize((v)->data, (v)->cap, sizeof *(v)->data);   \
        }                                                                     \
    } while (0)

#define vec_push(v, ...)                     \
    do {                                     \
        vec_reserve((v), (v)->n + 1);        \
        (v)->data[(v)->n++] = (__VA_ARGS__); \
    } while (0)

/* The elements from i on; NULL if it never had an element, since offsets of NULL are undefined. */
#define vec_from(v, i) ((v)->data ? (v)->data + (i) : NULL)
#define vec_last(v)    ((v)->data[(v)->n - 1])
#define vec_free(v)    (free((v)->data), (v)->data = NULL, (v)->n = (v)->cap = 0)

#endif
