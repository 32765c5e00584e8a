/* Construction potentiated, of detailed balanced networks: paper 001, section II.D.2. Whenever a species S
 * is made or used up, so is its potential P.S: the reaction A -> B becomes
 *
 *   A + P.A ->{k k_AB} B + P.B
 *
 * so that the law is that of the network times the product of P.S^-S. Potentials are constant (`potentials =
 * constant`, a bath of them), bulk, which firings do not change, or discrete molecules, which firings change
 * (section IV). With `reading = edges` the potentials of a unit's edges act on all reactions of the unit, as
 * in the authors' program; such a network does not have that law. The network has the symbols of the
 * original network, and P.NAME. */
#include "ir/lower/machine.h"

enum { RATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"k", 1, 0, true}};
enum { POTENTIALS, READING, N_ARGUMENTS };
static const char *const kinds[] = {"constant", "bulk", "discrete", NULL};
static const enum species_kind kind_of[] = {SPECIES_CONSTANT, SPECIES_BULK, SPECIES_DISCRETE};
static const struct lower_argument arguments[N_ARGUMENTS] = {
    {"potentials", LOWER_WORD, kinds, false}, {"reading", LOWER_WORD, machine_readings, false}};

static void keep_units(const struct net *from, const struct net *net, const struct lowerer *l,
                       struct lowering *record)
{
    struct lowering old = *record;
    record->n = record->n_edges = 0;
    record->part = NULL;
    for (int32_t i = 0; i < old.n; i++) {
        const struct lowered *part = &old.part[i];
        int32_t symbol = net_find_symbol(net, from->symbol.data[part->symbol].name);
        if (symbol >= 0 && (part->role == LOWERED_UNIT || part->role == LOWERED_UNIT_OFF)) {
            lowering_add(l, record, part->what, part->role, symbol);
        }
    }
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct machine m;
    struct net *net = NULL;
    if (machine_open(&m, l, record, (enum machine_reading)l->given[READING].word)) {
        net = net_create(l->name);
        expr_id k = machine_add_param(l, net, "k", l->option[RATE]);
        species_id *copy = machine_add_species(&m, net, "", -1);
        const species_id *p = machine_add_potentials(&m, net, "P.", kind_of[l->given[POTENTIALS].word]);
        if (!machine_add_reactions(&m, net, copy, &p, 1, k, l->from->name)) {
            net_destroy(net);
            net = NULL;
        } else {
            keep_units(l->from, net, l, record);
        }
    }
    arena_destroy(m.scratch);
    return net;
}

const struct construction construction_potentiated = {.n_options = N_OPTIONS,
                                                      .option = options,
                                                      .example =
                                                          "k = 1, potentials = bulk and reading = species",
                                                      .members = "{from} k P.{from}",
                                                      .lower = lower,
                                                      .n_arguments = N_ARGUMENTS,
                                                      .argument = arguments};
