/* Construction rate_independent, of relu models: Vasic et al. 2020, algorithm 1, where the weights of a
 * layer are integers over a common denominator. ReLU is positively homogeneous, so the values and biases of
 * layer l are carried multiplied by all denominators up to that layer, and the output is divided once.
 * Binary and ternary weights have the denominator 1. In each layer, each rail of an input makes |q|
 * molecules of a rail of every unit; each hidden unit has the reactions i.p -> m + h.p and m + i.n -> h.n.
 * There are 2 n_in + 4 sum(hidden) reactions, all with rate 1. The network has the symbols x[inputs] (dual,
 * input), h[l][units] (dual) and y[outputs] (output). Weights without a common denominator are refused. */
#include <math.h>
#include <stdlib.h>

#include "ir/lower/lower.h"
#include "support/mem.h"

/* scale: weights are multiples of 1/scale; 0: a power of two is found for each layer. annihilate: the rate
 * of y.p + y.n -> 0; 0: no such reaction. */
enum { SCALE, ANNIHILATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"scale", 0, 1, false}, {"annihilate", 0, 0, false}};

enum { MAX_POWER = 30 };  /* the search for denominators ends at 2^30 */
#define MAX_SCALE 0x1p900 /* bound on the product over all layers, so that scaled biases are doubles */

/* The rails of the values of a layer, one value for each unit. */
struct rails {
    const species_id *p, *n;
};

struct relu_lowerer {
    const struct lowerer *l;
    const struct crnl_neural *m;
    struct net *net;
    struct arena *scratch;
    double scale; /* factor by which the values of the current layer are multiplied */
    expr_id one;  /* the rate of all reactions */
};

/* The smallest power of two that makes all of w integers when multiplied by it, or 0. */
static double find_denominator(const double *w, int32_t n)
{
    int power = 0;
    for (int32_t i = 0; i < n; i++) {
        while (power <= MAX_POWER && ldexp(w[i], power) != floor(ldexp(w[i], power))) {
            power++;
        }
    }
    return power <= MAX_POWER ? ldexp(1, power) : 0;
}

/* The weights of a layer times their denominator, as integers; NULL after an error. */
static int64_t *integers(struct relu_lowerer *c, int32_t layer, double *denominator)
{
    const struct crnl_neural_array *a = &c->m->array[2 * layer];
    const double *w = c->m->value + a->first;
    double d = *denominator = c->l->option[SCALE] > 0 ? c->l->option[SCALE] : find_denominator(w, a->size);
    int64_t *q = arena_alloc(c->scratch, ((size_t)a->size + 1) * sizeof *q);
    for (int32_t i = 0; i < a->size; i++) {
        double v = w[i] * d, whole = floor(v + 0.5);
        if (d == 0 || fabs(v - whole) > 1e-9 * fmax(1, fabs(v)) || fabs(whole) > 0x1p53) {
            diag_report(c->l->diag, DIAG_E0522, c->l->span,
                        d == 0 ? "the weights %s of '%s' have no common denominator up to 2^30"
                               : "the weights %s of '%s' are not all multiples of 1/scale",
                        a->name, c->m->name);
            diag_help(c->l->diag, "round them where the model is declared: weights = real; bits = 8;");
            return NULL;
        }
        q[i] = (int64_t)whole;
    }
    return q;
}

/* ---- species ---- */

static const char *text(struct relu_lowerer *c, const char *format, const char *base, int32_t i)
{
    return arena_printf(c->scratch, format, base, i);
}

static struct rails add_rails(struct relu_lowerer *c, const char *base, int32_t n)
{
    species_id *p = arena_alloc(c->scratch, 2 * (size_t)n * sizeof *p);
    for (int32_t i = 0; i < n; i++) {
        p[i] = net_add_species(c->net, text(c, "%s[%d].p", base, i), SPECIES_DISCRETE, 0, c->l->span);
        p[n + i] = net_add_species(c->net, text(c, "%s[%d].n", base, i), SPECIES_DISCRETE, 0, c->l->span);
    }
    return (struct rails){p, p + n};
}

/* Adds the symbols NAME, NAME.p and NAME.n, where NAME is (p - n) / scale. If the scale is not 1, it also
 * adds NAME_scaled, which is p - n, so that passes recognise the rails as a pair. Returns the first
 * symbol. */
static int32_t add_symbols(struct relu_lowerer *c, const char *name, struct rails r, int32_t n, double scale,
                           uint8_t flags)
{
    struct net *net = c->net;
    expr_id *e = arena_alloc(c->scratch, 4 * (size_t)n * sizeof *e);
    for (int32_t i = 0; i < n; i++) {
        e[n + i] = net_species_expr(net, r.p[i]);
        e[2 * n + i] = net_species_expr(net, r.n[i]);
        e[3 * n + i] = expr_binary(net->ex, EXPR_SUB, e[n + i], e[2 * n + i]);
        e[i] = expr_binary(net->ex, EXPR_DIV, e[3 * n + i], expr_real(net->ex, scale));
    }
    struct shape s = shape_vector(n);
    int32_t symbol = net_add_symbol(net, name, scale == 1 ? SYMBOL_DUAL : SYMBOL_OUTPUT, s, e, c->l->span);
    net->symbol.data[symbol].flags |= flags;
    if (scale != 1) {
        net_add_symbol(net, arena_printf(c->scratch, "%s_scaled", name), SYMBOL_DUAL, s, e + 3 * n,
                       c->l->span);
    }
    net_add_symbol(net, arena_printf(c->scratch, "%s.p", name), SYMBOL_SPECIES, s, e + n, c->l->span);
    net_add_symbol(net, arena_printf(c->scratch, "%s.n", name), SYMBOL_SPECIES, s, e + 2 * n, c->l->span);
    return symbol;
}

/* ---- reactions ---- */

static void add_reaction(struct relu_lowerer *c, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                         size_t n_rhs, const char *origin)
{
    reaction_id r = net_add_reaction(c->net, lhs, n_lhs, rhs, n_rhs, RATE_MASS_ACTION, c->one, c->l->span);
    c->net->reaction.data[r].origin = intern_text(c->net->names, origin);
}

/* Each rail of input i makes rails of the units in the numbers that the weights say; a negative weight makes
 * the opposite rail. */
static void add_weights(struct relu_lowerer *c, const int64_t *q, struct rails in, int32_t inputs,
                        struct rails out, int32_t units, const char *what)
{
    struct term *product = mem_alloc(((size_t)units + 1) * sizeof *product);
    for (int32_t i = 0; i < inputs; i++) {
        const int64_t *row = q + (size_t)i * (size_t)units;
        for (int rail = 0; rail < 2; rail++) {
            size_t n = 0;
            for (int32_t j = 0; j < units; j++) {
                bool positive = (row[j] > 0) == (rail == 0);
                if (row[j] != 0) {
                    product[n++] =
                        (struct term){positive ? out.p[j] : out.n[j], row[j] > 0 ? row[j] : -row[j]};
                }
            }
            struct term source = {rail == 0 ? in.p[i] : in.n[i], 1};
            add_reaction(c, &source, 1, product, n,
                         arena_printf(c->scratch, "weights of %s[%d] of %s", what, i, c->m->name));
        }
    }
    free(product);
}

static void add_biases(struct relu_lowerer *c, const double *b, struct rails to, int32_t units)
{
    for (int32_t j = 0; j < units; j++) {
        if (b[j] != 0) {
            species_id s = b[j] > 0 ? to.p[j] : to.n[j];
            c->net->species.data[s].init = expr_real(c->net->ex, fabs(b[j]) * c->scale);
        }
    }
}

/* Adds the reactions for h = max(i, 0): i.p -> m + h.p and m + i.n -> h.n. */
static void add_units(struct relu_lowerer *c, int32_t layer, struct rails in, struct rails out, int32_t units)
{
    for (int32_t j = 0; j < units; j++) {
        const char *origin = arena_printf(c->scratch, "ReLU h[%d][%d] of %s", layer, j, c->m->name);
        species_id m = net_add_species(c->net, arena_printf(c->scratch, "m[%d][%d]", layer, j),
                                       SPECIES_DISCRETE, 0, c->l->span);
        struct term first = {in.p[j], 1}, made[] = {{m, 1}, {out.p[j], 1}};
        struct term both[] = {{m, 1}, {in.n[j], 1}}, negative = {out.n[j], 1};
        add_reaction(c, &first, 1, made, 2, origin);
        add_reaction(c, both, 2, &negative, 1, origin);
    }
}

static void add_annihilation(struct relu_lowerer *c, struct rails y, int32_t n)
{
    expr_id rate = expr_real(c->net->ex, c->l->option[ANNIHILATE]);
    for (int32_t j = 0; j < n && c->l->option[ANNIHILATE] > 0; j++) {
        struct term both[] = {{y.p[j], 1}, {y.n[j], 1}};
        reaction_id r = net_add_reaction(c->net, both, 2, NULL, 0, RATE_MASS_ACTION, rate, c->l->span);
        c->net->reaction.data[r].origin =
            intern_text(c->net->names, text(c, "annihilation of %s[%d]", "y", j));
    }
}

/* ---- layers ---- */

static struct rails add_inputs(struct relu_lowerer *c, struct lowering *record)
{
    struct rails x = add_rails(c, "x", c->m->inputs);
    for (size_t s = 0; s < c->net->species.n; s++) {
        c->net->species.data[s].flags |= SPECIES_INPUT;
    }
    lowering_add(c->l, record, "x", LOWERED_INPUT, add_symbols(c, "x", x, c->m->inputs, 1, SYMBOL_IS_INPUT));
    return x;
}

static bool add_layers(struct relu_lowerer *c, struct lowering *record)
{
    const struct crnl_neural *m = c->m;
    struct rails from = add_inputs(c, record);
    const char *what = "x";
    for (int32_t l = 0; l < m->n_layers; l++) {
        bool last = l == m->n_layers - 1;
        int32_t inputs = m->width[l], units = m->width[l + 1];
        double denominator;
        int64_t *q = integers(c, l, &denominator);
        if (!q) {
            return false;
        }
        c->scale *= denominator;
        if (c->scale > MAX_SCALE) {
            diag_report(c->l->diag, DIAG_E0522, c->l->span,
                        "the denominators of the layers multiply to more than 2^900");
            diag_help(c->l->diag, "give the weights fewer bits");
            return false;
        }
        struct rails in = add_rails(c, last ? "y" : text(c, "%s[%d]", "i", l), units);
        add_weights(c, q, from, inputs, in, units, what);
        add_biases(c, m->value + m->array[2 * l + 1].first, in, units);
        if (last) {
            lowering_add(c->l, record, "y", LOWERED_OUTPUT,
                         add_symbols(c, "y", in, units, c->scale, SYMBOL_IS_OUTPUT));
            add_annihilation(c, in, units);
            continue;
        }
        what = text(c, "%s[%d]", "h", l);
        from = add_rails(c, what, units);
        add_units(c, l, in, from, units);
        lowering_add(c->l, record, what, LOWERED_HIDDEN, add_symbols(c, what, from, units, c->scale, 0));
    }
    return true;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct relu_lowerer c = {
        .l = l, .m = l->m, .net = net_create(l->name), .scratch = arena_create(), .scale = 1};
    c.one = expr_real(c.net->ex, 1);
    bool good = add_layers(&c, record);
    arena_destroy(c.scratch);
    if (!good) {
        net_destroy(c.net);
        return NULL;
    }
    return c.net;
}

const struct construction construction_rate_independent = {.n_options = N_OPTIONS,
                                                           .option = options,
                                                           .example = "scale = 128 and annihilate = 1",
                                                           .members =
                                                               "x x.p x.n h h.p h.n y y.p y.n y_scaled",
                                                           .needs_values = true,
                                                           .lower = lower};
