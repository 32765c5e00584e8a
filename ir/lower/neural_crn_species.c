/* Construction neural_crn: species of states, inputs, parameters and read-outs, and the symbols that name
 * them. */
#include <string.h>

#include "ir/lower/neural_crn.h"
#include "ir/net/net_names.h"

enum { NAME_ROOM = 512 };

static const char *text(struct neural_crn *c, const char *name, const char *suffix)
{
    return arena_printf(c->scratch, "%s%s", name, suffix);
}

static species_id add_species(struct neural_crn *c, const char *element, const char *rail)
{
    return net_add_species(c->net, text(c, element, rail), SPECIES_DISCRETE, 0, c->l->span);
}

/* Adds species and symbols of an array. If `shared` is not NULL, element i has the species of element
 * shared[i]; otherwise each has its own. Returns the symbol. */
static int32_t add_values(struct neural_crn *c, const char *name, struct shape shape, bool single,
                          const int32_t *shared, struct rails *out)
{
    struct net *net = c->net;
    size_t n = (size_t)shape_size(shape);
    expr_id *e = arena_alloc(c->scratch, 3 * n * sizeof *e);
    for (size_t i = 0; i < n; i++) {
        char element[NAME_ROOM];
        net_element_name(element, sizeof element, name, shape, (int64_t)i);
        if (shared && (size_t)shared[i] != i) {
            out[i] = out[shared[i]];
        } else {
            out[i].rail[0] = add_species(c, element, single ? "" : ".p");
            out[i].rail[1] = single ? -1 : add_species(c, element, ".n");
        }
        e[i] = net_species_expr(net, out[i].rail[0]);
        if (!single) {
            e[n + i] = e[i];
            e[2 * n + i] = net_species_expr(net, out[i].rail[1]);
            e[i] = expr_binary(net->ex, EXPR_SUB, e[n + i], e[2 * n + i]);
        }
    }
    int32_t symbol = net_add_symbol(net, intern_text(net->names, name), single ? SYMBOL_SPECIES : SYMBOL_DUAL,
                                    shape, e, c->l->span);
    if (!single) {
        net_add_symbol(net, intern_text(net->names, text(c, name, ".p")), SYMBOL_SPECIES, shape, e + n,
                       c->l->span);
        net_add_symbol(net, intern_text(net->names, text(c, name, ".n")), SYMBOL_SPECIES, shape, e + 2 * n,
                       c->l->span);
    }
    return symbol;
}

static void record(struct neural_crn *c, const char *what, enum lowered_role role, int32_t symbol)
{
    lowering_add(c->l, c->record, what, role, symbol);
}

/* Adds the species that N3 reads for the variables from number v on and, if N3 runs at the same time as N1,
 * the species that hold values for it. */
static void add_copies(struct neural_crn *c, const char *name, struct shape shape, int32_t v)
{
    int32_t back = add_values(c, text(c, name, "_back"), shape, c->single[v], NULL, c->back + v);
    if (neural_crn_option(c, ASYNCHRONOUS)) {
        add_values(c, text(c, name, "_held"), shape, c->single[v], NULL, c->held + v);
    } else {
        record(c, text(c, name, "_back"), LOWERED_FLUSHED, back);
    }
}

void neural_crn_add_states(struct neural_crn *c)
{
    for (int32_t g = 0, s = 0; s < c->d; s += c->m->group[g++].size) {
        const struct crnl_neural_group *group = &c->m->group[g];
        struct shape shape = lower_group_shape(group);
        int32_t *same = arena_alloc(c->scratch, (size_t)group->size * sizeof *same);
        for (int32_t i = 0; i < group->size; i++) {
            same[i] = c->same[s + i] >= s ? c->same[s + i] - s : i;
        }
        int32_t z = add_values(c, group->name, shape, c->single[s], NULL, c->variable + s);
        record(c, group->name, c->learns_start ? LOWERED_FLUSHED : LOWERED_STATE, z);
        if (c->copied[s]) {
            add_copies(c, group->name, shape, s);
        }
        bool beside = neural_crn_option(c, ASYNCHRONOUS);
        int32_t a = add_values(c, text(c, group->name, beside ? "_adjoint_back" : "_adjoint"), shape, false,
                               same, c->adjoint + s);
        if (beside) {
            add_values(c, text(c, group->name, "_adjoint"), shape, false, same, c->made_adjoint + s);
        } else {
            record(c, text(c, group->name, "_adjoint"), LOWERED_FLUSHED, a);
        }
    }
}

void neural_crn_add_inputs(struct neural_crn *c)
{
    int32_t g = 0, v = c->d;
    for (int32_t s = 0; s < c->d; s += c->m->group[g++].size) {
    }
    for (; g < c->m->n_groups; v += c->m->group[g++].size) {
        const struct crnl_neural_group *group = &c->m->group[g];
        int32_t x = add_values(c, group->name, lower_group_shape(group), c->single[v], NULL, c->variable + v);
        c->net->symbol.data[x].flags |= SYMBOL_IS_INPUT;
        record(c, group->name, LOWERED_INPUT, x);
        memcpy(c->back + v, c->variable + v, (size_t)group->size * sizeof *c->back);
        bool any = false;
        for (int32_t i = v; i < v + group->size; i++) {
            any |= c->copied[i];
        }
        if (any) {
            add_copies(c, group->name, lower_group_shape(group), v);
        }
        for (int32_t i = v; i < v + group->size; i++) {
            c->copied[i] = any;
        }
    }
    int32_t target = CRNL_NEURAL_VARIABLES(c->m);
    int32_t y = add_values(c, "y", c->m->outputs == 1 ? shape_scalar() : shape_vector(c->m->outputs),
                           c->single[target], NULL, c->variable + target);
    c->net->symbol.data[y].flags |= SYMBOL_IS_INPUT;
    record(c, "y", LOWERED_TARGET, y);
}

/* The initial value of a rail, from the network parameter that follows the model. */
static expr_id rail_of(struct neural_crn *c, int32_t slot, bool single, bool negative)
{
    struct expr_pool *ex = c->net->ex;
    expr_id v = net_param_expr(c->net, slot);
    return single ? v
                  : expr_binary(ex, EXPR_MAX, negative ? expr_unary(ex, EXPR_NEG, v) : v, expr_real(ex, 0));
}

void neural_crn_add_parameters(struct neural_crn *c)
{
    struct net *net = c->net;
    int32_t first = c->d + c->m->inputs;
    for (int32_t i = 0; i < c->m->n_arrays; i++) {
        const struct crnl_neural_array *a = &c->m->array[i];
        struct shape s = {(uint8_t)a->rank, {a->dim[0], a->dim[1]}};
        bool single = c->single[first + a->first];
        expr_id *start = arena_alloc(c->scratch, (size_t)a->size * sizeof *start);
        for (int32_t k = 0; k < a->size; k++) {
            start[k] = expr_real(net->ex, c->m->value ? c->m->value[a->first + k] : 0);
        }
        expr_id all = expr_reshape(net->ex, expr_stack(net->ex, (size_t)a->size, start), s);
        int32_t p = net_add_param(net, text(c, a->name, "_start"), s, all, c->l->span),
                slot = net->param.data[p].first;
        net->param.data[p].global = c->l->first_value + a->first;
        record(c, a->name, LOWERED_PARAMETER,
               add_values(c, a->name, s, single, NULL, c->variable + first + a->first));
        memcpy(c->back + first + a->first, c->variable + first + a->first, (size_t)a->size * sizeof *c->back);
        record(c, a->name, single ? LOWERED_UPDATE : LOWERED_GRADIENT,
               add_values(c, text(c, a->name, "_gradient"), s, false, NULL, c->gradient + a->first));
        for (int32_t k = 0; k < a->size; k++) {
            const struct rails *r = &c->variable[first + a->first + k];
            net->species.data[r->rail[0]].init = rail_of(c, slot + k, single, false);
            if (!single) {
                net->species.data[r->rail[1]].init = rail_of(c, slot + k, false, true);
            }
        }
    }
}

void neural_crn_add_readouts(struct neural_crn *c)
{
    struct expr_pool *ex = c->net->ex;
    expr_id *e = arena_alloc(c->scratch, (size_t)c->m->outputs * sizeof *e);
    for (int32_t k = 0; k < c->m->outputs; k++) {
        e[k] = 0;
        for (int32_t s = 0; s < c->d; s++) {
            double w = neural_crn_readout_weight(c, k, s);
            const struct rails *z = &c->variable[s];
            expr_id v = net_species_expr(c->net, z->rail[0]);
            v = z->rail[1] < 0 ? v : expr_binary(ex, EXPR_SUB, v, net_species_expr(c->net, z->rail[1]));
            v = w == 1 ? v : expr_binary(ex, EXPR_MUL, expr_real(ex, w), v);
            e[k] = w == 0 ? e[k] : e[k] ? expr_binary(ex, EXPR_ADD, e[k], v) : v;
        }
        e[k] = e[k] ? e[k] : expr_real(ex, 0);
    }
    int32_t out =
        net_add_symbol(c->net, "readout", SYMBOL_OUTPUT,
                       c->m->outputs == 1 ? shape_scalar() : shape_vector(c->m->outputs), e, c->l->span);
    c->net->symbol.data[out].flags |= SYMBOL_IS_OUTPUT;
    record(c, "readout", LOWERED_OUTPUT, out);
}
