#include "ir/lower/boltzmann.h"

#include <math.h>
#include <string.h>

#include "ir/net/net_names.h"
#include "support/mem.h"

#define MAX_REACTIONS 0x1p20
enum { INDEX_ROOM = 64 }; /* room for a text such as "[1,2,3,4]" */

static void add_parameters(struct boltzmann *b)
{
    struct net *net = b->net;
    for (int32_t a = 0; a < 2; a++) {
        const struct crnl_neural_array *array = &b->l->m->array[a];
        struct shape s = {(uint8_t)array->rank, {array->dim[0], array->dim[1]}};
        int32_t at = net_add_param(net, array->name, s, expr_real(net->ex, 0), b->l->span);
        b->first[a] = net->param.data[at].first;
        net->param.data[at].global = b->l->first_value + array->first;
        expr_id *e = arena_alloc(b->scratch, (size_t)array->size * sizeof *e);
        for (int32_t i = 0; i < array->size; i++) {
            e[i] = net_param_expr(net, b->first[a] + i);
        }
        net_add_symbol(net, array->name, SYMBOL_PARAM, s, e, b->l->span);
    }
}

struct boltzmann boltzmann_open(const struct lowerer *l)
{
    struct boltzmann b = {
        .l = l, .net = net_create(l->name), .scratch = arena_create(), .n = l->m->array[1].size};
    b.on = arena_alloc(b.scratch, (size_t)b.n * sizeof *b.on);
    b.neighbour = arena_alloc(b.scratch, (size_t)b.n * sizeof *b.neighbour);
    b.k = expr_real(b.net->ex, l->option[0]);
    if (!l->m->value) {
        add_parameters(&b);
    }
    return b;
}

void boltzmann_assume_symmetric(struct boltzmann *b)
{
    struct net *net = b->net;
    for (int32_t i = 0; !b->l->m->value && i < b->n; i++) {
        for (int32_t j = 0; j <= i; j++) {
            expr_id other = i == j ? expr_real(net->ex, 0) : boltzmann_weight(b, j, i);
            struct assume a = {expr_binary(net->ex, EXPR_EQ, boltzmann_weight(b, i, j), other), b->l->span};
            vec_push(&net->assume, a);
        }
    }
}

struct net *boltzmann_close(struct boltzmann *b, bool good)
{
    arena_destroy(b->scratch);
    if (!good) {
        net_destroy(b->net);
        return NULL;
    }
    return b->net;
}

/* Element i of parameter array a of the model. */
static expr_id parameter(const struct boltzmann *b, int32_t a, int32_t i)
{
    const struct crnl_neural *m = b->l->m;
    return m->value ? expr_real(b->net->ex, m->value[m->array[a].first + i])
                    : net_param_expr(b->net, b->first[a] + i);
}

expr_id boltzmann_weight(const struct boltzmann *b, int32_t i, int32_t j)
{
    return parameter(b, 0, i * b->n + j);
}

expr_id boltzmann_bias(const struct boltzmann *b, int32_t i)
{
    return parameter(b, 1, i);
}

bool boltzmann_joins(const struct boltzmann *b, int32_t i, int32_t j)
{
    const struct crnl_neural *m = b->l->m;
    if (m->value || m->n_edges < 0) {
        return i != j && (!m->value || m->value[m->array[0].first + i * b->n + j] != 0);
    }
    bool turns = !m->one_way && j < i; /* a pair of units that acts both ways is in the list once */
    int32_t low = turns ? j : i, high = turns ? i : j, from = 0, to = m->n_edges;
    while (from < to) { /* binary search: the pairs are in ascending order */
        int32_t k = from + (to - from) / 2, first = m->edge[2 * k], second = m->edge[2 * k + 1];
        if (first == low && second == high) {
            return true;
        }
        if (first < low || (first == low && second < high)) {
            from = k + 1;
        } else {
            to = k;
        }
    }
    return false;
}

int32_t boltzmann_neighbours(struct boltzmann *b, int32_t i)
{
    int32_t degree = 0;
    for (int32_t j = 0; j < b->n; j++) {
        if (boltzmann_joins(b, i, j)) {
            b->neighbour[degree++] = j;
        }
    }
    return degree;
}

bool boltzmann_has_law(const struct lowerer *l)
{
    if (l->m->one_way) {
        diag_report(l->diag, DIAG_E0522, l->span,
                    "connections of '%s' go one way: it has no law that this construction could have",
                    l->m->name);
        diag_help(l->diag, "take `taylor`, which has rates for each direction");
    }
    return !l->m->one_way;
}

bool boltzmann_is_small(struct boltzmann *b)
{
    double total = 0;
    for (int32_t i = 0; i < b->n; i++) {
        total += ldexp(1, boltzmann_neighbours(b, i) + 1);
    }
    if (total <= MAX_REACTIONS) {
        return true;
    }
    diag_report(b->l->diag, DIAG_E0522, b->l->span,
                total < 1e15 ? "this construction of '%s' has %.0f reactions, more than %.0f"
                             : "this construction of '%s' has %.4g reactions, more than %.0f",
                b->l->m->name, total, MAX_REACTIONS);
    diag_help(b->l->diag,
              "a unit that is connected with d others has 2^(d + 1) of them: join fewer units, or "
              "take `taylor`, which has two for each pair and is an approximation");
    return false;
}

expr_id *boltzmann_gains(const struct boltzmann *b, int32_t i, int32_t degree)
{
    expr_id *gain = arena_alloc(b->scratch, ((size_t)1 << degree) * sizeof *gain);
    gain[0] = boltzmann_bias(b, i);
    for (int32_t d = 0; d < degree; d++) {
        expr_id w = boltzmann_weight(b, i, b->neighbour[d]);
        for (size_t s = 0; s < (size_t)1 << d; s++) {
            gain[s | (size_t)1 << d] = expr_binary(b->net->ex, EXPR_ADD, gain[s], w);
        }
    }
    return gain;
}

static const char *element(struct arena *a, const struct crnl_neural_group *g, int32_t i)
{
    struct shape s = lower_group_shape(g);
    size_t room = strlen(g->name) + INDEX_ROOM;
    char *text = arena_alloc(a, room);
    net_element_name(text, room, g->name, s, i);
    return text;
}

const char *boltzmann_origin(const struct boltzmann *b, int32_t i)
{
    const struct crnl_neural_group *g = lower_group_of(b->l->m, i);
    return arena_printf(b->scratch, "%s of %s", element(b->scratch, g, i - g->first), b->l->m->name);
}

static species_id add_species(struct boltzmann *b, const char *unit, const char *part, expr_id init)
{
    return net_add_species(b->net, arena_printf(b->scratch, "%s.%s", unit, part), SPECIES_DISCRETE, init,
                           b->l->span);
}

static void add_group(struct boltzmann *b, const struct crnl_neural_group *g, struct lowering *record)
{
    struct net *net = b->net;
    expr_id *e = arena_alloc(b->scratch, 2 * (size_t)g->size * sizeof *e);
    struct shape s = lower_group_shape(g);
    for (int32_t i = 0; i < g->size; i++) {
        const char *unit = element(b->scratch, g, i);
        b->on[g->first + i] = add_species(b, unit, "on", 0);
        e[i] = net_species_expr(net, b->on[g->first + i]);
        e[g->size + i] = net_species_expr(net, add_species(b, unit, "off", expr_real(net->ex, 1)));
    }
    int32_t on = net_add_symbol(net, arena_printf(b->scratch, "%s.on", g->name), SYMBOL_SPECIES, s, e,
                                b->l->span),
            off = net_add_symbol(net, arena_printf(b->scratch, "%s.off", g->name), SYMBOL_SPECIES, s,
                                 e + g->size, b->l->span);
    lowering_add(b->l, record, g->name, LOWERED_UNIT, on);
    lowering_add(b->l, record, g->name, LOWERED_UNIT_OFF, off);
}

void boltzmann_add_units(struct boltzmann *b, struct lowering *record)
{
    for (int32_t g = 0; g < b->l->m->n_groups; g++) {
        add_group(b, &b->l->m->group[g], record);
    }
    for (int32_t a = 0; a < 2 && !b->l->m->value; a++) {
        const char *name = b->l->m->array[a].name;
        lowering_add(b->l, record, name, LOWERED_PARAMETER, net_find_symbol(b->net, name));
    }
}

bool boltzmann_add_reaction(struct boltzmann *b, const struct term *lhs, const struct term *rhs, size_t n,
                            expr_id rate, const char *origin)
{
    double k;
    if (expr_const_real(b->net->ex, rate, &k) && !(isfinite(k) && k > 0)) {
        diag_report(b->l->diag, DIAG_E0522, b->l->span, "a rate of this construction of '%s' is %g",
                    b->l->m->name, k);
        diag_help(b->l->diag, "weights and biases at a unit may add up to some 700 at most");
        return false;
    }
    reaction_id r = net_add_reaction(b->net, lhs, n, rhs, n, RATE_MASS_ACTION, rate, b->l->span);
    b->net->reaction.data[r].origin = intern_text(b->net->names, origin);
    return true;
}
