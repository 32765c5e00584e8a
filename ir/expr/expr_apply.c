/* The scalar semantics of operators, for both folding and evaluation. Emitted code gives the same values to
 * the last bit. */
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
    case EXPR_ATAN: return crnl_atan(x);
    case EXPR_FACTORIAL: return crnl_factorial(x);
    case EXPR_FLOOR_REAL: return floor(x) + 0.0;
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

bool int_apply1(enum expr_op op, int64_t x, int64_t *out)
{
    switch (op) {
    case EXPR_NEG: return !__builtin_sub_overflow(0, x, out);
    case EXPR_ABS: return x < 0 ? !__builtin_sub_overflow(0, x, out) : (*out = x, true);
    case EXPR_NOT: *out = x == 0; return true;
    case EXPR_FLOOR: *out = x; return true;
    default: assert(!"not a unary operator of integers"); return false;
    }
}

/* The remainder with the sign of the divisor. Division by -1 is treated separately: its remainder is 0, but
 * the hardware's division overflows for the smallest integer. */
static bool int_mod(int64_t x, int64_t y, int64_t *out)
{
    if (y == 0) {
        return false;
    }
    int64_t r = y == -1 ? 0 : x % y;
    *out = r != 0 && (r < 0) != (y < 0) ? r + y : r;
    return true;
}

bool int_apply2(enum expr_op op, int64_t x, int64_t y, int64_t *out)
{
    switch (op) {
    case EXPR_ADD: return !__builtin_add_overflow(x, y, out);
    case EXPR_SUB: return !__builtin_sub_overflow(x, y, out);
    case EXPR_MUL: return !__builtin_mul_overflow(x, y, out);
    case EXPR_MOD: return int_mod(x, y, out);
    case EXPR_POW: return crnl_int_pow(x, y, out);
    case EXPR_MIN: *out = y < x ? y : x; return true;
    case EXPR_MAX: *out = x < y ? y : x; return true;
    case EXPR_EQ: *out = x == y; return true;
    case EXPR_NE: *out = x != y; return true;
    case EXPR_LT: *out = x < y; return true;
    case EXPR_LE: *out = x <= y; return true;
    case EXPR_AND: *out = x && y; return true;
    case EXPR_OR: *out = x || y; return true;
    default: assert(!"not a binary operator of integers"); return false;
    }
}

bool int_floor(double x, int64_t *out)
{
    double f = floor(x);
    if (!(f >= -0x1p63 && f < 0x1p63)) {
        return false;
    }
    *out = (int64_t)f;
    return true;
}
