/* The cost of a network: in DNA strand displacement, by several published schemes; and in simulation. */
#ifndef CODEGEN_TEXT_REPORT_H
#define CODEGEN_TEXT_REPORT_H

#include <stdio.h>

#include "ir/net/net.h"

struct network_cost {
    size_t species, reactions;
    int64_t entries; /* nonzero entries of the stoichiometric matrix */
    int64_t max_reactants, max_products;
    /* ratio of the longest to the shortest time scale at the initial amounts; NaN: nothing is consumed */
    double spread;
    int64_t strands; /* signals and fuels, by Soloveichik et al. 2010 */
};
struct network_cost report_cost(const struct net *n);

void report_write(FILE *out, const struct net *n, bool json);

#endif
