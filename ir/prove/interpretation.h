/* Interpretations as text: what each species of an implementation stands for, in formal species.
 *
 *   # the complex carries both
 *   H = A + B
 *   `O(1)` = 2 C
 *   Waste = 0
 *
 * A species without a line stands for the formal species of its name. Names with other characters than
 * letters, digits, '_', '.', '[' and ']' stand in backquotes. */
#ifndef IR_INTERPRETATION_H
#define IR_INTERPRETATION_H

#include "ir/prove/witness.h"
#include "support/diag.h"

/* Rows by species of `made`; of species that are held they are empty. False after errors. */
bool interpretation_read(const struct sources *sources, uint32_t file, const struct net *formal,
                         const struct net *made, struct linear_map *map, struct diag *diag);

#endif
