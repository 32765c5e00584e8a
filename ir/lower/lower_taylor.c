/* Construction taylor, of boltzmann models: paper 000, section 4.1. Each unit flips by itself, and each
 * other unit, while it is on, catalyses one of the two flips (eq. 22); the bias is the weight of a unit that
 * is always on:
 *
 *   i.off ->{k (1 + max(theta_i, 0))} i.on      j.on + i.off ->{k max(w_ij, 0)} j.on + i.on
 *   i.on ->{k (1 + max(-theta_i, 0))} i.off     j.on + i.on ->{k max(-w_ij, 0)} j.on + i.off
 *
 * The rates of a unit are thus 1 + A and 1 + B, where A and B are the sums of what favours on and off: this
 * is exp(A - B) of eq. 17 to first order, so the law is not that of the model. If connections go one way,
 * w_ij is the action of unit j on unit i, and unit i does not act on unit j. If the parameters are known at
 * compile time, reactions of rate 0 are left out, and m connections give 2 n + 2 m reactions. Otherwise the
 * rates follow the model, and each ordered pair that is connected has both reactions, which are 2 n + 2 n (n
 * - 1) if all are connected. The network has the symbols NAME.on and NAME.off for each group of units. All
 * units are off at the start. */
#include "ir/lower/boltzmann.h"
#include "support/mem.h"

enum { RATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"k", 1, 0, true}};

/* The rate k (alone + max(v, 0)) if `to_on`, otherwise k (alone + max(-v, 0)). */
static expr_id rate(const struct boltzmann *b, double alone, expr_id v, bool to_on)
{
    struct expr_pool *ex = b->net->ex;
    expr_id part = expr_binary(ex, EXPR_MAX, to_on ? v : expr_unary(ex, EXPR_NEG, v), expr_real(ex, 0));
    part = alone != 0 ? expr_binary(ex, EXPR_ADD, expr_real(ex, alone), part) : part;
    return expr_binary(ex, EXPR_MUL, b->k, part);
}

static bool add_flips(struct boltzmann *b, int32_t i)
{
    const struct term off = {b->on[i] + 1, 1}, on = {b->on[i], 1};
    const char *origin = boltzmann_origin(b, i);
    expr_id theta = boltzmann_bias(b, i);
    bool good = boltzmann_add_reaction(b, &off, &on, 1, rate(b, 1, theta, true), origin) &&
                boltzmann_add_reaction(b, &on, &off, 1, rate(b, 1, theta, false), origin);
    for (int32_t j = 0; j < b->n && good; j++) {
        const struct term to_on[2] = {off, {b->on[j], 1}}, to_off[2] = {on, {b->on[j], 1}};
        double known;
        if (!boltzmann_joins(b, i, j)) {
            continue;
        }
        expr_id w = boltzmann_weight(b, i, j);
        bool is_known = expr_const_real(b->net->ex, w, &known);
        if (!is_known || known > 0) {
            good = boltzmann_add_reaction(b, to_on, to_off, 2, rate(b, 0, w, true), origin);
        }
        if (good && (!is_known || known < 0)) {
            good = boltzmann_add_reaction(b, to_off, to_on, 2, rate(b, 0, w, false), origin);
        }
    }
    return good;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct boltzmann b = boltzmann_open(l);
    bool good = true;
    boltzmann_add_units(&b, record);
    for (int32_t i = 0; i < b.n && good; i++) {
        good = add_flips(&b, i);
    }
    return boltzmann_close(&b, good);
}

const struct construction construction_taylor = {.n_options = N_OPTIONS,
                                                 .option = options,
                                                 .example = "k = 1",
                                                 .members = "{group}.on {group}.off {array}",
                                                 .lower = lower};
