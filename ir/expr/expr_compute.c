/* The application of a strict operator to values: the meaning of every operator that needs no context. Both
 * folding and evaluation use this code, so that they cannot differ. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>
#include <string.h>

size_t type_size(enum expr_type t)
{
    switch (t) {
    case TYPE_REAL: return sizeof(double);
    case TYPE_INT: return sizeof(int64_t);
    case TYPE_BOOL: return sizeof(uint8_t);
    default: return sizeof(const char *);
    }
}

/* real_at and its counterpart read elements of all three numeric types; `double` is exact for booleans. */
static double real_at(const struct operand *x, int64_t i)
{
    switch (x->type) {
    case TYPE_REAL: return ((const double *)x->data)[i];
    case TYPE_INT: return (double)((const int64_t *)x->data)[i];
    default: return ((const uint8_t *)x->data)[i];
    }
}

static int64_t int_at(const struct operand *x, int64_t i)
{
    return x->type == TYPE_INT ? ((const int64_t *)x->data)[i] : ((const uint8_t *)x->data)[i];
}

static void put_int(enum expr_type type, void *out, int64_t i, int64_t v)
{
    if (type == TYPE_INT) {
        ((int64_t *)out)[i] = v;
    } else {
        ((uint8_t *)out)[i] = (uint8_t)v;
    }
}

static bool floors(const struct operand *x, int64_t n, int64_t *out, struct expr_fault *fault)
{
    for (int64_t i = 0; i < n; i++) {
        if (!int_floor(real_at(x, i), &out[i])) {
            *fault = (struct expr_fault){.kind = FAULT_FLOOR, .op = EXPR_FLOOR, .real = real_at(x, i)};
            return false;
        }
    }
    return true;
}

static bool unary(const struct expr *e, const struct operand *x, void *out, struct expr_fault *fault)
{
    int64_t n = shape_size(e->shape);
    if (e->type == TYPE_INT && x->type == TYPE_REAL) {
        return floors(x, n, out, fault);
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t v;
        if (e->type == TYPE_REAL) {
            ((double *)out)[i] = expr_apply1(e->op, real_at(x, i));
        } else if (int_apply1(e->op, int_at(x, i), &v)) {
            put_int(e->type, out, i, v);
        } else {
            *fault = (struct expr_fault){.kind = FAULT_INTEGER, .op = e->op, .x = int_at(x, i)};
            return false;
        }
    }
    return true;
}

bool expr_apply_int(enum expr_op op, int64_t x, int64_t y, int64_t *out, struct expr_fault *fault)
{
    if (int_apply2(op, x, y, out)) {
        return true;
    }
    *fault = (struct expr_fault){.kind = FAULT_INTEGER, .op = op, .x = x, .y = y};
    return false;
}

static bool binary(const struct expr *e, const struct operand *x, const struct operand *y, void *out,
                   struct expr_fault *fault)
{
    int64_t n = shape_size(e->shape);
    int64_t step_x = x->shape.rank > 0, step_y = y->shape.rank > 0;
    if (x->type == TYPE_TEXT) {
        bool equal = strcmp(*(const char *const *)x->data, *(const char *const *)y->data) == 0;
        *(uint8_t *)out = equal == (e->op == EXPR_EQ);
        return true;
    }
    for (int64_t i = 0; i < n; i++) {
        if (x->type == TYPE_REAL) {
            double v = expr_apply2(e->op, real_at(x, i * step_x), real_at(y, i * step_y));
            if (e->type == TYPE_REAL) {
                ((double *)out)[i] = v;
            } else {
                ((uint8_t *)out)[i] = v != 0;
            }
        } else {
            int64_t v;
            if (!expr_apply_int(e->op, int_at(x, i * step_x), int_at(y, i * step_y), &v, fault)) {
                return false;
            }
            put_int(e->type, out, i, v);
        }
    }
    return true;
}

/* Splits the elements of an array into outer * dim[axis] * inner. */
static void axis_split(struct shape s, int32_t axis, size_t *outer, size_t *inner)
{
    *outer = *inner = 1;
    for (int32_t i = 0; i < s.rank; i++) {
        if (i < axis) {
            *outer *= (size_t)s.dim[i];
        } else if (i > axis) {
            *inner *= (size_t)s.dim[i];
        }
    }
}

static void copy_range(const struct operand *x, int32_t axis, size_t from, size_t length, void *out)
{
    size_t outer, inner, size = type_size(x->type), dim = (size_t)x->shape.dim[axis];
    axis_split(x->shape, axis, &outer, &inner);
    for (size_t i = 0; i < outer; i++) {
        if (length * inner > 0) {
            memcpy((char *)out + i * length * inner * size,
                   (const char *)x->data + (i * dim + from) * inner * size, length * inner * size);
        }
    }
}

static bool take(const struct expr *e, const struct operand *x, int64_t index, void *out,
                 struct expr_fault *fault)
{
    if (index < 0 || index >= x->shape.dim[e->a]) {
        *fault = (struct expr_fault){.kind = FAULT_INDEX, .op = e->op, .x = index, .y = x->shape.dim[e->a]};
        return false;
    }
    copy_range(x, e->a, (size_t)index, 1, out);
    return true;
}

static bool gather(const struct operand *x, const struct operand *indices, void *out,
                   struct expr_fault *fault)
{
    size_t outer, inner, size = type_size(x->type);
    axis_split(x->shape, 0, &outer, &inner);
    int64_t n = shape_size(indices->shape);
    for (int64_t i = 0; i < n; i++) {
        int64_t index = int_at(indices, i);
        if (index < 0 || index >= x->shape.dim[0]) {
            *fault =
                (struct expr_fault){.kind = FAULT_INDEX, .op = EXPR_GATHER, .x = index, .y = x->shape.dim[0]};
            return false;
        }
        copy_range(x, 0, (size_t)index, 1, (char *)out + (size_t)i * inner * size);
    }
    return true;
}

static double dot_real(const struct operand *x, const struct operand *y, int64_t from, int64_t to, int64_t n,
                       int64_t columns)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += real_at(x, from + k) * real_at(y, to + k * columns);
    }
    return sum;
}

static bool dot_int(const struct operand *x, const struct operand *y, int64_t from, int64_t to, int64_t n,
                    int64_t columns, int64_t *sum, struct expr_fault *fault)
{
    *sum = 0;
    for (int64_t k = 0; k < n; k++) {
        int64_t product;
        if (!expr_apply_int(EXPR_MUL, int_at(x, from + k), int_at(y, to + k * columns), &product, fault) ||
            !expr_apply_int(EXPR_ADD, *sum, product, sum, fault)) {
            return false;
        }
    }
    return true;
}

static bool matmul(const struct expr *e, const struct operand *x, const struct operand *y, void *out,
                   struct expr_fault *fault)
{
    int64_t inner = x->shape.dim[x->shape.rank - 1];
    int64_t rows = x->shape.rank == 2 ? x->shape.dim[0] : 1;
    int64_t columns = y->shape.rank == 2 ? y->shape.dim[1] : 1;
    bool ok = true;
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns && ok; j++) {
            int64_t to = i * columns + j;
            if (e->type == TYPE_REAL) {
                ((double *)out)[to] = dot_real(x, y, i * inner, j, inner, columns);
            } else {
                ok = dot_int(x, y, i * inner, j, inner, columns, &((int64_t *)out)[to], fault);
            }
        }
    }
    return ok;
}

static bool reduce(const struct expr *e, const struct operand *x, void *out, struct expr_fault *fault)
{
    enum expr_op op = e->op == EXPR_SUM ? EXPR_ADD : e->op == EXPR_MIN_OF ? EXPR_MIN : EXPR_MAX;
    int64_t n = shape_size(x->shape);
    if (e->type == TYPE_REAL) {
        double v = op == EXPR_ADD ? 0 : op == EXPR_MIN ? INFINITY : -INFINITY;
        for (int64_t i = 0; i < n; i++) {
            v = expr_apply2(op, v, real_at(x, i));
        }
        *(double *)out = v;
        return true;
    }
    int64_t v = op == EXPR_ADD ? 0 : op == EXPR_MIN ? INT64_MAX : INT64_MIN;
    bool ok = true;
    for (int64_t i = 0; i < n && ok; i++) {
        ok = expr_apply_int(op, v, int_at(x, i), &v, fault);
    }
    *(int64_t *)out = v;
    return ok;
}

static int64_t arg_extreme(const struct expr *e, const struct operand *x)
{
    int64_t best = 0, n = shape_size(x->shape);
    for (int64_t i = 1; i < n; i++) {
        int64_t low = e->op == EXPR_ARGMIN ? i : best, high = e->op == EXPR_ARGMIN ? best : i;
        if (x->type == TYPE_REAL ? real_at(x, low) < real_at(x, high) : int_at(x, low) < int_at(x, high)) {
            best = i;
        }
    }
    return best;
}

static void fill(const struct expr *e, const struct operand *x, void *out)
{
    size_t n = (size_t)shape_size(e->shape), size = type_size(e->type);
    for (size_t i = 0; i < n; i++) {
        memcpy((char *)out + i * size, x->data, size);
    }
}

/* STACK and CONCAT: copies the operands one after the other. */
static void append(const struct expr *e, const struct operand *args, void *out)
{
    char *to = out;
    for (uint32_t i = 0; i < e->n_args; i++) {
        size_t bytes = (size_t)shape_size(args[i].shape) * type_size(e->type);
        if (bytes > 0) {
            memcpy(to, args[i].data, bytes);
        }
        to += bytes;
    }
}

bool expr_compute(const struct expr *e, const struct operand *args, void *out, struct expr_fault *fault)
{
    if (expr_is_elementwise(e->op)) {
        return e->n_args == 1 ? unary(e, &args[0], out, fault) : binary(e, &args[0], &args[1], out, fault);
    }
    switch (e->op) {
    case EXPR_STACK:
    case EXPR_CONCAT:
    case EXPR_RESHAPE: append(e, args, out); return true;
    case EXPR_TAKE: return take(e, &args[0], int_at(&args[1], 0), out, fault);
    case EXPR_SLICE: copy_range(&args[0], e->a, (size_t)e->b, (size_t)e->shape.dim[e->a], out); return true;
    case EXPR_GATHER: return gather(&args[0], &args[1], out, fault);
    case EXPR_FILL: fill(e, &args[0], out); return true;
    case EXPR_MATMUL: return matmul(e, &args[0], &args[1], out, fault);
    case EXPR_SUM:
    case EXPR_MIN_OF:
    case EXPR_MAX_OF: return reduce(e, &args[0], out, fault);
    case EXPR_ARGMIN:
    case EXPR_ARGMAX: *(int64_t *)out = arg_extreme(e, &args[0]); return true;
    default: assert(!"not a strict operator"); return false;
    }
}
