/* Construction edge, of boltzmann models: paper 000, section 3.3. A connection of units i < j also has two
 * species, edge[i,j].on and edge[i,j].off, where edge[i,j].on is present while both units are on. For each
 * state of the units with which unit i is connected there is a pair of reactions
 *
 *   i.off + neighbours + edges.off ->{k exp(g / 2)} i.on + neighbours + edges.on      (eq. 20)
 *   i.on + neighbours + edges.on ->{k exp(-g / 2)} i.off + neighbours + edges.off
 *
 * where the edges are those to neighbours that are on, and g is theta_i plus the sum of the weights of these
 * edges. With the energies G[i.on] = -theta_i, G[edge[i,j].on] = -w_ij and 0 for all others, the two are
 * each other's reverse, and the ratio of their rates is exp(-(G of the products - G of the reactants)). The
 * network is therefore detailed balanced (eq. 11), and its law is exp(-G) on the reachable states (eq. 13),
 * which is the law of the model. A unit of degree d has 2^(d + 1) reactions, of molecularity 1 + d + the
 * number of neighbours that are on, at most 2 d + 1. If the parameters are not known at compile time, the
 * rates follow the model. The network has the symbols NAME.on and NAME.off for each group of units; edge.on
 * and edge.off, for the connections in order of (i, j); and, for up to 1024 units, the matrix `edge`, which
 * is 1 where both units are on. All units are off at the start. */
#include <string.h>

#include "ir/lower/boltzmann.h"
#include "support/mem.h"

enum { RATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"k", 1, 0, true}};
enum { MAX_MATRIX = 1024 };

struct edges {
    struct boltzmann b;
    VEC(species_id) on;  /* by connection: species edge.on; species edge.off is the next one */
    VEC(int32_t) pair;   /* two units for each connection */
    int32_t *connection; /* by neighbour of the current unit: its connection */
};

static bool name_is_free(const struct lowerer *l)
{
    for (int32_t g = 0; g < l->m->n_groups; g++) {
        if (strcmp(l->m->group[g].name, "edge") == 0) {
            return diag_report(l->diag, DIAG_E0522, l->span,
                               "units of '%s' are called 'edge', as the species of its connections would be",
                               l->m->name);
        }
    }
    return true;
}

static void add_edges(struct edges *e)
{
    struct boltzmann *b = &e->b;
    struct net *net = b->net;
    for (int32_t i = 0; i < b->n; i++) {
        for (int32_t j = i + 1; j < b->n; j++) {
            if (!boltzmann_joins(b, i, j)) {
                continue;
            }
            const char *on = arena_printf(b->scratch, "edge[%d,%d].on", i, j),
                       *off = arena_printf(b->scratch, "edge[%d,%d].off", i, j);
            vec_push(&e->on, net_add_species(net, on, SPECIES_DISCRETE, 0, b->l->span));
            net_add_species(net, off, SPECIES_DISCRETE, expr_real(net->ex, 1), b->l->span);
            vec_push(&e->pair, i);
            vec_push(&e->pair, j);
        }
    }
}

/* Declares energies. If weights are parameters, the two weights of a connection are equal and stay equal
 * while the machine learns; each of them contributes half of the energy. */
static void declare_energies(struct edges *e)
{
    const struct boltzmann *b = &e->b;
    struct expr_pool *ex = b->net->ex;
    for (int32_t i = 0; i < b->n; i++) {
        b->net->species.data[b->on[i]].energy = expr_unary(ex, EXPR_NEG, boltzmann_bias(b, i));
        b->net->species.data[b->on[i] + 1].energy = expr_real(ex, 0);
    }
    for (size_t c = 0; c < e->on.n; c++) {
        int32_t i = e->pair.data[2 * c], j = e->pair.data[2 * c + 1];
        expr_id both = expr_binary(ex, EXPR_ADD, boltzmann_weight(b, i, j), boltzmann_weight(b, j, i));
        expr_id w = expr_binary(ex, EXPR_DIV, both, expr_real(ex, 2));
        b->net->species.data[e->on.data[c]].energy = expr_unary(ex, EXPR_NEG, w);
        b->net->species.data[e->on.data[c] + 1].energy = expr_real(ex, 0);
    }
}

static void add_symbols(struct edges *e, struct lowering *record)
{
    const struct boltzmann *b = &e->b;
    struct net *net = b->net;
    int32_t m = (int32_t)e->on.n, n = b->n <= MAX_MATRIX ? b->n : 0;
    expr_id *v = arena_alloc(b->scratch, (2 * (size_t)m + (size_t)n * (size_t)n + 1) * sizeof *v),
            *matrix = v + 2 * m;
    for (int32_t i = 0; i < n * n; i++) {
        matrix[i] = expr_real(net->ex, 0);
    }
    for (int32_t c = 0; c < m; c++) {
        v[c] = net_species_expr(net, e->on.data[c]);
        v[m + c] = net_species_expr(net, e->on.data[c] + 1);
        if (n > 0) {
            int32_t i = e->pair.data[2 * c], j = e->pair.data[2 * c + 1];
            matrix[i * n + j] = matrix[j * n + i] = v[c];
        }
    }
    struct shape list = shape_vector(m), square = {2, {n, n}};
    int32_t on = net_add_symbol(net, "edge.on", SYMBOL_SPECIES, list, v, b->l->span),
            off = net_add_symbol(net, "edge.off", SYMBOL_SPECIES, list, v + m, b->l->span);
    if (n > 0) {
        net_add_symbol(net, "edge", SYMBOL_OUTPUT, square, matrix, b->l->span);
    }
    lowering_add(b->l, record, "edge", LOWERED_EDGE, on);
    lowering_add(b->l, record, "edge", LOWERED_EDGE_OFF, off);
    int32_t *pair = arena_alloc(b->l->arena, (e->pair.n + 1) * sizeof *pair);
    if (e->pair.n > 0) {
        memcpy(pair, e->pair.data, e->pair.n * sizeof *pair);
    }
    record->n_edges = m;
    record->edge = pair;
}

/* Finds the connection to each neighbour. Neighbours are in the order of units: connections (j, i) with j <
 * i come first, by j, then connections (i, j). */
static void find_connections(struct edges *e, int32_t i, int32_t degree)
{
    int32_t d = 0;
    for (int32_t c = 0; c < (int32_t)e->on.n && d < degree; c++) {
        if (e->pair.data[2 * c] == i || e->pair.data[2 * c + 1] == i) {
            e->connection[d++] = c;
        }
    }
}

static bool add_flips(struct edges *e, int32_t i)
{
    struct boltzmann *b = &e->b;
    struct expr_pool *ex = b->net->ex;
    int32_t degree = boltzmann_neighbours(b, i);
    const expr_id *gain = boltzmann_gains(b, i, degree);
    const char *origin = boltzmann_origin(b, i);
    struct term *off = arena_alloc(b->scratch, 2 * (2 * (size_t)degree + 1) * sizeof *off),
                *on = off + 2 * degree + 1;
    bool good = true;
    find_connections(e, i, degree);
    off[0] = (struct term){b->on[i] + 1, 1};
    on[0] = (struct term){b->on[i], 1};
    for (int64_t state = 0; state < INT64_C(1) << degree && good; state++) {
        size_t n = 1;
        for (int32_t d = 0; d < degree; d++) {
            bool is_on = state >> d & 1;
            off[n] = on[n] = (struct term){b->on[b->neighbour[d]] + !is_on, 1};
            n++;
            if (is_on) {
                species_id edge = e->on.data[e->connection[d]];
                off[n] = (struct term){edge + 1, 1};
                on[n++] = (struct term){edge, 1};
            }
        }
        expr_id half = expr_binary(ex, EXPR_DIV, gain[state], expr_real(ex, 2));
        expr_id to_on = expr_binary(ex, EXPR_MUL, b->k, expr_unary(ex, EXPR_EXP, half));
        expr_id to_off =
            expr_binary(ex, EXPR_MUL, b->k, expr_unary(ex, EXPR_EXP, expr_unary(ex, EXPR_NEG, half)));
        good = boltzmann_add_reaction(b, off, on, n, to_on, origin) &&
               boltzmann_add_reaction(b, on, off, n, to_off, origin);
    }
    return good;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct edges e = {.b = boltzmann_open(l)};
    bool good = boltzmann_has_law(l) && name_is_free(l) && boltzmann_is_small(&e.b);
    e.connection = arena_alloc(e.b.scratch, (size_t)e.b.n * sizeof *e.connection);
    if (good) {
        boltzmann_assume_symmetric(&e.b);
        boltzmann_add_units(&e.b, record);
        add_edges(&e);
        declare_energies(&e);
        add_symbols(&e, record);
    }
    for (int32_t i = 0; i < e.b.n && good; i++) {
        good = add_flips(&e, i);
    }
    vec_free(&e.on);
    vec_free(&e.pair);
    return boltzmann_close(&e.b, good);
}

const struct construction construction_edge = {.n_options = N_OPTIONS,
                                               .option = options,
                                               .example = "k = 1",
                                               .members =
                                                   "{group}.on {group}.off {array} edge edge.on edge.off",
                                               .lower = lower};
