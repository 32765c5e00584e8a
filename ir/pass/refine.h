/* A partition of 0 .. n - 1 that is refined by splitting its sets (Valmari, Lehtinen: Efficient minimization
 * of DFAs with partial transition functions, STACS 2008). Elements are marked and given keys; a split puts
 * those of one set that have different keys into different sets, in time of what is marked. Of the parts of a
 * set the largest keeps its number, so that an element is in a new set at most log2 n times. Set 0 is
 * special: elements whose key is zero stay in it, however few. */
#ifndef IR_REFINE_H
#define IR_REFINE_H

#include <stdbool.h>

#include "ir/prove/residue.h"
#include "support/hash_index.h"
#include "support/vec.h"

struct refinable_element {
    struct residue key; /* zero for those that are not marked */
    int32_t place, set; /* place: in `order` */
};
struct refinable_set { /* order[first .. end], marked elements first */
    int32_t first, end, n_marked;
    int32_t parent; /* the set of which it was a part */
};
struct keyed {
    struct residue key;
    int32_t element, part;
};

struct refinable {
    struct refinable_element *element;
    struct refinable_set *set;
    int32_t *order; /* elements, set by set */
    int32_t n_sets;
    VEC(int32_t) touched;     /* sets with marked elements */
    VEC(struct keyed) marked; /* of the set that is split: those whose key is not zero */
    VEC(int32_t) bound;       /* parts of the set: from bound[i] to bound[i + 1] */
    struct hash_index by_key; /* the first of `marked` with each key */
};

/* All in set 0. */
void refinable_open(struct refinable *p, int32_t n);
void refinable_close(struct refinable *p);
/* Adds to the key of an element, which is zero at first and after each split. Returns whether it has been
 * marked by that. What is alone in its set is never marked, unless it is in set 0. */
bool refinable_add(struct refinable *p, int32_t element, struct residue key);
/* Returns the number of the first new set; those up to n_sets are new. */
int32_t refinable_split(struct refinable *p);

#endif
