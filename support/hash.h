/* Hashes of bytes and words for tables in memory. They may change from version to version. */
#ifndef SUPPORT_HASH_H
#define SUPPORT_HASH_H

#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 hash_wide;

/* Uses both halves of the product, since its low bits do not depend on the high bits of the word, in which
 * real numbers differ. */
static inline uint64_t hash_mix(uint64_t h, uint64_t word)
{
    hash_wide product = (hash_wide)(h ^ word) * 0x9E3779B97F4A7C15u;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* FNV-1a with a final mixing step. */
static inline uint64_t hash_bytes(const void *data, size_t n)
{
    const unsigned char *p = data;
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * 0x100000001B3u;
    }
    return hash_mix(h, n);
}

#endif
