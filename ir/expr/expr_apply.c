/* Scalar semantics of operators, for folding and evaluation alike; emitters follow them to the last bit. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>

#include "runtime/crnl_num.h"

double expr_apply1(enum expr_op op, double x)
{
    switch (op) {
    case EXPR_TO_REAL: return x;
    case EXPR_NEG: return -x;
    case EXPR_NOT: return x == 0 ? 1 : 0;
    case EXPR_ABS: return fabs(x);
    case EXPR_EXP: return crnl_exp(x);
    case EXPR_LOG: return crnl_log(x);
    case EXPR_SQRT: return sqrt(x);
    case EXPR_SIN: return crnl_sin(x);
    case EXPR_COS: return crnl_cos(x);
    case EXPR_TANH: return crnl_tanh(x);
    case EXPR_FLOOR: return floor(x);
    default: assert(!"not a unary operator"); return 0;
    }
}

double expr_apply2(enum expr_op op, double x, double y)
{
    switch (op) {
    case EXPR_ADD: return x + y;
    case EXPR_SUB: return x - y;
    case EXPR_MUL: return x * y;
    case EXPR_DIV: return x / y;
    case EXPR_MOD: return crnl_mod(x, y);
    case EXPR_POW: return crnl_pow(x, y);
    case EXPR_MIN: return y < x ? y : x;
    case EXPR_MAX: return x < y ? y : x;
    case EXPR_EQ: return x == y;
    case EXPR_NE: return x != y;
    case EXPR_LT: return x < y;
    case EXPR_LE: return x <= y;
    case EXPR_AND: return x != 0 && y != 0;
    case EXPR_OR: return x != 0 || y != 0;
    default: assert(!"not a binary operator"); return 0;
    }
}

/* Integers wrap at 64 bits: computed unsigned, where that is defined. */
int64_t int_apply1(enum expr_op op, int64_t x)
{
    switch (op) {
    case EXPR_NEG: return (int64_t)(0 - (uint64_t)x);
    case EXPR_ABS: return x < 0 ? (int64_t)(0 - (uint64_t)x) : x;
    case EXPR_NOT: return x == 0;
    case EXPR_FLOOR: return x;
    default: assert(!"not a unary operator of integers"); return 0;
    }
}

static int64_t int_mod(int64_t x, int64_t y)
{
    if (y == 0 || y == -1) {
        return 0;
    }
    int64_t r = x % y;
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static int64_t int_pow(int64_t x, int64_t y)
{
    uint64_t result = 1, square = (uint64_t)x;
    for (; y > 0; y >>= 1, square *= square) {
        if (y & 1) {
            result *= square;
        }
    }
    return (int64_t)result;
}

int64_t int_apply2(enum expr_op op, int64_t x, int64_t y)
{
    switch (op) {
    case EXPR_ADD: return (int64_t)((uint64_t)x + (uint64_t)y);
    case EXPR_SUB: return (int64_t)((uint64_t)x - (uint64_t)y);
    case EXPR_MUL: return (int64_t)((uint64_t)x * (uint64_t)y);
    case EXPR_MOD: return int_mod(x, y);
    case EXPR_POW: return int_pow(x, y);
    case EXPR_MIN: return y < x ? y : x;
    case EXPR_MAX: return x < y ? y : x;
    case EXPR_EQ: return x == y;
    case EXPR_NE: return x != y;
    case EXPR_LT: return x < y;
    case EXPR_LE: return x <= y;
    case EXPR_AND: return x && y;
    case EXPR_OR: return x || y;
    default: assert(!"not a binary operator of integers"); return 0;
    }
}

int64_t int_floor(double x)
{
    double f = floor(x);
    if (isnan(f)) {
        return 0;
    }
    if (f >= 0x1p63) {
        return INT64_MAX;
    }
    return f < -0x1p63 ? INT64_MIN : (int64_t)f;
}
