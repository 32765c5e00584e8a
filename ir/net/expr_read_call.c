/* Parser for primary expressions: numbers, names, lists, loops and calls. */
#include "ir/net/expr_read.h"

#include <math.h>

#include "ir/net/expr_read_impl.h"

static bool read_loop_head(struct expr_reader *r, int32_t *extent)
{
    struct net_lexer *x = r->lexer;
    int64_t from, to;
    if (x->letter != 'i' || x->integer != (int64_t)r->binder.n) {
        return net_lexer_error(x, DIAG_E0701, "this loop's variable must be $i%zu", r->binder.n);
    }
    net_lexer_next(x);
    if (!net_lexer_accept_word(x, "in")) {
        return net_lexer_error(x, DIAG_E0701, "expected 'in' after the loop's variable");
    }
    if (!net_lexer_int(x, 0, 0, "the start of a loop", &from) || !net_lexer_expect(x, TOKEN_DOTS, "'..'") ||
        !net_lexer_int(x, 0, READ_MAX_ELEMENTS, "the end of a loop", &to)) {
        return false;
    }
    *extent = (int32_t)to;
    return true;
}

/* Parses the rest of a loop, "$i0 in 0..n where c : body", and its closing token. */
static expr_id read_loop(struct expr_reader *r, enum expr_op op, int close)
{
    int32_t extent = 0, binder;
    expr_id cond = 0, body = 0;
    if (!read_loop_head(r, &extent)) {
        return 0;
    }
    binder = expr_new_binder(r->net->ex);
    vec_push(&r->binder, binder);
    bool has_cond = net_lexer_accept_word(r->lexer, "where");
    cond = has_cond ? expr_read_select(r) : 0;
    if ((cond || !has_cond) && net_lexer_expect(r->lexer, ':', "':'")) {
        body = expr_read_select(r);
    }
    r->binder.n--;
    if (!body || !net_lexer_expect(r->lexer, close, "the end of the loop")) {
        return 0;
    }
    struct expr b = node(r, body);
    if (op == EXPR_MAP) {
        if (cond || b.shape.rank == SHAPE_MAX_RANK) {
            return expr_read_misfit(r, "a list has no condition, and four dimensions at most");
        }
        return expr_read_fits(r, shape_prefix(extent, b.shape)) ? expr_map(r->net->ex, binder, extent, body)
                                                                : 0;
    }
    if (!numeric(b) || (cond && (node(r, cond).type != TYPE_BOOL || node(r, cond).shape.rank > 0))) {
        return expr_read_misfit(r, "a loop takes numbers, and a scalar boolean as condition");
    }
    return expr_fold(r->net->ex, op, binder, extent, body, cond);
}

static expr_id read_list(struct expr_reader *r)
{
    if (r->lexer->token == TOKEN_DOLLAR && r->lexer->letter == 'i' &&
        r->lexer->integer == (int64_t)r->binder.n) {
        return read_loop(r, EXPR_MAP, ']');
    }
    VEC(expr_id) item = {0};
    bool ok = true;
    do {
        expr_id x = expr_read_select(r);
        if (!x) {
            ok = false;
            break;
        }
        struct expr e = node(r, x), first = node(r, item.n > 0 ? item.data[0] : x);
        if (e.shape.rank == SHAPE_MAX_RANK || !shape_equal(e.shape, first.shape) ||
            (e.type != first.type && (!numeric(e) || !numeric(first)))) {
            expr_read_misfit(
                r, "the entries of a list must have one type and shape, of three dimensions at most");
            ok = false;
            break;
        }
        vec_push(&item, x);
    } while (net_lexer_accept(r->lexer, ','));
    ok = ok && net_lexer_expect(r->lexer, ']', "',' or ']'");
    ok = ok && expr_read_fits(r, shape_prefix((int32_t)item.n, node(r, item.data[0]).shape));
    expr_id id = ok ? expr_stack(r->net->ex, item.n, item.data) : 0;
    vec_free(&item);
    return id;
}

bool expr_read_entity(struct expr_reader *r, enum net_name_kind *kind, int32_t *id)
{
    struct net_lexer *x = r->lexer;
    if (x->token == TOKEN_DOLLAR && (x->letter == 's' || x->letter == 'p')) {
        *kind = x->letter == 's' ? NAME_SPECIES : NAME_SLOT;
        int64_t n = *kind == NAME_SPECIES ? (int64_t)r->net->species.n : r->net->n_slots;
        if (x->integer >= n) {
            return net_lexer_error(x, DIAG_E0703, "there is no %s of this number",
                                   *kind == NAME_SPECIES ? "species" : "parameter");
        }
        *id = (int32_t)x->integer;
    } else if (x->token == TOKEN_NAME || x->token == TOKEN_QUOTED) {
        net_names_update(r->names);
        if (!net_names_find(r->names, x->name, kind, id)) {
            return net_lexer_error(x, DIAG_E0703, "no species or parameter '%.100s' is declared above",
                                   x->name);
        }
    } else {
        return net_lexer_expect(x, TOKEN_NAME, "a name");
    }
    net_lexer_next(x);
    return true;
}

/* If the current token names a scalar symbol, and no species or parameter has that name, takes the token and
 * returns the formula of the symbol; otherwise returns 0. */
static expr_id read_symbol(struct expr_reader *r)
{
    struct net_lexer *x = r->lexer;
    enum net_name_kind kind;
    int32_t id;
    if (x->token != TOKEN_NAME && x->token != TOKEN_QUOTED) {
        return 0;
    }
    net_names_update(r->names);
    int32_t symbol = net_names_find(r->names, x->name, &kind, &id) ? -1 : net_find_symbol(r->net, x->name);
    if (symbol < 0 || r->net->symbol.data[symbol].shape.rank > 0) {
        return 0;
    }
    net_lexer_next(x);
    return r->net->elem.data[r->net->symbol.data[symbol].first];
}

static expr_id read_leaf(struct expr_reader *r)
{
    struct net_lexer *x = r->lexer;
    struct expr_pool *p = r->net->ex;
    if (x->token == TOKEN_DOLLAR && x->letter == 'c' && x->integer <= INT32_MAX) {
        expr_id id = expr_leaf(p, EXPR_CAPTURE, TYPE_REAL, shape_scalar(), (int32_t)x->integer, 0);
        net_lexer_next(x);
        return id;
    }
    if (x->token == TOKEN_DOLLAR && x->letter == 'e') {
        if (x->integer >= (int64_t)r->let.n) {
            net_lexer_error(x, DIAG_E0703, "no line above defines this expression");
            return 0;
        }
        expr_id id = r->let.data[x->integer];
        net_lexer_next(x);
        return id;
    }
    if (x->token == TOKEN_DOLLAR && x->letter == 'i') {
        if (x->integer >= (int64_t)r->binder.n) {
            net_lexer_error(x, DIAG_E0703, "no loop around has this variable");
            return 0;
        }
        expr_id id = expr_binder(p, r->binder.data[x->integer]);
        net_lexer_next(x);
        return id;
    }
    enum net_name_kind kind;
    int32_t id;
    expr_id formula = read_symbol(r);
    if (formula || !expr_read_entity(r, &kind, &id)) {
        return formula;
    }
    return kind == NAME_SPECIES ? net_species_expr(r->net, id) : net_param_expr(r->net, id);
}

/* -- calls -- */

static bool read_args(struct expr_reader *r, size_t n, expr_id *args)
{
    for (size_t i = 0; i < n; i++) {
        if ((i > 0 && !net_lexer_expect(r->lexer, ',', "','")) || !(args[i] = expr_read_select(r))) {
            return false;
        }
    }
    return true;
}

static expr_id read_gather(struct expr_reader *r)
{
    expr_id x[2];
    int32_t line = 0;
    if (!read_args(r, 2, x) || (net_lexer_accept(r->lexer, ',') && !expr_read_line(r, &line)) ||
        !net_lexer_expect(r->lexer, ')', "')'")) {
        return 0;
    }
    struct shape s = node(r, x[0]).shape, rows = node(r, x[1]).shape;
    if (s.rank == 0 || node(r, x[1]).type != TYPE_INT || s.rank - 1 + rows.rank > SHAPE_MAX_RANK) {
        return expr_read_misfit(r, "gather takes an array and integer indices");
    }
    struct shape result = shape_drop(s, 0);
    for (int32_t i = rows.rank; i > 0; i--) {
        result = shape_prefix(rows.dim[i - 1], result);
    }
    return expr_read_fits(r, result) ? expr_gather(r->net->ex, x[0], x[1], line) : 0;
}

static expr_id read_fill(struct expr_reader *r, enum expr_op op)
{
    expr_id x = expr_read_select(r);
    struct shape s = shape_scalar();
    if (!x) {
        return 0;
    }
    while (net_lexer_accept(r->lexer, ',')) {
        if (!expr_read_dimension(r, &s)) {
            return 0;
        }
    }
    if (!net_lexer_expect(r->lexer, ')', "')'")) {
        return 0;
    }
    struct shape from = node(r, x).shape;
    if (op == EXPR_FILL ? from.rank > 0 : shape_size(from) != shape_size(s)) {
        return expr_read_misfit(r, op == EXPR_FILL ? "fill takes a scalar"
                                                   : "reshape must keep the number of elements");
    }
    return op == EXPR_FILL ? expr_fill(r->net->ex, x, s) : expr_reshape(r->net->ex, x, s);
}

static expr_id build_two(struct expr_reader *r, enum expr_op op, expr_id x, expr_id y)
{
    struct expr a = node(r, x), b = node(r, y);
    struct shape s = a.shape, t = b.shape;
    if (op == EXPR_CONCAT) {
        if (s.rank == 0 || t.rank == 0 || !shape_equal(shape_drop(s, 0), shape_drop(t, 0)) ||
            (a.type != b.type && (!numeric(a) || !numeric(b)))) {
            return expr_read_misfit(r, "concat takes two arrays of equal rows");
        }
        s.dim[0] += t.dim[0];
        return expr_read_fits(r, s) ? expr_concat(r->net->ex, x, y) : 0;
    }
    if (op != EXPR_MATMUL) {
        return expr_read_combine(r, op, x, y);
    }
    if (!numeric(a) || !numeric(b) || s.rank < 1 || s.rank > 2 || t.rank < 1 || t.rank > 2 ||
        s.rank + t.rank < 3 || s.dim[s.rank - 1] != t.dim[0]) {
        return expr_read_misfit(r, "matmul takes matrices, or a matrix and a vector, of fitting sizes");
    }
    struct shape result = shape_vector(s.rank == 2 ? s.dim[0] : 1);
    result = shape_prefix(t.rank == 2 ? t.dim[1] : 1, result);
    return expr_read_fits(r, result) ? expr_matmul(r->net->ex, x, y) : 0;
}

static expr_id build_one(struct expr_reader *r, enum expr_op op, expr_id x)
{
    struct expr e = node(r, x);
    if (op == EXPR_TO_REAL ? e.type == TYPE_TEXT : !numeric(e)) {
        return expr_read_misfit(r, "this function takes a number");
    }
    if (expr_is_reduction(op)) {
        if (expr_has_class(op, EXPR_CLASS_PLACE) && shape_size(e.shape) == 0) {
            return expr_read_misfit(r, "argmin and argmax take an array that is not empty");
        }
        return expr_reduce(r->net->ex, op, x);
    }
    return expr_unary(r->net->ex, op, x);
}

/* The functions of the text form. A function has up to three forms: name(x), name(x, y) and name($i0 in 0..n
 * : x). */
static const struct function {
    const char *name;
    enum expr_op one, two, loop;
} functions[] = {
    {"real", EXPR_TO_REAL, 0, 0},
    {"abs", EXPR_ABS, 0, 0},
    {"exp", EXPR_EXP, 0, 0},
    {"log", EXPR_LOG, 0, 0},
    {"sqrt", EXPR_SQRT, 0, 0},
    {"sin", EXPR_SIN, 0, 0},
    {"cos", EXPR_COS, 0, 0},
    {"tanh", EXPR_TANH, 0, 0},
    {"atan", EXPR_ATAN, 0, 0},
    {"factorial", EXPR_FACTORIAL, 0, 0},
    {"floor", EXPR_FLOOR, 0, 0},
    {"argmin", EXPR_ARGMIN, 0, 0},
    {"argmax", EXPR_ARGMAX, 0, 0},
    {"matmul", 0, EXPR_MATMUL, 0},
    {"concat", 0, EXPR_CONCAT, 0},
    {"sum", EXPR_SUM, 0, EXPR_FOLD_SUM},
    {"min", EXPR_MIN_OF, EXPR_MIN, EXPR_FOLD_MIN},
    {"max", EXPR_MAX_OF, EXPR_MAX, EXPR_FOLD_MAX},
};

static expr_id read_call(struct expr_reader *r, const struct function *f)
{
    struct net_lexer *x = r->lexer;
    if (f->loop && x->token == TOKEN_DOLLAR && x->letter == 'i' && x->integer == (int64_t)r->binder.n) {
        return read_loop(r, f->loop, ')');
    }
    expr_id first = expr_read_select(r), second = 0;
    if (!first) {
        return 0;
    }
    if (f->two && (!f->one || x->token == ',')) {
        if (!net_lexer_expect(x, ',', "','") || !(second = expr_read_select(r))) {
            return 0;
        }
    }
    if (!net_lexer_expect(x, ')', "')'")) {
        return 0;
    }
    return second ? build_two(r, f->two, first, second) : build_one(r, f->one, first);
}

/* Parses "rate_of(A)". */
static expr_id read_derived(struct expr_reader *r, enum expr_op op)
{
    enum net_name_kind kind;
    int32_t species;
    if (!net_lexer_expect(r->lexer, '(', "'('") || !expr_read_entity(r, &kind, &species)) {
        return 0;
    }
    if (kind != NAME_SPECIES) {
        net_lexer_error(r->lexer, DIAG_E0703, "this is a parameter, not a species");
        return 0;
    }
    expr_id leaf = expr_leaf(r->net->ex, op, TYPE_REAL, shape_scalar(), species, 0);
    return net_lexer_expect(r->lexer, ')', "')'") ? leaf : 0;
}

/* Parses "delay(x, lag)" or "delay(x, lag, before)". */
static expr_id read_past(struct expr_reader *r)
{
    enum { ARGS = 3 };
    expr_id x[ARGS] = {0};
    size_t n = 0;
    if (!net_lexer_expect(r->lexer, '(', "'('")) {
        return 0;
    }
    do {
        if (n == ARGS || !(x[n] = expr_read_select(r))) {
            return n == ARGS ? expr_read_misfit(r, "delay takes two numbers or three") : 0;
        }
        if (!numeric(node(r, x[n])) || node(r, x[n]).shape.rank > 0) {
            return expr_read_misfit(r, "delay takes scalar numbers");
        }
        n++;
    } while (net_lexer_accept(r->lexer, ','));
    if (n < 2) {
        return expr_read_misfit(r, "delay takes two numbers or three");
    }
    return net_lexer_expect(r->lexer, ')', "')'") ? expr_delay(r->net->ex, x[0], x[1], x[2]) : 0;
}

static expr_id read_word(struct expr_reader *r)
{
    struct net_lexer *x = r->lexer;
    struct expr_pool *p = r->net->ex;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (net_lexer_accept_word(x, functions[i].name)) {
            return net_lexer_expect(x, '(', "'('") ? read_call(r, &functions[i]) : 0;
        }
    }
    for (int op = 0; op < EXPR_OP_COUNT; op++) {
        if (expr_has_class(op, EXPR_CLASS_DERIVED) && net_lexer_accept_word(x, expr_op_text[op])) {
            return read_derived(r, (enum expr_op)op);
        }
        if (expr_has_class(op, EXPR_CLASS_PAST) && net_lexer_accept_word(x, expr_op_text[op])) {
            return read_past(r);
        }
    }
    if (net_lexer_accept_word(x, "gather")) {
        return net_lexer_expect(x, '(', "'('") ? read_gather(r) : 0;
    }
    if (net_lexer_is_word(x, "fill") || net_lexer_is_word(x, "reshape")) {
        enum expr_op op = net_lexer_is_word(x, "fill") ? EXPR_FILL : EXPR_RESHAPE;
        net_lexer_next(x);
        return net_lexer_expect(x, '(', "'('") ? read_fill(r, op) : 0;
    }
    if (net_lexer_accept_word(x, "true")) {
        return expr_bool(p, true);
    }
    if (net_lexer_accept_word(x, "false")) {
        return expr_bool(p, false);
    }
    if (net_lexer_accept_word(x, "inf")) {
        return expr_real(p, INFINITY);
    }
    if (net_lexer_accept_word(x, "nan")) {
        return expr_real(p, NAN);
    }
    if (net_lexer_accept_word(x, "lost")) {
        return expr_lost(p);
    }
    if (net_lexer_accept_word(x, "time")) {
        return expr_leaf(p, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    }
    return read_leaf(r);
}

expr_id expr_read_primary(struct expr_reader *r)
{
    struct net_lexer *x = r->lexer;
    expr_id id = 0;
    switch (x->token) {
    case TOKEN_INT: id = expr_int(r->net->ex, x->integer); break;
    case TOKEN_REAL: id = expr_real(r->net->ex, x->real); break;
    case TOKEN_STRING: id = expr_text(r->net->ex, x->name); break;
    case '(':
        net_lexer_next(x);
        id = expr_read_select(r);
        return id && net_lexer_expect(x, ')', "')'") ? id : 0;
    case '[': net_lexer_next(x); return read_list(r);
    case TOKEN_NAME: return read_word(r);
    case TOKEN_QUOTED:
    case TOKEN_DOLLAR: return read_leaf(r);
    default: net_lexer_expect(x, TOKEN_NAME, "an expression"); return 0;
    }
    net_lexer_next(x);
    return id;
}
