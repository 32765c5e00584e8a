/* Moves loop-invariant parts out of comprehensions: `sum(i in 0..n : f(x)[i])` computes f(x) once. Only parts
 * that every turn evaluates are moved, so that errors are the same as without moving; random draws stay
 * inside. */
#include "codegen/emit/emit.h"

enum { MANY = 63 }; /* the bit of all binders from number 63 on; such binders always count as open */

struct walk {
    struct emit_body *b;
    int32_t open[MANY]; /* binders without a value, by bit */
    unsigned n;
};

static uint64_t bit_of(struct walk *w, int32_t binder)
{
    const struct emit_body *b = w->b;
    if ((size_t)binder < b->binder.n && b->binder.data[binder]) {
        return 0;
    }
    for (unsigned i = 0; i < w->n; i++) {
        if (w->open[i] == binder) {
            return (uint64_t)1 << i;
        }
    }
    if (w->n == MANY) {
        return (uint64_t)1 << MANY;
    }
    w->open[w->n] = binder;
    return (uint64_t)1 << w->n++;
}

/* Finds the open binders that a node depends on: those of its operands without its own. */
static void find_open(void *env, expr_id id, const struct expr *x)
{
    struct walk *w = env;
    uint64_t *open = w->b->cache->open, mask = 0;
    for (uint32_t i = 0; i < x->n_args; i++) {
        mask |= open[x->args[i]];
    }
    if (x->op == EXPR_BINDER) {
        mask = bit_of(w, x->a);
    } else if (expr_is_loop(x->op)) {
        mask &= ~(bit_of(w, x->a) & ~((uint64_t)1 << MANY));
    }
    open[id] = mask;
}

static uint32_t sure_args(const struct expr *x)
{
    switch (expr_op_class[x->op]) {
    case EXPR_CLASS_SELECT:
    case EXPR_CLASS_LOGICAL: return 1;
    case EXPR_CLASS_MAP: return x->b > 0 ? 1 : 0;
    case EXPR_CLASS_FOLD: return x->b > 0 && x->n_args == 1 ? 1 : 0;
    default: return x->n_args;
    }
}

void emit_hoist(struct emit_body *b, expr_id body)
{
    struct walk w = {.b = b};
    expr_visit(b->pool, body, find_open, &w);
    const uint64_t *open = b->cache->open;
    VEC(expr_id) work = {0};
    VEC(expr_id) seen = {0};
    vec_push(&work, body);
    while (work.n > 0) {
        expr_id id = work.data[--work.n];
        const struct expr *x = expr_get(b->pool, id);
        if (b->cache->memo[id].form || b->cache->seen[id] || (x->holds == 0 && x->shape.rank == 0)) {
            continue;
        }
        b->cache->seen[id] = true;
        vec_push(&seen, id);
        if (open[id] == 0 && !(x->holds & HOLDS_EFFECT)) {
            if (x->shape.rank == 0) {
                emit_scalar(b, id);
            } else {
                emit_array(b, id);
            }
            continue;
        }
        for (uint32_t i = sure_args(x); i > 0; i--) {
            vec_push(&work, x->args[i - 1]);
        }
    }
    for (size_t i = 0; i < seen.n; i++) {
        b->cache->seen[seen.data[i]] = false;
    }
    vec_free(&work);
    vec_free(&seen);
}
