/* Collects the distinct nodes below an expression. There is no recursion, because long sums are deep. A
 * small number of nodes, the usual case of a rate, needs no allocation. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

static void enter(struct reach *r, size_t position)
{
    hash_index_add(&r->by_id, hash_mix(0, r->id[position]), (int32_t)position);
}

static void grow(struct reach *r)
{
    size_t cap = r->cap * 2;
    if (r->id == r->room) {
        r->id = mem_alloc(cap * sizeof *r->id);
        memcpy(r->id, r->room, sizeof r->room);
        for (size_t i = 0; i < r->n; i++) {
            enter(r, i);
        }
    } else {
        r->id = mem_resize(r->id, cap, sizeof *r->id);
    }
    r->cap = cap;
}

static bool seen(const struct reach *r, expr_id id)
{
    if (r->id != r->room) {
        size_t turn = 0;
        int32_t i;
        while ((i = hash_index_next(&r->by_id, hash_mix(0, id), &turn)) >= 0 && r->id[i] != id) {
        }
        return i >= 0;
    }
    for (size_t i = 0; i < r->n; i++) {
        if (r->id[i] == id) {
            return true;
        }
    }
    return false;
}

static void add(struct reach *r, expr_id id)
{
    if (id == 0 || seen(r, id)) {
        return;
    }
    if (r->n == r->cap) {
        grow(r);
    }
    r->id[r->n++] = id;
    if (r->id != r->room) {
        enter(r, r->n - 1);
    }
}

static uint32_t strict_args(const struct expr *e)
{
    switch (expr_op_class[e->op]) {
    case EXPR_CLASS_SELECT:
    case EXPR_CLASS_LOGICAL: return 1;
    case EXPR_CLASS_MAP:
    case EXPR_CLASS_FOLD: return 0;
    default: return e->n_args;
    }
}

static int by_id(const void *a, const void *b)
{
    expr_id x = *(const expr_id *)a, y = *(const expr_id *)b;
    return (x > y) - (x < y);
}

static void sort_ids(struct reach *r)
{
    if (r->n > REACH_INLINE) {
        qsort(r->id, r->n, sizeof *r->id, by_id);
        return;
    }
    for (size_t i = 1; i < r->n; i++) {
        expr_id id = r->id[i];
        size_t j = i;
        for (; j > 0 && r->id[j - 1] > id; j--) {
            r->id[j] = r->id[j - 1];
        }
        r->id[j] = id;
    }
}

void reach_collect(struct reach *r, const struct expr_pool *p, expr_id root, bool strict)
{
    r->id = r->room;
    r->n = 0;
    r->cap = REACH_INLINE;
    r->by_id = (struct hash_index){0};
    add(r, root);
    for (size_t i = 0; i < r->n; i++) {
        const struct expr *e = expr_get(p, r->id[i]);
        uint32_t n = strict ? strict_args(e) : e->n_args;
        for (uint32_t k = 0; k < n; k++) {
            add(r, e->args[k]);
        }
    }
    hash_index_free(&r->by_id);
    sort_ids(r);
}

size_t reach_find(const struct reach *r, expr_id id)
{
    size_t lo = 0, hi = r->n;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (r->id[mid] <= id) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    assert(r->id[lo] == id);
    return lo;
}

void reach_free(struct reach *r)
{
    if (r->id != r->room) {
        free(r->id);
    }
}
