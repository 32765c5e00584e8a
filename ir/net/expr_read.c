#include "ir/net/expr_read.h"

#include "ir/net/expr_read_impl.h"

static expr_id read_unary(struct expr_reader *r);

expr_id expr_read_misfit(struct expr_reader *r, const char *message)
{
    net_lexer_error(r->lexer, DIAG_E0704, "%s", message);
    return 0;
}

static bool enter(struct expr_reader *r)
{
    if (r->depth >= READ_MAX_DEPTH) {
        return net_lexer_error(r->lexer, DIAG_E0702, "nested more than %d deep", READ_MAX_DEPTH);
    }
    r->depth++;
    return true;
}

bool expr_read_fits(struct expr_reader *r, struct shape s)
{
    int64_t n = 1;
    for (int32_t i = 0; i < s.rank; i++) {
        if (s.dim[i] > 0 && n > READ_MAX_ELEMENTS / s.dim[i]) {
            return net_lexer_error(r->lexer, DIAG_E0702, "an array of more than %d elements",
                                   READ_MAX_ELEMENTS);
        }
        n *= s.dim[i] > 0 ? s.dim[i] : 1;
    }
    return true;
}

bool expr_read_dimension(struct expr_reader *r, struct shape *s)
{
    int64_t dim;
    if (s->rank == SHAPE_MAX_RANK) {
        return net_lexer_error(r->lexer, DIAG_E0702, "an array has %d dimensions at most", SHAPE_MAX_RANK);
    }
    if (!net_lexer_int(r->lexer, 0, READ_MAX_ELEMENTS, "a dimension", &dim)) {
        return false;
    }
    s->dim[s->rank++] = (int32_t)dim;
    return expr_read_fits(r, *s);
}

bool expr_read_shape(struct expr_reader *r, struct shape *s)
{
    *s = shape_scalar();
    if (!net_lexer_accept(r->lexer, ':')) {
        return true;
    }
    if (!net_lexer_expect(r->lexer, '[', "'['")) {
        return false;
    }
    do {
        if (!expr_read_dimension(r, s)) {
            return false;
        }
    } while (net_lexer_accept(r->lexer, ','));
    return net_lexer_expect(r->lexer, ']', "']'");
}

/* -- operators -- */

struct infix {
    int token, precedence;
    enum expr_op op;
    bool swapped; /* x > y is y < x */
};
static const struct infix infixes[] = {
    {TOKEN_OR, 1, EXPR_OR, false}, {TOKEN_AND, 2, EXPR_AND, false}, {TOKEN_EQ, 3, EXPR_EQ, false},
    {TOKEN_NE, 3, EXPR_NE, false}, {'<', 3, EXPR_LT, false},        {'>', 3, EXPR_LT, true},
    {TOKEN_LE, 3, EXPR_LE, false}, {TOKEN_GE, 3, EXPR_LE, true},    {'+', 4, EXPR_ADD, false},
    {'-', 4, EXPR_SUB, false},     {'*', 5, EXPR_MUL, false},       {'/', 5, EXPR_DIV, false},
    {'%', 5, EXPR_MOD, false},
};

expr_id expr_read_combine(struct expr_reader *r, enum expr_op op, expr_id x, expr_id y)
{
    struct expr a = node(r, x), b = node(r, y);
    bool scalars = a.shape.rank == 0 && b.shape.rank == 0;
    if (expr_has_class(op, EXPR_CLASS_LOGICAL)) {
        if (a.type != TYPE_BOOL || b.type != TYPE_BOOL || !scalars) {
            return expr_read_misfit(r, "&& and || take two scalar booleans");
        }
    } else if ((op == EXPR_EQ || op == EXPR_NE) && a.type == b.type && !numeric(a)) {
        if (a.type == TYPE_TEXT && !scalars) {
            return expr_read_misfit(r, "arrays of texts do not compare");
        }
    } else if (!numeric(a) || !numeric(b)) {
        return expr_read_misfit(r, "this operator takes numbers");
    }
    if (a.shape.rank > 0 && b.shape.rank > 0 && !shape_equal(a.shape, b.shape)) {
        return expr_read_misfit(r, "the shapes of the operands differ");
    }
    return expr_binary(r->net->ex, op, x, y);
}

static expr_id read_binary(struct expr_reader *r, int min)
{
    expr_id x = read_unary(r);
    while (x) {
        const struct infix *f = NULL;
        for (size_t i = 0; i < sizeof infixes / sizeof *infixes; i++) {
            if (infixes[i].token == r->lexer->token && infixes[i].precedence >= min) {
                f = &infixes[i];
            }
        }
        if (!f) {
            return x;
        }
        net_lexer_next(r->lexer);
        expr_id y = read_binary(r, f->precedence + 1);
        if (!y) {
            return 0;
        }
        x = f->swapped ? expr_read_combine(r, f->op, y, x) : expr_read_combine(r, f->op, x, y);
    }
    return 0;
}

expr_id expr_read_select(struct expr_reader *r)
{
    if (!enter(r)) {
        return 0;
    }
    expr_id x = read_binary(r, 1), yes = 0, no = 0;
    if (x && net_lexer_accept(r->lexer, '?')) {
        yes = expr_read_select(r);
        no = yes && net_lexer_expect(r->lexer, ':', "':'") ? expr_read_select(r) : 0;
        if (!no) {
            return 0;
        }
        struct expr c = node(r, x), a = node(r, yes), b = node(r, no);
        if (c.type != TYPE_BOOL || c.shape.rank > 0) {
            return expr_read_misfit(r, "the condition of ?: must be a scalar boolean");
        }
        if ((a.type != b.type && (!numeric(a) || !numeric(b))) ||
            (a.shape.rank > 0 && b.shape.rank > 0 && !shape_equal(a.shape, b.shape))) {
            return expr_read_misfit(r, "the branches of ?: differ in type or shape");
        }
        x = expr_select(r->net->ex, x, yes, no);
    }
    r->depth--;
    return x;
}

/* -- indices and signs -- */

static expr_id read_slice(struct expr_reader *r, expr_id array, int32_t axis, expr_id start)
{
    int64_t from, to;
    int32_t dim = node(r, array).shape.dim[axis];
    if (!expr_const_int(r->net->ex, start, &from) || from < 0 || from > dim) {
        return expr_read_misfit(r, "a slice starts at a known index of the array");
    }
    if (!net_lexer_int(r->lexer, from, dim, "the end of a slice", &to)) {
        return 0;
    }
    return net_lexer_expect(r->lexer, ']', "']'")
               ? expr_slice(r->net->ex, array, axis, (int32_t)from, (int32_t)(to - from))
               : 0;
}

bool expr_read_line(struct expr_reader *r, int32_t *line)
{
    int64_t v = 0;
    bool ok = !net_lexer_accept(r->lexer, '@') || net_lexer_int(r->lexer, 0, INT32_MAX, "a line", &v);
    *line = (int32_t)v;
    return ok;
}

/* x[i], x[.., i], x[2..5], x[i @12] */
static expr_id read_index(struct expr_reader *r, expr_id array)
{
    int32_t axis = 0, line;
    while (net_lexer_accept(r->lexer, TOKEN_DOTS)) {
        axis++;
        if (axis == SHAPE_MAX_RANK || !net_lexer_expect(r->lexer, ',', "','")) {
            return axis == SHAPE_MAX_RANK ? expr_read_misfit(r, "too many dimensions") : 0;
        }
    }
    if (axis >= node(r, array).shape.rank) {
        return expr_read_misfit(r, "this array has fewer dimensions");
    }
    expr_id index = expr_read_select(r);
    if (!index) {
        return 0;
    }
    if (net_lexer_accept(r->lexer, TOKEN_DOTS)) {
        return read_slice(r, array, axis, index);
    }
    if (node(r, index).type != TYPE_INT || node(r, index).shape.rank > 0) {
        return expr_read_misfit(r, "an index is a scalar integer");
    }
    if (!expr_read_line(r, &line) || !net_lexer_expect(r->lexer, ']', "']'")) {
        return 0;
    }
    return expr_take(r->net->ex, array, axis, index, line);
}

static expr_id read_postfix(struct expr_reader *r)
{
    expr_id x = expr_read_primary(r);
    while (x && net_lexer_accept(r->lexer, '[')) {
        x = read_index(r, x);
    }
    return x;
}

static expr_id read_unary(struct expr_reader *r)
{
    int sign = r->lexer->token;
    if (!enter(r)) {
        return 0;
    }
    expr_id x;
    if (sign == '-' || sign == '!') {
        net_lexer_next(r->lexer);
        x = read_unary(r);
        if (x && (sign == '-' ? !numeric(node(r, x)) : node(r, x).type != TYPE_BOOL)) {
            return expr_read_misfit(r, sign == '-' ? "'-' takes a number" : "'!' takes a boolean");
        }
        x = x ? expr_unary(r->net->ex, sign == '-' ? EXPR_NEG : EXPR_NOT, x) : 0;
    } else {
        x = read_postfix(r);
        if (x && net_lexer_accept(r->lexer, '^')) {
            expr_id y = read_unary(r);
            x = y ? expr_read_combine(r, EXPR_POW, x, y) : 0;
        }
    }
    r->depth--;
    return x;
}

expr_id expr_read(struct expr_reader *r)
{
    r->depth = 0;
    r->binder.n = 0;
    return expr_read_select(r);
}

expr_id expr_read_real(struct expr_reader *r, const struct shape *shape)
{
    expr_id x = expr_read(r);
    if (!x) {
        return 0;
    }
    struct expr e = node(r, x);
    if (!numeric(e) || (e.shape.rank > 0 && !(shape && shape_equal(e.shape, *shape)))) {
        return expr_read_misfit(r, "a number is needed here, of fitting shape");
    }
    return expr_to_real(r->net->ex, x);
}
