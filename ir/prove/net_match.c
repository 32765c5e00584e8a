#include "ir/prove/net_match.h"

#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp.h"
#include "ir/net/each_expr.h"
#include "ir/prove/net_color.h"
#include "support/mem.h"

static const int64_t DEFAULT_LIMIT = 300000000;
enum { MAX_SAVED = 1 << 24 }; /* number of colours kept for backtracking: 128 MiB */

/* Items sorted by their colour. */
struct sorted {
    uint64_t color;
    int32_t item;
};

struct matcher {
    struct net_graph *g[2];
    struct sorted *sorted[2];
    int64_t work, limit, saved;
    struct net_match *result;
};

static int compare_sorted(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    return x->color != y->color ? (x->color < y->color ? -1 : 1) : (x->item > y->item) - (x->item < y->item);
}

static void sort_items(struct matcher *m)
{
    for (int side = 0; side < 2; side++) {
        for (int32_t i = 0; i < m->g[side]->n_items; i++) {
            m->sorted[side][i] = (struct sorted){m->g[side]->color[i], i};
        }
        if (m->g[side]->n_items) {
            qsort(m->sorted[side], (size_t)m->g[side]->n_items, sizeof **m->sorted, compare_sorted);
        }
    }
}

static bool same_colors(const struct matcher *m)
{
    bool same = m->g[0]->n_items == m->g[1]->n_items;
    for (int32_t i = 0; same && i < m->g[0]->n_items; i++) {
        same = m->sorted[0][i].color == m->sorted[1][i].color;
    }
    return same;
}

static int32_t count_classes(const struct matcher *m)
{
    int32_t n = 0;
    for (int32_t i = 0; i < m->g[0]->n_items; i++) {
        n += i == 0 || m->sorted[0][i].color != m->sorted[0][i - 1].color;
    }
    return n;
}

/* Collects the items whose colour occurs less often on the other side. */
static void collect_only(struct matcher *m)
{
    int32_t at[2] = {0, 0};
    while (at[0] < m->g[0]->n_items || at[1] < m->g[1]->n_items) {
        uint64_t color[2];
        bool left[2];
        for (int side = 0; side < 2; side++) {
            left[side] = at[side] < m->g[side]->n_items;
            color[side] = left[side] ? m->sorted[side][at[side]].color : 0;
        }
        if (left[0] && left[1] && color[0] == color[1]) {
            at[0]++;
            at[1]++;
            continue;
        }
        int side = !left[0] || (left[1] && color[1] < color[0]);
        vec_push(&m->result->only[side], net_graph_item(m->g[side], m->sorted[side][at[side]].item));
        at[side]++;
    }
}

static bool spend(struct matcher *m, int64_t work)
{
    m->work += work;
    return m->work <= m->limit;
}

enum outcome { STABLE, APART, OUT_OF_WORK };

/* Refines until a round splits no class, so that equal colours have equal neighbours. APART: the colours of
 * the two sides differ; they are sorted as they were when this was found. */
static enum outcome refine(struct matcher *m)
{
    int32_t classes = -1;
    for (;;) {
        sort_items(m);
        if (!same_colors(m)) {
            return APART;
        }
        int32_t now = count_classes(m);
        if (now == classes) {
            return STABLE;
        }
        classes = now;
        if (!spend(m, 2 * (net_graph_cost(m->g[0]) + net_graph_cost(m->g[1])))) {
            return OUT_OF_WORK;
        }
        net_graph_refine(m->g[0]);
        net_graph_refine(m->g[1]);
    }
}

/* The smallest class of named items with more than one member: sorted[from .. to). Equal reactions, events
 * and the like can be exchanged with each other once all items to which they refer have different colours. */
static bool choose_class(const struct matcher *m, int32_t *from, int32_t *to)
{
    const struct sorted *s = m->sorted[0];
    bool found = false;
    for (int32_t i = 0, end; i < m->g[0]->n_items; i = end) {
        end = i + 1;
        while (end < m->g[0]->n_items && s[end].color == s[i].color) {
            end++;
        }
        if (end - i > 1 && net_graph_is_named(m->g[0], s[i].item) && (!found || end - i < *to - *from)) {
            *from = i;
            *to = end;
            found = true;
        }
    }
    return found;
}

static void keep_renaming(struct matcher *m)
{
    int32_t n = (int32_t)m->g[0]->net->species.n;
    m->result->species = mem_alloc(((size_t)n + 1) * sizeof *m->result->species);
    for (int32_t i = 0; i < m->g[0]->n_items; i++) {
        if (m->sorted[0][i].item < n) {
            m->result->species[m->sorted[0][i].item] = m->sorted[1][i].item;
        }
    }
}

static uint64_t *save_colors(const struct net_graph *g)
{
    uint64_t *colors = mem_alloc(((size_t)g->n_items + 1) * sizeof *colors);
    memcpy(colors, g->color, (size_t)g->n_items * sizeof *colors);
    return colors;
}

static void restore_colors(struct net_graph *g, const uint64_t *colors)
{
    memcpy(g->color, colors, (size_t)g->n_items * sizeof *colors);
}

static enum net_match_answer search(struct matcher *m);

/* Gives one item of a class of a a colour of its own, and tries each member of the class of b as its
 * counterpart. */
static enum net_match_answer split_class(struct matcher *m, int32_t from, int32_t to)
{
    int64_t kept = (int64_t)m->g[0]->n_items * 2 + (to - from);
    m->saved += kept;
    if (m->saved > MAX_SAVED) {
        return NET_MATCH_UNDECIDED;
    }
    uint64_t *colors[2] = {save_colors(m->g[0]), save_colors(m->g[1])};
    int32_t one = m->sorted[0][from].item, *others = mem_alloc((size_t)(to - from) * sizeof *others);
    for (int32_t i = from; i < to; i++) {
        others[i - from] = m->sorted[1][i].item;
    }
    enum net_match_answer answer = NET_MATCH_DIFFERENT;
    for (int32_t i = 0; i < to - from && answer == NET_MATCH_DIFFERENT; i++) {
        restore_colors(m->g[0], colors[0]);
        restore_colors(m->g[1], colors[1]);
        m->g[0]->color[one] = m->g[1]->color[others[i]] = color_mix(colors[0][one], 1);
        answer = search(m);
    }
    free(colors[0]);
    free(colors[1]);
    free(others);
    m->saved -= kept;
    return answer;
}

static enum net_match_answer search(struct matcher *m)
{
    int32_t from, to;
    switch (refine(m)) {
    case APART: return NET_MATCH_DIFFERENT;
    case OUT_OF_WORK: return NET_MATCH_UNDECIDED;
    case STABLE:
        if (choose_class(m, &from, &to)) {
            return split_class(m, from, to);
        }
        break;
    }
    keep_renaming(m);
    return NET_MATCH_EQUAL;
}

/* Whether the renaming that pairs items of equal colour is an isomorphism, with initial colours by `color`.
 * Names and order are tried before the search, because they settle most comparisons in one round. */
static bool try_renaming(struct matcher *m, void (*color)(struct net_graph *g))
{
    color(m->g[0]);
    color(m->g[1]);
    int32_t from, to;
    bool good = refine(m) == STABLE && !choose_class(m, &from, &to);
    if (good) {
        keep_renaming(m);
    }
    return good;
}

static bool same_units(const struct net_units *a, const struct net_units *b)
{
    return !a->amount == !b->amount && !a->time == !b->time && a->amount_factor == b->amount_factor &&
           a->time_factor == b->time_factor && a->is_concentration == b->is_concentration &&
           a->volume == b->volume;
}

static enum net_match_answer decide(struct matcher *m)
{
    if (try_renaming(m, net_graph_color_by_name) || try_renaming(m, net_graph_color_by_order)) {
        return NET_MATCH_EQUAL;
    }
    net_graph_color_by_kind(m->g[0]);
    net_graph_color_by_kind(m->g[1]);
    m->work = 0;
    enum outcome first = refine(m);
    if (first == APART) {
        collect_only(m);
        return NET_MATCH_DIFFERENT;
    }
    return first == OUT_OF_WORK ? NET_MATCH_UNDECIDED : search(m);
}

struct net_match net_match(const struct net *a, const struct net *b, int64_t limit)
{
    struct net_match result = {.answer = NET_MATCH_DIFFERENT};
    struct matcher m = {.limit = limit ? limit : DEFAULT_LIMIT, .result = &result};
    for (int side = 0; side < 2; side++) {
        m.g[side] = net_graph_create(side ? b : a);
        m.sorted[side] = mem_alloc(((size_t)m.g[side]->n_items + 1) * sizeof **m.sorted);
    }
    result.answer = decide(&m);
    result.units_differ = !same_units(&a->units, &b->units);
    if (result.answer == NET_MATCH_EQUAL && (m.g[0]->nested || m.g[1]->nested)) {
        result.answer = NET_MATCH_UNDECIDED;
    }
    if (result.answer == NET_MATCH_EQUAL && result.units_differ) {
        result.answer = NET_MATCH_DIFFERENT;
    }
    for (int side = 0; side < 2; side++) {
        net_graph_destroy(m.g[side]);
        free(m.sorted[side]);
    }
    return result;
}

void net_match_free(struct net_match *m)
{
    free(m->species);
    vec_free(&m->only[0]);
    vec_free(&m->only[1]);
    *m = (struct net_match){0};
}

/* ---- defaults ---- */

struct defaults {
    struct net *n;
    const double *p;
};

static expr_id replace_param(void *env, const struct expr *leaf, expr_id id)
{
    struct defaults *d = env;
    (void)id;
    return leaf->op == EXPR_PARAM ? expr_real(d->n->ex, d->p[leaf->a]) : 0;
}

/* Replaces parameters everywhere except in the declarations of parameters. */
static void replace_all(struct defaults *d)
{
    struct net *n = d->n;
    for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
        bool own = e.role == ROLE_ELEMENT && n->symbol.data[e.owner].kind == SYMBOL_PARAM;
        if (e.role != ROLE_DEFAULT && !own) {
            net_put_expr(n, &e, expr_rewrite(n->ex, n->ex, e.id, replace_param, d));
        }
    }
}

struct net *net_with_defaults(const struct net *n)
{
    double *p = mem_zalloc((size_t)n->n_slots + 1, sizeof *p);
    struct interp *it = interp_create(n);
    int32_t slot;
    bool good = interp_params(it, NULL, NULL, p, &slot);
    interp_destroy(it);
    struct net *copy = good ? net_clone(n) : NULL;
    if (copy) {
        replace_all(&(struct defaults){copy, p});
    }
    free(p);
    return copy;
}
