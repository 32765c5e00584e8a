#include "frontend/scope.h"

#include <stdint.h>
#include <string.h>

#include "support/hash.h"

/* Small scopes are searched linearly; past this many names a hash index is kept beside the list. */
enum { LINEAR_LIMIT = 12 };

struct scope {
    struct arena *arena;
    struct scope *parent;
    struct name **list;
    size_t n, cap;
    uint32_t *index; /* list position plus one, open addressing; NULL while small */
    size_t index_size;
    bool is_turn;
    int64_t turn;
};

struct scope *scope_create(struct arena *a, struct scope *parent)
{
    struct scope *s = arena_alloc(a, sizeof *s);
    s->arena = a;
    s->parent = parent;
    return s;
}

struct scope *scope_parent(const struct scope *s)
{
    return s->parent;
}

void scope_reset(struct scope *s)
{
    s->n = 0;
    if (s->index) {
        memset(s->index, 0, s->index_size * sizeof *s->index);
    }
}

void scope_set_turn(struct scope *s, int64_t at)
{
    s->is_turn = true;
    s->turn = at;
}

const int64_t *scope_turn(const struct scope *s)
{
    return s->is_turn ? &s->turn : NULL;
}

struct scope *scope_around_turns(struct scope *s)
{
    struct scope *around = s;
    for (; s; s = s->parent) {
        around = s->is_turn ? s->parent : around;
    }
    return around;
}

static size_t index_slot(const struct scope *s, const char *text)
{
    size_t h = hash_mix(0, (uint64_t)(uintptr_t)text) & (s->index_size - 1);
    while (s->index[h] && s->list[s->index[h] - 1]->text != text) {
        h = (h + 1) & (s->index_size - 1);
    }
    return h;
}

struct name *scope_find_here(const struct scope *s, const char *text)
{
    if (s->index) {
        uint32_t at = s->index[index_slot(s, text)];
        return at ? s->list[at - 1] : NULL;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->list[i]->text == text) {
            return s->list[i];
        }
    }
    return NULL;
}

struct name *scope_find(const struct scope *s, const char *text)
{
    for (; s; s = s->parent) {
        struct name *n = scope_find_here(s, text);
        if (n) {
            return n;
        }
    }
    return NULL;
}

/* The arena keeps the outgrown arrays: twice the memory at most. */
static void grow(struct scope *s)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 8;
        struct name **list = arena_alloc(s->arena, cap * sizeof *list);
        if (s->n > 0) {
            memcpy(list, s->list, s->n * sizeof *list);
        }
        s->list = list;
        s->cap = cap;
    }
    if (s->n >= LINEAR_LIMIT && s->n * 2 >= s->index_size) {
        s->index_size = s->index_size ? s->index_size * 2 : 64;
        s->index = arena_alloc(s->arena, s->index_size * sizeof *s->index);
        for (size_t i = 0; i < s->n; i++) {
            s->index[index_slot(s, s->list[i]->text)] = (uint32_t)i + 1;
        }
    }
}

struct name *scope_add(struct scope *s, const char *text, enum name_kind kind, struct span span)
{
    if (scope_find_here(s, text)) {
        return NULL;
    }
    grow(s);
    /* Past the end stand the names that were forgotten. */
    struct name *n = s->list[s->n] ? s->list[s->n] : arena_alloc(s->arena, sizeof *n);
    *n = (struct name){.text = text, .kind = kind, .span = span, .index = -1};
    s->list[s->n] = n;
    if (s->index) {
        s->index[index_slot(s, text)] = (uint32_t)s->n + 1;
    }
    s->n++;
    return n;
}

size_t scope_count(const struct scope *s)
{
    return s->n;
}

struct name *scope_at(const struct scope *s, size_t i)
{
    return s->list[i];
}
