#include "ir/net/net_sides.h"

#include "support/hash.h"

bool side_equal(const struct term *a, uint32_t n_a, const struct term *b, uint32_t n_b)
{
    for (uint32_t i = 0; i < n_a && n_a == n_b; i++) {
        if (a[i].species != b[i].species || a[i].count != b[i].count) {
            return false;
        }
    }
    return n_a == n_b;
}

uint64_t side_hash(uint64_t h, const struct term *side, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        h = hash_mix(hash_mix(h, (uint64_t)side[i].species), (uint64_t)side[i].count);
    }
    return hash_mix(h, n);
}
