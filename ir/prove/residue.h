/* Linear hashes: a formal sum of symbols is represented by a pair of residues modulo 2^61 - 1. Each symbol
 * has random residues, so that equal sums have equal residues, and different sums have equal residues with a
 * probability below 2^-120. */
#ifndef IR_RESIDUE_H
#define IR_RESIDUE_H

#include <stdint.h>

#include "ir/expr/expr.h"

struct residue {
    uint64_t at[2];
};

struct residue residue_of_symbol(uint64_t a, uint64_t b, uint64_t c);
struct residue residue_of_integer(int64_t v);
struct residue residue_of_number(double v); /* v must be finite; exact sums of doubles have exactly the sum of
                                               the residues */
struct residue residue_product(struct residue x, struct residue y);
struct residue residue_sum(struct residue x, struct residue y);
uint64_t residue_word(struct residue x); /* a hash of both residues */

static inline bool residue_is_zero(struct residue x)
{
    return x.at[0] == 0 && x.at[1] == 0;
}

static inline bool residue_equal(struct residue x, struct residue y)
{
    return x.at[0] == y.at[0] && x.at[1] == y.at[1];
}

/* The residues of all expressions of a pool, by expr_id, as linear combinations of atoms. The caller frees
 * the array. */
struct residue *residue_of_expressions(const struct expr_pool *ex);

#endif
