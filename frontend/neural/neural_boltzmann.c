/* model bm = boltzmann { visible v[3]; hidden h[2]; connect v[0] -- h[1] = 0.5; theta v = [0.1, 0, 0.3]; }
 * Units are numbered in the order of their declaration, visible ones first. The parameters are w[units,
 * units], which is symmetric, and theta[units]. Parameters that are not written are 0; after `connect all`
 * they are learned or loaded. Connections such as v[0] -> h[1] go one way: w[i, j] is the effect of unit j
 * on unit i. */
#include <math.h>
#include <string.h>

#include "frontend/neural/neural_kind.h"

static const char example[] =
    "as in model bm = boltzmann { visible v[3]; hidden h; connect v[0] -- h = 0.5; }";

struct units_of_model {
    VEC(struct crnl_neural_group) group;
    int32_t n, n_visible;
};

/* The parameters as the block gives them. */
struct written {
    double *w;                /* [n_values]; NaN where there is no connection yet */
    bool all;                 /* the block has `connect all` */
    bool matrix;              /* the values come from a matrix, in which 0 means no connection */
    bool one_way, both_ways;  /* v -> h; v -- h, all, or a matrix */
    bool later;               /* there are connections without weights, which are learned or loaded */
    const struct ast *number; /* the first weight or bias that is written */
};

static bool number(struct neural_declaration *d, const struct ast *at, expr_id v, double *out)
{
    if (!expr_const_real(d->w.ex, v, out)) {
        diag_report(d->f->diag, DIAG_E0304, at->span, "parameters of a model are known when compiling");
        diag_help(d->f->diag,
                  "those that are learned or loaded are not written: connect all; or connect v -- h;");
        return false;
    }
    return isfinite(*out) || neural_complain(d, at, "a parameter is a finite number", example);
}

/* ---- units ---- */

static bool add_group(struct neural_declaration *d, const struct ast *dcl, struct units_of_model *u)
{
    struct shape s;
    if (!value_shape(&d->w, dcl_dims(dcl), &s)) {
        return false;
    }
    for (size_t i = 0; i < u->group.n; i++) {
        if (strcmp(u->group.data[i].name, dcl->name) == 0) {
            return false; /* the walk of check/ has reported it */
        }
    }
    int64_t size = shape_size(s), n = u->n + size;
    if (size < 1 || n > CRNL_NEURAL_MAX_VALUES || n * (n + 1) > CRNL_NEURAL_MAX_VALUES) {
        return neural_complain(d, dcl, size < 1 ? "here are no units" : "the model has too many parameters",
                               size < 1 ? example : "134217728 are the limit: one for each pair of units");
    }
    struct crnl_neural_group g = {.name = arena_strdup(neural_arena(d), dcl->name),
                                  .rank = s.rank,
                                  .first = u->n,
                                  .size = (int32_t)size};
    memcpy(g.dim, s.dim, sizeof g.dim);
    vec_push(&u->group, g);
    u->n = (int32_t)n;
    return true;
}

static bool add_groups(struct neural_declaration *d, enum ast_kind kind, struct units_of_model *u)
{
    const struct ast *block = model_block(d->ast);
    bool good = true;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; a->kind == kind && k < a->n; k++) {
            good &= add_group(d, declaration_dcl(a, k), u);
        }
    }
    return good;
}

/* NULL if there are no such units: the walk of check/ has reported that. */
static const struct crnl_neural_group *find_group(struct neural_declaration *d, const char *name)
{
    int32_t i = 0;
    while (i < d->m.n_groups && strcmp(d->m.group[i].name, name) != 0) {
        i++;
    }
    return i < d->m.n_groups ? &d->m.group[i] : NULL;
}

/* The number of the unit v[i, j], or -1 after an error. */
static int32_t unit(struct neural_declaration *d, const struct ast *a)
{
    const struct ast *base = a->kind == AST_INDEX ? index_base(a) : a;
    if (base->kind != AST_NAME) {
        neural_complain(d, a, "a connection joins two units", example);
        return -1;
    }
    const struct crnl_neural_group *g = find_group(d, base->name);
    int32_t n = a->kind == AST_INDEX ? (int32_t)a->n - 1 : 0, at = 0;
    if (!g || n != g->rank) { /* the walk of check/ has reported another number of indices */
        return -1;
    }
    for (int32_t k = 0; k < n; k++) {
        const struct ast *index = index_at(a, (uint32_t)k + 1);
        int64_t i;
        if (!value_const_int(&d->w, index, &i)) {
            return -1;
        }
        if (i < 0 || i >= g->dim[k]) {
            diag_report(d->f->diag, DIAG_E0305, index->span, "index %lld is outside of 0..%d", (long long)i,
                        g->dim[k]);
            return -1;
        }
        at = at * g->dim[k] + (int32_t)i;
    }
    return g->first + at;
}

/* ---- parameters ---- */

/* One end of a connection: a single unit, or all units of a name, which are first .. first + n. */
static bool units(struct neural_declaration *d, const struct ast *a, int32_t *first, int32_t *n)
{
    const struct crnl_neural_group *g = a->kind == AST_NAME ? find_group(d, a->name) : NULL;
    if (a->kind == AST_NAME && !g) {
        return false;
    }
    *first = g ? g->first : unit(d, a);
    *n = g ? g->size : 1;
    return *first >= 0;
}

static bool join_two(struct neural_declaration *d, const struct ast *edge, double *w, int32_t i, int32_t j,
                     double weight)
{
    int32_t n = d->m.array[1].size;
    if (i == j) {
        return neural_complain(d, edge, "a unit is not connected with itself", example);
    }
    if (!isnan(w[j * n + i]) || (edge->op != OP_ARROW && !isnan(w[i * n + j]))) {
        return neural_complain(d, edge, "these units are connected already",
                               "give the sum of the weights once");
    }
    w[j * n + i] = weight;
    if (edge->op != OP_ARROW) {
        w[i * n + j] = weight;
    }
    return true;
}

/* Reads v[0] -- h[1] = 0.5. v -- h joins each unit of v with each unit of h. A weight that is not given is
 * learned or loaded. */
static bool join(struct neural_declaration *d, const struct ast *edge, struct written *p)
{
    int32_t from, to, n_from, n_to;
    double weight = 0;
    if (!units(d, edge_from(edge), &from, &n_from) || !units(d, edge_to(edge), &to, &n_to)) {
        return false;
    }
    p->later |= !edge_weight(edge);
    p->one_way |= edge->op == OP_ARROW;
    p->both_ways |= edge->op != OP_ARROW;
    p->number = p->number ? p->number : edge_weight(edge);
    if (edge_weight(edge)) {
        expr_id v = value_real_scalar(&d->w, edge_weight(edge));
        if (!v || !number(d, edge_weight(edge), v, &weight)) {
            return false;
        }
    }
    bool same = from == to && n_from == n_to && n_from > 1; /* all pairs of units of the same name */
    for (int32_t i = 0; i < n_from; i++) {
        for (int32_t j = same && edge->op != OP_ARROW ? i + 1 : 0; j < n_to; j++) {
            if (same && i == j) {
                continue;
            }
            if (!join_two(d, edge, p->w, from + i, to + j, weight)) {
                return false;
            }
        }
    }
    return true;
}

static bool matrix(struct neural_declaration *d, const struct ast *a, double *w)
{
    int32_t n = d->m.array[1].size;
    expr_id v = value_real(&d->w, a);
    struct shape want = {2, {n, n}};
    if (!v || !value_has_shape(&d->w, a->span, v, want, "the matrix of weights")) {
        return false;
    }
    for (int32_t i = 0; i < n * n; i++) {
        if (!isnan(w[i])) {
            return neural_complain(d, a, "some units are connected already",
                                   "give all weights in the matrix");
        }
        if (!number(d, a, expr_element(d->w.ex, v, i), &w[i])) {
            return false;
        }
    }
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j <= i; j++) {
            double one = w[i * n + j], other = w[j * n + i];
            if (i == j ? one == 0 : one == other) {
                continue;
            }
            diag_report(d->f->diag, DIAG_E0520, a->span,
                        i == j ? "the weight [%d, %d] of a unit to itself is not 0"
                               : "the weights [%d, %d] and [%d, %d] are %g and %g",
                        i, j, j, i, one, other);
            diag_help(d->f->diag, "weights are the same both ways, and 0 from a unit to itself");
            return false;
        }
    }
    return true;
}

static bool biases(struct neural_declaration *d, const struct ast *arg, double *theta)
{
    const struct crnl_neural_group *g = find_group(d, arg->name);
    expr_id v = g ? value_real(&d->w, arg_value(arg)) : 0;
    if (!v || !value_fits(&d->w, arg_value(arg)->span, v, lower_group_shape(g),
                          arena_printf(d->f->arena, "'%s'", g->name))) {
        return false;
    }
    bool one = value_info(&d->w, v).shape.rank == 0;
    for (int32_t i = 0; i < g->size; i++) {
        if (!number(d, arg_value(arg), one ? v : expr_element(d->w.ex, v, i), &theta[g->first + i])) {
            return false;
        }
    }
    return true;
}

static bool statement(struct neural_declaration *d, const struct ast *a, struct written *p)
{
    bool good = true;
    switch (a->kind) {
    case AST_VISIBLE:
    case AST_HIDDEN: return true;
    case AST_CONNECT:
        p->later |= a->n == 0;
        p->all |= a->n == 0;
        p->both_ways |= a->n == 0;
        for (uint32_t i = 0; i < a->n; i++) {
            good &= join(d, connect_edge(a, i), p);
        }
        return good;
    case AST_CONNECT_MATRIX:
        p->matrix = p->both_ways = true;
        p->number = p->number ? p->number : a;
        return matrix(d, connect_matrix(a), p->w);
    case AST_THETA:
        p->number = p->number ? p->number : a;
        for (uint32_t i = 0; i < a->n; i++) {
            good &= biases(d, theta_arg(a, i), p->w + d->m.array[1].first);
        }
        return good;
    default:
        return neural_complain(d, a, "a boltzmann model has `visible`, `hidden`, `connect` and `theta`",
                               example);
    }
}

static void lay_out(struct neural_declaration *d, const struct units_of_model *u)
{
    struct crnl_neural_array *array = arena_alloc(neural_arena(d), 2 * sizeof *array);
    array[0] = (struct crnl_neural_array){"w", 2, {u->n, u->n}, 0, u->n * u->n};
    array[1] = (struct crnl_neural_array){"theta", 1, {u->n, 0}, u->n * u->n, u->n};
    struct crnl_neural_group *group = arena_alloc(neural_arena(d), u->group.n * sizeof *group);
    memcpy(group, u->group.data, u->group.n * sizeof *group);
    d->m.array = array;
    d->m.n_arrays = 2;
    d->m.n_values = u->n * (u->n + 1);
    d->m.group = group;
    d->m.n_groups = (int32_t)u->group.n;
    d->m.n_visible = u->n_visible;
}

/* Lists the pairs that may have a weight. Files and learning give no weight to other pairs. */
static void list_edges(struct neural_declaration *d, const struct written *p)
{
    int32_t n = d->m.array[1].size;
    VEC(int32_t) edge = {0};
    for (int32_t i = 0; i < n && !p->all; i++) {
        for (int32_t j = p->one_way ? 0 : i + 1; j < n; j++) {
            double w = p->w[i * n + j];
            if (!isnan(w) && !(p->matrix && w == 0)) {
                vec_push(&edge, i);
                vec_push(&edge, j);
            }
        }
    }
    int32_t *list = arena_alloc(neural_arena(d), (edge.n + 1) * sizeof *list);
    for (size_t i = 0; i < edge.n; i++) {
        list[i] = edge.data[i];
    }
    d->m.n_edges = p->all ? -1 : (int32_t)edge.n / 2;
    d->m.one_way = p->one_way;
    d->m.edge = list;
    vec_free(&edge);
}

static bool read_parameters(struct neural_declaration *d, const struct ast *block)
{
    struct written p = {.w = arena_alloc(neural_arena(d), (size_t)d->m.n_values * sizeof *p.w)};
    bool good = true;
    for (int32_t i = 0; i < d->m.n_values; i++) {
        p.w[i] = i < d->m.array[1].first ? NAN : 0;
    }
    for (uint32_t i = 0; i < block->n; i++) {
        good &= statement(d, block_statement(block, i), &p);
    }
    list_edges(d, &p);
    for (int32_t i = 0; i < d->m.n_values; i++) {
        p.w[i] = isnan(p.w[i]) ? 0 : p.w[i];
    }
    d->m.value = p.later ? NULL : p.w;
    if (good && p.one_way && p.both_ways) {
        return neural_complain(d, d->ast, "some connections go one way, and others both",
                               "write both of one that goes both ways: connect v -> h, h -> v;");
    }
    return good && (!p.later || !p.number ||
                    neural_complain(d, p.number,
                                    p.all ? "after `connect all` the parameters are learned or loaded"
                                          : "some connections have weights, and others are learned or loaded",
                                    p.all ? "write `connect all` alone, or all weights and biases"
                                          : "write all weights and biases, or none of them"));
}

static bool declare(struct neural_declaration *d)
{
    const struct ast *block = model_block(d->ast);
    struct units_of_model u = {.n = 0};
    if (!block || model_dims(d->ast)) {
        return neural_complain(d, d->ast, "the units of a boltzmann model stand in its block", example);
    }
    bool good = add_groups(d, AST_VISIBLE, &u);
    u.n_visible = u.n;
    good = good && (u.n > 0 || neural_complain(d, d->ast, "the model has no visible units", example)) &&
           add_groups(d, AST_HIDDEN, &u);
    if (good) {
        lay_out(d, &u);
    }
    vec_free(&u.group);
    if (!good) {
        return false;
    }
    return read_parameters(d, block);
}

/* Calls the function for each name of visible units. */
static size_t fields(struct arena *a, const struct crnl_neural *m, struct neural_field **out)
{
    size_t n = 0;
    *out = arena_alloc(a, (size_t)m->n_groups * sizeof **out);
    for (int32_t g = 0; g < m->n_groups && m->group[g].first < m->n_visible; g++) {
        struct neural_field *f = &(*out)[n++];
        *f = (struct neural_field){m->group[g].name, lower_group_shape(&m->group[g])};
    }
    return n;
}

static const char parameters[] =
    "the weights of pairs of units and their biases: %1$s.w[i, j], %1$s.theta[i]";

const struct neural_kind neural_kind_boltzmann = {
    "boltzmann", &crnl_neural_boltzmann, CRNL_METHOD_GIBBS, declare, fields, parameters, NULL};
