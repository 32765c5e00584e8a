/* What the method `limit` needs of a network: the order of its reactions, and which expressions are linear in
 * the amounts, since those have exact values. */
#include "codegen/plan/plan_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir/net/amount.h"
#include "support/mem.h"

/* factor · e, still to be taken apart. */
struct piece {
    expr_id e;
    double factor;
};

struct form_builder {
    const struct expr_pool *ex;
    VEC(struct piece) todo;
    VEC(int32_t) species;
    VEC(double) factor;
};

static void add_term(struct form_builder *f, int32_t species, double factor)
{
    vec_push(&f->species, species);
    vec_push(&f->factor, factor);
}

static void take_apart(struct form_builder *f, expr_id e, double factor)
{
    vec_push(&f->todo, ((struct piece){e, factor}));
}

/* Takes apart one operator of a linear form; false if e is not linear. */
static bool take_operator(struct form_builder *f, struct piece p)
{
    const struct expr *x = expr_get(f->ex, p.e);
    double v;
    if (expr_const_real(f->ex, p.e, &v)) {
        add_term(f, -1, p.factor * v);
        return true;
    }
    switch (x->op) {
    case EXPR_SPECIES: add_term(f, x->a, p.factor); return true;
    case EXPR_NEG: take_apart(f, x->args[0], -p.factor); return true;
    case EXPR_ADD:
    case EXPR_SUB:
        take_apart(f, x->args[1], x->op == EXPR_ADD ? p.factor : -p.factor);
        take_apart(f, x->args[0], p.factor);
        return true;
    case EXPR_MUL:
        if (expr_const_real(f->ex, x->args[0], &v)) {
            take_apart(f, x->args[1], p.factor * v);
            return true;
        }
        if (expr_const_real(f->ex, x->args[1], &v)) {
            take_apart(f, x->args[0], p.factor * v);
            return true;
        }
        return false;
    case EXPR_DIV:
        if (expr_const_real(f->ex, x->args[1], &v) && v != 0) {
            take_apart(f, x->args[0], p.factor / v);
            return true;
        }
        return false;
    default: return false;
    }
}

/* Appends the terms of e. Appends nothing if e is not linear, or if shared subexpressions make it much longer
 * than the number of its nodes. */
static void add_form(struct form_builder *f, expr_id e)
{
    size_t before = f->species.n, most = 4 * expr_count(f->ex) + 16, turns = 0;
    bool linear = true;
    f->todo.n = 0;
    take_apart(f, e, 1);
    while (f->todo.n > 0 && linear) {
        struct piece p = f->todo.data[--f->todo.n];
        linear = take_operator(f, p) && ++turns < most;
    }
    for (size_t i = before; i < f->factor.n && linear; i++) {
        linear = f->factor.data[i] - f->factor.data[i] == 0;
    }
    if (!linear) {
        f->species.n = f->factor.n = before;
    }
}

static void plan_forms(struct plan_builder *b)
{
    struct form_builder f = {.ex = b->net->ex};
    int32_t *ptr = plan_array(b, b->expr.n + 1, int32_t);
    for (size_t i = 0; i < b->expr.n; i++) {
        add_form(&f, b->expr.data[i]);
        ptr[i + 1] = (int32_t)f.species.n;
    }
    int32_t *species = plan_array(b, f.species.n, int32_t);
    double *factor = plan_array(b, f.species.n, double);
    if (f.species.n) {
        memcpy(species, f.species.data, f.species.n * sizeof *species);
        memcpy(factor, f.factor.data, f.species.n * sizeof *factor);
    }
    b->plan->model.form_ptr = ptr;
    b->plan->model.form_species = species;
    b->plan->model.form_factor = factor;
    vec_free(&f.todo);
    vec_free(&f.species);
    vec_free(&f.factor);
}

/* The parts of exact initial amounts that a double does not hold. */
static void plan_rests(struct plan_builder *b)
{
    double part[NET_AMOUNT_PARTS];
    VEC(int32_t) species = {0};
    VEC(double) of = {0}, rest = {0};
    for (size_t s = 0; s < b->net->species.n; s++) {
        size_t n = b->net->species.data[s].rest ? net_amount_parts(b->net, (species_id)s, part) : 0;
        for (size_t i = 1; i < n; i++) {
            vec_push(&species, (int32_t)s);
            vec_push(&of, part[0]);
            vec_push(&rest, part[i]);
        }
    }
    struct crnl_model *m = &b->plan->model;
    size_t n = species.n;
    m->n_rests = (int32_t)n;
    m->rest_species = n ? memcpy(plan_array(b, n, int32_t), species.data, n * sizeof(int32_t)) : NULL;
    m->rest_of = n ? memcpy(plan_array(b, n, double), of.data, n * sizeof(double)) : NULL;
    m->rest = n ? memcpy(plan_array(b, n, double), rest.data, n * sizeof(double)) : NULL;
    vec_free(&species);
    vec_free(&of);
    vec_free(&rest);
}

/* Exact net changes, for networks where one is above 2^53. */
static void plan_counts(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    const struct net *net = b->net;
    bool large = false;
    size_t widest = 0;
    for (int32_t e = 0; e < m->net_ptr[m->n_reactions]; e++) {
        large = large || fabs(m->net_delta[e]) > 0x1p53;
    }
    if (!large) {
        return;
    }
    for (size_t j = 0; j < net->reaction.n; j++) {
        size_t width = (size_t)net->reaction.data[j].n_lhs + net->reaction.data[j].n_rhs;
        widest = width > widest ? width : widest;
    }
    int64_t *count = plan_array(b, m->net_ptr[m->n_reactions], int64_t);
    struct term *change = mem_alloc((widest + 1) * sizeof *change);
    for (size_t j = 0; j < net->reaction.n; j++) {
        size_t n = net_change(net, &net->reaction.data[j], change);
        for (size_t i = 0; i < n; i++) {
            count[(size_t)m->net_ptr[j] + i] = change[i].count;
        }
    }
    free(change);
    m->net_count = count;
}

void plan_limit(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    struct rate_independence r = fact_rate_independence(b->net);
    if (r.holds) {
        int32_t *order = plan_array(b, m->n_reactions, int32_t);
        if (m->n_reactions) {
            memcpy(order, r.order, (size_t)m->n_reactions * sizeof *order);
        }
        m->limit_order = order;
        plan_forms(b);
        plan_rests(b);
        plan_counts(b);
    } else {
        m->limit_refusal = arena_strdup(b->arena, r.why ? r.why : "");
    }
    fact_rate_independence_free(&r);
}
