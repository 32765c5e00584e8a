/* Functions given by a table of rows: a tree of conditions, so that the number of comparisons for a value is
 * logarithmic in the number of rows. */
#include "ir/expr/expr_impl.h"

struct table {
    struct expr_pool *p;
    expr_id x; /* the argument of the function */
    bool is_step;
    expr_table_cell cell;
    void *env;
};

static expr_id cell(const struct table *t, int32_t row, int column)
{
    return t->cell(t->env, row, column);
}

/* The value at t->x between row `from` and the next row. */
static expr_id segment(const struct table *t, int32_t from)
{
    struct expr_pool *p = t->p;
    expr_id x = cell(t, from, 0), y = cell(t, from, 1);
    if (t->is_step) {
        return y;
    }
    expr_id rise = expr_binary(p, EXPR_SUB, cell(t, from + 1, 1), y);
    expr_id part = expr_binary(p, EXPR_DIV, expr_binary(p, EXPR_SUB, t->x, x),
                               expr_binary(p, EXPR_SUB, cell(t, from + 1, 0), x));
    return expr_binary(p, EXPR_ADD, y, expr_binary(p, EXPR_MUL, rise, part));
}

/* The value at t->x, which lies between rows `from` and `to`. */
static expr_id between(const struct table *t, int32_t from, int32_t to)
{
    if (to - from <= 1) {
        return segment(t, from);
    }
    int32_t middle = from + (to - from) / 2;
    return expr_select(t->p, expr_binary(t->p, EXPR_LT, t->x, cell(t, middle, 0)), between(t, from, middle),
                       between(t, middle, to));
}

expr_id expr_table(struct expr_pool *p, expr_id x, int32_t rows, bool is_step, expr_table_cell at, void *env)
{
    struct table t = {p, x, is_step, at, env};
    int32_t last = rows - 1;
    expr_id first_value = cell(&t, 0, 1), last_value = cell(&t, last, 1);
    if (last == 0) {
        return first_value;
    }
    expr_id inside =
        expr_select(p, expr_binary(p, EXPR_LT, x, cell(&t, last, 0)), between(&t, 0, last), last_value);
    return expr_select(p, expr_binary(p, EXPR_LT, x, cell(&t, 0, 0)), first_value, inside);
}
