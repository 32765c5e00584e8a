/* Random expressions and networks for the tests of ir/: a fixed stream for each test. */
#ifndef TESTS_UNIT_IR_RANDOM_H
#define TESTS_UNIT_IR_RANDOM_H

#include <stdint.h>
#include <stdio.h>

#include "ir/net/net.h"

static uint64_t random_state;
static bool random_mild; /* constants of moderate size, none 0 */

static inline uint32_t draw(uint32_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % n;
}

static inline double draw_real(void)
{
    static const double odd[] = {0, -0.0, 1, -1, 2, 0.1, 1e-300, 1e300, 3, 0.5};
    if (random_mild) {
        return (draw(2) ? 1 : -1) * (0.25 + draw(1000) / 400.0);
    }
    return draw(3) == 0 ? odd[draw(10)] : ((double)draw(2000) - 1000) / 128;
}

/* One species in eight is held, one in six is bulk. */
static inline enum species_kind random_kind(void)
{
    uint32_t k = draw(24);
    return k < 3 ? SPECIES_CONSTANT : k < 7 ? SPECIES_BULK : SPECIES_DISCRETE;
}

struct random_leaves {
    int32_t n_species, n_slots; /* leaves to use; 0: none */
    bool time;
};

static inline expr_id random_expr(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                  struct shape s, int depth, const int32_t *binder, int n_binders);

static inline expr_id random_leaf(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                  struct shape s, const int32_t *binder, int n_binders)
{
    if (s.rank > 0) {
        double real[64];
        int64_t integer[64];
        uint8_t truth[64];
        for (int i = 0; i < 64; i++) {
            real[i] = draw_real();
            integer[i] = (int64_t)draw(9) - 4;
            truth[i] = draw(2) == 0;
        }
        const void *data = type == TYPE_REAL  ? (const void *)real
                           : type == TYPE_INT ? (const void *)integer
                                              : truth;
        return expr_const_array(p, type, s, data);
    }
    if (type == TYPE_BOOL) {
        return expr_bool(p, draw(2) == 0);
    }
    if (type == TYPE_INT) {
        return n_binders > 0 && draw(2) == 0 ? expr_binder(p, binder[draw((uint32_t)n_binders)])
                                             : expr_int(p, (int64_t)draw(9) - 4);
    }
    if (l->n_species > 0 && draw(3) == 0) {
        return expr_leaf(p, EXPR_SPECIES, TYPE_REAL, s, (int32_t)draw((uint32_t)l->n_species), 0);
    }
    if (l->n_slots > 0 && draw(2) == 0) {
        return expr_leaf(p, EXPR_PARAM, TYPE_REAL, s, (int32_t)draw((uint32_t)l->n_slots), 0);
    }
    if (l->time && draw(6) == 0) {
        return expr_leaf(p, EXPR_TIME, TYPE_REAL, s, 0, 0);
    }
    return expr_real(p, draw_real());
}

/* Arrays of one or two dimensions of 1 to 3. */
static inline struct shape random_shape(void)
{
    struct shape s = shape_vector(1 + (int32_t)draw(3));
    return draw(2) ? s : shape_prefix(1 + (int32_t)draw(3), s);
}

static inline expr_id random_scalar(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                    int depth, const int32_t *binder, int n_binders)
{
    return random_expr(p, l, type, shape_scalar(), depth, binder, n_binders);
}

static inline expr_id random_loop(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                  struct shape s, int depth, const int32_t *binder, int n_binders)
{
    int32_t inner[16], b = expr_new_binder(p);
    for (int i = 0; i < n_binders; i++) {
        inner[i] = binder[i];
    }
    inner[n_binders] = b;
    static const enum expr_op ops[] = {EXPR_FOLD_SUM, EXPR_FOLD_MIN, EXPR_FOLD_MAX};
    expr_id cond = draw(2) ? random_scalar(p, l, TYPE_BOOL, depth - 1, inner, n_binders + 1) : 0;
    expr_id body = random_expr(p, l, type, s, depth - 1, inner, n_binders + 1);
    return expr_fold(p, ops[draw(3)], b, 1 + (int32_t)draw(3), body, cond);
}

static inline expr_id random_map(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                 struct shape s, int depth, const int32_t *binder, int n_binders)
{
    int32_t inner[16], b = expr_new_binder(p);
    for (int i = 0; i < n_binders; i++) {
        inner[i] = binder[i];
    }
    inner[n_binders] = b;
    return expr_map(p, b, s.dim[0],
                    random_expr(p, l, type, shape_drop(s, 0), depth - 1, inner, n_binders + 1));
}

static inline expr_id random_stack(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                   struct shape s, int depth, const int32_t *binder, int n_binders)
{
    expr_id row[64];
    for (int32_t i = 0; i < s.dim[0]; i++) {
        row[i] = random_expr(p, l, type, shape_drop(s, 0), depth - 1, binder, n_binders);
    }
    return expr_stack(p, (size_t)s.dim[0], row);
}

/* An array operator with a result of this shape. */
static inline expr_id random_array(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                   struct shape s, int depth, const int32_t *binder, int n_binders)
{
#define SUB(type, shape) random_expr(p, l, type, shape, depth - 1, binder, n_binders)
    bool small = shape_size(s) <= 16 && s.rank <= 2;
    switch (draw(small ? 8 : 4)) {
    case 0: return random_stack(p, l, type, s, depth, binder, n_binders);
    case 1: return random_map(p, l, type, s, depth, binder, n_binders);
    case 2: return expr_fill(p, SUB(type, shape_scalar()), s);
    case 3: return expr_reshape(p, SUB(type, shape_vector((int32_t)shape_size(s))), s);
    case 4: {
        struct shape longer = s;
        int32_t axis = (int32_t)draw((uint32_t)s.rank);
        longer.dim[axis] += 2;
        return expr_slice(p, SUB(type, longer), axis, (int32_t)draw(3), s.dim[axis]);
    }
    case 5: {
        struct shape from = s;
        from.dim[0] = 3;
        int64_t index[64];
        for (int i = 0; i < 64; i++) {
            index[i] = draw(3);
        }
        expr_id indices = expr_const_array(p, TYPE_INT, shape_vector(s.dim[0]), index);
        return expr_gather(p, SUB(type, from), indices, 0);
    }
    case 6: {
        struct shape more = shape_prefix(2, s);
        return expr_take(p, SUB(type, more), 0, expr_int(p, draw(2)), 7);
    }
    default: return random_loop(p, l, type, s, depth, binder, n_binders);
    }
#undef SUB
}

static inline expr_id random_bool(struct expr_pool *p, const struct random_leaves *l, int depth,
                                  const int32_t *binder, int n_binders)
{
    static const enum expr_op comparisons[] = {EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE};
#define SUB(type) random_scalar(p, l, type, depth - 1, binder, n_binders)
    switch (draw(4)) {
    case 0: return expr_unary(p, EXPR_NOT, SUB(TYPE_BOOL));
    case 1: return expr_binary(p, draw(2) ? EXPR_AND : EXPR_OR, SUB(TYPE_BOOL), SUB(TYPE_BOOL));
    case 2: return expr_binary(p, comparisons[draw(4)], SUB(TYPE_REAL), SUB(TYPE_REAL));
    default: return expr_binary(p, comparisons[draw(4)], SUB(TYPE_INT), SUB(draw(2) ? TYPE_INT : TYPE_REAL));
    }
#undef SUB
}

static inline expr_id random_number(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                    struct shape s, int depth, const int32_t *binder, int n_binders)
{
    static const enum expr_op unary[] = {EXPR_NEG,  EXPR_ABS, EXPR_EXP, EXPR_LOG,
                                         EXPR_SQRT, EXPR_SIN, EXPR_COS, EXPR_TANH};
    static const enum expr_op binary[] = {EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_MOD,
                                          EXPR_MIN, EXPR_MAX, EXPR_DIV, EXPR_POW};
    struct shape other = draw(2) ? s : shape_scalar();
#define SUB(type, shape) random_expr(p, l, type, shape, depth - 1, binder, n_binders)
    switch (draw(8)) {
    case 0: return expr_unary(p, unary[draw(type == TYPE_INT ? 2 : 8)], SUB(type, s));
    case 1:
        return type == TYPE_INT ? expr_unary(p, EXPR_FLOOR, SUB(TYPE_REAL, s))
                                : expr_to_real(p, SUB(TYPE_INT, s));
    case 2: return expr_select(p, SUB(TYPE_BOOL, shape_scalar()), SUB(type, s), SUB(type, s));
    case 3:
        if (s.rank == 0) {
            static const enum expr_op reductions[] = {EXPR_SUM, EXPR_MIN_OF, EXPR_MAX_OF};
            return expr_reduce(p, reductions[draw(3)], SUB(type, random_shape()));
        }
        return random_array(p, l, type, s, depth, binder, n_binders);
    case 4:
        return s.rank == 0 ? random_loop(p, l, type, s, depth, binder, n_binders)
                           : random_array(p, l, type, s, depth, binder, n_binders);
    case 5:
        if (s.rank == 0) {
            expr_id index =
                draw(3) ? expr_int(p, draw(3)) : expr_reduce(p, EXPR_ARGMAX, SUB(type, shape_vector(3)));
            return expr_take(p, SUB(type, shape_vector(3)), 0, index, (int32_t)draw(20));
        }
        if (s.rank > 2 || shape_size(s) > 16) {
            return random_array(p, l, type, s, depth, binder, n_binders);
        }
        return s.rank == 2 ? expr_matmul(p, SUB(type, ((struct shape){2, {s.dim[0], 2}})),
                                         SUB(type, ((struct shape){2, {2, s.dim[1]}})))
                           : expr_matmul(p, SUB(type, ((struct shape){2, {s.dim[0], 2}})),
                                         SUB(type, shape_vector(2)));
    default: {
        enum expr_op op = binary[draw(type == TYPE_INT ? 6 : 8)];
        expr_id x = SUB(type, s), y = SUB(type, other);
        return draw(2) ? expr_binary(p, op, x, y) : expr_binary(p, op, y, x);
    }
    }
#undef SUB
}

static inline expr_id random_expr(struct expr_pool *p, const struct random_leaves *l, enum expr_type type,
                                  struct shape s, int depth, const int32_t *binder, int n_binders)
{
    if (depth <= 0 || draw(6) == 0) {
        return random_leaf(p, l, type, s, binder, n_binders);
    }
    if (type == TYPE_BOOL) {
        return s.rank == 0 ? random_bool(p, l, depth, binder, n_binders)
                           : random_leaf(p, l, type, s, binder, n_binders);
    }
    return random_number(p, l, type, s, depth, binder, n_binders);
}

static bool random_whole; /* no fractions */

/* A reaction, of which every few change amounts by what is no whole number: by constants, parameters and what `leaves` names.
 * They come from a random stream of their own, so that what else is drawn does not depend on them. */
static inline reaction_id random_reaction(struct net *n, const struct term *lhs, size_t n_lhs,
                                          const struct term *rhs, size_t n_rhs, enum rate_kind kind,
                                          expr_id rate, const struct random_leaves *leaves, uint32_t every)
{
    static uint64_t own_state = 77;
    uint64_t other = random_state;
    struct fraction more[2];
    random_state = own_state;
    size_t n_more = draw(every) == 0 ? 1 + draw(2) : 0;
    for (size_t i = 0; i < n_more; i++) {
        more[i].species = (species_id)draw((uint32_t)n->species.n);
        more[i].count = draw(2) ? expr_real(n->ex, 0.25 * draw(17) - 2)
                                : random_expr(n->ex, leaves, TYPE_REAL, shape_scalar(), 2, NULL, 0);
    }
    own_state = random_state;
    random_state = other;
    return net_add_reaction_with(n, lhs, n_lhs, rhs, n_rhs, kind, rate, more, random_whole ? 0 : n_more,
                                 (struct span){0});
}

#endif
