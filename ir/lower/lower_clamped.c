/* Construction clamped, of potentiated networks: paper 001, section IV. For each target S = q, the potential
 * P.S follows the difference of S and its target Q.S, which is held at q, or is a species q of the network
 * itself:
 *
 *   P.S + S ->{epsilon} 2 P.S + S         P.S + Q.S ->{epsilon} Q.S         (eq. 12)
 *
 * If delta > 0, their reverses have the rate delta (eq. 18 and 19). The label of these reactions is
 * `follow`. Nothing else of the network changes. */
#include "ir/lower/machine.h"

enum { EPSILON, DELTA, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"epsilon", 0.01, 0, true}, {"delta", 0, 0, false}};
enum { TARGETS, DURING, N_ARGUMENTS };
static const struct lower_argument arguments[N_ARGUMENTS] = {{"targets", LOWER_PAIRS, NULL, true},
                                                             {"during", LOWER_PAIRS, NULL, false}};
static const char *const follow[] = {"follow", NULL}; /* the label of the reactions */
struct following {
    expr_id epsilon, delta; /* delta = 0: no reverse reactions */
    struct machine_during during;
};

static species_id potential_of(const struct lowerer *l, struct net *net, species_id s, struct span span)
{
    struct arena *scratch = arena_create();
    const char *name = arena_printf(scratch, "P.%s", net->species.data[s].name);
    int32_t symbol = net_find_symbol(net, name);
    species_id p = symbol < 0 ? -1 : expr_get(net->ex, net->elem.data[net->symbol.data[symbol].first])->a;
    if (p < 0 || net->species.data[p].kind == SPECIES_CONSTANT) {
        diag_report(l->diag, DIAG_E0528, span, "'%s' has no potential of '%s' that could follow a target",
                    l->from->name, net->species.data[s].name);
        diag_help(l->diag, "lower NET to potentiated(potentials = bulk) to clamped(targets = (S = 100))");
        p = -1;
    }
    arena_destroy(scratch);
    return p;
}

/* The target: a species of its own that holds a number, or a species of the network, such as that of the
 * vesicle (eq. 43). */
static species_id target_of(const struct lowerer *l, struct net *net, const struct lowering *record,
                            const struct lower_pair *pair, species_id s)
{
    if (pair->number != pair->number) {
        species_id q = machine_species(l, net, record, pair->value, pair->span);
        if (q == s) {
            diag_report(l->diag, DIAG_E0522, pair->span, "'%s' cannot follow itself", pair->name);
        }
        return q == s ? -1 : q;
    }
    if (!(pair->number >= 0)) {
        diag_report(l->diag, DIAG_E0522, pair->span, "the target of '%s' is a number that is not negative",
                    pair->name);
        return -1;
    }
    const char *name = arena_printf(net->arena, "Q.%s", net->species.data[s].name);
    species_id q = net_add_species(net, name, SPECIES_CONSTANT, expr_real(net->ex, pair->number), l->span);
    expr_id e = net_species_expr(net, q);
    net_add_symbol(net, name, SYMBOL_SPECIES, shape_scalar(), &e, l->span);
    return q;
}

static bool add_target(const struct lowerer *l, struct net *net, const struct lowering *record,
                       const struct lower_pair *pair, const struct following *f)
{
    species_id s = machine_species(l, net, record, pair->name, pair->span);
    species_id p = s >= 0 ? potential_of(l, net, s, pair->span) : -1;
    species_id q = p >= 0 ? target_of(l, net, record, pair, s) : -1;
    if (q < 0) {
        return false;
    }
    const struct term up[2][2] = {{{p, 1}, {s, 1}}, {{p, 2}, {s, 1}}},
                      down[2][2] = {{{p, 1}, {q, 1}}, {{q, 1}}};
    machine_add_swing(net, follow[0], &f->during, up, (size_t[2]){2, 2}, f->epsilon, f->delta, l->span);
    machine_add_swing(net, follow[0], &f->during, down, (size_t[2]){2, 1}, f->epsilon, f->delta, l->span);
    return true;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct net *net = net_clone(l->from);
    struct following f = {.epsilon = machine_add_param(l, net, "epsilon", l->option[EPSILON])};
    f.delta = l->option[DELTA] > 0 ? machine_add_param(l, net, "delta", l->option[DELTA]) : 0;
    bool good = machine_find_during(l, &l->given[DURING], net, record, follow, &f.during);
    for (int32_t i = 0; i < l->given[TARGETS].n_pairs; i++) {
        good &= add_target(l, net, record, &l->given[TARGETS].pair[i], &f);
    }
    if (!good) {
        net_destroy(net);
        return NULL;
    }
    return net;
}

const struct construction construction_clamped = {.n_options = N_OPTIONS,
                                                  .option = options,
                                                  .example =
                                                      "targets = (S = 100), epsilon = 0.01, delta = 0 and "
                                                      "during = (follow = PHASE)",
                                                  .members = "{from} epsilon delta Q.{from} follow "
                                                             "follow_reverse",
                                                  .lower = lower,
                                                  .n_arguments = N_ARGUMENTS,
                                                  .argument = arguments};
