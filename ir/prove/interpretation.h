/* Interpretations as text: for each species of an implementation the formal species that it represents.
 *
 *   # the complex carries both
 *   H = A + B
 *   `O(1)` = 2 C
 *   Waste = 0
 *
 * A species without a line represents the formal species of its name. Names with characters other than
 * letters, digits, '_', '.', '[' and ']' are written in backquotes. */
#ifndef IR_INTERPRETATION_H
#define IR_INTERPRETATION_H

#include "ir/prove/witness.h"
#include "support/diag.h"

/* Reads an interpretation into `map`, with a row for each species of `made`; rows of constant species are
 * empty. Returns false after errors. */
bool interpretation_read(const struct sources *sources, uint32_t file, const struct net *formal,
                         const struct net *made, struct linear_map *map, struct diag *diag);

#endif
