/* Hashing of bytes and words. For tables in memory only: not stable across versions. */
#ifndef SUPPORT_HASH_H
#define SUPPORT_HASH_H

#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 hash_wide;

/* Both halves of the product: the low bits alone would forget the high bits of a word, where real numbers
 * differ. */
static inline uint64_t hash_mix(uint64_t h, uint64_t word)
{
    hash_wide product = (hash_wide)(h ^ word) * 0x9E3779B97F4A7C15u;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* FNV-1a with a final mix. */
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
