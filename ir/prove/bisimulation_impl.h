/* Internals of ir/prove/bisimulation*.c. */
#ifndef IR_BISIMULATION_IMPL_H
#define IR_BISIMULATION_IMPL_H

#include "ir/prove/bisimulation.h"
#include "ir/net/multiset.h"

struct sides { /* the sides of a reaction without constant species: term[first ..], with lengths n */
    size_t first;
    uint32_t n[2];
};
struct side_list {
    term_vec term;
    VEC(struct sides) list;
};

struct bisimilarity {
    const struct net *formal, *made;
    struct side_list reaction[2]; /* of the formal network, and of the implementation */
    struct multiset sum;          /* a sum over formal species */
    int64_t work;                 /* work that may still be done */
    char *why;
};

/* Prepares the check. Returns NULL, or why the question cannot be decided by CRN bisimulation. */
char *bisimilarity_open(struct bisimilarity *b, const struct net *formal, const struct net *made,
                        int64_t limit);
void bisimilarity_close(struct bisimilarity *b);
const struct term *sides_terms(const struct side_list *l, size_t reaction, int side);
/* Whether these two sides, over formal species, are those of the formal reaction f. */
bool bisimilarity_is_formal(const struct bisimilarity *b, size_t f, const struct term *side[2],
                            const size_t n[2]);
char *bisimilarity_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
