#include "support/hash_index.h"

#include <stdlib.h>
#include <string.h>

#include "support/arena.h"
#include "support/mem.h"

enum { LEAST_SIZE = 16 };

static size_t size_for(size_t n)
{
    size_t size = LEAST_SIZE;
    while (size < 2 * n) {
        size *= 2;
    }
    return size;
}

static void put(struct hash_index *x, struct hash_slot s)
{
    size_t at = s.hash & (x->size - 1);
    while (x->slot[at].position) {
        at = (at + 1) & (x->size - 1);
    }
    x->slot[at] = s;
}

static void release(struct hash_index *x)
{
    if (!x->arena) {
        free(x->slot);
    }
}

static void allocate(struct hash_index *x, size_t size)
{
    x->size = x->room = size;
    x->slot = x->arena ? arena_alloc(x->arena, size * sizeof *x->slot) : mem_zalloc(size, sizeof *x->slot);
}

void hash_index_open(struct hash_index *x, size_t n)
{
    size_t size = n ? size_for(n) : 0;
    x->n = 0;
    x->size = size;
    if (size > x->room) {
        release(x);
        allocate(x, size);
    } else if (size > 0) {
        memset(x->slot, 0, size * sizeof *x->slot);
    }
}

static void grow(struct hash_index *x)
{
    struct hash_index old = *x;
    allocate(x, size_for(x->n + 1));
    for (size_t i = 0; i < old.size; i++) {
        if (old.slot[i].position) {
            put(x, old.slot[i]);
        }
    }
    release(&old);
}

void hash_index_add(struct hash_index *x, uint64_t hash, int32_t position)
{
    if (x->size == 0) {
        hash_index_open(x, 1);
    } else if (2 * (x->n + 1) > x->size) {
        grow(x);
    }
    x->n++;
    put(x, (struct hash_slot){(uint32_t)hash, (uint32_t)position + 1});
}

void hash_index_free(struct hash_index *x)
{
    release(x);
    *x = (struct hash_index){.arena = x->arena};
}
