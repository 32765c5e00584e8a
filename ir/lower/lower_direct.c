/* direct of boltzmann models: paper 000, section 3.2. Unit i is two species, one of which is there: i.on, i.off. For each state of the
 * units that it is connected with, the pair
 *
 *   i.off + neighbours ->{k exp(theta_i + sum of w_ij over neighbours that are on)} i.on + neighbours     (eq. 17)
 *   i.on + neighbours ->{k} i.off + neighbours
 *
 * so that the stationary law of the counts is the model's. A unit of degree d has 2^(d + 1) reactions of molecularity d + 1. Offers
 * NAME.on and NAME.off for each name of units. All units are off at first. */
#include <inttypes.h>
#include <math.h>

#include "ir/lower/lower.h"
#include "support/mem.h"

enum { RATE, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"k", 1, 0, true}};
static const int64_t MAX_REACTIONS = 1 << 20;

struct direct {
    const struct lowerer *l;
    struct net *net;
    struct arena *scratch;
    int32_t n;          /* units */
    species_id *on;     /* [n]; that of unit i off is the next one */
    int32_t *neighbour; /* [n], of the unit at hand */
};

static double weight(const struct crnl_neural *m, int32_t i, int32_t j)
{
    return m->value[m->array[0].first + i * m->array[0].dim[0] + j];
}

static int32_t find_neighbours(const struct crnl_neural *m, int32_t i, int32_t n, int32_t *out)
{
    int32_t degree = 0;
    for (int32_t j = 0; j < n; j++) {
        if (j != i && weight(m, i, j) != 0) {
            out[degree++] = j;
        }
    }
    return degree;
}

/* Sum of 2^(d + 1) over the units; a number past 2^62 stands for more. */
static bool few_reactions(struct direct *c)
{
    const int32_t most_degree = 61;
    int64_t total = 0;
    for (int32_t i = 0; i < c->n; i++) {
        int32_t d = find_neighbours(c->l->m, i, c->n, c->neighbour);
        int64_t more = INT64_C(1) << (d < most_degree ? d + 1 : most_degree);
        total = total > (INT64_C(1) << 62) - more ? INT64_C(1) << 62 : total + more;
    }
    if (total <= MAX_REACTIONS) {
        return true;
    }
    diag_report(c->l->diag, DIAG_E0522, c->l->span,
                "the direct construction of '%s' has %s%" PRId64 " reactions, more than %" PRId64,
                c->l->m->name, total >= INT64_C(1) << 61 ? "at least " : "", total, MAX_REACTIONS);
    diag_help(c->l->diag, "a unit that is connected with d others has 2^(d + 1) of them: join fewer units");
    return false;
}

/* "[1,2]" of element i of the group, "" of a single unit. */
static const char *element(struct direct *c, const struct crnl_neural_group *g, int32_t i)
{
    const char *text = "";
    for (int32_t k = g->rank - 1; k >= 0; k--) {
        text = arena_printf(c->scratch, "%s%d%s%s", k ? "," : "[", i % g->dim[k], text,
                            k + 1 < g->rank ? "" : "]");
        i /= g->dim[k];
    }
    return text;
}

static void add_units(struct direct *c, const struct crnl_neural_group *g, struct lowering *record)
{
    struct net *net = c->net;
    expr_id *e = arena_alloc(c->scratch, 2 * (size_t)g->size * sizeof *e);
    struct shape s = {.rank = g->rank};
    for (int32_t k = 0; k < g->rank; k++) {
        s.dim[k] = g->dim[k];
    }
    for (int32_t i = 0; i < g->size; i++) {
        const char *at = element(c, g, i);
        c->on[g->first + i] = net_add_species(net, arena_printf(c->scratch, "%s%s.on", g->name, at),
                                              SPECIES_DISCRETE, 0, c->l->span);
        species_id off = net_add_species(net, arena_printf(c->scratch, "%s%s.off", g->name, at),
                                         SPECIES_DISCRETE, 0, c->l->span);
        net->species.data[off].init = expr_real(net->ex, 1);
        e[i] = net_species_expr(net, c->on[g->first + i]);
        e[g->size + i] = net_species_expr(net, off);
    }
    int32_t on =
        net_add_symbol(net, arena_printf(c->scratch, "%s.on", g->name), SYMBOL_SPECIES, s, e, c->l->span);
    int32_t off = net_add_symbol(net, arena_printf(c->scratch, "%s.off", g->name), SYMBOL_SPECIES, s,
                                 e + g->size, c->l->span);
    lowering_add(c->l, record, g->name, LOWERED_UNIT, on);
    lowering_add(c->l, record, g->name, LOWERED_UNIT_OFF, off);
}

static bool add_reaction(struct direct *c, const struct term *lhs, const struct term *rhs, size_t n,
                         double rate, const char *origin)
{
    if (!isfinite(rate) || rate == 0) {
        diag_report(c->l->diag, DIAG_E0522, c->l->span, "a rate of the direct construction of '%s' is %g",
                    c->l->m->name, rate);
        diag_help(c->l->diag, "weights and biases at a unit may add up to some 700 at most");
        return false;
    }
    reaction_id r =
        net_add_reaction(c->net, lhs, n, rhs, n, RATE_MASS_ACTION, expr_real(c->net->ex, rate), c->l->span);
    c->net->reaction.data[r].origin = intern_text(c->net->names, origin);
    return true;
}

static bool add_flips(struct direct *c, int32_t i)
{
    const struct crnl_neural *m = c->l->m;
    int32_t degree = find_neighbours(m, i, c->n, c->neighbour);
    const double k = c->l->option[RATE];
    const char *origin = arena_printf(c->scratch, "%s of %s", c->net->species.data[c->on[i]].name, m->name);
    struct term *off = arena_alloc(c->scratch, 2 * ((size_t)degree + 1) * sizeof *off),
                *on = off + degree + 1;
    bool good = true;
    for (int64_t state = 0; state < INT64_C(1) << degree && good; state++) {
        double energy = m->value[m->array[1].first + i];
        off[0] = (struct term){c->on[i] + 1, 1};
        on[0] = (struct term){c->on[i], 1};
        for (int32_t b = 0; b < degree; b++) {
            int32_t j = c->neighbour[b];
            bool is_on = state >> b & 1;
            energy += is_on ? weight(m, i, j) : 0;
            off[b + 1] = on[b + 1] = (struct term){c->on[j] + !is_on, 1};
        }
        good = add_reaction(c, off, on, (size_t)degree + 1, k * exp(energy), origin) &&
               add_reaction(c, on, off, (size_t)degree + 1, k, origin);
    }
    return good;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct direct c = {
        .l = l, .net = net_create(l->name), .scratch = arena_create(), .n = l->m->array[1].size};
    c.on = arena_alloc(c.scratch, (size_t)c.n * sizeof *c.on);
    c.neighbour = arena_alloc(c.scratch, (size_t)c.n * sizeof *c.neighbour);
    bool good = few_reactions(&c);
    for (int32_t g = 0; g < l->m->n_groups && good; g++) {
        add_units(&c, &l->m->group[g], record);
    }
    for (int32_t i = 0; i < c.n && good; i++) {
        good = add_flips(&c, i);
    }
    arena_destroy(c.scratch);
    if (!good) {
        net_destroy(c.net);
        return NULL;
    }
    return c.net;
}

const struct construction construction_direct = {N_OPTIONS, options, "k = 1", true, lower};
