/* Declarations shared by the files of a fact. */
#ifndef IR_FACT_IMPL_H
#define IR_FACT_IMPL_H

#include "ir/fact/fact.h"

/* fact_energies.c: computes the energies of struct detailed_balance into `energy` [n_species], which must be
 * 0 at the start. Returns false if there are none or if the computation is too expensive. */
bool fact_energies(const struct net *n, const struct reversible *pair, size_t n_pairs, double *energy);

#endif
