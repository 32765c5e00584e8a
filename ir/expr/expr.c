/* The expression pool: nodes, hash-consing, constants and shapes. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

const char *const expr_op_text[EXPR_OP_COUNT] = {
#define EXPR(op, text, arity, class, meaning) text,
#include "ir/expr/expr.def"
#undef EXPR
};

const uint8_t expr_op_class[EXPR_OP_COUNT] = {
#define EXPR(op, text, arity, class, meaning) EXPR_CLASS_##class,
#include "ir/expr/expr.def"
#undef EXPR
};

int64_t shape_size(struct shape s)
{
    int64_t n = 1;
    for (int32_t i = 0; i < s.rank; i++) {
        if (__builtin_mul_overflow(n, s.dim[i], &n)) {
            return INT64_MAX;
        }
    }
    return n;
}

bool shape_equal(struct shape a, struct shape b)
{
    return a.rank == b.rank && a.dim[0] == b.dim[0] && a.dim[1] == b.dim[1] && a.dim[2] == b.dim[2] &&
           a.dim[3] == b.dim[3];
}

struct shape shape_scalar(void)
{
    return (struct shape){0};
}

struct shape shape_vector(int32_t n)
{
    return (struct shape){1, {n}};
}

struct shape shape_drop(struct shape s, int32_t axis)
{
    assert(axis >= 0 && axis < s.rank);
    struct shape r = {s.rank - 1, {0}};
    for (int32_t i = 0; i < r.rank; i++) {
        r.dim[i] = s.dim[i < axis ? i : i + 1];
    }
    return r;
}

struct shape shape_prefix(int32_t n, struct shape s)
{
    assert(s.rank < SHAPE_MAX_RANK);
    struct shape r = {s.rank + 1, {n}};
    for (int32_t i = 0; i < s.rank; i++) {
        r.dim[i + 1] = s.dim[i];
    }
    return r;
}

const char *shape_text(struct arena *a, struct shape s)
{
    if (s.rank == 0) {
        return "scalar";
    }
    const char *text = arena_printf(a, "[%d", s.dim[0]);
    for (int32_t i = 1; i < s.rank; i++) {
        text = arena_printf(a, "%s, %d", text, s.dim[i]);
    }
    return arena_printf(a, "%s]", text);
}

const char *type_text(enum expr_type t)
{
    static const char *const names[] = {"real", "integer", "boolean", "text"};
    return names[t];
}

struct expr_pool *expr_pool_create(void)
{
    struct expr_pool *p = mem_zalloc(1, sizeof *p);
    p->arena = arena_create();
    p->texts = intern_create();
    p->cap = 64;
    p->node = mem_zalloc(p->cap, sizeof *p->node);
    p->n = 1;
    return p;
}

void expr_pool_destroy(struct expr_pool *p)
{
    if (p) {
        arena_destroy(p->arena);
        intern_destroy(p->texts);
        free(p->node);
        hash_index_free(&p->by_content);
        free(p);
    }
}

size_t expr_count(const struct expr_pool *p)
{
    return p->n - 1;
}

const struct expr *expr_get(const struct expr_pool *p, expr_id id)
{
    assert(id < p->n);
    return &p->node[id];
}

static bool is_const_array(const struct expr *e)
{
    return e->op == EXPR_CONST && e->shape.rank > 0;
}

static size_t data_bytes(const struct expr *e)
{
    return (size_t)shape_size(e->shape) * type_size(e->type);
}

static uint64_t bits(const struct expr *e)
{
    uint64_t b = 0;
    memcpy(&b, &e->v, sizeof b);
    return b;
}

static uint64_t hash_node(const struct expr *e)
{
    uint64_t h = hash_mix(e->op * 8u + e->type, (uint64_t)e->shape.rank);
    for (int32_t i = 0; i < e->shape.rank; i++) {
        h = hash_mix(h, (uint64_t)e->shape.dim[i]);
    }
    h = hash_mix(h, (uint64_t)(uint32_t)e->a << 32 | (uint32_t)e->b);
    h = hash_mix(h, is_const_array(e) ? hash_bytes(e->v.data, data_bytes(e)) : bits(e));
    for (uint32_t i = 0; i < e->n_args; i++) {
        h = hash_mix(h, e->args[i]);
    }
    return h;
}

static bool same_node(const struct expr *x, const struct expr *y)
{
    if (x->op != y->op || x->type != y->type || x->n_args != y->n_args || x->a != y->a || x->b != y->b ||
        !shape_equal(x->shape, y->shape)) {
        return false;
    }
    if (is_const_array(x)) {
        return data_bytes(x) == 0 || memcmp(x->v.data, y->v.data, data_bytes(x)) == 0;
    }
    return bits(x) == bits(y) &&
           (x->n_args == 0 || memcmp(x->args, y->args, x->n_args * sizeof *x->args) == 0);
}

static uint16_t node_holds(const struct expr_pool *p, const struct expr *e)
{
    uint16_t holds = expr_has_class(e->op, EXPR_CLASS_BINDER) ? HOLDS_BINDER : 0;
    holds |= expr_is_asked(e->op) ? HOLDS_LEAF : 0;
    holds |= expr_has_class(e->op, EXPR_CLASS_DRAW) ? HOLDS_EFFECT : 0;
    holds |= e->op == EXPR_SPECIES || e->op == EXPR_TIME ? HOLDS_STATE : 0;
    holds |= expr_has_class(e->op, EXPR_CLASS_PAST) ? HOLDS_STATE | HOLDS_PAST : 0;
    for (uint32_t i = 0; i < e->n_args; i++) {
        holds |= expr_get(p, e->args[i])->holds;
    }
    return holds;
}

static expr_id append_node(struct expr_pool *p, const struct expr *e)
{
    assert(p->n < INT32_MAX);
    if (p->n == p->cap) {
        p->cap *= 2;
        p->node = mem_resize(p->node, p->cap, sizeof *p->node);
    }
    struct expr *to = &p->node[p->n];
    *to = *e;
    to->holds = node_holds(p, e);
    to->args = NULL;
    if (e->n_args > 0) {
        expr_id *args = arena_alloc(p->arena, e->n_args * sizeof *args);
        memcpy(args, e->args, e->n_args * sizeof *args);
        to->args = args;
    }
    if (is_const_array(e)) {
        size_t bytes = data_bytes(e);
        void *data = arena_alloc(p->arena, bytes + 1);
        if (bytes > 0) {
            memcpy(data, e->v.data, bytes);
        }
        to->v.data = data;
    }
    return (expr_id)p->n++;
}

/* Random draws are never shared: each occurrence in the source is a draw of its own. */
expr_id expr_intern(struct expr_pool *p, const struct expr *e)
{
    if (expr_has_class(e->op, EXPR_CLASS_DRAW)) {
        return append_node(p, e);
    }
    uint64_t hash = hash_node(e);
    size_t turn = 0;
    for (int32_t id; (id = hash_index_next(&p->by_content, hash, &turn)) >= 0;) {
        if (same_node(&p->node[id], e)) {
            return (expr_id)id;
        }
    }
    hash_index_add(&p->by_content, hash, (int32_t)p->n);
    return append_node(p, e);
}

expr_id expr_real(struct expr_pool *p, double v)
{
    struct expr e = {.op = EXPR_CONST, .type = TYPE_REAL};
    e.v.real = v == v ? v : (double)NAN; /* processors make NaNs of either sign; the pool keeps one */
    return expr_intern(p, &e);
}

expr_id expr_lost(struct expr_pool *p)
{
    struct expr e = {.op = EXPR_CONST, .type = TYPE_REAL, .a = CONST_LOST};
    e.v.real = (double)NAN;
    return expr_intern(p, &e);
}

bool expr_is_lost(const struct expr_pool *p, expr_id id)
{
    const struct expr *e = expr_get(p, id);
    return e->op == EXPR_CONST && e->a == CONST_LOST;
}

expr_id expr_int(struct expr_pool *p, int64_t v)
{
    struct expr e = {.op = EXPR_CONST, .type = TYPE_INT};
    e.v.integer = v;
    return expr_intern(p, &e);
}

expr_id expr_bool(struct expr_pool *p, bool v)
{
    struct expr e = {.op = EXPR_CONST, .type = TYPE_BOOL};
    e.v.integer = v;
    return expr_intern(p, &e);
}

expr_id expr_text(struct expr_pool *p, const char *text)
{
    struct expr e = {.op = EXPR_CONST, .type = TYPE_TEXT};
    e.v.text = intern_text(p->texts, text);
    return expr_intern(p, &e);
}

/* Elements of a text array are interned pointers, so that arrays with equal contents have equal bytes. */
static expr_id text_array(struct expr_pool *p, struct expr *e)
{
    const char *const *from = e->v.data;
    int64_t n = shape_size(e->shape);
    const char **interned = mem_alloc(((size_t)n + 1) * sizeof *interned);
    for (int64_t i = 0; i < n; i++) {
        interned[i] = intern_text(p->texts, from[i]);
    }
    e->v.data = interned;
    expr_id id = expr_intern(p, e);
    free(interned);
    return id;
}

struct expr_pool *expr_pool_clone(const struct expr_pool *p)
{
    struct expr_pool *q = expr_pool_create();
    q->n_binders = p->n_binders;
    for (size_t id = 1; id < p->n; id++) {
        struct expr e = p->node[id];
        bool text = e.type == TYPE_TEXT && e.op == EXPR_CONST;
        if ((text || e.op == EXPR_FORMAT) && e.shape.rank == 0) {
            e.v.text = intern_text(q->texts, e.v.text);
        }
        expr_id copy = text && e.shape.rank > 0 ? text_array(q, &e) : expr_intern(q, &e);
        assert(copy == id);
        (void)copy;
    }
    return q;
}

bool expr_pool_extends(const struct expr_pool *p, const struct expr_pool *old)
{
    for (size_t id = 1; id < old->n; id++) {
        if (id >= p->n || !same_node(&p->node[id], &old->node[id])) {
            return false;
        }
    }
    return true;
}

expr_id expr_const_array(struct expr_pool *p, enum expr_type type, struct shape shape, const void *data)
{
    assert(shape.rank > 0);
    struct expr e = {.op = EXPR_CONST, .type = type, .shape = shape};
    e.v.data = data;
    return type == TYPE_TEXT ? text_array(p, &e) : expr_intern(p, &e);
}

expr_id expr_leaf(struct expr_pool *p, enum expr_op op, enum expr_type type, struct shape shape, int32_t a,
                  int32_t b)
{
    struct expr e = {.op = (uint8_t)op, .type = (uint8_t)type, .shape = shape, .a = a, .b = b};
    return expr_intern(p, &e);
}

bool expr_is_const(const struct expr_pool *p, expr_id id)
{
    return expr_get(p, id)->op == EXPR_CONST;
}

bool expr_const_real(const struct expr_pool *p, expr_id id, double *v)
{
    const struct expr *e = expr_get(p, id);
    if (e->op != EXPR_CONST || e->shape.rank > 0 || e->type == TYPE_TEXT) {
        return false;
    }
    *v = e->type == TYPE_REAL ? e->v.real : (double)e->v.integer;
    return true;
}

bool expr_const_int(const struct expr_pool *p, expr_id id, int64_t *v)
{
    const struct expr *e = expr_get(p, id);
    if (e->op != EXPR_CONST || e->shape.rank > 0) {
        return false;
    }
    if (e->type == TYPE_INT) {
        *v = e->v.integer;
        return true;
    }
    if (e->type != TYPE_REAL || !(e->v.real >= -0x1p63 && e->v.real < 0x1p63)) {
        return false;
    }
    *v = (int64_t)e->v.real;
    return (double)*v == e->v.real;
}

expr_id expr_const_element(struct expr_pool *p, expr_id id, int64_t i)
{
    const struct expr *e = expr_get(p, id);
    assert(e->op == EXPR_CONST && i >= 0 && i < shape_size(e->shape));
    if (e->shape.rank == 0) {
        return id;
    }
    switch (e->type) {
    case TYPE_REAL: return expr_real(p, ((const double *)e->v.data)[i]);
    case TYPE_INT: return expr_int(p, ((const int64_t *)e->v.data)[i]);
    case TYPE_BOOL: return expr_bool(p, ((const uint8_t *)e->v.data)[i]);
    default: return expr_text(p, ((const char *const *)e->v.data)[i]);
    }
}
