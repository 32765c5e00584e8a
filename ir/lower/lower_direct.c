/* Construction direct, of boltzmann models: paper 000, section 3.2. For each state of the units with which
 * unit i is connected there is a pair of reactions
 *
 *   i.off + neighbours ->{k exp(theta_i + sum of w_ij over neighbours that are on)} i.on + neighbours
 *   i.on + neighbours ->{k} i.off + neighbours
 *
 * (eq. 17), so that the stationary law of the counts is that of the model. A unit of degree d has 2^(d + 1)
 * reactions of molecularity d + 1. If the parameters are not known at compile time, the rates follow the
 * model. The network has the symbols NAME.on and NAME.off for each group of units. All units are off at the
 * start. */
#include "ir/lower/boltzmann.h"
#include "support/mem.h"

enum { RATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"k", 1, 0, true}};

static bool add_flips(struct boltzmann *b, int32_t i)
{
    int32_t degree = boltzmann_neighbours(b, i);
    struct expr_pool *ex = b->net->ex;
    const expr_id *gain = boltzmann_gains(b, i, degree);
    const char *origin = boltzmann_origin(b, i);
    struct term *off = arena_alloc(b->scratch, 2 * ((size_t)degree + 1) * sizeof *off),
                *on = off + degree + 1;
    bool good = true;
    off[0] = (struct term){b->on[i] + 1, 1};
    on[0] = (struct term){b->on[i], 1};
    for (int64_t state = 0; state < INT64_C(1) << degree && good; state++) {
        for (int32_t d = 0; d < degree; d++) {
            off[d + 1] = on[d + 1] = (struct term){b->on[b->neighbour[d]] + !(state >> d & 1), 1};
        }
        expr_id to_on = expr_binary(ex, EXPR_MUL, b->k, expr_unary(ex, EXPR_EXP, gain[state]));
        good = boltzmann_add_reaction(b, off, on, (size_t)degree + 1, to_on, origin) &&
               boltzmann_add_reaction(b, on, off, (size_t)degree + 1, b->k, origin);
    }
    return good;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct boltzmann b = boltzmann_open(l);
    bool good = boltzmann_has_law(l) && boltzmann_is_small(&b);
    if (good) {
        boltzmann_assume_symmetric(&b);
        boltzmann_add_units(&b, record);
    }
    for (int32_t i = 0; i < b.n && good; i++) {
        good = add_flips(&b, i);
    }
    return boltzmann_close(&b, good);
}

const struct construction construction_direct = {.n_options = N_OPTIONS,
                                                 .option = options,
                                                 .example = "k = 1",
                                                 .members = "{group}.on {group}.off {array}",
                                                 .lower = lower};
