#include "support/map.h"

#include <string.h>

/* The entry of a key with its hash; -1: none. */
static int32_t find(const struct map *m, const char *key, size_t length, uint64_t hash)
{
    size_t turn = 0;
    int32_t i;
    while ((i = hash_index_next(&m->by_key, hash, &turn)) >= 0) {
        const char *other = m->entry.data[i].key;
        if (strncmp(other, key, length) == 0 && other[length] == '\0') {
            break;
        }
    }
    return i;
}

/* Adds a key with a value and returns -1; if the key has an entry, returns that entry and changes nothing. */
static int32_t add(struct map *m, const char *key, int32_t value)
{
    size_t length = strlen(key);
    uint64_t hash = hash_bytes(key, length);
    int32_t old = find(m, key, length, hash);
    if (old < 0) {
        hash_index_add(&m->by_key, hash, (int32_t)m->entry.n);
        vec_push(&m->entry, (struct map_entry){key, value});
    }
    return old;
}

bool map_add(struct map *m, const char *key, int32_t value)
{
    return add(m, key, value) < 0;
}

void map_set(struct map *m, const char *key, int32_t value)
{
    int32_t old = add(m, key, value);
    if (old >= 0) {
        m->entry.data[old].value = value;
    }
}

int32_t map_find_range(const struct map *m, const char *key, size_t length)
{
    int32_t i = find(m, key, length, hash_bytes(key, length));
    return i >= 0 ? m->entry.data[i].value : -1;
}

int32_t map_find(const struct map *m, const char *key)
{
    return map_find_range(m, key, strlen(key));
}

void map_free(struct map *m)
{
    hash_index_free(&m->by_key);
    vec_free(&m->entry);
}
