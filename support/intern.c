#include "support/intern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/arena.h"
#include "support/hash.h"
#include "support/mem.h"

struct intern {
    struct arena *arena;
    const char **slot; /* open addressing, power of two, NULL is free */
    size_t count, size;
};

struct intern *intern_create(void)
{
    struct intern *t = mem_zalloc(1, sizeof *t);
    t->arena = arena_create();
    t->size = 1024;
    t->slot = mem_zalloc(t->size, sizeof *t->slot);
    return t;
}

static void grow(struct intern *t)
{
    const char **old = t->slot;
    size_t old_size = t->size;
    t->size *= 2;
    t->slot = mem_zalloc(t->size, sizeof *t->slot);
    for (size_t i = 0; i < old_size; i++) {
        if (old[i]) {
            size_t h = hash_bytes(old[i], strlen(old[i])) & (t->size - 1);
            while (t->slot[h]) {
                h = (h + 1) & (t->size - 1);
            }
            t->slot[h] = old[i];
        }
    }
    free(old);
}

/* Where the text is, or would be. */
static size_t place(const struct intern *t, const char *text, size_t length)
{
    size_t h = hash_bytes(text, length) & (t->size - 1);
    while (t->slot[h] && !(strncmp(t->slot[h], text, length) == 0 && t->slot[h][length] == '\0')) {
        h = (h + 1) & (t->size - 1);
    }
    return h;
}

const char *intern_range(struct intern *t, const char *text, size_t length)
{
    size_t h = place(t, text, length);
    if (t->slot[h]) {
        return t->slot[h];
    }
    if (++t->count * 2 > t->size) {
        grow(t);
        h = place(t, text, length);
    }
    return t->slot[h] = arena_strndup(t->arena, text, length);
}

const char *intern_text(struct intern *t, const char *text)
{
    return intern_range(t, text, strlen(text));
}

const char *intern_find(const struct intern *t, const char *text)
{
    return t->slot[place(t, text, strlen(text))];
}

void intern_destroy(struct intern *t)
{
    if (t) {
        arena_destroy(t->arena);
        free(t->slot);
        free(t);
    }
}
