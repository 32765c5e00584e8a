/* A hash index beside a list: positions in the list, found by the hash of what stands there. When two are
 * equal, the owner of the list knows:
 *
 *     size_t turn = 0;
 *     int32_t i;
 *     while ((i = hash_index_next(&x, hash, &turn)) >= 0 && !same(&list[i], key)) {
 *     }
 *     if (i < 0) { hash_index_add(&x, hash, position of the new one); }
 *
 * Zero-initialise it; hash_index_free releases it. With an arena, given before anything else, its memory is
 * of the arena, and outgrown memory stays there until the arena goes: as much again at most. */
#ifndef SUPPORT_HASH_INDEX_H
#define SUPPORT_HASH_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "support/hash.h"

struct arena;

struct hash_slot {
    uint32_t hash;
    uint32_t position; /* plus one; 0: free */
};
struct hash_index { /* open addressing, at least half of the slots free */
    struct hash_slot *slot;
    size_t n, size, room; /* size: a power of two, of the slots in use; room: of those allocated */
    struct arena *arena;  /* NULL: the heap */
};

/* Forgets everything and makes room for n positions, in time proportional to n. It grows when there are more.
 */
void hash_index_open(struct hash_index *x, size_t n);
/* The low 32 bits of the hash count. */
void hash_index_add(struct hash_index *x, uint64_t hash, int32_t position);
void hash_index_free(struct hash_index *x);

/* The next position of this hash, -1: no more. `turn` starts at 0. */
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
