/* Moves loop-invariant parts out of comprehensions: `sum(i in 0..n : f(x)[i])` computes f(x) once. Only parts
 * that every turn evaluates are moved, so that errors are the same as without moving; random draws stay
 * inside. Of the parts that only some turns evaluate, reads of whole arrays are computed by the first turn
 * that needs them and kept for the others. */
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

/* An array that the runtime is asked for: a call, and a copy of what may be the whole course of a run.
 * Variables are read where they are. */
static bool is_large_read(const struct expr *x)
{
    return x->shape.rank > 0 && expr_has_class(x->op, EXPR_CLASS_RUN) && x->op != EXPR_VAR &&
           !(x->holds & HOLDS_EFFECT);
}

static void compute_once(struct emit_body *b, struct emit_hoisted *h, expr_id id)
{
    const struct expr *x = expr_get(b->pool, id);
    struct emit_once *o = &b->cache->once[id];
    if (o->done || shape_size(x->shape) == 0) {
        return; /* it already belongs to a loop around this one */
    }
    *o = (struct emit_once){.done = emit_slot(b, TYPE_BOOL)};
    emit_put(b, TYPE_BOOL, o->done, NULL, emit_bool(b->e, false));
    vec_push(&h->once, id);
}

LLVMValueRef emit_once(struct emit_body *b, expr_id id)
{
    struct emit_once *o = &b->cache->once[id];
    if (!o->done) {
        return NULL;
    }
    const struct expr *x = expr_get(b->pool, id);
    LLVMBuilderRef at = b->e->builder;
    LLVMBasicBlockRef first = emit_block(b, "first"), known = emit_block(b, "known");
    LLVMBuildCondBr(at, emit_get(b, TYPE_BOOL, o->done, NULL), known, first);
    LLVMPositionBuilderAtEnd(at, first);
    size_t mark = emit_mark(b);
    LLVMValueRef value = b->leaf(b, x);
    if (o->memory) {
        emit_copy(b, x->type, o->memory, value, shape_size(x->shape));
    } else {
        o->memory = value; /* a buffer, which lasts until the statement ends */
    }
    emit_release(b, mark);
    emit_put(b, TYPE_BOOL, o->done, NULL, emit_bool(b->e, true));
    emit_enter(b, known);
    return o->memory;
}

/* Visits what a turn evaluates: `sure` if every turn does. */
static void hoist(struct emit_body *b, struct emit_hoisted *h, expr_id root, bool sure)
{
    const uint64_t *open = b->cache->open;
    VEC(expr_id) work = {0};
    VEC(expr_id) seen = {0};
    vec_push(&work, root);
    while (work.n > 0) {
        expr_id id = work.data[--work.n];
        const struct expr *x = expr_get(b->pool, id);
        if (b->cache->memo[id].form || b->cache->seen[id] || (x->holds == 0 && x->shape.rank == 0)) {
            continue;
        }
        b->cache->seen[id] = true;
        vec_push(&seen, id);
        if (!sure && open[id] == 0 && is_large_read(x)) {
            compute_once(b, h, id);
            continue;
        }
        if (sure && open[id] == 0 && !(x->holds & HOLDS_EFFECT)) {
            if (x->shape.rank == 0) {
                emit_scalar(b, id);
            } else {
                emit_array(b, id);
            }
            continue;
        }
        for (uint32_t i = sure ? sure_args(x) : x->n_args; i > 0; i--) {
            vec_push(&work, x->args[i - 1]);
        }
    }
    for (size_t i = 0; i < seen.n; i++) {
        b->cache->seen[seen.data[i]] = false;
    }
    vec_free(&work);
    vec_free(&seen);
}

void emit_hoist(struct emit_body *b, struct emit_hoisted *h, expr_id condition, expr_id body)
{
    struct walk w = {.b = b};
    expr_visit(b->pool, body, find_open, &w);
    if (condition) {
        expr_visit(b->pool, condition, find_open, &w);
    }
    hoist(b, h, condition ? condition : body, true);
    hoist(b, h, body, false);
    if (condition) {
        hoist(b, h, condition, false);
    }
}

void emit_hoist_end(struct emit_body *b, struct emit_hoisted *h)
{
    for (size_t i = 0; i < h->once.n; i++) {
        b->cache->once[h->once.data[i]] = (struct emit_once){NULL};
    }
    vec_free(&h->once);
}
