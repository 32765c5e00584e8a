/* Prepares the reverse of the right side as straight-line code (kern_reverse.c): the order in which the code
 * visits rate constants, and the derivatives of laws with respect to everything that they read.
 *
 * A reaction that takes at most two molecules stands beside those that take the same pair. For a pair (p, q)
 * with x_p x_q = m, where reaction j changes species s by delta_js, y is the adjoint of dx/dt, and
 * d_j = sum_s delta_js y_s, the code adds
 *
 *   k_bar_j += d_j m,   x_bar_p += x_q sum_j k_j d_j,   x_bar_q += x_p sum_j k_j d_j
 *
 * so that three or four reactions of a pair fit into one vector. */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PARTIALS = 400 }; /* of all laws together; as many as the default limit of net changes */

bool plan_pair_of(const struct crnl_model *m, int32_t j, int32_t pair[2])
{
    double count = 0;
    int n = 0;
    pair[0] = pair[1] = -1;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        count += m->lhs_count[e];
        for (double c = 0; c < m->lhs_count[e] && count <= 2; c++) {
            pair[n++] = m->lhs_species[e];
        }
    }
    return !(m->law && m->law[j] >= 0) && count <= 2;
}

bool plan_same_changes(const struct crnl_model *m, int32_t i, int32_t j)
{
    int32_t n = m->net_ptr[i + 1] - m->net_ptr[i];
    if (n != m->net_ptr[j + 1] - m->net_ptr[j]) {
        return false;
    }
    for (int32_t e = 0; e < n; e++) {
        int32_t a = m->net_ptr[i] + e, b = m->net_ptr[j] + e;
        if (m->net_species[a] != m->net_species[b] || m->net_delta[a] != m->net_delta[b]) {
            return false;
        }
    }
    return true;
}

struct member {
    const struct crnl_model *m;
    int32_t reaction, pair[2];
    bool in_pair;
};

static int compare(int32_t x, int32_t y)
{
    return (x > y) - (x < y);
}

/* Orders by pair, reactions without a pair last; within a pair by the species that change, so that equal
 * changes are in neighbouring lanes. */
static int by_pair(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = compare(y->in_pair, x->in_pair);
    order = order || !x->in_pair ? order : compare(x->pair[0], y->pair[0]);
    order = order || !x->in_pair ? order : compare(x->pair[1], y->pair[1]);
    for (int32_t i = x->m->net_ptr[x->reaction], k = y->m->net_ptr[y->reaction];
         !order && i < x->m->net_ptr[x->reaction + 1] && k < y->m->net_ptr[y->reaction + 1]; i++, k++) {
        order = compare(x->m->net_species[i], y->m->net_species[k]);
    }
    return order ? order : compare(x->reaction, y->reaction);
}

/* Reactions of one pair follow each other. If the last vector of PLAN_LANES lacks one of them, -1 fills its
 * lane. */
static void plan_order(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    int32_t n = m->n_reactions;
    struct member *list = mem_zalloc((size_t)n + 1, sizeof *list);
    int32_t *order = plan_array(b, 2 * n, int32_t);
    for (int32_t j = 0; j < n; j++) {
        list[j] = (struct member){.m = m, .reaction = j};
        list[j].in_pair = plan_pair_of(m, j, list[j].pair);
    }
    qsort(list, (size_t)n, sizeof *list, by_pair);
    for (int32_t i = 0, end; i < n; i = end) {
        end = i + 1;
        while (list[i].in_pair && end < n && list[end].in_pair && list[end].pair[0] == list[i].pair[0] &&
               list[end].pair[1] == list[i].pair[1]) {
            end++;
        }
        for (int32_t k = i; k < end; k++) {
            order[m->n_reverse++] = list[k].reaction;
        }
        if ((end - i) % PLAN_LANES == PLAN_LANES - 1) {
            order[m->n_reverse++] = -1;
        }
    }
    m->reverse_order = order;
    free(list);
}

struct leaves {
    VEC(expr_id) id;
};

static void add_leaf(void *env, expr_id id, const struct expr *x)
{
    if (x->op == EXPR_SPECIES || x->op == EXPR_PARAM || x->op == EXPR_TIME) {
        vec_push(&((struct leaves *)env)->id, id);
    }
}

/* False if a law cannot be differentiated as an expression, or if there are too many derivatives. */
static bool plan_partials(struct plan_builder *b)
{
    const struct crnl_model *m = &b->plan->model;
    VEC(struct plan_partial) all = {0};
    struct leaves leaves = {{0}};
    VEC(expr_id) adjoint = {0};
    bool good = true;
    for (int32_t j = 0; m->law && j < m->n_reactions && good; j++) {
        if (m->law[j] < 0) {
            continue;
        }
        leaves.id.n = adjoint.n = 0;
        expr_id law = b->expr.data[m->law[j]];
        expr_visit(b->net->ex, law, add_leaf, &leaves);
        for (size_t i = 0; i < leaves.id.n; i++) {
            vec_push(&adjoint, 0);
        }
        good = all.n + leaves.id.n <= MOST_PARTIALS &&
               expr_adjoint(b->net->ex, law, leaves.id.n, leaves.id.data, adjoint.data);
        for (size_t i = 0; i < leaves.id.n && good; i++) {
            if (adjoint.data[i]) {
                vec_push(&all, (struct plan_partial){j, leaves.id.data[i], adjoint.data[i]});
            }
        }
    }
    b->plan->partial = plan_array(b, all.n, struct plan_partial);
    b->plan->n_partials = (int32_t)all.n;
    if (all.n) {
        memcpy(b->plan->partial, all.data, all.n * sizeof *all.data);
    }
    vec_free(&all);
    vec_free(&leaves.id);
    vec_free(&adjoint);
    return good;
}

void plan_reverse(struct plan_builder *b, const struct plan_options *o)
{
    const struct crnl_model *m = &b->plan->model;
    if (b->use->has_gradient && m->net_ptr[m->n_reactions] <= o->unroll_rhs_limit && plan_partials(b)) {
        plan_order(b);
    }
}
