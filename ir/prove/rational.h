/* Rational numbers >= 0 of any size: num / den * 2^exponent, where num and den are odd and have no common
 * factor. Values are immutable; their words live in an arena. */
#ifndef IR_RATIONAL_H
#define IR_RATIONAL_H

#include <stdbool.h>
#include <stdint.h>

#include "support/arena.h"

struct rational {
    const uint64_t *num, *den; /* words, the lowest first */
    size_t n_num, n_den;       /* n_num 0: the number is 0; n_den 0: den is 1 */
    int64_t exponent;
};

struct rational rational_of(struct arena *a, double x);    /* x must be finite and >= 0 */
double rational_value(struct arena *a, struct rational x); /* the nearest double */
bool rational_is_zero(struct rational x);
/* Returns -1, 0 or 1. */
int rational_compare(struct arena *a, struct rational x, struct rational y);
struct rational rational_add(struct arena *a, struct rational x, struct rational y);
struct rational rational_subtract(struct arena *a, struct rational x, struct rational y); /* requires x >=
                                                                                             y */
/* Returns x * num / den; den > 0. */
struct rational rational_scale(struct arena *a, struct rational x, uint64_t num, uint64_t den);
/* The number of bits of numerator and denominator together. */
int64_t rational_bits(struct rational x);

#endif
