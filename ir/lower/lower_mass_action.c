/* Construction mass_action, of reaction tensors: the reactions themselves. With a threshold, which needs the
 * parameters, reactions of a smaller rate are left out and the others have numbers as rates; the result is
 * an ordinary network with the structure that was found (paper 003, section 2.1). */
#include <math.h>
#include <string.h>

#include "ir/lower/tensor.h"

enum { THRESHOLD, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"threshold", 0, 0, false}};

struct tensor {
    const struct lowerer *l;
    struct net *net;
    struct arena *scratch;
    int32_t n;
    species_id *s;
    expr_id *p; /* [n, n, n]: rates */
};

static struct tensor open_tensor(const struct lowerer *l)
{
    struct tensor t = {.l = l, .net = net_create(l->name), .scratch = arena_create()};
    t.n = l->m->array[TENSOR_X0].size;
    t.s = arena_alloc(t.scratch, (size_t)t.n * sizeof *t.s);
    t.p = arena_alloc(t.scratch, (size_t)l->m->array[TENSOR_W].size * sizeof *t.p);
    return t;
}

/* Adds network parameters that follow a parameter array of the model, and returns their first slot. */
static int32_t follow(struct tensor *t, int32_t which, struct lowering *record)
{
    const struct crnl_neural_array *array = &t->l->m->array[which];
    struct net *net = t->net;
    struct shape s = {(uint8_t)array->rank, {array->dim[0], array->dim[1], array->dim[2]}};
    int32_t at = net_add_param(net, array->name, s, expr_real(net->ex, 0), t->l->span),
            first = net->param.data[at].first;
    net->param.data[at].global = t->l->first_value + array->first;
    expr_id *e = arena_alloc(t->scratch, (size_t)array->size * sizeof *e);
    for (int32_t i = 0; i < array->size; i++) {
        e[i] = net_param_expr(net, first + i);
    }
    int32_t symbol = net_add_symbol(net, array->name, SYMBOL_PARAM, s, e, t->l->span);
    lowering_add(t->l, record, array->name, LOWERED_PARAMETER, symbol);
    return first;
}

/* Adds the threshold below which rates count as 0 during runs. It is not part of the expressions, so that
 * derivatives ignore it (paper 003, section 2.1: the sparse network is run, and the derivative is that of
 * the whole one). */
static void add_threshold(struct tensor *t, struct lowering *record)
{
    struct net *net = t->net;
    int32_t at = net_add_param(net, "sparse", shape_scalar(), expr_real(net->ex, 0), t->l->span);
    record->threshold = 1 + net->param.data[at].first;
    expr_id e = net_param_expr(net, net->param.data[at].first);
    net_add_symbol(net, "sparse", SYMBOL_PARAM, shape_scalar(), &e, t->l->span);
}

/* The softmax of a row, computed relative to its largest entry. */
static void softmax(struct expr_pool *ex, const expr_id *w, int32_t n, expr_id *p)
{
    expr_id most = w[0], sum = 0;
    for (int32_t i = 1; i < n; i++) {
        most = expr_binary(ex, EXPR_MAX, most, w[i]);
    }
    for (int32_t i = 0; i < n; i++) {
        p[i] = expr_unary(ex, EXPR_EXP, expr_binary(ex, EXPR_SUB, w[i], most));
        sum = sum ? expr_binary(ex, EXPR_ADD, sum, p[i]) : p[i];
    }
    for (int32_t i = 0; i < n; i++) {
        p[i] = expr_binary(ex, EXPR_DIV, p[i], sum);
    }
}

static void add_species(struct tensor *t, const expr_id *init, struct lowering *record)
{
    struct net *net = t->net;
    expr_id *e = arena_alloc(t->scratch, (size_t)t->n * sizeof *e);
    for (int32_t i = 0; i < t->n; i++) {
        t->s[i] =
            net_add_species(net, arena_printf(t->scratch, "s[%d]", i), SPECIES_DISCRETE, init[i], t->l->span);
        e[i] = net_species_expr(net, t->s[i]);
    }
    int32_t symbol = net_add_symbol(net, "s", SYMBOL_SPECIES, shape_vector(t->n), e, t->l->span);
    net->symbol.data[symbol].flags |= SYMBOL_IS_OUTPUT;
    lowering_add(t->l, record, "s", LOWERED_OUTPUT, symbol);
}

/* Writes the side x + y as two terms in the order of species, or as a term of two molecules, and returns
 * their number. */
static size_t side(species_id x, species_id y, struct term *out)
{
    out[0] = (struct term){x < y ? x : y, 1};
    out[1] = (struct term){x < y ? y : x, 1};
    if (x == y) {
        out[0].count = 2;
    }
    return x == y ? 1 : 2;
}

static void add_reaction(struct tensor *t, int32_t c, int32_t a, int32_t b, expr_id rate)
{
    struct term left[2], right[2];
    size_t n_left = side(t->s[a], t->s[c], left), n_right = side(t->s[b], t->s[c], right);
    reaction_id r =
        net_add_reaction(t->net, left, n_left, right, n_right, RATE_MASS_ACTION, rate, t->l->span);
    t->net->reaction.data[r].origin =
        intern_text(t->net->names, arena_printf(t->scratch, "P[%d, %d, %d] of %s", c, a, b, t->l->m->name));
}

static struct net *close_tensor(struct tensor *t)
{
    arena_destroy(t->scratch);
    return t->net;
}

static void add_outputs(struct tensor *t)
{
    struct expr_pool *ex = t->net->ex;
    struct shape cube = {3, {t->n, t->n, t->n}};
    size_t size = (size_t)t->l->m->array[TENSOR_W].size;
    expr_id *law = arena_alloc(t->scratch, size * sizeof *law);
    for (size_t i = 0; i < size; i++) {
        bool same = i / (size_t)t->n % (size_t)t->n == i % (size_t)t->n;
        law[i] = same ? expr_binary(ex, EXPR_SUB, t->p[i], expr_real(ex, 1)) : t->p[i];
    }
    net_add_symbol(t->net, "P", SYMBOL_OUTPUT, cube, t->p, t->l->span);
    net_add_symbol(t->net, "T", SYMBOL_OUTPUT, cube, law, t->l->span);
}

struct net *lower_tensor(const struct lowerer *l, struct lowering *record)
{
    struct tensor t = open_tensor(l);
    struct expr_pool *ex = t.net->ex;
    int32_t n = t.n, w = follow(&t, TENSOR_W, record), x0 = follow(&t, TENSOR_X0, record);
    expr_id *init = arena_alloc(t.scratch, (size_t)n * sizeof *init),
            *row = arena_alloc(t.scratch, (size_t)n * sizeof *row);
    add_threshold(&t, record);
    for (int32_t i = 0; i < n; i++) {
        init[i] = expr_binary(ex, EXPR_MAX, net_param_expr(t.net, x0 + i), expr_real(ex, 0));
    }
    add_species(&t, init, record);
    for (int32_t ca = 0; ca < n * n; ca++) {
        for (int32_t b = 0; b < n; b++) {
            row[b] = net_param_expr(t.net, w + ca * n + b);
        }
        softmax(ex, row, n, t.p + ca * n);
        for (int32_t b = 0; b < n; b++) {
            if (b != ca % n) {
                add_reaction(&t, ca / n, ca % n, b, t.p[ca * n + b]);
            }
        }
    }
    add_outputs(&t);
    return close_tensor(&t);
}

static struct net *known(const struct lowerer *l, struct lowering *record)
{
    struct tensor t = open_tensor(l);
    struct expr_pool *ex = t.net->ex;
    int32_t n = t.n;
    const double *w = l->m->value + l->m->array[TENSOR_W].first,
                 *x0 = l->m->value + l->m->array[TENSOR_X0].first;
    expr_id *init = arena_alloc(t.scratch, (size_t)n * sizeof *init),
            *row = arena_alloc(t.scratch, (size_t)n * sizeof *row);
    for (int32_t i = 0; i < n; i++) {
        init[i] = expr_real(ex, x0[i]);
    }
    add_species(&t, init, record);
    for (int32_t ca = 0; ca < n * n; ca++) {
        for (int32_t b = 0; b < n; b++) {
            row[b] = expr_real(ex, w[ca * n + b]);
        }
        softmax(ex, row, n, t.p + ca * n);
        for (int32_t b = 0; b < n; b++) {
            double rate = 0;
            expr_const_real(ex, t.p[ca * n + b], &rate);
            if (b != ca % n && rate > 0 && rate >= l->option[THRESHOLD]) {
                add_reaction(&t, ca / n, ca % n, b, t.p[ca * n + b]);
            }
        }
    }
    return close_tensor(&t);
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    if (l->m->value) {
        return known(l, record);
    }
    if (l->option[THRESHOLD] == 0) {
        return lower_tensor(l, record);
    }
    diag_report(
        l->diag, DIAG_E0522, l->span,
        "which reactions are above the threshold depends on the parameters of '%s', which are not known when "
        "compiling",
        l->m->name);
    diag_help(l->diag, "save it, then declare: model stored = %s from \"%s.npz\";", l->m->name, l->m->name);
    return NULL;
}

const struct construction construction_mass_action = {.n_options = N_OPTIONS,
                                                      .option = options,
                                                      .example = "threshold = 1e-3",
                                                      .members = "s P T {array} sparse",
                                                      .lower = lower};
