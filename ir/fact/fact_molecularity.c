/* The largest sides of reactions, which the choice of kernels and the checks of targets ask for. */
#include "ir/fact/fact.h"

/* The number of molecules on a side, at most INT64_MAX. */
static int64_t molecules(const struct term *side, uint32_t n_side)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < n_side; i++) {
        if (side[i].count > INT64_MAX - sum) {
            return INT64_MAX;
        }
        sum += side[i].count;
    }
    return sum;
}

static int64_t largest(const struct net *n, bool products)
{
    int64_t most = 0;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        int64_t m = products ? molecules(net_rhs(n, r), r->n_rhs) : molecules(net_lhs(n, r), r->n_lhs);
        most = m > most ? m : most;
    }
    return most;
}

int64_t fact_max_reactants(const struct net *n)
{
    return largest(n, false);
}

int64_t fact_max_products(const struct net *n)
{
    return largest(n, true);
}
