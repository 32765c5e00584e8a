/* The part of a model that computes: stoichiometry, general laws and their gradients, tapes. */
#include "codegen/plan/plan_build.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void plan_stoichiometry(struct plan_builder *b)
{
    const struct net *net = b->net;
    size_t n = net->reaction.n, n_lhs = 0, n_both = 0, widest = 0;
    for (size_t j = 0; j < n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        size_t width = (size_t)r->n_lhs + r->n_rhs;
        n_lhs += r->n_lhs;
        n_both += width;
        widest = width > widest ? width : widest;
    }
    int32_t *lhs_ptr = plan_array(b, n + 1, int32_t), *lhs_species = plan_array(b, n_lhs, int32_t);
    int32_t *net_ptr = plan_array(b, n + 1, int32_t), *net_species = plan_array(b, n_both, int32_t);
    double *lhs_count = plan_array(b, n_lhs, double), *net_delta = plan_array(b, n_both, double);
    struct term *change = mem_alloc((widest + 1) * sizeof *change);
    int32_t at = 0, to = 0;
    for (size_t j = 0; j < n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        const struct term *lhs = net_lhs(net, r);
        for (uint32_t i = 0; i < r->n_lhs; i++, at++) {
            lhs_species[at] = lhs[i].species;
            lhs_count[at] = (double)lhs[i].count;
        }
        lhs_ptr[j + 1] = at;
        size_t n_change = net_change(net, r, change);
        for (size_t i = 0; i < n_change; i++, to++) {
            net_species[to] = change[i].species;
            net_delta[to] = (double)change[i].count;
        }
        net_ptr[j + 1] = to;
    }
    free(change);
    struct crnl_model *m = &b->plan->model;
    m->lhs_ptr = lhs_ptr;
    m->lhs_species = lhs_species;
    m->lhs_count = lhs_count;
    m->net_ptr = net_ptr;
    m->net_species = net_species;
    m->net_delta = net_delta;
}

/* ---- Laws --------------------------------------------------------------------------------------------- */

struct id_list {
    VEC(expr_id) id;
};

/* Collects in `species` what a law reads. Constant species are left out, since no derivative with respect to
 * them is needed. */
static void law_species(struct plan_builder *b, expr_id law, struct id_list *todo, struct id_list *species)
{
    b->round++;
    species->id.n = 0;
    vec_push(&todo->id, law);
    while (todo->id.n) {
        expr_id id = todo->id.data[--todo->id.n];
        while (b->seen.n <= id) {
            vec_push(&b->seen, 0);
        }
        if (b->seen.data[id] == b->round) {
            continue;
        }
        b->seen.data[id] = b->round;
        const struct expr *e = expr_get(b->net->ex, id);
        if (e->op == EXPR_SPECIES && b->net->species.data[e->a].kind != SPECIES_CONSTANT) {
            vec_push(&species->id, (expr_id)e->a);
        }
        for (uint32_t k = 0; k < e->n_args; k++) {
            if (e->args[k]) {
                vec_push(&todo->id, e->args[k]);
            }
        }
    }
}

static int by_number(const void *a, const void *b)
{
    expr_id x = *(const expr_id *)a, y = *(const expr_id *)b;
    return (x > y) - (x < y);
}

static void plan_gradients(struct plan_builder *b, const int32_t *law)
{
    size_t n = b->net->reaction.n;
    int32_t *ptr = plan_array(b, n + 1, int32_t);
    ptr[0] = 0;
    VEC(int32_t) species = {0};
    VEC(int32_t) expr = {0};
    struct id_list todo = {{0}}, read = {{0}};
    for (size_t j = 0; j < n; j++) {
        if (law[j] >= 0) {
            expr_id rate = b->expr.data[law[j]];
            law_species(b, rate, &todo, &read);
            if (read.id.n) {
                qsort(read.id.data, read.id.n, sizeof *read.id.data, by_number);
            }
            for (size_t i = 0; i < read.id.n; i++) {
                int32_t s = (int32_t)read.id.data[i];
                expr_id d = expr_derivative(b->net->ex, rate, EXPR_SPECIES, s);
                vec_push(&species, s);
                vec_push(&expr, plan_expr(b, d));
            }
        }
        ptr[j + 1] = (int32_t)species.n;
    }
    int32_t *to_species = plan_array(b, species.n, int32_t), *to_expr = plan_array(b, expr.n, int32_t);
    for (size_t i = 0; i < species.n; i++) {
        to_species[i] = species.data[i];
        to_expr[i] = expr.data[i];
    }
    vec_free(&species);
    vec_free(&expr);
    vec_free(&todo.id);
    vec_free(&read.id);
    b->plan->model.grad_ptr = ptr;
    b->plan->model.grad_species = to_species;
    b->plan->model.grad_expr = to_expr;
}

typedef VEC(int32_t) species_vec;

static void add_species(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    if (e->op == EXPR_SPECIES) {
        vec_push((species_vec *)env, e->a);
    }
}

/* Lists the species that laws read beside the time. */
static void plan_timed(struct plan_builder *b, const int32_t *timed, int32_t n)
{
    species_vec species = {0};
    int32_t *ptr = plan_array(b, n + 1, int32_t);
    ptr[0] = 0;
    for (int32_t i = 0; i < n; i++) {
        expr_visit(b->net->ex, b->net->reaction.data[timed[i]].rate, add_species, &species);
        ptr[i + 1] = (int32_t)species.n;
    }
    int32_t *to = plan_array(b, species.n, int32_t);
    for (size_t i = 0; i < species.n; i++) {
        to[i] = species.data[i];
    }
    vec_free(&species);
    b->plan->model.n_timed = n;
    b->plan->model.timed = timed;
    b->plan->model.timed_ptr = ptr;
    b->plan->model.timed_species = to;
}

void plan_laws(struct plan_builder *b)
{
    size_t n = b->net->reaction.n;
    int32_t *law = plan_array(b, n, int32_t), *timed = plan_array(b, n, int32_t), n_timed = 0;
    bool any = false;
    for (size_t j = 0; j < n; j++) {
        const struct reaction *r = &b->net->reaction.data[j];
        law[j] = r->rate_kind == RATE_LAW ? plan_expr(b, r->rate) : -1;
        any = any || law[j] >= 0;
        if (law[j] >= 0 && expr_uses(b->net->ex, r->rate, EXPR_TIME, -1)) {
            timed[n_timed++] = (int32_t)j;
        }
    }
    if (any) {
        b->plan->model.law = law;
        if (n_timed > 0) {
            plan_timed(b, timed, n_timed);
        }
        if (b->use->needs & CRNL_NEEDS_JACOBIAN || b->use->has_gradient) {
            plan_gradients(b, law);
        }
    }
}

/* ---- Tapes -------------------------------------------------------------------------------------------- */

static void default_exprs(struct plan_builder *b, expr_id *out)
{
    struct expr_pool *ex = b->net->ex;
    for (size_t i = 0; i < b->net->param.n; i++) {
        const struct net_param *p = &b->net->param.data[i];
        int64_t size = shape_size(p->shape);
        for (int64_t k = 0; k < size; k++) {
            expr_id e = p->init;
            if (p->global >= 0) {
                e = expr_leaf(ex, EXPR_GLOBAL, TYPE_REAL, shape_scalar(), p->global + (int32_t)k, 0);
            } else if (e && expr_get(ex, e)->shape.rank > 0) {
                e = expr_element(ex, e, k);
            }
            out[p->first + k] = e;
        }
    }
}

void plan_tapes(struct plan_builder *b)
{
    const struct net *net = b->net;
    size_t n_params = (size_t)net->n_slots, most = n_params;
    most = net->species.n > most ? net->species.n : most;
    most = net->reaction.n > most ? net->reaction.n : most;
    expr_id *e = mem_zalloc(most + 1, sizeof *e);
    struct crnl_model *m = &b->plan->model;
    default_exprs(b, e);
    m->defaults = tape_build(b->arena, net->ex, e, n_params);
    for (size_t s = 0; s < net->species.n; s++) {
        e[s] = net->species.data[s].init;
    }
    m->init = tape_build(b->arena, net->ex, e, net->species.n);
    expr_id one = expr_real(net->ex, 1);
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        e[j] = r->rate_kind == RATE_LAW ? one : r->rate;
    }
    m->rate = tape_build(b->arena, net->ex, e, net->reaction.n);
    free(e);
}
