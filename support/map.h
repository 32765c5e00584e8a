/* A map from texts to numbers. Keys are not copied and must live as long as the map. Zero-initialise it;
 * map_free releases it. */
#ifndef SUPPORT_MAP_H
#define SUPPORT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/hash_index.h"
#include "support/vec.h"

struct map_entry {
    const char *key;
    int32_t value;
};
struct map {
    VEC(struct map_entry) entry;
    struct hash_index by_key;
};

/* False if the key has a value, which stays. */
bool map_add(struct map *m, const char *key, int32_t value);
void map_set(struct map *m, const char *key, int32_t value);
int32_t map_find(const struct map *m, const char *key); /* -1: not found */
int32_t map_find_range(const struct map *m, const char *key, size_t length);
void map_free(struct map *m);

#endif
