/* libFuzzer target: any bytes as an interpretation of species. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "ir/prove/bisimulation.h"
#include "ir/prove/interpretation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct net *network(bool formal)
{
    static const char *const names[2][5] = {{"X", "Y", "X(1)", "2A", NULL}, {"A", "B", "C", NULL}};
    struct net *n = net_create("n");
    for (size_t i = 0; names[formal][i]; i++) {
        net_add_species(n, names[formal][i], SPECIES_DISCRETE, 0, (struct span){0});
    }
    struct term lhs[2] = {{0, 1}, {1, 1}}, rhs = {2, 1};
    net_add_reaction(n, lhs, 2, &rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct net *formal = network(true), *made = network(false);
    struct linear_map map = {0};
    uint32_t file = sources_add(sources, "map", (const char *)data, size);
    if (interpretation_read(sources, file, formal, made, &map, diag)) {
        struct bisimulation b = bisimulation_check(formal, made, &map, 10000);
        if (!b.why != (b.answer == BISIMULATION_HOLDS)) {
            abort();
        }
        free(b.why);
    }
    linear_map_free(&map);
    net_destroy(formal);
    net_destroy(made);
    diag_destroy(diag);
    sources_destroy(sources);
    return 0;
}
