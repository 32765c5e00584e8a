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

static const struct {
    const char *name;
    size_t least, most;
} functions[] = {
#define FUNCTION(name, least, most, formula) {name, least, most},
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
            *wrong = "takes another number of arguments";
            return 0;
        }
        return build(p, i, n, args);
    }
    *wrong = "is no function that networks have";
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
