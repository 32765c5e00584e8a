/* Differential equations, first values and read-outs of neural_ode, as terms. */
#include <math.h>

#include "frontend/neural/neural_ode.h"
#include "frontend/network/network_ode.h"

const char neural_ode_example[] = "as in model m = neural_ode { input x[2]; state z[2] = x; param th[2] = "
                                  "0.1; z' = th * z; readout sum(z); }";

static const char *term_text(struct ode_model *o, const struct monomial *m)
{
    const char *text = arena_printf(o->d->f->arena, "%g", m->number);
    for (int i = 0; i < m->degree; i++) {
        text = arena_printf(o->d->f->arena, "%s*%s", text, o->whole.net->species.data[m->factor[i]].name);
    }
    return text;
}

/* Which variables may stand in an equation: at most `most` factors that are states and, if `others` is
 * set, inputs and parameters. */
static bool add_terms(struct ode_model *o, const struct ast *at, int32_t equation, const struct polynomial *p,
                      int most, bool others, const char *rule)
{
    for (size_t i = 0; i < p->term.n; i++) {
        const struct monomial *m = &p->term.data[i];
        int states = 0;
        if (m->symbol || !isfinite(m->number)) {
            return neural_complain(o->d, at, "the coefficients of a neural_ode are known when compiling",
                                   "declare what is learned as a param of the model");
        }
        for (int k = 0; k < m->degree; k++) {
            states += m->factor[k] < o->d->m.n_states;
        }
        if (states > most || (m->degree > states && !others) || m->degree > CRNL_NEURAL_MAX_DEGREE) {
            return neural_complain(
                o->d, at,
                arena_printf(o->d->f->arena, "the term %s cannot stand here: %s", term_text(o, m),
                             m->degree > CRNL_NEURAL_MAX_DEGREE ? "it has more than 8 factors" : rule),
                neural_ode_example);
        }
        vec_push(&o->equation, equation);
        vec_push(&o->coefficient, m->number);
        for (int k = 0; k < CRNL_NEURAL_MAX_DEGREE; k++) {
            vec_push(&o->factor, k < m->degree ? m->factor[k] : -1);
        }
    }
    return true;
}

static const char of_models[] =
    "of inputs, states and parameters a right side has sums, products and whole powers; in place of "
    "tanh(v), `v - v^3 / 3` follows it near 0";

static bool add_equation(struct ode_model *o, const struct ast *at, int32_t equation, expr_id e, int most,
                         bool others, const char *rule)
{
    struct polynomial p = {0};
    bool good = network_expand(&o->w, at->span, e, of_models, &p) &&
                add_terms(o, at, equation, &p, most, others, rule);
    polynomial_free(&p);
    return good;
}

/* Reads z' = ...; and z[1]' = ...; */
static bool derivative(struct ode_model *o, const struct ast *a, int32_t state, const struct ast **found)
{
    struct ref r;
    if (a->kind != AST_ODE) {
        return true;
    }
    if (!network_ref(&o->w, ode_left(a), &r)) {
        return false;
    }
    int64_t at = -1, n = shape_size(r.shape);
    for (int64_t i = 0; i < n; i++) {
        if (r.ids[i] >= o->d->m.n_states) {
            return neural_complain(o->d, ode_left(a), "a differential equation is of a state",
                                   neural_ode_example);
        }
        at = r.ids[i] == state ? i : at;
    }
    if (at < 0) {
        return true;
    }
    if (*found) {
        return network_equation_twice(o->d->f, a, *found, o->whole.net->species.data[state].name);
    }
    *found = a;
    expr_id right = value_real(&o->w, ode_right(a));
    if (!right || !value_fits(&o->w, ode_right(a)->span, right, r.shape, "the left side")) {
        return false;
    }
    bool scalar = value_info(&o->w, right).shape.rank == 0;
    return add_equation(o, ode_right(a), state, scalar ? right : expr_element(o->w.ex, right, at),
                        CRNL_NEURAL_MAX_DEGREE, true, "");
}

bool neural_ode_derivatives(struct ode_model *o)
{
    const struct ast *block = model_block(o->d->ast);
    for (int32_t s = 0; s < o->d->m.n_states; s++) {
        const struct ast *found = NULL;
        for (uint32_t i = 0; i < block->n; i++) {
            if (!derivative(o, block_statement(block, i), s, &found)) {
                return false;
            }
        }
        if (!found) {
            return neural_complain(o->d, o->d->ast,
                                   arena_printf(o->d->f->arena, "the state '%s' has no differential equation",
                                                o->whole.net->species.data[s].name),
                                   neural_ode_example);
        }
    }
    return true;
}

bool neural_ode_starts(struct ode_model *o)
{
    int32_t equation = o->d->m.n_states;
    for (size_t i = 0; i < o->state.n; i++) {
        const struct ast *dcl = o->state.data[i];
        struct shape s;
        if (!dcl_value(dcl)) {
            return neural_complain(o->d, dcl, "a state says where it starts: state z[2] = x;",
                                   neural_ode_example);
        }
        expr_id v = value_real(&o->w, dcl_value(dcl));
        if (!v || !value_shape(&o->w, dcl_dims(dcl), &s) ||
            !value_fits(&o->w, dcl_value(dcl)->span, v, s, arena_printf(o->d->f->arena, "'%s'", dcl->name))) {
            return false;
        }
        bool scalar = value_info(&o->w, v).shape.rank == 0;
        for (int64_t k = 0; k < shape_size(s); k++) {
            if (!add_equation(o, dcl_value(dcl), equation++, scalar ? v : expr_element(o->w.ex, v, k), 0,
                              true, "a state starts from inputs and parameters")) {
                return false;
            }
        }
    }
    return true;
}

bool neural_ode_readouts(struct ode_model *o)
{
    const struct ast *block = model_block(o->d->ast), *readout = NULL;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_READOUT && readout) {
            return diag_report(o->d->f->diag, DIAG_E0203, a->span, "the model has a read-out already");
        }
        readout = a->kind == AST_READOUT ? readout_value(a) : readout;
    }
    if (!readout) {
        return neural_complain(o->d, o->d->ast,
                               "a neural_ode says what is read of its states: readout sum(z);",
                               neural_ode_example);
    }
    expr_id v = value_real(&o->w, readout);
    if (!v) {
        return false;
    }
    struct shape s = value_info(&o->w, v).shape;
    o->d->m.outputs = (int32_t)shape_size(s);
    if (s.rank > 1 || o->d->m.outputs < 1) {
        return neural_complain(o->d, readout, "a read-out is a number or a vector", neural_ode_example);
    }
    for (int32_t i = 0; i < o->d->m.outputs; i++) {
        expr_id e = s.rank ? expr_element(o->w.ex, v, i) : v;
        if (!add_equation(o, readout, 2 * o->d->m.n_states + i, e, 1, false,
                          "a read-out is linear in the states, with constant coefficients")) {
            return false;
        }
    }
    return true;
}
