/* count_reactions(net): the reactions whose rate constants are positive at the parameters of now. */
#include <stdlib.h>

#include "frontend/experiment/experiment.h"

struct rates {
    struct where *w;
    int32_t net;
};

/* A parameter of the network as the experiment reads it. */
static expr_id read_param(void *env, const struct expr *leaf, expr_id id)
{
    const struct rates *r = env;
    struct net *n = r->w->f->program->net.data[r->net].net;
    (void)id;
    for (size_t i = 0; leaf->op == EXPR_PARAM && i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        const struct net_param *p = s->kind == SYMBOL_PARAM ? net_symbol_param(n, s) : NULL;
        if (p && leaf->a >= p->first && leaf->a < p->first + shape_size(p->shape)) {
            expr_id all = expr_leaf(r->w->ex, EXPR_NET_GET, TYPE_REAL, p->shape, r->net, (int32_t)i);
            return expr_element(r->w->ex, all, leaf->a - p->first);
        }
    }
    return 0;
}

static int by_rate(const void *a, const void *b)
{
    const expr_id x = *(const expr_id *)a, y = *(const expr_id *)b;
    return (x > y) - (x < y);
}

expr_id experiment_count_reactions(struct where *w, int32_t net)
{
    struct expr_pool *ex = w->ex;
    const struct net *n = w->f->program->net.data[net].net;
    struct rates r = {w, net};
    VEC(expr_id) open = {0};
    int64_t known = 0;
    for (size_t i = 0; i < n->reaction.n; i++) {
        double k = 1;
        expr_id rate = n->reaction.data[i].rate;
        if (n->reaction.data[i].rate_kind != RATE_LAW && !expr_const_real(n->ex, rate, &k)) {
            vec_push(&open, rate);
        } else {
            known += k > 0;
        }
    }
    if (open.n > 0) {
        qsort(open.data, open.n, sizeof *open.data, by_rate);
    }
    expr_id sum = expr_int(ex, known);
    for (size_t i = 0, end; i < open.n; i = end) { /* reactions that share a rate are there together */
        for (end = i + 1; end < open.n && open.data[end] == open.data[i];) {
            end++;
        }
        expr_id rate = expr_rewrite(ex, n->ex, open.data[i], read_param, &r);
        expr_id there = expr_binary(ex, EXPR_LT, expr_real(ex, 0), rate);
        sum = expr_binary(ex, EXPR_ADD, sum,
                          expr_select(ex, there, expr_int(ex, (int64_t)(end - i)), expr_int(ex, 0)));
    }
    vec_free(&open);
    return sum;
}
