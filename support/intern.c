#include "support/intern.h"

#include <string.h>

#include "support/arena.h"
#include "support/hash_index.h"
#include "support/mem.h"
#include "support/vec.h"

struct intern {
    struct arena *arena;
    VEC(const char *) text;
    struct hash_index by_text;
};

struct intern *intern_create(void)
{
    struct intern *t = mem_zalloc(1, sizeof *t);
    t->arena = arena_create();
    return t;
}

static const char *find(const struct intern *t, const char *text, size_t length, uint64_t hash)
{
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&t->by_text, hash, &turn)) >= 0;) {
        const char *old = t->text.data[i];
        if (strncmp(old, text, length) == 0 && old[length] == '\0') {
            return old;
        }
    }
    return NULL;
}

const char *intern_range(struct intern *t, const char *text, size_t length)
{
    uint64_t hash = hash_bytes(text, length);
    const char *old = find(t, text, length, hash);
    if (old) {
        return old;
    }
    hash_index_add(&t->by_text, hash, (int32_t)t->text.n);
    vec_push(&t->text, arena_strndup(t->arena, text, length));
    return vec_last(&t->text);
}

const char *intern_text(struct intern *t, const char *text)
{
    return intern_range(t, text, strlen(text));
}

const char *intern_find(const struct intern *t, const char *text)
{
    size_t length = strlen(text);
    return find(t, text, length, hash_bytes(text, length));
}

void intern_destroy(struct intern *t)
{
    if (t) {
        arena_destroy(t->arena);
        vec_free(&t->text);
        hash_index_free(&t->by_text);
        free(t);
    }
}
