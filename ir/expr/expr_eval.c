/* Evaluation by walking: slow and simple, the reference for all other ways to evaluate. An expression is
 * evaluated in regions: the strict operands of the root form one region, and each branch taken and each turn
 * of a loop forms a nested one. Within a region a shared node is computed once; a region also sees the
 * values that the enclosing regions have computed. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

struct bound { /* loop variables of the enclosing loops, innermost first */
    const struct bound *up;
    int32_t binder;
    int64_t value;
};

struct context {
    const struct expr_pool *p;
    const struct expr_env *env; /* NULL: the expression has no leaves, and an error ends the evaluation */
    bool limited;
    int64_t budget; /* element steps left, if limited */
};

enum { ROOM_NODES = REACH_INLINE, ROOM_BYTES = 512 };
struct region {
    const struct region *up;
    struct reach reach;
    const void **value; /* value of node reach.id[i]; NULL: not computed yet */
    size_t *offset;     /* its offset in `memory` */
    char *memory;
    const void *value_room[ROOM_NODES];
    size_t offset_room[ROOM_NODES];
    _Alignas(16) char memory_room[ROOM_BYTES];
};

static size_t value_bytes(const struct expr *e)
{
    size_t bytes = (size_t)shape_size(e->shape) * type_size(e->type);
    return (bytes + 15) & ~(size_t)15;
}

static void region_open(struct region *g, const struct context *c, expr_id root, const struct region *up)
{
    reach_collect(&g->reach, c->p, root, true);
    size_t n = g->reach.n, bytes = 0;
    bool small = n <= ROOM_NODES;
    g->up = up;
    g->value = small ? g->value_room : mem_alloc(n * sizeof *g->value);
    g->offset = small ? g->offset_room : mem_alloc(n * sizeof *g->offset);
    for (size_t i = 0; i < n; i++) {
        g->offset[i] = bytes;
        bytes += value_bytes(expr_get(c->p, g->reach.id[i]));
    }
    g->memory = bytes <= ROOM_BYTES ? g->memory_room : mem_alloc(bytes);
}

static void region_close(struct region *g)
{
    if (g->value != g->value_room) {
        free(g->value);
        free(g->offset);
    }
    if (g->memory != g->memory_room) {
        free(g->memory);
    }
    reach_free(&g->reach);
}

static const void *computed(const struct region *g, expr_id id)
{
    size_t lo = 0, hi = g->reach.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (g->reach.id[mid] < id) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < g->reach.n && g->reach.id[lo] == id ? g->value[lo] : NULL;
}

static bool eval_node(struct context *c, const struct region *g, const struct bound *b, expr_id id,
                      void *out);

/* Evaluates a region. Returns the value of its root, or NULL after an error. */
static const void *region_run(struct context *c, struct region *g, const struct bound *b)
{
    memset(g->value, 0, g->reach.n * sizeof *g->value);
    for (size_t i = 0; i < g->reach.n; i++) {
        const void *v = NULL;
        for (const struct region *up = g->up; up && !v; up = up->up) {
            v = computed(up, g->reach.id[i]);
        }
        if (!v) {
            char *room = g->memory + g->offset[i];
            if (!eval_node(c, g, b, g->reach.id[i], room)) {
                return NULL;
            }
            v = room;
        }
        g->value[i] = v;
    }
    return g->value[g->reach.n - 1];
}

static bool eval_below(struct context *c, const struct region *up, const struct bound *b, expr_id id,
                       void *out)
{
    struct region g;
    region_open(&g, c, id, up);
    const void *v = region_run(c, &g, b);
    const struct expr *e = expr_get(c->p, id);
    size_t bytes = (size_t)shape_size(e->shape) * type_size(e->type);
    if (v && bytes > 0) {
        memcpy(out, v, bytes);
    }
    region_close(&g);
    return v;
}

static bool eval_map(struct context *c, const struct region *up, const struct bound *b, const struct expr *e,
                     void *out)
{
    struct region body;
    bool ok = true;
    size_t bytes = e->b > 0 ? (size_t)shape_size(e->shape) / (size_t)e->b * type_size(e->type) : 0;
    region_open(&body, c, e->args[0], up);
    for (int32_t i = 0; i < e->b && ok; i++) {
        struct bound turn = {b, e->a, i};
        const void *v = region_run(c, &body, &turn);
        ok = v;
        if (ok && bytes > 0) {
            memcpy((char *)out + (size_t)i * bytes, v, bytes);
        }
    }
    region_close(&body);
    return ok;
}

static void fold_start(const struct expr *e, void *out)
{
    int64_t n = shape_size(e->shape);
    for (int64_t i = 0; i < n; i++) {
        if (e->type == TYPE_REAL) {
            ((double *)out)[i] = e->op == EXPR_FOLD_SUM ? 0 : e->op == EXPR_FOLD_MIN ? INFINITY : -INFINITY;
        } else {
            ((int64_t *)out)[i] = e->op == EXPR_FOLD_SUM ? 0 : e->op == EXPR_FOLD_MIN ? INT64_MAX : INT64_MIN;
        }
    }
}

static bool give_up(const struct context *c, const struct expr_fault *fault, int32_t line)
{
    return c->env && c->env->fault && c->env->fault(c->env->env, fault, line);
}

static bool fold_add(const struct context *c, const struct expr *e, const void *v, void *out)
{
    enum expr_op op = e->op == EXPR_FOLD_SUM ? EXPR_ADD : e->op == EXPR_FOLD_MIN ? EXPR_MIN : EXPR_MAX;
    int64_t n = shape_size(e->shape);
    for (int64_t i = 0; i < n; i++) {
        if (e->type == TYPE_REAL) {
            ((double *)out)[i] = expr_apply2(op, ((double *)out)[i], ((const double *)v)[i]);
            continue;
        }
        struct expr_fault fault;
        int64_t *sum = &((int64_t *)out)[i];
        if (!expr_apply_int(op, *sum, ((const int64_t *)v)[i], sum, &fault)) {
            return give_up(c, &fault, 0);
        }
    }
    return true;
}

static bool eval_fold(struct context *c, const struct region *up, const struct bound *b, const struct expr *e,
                      void *out)
{
    struct region body;
    bool ok = true;
    region_open(&body, c, e->args[0], up);
    fold_start(e, out);
    for (int32_t i = 0; i < e->b && ok; i++) {
        struct bound turn = {b, e->a, i};
        uint8_t holds = 1;
        ok = e->n_args < 2 || eval_below(c, up, &turn, e->args[1], &holds);
        if (ok && holds) {
            const void *v = region_run(c, &body, &turn);
            ok = v && fold_add(c, e, v, out);
        }
    }
    region_close(&body);
    return ok;
}

static bool eval_constant(const struct expr *e, void *out)
{
    uint64_t scalar;
    struct operand v = expr_const_operand(e, &scalar);
    size_t bytes = (size_t)shape_size(e->shape) * type_size(e->type);
    if (bytes > 0) {
        memcpy(out, v.data, bytes);
    }
    return true;
}

static bool eval_leaf(struct context *c, const struct region *g, const struct expr *e, void *out)
{
    if (!c->env || !c->env->leaf) {
        return false;
    }
    const void *small[4];
    const void **args = e->n_args <= 4 ? small : mem_alloc(e->n_args * sizeof *args);
    for (uint32_t i = 0; i < e->n_args; i++) {
        args[i] = computed(g, e->args[i]);
    }
    bool ok = c->env->leaf(c->env->env, e, args, out);
    if (args != small) {
        free(args);
    }
    return ok;
}

static bool eval_strict(struct context *c, const struct region *g, const struct expr *e, void *out)
{
    struct operand small[4];
    struct operand *args = e->n_args <= 4 ? small : mem_alloc(e->n_args * sizeof *args);
    for (uint32_t i = 0; i < e->n_args; i++) {
        const struct expr *x = expr_get(c->p, e->args[i]);
        args[i] = (struct operand){x->type, x->shape, computed(g, e->args[i])};
    }
    struct expr_fault fault;
    bool ok = expr_compute(e, args, out, &fault) || give_up(c, &fault, fault.kind == FAULT_INDEX ? e->b : 0);
    if (args != small) {
        free(args);
    }
    return ok;
}

static bool eval_node(struct context *c, const struct region *g, const struct bound *b, expr_id id, void *out)
{
    const struct expr *e = expr_get(c->p, id);
    if (c->limited && (c->budget -= 1 + shape_size(e->shape)) < 0) {
        return false;
    }
    switch (e->op) {
    case EXPR_CONST: return eval_constant(e, out);
    case EXPR_BINDER:
        while (b && b->binder != e->a) {
            b = b->up;
        }
        assert(b);
        *(int64_t *)out = b->value;
        return true;
    case EXPR_SELECT:
        return eval_below(c, g, b, e->args[*(const uint8_t *)computed(g, e->args[0]) ? 1 : 2], out);
    case EXPR_AND:
    case EXPR_OR: {
        uint8_t left = *(const uint8_t *)computed(g, e->args[0]);
        if ((left != 0) != (e->op == EXPR_AND)) {
            *(uint8_t *)out = left;
            return true;
        }
        return eval_below(c, g, b, e->args[1], out);
    }
    case EXPR_MAP: return eval_map(c, g, b, e, out);
    default:
        if (expr_has_class(e->op, EXPR_CLASS_FOLD)) {
            return eval_fold(c, g, b, e, out);
        }
        return expr_is_asked(e->op) ? eval_leaf(c, g, e, out) : eval_strict(c, g, e, out);
    }
}

bool expr_eval(const struct expr_pool *p, expr_id id, const struct expr_env *env, void *out)
{
    struct context c = {.p = p, .env = env};
    return eval_below(&c, NULL, NULL, id, out);
}

/* The node `e` need not be in the pool yet: it may be a loop that is about to be built. */
bool expr_eval_closed(const struct expr_pool *p, const struct expr *e, int64_t budget, void *out)
{
    struct context c = {.p = p, .budget = budget, .limited = true};
    if (shape_size(e->shape) > FOLD_LIMIT) {
        return false;
    }
    return e->op == EXPR_MAP ? eval_map(&c, NULL, NULL, e, out) : eval_fold(&c, NULL, NULL, e, out);
}
