/* Translates expressions to tapes. Equal nodes are computed once and stay in a register until their last use.
 * Leaves are loaded where they are used, so that a large network needs few registers. All values on a tape
 * are doubles: booleans are 0 and 1, and integers are exact up to 2^53, which sizes and counts do not reach.
 * The floor of NaN is NaN. */
#include "codegen/plan/plan.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct node {       /* what is known of an expression, by expr_id */
    expr_id scalar; /* an expression of scalar operators with the same value; 0: not yet asked for */
    uint32_t uses;  /* uses still to come */
    int32_t at;     /* its register; of a CONST its index in the table of constants; -1: none */
};

struct frame {
    expr_id id;
    uint32_t next; /* the operand to look at next */
};

struct tape_builder {
    struct expr_pool *ex;
    const int32_t *place; /* of species among the globals; NULL: the tape reads neither time nor amounts */
    int32_t n_places;     /* globals of the time and of amounts; captured values follow */
    VEC(struct node) node;
    VEC(struct frame) stack;
    VEC(expr_id) todo;
    VEC(struct crnl_tape_code) code;
    VEC(double) constant;
    VEC(int32_t) idle; /* registers that are free */
    int32_t n_registers;
};

static struct node *node_of(struct tape_builder *b, expr_id id)
{
    while (b->node.n <= id) {
        vec_push(&b->node, (struct node){.at = -1});
    }
    return &b->node.data[id];
}

/* ---- Arrays taken apart -------------------------------------------------------------------------------- */

static expr_id reduce_step(struct expr_pool *ex, int op, expr_id acc, expr_id e)
{
    switch (op) {
    case EXPR_SUM:
    case EXPR_FOLD_SUM: return expr_binary(ex, EXPR_ADD, acc, e);
    case EXPR_MIN_OF:
    case EXPR_FOLD_MIN: return expr_binary(ex, EXPR_MIN, acc, e);
    default: return expr_binary(ex, EXPR_MAX, acc, e);
    }
}

/* The start values of reductions, as in expr.def: sums start from 0, minima from +inf, maxima from -inf; for
 * integers, minima and maxima start from the largest and smallest integer. */
static expr_id reduce_start(struct expr_pool *ex, int op, bool integer)
{
    switch (op) {
    case EXPR_SUM:
    case EXPR_FOLD_SUM: return integer ? expr_int(ex, 0) : expr_real(ex, 0);
    case EXPR_MIN_OF:
    case EXPR_FOLD_MIN: return integer ? expr_int(ex, INT64_MAX) : expr_real(ex, INFINITY);
    default: return integer ? expr_int(ex, INT64_MIN) : expr_real(ex, -INFINITY);
    }
}

static expr_id scalar_reduce(struct expr_pool *ex, int op, bool integer, expr_id array)
{
    int64_t n = shape_size(expr_get(ex, array)->shape);
    expr_id acc = reduce_start(ex, op, integer);
    for (int64_t i = 0; i < n; i++) {
        acc = reduce_step(ex, op, acc, expr_element(ex, array, i));
    }
    return acc;
}

static expr_id scalar_arg(struct expr_pool *ex, int op, expr_id array)
{
    int64_t n = shape_size(expr_get(ex, array)->shape);
    expr_id best = expr_element(ex, array, 0), at = expr_int(ex, 0);
    for (int64_t i = 1; i < n; i++) {
        expr_id e = expr_element(ex, array, i);
        bool least = op == EXPR_ARGMIN;
        expr_id better = expr_binary(ex, EXPR_LT, least ? e : best, least ? best : e);
        at = expr_select(ex, better, expr_int(ex, i), at);
        best = expr_select(ex, better, e, best);
    }
    return at;
}

static expr_id scalar_fold(struct expr_pool *ex, struct expr e)
{
    expr_id body = expr_map(ex, e.a, e.b, e.args[0]);
    expr_id cond = e.n_args > 1 && e.args[1] ? expr_map(ex, e.a, e.b, e.args[1]) : 0;
    expr_id acc = reduce_start(ex, e.op, e.type == TYPE_INT);
    for (int32_t i = 0; i < e.b; i++) {
        expr_id next = reduce_step(ex, e.op, acc, expr_element(ex, body, i));
        acc = cond ? expr_select(ex, expr_element(ex, cond, i), next, acc) : next;
    }
    return acc;
}

/* A tape has no jumps and cannot fail. Therefore a computed index selects among all elements; outside the
 * array the result is NaN, which the check of parameters and amounts reports. */
static expr_id scalar_take(struct expr_pool *ex, expr_id array, expr_id index)
{
    int64_t n = shape_size(expr_get(ex, array)->shape), k;
    if (expr_const_int(ex, index, &k)) {
        return k >= 0 && k < n ? expr_element(ex, array, k) : expr_real(ex, NAN);
    }
    expr_id value = expr_real(ex, NAN);
    for (int64_t i = 0; i < n; i++) {
        expr_id here = expr_binary(ex, EXPR_EQ, index, expr_int(ex, i));
        value = expr_select(ex, here, expr_to_real(ex, expr_element(ex, array, i)), value);
    }
    return value;
}

/* Replaces the outermost operator by scalar ones in one step; the operands of the result are replaced later,
 * when they are visited. */
static expr_id scalar_step(struct expr_pool *ex, expr_id id)
{
    struct expr e = *expr_get(ex, id);
    switch (e.op) {
    case EXPR_TO_REAL: return e.args[0];
    case EXPR_TAKE: return scalar_take(ex, e.args[0], e.args[1]);
    case EXPR_RESHAPE: return expr_element(ex, e.args[0], 0);
    default: break;
    }
    switch (expr_op_class[e.op]) {
    case EXPR_CLASS_REDUCTION: return scalar_reduce(ex, e.op, e.type == TYPE_INT, e.args[0]);
    case EXPR_CLASS_PLACE: return scalar_arg(ex, e.op, e.args[0]);
    case EXPR_CLASS_FOLD: return scalar_fold(ex, e);
    default: return id;
    }
}

expr_id tape_scalar(struct expr_pool *ex, expr_id id)
{
    for (expr_id next; (next = scalar_step(ex, id)) != id;) {
        id = next;
    }
    return id;
}

static expr_id resolve(struct tape_builder *b, expr_id id)
{
    while (node_of(b, id)->scalar != id) {
        expr_id next = node_of(b, id)->scalar;
        if (!next) {
            next = scalar_step(b->ex, id);
            node_of(b, id)->scalar = next;
        }
        id = next;
    }
    return id;
}

/* ---- Registers ----------------------------------------------------------------------------------------- */

static bool is_leaf(const struct expr *e)
{
    return e->op == EXPR_CONST || e->op == EXPR_PARAM || e->op == EXPR_GLOBAL || e->op == EXPR_TIME ||
           e->op == EXPR_SPECIES || e->op == EXPR_CAPTURE;
}

/* Counts the uses of `id` and of everything below it; the operands of a shared node count once. */
static void count_uses(struct tape_builder *b, expr_id id)
{
    vec_push(&b->todo, id);
    while (b->todo.n) {
        expr_id at = resolve(b, b->todo.data[--b->todo.n]);
        if (node_of(b, at)->uses++) {
            continue;
        }
        const struct expr *e = expr_get(b->ex, at);
        for (uint32_t k = 0; k < e->n_args; k++) {
            vec_push(&b->todo, e->args[k]);
        }
    }
}

static int32_t register_take(struct tape_builder *b)
{
    return b->idle.n ? b->idle.data[--b->idle.n] : b->n_registers++;
}

static void emit(struct tape_builder *b, enum crnl_tape_op op, int32_t dst, int32_t x, int32_t y)
{
    vec_push(&b->code, (struct crnl_tape_code){.op = op, .dst = dst, .a = x, .b = y});
}

static int32_t load_leaf(struct tape_builder *b, expr_id id)
{
    const struct expr *e = expr_get(b->ex, id);
    int32_t r = register_take(b);
    if (e->op == EXPR_PARAM) {
        emit(b, CRNL_TAPE_PARAM, r, e->a, 0);
    } else if (e->op == EXPR_GLOBAL) {
        emit(b, CRNL_TAPE_GLOBAL, r, e->a, 0);
    } else if (e->op == EXPR_TIME || e->op == EXPR_SPECIES) {
        assert(b->place);
        emit(b, CRNL_TAPE_GLOBAL, r, e->op == EXPR_TIME ? 0 : b->place[e->a], 0);
    } else if (e->op == EXPR_CAPTURE) {
        emit(b, CRNL_TAPE_GLOBAL, r, b->n_places + e->a, 0);
    } else {
        struct node *n = node_of(b, id);
        if (n->at < 0) {
            double v = NAN;
            bool number = expr_const_real(b->ex, id, &v);
            assert(number);
            (void)number;
            n->at = (int32_t)b->constant.n;
            vec_push(&b->constant, v);
        }
        emit(b, CRNL_TAPE_CONST, r, n->at, 0);
    }
    return r;
}

static int32_t operand(struct tape_builder *b, expr_id id)
{
    return is_leaf(expr_get(b->ex, id)) ? load_leaf(b, id) : node_of(b, id)->at;
}

/* Ends one use of `id`, which is in register r; after the last use the register is free. */
static void release(struct tape_builder *b, expr_id id, int32_t r)
{
    if (is_leaf(expr_get(b->ex, id)) || --node_of(b, id)->uses == 0) {
        vec_push(&b->idle, r);
    }
}

/* ---- Code ---------------------------------------------------------------------------------------------- */

static enum crnl_tape_op tape_op(int op)
{
    switch (op) {
#define SAME(name) \
    case EXPR_##name: return CRNL_TAPE_##name
        SAME(NEG);
        SAME(NOT);
        SAME(ABS);
        SAME(EXP);
        SAME(LOG);
        SAME(SQRT);
        SAME(SIN);
        SAME(COS);
        SAME(TANH);
        SAME(ATAN);
        SAME(FACTORIAL);
        SAME(FLOOR);
    case EXPR_FLOOR_REAL:
        return CRNL_TAPE_FLOOR;
        SAME(ADD);
        SAME(SUB);
        SAME(MUL);
        SAME(DIV);
        SAME(MOD);
        SAME(POW);
        SAME(MIN);
        SAME(MAX);
        SAME(EQ);
        SAME(NE);
        SAME(LT);
        SAME(LE);
        SAME(AND);
        SAME(OR);
        SAME(SELECT);
#undef SAME
    default: assert(!"an operator that a tape does not have"); return CRNL_TAPE_MOVE;
    }
}

static void emit_select(struct tape_builder *b, expr_id id, expr_id cond, expr_id yes, expr_id no)
{
    int32_t c = operand(b, cond), y = yes == cond ? c : operand(b, yes), dst;
    if (is_leaf(expr_get(b->ex, no))) {
        dst = load_leaf(b, no);
    } else if (node_of(b, no)->uses == 1) {
        dst = node_of(b, no)->at; /* its last use: the register becomes that of the result */
        node_of(b, no)->uses = 0;
    } else {
        dst = register_take(b);
        emit(b, CRNL_TAPE_MOVE, dst, node_of(b, no)->at, 0);
        node_of(b, no)->uses--;
    }
    emit(b, CRNL_TAPE_SELECT, dst, c, y);
    release(b, cond, c);
    if (yes != cond || !is_leaf(expr_get(b->ex, yes))) {
        release(b, yes, y);
    }
    node_of(b, id)->at = dst;
}

static void emit_node(struct tape_builder *b, expr_id id)
{
    const struct expr *e = expr_get(b->ex, id);
    expr_id x = resolve(b, e->args[0]);
    if (e->op == EXPR_SELECT) {
        emit_select(b, id, x, resolve(b, e->args[1]), resolve(b, e->args[2]));
        return;
    }
    int32_t rx = operand(b, x), ry = 0;
    if (e->n_args > 1) {
        expr_id y = resolve(b, e->args[1]);
        ry = y == x ? rx : operand(b, y);
        if (y != x || !is_leaf(expr_get(b->ex, y))) {
            release(b, y, ry);
        }
    }
    release(b, x, rx);
    /* may be an operand's register, since operands are read before it is written */
    int32_t dst = register_take(b);
    emit(b, tape_op(e->op), dst, rx, ry);
    node_of(b, id)->at = dst;
}

/* Emits code for `id`, operands first, with a stack instead of recursion, since sums of arrays are deep. */
static void emit_tree(struct tape_builder *b, expr_id id)
{
    vec_push(&b->stack, (struct frame){.id = id});
    while (b->stack.n) {
        struct frame *f = &vec_last(&b->stack);
        const struct expr *e = expr_get(b->ex, f->id);
        if (is_leaf(e) || node_of(b, f->id)->at >= 0) {
            b->stack.n--;
        } else if (f->next < e->n_args) {
            expr_id arg = resolve(b, e->args[f->next++]);
            vec_push(&b->stack, (struct frame){.id = arg});
        } else {
            emit_node(b, f->id);
            b->stack.n--;
        }
    }
}

/* Emits outputs. Neighbouring outputs of the same leaf (a million reactions of rate k) share one load. */
static void emit_outputs(struct tape_builder *b, const expr_id *expr, size_t n)
{
    expr_id held = 0;
    int32_t held_register = 0;
    for (size_t i = 0; i < n; i++) {
        expr_id id = resolve(b, expr[i] ? expr[i] : expr_real(b->ex, 0));
        if (held && held != id) {
            release(b, held, held_register);
            held = 0;
        }
        emit_tree(b, id);
        if (is_leaf(expr_get(b->ex, id))) {
            held_register = held ? held_register : load_leaf(b, id);
            held = id;
            emit(b, CRNL_TAPE_OUT, (int32_t)i, held_register, 0);
        } else {
            emit(b, CRNL_TAPE_OUT, (int32_t)i, node_of(b, id)->at, 0);
            release(b, id, node_of(b, id)->at);
        }
    }
}

struct crnl_tape tape_build(struct arena *arena, struct expr_pool *ex, const expr_id *expr, size_t n)
{
    return tape_build_timed(arena, ex, expr, n, NULL, 0);
}

struct crnl_tape tape_build_timed(struct arena *arena, struct expr_pool *ex, const expr_id *expr, size_t n,
                                  const int32_t *place, int32_t n_places)
{
    struct tape_builder b = {.ex = ex, .place = place, .n_places = n_places};
    for (size_t i = 0; i < n; i++) {
        count_uses(&b, expr[i] ? expr[i] : expr_real(ex, 0));
    }
    emit_outputs(&b, expr, n);

    struct crnl_tape_code *code = arena_alloc(arena, (b.code.n + 1) * sizeof *code);
    double *constant = arena_alloc(arena, (b.constant.n + 1) * sizeof *constant);
    if (b.code.n) {
        memcpy(code, b.code.data, b.code.n * sizeof *code);
    }
    if (b.constant.n) {
        memcpy(constant, b.constant.data, b.constant.n * sizeof *constant);
    }
    struct crnl_tape tape = {(int32_t)b.code.n, (int32_t)b.constant.n, b.n_registers, code, constant};
    vec_free(&b.node);
    vec_free(&b.stack);
    vec_free(&b.todo);
    vec_free(&b.code);
    vec_free(&b.constant);
    vec_free(&b.idle);
    return tape;
}
