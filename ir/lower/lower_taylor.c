/* taylor of boltzmann models: paper 000, section 4.1. Each unit flips by itself, and each other unit, while it is on, catalyses one of the
 * two flips (eq. 22), the bias being the weight of a unit that is always on:
 *
 *   i.off ->{k (1 + max(theta_i, 0))} i.on      j.on + i.off ->{k max(w_ij, 0)} j.on + i.on
 *   i.on ->{k (1 + max(-theta_i, 0))} i.off     j.on + i.on ->{k max(-w_ij, 0)} j.on + i.off
 *
 * so that the rates of a unit are 1 + A and 1 + B, A and B the sums of what favours it on and off: exp(A - B) of eq. 17 to first order.
 * The law is not the model's. 2 n + 2 m reactions for m connections where the parameters are known when compiling: those of rate 0 are
 * left out. Else the network has them as parameters w and theta, which follow the model, and both reactions of each ordered pair,
 * 2 n + 2 n (n - 1). Offers NAME.on and NAME.off for each name of units. All units are off at first. */
#include "ir/lower/boltzmann.h"
#include "support/mem.h"

enum { RATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"k", 1, 0, true}};

struct taylor {
    struct boltzmann b;
    expr_id k, zero;
    int32_t first[2]; /* slots of w and theta; -1: known when compiling */
};

static void add_parameters(struct taylor *t)
{
    const struct crnl_neural *m = t->b.l->m;
    struct net *net = t->b.net;
    for (int32_t a = 0; a < 2; a++) {
        const struct crnl_neural_array *array = &m->array[a];
        struct shape s = {(uint8_t)array->rank, {array->dim[0], array->dim[1]}};
        int32_t at = net_add_param(net, array->name, s, t->zero, t->b.l->span);
        t->first[a] = net->param.data[at].first;
        net->param.data[at].global = t->b.l->first_value + array->first;
        expr_id *e = arena_alloc(t->b.scratch, (size_t)array->size * sizeof *e);
        for (int32_t i = 0; i < array->size; i++) {
            e[i] = net_param_expr(net, t->first[a] + i);
        }
        net_add_symbol(net, array->name, SYMBOL_PARAM, s, e, t->b.l->span);
    }
}

/* Element i of array a: its value, or the parameter. */
static expr_id parameter(const struct taylor *t, int32_t a, int32_t i)
{
    const struct crnl_neural *m = t->b.l->m;
    return t->first[a] >= 0 ? net_param_expr(t->b.net, t->first[a] + i)
                            : expr_real(t->b.net->ex, m->value[m->array[a].first + i]);
}

/* k (alone + max(v, 0)), or of -v. */
static expr_id rate(const struct taylor *t, double alone, expr_id v, bool to_on)
{
    struct expr_pool *ex = t->b.net->ex;
    expr_id part = expr_binary(ex, EXPR_MAX, to_on ? v : expr_unary(ex, EXPR_NEG, v), t->zero);
    part = alone != 0 ? expr_binary(ex, EXPR_ADD, expr_real(ex, alone), part) : part;
    return expr_binary(ex, EXPR_MUL, t->k, part);
}

static bool add_flips(struct taylor *t, int32_t i)
{
    struct boltzmann *b = &t->b;
    const struct term off = {b->on[i] + 1, 1}, on = {b->on[i], 1};
    const char *origin = arena_printf(b->scratch, "%s of %s", boltzmann_unit_name(b, i), b->l->m->name);
    expr_id theta = parameter(t, 1, i);
    bool good = boltzmann_add_reaction(b, &off, &on, 1, rate(t, 1, theta, true), origin) &&
                boltzmann_add_reaction(b, &on, &off, 1, rate(t, 1, theta, false), origin);
    for (int32_t j = 0; j < b->n && good; j++) {
        const struct term to_on[2] = {off, {b->on[j], 1}}, to_off[2] = {on, {b->on[j], 1}};
        expr_id w = parameter(t, 0, i * b->n + j);
        double known;
        bool is_known = expr_const_real(b->net->ex, w, &known);
        if (j != i && (!is_known || known > 0)) {
            good = boltzmann_add_reaction(b, to_on, to_off, 2, rate(t, 0, w, true), origin);
        }
        if (good && j != i && (!is_known || known < 0)) {
            good = boltzmann_add_reaction(b, to_off, to_on, 2, rate(t, 0, w, false), origin);
        }
    }
    return good;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct taylor t = {.b = boltzmann_open(l), .first = {-1, -1}};
    bool good = true;
    t.k = expr_real(t.b.net->ex, l->option[RATE]);
    t.zero = expr_real(t.b.net->ex, 0);
    if (!l->m->value) {
        add_parameters(&t);
    }
    boltzmann_add_units(&t.b, record);
    for (int32_t i = 0; i < t.b.n && good; i++) {
        good = add_flips(&t, i);
    }
    return boltzmann_close(&t.b, good);
}

const struct construction construction_taylor = {N_OPTIONS, options, "k = 1", false, lower};
