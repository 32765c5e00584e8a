/* Rows of data sets, over which loops run, and the fields of a row. */
#include <stdlib.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/name.h"

enum { MAX_TUPLE_CALLS = 100 }; /* the most functions whose values are calls of one another */

static struct name *data_named(struct where *w, const struct ast *a)
{
    struct name *n = a->kind == AST_NAME ? value_named(w, a) : NULL;
    return name_may(n, AT_OVER) ? n : NULL;
}

int32_t data_course_named(struct where *w, const struct ast *a)
{
    struct name *n = data_named(w, a);
    int32_t data = n && n->kind == NAME_DATA ? data_use(w->f, n) : -1;
    return data >= 0 && data_is_course(w->f->program, data) ? data : -1;
}

/* ---- tables: rows of values of the experiment ---- */

static const char *const table_fields[] = {"input", "label"};

/* The tuple that a call stands for, also through functions that call other functions; NULL if it stands
 * for none. */
static const struct ast *tuple_of(struct where *w, const struct ast *a, int depth)
{
    struct name *fn = a->kind == AST_CALL && call_callee(a)->kind == AST_NAME && depth < MAX_TUPLE_CALLS
                          ? value_named(w, call_callee(a))
                          : NULL;
    if (!fn || fn->kind != NAME_FN) {
        return a->kind == AST_TUPLE ? a : NULL;
    }
    struct where inner = *w;
    inner.scope = NULL;
    inner.module = fn->module;
    return tuple_of(&inner, fn_body(fn->ast), depth + 1);
}

bool data_is_table(struct where *w, const struct ast *a)
{
    const struct ast *tuple = tuple_of(w, a, 0);
    return tuple && tuple->n > 0 && tuple_arg(tuple, 0)->kind == AST_ARG && tuple_arg(tuple, 0)->name;
}

static expr_id table_field(struct where *w, const struct name *table, const char *text)
{
    struct name *n = scope_find_here(table->members, text);
    return n ? experiment_variable(w, n) : 0;
}

static bool add_field(struct where *w, const struct ast *arg, struct name *n, int32_t *rows)
{
    bool known = false;
    for (int i = 0; arg->name && i < 2; i++) {
        known |= strcmp(arg->name, table_fields[i]) == 0;
    }
    if (!known) {
        return diag_report(w->f->diag, DIAG_E0512, arg->span,
                           "a row of a data set has an `input` and a `label`");
    }
    expr_id v = value_real(w, arg_value(arg));
    struct shape s = v ? value_info(w, v).shape : shape_scalar();
    if (!v || s.rank < 1 || (*rows >= 0 && s.dim[0] != *rows)) {
        return v &&
               diag_report(w->f->diag, DIAG_E0302, arg->span,
                           s.rank < 1 ? "'%s' has a value for each row" : "'%s' has another number of rows",
                           arg->name);
    }
    *rows = s.dim[0];
    expr_id kept = experiment_keep(w, arg->span, v);
    struct name *field = scope_add(n->members, arg->name, NAME_VARIABLE, arg->span);
    if (!field || !kept) {
        return front_given_twice(w->f, DIAG_E0203, arg->span, arg->name);
    }
    field->index = value_info(w, kept).a;
    field->is_constant = true;
    return true;
}

bool data_declare_table(struct where *w, const struct ast *a, struct name *n)
{
    if (a->kind == AST_CALL) {
        struct name *fn = value_named(w, call_callee(a));
        struct where inner;
        if (!call_enter(w, a, fn, &inner)) {
            return false;
        }
        for (size_t i = 0; i < scope_count(inner.scope); i++) { /* random values are drawn once */
            struct name *bound = scope_at(inner.scope, i);
            if (value_info(w, bound->value).holds & HOLDS_EFFECT) {
                bound->value = experiment_keep(w, a->span, bound->value);
            }
        }
        return data_declare_table(&inner, fn_body(fn->ast), n);
    }
    int32_t rows = -1;
    n->members = scope_create(w->f->arena, NULL);
    for (uint32_t i = 0; i < a->n; i++) {
        if (!add_field(w, tuple_arg(a, i), n, &rows)) {
            return false;
        }
    }
    return scope_find_here(n->members, intern_text(w->f->names, table_fields[0])) ||
           diag_report(w->f->diag, DIAG_E0512, a->span, "a row of a data set has an `input` and a `label`");
}

static enum data_found whole(struct where *w, const struct ast *a, struct name *n, int32_t part,
                             struct data_rows *out)
{
    if (n->kind == NAME_TABLE) {
        expr_id input = table_field(w, n, intern_text(w->f->names, table_fields[0]));
        *out = (struct data_rows){.table = n, .rows = value_info(w, input).shape.dim[0]};
        return DATA_YES;
    }
    int32_t data = data_use(w->f, n);
    if (data < 0) {
        return DATA_ERROR;
    }
    if (data_is_course(w->f->program, data)) {
        diag_report(w->f->diag, DIAG_E0512, a->span, "'%s' is a measured course, which is read by columns",
                    n->text);
        diag_help(w->f->diag, "its times are %s.%s; go through the rows by number: for i in 0..size(%s)",
                  n->text, w->f->program->data.data[data].time_name, n->text);
        return DATA_ERROR;
    }
    *out = (struct data_rows){
        .data = data, .part = part, .rows = w->f->program->data.data[data].shape.part[part]};
    return DATA_YES;
}

/* `d.t` of `data d = csv("a.csv")` where the file has a column `t`: such data are a course. */
static bool help_column(struct where *w, const struct ast *a, struct name *n)
{
    int32_t data = n->kind == NAME_TABLE ? -1 : data_use(w->f, n);
    const struct crnl_data_spec *d = data < 0 ? NULL : &w->f->program->data.data[data];
    if (!d || d->reader != &crnl_data_csv || !d->file) {
        return false;
    }
    const char *const times[] = {"t", "time", "T", "Time", "times", a->name};
    bool known = false;
    for (size_t k = 0; !known && k < sizeof times / sizeof *times; k++) {
        struct crnl_data_spec course = *d;
        struct crnl_course_column *column;
        int32_t n_columns;
        struct crnl_data_error error;
        course.time_name = times[k];
        if (crnl_course_look(&course, w->f->options->data_dir, &column, &n_columns, &error)) {
            free(error.message);
        }
        for (int32_t i = 0; i < n_columns; i++) {
            known |= strcmp(column[i].name, a->name) == 0;
        }
        crnl_course_free(column, n_columns);
        if (known && times[k] == a->name) { /* no column has the name of a time */
            diag_help(w->f->diag, "a row has `input` and `label`: `for s in %s { print s.input[0]; }`",
                      n->text);
        } else if (known) {
            diag_help(w->f->diag,
                      "columns are read by name from a course: `data %s = course(\"%s\", time = \"%s\");`",
                      n->text, d->file, times[k]);
        }
    }
    return known;
}

static enum data_found part_of(struct where *w, const struct ast *a, struct name *n, struct data_rows *out)
{
    static const char *const parts[] = {"train", "validation", "test"};
    for (int i = 0; i < 3 && n->kind != NAME_TABLE; i++) {
        if (strcmp(a->name, parts[i]) == 0) {
            return whole(w, a, n, CRNL_DATA_TRAIN + i, out);
        }
    }
    if (n->kind != NAME_TABLE && data_use(w->f, n) < 0) {
        return DATA_ERROR; /* its fields are not known */
    }
    diag_report(w->f->diag, DIAG_E0512, a->span, "a data set has no part '%s'", a->name);
    if (help_column(w, a, n)) {
        return DATA_ERROR;
    }
    if (strcmp(a->name, "rows") == 0 || strcmp(a->name, "size") == 0 || strcmp(a->name, "length") == 0) {
        diag_help(w->f->diag, "how many rows it has is `size(%s)`", n->text);
        return DATA_ERROR;
    }
    bool field = strcmp(a->name, "input") == 0 || strcmp(a->name, "label") == 0;
    diag_help(w->f->diag,
              field                   ? "one of its rows has .%s: for s in %s { ... s.%s ... }"
              : n->kind == NAME_TABLE ? "its fields are .input and .label%.0s%.0s%.0s"
                                      : "its parts are .train, .validation and .test%.0s%.0s%.0s",
              a->name, n->text, a->name);
    return DATA_ERROR;
}

static bool is_draw(struct where *w, const struct ast *a, bool *sample)
{
    if (a->kind != AST_CALL || call_callee(a)->kind != AST_NAME || a->n < 2 || call_arg(a, 1)->name ||
        value_named(w, call_callee(a))) {
        return false;
    }
    *sample = strcmp(call_callee(a)->name, "sample") == 0;
    return *sample || strcmp(call_callee(a)->name, "shuffle") == 0;
}

/* Finds the rows of shuffle(rows) and sample(rows, m). */
static enum data_found drawn(struct where *w, const struct ast *a, bool sample, struct data_rows *out)
{
    if (a->n != (sample ? 3 : 2)) {
        diag_report(w->f->diag, DIAG_E0306, a->span,
                    sample ? "sample takes a data set and how many rows" : "shuffle takes one data set");
        return DATA_ERROR;
    }
    if (!where_is_executed(w)) {
        diag_report(w->f->diag, DIAG_E0204, a->span, "%s is for experiments", call_callee(a)->name);
        return DATA_ERROR;
    }
    int64_t m = out->rows;
    if (sample && !value_const_int(w, arg_value(call_arg(a, 2)), &m)) {
        return DATA_ERROR;
    }
    if (m < 0 || m > out->rows) {
        diag_report(w->f->diag, DIAG_E0306, a->span, "cannot draw %lld of %d rows without repetition",
                    (long long)m, out->rows);
        return DATA_ERROR;
    }
    expr_id size = expr_int(w->ex, out->rows);
    out->rows = (int32_t)m;
    out->order = expr_call(w->ex, EXPR_SHUFFLE, TYPE_INT, shape_vector((int32_t)m), 0,
                           experiment_statement(w), 1, &size);
    return DATA_YES;
}

/* Whether NAME.x is an array: a column of a table, or of a measured course. */
static bool is_column(struct where *w, const struct ast *a, struct name *n)
{
    if (n->kind == NAME_TABLE) {
        return table_field(w, n, a->name) != 0;
    }
    int32_t data = data_use(w->f, n);
    return data >= 0 && data_is_course(w->f->program, data);
}

enum data_found data_find_rows(struct where *w, const struct ast *a, struct data_rows *out)
{
    struct name *n = data_named(w, a);
    bool sample;
    if (n) {
        return whole(w, a, n, CRNL_DATA_ALL, out);
    }
    if (a->kind == AST_FIELD && (n = data_named(w, field_base(a)))) {
        return is_column(w, a, n) ? DATA_NO : part_of(w, a, n, out);
    }
    if (!is_draw(w, a, &sample)) {
        return DATA_NO;
    }
    enum data_found found = data_find_rows(w, arg_value(call_arg(a, 1)), out);
    return found == DATA_YES ? drawn(w, a, sample, out) : found;
}

void data_warn_empty(struct where *w, const struct ast *a, const struct data_rows *rows)
{
    if (rows->rows == 0) {
        diag_report(w->f->diag, DIAG_W0437, a->span,
                    "this has no rows: nothing happens for them, and a mean is NaN");
        diag_help(w->f->diag,
                  "which rows belong to which part is declared with the data: `split = (0.7, 0.1, 0.2)`, "
                  "`validation = 100`");
    }
}

static expr_id row_number(struct where *w, const struct data_rows *rows, expr_id index, struct span span)
{
    return rows->order ? expr_take(w->ex, rows->order, 0, index, front_line(w->f, span)) : index;
}

struct name *data_add_record(struct where *w, struct scope *scope, const char *text, struct span span,
                             const struct data_rows *rows, expr_id index)
{
    struct name *n = scope_add(scope, text, NAME_RECORD, span);
    if (n) {
        n->index = rows->data;
        n->table = rows->table;
        n->part = rows->part;
        n->value = row_number(w, rows, index, span);
    }
    return n;
}

/* ---- fields ---- */

static expr_id read_table(struct where *w, const struct ast *a, const struct name *table, expr_id row)
{
    expr_id v = table_field(w, table, a->name);
    if (!v) {
        return diag_report(w->f->diag, DIAG_E0512, a->span, "a row of '%s' has .input%s, no '.%s'",
                           table->text, scope_count(table->members) > 1 ? " and .label" : "", a->name);
    }
    return expr_take(w->ex, v, 0, row, front_line(w->f, a->span));
}

static expr_id read_field(struct where *w, const struct ast *a, int32_t data, int32_t part, expr_id row)
{
    const struct crnl_data_spec *d = &w->f->program->data.data[data];
    bool label = strcmp(a->name, "label") == 0;
    if (!label && strcmp(a->name, "input") != 0) {
        static const char *const fields[] = {"input", "label"};
        diag_report(w->f->diag, DIAG_E0512, a->span, "a row of '%s' has .input and .label, no '.%s'", d->name,
                    a->name);
        if (!diag_help_nearest(w->f->diag, a->name, fields, 2)) {
            diag_help(w->f->diag,
                      "what is measured in columns with names is read as a course: `data %s = "
                      "course(\"FILE.csv\", time = \"t\")`",
                      d->name);
        }
        return 0;
    }
    if (label && d->shape.label == CRNL_LABEL_NONE) {
        diag_report(w->f->diag, DIAG_E0512, a->span, "the data set '%s' has no labels", d->name);
        diag_help(
            w->f->diag,
            "say where they are: a column of a CSV file (label = 4), a second file of idx, an array of npz");
        return 0;
    }
    enum expr_type type = label && d->shape.label == CRNL_LABEL_INTEGER ? TYPE_INT : TYPE_REAL;
    struct shape shape = label ? shape_scalar() : shape_vector(d->shape.columns);
    return expr_call(w->ex, EXPR_DATA, type, shape, data,
                     2 * part + (label ? CRNL_DATA_LABEL : CRNL_DATA_INPUT), 1, &row);
}

/* Reads a row by its index: d[3], d.train[i]. */
static bool indexed(struct where *w, const struct ast *a, const struct data_rows *rows, expr_id *row)
{
    int64_t known;
    *row = a->n == 2 && index_at(a, 1)->kind != AST_RANGE ? value_of(w, index_at(a, 1)) : 0;
    if (!*row) {
        return a->n == 2 && index_at(a, 1)->kind != AST_RANGE
                   ? false
                   : diag_report(w->f->diag, DIAG_E0303, a->span,
                                 "one row of a data set is read at a time: d[3].input");
    }
    struct expr e = value_info(w, *row);
    if (e.type != TYPE_INT || e.shape.rank != 0) {
        return diag_report(w->f->diag, DIAG_E0303, index_at(a, 1)->span, "the number of a row is an integer");
    }
    if (expr_const_int(w->ex, *row, &known) && (known < 0 || known >= rows->rows)) {
        diag_report(w->f->diag, DIAG_E0305, index_at(a, 1)->span, "row %lld is outside of 0..%d",
                    (long long)known, rows->rows);
        if (rows->rows > 0) {
            diag_help(w->f->diag, "its %d rows are [0] to [%d]", rows->rows, rows->rows - 1);
        }
        return false;
    }
    return true;
}

/* Reads a field of such a row: d[3].input, d.train[i].label. */
static expr_id field_of_row(struct where *w, const struct ast *a, struct name *n)
{
    const struct ast *base = field_base(a);
    struct data_rows rows;
    expr_id row = 0;
    int32_t data = n->kind == NAME_TABLE ? -1 : data_use(w->f, n);
    expr_id all = base->kind == AST_NAME && n->kind == NAME_TABLE ? table_field(w, n, a->name) : 0;
    if (all) {
        return all;
    }
    if (base->kind == AST_NAME && data >= 0 && data_is_course(w->f->program, data)) {
        return data_column(w, a, data);
    }
    if (base->kind == AST_NAME) {
        if (data_find_rows(w, a, &rows) == DATA_YES) {
            diag_report(w->f->diag, DIAG_E0204, a->span, "these are rows of a data set, not a value");
            diag_help(w->f->diag, "go through them: for s in %s.%s { ... s.input ... }", n->text, a->name);
        }
        return 0;
    }
    if (data_find_rows(w, index_base(base), &rows) != DATA_YES || !indexed(w, base, &rows, &row)) {
        return 0;
    }
    return rows.table ? read_table(w, a, rows.table, row) : read_field(w, a, rows.data, rows.part, row);
}

/* Reads a field by `read` if the place is in an experiment. In conditions of a network, a label is
 * captured as variables are. */
static expr_id in_experiment(struct where *w, const struct ast *a, struct name *n,
                             expr_id (*read)(struct where *w, const struct ast *a, struct name *n))
{
    struct where outside = where_outside(w);
    expr_id v = read(&outside, a, n);
    if (v && !where_is_executed(&outside)) {
        diag_report(w->f->diag, DIAG_E0304, a->span, "the contents of data are not known when compiling");
        diag_help(w->f->diag, "rows are read in experiments; size(d) is known");
        return 0;
    }
    if (!v || !w->view) {
        return v;
    }
    if (!w->view->capture || value_info(&outside, v).shape.rank != 0) {
        return diag_report(w->f->diag, DIAG_E0204, a->span,
                           "the row of a data set cannot be read here; keep what you need with `let`");
    }
    vec_push(&w->view->capture->capture, expr_to_real(outside.ex, v));
    return expr_leaf(w->ex, EXPR_CAPTURE, TYPE_REAL, shape_scalar(), (int32_t)w->view->capture->capture.n - 1,
                     0);
}

/* Whether the expression stands for rows: d, d.train. */
static bool are_rows(const struct ast *a)
{
    return a->kind == AST_NAME || (a->kind == AST_FIELD && field_base(a)->kind == AST_NAME);
}

expr_id data_part(struct where *w, const struct ast *a, struct name *n)
{
    const struct ast *base = a->kind == AST_FIELD ? field_base(a) : NULL;
    bool field = base && (base->kind == AST_NAME || (base->kind == AST_INDEX && are_rows(index_base(base))));
    return field ? in_experiment(w, a, n, field_of_row) : value_entry(w, a);
}

static expr_id field_of_record(struct where *w, const struct ast *a, struct name *n)
{
    return n->table ? read_table(w, a, n->table, n->value) : read_field(w, a, n->index, n->part, n->value);
}

expr_id data_record_part(struct where *w, const struct ast *a, struct name *n)
{
    bool field = a->kind == AST_FIELD && field_base(a)->kind == AST_NAME;
    return field ? in_experiment(w, a, n, field_of_record) : value_entry(w, a);
}

void data_warn_label(struct where *w, const struct ast *a, expr_id left, expr_id right)
{
    bool is_left = value_info(w, left).shape.rank == 0;
    const struct ast *label = is_left ? binary_left(a) : binary_right(a);
    const struct ast *many = is_left ? binary_right(a) : binary_left(a);
    const struct expr *one = expr_get(w->ex, is_left ? left : right);
    const struct expr *all = expr_get(w->ex, is_left ? right : left);
    bool asks = one->shape.rank == 0 && one->type == TYPE_INT && all->shape.rank == 1 &&
                all->type == TYPE_REAL && label->kind == AST_FIELD && strcmp(label->name, "label") == 0;
    if (asks && shape_size(all->shape) > 1) {
        diag_report(w->f->diag, DIAG_W0440, a->span, "this compares each of %lld numbers with one label",
                    (long long)shape_size(all->shape));
        diag_help(w->f->diag, "the class is the place of the largest: write `argmax(%s) %s %s`",
                  front_source_text(w->f, many->span),
                  a->op == OP_EQ ? "==" : "!=", front_source_text(w->f, label->span));
    }
}
