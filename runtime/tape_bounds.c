/* Interval arithmetic for tapes: bounds of the results of a tape while each of its globals is in an interval.
 * Operations that round to nearest are monotone, so bounds computed from the ends hold for every value
 * between as it would be computed; the results of functions that may be wrong in the last digit are widened.
 * A result that may be NaN has no bounds. */
#include <math.h>

#include "rt_base.h"
#include "rt_turns.h"

static const struct rt_bounds anything = {-INFINITY, INFINITY};

/* Widens bounds, except for a single point, whose value is exactly what the tape computes. */
static struct rt_bounds widen(struct rt_bounds x, double lo, double hi)
{
    if (lo != lo || hi != hi) {
        return anything;
    }
    if (x.lo == x.hi) {
        return (struct rt_bounds){lo, hi};
    }
    return (struct rt_bounds){fabs(lo) < INFINITY ? lo - 0x1p-50 * fabs(lo) : lo,
                              fabs(hi) < INFINITY ? hi + 0x1p-50 * fabs(hi) : hi};
}

static struct rt_bounds exactly(double lo, double hi)
{
    return lo != lo || hi != hi ? anything : (struct rt_bounds){lo, hi};
}

static bool is_anything(struct rt_bounds x)
{
    return x.lo == -INFINITY && x.hi == INFINITY;
}

static bool is_point(struct rt_bounds x)
{
    return x.lo == x.hi;
}

/* As fmin and fmax for numbers, which would be function calls. */
static double least(double a, double b)
{
    return b < a ? b : a;
}

static double most(double a, double b)
{
    return b > a ? b : a;
}

static struct rt_bounds hull(double a, double b, double c, double d)
{
    double nan = a * 0 + b * 0 + c * 0 + d * 0; /* NaN or infinite operands */
    if (nan != nan && (a != a || b != b || c != c || d != d)) {
        return anything;
    }
    return (struct rt_bounds){least(least(a, b), least(c, d)), most(most(a, b), most(c, d))};
}

static bool is_infinite(struct rt_bounds x)
{
    return x.lo == -INFINITY || x.hi == INFINITY;
}

static bool has_zero(struct rt_bounds x)
{
    return x.lo <= 0 && x.hi >= 0;
}

static struct rt_bounds multiply(struct rt_bounds x, struct rt_bounds y)
{
    if ((is_infinite(x) && has_zero(y)) || (is_infinite(y) && has_zero(x))) {
        return anything;
    }
    if (x.lo >= 0 && y.lo >= 0) {
        return exactly(x.lo * y.lo, x.hi * y.hi);
    }
    return hull(x.lo * y.lo, x.lo * y.hi, x.hi * y.lo, x.hi * y.hi);
}

static struct rt_bounds square(struct rt_bounds x)
{
    double a = x.lo * x.lo, b = x.hi * x.hi;
    return is_anything(x) ? anything : exactly(has_zero(x) ? 0 : fmin(a, b), fmax(a, b));
}

static struct rt_bounds divide(struct rt_bounds x, struct rt_bounds y)
{
    if (has_zero(y) || (is_infinite(x) && is_infinite(y))) {
        return anything;
    }
    if (x.lo >= 0 && y.lo > 0) {
        return exactly(x.lo / y.hi, x.hi / y.lo);
    }
    return hull(x.lo / y.lo, x.lo / y.hi, x.hi / y.lo, x.hi / y.hi);
}

static struct rt_bounds modulo(struct rt_bounds x, struct rt_bounds y)
{
    if (!is_point(y) || y.lo == 0 || !(fabs(x.lo) < INFINITY && fabs(x.hi) < INFINITY)) {
        return anything;
    }
    if (is_point(x)) {
        return exactly(crnl_mod(x.lo, y.lo), crnl_mod(x.lo, y.lo));
    }
    double error = 0x1p-50 * fmax(fabs(x.lo), fabs(x.hi));
    bool same_turn = floor(x.lo / y.lo) == floor(x.hi / y.lo);
    double a = same_turn ? crnl_mod(x.lo, y.lo) : 0, b = same_turn ? crnl_mod(x.hi, y.lo) : y.lo;
    return exactly(fmin(a, b) - error, fmax(a, b) + error);
}

static struct rt_bounds power(struct rt_bounds x, struct rt_bounds y)
{
    bool whole = is_point(y) && floor(y.lo) == y.lo && y.lo > 0;
    double a = crnl_pow(x.lo, y.lo), b = crnl_pow(x.hi, y.lo);
    if (is_point(x) && is_point(y)) {
        return exactly(a, a);
    }
    if (!whole && x.lo < 0) {
        return anything;
    }
    struct rt_bounds r =
        is_point(y) ? hull(a, b, a, b) : hull(a, b, crnl_pow(x.lo, y.hi), crnl_pow(x.hi, y.hi));
    r.lo = whole && x.lo < 0 && x.hi > 0 && fmod(y.lo, 2) == 0 ? 0 : r.lo;
    return widen(anything, r.lo, r.hi);
}

/* For functions between -1 and 1: whether an extreme of the function, at `first` or at a multiple of 2 pi
 * from it, is inside x. */
static bool has_turn(struct rt_bounds x, double first)
{
    static const double round = 6.283185307179586, margin = 1e-6;
    return floor((x.hi + margin - first) / round) >= ceil((x.lo - margin - first) / round);
}

static struct rt_bounds wave(struct rt_bounds x, double (*f)(double x), double largest)
{
    if (is_infinite(x)) {
        return anything;
    }
    if (is_point(x)) {
        return exactly(f(x.lo), f(x.lo));
    }
    if (!(x.hi - x.lo < 7) || fabs(x.lo) > 1e9) {
        return (struct rt_bounds){-1, 1};
    }
    double a = f(x.lo), b = f(x.hi);
    struct rt_bounds r = widen(x, least(a, b), most(a, b));
    r.hi = has_turn(x, largest) ? 1 : r.hi;
    r.lo = has_turn(x, largest + 3.141592653589793) ? -1 : r.lo;
    return r;
}

static struct rt_bounds truth(bool sure, bool possible)
{
    return (struct rt_bounds){sure, possible};
}

static bool is_true(struct rt_bounds x)
{
    return x.lo > 0 || x.hi < 0;
}

static bool is_false(struct rt_bounds x)
{
    return x.lo == 0 && x.hi == 0;
}

static struct rt_bounds apply1(enum crnl_tape_op op, struct rt_bounds x)
{
    double a = fabs(x.lo), b = fabs(x.hi);
    if (is_anything(x)) {
        return op == CRNL_TAPE_NOT ? truth(false, true) : anything;
    }
    switch (op) {
    case CRNL_TAPE_NEG: return (struct rt_bounds){-x.hi, -x.lo};
    case CRNL_TAPE_NOT: return truth(is_false(x), !is_true(x));
    case CRNL_TAPE_ABS: return (struct rt_bounds){has_zero(x) ? 0 : fmin(a, b), fmax(a, b)};
    case CRNL_TAPE_EXP: return widen(x, crnl_exp(x.lo), crnl_exp(x.hi));
    case CRNL_TAPE_LOG: return x.lo < 0 ? anything : widen(x, crnl_log(x.lo), crnl_log(x.hi));
    case CRNL_TAPE_SQRT: return x.lo < 0 ? anything : exactly(sqrt(x.lo), sqrt(x.hi));
    case CRNL_TAPE_SIN: return wave(x, crnl_sin, 1.5707963267948966);
    case CRNL_TAPE_COS: return wave(x, crnl_cos, 0);
    case CRNL_TAPE_TANH: return widen(x, crnl_tanh(x.lo), crnl_tanh(x.hi));
    case CRNL_TAPE_ATAN: return widen(x, crnl_atan(x.lo), crnl_atan(x.hi));
    case CRNL_TAPE_FACTORIAL:
        return is_point(x) ? exactly(crnl_factorial(x.lo), crnl_factorial(x.lo)) : anything;
    case CRNL_TAPE_FLOOR: return exactly(floor(x.lo), floor(x.hi));
    default: return x; /* MOVE */
    }
}

static struct rt_bounds apply2(enum crnl_tape_op op, struct rt_bounds x, struct rt_bounds y)
{
    bool apart = x.hi < y.lo || y.hi < x.lo, equal = is_point(x) && is_point(y) && x.lo == y.lo;
    if ((is_anything(x) || is_anything(y)) && op < CRNL_TAPE_AND) {
        return op >= CRNL_TAPE_EQ ? truth(false, true) : anything;
    }
    switch (op) {
    case CRNL_TAPE_ADD: return exactly(x.lo + y.lo, x.hi + y.hi);
    case CRNL_TAPE_SUB: return exactly(x.lo - y.hi, x.hi - y.lo);
    case CRNL_TAPE_MUL: return multiply(x, y);
    case CRNL_TAPE_DIV: return divide(x, y);
    case CRNL_TAPE_MOD: return modulo(x, y);
    case CRNL_TAPE_POW: return power(x, y);
    case CRNL_TAPE_MIN: return (struct rt_bounds){fmin(x.lo, y.lo), fmin(x.hi, y.hi)};
    case CRNL_TAPE_MAX: return (struct rt_bounds){fmax(x.lo, y.lo), fmax(x.hi, y.hi)};
    case CRNL_TAPE_EQ: return truth(equal, !apart);
    case CRNL_TAPE_NE: return truth(apart, !equal);
    case CRNL_TAPE_LT: return truth(x.hi < y.lo, x.lo < y.hi);
    case CRNL_TAPE_LE: return truth(x.hi <= y.lo, x.lo <= y.hi);
    case CRNL_TAPE_AND: return truth(is_true(x) && is_true(y), !is_false(x) && !is_false(y));
    case CRNL_TAPE_OR: return truth(is_true(x) || is_true(y), !is_false(x) || !is_false(y));
    default: return anything;
    }
}

static struct rt_bounds choose(struct rt_bounds which, struct rt_bounds yes, struct rt_bounds no)
{
    return is_true(which)    ? yes
           : is_false(which) ? no
                             : (struct rt_bounds){fmin(yes.lo, no.lo), fmax(yes.hi, no.hi)};
}

void rt_tape_bounds(const struct crnl_tape *tape, const struct rt_bounds *global, const double *param,
                    struct rt_bounds *out, struct rt_bounds *registers)
{
    struct rt_bounds *r = registers;
    for (int32_t i = 0; i < tape->n_code; i++) {
        const struct crnl_tape_code *c = &tape->code[i];
        enum crnl_tape_op op = (enum crnl_tape_op)c->op;
        switch (op) {
        case CRNL_TAPE_CONST: r[c->dst] = exactly(tape->constant[c->a], tape->constant[c->a]); break;
        case CRNL_TAPE_PARAM: r[c->dst] = exactly(param[c->a], param[c->a]); break;
        case CRNL_TAPE_GLOBAL: r[c->dst] = global[c->a]; break;
        case CRNL_TAPE_OUT: out[c->dst] = r[c->a]; break;
        case CRNL_TAPE_SELECT: r[c->dst] = choose(r[c->a], r[c->b], r[c->dst]); break;
        default:
            r[c->dst] = op < CRNL_TAPE_ADD                    ? apply1(op, r[c->a])
                        : op == CRNL_TAPE_MUL && c->a == c->b ? square(r[c->a])
                                                              : apply2(op, r[c->a], r[c->b]);
        }
    }
}
