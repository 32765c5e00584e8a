#include "ir/lower/machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir/interp/interp.h"
#include "support/mem.h"

const char *const machine_readings[] = {"species", "edges", NULL};

static species_id species_of(const struct net *n, expr_id e)
{
    const struct expr *x = expr_get(n->ex, e);
    return x->op == EXPR_SPECIES ? x->a : -1;
}

static bool is_balanced(const struct lowerer *l)
{
    struct detailed_balance d = fact_detailed_balance(l->from);
    bool holds = d.holds;
    if (!holds) {
        diag_report(l->diag, DIAG_E0527, l->span, "'%s' is not detailed balanced: %s", l->from->name, d.why);
        diag_help(l->diag,
                  "declare energies and write <=>{k}, or give each reaction its reverse: the product of "
                  "forward rates around each cycle must be that of the backward rates");
    }
    fact_detailed_balance_free(&d);
    return holds;
}

static void find_rates(struct machine *m)
{
    const struct net *n = m->from;
    struct interp *it = interp_create(n);
    double *p = arena_alloc(m->scratch, ((size_t)n->n_slots + 1) * sizeof *p);
    int32_t slot;
    m->k = arena_alloc(m->scratch, (n->reaction.n + 1) * sizeof *m->k);
    interp_params(it, NULL, NULL, p, &slot);
    interp_rates(it, p, m->k);
    interp_destroy(it);
}

static void find_changing(struct machine *m)
{
    const struct net *n = m->from;
    bool *changes = arena_alloc(m->scratch, n->species.n + 1);
    memset(changes, 0, n->species.n + 1);
    m->changing = arena_alloc(m->scratch, (n->species.n + 1) * sizeof *m->changing);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        struct term *change = arena_alloc(m->scratch, (r->n_lhs + r->n_rhs + 1) * sizeof *change);
        size_t count = net_change(n, r, change);
        for (size_t i = 0; i < count; i++) {
            changes[change[i].species] = true;
        }
    }
    for (size_t s = 0; s < n->species.n; s++) {
        if (changes[s]) {
            m->changing[m->n_changing++] = (species_id)s;
        }
    }
}

static void put_species(const struct net *n, const struct lowered *part, species_id *out)
{
    const struct symbol *s = &n->symbol.data[part->symbol];
    for (int64_t i = 0; i < shape_size(s->shape); i++) {
        out[i] = species_of(n, n->elem.data[s->first + (uint32_t)i]);
    }
}

/* Finds the species of units, in the order of the model, and those of connections. */
static bool find_edges(struct machine *m, const struct lowering *record)
{
    const struct net *n = m->from;
    const struct lowered *on = lowering_find(record, LOWERED_EDGE, NULL);
    if (!on || record->n_edges == 0) {
        diag_report(m->l->diag, DIAG_E0522, m->l->span,
                    "'%s' has no edges whose potentials could act on reactions", n->name);
        diag_help(m->l->diag, "reading = edges is for machines that were made by `edge`");
        return false;
    }
    const struct lowered *off = lowering_find(record, LOWERED_EDGE_OFF, NULL);
    const struct crnl_neural *model = m->l->m;
    size_t edges = (size_t)record->n_edges;
    m->n_units = model->array[1].size;
    species_id *unit = arena_alloc(m->scratch, 2 * (size_t)m->n_units * sizeof *unit);
    species_id *edge = arena_alloc(m->scratch, 2 * edges * sizeof *edge);
    for (int32_t g = 0; g < model->n_groups; g++) {
        const char *name = model->group[g].name;
        put_species(n, lowering_find(record, LOWERED_UNIT, name), unit + model->group[g].first);
        put_species(n, lowering_find(record, LOWERED_UNIT_OFF, name),
                    unit + m->n_units + model->group[g].first);
    }
    put_species(n, on, edge);
    put_species(n, off, edge + edges);
    m->unit_on = unit;
    m->unit_off = unit + m->n_units;
    m->edge_on = edge;
    m->edge_off = edge + edges;
    m->n_edges = record->n_edges;
    m->edge = record->edge;
    return true;
}

bool machine_open(struct machine *m, const struct lowerer *l, const struct lowering *record,
                  enum machine_reading reading)
{
    *m = (struct machine){.l = l, .from = l->from, .scratch = arena_create()};
    if (!is_balanced(l)) {
        return false;
    }
    find_rates(m);
    find_changing(m);
    return reading == READ_SPECIES || find_edges(m, record);
}

species_id *machine_add_species(const struct machine *m, struct net *net, const char *prefix,
                                int32_t instance)
{
    const struct net *from = m->from;
    species_id *copy = arena_alloc(m->scratch, (from->species.n + 1) * sizeof *copy);
    struct interp *it = interp_create(from);
    double *p = arena_alloc(m->scratch, ((size_t)from->n_slots + 1) * sizeof *p);
    double *x = arena_alloc(m->scratch, (from->species.n + 1) * sizeof *x);
    int32_t slot;
    interp_params(it, NULL, NULL, p, &slot);
    interp_initial(it, p, x);
    interp_destroy(it);
    for (size_t s = 0; s < from->species.n; s++) {
        const struct species *of = &from->species.data[s];
        const char *name = arena_printf(m->scratch, "%s%s", prefix, of->name);
        expr_id init = x[s] == 0 ? 0 : expr_real(net->ex, x[s]);
        copy[s] = net_add_species(net, name, (enum species_kind)of->kind, init, m->l->span);
        net->species.data[copy[s]].instance = instance;
    }
    for (size_t i = 0; i < from->symbol.n; i++) {
        const struct symbol *of = &from->symbol.data[i];
        int64_t size = shape_size(of->shape);
        expr_id *e = arena_alloc(m->scratch, ((size_t)size + 1) * sizeof *e);
        bool all = of->kind == SYMBOL_SPECIES;
        for (int64_t k = 0; k < size && all; k++) {
            species_id s = species_of(from, from->elem.data[of->first + (uint32_t)k]);
            all = s >= 0;
            e[k] = all ? net_species_expr(net, copy[s]) : 0;
        }
        if (all) {
            net_add_symbol(net, arena_printf(m->scratch, "%s%s", prefix, of->name), SYMBOL_SPECIES, of->shape,
                           e, m->l->span);
        }
    }
    return copy;
}

struct sides { /* the sides of a reaction under construction */
    VEC(struct term) side[2];
};

static void add_potential(struct sides *s, int side, const species_id *const *potential, int n, species_id of,
                          int64_t count)
{
    for (int i = 0; i < n; i++) {
        if (potential[i][of] >= 0) {
            vec_push(&s->side[side], (struct term){potential[i][of], count});
        }
    }
}

static bool changes(const struct term *change, size_t n, species_id s)
{
    for (size_t i = 0; i < n; i++) {
        if (change[i].species == s) {
            return true;
        }
    }
    return false;
}

/* Adds the potentials of those edges of the reaction's unit that do not change in the reaction, as if they
 * changed together with the unit. */
static void add_of_edges(const struct machine *m, struct sides *s, const species_id *const *potential, int n,
                         const struct term *change, size_t n_change)
{
    for (size_t i = 0; i < n_change; i++) {
        for (int32_t e = 0; e < m->n_edges; e++) {
            species_id first = m->unit_on[m->edge[2 * e]], second = m->unit_on[m->edge[2 * e + 1]];
            bool is_end = change[i].species == first || change[i].species == second;
            if (is_end && !changes(change, n_change, m->edge_on[e])) {
                int on = change[i].count > 0; /* the side of the reaction on which the unit is on */
                add_potential(s, on, potential, n, m->edge_on[e], 1);
                add_potential(s, !on, potential, n, m->edge_off[e], 1);
            }
        }
    }
}

bool machine_add_reactions(const struct machine *m, struct net *net, const species_id *copy,
                           const species_id *const *potential, int n, expr_id factor, const char *origin)
{
    const struct net *from = m->from;
    struct sides s = {{{0}}};
    bool good = true;
    for (size_t j = 0; j < from->reaction.n && good; j++) {
        const struct reaction *r = &from->reaction.data[j];
        struct term *change = arena_alloc(m->scratch, (r->n_lhs + r->n_rhs + 1) * sizeof *change);
        size_t count = net_change(from, r, change);
        s.side[0].n = s.side[1].n = 0;
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            struct term t = net_lhs(from, r)[i];
            vec_push(&s.side[0], (struct term){copy[t.species], t.count});
        }
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            struct term t = net_rhs(from, r)[i];
            vec_push(&s.side[1], (struct term){copy[t.species], t.count});
        }
        for (size_t i = 0; i < count; i++) {
            int side = change[i].count > 0;
            add_potential(&s, side, potential, n, change[i].species, llabs(change[i].count));
        }
        add_of_edges(m, &s, potential, n, change, count);
        expr_id k = expr_binary(net->ex, EXPR_MUL, factor, expr_real(net->ex, m->k[j]));
        reaction_id id = net_add_reaction(net, s.side[0].data, s.side[0].n, s.side[1].data, s.side[1].n,
                                          RATE_MASS_ACTION, k, m->l->span);
        good = id >= 0;
        if (good) {
            net->reaction.data[id].origin = intern_text(net->names, origin);
        }
    }
    vec_free(&s.side[0]);
    vec_free(&s.side[1]);
    return good || diag_report(m->l->diag, DIAG_E0522, m->l->span, "too many molecules in a reaction");
}

species_id *machine_add_potentials(const struct machine *m, struct net *net, const char *prefix,
                                   enum species_kind kind)
{
    size_t n = m->from->species.n;
    species_id *p = arena_alloc(m->scratch, (n + 1) * sizeof *p);
    for (size_t s = 0; s < n; s++) {
        p[s] = -1;
    }
    for (int32_t i = 0; i < m->n_changing; i++) {
        species_id s = m->changing[i];
        const char *name = arena_printf(m->scratch, "%s%s", prefix, m->from->species.data[s].name);
        p[s] = net_add_species(net, name, kind, expr_real(net->ex, 1), m->l->span);
        expr_id e = net_species_expr(net, p[s]);
        net_add_symbol(net, name, SYMBOL_SPECIES, shape_scalar(), &e, m->l->span);
    }
    return p;
}

/* The index of the element of a symbol that a subscript such as "[2,1]" names; -1: out of range. */
static int64_t element_of(struct shape shape, const char *subscript)
{
    int64_t at = 0;
    int rank = 0;
    for (const char *c = subscript; *c == '[' || *c == ','; rank++) {
        char *end;
        long long i = strtoll(c + 1, &end, 10);
        if (end == c + 1 || rank >= shape.rank || i < 0 || i >= shape.dim[rank]) {
            return -1;
        }
        at = at * shape.dim[rank] + i;
        c = end;
    }
    return rank == shape.rank ? at : -1;
}

species_id machine_species(const struct lowerer *l, const struct net *n, const struct lowering *record,
                           const char *text, struct span span)
{
    struct arena *scratch = arena_create();
    size_t length = strcspn(text, "[");
    const char *base = arena_printf(scratch, "%.*s", (int)length, text);
    bool is_unit = record && lowering_find(record, LOWERED_UNIT, base);
    int32_t symbol = net_find_symbol(n, is_unit ? arena_printf(scratch, "%s.on", base) : base);
    species_id found = -1;
    if (symbol >= 0) {
        const struct symbol *s = &n->symbol.data[symbol];
        int64_t i = element_of(s->shape, text + length);
        found = i >= 0 ? species_of(n, n->elem.data[s->first + (uint32_t)i]) : -1;
    }
    if (found < 0) {
        diag_report(l->diag, DIAG_E0528, span, "'%s' has no species '%s'", n->name, text);
        const char **name = arena_alloc(scratch, (n->species.n + 1) * sizeof *name);
        for (size_t i = 0; i < n->species.n; i++) {
            name[i] = n->species.data[i].name;
        }
        if (!diag_help_nearest(l->diag, text, name, n->species.n) && n->species.n > 0) {
            bool one = n->species.n == 1;
            diag_help(l->diag, "its species %s %s%s%s%s", one ? "is" : "are", name[0], one ? "" : ", ",
                      one ? "" : name[1], n->species.n > 2 ? ", ..." : "");
        }
    }
    arena_destroy(scratch);
    return found;
}

static int32_t find_guard(const struct net *n, const char *name)
{
    for (size_t g = 1; g < n->guard.n; g++) {
        if (strcmp(n->guard.data[g].name, name) == 0) {
            return (int32_t)g;
        }
    }
    return 0;
}

bool machine_find_during(const struct lowerer *l, const struct lower_given *given, const struct net *names_of,
                         const struct lowering *record, const char *const *labels, struct machine_during *out)
{
    for (int i = 0; labels[i]; i++) {
        out[i] = (struct machine_during){0, -1};
    }
    for (int32_t k = 0; k < given->n_pairs; k++) {
        const struct lower_pair *pair = &given->pair[k];
        int at = 0;
        while (labels[at] && strcmp(labels[at], pair->name) != 0) {
            at++;
        }
        if (!labels[at]) {
            diag_report(l->diag, DIAG_E0522, pair->span, "no reactions '%s' are switched here", pair->name);
            diag_help(l->diag, "as in during = (%s = NAME), with a phase or a species that switches them",
                      labels[0]);
            return false;
        }
        out[at].guard = find_guard(names_of, pair->value);
        out[at].by = out[at].guard ? -1 : machine_species(l, names_of, record, pair->value, pair->span);
        if (!out[at].guard && out[at].by < 0) {
            return false;
        }
    }
    return true;
}

void machine_add_swing(struct net *net, const char *label, const struct machine_during *during,
                       const struct term side[2][2], const size_t n[2], expr_id rate, expr_id back,
                       struct span span)
{
    struct term with[2][3];
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        memcpy(with[i], side[i], n[i] * sizeof **with);
        size[i] = n[i];
        if (during->by >= 0) {
            with[i][size[i]++] = (struct term){during->by, 1};
        }
    }
    for (int i = 0; i < (back ? 2 : 1); i++) {
        reaction_id r = net_add_reaction(net, with[i], size[i], with[!i], size[!i], RATE_MASS_ACTION,
                                         i ? back : rate, span);
        const char *text = i ? arena_printf(net->arena, "%s_reverse", label) : label;
        net->reaction.data[r].label = intern_text(net->names, text);
        net->reaction.data[r].guard = during->guard;
    }
}

expr_id machine_add_param(const struct lowerer *l, struct net *net, const char *name, double value)
{
    int32_t at = net_add_param(net, name, shape_scalar(), expr_real(net->ex, value), l->span);
    expr_id e = net_param_expr(net, net->param.data[at].first);
    net_add_symbol(net, name, SYMBOL_PARAM, shape_scalar(), &e, l->span);
    return e;
}
