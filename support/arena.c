#include "support/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, ALIGN = 16 };

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(ALIGN) unsigned char data[];
};

struct arena {
    struct block *head;
};

struct arena *arena_create(void)
{
    return mem_zalloc(1, sizeof(struct arena));
}

static struct block *add_block(struct arena *a, size_t at_least)
{
    size_t size = a->head ? a->head->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK) {
        size = LARGEST_BLOCK;
    }
    if (size < at_least) {
        size = at_least;
    }
    struct block *b = mem_alloc(sizeof *b + size);
    b->next = a->head;
    b->used = 0;
    b->size = size;
    a->head = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = a->head;
    if (!b || b->size - b->used < need) {
        b = add_block(a, need);
    }
    void *p = b->data + b->used;
    b->used += need;
    memset(p, 0, size);
    return p;
}

char *arena_strndup(struct arena *a, const char *text, size_t n)
{
    char *copy = arena_alloc(a, n + 1);
    memcpy(copy, text, n);
    return copy;
}

char *arena_strdup(struct arena *a, const char *text)
{
    return arena_strndup(a, text, strlen(text));
}

char *arena_join(struct arena *a, const char *const *word, size_t n, const char *joint)
{
    size_t joint_length = strlen(joint), length = 0;
    for (size_t i = 0; i < n; i++) {
        length += strlen(word[i]) + (i > 0 ? joint_length : 0);
    }
    char *text = arena_alloc(a, length + 1), *end = text;
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            memcpy(end, joint, joint_length);
            end += joint_length;
        }
        size_t word_length = strlen(word[i]);
        memcpy(end, word[i], word_length);
        end += word_length;
    }
    return text;
}

char *arena_vprintf(struct arena *a, const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    char *text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *text = arena_vprintf(a, format, ap);
    va_end(ap);
    return text;
}

/* Keeps the first block if it is small, so that an arena that is often reset needs no new memory. */
void arena_reset(struct arena *a)
{
    struct block *b = a->head, *kept = NULL;
    while (b) {
        struct block *next = b->next;
        if (!next && b->size == FIRST_BLOCK) {
            kept = b;
            kept->used = 0;
        } else {
            free(b);
        }
        b = next;
    }
    a->head = kept;
}

void arena_destroy(struct arena *a)
{
    if (a) {
        arena_reset(a);
        free(a->head);
        free(a);
    }
}
