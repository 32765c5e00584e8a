#include "ir/net/multiset.h"

#include <stdlib.h>

#include "support/mem.h"

void multiset_open(struct multiset *m, size_t n)
{
    *m = (struct multiset){.count = mem_zalloc(n + 1, sizeof *m->count), .touched = mem_zalloc(n + 1, 1)};
}

void multiset_close(struct multiset *m)
{
    free(m->count);
    free(m->touched);
    vec_free(&m->list);
}

bool multiset_add(struct multiset *m, const struct term *terms, size_t n, int64_t factor)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        int32_t s = terms[i].species;
        int64_t sum;
        if (!m->touched[s]) {
            m->touched[s] = true;
            vec_push(&m->list, s);
        }
        if (__builtin_mul_overflow(terms[i].count, factor, &sum) ||
            __builtin_add_overflow(m->count[s], sum, &sum)) {
            ok = false;
        } else {
            m->count[s] = sum;
        }
    }
    return ok;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

size_t multiset_take(struct multiset *m, term_vec *out)
{
    size_t before = out->n;
    if (m->list.n > 1) {
        qsort(m->list.data, m->list.n, sizeof *m->list.data, by_number);
    }
    for (size_t i = 0; i < m->list.n; i++) {
        int32_t s = m->list.data[i];
        if (m->count[s] != 0) {
            vec_push(out, (struct term){s, m->count[s]});
        }
        m->count[s] = 0;
        m->touched[s] = false;
    }
    m->list.n = 0;
    return out->n - before;
}
