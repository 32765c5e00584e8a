/* clamped, of potentiated networks: paper 001, section IV. For each target S = q the potential P.S follows
 * the difference of S and its target Q.S, which is held at q:
 *
 *   P.S + S ->{epsilon} 2 P.S + S         P.S + Q.S ->{epsilon} Q.S         (eq. 12)
 *
 * and, if delta > 0, their reverses at delta (eq. 18 and 19); their label is `follow`. Changes nothing else
 * of the network. */
#include "ir/lower/machine.h"

enum { EPSILON, DELTA, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"epsilon", 0.01, 0, true}, {"delta", 0, 0, false}};
enum { TARGETS, N_ARGUMENTS };
static const struct lower_argument arguments[N_ARGUMENTS] = {{"targets", LOWER_PAIRS, NULL, true}};

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

static void add_one(const struct lowerer *l, struct net *net, const char *label, const struct term *lhs,
                    size_t n_lhs, const struct term *rhs, size_t n_rhs, expr_id rate)
{
    reaction_id r = net_add_reaction(net, lhs, n_lhs, rhs, n_rhs, RATE_MASS_ACTION, rate, l->span);
    net->reaction.data[r].label = intern_text(net->names, label);
}

static void add_both(const struct lowerer *l, struct net *net, species_id p, species_id by, bool raises,
                     expr_id rate)
{
    struct term low[2] = {{by, 1}, {p, raises ? 1 : 0}}, high[2] = {{by, 1}, {p, raises ? 2 : 1}};
    const struct term *from = raises ? low : high, *to = raises ? high : low;
    size_t n_low = raises ? 2 : 1, n_from = raises ? n_low : 2, n_to = raises ? 2 : n_low;
    add_one(l, net, "follow", from, n_from, to, n_to, rate);
    if (l->option[DELTA] > 0) {
        expr_id back = net_param_expr(net, net->param.data[net->param.n - 1].first);
        add_one(l, net, "follow_reverse", to, n_to, from, n_from, back);
    }
}

static bool add_target(const struct lowerer *l, struct net *net, const struct lowering *record,
                       const struct lower_pair *pair, expr_id epsilon)
{
    species_id s = machine_species(l, net, record, pair->name, pair->span);
    species_id p = s >= 0 ? potential_of(l, net, s, pair->span) : -1;
    if (p < 0) {
        return false;
    }
    if (!(pair->number >= 0)) {
        return diag_report(l->diag, DIAG_E0522, pair->span,
                           "the target of '%s' is a number that is not negative", pair->name);
    }
    struct arena *scratch = arena_create();
    const char *name = arena_printf(scratch, "Q.%s", net->species.data[s].name);
    species_id q = net_add_species(net, name, SPECIES_CONSTANT, expr_real(net->ex, pair->number), l->span);
    expr_id e = net_species_expr(net, q);
    net_add_symbol(net, name, SYMBOL_SPECIES, shape_scalar(), &e, l->span);
    arena_destroy(scratch);
    add_both(l, net, p, s, true, epsilon);
    add_both(l, net, p, q, false, epsilon);
    return true;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct net *net = net_clone(l->from);
    expr_id epsilon = machine_add_param(l, net, "epsilon", l->option[EPSILON]);
    if (l->option[DELTA] > 0) {
        machine_add_param(l, net, "delta", l->option[DELTA]);
    }
    bool good = true;
    for (int32_t i = 0; i < l->given[TARGETS].n_pairs; i++) {
        good &= add_target(l, net, record, &l->given[TARGETS].pair[i], epsilon);
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
                                                      "targets = (S = 100), epsilon = 0.01 and delta = 0",
                                                  .lower = lower,
                                                  .n_arguments = N_ARGUMENTS,
                                                  .argument = arguments};
