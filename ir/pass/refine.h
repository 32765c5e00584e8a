/* A partition of 0 .. n - 1 that is refined by splitting its sets (Valmari, Lehtinen: Efficient minimization
 * of DFAs with partial transition functions, STACS 2008). Elements are marked by being given keys; a split
 * moves elements of a set with different keys to different sets, and takes time in proportion to the number
 * of marked elements. The largest part of a split set keeps its number, so that an element is moved to a new
 * set at most log2 n times. Set 0 is special: elements whose key is zero stay in it, however few they are. */
#ifndef IR_REFINE_H
#define IR_REFINE_H

#include <stdbool.h>

#include "ir/prove/residue.h"
#include "support/hash_index.h"
#include "support/vec.h"

struct refinable_element {
    struct residue key; /* zero for elements that are not marked */
    int32_t place, set; /* place: the index in `order` */
};
struct refinable_set { /* the elements order[first .. end], marked ones first */
    int32_t first, end, n_marked;
    int32_t parent; /* the set from which it was split */
};
struct keyed {
    struct residue key;
    int32_t element, part;
};

struct refinable {
    struct refinable_element *element;
    struct refinable_set *set;
    int32_t *order; /* the elements, ordered by set */
    int32_t n_sets;
    VEC(int32_t) touched;     /* the sets that have marked elements */
    VEC(struct keyed) marked; /* elements, of the set that is being split, with a key other than zero */
    VEC(int32_t) bound;       /* part i of the set is bound[i] .. bound[i + 1] */
    struct hash_index by_key; /* finds the first of `marked` with a key */
};

/* Starts with all elements in set 0. */
void refinable_open(struct refinable *p, int32_t n);
void refinable_close(struct refinable *p);
/* Adds to the key of an element; keys are zero at first and after each split. Returns whether this marks the
 * element. An element that is alone in its set is never marked, unless the set is set 0. */
bool refinable_add(struct refinable *p, int32_t element, struct residue key);
/* Splits all sets by the keys of their elements. Returns the number of the first new set; the sets from
 * there to n_sets are new. */
int32_t refinable_split(struct refinable *p);

#endif
