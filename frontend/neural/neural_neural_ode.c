/* model m = neural_ode { input x[2]; state z[3] = pad(x, 3, 0.2); param th[3, 3] = normal(0, 0.4);
 * z' = matmul(th, ...) - z^3; readout sum(z); }: its declarations, assumptions and first values. */
#include <math.h>
#include <string.h>

#include "frontend/neural/neural_ode.h"

static const char target_name[] = "y"; /* the name of the values that read-outs are taught */

/* ---- declarations ---- */

static bool add_variable(struct ode_model *o, const struct ast *dcl, struct shape *s)
{
    if (strcmp(dcl->name, target_name) == 0) {
        return neural_complain(o->d, dcl, "'y' is the name of what the read-out is taught",
                               "call it otherwise");
    }
    if (scope_find_here(o->w.scope, dcl->name) || !value_shape(&o->w, dcl_dims(dcl), s)) {
        return false; /* the walk of check/ has reported that a name is declared twice */
    }
    if (shape_size(*s) < 1 || shape_size(*s) > CRNL_NEURAL_MAX_VALUES) {
        return neural_complain(o->d, dcl, "an array of a model has at least one element", neural_ode_example);
    }
    return network_declare(&o->w, dcl->name, dcl->span, OP_SPECIES, false, *s, NULL);
}

static bool add_group(struct ode_model *o, const struct ast *dcl, int32_t *count)
{
    struct shape s;
    if (!add_variable(o, dcl, &s)) {
        return false;
    }
    if (s.rank > CRNL_NEURAL_MAX_RANK) {
        return neural_complain(o->d, dcl, "inputs and states have at most 4 dimensions", neural_ode_example);
    }
    struct crnl_neural_group g = {.name = arena_strdup(neural_arena(o->d), dcl->name),
                                  .rank = s.rank,
                                  .first = *count,
                                  .size = (int32_t)shape_size(s)};
    memcpy(g.dim, s.dim, sizeof g.dim);
    vec_push(&o->group, g);
    *count += g.size;
    return true;
}

static bool add_array(struct ode_model *o, const struct ast *dcl)
{
    struct shape s;
    struct crnl_neural *m = &o->d->m;
    if (!add_variable(o, dcl, &s)) {
        return false;
    }
    if (s.rank > 2) {
        return neural_complain(o->d, dcl, "parameters of a model have at most 2 dimensions",
                               neural_ode_example);
    }
    if (!dcl_value(dcl)) {
        return neural_complain(o->d, dcl, "a parameter needs its first value", neural_ode_example);
    }
    struct crnl_neural_array a = {arena_strdup(neural_arena(o->d), dcl->name),
                                  s.rank,
                                  {s.dim[0], s.dim[1]},
                                  m->n_values,
                                  (int32_t)shape_size(s)};
    vec_push(&o->array, a);
    m->n_values += a.size;
    return true;
}

/* Variables are numbered in this order, whatever their order in the text: states, inputs, parameters. */
static bool declarations(struct ode_model *o)
{
    static const enum ast_kind order[] = {AST_CONST, AST_STATE, AST_INPUT, AST_PARAM};
    const struct ast *block = model_block(o->d->ast);
    bool good = true;
    for (int k = 0; k < 4; k++) {
        for (uint32_t i = 0; i < block->n; i++) {
            const struct ast *a = block_statement(block, i);
            if (a->kind == AST_CONST && k == 0) {
                good &= network_declare_const(&o->w, a);
            }
            for (uint32_t j = 0; k > 0 && a->kind == order[k] && j < a->n; j++) {
                const struct ast *dcl = declaration_dcl(a, j);
                good &= k == 3   ? add_array(o, dcl)
                        : k == 2 ? add_group(o, dcl, &o->d->m.inputs)
                                 : add_group(o, dcl, &o->d->m.n_states);
                if (k == 1) {
                    vec_push(&o->state, dcl);
                } else if (k == 2 && dcl_value(dcl)) {
                    good = neural_complain(o->d, dcl, "an input has no value of its own", neural_ode_example);
                }
            }
        }
    }
    if (good && (o->d->m.n_states < 1 || o->d->m.inputs < 1 || o->d->m.n_values < 1)) {
        const char *what = o->d->m.n_states < 1 ? "state" : o->d->m.inputs < 1 ? "input" : "parameter";
        return neural_complain(o->d, o->d->ast,
                               arena_printf(o->d->f->arena, "a neural_ode has at least one %s", what),
                               neural_ode_example);
    }
    return good;
}

/* ---- assumptions, values ---- */

/* Reads `assume th >= 0;`, which says that a variable needs no second rail. */
static bool assumption(struct ode_model *o, const struct ast *a, int32_t *positive)
{
    static const char help[] =
        "as in assume th >= 0; of a state, an input, a parameter, or y, what the read-out is taught";
    const struct ast *c = assume_condition(a), *left = c->kind == AST_BINARY ? binary_left(c) : NULL;
    double bound = NAN;
    expr_id zero = left && c->op == OP_GE ? value_real_scalar(&o->w, binary_right(c)) : 0;
    if (!zero || !expr_const_real(o->w.ex, zero, &bound) || bound != 0 || left->kind != AST_NAME) {
        return neural_complain(o->d, a, "a neural_ode assumes that a variable is not negative", help);
    }
    if (strcmp(left->name, target_name) == 0) {
        for (int32_t i = 0; i < o->d->m.outputs; i++) {
            positive[CRNL_NEURAL_VARIABLES(&o->d->m) + i] = 1;
        }
        return true;
    }
    struct ref r;
    if (!network_ref(&o->w, left, &r)) {
        return false;
    }
    for (int64_t i = 0; i < shape_size(r.shape); i++) {
        positive[r.ids[i]] = 1;
    }
    return true;
}

static bool assumptions(struct ode_model *o)
{
    const struct ast *block = model_block(o->d->ast);
    size_t n = (size_t)CRNL_NEURAL_VARIABLES(&o->d->m) + (size_t)o->d->m.outputs;
    int32_t *positive = arena_alloc(neural_arena(o->d), n * sizeof *positive);
    memset(positive, 0, n * sizeof *positive);
    o->d->m.positive = positive;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        bool known = a->kind == AST_CONST || a->kind == AST_STATE || a->kind == AST_INPUT ||
                     a->kind == AST_PARAM || a->kind == AST_ODE || a->kind == AST_READOUT ||
                     a->kind == AST_ASSUME;
        if (!known) {
            return neural_complain(o->d, a, "a neural_ode has no such statement", neural_ode_example);
        }
        if (a->kind == AST_ASSUME && !assumption(o, a, positive)) {
            return false;
        }
    }
    return true;
}

static const struct ast *parameter(const struct ast *model, const char *name)
{
    const struct ast *block = model_block(model);
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; a->kind == AST_PARAM && k < a->n; k++) {
            if (strcmp(declaration_dcl(a, k)->name, name) == 0) {
                return declaration_dcl(a, k);
            }
        }
    }
    return NULL;
}

/* Whether the expression draws, by a call of normal, uniform or bernoulli somewhere in it. Its value is
 * then known only when the program runs. */
static bool draws(const struct ast *a)
{
    static const char *const draw[] = {"normal", "uniform", "bernoulli", "shuffle"};
    bool found = false;
    for (int i = 0; a && a->kind == AST_NAME && i < 4; i++) {
        found |= strcmp(a->name, draw[i]) == 0;
    }
    for (uint32_t i = 0; a && i < a->n && !found; i++) {
        found = draws(a->kid[i]);
    }
    return found;
}

/* Computes the first values of all parameters that are not drawn. */
static bool values(struct ode_model *o)
{
    struct crnl_neural *m = &o->d->m;
    double *value = arena_alloc(neural_arena(o->d), (size_t)m->n_values * sizeof *value);
    bool drawn = false;
    struct where w = o->w;
    w.purpose = FOR_FIRST_VALUE;
    for (int32_t i = 0; i < m->n_arrays; i++) {
        drawn |= draws(dcl_value(parameter(o->d->ast, m->array[i].name)));
    }
    for (int32_t i = 0; i < m->n_arrays && !drawn; i++) {
        const struct ast *at = dcl_value(parameter(o->d->ast, m->array[i].name));
        struct shape s = {(uint8_t)m->array[i].rank, {m->array[i].dim[0], m->array[i].dim[1]}};
        expr_id v = value_real(&w, at);
        if (!v || !value_fits(&w, at->span, v, s, arena_printf(o->d->f->arena, "'%s'", m->array[i].name))) {
            return false;
        }
        bool scalar = value_info(&w, v).shape.rank == 0;
        for (int32_t k = 0; k < m->array[i].size; k++) {
            double *to = &value[m->array[i].first + k];
            if (!expr_const_real(w.ex, scalar ? v : expr_const_element(w.ex, v, k), to) || !isfinite(*to)) {
                return neural_complain(o->d, at, "a parameter's first value is a finite number",
                                       neural_ode_example);
            }
            if (*to < 0 && m->positive[m->n_states + m->inputs + m->array[i].first + k]) {
                return neural_complain(o->d, at, "this is negative, and assumed not to be",
                                       neural_ode_example);
            }
        }
    }
    m->value = drawn ? NULL : value;
    return true;
}

static void keep(struct ode_model *o)
{
    struct arena *arena = neural_arena(o->d);
    struct crnl_neural *m = &o->d->m;
#define KEEP(vector, member)                                                       \
    do {                                                                           \
        void *copy = arena_alloc(arena, ((vector).n + 1) * sizeof *(vector).data); \
        if ((vector).n) {                                                          \
            memcpy(copy, (vector).data, (vector).n * sizeof *(vector).data);       \
        }                                                                          \
        m->member = copy;                                                          \
    } while (0)
    KEEP(o->array, array);
    KEEP(o->group, group);
    KEEP(o->equation, equation);
    KEEP(o->factor, factor);
    KEEP(o->coefficient, coefficient);
#undef KEEP
    m->n_arrays = (int32_t)o->array.n;
    m->n_groups = (int32_t)o->group.n;
    m->n_terms = (int32_t)o->equation.n;
}

static bool ode_declare(struct neural_declaration *d)
{
    if (model_dims(d->ast) || !model_block(d->ast)) {
        return neural_complain(d, d->ast, "a neural_ode is declared by a block", neural_ode_example);
    }
    struct ode_model o = {.d = d, .whole = {.net = net_create(d->ast->name)}};
    o.build = (struct net_build){.whole = &o.whole, .prefix = "", .is_root = true};
    o.w = d->w;
    o.w.ex = o.whole.net->ex;
    o.w.scope = scope_create(d->f->arena, NULL);
    o.w.build = &o.build;
    o.w.units = NULL;
    o.w.purpose = FOR_RIGHT_SIDE;
    bool good = declarations(&o) && neural_ode_derivatives(&o) && neural_ode_starts(&o) &&
                neural_ode_readouts(&o) && assumptions(&o);
    keep(&o);
    good = good && values(&o);
    vec_free(&o.whole.equation);
    vec_free(&o.whole.global);
    vec_free(&o.whole.phase);
    vec_free(&o.whole.warned);
    vec_free(&o.build.instance);
    vec_free(&o.array);
    vec_free(&o.group);
    vec_free(&o.equation);
    vec_free(&o.factor);
    vec_free(&o.coefficient);
    vec_free(&o.state);
    net_destroy(o.whole.net);
    return good;
}

static size_t ode_fields(struct arena *a, const struct crnl_neural *m, struct neural_field **out)
{
    *out = arena_alloc(a, 2 * sizeof **out);
    (*out)[0] = (struct neural_field){"input", shape_vector(m->inputs)};
    (*out)[1] = (struct neural_field){"label", m->outputs == 1 ? shape_scalar() : shape_vector(m->outputs)};
    return 2;
}

/* Each element is drawn by itself, unless the text gives an array. */
static expr_id drawn_array(struct where *w, const struct ast *at, const struct crnl_neural_array *a)
{
    struct shape s = {(uint8_t)a->rank, {a->dim[0], a->dim[1]}};
    expr_id v = value_real(w, at);
    if (!v || !value_fits(w, at->span, v, s, arena_printf(w->f->arena, "'%s'", a->name))) {
        return 0;
    }
    if (value_info(w, v).shape.rank > 0) {
        return expr_reshape(w->ex, v, shape_vector(a->size));
    }
    int32_t binder = expr_new_binder(w->ex);
    return a->size > 1 || a->rank > 0 ? expr_map(w->ex, binder, a->size, v) : expr_stack(w->ex, 1, &v);
}

/* The scope of the model's constants, as its declaration sees them. */
static bool bind_constants(struct where *w, const struct ast *model)
{
    const struct ast *block = model_block(model);
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        expr_id v = a->kind == AST_CONST ? value_of(w, const_value(a)) : 0;
        struct name *n = v ? scope_add(w->scope, a->name, NAME_VALUE, a->span) : NULL;
        if (a->kind == AST_CONST && !n) {
            return false;
        }
        if (n) {
            n->value = v;
            n->pool = w->ex;
        }
    }
    return true;
}

static expr_id ode_start(struct where *outer, const struct ast *model, const struct crnl_neural *m)
{
    struct where inner = *outer, *w = &inner;
    inner.scope = scope_create(w->f->arena, NULL);
    if (!bind_constants(w, model)) {
        return 0;
    }
    expr_id all = 0;
    for (int32_t i = 0; i < m->n_arrays; i++) {
        expr_id v = drawn_array(w, dcl_value(parameter(model, m->array[i].name)), &m->array[i]);
        if (!v) {
            return 0;
        }
        all = all ? expr_concat(w->ex, all, v) : v;
    }
    return all;
}

const struct neural_kind neural_kind_neural_ode = {
    "neural_ode", &crnl_neural_neural_ode, -1, ode_declare, ode_fields, NULL, ode_start};
