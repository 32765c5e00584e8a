/* The length of an expression as text, and which parts to name so that the text stays short: nodes share
 * their operands, but text does not. */
#include "ir/expr/expr_print.h"

#include <stdlib.h>

#include "ir/expr/expr_impl.h"
#include "support/mem.h"

enum {
    LONG_TEXT = 400,
    SHORT_PART = 6,
    DEEP = 100
}; /* LONG_TEXT, SHORT_PART: nodes; DEEP: levels of
                                                         parentheses */

static int64_t saturating_add(int64_t a, int64_t b, int64_t limit)
{
    return a > limit - b ? limit : a + b;
}

/* Sets size[i] to the number of nodes in the text of r->id[i], at most limit. */
static void text_sizes(const struct expr_pool *p, const struct reach *r, int64_t limit, int64_t *size)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct expr *e = expr_get(p, r->id[i]);
        int64_t own = e->op == EXPR_CONST ? shape_size(e->shape) : 1;
        size[i] = own < limit ? own : limit;
        for (uint32_t k = 0; k < e->n_args; k++) {
            size[i] = saturating_add(size[i], size[reach_find(r, e->args[k])], limit);
        }
    }
}

int64_t expr_text_size(const struct expr_pool *p, expr_id root, int64_t limit)
{
    struct reach r;
    reach_collect(&r, p, root, false);
    int64_t room[REACH_INLINE], *size = r.n <= REACH_INLINE ? room : mem_alloc(r.n * sizeof *size);
    text_sizes(p, &r, limit, size);
    int64_t result = r.n > 0 ? size[r.n - 1] : 0; /* root 0 is no expression, and has no text */
    if (size != room) {
        free(size);
    }
    reach_free(&r);
    return result;
}

/* Whether operand k is printed without parentheses or commas around it, as the left part of a sum or product
 * is. */
static bool is_left_part(const struct expr_pool *p, const struct expr *e, uint32_t k)
{
    enum expr_op op = expr_get(p, e->args[k])->op;
    bool sum = op == EXPR_ADD || op == EXPR_SUB, product = op == EXPR_MUL || op == EXPR_DIV || op == EXPR_MOD;
    return k == 0 && (((e->op == EXPR_ADD || e->op == EXPR_SUB) && (sum || product)) ||
                      ((e->op == EXPR_MUL || e->op == EXPR_DIV || e->op == EXPR_MOD) && product));
}

static bool may_be_named(const struct expr *e)
{
    return !(e->holds & (HOLDS_BINDER | HOLDS_EFFECT)) && e->op != EXPR_CONST && e->n_args > 0;
}

/* Lists the named nodes in the order in which a reader of the text reaches their ends. The order depends
 * only on the expression, not on ids, which depend on when nodes were built; a network that was read back
 * therefore gets the same line numbers. */
static void list_named(const struct expr_pool *p, const struct reach *r, const bool *named,
                       struct expr_list *out)
{
    struct visit {
        size_t node; /* index in r */
        uint32_t next;
    };
    VEC(struct visit) path = {0};
    bool *met = mem_zalloc(r->n, sizeof *met);
    vec_push(&path, (struct visit){r->n - 1, 0});
    while (path.n > 0) {
        struct visit *top = &path.data[path.n - 1];
        const struct expr *e = expr_get(p, r->id[top->node]);
        if (top->next < e->n_args) {
            size_t below = reach_find(r, e->args[top->next++]);
            if (!met[below]) {
                met[below] = true;
                vec_push(&path, (struct visit){below, 0});
            }
            continue;
        }
        if (named[top->node]) {
            vec_push(&out->id, r->id[top->node]);
        }
        path.n--;
    }
    free(met);
    vec_free(&path);
}

void expr_shared_nodes(const struct expr_pool *p, expr_id root, struct expr_list *out)
{
    out->id.n = 0;
    if (expr_text_size(p, root, LONG_TEXT) < LONG_TEXT) {
        return;
    }
    struct reach r;
    reach_collect(&r, p, root, false);
    int64_t *size = mem_alloc(r.n * sizeof *size);
    uint32_t *uses = mem_zalloc(r.n, sizeof *uses), *depth = mem_zalloc(r.n, sizeof *depth);
    bool *named = mem_zalloc(r.n, sizeof *named), any = false;
    text_sizes(p, &r, LONG_TEXT, size);
    for (size_t i = 0; i < r.n; i++) {
        const struct expr *e = expr_get(p, r.id[i]);
        for (uint32_t k = 0; k < e->n_args; k++) {
            uses[reach_find(&r, e->args[k])]++;
        }
    }
    for (size_t i = 0; i + 1 < r.n; i++) {
        const struct expr *e = expr_get(p, r.id[i]);
        for (uint32_t k = 0; k < e->n_args; k++) {
            uint32_t below = depth[reach_find(&r, e->args[k])] + !is_left_part(p, e, k);
            depth[i] = below > depth[i] ? below : depth[i];
        }
        if (may_be_named(e) && ((uses[i] > 1 && size[i] >= SHORT_PART) || depth[i] >= DEEP)) {
            named[i] = any = true;
            depth[i] = 0;
        }
    }
    if (any) {
        list_named(p, &r, named, out);
    }
    free(named);
    free(size);
    free(uses);
    free(depth);
    reach_free(&r);
}
