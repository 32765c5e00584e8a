/* Declarations of models. Each kind of model has a walk of its own, which declares the names of the block
 * and walks over its values. The values of relu, boltzmann and reaction_tensor see constants only, so the
 * units of a machine are in a scope beside theirs. Words such as `weights` belong to the kind and are no
 * names, and what a kind has no place for is reported where the model is elaborated. */
#include <string.h>

#include "frontend/check/walk.h"
#include "frontend/neural/neural.h"

/* Declares what `d` (a DCL) declares, with the shape of its dimensions. */
static struct typing declare(struct walk *k, struct scope *scope, const struct ast *d, enum name_kind kind)
{
    struct walk at = *k;
    at.w.scope = scope;
    struct name *old = scope_find_here(scope, d->name);
    struct typing shape = walk_dims(k, dcl_dims(d), SORT_REAL);
    if (old) {
        name_declared_twice(k->f, d->span, d->name, old->span);
    } else {
        (void)walk_declare(&at, d->name, kind, d->span, shape);
    }
    return shape;
}

static void walk_fitting(struct walk *k, const struct ast *value, struct typing shape, const char *what)
{
    struct typing t = walk_real(k, value);
    (void)typing_fits(k->f, value->span, t, shape, what);
}

static const char *quoted(struct walk *k, const char *text)
{
    return arena_printf(k->f->arena, "'%s'", text);
}

/* ---- relu, reaction_tensor ---- */

static void walk_relu(struct walk *k, const struct ast *model)
{
    const struct ast *block = model_block(model);
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_ASSIGN && assign_target(a)->kind == AST_NAME &&
            strcmp(assign_target(a)->name, "bits") == 0) {
            (void)walk_real_scalar(k, assign_value(a));
        }
    }
}

static void walk_reaction_tensor(struct walk *k, const struct ast *model)
{
    const struct ast *block = model_block(model);
    for (uint32_t i = 0; block && i < block->n; i++) {
        if (block_statement(block, i)->kind == AST_MODEL_SPECIES) {
            (void)walk_real_scalar(k, model_species_number(block_statement(block, i)));
        }
    }
}

/* ---- boltzmann ---- */

static struct name *find_units(struct walk *k, const char *text, struct span at)
{
    struct name *n = scope_find_here(k->units, text);
    const char **known = arena_alloc(k->f->arena, (scope_count(k->units) + 1) * sizeof *known);
    for (size_t i = 0; i < scope_count(k->units); i++) {
        known[i] = scope_at(k->units, i)->text;
    }
    if (!n) {
        neural_no_group(k->f, "the model", at, text, known, scope_count(k->units));
    }
    return n;
}

/* One end of a connection: a single unit, v[0], or all units of a name. */
static void walk_end(struct walk *k, const struct ast *a)
{
    const struct ast *base = a->kind == AST_INDEX ? index_base(a) : a;
    uint32_t n = a->kind == AST_INDEX ? a->n - 1 : 0;
    struct typing few[SHAPE_MAX_RANK + 1];
    for (uint32_t i = 1; i <= n; i++) {
        const struct ast *index = index_at(a, i);
        struct typing t = index->kind == AST_RANGE ? walk_value(k, index) : walk_real_scalar(k, index);
        few[i <= SHAPE_MAX_RANK ? i : 0] = t;
    }
    struct name *units = base->kind == AST_NAME ? find_units(k, base->name, base->span) : NULL;
    if (!units) {
        return;
    }
    walk_bind_name(k, base, units);
    struct typing of = meaning_of(k, units)->typing;
    if (of.rank >= 0 && n != (uint32_t)of.rank && a != base) {
        diag_report(k->f->diag, DIAG_E0302, a->span, "a unit of '%s' is written with %d %s, not %d",
                    units->text, of.rank, of.rank == 1 ? "index" : "indices", (int)n);
    } else if (a != base) {
        (void)typing_index(k->f, a, of, few);
    }
}

/* The number of all units, if it is known whatever constants are. */
static struct length count_units(struct walk *k)
{
    int64_t all = 0;
    for (size_t i = 0; i < scope_count(k->units); i++) {
        struct typing t = meaning_of(k, scope_at(k->units, i))->typing;
        int64_t n = 1;
        for (int d = 0; d < t.rank; d++) {
            bool known = t.dim[d].is_known && !t.dim[d].of && !__builtin_mul_overflow(n, t.dim[d].plus, &n);
            if (!known) {
                return (struct length){0};
            }
        }
        if (t.rank < 0 || __builtin_add_overflow(all, n, &all)) {
            return (struct length){0};
        }
    }
    return length_of(all);
}

/* How many indices the end of a connection leaves open: none if it is one unit; -1 if that is unknown. */
static int open_indices(struct walk *k, const struct ast *end)
{
    for (uint32_t i = 1; end->kind == AST_INDEX && i < end->n; i++) {
        if (index_at(end, i)->kind == AST_RANGE) {
            return -1;
        }
    }
    struct name *units = end->kind == AST_NAME ? scope_find_here(k->units, end->name) : NULL;
    return end->kind == AST_INDEX ? 0 : units ? meaning_of(k, units)->typing.rank : -1;
}

/* Unit i of the end of a connection, as it is written. */
static const char *unit_text(struct front *f, const struct ast *end, int open, uint32_t i)
{
    const char *text = front_source_text(f, end->span);
    return open ? arena_printf(f->arena, "%s[%u]", text, i) : text;
}

/* Pairs in place of `v -- h = [[1, 0.5], [-1, 2]]`, or of `v -- h = [2, 1]` where one end is a single
 * unit. */
static void complain_matrix(struct walk *k, const struct ast *edge)
{
    enum { MOST = 6 };
    struct front *f = k->f;
    const struct ast *rows = edge_weight(edge);
    int from = open_indices(k, edge_from(edge)), to = open_indices(k, edge_to(edge));
    const char *joint = edge->op == OP_ARROW ? "->" : "--", *list = "";
    uint32_t n = 0;
    for (uint32_t i = 0; from >= 0 && to >= 0 && from + to > 0 && i < rows->n; i++) {
        const struct ast *row = ast_child(rows, i);
        bool is_row = row->kind == AST_ARRAY;
        bool fits =
            is_row ? from <= 1 && to <= 1 && (from || rows->n == 1) && (to || row->n == 1) : from + to == 1;
        for (uint32_t j = 0; fits && j < (is_row ? row->n : 1); j++, n++) {
            if (n < MOST) {
                list = arena_printf(f->arena, "%s%s%s %s %s = %s", list, n ? ", " : "",
                                    unit_text(f, edge_from(edge), from, i), joint,
                                    unit_text(f, edge_to(edge), to, is_row ? j : i),
                                    front_source_text(f, (is_row ? ast_child(row, j) : row)->span));
            }
        }
    }
    diag_report(f->diag, DIAG_E0302, rows->span,
                "this is the one weight of each pair of units, and not an array");
    if (n > 0) {
        diag_help(f->diag, "write each pair: `%s%s`", list, n > MOST ? ", ..." : "");
    } else {
        diag_help(f->diag,
                  "write each pair, `v[0] -- h[0] = 1, v[0] -- h[1] = 2`, or the matrix of all units, "
                  "`connect [[0, 1], [1, 0]];`");
    }
}

static void walk_connections(struct walk *k, const struct ast *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *edge = connect_edge(a, i);
        walk_end(k, edge_from(edge));
        walk_end(k, edge_to(edge));
        if (edge_weight(edge) && edge_weight(edge)->kind == AST_ARRAY) {
            complain_matrix(k, edge);
        } else if (edge_weight(edge)) {
            (void)walk_real_scalar(k, edge_weight(edge));
        }
    }
}

static void walk_matrix(struct walk *k, const struct ast *matrix)
{
    struct length n = count_units(k);
    struct typing shape = typing_array(n, typing_array(n, typing_scalar(SORT_REAL)));
    struct typing t = walk_real(k, matrix);
    (void)(!t.is_refused && typing_has_shape(k->f, matrix->span, t, shape, "the matrix of weights"));
}

static void walk_boltzmann(struct walk *k, const struct ast *model)
{
    const struct ast *block = model_block(model);
    k->units = scope_create(k->f->arena, NULL);
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        bool declares = a->kind == AST_VISIBLE || a->kind == AST_HIDDEN;
        for (uint32_t d = 0; declares && d < a->n; d++) {
            (void)declare(k, k->units, declaration_dcl(a, d), NAME_UNITS);
        }
    }
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_CONNECT) {
            walk_connections(k, a);
        } else if (a->kind == AST_CONNECT_MATRIX) {
            walk_matrix(k, connect_matrix(a));
        }
        for (uint32_t t = 0; a->kind == AST_THETA && t < a->n; t++) {
            const struct ast *arg = theta_arg(a, t);
            struct name *units = find_units(k, arg->name, arg->span);
            if (units) {
                walk_use(k, units, arg->span);
            }
            walk_fitting(k, arg_value(arg), units ? meaning_of(k, units)->typing : typing_unknown(),
                         quoted(k, arg->name));
        }
    }
}

/* ---- neural_ode ---- */

/* Reads `assume th >= 0;`. The name on the left may also be `y`, what the read-out is taught. */
static void walk_assumption(struct walk *k, const struct ast *condition)
{
    bool is_target = condition->kind == AST_BINARY && binary_left(condition)->kind == AST_NAME &&
                     strcmp(binary_left(condition)->name, "y") == 0;
    if (is_target) {
        (void)walk_value(k, binary_right(condition));
    } else {
        (void)typing_conditions(k->f, condition->span, walk_value(k, condition));
    }
}

static void walk_flow_statement(struct walk *k, const struct ast *a)
{
    struct walk first = *k;
    first.w.purpose = a->kind == AST_PARAM ? FOR_FIRST_VALUE : FOR_RIGHT_SIDE;
    switch (a->kind) {
    case AST_PARAM:
    case AST_STATE:
    case AST_INPUT:
        for (uint32_t d = 0; d < a->n; d++) {
            const struct ast *dcl = declaration_dcl(a, d);
            struct name *n = scope_find_here(k->w.scope, dcl->name);
            if (dcl_value(dcl)) {
                walk_fitting(&first, dcl_value(dcl), meaning_of(k, n)->typing, quoted(k, dcl->name));
            }
        }
        break;
    case AST_ODE: walk_fitting(k, ode_right(a), walk_place(k, ode_left(a)).typing, "the left side"); break;
    case AST_READOUT: (void)walk_real(k, readout_value(a)); break;
    case AST_ASSUME: walk_assumption(k, assume_condition(a)); break;
    default: break;
    }
}

static void walk_neural_ode(struct walk *k, const struct ast *model)
{
    const struct ast *block = model_block(model);
    struct walk constant = *k;
    constant.w.purpose = FOR_CONSTANT;
    k->w.purpose = FOR_RIGHT_SIDE;
    for (uint32_t i = 0; block && i < block->n; i++) { /* sizes read constants */
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_CONST && scope_find_here(k->w.scope, a->name)) {
            name_declared_twice(k->f, a->span, a->name, scope_find_here(k->w.scope, a->name)->span);
        } else if (a->kind == AST_CONST) {
            (void)walk_declare(k, a->name, NAME_VALUE, a->span, walk_value(&constant, const_value(a)));
        }
    }
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        bool flows = a->kind == AST_STATE || a->kind == AST_INPUT;
        for (uint32_t d = 0; (flows || a->kind == AST_PARAM) && d < a->n; d++) {
            (void)declare(k, k->w.scope, declaration_dcl(a, d), flows ? NAME_SPECIES : NAME_VALUE);
        }
    }
    for (uint32_t i = 0; block && i < block->n; i++) {
        walk_flow_statement(k, block_statement(block, i));
    }
}

/* ---- all kinds ---- */

static const struct {
    const char *kind;
    void (*walk)(struct walk *k, const struct ast *model);
} kinds[] = {
#define NEURAL_KIND(name) {#name, walk_##name},
#include "runtime/crnl_neural.def"
};

void walk_model_body(struct walk *k, struct name *n)
{
    struct walk inner = *k;
    inner.model = n->ast;
    inner.w.scope = scope_create(k->f->arena, NULL);
    inner.w.purpose = FOR_SIZE_OF_MODEL;
    (void)walk_dims(&inner, model_dims(n->ast), SORT_REAL);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].kind, model_kind(n->ast)->name) == 0) {
            kinds[i].walk(&inner, n->ast);
        }
    }
}

void walk_model_from(struct walk *k, struct name *n)
{
    (void)walk_named(k, model_from_model(n->ast), AT_MODEL);
    (void)walk_value(k, model_from_file(n->ast));
}
