/* What the files of one fact share. */
#ifndef IR_FACT_IMPL_H
#define IR_FACT_IMPL_H

#include "ir/fact/fact.h"

/* fact_energies.c: those of struct detailed_balance, by species; 0 before. False: there are none, or too much
 * work. */
bool fact_energies(const struct net *n, const struct reversible *pair, size_t n_pairs, double *energy);

#endif
