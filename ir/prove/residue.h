/* Linear hashes: formal sums of symbols as pairs of residues modulo 2^61 - 1. Each symbol stands for random
 * residues, so that sums are equal if they are equal as formal sums, and else with a probability below
 * 2^-120. */
#ifndef IR_RESIDUE_H
#define IR_RESIDUE_H

#include <stdint.h>

#include "ir/expr/expr.h"

struct residue {
    uint64_t at[2];
};

struct residue residue_of_symbol(uint64_t a, uint64_t b, uint64_t c);
struct residue residue_of_integer(int64_t v);
struct residue residue_of_number(double v); /* finite; sums of doubles that are exact stay exact */
struct residue residue_product(struct residue x, struct residue y);
struct residue residue_sum(struct residue x, struct residue y);
uint64_t residue_word(struct residue x); /* a hash of both */

static inline bool residue_is_zero(struct residue x)
{
    return x.at[0] == 0 && x.at[1] == 0;
}

static inline bool residue_equal(struct residue x, struct residue y)
{
    return x.at[0] == y.at[0] && x.at[1] == y.at[1];
}

/* Of all expressions of a pool, by expr_id, to be freed: as linear combinations of what cannot be taken
 * apart. */
struct residue *residue_of_expressions(const struct expr_pool *ex);

#endif
