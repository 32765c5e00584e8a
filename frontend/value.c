/* Expressions: names, operators, text. Arrays are in value_array.c, calls in value_call.c, comprehensions in
 * value_over.c. */
#include <math.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/typing.h"

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
        diag_help(w->f->diag, purposes[w->purpose].help, a->name, a->name, a->name);
    }
    return false;
}

static bool no_time(struct where *w, const struct ast *a)
{
    const char *help = purposes[w->purpose].help;
    diag_report(w->f->diag, DIAG_E0401, a->span, "%s must not depend on the time", purpose_text(w->purpose));
    if (help && !strchr(help, '%')) {
        diag_help(w->f->diag, "%s", help);
    }
    return false;
}

/* Names that have a meaning although nothing declares them. */
static expr_id undeclared(struct where *w, const struct ast *a)
{
    bool inside = where_place(w) == IN_NETWORK;
    if (strcmp(a->name, "time") == 0 && (where_has_own(w) || inside)) {
        return inside && !value_reads(w) ? (expr_id)no_time(w, a)
                                         : expr_leaf(w->ex, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    }
    return strcmp(a->name, "pi") == 0 ? expr_real(w->ex, 3.141592653589793)
                                      : (expr_id)value_unknown(w, a->span, a->name, NAME_AS_VALUE);
}

static expr_id value_of_name(struct where *w, const struct ast *a)
{
    struct name *n = value_named(w, a);
    bool is_own = false;
    expr_id v = w->view ? w->f->rows->own(w, a, n, &is_own) : 0;
    if (is_own) {
        return v;
    }
    if (!n) {
        return undeclared(w, a);
    }
    name_value *read = name_row(w->f, n->kind)->read;
    return read ? read(w, a, n) : (expr_id)name_no_value(w, a->span, a->name, n->kind);
}

/* ---- types ---- */

bool value_fits(struct where *w, struct span at, expr_id value, struct shape shape, const char *what)
{
    return value_info(w, value).shape.rank == 0 || value_has_shape(w, at, value, shape, what);
}

bool value_has_shape(struct where *w, struct span at, expr_id value, struct shape shape, const char *what)
{
    return shape_equal(expr_get(w->ex, value)->shape, shape) ||
           typing_has_shape(w->f, at, typing_of_value(w, value), typing_shape(shape), what);
}

expr_id value_real(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    return v && typing_real(w->f, a->span, typing_of_value(w, v)) ? expr_to_real(w->ex, v) : 0;
}

expr_id value_real_scalar(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    return v && typing_real_scalar(w->f, a->span, typing_of_value(w, v)) ? expr_to_real(w->ex, v) : 0;
}

expr_id value_condition(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    return v && typing_condition(w->f, a, typing_of_value(w, v)) ? v : 0;
}

bool value_no_integer(struct where *w, const struct ast *a, expr_id v, enum diag_code code, const char *what)
{
    double real;
    if (expr_const_real(w->ex, v, &real) && fabs(real) >= 0x1p63) {
        return diag_report(w->f->diag, code, a->span, "%s, and %g does not fit in one (64 bits)", what, real);
    }
    diag_report(w->f->diag, code, a->span, "%s", what);
    if (expr_const_real(w->ex, v, &real) && fabs(real) < 1e15) {
        diag_help(w->f->diag, "write `%.0f` or `%.0f`", floor(real), ceil(real));
    }
    return false;
}

bool value_not_known(struct front *f, struct span at)
{
    diag_report(f->diag, DIAG_E0304, at, "this number must be known when compiling");
    diag_help(f->diag, "sizes, indices and loops of networks use `const`, not `param` or `let`");
    return false;
}

static enum ast_verdict names_parameter(void *env, const struct ast *a)
{
    struct where *w = env;
    struct name *n = a->kind == AST_NAME ? value_find(w, a->name) : NULL;
    expr_id v = n && n->kind == NAME_VALUE ? value_of(w, a) : 0;
    return v && expr_get(w->ex, v)->op == EXPR_PARAM ? AST_FOUND : AST_GO_ON;
}

void value_note_parameter(struct where *w, const struct ast *a)
{
    const struct ast *found = ast_find(a, names_parameter, w);
    if (found) {
        diag_note(w->f->diag, value_find(w, found->name)->span, "write `const %s` here", found->name);
    }
}

bool value_const_int(struct where *w, const struct ast *a, int64_t *out)
{
    expr_id v = value_of(w, a);
    if (!v) {
        return false;
    }
    if (!expr_is_const(w->ex, v)) {
        value_not_known(w->f, a->span);
        value_note_parameter(w, a);
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

enum expr_op value_operator(enum ast_op op, bool *swap)
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
    case OP_NEG: return EXPR_NEG;
    case OP_NOT: return EXPR_NOT;
    default: return EXPR_OR;
    }
}

/* Whether both are plain numbers, as most operands are, so that nothing can be wrong with them. */
static bool are_plain(struct where *w, expr_id x, expr_id y)
{
    const struct expr *ex = expr_get(w->ex, x), *ey = expr_get(w->ex, y);
    return ex->type <= TYPE_INT && ey->type <= TYPE_INT && ex->shape.rank == 0 && ey->shape.rank == 0;
}

/* Whether x op y has a value; both are in the order in which they are written. */
static bool operands_fit(struct where *w, const struct ast *a, enum expr_op op, expr_id x, expr_id y)
{
    int64_t divisor;
    bool plain = are_plain(w, x, y) && op != EXPR_AND && op != EXPR_OR;
    if (!plain && typing_binary(w->f, a, op, typing_of_value(w, x), typing_of_value(w, y)).is_refused) {
        return false;
    }
    bool whole = op == EXPR_MOD && value_info(w, x).type == TYPE_INT && value_info(w, y).type == TYPE_INT;
    return !whole || !expr_const_int(w->ex, y, &divisor) || divisor != 0 ||
           diag_report(w->f->diag, DIAG_E0306, a->span, "a division by 0 has no remainder");
}

expr_id value_binary(struct where *w, const struct ast *a, enum expr_op op, expr_id x, expr_id y)
{
    return operands_fit(w, a, op, x, y) ? expr_widen(w->ex, expr_binary(w->ex, op, x, y)) : 0;
}

static expr_id binary_value(struct where *w, const struct ast *a)
{
    bool swap;
    enum expr_op op = value_operator(a->op, &swap);
    bool decides = op == EXPR_AND || op == EXPR_OR; /* the second operand need not be computed */
    if (op == EXPR_DIV && binary_right(a)->kind == AST_NAME && binary_right(a)->v.bound == w->f->refused) {
        return 0; /* in 0.5 mmol / L, L was reported, and mmol alone is not what was meant */
    }
    expr_id x = value_or_series(w, binary_left(a));
    experiment_branch(w, decides);
    expr_id y = value_or_series(w, binary_right(a));
    experiment_branch(w, -decides);
    if (!x || !y || !operands_fit(w, a, op, x, y)) {
        return 0;
    }
    if (op == EXPR_SUB) {
        data_warn_end(w, a, x, y);
    } else if (op == EXPR_EQ || op == EXPR_NE) {
        data_warn_label(w, a, x, y);
    } else if (op == EXPR_DIV && !value_is_series(w, y)) {
        experiment_watch_divisor(w, a, y);
    }
    experiment_warn_units(w, a, x, y);
    return expr_widen(w->ex, swap ? expr_binary(w->ex, op, y, x) : expr_binary(w->ex, op, x, y));
}

static expr_id unary_value(struct where *w, const struct ast *a)
{
    bool swap;
    enum expr_op op = value_operator(a->op, &swap);
    expr_id x = value_or_series(w, unary_operand(a));
    bool fits = x && !typing_unary(w->f, a->span, op, typing_of_value(w, x)).is_refused;
    return fits ? expr_widen(w->ex, expr_unary(w->ex, op, x)) : 0;
}

/* If the condition is known, only the branch that it takes is looked at: `if i > 0 then X[i - 1] else 0`. */
static expr_id choice_value(struct where *w, const struct ast *a)
{
    expr_id c = value_condition(w, choice_condition(a));
    if (!c) {
        return 0;
    }
    if (expr_is_const(w->ex, c)) {
        return value_or_series(w, value_info(w, c).v.integer ? choice_yes(a) : choice_no(a));
    }
    experiment_branch(w, 1);
    expr_id yes = value_or_series(w, choice_yes(a)), no = value_or_series(w, choice_no(a));
    experiment_branch(w, -1);
    bool fits =
        yes && no && !typing_choice(w->f, a, typing_of_value(w, yes), typing_of_value(w, no)).is_refused;
    return fits ? expr_select(w->ex, c, yes, no) : 0;
}

struct where where_outside(const struct where *w)
{
    struct where outside = *w;
    if (w->view) {
        outside.view = NULL;
        outside.ex = w->f->program->ex;
    }
    return outside;
}

/* ---- parts of names ---- */

expr_id value_entry(struct where *w, const struct ast *a)
{
    if (a->kind == AST_INDEX) {
        expr_id base = value_or_series(w, index_base(a));
        return base ? w->f->rows->index(w, a, base) : 0;
    }
    diag_report(w->f->diag, DIAG_E0204, a->span, "'.%s' needs a network on its left", a->name);
    static const char *const sizes[] = {"length", "len", "size", "shape", "count"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (a->kind == AST_FIELD && strcmp(sizes[i], a->name) == 0) {
            diag_help(w->f->diag, "how many elements an array has is `size(%s)`",
                      front_source_text(w->f, ast_child(a, 0)->span));
        }
    }
    return 0;
}

/* The name that a path begins with, unless it has a meaning without a declaration. */
static const struct ast *root_name(const struct ast *a)
{
    while (a->kind == AST_FIELD || a->kind == AST_INDEX) {
        a = ast_base(a);
    }
    return a->kind == AST_NAME && strcmp(a->name, "time") != 0 && strcmp(a->name, "pi") != 0 ? a : NULL;
}

/* The kind of the name says what NAME.x and NAME[i] mean. Names that a network brings along come first. */
static expr_id value_of_part(struct where *w, const struct ast *a)
{
    struct name *n = name_root(w, a);
    bool is_own = false;
    expr_id v = w->view || a->kind == AST_FIELD ? w->f->rows->own(w, a, n, &is_own) : 0;
    if (is_own) {
        return v;
    }
    /* In a network, only species and instances have parts. For another name, the row of its kind says what
     * is wrong. */
    name_value *none =
        where_place(w) == IN_NETWORK && a->kind == AST_FIELD ? name_row(w->f, NAME_SPECIES)->part : NULL;
    name_value *part = n ? name_row(w->f, n->kind)->part : NULL;
    part = part ? part : none;
    if (!part && !n && root_name(a)) {
        return value_unknown(w, root_name(a)->span, root_name(a)->name, NAME_AS_BASE);
    }
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
        if (!v || !typing_format(w->f, p->span, p->name, typing_of_value(w, v))) {
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
    case AST_CHOICE: return choice_value(w, a);
    case AST_RANGE: return no_range(w, a);
    default:
        if (diag_has_error_in(w->f->diag, a->span)) {
            return 0;
        }
        diag_report(w->f->diag, DIAG_E0303, a->span, "this is not a value");
        if (a->kind == AST_TUPLE && a->n == 1) { /* (x = 3) */
            diag_help(w->f->diag, "a comparison is written `==`");
        } else if (a->kind == AST_TUPLE) {
            diag_help(w->f->diag,
                      "several values stand without parentheses of their own, as in `print a, b;` or "
                      "`zeros(2, 3)`; an array is `[a, b]`");
        }
        return 0;
    }
}

/* An expression that makes an array makes it in memory when the program runs. */
expr_id value_or_series(struct where *w, const struct ast *a)
{
    expr_id v = value_by_kind(w, a);
    bool makes = a->kind == AST_CALL || a->kind == AST_CALL_OVER || a->kind == AST_ARRAY_OVER;
    v = v && makes && !check_size(w, a->span, value_info(w, v).shape) ? 0 : v;
    return v ? v : diag_refused(w->f->diag, w->f->errors_before, a->span);
}

expr_id value_of(struct where *w, const struct ast *a)
{
    expr_id v = value_or_series(w, a);
    return v && value_is_series(w, v) ? (expr_id)value_no_series(w, a->span, v, NULL) : v;
}
