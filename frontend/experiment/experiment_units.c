/* Values that a run gives to units of the Boltzmann machine from which its network was made. `clamp v =
 * [1, 0, 1]` concerns both species of each unit, and the edge species of its connections, whose initial
 * amounts follow from all units. */
#include <string.h>

#include "frontend/experiment/experiment.h"

const struct lowered *experiment_unit_group(struct where *w, const struct ast *to, int32_t net)
{
    const struct ast *base = to->kind == AST_INDEX ? index_base(to) : to;
    return net >= 0 && base->kind == AST_NAME
               ? lowering_find(&experiment_use(w, net)->lowering, LOWERED_UNIT, base->name)
               : NULL;
}

static const struct crnl_neural *machine(struct where *w, int32_t net)
{
    return &w->f->program->neural.data[experiment_use(w, net)->lowering.model];
}

/* The value of each unit at the start of the run if none is given: off or, if the run continues, the
 * current one. */
static void find_units(struct where *w, const struct run *r, expr_id *unit)
{
    const struct net_use *use = experiment_use(w, r->net);
    const struct crnl_neural *m = machine(w, r->net);
    for (int32_t g = 0; g < m->n_groups; g++) {
        int32_t symbol = lowering_find(&use->lowering, LOWERED_UNIT, m->group[g].name)->symbol;
        expr_id now =
            expr_leaf(w->ex, EXPR_NET_GET, TYPE_REAL, use->net->symbol.data[symbol].shape, r->net, symbol);
        for (int32_t i = 0; i < m->group[g].size; i++) {
            unit[m->group[g].first + i] = r->resume ? expr_element(w->ex, now, i) : expr_real(w->ex, 0);
        }
    }
}

/* The number of the first unit of the group whose symbol is bound; -1 if the symbol is something else. */
static int32_t first_unit(struct where *w, int32_t net, int32_t symbol)
{
    const struct lowering *l = &experiment_use(w, net)->lowering;
    const struct crnl_neural *m = machine(w, net);
    for (int32_t g = 0; g < m->n_groups; g++) {
        if (lowering_find(l, LOWERED_UNIT, m->group[g].name)->symbol == symbol) {
            return m->group[g].first;
        }
    }
    return -1;
}

/* Units whose index is known only when running are stored in a variable of all units. If there is no such
 * unit, the value goes somewhere into the variable, and the bind itself reports the index. */
static void store(struct where *w, struct span at, int32_t var, int32_t first, const struct bind *b)
{
    struct shape whole = experiment_use(w, b->net)->net->symbol.data[b->symbol].shape;
    expr_id flat = expr_int(w->ex, 0);
    for (int32_t k = 0; k < b->n_index; k++) {
        whole = shape_drop(whole, 0);
        expr_id part = expr_binary(w->ex, EXPR_MUL, b->index[k], expr_int(w->ex, shape_size(whole)));
        flat = expr_binary(w->ex, EXPR_ADD, flat, part);
    }
    for (int32_t i = 0; i < b->count; i++) {
        struct stmt *st = experiment_add(w, w->experiment->before, STMT_STORE, at);
        st->var = var;
        st->value = value_info(w, b->value).shape.rank ? expr_element(w->ex, b->value, i) : b->value;
        expr_id unit = expr_binary(w->ex, EXPR_ADD, flat, expr_int(w->ex, first + i));
        unit = expr_binary(w->ex, EXPR_MAX, unit, expr_int(w->ex, 0));
        vec_push(&st->index,
                 expr_binary(w->ex, EXPR_MIN, unit, expr_int(w->ex, machine(w, b->net)->array[1].size - 1)));
    }
    vec_push(&w->experiment->assigned, (struct assigned){.var = var});
}

/* The array x[units] at the start of the run, with the given values; 0 if none is given. */
static expr_id given_units(struct where *w, struct span at, const struct run *r)
{
    int32_t n = machine(w, r->net)->array[1].size;
    expr_id *unit = arena_alloc(w->f->arena, (size_t)n * sizeof *unit);
    bool any = false, later = false;
    find_units(w, r, unit);
    for (size_t k = 0; k < r->bind.n; k++) {
        const struct bind *b = &r->bind.data[k];
        int32_t first = first_unit(w, r->net, b->symbol);
        bool one = value_info(w, b->value).shape.rank == 0;
        any |= first >= 0;
        later |= first >= 0 && b->n_index > 0;
        for (int32_t i = 0; first >= 0 && b->n_index == 0 && i < b->count; i++) {
            unit[first + b->first + i] = one ? b->value : expr_element(w->ex, b->value, i);
        }
    }
    expr_id x = any ? value_elements(w, shape_vector(n), unit) : 0;
    if (!later) {
        return x;
    }
    x = experiment_keep(w, at, x);
    for (size_t k = 0; k < r->bind.n; k++) {
        const struct bind *b = &r->bind.data[k];
        int32_t first = first_unit(w, r->net, b->symbol);
        if (first >= 0 && b->n_index > 0) {
            store(w, at, value_info(w, x).a, first, b);
        }
    }
    return x;
}

/* The reactions of a held unit would fire and change its edge species, which would then contradict the
 * unit's value. */
static bool check_held(struct where *w, const struct ast *a, const struct run *r, const struct lowering *l)
{
    for (size_t k = 0; k < r->bind.n; k++) {
        for (int32_t i = 0; r->bind.data[k].kind == BIND_HOLD && i < l->n; i++) {
            if (l->part[i].symbol == r->bind.data[k].symbol) {
                diag_report(w->f->diag, DIAG_E0514, a->span,
                            "units and connections of '%s' cannot be held: the reactions of a unit change "
                            "its connections too",
                            experiment_use(w, r->net)->net->name);
                diag_help(w->f->diag, "clamp them: then these reactions are switched off, and connections "
                                      "follow the other units");
                return false;
            }
        }
    }
    return true;
}

bool experiment_bind_edges(struct where *w, const struct ast *a, struct run *r)
{
    const struct lowering *l = &experiment_use(w, r->net)->lowering;
    const struct lowered *on = lowering_find(l, LOWERED_EDGE, NULL),
                         *off = lowering_find(l, LOWERED_EDGE_OFF, NULL);
    if (on && !check_held(w, a, r, l)) {
        return false;
    }
    expr_id x = on && l->n_edges > 0 ? given_units(w, a->span, r) : 0;
    if (!x) {
        return true;
    }
    if (r->resume && experiment_is_over_rows(w, r->net)) {
        return front_later(w->f, a->span,
                           "units that are given when rows continue, of a network with edge species");
    }
    struct shape s = shape_vector(l->n_edges);
    expr_id *end = arena_alloc(w->f->arena, (size_t)l->n_edges * sizeof *end), side[2];
    for (int k = 0; k < 2; k++) {
        for (int32_t e = 0; e < l->n_edges; e++) {
            end[e] = expr_element(w->ex, x, l->edge[2 * e + k]);
        }
        side[k] = value_elements(w, s, end);
    }
    expr_id both = expr_binary(w->ex, EXPR_MUL, side[0], side[1]);
    struct bind b = {.net = r->net,
                     .symbol = on->symbol,
                     .count = l->n_edges,
                     .shape = s,
                     .line = front_line(w->f, a->span),
                     .value = both,
                     .kind = BIND_WITH};
    vec_push(&r->bind, b);
    b.symbol = off->symbol;
    b.value = expr_binary(w->ex, EXPR_SUB, expr_real(w->ex, 1), both);
    vec_push(&r->bind, b);
    return true;
}
