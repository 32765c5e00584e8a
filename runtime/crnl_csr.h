/* Lists by key, stored one after the other (compressed sparse rows) and built by counting. Both the compiler
 * and the runtime use this, each with its own memory:
 *
 *     int32_t *ptr = ...;                                 n + 2 zeros for n keys
 *     for (each entry) { csr_count(ptr, key); }
 *     int32_t total = csr_open(ptr, n);
 *     for (each entry) { list[csr_place(ptr, key)] = entry; }
 *
 * Afterwards the entries of a key are list[ptr[key]] to list[ptr[key + 1] - 1], in the order in which they
 * were placed. */
#ifndef CRNL_CSR_H
#define CRNL_CSR_H

#include <stdint.h>

/* Counts are kept in ptr[key + 2]. While entries are being placed, ptr[key + 1] is where the next entry of
 * the key goes; after the last one it is the end of the list, which is where the next list starts. */
static inline void csr_count(int32_t *ptr, int32_t key)
{
    ptr[key + 2]++;
}

/* Turns counts into starts; returns the number of entries. */
static inline int32_t csr_open(int32_t *ptr, int32_t n)
{
    for (int32_t key = 0; key < n; key++) {
        ptr[key + 2] += ptr[key + 1];
    }
    return ptr[n + 1];
}

/* The index at which the next entry of the key will be placed. */
static inline int32_t csr_next(const int32_t *ptr, int32_t key)
{
    return ptr[key + 1];
}

static inline int32_t csr_place(int32_t *ptr, int32_t key)
{
    return ptr[key + 1]++;
}

#endif
