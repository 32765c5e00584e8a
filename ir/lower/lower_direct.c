/* direct of boltzmann models: paper 000, section 3.2. For each state of the units that unit i is connected with, the pair
 *
 *   i.off + neighbours ->{k exp(theta_i + sum of w_ij over neighbours that are on)} i.on + neighbours     (eq. 17)
 *   i.on + neighbours ->{k} i.off + neighbours
 *
 * so that the stationary law of the counts is the model's. A unit of degree d has 2^(d + 1) reactions of molecularity d + 1. Offers
 * NAME.on and NAME.off for each name of units. All units are off at first. */
#include <math.h>

#include "ir/lower/boltzmann.h"
#include "support/mem.h"

enum { RATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"k", 1, 0, true}};

static bool add_flips(struct boltzmann *b, int32_t i)
{
    int32_t degree = boltzmann_neighbours(b, i);
    const double k = b->l->option[RATE];
    const char *origin = arena_printf(b->scratch, "%s of %s", boltzmann_unit_name(b, i), b->l->m->name);
    struct term *off = arena_alloc(b->scratch, 2 * ((size_t)degree + 1) * sizeof *off),
                *on = off + degree + 1;
    bool good = true;
    for (int64_t state = 0; state < INT64_C(1) << degree && good; state++) {
        double energy = boltzmann_bias(b, i);
        off[0] = (struct term){b->on[i] + 1, 1};
        on[0] = (struct term){b->on[i], 1};
        for (int32_t d = 0; d < degree; d++) {
            int32_t j = b->neighbour[d];
            bool is_on = state >> d & 1;
            energy += is_on ? boltzmann_weight(b, i, j) : 0;
            off[d + 1] = on[d + 1] = (struct term){b->on[j] + !is_on, 1};
        }
        expr_id to_on = expr_real(b->net->ex, k * exp(energy)), to_off = expr_real(b->net->ex, k);
        good = boltzmann_add_reaction(b, off, on, (size_t)degree + 1, to_on, origin) &&
               boltzmann_add_reaction(b, on, off, (size_t)degree + 1, to_off, origin);
    }
    return good;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct boltzmann b = boltzmann_open(l);
    bool good = boltzmann_is_small(&b);
    if (good) {
        boltzmann_add_units(&b, record);
    }
    for (int32_t i = 0; i < b.n && good; i++) {
        good = add_flips(&b, i);
    }
    return boltzmann_close(&b, good);
}

const struct construction construction_direct = {N_OPTIONS, options, "k = 1", true, lower};
