/* Lists by key, one behind the other (compressed sparse rows), made by counting. The compiler and the runtime
 * use it, each with memory of its own:
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

/* The count of a key stands two places behind the start of its list, and its start, until everything is
 * placed, one behind: placing moves it to the end of the list, which is where the next list starts. */
static inline void csr_count(int32_t *ptr, int32_t key)
{
    ptr[key + 2]++;
}

/* Counts to starts; returns how many were counted. */
static inline int32_t csr_open(int32_t *ptr, int32_t n)
{
    for (int32_t key = 0; key < n; key++) {
        ptr[key + 2] += ptr[key + 1];
    }
    return ptr[n + 1];
}

/* Where the next entry of the key goes. */
static inline int32_t csr_next(const int32_t *ptr, int32_t key)
{
    return ptr[key + 1];
}

static inline int32_t csr_place(int32_t *ptr, int32_t key)
{
    return ptr[key + 1]++;
}

#endif
