/* A hash index for a list: it finds positions in the list by the hash of their entries. The owner of the list
 * compares entries:
 *
 *     size_t turn = 0;
 *     int32_t i;
 *     while ((i = hash_index_next(&x, hash, &turn)) >= 0 && !same(&list[i], key)) {
 *     }
 *     if (i < 0) { hash_index_add(&x, hash, position of the new one); }
 *
 * Zero-initialise it; hash_index_free releases it. If an arena is set before the first use, the index takes
 * memory from it; memory that it outgrows stays in the arena, at most as much as it uses. */
#ifndef SUPPORT_HASH_INDEX_H
#define SUPPORT_HASH_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "support/hash.h"

struct arena;

struct hash_slot {
    uint32_t hash;
    uint32_t position; /* position + 1; 0: the slot is free */
};
struct hash_index { /* open addressing; at least half of the slots are free */
    struct hash_slot *slot;
    size_t n, size, room; /* n: positions; size: slots in use, a power of two; room: slots allocated */
    struct arena *arena;  /* NULL: memory is from the heap */
};

/* Removes all positions and makes room for n of them, in time proportional to n. It grows when more are
 * added. */
void hash_index_open(struct hash_index *x, size_t n);
/* Only the low 32 bits of the hash are used. */
void hash_index_add(struct hash_index *x, uint64_t hash, int32_t position);
void hash_index_free(struct hash_index *x);

/* The next position with this hash; -1: there are no more. `turn` starts at 0. */
static inline int32_t hash_index_next(const struct hash_index *x, uint64_t hash, size_t *turn)
{
    while (x->n > 0) {
        const struct hash_slot *s = &x->slot[((uint32_t)hash + (*turn)++) & (x->size - 1)];
        if (s->position == 0) {
            break;
        }
        if (s->hash == (uint32_t)hash) {
            return (int32_t)(s->position - 1);
        }
    }
    return -1;
}

#endif
