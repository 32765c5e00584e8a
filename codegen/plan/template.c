#include "codegen/plan/template.h"

#include <stdlib.h>
#include <string.h>

#include "support/hash.h"

enum { MAX_NODES = 200 }; /* nodes of an expression that is worth comparing; also bounds the recursion */

struct walk {
    const struct expr_pool *p;
    struct templates *t;
    uint32_t first;          /* index in t->operand of the first operand of this expression */
    expr_id node[MAX_NODES]; /* inner nodes in the order of their numbers */
    int n_nodes;
    bool failed;
    VEC(int32_t) key;
};

/* Whether a leaf may differ within a template. The exponent of a power stays a constant, since it decides
 * which code is emitted. */
static bool is_operand(const struct expr *x, bool exponent)
{
    switch (x->op) {
    case EXPR_SPECIES:
    case EXPR_PARAM:
    case EXPR_CAPTURE: return true;
    case EXPR_CONST: return x->type == TYPE_REAL && x->shape.rank == 0 && !exponent;
    default: return false;
    }
}

static int32_t operand_number(struct walk *w, expr_id id)
{
    struct templates *t = w->t;
    for (size_t i = w->first; i < t->operand.n; i++) {
        if (t->operand.data[i] == id) {
            return (int32_t)(i - w->first);
        }
    }
    vec_push(&t->operand, id);
    return (int32_t)(t->operand.n - 1 - w->first);
}

static void put_node(struct walk *w, const struct expr *x)
{
    vec_push(&w->key, x->op << 8 | x->type);
    vec_push(&w->key, x->a);
    vec_push(&w->key, x->b);
    vec_push(&w->key, x->shape.rank);
    for (int32_t i = 0; i < x->shape.rank; i++) {
        vec_push(&w->key, x->shape.dim[i]);
    }
    vec_push(&w->key, (int32_t)x->n_args);
}

/* Appends node `id` to the key; -1, -2, ... stand for inner nodes that were written before. */
static void visit(struct walk *w, expr_id id, bool exponent)
{
    const struct expr *x = expr_get(w->p, id);
    if (w->failed) {
        return;
    }
    if (is_operand(x, exponent)) {
        vec_push(&w->key, 1 << 16 | x->op);
        vec_push(&w->key, operand_number(w, id));
        return;
    }
    if (x->op == EXPR_CONST) { /* equal constants have the same id */
        vec_push(&w->key, 1 << 17);
        vec_push(&w->key, (int32_t)id);
        return;
    }
    for (int i = 0; i < w->n_nodes; i++) {
        if (w->node[i] == id) {
            vec_push(&w->key, -1 - i);
            return;
        }
    }
    if (w->n_nodes == MAX_NODES) {
        w->failed = true;
        return;
    }
    w->node[w->n_nodes++] = id;
    put_node(w, x);
    for (uint32_t i = 0; i < x->n_args; i++) {
        visit(w, x->args[i], x->op == EXPR_POW && i == 1);
    }
}

struct keyed {
    uint64_t hash;
    const int32_t *key;
    size_t first, length, index;
};

static bool same_key(const struct keyed *x, const struct keyed *y)
{
    return x->hash == y->hash && x->length == y->length &&
           memcmp(x->key, y->key, x->length * sizeof *x->key) == 0;
}

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    if (x->length != y->length) {
        return x->length < y->length ? -1 : 1;
    }
    int order = memcmp(x->key, y->key, x->length * sizeof *x->key);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Numbers the groups in the order of the first expression of each. */
static void number_groups(struct templates *t, struct keyed *k, size_t n)
{
    size_t *leader = mem_zalloc(n + 1, sizeof *leader);
    qsort(k, n, sizeof *k, by_key);
    for (size_t i = 0, start = 0; i < n; i++) {
        start = i > 0 && same_key(&k[i], &k[i - 1]) ? start : i;
        leader[k[i].index] = k[start].index;
    }
    t->size = mem_zalloc(n + 1, sizeof *t->size);
    for (size_t i = 0; i < n; i++) {
        if (t->use[i].group >= 0) {
            t->use[i].group = leader[i] == i ? t->n_groups++ : t->use[leader[i]].group;
            t->size[t->use[i].group]++;
        }
    }
    free(leader);
}

struct templates templates_find(const struct expr_pool *p, const expr_id *expr, size_t n)
{
    struct templates t = {0};
    struct keyed *k = mem_zalloc(n + 1, sizeof *k);
    struct walk w = {.p = p, .t = &t};
    t.use = mem_zalloc(n + 1, sizeof *t.use);
    for (size_t i = 0; i < n; i++) {
        size_t start = w.key.n;
        w.first = (uint32_t)t.operand.n;
        w.n_nodes = 0;
        w.failed = false;
        visit(&w, expr[i], false);
        if (w.failed) {
            t.operand.n = w.first;
            w.key.n = start;
        }
        t.use[i] = (struct template_use){w.failed ? -1 : 0, w.first, (uint32_t)t.operand.n - w.first};
        k[i] = (struct keyed){0, NULL, start, w.key.n - start, i};
    }
    for (size_t i = 0; i < n; i++) {
        k[i].key = w.key.data + k[i].first;
        k[i].hash = hash_bytes(k[i].key, k[i].length * sizeof *k[i].key);
    }
    number_groups(&t, k, n);
    vec_free(&w.key);
    free(k);
    return t;
}

void templates_free(struct templates *t)
{
    free(t->use);
    free(t->size);
    vec_free(&t->operand);
}
