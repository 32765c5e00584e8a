/* The states of a neural model as a network, so that all code that runs a network can run the model:
 * clauses, statistics, files. Each unit is a species with amount 0 or 1, in order; reaction i is the update
 * of unit i, which happens once per unit of time. Only the method knows, from the parameters of the model,
 * what an update does; the reaction is written as one that changes the unit. */
#include "ir/lower/lower.h"
#include "ir/net/net_names.h"

static void add_update(struct net *net, species_id unit, const char *origin, struct span at)
{
    const struct term one = {unit, 1};
    reaction_id r = net_add_reaction(net, NULL, 0, &one, 1, RATE_MASS_ACTION, expr_real(net->ex, 1), at);
    net->reaction.data[r].origin = intern_text(net->names, origin);
}

struct net *lower_units(const struct crnl_neural *m, struct span at)
{
    enum { NAME_ROOM = 512 };
    struct net *net = net_create(m->name);
    struct arena *scratch = arena_create();
    for (int32_t g = 0; g < m->n_groups; g++) {
        const struct crnl_neural_group *group = &m->group[g];
        struct shape s = lower_group_shape(group);
        expr_id *e = arena_alloc(scratch, (size_t)group->size * sizeof *e);
        for (int32_t i = 0; i < group->size; i++) {
            char name[NAME_ROOM];
            net_element_name(name, sizeof name, group->name, s, i);
            species_id unit = net_add_species(net, name, SPECIES_DISCRETE, 0, at);
            e[i] = net_species_expr(net, unit);
            add_update(net, unit, arena_printf(scratch, "the update of %s", name), at);
        }
        net_add_symbol(net, group->name, SYMBOL_SPECIES, s, e, at);
    }
    arena_destroy(scratch);
    return net;
}
