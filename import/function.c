#include <string.h>

#include "import/import_impl.h"

#define F1(op, x)    expr_unary(p, EXPR_##op, x)
#define F2(op, x, y) expr_binary(p, EXPR_##op, x, y)
#define R(v)         expr_real(p, v)
#define IF(c, x, y)  expr_select(p, c, x, y)

static expr_id chain(struct expr_pool *p, enum expr_op op, size_t n, const expr_id *a)
{
    expr_id e = a[0];
    for (size_t i = 1; i < n; i++) {
        e = expr_binary(p, op, e, a[i]);
    }
    return e;
}

/* log(|x| + sqrt(x^2 + 1)) with the sign of x, since for x < 0 the sum without |x| would be a difference of
 * nearly equal numbers. */
static expr_id inverse_sinh(struct expr_pool *p, expr_id x)
{
    expr_id size = F1(ABS, x), value = F1(LOG, F2(ADD, size, F1(SQRT, F2(ADD, F2(MUL, x, x), R(1)))));
    return IF(F2(LT, x, R(0)), F1(NEG, value), value);
}

static expr_id inverse_cosh(struct expr_pool *p, expr_id x)
{
    return F1(LOG, F2(ADD, x, F2(MUL, F1(SQRT, F2(SUB, x, R(1))), F1(SQRT, F2(ADD, x, R(1))))));
}

static expr_id inverse_tanh(struct expr_pool *p, expr_id x)
{
    return F2(DIV, F1(LOG, F2(DIV, F2(ADD, R(1), x), F2(SUB, R(1), x))), R(2));
}

/* atan(x / sqrt(1 - x^2)). At 1 that is atan(infinity); above 1 the root is not a number. */
static expr_id inverse_sin(struct expr_pool *p, expr_id x)
{
    return F1(ATAN, F2(DIV, x, F1(SQRT, F2(MUL, F2(SUB, R(1), x), F2(ADD, R(1), x)))));
}

static expr_id inverse_cos(struct expr_pool *p, expr_id x)
{
    return F2(MUL, R(2), F1(ATAN, F1(SQRT, F2(DIV, F2(SUB, R(1), x), F2(ADD, R(1), x)))));
}

static expr_id toward_zero(struct expr_pool *p, expr_id x)
{
    expr_id down = expr_to_real(p, F1(FLOOR, x)), up = F1(NEG, expr_to_real(p, F1(FLOOR, F1(NEG, x))));
    return IF(F2(LT, x, R(0)), up, down);
}

static const struct {
    const char *name;
    size_t least, most;
    const char *wrong; /* about another number of arguments */
} functions[] = {
#define FUNCTION(name, least, most, formula) \
    {name, least, most, "takes another number of arguments\n  help: it takes " #least},
#include "import/function.def"
#undef FUNCTION
};

static expr_id build(struct expr_pool *p, size_t function, size_t n, const expr_id *a)
{
    size_t i = 0;
#define FUNCTION(name, least, most, formula) \
    if (function == i++) {                   \
        return formula;                      \
    }
#include "import/function.def"
#undef FUNCTION
    return 0;
}

expr_id import_function(struct expr_pool *p, const char *name, size_t n, const expr_id *args,
                        const char **wrong)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].name, name) != 0) {
            continue;
        }
        if (n < functions[i].least || n > functions[i].most) {
            *wrong = functions[i].wrong;
            return 0;
        }
        return build(p, i, n, args);
    }
    *wrong =
        "is no function that networks have\n  help: write it out by those that there are, such as exp, ln, "
        "log10, sqrt, abs, min, max, floor, sin";
    return 0;
}

expr_id import_to_real(struct expr_pool *p, expr_id e)
{
    return e ? expr_to_real(p, e) : 0;
}

expr_id import_to_bool(struct expr_pool *p, expr_id e)
{
    return !e || expr_get(p, e)->type == TYPE_BOOL ? e : expr_binary(p, EXPR_NE, e, expr_real(p, 0));
}
