#include "frontend/scope.h"

#include <stdint.h>
#include <string.h>

#include "support/hash_index.h"

/* Small scopes are searched linearly; past this many names a hash index is kept beside the list. */
enum { LINEAR_LIMIT = 12 };

struct scope {
    struct arena *arena;
    struct scope *parent;
    struct name **list;
    size_t n, cap;
    struct hash_index by_text; /* empty while the scope is small */
    bool is_turn;
    const struct ast *binder; /* of the loop whose turn it is */
    int64_t turn;
};

struct scope *scope_create(struct arena *a, struct scope *parent)
{
    struct scope *s = arena_alloc(a, sizeof *s);
    s->arena = s->by_text.arena = a;
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
    hash_index_open(&s->by_text, 0);
}

void scope_set_turn(struct scope *s, int64_t at, const struct ast *binder)
{
    s->binder = binder;
    s->is_turn = true;
    s->turn = at;
}

const struct ast *scope_turn_binder(const struct scope *s)
{
    return s->binder;
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

static uint64_t hash_name(const char *text) /* interned: the pointer is the name */
{
    return hash_mix(0, (uint64_t)(uintptr_t)text);
}

struct name *scope_find_here(const struct scope *s, const char *text)
{
    if (s->n > LINEAR_LIMIT) {
        size_t turn = 0;
        int32_t i;
        while ((i = hash_index_next(&s->by_text, hash_name(text), &turn)) >= 0 && s->list[i]->text != text) {
        }
        return i >= 0 ? s->list[i] : NULL;
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
    size_t cap = s->cap ? s->cap * 2 : 8;
    struct name **list = arena_alloc(s->arena, cap * sizeof *list);
    if (s->n > 0) {
        memcpy(list, s->list, s->n * sizeof *list);
    }
    s->list = list;
    s->cap = cap;
}

struct name *scope_add(struct scope *s, const char *text, enum name_kind kind, struct span span)
{
    if (scope_find_here(s, text)) {
        return NULL;
    }
    if (s->n == s->cap) {
        grow(s);
    }
    /* Names that were forgotten stand behind the end. */
    struct name *n = s->list[s->n] ? s->list[s->n] : arena_alloc(s->arena, sizeof *n);
    *n = (struct name){.text = text, .kind = kind, .span = span, .index = -1};
    s->list[s->n++] = n;
    for (size_t i = s->n == LINEAR_LIMIT + 1 ? 0 : s->n - 1; i < s->n && s->n > LINEAR_LIMIT; i++) {
        hash_index_add(&s->by_text, hash_name(s->list[i]->text), (int32_t)i);
    }
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
