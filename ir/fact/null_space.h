/* Exact integer basis of the left null space of a sparse integer matrix: vectors l with l . column = 0 for
 * all columns. */
#ifndef IR_NULL_SPACE_H
#define IR_NULL_SPACE_H

#include "ir/fact/fact.h"

enum { NULL_SPACE_WORK = 400000000 }; /* some seconds */

/* Columns one after the other: column c has the terms term[ptr[c] .. ptr[c + 1]); `species` is the row. Rows
 * that `skip` marks (may be NULL) have no part in it. Vectors are primitive (gcd 1), their first coefficient
 * is positive. After `most_work` updates of coefficients the basis is left incomplete: none, with
 * `overflow`. */
struct conservation null_space(size_t n_rows, const bool *skip, size_t n_columns, const int32_t *ptr,
                               const struct term *term, int64_t most_work);

#endif
