/* Expressions: names, operators, text. Arrays are in value_array.c, calls in value_call.c, comprehensions in
 * value_over.c. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

/* ---- names ---- */

static const struct {
    const char *text;
    bool reads;
    const char *help;
} purposes[] = {
#define PURPOSE(purpose, text, reads, help) {text, reads, help},
#include "frontend/purpose.def"
};

bool value_reads(const struct where *w)
{
    return purposes[w->purpose].reads;
}

const char *purpose_text(enum purpose purpose)
{
    return purposes[purpose].text;
}

expr_id value_without_state(struct where *w, const struct ast *a, expr_id v)
{
    if (!v || value_reads(w) || !(value_info(w, v).holds & HOLDS_STATE)) {
        return v;
    }
    bool amount = expr_uses(w->ex, v, EXPR_SPECIES, -1);
    if (amount || expr_uses(w->ex, v, EXPR_TIME, -1)) {
        return diag_report(w->f->diag, DIAG_E0401, a->span, "%s must not depend on %s, and '%s' does",
                           purpose_text(w->purpose), amount ? "an amount" : "time",
                           front_source_text(w->f, a->span));
    }
    return v;
}

bool value_is_of_another_pool(const struct where *w, const struct name *n)
{
    return n->pool && n->pool != w->ex;
}

expr_id read_value(struct where *w, const struct ast *a, struct name *n)
{
    if (!value_is_of_another_pool(w, n)) {
        return value_without_state(w, a, n->value);
    }
    return expr_is_const(n->pool, n->value)
               ? front_move(w, n->pool, n->value)
               : diag_report(
                     w->f->diag, DIAG_E0304, a->span,
                     "'%s' differs from turn to turn, and what is observed of a network must be known "
                     "when compiling",
                     n->text);
}

bool value_no_amount(struct where *w, const struct ast *a, const struct name *n)
{
    if (a->kind != AST_NAME) {
        return diag_report(w->f->diag, DIAG_E0401, a->span, "%s must not depend on an amount",
                           purpose_text(w->purpose));
    }
    diag_report(w->f->diag, DIAG_E0401, a->span, "%s must not depend on an amount, and '%s' is %s",
                purpose_text(w->purpose), a->name, name_class(n->kind)->text);
    if (purposes[w->purpose].help) {
        diag_help(w->f->diag, "%s", purposes[w->purpose].help);
    }
    return false;
}

/* What has a meaning although nothing declares it. */
static expr_id undeclared(struct where *w, const struct ast *a)
{
    bool time = (w->observe && w->own_names) || (w->build && value_reads(w));
    if (time && strcmp(a->name, "time") == 0) {
        return expr_leaf(w->ex, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    }
    return strcmp(a->name, "pi") == 0 ? expr_real(w->ex, 3.141592653589793)
                                      : (expr_id)value_unknown(w, a->span, a->name);
}

static expr_id value_of_name(struct where *w, const struct ast *a)
{
    struct name *n = value_find(w, a->name);
    bool is_own = false;
    expr_id v = w->observe ? w->f->rows->own(w, a, n, &is_own) : 0;
    if (is_own) {
        return v;
    }
    if (!n) {
        return undeclared(w, a);
    }
    name_value *read = name_row(w->f, n->kind)->read;
    return read ? read(w, a, n) : (expr_id)name_no_value(w, a, n);
}

/* ---- types ---- */

bool value_fits(struct where *w, struct span at, expr_id value, struct shape shape, const char *what)
{
    return value_info(w, value).shape.rank == 0 || value_has_shape(w, at, value, shape, what);
}

bool value_has_shape(struct where *w, struct span at, expr_id value, struct shape shape, const char *what)
{
    struct shape has = value_info(w, value).shape;
    return shape_equal(has, shape) ||
           diag_report(w->f->diag, DIAG_E0302, at, "%s has the shape %s, but this value has the shape %s",
                       what, where_shape(w, shape), where_shape(w, has));
}

expr_id value_real(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    if (!v) {
        return 0;
    }
    enum expr_type t = value_info(w, v).type;
    if (t == TYPE_TEXT) {
        return diag_report(w->f->diag, DIAG_E0303, a->span, "a number is needed here, not text");
    }
    return expr_to_real(w->ex, v);
}

expr_id value_real_scalar(struct where *w, const struct ast *a)
{
    expr_id v = value_real(w, a);
    if (v && value_info(w, v).shape.rank != 0) {
        return diag_report(w->f->diag, DIAG_E0302, a->span,
                           "one number is needed here, not an array of shape %s",
                           where_shape(w, value_info(w, v).shape));
    }
    return v;
}

expr_id value_condition(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    if (!v) {
        return 0;
    }
    struct expr e = value_info(w, v);
    if (e.type != TYPE_BOOL) {
        return diag_report(w->f->diag, DIAG_E0303, a->span, "a condition is needed here, not %s",
                           type_text(e.type));
    }
    if (e.shape.rank != 0) {
        diag_report(w->f->diag, DIAG_E0302, a->span, "one condition is needed here, not an array of shape %s",
                    where_shape(w, e.shape));
        diag_help(w->f->diag, "reduce it, for instance max(abs(a - b)) < 1e-6");
        return 0;
    }
    return v;
}

bool value_no_integer(struct where *w, const struct ast *a, expr_id v, enum diag_code code, const char *what)
{
    double real;
    if (expr_const_real(w->ex, v, &real) && fabs(real) >= 0x1p63) {
        return diag_report(w->f->diag, code, a->span, "%s, and %g does not fit in one (64 bits)", what, real);
    }
    return diag_report(w->f->diag, code, a->span, "%s", what);
}

bool value_const_int(struct where *w, const struct ast *a, int64_t *out)
{
    expr_id v = value_of(w, a);
    if (!v) {
        return false;
    }
    if (!expr_is_const(w->ex, v)) {
        diag_report(w->f->diag, DIAG_E0304, a->span, "this number must be known when compiling");
        diag_help(w->f->diag, "sizes, indices and loops of networks use `const`, not `param` or `let`");
        return false;
    }
    if (!expr_const_int(w->ex, v, out)) {
        return value_no_integer(w, a, v, DIAG_E0303, "an integer is needed here");
    }
    return true;
}

static bool check_size(struct where *w, struct span at, struct shape shape)
{
    int64_t n = shape_size(shape);
    if (n <= w->f->max_elements) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0604, at, "an array of %lld elements, and the limit is %lld", (long long)n,
                (long long)w->f->max_elements);
    diag_help(w->f->diag, "allow more with --max-elements");
    return false;
}

bool value_shape(struct where *w, const struct ast *dims, struct shape *out)
{
    *out = shape_scalar();
    if (!dims) {
        return true;
    }
    if (dims->n > SHAPE_MAX_RANK) {
        return diag_report(w->f->diag, DIAG_E0302, dims->span, "arrays have at most %d dimensions",
                           SHAPE_MAX_RANK);
    }
    for (uint32_t i = 0; i < dims->n; i++) {
        int64_t n;
        if (!value_const_int(w, ast_child(dims, i), &n)) {
            return false;
        }
        if (n < 0 || n > INT32_MAX) {
            return diag_report(w->f->diag, DIAG_E0302, ast_child(dims, i)->span,
                               "a size must be between 0 and 2147483647, not %lld", (long long)n);
        }
        out->dim[out->rank++] = (int32_t)n;
        if (!check_size(w, dims->span, *out)) {
            return false;
        }
    }
    return true;
}

static enum expr_op binary_op(enum ast_op op, bool *swap)
{
    *swap = op == OP_GT || op == OP_GE;
    switch (op) {
    case OP_ADD: return EXPR_ADD;
    case OP_SUB: return EXPR_SUB;
    case OP_MUL: return EXPR_MUL;
    case OP_DIV: return EXPR_DIV;
    case OP_MOD: return EXPR_MOD;
    case OP_POW: return EXPR_POW;
    case OP_EQ: return EXPR_EQ;
    case OP_NE: return EXPR_NE;
    case OP_LT:
    case OP_GT: return EXPR_LT;
    case OP_LE:
    case OP_GE: return EXPR_LE;
    case OP_AND: return EXPR_AND;
    default: return EXPR_OR;
    }
}

expr_id value_binary(struct where *w, const struct ast *a, enum expr_op op, expr_id x, expr_id y)
{
    struct expr ex = value_info(w, x), ey = value_info(w, y);
    bool logical = op == EXPR_AND || op == EXPR_OR, equality = op == EXPR_EQ || op == EXPR_NE;
    if (logical && (ex.type != TYPE_BOOL || ey.type != TYPE_BOOL || ex.shape.rank || ey.shape.rank)) {
        return diag_report(w->f->diag, DIAG_E0303, a->span, "%s joins two conditions",
                           op == EXPR_AND ? "&&" : "||");
    }
    if ((ex.type == TYPE_TEXT) != (ey.type == TYPE_TEXT) || (ex.type == TYPE_TEXT && !equality)) {
        diag_report(w->f->diag, DIAG_E0303, a->span, "this operator does not take text%s",
                    equality ? " and a number" : "");
        diag_help(w->f->diag, "put values into text with braces: \"x is {x}\"");
        return 0;
    }
    if (!logical && !equality && (ex.type == TYPE_BOOL || ey.type == TYPE_BOOL)) {
        return diag_report(w->f->diag, DIAG_E0303, a->span, "numbers are needed here, not conditions");
    }
    if (equality && (ex.type == TYPE_BOOL) != (ey.type == TYPE_BOOL)) {
        return diag_report(w->f->diag, DIAG_E0303, a->span, "a condition and a number cannot be compared");
    }
    if (ex.shape.rank && ey.shape.rank && !shape_equal(ex.shape, ey.shape)) {
        return diag_report(w->f->diag, DIAG_E0302, a->span, "the shapes %s and %s do not fit",
                           where_shape(w, ex.shape), where_shape(w, ey.shape));
    }
    int64_t divisor;
    if (op == EXPR_MOD && ex.type == TYPE_INT && ey.type == TYPE_INT && expr_const_int(w->ex, y, &divisor) &&
        divisor == 0) {
        return diag_report(w->f->diag, DIAG_E0306, a->span, "a division by 0 has no remainder");
    }
    return expr_widen(w->ex, expr_binary(w->ex, op, x, y));
}

static expr_id binary_value(struct where *w, const struct ast *a)
{
    expr_id x = value_of(w, binary_left(a)), y = value_of(w, binary_right(a));
    if (!x || !y) {
        return 0;
    }
    bool swap;
    enum expr_op op = binary_op(a->op, &swap);
    return swap ? value_binary(w, a, op, y, x) : value_binary(w, a, op, x, y);
}

static expr_id unary_value(struct where *w, const struct ast *a)
{
    expr_id x = value_of(w, unary_operand(a));
    if (!x) {
        return 0;
    }
    enum expr_type t = value_info(w, x).type;
    if (a->op == OP_NOT ? t != TYPE_BOOL : t == TYPE_BOOL || t == TYPE_TEXT) {
        return diag_report(w->f->diag, DIAG_E0303, a->span, "%s takes %s, not %s",
                           a->op == OP_NOT ? "!" : "-", a->op == OP_NOT ? "a condition" : "a number",
                           type_text(t));
    }
    return expr_widen(w->ex, expr_unary(w->ex, a->op == OP_NOT ? EXPR_NOT : EXPR_NEG, x));
}

/* ---- parts of names ---- */

expr_id value_entry(struct where *w, const struct ast *a)
{
    if (a->kind == AST_INDEX) {
        expr_id base = value_of(w, index_base(a));
        return base ? w->f->rows->index(w, a, base) : 0;
    }
    return diag_report(w->f->diag, DIAG_E0204, a->span, "'.%s' needs a network on its left", a->name);
}

/* What NAME.x and NAME[i] are, the kind of the name says; the names that a network brings along come
 * first. */
static expr_id value_of_part(struct where *w, const struct ast *a)
{
    struct name *n = name_root(w, a);
    bool is_own = false;
    expr_id v = w->observe || a->kind == AST_FIELD ? w->f->rows->own(w, a, n, &is_own) : 0;
    if (is_own) {
        return v;
    }
    /* In a network only species and instances have parts: their row says what is wrong with another name. */
    name_value *none = w->build && a->kind == AST_FIELD ? name_row(w->f, NAME_SPECIES)->part : NULL;
    name_value *part = n ? name_row(w->f, n->kind)->part : NULL;
    part = part ? part : none;
    return part ? part(w, a, n) : value_entry(w, a);
}

/* ---- text ---- */

expr_id value_text(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    if (!v) {
        return 0;
    }
    if (value_info(w, v).type == TYPE_TEXT) {
        return v;
    }
    return expr_format(w->ex, v, "");
}

static expr_id string_value(struct where *w, const struct ast *a)
{
    if (a->n == 0) {
        return expr_text(w->ex, "");
    }
    expr_id *part = arena_alloc(w->f->arena, a->n * sizeof *part);
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *p = string_part(a, i);
        if (p->kind == AST_STRING_PART) {
            part[i] = expr_text(w->ex, p->name);
            continue;
        }
        expr_id v = value_of(w, hole_value(p));
        if (!v) {
            return 0;
        }
        part[i] = expr_format(w->ex, v, p->name ? p->name : "");
    }
    return a->n == 1 ? part[0] : expr_call(w->ex, EXPR_JOIN, TYPE_TEXT, shape_scalar(), 0, 0, a->n, part);
}

static expr_id number_value(struct where *w, const struct ast *a)
{
    if (a->n > 0) {
        double v;
        return units_number(w, a, &v) ? expr_real(w->ex, v) : 0;
    }
    return a->kind == AST_INT ? expr_int(w->ex, a->v.integer) : expr_real(w->ex, a->v.real);
}

static expr_id no_range(struct where *w, const struct ast *a)
{
    diag_report(w->f->diag, DIAG_E0303, a->span, "a range stands in loops, indices and comprehensions only");
    diag_help(w->f->diag, "for the array of its numbers write [i in a..b : i]");
    return 0;
}

static expr_id value_by_kind(struct where *w, const struct ast *a)
{
    switch (a->kind) {
    case AST_INT:
    case AST_REAL: return number_value(w, a);
    case AST_BOOL: return expr_bool(w->ex, a->v.integer != 0);
    case AST_STRING: return string_value(w, a);
    case AST_NAME: return value_of_name(w, a);
    case AST_FIELD:
    case AST_INDEX: return value_of_part(w, a);
    case AST_CALL: return w->f->rows->call(w, a);
    case AST_CALL_OVER:
    case AST_ARRAY_OVER: return w->f->rows->over(w, a);
    case AST_ARRAY: return w->f->rows->array(w, a);
    case AST_UNARY: return unary_value(w, a);
    case AST_BINARY: return binary_value(w, a);
    case AST_RANGE: return no_range(w, a);
    default: return diag_report(w->f->diag, DIAG_E0303, a->span, "this is not a value");
    }
}

/* What makes an array makes it in memory when the program runs. */
expr_id value_of(struct where *w, const struct ast *a)
{
    expr_id v = value_by_kind(w, a);
    bool makes = a->kind == AST_CALL || a->kind == AST_CALL_OVER || a->kind == AST_ARRAY_OVER;
    v = v && makes && !check_size(w, a->span, value_info(w, v).shape) ? 0 : v;
    return v ? v : diag_refused(w->f->diag, w->f->errors_before, a->span);
}
