#include "support/map.h"

#include <stdlib.h>
#include <string.h>

#include "support/hash.h"
#include "support/mem.h"

static struct map_entry *probe(const struct map *m, const char *key, size_t length)
{
    size_t h = hash_bytes(key, length) & (m->size - 1);
    const char *old;
    while ((old = m->slot[h].key) && (strncmp(old, key, length) != 0 || old[length] != '\0')) {
        h = (h + 1) & (m->size - 1);
    }
    return &m->slot[h];
}

/* The entry of a key, which is new when its key is NULL; room for it is made. */
static struct map_entry *entry(struct map *m, const char *key)
{
    if (m->n * 2 >= m->size) {
        struct map bigger = {NULL, m->n, m->size ? m->size * 2 : 64};
        bigger.slot = mem_zalloc(bigger.size, sizeof *bigger.slot);
        for (size_t i = 0; i < m->size; i++) {
            if (m->slot[i].key) {
                *probe(&bigger, m->slot[i].key, strlen(m->slot[i].key)) = m->slot[i];
            }
        }
        free(m->slot);
        *m = bigger;
    }
    return probe(m, key, strlen(key));
}

bool map_add(struct map *m, const char *key, int32_t value)
{
    struct map_entry *at = entry(m, key);
    if (at->key) {
        return false;
    }
    *at = (struct map_entry){key, value};
    m->n++;
    return true;
}

void map_set(struct map *m, const char *key, int32_t value)
{
    if (!map_add(m, key, value)) {
        entry(m, key)->value = value;
    }
}

int32_t map_find_range(const struct map *m, const char *key, size_t length)
{
    const struct map_entry *at = m->size > 0 ? probe(m, key, length) : NULL;
    return at && at->key ? at->value : -1;
}

int32_t map_find(const struct map *m, const char *key)
{
    return map_find_range(m, key, strlen(key));
}

void map_free(struct map *m)
{
    free(m->slot);
    *m = (struct map){0};
}
