/* Rows of data sets: what loops run over, and the fields of a row. */
#include <string.h>

#include "frontend/data.h"
#include "frontend/name.h"

static struct name *data_named(struct where *w, const struct ast *a)
{
    struct name *n = a->kind == AST_NAME ? value_find(w, a->name) : NULL;
    return name_may(n, AT_OVER) ? n : NULL;
}

int32_t data_course_named(struct where *w, const struct ast *a)
{
    struct name *n = data_named(w, a);
    int32_t data = n ? data_use(w->f, n) : -1;
    return data >= 0 && data_is_course(w->f->program, data) ? data : -1;
}

static enum data_found whole(struct where *w, const struct ast *a, struct name *n, int32_t part,
                             struct data_rows *out)
{
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

static enum data_found part_of(struct where *w, const struct ast *a, struct name *n, struct data_rows *out)
{
    static const char *const parts[] = {"train", "validation", "test"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(a->name, parts[i]) == 0) {
            return whole(w, a, n, CRNL_DATA_TRAIN + i, out);
        }
    }
    diag_report(w->f->diag, DIAG_E0512, a->span, "a data set has no part '%s'", a->name);
    bool field = strcmp(a->name, "input") == 0 || strcmp(a->name, "label") == 0;
    diag_help(w->f->diag,
              field ? "one of its rows has .%s: for s in %s { ... s.%s ... }"
                    : "its parts are .train, .validation and .test%.0s%.0s%.0s",
              a->name, n->text, a->name);
    return DATA_ERROR;
}

static bool is_draw(struct where *w, const struct ast *a, bool *sample)
{
    if (a->kind != AST_CALL || call_callee(a)->kind != AST_NAME || a->n < 2 || call_arg(a, 1)->name ||
        value_find(w, call_callee(a)->name)) {
        return false;
    }
    *sample = strcmp(call_callee(a)->name, "sample") == 0;
    return *sample || strcmp(call_callee(a)->name, "shuffle") == 0;
}

/* shuffle(rows), sample(rows, m) */
static enum data_found drawn(struct where *w, const struct ast *a, bool sample, struct data_rows *out)
{
    if (a->n != (sample ? 3 : 2)) {
        diag_report(w->f->diag, DIAG_E0306, a->span,
                    sample ? "sample takes a data set and how many rows" : "shuffle takes one data set");
        return DATA_ERROR;
    }
    if (!w->experiment || w->observe) {
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

enum data_found data_find_rows(struct where *w, const struct ast *a, struct data_rows *out)
{
    struct name *n = data_named(w, a);
    bool sample;
    if (n) {
        return whole(w, a, n, CRNL_DATA_ALL, out);
    }
    if (a->kind == AST_FIELD && (n = data_named(w, field_base(a)))) {
        int32_t data = data_use(w->f, n);
        bool column = data >= 0 && data_is_course(w->f->program, data);
        return column ? DATA_NO : part_of(w, a, n, out);
    }
    if (!is_draw(w, a, &sample)) {
        return DATA_NO;
    }
    enum data_found found = data_find_rows(w, arg_value(call_arg(a, 1)), out);
    return found == DATA_YES ? drawn(w, a, sample, out) : found;
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
        n->part = rows->part;
        n->value = row_number(w, rows, index, span);
    }
    return n;
}

/* ---- fields ---- */

static expr_id read_field(struct where *w, const struct ast *a, int32_t data, int32_t part, expr_id row)
{
    const struct crnl_data_spec *d = &w->f->program->data.data[data];
    bool label = strcmp(a->name, "label") == 0;
    if (!label && strcmp(a->name, "input") != 0) {
        return diag_report(w->f->diag, DIAG_E0512, a->span, "a row of '%s' has .input and .label, no '.%s'",
                           d->name, a->name);
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

/* d[3], d.train[i] */
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
        return diag_report(w->f->diag, DIAG_E0305, index_at(a, 1)->span, "row %lld is outside of 0..%d",
                           (long long)known, rows->rows);
    }
    return true;
}

/* d[3].input, d.train[i].label */
static expr_id field_of_row(struct where *w, const struct ast *a, struct name *n)
{
    const struct ast *base = field_base(a);
    struct data_rows rows;
    expr_id row = 0;
    int32_t data = data_use(w->f, n);
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
    return data_find_rows(w, index_base(base), &rows) == DATA_YES && indexed(w, base, &rows, &row)
               ? read_field(w, a, rows.data, rows.part, row)
               : 0;
}

/* What `read` makes of a field, where an experiment is at hand. In conditions of a network a label is captured, as a variable is. */
static expr_id in_experiment(struct where *w, const struct ast *a, struct name *n,
                             expr_id (*read)(struct where *w, const struct ast *a, struct name *n))
{
    struct where outside = *w;
    if (w->observe) {
        outside.observe = NULL;
        outside.own_names = false;
        outside.ex = w->f->program->ex;
    }
    expr_id v = read(&outside, a, n);
    if (v && (!w->experiment || w->build)) {
        diag_report(w->f->diag, DIAG_E0304, a->span, "the contents of data are not known when compiling");
        diag_help(w->f->diag, "rows are read in experiments; size(d) is known");
        return 0;
    }
    if (!v || !w->observe) {
        return v;
    }
    if (!w->capture || value_info(&outside, v).shape.rank != 0) {
        return diag_report(w->f->diag, DIAG_E0204, a->span,
                           "the row of a data set cannot be read here; keep what you need with `let`");
    }
    vec_push(&w->capture->capture, expr_to_real(outside.ex, v));
    return expr_leaf(w->ex, EXPR_CAPTURE, TYPE_REAL, shape_scalar(), (int32_t)w->capture->capture.n - 1, 0);
}

/* Does it denote rows: d, d.train? */
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
    return read_field(w, a, n->index, n->part, n->value);
}

expr_id data_record_part(struct where *w, const struct ast *a, struct name *n)
{
    bool field = a->kind == AST_FIELD && field_base(a)->kind == AST_NAME;
    return field ? in_experiment(w, a, n, field_of_record) : value_entry(w, a);
}
