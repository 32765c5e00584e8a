/* Measured courses in expressions: their columns, and sums that leave out missing values. A missing value
 * is not a number (NaN). Which columns have missing values is known when compiling, so a sum that reads no
 * such column is an ordinary sum. */
#include <stdlib.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"

bool data_is_course(const struct program *p, int32_t data)
{
    return p->data.data[data].reader == &crnl_data_course;
}

const char *data_course_time(const struct name *n)
{
    const struct ast *call = n && n->kind == NAME_DATA && n->ast ? data_call(n->ast) : NULL;
    bool course = call && call->kind == AST_CALL && call_callee(call)->kind == AST_NAME &&
                  strcmp(call_callee(call)->name, "course") == 0;
    for (uint32_t i = 1; course && i < call->n; i++) {
        const struct ast *arg = call_arg(call, i), *value = arg_value(arg);
        if (arg->name && strcmp(arg->name, "time") == 0 && value->kind == AST_STRING && value->n == 1 &&
            string_part(value, 0)->kind == AST_STRING_PART) {
            return string_part(value, 0)->name;
        }
    }
    return NULL;
}

bool data_is_column(const struct ast *a)
{
    return a->kind == AST_FIELD && field_base(a)->kind == AST_NAME &&
           data_course_time(field_base(a)->v.bound);
}

/* The first part of the expression that is a column of a course, or the call of trajectory without times. */
static const struct ast *find_part(const struct ast *a, bool column)
{
    const struct ast *found = NULL;
    if (column && data_is_column(a)) {
        return a;
    }
    if (!column && a->kind == AST_CALL && a->n == 2 && call_callee(a)->kind == AST_NAME &&
        strcmp(call_callee(a)->name, "trajectory") == 0) {
        return a;
    }
    for (uint32_t i = 0; i < a->n && !found; i++) {
        found = ast_child(a, i) ? find_part(ast_child(a, i), column) : NULL;
    }
    return found;
}

bool data_help_times(struct front *f, const struct ast *a)
{
    const struct ast *column = find_part(a, true), *course = column ? find_part(a, false) : NULL;
    if (!column) {
        return false;
    }
    const struct name *n = field_base(column)->v.bound;
    const char *of = course ? front_source_text(f, call_arg(course, 1)->span) : "NET.A";
    diag_help(f->diag, "take the course at the times of the data: `trajectory(%s, at = %s.%s)`", of, n->text,
              data_course_time(n));
    return true;
}

struct ends {
    const struct where *w;
    bool any;
};

static void find_end(void *env, expr_id id, const struct expr *e)
{
    struct ends *ends = env;
    (void)id;
    if (e->op == EXPR_NET_GET) {
        const struct net *net = ends->w->f->program->net.data[e->a].net;
        ends->any |= net->symbol.data[e->b].kind != SYMBOL_PARAM;
    }
}

void data_warn_end(struct where *w, const struct ast *a, expr_id left, expr_id right)
{
    bool is_left = value_info(w, left).shape.rank == 0;
    if (is_left == (value_info(w, right).shape.rank == 0)) {
        return;
    }
    const struct ast *one = is_left ? binary_left(a) : binary_right(a);
    struct ends ends = {w, false};
    if (find_part(is_left ? binary_right(a) : binary_left(a), true)) {
        expr_visit(w->ex, is_left ? left : right, find_end, &ends);
    }
    if (ends.any) {
        const struct name *n = field_base(find_part(a, true))->v.bound;
        diag_report(w->f->diag, DIAG_W0426, one->span,
                    "this is one number, the amount at the end, and '%s' was measured at many times",
                    n->text);
        diag_help(w->f->diag, "take the course at the times of the data: `trajectory(%s, at = %s.%s)`",
                  front_source_text(w->f, one->span), n->text, data_course_time(n));
    }
}

static void unknown_column(struct where *w, const struct ast *a, const struct crnl_data_spec *d,
                           const char *const *known, size_t n_known)
{
    struct crnl_course_column *column;
    int32_t n, i = 0;
    struct crnl_data_error error;
    if (crnl_course_look(d, w->f->options->data_dir, &column, &n, &error)) {
        free(error.message);
    }
    while (i < n && strcmp(column[i].name, a->name) != 0) {
        i++;
    }
    if (i < n && column[i].not_number) {
        diag_report(w->f->diag, DIAG_E0512, a->span, "the column `%s` does not hold numbers: %s", a->name,
                    column[i].not_number);
        diag_help(w->f->diag, "an empty cell is a missing number");
    } else {
        diag_report(w->f->diag, DIAG_E0512, a->span, "the course '%s' has no column `%s`", d->name, a->name);
        if (!diag_help_nearest(w->f->diag, a->name, known, n_known)) {
            const char *list = "";
            for (size_t k = 0; k < n_known; k++) {
                list = arena_printf(w->f->arena, "%s%s%s.%s", list, k ? ", " : "", d->name, known[k]);
            }
            diag_help(w->f->diag, "its columns of numbers are %s", list);
        }
    }
    crnl_course_free(column, n);
}

expr_id data_column(struct where *w, const struct ast *a, int32_t data)
{
    const struct crnl_data_spec *d = &w->f->program->data.data[data];
    const char **known = arena_alloc(w->f->arena, ((size_t)d->shape.rows + 1) * sizeof *known);
    int32_t i = 0, found = -1;
    for (const char *at = d->columns; *at; i++) {
        size_t n = strcspn(at, "\n");
        bool missing = *at == CRNL_COURSE_MISSING;
        known[i] = arena_printf(w->f->arena, "%.*s", (int)(n - missing), at + missing);
        found = strcmp(known[i], a->name) == 0 ? i : found;
        at += n + (at[n] == '\n');
    }
    if (found < 0) {
        unknown_column(w, a, d, known, (size_t)i);
        return 0;
    }
    expr_id row = expr_int(w->ex, found);
    return expr_call(w->ex, EXPR_DATA, TYPE_REAL, shape_vector(d->shape.columns), data,
                     2 * CRNL_DATA_ALL + CRNL_DATA_INPUT, 1, &row);
}

/* ---- what is missing ---- */

static bool column_misses(const struct program *p, const struct expr_pool *ex, const struct expr *e)
{
    int64_t row;
    if (!data_is_course(p, e->a) || !expr_const_int(ex, e->args[0], &row)) {
        return false;
    }
    const char *at = p->data.data[e->a].columns;
    for (; row > 0; row--) {
        at = strchr(at, '\n') + 1;
    }
    return *at == CRNL_COURSE_MISSING;
}

/* The product of the conditions that operands are present; 0 if none of them can be missing. */
static expr_id both(struct where *w, expr_id x, expr_id y)
{
    return x && y ? expr_binary(w->ex, EXPR_MUL, x, y) : x ? x : y;
}

static expr_id ones(struct where *w, expr_id like)
{
    return expr_fill(w->ex, expr_real(w->ex, 1), value_info(w, like).shape);
}

static expr_id present_stack(struct where *w, const struct expr *e)
{
    expr_id *kid = arena_alloc(w->f->arena, (e->n_args + 1) * sizeof *kid);
    bool any = false;
    for (uint32_t i = 0; i < e->n_args; i++) {
        kid[i] = data_present(w, e->args[i]);
        any = any || kid[i];
    }
    for (uint32_t i = 0; i < e->n_args && any; i++) {
        kid[i] = kid[i] ? kid[i] : ones(w, e->args[i]);
    }
    return any ? expr_stack(w->ex, e->n_args, kid) : 0;
}

static expr_id present_array(struct where *w, const struct expr *e)
{
    if (e->op == EXPR_STACK) {
        return present_stack(w, e);
    }
    expr_id x = data_present(w, e->args[0]);
    if (e->op == EXPR_CONCAT) {
        expr_id y = data_present(w, e->args[1]);
        return x || y ? expr_concat(w->ex, x ? x : ones(w, e->args[0]), y ? y : ones(w, e->args[1])) : 0;
    }
    if (!x) {
        return 0;
    }
    switch (e->op) {
    case EXPR_TAKE: return expr_take(w->ex, x, e->a, e->args[1], e->b);
    case EXPR_SLICE: return expr_slice(w->ex, x, e->a, e->b, e->shape.dim[e->a]);
    case EXPR_GATHER: return expr_gather(w->ex, x, e->args[1], e->b);
    case EXPR_FILL: return expr_fill(w->ex, x, e->shape);
    case EXPR_RESHAPE: return expr_reshape(w->ex, x, e->shape);
    default: return 0; /* a product of matrices adds up values itself */
    }
}

expr_id data_present(struct where *w, expr_id value)
{
    struct expr e = value_info(w, value);
    if (!(e.holds & HOLDS_LEAF) || w->ex != w->f->program->ex) {
        return 0;
    }
    if (e.op == EXPR_DATA) {
        return column_misses(w->f->program, w->ex, &e)
                   ? expr_to_real(w->ex, expr_binary(w->ex, EXPR_EQ, value, value))
                   : 0;
    }
    if (e.op == EXPR_VAR) {
        return w->experiment ? experiment_presence(w, e.a) : 0;
    }
    if (expr_is_elementwise(e.op) || e.op == EXPR_SELECT) {
        expr_id all = 0;
        for (uint32_t i = 0; i < e.n_args; i++) {
            all = both(w, all, data_present(w, e.args[i]));
        }
        bool spread = all && !shape_equal(value_info(w, all).shape, e.shape);
        return spread ? expr_fill(w->ex, all, e.shape) : all;
    }
    if (e.op == EXPR_MAP) {
        expr_id body = data_present(w, e.args[0]);
        return body ? expr_map(w->ex, e.a, e.b, body) : 0;
    }
    return expr_has_class(e.op, EXPR_CLASS_ARRAY) ? present_array(w, &e) : 0;
}

expr_id data_only(struct where *w, expr_id present, expr_id condition)
{
    expr_id there = present ? expr_binary(w->ex, EXPR_NE, present, expr_real(w->ex, 0)) : 0;
    return there && condition ? expr_binary(w->ex, EXPR_AND, there, condition) : there ? there : condition;
}

/* The sum of those elements of an array that are present, or of 1 for each of these. */
static expr_id sum_present(struct where *w, expr_id array, expr_id present)
{
    int64_t n = shape_size(value_info(w, present).shape);
    struct shape flat = shape_vector((int32_t)n);
    if (value_info(w, present).shape.rank == 0) {
        return expr_select(w->ex, data_only(w, present, 0), array ? array : expr_real(w->ex, 1),
                           expr_real(w->ex, 0));
    }
    int32_t binder = expr_new_binder(w->ex);
    expr_id i = expr_binder(w->ex, binder);
    expr_id mask = expr_take(w->ex, expr_reshape(w->ex, present, flat), 0, i, 0);
    expr_id term = array ? expr_take(w->ex, expr_reshape(w->ex, array, flat), 0, i, 0) : expr_real(w->ex, 1);
    return expr_fold(w->ex, EXPR_FOLD_SUM, binder, (int32_t)n, term, data_only(w, mask, 0));
}

expr_id data_sum(struct where *w, expr_id array)
{
    expr_id present = data_present(w, array);
    if (!present) {
        return expr_widen(w->ex, expr_reduce(w->ex, EXPR_SUM, array));
    }
    return sum_present(w, expr_to_real(w->ex, array), present);
}

expr_id data_count(struct where *w, expr_id array)
{
    expr_id present = data_present(w, array);
    return present ? sum_present(w, 0, present)
                   : expr_real(w->ex, (double)shape_size(value_info(w, array).shape));
}
