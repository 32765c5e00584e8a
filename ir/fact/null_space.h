/* An exact integer basis of the left null space of a sparse integer matrix: vectors l with l . column = 0
 * for all columns. */
#ifndef IR_NULL_SPACE_H
#define IR_NULL_SPACE_H

#include "ir/fact/fact.h"

enum { NULL_SPACE_WORK = 400000000 }; /* takes some seconds */

/* The matrix is stored by columns: column c has the terms term[ptr[c] .. ptr[c + 1]), where member `species`
 * is the row. Rows marked by `skip`, which may be NULL, are left out. The basis vectors are primitive (their
 * gcd is 1), and their first coefficient is positive. After `most_work` updates of coefficients the
 * computation gives up: the result has no vector, and `overflow` is set. */
struct conservation null_space(size_t n_rows, const bool *skip, size_t n_columns, const int32_t *ptr,
                               const struct term *term, int64_t most_work);

#endif
