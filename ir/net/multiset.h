/* Sums of multisets of species (or of coordinates): a dense array of counts and a list of the entries
 * touched, so that a sum takes time in proportion to its own size. */
#ifndef IR_MULTISET_H
#define IR_MULTISET_H

#include "ir/net/net.h"

typedef VEC(struct term) term_vec;

struct multiset {
    int64_t *count;
    bool *touched;
    VEC(int32_t) list;
};

void multiset_open(struct multiset *m, size_t n);
void multiset_close(struct multiset *m);
/* Adds `factor` times the terms. Returns false if a count overflowed. */
bool multiset_add(struct multiset *m, const struct term *terms, size_t n, int64_t factor);
/* Appends the sum to `out`, sorted and without zero counts, and empties the multiset. Returns the number of
 * terms appended. */
size_t multiset_take(struct multiset *m, term_vec *out);

#endif
